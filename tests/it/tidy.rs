//! The house rules that a compiler does not know: who may import whom, what a file looks like.

use std::fs;
use std::path::{Path, PathBuf};

/// The modules of `app`, each of which may use only those above it. Front ends stand on one line:
/// they may never use each other.
const APP_LAYERS: &[&[&str]] = &[
    &["paths", "words", "files", "version", "site", "rest"],
    &["policy"],
    &["lifecycle", "verdict"],
    &["snapshot"],
    &["guidance", "settings"],
    &["history", "state", "access"],
    &["monitor"],
    &["session"],
    &["link", "instance", "autostart"],
    &["notify", "tray", "window", "web", "cli"],
    &["agent"],
];

/// The modules of `probes` in the same order.
const PROBES_LAYERS: &[&[&str]] = &[
    &["text", "practice", "system"],
    &["finding"],
    &["host"],
    &["parse"],
    &["probe"],
    &["linux", "macos", "windows", "device", "details"],
    &["catalog"],
];

/// Crates and std modules that only some files may name: the words, and where they may stand.
const ONLY_IN: &[(&[&str], &[&str])] = &[
    (&["eframe", "egui"], &["app/src/window.rs", "app/src/window/"]),
    (&["tray_icon", "ksni"], &["app/src/tray/native.rs", "app/src/tray/native/"]),
    (&["notify_rust"], &["app/src/notify/send.rs", "app/src/notify/send/"]),
    (&["async_graphql", "hyper", "tokio"], &["app/src/web.rs", "app/src/web/"]),
];

/// What only `host/live` may name inside `probes`.
const LIVE_ONLY: &[&str] = &[
    "std::fs",
    "std::process",
    "std::net::TcpStream",
    "std::os",
    "std::env",
    "zbus",
    "rustix",
    "windows_sys",
    "notify",
];

/// Clocks, and where they may stand.
const CLOCKS: &[&str] = &["SystemTime::now", "Instant::now", "Timestamp::now", "Zoned::now"];
const CLOCK_FILES: &[&str] = &[
    "probes/src/host/live/",
    "app/src/monitor.rs",
    "app/src/monitor/",
    "app/src/agent.rs",
    "app/src/agent/",
    // The edge of the web endpoint: it hands the time to what decides.
    "app/src/web/server.rs",
    "app/src/bin/",
];

/// Lines a file may have.
const LONGEST: usize = 600;

struct Source {
    /// From the root of the repository, with forward slashes.
    name: String,
    /// Without comments and without what stands under `#[cfg(test)]`; nothing of a file of tests.
    code: String,
    text: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn sources(folders: &[&str]) -> Vec<Source> {
    let mut found = Vec::new();
    let mut open: Vec<PathBuf> = folders.iter().map(|folder| root().join(folder)).collect();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            let entries = fs::read_dir(&path).expect("a source folder can be listed");
            open.extend(entries.map(|entry| entry.expect("an entry").path()));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path).expect("a source file can be read");
            let name = path.strip_prefix(root()).expect("below the root").to_string_lossy().replace('\\', "/");
            let code = if name.ends_with("/tests.rs") { String::new() } else { code_of(&text) };
            found.push(Source { name, code, text });
        }
    }
    assert!(found.len() > 8, "the source folders {folders:?} are where this test looks for them");
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

/// The code without line comments and without the test module at the end.
fn code_of(text: &str) -> String {
    let mut code = String::new();
    for line in text.lines() {
        if line.trim_start().starts_with("#[cfg(test)]") || line.trim_start().starts_with("#[cfg(all(test") {
            break;
        }
        code.push_str(line.split("//").next().unwrap_or_default());
        code.push('\n');
    }
    code
}

fn report(breaches: &[String]) {
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

/// The first path segment of every `crate::…` and `PACKAGE::…` in the code.
fn modules_used(code: &str, prefix: &str) -> Vec<String> {
    let mut used = Vec::new();
    for (at, _) in code.match_indices(prefix) {
        let rest = &code[at + prefix.len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let inside = group.split('}').next().unwrap_or_default();
            used.extend(inside.split(',').map(first_segment));
        } else {
            used.push(first_segment(rest));
        }
    }
    used
}

fn first_segment(path: &str) -> String {
    path.trim().chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
}

fn layer(layers: &[&[&str]], module: &str) -> Option<usize> {
    layers.iter().position(|names| names.contains(&module))
}

fn layer_breaches(folder: &str, layers: &[&[&str]], prefixes: &[&str]) -> Vec<String> {
    let mut breaches = Vec::new();
    for source in sources(&[folder]) {
        let inside = source.name.strip_prefix(&format!("{folder}/")).expect("below the folder");
        let module = inside.split('/').next().unwrap_or_default().trim_end_matches(".rs");
        // The recorded host and the recorder are test features that run the whole catalog.
        let test_feature = ["host/fixture", "host/record"].iter().any(|part| inside.starts_with(part));
        if matches!(module, "lib" | "bin") || test_feature {
            continue;
        }
        let Some(own) = layer(layers, module) else {
            breaches.push(format!("{}: the module `{module}` has no layer in tests/it/tidy.rs", source.name));
            continue;
        };
        for used in prefixes.iter().flat_map(|prefix| modules_used(&source.code, prefix)) {
            if used == module {
                continue;
            }
            if let Some(other) = layer(layers, &used)
                && (other > own || (other == own && layers[own].contains(&"cli")))
            {
                breaches.push(format!("{}: `{module}` may not use `{used}`", source.name));
            }
        }
    }
    breaches
}

#[test]
fn modules_use_only_what_stands_above_them() {
    let mut breaches = layer_breaches("app/src", APP_LAYERS, &["crate::"]);
    breaches.extend(layer_breaches("probes/src", PROBES_LAYERS, &["crate::"]));
    report(&breaches);
}

#[test]
fn each_toolkit_stays_in_its_own_corner() {
    let mut breaches = Vec::new();
    for source in sources(&["app/src", "probes/src"]) {
        for (crates, homes) in ONLY_IN {
            if homes.iter().any(|home| source.name.starts_with(home)) {
                continue;
            }
            for name in *crates {
                // A module of ours may have the name of a crate.
                if source.code.contains(&format!("mod {name};")) {
                    continue;
                }
                if source.code.contains(&format!("{name}::")) || source.code.contains(&format!("use {name};")) {
                    breaches.push(format!("{}: only {homes:?} may name `{name}`", source.name));
                }
            }
        }
    }
    report(&breaches);
}

#[test]
fn only_the_live_host_touches_the_checked_system() {
    let mut breaches = Vec::new();
    for source in sources(&["probes/src"]) {
        if source.name.starts_with("probes/src/host/live") {
            continue;
        }
        for name in LIVE_ONLY {
            if source.code.contains(&format!("{name}::")) || source.code.contains(&format!("use {name}")) {
                breaches.push(format!("{}: only host/live may name `{name}`", source.name));
            }
        }
    }
    report(&breaches);
}

#[test]
fn reading_a_computer_starts_no_program() {
    let mut breaches = Vec::new();
    for source in sources(&["probes/src"]) {
        for name in ["process::Command", "Command::new", "rustix::runtime", "posix_spawn"] {
            if source.code.contains(name) {
                breaches.push(format!("{}: a scan starts no process, so `{name}` has no place here", source.name));
            }
        }
    }
    report(&breaches);
}

#[test]
fn only_the_edges_ask_a_clock() {
    let mut breaches = Vec::new();
    for source in sources(&["app/src", "probes/src"]) {
        if CLOCK_FILES.iter().any(|home| source.name.starts_with(home)) {
            continue;
        }
        for clock in CLOCKS {
            if source.code.contains(clock) {
                breaches.push(format!("{}: takes the time as an argument, not from `{clock}`", source.name));
            }
        }
    }
    report(&breaches);
}

#[test]
fn every_file_says_what_it_is_for_and_stays_readable() {
    let mut breaches = Vec::new();
    for source in sources(&["app", "probes", "tests"]) {
        if source.name.contains("/target/") {
            continue;
        }
        if !source.text.starts_with("//!") {
            breaches.push(format!("{}: opens with no `//!` line", source.name));
        }
        let lines = source.text.lines().count();
        if lines > LONGEST {
            breaches.push(format!("{}: {lines} lines; split it by topic", source.name));
        }
        if source.name.ends_with("/mod.rs") {
            breaches.push(format!("{}: is named after its folder here, not mod.rs", source.name));
        }
        if source.text.contains("#[ignore") || source.text.contains("should_panic") {
            breaches.push(format!("{}: a test is neither ignored nor expected to panic", source.name));
        }
    }
    // This file names the forbidden words itself.
    breaches.retain(|breach| !breach.starts_with("tests/it/tidy.rs: a test is neither"));
    report(&breaches);
}
