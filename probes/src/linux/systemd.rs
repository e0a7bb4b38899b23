//! What the service manager knows about units: systemd over its bus, its files where there is no
//! bus, and OpenRC or runit where there is no systemd. Reads only; loads and starts nothing.

use serde_json::{Value, json};

pub(crate) use crate::host::pattern::{is_pattern, matches};
use crate::host::{Bus, BusCall, Host, HostError, Read};

pub(crate) mod commands;
mod files;
mod others;

/// The word used where a state could not be told.
const CANNOT_TELL: &str = "unknown";

/// One service, socket, timer … as its manager sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// With its ending: `ufw.service`.
    pub name: String,
    /// There is such a unit and it is not masked.
    pub loaded: bool,
    /// systemd's `ActiveState`: `active`, `inactive`, `failed`, `activating`, …; `unknown` where it
    /// could not be told.
    pub active: String,
    /// systemd's `SubState`: `running`, `exited`, `listening`, `dead`, …; empty where not known.
    pub sub: String,
    /// systemd's unit file state: `enabled`, `disabled`, `static`, `masked`, …; empty where there is
    /// no unit file, `unknown` where it could not be told.
    pub file_state: String,
}

impl Unit {
    fn missing(name: &str) -> Self {
        Unit {
            name: name.to_owned(),
            loaded: false,
            active: "inactive".to_owned(),
            sub: "dead".to_owned(),
            file_state: String::new(),
        }
    }

    /// Whether it is started now. `None` where that could not be told.
    pub fn is_active(&self) -> Option<bool> {
        match self.active.as_str() {
            CANNOT_TELL => None,
            "active" | "reloading" | "refreshing" => Some(true),
            _ => Some(false),
        }
    }

    /// Whether it starts by itself at boot. `None` where that could not be told.
    pub fn is_enabled(&self) -> Option<bool> {
        match self.file_state.as_str() {
            CANNOT_TELL => None,
            "enabled" | "enabled-runtime" | "alias" | "linked" | "linked-runtime" | "generated" => Some(true),
            _ => Some(false),
        }
    }

    /// Whether there is such a unit at all, masked or not.
    pub fn exists(&self) -> bool {
        self.loaded || !self.file_state.is_empty()
    }

    /// The state in the words of `systemctl`, as evidence: `active (exited), enabled`.
    pub fn words(&self) -> String {
        if !self.exists() && self.is_active() != Some(true) {
            return "no such unit".to_owned();
        }
        let sub = if self.sub.is_empty() { String::new() } else { format!(" ({})", self.sub) };
        let file = if self.file_state.is_empty() { String::new() } else { format!(", {}", self.file_state) };
        format!("{}{sub}{file}", self.active)
    }
}

/// The state of each named unit of the system. A plain name always gives one unit, also where there
/// is none of that name ([`Unit::exists`] is false then); a pattern with `*` or `?` gives every unit
/// it matches. An error means that no service manager could be asked at all.
pub fn units(host: &dyn Host, names: &[&str]) -> Read<Vec<Unit>> {
    if let Ok(found) = ask_bus(host, names) {
        return Ok(found);
    }
    if host.exists("/run/systemd/system")? {
        return files::units(host, names);
    }
    others::units(host, names)
}

fn manager(method: &str) -> BusCall {
    let service = "org.freedesktop.systemd1";
    BusCall::new(Bus::System, service, "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager", method)
}

fn ask_bus(host: &dyn Host, names: &[&str]) -> Read<Vec<Unit>> {
    let ask = |method: &str| {
        let call = manager(method).with("as", json!([])).with("as", json!(names));
        host.dbus(&call)
    };
    let loaded = rows(&ask("ListUnitsByPatterns")?, "ListUnitsByPatterns")?;
    let files = rows(&ask("ListUnitFilesByPatterns")?, "ListUnitFilesByPatterns")?;
    let mut units: Vec<Unit> = Vec::new();
    for row in loaded {
        let [name, _, load, active, sub, ..] = row.as_slice() else { continue };
        units.push(Unit {
            name: name.clone(),
            loaded: load == "loaded",
            active: active.clone(),
            sub: sub.clone(),
            file_state: String::new(),
        });
    }
    for row in files {
        let [path, state] = row.as_slice() else { continue };
        let name = path.rsplit('/').next().unwrap_or(path);
        match units.iter_mut().find(|unit| unit.name == name) {
            Some(unit) => unit.file_state = state.clone(),
            None => {
                let loaded = !state.starts_with("masked");
                units.push(Unit { loaded, file_state: state.clone(), ..Unit::missing(name) });
            }
        }
    }
    Ok(choose(names, units))
}

/// The words of each row of an answer that is a list of lists; what is no text becomes empty.
fn rows(answer: &Value, method: &str) -> Read<Vec<Vec<String>>> {
    let words = |row: &Value| {
        row.as_array().map(|row| row.iter().map(|word| word.as_str().unwrap_or_default().to_owned()).collect())
    };
    let rows: Option<Vec<Vec<String>>> = answer.as_array().and_then(|rows| rows.iter().map(words).collect());
    rows.ok_or_else(|| HostError::Garbled(method.to_owned(), "the answer is not a list of units".to_owned()))
}

/// Puts units in the order in which they were asked for, and adds the ones that do not exist.
fn choose(names: &[&str], units: Vec<Unit>) -> Vec<Unit> {
    let mut chosen: Vec<Unit> = Vec::new();
    for name in names {
        if is_pattern(name) {
            for unit in units.iter().filter(|unit| matches(name, &unit.name)) {
                if !chosen.contains(unit) {
                    chosen.push(unit.clone());
                }
            }
        } else {
            let found = units.iter().find(|unit| unit.name == *name).cloned();
            chosen.push(found.unwrap_or_else(|| Unit::missing(name)));
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_file_without_a_loaded_unit_is_inactive() {
        let unit = Unit { loaded: true, file_state: "disabled".to_owned(), ..Unit::missing("ufw.service") };
        assert_eq!(unit.is_active(), Some(false));
        assert_eq!(unit.is_enabled(), Some(false));
        assert_eq!(unit.words(), "inactive (dead), disabled");
        assert_eq!(Unit::missing("x.service").words(), "no such unit");
    }

    #[test]
    fn units_come_in_the_order_in_which_they_were_asked_for() {
        let there = Unit { loaded: true, ..Unit::missing("b.service") };
        let names: Vec<String> = choose(&["a.service", "b.*"], vec![there]).into_iter().map(|unit| unit.name).collect();
        assert_eq!(names, ["a.service", "b.service"]);
    }
}
