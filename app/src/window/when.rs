//! Points in time and spans, in words. The moment comes from outside: nothing here reads a clock.
//!
//! Times are said as they stand on a clock, not as "2 minutes ago", so that an untouched window
//! has nothing to redraw.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use stethoscope_probes::text;

use crate::words::{say, tr};

/// Now, and where the user's clock hangs.
#[derive(Clone, Debug)]
pub struct Moment {
    pub now: Timestamp,
    pub zone: TimeZone,
}

impl Moment {
    fn local(&self, time: Timestamp) -> Zoned {
        time.to_zoned(self.zone.clone())
    }

    /// `09:42` for today, else `12 November at 09:42`, with the year where it is another.
    pub(super) fn clock(&self, time: Timestamp) -> String {
        let (then, now) = (self.local(time), self.local(self.now));
        let clock = then.strftime("%H:%M").to_string();
        if then.date() == now.date() {
            return clock;
        }
        let month = say(MONTHS[then.month().unsigned_abs() as usize - 1]);
        tr(&if then.year() == now.year() {
            text!("{day} {month} at {clock}", day = then.day(), month = month, clock = clock)
        } else {
            text!("{day} {month} {year} at {clock}", day = then.day(), month = month, year = then.year(), clock = clock)
        })
    }

    /// `Checked at 09:42, took 4 ms`.
    pub(super) fn checked(&self, taken: Timestamp, micros: u64) -> String {
        tr(&text!("Last checked {when}, took {span}", when = self.clock(taken), span = span(micros)))
    }

    pub(super) fn until(&self, time: Timestamp) -> String {
        tr(&text!("Snoozed until {when}", when = self.clock(time)))
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// How long a scan took: `4 ms`, `1.3 s`.
fn span(micros: u64) -> String {
    match micros {
        0..1_000 => tr(&text!("less than 1 ms")),
        1_000..1_000_000 => tr(&text!("{count} ms", count = micros / 1_000)),
        _ => tr(&text!("{count} s", count = format!("{:.1}", micros as f64 / 1_000_000.0))),
    }
}

/// `5 minutes`, `1 hour`, `1 day`.
pub(super) fn minutes(count: u32) -> String {
    tr(&match count {
        1 => text!("1 minute"),
        60 => text!("1 hour"),
        1440 => text!("1 day"),
        count if count % 60 == 0 => text!("{count} hours", count = count / 60),
        count => text!("{count} minutes", count = count),
    })
}

/// `45 seconds`, `5 minutes`, `1 hour`.
pub(super) fn seconds(count: u32) -> String {
    match count {
        1 => tr(&text!("1 second")),
        count if count >= 60 && count % 60 == 0 => minutes(count / 60),
        count => tr(&text!("{count} seconds", count = count)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_is_said_only_when_it_is_another() {
        let at = |text: &str| text.parse::<Timestamp>().expect("a time");
        let moment = Moment { now: at("2026-11-23T08:00:00Z"), zone: TimeZone::UTC };
        assert_eq!(moment.clock(at("2026-11-23T00:05:00Z")), "00:05");
        assert_eq!(moment.clock(at("2026-11-22T23:59:00Z")), "22 November at 23:59");
        assert_eq!(moment.clock(at("2025-01-02T03:04:00Z")), "2 January 2025 at 03:04");
    }

    #[test]
    fn spans_are_said_in_the_unit_that_fits() {
        assert_eq!(
            [0, 999, 4_200, 999_999, 1_260_000].map(span),
            ["less than 1 ms", "less than 1 ms", "4 ms", "999 ms", "1.3 s"]
        );
        assert_eq!(
            [1, 45, 60, 90, 300, 3600].map(seconds),
            ["1 second", "45 seconds", "1 minute", "90 seconds", "5 minutes", "1 hour"]
        );
        assert_eq!([5, 90, 120, 1440].map(minutes), ["5 minutes", "90 minutes", "2 hours", "1 day"]);
    }
}
