//! Fedora, RHEL, CentOS Stream and openSUSE: advisories, locks, modules, and how old the lists are.

use super::expect;
use crate::parse::rpm_header::tests::header;
use crate::parse::rpm_ndb::tests::database;

const FEDORA: &str = "@file /etc/os-release\nID=fedora\nVERSION_ID=43\n\
                      @file /proc/sys/kernel/osrelease\n6.17.8-300.fc43.x86_64\n\
                      @file /etc/yum.repos.d/fedora.repo\n[fedora]\nname=Fedora\nenabled=1\n[fedora-source]\nenabled=1\n\
                      @file /etc/yum.repos.d/fedora-updates.repo\n[updates]\nenabled=1\n[updates-testing]\nenabled=0\n";

/// What is installed: name, version, release.
fn installed(packages: &[(&str, &str, &str)]) -> String {
    let headers: Vec<Vec<u8>> = packages.iter().map(|(name, v, r)| header(name, None, v, r, 9)).collect();
    let hex: String = database(&headers).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("@hex /usr/lib/sysimage/rpm/Packages.db\n{hex}\n")
}

fn update(kind: &str, name: &str, version: &str, release: &str) -> String {
    format!(
        "<update type=\"{kind}\" status=\"final\"><pkglist><collection><package name=\"{name}\" version=\"{version}\" \
         release=\"{release}\" epoch=\"0\" arch=\"x86_64\"/></collection></pkglist></update>"
    )
}

/// A repository in a cache: its table of contents, its list of packages, and advisories where it has some.
fn cached(folder: &str, day: &str, advisories: Option<&str>) -> String {
    let table = |kind: &str| format!("<data type=\"{kind}\"><location href=\"repodata/x-{kind}.xml\"/></data>");
    let time = format!("mtime=2026-{day}T06:00:00Z");
    let mut out = format!("@file {folder}/repodata/repomd.xml {time}\n<repomd>{}", table("primary"));
    if advisories.is_some() {
        out += &table("updateinfo");
    }
    out += &format!("</repomd>\n@file {folder}/repodata/x-primary.xml {time}\n<metadata/>\n");
    if let Some(advisories) = advisories {
        out += &format!("@file {folder}/repodata/x-updateinfo.xml {time}\n<updates>{advisories}</updates>\n");
    }
    out
}

const UPDATES: &str = "/var/cache/libdnf5/updates-4a8088a5c17ad284";

fn base() -> String {
    cached("/var/cache/libdnf5/fedora-376ef8e983c65ce0", "11-22", None)
}

fn firefox() -> String {
    installed(&[("firefox", "144.0", "2.fc43"), ("vim", "9.1", "1.fc43")])
}

#[track_caller]
fn with(advisories: &str, more: &str, expected: &str) {
    expect(&[FEDORA, &base(), &cached(UPDATES, "11-22", Some(advisories)), &firefox(), more], expected);
}

#[test]
fn a_security_advisory_with_something_newer_is_an_update() {
    with(
        &update("security", "firefox", "145.0", "1.fc43"),
        "",
        "off (A security update waits to be installed: firefox)",
    );
    with(&update("security", "firefox", "144.0", "2.fc43"), "", "on (No security update is missing, as of yesterday)");
    with(&update("bugfix", "firefox", "145.0", "1.fc43"), "", "on (No security update is missing)");
    with(&update("security", "thunderbird", "145.0", "1.fc43"), "", "on (No security update is missing)");
    let both = update("security", "firefox", "145.0", "1.fc43") + &update("security", "firefox", "145.0.1", "1.fc43");
    with(&both, "", "off (firefox 144.0-2.fc43, the repositories have 145.0.1-1.fc43)");
    with(&update("security", "firefox", "145.0", "1").replace("x86_64", "aarch64"), "", "on");
}

#[test]
fn of_several_kernels_the_newest_counts() {
    let kernels = installed(&[("kernel-core", "6.17.9", "300.fc43"), ("kernel-core", "6.17.8", "300.fc43")]);
    let updates = cached(UPDATES, "11-22", Some(&update("security", "kernel-core", "6.17.9", "300.fc43")));
    expect(&[FEDORA, &base(), &updates, &kernels], "on (No security update)");
}

#[test]
fn what_is_locked_or_left_out_is_not_overdue_but_a_kernel_is() {
    let newer = update("security", "firefox", "145.0", "1.fc43");
    let held = "on (held back on purpose: firefox)";
    with(&newer, "@file /etc/dnf/dnf.conf\n[main]\nexcludepkgs=vim fire*\n", held);
    with(&newer, "@file /etc/dnf/plugins/versionlock.list\n# Added\nfirefox-0:144.0-2.fc43.*\n", held);
    with(&newer, "@file /etc/dnf/plugins/versionlock.list\n!firefox-0:143.0-2.fc43.*\n", "off");
    with(&newer, "@file /etc/dnf/versionlock.toml\nversion = \"1.0\"\n[[packages]]\nname = \"firefox\"\n", held);
    let kernel = installed(&[("kernel-core", "6.17.8", "300.fc43")]);
    let updates = cached(UPDATES, "11-22", Some(&update("security", "kernel-core", "6.17.9", "300.fc43")));
    let lock = "@file /etc/dnf/dnf.conf\n[main]\nexclude=kernel*\n";
    expect(&[FEDORA, &base(), &updates, &kernel, lock], "off (kernel-core)");
}

#[test]
fn a_module_counts_only_in_the_stream_that_is_followed() {
    let module = "<module name=\"firefox\" stream=\"20\"/><package";
    let newer = update("security", "firefox", "145.0", "1.module").replace("<package", module);
    with(&newer, "", "on (No security update)");
    let stream = |stream: &str| {
        format!("@file /etc/dnf/modules.d/firefox.module\n[firefox]\nname=firefox\nstream={stream}\nstate=enabled\n")
    };
    with(&newer, &stream("18"), "on (No security update)");
    with(&newer, &stream("20"), "off (firefox)");
}

#[test]
fn the_youngest_cache_of_dnf_and_packagekit_is_taken() {
    let none = update("bugfix", "a", "1", "1");
    let newer = update("security", "firefox", "145.0", "1.fc43");
    let old = cached(UPDATES, "10-01", Some(&newer));
    let packagekit = cached("/var/cache/PackageKit/43/metadata/updates-43-x86_64", "11-22", Some(&none));
    expect(&[FEDORA, &base(), &old, &packagekit, &firefox()], "on (No security update is missing, as of yesterday)");
    let old = cached(UPDATES, "10-01", Some(&none));
    expect(&[FEDORA, &base(), &old, &firefox()], "unknown (The package lists are 53 days old)");
    let old = cached(UPDATES, "10-01", Some(&newer));
    expect(&[FEDORA, &base(), &old, &firefox()], "off (firefox)");
}

#[test]
fn lists_that_are_missing_or_may_not_be_read_leave_it_open() {
    let none = update("bugfix", "a", "1", "1");
    let updates = cached(UPDATES, "11-22", Some(&none));
    expect(&[FEDORA, &firefox()], "unknown (The package lists of updates have never been fetched)");
    expect(&[FEDORA, &updates, &firefox()], "unknown (The package lists of fedora have never been fetched)");
    expect(&[FEDORA, &base(), &updates], "unknown (the database of rpm does not exist)");
    let denied = updates.replace(
        &format!("@file {UPDATES}/repodata/x-updateinfo.xml mtime=2026-11-22T06:00:00Z\n<updates>{none}</updates>"),
        &format!("@denied {UPDATES}/repodata/x-updateinfo.xml"),
    );
    expect(&[FEDORA, &base(), &denied, &firefox()], "unknown (may not be read)");
    expect(&[FEDORA, "@denied /var/cache/libdnf5 kind=dir\n", &firefox()], "unknown (may not be read)");
    let hidden = "@denied /etc/yum.repos.d/secret.repo mode=0600\n";
    expect(&[FEDORA, &base(), &updates, &firefox(), hidden], "unknown (secret.repo may not be read)");
    let third = "@file /etc/yum.repos.d/chrome.repo\n[google-chrome]\nenabled=1\n";
    let chrome = cached("/var/cache/libdnf5/google-chrome-0123456789abcdef", "11-22", None);
    expect(&[FEDORA, &base(), &updates, &firefox(), third, &chrome], "on inferred (not looked at: google-chrome)");
    let off = "@file /etc/dnf/repos.override.d/99.repo\n[google-chrome]\nenabled=0\n";
    expect(&[FEDORA, &base(), &updates, &firefox(), third, off], "on (No security update)");
}

#[test]
fn where_no_repository_has_advisories_every_newer_package_counts() {
    let stream = "@file /etc/os-release\nID=centos\nID_LIKE=\"rhel fedora\"\nVERSION_ID=10\n\
                  @file /proc/sys/kernel/osrelease\n6.12.0-55.el10.x86_64\n\
                  @file /etc/yum.repos.d/centos.repo\n[baseos]\nenabled=1\n";
    let list = |version: &str| {
        let package = format!(
            "<metadata><package type=\"rpm\"><name>firefox</name><arch>x86_64</arch>\
             <version epoch=\"0\" ver=\"{version}\" rel=\"2.fc43\"/></package></metadata>"
        );
        cached("/var/cache/dnf/baseos-4a8088a5c17ad284", "11-22", None).replace("<metadata/>", &package)
    };
    expect(&[stream, &list("145.0"), &firefox()], "off (An update waits to be installed: firefox)");
    expect(&[stream, &list("144.0"), &firefox()], "on (No update is missing, as of yesterday)");
    expect(&[stream, &list("144.0"), &firefox()], "on (so every newer package counts)");
}

#[test]
fn zypper_has_its_own_places() {
    let leap = "@file /etc/os-release\nID=opensuse-leap\nID_LIKE=\"suse opensuse\"\nVERSION_ID=16.0\n\
                @file /proc/sys/kernel/osrelease\n6.12.0-160000.5-default\n\
                @file /etc/zypp/repos.d/a.repo\n[repo-oss]\nenabled=1\n[repo-update]\nenabled=1\nautorefresh=1\n\
                [repo-debug]\nenabled=0\n";
    let oss = cached("/var/cache/zypp/raw/repo-oss", "11-22", None);
    let newer = update("security", "firefox", "145.0", "1");
    let updates = |day: &str| cached("/var/cache/zypp/raw/repo-update", day, Some(&newer));
    expect(&[leap, &oss, &updates("11-22"), &firefox()], "off (firefox)");
    let lock = "@file /etc/zypp/locks\n\\\ntype: package\nmatch_type: glob\nsolvable_name: firefox\n";
    expect(&[leap, &oss, &updates("11-22"), &firefox(), lock], "on (held back on purpose: firefox)");
    expect(&[leap, &oss, &updates("11-01"), &firefox(), lock], "unknown (The package lists are 22 days old)");
    expect(&[leap, &oss, &firefox()], "unknown (The package lists of repo-update have never been fetched)");
}
