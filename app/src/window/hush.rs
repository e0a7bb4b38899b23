//! Whether the person put a practice aside: snoozed until some time, or ignored for a reason.

use stethoscope_probes::practice::PracticeId;
use stethoscope_probes::text;

use super::when::Moment;
use crate::settings::Settings;
use crate::words::{say, tr};

/// A practice that was put aside. It keeps its state; only notifications are quiet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Aside {
    /// For the list and the detail: `Snoozed until 14:00`.
    pub(super) words: String,
    pub(super) ignored: bool,
}

/// How a practice was put aside, if it was and that still holds.
pub(super) fn of(settings: &Settings, practice: PracticeId, moment: &Moment) -> Option<Aside> {
    if let Some(reason) = settings.ignored.get(&practice) {
        let words = if reason.trim().is_empty() {
            say("Ignored").to_owned()
        } else {
            tr(&text!("Ignored: {reason}", reason = reason))
        };
        return Some(Aside { words, ignored: true });
    }
    let until = *settings.snoozed.get(&practice)?;
    (until > moment.now).then(|| Aside { words: moment.until(until), ignored: false })
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::tz::TimeZone;

    use super::*;

    #[test]
    fn a_snooze_that_is_over_is_not_said() {
        let at = |text: &str| text.parse::<Timestamp>().expect("a time");
        let mut settings = Settings::default();
        settings.snoozed.insert(PracticeId::Firewall, at("2026-11-23T09:00:00Z"));
        let said = |now: &str| {
            let moment = Moment { now: at(now), zone: TimeZone::UTC };
            of(&settings, PracticeId::Firewall, &moment).map(|aside| aside.words)
        };
        assert_eq!(said("2026-11-23T08:59:00Z").as_deref(), Some("Snoozed until 09:00"));
        assert_eq!(said("2026-11-23T09:00:00Z"), None);
    }
}
