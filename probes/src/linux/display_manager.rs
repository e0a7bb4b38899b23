//! Which program lets people in at the screen when the computer starts: GDM, SDDM, LightDM and others.

use crate::finding::Evidence;
use crate::host::{Host, HostError, Read, present};
use crate::linux::systemd;

/// A program that asks who is there and starts a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manager {
    Gdm,
    Sddm,
    /// Plasma's own, which grew out of SDDM.
    PlasmaLogin,
    LightDm,
    Greetd,
    Lxdm,
    /// One whose settings are not known here, by its name.
    Other(&'static str),
}

impl Manager {
    /// As it calls itself.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Manager::Gdm => "GDM",
            Manager::Sddm => "SDDM",
            Manager::PlasmaLogin => "Plasma Login Manager",
            Manager::LightDm => "LightDM",
            Manager::Greetd => "greetd",
            Manager::Lxdm => "LXDM",
            Manager::Other(name) => name,
        }
    }
}

/// Programs by the names of their processes and services.
const NAMES: &[(&str, Manager)] = &[
    ("gdm", Manager::Gdm),
    ("gdm3", Manager::Gdm),
    ("sddm", Manager::Sddm),
    ("plasmalogin", Manager::PlasmaLogin),
    ("plasma-login-manager", Manager::PlasmaLogin),
    ("lightdm", Manager::LightDm),
    ("greetd", Manager::Greetd),
    ("cosmic-greeter", Manager::Greetd),
    ("lxdm", Manager::Lxdm),
    ("lxdm-binary", Manager::Lxdm),
    ("ly", Manager::Other("ly")),
    ("ly-dm", Manager::Other("ly")),
    ("xdm", Manager::Other("xdm")),
    ("slim", Manager::Other("slim")),
    ("nodm", Manager::Other("nodm")),
    ("lemurs", Manager::Other("lemurs")),
    ("emptty", Manager::Other("emptty")),
    ("entrance", Manager::Other("entrance")),
    ("wdm", Manager::Other("wdm")),
];

/// What could be found out.
#[derive(Debug, Default)]
pub(crate) struct Managers {
    /// Those that run or are started with the computer, each with where that was seen.
    pub(crate) active: Vec<(Manager, Evidence)>,
    /// Why there may be others.
    pub(crate) doubt: Option<HostError>,
}

impl Managers {
    pub(crate) fn has(&self, manager: Manager) -> bool {
        self.active.iter().any(|(active, _)| *active == manager)
    }
}

/// The link that systemd starts at the screen.
const SERVICE: &str = "/etc/systemd/system/display-manager.service";

/// The programs that run or are started with the computer.
pub(crate) fn managers(host: &dyn Host) -> Managers {
    let mut found = Managers::default();
    match enabled(host) {
        Ok(enabled) => found.active.extend(enabled),
        Err(error) => found.doubt = Some(error),
    }
    match running(host) {
        Ok(running) => {
            for (manager, evidence) in running {
                if !found.has(manager) {
                    found.active.push((manager, evidence));
                }
            }
        }
        // What is started with the computer is known all the same.
        Err(error) if found.active.is_empty() => found.doubt = Some(error),
        Err(_hidden) => {}
    }
    found
}

fn by_name(name: &str) -> Option<Manager> {
    // NixOS wraps programs and hides the real one behind a dot.
    let name = name.strip_prefix('.').map_or(name, |rest| rest.split("-wrap").next().unwrap_or(rest));
    NAMES.iter().find(|(known, _)| *known == name).map(|(_, manager)| *manager)
}

fn enabled(host: &dyn Host) -> Read<Option<(Manager, Evidence)>> {
    if let Ok(target) = host.link(SERVICE) {
        let unit = target.rsplit('/').next().unwrap_or_default();
        if let Some(manager) = unit.strip_suffix(".service").and_then(by_name) {
            let evidence =
                Evidence { source: SERVICE.to_owned(), saw: target.clone(), check: format!("readlink {SERVICE}") };
            return Ok(Some((manager, evidence)));
        }
    }
    if host.exists("/run/systemd/system")? {
        return Ok(None);
    }
    // OpenRC and runit name the services themselves; Debian without systemd keeps a file.
    let names = ["gdm", "sddm", "lightdm", "greetd", "lxdm", "ly", "xdm", "slim"];
    let services: Vec<String> = names.iter().map(|name| format!("{name}.service")).collect();
    let services: Vec<&str> = services.iter().map(String::as_str).collect();
    for unit in systemd::units(host, &services).unwrap_or_default() {
        let on = unit.is_active() == Some(true) || unit.is_enabled() == Some(true);
        if let Some(manager) = unit.name.strip_suffix(".service").and_then(by_name).filter(|_| on) {
            let evidence = Evidence { source: unit.name.clone(), saw: unit.words(), check: "rc-status".to_owned() };
            return Ok(Some((manager, evidence)));
        }
    }
    let path = "/etc/X11/default-display-manager";
    let Some(text) = host.read_if_there(path)? else { return Ok(None) };
    let program = text.trim();
    Ok(by_name(program.rsplit('/').next().unwrap_or_default()).map(|manager| {
        (manager, Evidence { source: path.to_owned(), saw: program.to_owned(), check: format!("cat {path}") })
    }))
}

fn running(host: &dyn Host) -> Read<Vec<(Manager, Evidence)>> {
    let processes = host.processes()?;
    let of_root: Vec<_> = processes.iter().filter(|process| process.uid == 0).collect();
    if of_root.is_empty() {
        // With /proc mounted `hidepid=`, what root runs is not to be seen.
        return Err(HostError::Denied("the list of the system's processes".to_owned()));
    }
    Ok(of_root
        .into_iter()
        .filter_map(|process| {
            let evidence = Evidence {
                source: format!("/proc/{}/comm", process.pid),
                saw: process.name.clone(),
                check: format!("ps -p {}", process.pid),
            };
            Some((by_name(&process.name)?, evidence))
        })
        .collect())
}

/// The text of every file in a directory whose name passes, sorted by name.
pub(crate) fn drop_ins(host: &dyn Host, directory: &str, passes: fn(&str) -> bool) -> Read<Vec<(String, String)>> {
    let mut found = Vec::new();
    for name in present(host.list(directory))?.unwrap_or_default() {
        if name.starts_with('.') || !passes(&name) {
            continue;
        }
        let path = format!("{directory}/{name}");
        if let Some(text) = host.read_if_there(&path)? {
            found.push((path, text));
        }
    }
    Ok(found)
}
