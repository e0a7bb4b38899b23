//! APT's unattended upgrades: the merged configuration, what it covers, and the timers that start it.
//!
//! Source of the meaning: `apt.systemd.daily` and `unattended-upgrade` as Debian 12 ships them.

use super::{Mechanism, State, evidence, runs, unit_evidence, units};
use crate::finding::Evidence;
use crate::host::{Host, Read, as_text, present};
use crate::linux::apt_configuration;
use crate::linux::distro::{self, OsRelease};
use crate::parse::apt_conf::AptConf;
use crate::parse::{glob, shell_vars};
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
    let settled = if conf.get("APT::Periodic::Enable").is_some_and(is_zero) {
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
    let covered = coverage(host, &conf, release);
    seen.extend(covered.1);
    if conf.list("Unattended-Upgrade::Package-Blacklist").into_iter().any(means_every_package) {
        return Ok(
            off(text!("Automatic updates leave out every package: Unattended-Upgrade::Package-Blacklist")).with(seen)
        );
    }
    // A list of what may be updated leaves out everything else, but only where it is said to be strict.
    let only = conf.list("Unattended-Upgrade::Package-Whitelist");
    let strict = conf.get("Unattended-Upgrade::Package-Whitelist-Strict").is_some_and(is_yes);
    if strict && !only.is_empty() && !only.into_iter().any(means_every_package) {
        return Ok(off(text!("Automatic updates take in a few packages only: Unattended-Upgrade::Package-Whitelist"))
            .with(seen));
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

/// Whether a regular expression, which is held against the start of names, fits all of them.
fn means_every_package(pattern: &str) -> bool {
    let pattern = pattern.strip_prefix('^').unwrap_or(pattern);
    matches!(pattern.strip_suffix('$').unwrap_or(pattern), "" | "." | ".*" | ".+")
}

/// How APT reads a switch (`Configuration::FindB`).
fn is_yes(value: &str) -> bool {
    let words = ["yes", "true", "with", "on", "enable"];
    words.iter().any(|word| value.eq_ignore_ascii_case(word)) || value.parse().is_ok_and(|number: i64| number != 0)
}

/// Days, or a number with `s`, `m`, `h` or `d`, or `always`. The daily script takes only a plain zero for
/// never; other zeros, and nothing, are every time. A word ends the script, since its arithmetic fails.
fn happens(value: &str) -> bool {
    let value = value.trim();
    let number = value.strip_suffix(['s', 'm', 'h', 'd']).unwrap_or(value);
    value == "always" || (value != "0" && (value.is_empty() || number.parse::<i64>().is_ok()))
}

/// Whether the daily script takes the value for switched off. It compares numbers, so that a word is not.
fn is_zero(value: &str) -> bool {
    value.trim().parse() == Ok(0_i64)
}

/// What unattended-upgrades puts in place of `${distro_id}` and `${distro_codename}`: what lsb_release(1) tells,
/// from /etc/lsb-release, else from os-release.
fn distributor(host: &dyn Host, release: &OsRelease) -> (String, String) {
    let lsb = host.read_text("/etc/lsb-release").unwrap_or_default();
    let told = |name| shell_vars::value(&lsb, name).filter(|value| !value.is_empty());
    let id = told("DISTRIB_ID").unwrap_or_else(|| match release.id.as_str() {
        "debian" => "Debian".to_owned(),
        "ubuntu" => "Ubuntu".to_owned(),
        id => id.to_owned(),
    });
    (id, told("DISTRIB_CODENAME").unwrap_or_else(|| release.codename.clone()))
}

/// Whether one of the allowed origins is this release's security archive.
fn coverage(host: &dyn Host, conf: &AptConf, release: &OsRelease) -> (State, Vec<Evidence>) {
    let (id, codename) = distributor(host, release);
    let fill = |entry: &str| entry.replace("${distro_id}", &id).replace("${distro_codename}", &codename);
    let patterns = conf.list("Unattended-Upgrade::Origins-Pattern").into_iter().map(fill);
    let origins = conf.list("Unattended-Upgrade::Allowed-Origins").into_iter().map(|entry| {
        let entry = fill(entry);
        match entry.split_once(':') {
            Some((origin, suite)) => format!("o={origin},a={suite}"),
            None => entry,
        }
    });
    let fetched = fetched(host, release);
    let supposed = supposed(release, distro::family(release, host));
    let is_upstream = matches!(release.id.as_str(), "debian" | "ubuntu" | "raspbian");
    let covers = |pattern: &str| match &fetched[..] {
        // A derivative may rename the archive it takes its security updates from.
        [] if covers(pattern, &supposed) => State::On,
        [] if !is_upstream && pattern.contains("-security") => State::Likely,
        [] => State::Off,
        archives if archives.iter().any(|archive| covers(pattern, archive)) => State::On,
        _ => State::Off,
    };
    let mut state = State::Off;
    let mut seen = Vec::new();
    for entry in patterns.chain(origins) {
        let answer = covers(&entry);
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
    seen.extend(fetched.into_iter().map(|archive| evidence(archive.path, archive.words, "apt-cache policy")));
    (state, seen)
}

/// What a security archive says of itself, and that patterns are held against.
#[derive(Default)]
struct Archive {
    /// Its signed table of contents, and what stands there. Empty where that was not fetched.
    path: String,
    words: String,
    /// The server's name; empty where not known.
    site: String,
    origin: String,
    label: String,
    suites: Vec<String>,
    codenames: Vec<String>,
}

/// The release's security archives whose lists have been fetched.
fn fetched(host: &dyn Host, release: &OsRelease) -> Vec<Archive> {
    const LISTS: &str = "/var/lib/apt/lists";
    if has_no_security_archive(release) {
        return Vec::new();
    }
    let own = [&release.codename, &release.ubuntu_codename, &release.debian_codename];
    let mut found = Vec::new();
    for name in host.list(LISTS).unwrap_or_default() {
        // Only these are opened: the table of contents of a whole distribution is large.
        let wanted = name.contains("security") && (name.ends_with("_InRelease") || name.ends_with("_Release"));
        let path = format!("{LISTS}/{name}");
        let Some(bytes) = wanted.then(|| host.read_shared(&path).ok()).flatten() else { continue };
        let head = as_text(&bytes);
        let field = |key: &str| {
            let value = |line: &str| line.strip_prefix(key)?.strip_prefix(':').map(|value| value.trim().to_owned());
            head.lines().take(40).find_map(value).unwrap_or_default()
        };
        let (origin, label, suite, codename) = (field("Origin"), field("Label"), field("Suite"), field("Codename"));
        let is_own = |word: &String| own.into_iter().any(|own| !own.is_empty() && word.starts_with(own.as_str()));
        let is_security = suite.contains("-security") || label == "Debian-Security";
        if !is_security || ![&suite, &codename].into_iter().any(is_own) {
            continue;
        }
        let site = name.split('_').next().unwrap_or_default();
        found.push(Archive {
            words: format!("Origin: {origin} Label: {label} Suite: {suite} Codename: {codename}"),
            site: site.split(':').next().unwrap_or_default().to_owned(),
            suites: vec![suite],
            codenames: vec![codename],
            path,
            origin,
            label,
        });
    }
    found
}

/// Debian's testing and unstable get their fixes through the archive of everything.
fn has_no_security_archive(release: &OsRelease) -> bool {
    release.id == "debian" && release.version_id.is_empty()
}

/// What the release's security archive is known to say of itself, where nothing was fetched yet.
fn supposed(release: &OsRelease, family: Family) -> Archive {
    let upstream = |own: &str| if own.is_empty() { release.codename.clone() } else { own.to_owned() };
    let whole = |name: &str, suites: &[&str], codenames: Vec<String>| Archive {
        origin: name.to_owned(),
        label: name.to_owned(),
        suites: suites.iter().map(|suite| (*suite).to_owned()).collect(),
        codenames,
        ..Archive::default()
    };
    if release.id == "kali" {
        let suites = ["kali-rolling", "kali-last-snapshot"];
        return whole("Kali", &suites, suites.map(str::to_owned).to_vec());
    }
    if family == Family::Ubuntu {
        let codename = upstream(&release.ubuntu_codename);
        return Archive {
            origin: "Ubuntu".to_owned(),
            label: "Ubuntu".to_owned(),
            suites: vec![format!("{codename}-security")],
            codenames: vec![codename],
            ..Archive::default()
        };
    }
    let codename = upstream(&release.debian_codename);
    if has_no_security_archive(release) {
        return whole("Debian", &["testing", "unstable"], vec![codename, "sid".to_owned()]);
    }
    Archive {
        origin: "Debian".to_owned(),
        label: "Debian-Security".to_owned(),
        suites: ["stable", "oldstable", "oldoldstable", "testing"].map(|suite| format!("{suite}-security")).to_vec(),
        // Up to Debian 10 the archive called itself without the ending.
        codenames: match codename.as_str() {
            "jessie" | "stretch" | "buster" => vec![codename],
            _ => vec![format!("{codename}-security")],
        },
        ..Archive::default()
    }
}

/// Holds one pattern such as `origin=Debian,codename=bookworm-security,label=Debian-Security` against
/// what the security archive says of itself.
fn covers(pattern: &str, archive: &Archive) -> bool {
    let any = |glob: &str, words: &[String]| words.iter().any(|word| glob::matches(glob, word));
    let mut parts = pattern.replace("\\,", "\u{1}").replace("\\:", ":");
    parts.retain(|letter| letter != '\u{1}');
    parts.split(',').all(|part| {
        let Some((key, value)) = part.split_once('=') else { return false };
        let value = value.trim();
        match key.trim() {
            "o" | "origin" => glob::matches(value, &archive.origin),
            "l" | "label" => glob::matches(value, &archive.label),
            "a" | "archive" | "suite" => any(value, &archive.suites),
            "n" | "codename" => any(value, &archive.codenames),
            "c" | "component" => glob::matches(value, "main"),
            "site" if archive.site.is_empty() => value == "*" || value.contains("security"),
            "site" => glob::matches(value, &archive.site),
            _ => false,
        }
    })
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
