//! How well the firmware of the computer is protected, as fwupd judges it.
//!
//! fwupd gives a computer a "host security ID" from `HSI:0` to `HSI:5`: the highest level of which no
//! test failed. A `!` behind it means that something is wrong that can change from one start to the next
//! (fwupd docs/hsi.md, libfwupdplugin/fu-security-attrs.c). *On* means level 1 or more, and no such issue
//! that concerns the firmware itself. Issues of the running system (swap that is not encrypted, a kernel
//! with foreign modules, no lockdown) also get a `!`; they are told and do not decide, because they say
//! nothing about the firmware and have practices of their own.
//!
//! fwupd is asked only where it runs already: starting it searches all hardware for seconds. Neither the
//! property nor the list of tests is guarded by a password (src/fu-dbus-daemon.c). Where it does not run,
//! what it wrote down when it ran last (`history`) is the next best, and makes the answer an inferred one.

use serde_json::Value;

use crate::finding::{Finding, Observation};
use crate::host::{Bus, BusCall, Host, HostError, Read};
use crate::practice::{Platform, PracticeId};
use crate::probe::Probe;
use crate::system::Place;

mod history;
mod tests_of_fwupd;

use tests_of_fwupd::Test;

pub const PROBE: Probe = Probe {
    practice: PRACTICE,
    platform: Platform::Linux,
    observe,
    reads: "The level fwupd gives to the firmware and which of its tests failed, or its record of when it last ran",
};

const PRACTICE: PracticeId = PracticeId::Firmware;

const FWUPD: &str = "org.freedesktop.fwupd";
const CHECK: &str = "fwupdmgr security";

/// Where a system that has fwupd tells the bus how to start it. The second is NixOS.
const INSTALLED: [&str; 2] = [
    "/usr/share/dbus-1/system-services/org.freedesktop.fwupd.service",
    "/run/current-system/sw/share/dbus-1/system-services/org.freedesktop.fwupd.service",
];

/// How long what fwupd wrote down is gone by after its last run, in days. Its timer runs every day.
const LONGEST_TRUST_DAYS: i64 = 30;

/// What the host security ID says.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Level {
    /// The number, and whether something is wrong at run time (`!`).
    Rated(u32, bool),
    /// The kind of computer is none that fwupd judges.
    OtherKind,
    /// fwupd could not read enough of the hardware.
    MissingData,
}

/// Reads `HSI:1! (v2.0.20)`, `HSI:0+! (v1.5.0)`, `HSI:INVALID:chassis[other] (v2.0.20)`.
fn level(words: &str) -> Option<Level> {
    let rest = words.strip_prefix("HSI")?.strip_prefix([':', '-'])?;
    if let Some(why) = rest.strip_prefix("INVALID") {
        return Some(if why.contains("missing-data") { Level::MissingData } else { Level::OtherKind });
    }
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (number, suffix) = rest.split_at(end);
    let suffix = suffix.split_whitespace().next().unwrap_or_default();
    Some(Level::Rated(number.parse().ok()?, suffix.contains('!')))
}

fn observe(host: &dyn Host) -> Read<Finding> {
    let place = super::place::place(host);
    match place {
        Place::VirtualMachine => return Ok(virtual_machine()),
        Place::Container | Place::Sandbox | Place::Wsl => {
            if let Some(why) = super::place::hides_the_machine(place) {
                return Ok(Finding::unknown(PRACTICE, why));
            }
        }
        Place::Machine | Place::Live => {}
    }
    let id = match host.dbus(&BusCall::property(Bus::System, FWUPD, "/", FWUPD, "HostSecurityId")) {
        Ok(id) => id,
        Err(HostError::Absent(_)) => return not_running(host),
        Err(error) if is_not_supported(&error) => return Ok(not_judged(&error)),
        Err(error) => return Err(error),
    };
    let words = id.as_str().unwrap_or_default();
    let Some(level) = level(words) else {
        return Err(HostError::Garbled("HostSecurityId".to_owned(), id.to_string().chars().take(80).collect()));
    };
    let finding = match level {
        Level::Rated(number, issue) => {
            let call = BusCall::new(Bus::System, FWUPD, "/", FWUPD, "GetHostSecurityAttrs");
            match host.dbus(&call) {
                Ok(tests) => judge(number, &tests)?,
                Err(error) if is_not_supported(&error) => not_judged(&error),
                Err(error) => without_tests(number, issue, &error),
            }
        }
        other => not_rated(&other),
    };
    Ok(finding.saw("fwupd, HostSecurityId", words, CHECK))
}

fn not_rated(level: &Level) -> Finding {
    if *level == Level::MissingData {
        let why = text!("fwupd could not read enough of this computer's hardware to judge its firmware");
        return Finding::unknown(PRACTICE, why);
    }
    Finding::unsupported(PRACTICE, text!("fwupd does not judge the firmware of this kind of computer"))
}

fn virtual_machine() -> Finding {
    let why = text!("This is a virtual machine; its firmware belongs to the computer around it");
    Finding::unsupported(PRACTICE, why)
}

/// fwupd says so where it was built without these tests (other processors than x86) and where it sees
/// a hypervisor.
fn is_not_supported(error: &HostError) -> bool {
    matches!(error, HostError::Garbled(_, words) if words.contains("NotSupported"))
}

fn not_judged(error: &HostError) -> Finding {
    if error.to_string().contains("hypervisor") {
        return virtual_machine();
    }
    Finding::unsupported(PRACTICE, text!("fwupd does not judge the firmware of this kind of computer"))
}

/// fwupd is not there to be asked. A version before 1.5 is, and knows no such thing.
fn not_running(host: &dyn Host) -> Read<Finding> {
    let bus = "org.freedesktop.DBus";
    let ask =
        BusCall::new(Bus::System, bus, "/org/freedesktop/DBus", bus, "NameHasOwner").with("s", Value::from(FWUPD));
    if host.dbus(&ask) == Ok(Value::from(true)) {
        let why = text!("This version of fwupd is too old to judge the firmware");
        return Ok(Finding::unknown(PRACTICE, why).saw("fwupd", "no HostSecurityId", "fwupdmgr --version"));
    }
    if !INSTALLED.iter().any(|path| host.exists(path) != Ok(false)) {
        let why = text!("fwupd, the program that can judge the firmware, is not installed");
        return Ok(Finding::unknown(PRACTICE, why).saw("org.freedesktop.fwupd", "not running", CHECK));
    }
    let finding = remembered(host)?.unwrap_or_else(|| {
        let why = text!(
            "fwupd, which judges the firmware, is not running now, and starting it is left to you: {command}",
            command = CHECK
        );
        Finding::unknown(PRACTICE, why)
    });
    Ok(finding.saw("org.freedesktop.fwupd", "not running", CHECK))
}

/// What fwupd wrote down when it ran last; `None` where it never did. A file that cannot be read says no
/// less than one that is not there.
fn remembered(host: &dyn Host) -> Read<Option<Finding>> {
    let (entry, day) = match history::last(host) {
        Ok(Some(last)) => last,
        Ok(None) | Err(HostError::Denied(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    let Some(entry) = entry.as_ref() else { return Ok(None) };
    let today = host.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    if day < today.saturating_sub(jiff::Span::new().days(LONGEST_TRUST_DAYS)) {
        let why = text!("fwupd last looked at the firmware on {day}, which is too long ago to go by", day = day);
        return Ok(Some(Finding::unknown(PRACTICE, why)));
    }
    let finding = match level(&entry.id) {
        Some(Level::Rated(number, _)) => judge(number, &entry.tests)?,
        Some(other) => not_rated(&other),
        None => return Err(HostError::Garbled(history::SOURCE.to_owned(), "the last level is none".to_owned())),
    };
    let saw = format!("{}, found since {}, last run {day}", entry.id, entry.since);
    Ok(Some(finding.inferred().saw(history::SOURCE, saw, CHECK)))
}

/// The level alone. It is an answer only where nothing failed.
fn without_tests(number: u32, issue: bool, error: &HostError) -> Finding {
    if number >= 1 && !issue {
        return Finding::new(PRACTICE, Observation::On, in_order(number));
    }
    let why = text!(
        "fwupd finds something wrong (level {level}), but which of its tests failed could not be read: {reason}",
        level = number,
        reason = error
    );
    Finding::unknown(PRACTICE, why)
}

fn in_order(number: u32) -> crate::text::Text {
    text!("The basic protections of the firmware are in order (fwupd's level {level})", level = number)
}

fn judge(number: u32, answer: &Value) -> Read<Finding> {
    let garbled = || HostError::Garbled(FWUPD.to_owned(), "the list of its tests is no list".to_owned());
    let tests: Vec<Test> = answer.as_array().ok_or_else(garbled)?.iter().filter_map(Test::read).collect();
    let failed: Vec<&Test> = tests.iter().filter(|test| test.failed()).collect();
    let finding = if tests.iter().any(|test| test.id == "HostEmulation") {
        Finding::unknown(PRACTICE, text!("fwupd was told to show another computer than this one"))
    } else if failed.iter().any(|test| test.id == "SupportedCpu") {
        Finding::unsupported(
            PRACTICE,
            text!("fwupd does not know the processor of this computer well enough to judge its firmware"),
        )
    } else {
        rate(number, &tests, &failed)
    };
    let told = failed.iter().filter(|test| test.is_basic() || test.is_issue);
    Ok(told.fold(finding, |finding, test| finding.saw(test.source(), &test.result, CHECK)))
}

fn rate(number: u32, tests: &[Test], failed: &[&Test]) -> Finding {
    let counts = |test: &&&Test| test.is_basic() || (test.is_issue && test.is_of_the_firmware());
    let (unread, wrong): (Vec<&Test>, Vec<&Test>) =
        failed.iter().filter(counts).copied().partition(|test| test.lacks_data);
    let names = |tests: &[&Test]| tests.iter().map(|test| test.name()).collect::<Vec<_>>().join(", ");
    let of_the_system: Vec<&Test> =
        failed.iter().filter(|test| test.is_issue && !test.is_of_the_firmware()).copied().collect();
    match (wrong.as_slice(), unread.as_slice()) {
        ([], []) if number == 0 => {
            let why = if tests.is_empty() {
                text!("fwupd has no test for the firmware of this computer")
            } else {
                text!("fwupd gives the firmware no level, and says of no test that it failed")
            };
            Finding::unknown(PRACTICE, why)
        }
        ([], []) if of_the_system.is_empty() => Finding::new(PRACTICE, Observation::On, in_order(number)),
        ([], []) => {
            let detail = text!(
                "The basic protections of the firmware are in order (fwupd's level {level}); of the running system fwupd finds fault with: {list}",
                level = number,
                list = names(&of_the_system)
            );
            Finding::new(PRACTICE, Observation::On, detail)
        }
        ([], unread) => {
            let why = text!("fwupd could not read enough of the hardware to tell: {list}", list = names(unread));
            Finding::unknown(PRACTICE, why)
        }
        ([one], _) => Finding::new(PRACTICE, Observation::Off, one.sentence()),
        (several, _) => {
            let detail = text!(
                "{count} basic protections of the firmware are missing: {list}",
                count = several.len(),
                list = names(several)
            );
            Finding::new(PRACTICE, Observation::Off, detail)
        }
    }
}

#[cfg(all(test, feature = "fixture"))]
mod tests;
