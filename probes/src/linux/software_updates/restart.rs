//! Whether an installed update waits for a restart.

use std::cmp::Ordering;

use super::evidence;
use crate::finding::Evidence;
use crate::host::{Host, Read, as_text, present};
use crate::parse::{deb_version, dpkg_status, rpm_version};
use crate::system::Family;
use crate::text::Text;

const STATUS: &str = "/var/lib/dpkg/status";

/// A restart that is due, and how that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Restart {
    pub(super) detail: Text,
    pub(super) evidence: Vec<Evidence>,
}

pub(super) fn needed(host: &dyn Host, family: Family) -> Read<Option<Restart>> {
    let flag = |path: &str, detail: Text| -> Read<Option<Restart>> {
        let found = present(host.stat(path))?;
        Ok(found.map(|_| Restart { detail, evidence: vec![evidence(path, "exists", format!("ls {path}"))] }))
    };
    let waits = || text!("An installed update waits for a restart");
    match family {
        Family::Debian | Family::Ubuntu => match flag("/run/reboot-required", waits())? {
            Some(mut restart) => {
                if let Ok(packages) = host.read_text("/run/reboot-required.pkgs") {
                    let mut names: Vec<&str> = packages.lines().collect();
                    names.sort_unstable();
                    names.dedup();
                    let saw = names.join(" ");
                    restart.evidence.push(evidence("/run/reboot-required.pkgs", saw, "cat /run/reboot-required.pkgs"));
                }
                Ok(Some(restart))
            }
            None => debian_kernel(host),
        },
        Family::Fedora | Family::Rhel => newest_kernel(host, '.'),
        Family::Ostree => {
            flag("/run/ostree/staged-deployment", text!("A new version of the system is ready and waits for a restart"))
        }
        Family::Suse => match flag("/run/reboot-needed", waits())? {
            Some(restart) => Ok(Some(restart)),
            None => newest_kernel(host, '-'),
        },
        Family::Arch | Family::Alpine => modules_gone(host),
        Family::Nixos => nixos(host),
        _ => Ok(None),
    }
}

fn running(host: &dyn Host) -> Read<String> {
    host.read_line("/proc/sys/kernel/osrelease")
}

fn newer_kernel(running: &str, newest: &str, source: &str, saw: String) -> Restart {
    Restart {
        detail: text!(
            "A restart is due: kernel {newest} is installed, {running} is running",
            newest = newest,
            running = running
        ),
        evidence: vec![
            evidence("/proc/sys/kernel/osrelease", running, "uname -r"),
            evidence(source, saw, format!("ls {source}")),
        ],
    }
}

/// `6.1.0-28-amd64` is build 6.1.0-28 of the flavour `amd64`; from Debian 13 on, `6.12.57+deb13-amd64` is build
/// 6.12.57+deb13 of it.
fn split_kernel(release: &str) -> Option<(&str, &str)> {
    let (version, rest) = release.split_once('-')?;
    // `linux-image-cloud-amd64` and `linux-image-686-pae` only bring the newest of their flavour along.
    if !version.starts_with(|letter: char| letter.is_ascii_digit()) || !version.contains('.') {
        return None;
    }
    if !rest.starts_with(|letter: char| letter.is_ascii_digit()) {
        return (!rest.is_empty()).then_some((version, rest));
    }
    let (number, flavour) = rest.split_once('-')?;
    Some((&release[..version.len() + 1 + number.len()], flavour))
}

/// The releases of the kernels that dpkg has set up in full, with their packages' versions.
fn installed_kernels(host: &dyn Host) -> Read<Vec<(String, String)>> {
    let status = host.read_shared(STATUS)?;
    let status = as_text(&status);
    let kernel = |package: dpkg_status::Package<'_>| {
        let release = package.name.strip_prefix("linux-image-")?;
        let release = release.strip_prefix("unsigned-").unwrap_or(release);
        Some((release.to_owned(), package.version.to_owned()))
    };
    let packages = dpkg_status::packages_named(&status, |name| name.starts_with("linux-image-"));
    Ok(packages.filter(dpkg_status::Package::is_configured).filter_map(kernel).collect())
}

/// Debian and Ubuntu: a newer build of the running flavour, or a newer package of the same build.
fn debian_kernel(host: &dyn Host) -> Read<Option<Restart>> {
    let running = running(host)?;
    let Some((build, flavour)) = split_kernel(&running) else { return Ok(None) };
    if is_patched_live(host)? {
        return Ok(None);
    }
    let kernels = host.worked_out("installed kernels", &[STATUS], || installed_kernels(host))?;
    // A kernel from elsewhere (a virtual machine's host, self-made) is not ours to compare.
    let Some((_, own_version)) = kernels.iter().find(|(release, _)| *release == running) else { return Ok(None) };
    let newest = kernels
        .iter()
        .filter_map(|(release, _)| split_kernel(release).filter(|(_, other)| *other == flavour))
        .map(|(other, _)| other)
        .max_by(|a, b| deb_version::compare(a, b));
    if let Some(newest) = newest.filter(|newest| deb_version::compare(newest, build) == Ordering::Greater) {
        let newest = format!("{newest}-{flavour}");
        let saw = format!("linux-image-{newest} is installed");
        return Ok(Some(newer_kernel(&running, &newest, STATUS, saw)));
    }
    let version = host.read_line("/proc/version")?;
    let built = version.rsplit_once(" Debian ").and_then(|(_, rest)| rest.split(' ').next());
    if let Some(built) = built.filter(|built| deb_version::compare(own_version, built) == Ordering::Greater) {
        let saw = format!("linux-image-{running} {own_version}, running is {built}");
        return Ok(Some(newer_kernel(built, own_version, STATUS, saw)));
    }
    Ok(None)
}

/// Fedora, RHEL and openSUSE keep each kernel's image beside its modules. What a release has behind the
/// last `separator` tells kinds of kernels apart: `x86_64+debug` on Fedora, `default` on openSUSE.
fn newest_kernel(host: &dyn Host, separator: char) -> Read<Option<Restart>> {
    const MODULES: &str = "/usr/lib/modules";
    let running = running(host)?;
    if is_patched_live(host)? {
        return Ok(None);
    }
    let kind = |release: &str| release.rsplit(separator).next().unwrap_or_default().to_owned();
    let names = present(host.list(MODULES))?.unwrap_or_default();
    let mut kernels = Vec::new();
    for name in names {
        if host.exists(&format!("{MODULES}/{name}/vmlinuz"))? && kind(&name) == kind(&running) {
            kernels.push(name);
        }
    }
    // Only where the running kernel is one of these can they be compared.
    if !kernels.contains(&running) {
        return Ok(None);
    }
    let newest = kernels.iter().max_by(|a, b| rpm_version::compare(a, b)).filter(|newest| **newest != running);
    Ok(newest.map(|newest| newer_kernel(&running, newest, MODULES, kernels.join(" "))))
}

/// Live patches keep the running kernel safe until the next restart.
fn is_patched_live(host: &dyn Host) -> Read<bool> {
    Ok(present(host.list("/sys/kernel/livepatch"))?.is_some_and(|patches| !patches.is_empty()))
}

/// Arch and Alpine delete the modules of a kernel as they install the next.
fn modules_gone(host: &dyn Host) -> Read<Option<Restart>> {
    let running = running(host)?;
    let mut there = None;
    for folder in ["/usr/lib/modules", "/lib/modules"] {
        let names = present(host.list(folder))?.unwrap_or_default();
        // A folder may stay behind with modules of other packages, but with nothing of the kernel's own.
        let own = ["vmlinuz", "pkgbase", "modules.dep", "kernel"].map(|part| format!("{folder}/{running}/{part}"));
        if names.contains(&running) && own.iter().any(|path| host.exists(path).unwrap_or(true)) {
            return Ok(None);
        }
        there = there.or_else(|| (!names.is_empty()).then_some(folder));
    }
    // Without any folder there are no packaged kernels here, and nothing to compare.
    let Some(folder) = there.map(|folder| format!("{folder}/{running}")) else { return Ok(None) };
    Ok(Some(Restart {
        detail: text!("A restart is due: the running kernel {running} has been replaced", running = running),
        evidence: vec![
            evidence("/proc/sys/kernel/osrelease", running, "uname -r"),
            evidence(&folder, "has nothing of the kernel's own", format!("ls {folder}")),
        ],
    }))
}

/// NixOS keeps links to what was booted and to what is set up now.
fn nixos(host: &dyn Host) -> Read<Option<Restart>> {
    for part in ["kernel", "initrd", "kernel-modules"] {
        let (booted, current) = (format!("/run/booted-system/{part}"), format!("/run/current-system/{part}"));
        let (Some(old), Some(new)) = (present(host.real_path(&booted))?, present(host.real_path(&current))?) else {
            continue;
        };
        if old != new {
            return Ok(Some(Restart {
                detail: text!(
                    "A restart is due: the system that is set up has another {part} than the one running",
                    part = part
                ),
                evidence: vec![
                    evidence(&booted, old, format!("readlink {booted}")),
                    evidence(&current, new, format!("readlink {current}")),
                ],
            }));
        }
    }
    Ok(None)
}
