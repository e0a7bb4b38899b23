//! Scans recorded machines, again and again, for `tests/instructions` to count what that takes.
//!
//! `instructions TIMES`: one thread, and the probes in the order of the catalog, so that the count hardly differs
//! from run to run.

use std::io;
use std::path::{Path, PathBuf};

use divan::black_box;
use stethoscope_probes::device;
use stethoscope_probes::host::fixture::{FixtureHost, findings};

/// A machine of each of the great families, with package databases, processes, sockets and services.
const MACHINES: [&str; 4] = [
    "debian-12-gnome-luks-lvm.host",
    "debian-12-update-pending.host",
    "fedora-44-workstation.host",
    "alpine-3.22-sway-up-to-date.host",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let times: u32 = std::env::args().find_map(|word| word.parse().ok()).unwrap_or(1);
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/hosts");
    let read = |path: &Path| -> io::Result<String> { std::fs::read_to_string(path) };
    for machine in MACHINES {
        let host = FixtureHost::load(&folder.join(machine), &read)?;
        for _ in 0..times {
            black_box((findings(&host), device::device(&host)));
        }
    }
    Ok(())
}
