//! Which signals of a bus concern whom. Pure.
//!
//! A service is listened to about the objects that a probe asked it for. Those that talk much, or that tell of
//! other objects than the one that was asked, are named here one by one.

use std::collections::{BTreeMap, BTreeSet};

use crate::host::Bus;
use crate::host::asked::{Asked, Asking};
use crate::host::pattern::{is_pattern, matches};
use crate::practice::{PracticeId, Practices};

const BUS: &str = "org.freedesktop.DBus";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
pub(super) const SYSTEMD: &str = "org.freedesktop.systemd1";
const MANAGER: &str = "org.freedesktop.systemd1.Manager";
const LOGIN: &str = "org.freedesktop.login1";
const LOGIN_MANAGER: &str = "org.freedesktop.login1.Manager";
const FIREWALL: &str = "org.fedoraproject.FirewallD1";
const NETWORK: &str = "org.freedesktop.NetworkManager";

/// How many rules one connection may have; dbus-daemon allows 512. What is over is left to the timer.
const MOST_RULES: usize = 400;

/// Which messages: how the bus is asked for them, and how they are known again.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rule {
    sender: String,
    path: Option<String>,
    /// `path` and everything below it.
    below: bool,
    interface: Option<&'static str>,
    member: Option<&'static str>,
    /// The first argument.
    first: Option<String>,
    /// The first argument fits one of these.
    patterns: Vec<Box<str>>,
}

/// A message that came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Signal {
    pub(super) path: String,
    pub(super) interface: String,
    pub(super) member: String,
    /// The first argument, where it is a text.
    pub(super) first: Option<String>,
    /// The first argument, where it is yes or no.
    pub(super) flag: Option<bool>,
}

/// Whom a signal concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Concerns(Practices),
    /// The computer has woken up.
    Resumed,
}

/// What to listen for on one bus.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rules(BTreeMap<Rule, Practices>);

impl Rule {
    fn of(sender: &str) -> Self {
        Rule { sender: sender.to_owned(), ..Rule::default() }
    }

    fn at(self, path: &str) -> Self {
        Rule { path: Some(path.to_owned()), ..self }
    }

    fn below(self, path: &str) -> Self {
        Rule { below: true, ..self.at(path) }
    }

    fn named(self, interface: &'static str, member: &'static str) -> Self {
        Rule { interface: Some(interface), member: Some(member), ..self }
    }

    fn about(self, first: &str) -> Self {
        Rule { first: Some(first.to_owned()), ..self }
    }

    /// As the bus wants it.
    pub(super) fn text(&self) -> String {
        let mut text = format!("type='signal',sender='{}'", self.sender);
        let mut add = |key: &str, value: Option<&str>| {
            if let Some(value) = value {
                text.push_str(&format!(",{key}='{value}'"));
            }
        };
        add(if self.below { "path_namespace" } else { "path" }, self.path.as_deref());
        add("interface", self.interface);
        add("member", self.member);
        add("arg0", self.first.as_deref());
        text
    }

    /// Whether a bus can be asked so: a quote would end the word.
    fn is_plain(&self) -> bool {
        let plain = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\'');
        [Some(&self.sender), self.path.as_ref(), self.first.as_ref()].into_iter().flatten().all(|word| plain(word))
    }

    /// The sender of a message is known by its number only, so the bus alone looks at that.
    fn fits(&self, signal: &Signal) -> bool {
        let below =
            |top: &str| signal.path == top || signal.path.strip_prefix(top).is_some_and(|rest| rest.starts_with('/'));
        self.path.as_deref().is_none_or(|path| if self.below { below(path) } else { signal.path == path })
            && self.interface.is_none_or(|interface| signal.interface == interface)
            && self.member.is_none_or(|member| signal.member == member)
            && self.first.as_ref().is_none_or(|first| signal.first.as_ref() == Some(first))
            && (self.patterns.is_empty()
                || signal.first.as_ref().is_some_and(|name| self.patterns.iter().any(|pattern| matches(pattern, name))))
    }
}

impl Rules {
    /// For everything that was asked for on that bus.
    pub(super) fn new<'a>(bus: Bus, asked: impl Iterator<Item = (PracticeId, &'a Asked)>) -> Self {
        let mut rules = Rules::default();
        if bus == Bus::System {
            // Nobody in particular: see `meaning`.
            rules.add(Rule::of(LOGIN).named(LOGIN_MANAGER, "PrepareForSleep"), Practices::NONE);
        }
        for (practice, asked) in asked {
            for ((_, service), asking) in asked.services.iter().filter(|((on, _), _)| *on == bus) {
                for rule in about(service, asking) {
                    rules.add(rule, practice.into());
                }
            }
        }
        rules
    }

    fn add(&mut self, rule: Rule, practices: Practices) {
        if rule.is_plain() && (self.0.len() < MOST_RULES || self.0.contains_key(&rule)) {
            *self.0.entry(rule).or_default() |= practices;
        }
    }

    /// The rules as the bus wants them. Two that differ in what it cannot be asked for are one.
    pub(super) fn texts(&self) -> BTreeSet<String> {
        self.0.keys().map(Rule::text).collect()
    }

    /// Whom the rules with these texts are for.
    pub(super) fn practices(&self, texts: &BTreeSet<&String>) -> Practices {
        let wanted = self.0.iter().filter(|(rule, _)| texts.contains(&rule.text()));
        wanted.fold(Practices::NONE, |all, (_, practices)| all | *practices)
    }

    /// Everybody who asked anything of this bus.
    #[cfg(target_os = "linux")]
    pub(super) fn everybody(&self) -> Practices {
        self.0.values().fold(Practices::NONE, |all, practices| all | *practices)
    }

    /// Whether systemd has to be asked to speak.
    pub(super) fn speaks_of_units(&self) -> bool {
        self.0.keys().any(|rule| rule.sender == SYSTEMD)
    }

    pub(super) fn meaning(&self, signal: &Signal) -> Meaning {
        if signal.interface == LOGIN_MANAGER && signal.member == "PrepareForSleep" {
            let awake = signal.flag == Some(false);
            return if awake { Meaning::Resumed } else { Meaning::Concerns(Practices::NONE) };
        }
        let fitting = self.0.iter().filter(|(rule, _)| rule.fits(signal));
        Meaning::Concerns(fitting.fold(Practices::NONE, |all, (_, practices)| all | *practices))
    }
}

/// What to listen for where a service was asked something.
fn about(service: &str, asking: &Asking) -> Vec<Rule> {
    let owner = |name: &str| Rule::of(BUS).named(BUS, "NameOwnerChanged").about(name);
    let mut rules = match service {
        // The bus itself is asked whether a service runs.
        BUS => return asking.words.iter().filter(|word| word.contains('.')).map(|name| owner(name)).collect(),
        SYSTEMD => units(asking),
        LOGIN => ["SessionNew", "SessionRemoved"].map(|member| Rule::of(LOGIN).named(LOGIN_MANAGER, member)).to_vec(),
        NETWORK => network(),
        FIREWALL => vec![Rule::of(FIREWALL).below("/org/fedoraproject/FirewallD1")],
        // Few of the others speak at all, and what they say of the object that was asked is meant.
        _ => asking.objects.iter().map(|path| Rule::of(service).at(path)).collect(),
    };
    rules.push(owner(service));
    rules
}

/// systemd: the units that were asked for, by name, by pattern or by their object.
fn units(asking: &Asking) -> Vec<Rule> {
    let manager = |member| Rule::of(SYSTEMD).named(MANAGER, member);
    let changed = |path: &str| Rule::of(SYSTEMD).at(path).named(PROPERTIES, "PropertiesChanged");
    let mut rules = vec![manager("UnitFilesChanged"), manager("Reloading")];
    let (patterns, names): (Vec<_>, Vec<_>) = asking
        .words
        .iter()
        .filter(|word| word.contains('.') && !word.contains('/'))
        .cloned()
        .partition(|word| is_pattern(word));
    rules.extend(names.iter().map(|name| changed(&unit_path(name))));
    rules.extend(asking.objects.iter().filter(|path| path.contains("/unit/")).map(|path| changed(path)));
    if !patterns.is_empty() {
        for member in ["UnitNew", "UnitRemoved"] {
            rules.push(Rule { patterns: patterns.clone(), ..manager(member) });
        }
    }
    rules
}

/// The path of a unit's object: what is neither letter nor digit is written in hexadecimal.
fn unit_path(name: &str) -> String {
    let mut path = "/org/freedesktop/systemd1/unit/".to_owned();
    for (index, byte) in name.bytes().enumerate() {
        if byte.is_ascii_alphabetic() || (byte.is_ascii_digit() && index > 0) {
            path.push(char::from(byte));
        } else {
            path.push_str(&format!("_{byte:02x}"));
        }
    }
    path
}

/// NetworkManager: its connections and what it is joined to. How strong each radio is, it says every few seconds.
fn network() -> Vec<Rule> {
    let settings = "/org/freedesktop/NetworkManager/Settings";
    let named = |interface, member| Rule::of(NETWORK).named(interface, member);
    vec![
        named("org.freedesktop.NetworkManager.Settings", "NewConnection"),
        named("org.freedesktop.NetworkManager.Settings", "ConnectionRemoved"),
        named("org.freedesktop.NetworkManager.Settings.Connection", "Updated").below(settings),
        named(NETWORK, "DeviceAdded"),
        named(NETWORK, "DeviceRemoved"),
        named(PROPERTIES, "PropertiesChanged").at("/org/freedesktop/NetworkManager").about(NETWORK),
    ]
}

#[cfg(test)]
mod tests;
