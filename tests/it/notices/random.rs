//! What is told of a machine that changes at random: never the same thing twice.

use proptest::prelude::*;
use stethoscope::notify::{Kind, NotifyState, decide};
use stethoscope::settings::Settings;
use stethoscope::verdict::VerdictState;
use stethoscope_probes::practice::PracticeId;

use super::zoned;
use crate::scripted::{at, snapshot, title};

/// What happened to one practice, as the program saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    State(&'static str),
    Told(Kind),
}

/// A machine whose true states change at random, with scans at random times, and the program that
/// follows each wish to look again at once.
fn simulate(truths: &[(u8, u8, i64)], settle: u32) -> Vec<(PracticeId, Seen)> {
    const STATES: [&str; 4] = ["pass", "nudge", "fail", "unknown"];
    let mut settings = Settings::default();
    settings.notifications.settle_seconds = settle;
    let mut state = NotifyState::default();
    let mut truth = ["pass"; 3];
    let (mut now, mut seen) = (0, Vec::new());
    for (which, what, pause) in truths {
        let practice = usize::from(*which) % 3;
        truth[practice] = STATES[usize::from(*what) % 4];
        now += pause;
        let states: Vec<String> =
            PRACTICES.iter().zip(truth).map(|(practice, state)| format!("{practice}={state}")).collect();
        seen.extend(PRACTICES.into_iter().zip(truth).map(|(practice, state)| (practice, Seen::State(state))));
        let mut newest = snapshot(now, &states.join(" "));
        for _look in 0..4 {
            let decision = decide(&mut state, &newest, &settings, &zoned(now), &title);
            for notice in &decision.notices {
                // A summary has the kind of its worst practice, each practice that of its own state.
                let kind = |practice| match newest.verdict(practice).expect("it was judged").state {
                    _ if notice.kind == Kind::Fixed => Kind::Fixed,
                    VerdictState::Nudge => Kind::Nudges,
                    _ => Kind::Fails,
                };
                seen.extend(notice.practices.iter().map(|practice| (*practice, Seen::Told(kind(*practice)))));
            }
            if decision.rescan {
                newest = snapshot(now, &states.join(" "));
                continue;
            }
            // Sometimes nothing else happens before the settle time is over.
            match decision.wake {
                Some(wake) if pause % 2 == 0 => now = wake.duration_since(at(0)).as_secs(),
                _ => break,
            }
        }
        // A restart at any time changes nothing.
        state = serde_json::from_str(&serde_json::to_string(&state).expect("written")).expect("read back");
    }
    seen
}

const PRACTICES: [PracticeId; 3] = [PracticeId::Firewall, PracticeId::ScreenLock, PracticeId::RemoteLogin];

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_standing_failure_is_never_told_twice(
        truths in prop::collection::vec((any::<u8>(), any::<u8>(), 1_i64..60), 1..60),
        settle in prop::sample::select(vec![0_u32, 20, 45]),
    ) {
        let seen = simulate(&truths, settle);
        for practice in PRACTICES {
            // What was told last, and what was seen since.
            let (mut last, mut since) = (Kind::Fixed, vec!["pass"]);
            for (_, seen) in seen.iter().filter(|(of, _)| *of == practice) {
                let kind = match seen {
                    Seen::State(state) => {
                        since.push(*state);
                        continue;
                    }
                    Seen::Told(kind) => *kind,
                };
                let fine = match (last, kind) {
                    // Only what passed can become a suggestion, and only what was bad can be fixed.
                    (Kind::Fixed, Kind::Fixed) => false,
                    (_, Kind::Nudges) => since.contains(&"pass") && since.contains(&"nudge"),
                    (Kind::Fails, Kind::Fails) => since.contains(&"pass") || since.contains(&"nudge"),
                    (_, Kind::Fails) => since.contains(&"fail"),
                    (_, _) => since.contains(&"pass"),
                };
                prop_assert!(fine, "{practice}: {last:?}, then {kind:?}, between them {since:?}");
                // The state that was told is the one that was seen last.
                let standing = since.last().copied().unwrap_or("pass");
                let told = match kind { Kind::Fails => "fail", Kind::Nudges => "nudge", _ => "pass" };
                prop_assert_eq!(standing, told);
                (last, since) = (kind, vec![standing]);
            }
        }
    }

    #[test]
    fn what_stays_as_it_is_after_the_first_message_is_never_told_again(
        truths in prop::collection::vec((any::<u8>(), any::<u8>(), 1_i64..60), 1..20),
        looks in prop::collection::vec(1_i64..100_000, 1..20),
    ) {
        let mut settings = Settings::default();
        settings.notifications.settle_seconds = 20;
        let mut state = NotifyState::default();
        let mut now = 0;
        let mut states = String::from("firewall=pass");
        for (_, what, pause) in &truths {
            now += pause;
            states = format!("firewall={}", ["pass", "nudge", "fail", "unknown"][usize::from(*what) % 4]);
            decide(&mut state, &snapshot(now, &states), &settings, &zoned(now), &title);
        }
        let mut told = 0;
        for pause in looks {
            now += pause;
            told += decide(&mut state, &snapshot(now, &states), &settings, &zoned(now), &title).notices.len();
        }
        prop_assert!(told <= 1, "told {told} times that {states}");
    }
}
