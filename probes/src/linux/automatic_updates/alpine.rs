//! Alpine: a job of cron that runs `apk upgrade`.

use super::{Mechanism, State, evidence, runs, unit_evidence, units};
use crate::host::{Host, HostError, Read, present};

/// How often cron runs what is in which folder.
const PERIODS: [&str; 5] = ["15min", "hourly", "daily", "weekly", "monthly"];

/// Programs that do cron's work: busybox, dcron and cronie.
const CRONS: [&str; 4] = ["crond.service", "dcron.service", "cronie.service", "fcron.service"];

const ROOTS_TABLE: &str = "/etc/crontabs/root";

pub(super) fn observe(host: &dyn Host) -> Read<Mechanism> {
    let mut job = None;
    for period in PERIODS {
        let folder = format!("/etc/periodic/{period}");
        for name in present(host.list(&folder))?.unwrap_or_default() {
            let path = format!("{folder}/{name}");
            let upgrades = match host.read_text(&path) {
                Ok(text) => upgrades(&text),
                // A job that only root may read says by its name what it does.
                Err(HostError::Denied(_)) => name.starts_with("apk"),
                Err(_) => false,
            };
            if upgrades {
                job = Some(path);
            }
        }
    }
    let table = match host.read_text(ROOTS_TABLE) {
        Ok(text) if text.lines().any(|line| !line.trim_start().starts_with('#') && upgrades(line)) => {
            job = job.or_else(|| Some(ROOTS_TABLE.to_owned()));
            None
        }
        Ok(_) | Err(HostError::Absent(_)) => None,
        Err(error) => Some(error),
    };
    let Some(job) = job else {
        return Ok(match table {
            Some(error) => Mechanism::failed(&error),
            None => Mechanism::new(State::Off, text!("Nothing on this system installs updates by itself")),
        });
    };
    let seen = evidence(&job, "runs apk upgrade", format!("ls -l {job}"));
    let crons = units(host, &CRONS)?;
    let cron = crons.iter().find(|unit| matches!(runs(unit), State::On | State::Likely));
    Ok(match cron {
        Some(cron) => Mechanism::new(State::Likely, text!("Updates install themselves ({job})", job = job))
            .with([seen, unit_evidence(cron)]),
        None => {
            let detail = text!("{job} would install updates, but nothing runs such jobs (cron is off)", job = job);
            Mechanism::new(State::Off, detail).with([seen])
        }
    })
}

fn upgrades(text: &str) -> bool {
    text.contains("apk") && text.contains("upgrade")
}
