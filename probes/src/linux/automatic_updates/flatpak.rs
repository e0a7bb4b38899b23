//! Flatpaks, which have no updater of their own: who updates them is said and does not decide.

use super::{Mechanism, State, evidence, runs, units};
use crate::host::{Host, HostError, Read, present};
use crate::linux::applications::flatpak;
use crate::linux::gsettings::Gsettings;
use crate::parse::gvariant::Variant;

/// Timers of the system, and whether they also update what a user installed for himself. The first is what
/// people call their own; the next is of Universal Blue's images, as are the last two, which update all.
const TIMERS: [(&str, bool); 4] = [
    ("flatpak-update.timer", false),
    ("flatpak-system-update.timer", false),
    ("uupd.timer", true),
    ("ublue-update.timer", true),
];

/// Timers of a user, and whether they also update what is installed for all.
const USER_TIMERS: [(&str, bool); 2] = [("flatpak-update.timer", true), ("flatpak-user-update.timer", false)];

/// Somebody who updates flatpaks: of all users, of this user.
struct Updater {
    name: String,
    all: bool,
    own: bool,
}

/// One line of evidence for each place where applications are installed; never an answer.
pub(super) fn observe(host: &dyn Host, centres: &[(&str, Mechanism)]) -> Mechanism {
    let places = match flatpak::in_use(host) {
        Ok(places) => places,
        Err(error) => {
            let saw = format!("which flatpaks are installed could not be read: {error}");
            return Mechanism::missing().with([evidence("flatpak", saw, "flatpak list --app")]);
        }
    };
    if places.is_empty() {
        return Mechanism::missing();
    }
    let mut found: Vec<Updater> = Vec::new();
    let mut unread = centres.iter().any(|(_, centre)| centre.state == State::Unknown);
    let working = centres.iter().filter(|(_, centre)| matches!(centre.state, State::On | State::Likely));
    found.extend(working.map(|(name, _)| Updater { name: (*name).to_owned(), all: true, own: true }));
    for more in [timers(host), user_timers(host), mint(host)] {
        match more {
            Ok(more) => found.extend(more),
            Err(_) => unread = true,
        }
    }
    let home = format!("{}/flatpak/app", host.data_home());
    Mechanism::missing().with(places.into_iter().map(|place| {
        let own = place == home;
        let names: Vec<&str> =
            found.iter().filter(|one| if own { one.own } else { one.all }).map(|one| one.name.as_str()).collect();
        let saw = match (names.is_empty(), unread) {
            (false, _) => format!("{} updates these flatpaks", names.join(", ")),
            (true, false) => "nothing updates flatpaks by itself".to_owned(),
            (true, true) => "whether something updates flatpaks by itself could not be told".to_owned(),
        };
        evidence(place, saw, "systemctl list-timers; systemctl --user list-timers")
    }))
}

fn timers(host: &dyn Host) -> Read<Vec<Updater>> {
    let names = TIMERS.map(|(name, _)| name);
    let units = units(host, &names)?;
    let running = units.iter().filter(|unit| matches!(runs(unit), State::On | State::Likely));
    let own = |name: &str| TIMERS.iter().any(|(timer, own)| *timer == name && *own);
    Ok(running.map(|unit| Updater { name: unit.name.clone(), all: true, own: own(&unit.name) }).collect())
}

/// The service manager of a user starts what is linked here. Source: systemd.unit(5), "User Unit Search Path".
fn user_timers(host: &dyn Host) -> Read<Vec<Updater>> {
    let own = format!("{}/systemd/user", host.config_home());
    let folders = [own.as_str(), "/etc/systemd/user", "/usr/local/lib/systemd/user", "/usr/lib/systemd/user"];
    let mut found = Vec::new();
    for (name, all) in USER_TIMERS {
        let (mut masked, mut wanted) = (false, false);
        for folder in folders {
            masked |= present(leads_to(host, &format!("{folder}/{name}")))?.is_some_and(|target| target == "/dev/null");
            wanted |= present(host.link(&format!("{folder}/timers.target.wants/{name}")))?.is_some();
        }
        if wanted && !masked {
            found.push(Updater { name: format!("{name} (of the user)"), all, own: true });
        }
    }
    Ok(found)
}

/// What a link names; a plain file leads nowhere else.
fn leads_to(host: &dyn Host, path: &str) -> Read<String> {
    match host.link(path) {
        Err(HostError::Garbled(..)) => Ok(String::new()),
        other => other,
    }
}

/// Linux Mint's Update Manager does it at login, where that was chosen. Source: linuxmint/mintupdate, its
/// preferences.
fn mint(host: &dyn Host) -> Read<Vec<Updater>> {
    if !host.exists("/usr/bin/mintupdate")? {
        return Ok(Vec::new());
    }
    let setting = Gsettings::open(host)?.get("com.linuxmint.updates", "auto-update-flatpaks")?;
    let chosen = setting.is_some_and(|setting| setting.value == Variant::Bool(true));
    let updater = Updater { name: "the Update Manager".to_owned(), all: true, own: true };
    Ok(chosen.then_some(updater).into_iter().collect())
}
