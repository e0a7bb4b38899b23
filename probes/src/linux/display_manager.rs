//! Which program lets people in at the screen when the computer starts: GDM, SDDM, LightDM and others.

use std::sync::Arc;

use crate::finding::Evidence;
use crate::host::{Host, Read, present};
use crate::linux::session::let_in_by;
use crate::linux::systemd;
use crate::parse::shell_vars;

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
    Slim,
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
            Manager::Slim => "SLiM",
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
    ("slim", Manager::Slim),
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
    /// None was seen, and that could be for want of seeing.
    pub(crate) unclear: bool,
}

impl Managers {
    pub(crate) fn has(&self, manager: Manager) -> bool {
        self.active.iter().any(|(active, _)| *active == manager)
    }

    fn add(&mut self, manager: Manager, source: &str, saw: &str, check: String) {
        if !self.has(manager) {
            let evidence = Evidence { source: source.to_owned(), saw: saw.to_owned(), check };
            self.active.push((manager, evidence));
        }
    }
}

/// The link that systemd starts at the screen.
const LINK: &str = "/etc/systemd/system/display-manager.service";

/// openSUSE's choice among several.
const SYSCONFIG: &str = "/etc/sysconfig/displaymanager";

/// Debian's, for systems without systemd.
const DEFAULT: &str = "/etc/X11/default-display-manager";

/// The programs that run or are started with the computer.
pub(crate) fn managers(host: &dyn Host) -> Arc<Managers> {
    host.once_a_scan("display managers", || look(host))
}

fn look(host: &dyn Host) -> Managers {
    let mut found = Managers::default();
    let linked = host.link(LINK);
    if let Ok(target) = &linked
        && let Some(manager) =
            target.rsplit('/').next().and_then(|unit| unit.strip_suffix(".service")).and_then(by_name)
    {
        found.add(manager, LINK, target, format!("readlink {LINK}"));
    }
    let services_known = by_services(host, &mut found);
    let processes_known = by_processes(host, &mut found);
    if let Some(service) = let_in_by(host)
        && let Some(manager) = by_name(service.split('-').next().unwrap_or_default())
    {
        found.add(manager, "logind", &format!("Service={service}"), "loginctl show-session".to_owned());
    }
    // Both say which of several a service of another name starts.
    for (path, name) in [(SYSCONFIG, Some("DISPLAYMANAGER")), (DEFAULT, None)] {
        let text = host.read_if_there(path).ok().flatten().filter(|_| found.active.is_empty());
        let program = match (text, name) {
            (Some(text), Some(name)) => shell_vars::value(&text, name),
            (text, _) => text.map(|text| text.trim().to_owned()),
        };
        if let Some(program) = program
            && let Some(manager) = by_name(program.rsplit('/').next().unwrap_or_default())
        {
            found.add(manager, path, &program, format!("cat {path}"));
        }
    }
    let another = linked.is_ok();
    found.unclear = found.active.is_empty() && !processes_known && (another || !services_known);
    found
}

fn by_name(name: &str) -> Option<Manager> {
    // NixOS wraps programs and hides the real one behind a dot.
    let name = name.strip_prefix('.').map_or(name, |rest| rest.split("-wrap").next().unwrap_or(rest));
    NAMES.iter().find(|(known, _)| *known == name).map(|(_, manager)| *manager)
}

/// Asks the service manager. Gives whether it knew.
fn by_services(host: &dyn Host, found: &mut Managers) -> bool {
    let services: Vec<String> = NAMES.iter().map(|(name, _)| format!("{name}.service")).collect();
    let names: Vec<&str> = services.iter().map(String::as_str).collect();
    let Ok(units) = systemd::units(host, &names) else { return false };
    for unit in &units {
        let on = unit.is_active() == Some(true) || unit.is_enabled() == Some(true);
        if let Some(manager) = unit.name.strip_suffix(".service").and_then(by_name).filter(|_| on) {
            found.add(manager, &unit.name, &unit.words(), format!("systemctl status {}", unit.name));
        }
    }
    units.iter().all(|unit| unit.is_active().is_some())
}

/// Looks at what root runs. Gives whether that could be seen: with /proc mounted `hidepid=` it cannot.
fn by_processes(host: &dyn Host, found: &mut Managers) -> bool {
    let Ok(processes) = host.processes() else { return false };
    let mut seen = false;
    for process in processes.iter().filter(|process| process.uid == 0) {
        seen = true;
        if let Some(manager) = by_name(&process.name) {
            let pid = process.pid;
            found.add(manager, &format!("/proc/{pid}/comm"), &process.name, format!("ps -p {pid}"));
        }
    }
    seen
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
