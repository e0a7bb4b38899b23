//! Whether the computer logs somebody in without asking for a password when it starts.
//!
//! Each program that lets people in keeps this in files of its own, which anybody may read. Only those of a
//! program that runs or is started with the computer count.

mod gdm;
mod getty;
mod greetd;
mod lightdm;
mod sddm;
mod sysconfig;

#[cfg(all(test, feature = "fixture"))]
mod tests;

use serde_json::Value;

use crate::finding::{Evidence, Finding, Observation};
use crate::host::{Bus, BusCall, Host, HostError, Read};
use crate::linux::display_manager::{Manager, Managers, managers};
use crate::linux::place::{hides_the_machine, place};
use crate::linux::session::let_in_by;
use crate::practice::{Platform, PracticeId};
use crate::probe::Probe;
use crate::text::Text;

const PRACTICE: PracticeId = PracticeId::AutomaticLogin;

/// The probe.
pub(crate) const PROBE: Probe = Probe {
    practice: PRACTICE,
    platform: Platform::Linux,
    observe,
    reads: "The settings of the program that lets you in at the screen, and of the text consoles.",
};

/// Somebody is logged in without a password.
#[derive(Clone, Debug)]
struct Login {
    /// The account. `None` for a guest session.
    user: Option<String>,
    /// Something that was not read stands behind it.
    inferred: bool,
    evidence: Evidence,
}

impl Login {
    fn new(user: &str, path: &str, saw: String) -> Self {
        Login {
            user: Some(user.to_owned()),
            inferred: false,
            evidence: Evidence { source: path.to_owned(), saw, check: format!("cat {path}") },
        }
    }
}

/// What the computer does when it starts.
#[derive(Debug)]
pub(crate) enum Start {
    /// It logs somebody in: the sentence that says so.
    LogsIn {
        detail: Text,
        inferred: bool,
        evidence: Vec<Evidence>,
    },
    Asks {
        inferred: bool,
        evidence: Vec<Evidence>,
    },
    Unknown {
        why: Text,
        evidence: Vec<Evidence>,
    },
}

fn observe(host: &dyn Host) -> Read<Finding> {
    if let Some(why) = hides_the_machine(place(host)) {
        // Windows, a medium or a machine outside lets people in.
        return Ok(Finding::unknown(PRACTICE, why));
    }
    Ok(match start(host) {
        Start::LogsIn { detail, inferred, evidence } => {
            let finding = Finding::new(PRACTICE, Observation::On, detail).with_evidence(evidence);
            if inferred { finding.inferred() } else { finding }
        }
        Start::Asks { inferred, evidence } => {
            let detail = text!("Nobody is logged in without a password when the computer starts");
            let finding = Finding::new(PRACTICE, Observation::Off, detail).with_evidence(evidence);
            if inferred { finding.inferred() } else { finding }
        }
        Start::Unknown { why, evidence } => Finding::unknown(PRACTICE, why).with_evidence(evidence),
    })
}

/// Asks every program that may log somebody in.
pub(crate) fn start(host: &dyn Host) -> Start {
    let managers = managers(host);
    let mut evidence: Vec<Evidence> = managers.active.iter().map(|(_, evidence)| evidence.clone()).collect();
    let mut doubt: Option<Text> = None;
    let mut unsure: Option<(Manager, Login)> = None;
    for (manager, read) in SOURCES {
        let answer = read(host);
        let active = managers.has(*manager);
        match answer {
            Ok(None) => {}
            Ok(Some(login)) if active => return logs_in(manager.label(), login, evidence),
            Ok(Some(login)) if managers.unclear => {
                unsure = Some((*manager, login));
            }
            Ok(Some(login)) => evidence.push(Evidence {
                saw: format!("{}, but {} does not run here", login.evidence.saw, manager.label()),
                ..login.evidence
            }),
            Err(error) if active || managers.active.is_empty() => doubt = Some(error.reason()),
            Err(_of_another) => {}
        }
    }
    match getty::login(host) {
        Ok(Some(login)) => return console_logs_in(login, evidence),
        Ok(None) => {}
        Err(error) => doubt = Some(error.reason()),
    }
    if let Some((manager, login)) = unsure {
        let why = text!(
            "{program} is set to log somebody in without a password, but whether it runs here could not be told",
            program = manager.label()
        );
        evidence.push(login.evidence);
        return Start::Unknown { why, evidence };
    }
    if let Some(service) = let_in_by(host).filter(|service| service.ends_with("-autologin")) {
        // The settings may have changed since, or stand where nobody looked.
        let detail = text!(
            "You were let in without a password when the computer started, so a restart gets past the screen lock"
        );
        let saw = format!("Service={service}");
        evidence.insert(0, Evidence { source: "logind".to_owned(), saw, check: "loginctl show-session".to_owned() });
        return Start::LogsIn { detail, inferred: true, evidence };
    }
    for (manager, _) in &managers.active {
        if let Manager::Other(name) = manager {
            let why =
                text!("Stethoscope does not know the settings of {program}, which lets people in here", program = name);
            return Start::Unknown { why, evidence };
        }
    }
    match (doubt, by_accounts_service(host, &managers)) {
        (_, Some(Ok(login))) => logs_in("GDM", login, evidence),
        (Some(_unreadable), Some(Err(seen))) => {
            evidence.push(seen);
            Start::Asks { inferred: true, evidence }
        }
        (Some(why), None) => Start::Unknown { why, evidence },
        (None, _) => Start::Asks { inferred: managers.unclear, evidence },
    }
}

/// What reads one program's settings.
type Source = fn(&dyn Host) -> Read<Option<Login>>;

const SOURCES: &[(Manager, Source)] = &[
    (Manager::Gdm, gdm::login),
    (Manager::Sddm, sddm::sddm),
    (Manager::PlasmaLogin, sddm::plasma_login),
    (Manager::LightDm, lightdm::login),
    (Manager::Greetd, greetd::login),
    (Manager::Lxdm, sysconfig::lxdm),
    (Manager::Slim, sysconfig::slim),
    (Manager::Gdm, sysconfig::suse),
    (Manager::Sddm, sysconfig::suse),
    (Manager::LightDm, sysconfig::suse),
];

fn logs_in(program: &str, login: Login, mut evidence: Vec<Evidence>) -> Start {
    let detail = match &login.user {
        Some(user) => text!(
            "{program} logs {user} in without a password when the computer starts, so a restart gets past the screen lock",
            program = program,
            user = user
        ),
        None => {
            text!("{program} starts a guest session without a password when the computer starts", program = program)
        }
    };
    evidence.insert(0, login.evidence);
    Start::LogsIn { detail, inferred: login.inferred, evidence }
}

fn console_logs_in(login: Login, mut evidence: Vec<Evidence>) -> Start {
    let detail = text!(
        "A text console logs {user} in without a password when the computer starts, so a restart gets past the screen lock",
        user = login.user.unwrap_or_default()
    );
    evidence.insert(0, login.evidence);
    Start::LogsIn { detail, inferred: login.inferred, evidence }
}

/// AccountsService reads GDM's file as root and tells everybody. `Err` where it names nobody; `None` where it
/// does not run or is not about the program in use.
fn by_accounts_service(host: &dyn Host, managers: &Managers) -> Option<Result<Login, Evidence>> {
    if !managers.has(Manager::Gdm) {
        return None;
    }
    let (service, path) = ("org.freedesktop.Accounts", "/org/freedesktop/Accounts");
    let property = BusCall::property(Bus::System, service, path, service, "AutomaticLoginUsers");
    let users = host.dbus(&property).ok()?;
    let source = format!("{service} AutomaticLoginUsers");
    let check = format!("busctl get-property {service} {path} {service} AutomaticLoginUsers");
    let Some(user) = users.as_array()?.first().and_then(Value::as_str) else {
        return Some(Err(Evidence { source, saw: "nobody".to_owned(), check }));
    };
    let of_user = "org.freedesktop.Accounts.User";
    let name = host.dbus(&BusCall::property(Bus::System, service, user, of_user, "UserName")).ok();
    let name = name.as_ref().and_then(Value::as_str).unwrap_or_else(|| user.rsplit('/').next().unwrap_or(user));
    let evidence = Evidence { source, saw: user.to_owned(), check };
    Some(Ok(Login { user: Some(name.to_owned()), inferred: false, evidence }))
}

/// What a file holds whose reading may be refused: where another of the same program already decides, that does
/// not matter.
fn first_login(reads: impl IntoIterator<Item = Read<Option<Login>>>) -> Read<Option<Login>> {
    let mut refused: Option<HostError> = None;
    for read in reads {
        match read {
            Ok(Some(login)) => return Ok(Some(login)),
            Ok(None) => {}
            Err(error) => refused = Some(error),
        }
    }
    refused.map_or(Ok(None), Err)
}
