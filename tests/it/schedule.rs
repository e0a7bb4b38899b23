//! When the next scan is due, with clocks that jump and machines that sleep.

use std::time::Duration;

use jiff::Timestamp;
use stethoscope::monitor::schedule::{Due, LONGEST_SLEEP, Moment, due};

const INTERVAL: Duration = Duration::from_secs(300);

fn moment(wall: i64, steady: u64) -> Moment {
    Moment { wall: Timestamp::from_second(wall).expect("a small number"), steady: Duration::from_secs(steady) }
}

#[test]
fn both_clocks_together_say_when_a_scan_is_due() {
    let wait = |seconds| Due::In(Duration::from_secs(seconds));
    // What happened since a scan at wall 1000000, steady 50: name, wall, steady, expected.
    let cases = [
        ("nothing yet", 1_000_000, 50, wait(300)),
        ("a minute passed", 1_000_060, 110, wait(240)),
        ("the last second", 1_000_299, 349, wait(1)),
        ("the time is up", 1_000_300, 350, Due::Now),
        ("long overdue", 1_009_000, 9_050, Due::Now),
        ("slept eight hours, the steady clock stood still", 1_028_800, 51, Due::Now),
        ("slept a minute of three", 1_000_180, 170, wait(120)),
        ("the wall clock was set back a year", 1_000_000 - 31_536_000, 110, wait(240)),
        ("set back a year, and the time is up", 1_000_000 - 31_536_000, 350, Due::Now),
        ("set forwards a year: one scan too many", 1_000_000 + 31_536_000, 60, Due::Now),
    ];
    for (name, wall, steady, expected) in cases {
        assert_eq!(due(Some(moment(1_000_000, 50)), INTERVAL, moment(wall, steady)), expected, "{name}");
    }
}

#[test]
fn the_first_scan_is_due_at_once() {
    assert_eq!(due(None, INTERVAL, moment(0, 0)), Due::Now);
}

#[test]
fn no_sleep_is_so_long_that_a_suspended_laptop_misses_a_day() {
    let day = Duration::from_secs(86_400);
    assert_eq!(due(Some(moment(0, 0)), day, moment(0, 0)), Due::In(LONGEST_SLEEP));
}

#[test]
fn a_wait_is_never_zero_and_so_never_spins() {
    for passed in 0..400 {
        if let Due::In(wait) = due(Some(moment(0, 0)), INTERVAL, moment(passed, passed.unsigned_abs())) {
            assert!(wait >= Duration::from_secs(1), "after {passed} seconds: {wait:?}");
        }
    }
}
