//! Whether the kernel holds programs back: the protections that decide how far a program gets that was
//! taken over.
//!
//! *On* means all three of:
//!
//! - mandatory access control confines programs: SELinux enforces, or AppArmor is on with at least one
//!   profile that is enforced (`confinement`);
//! - the addresses of a program's memory are fully random, `randomize_va_space` = 2 (Linux
//!   Documentation/admin-guide/sysctl/kernel.rst);
//! - the kernel reports no processor flaw as `Vulnerable` (`flaws`).
//!
//! *Off* names each that is missing. All three are what distributions ship switched on (Debian, Ubuntu,
//! Fedora, openSUSE), so each that is missing was left out or switched off by somebody, or can be had.
//!
//! Kernel lockdown is told, and does not decide: kernels switch it on by themselves where Secure Boot is
//! on, which is a practice of its own, and off is right where modules are built on the machine. The
//! settings `kptr_restrict`, `dmesg_restrict`, `ptrace_scope` and `unprivileged_bpf_disabled` are told too:
//! distributions differ in them for good reasons, and none alone holds a program back.

use crate::finding::{Confidence, Evidence, Finding, Observation};
use crate::host::{Host, HostError, Read};
use crate::practice::{Platform, PracticeId};
use crate::probe::Probe;
use crate::system::Place;
use crate::text::Text;

mod confinement;
mod flaws;

pub const PROBE: Probe = Probe {
    practice: PRACTICE,
    platform: Platform::Linux,
    observe,
    reads: "Whether SELinux or AppArmor confines programs, how random memory is, and which processor flaws are open",
};

const PRACTICE: PracticeId = PracticeId::KernelHardening;

const RANDOM: &str = "/proc/sys/kernel/randomize_va_space";
const LOCKDOWN: &str = "/sys/kernel/security/lockdown";

/// Told as facts, below /proc/sys/kernel.
const FACTS: [&str; 4] = ["kptr_restrict", "dmesg_restrict", "yama/ptrace_scope", "unprivileged_bpf_disabled"];

/// One of the three protections.
#[derive(Clone, Debug)]
struct Part {
    state: State,
    confidence: Confidence,
    evidence: Vec<Evidence>,
}

#[derive(Clone, Debug)]
enum State {
    /// It holds, and what does it, in one word: `AppArmor`.
    Held(&'static str),
    /// It is missing.
    Missing {
        why: Text,
        /// The same in one or two technical words, for a list of several: `randomize_va_space=0`.
        short: String,
    },
    CannotTell(Text),
}

impl Part {
    fn new(state: State) -> Self {
        Part { state, confidence: Confidence::Verified, evidence: Vec::new() }
    }

    fn held(by: &'static str) -> Self {
        Part::new(State::Held(by))
    }

    fn missing(why: Text, short: impl Into<String>) -> Self {
        Part::new(State::Missing { why, short: short.into() })
    }

    fn cannot_tell(why: Text) -> Self {
        Part::new(State::CannotTell(why))
    }

    fn inferred(mut self) -> Self {
        self.confidence = Confidence::Inferred;
        self
    }

    fn saw(mut self, source: &str, saw: &str, check: &str) -> Self {
        self.evidence.push(Evidence { source: source.to_owned(), saw: saw.to_owned(), check: check.to_owned() });
        self
    }
}

fn observe(host: &dyn Host) -> Read<Finding> {
    let place = super::place::place(host);
    if let Some(why) = super::place::hides_the_machine(place) {
        return Ok(Finding::unknown(PRACTICE, why));
    }
    let parts = [confinement::ask(host), random_addresses(host), flaws::ask(host, place == Place::VirtualMachine)];
    Ok(combine(host, parts))
}

fn combine(host: &dyn Host, parts: [Part; 3]) -> Finding {
    let mut missing = Vec::new();
    let mut cannot_tell = None;
    let mut inferred = false;
    for part in &parts {
        match &part.state {
            State::Held(_) => {}
            State::Missing { why, short } => missing.push((why.clone(), short.as_str())),
            State::CannotTell(why) => cannot_tell = cannot_tell.or_else(|| Some(why.clone())),
        }
        inferred |= part.confidence == Confidence::Inferred;
    }
    let confinement = match parts[0].state {
        State::Held(by) => by,
        _ => "",
    };
    let lockdown = lockdown(host);
    let finding = match (missing.as_slice(), cannot_tell) {
        ([], Some(why)) => Finding::unknown(PRACTICE, why),
        ([], None) => Finding::new(PRACTICE, Observation::On, all_held(confinement, lockdown.as_deref())),
        ([(why, _)], _) => Finding::new(PRACTICE, Observation::Off, why.clone()),
        (several, _) => {
            let list: Vec<&str> = several.iter().map(|(_, short)| *short).collect();
            let detail = text!(
                "{count} protections of the kernel are missing: {list}",
                count = several.len(),
                list = list.join("; ")
            );
            Finding::new(PRACTICE, Observation::Off, detail)
        }
    };
    // What is missing was read; only that everything holds rests on what was concluded.
    let finding = if inferred && finding.observation == Observation::On { finding.inferred() } else { finding };
    let finding = finding.with_evidence(parts.into_iter().flat_map(|part| part.evidence));
    facts(host, lockdown, finding)
}

fn all_held(confinement: &str, lockdown: Option<&str>) -> Text {
    match lockdown {
        Some(mode @ ("integrity" | "confidentiality")) => text!(
            "{system} confines programs, memory addresses are random, no processor flaw is known to be open, and the kernel is locked down ({mode})",
            system = confinement,
            mode = mode
        ),
        _ => text!(
            "{system} confines programs, memory addresses are random, and no processor flaw is known to be open",
            system = confinement
        ),
    }
}

fn random_addresses(host: &dyn Host) -> Part {
    let words = match host.read_line(RANDOM) {
        Ok(words) => words,
        Err(error) => return Part::cannot_tell(error.reason()),
    };
    let short = || format!("randomize_va_space={words}");
    let part = match words.as_str() {
        "0" => {
            Part::missing(text!("Memory addresses are not random, which makes flaws in programs easy to use"), short())
        }
        "1" => Part::missing(text!("Memory addresses are only partly random: those of the heap are fixed"), short()),
        "2" => Part::held("randomize_va_space"),
        _ => Part::cannot_tell(HostError::Garbled(RANDOM.to_owned(), words.clone()).reason()),
    };
    part.saw(RANDOM, &words, "sysctl kernel.randomize_va_space")
}

/// The mode in brackets of `none [integrity] confidentiality`.
fn lockdown(host: &dyn Host) -> Option<String> {
    let line = host.read_line(LOCKDOWN).ok()?;
    let (_, rest) = line.split_once('[')?;
    Some(rest.split_once(']')?.0.to_owned())
}

fn facts(host: &dyn Host, lockdown: Option<String>, finding: Finding) -> Finding {
    let known: Vec<String> = FACTS
        .iter()
        .filter_map(|name| Some((name, host.read_line(&format!("/proc/sys/kernel/{name}")).ok()?)))
        .map(|(name, value)| format!("{}={value}", name.replace('/', ".")))
        .collect();
    let finding = match lockdown {
        Some(mode) => finding.saw(LOCKDOWN, mode, format!("cat {LOCKDOWN}")),
        None => finding,
    };
    if known.is_empty() {
        return finding;
    }
    let check =
        "sysctl kernel.kptr_restrict kernel.dmesg_restrict kernel.yama.ptrace_scope kernel.unprivileged_bpf_disabled";
    finding.saw("/proc/sys/kernel", known.join(", "), check)
}

#[cfg(all(test, feature = "fixture"))]
mod tests;
