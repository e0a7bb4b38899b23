//! Which desktop the user is in: the environment, then logind, then the user's own processes.

use std::sync::Arc;

use serde_json::Value;

use crate::finding::Evidence;
use crate::host::{Bus, BusCall, Host, Process, Read};
use crate::system::Desktop;
use crate::text::Text;

/// The session of the user, as far as it can be told.
#[derive(Clone, Debug)]
pub struct Session {
    pub desktop: Desktop,
    /// As the desktop calls itself: `GNOME`, `niri`. Empty where nothing names it.
    pub name: String,
    pub display: Display,
    /// Where the desktop's name was read.
    pub evidence: Vec<Evidence>,
    /// Why the claim that there is no desktop is not sure.
    pub doubt: Option<Text>,
}

/// What the session draws on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Display {
    X11,
    Wayland,
    /// Nothing, or nothing that could be told.
    Unknown,
}

/// Programs that are a desktop's own, as `/proc/PID/comm` shows them: at most 15 bytes.
const PROGRAMS: &[(&str, Desktop)] = &[
    ("gnome-shell", Desktop::Gnome),
    ("plasmashell", Desktop::Plasma),
    ("kwin_wayland", Desktop::Plasma),
    ("kwin_x11", Desktop::Plasma),
    ("xfce4-session", Desktop::Xfce),
    ("cinnamon", Desktop::Cinnamon),
    ("cinnamon-sessio", Desktop::Cinnamon),
    ("mate-session", Desktop::Mate),
    ("lxqt-session", Desktop::Lxqt),
    ("budgie-wm", Desktop::Budgie),
    ("budgie-panel", Desktop::Budgie),
    ("gala", Desktop::Pantheon),
    ("cosmic-comp", Desktop::Cosmic),
    ("sway", Desktop::Sway),
    ("Hyprland", Desktop::Hyprland),
    (".Hyprland-wrapp", Desktop::Hyprland),
    (".sway-wrapped", Desktop::Sway),
    ("i3", Desktop::I3),
];

/// Window managers without a locker of their own. What locks the screen there is a program that
/// has to run, so that its absence says something.
pub(crate) const BARE_MANAGERS: &[&str] = &[
    "sway",
    "hyprland",
    "i3",
    "niri",
    "river",
    "labwc",
    "openbox",
    "bspwm",
    "awesome",
    "qtile",
    "dwm",
    "xmonad",
    "wayfire",
    "herbstluftwm",
    "fluxbox",
    "icewm",
    "dwl",
];

/// The desktop of the session the user is in.
pub fn desktop(host: &dyn Host) -> Desktop {
    session(host).desktop
}

/// The session the user is in.
pub fn session(host: &dyn Host) -> Arc<Session> {
    host.once_a_scan("session", || look(host))
}

fn look(host: &dyn Host) -> Session {
    let processes = own_processes(host);
    let logind = logind(host);
    let display = display(host, logind.as_ref().ok());
    let mut session =
        Session { desktop: Desktop::None, name: String::new(), display, evidence: Vec::new(), doubt: None };
    if let Ok(Some(found)) = &logind
        && found.remote
    {
        // Whoever sits at this machine does not see it, whatever desktop the variables name.
        session.evidence.push(evidence("logind", &found.words(), "loginctl show-session".to_owned()));
        return session;
    }
    if let Some((variable, name)) = from_environment(host) {
        session.desktop = by_name(&name);
        session.evidence.push(evidence(variable, &name, format!("echo ${variable}")));
        session.name = name;
    } else if let Ok(Some(found)) = &logind
        && found.graphical()
    {
        session.desktop = by_name(&found.desktop);
        session.name.clone_from(&found.desktop);
        session.evidence.push(evidence("logind", &found.words(), "loginctl show-session".to_owned()));
    }
    // A variable can be set by anyone, and is often set to another desktop's name to please a
    // portal. The desktop's own program that runs is the better witness.
    if let Ok(processes) = &processes
        && let Some((program, desktop)) = running_desktop(processes, session.desktop)
        && desktop != session.desktop
    {
        session.desktop = desktop;
        session.name = program.name.clone();
        session.evidence.push(evidence(&format!("/proc/{}/comm", program.pid), &program.name, "ps x".to_owned()));
    } else if let Ok(processes) = &processes
        && !processes.iter().any(|process| belongs_to(process, session.desktop))
        && let Some(program) = processes.iter().find(|process| is_bare(&process.name))
    {
        session.desktop = Desktop::Other;
        session.name = program.name.clone();
        session.evidence.push(evidence(&format!("/proc/{}/comm", program.pid), &program.name, "ps x".to_owned()));
    }
    if session.desktop == Desktop::None {
        let local_display = host.env("DISPLAY").is_some_and(|display| display.starts_with(':'));
        if local_display || host.env("WAYLAND_DISPLAY").is_some_and(|display| !display.is_empty()) {
            session.desktop = Desktop::Other;
        } else if let (Err(error), Err(_)) = (&processes, &logind) {
            session.doubt = Some(error.reason());
        }
    }
    session
}

/// The processes of the user.
pub(crate) fn own_processes(host: &dyn Host) -> Read<Vec<Process>> {
    let uid = host.user().uid;
    Ok(host.processes()?.iter().filter(|process| process.uid == uid).cloned().collect())
}

/// Whether a window manager without a locker of its own has that name.
pub(crate) fn is_bare(name: &str) -> bool {
    BARE_MANAGERS.iter().any(|manager| name.eq_ignore_ascii_case(manager))
}

fn belongs_to(process: &Process, desktop: Desktop) -> bool {
    PROGRAMS.iter().any(|(name, of)| *name == process.name && *of == desktop)
}

fn evidence(source: &str, saw: &str, check: String) -> Evidence {
    Evidence { source: source.to_owned(), saw: saw.to_owned(), check }
}

/// The desktop whose program runs. The one that is named already wins over others.
fn running_desktop(processes: &[Process], named: Desktop) -> Option<(&Process, Desktop)> {
    let found: Vec<(&Process, Desktop)> = processes
        .iter()
        .filter_map(|process| {
            PROGRAMS.iter().find(|(name, _)| *name == process.name).map(|(_, desktop)| (process, *desktop))
        })
        .collect();
    found.iter().find(|(_, desktop)| *desktop == named).or_else(|| found.first()).copied()
}

fn from_environment(host: &dyn Host) -> Option<(&'static str, String)> {
    ["XDG_CURRENT_DESKTOP", "XDG_SESSION_DESKTOP", "DESKTOP_SESSION"]
        .into_iter()
        .find_map(|variable| host.env(variable).filter(|name| !name.is_empty()).map(|name| (variable, name)))
}

/// The desktop of a name such as `ubuntu:GNOME`, the most specific part first.
fn by_name(names: &str) -> Desktop {
    let known = |name: &str| {
        Some(match name.to_ascii_lowercase().as_str() {
            "gnome" | "gnome-classic" | "gnome-xorg" | "gnome-wayland" | "ubuntu" | "ubuntu-wayland"
            | "ubuntu-xorg" => Desktop::Gnome,
            "kde" | "plasma" | "plasmawayland" | "plasmax11" => Desktop::Plasma,
            "xfce" | "xubuntu" => Desktop::Xfce,
            "x-cinnamon" | "cinnamon" | "cinnamon-wayland" => Desktop::Cinnamon,
            "mate" => Desktop::Mate,
            "lxqt" => Desktop::Lxqt,
            "budgie" | "budgie-desktop" => Desktop::Budgie,
            "pantheon" => Desktop::Pantheon,
            "cosmic" => Desktop::Cosmic,
            "sway" => Desktop::Sway,
            "hyprland" => Desktop::Hyprland,
            "i3" => Desktop::I3,
            _ => return None,
        })
    };
    // Ubuntu names itself before the desktop it ships: what follows decides.
    let mut parts: Vec<&str> = names.split(':').filter(|name| !name.is_empty()).collect();
    if parts.len() > 1 {
        parts.retain(|name| !name.eq_ignore_ascii_case("ubuntu"));
        // Both stand before a name that they only borrow.
        let borrows = |name: &&str| name.eq_ignore_ascii_case("unity") || name.eq_ignore_ascii_case("gnome-flashback");
        if parts.first().is_some_and(borrows) {
            return Desktop::Other;
        }
    }
    parts.into_iter().find_map(known).unwrap_or(Desktop::Other)
}

/// What logind says of the session in which the user sits.
#[derive(Debug)]
struct Logind {
    kind: String,
    desktop: String,
    remote: bool,
}

impl Logind {
    fn graphical(&self) -> bool {
        !self.remote && matches!(self.kind.as_str(), "x11" | "wayland" | "mir")
    }

    fn words(&self) -> String {
        format!("Type={} Desktop={} Remote={}", self.kind, self.desktop, self.remote)
    }
}

const LOGIND: &str = "org.freedesktop.login1";

fn logind(host: &dyn Host) -> Read<Option<Logind>> {
    logind_path(host)?.map(|path| session_at(host, &path)).transpose()
}

/// Which PAM service let the user into the session at the screen: `gdm-password`, `sddm-autologin`.
pub(crate) fn let_in_by(host: &dyn Host) -> Option<String> {
    let path = logind_path(host).ok()??;
    let service =
        host.dbus(&BusCall::property(Bus::System, LOGIND, &path, "org.freedesktop.login1.Session", "Service")).ok()?;
    service.as_str().filter(|service| !service.is_empty()).map(str::to_owned)
}

/// The session this program itself was started in, where it is one with a screen. From a text console or over ssh
/// it is the one at the screen that is asked about.
fn logind_path(host: &dyn Host) -> Read<Option<String>> {
    if let Some(own) = own_session(host) {
        return Ok(Some(own));
    }
    let path = format!("/org/freedesktop/login1/user/_{}", host.user().uid);
    let property = BusCall::property(Bus::System, LOGIND, &path, "org.freedesktop.login1.User", "Display");
    let display = host.dbus(&property)?;
    Ok(display.get(1).and_then(Value::as_str).filter(|path| path.len() > 1).map(str::to_owned))
}

fn own_session(host: &dyn Host) -> Option<String> {
    let id = host.env("XDG_SESSION_ID").filter(|id| !id.is_empty())?;
    let manager = "org.freedesktop.login1.Manager";
    let call = BusCall::new(Bus::System, LOGIND, "/org/freedesktop/login1", manager, "GetSession");
    let path = host.dbus(&call.with("s", Value::from(id))).ok()?.as_str()?.to_owned();
    let own = session_at(host, &path).ok()?;
    matches!(own.kind.as_str(), "x11" | "wayland" | "mir").then_some(path)
}

fn session_at(host: &dyn Host, path: &str) -> Read<Logind> {
    let of =
        |name: &str| host.dbus(&BusCall::property(Bus::System, LOGIND, path, "org.freedesktop.login1.Session", name));
    let words = |value: Value| value.as_str().unwrap_or_default().to_owned();
    Ok(Logind {
        kind: words(of("Type")?),
        desktop: words(of("Desktop")?),
        remote: of("Remote")?.as_bool().unwrap_or(false),
    })
}

fn display(host: &dyn Host, logind: Option<&Option<Logind>>) -> Display {
    let kind = host.env("XDG_SESSION_TYPE").unwrap_or_default();
    let kind = match (kind.as_str(), logind) {
        ("x11" | "wayland", _) => kind,
        (_, Some(Some(logind))) => logind.kind.clone(),
        _ => kind,
    };
    match kind.as_str() {
        "wayland" => Display::Wayland,
        "x11" => Display::X11,
        _ if host.env("WAYLAND_DISPLAY").is_some_and(|name| !name.is_empty()) => Display::Wayland,
        _ if host.env("DISPLAY").is_some_and(|name| name.starts_with(':')) => Display::X11,
        _ => Display::Unknown,
    }
}

#[cfg(all(test, feature = "fixture"))]
mod tests {
    use super::*;
    use crate::host::fixture::FixtureHost;

    fn of(host: &str) -> Arc<Session> {
        let host = FixtureHost::parse(&format!("@platform linux\n@user 1000 ann /home/ann\n{host}\n"), "test");
        session(&host.unwrap_or_else(|error| panic!("{error}")))
    }

    #[test]
    fn a_desktop_is_known_by_its_names() {
        let cases = [
            ("ubuntu:GNOME", Desktop::Gnome),
            ("GNOME", Desktop::Gnome),
            ("GNOME-Classic:GNOME", Desktop::Gnome),
            ("pop:GNOME", Desktop::Gnome),
            ("KDE", Desktop::Plasma),
            ("XFCE", Desktop::Xfce),
            ("X-Cinnamon", Desktop::Cinnamon),
            ("MATE", Desktop::Mate),
            ("LXQt", Desktop::Lxqt),
            ("Budgie:GNOME", Desktop::Budgie),
            ("Pantheon", Desktop::Pantheon),
            ("COSMIC", Desktop::Cosmic),
            ("sway", Desktop::Sway),
            ("Hyprland", Desktop::Hyprland),
            ("i3", Desktop::I3),
            ("Unity:Unity7:ubuntu", Desktop::Other),
            ("GNOME-Flashback:GNOME", Desktop::Other),
            ("Deepin", Desktop::Other),
            ("niri", Desktop::Other),
        ];
        for (name, expected) in cases {
            assert_eq!(of(&format!("@env XDG_CURRENT_DESKTOP {name}")).desktop, expected, "{name}");
        }
        assert_eq!(of("@env DESKTOP_SESSION ubuntu").desktop, Desktop::Gnome);
        assert_eq!(of("@env XDG_SESSION_DESKTOP plasmawayland").desktop, Desktop::Plasma);
    }

    fn with_logind(kind: &str, desktop: &str, remote: bool) -> String {
        let get = "org.freedesktop.DBus.Properties.Get";
        let session = "org.freedesktop.login1.Session";
        let path = "/org/freedesktop/login1/session/_32";
        let mut host = format!(
            "@dbus system org.freedesktop.login1 /org/freedesktop/login1/user/_1000 {get} [\"org.freedesktop.login1.User\",\"Display\"]\n[\"2\",\"{path}\"]\n"
        );
        for (name, value) in
            [("Type", format!("\"{kind}\"")), ("Desktop", format!("\"{desktop}\"")), ("Remote", remote.to_string())]
        {
            host += &format!("@dbus system org.freedesktop.login1 {path} {get} [\"{session}\",\"{name}\"]\n{value}\n");
        }
        host
    }

    #[test]
    fn logind_and_processes_tell_where_the_environment_does_not() {
        let cases = [
            (with_logind("wayland", "gnome", false), Desktop::Gnome, Display::Wayland),
            (with_logind("x11", "", false), Desktop::Other, Display::X11),
            (with_logind("x11", "xfce", true), Desktop::None, Display::X11),
            (
                with_logind("x11", "", true)
                    + "@env XDG_CURRENT_DESKTOP GNOME\n@env DISPLAY :10\n@process 5 uid=1000 gnome-shell",
                Desktop::None,
                Display::X11,
            ),
            (with_logind("tty", "", false), Desktop::None, Display::Unknown),
            ("@process 5 uid=1000 plasmashell".to_owned(), Desktop::Plasma, Display::Unknown),
            ("@process 5 uid=1001 plasmashell".to_owned(), Desktop::None, Display::Unknown),
            ("@process 5 uid=1000 river\n@env WAYLAND_DISPLAY wayland-1".to_owned(), Desktop::Other, Display::Wayland),
            ("@env DISPLAY :0".to_owned(), Desktop::Other, Display::X11),
            ("@env DISPLAY localhost:10.0".to_owned(), Desktop::None, Display::Unknown),
            (String::new(), Desktop::None, Display::Unknown),
        ];
        for (host, desktop, display) in cases {
            let session = of(&host);
            assert_eq!((session.desktop, session.display), (desktop, display), "{host}");
            assert!(session.doubt.is_none(), "{host}");
        }
        assert!(of("@process !denied").doubt.is_some());
    }

    #[test]
    fn a_desktop_that_runs_outweighs_a_variable() {
        let env = "@env XDG_CURRENT_DESKTOP GNOME\n";
        assert_eq!(of(&format!("{env}@process 5 uid=1000 sway")).desktop, Desktop::Sway);
        assert_eq!(
            of(&format!("{env}@process 5 uid=1000 gnome-shell\n@process 6 uid=1000 sway")).desktop,
            Desktop::Gnome
        );
        let session = of(&format!("{env}@process 5 uid=1000 niri"));
        assert_eq!((session.desktop, session.name.as_str()), (Desktop::Other, "niri"));
        let session =
            of("@env XDG_CURRENT_DESKTOP LXQt\n@process 5 uid=1000 lxqt-session\n@process 6 uid=1000 openbox");
        assert_eq!(session.desktop, Desktop::Lxqt);
    }
}
