//! This program's own file, which an upgrade may have replaced while it runs.

use std::io;
use std::path::PathBuf;

/// What Linux writes behind the path of a running program whose file is gone.
const GONE: &str = " (deleted)";

/// This very program, also after an upgrade: agent and window then still speak the same language.
pub(super) fn to_start_now() -> io::Result<PathBuf> {
    let path = std::env::current_exe()?;
    let same = PathBuf::from("/proc/self/exe");
    Ok(if path.exists() || !same.exists() { path } else { same })
}

/// Where the program is, or will be after the next login.
pub(super) fn to_start_later() -> io::Result<PathBuf> {
    let path = std::env::current_exe()?;
    Ok(match path.to_str().and_then(|text| text.strip_suffix(GONE)) {
        Some(replaced) if !path.exists() => PathBuf::from(replaced),
        _ => path,
    })
}
