//! APT's unattended upgrades: the merged configuration, what it covers, and the timers that start it.
//!
//! Source of the meaning: `apt.systemd.daily` and `unattended-upgrade` as Debian 12 ships them.

use super::{Mechanism, State, evidence, runs, unit_evidence, units};
use crate::finding::Evidence;
use crate::host::{Host, Read, present};
use crate::linux::apt_configuration;
use crate::linux::distro::{self, OsRelease};
use crate::parse::apt_conf::AptConf;
use crate::parse::glob;
use crate::system::Family;

const PROGRAM: &str = "/usr/bin/unattended-upgrade";
const CHECK: &str = "apt-config dump APT::Periodic Unattended-Upgrade";

/// How long the upgrade may not have run before that is said, in days.
const QUIET_DAYS: i64 = 14;

pub(super) fn observe(host: &dyn Host, release: &OsRelease) -> Read<Mechanism> {
    if !host.exists(PROGRAM)? {
        return Ok(Mechanism::new(
            State::Off,
            text!("The package unattended-upgrades, which installs updates by itself, is not installed"),
        )
        .with([evidence(PROGRAM, "does not exist", "dpkg -s unattended-upgrades")]));
    }
    let (conf, problems) = apt_configuration::read(host)?;
    if let Some(problem) = problems.first() {
        return Ok(Mechanism::new(
            State::Unknown,
            text!("A file of APT's configuration could not be read: {problem}", problem = problem.saw),
        )
        .with(problems));
    }
    let mut seen: Vec<Evidence> = [
        "APT::Periodic::Enable",
        "APT::Periodic::Update-Package-Lists",
        "APT::Periodic::Unattended-Upgrade",
        "APT::Periodic::Download-Upgradeable-Packages",
    ]
    .into_iter()
    .filter_map(|key| conf.get(key).map(|value| evidence("/etc/apt/apt.conf.d", format!("{key} \"{value}\""), CHECK)))
    .collect();
    let off = |detail| Mechanism::new(State::Off, detail);
    let every = |key: &str| conf.get(key).is_some_and(happens);
    let settled = if conf.get("APT::Periodic::Enable").is_some_and(|value| !happens(value)) {
        Some(off(text!("Automatic updates are switched off: APT::Periodic::Enable is 0")))
    } else if !every("APT::Periodic::Unattended-Upgrade") {
        Some(match every("APT::Periodic::Download-Upgradeable-Packages") {
            true => off(text!("Updates are downloaded by themselves, but not installed")),
            false => off(text!("Automatic updates are switched off: APT::Periodic::Unattended-Upgrade is not set")),
        })
    } else if !every("APT::Periodic::Update-Package-Lists") {
        Some(off(text!("Package lists are not fetched by themselves, so automatic updates find nothing to install")))
    } else {
        None
    };
    if let Some(mechanism) = settled {
        return Ok(mechanism.with(seen));
    }
    let covered = coverage(&conf, release, distro::family(release, host));
    seen.extend(covered.1);
    if conf
        .list("Unattended-Upgrade::Package-Blacklist")
        .into_iter()
        .any(|name| matches!(name, "" | "." | ".*" | "^.*"))
    {
        return Ok(
            off(text!("Automatic updates leave out every package: Unattended-Upgrade::Package-Blacklist")).with(seen)
        );
    }
    if covered.0 == State::Off {
        return Ok(off(text!("Automatic updates run, but are not allowed to install security updates")).with(seen));
    }
    let (runs, timers) = started(host)?;
    let last = last_run(host, &mut seen)?;
    let detail = match runs {
        State::On | State::Likely => match last {
            Last::Silent(days) => {
                text!(
                    "Security updates are set to install themselves, but have not done so for {days} days",
                    days = days
                )
            }
            Last::Never => text!("Security updates are set to install themselves, but have not done so yet"),
            Last::Recent | Last::NotSaid => text!("Security updates install themselves (unattended-upgrades)"),
        },
        State::Unknown => text!("Whether the timers of automatic updates run could not be told"),
        State::Off | State::Missing => {
            text!("Automatic updates are set up, but the timers that start them are off")
        }
    };
    let state = match (runs, covered.0) {
        (State::Missing, _) => State::Off,
        (State::On, State::Likely) => State::Likely,
        // The settings are right; that something comes of them was not seen.
        (State::On, _) if matches!(last, Last::Silent(_) | Last::Never) => State::Likely,
        (runs, _) => runs,
    };
    Ok(Mechanism::new(state, detail).with(seen).with(timers))
}

/// Days, or a number with `s`, `m`, `h` or `d`, or `always`. Zero and nonsense never happen.
fn happens(value: &str) -> bool {
    let number = value.trim().trim_end_matches(['s', 'm', 'h', 'd']);
    value.trim() == "always" || number.parse::<u64>().is_ok_and(|number| number > 0)
}

/// Whether one of the allowed origins is this release's security archive.
fn coverage(conf: &AptConf, release: &OsRelease, family: Family) -> (State, Vec<Evidence>) {
    let id = match release.id.as_str() {
        "debian" => "Debian".to_owned(),
        "ubuntu" => "Ubuntu".to_owned(),
        id => id.to_owned(),
    };
    let fill = |entry: &str| entry.replace("${distro_id}", &id).replace("${distro_codename}", &release.codename);
    let patterns = conf.list("Unattended-Upgrade::Origins-Pattern").into_iter().map(fill);
    let origins = conf.list("Unattended-Upgrade::Allowed-Origins").into_iter().map(|entry| {
        let entry = fill(entry);
        match entry.split_once(':') {
            Some((origin, suite)) => format!("o={origin},a={suite}"),
            None => entry,
        }
    });
    let mut state = State::Off;
    let mut seen = Vec::new();
    for entry in patterns.chain(origins) {
        let answer = covers(&entry, release, family);
        if answer != State::Off {
            seen.push(evidence("/etc/apt/apt.conf.d", format!("allowed origin: {entry}"), CHECK));
        }
        state = match (state, answer) {
            (State::On, _) | (_, State::On) => State::On,
            (State::Likely, _) | (_, State::Likely) => State::Likely,
            _ => State::Off,
        };
    }
    if state == State::Off {
        seen.push(evidence("/etc/apt/apt.conf.d", "no allowed origin is the security archive", CHECK));
    }
    (state, seen)
}

/// What an archive says of itself, as far as patterns ask.
struct Archive {
    origin: &'static str,
    label: &'static str,
    suites: Vec<String>,
    codenames: Vec<String>,
}

/// The archive this release's security updates come from.
fn security_archive(release: &OsRelease, family: Family) -> Archive {
    let upstream = |own: &str| if own.is_empty() { release.codename.clone() } else { own.to_owned() };
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<String>>();
    if release.id == "kali" {
        let suites = words(&["kali-rolling", "kali-last-snapshot"]);
        return Archive { origin: "Kali", label: "Kali", codenames: suites.clone(), suites };
    }
    if family == Family::Ubuntu {
        let codename = upstream(&release.ubuntu_codename);
        let suites = vec![format!("{codename}-security")];
        return Archive { origin: "Ubuntu", label: "Ubuntu", suites, codenames: vec![codename] };
    }
    let codename = upstream(&release.debian_codename);
    if release.id == "debian" && release.version_id.is_empty() {
        // Testing and unstable get their fixes through the archive of everything.
        let (suites, codenames) = (words(&["testing", "unstable"]), vec![codename, "sid".to_owned()]);
        return Archive { origin: "Debian", label: "Debian", suites, codenames };
    }
    let suites = ["stable", "oldstable", "oldoldstable", "testing"].map(|suite| format!("{suite}-security")).to_vec();
    // Older archives call themselves without the ending.
    let codenames = vec![format!("{codename}-security"), codename];
    Archive { origin: "Debian", label: "Debian-Security", suites, codenames }
}

/// Holds one pattern such as `origin=Debian,codename=bookworm-security,label=Debian-Security` against
/// what the security archive says of itself.
fn covers(pattern: &str, release: &OsRelease, family: Family) -> State {
    let is_upstream = matches!(release.id.as_str(), "debian" | "ubuntu" | "raspbian");
    let archive = security_archive(release, family);
    let any = |glob: &str, words: &[String]| words.iter().any(|word| glob::matches(glob, word));
    // `\\,` is a comma within a value; no word of ours has one.
    let parts = pattern.replace("\\,", "").replace("\\:", ":");
    let matched = parts.split(',').all(|part| {
        let Some((key, value)) = part.split_once('=') else { return false };
        let value = value.trim();
        match key.trim() {
            "o" | "origin" => glob::matches(value, archive.origin),
            "l" | "label" => glob::matches(value, archive.label),
            "a" | "archive" | "suite" => any(value, &archive.suites),
            "n" | "codename" => any(value, &archive.codenames),
            "c" | "component" => glob::matches(value, "main"),
            "site" => value == "*" || value.contains("security"),
            _ => false,
        }
    });
    // A derivative may rename the archive it takes its security updates from.
    match matched {
        true => State::On,
        false if !is_upstream && pattern.contains("-security") => State::Likely,
        false => State::Off,
    }
}

/// Both timers have to run: one fetches the lists, the other installs. Without systemd, cron does both.
fn started(host: &dyn Host) -> Read<(State, Vec<Evidence>)> {
    if !host.exists("/run/systemd/system")? {
        const JOB: &str = "/etc/cron.daily/apt-compat";
        let there = host.exists(JOB)? && host.exists("/usr/sbin/cron")?;
        let saw =
            if there { "exists, and cron is installed" } else { "there is no daily job that would start updates" };
        let state = if there { State::Likely } else { State::Unknown };
        return Ok((state, vec![evidence(JOB, saw, format!("ls {JOB}"))]));
    }
    let timers = units(host, &["apt-daily.timer", "apt-daily-upgrade.timer"])?;
    let state = timers.iter().map(runs).fold(State::On, |worst, state| match (worst, state) {
        (State::Off | State::Missing, _) | (_, State::Off | State::Missing) => State::Off,
        (State::Unknown, _) | (_, State::Unknown) => State::Unknown,
        (State::Likely, _) | (_, State::Likely) => State::Likely,
        _ => State::On,
    });
    Ok((state, timers.iter().map(unit_evidence).collect()))
}

/// When upgrades were last installed by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Last {
    Recent,
    /// For that many days not.
    Silent(i64),
    /// Lists have been fetched by themselves, but nothing was ever installed.
    Never,
    /// There are no stamps, or they are of the future.
    NotSaid,
}

/// APT writes one stamp when its timer has fetched lists and one when an upgrade went through, also
/// where there was nothing to install.
fn last_run(host: &dyn Host, seen: &mut Vec<Evidence>) -> Read<Last> {
    let path = |name: &str| format!("/var/lib/apt/periodic/{name}");
    let days = |moment: jiff::Timestamp| (host.now().as_second() - moment.as_second()) / 86_400;
    let Some(upgrade) = present(host.stat(&path("upgrade-stamp")))? else {
        let fetched = present(host.stat(&path("update-stamp")))?;
        return Ok(if fetched.is_some() { Last::Never } else { Last::NotSaid });
    };
    let words = format!("last changed {}", upgrade.modified.strftime("%Y-%m-%d"));
    seen.push(evidence(path("upgrade-stamp"), words, format!("stat {}", path("upgrade-stamp"))));
    Ok(match days(upgrade.modified) {
        ..0 => Last::NotSaid,
        0..=QUIET_DAYS => Last::Recent,
        days => Last::Silent(days),
    })
}
