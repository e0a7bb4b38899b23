//! logind, which can lock or suspend once a daemon has told it that nobody is there.
//!
//! Source: logind.conf(5), `IdleAction=`.

use serde_json::Value;

use super::daemons::Plan;
use super::lockers::Effect;
use crate::finding::Evidence;
use crate::host::{Bus, BusCall, Host};

const SERVICE: &str = "org.freedesktop.login1";
const PATH: &str = "/org/freedesktop/login1";
const MANAGER: &str = "org.freedesktop.login1.Manager";

/// Adds what logind does after the first daemon's hint. Without a hint it does nothing, whatever it is set to.
pub(super) fn add_step(host: &dyn Host, plans: &mut Vec<Plan>) {
    let Some(hint) = plans.iter().filter_map(|plan| plan.hint).min() else { return };
    let property = |name: &str| host.dbus(&BusCall::property(Bus::System, SERVICE, PATH, MANAGER, name)).ok();
    let Some(action) = property("IdleAction").as_ref().and_then(Value::as_str).map(str::to_owned) else { return };
    let effect = match action.as_str() {
        "lock" => Effect::AsksForLock,
        "suspend" | "hibernate" | "hybrid-sleep" | "suspend-then-hibernate" | "sleep" => Effect::Suspends,
        _ => return,
    };
    let Some(delay) = property("IdleActionUSec").as_ref().and_then(Value::as_u64) else { return };
    let delay = u32::try_from(delay / 1_000_000).unwrap_or(u32::MAX);
    plans.push(Plan {
        daemon: "logind",
        steps: vec![(hint.saturating_add(delay), effect)],
        evidence: vec![Evidence {
            source: MANAGER.to_owned(),
            saw: format!("IdleAction {action}, IdleActionUSec {delay}s"),
            check: format!("busctl get-property {SERVICE} {PATH} {MANAGER} IdleAction IdleActionUSec"),
        }],
        ..Plan::default()
    });
}
