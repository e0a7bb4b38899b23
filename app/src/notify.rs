//! What to tell the user, and when. Pure: the snapshot, the settings and the time come in, notices
//! and the next time to look go out.
//!
//! For each practice the state that the user *knows* is kept: what was told, or what was there when
//! the program first looked. A practice that differs from what is known, and still does when it is
//! looked at again after the settle time, is told once, and then that is what is known.

pub mod questions;
pub mod send;
mod words;

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::civil::Time;
use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Serialize};
use stethoscope_probes::practice::PracticeId;

use crate::policy::Requirement;
use crate::settings::{QuietHours, Settings};
use crate::site::Origin;
use crate::snapshot::Snapshot;
use crate::verdict::{Verdict, VerdictState};

/// What the user knows. Kept on disk, so that nothing is told again after a restart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NotifyState {
    practices: BTreeMap<PracticeId, Known>,
    /// How many summaries there were. Each is a message of its own.
    summaries: u64,
}

/// What the user knows of one practice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Known {
    /// Never `Unknown`: not being able to tell is no news, and does not make old news new.
    state: VerdictState,
    /// What was asked when it was judged. Another question makes another answer no news.
    requirement: Requirement,
    /// The message that told it, while it stands.
    message: Option<Key>,
    /// It differs from what is known.
    change: Option<Change>,
    /// The user put the message off until then.
    put_off: Option<Timestamp>,
}

/// A difference that has yet to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Change {
    better: Better,
    /// When it was first seen.
    since: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Better {
    Yes,
    No,
}

/// Which message on the screen a notice is. A newer notice of the same key takes its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Key {
    Practice(PracticeId),
    /// Several practices at once.
    Summary(u64),
    /// A web site that waits for the user's word. Never kept on disk.
    Question(u64),
}

/// What a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A practice fails.
    Fails,
    /// A practice could be better.
    Nudges,
    /// What an earlier message told is over.
    Fixed,
    /// A web site asks something.
    Asks,
    /// Nothing to say: takes the earlier message away.
    Withdrawn,
}

/// One message to show, or to take away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub key: Key,
    pub kind: Kind,
    /// In the user's language, as is the body.
    pub title: String,
    pub body: String,
    /// What *Show me* opens and *Snooze* puts off. More than one in a summary.
    pub practices: Vec<PracticeId>,
    /// The site that asks, in a question.
    pub asks: Option<Asker>,
}

/// Who asks in a notice, and for what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asker {
    pub origin: Origin,
    /// Only for what tells this device from all others: then a yes means that.
    pub identifiers: bool,
}

/// What to do now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    pub notices: Vec<Notice>,
    /// When to decide again, if no snapshot comes before.
    pub wake: Option<Timestamp>,
    /// The settle time of something is over: look again, and decide with the new snapshot.
    pub rescan: bool,
}

impl NotifyState {
    /// For a first start after snapshots were kept but nothing was told: what was known then.
    pub fn of_snapshot(snapshot: &Snapshot) -> Self {
        let known = snapshot.verdicts.iter().filter(|verdict| verdict.state != VerdictState::Unknown);
        NotifyState { practices: known.map(|verdict| (verdict.practice(), Known::of(verdict))).collect(), summaries: 0 }
    }
}

impl Known {
    /// Known without a message: how things are when they are first seen.
    fn of(verdict: &Verdict) -> Self {
        Known {
            state: verdict.state,
            requirement: verdict.requirement.clone(),
            message: None,
            change: None,
            put_off: None,
        }
    }
}

/// What a change comes to once it has held.
enum Settled<'a> {
    Broke(&'a Verdict),
    Mended(&'a Verdict, Key),
    /// Changed, but there is nothing to show. An old message may have to go.
    Quietly(Option<Key>),
}

/// Decides what to tell. Call it with every snapshot, when [`Decision::wake`] comes and when the
/// settings change. `title` gives the title for the state of a verdict.
pub fn decide(
    state: &mut NotifyState,
    snapshot: &Snapshot,
    settings: &Settings,
    now: &Zoned,
    title: &dyn Fn(&Verdict) -> String,
) -> Decision {
    let mut decision = Decision::default();
    let quiet_until = settings.notifications.quiet_hours.and_then(|hours| end_of_quiet(hours, now));
    let mut settled = Vec::new();
    for verdict in &snapshot.verdicts {
        settled.extend(settle(state, verdict, settings, now.timestamp(), quiet_until, &mut decision));
    }
    // A policy that no longer asks for a practice ends all talk about it.
    let gone = state.practices.extract_if(.., |practice, _| snapshot.verdict(*practice).is_none());
    let gone: Vec<Key> = gone.filter_map(|(_, known)| known.message).collect();
    let (mut broke, mut mended, mut left) = (Vec::new(), Vec::new(), gone);
    for change in settled {
        match change {
            Settled::Broke(verdict) => broke.push(verdict),
            Settled::Mended(verdict, key) => mended.push((verdict, key)),
            Settled::Quietly(key) => left.extend(key),
        }
    }
    let bad = bad_news(state, &broke, &mut left, title);
    let good = fixed(state, &mended, title);
    left.sort();
    left.dedup();
    let is_free = |key: &Key| !state.practices.values().any(|known| known.message == Some(*key));
    let is_reused = |key: &Key| good.iter().chain(&bad).any(|notice| notice.key == *key);
    let withdrawn = left.into_iter().filter(|key| is_free(key) && !is_reused(key)).map(words::withdrawn);
    // First what goes, then what is fixed, then what broke: bad news end on top.
    decision.notices.extend(withdrawn);
    decision.notices.extend(good);
    decision.notices.extend(bad);
    decision
}

/// Compares one practice with what is known of it, and moves what is known once a change has held.
fn settle<'a>(
    state: &mut NotifyState,
    verdict: &'a Verdict,
    settings: &Settings,
    now: Timestamp,
    quiet_until: Option<Timestamp>,
    decision: &mut Decision,
) -> Option<Settled<'a>> {
    let practice = verdict.practice();
    if verdict.state == VerdictState::Unknown {
        // What cannot be told does not hold.
        if let Some(known) = state.practices.get_mut(&practice) {
            known.change = None;
        }
        return None;
    }
    let Some(known) = state.practices.get_mut(&practice) else {
        state.practices.insert(practice, Known::of(verdict));
        return None;
    };
    if known.requirement != verdict.requirement {
        // The user or the organisation asks something else. The device did not break, and the
        // window shows the new answer.
        let old = known.message;
        *known = Known::of(verdict);
        return Some(Settled::Quietly(old));
    }
    let ignored = settings.ignored.contains_key(&practice);
    let snoozed_until = settings.snoozed.get(&practice).copied().filter(|until| *until > now);
    if verdict.state == known.state {
        known.change = None;
        return reminder(known, verdict, settings, now, snoozed_until, quiet_until, decision);
    }

    let better = if verdict.state < known.state { Better::Yes } else { Better::No };
    let seen = verdict.finding.when;
    let since = match known.change {
        // A clock that was set back must not keep a change waiting for hours.
        Some(change) if change.better == better && change.since <= seen => change.since,
        _ => seen,
    };
    known.change = Some(Change { better, since });
    let held = Duration::from_secs(settings.notifications.settle_seconds.into());
    let settled_at = since + held;
    if seen < settled_at {
        if now < settled_at {
            decision.wake_at(settled_at);
        } else {
            decision.rescan = true;
        }
        return None;
    }
    let wanted = match (better, verdict.state) {
        // News that something put off is mended would come when nobody remembers it.
        (Better::Yes, _) => settings.notifications.recovery && known.message.is_some() && snoozed_until.is_none(),
        (Better::No, VerdictState::Nudge) => settings.notifications.suggested,
        (Better::No, _) => settings.notifications.failing,
    };
    if wanted && !ignored {
        // Told when it may be told, if it still holds then.
        if let Some(until) = quiet_until.max(snoozed_until) {
            decision.wake_at(until);
            return None;
        }
    }
    known.state = verdict.state;
    known.change = None;
    known.put_off = None;
    match better {
        Better::No if wanted && !ignored => Some(Settled::Broke(verdict)),
        // What was told before is no longer how it is, but it is not fine either.
        Better::Yes if verdict.state != VerdictState::Pass => None,
        Better::No => None,
        Better::Yes => match known.message.take() {
            Some(key) if wanted && !ignored => Some(Settled::Mended(verdict, key)),
            old => Some(Settled::Quietly(old)),
        },
    }
}

/// A message that the user put off comes back once, when the time is over and nothing was mended.
fn reminder<'a>(
    known: &mut Known,
    verdict: &'a Verdict,
    settings: &Settings,
    now: Timestamp,
    snoozed_until: Option<Timestamp>,
    quiet_until: Option<Timestamp>,
    decision: &mut Decision,
) -> Option<Settled<'a>> {
    if let Some(until) = snoozed_until {
        if known.message.is_some() {
            known.put_off = Some(until);
            decision.wake_at(until);
        }
        return None;
    }
    let until = known.put_off?;
    if now < until || settings.ignored.contains_key(&verdict.practice()) {
        // The user ended the snoozing by hand, or wants to hear no more of it.
        known.put_off = None;
        return None;
    }
    if let Some(until) = quiet_until {
        decision.wake_at(until);
        return None;
    }
    known.put_off = None;
    Some(Settled::Broke(verdict))
}

impl Decision {
    fn wake_at(&mut self, at: Timestamp) {
        self.wake = Some(self.wake.map_or(at, |earlier| earlier.min(at)));
    }
}

/// One message for one practice, one summary for several. The messages that spoke of them before
/// are `left`.
fn bad_news(
    state: &mut NotifyState,
    broke: &[&Verdict],
    left: &mut Vec<Key>,
    title: &dyn Fn(&Verdict) -> String,
) -> Option<Notice> {
    let (notice, key) = match broke {
        [] => return None,
        [verdict] => (words::broke(verdict, title), Key::Practice(verdict.practice())),
        several => {
            state.summaries += 1;
            let key = Key::Summary(state.summaries);
            (words::several_broke(several, key, title), key)
        }
    };
    for verdict in broke {
        if let Some(known) = state.practices.get_mut(&verdict.practice()) {
            left.extend(known.message.replace(key));
        }
    }
    Some(notice)
}

/// Good news take the place of the message that told the bad, unless that one still speaks of
/// something else that is not mended.
fn fixed(state: &mut NotifyState, mended: &[(&Verdict, Key)], title: &dyn Fn(&Verdict) -> String) -> Vec<Notice> {
    let mut groups: BTreeMap<Key, Vec<&Verdict>> = BTreeMap::new();
    for (verdict, key) in mended {
        groups.entry(*key).or_default().push(verdict);
    }
    let mut notices = Vec::new();
    for (key, verdicts) in groups {
        let still_stands = state.practices.values().any(|known| known.message == Some(key));
        let key = match (still_stands, verdicts.as_slice()) {
            (false, _) => key,
            (true, [verdict]) => Key::Practice(verdict.practice()),
            (true, _) => {
                state.summaries += 1;
                Key::Summary(state.summaries)
            }
        };
        notices.push(words::fixed(&verdicts, key, title));
    }
    notices
}

/// When the quiet hours end that it is now, or `None` outside of them.
fn end_of_quiet(hours: QuietHours, now: &Zoned) -> Option<Timestamp> {
    let time: Time = now.time();
    let quiet = if hours.from < hours.until {
        (hours.from..hours.until).contains(&time)
    } else {
        time >= hours.from || time < hours.until
    };
    if !quiet || hours.from == hours.until {
        return None;
    }
    let day = if time < hours.until { now.date() } else { now.date().tomorrow().ok()? };
    let end = day.to_datetime(hours.until).to_zoned(now.time_zone().clone()).ok()?;
    Some(end.timestamp())
}
