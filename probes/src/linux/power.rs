//! What the computer is fed by.

use crate::host::{Host, Read, present};

/// Whether the computer has a battery of its own. Source: the kernel's `sysfs-class-power`.
pub(crate) fn has_battery(host: &dyn Host) -> Read<bool> {
    let folder = "/sys/class/power_supply";
    for name in present(host.list(folder))?.unwrap_or_default() {
        let of = |file: &str| host.read_line(&format!("{folder}/{name}/{file}")).unwrap_or_default();
        // Mice and keyboards have batteries too, and say so.
        if of("type") == "Battery" && of("scope") != "Device" {
            return Ok(true);
        }
    }
    Ok(false)
}
