//! The client for web pages and the example site, which are written in JavaScript: their own tests, and that
//! they know every practice.
//!
//! What is needed (`tests/run` installs it): Node.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use stethoscope_probes::practice::PracticeId;

use crate::support::workspace;

/// Runs the tests in these files below the workspace and gives how many passed.
#[track_caller]
fn node(folder: &str, ending: &str) -> usize {
    let entries = std::fs::read_dir(workspace().join(folder)).expect("the folder");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|path| path.to_string_lossy().ends_with(ending));
    assert!(!files.is_empty(), "no tests in {folder}");
    let output = Command::new("node")
        .args(["--test", "--test-reporter=tap"])
        .args(files)
        .env_remove("NODE_OPTIONS")
        .output()
        .expect("node is installed");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    let passed = said.lines().find_map(|line| line.strip_prefix("# pass "));
    passed.and_then(|number| number.parse().ok()).expect("the number of tests that passed")
}

#[test]
fn the_client_tells_every_outcome() {
    assert!(node("tests/web", ".test.mjs") >= 14);
}

#[test]
fn the_example_site_believes_only_what_is_signed_for_it() {
    assert!(node("examples/web-signin", ".test.js") >= 16);
}

#[test]
fn the_client_asks_for_every_practice() {
    let read = |name: &str| std::fs::read_to_string(workspace().join("assets/web").join(name)).expect("the client");
    let (client, types) = (read("stethoscope.js"), read("stethoscope.d.ts"));
    for practice in PracticeId::ALL {
        let name = practice.wire_name();
        assert!(
            client.split(|letter: char| !letter.is_alphanumeric()).any(|word| word == name),
            "{name} in the client"
        );
        assert!(types.contains(&format!("  {name}?: ")), "{name} in the types");
    }
}

/// The threat model names the tests that hold it. A name that no test has is a promise that nobody keeps.
#[test]
fn every_test_that_the_threat_model_names_is_there() {
    let page = std::fs::read_to_string(workspace().join("docs/threat-model.md")).expect("the page");
    let rows = page.lines().filter(|line| line.starts_with('|'));
    let last = rows.filter_map(|row| row.trim_end_matches('|').rsplit('|').next().map(str::to_owned));
    let names: BTreeSet<String> = last
        .flat_map(|cell| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>())
        .filter_map(|name| name.rsplit_once("::").map(|(_, test)| test.to_owned()))
        .collect();
    assert!(names.len() > 20, "{names:?}");
    let mut code = String::new();
    let mut open = ["tests/it", "app/src", "probes/src"].map(|folder| workspace().join(folder)).to_vec();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(std::fs::read_dir(path).expect("a folder").map(|entry| entry.expect("an entry").path()));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            code += &std::fs::read_to_string(path).expect("a source file");
        }
    }
    // A group of tests is a module.
    let there = |name: &String| code.contains(&format!("fn {name}(")) || code.contains(&format!("mod {name}"));
    let missing: Vec<&String> = names.iter().filter(|name| !there(name)).collect();
    assert!(missing.is_empty(), "{missing:#?}");
}
