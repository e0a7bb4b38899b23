//! ClamAV: its daemon, and how old the signatures are that it knows viruses by.
//!
//! The daemon scans what it is asked to scan; only with `clamonacc` beside it are files scanned when they
//! are opened (clamonacc(8)). Units: Debian's clamav-daemon and clamav-clamonacc, Arch's the same,
//! openSUSE's and OpenRC's clamd, Fedora's clamd@scan. The signatures are `daily` and `main`, with the
//! ending `cvd` as downloaded or `cld` once patched (freshclam(1)); freshclam brings `daily` anew every day.

use jiff::Timestamp;

use super::{PRACTICE, Running, State};
use crate::finding::{Finding, Observation};
use crate::host::{Host, Read, present};

/// The daemon first, then what scans files as they are opened, then what brings new signatures.
pub(super) const UNITS: [&str; 8] = [
    "clamav-daemon.service",
    "clamd.service",
    "clamd@*.service",
    "clamav-clamonacc.service",
    "clamonacc.service",
    "clamav-freshclam.service",
    "clamav-freshclam-once.timer",
    "freshclam.service",
];
const DAEMON: [&str; 3] = [UNITS[0], UNITS[1], UNITS[2]];
const ON_ACCESS: [&str; 2] = [UNITS[3], UNITS[4]];

/// Where clamd is told where the signatures are: Debian, Fedora, and the rest.
const SETTINGS: [&str; 4] =
    ["/etc/clamav/clamd.conf", "/etc/clamd.d/scan.conf", "/etc/clamd.conf", "/usr/local/etc/clamd.conf"];
const DEFAULT_DIRECTORY: &str = "/var/lib/clamav";
const SIGNATURES: [[&str; 2]; 2] = [["daily.cld", "daily.cvd"], ["main.cld", "main.cvd"]];

/// Where the scanner is when its services are not there: installed by hand, or without a daemon.
const PROGRAMS: [&str; 4] =
    ["/usr/sbin/clamd", "/usr/bin/clamscan", "/usr/local/bin/clamscan", "/usr/local/sbin/clamd"];

/// Signatures as old as this or older are out of date, in days.
const STALE_DAYS: i64 = 7;

/// What ClamAV comes to; `None` where it is not installed.
pub(super) fn ask(host: &dyn Host, running: &Running) -> Option<Finding> {
    let state = running.state(&DAEMON, "clamd");
    let finding = match state {
        State::Runs => with_signatures(host, running),
        State::Stopped => stopped(),
        State::CannotTell if running.units(&DAEMON).any(|unit| unit.exists()) => {
            let why = text!("{program} is installed, but whether it is running cannot be seen", program = "ClamAV");
            Finding::unknown(PRACTICE, why)
        }
        // The command alone: somebody may scan by hand, but nothing watches.
        State::Missing if PROGRAMS.iter().any(|path| host.exists(path) == Ok(true)) => stopped(),
        State::Missing | State::CannotTell => return None,
    };
    Some(finding.with_evidence(running.evidence(&UNITS)))
}

fn stopped() -> Finding {
    let detail = text!("ClamAV is installed, but its scanner is not running");
    Finding::new(PRACTICE, Observation::Off, detail)
}

fn with_signatures(host: &dyn Host, running: &Running) -> Finding {
    let found = directory(host).and_then(|directory| Ok((newest_signatures(host, &directory)?, directory)));
    let (newest, directory) = match found {
        Ok(found) => found,
        Err(error) => {
            let why =
                text!("ClamAV is running, but how old its signatures are cannot be seen: {reason}", reason = error);
            return Finding::unknown(PRACTICE, why);
        }
    };
    let Some((name, modified)) = newest else {
        let why = text!("ClamAV is running, but its signatures are not in {directory}", directory = directory);
        return Finding::unknown(PRACTICE, why);
    };
    // A file from the future is as good as new.
    let days = host.now().duration_since(modified).as_hours().max(0) / 24;
    let on_access = running.units(&ON_ACCESS).any(|unit| unit.is_active() == Some(true))
        || running.processes.as_ref().is_some_and(|names| names.iter().any(|name| name == "clamonacc"));
    let finding = if days >= STALE_DAYS {
        let detail = text!("ClamAV is running, but its virus signatures are {days} days old", days = days);
        Finding::new(PRACTICE, Observation::Off, detail)
    } else if on_access {
        let detail = text!("ClamAV scans files when they are opened, with signatures up to date");
        Finding::new(PRACTICE, Observation::On, detail)
    } else {
        let detail =
            text!("ClamAV is running with signatures up to date, and scans files when it is asked to, not by itself");
        Finding::new(PRACTICE, Observation::On, detail)
    };
    let path = format!("{directory}/{name}");
    let saw = format!("changed {}", modified.strftime("%Y-%m-%d"));
    finding.saw(path, saw, format!("ls -l {directory}"))
}

/// The newest signatures, with their date. `daily` decides; `main` may be a year old and in order.
fn newest_signatures(host: &dyn Host, directory: &str) -> Read<Option<(&'static str, Timestamp)>> {
    for names in SIGNATURES {
        let mut newest: Option<(&'static str, Timestamp)> = None;
        for name in names {
            let Some(stat) = present(host.stat(&format!("{directory}/{name}")))? else { continue };
            if newest.is_none_or(|(_, modified)| modified < stat.modified) {
                newest = Some((name, stat.modified));
            }
        }
        if newest.is_some() {
            return Ok(newest);
        }
    }
    Ok(None)
}

/// Where clamd was told that its signatures are.
fn directory(host: &dyn Host) -> Read<String> {
    for path in SETTINGS {
        let Some(text) = host.read_if_there(path)? else { continue };
        let told = text.lines().find_map(|line| line.trim().strip_prefix("DatabaseDirectory"));
        if let Some(directory) = told.map(str::trim).filter(|directory| directory.starts_with('/')) {
            return Ok(directory.trim_end_matches('/').to_owned());
        }
    }
    Ok(DEFAULT_DIRECTORY.to_owned())
}
