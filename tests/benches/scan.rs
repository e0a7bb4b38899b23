//! How long a scan takes: of this machine, of a recorded one, and probe by probe.
//!
//! `cargo bench -p stethoscope-probes --features fixture`. The figures stand in docs/performance.md.

use std::sync::Arc;

use divan::{Bencher, black_box};
use jiff::Timestamp;
use stethoscope_probes::catalog;
use stethoscope_probes::device;
use stethoscope_probes::host::Host;
use stethoscope_probes::host::fixture::FixtureHost;
use stethoscope_probes::host::live::{Buses, LiveHost};
use stethoscope_probes::host::memory::Memory;
use stethoscope_probes::practice::{Platform, PracticeId};
use stethoscope_probes::probe::{PROBE_LIMIT, Runner, run_one};

const RECORDED: &str = include_str!("../hosts/debian-12-gnome-luks-lvm.host");

fn main() {
    divan::main();
}

/// The whole scan as the monitor runs it: a fresh host over buses that are already connected, and with
/// what the scan before worked out.
#[divan::bench(sample_count = 200, sample_size = 1)]
fn this_machine_again(bencher: Bencher) {
    let (buses, memory) = (Arc::new(Buses::new()), Arc::new(Memory::new()));
    whole(bencher, || {
        Arc::new(LiveHost::with_buses(Timestamp::now(), Arc::clone(&buses)).remembering(Arc::clone(&memory)))
    });
}

/// The whole scan as the console program runs it, which starts with nothing.
#[divan::bench(sample_count = 100, sample_size = 1)]
fn this_machine_afresh(bencher: Bencher) {
    whole(bencher, || Arc::new(LiveHost::new(Timestamp::now())));
}

/// Without the system's own time: what the probes themselves cost.
#[divan::bench(sample_count = 200, sample_size = 1)]
fn recorded_machine(bencher: Bencher) {
    let host: Arc<dyn Host> = Arc::new(FixtureHost::parse(RECORDED, "recorded").expect("a test reads this file"));
    whole(bencher, || Arc::clone(&host));
}

fn whole(bencher: Bencher, host: impl Fn() -> Arc<dyn Host> + Sync) {
    let (runner, probes) = (Runner::new(), catalog::probes(Platform::Linux));
    bencher.bench_local(|| {
        let host = host();
        black_box((runner.run(&probes, &host, PROBE_LIMIT), device::device(host.as_ref())))
    });
}

/// Each probe alone, as the first one of its scan: what another probe has read before costs here, too.
#[divan::bench(args = PracticeId::ALL, sample_count = 100, sample_size = 1)]
fn one_probe(bencher: Bencher, practice: &PracticeId) {
    let buses = Arc::new(Buses::new());
    let Some(probe) = catalog::probe(*practice, Platform::Linux) else { return };
    bencher.bench_local(|| {
        let host = LiveHost::with_buses(Timestamp::now(), Arc::clone(&buses));
        black_box(run_one(probe, &host))
    });
}
