//! What is told and when: scripts of snapshots and times, and what comes of them.

use jiff::Zoned;
use jiff::tz::TimeZone;
use stethoscope::notify::{Decision, Key, Kind, NotifyState, decide};
use stethoscope::settings::{QuietHours, Settings};
use stethoscope_probes::practice::PracticeId;

use crate::scripted::{at, snapshot, title};

mod random;

fn zoned(seconds: i64) -> Zoned {
    at(seconds).to_zoned(TimeZone::UTC)
}

fn key_name(key: Key) -> String {
    match key {
        Key::Practice(practice) => practice.to_string(),
        Key::Summary(number) => format!("summary {number}"),
        Key::Question(number) => format!("question {number}"),
    }
}

/// `20 fails firewall: firewall Fail`, `0 rescan`, `0 wakes 20`.
fn lines(seconds: i64, decision: &Decision) -> Vec<String> {
    let mut lines = Vec::new();
    for notice in &decision.notices {
        let kind = match notice.kind {
            Kind::Fails => "fails",
            Kind::Nudges => "nudges",
            Kind::Fixed => "fixed",
            Kind::Withdrawn => "withdraws",
            Kind::Asks => "asks",
        };
        let words = if notice.title.is_empty() { String::new() } else { format!(": {}", notice.title) };
        lines.push(format!("{seconds} {kind} {}{words}", key_name(notice.key)));
    }
    if decision.rescan {
        lines.push(format!("{seconds} rescan"));
    }
    if let Some(wake) = decision.wake {
        lines.push(format!("{seconds} wakes {}", wake.duration_since(at(0)).as_secs()));
    }
    lines
}

/// Plays a script: each line is a time in seconds and, where a scan ran then, the states it found.
/// `restart` in place of states writes what is known to JSON and reads it back.
fn play(settings: &dyn Fn(i64) -> Settings, script: &[&str]) -> Vec<String> {
    let mut state = NotifyState::default();
    let mut newest = None;
    let mut log = Vec::new();
    for step in script {
        let (seconds, states) = step.split_once(' ').unwrap_or((step, ""));
        let seconds: i64 = seconds.parse().expect("seconds");
        if states == "restart" {
            let json = serde_json::to_string(&state).expect("written");
            state = serde_json::from_str(&json).expect("read back");
            newest = None;
            continue;
        }
        if !states.is_empty() {
            newest = Some(snapshot(seconds, states));
        }
        let Some(newest) = &newest else { continue };
        let decision = decide(&mut state, newest, &settings(seconds), &zoned(seconds), &title);
        log.extend(lines(seconds, &decision));
    }
    log
}

/// One script: its name, the settings, the steps, and what comes of it.
type Case = (&'static str, fn(i64) -> Settings, &'static [&'static str], &'static [&'static str]);

fn plain(_now: i64) -> Settings {
    Settings::default()
}

fn no_recovery(_now: i64) -> Settings {
    let mut settings = Settings::default();
    settings.notifications.recovery = false;
    settings
}

fn no_suggestions(_now: i64) -> Settings {
    let mut settings = Settings::default();
    settings.notifications.suggested = false;
    settings
}

fn no_failures(_now: i64) -> Settings {
    let mut settings = Settings::default();
    settings.notifications.failing = false;
    settings
}

fn ignored(_now: i64) -> Settings {
    let mut settings = Settings::default();
    settings.ignored.insert(PracticeId::Firewall, "lab".to_owned());
    settings
}

fn ignored_until_100(now: i64) -> Settings {
    if now < 100 { ignored(now) } else { Settings::default() }
}

/// Snoozed at 50 for a day (until 86450).
fn snoozed_at_50(now: i64) -> Settings {
    let mut settings = Settings::default();
    if now >= 50 {
        settings.snoozed.insert(PracticeId::Firewall, at(86_450));
    }
    settings
}

/// As above, and the snoozing is ended by hand at 200.
fn snoozed_from_50_to_200(now: i64) -> Settings {
    if now < 200 { snoozed_at_50(now) } else { Settings::default() }
}

/// 08:01 to 09:00, which is second 60 to 3600.
fn quiet(_now: i64) -> Settings {
    let mut settings = Settings::default();
    let (from, until) = (jiff::civil::time(8, 1, 0, 0), jiff::civil::time(9, 0, 0, 0));
    settings.notifications.quiet_hours = Some(QuietHours { from, until });
    settings
}

fn at_once(_now: i64) -> Settings {
    let mut settings = Settings::default();
    settings.notifications.settle_seconds = 0;
    settings
}

const CASES: &[Case] = &[
    (
        "the first scan ever is silent",
        plain,
        &[
            "0 firewall=fail screenLock=nudge remoteLogin=unknown",
            "300 firewall=fail screenLock=nudge remoteLogin=unknown",
        ],
        &[],
    ),
    (
        "what breaks is told once, after a second look when it has settled",
        plain,
        &["0 firewall=pass", "300 firewall=fail", "320", "320 firewall=fail", "600 firewall=fail", "900 firewall=fail"],
        &["300 wakes 320", "320 rescan", "320 fails firewall: firewall Fail"],
    ),
    (
        "what is mended before it settled is never told",
        plain,
        &["0 firewall=pass", "300 firewall=fail", "310 firewall=pass", "320", "600 firewall=pass"],
        &["300 wakes 320"],
    ),
    (
        "what is mended when it is looked at again is never told",
        plain,
        &["0 firewall=pass", "300 firewall=fail", "320", "320 firewall=pass", "600 firewall=pass"],
        &["300 wakes 320", "320 rescan"],
    ),
    (
        "flapping starts the settle time anew each time",
        plain,
        &[
            "0 firewall=pass",
            "300 firewall=fail",
            "310 firewall=pass",
            "315 firewall=fail",
            "320 firewall=fail",
            "335 firewall=fail",
        ],
        &["300 wakes 320", "315 wakes 335", "320 wakes 335", "335 fails firewall: firewall Fail"],
    ),
    (
        "without a settle time it is told at once",
        at_once,
        &["0 firewall=pass", "5 firewall=fail", "6 firewall=pass"],
        &["5 fails firewall: firewall Fail", "6 fixed firewall: Fixed: firewall Pass"],
    ),
    (
        "several at once are one summary, and what is mended later is said each",
        at_once,
        &[
            "0 firewall=pass screenLock=pass remoteLogin=pass",
            "5 firewall=fail screenLock=fail remoteLogin=nudge",
            "6 firewall=pass screenLock=fail remoteLogin=nudge",
            "7 firewall=pass screenLock=pass remoteLogin=pass",
        ],
        &[
            "5 fails summary 1: 3 practices need attention",
            "6 fixed firewall: Fixed: firewall Pass",
            "7 fixed summary 1: Fixed: 2 practices",
        ],
    ),
    (
        "what is fixed takes the place of a summary that nothing else stands in",
        at_once,
        &["0 firewall=pass screenLock=pass", "5 firewall=fail screenLock=fail", "6 firewall=pass screenLock!=fail"],
        &["5 fails summary 1: 2 practices need attention", "6 fixed summary 1: Fixed: firewall Pass"],
    ),
    (
        "a suggestion is told as one",
        at_once,
        &["0 firewall=pass", "5 firewall=nudge"],
        &["5 nudges firewall: firewall Nudge"],
    ),
    (
        "a second worsening is told in place of the first",
        at_once,
        &[
            "0 firewall=pass",
            "5 firewall=nudge",
            "6 firewall=fail",
            "7 firewall=fail",
            "8 firewall=nudge",
            "9 firewall=pass",
        ],
        &[
            "5 nudges firewall: firewall Nudge",
            "6 fails firewall: firewall Fail",
            "9 fixed firewall: Fixed: firewall Pass",
        ],
    ),
    (
        "a worsening out of a summary leaves the summary to the others",
        at_once,
        &[
            "0 firewall=pass screenLock=pass",
            "5 firewall=nudge screenLock=nudge",
            "6 firewall=fail screenLock=nudge",
            "7 firewall=fail screenLock=fail",
        ],
        &[
            "5 nudges summary 1: 2 practices need attention",
            "6 fails firewall: firewall Fail",
            "7 withdraws summary 1",
            "7 fails screenLock: screenLock Fail",
        ],
    ),
    (
        "what was bad from the start is no news, and neither is its mending",
        at_once,
        &["0 firewall=fail", "5 firewall=pass"],
        &[],
    ),
    (
        "not being able to tell is no news, and makes none of what is known",
        at_once,
        &[
            "0 firewall=pass",
            "1 firewall=unknown",
            "2 firewall=pass",
            "3 firewall=unknown",
            "4 firewall=fail",
            "5 firewall=unknown",
            "6 firewall=fail",
            "7 firewall=unknown",
            "8 firewall=pass",
        ],
        &["4 fails firewall: firewall Fail", "8 fixed firewall: Fixed: firewall Pass"],
    ),
    (
        "what could not be told in between has not held",
        plain,
        &[
            "0 firewall=pass",
            "300 firewall=fail",
            "310 firewall=unknown",
            "320",
            "325 firewall=fail",
            "345 firewall=fail",
        ],
        &["300 wakes 320", "325 wakes 345", "345 fails firewall: firewall Fail"],
    ),
    (
        "what could never be told is silent when it first can",
        at_once,
        &["0 firewall=unknown", "5 firewall=fail", "6 firewall=pass", "7 firewall=fail"],
        &["7 fails firewall: firewall Fail"],
    ),
    (
        "what broke while the program did not run is told, and only once",
        plain,
        &[
            "0 firewall=pass",
            "1 restart",
            "40000 firewall=fail",
            "40020 firewall=fail",
            "40021 restart",
            "80000 firewall=fail",
            "80020 firewall=fail",
            "90000 firewall=pass",
            "90020 firewall=pass",
        ],
        &[
            "40000 wakes 40020",
            "40020 fails firewall: firewall Fail",
            "90000 wakes 90020",
            "90020 fixed firewall: Fixed: firewall Pass",
        ],
    ),
    (
        "another requirement is no breaking, also when a message stands",
        at_once,
        &[
            "0 firewall=pass",
            "5 firewall!=fail",
            "6 firewall!=fail",
            "7 firewall!=pass",
            "8 firewall!=fail",
            "9 firewall=fail",
            "10 firewall=pass",
        ],
        &["8 fails firewall: firewall Fail", "9 withdraws firewall"],
    ),
    (
        "a practice that is no longer asked for takes its message along",
        at_once,
        &[
            "0 firewall=pass screenLock=pass",
            "5 firewall=fail screenLock=pass",
            "6 screenLock=pass",
            "7 firewall=fail screenLock=pass",
        ],
        &["5 fails firewall: firewall Fail", "6 withdraws firewall"],
    ),
    (
        "recovery can be switched off, and then only takes the message away",
        no_recovery,
        &["0 firewall=pass", "5 firewall=fail", "25 firewall=fail", "30 firewall=pass", "50 firewall=pass"],
        &["5 wakes 25", "25 fails firewall: firewall Fail", "30 wakes 50", "50 withdraws firewall"],
    ),
    (
        "suggestions can be switched off, failures still come",
        no_suggestions,
        &["0 firewall=pass", "5 firewall=nudge", "25 firewall=nudge", "30 firewall=fail", "50 firewall=fail"],
        &["5 wakes 25", "30 wakes 50", "50 fails firewall: firewall Fail"],
    ),
    (
        "failures can be switched off",
        no_failures,
        &["0 firewall=pass", "5 firewall=fail", "25 firewall=fail", "30 firewall=fail"],
        &["5 wakes 25"],
    ),
    (
        "an ignored practice is quiet",
        ignored,
        &[
            "0 firewall=pass screenLock=pass",
            "5 firewall=fail screenLock=fail",
            "25 firewall=fail screenLock=fail",
            "30 firewall=pass screenLock=fail",
            "50 firewall=pass screenLock=fail",
        ],
        &["5 wakes 25", "25 fails screenLock: screenLock Fail", "30 wakes 50"],
    ),
    (
        "what broke while it was ignored is not told later",
        ignored_until_100,
        &["0 firewall=pass", "5 firewall=fail", "25 firewall=fail", "100 firewall=fail", "200 firewall=fail"],
        &["5 wakes 25"],
    ),
    (
        "a snoozed message comes back once, when the time is over",
        snoozed_at_50,
        &[
            "0 firewall=pass",
            "5 firewall=fail",
            "25 firewall=fail",
            "50 firewall=fail",
            "86449 firewall=fail",
            "86450 firewall=fail",
            "86460 firewall=fail",
            "90000 firewall=fail",
        ],
        &[
            "5 wakes 25",
            "25 fails firewall: firewall Fail",
            "50 wakes 86450",
            "86449 wakes 86450",
            "86450 fails firewall: firewall Fail",
        ],
    ),
    (
        "a snoozed message does not come back when the snoozing is ended by hand",
        snoozed_from_50_to_200,
        &[
            "0 firewall=pass",
            "5 firewall=fail",
            "25 firewall=fail",
            "50 firewall=fail",
            "200 firewall=fail",
            "86450 firewall=fail",
        ],
        &["5 wakes 25", "25 fails firewall: firewall Fail", "50 wakes 86450"],
    ),
    (
        "what is mended while it is snoozed is not told, its message goes",
        snoozed_at_50,
        &[
            "0 firewall=pass",
            "5 firewall=fail",
            "25 firewall=fail",
            "50 firewall=fail",
            "100 firewall=pass",
            "120 firewall=pass",
            "86450 firewall=pass",
        ],
        &[
            "5 wakes 25",
            "25 fails firewall: firewall Fail",
            "50 wakes 86450",
            "100 wakes 120",
            "120 withdraws firewall",
        ],
    ),
    (
        "what breaks while it is snoozed is told when the time is over",
        snoozed_at_50,
        &["0 firewall=pass", "100 firewall=fail", "120 firewall=fail", "86450 firewall=fail", "86460 firewall=fail"],
        &["100 wakes 120", "120 wakes 86450", "86450 fails firewall: firewall Fail"],
    ),
    (
        "quiet hours put off what breaks, as one summary, and what is mended in them is never told",
        quiet,
        &[
            "0 firewall=pass screenLock=pass remoteLogin=pass",
            "100 firewall=fail screenLock=pass remoteLogin=fail",
            "120 firewall=fail screenLock=pass remoteLogin=fail",
            "500 firewall=fail screenLock=fail remoteLogin=pass",
            "520 firewall=fail screenLock=fail remoteLogin=pass",
            "3600",
            "3700 firewall=fail screenLock=fail remoteLogin=pass",
        ],
        &[
            "100 wakes 120",
            "120 wakes 3600",
            "500 wakes 520",
            "520 wakes 3600",
            "3600 fails summary 1: 2 practices need attention",
        ],
    ),
    (
        "a clock that is set back does not keep a change waiting",
        plain,
        &["100000 firewall=pass", "100300 firewall=fail", "50 firewall=fail", "70 firewall=fail"],
        &["100300 wakes 100320", "50 wakes 70", "70 fails firewall: firewall Fail"],
    ),
];

#[test]
fn every_script_tells_what_it_should_and_nothing_else() {
    let mut wrong = Vec::new();
    for (name, settings, script, expected) in CASES {
        let log = play(settings, script);
        if log != *expected {
            wrong.push(format!("{name}\n  expected {expected:#?}\n  got {log:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn a_notice_says_why_and_names_its_practices() {
    let mut state = NotifyState::default();
    let settings = at_once(0);
    let first = snapshot(0, "firewall=pass screenLock=pass");
    decide(&mut state, &first, &settings, &zoned(0), &title);
    let decision = decide(&mut state, &snapshot(1, "firewall=fail screenLock=pass"), &settings, &zoned(1), &title);
    let [notice] = decision.notices.as_slice() else { panic!("{decision:?}") };
    assert_eq!(notice.body, "firewall is Fail");
    assert_eq!(notice.practices, [PracticeId::Firewall]);
    let mut state = NotifyState::of_snapshot(&first);
    let both = snapshot(1, "firewall=fail screenLock=fail");
    let decision = decide(&mut state, &both, &settings, &zoned(1), &title);
    let [notice] = decision.notices.as_slice() else { panic!("{decision:?}") };
    assert_eq!(notice.body, "firewall Fail\nscreenLock Fail");
    assert_eq!(notice.practices, [PracticeId::Firewall, PracticeId::ScreenLock]);
}

#[test]
fn a_practice_without_a_title_is_told_by_its_reason() {
    let mut state = NotifyState::of_snapshot(&snapshot(0, "firewall=pass"));
    let decision = decide(&mut state, &snapshot(1, "firewall=fail"), &at_once(1), &zoned(1), &|_| String::new());
    assert_eq!(decision.notices[0].title, "firewall is Fail");
}

#[test]
fn quiet_hours_follow_the_local_time_over_midnight_and_over_a_clock_change() {
    // From, until, the time zone, the moment, and the moment at which they end.
    let cases = [
        ("22:00", "07:00", "Europe/Berlin", "2026-11-23T22:30:00+01:00", Some("2026-11-24T06:00:00Z")),
        ("22:00", "07:00", "Europe/Berlin", "2026-11-23T06:59:59+01:00", Some("2026-11-23T06:00:00Z")),
        ("22:00", "07:00", "Europe/Berlin", "2026-11-23T07:00:00+01:00", None),
        ("22:00", "07:00", "Europe/Berlin", "2026-11-23T21:59:59+01:00", None),
        ("22:00", "07:00", "UTC", "2026-11-23T21:30:00Z", None),
        ("12:00", "13:00", "UTC", "2026-11-23T12:00:00Z", Some("2026-11-23T13:00:00Z")),
        ("12:00", "13:00", "UTC", "2026-11-23T13:00:00Z", None),
        // The night in which the clock goes back, and the one in which 02:30 does not exist.
        ("22:00", "07:00", "Europe/Berlin", "2026-10-24T23:00:00+02:00", Some("2026-10-25T06:00:00Z")),
        ("22:00", "02:30", "Europe/Berlin", "2026-03-28T23:00:00+01:00", Some("2026-03-29T01:30:00Z")),
    ];
    for (from, until, zone, now, end) in cases {
        let mut settings = at_once(0);
        let hours = QuietHours { from: from.parse().expect("a time"), until: until.parse().expect("a time") };
        settings.notifications.quiet_hours = Some(hours);
        let zone = match zone {
            "UTC" => TimeZone::UTC,
            // The rule of the zone itself, so that the test needs no time zone data on the machine.
            _ => TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").expect("a rule"),
        };
        let now: jiff::Timestamp = now.parse().expect("a time");
        let mut state = NotifyState::of_snapshot(&snapshot(0, "firewall=pass"));
        let failing = snapshot(1, "firewall=fail");
        let decision = decide(&mut state, &failing, &settings, &now.to_zoned(zone), &title);
        assert_eq!(decision.wake, end.map(|end| end.parse().expect("a time")), "{from} to {until} at {now}");
        assert_eq!(decision.notices.is_empty(), end.is_some(), "{from} to {until} at {now}");
    }
}
