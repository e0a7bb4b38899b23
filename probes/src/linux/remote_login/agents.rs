//! Programs that connect outward and let others in that way, so that no open port shows them.

use super::AGENTS;
use crate::finding::Evidence;
use crate::linux::listeners::Facts;
use crate::linux::systemd::matches;
use crate::text::Text;

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
            let mut running = facts.processes.iter().flatten();
            let process = running.find(|process| names.contains(&process.name.as_str()))?;
            Some((format!("process {} ({}) of user {}", process.pid, process.name, process.uid), is_service))
        };
        let told = || {
            let (name, word) = known.told?;
            let mut running = facts.processes.iter().flatten().filter(|process| process.name == name);
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

/// Tailscale has an SSH server of its own that no socket of the kernel shows, and keeps its settings from
/// ordinary users.
pub(super) fn tailscale(facts: &Facts) -> Option<Evidence> {
    let mut units = facts.units.iter().flatten();
    let unit = units.find(|unit| TAILSCALE.contains(&unit.name.as_str()) && unit.is_active() == Some(true));
    let source = match unit {
        Some(unit) => unit.name.clone(),
        None => {
            let mut running = facts.processes.iter().flatten();
            let process = running.find(|process| process.name == "tailscaled")?;
            format!("process {} ({})", process.pid, process.name)
        }
    };
    Some(Evidence {
        source,
        saw: "running; whether its own SSH server is on cannot be seen by an ordinary user".to_owned(),
        check: "tailscale debug prefs | grep RunSSH".to_owned(),
    })
}
