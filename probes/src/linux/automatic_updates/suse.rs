//! openSUSE and SLE: transactional-update, os-update, and YaST's online update.

use super::{Mechanism, State, evidence, runs, unit_evidence, units};
use crate::host::{Host, Read, present};
use crate::parse::os_release::unquote;

const YAST: &str = "/etc/sysconfig/automatic_online_update";

pub(super) fn observe(host: &dyn Host) -> Read<Mechanism> {
    let timers = units(host, &["transactional-update.timer", "os-update.timer"])?;
    let seen = timers.iter().filter(|unit| unit.exists()).map(unit_evidence).collect::<Vec<_>>();
    if let Some(timer) = timers.iter().find(|unit| matches!(runs(unit), State::On | State::Likely)) {
        let detail = text!("The system updates itself ({timer})", timer = timer.name);
        return Ok(Mechanism::new(runs(timer), detail).with(seen));
    }
    if let Some(text) = present(host.read_text(YAST))? {
        let value = text.lines().filter_map(|line| line.trim().strip_prefix("AOU_ENABLE_CRONJOB=")).next_back();
        let switched_on = value.is_some_and(|value| unquote(value) == "true");
        for period in ["daily", "weekly", "monthly"] {
            let job = format!("/etc/cron.{period}/opensuse.org-online_update");
            if switched_on && host.exists(&job)? {
                let detail = text!("Updates install themselves (YaST online update, {period})", period = period);
                return Ok(Mechanism::new(State::Likely, detail).with([
                    evidence(YAST, "AOU_ENABLE_CRONJOB=\"true\"", format!("cat {YAST}")),
                    evidence(&job, "exists", format!("ls {job}")),
                ]));
            }
        }
    }
    if timers.iter().any(|unit| runs(unit) == State::Unknown) {
        return Ok(Mechanism::new(State::Unknown, text!("Whether the update timers run could not be told")).with(seen));
    }
    if let Some(timer) = timers.iter().find(|unit| unit.exists()) {
        let detail = text!("Automatic updates are installed, but {timer} is off", timer = timer.name);
        return Ok(Mechanism::new(State::Off, detail).with(seen));
    }
    Ok(Mechanism::missing())
}
