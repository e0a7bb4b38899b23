//! Every probe, one line each, in display order.

use crate::linux;
use crate::practice::{Platform, PracticeId};
use crate::probe::Probe;

/// Every probe of every platform.
pub const CATALOG: &[Probe] = &[
    linux::os_version::PROBE,
    linux::software_updates::PROBE,
    linux::automatic_updates::PROBE,
    linux::firewall::PROBE,
    linux::disk_encryption::PROBE,
    linux::screen_lock::PROBE,
    linux::screen_idle::PROBE,
    linux::remote_login::PROBE,
    linux::applications::PROBE,
    linux::open_wifi::PROBE,
    linux::stethoscope_version::PROBE,
];

/// The probes of one platform, in display order.
pub fn probes(platform: Platform) -> Vec<Probe> {
    CATALOG.iter().copied().filter(|probe| probe.platform == platform).collect()
}

/// The probe of one practice on one platform.
pub fn probe(practice: PracticeId, platform: Platform) -> Option<Probe> {
    CATALOG.iter().copied().find(|probe| probe.practice == practice && probe.platform == platform)
}
