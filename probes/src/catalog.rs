//! Every probe, one line each, in display order.

use crate::linux::{self, explained::Explained};
use crate::practice::{Platform, PracticeId};
use crate::probe::Probe;

/// Every probe of every platform.
pub const CATALOG: &[Probe] = &[
    linux::os_version::PROBE,
    linux::software_updates::PROBE,
    linux::automatic_updates::PROBE,
    linux::firewall::PROBE,
    linux::disk_encryption::PROBE,
    linux::secure_boot::PROBE,
    linux::firmware::PROBE,
    linux::kernel_hardening::PROBE,
    linux::screen_lock::PROBE,
    linux::screen_idle::PROBE,
    linux::account_password::PROBE,
    linux::automatic_login::PROBE,
    linux::remote_login::PROBE,
    linux::file_sharing::PROBE,
    linux::ssh_keys::PROBE,
    linux::antivirus::PROBE,
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

/// How the answers of a probe come about, and its known limits. `None` where there is no such probe.
pub fn explained(practice: PracticeId, platform: Platform) -> Option<Explained> {
    probe(practice, platform)?;
    match platform {
        Platform::Linux => Some(linux::explained::explained(practice)),
        Platform::Macos | Platform::Windows => None,
    }
}
