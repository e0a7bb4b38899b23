//! Which computer is looked at: this one, or in a program built for tests a recorded one.

use std::sync::Arc;

use stethoscope_probes::host::Host;
use stethoscope_probes::host::live::LiveHost;

use super::arguments::MachineOrder;
use super::{Surroundings, Trouble};

/// The computer to look at.
pub(super) fn host(order: &MachineOrder, around: &Surroundings) -> Result<Arc<dyn Host>, Trouble> {
    #[cfg(feature = "fixture")]
    if let Some(file) = &order.host {
        return recorded(file);
    }
    // Without the feature there is nothing to choose.
    let MachineOrder { .. } = order;
    Ok(Arc::new(LiveHost::new(around.now)))
}

/// Whether the computer that is looked at is the one the program runs on.
pub(super) fn is_this(order: &MachineOrder) -> bool {
    #[cfg(feature = "fixture")]
    if order.host.is_some() {
        return false;
    }
    let MachineOrder { .. } = order;
    true
}

/// What every probe reads on that computer, as a text that replays it.
#[cfg(feature = "fixture")]
pub(super) fn record(order: &MachineOrder, around: &Surroundings) -> Result<String, Trouble> {
    Ok(stethoscope_probes::host::record::record(host(order, around)?))
}

#[cfg(feature = "fixture")]
fn recorded(file: &std::path::Path) -> Result<Arc<dyn Host>, Trouble> {
    use stethoscope_probes::host::fixture::FixtureHost;

    let host = FixtureHost::load(file, &|path| std::fs::read_to_string(path)).map_err(Trouble::new)?;
    Ok(Arc::new(host))
}
