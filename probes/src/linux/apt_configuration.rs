//! APT's configuration as a whole: every file that APT reads, merged in its order (apt.conf(5)).

use crate::finding::Evidence;
use crate::host::{Host, HostError, Kind, Read, present};
use crate::parse::apt_conf::{self, AptConf};

const FOLDER: &str = "/etc/apt/apt.conf.d";

/// All files, merged. The second part names those that could not be read or understood.
pub(crate) fn read(host: &dyn Host) -> Read<(AptConf, Vec<Evidence>)> {
    let mut conf = AptConf::default();
    let mut problems = Vec::new();
    let mut problem = |path: &str, saw: String, check: String| {
        problems.push(Evidence { source: path.to_owned(), saw, check });
    };
    let parts = present(host.list(FOLDER))?.unwrap_or_default();
    let parts = parts.iter().filter(|name| apt_conf::is_read(name)).map(|name| format!("{FOLDER}/{name}"));
    for path in parts.chain(["/etc/apt/apt.conf".to_owned()]) {
        match host.read_text(&path) {
            Ok(text) => {
                if let Err(error) = conf.add(&text) {
                    problem(&path, format!("{path}, {error}"), "apt-config dump".to_owned());
                }
            }
            Err(HostError::Absent(_)) => {}
            Err(_) if host.stat(&path).is_ok_and(|stat| stat.kind == Kind::Directory) => {}
            Err(error) => problem(&path, error.to_string(), format!("ls -l {path}")),
        }
    }
    Ok((conf, problems))
}
