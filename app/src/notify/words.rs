//! The words of notices.

use stethoscope_probes::text;

use super::{Key, Kind, Notice};
use crate::verdict::{Verdict, VerdictState};
use crate::words::{say, tr};

pub(super) fn broke(verdict: &Verdict, title: &dyn Fn(&Verdict) -> String) -> Notice {
    Notice {
        key: Key::Practice(verdict.practice()),
        kind: kind_of(verdict),
        title: titled(verdict, title),
        body: tr(&verdict.reason),
        practices: vec![verdict.practice()],
    }
}

pub(super) fn several_broke(verdicts: &[&Verdict], key: Key, title: &dyn Fn(&Verdict) -> String) -> Notice {
    let kind = if verdicts.iter().any(|verdict| kind_of(verdict) == Kind::Fails) { Kind::Fails } else { Kind::Nudges };
    Notice {
        key,
        kind,
        title: tr(&text!("{count} practices need attention", count = verdicts.len())),
        body: titles(verdicts, title),
        practices: verdicts.iter().map(|verdict| verdict.practice()).collect(),
    }
}

pub(super) fn fixed(verdicts: &[&Verdict], key: Key, title: &dyn Fn(&Verdict) -> String) -> Notice {
    let (headline, body) = match verdicts {
        [verdict] => (tr(&text!("Fixed: {title}", title = titled(verdict, title))), tr(&verdict.reason)),
        several => (tr(&text!("Fixed: {count} practices", count = several.len())), titles(several, title)),
    };
    let practices = verdicts.iter().map(|verdict| verdict.practice()).collect();
    Notice { key, kind: Kind::Fixed, title: headline, body, practices }
}

pub(super) fn withdrawn(key: Key) -> Notice {
    Notice { key, kind: Kind::Withdrawn, title: String::new(), body: String::new(), practices: Vec::new() }
}

/// The label of the action that opens the window.
pub(super) fn show_me() -> &'static str {
    say("Show me")
}

/// The label of the action that puts the practice off.
pub(super) fn snooze() -> &'static str {
    say("Snooze a day")
}

fn kind_of(verdict: &Verdict) -> Kind {
    if verdict.state == VerdictState::Nudge { Kind::Nudges } else { Kind::Fails }
}

fn titles(verdicts: &[&Verdict], title: &dyn Fn(&Verdict) -> String) -> String {
    verdicts.iter().map(|verdict| titled(verdict, title)).collect::<Vec<_>>().join("\n")
}

/// The title, or the reason where a practice has no title of its own.
fn titled(verdict: &Verdict, title: &dyn Fn(&Verdict) -> String) -> String {
    Some(title(verdict)).filter(|title| !title.is_empty()).unwrap_or_else(|| tr(&verdict.reason))
}
