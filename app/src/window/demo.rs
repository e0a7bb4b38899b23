//! Made-up computers to draw, for tests, trial runs and screenshots. Never ships.

mod web;

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use stethoscope_probes::device::{Device, Identifiers, System};
use stethoscope_probes::finding::{Finding, Item, Observation};
use stethoscope_probes::practice::{Platform, PracticeId};
use stethoscope_probes::system::{Desktop, Family, Place};
use stethoscope_probes::text;
use stethoscope_probes::text::Text;

use super::{Moment, Shown};
use crate::link::{ProfileView, State};
use crate::policy::Requirement;
use crate::settings::Settings;
use crate::snapshot::{PolicyLabel, Snapshot};
use crate::verdict::{Verdict, VerdictState};

/// What a demonstration is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Story {
    /// Something fails, something is suggested, something could not be checked.
    Fail,
    Nudge,
    Unknown,
    AllWell,
    /// As `Fail`, with one practice snoozed and one ignored.
    Aside,
    /// As `Fail`, with long names and notices.
    Long,
    FirstRun,
    Scanning,
    Gone,
    /// As `Fail`, with web sites that wait, may ask, may not, and have asked.
    Web,
    /// Another program has the port, and an organisation decides.
    WebTaken,
}

/// The moment at which every demonstration plays.
pub fn moment() -> Moment {
    Moment { now: at("2026-11-23T09:44:00Z"), zone: TimeZone::UTC }
}

fn at(time: &str) -> Timestamp {
    time.parse().unwrap_or(Timestamp::UNIX_EPOCH)
}

/// What the window knows in a story.
pub fn shown(story: Story) -> Shown {
    let mut settings =
        Settings { welcomed: story != Story::FirstRun, profile: "home".to_owned(), ..Settings::default() };
    let mut notices = Vec::new();
    match story {
        Story::Aside => {
            settings.snoozed.insert(PracticeId::Firewall, at("2026-11-24T09:00:00Z"));
            settings.ignored.insert(PracticeId::ScreenLock, "it stands in a locked office".to_owned());
        }
        Story::Long => {
            notices.push(
                "The policy `garden shed.ron` was refused and the one in force stays: `screenIdle` takes a limit such as AtMost(seconds: 300), not Always (file: /home/ann/.config/stethoscope/profiles/garden shed.ron, line 7)"
                    .to_owned(),
            );
            notices.push("No tray icon can be shown on this desktop; Stethoscope keeps checking without it".to_owned());
        }
        _ => {}
    }
    let snapshot = (!matches!(story, Story::Scanning)).then(|| Arc::new(snapshot(story)));
    Shown {
        web: web::view(story),
        greeted: true,
        scanning: story == Story::Scanning,
        agent_gone: story == Story::Gone,
        installed: ["gnome-control-center".to_owned(), "gnome-software".to_owned()].into(),
        data_day: Some(jiff::civil::Date::constant(2026, 11, 1)),
        snapshot,
        notices,
        state: State {
            settings,
            profiles: profiles(),
            pinned_by: None,
            profiles_folder: "~/.config/stethoscope/profiles".to_owned(),
            start_at_login: true,
            tray: story != Story::Long,
            notifications: story != Story::Long,
        },
    }
}

fn device(story: Story) -> Device {
    let (name, model) = match story {
        Story::Long => (
            "the-computer-behind-the-second-door-on-the-left.example.org",
            "GIGABYTE TECHNOLOGY CO., LTD. X670E AORUS MASTER Rev 1.0",
        ),
        _ => ("ann-laptop", "ThinkPad T14 Gen 3"),
    };
    Device {
        platform: Platform::Linux,
        name: name.to_owned(),
        model: Some(model.to_owned()),
        system: System {
            id: "debian".to_owned(),
            name: "Debian GNU/Linux 12 (bookworm)".to_owned(),
            version: "12".to_owned(),
            kernel: "6.1.0-28-amd64".to_owned(),
            architecture: "x86_64".to_owned(),
        },
        family: Family::Debian,
        desktop: Desktop::Gnome,
        place: Place::Machine,
        identifiers: Identifiers::default(),
        interfaces: Vec::new(),
    }
}

fn snapshot(story: Story) -> Snapshot {
    let wrong = |state| match story {
        Story::AllWell => VerdictState::Pass,
        Story::Nudge if state == VerdictState::Fail => VerdictState::Pass,
        Story::Unknown if state != VerdictState::Unknown => VerdictState::Pass,
        _ => state,
    };
    Snapshot {
        taken_at: at("2026-11-23T09:42:10Z"),
        took_micros: 4_200,
        device: device(story),
        policy: PolicyLabel { name: "Home".to_owned(), source: "built in".to_owned() },
        verdicts: vec![
            os_version(),
            software_updates(wrong(VerdictState::Nudge)),
            on_or_off(PracticeId::AutomaticUpdates, wrong(VerdictState::Nudge)),
            firewall(wrong(VerdictState::Unknown)),
            disk_encryption(wrong(VerdictState::Fail), story),
            on_or_off(PracticeId::ScreenLock, wrong(VerdictState::Fail)),
            screen_idle(),
            on_or_off(PracticeId::RemoteLogin, VerdictState::Pass),
            applications(),
        ],
    }
}

fn verdict(finding: Finding, requirement: Requirement, state: VerdictState, reason: Text, since: &str) -> Verdict {
    Verdict { requirement, finding, state, reason, since: at(since) }
}

fn os_version() -> Verdict {
    let version = stethoscope_probes::finding::Version {
        product: "debian".to_owned(),
        number: "12".to_owned(),
        codename: Some("bookworm".to_owned()),
        ..Default::default()
    };
    let reason = text!("Debian 12 (bookworm) gets security fixes until 2028-06-30");
    let finding =
        Finding::new(PracticeId::OsVersion, Observation::Version(version), text!("Debian GNU/Linux 12 (bookworm)"))
            .saw("/etc/os-release", "VERSION_ID=\"12\"\nID=debian", "cat /etc/os-release");
    verdict(finding, Requirement::Supported, VerdictState::Pass, reason, "2026-10-02T08:00:00Z")
}

fn software_updates(state: VerdictState) -> Verdict {
    let observation = if state == VerdictState::Pass { Observation::On } else { Observation::Off };
    let reason = match state {
        VerdictState::Pass => text!("No security update waits"),
        _ => text!("3 security updates wait: openssl, libcurl4, firefox-esr"),
    };
    let finding = Finding::new(PracticeId::SoftwareUpdates, observation, reason.clone()).inferred().saw(
        "/var/lib/apt/lists",
        "bookworm-security, read 2 hours ago",
        "apt list --upgradable",
    );
    verdict(finding, Requirement::Suggested, state, reason, "2026-11-22T17:20:00Z")
}

fn firewall(state: VerdictState) -> Verdict {
    let reason = match state {
        VerdictState::Pass => text!("ufw is on and refuses inbound connections"),
        _ => text!("The rules in /etc/ufw/user.rules may not be read by an ordinary user"),
    };
    let finding = match state {
        VerdictState::Pass => Finding::new(PracticeId::Firewall, Observation::On, reason.clone()),
        _ => Finding::unknown(PracticeId::Firewall, reason.clone()),
    };
    let finding = finding.saw("/etc/ufw/ufw.conf", "ENABLED=yes", "cat /etc/ufw/ufw.conf").saw(
        "ufw.service",
        "active (exited)",
        "systemctl status ufw",
    );
    verdict(finding, Requirement::Always, state, reason, "2026-11-20T11:03:00Z")
}

fn disk_encryption(state: VerdictState, story: Story) -> Verdict {
    let passes = state == VerdictState::Pass;
    let observation = if passes { Observation::On } else { Observation::Off };
    let reason = match (passes, story) {
        (true, _) => text!("Every disk that holds your data is encrypted"),
        (_, Story::Long) => text!(
            "/home/ann/Documents/projects/archive is on /dev/mapper/vg--workstation-lv--archive--2019, which lies on nvme1n1p3 and sda2, neither of which is encrypted"
        ),
        _ => text!("/home is on nvme0n1p3, which is not encrypted"),
    };
    let finding = Finding::new(PracticeId::DiskEncryption, observation, reason.clone())
        .saw(
            "/proc/self/mountinfo",
            "29 1 259:3 / /home rw,relatime shared:2 - ext4 /dev/nvme0n1p3 rw",
            "findmnt /home",
        )
        .saw(
            "/sys/dev/block/259:3/dm/uuid",
            "there is no such file: nothing lies between the file system and the disk",
            "lsblk -o NAME,TYPE,MOUNTPOINTS",
        );
    verdict(finding, Requirement::Always, state, reason, "2026-11-12T14:02:00Z")
}

fn screen_idle() -> Verdict {
    let reason = text!("The screen goes idle after 5 minutes, and at most 10 minutes is asked");
    let finding =
        Finding::new(PracticeId::ScreenIdle, Observation::Seconds(300), text!("The screen goes idle after 5 minutes"))
            .saw(
                "dconf: org.gnome.desktop.session idle-delay",
                "uint32 300",
                "gsettings get org.gnome.desktop.session idle-delay",
            );
    verdict(finding, Requirement::AtMost { seconds: 600 }, VerdictState::Pass, reason, "2026-09-01T08:00:00Z")
}

fn on_or_off(practice: PracticeId, state: VerdictState) -> Verdict {
    let bad_is_on = practice == PracticeId::RemoteLogin;
    let on = (state == VerdictState::Pass) != bad_is_on;
    let reason = match (practice, on) {
        (PracticeId::AutomaticUpdates, false) => {
            text!("Nothing installs updates: unattended-upgrades is not installed")
        }
        (PracticeId::AutomaticUpdates, true) => text!("unattended-upgrades installs security updates every day"),
        (PracticeId::ScreenLock, false) => text!("The screen turns dark but does not lock"),
        (PracticeId::ScreenLock, true) => text!("The screen locks as soon as it turns dark"),
        _ => text!("Nothing listens for remote logins"),
    };
    let observation = if on { Observation::On } else { Observation::Off };
    let finding = Finding::new(practice, observation, reason.clone());
    let finding = match practice {
        PracticeId::ScreenLock => finding.saw(
            "dconf: org.gnome.desktop.screensaver lock-enabled",
            if on { "true" } else { "false" },
            "gsettings get org.gnome.desktop.screensaver lock-enabled",
        ),
        PracticeId::AutomaticUpdates => {
            finding.saw("/var/lib/dpkg/status", "Package: unattended-upgrades", "dpkg -s unattended-upgrades")
        }
        _ => finding.saw("/proc/net/tcp", "no listener on port 22, 3389 or 5900", "ss -ltn"),
    };
    let requirement = match practice {
        PracticeId::RemoteLogin => Requirement::Never,
        PracticeId::AutomaticUpdates => Requirement::Suggested,
        _ => Requirement::Always,
    };
    verdict(finding, requirement, state, reason, "2026-11-18T07:30:00Z")
}

fn applications() -> Verdict {
    let item = Item {
        name: "firefox-esr".to_owned(),
        version: "128.5.0esr-1~deb12u1".to_owned(),
        source: "dpkg".into(),
        label: Some("Firefox ESR".to_owned()),
    };
    let reason = text!("Every application is as the policy asks");
    let finding = Finding::new(PracticeId::Applications, Observation::Items(vec![item]), reason.clone()).saw(
        "/var/lib/dpkg/status",
        "Package: firefox-esr",
        "dpkg -s firefox-esr",
    );
    verdict(finding, Requirement::Apps(Vec::new()), VerdictState::Pass, reason, "2026-10-30T10:00:00Z")
}

fn profiles() -> Vec<ProfileView> {
    let common = || {
        vec![
            (PracticeId::OsVersion, Requirement::Supported),
            (PracticeId::Firewall, Requirement::Always),
            (PracticeId::DiskEncryption, Requirement::Suggested),
            (PracticeId::ScreenIdle, Requirement::AtMost { seconds: 900 }),
            (PracticeId::RemoteLogin, Requirement::Never),
        ]
    };
    let profile = |id: &str, name: &str, description: &str| ProfileView {
        id: id.to_owned(),
        name: name.to_owned(),
        description: description.to_owned(),
        source: "built in".to_owned(),
        requirements: common().into_iter().collect(),
        problem: None,
    };
    vec![
        profile(
            "home",
            "Home",
            "For a computer that stays with you. It asks for what protects you most and suggests the rest.",
        ),
        profile(
            "workplace",
            "Workplace",
            "For a computer that holds other people's data. It asks for an encrypted disk, a firewall and a lock that comes quickly.",
        ),
        profile("developer", "Developer", "As Workplace, but remote login and other tools of the trade are allowed."),
        ProfileView {
            source: "/home/ann/.config/stethoscope/profiles/garden.ron".to_owned(),
            problem: Some(
                "`screenIdle` takes a limit such as AtMost(seconds: 300), not Always (file: garden.ron, line 7)"
                    .to_owned(),
            ),
            ..profile("garden", "garden", "")
        },
    ]
}
