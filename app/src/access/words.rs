//! Web access in words: what a site asks for, and what became of it.

use stethoscope_probes::practice::PracticeId;
use stethoscope_probes::text;

use super::view::{Fact, Question, VisitResult};
use crate::guidance;
use crate::words::{say, tr};

/// The headline of a question.
pub fn headline(question: &Question) -> String {
    let site = question.origin.for_people();
    tr(&if question.second {
        text!("{site} wants to know which computer this is", site = site)
    } else {
        text!("{site} wants to know about this computer", site = site)
    })
}

/// What a question asks for, one line a kind. The identifiers are a question of their own.
pub fn wants(question: &Question) -> Vec<String> {
    if question.second {
        return vec![identifiers(question)];
    }
    let mut lines = Vec::new();
    if !question.practices.is_empty() {
        let names: Vec<&str> = question.practices.iter().map(|practice| guidance::name(*practice)).collect();
        lines.push(tr(&text!("How safe it is: {list}", list = names.join(", "))));
    }
    if !question.facts.is_empty() {
        lines.push(tr(&text!("What it is: {list}", list = list(&question.facts))));
    }
    lines
}

/// The identifiers that a question asks for, as one line.
pub fn identifiers(question: &Question) -> String {
    tr(&text!("What tells it from all others: {list}", list = list(&question.identifiers)))
}

fn list(facts: &[Fact]) -> String {
    facts.iter().map(|fact| fact_words(*fact)).collect::<Vec<_>>().join(", ")
}

/// A fact, for the middle of a sentence.
pub fn fact_words(fact: Fact) -> &'static str {
    say(match fact {
        Fact::System => "system and version",
        Fact::Model => "make and model",
        Fact::Firmware => "version of the firmware",
        Fact::Disks => "whether each disk is encrypted",
        Fact::Applications => "whether certain programs are installed",
        Fact::DeviceName => "name",
        Fact::DeviceId => "a number by which the site knows it again",
        Fact::SerialNumber => "serial number",
        Fact::MacAddresses => "hardware addresses",
        Fact::IpAddresses => "network addresses",
        Fact::DiskIds => "names of the disks",
        Fact::BrowserExtensions => "browser extensions",
    })
}

/// What became of a visit, behind the name of the site.
pub fn result(result: VisitResult) -> &'static str {
    say(match result {
        VisitResult::Answered => "got an answer",
        VisitResult::AnsweredWithIdentifiers => "got an answer that says which computer this is",
        VisitResult::Mistaken => "asked something that makes no sense",
        VisitResult::Refused => "is refused and got nothing",
        VisitResult::NotAllowed => "is not allowed and got nothing",
        VisitResult::Unanswered => "waited for your answer and got nothing",
        VisitResult::TooOften => "asked too often and got nothing",
    })
}

/// What a page asked for, as people call it where it has a name of ours: `policy.firewall` is the firewall.
pub fn field(field: &str) -> String {
    let practice = field.strip_prefix("policy.").and_then(|name| name.parse::<PracticeId>().ok());
    practice.map_or_else(|| field.to_owned(), |practice| guidance::name(practice).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_asked_in_plain_words() {
        let mut question = Question {
            origin: "https://login.example.com".parse().expect("an origin"),
            practices: vec![PracticeId::DiskEncryption, PracticeId::Firewall],
            facts: vec![Fact::System, Fact::Model],
            identifiers: vec![Fact::SerialNumber],
            second: false,
            since: jiff::Timestamp::UNIX_EPOCH,
        };
        assert_eq!(headline(&question), "login.example.com wants to know about this computer");
        let lines = ["How safe it is: Disk encryption, Firewall", "What it is: system and version, make and model"];
        assert_eq!(wants(&question), lines);
        question.second = true;
        assert_eq!(headline(&question), "login.example.com wants to know which computer this is");
        assert_eq!(wants(&question), ["What tells it from all others: serial number"]);
    }

    #[test]
    fn a_field_has_the_name_that_people_know() {
        assert_eq!(field("policy.firewall"), "Firewall");
        assert_eq!(field("policy.nonsense"), "policy.nonsense");
        assert_eq!(field("device.osName"), "device.osName");
    }
}
