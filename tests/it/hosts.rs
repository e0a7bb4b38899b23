//! Every recorded host against what is true of that machine.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use stethoscope_probes::host::fixture::{FixtureError, FixtureHost, findings};

/// Fewer than these would mean that some got lost.
const AT_LEAST: usize = 559;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/hosts")
}

/// The names of the files.
fn hosts() -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder()).expect("the folder of recorded hosts");
    let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    names.filter(|name| name.ends_with(".host")).collect()
}

fn load(name: &str) -> Result<FixtureHost, FixtureError> {
    FixtureHost::load(&folder().join(name), &|path| std::fs::read_to_string(path))
}

#[test]
fn every_recorded_host_is_judged_as_it_is() {
    let mut wrong = Vec::new();
    let hosts = hosts();
    for name in &hosts {
        let host = match load(name) {
            Ok(host) => host,
            Err(error) => {
                wrong.push(error.to_string());
                continue;
            }
        };
        let findings = findings(&host);
        for finding in &findings {
            let practice = finding.practice;
            match host.expectations().iter().find(|expectation| expectation.practice == practice) {
                None => wrong.push(format!("{name}: nothing is expected of {practice}")),
                Some(expectation) => {
                    wrong.extend(expectation.disagreement(finding).map(|said| format!("{name}: {said}")));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} disagreements\n\n{}", wrong.len(), wrong.join("\n\n"));
    assert!(hosts.len() >= AT_LEAST, "only {} recorded hosts are left", hosts.len());
}

#[test]
fn a_recorded_host_written_out_stays_the_same_machine() {
    for name in hosts() {
        let host = load(&name).unwrap_or_else(|error| panic!("{error}"));
        let again = FixtureHost::parse(&host.to_text(), &name).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(again, host, "{name}");
    }
}
