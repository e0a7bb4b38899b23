//! The computer that is watched: this one, or in tests a recorded one.

use std::sync::Arc;

use stethoscope_probes::catalog;
use stethoscope_probes::device::{self, Device};
use stethoscope_probes::host::Host;
use stethoscope_probes::host::live::{Buses, LiveHost, watch};
use stethoscope_probes::host::memory::Memory;
use stethoscope_probes::probe::Probe;

use crate::monitor::HostFactory;
use crate::monitor::watch::StartWatch;

/// What the monitor looks at, and with what.
pub struct Computer {
    pub probes: Vec<Probe>,
    pub host: HostFactory,
    pub device: fn(&dyn Host) -> Device,
    /// Hears of its changes.
    pub watch: Option<StartWatch>,
}

impl Computer {
    /// The one this program runs on.
    pub fn this() -> Self {
        let (buses, memory) = (Arc::new(Buses::new()), Arc::new(Memory::new()));
        let platform = LiveHost::with_buses(jiff::Timestamp::UNIX_EPOCH, Arc::clone(&buses)).platform();
        let heard = Arc::clone(&buses);
        Computer {
            probes: catalog::probes(platform),
            host: Box::new(move |now| {
                Arc::new(LiveHost::with_buses(now, Arc::clone(&buses)).remembering(Arc::clone(&memory)))
            }),
            device: device::device,
            watch: Some(Box::new(move |tell| watch::start(&heard, tell))),
        }
    }

    /// A recorded one. Its file is read again for every scan, so that a test can change it.
    #[cfg(feature = "fixture")]
    pub fn recorded(file: std::path::PathBuf) -> anyhow::Result<Self> {
        use stethoscope_probes::host::fixture::FixtureHost;

        let read = move || -> anyhow::Result<FixtureHost> {
            Ok(FixtureHost::load(&file, &|path| std::fs::read_to_string(path))?)
        };
        let platform = read()?.platform();
        let host: HostFactory = Box::new(move |_now| match read() {
            Ok(host) => Arc::new(host),
            Err(error) => {
                tracing::error!("{error}");
                Arc::new(FixtureHost::empty())
            }
        });
        Ok(Computer { probes: catalog::probes(platform), host, device: device::device, watch: None })
    }
}
