//! Starts the programs behind buttons, and knows which of them are installed. Not part of drawing.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, io, thread};

use crate::guidance;
use crate::snapshot::Snapshot;

/// The programs that the guidance of a snapshot would start and that are on the search path.
pub(super) fn installed(snapshot: &Snapshot) -> BTreeSet<String> {
    let path = env::var_os("PATH").unwrap_or_default();
    snapshot
        .verdicts
        .iter()
        .filter_map(|verdict| guidance::guidance(verdict, &snapshot.device).action)
        .filter_map(|action| action.open.into_iter().next())
        .filter(|program| is_on(&path, program))
        .collect()
}

fn is_on(path: &OsStr, program: &str) -> bool {
    // A name with a slash would start something beside the search path; the guidance has none.
    !program.contains('/') && env::split_paths(path).any(|folder| is_program(&folder.join(program)))
}

#[cfg(unix)]
fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(file: &Path) -> bool {
    file.is_file() || file.with_extension("exe").is_file()
}

/// Starts a program and does not wait for it. No shell is involved.
pub(super) fn start(argv: &[String]) -> io::Result<()> {
    let (program, arguments) =
        argv.split_first().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "no program is named"))?;
    run(Command::new(program).args(arguments))
}

/// Starts the always-on program of this very file again.
pub(super) fn start_self() -> io::Result<()> {
    run(&mut Command::new(env::current_exe()?))
}

fn run(command: &mut Command) -> io::Result<()> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    // Somebody has to take the exit code, or the ended program stays in the list of processes.
    thread::Builder::new().name("settings page".to_owned()).spawn(move || child.wait())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_programs_on_the_search_path_count() {
        let path = OsStr::new("/usr/bin:/bin");
        assert!(is_on(path, "sh"));
        assert!(!is_on(path, "no-such-program-anywhere"));
        assert!(!is_on(path, "../bin/sh"));
    }

    #[test]
    fn a_program_that_is_missing_is_an_error() {
        assert!(start(&["no-such-program-anywhere".to_owned()]).is_err());
        assert!(start(&[]).is_err());
    }
}
