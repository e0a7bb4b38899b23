//! Programs that connect outward and let others in that way, so that no open port shows them.

use super::AGENTS;
use crate::finding::Evidence;
use crate::host::Host;
use crate::linux::listeners::Facts;
use crate::linux::systemd::matches;
use crate::text::Text;

/// At the start of a sentence.
const TAILSCALE_SSH: &str = "The SSH server inside Tailscale";

pub(super) const TAILSCALE: [&str; 2] = ["tailscaled.service", "snap.tailscale.tailscaled.service"];

/// One that runs.
pub(super) struct Agent {
    pub(super) name: &'static str,
    /// It runs in the background for good; otherwise somebody has its window open.
    pub(super) is_service: bool,
    saw: String,
}

impl Agent {
    pub(super) fn detail(&self) -> Text {
        if self.name == TAILSCALE_SSH {
            return text!(
                "{program} lets other computers of its network log in; no open port shows it",
                program = self.name
            );
        }
        if self.is_service {
            text!(
                "{program} runs and lets others control this computer; it connects outward, so no open port shows it",
                program = self.name
            )
        } else {
            text!(
                "{program} is open; while it is, others may be able to control this computer through it",
                program = self.name
            )
        }
    }

    pub(super) fn evidence(&self) -> Evidence {
        let check = if self.is_service { "systemctl list-units --type=service" } else { "ps -e" };
        Evidence { source: self.name.to_owned(), saw: self.saw.clone(), check: check.to_owned() }
    }
}

/// Remote control programs that run, with what showed it.
pub(super) fn running(facts: &Facts) -> Vec<Agent> {
    let mut out: Vec<Agent> = Vec::new();
    for known in AGENTS {
        let mut units = facts.units.iter().flatten();
        let unit = units
            .find(|unit| matches(known.unit, &unit.name) && unit.is_active() == Some(true))
            .map(|unit| (format!("{}: {}", unit.name, unit.words()), true));
        let process = |names: &[&str], is_service: bool| {
            let mut running = facts.processes();
            let process = running.find(|process| names.contains(&process.name.as_str()))?;
            Some((format!("process {} ({}) of user {}", process.pid, process.name, process.uid), is_service))
        };
        let told = || {
            let (name, word) = known.told?;
            let mut running = facts.processes().filter(|process| process.name == name);
            let process = running.find(|process| process.arguments.iter().skip(1).any(|argument| argument == word))?;
            let saw = format!("process {} ({name} {word}) of user {}", process.pid, process.uid);
            Some((saw, true))
        };
        let found =
            unit.or_else(|| process(known.daemons, true)).or_else(told).or_else(|| process(known.windows, false));
        if let Some((saw, is_service)) = found
            && !out.iter().any(|agent| agent.name == known.name)
        {
            out.push(Agent { name: known.name, is_service, saw });
        }
    }
    out
}

/// What Tailscale's own SSH server does, which no socket of the kernel shows.
pub(super) enum Tailscale {
    /// It does not run, or its SSH server is off.
    Closed(Option<Evidence>),
    Open(Agent),
    /// It runs and does not say.
    Unknown(Evidence),
}

/// Whether others may log in by Tailscale. Only a daemon that is known to run is asked.
pub(super) fn tailscale(host: &dyn Host, facts: &Facts) -> Tailscale {
    let mut units = facts.units.iter().flatten();
    let unit = units.find(|unit| TAILSCALE.contains(&unit.name.as_str()) && unit.is_active() == Some(true));
    let source = match unit {
        Some(unit) => unit.name.clone(),
        None => {
            let mut running = facts.processes();
            match running.find(|process| process.name == "tailscaled") {
                Some(process) => format!("process {} ({})", process.pid, process.name),
                None => return Tailscale::Closed(None),
            }
        }
    };
    let saw = |words: String| Evidence {
        source: source.clone(),
        saw: words,
        check: "tailscale debug prefs | grep RunSSH".to_owned(),
    };
    match host.tailscale_ssh() {
        Ok(false) => Tailscale::Closed(Some(saw("running; its own SSH server lets in nobody".to_owned()))),
        Ok(true) => {
            let saw = format!("{source}: RunSSH is true");
            Tailscale::Open(Agent { name: TAILSCALE_SSH, is_service: true, saw })
        }
        Err(error) => Tailscale::Unknown(saw(format!("running; whether its own SSH server is on: {error}"))),
    }
}
