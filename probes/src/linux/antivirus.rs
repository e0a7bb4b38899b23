//! Whether a virus scanner or a security agent watches this computer.
//!
//! *On* means that one that is known here runs, and for ClamAV also that its signatures are younger than
//! a week: the list it knows viruses by is made anew every day. Whether a closed agent protects, or was
//! told only to take notes, is between it and its maker; that it runs is all that can be read, so such an
//! answer is inferred. *Off* means that none of the known ones runs; others may exist.

use crate::finding::{Evidence, Finding, Observation};
use crate::host::{Host, Read};
use crate::linux::systemd::{self, Unit};
use crate::practice::{Platform, PracticeId};
use crate::probe::Probe;

mod agents;
mod clamav;

use agents::{AGENTS, Agent};

pub const PROBE: Probe = Probe {
    practice: PRACTICE,
    platform: Platform::Linux,
    observe,
    reads: "Which of the known scanners and security agents runs, and how old the signatures of ClamAV are",
};

const PRACTICE: PracticeId = PracticeId::Antivirus;

/// What is known of the services and programs of the machine.
struct Running {
    /// `None` where no service manager answers.
    units: Option<Vec<Unit>>,
    /// The names of the system's processes; `None` where they are hidden.
    processes: Option<Vec<String>>,
}

/// Whether something runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Runs,
    /// It is installed and does not run.
    Stopped,
    Missing,
    CannotTell,
}

impl Running {
    fn read(host: &dyn Host) -> Self {
        let agents = AGENTS.iter().flat_map(|agent| agent.units);
        let names: Vec<&str> = agents.chain(&clamav::UNITS).copied().collect();
        Running { units: systemd::units(host, &names).ok(), processes: processes(host) }
    }

    fn units<'a>(&'a self, names: &'a [&'static str]) -> impl Iterator<Item = &'a Unit> {
        self.units.iter().flatten().filter(move |unit| names.iter().any(|name| systemd::matches(name, &unit.name)))
    }

    /// By its services; where those say nothing, by its process.
    fn state(&self, units: &[&'static str], process: &str) -> State {
        let is_active = |active: Option<bool>| self.units(units).any(|unit| unit.is_active() == active);
        if is_active(Some(true)) {
            return State::Runs;
        }
        let process = self.processes.as_ref().map(|names| names.iter().any(|name| name == process));
        let installed = self.units(units).any(Unit::exists);
        match (&self.units, process) {
            (_, Some(true)) => State::Runs,
            (Some(_), _) if !installed => State::Missing,
            (Some(_), _) if !is_active(None) => State::Stopped,
            (Some(_), Some(false)) => State::Stopped,
            (None, Some(false)) => State::Missing,
            (_, None) => State::CannotTell,
        }
    }

    fn evidence(&self, units: &[&'static str]) -> Vec<Evidence> {
        let known = self.units(units).filter(|unit| unit.exists() || unit.is_active() == Some(true));
        known
            .map(|unit| Evidence {
                source: unit.name.clone(),
                saw: unit.words(),
                check: format!("systemctl status {}", unit.name),
            })
            .collect()
    }
}

/// Accounts of people begin here; what runs as one of them may carry any name. Source: login.defs(5), UID_MIN.
const FIRST_PERSON: u32 = 1000;

/// The programs that the system itself runs. With a /proc that hides the processes of others, what is
/// missing says nothing.
fn processes(host: &dyn Host) -> Option<Vec<String>> {
    let processes = host.processes().ok()?;
    let shows_all = processes.iter().any(|process| process.pid == 1);
    let own = processes.iter().filter(|process| process.uid < FIRST_PERSON).map(|process| process.name.clone());
    shows_all.then(|| own.collect())
}

fn observe(host: &dyn Host) -> Read<Finding> {
    // What protects a container or a live system is not what protects the computer.
    if let Some(why) = super::place::hides_the_machine(super::place::place(host)) {
        return Ok(Finding::unknown(PRACTICE, why));
    }
    let running = Running::read(host);
    let states: Vec<(&Agent, State)> =
        AGENTS.iter().map(|agent| (agent, running.state(agent.units, agent.process))).collect();
    let with = |wanted: State| states.iter().find(|(_, state)| *state == wanted).map(|(agent, _)| *agent);
    if let Some(agent) = with(State::Runs) {
        return Ok(runs(agent, &running));
    }
    let clamav = clamav::ask(host, &running);
    if let Some(finding) = clamav {
        return Ok(finding);
    }
    if let Some(agent) = with(State::Stopped) {
        let detail = text!("{program} is installed, but it is not running", program = agent.name);
        return Ok(Finding::new(PRACTICE, Observation::Off, detail).with_evidence(running.evidence(agent.units)));
    }
    if let Some(agent) = with(State::CannotTell) {
        let why = if running.units.is_some() {
            text!("{program} is installed, but whether it is running cannot be seen", program = agent.name)
        } else {
            text!("Neither the services of this system nor the programs of other users can be seen")
        };
        return Ok(Finding::unknown(PRACTICE, why));
    }
    let detail = text!("None of the virus scanners and security agents that are known here is running");
    let names: Vec<&str> = AGENTS.iter().map(|agent| agent.name).collect();
    let saw = format!("none of ClamAV, {}", names.join(", "));
    let finding = Finding::new(PRACTICE, Observation::Off, detail).inferred();
    Ok(finding.saw("services and programs", saw, "systemctl list-units --type=service"))
}

fn runs(agent: &Agent, running: &Running) -> Finding {
    let detail = if agent.protects {
        text!("{program} is running; what it was told to do cannot be seen", program = agent.name)
    } else {
        text!(
            "{program} is running; it watches the system, and whether it also looks for viruses cannot be seen",
            program = agent.name
        )
    };
    let finding = Finding::new(PRACTICE, Observation::On, detail).inferred();
    let evidence = running.evidence(agent.units);
    if evidence.is_empty() {
        return finding.saw("running programs", agent.process, format!("ps -C {}", agent.process));
    }
    finding.with_evidence(evidence)
}

#[cfg(all(test, feature = "fixture"))]
mod tests;
