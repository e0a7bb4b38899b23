//! Which version of this program answers.

use crate::finding::{Finding, Observation, Version};
use crate::host::{Host, Read};
use crate::practice::{Platform, PracticeId};
use crate::probe::Probe;

/// The probe.
pub const PROBE: Probe = Probe {
    practice: PracticeId::StethoscopeVersion,
    platform: Platform::Linux,
    observe,
    reads: "The version built into Stethoscope itself.",
};

fn observe(_host: &dyn Host) -> Read<Finding> {
    let number = env!("CARGO_PKG_VERSION");
    let version = Version { product: "stethoscope".to_owned(), number: number.to_owned(), ..Version::default() };
    let detail = text!("This is Stethoscope {version}", version = number);
    let finding = Finding::new(PracticeId::StethoscopeVersion, Observation::Version(version), detail);
    Ok(finding.saw("the program itself", number, "stethoscope-cli --version"))
}
