//! The words of notices.

use stethoscope_probes::text;

use super::{Asker, Key, Kind, Notice};
use crate::access;
use crate::access::view::{Answer, Question};
use crate::verdict::{Verdict, VerdictState};
use crate::words::{say, tr};

pub(super) fn broke(verdict: &Verdict, title: &dyn Fn(&Verdict) -> String) -> Notice {
    Notice {
        key: Key::Practice(verdict.practice()),
        kind: kind_of(verdict),
        title: titled(verdict, title),
        body: tr(&verdict.reason),
        practices: vec![verdict.practice()],
        asks: None,
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
        asks: None,
    }
}

pub(super) fn fixed(verdicts: &[&Verdict], key: Key, title: &dyn Fn(&Verdict) -> String) -> Notice {
    let (headline, body) = match verdicts {
        [verdict] => (tr(&text!("Fixed: {title}", title = titled(verdict, title))), tr(&verdict.reason)),
        several => (tr(&text!("Fixed: {count} practices", count = several.len())), titles(several, title)),
    };
    let practices = verdicts.iter().map(|verdict| verdict.practice()).collect();
    Notice { key, kind: Kind::Fixed, title: headline, body, practices, asks: None }
}

pub(super) fn withdrawn(key: Key) -> Notice {
    let (title, body) = (String::new(), String::new());
    Notice { key, kind: Kind::Withdrawn, title, body, practices: Vec::new(), asks: None }
}

/// The question of a web site. What tells this device from all others is given only where nothing else
/// is asked: a click on a message is too quick for two decisions.
pub(super) fn question(question: &Question, key: Key) -> Notice {
    let mut lines = access::words::wants(question);
    if !question.second && !question.identifiers.is_empty() {
        lines.push(say("Not which computer this is: that can be allowed in the window").to_owned());
    }
    Notice {
        key,
        kind: Kind::Asks,
        title: access::words::headline(question),
        body: lines.join("\n"),
        practices: Vec::new(),
        asks: Some(Asker { origin: question.origin.clone(), identifiers: question.second }),
    }
}

/// The labels of the answers to a question.
pub(super) fn answer(answer: Answer) -> &'static str {
    say(match answer {
        Answer::Once => "Allow once",
        Answer::Always => "Always allow",
        Answer::Never => "Never",
    })
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
