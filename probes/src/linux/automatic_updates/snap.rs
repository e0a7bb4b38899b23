//! Snaps, which snapd refreshes by itself unless somebody holds it back.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::{Mechanism, evidence, unit_evidence, units};
use crate::finding::Evidence;
use crate::host::Host;
use crate::linux::applications::snap;
use crate::linux::systemd::Unit;
use crate::text::Text;

/// For some hours after it was installed or started, snapd holds back by itself.
const OWN_HOLD: SignedDuration = SignedDuration::from_hours(48);

/// `snap refresh --hold` without a time holds for some three centuries. Source: snapd, `overlord/snapstate`.
const FOR_GOOD: i16 = 2100;

const CHECK: &str = "snap refresh --time";

/// Says nothing where there are no snaps or they are refreshed; never that all is updated.
pub(super) fn observe(host: &dyn Host) -> Mechanism {
    let unsure = |saw: String| Mechanism::missing().with([evidence("snap", saw, "snap list")]);
    let names = match snap::names(host) {
        Ok(names) if names.is_empty() => return Mechanism::missing(),
        Ok(names) => names,
        Err(error) => return unsure(format!("which snaps are installed could not be read: {error}")),
    };
    match units(host, &["snapd.service", "snapd.socket"]) {
        Ok(units) => refreshed(host, &names, &units),
        Err(error) => unsure(format!("whether snapd runs could not be told: {error}")),
    }
}

fn refreshed(host: &dyn Host, names: &[String], units: &[Unit]) -> Mechanism {
    let off = || Mechanism::held(text!("Snaps are not updated: snapd, which does it, is switched off"));
    if let Some(masked) = units.iter().find(|unit| unit.file_state.starts_with("masked")) {
        return off().with([unit_evidence(masked)]);
    }
    let says = |saw: String| evidence("snapd", saw, CHECK);
    let Some(service) = units.iter().find(|unit| unit.name == "snapd.service") else { return Mechanism::missing() };
    if service.is_active() != Some(true) {
        let dead = |unit: &Unit| unit.is_active() == Some(false) && unit.is_enabled() == Some(false);
        if units.iter().all(|unit| unit.exists() && dead(unit)) {
            return off().with(units.iter().map(unit_evidence));
        }
        let saw = "not seen to run, and asking would start it: whether updates of snaps are on hold is not known";
        return Mechanism::missing().with([says(saw.to_owned()), unit_evidence(service)]);
    }
    let refreshes = match host.snap_refreshes() {
        Ok(refreshes) => refreshes,
        Err(error) => {
            let saw = format!("runs; whether updates of snaps are on hold could not be asked: {error}");
            return Mechanism::missing().with([says(saw)]);
        }
    };
    let now = host.now();
    let by_somebody = |until: &Timestamp| until.duration_since(now) > OWN_HOLD;
    if let Some(until) = refreshes.hold.filter(by_somebody) {
        return Mechanism::held(on_hold(until)).with([says(format!("hold until {until}"))]);
    }
    let held = refreshes.held.iter().filter(|(_, until)| by_somebody(until));
    let single: Vec<Evidence> = held
        .map(|(name, until)| evidence(format!("snap {name}"), format!("held until {until}"), "snap list"))
        .collect();
    // Each for itself is as good as all at once.
    let of_each: Option<Vec<Timestamp>> =
        names.iter().map(|name| refreshes.held.get(name).copied().filter(by_somebody)).collect();
    if let Some(first) = of_each.and_then(|all| all.into_iter().min()) {
        return Mechanism::held(on_hold(first)).with(single);
    }
    let last = refreshes.last.map(|last| format!("; it last looked at {last}")).unwrap_or_default();
    let wait = refreshes.hold.filter(|until| *until > now).map(|until| format!("; it waits until {until}"));
    let saw = format!("snapd refreshes snaps by itself{last}{}", wait.unwrap_or_default());
    Mechanism::missing().with([says(saw)]).with(single)
}

fn on_hold(until: Timestamp) -> Text {
    let day = TimeZone::UTC.to_datetime(until).date();
    if day.year() >= FOR_GOOD {
        text!("Snaps are not updated: their updates are on hold for good (snap refresh --hold)")
    } else {
        text!("Snaps are not updated: their updates are on hold until {day}", day = day)
    }
}
