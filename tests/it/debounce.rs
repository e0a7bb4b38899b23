//! When it is looked again after changes that come alone, in bursts and without end.

use std::time::Duration;

use stethoscope::monitor::debounce::{Debounce, Look};
use stethoscope_probes::host::watch::{Change, Why};
use stethoscope_probes::practice::{PracticeId, Practices};

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

fn firewall() -> Change {
    Change::Practices(PracticeId::Firewall.into())
}

/// Changes at these times, each looked at as soon as that is due. When it was looked, in milliseconds.
fn looks(changes: impl IntoIterator<Item = u64>) -> Vec<u64> {
    let mut debounce = Debounce::default();
    let mut looks = Vec::new();
    let mut changes = changes.into_iter().peekable();
    let time = |due: Duration| u64::try_from(due.as_millis()).expect("a small number");
    loop {
        let due = debounce.due().map(time);
        match (due, changes.peek().copied()) {
            (Some(due), next) if next.is_none_or(|next| next > due) => {
                assert_eq!(debounce.take(ms(due - 1)), None, "not before it is due");
                assert_eq!(debounce.take(ms(due)), Some(Look::At(PracticeId::Firewall.into())));
                looks.push(due);
            }
            (_, Some(next)) => {
                changes.next();
                debounce.add(firewall(), ms(next));
            }
            (None, None) => return looks,
            (Some(_), None) => unreachable!("what is due is taken"),
        }
    }
}

#[test]
fn a_burst_is_looked_at_once_when_it_is_over() {
    for (name, changes, expected) in [
        ("nothing", vec![], vec![]),
        ("one", vec![1000], vec![1150]),
        ("an editor", vec![1000, 1001, 1003, 1100], vec![1250]),
        ("two, well apart", vec![1000, 2000], vec![1150, 2150]),
        ("three by hand, each at once", vec![1000, 2000, 3000], vec![1150, 2150, 3150]),
        ("ten thousand in half a second", (0..10_000).map(|number| 1000 + number / 20).collect(), vec![1649]),
    ] {
        assert_eq!(looks(changes), expected, "{name}");
    }
}

#[test]
fn what_goes_on_is_looked_at_less_and_less_often() {
    // A change every 20 ms for 30 seconds.
    let storm = looks((0..1500).map(|number| 1000 + number * 20));
    assert_eq!(storm[..7], [2000, 3020, 4040, 5060, 6080, 8100, 10_120], "{storm:?}");
    assert_eq!(storm[7..], [12_140, 14_160, 16_180, 21_200, 26_220, 31_220], "{storm:?}");
    // Four changes a second for an hour: no more looks than the timer would have made in a day.
    let hour = looks((0..14_400).map(|number| 1000 + number * 250));
    assert!(hour.len() < 200, "{} looks", hour.len());
    // A package manager that pauses between its packages.
    let pauses = looks((0..60).map(|number| 1000 + number * 500));
    assert!(pauses.len() <= 16, "{pauses:?}");
    // What came last is always looked at.
    assert!(storm.last() >= Some(&30_980) && pauses.last() >= Some(&30_500), "{storm:?} {pauses:?}");
}

#[test]
fn after_a_calm_it_begins_anew() {
    let mut changes: Vec<u64> = (0..500).map(|number| 1000 + number * 20).collect();
    // The last change was at 10980, and what it brought about is long over.
    changes.push(14_000);
    assert_eq!(looks(changes).last(), Some(&14_150));
}

#[test]
fn practices_come_together_and_everything_swallows_them() {
    let mut debounce = Debounce::default();
    debounce.add(firewall(), ms(0));
    debounce.add(Change::Practices(Practices::NONE), ms(100));
    debounce.add(Change::LeftOut(7), ms(120));
    assert_eq!(debounce.due(), Some(ms(150)), "what is nothing puts nothing off");
    debounce.add(Change::Practices(PracticeId::ScreenLock.into()), ms(140));
    let both = [PracticeId::Firewall, PracticeId::ScreenLock].into_iter().collect();
    assert_eq!(debounce.clone().take(ms(290)), Some(Look::At(both)));
    debounce.add(Change::Everything(Why::Resumed), ms(141));
    debounce.add(firewall(), ms(142));
    assert_eq!(debounce.clone().take(ms(292)), Some(Look::AtEverything));
    debounce.clear();
    assert_eq!((debounce.due(), debounce.take(ms(9999))), (None, None), "a scan of everything has seen it");
}
