//! Every recorded host against what is true of that machine.

use std::collections::BTreeMap;
use std::path::Path;

use stethoscope_probes::host::fixture::{FixtureHost, findings};
use stethoscope_probes::practice::PracticeId;

/// Fewer than these would mean that some got lost.
const AT_LEAST: usize = 34;

fn hosts() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/hosts");
    let entries = std::fs::read_dir(&folder).expect("the folder of recorded hosts");
    let mut hosts = BTreeMap::new();
    for entry in entries {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "host") {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            hosts.insert(name, std::fs::read_to_string(&path).expect("a text file"));
        }
    }
    hosts
}

#[test]
fn every_recorded_host_is_judged_as_it_is() {
    let mut wrong = Vec::new();
    let hosts = hosts();
    for (name, text) in &hosts {
        let host = match FixtureHost::parse(text, name) {
            Ok(host) => host,
            Err(error) => {
                wrong.push(error.to_string());
                continue;
            }
        };
        let findings = findings(&host);
        for practice in PracticeId::ALL {
            let expectation = host.expectations().iter().find(|expectation| expectation.practice == practice);
            let finding = findings.iter().find(|finding| finding.practice == practice);
            match (expectation, finding) {
                (None, _) => wrong.push(format!("{name}: nothing is expected of {practice}")),
                (Some(_), None) => wrong.push(format!("{name}: the catalog has no probe for {practice}")),
                (Some(expectation), Some(finding)) => {
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
    for (name, text) in hosts() {
        let host = FixtureHost::parse(&text, &name).unwrap_or_else(|error| panic!("{error}"));
        let again = FixtureHost::parse(&host.to_text(), &name).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(again, host, "{name}");
    }
}
