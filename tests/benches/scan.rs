//! How long a scan takes: of this machine, of a recorded one, and probe by probe.
//!
//! `cargo bench --features fixture`. The figures stand in docs/performance.md.

use std::sync::Arc;

use divan::{Bencher, black_box};
use jiff::Timestamp;
use stethoscope_probes::catalog;
use stethoscope_probes::device;
use stethoscope_probes::host::Host;
use stethoscope_probes::host::fixture::FixtureHost;
use stethoscope_probes::host::live::{Buses, LiveHost};
use stethoscope_probes::practice::{Platform, PracticeId};
use stethoscope_probes::probe::{PROBE_LIMIT, Runner, run_one};

const RECORDED: &str = include_str!("../hosts/debian-12-gnome-luks-lvm.host");

fn main() {
    divan::main();
}

/// The whole scan as the monitor runs it: a fresh host over buses that are already connected.
#[divan::bench(sample_count = 200)]
fn this_machine(bencher: Bencher) {
    let (runner, buses) = (Runner::new(), Arc::new(Buses::new()));
    let probes = catalog::probes(Platform::Linux);
    bencher.bench(|| {
        let host: Arc<dyn Host> = Arc::new(LiveHost::with_buses(Timestamp::now(), Arc::clone(&buses)));
        black_box((runner.run(&probes, &host, PROBE_LIMIT), device::device(host.as_ref())))
    });
}

#[divan::bench(sample_count = 200)]
fn recorded_machine(bencher: Bencher) {
    let runner = Runner::new();
    let probes = catalog::probes(Platform::Linux);
    let host: Arc<dyn Host> = Arc::new(FixtureHost::parse(RECORDED, "recorded").expect("a test reads this file"));
    bencher.bench(|| black_box(runner.run(&probes, &host, PROBE_LIMIT)));
}

#[divan::bench(args = PracticeId::ALL, sample_count = 100)]
fn one_probe(bencher: Bencher, practice: &PracticeId) {
    let buses = Arc::new(Buses::new());
    let Some(probe) = catalog::probe(*practice, Platform::Linux) else { return };
    bencher.bench(|| {
        let host = LiveHost::with_buses(Timestamp::now(), Arc::clone(&buses));
        black_box(run_one(probe, &host))
    });
}
