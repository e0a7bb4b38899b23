//! Writes the computer it runs on as a recorded host, scrubbed of names, to standard output:
//! `cargo run -p stethoscope-probes --features fixture --example record`. Never shipped.

use std::io::Write as _;
use std::sync::Arc;

use stethoscope_probes::host::live::LiveHost;
use stethoscope_probes::host::record::record;

fn main() -> std::io::Result<()> {
    let text = record(Arc::new(LiveHost::new(jiff::Timestamp::now())));
    std::io::stdout().write_all(text.as_bytes())
}
