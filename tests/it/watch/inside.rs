//! The real probes, on the files that they really read: below a private home, and in an /etc that a mount
//! namespace makes private.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use stethoscope_probes::catalog;
use stethoscope_probes::host::asked::Noting;
use stethoscope_probes::host::live::Buses;
use stethoscope_probes::practice::{Platform, PracticeId};
use stethoscope_probes::probe::{Probe, run_one};

use super::{Home, HomeHost, Watched, fresh};

/// Set where this test runs inside a namespace of its own.
const INSIDE: &str = "STETHOSCOPE_TEST_INSIDE";

fn watched() -> Watched {
    Watched::new(catalog::probes(Platform::Linux), Home::new(), Buses::at(None, None))
}

/// Writes files one after the other, and sees that the practice is checked again by each.
fn each_is_seen(watched: &Watched, files: &[(PracticeId, PathBuf, &str)]) {
    let mut before = watched.scan();
    let mut slowest = std::time::Duration::ZERO;
    for (practice, file, text) in files {
        let name = file.display().to_string();
        for folder in missing_folders(file) {
            let (snapshot, _) =
                watched.sees(&format!("{} for {name}", folder.display()), || fs::create_dir(&folder).expect("made"));
            assert!(fresh(&before, &snapshot).contains(practice), "{} concerns {practice}", folder.display());
            before = snapshot;
            watched.settle();
        }
        let (snapshot, took) = watched.sees(&name, || append(file, text));
        let checked = fresh(&before, &snapshot);
        assert!(checked.contains(practice), "{name} concerns {practice}, not only {checked:?}");
        slowest = slowest.max(took);
        watched.settle();
        before = watched.scan();
        #[expect(clippy::print_stderr, reason = "shown by nextest on demand")]
        let () = eprintln!("{practice}: {name}, seen after {took:?} by {checked:?}");
    }
    #[expect(clippy::print_stderr, reason = "a measurement, shown by nextest on demand")]
    let () = eprintln!("the slowest of {} changes was seen after {slowest:?}", files.len());
}

fn append(file: &Path, text: &str) {
    let mut open = fs::File::options().append(true).create(true).open(file).expect("opened");
    std::io::Write::write_all(&mut open, text.as_bytes()).expect("written");
}

/// The folders above a file that are not there, uppermost first.
fn missing_folders(file: &Path) -> Vec<PathBuf> {
    let mut missing: Vec<_> =
        file.ancestors().skip(1).take_while(|folder| !folder.exists()).map(Path::to_owned).collect();
    missing.reverse();
    missing
}

#[test]
fn files_of_the_user_are_seen_by_their_practices() {
    let watched = watched();
    let home = |name: &str| watched.home.path(name);
    let entry = "[Desktop Entry]\nType=Application\nName=A\nExec=a\n";
    each_is_seen(
        &watched,
        &[
            (PracticeId::SshKeys, home(".ssh/id_ed25519"), "no key"),
            (PracticeId::SshKeys, home(".ssh/config"), "IdentityFile ~/.ssh/other\n"),
            (PracticeId::SshKeys, home(".ssh/other"), "no key"),
            (PracticeId::Applications, home(".local/share/applications/a.desktop"), entry),
        ],
    );
}

#[test]
fn files_of_the_system_are_seen_by_their_practices() {
    if std::env::var_os(INSIDE).is_none() {
        return enter();
    }
    let watched = watched();
    let files: Vec<_> = catalog::probes(Platform::Linux)
        .into_iter()
        .filter_map(|probe| Some((probe.practice, file_of(probe, &watched.home)?, "\n")))
        .collect();
    assert!(files.len() >= 8, "only {files:?}");
    each_is_seen(&watched, &files);
}

/// A file below /etc that is not there and that this probe looked for; otherwise one that it reads.
fn file_of(probe: Probe, home: &Home) -> Option<PathBuf> {
    let host = HomeHost::shared(home, jiff::Timestamp::now(), Arc::new(Buses::at(None, None)));
    let noting = Noting::new(host.as_ref());
    let _only_what_it_asks_for = run_one(probe, &noting);
    let asked = noting.finish();
    let mut paths: Vec<&Path> = asked.paths.keys().map(|path| Path::new(&**path)).collect();
    paths.retain(|path| path.starts_with("/etc") && !path.is_dir() && path.parent().is_some_and(Path::is_dir));
    paths.sort_by_key(|path| (path.exists(), path.to_owned()));
    paths.first().map(|path| path.to_path_buf())
}

/// Runs this test again where /etc can be written without harm.
fn enter() {
    let script = r#"
        set -e
        folder=$(mktemp -d)
        mount -t tmpfs tmpfs "$folder"
        cp -a /etc "$folder/etc"
        mount --bind "$folder/etc" /etc
        exec "$0" --exact watch::inside::files_of_the_system_are_seen_by_their_practices --nocapture
    "#;
    let program = std::env::current_exe().expect("a test is a program");
    let mut run = Command::new("unshare");
    run.args(["--mount", "--propagation", "private", "sh", "-c", script]).arg(program);
    let output = run.env(INSIDE, "1").output().expect("unshare is installed");
    let said = String::from_utf8_lossy(&output.stderr);
    if said.contains("Operation not permitted") && !said.contains("panicked") {
        #[expect(clippy::print_stderr, reason = "a test that does not run has to say so")]
        let () = eprintln!("SKIPPED: no namespace of its own can be had here (needs root on Linux)");
        return;
    }
    let out = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && out.contains("1 passed"), "{out}\n{said}");
    #[expect(clippy::print_stderr, reason = "a measurement, shown by nextest on demand")]
    let () = eprintln!("{said}");
}
