//! The console program from outside: the built binary, a home of its own, a clean environment.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use crate::support::{golden, tests_folder, workspace};

/// A user without anything, and the program to run as that user.
struct User {
    home: tempfile::TempDir,
}

impl User {
    fn new() -> Self {
        User { home: tempfile::tempdir().expect("a folder") }
    }

    fn config(&self) -> PathBuf {
        self.home.path().join(".config/stethoscope")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_stethoscope-cli"));
        command.env_clear().env("HOME", self.home.path()).env("TZ", "UTC").current_dir(workspace()).args(arguments);
        command
    }

    fn run(&self, arguments: &[&str]) -> Answer {
        Answer::of(self.command(arguments).stdin(Stdio::null()).output().expect("the program starts"))
    }

    /// Runs with a file below the home.
    fn with(self, file: &str, text: &str) -> Self {
        let path = self.home.path().join(file);
        std::fs::create_dir_all(path.parent().expect("below the home")).expect("made");
        std::fs::write(path, text).expect("written");
        self
    }
}

struct Answer {
    out: String,
    err: String,
    code: i32,
}

impl Answer {
    fn of(output: Output) -> Self {
        Answer {
            out: String::from_utf8(output.stdout).expect("UTF-8"),
            err: String::from_utf8(output.stderr).expect("UTF-8"),
            code: output.status.code().expect("the program ended by itself"),
        }
    }

    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}\n{}\n{}", self.out, self.err))
    }
}

#[test]
fn version_and_help_are_answers_and_a_wrong_word_is_trouble() {
    let user = User::new();
    let version = user.run(&["--version"]);
    assert_eq!((version.out.as_str(), version.code), (concat!("stethoscope-cli ", env!("CARGO_PKG_VERSION"), "\n"), 0));
    let help = user.run(&["--help"]);
    assert_eq!((help.code, help.err.as_str()), (0, ""));
    for wrong in [&["scna"][..], &["scan", "--practice", "firewal"], &["scan", "--format", "xml"], &[]] {
        let answer = user.run(wrong);
        assert_eq!((answer.code, answer.out.as_str()), (2, ""), "{wrong:?}");
        assert!(!answer.err.is_empty());
    }
    let slip = user.run(&["scna"]);
    assert!(slip.err.contains("scan"), "{}", slip.err);
}

#[test]
fn nothing_in_the_help_tells_of_what_only_tests_have() {
    let user = User::new();
    for page in [&["scan", "--help"][..], &["facts", "--help"], &["--help"], &["man"], &["completions", "bash"]] {
        let answer = user.run(page);
        assert_eq!(answer.code, 0, "{page:?}");
        assert!(page[0] == "completions" || !answer.out.contains("--host"), "{page:?}");
    }
}

#[test]
fn the_manual_page_tells_every_command_and_every_option() {
    let page = User::new().run(&["man"]).out;
    for words in ["scan", "practices", "policy", "profiles", "history", "facts", "completions", "EXIT STATUS", "FILES"]
    {
        assert!(page.contains(words), "{words}");
    }
    for option in ["policy", "profile", "practice", "strict", "format"] {
        assert!(page.contains(&format!("\\-\\-{option}")), "{option}");
    }
    assert!(!page.contains("(1) "), "there are no other pages to point at");
}

#[test]
fn completions_come_for_the_shells_people_use() {
    for shell in ["bash", "zsh", "fish"] {
        let answer = User::new().run(&["completions", shell]);
        assert_eq!(answer.code, 0);
        assert!(answer.out.contains("practices"), "{shell}");
    }
}

#[test]
fn a_policy_is_checked_and_its_mistake_told() {
    let user = User::new();
    let good = user.run(&["policy", "check", "tests/policies/valid/everything.ron"]);
    assert_eq!((good.code, good.err.as_str()), (0, ""));
    assert!(good.out.contains("the policy `everything` is good and asks for 8 practices"), "{}", good.out);
    let bad = user.run(&["policy", "check", "tests/policies/invalid/zero-seconds.ron"]);
    assert_eq!((bad.code, bad.out.as_str()), (1, ""));
    assert!(bad.err.ends_with("file: tests/policies/invalid/zero-seconds.ron, line 6, column 38\n"), "{}", bad.err);
    let absent = user.run(&["policy", "check", "absent.ron"]);
    assert_eq!(absent.code, 2);
    assert!(absent.err.contains("file: absent.ron"), "{}", absent.err);
}

#[test]
fn a_policy_file_cannot_command_the_terminal() {
    let text = "Policy(format: 1, name: \"x\", requirements: { osVersion: Versions({\"any\": (ok: \"\\u{1b}[2J\")}) })";
    let user = User::new().with("evil.ron", text);
    let file = user.home.path().join("evil.ron");
    let answer = user.run(&["policy", "check", file.to_str().expect("UTF-8")]);
    assert_eq!(answer.code, 1);
    assert!(!answer.err.contains('\u{1b}'), "{:?}", answer.err);
}

#[test]
fn profiles_are_those_of_the_program_and_of_the_user() {
    let mine = "Policy(format: 1, name: \"Mine\", requirements: { firewall: Always })";
    let user = User::new()
        .with(".config/stethoscope/profiles/mine.ron", mine)
        .with(".config/stethoscope/profiles/broken.ron", "Policy(format: 1, nam: \"x\")")
        .with(".config/stethoscope/settings.ron", "(profile: \"mine\")");
    let answer = user.run(&["profiles", "--format", "json"]);
    assert_eq!(answer.code, 0);
    let json = answer.json();
    let ids: Vec<&str> =
        json["profiles"].as_array().expect("a list").iter().map(|one| one["id"].as_str().expect("id")).collect();
    assert_eq!(ids, ["home", "workplace", "developer", "strict", "mine"]);
    assert_eq!(json["profiles"][4]["inForce"], true);
    assert_eq!(json["profiles"][0]["inForce"], false);
    assert!(answer.err.contains("did you mean `name`?"), "{}", answer.err);
    assert!(answer.err.contains("broken.ron, line 1"), "{}", answer.err);
    let text = user.run(&["profiles"]);
    assert!(text.out.contains("mine  Mine  (in force)\n"), "{}", text.out);
}

#[test]
fn the_history_is_told_and_a_torn_line_is_said() {
    let user = User::new();
    let empty = user.run(&["history"]);
    assert_eq!((empty.out.as_str(), empty.code), ("Nothing has changed since the first check\n", 0));
    let line = r#"{"at":"2026-11-22T20:15:00Z","practice":"firewall","from":"PASS","to":"FAIL","reason":"ufw is off","policy":"Home"}"#;
    let user = User::new().with(".local/state/stethoscope/history.jsonl", &format!("{line}\n{{\"at\":\"2026"));
    let text = user.run(&["history"]);
    assert_eq!(text.out, "2026-11-22 20:15  Firewall  PASS → FAIL  ufw is off\n");
    assert!(text.err.contains("1 line makes no sense"), "{}", text.err);
    let json = user.run(&["history", "--format", "json"]).json();
    assert_eq!(json["changes"][0]["practice"], "firewall");
    assert_eq!(json["changes"][0]["to"], "FAIL");
}

#[test]
fn no_graphics_tray_or_notification_crate_is_in_the_console_program() {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let tree = Command::new(cargo)
        .args(["tree", "--offline", "--locked", "-p", "stethoscope", "--no-default-features", "-e", "normal"])
        .args(["--prefix", "none", "--target", "all"])
        .current_dir(workspace())
        .output()
        .expect("cargo is there");
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8(tree.stdout).expect("UTF-8");
    assert!(tree.contains("clap "), "this is the tree: {tree}");
    for name in ["eframe", "egui", "winit", "glow", "wgpu", "tray-icon", "ksni", "notify-rust", "resvg", "png", "hyper"]
    {
        let found = tree.lines().find(|line| line.split(' ').next() == Some(name));
        assert_eq!(found, None);
    }
}

/// `script` gives the program a terminal of its own.
#[cfg(target_os = "linux")]
#[test]
fn a_terminal_gets_colour_unless_the_user_said_no() {
    let user = User::new();
    let at_terminal = |variables: &[(&str, &str)]| {
        let program = format!("'{}' profiles", env!("CARGO_BIN_EXE_stethoscope-cli"));
        let mut script = Command::new("script");
        script.args(["--quiet", "--return", "--command", &program, "/dev/null"]).env_clear();
        script.env("HOME", user.home.path()).env("PATH", "/usr/bin:/bin").env("TERM", "xterm");
        script.envs(variables.iter().copied()).stdin(Stdio::null());
        Answer::of(script.output().expect("script(1), part of every Linux system")).out
    };
    assert!(at_terminal(&[]).contains("\u{1b}[1mhome\u{1b}[0m"));
    for no in [("NO_COLOR", "1"), ("TERM", "dumb")] {
        let said = at_terminal(&[no]);
        assert!(said.contains("home  Home") && !said.contains('\u{1b}'), "{no:?}: {said:?}");
    }
    assert!(at_terminal(&[("NO_COLOR", "")]).contains('\u{1b}'), "an empty NO_COLOR says nothing");
    assert!(!user.run(&["profiles"]).out.contains('\u{1b}'), "a pipe gets none");
}

#[cfg(not(feature = "fixture"))]
#[test]
fn a_program_that_ships_cannot_be_shown_another_computer() {
    let answer = User::new().run(&["scan", "--host", "tests/cli/sway.host"]);
    assert_eq!((answer.code, answer.out.as_str()), (2, ""));
    assert!(answer.err.contains("unexpected argument '--host'"), "{}", answer.err);
}

/// The same commands inside this process, where the test decides on paths, time and colour.
mod inside {
    use std::time::Duration;

    use jiff::Timestamp;
    use jiff::tz::TimeZone;
    use stethoscope::cli::{Exit, Outcome, Surroundings, run};
    use stethoscope::lifecycle::Lifecycle;
    use stethoscope::paths::Paths;
    use stethoscope::policy::load;
    use stethoscope::snapshot::{PolicyLabel, Snapshot};
    use stethoscope::state;
    use stethoscope_probes::device::{Device, Identifiers, System};
    use stethoscope_probes::finding::{Finding, Observation, Version};
    use stethoscope_probes::practice::{Platform, PracticeId};
    use stethoscope_probes::system::{Desktop, Family, Place};
    use stethoscope_probes::text;

    const POLICY: &str =
        "Policy(format: 1, name: \"p\", requirements: { stethoscopeVersion: Versions({\"any\": (ok: \">=0.1\")}) })";

    fn ask(paths: &Paths, colour: bool, arguments: &[&str]) -> Outcome {
        let around = Surroundings {
            now: "2026-11-23T08:00:00Z".parse().expect("a moment"),
            elapsed: &|| Duration::from_millis(1),
            zone: TimeZone::UTC,
            paths: Some(paths.clone()),
            colour,
        };
        run(std::iter::once("stethoscope-cli").chain(arguments.iter().copied()).map(Into::into), &around)
    }

    #[test]
    fn a_pinned_profile_counts_and_a_broken_pin_is_no_way_out() {
        let folder = tempfile::tempdir().expect("a folder");
        let paths = Paths::below(folder.path());
        std::fs::create_dir_all(&paths.system).expect("made");
        let pin = paths.system.join("pinned.ron");
        std::fs::write(&pin, "Pinned(format: 1, profile: \"strict\")").expect("written");
        let listed = ask(&paths, false, &["profiles"]);
        assert!(listed.said.contains("strict  Strict  (in force, pinned by your administrator)"), "{}", listed.said);
        std::fs::create_dir_all(&paths.config).expect("made");
        std::fs::write(paths.settings(), "(profil: 3)").expect("written");
        assert!(ask(&paths, false, &["scan"]).warned.is_empty(), "no word of settings that do not count");
        let one = ["scan", "--practice", "stethoscopeVersion"];
        let refused = ask(&paths, false, &one);
        assert!(refused.warned[0].starts_with("the policy `Strict` does not ask"), "{:?}", refused.warned);
        std::fs::write(&pin, "Pinned(format: 1, profile: \"strict").expect("written");
        assert_eq!(ask(&paths, false, &["scan"]).exit, Exit::Trouble);
        std::fs::write(&pin, "Pinned(format: 1, profile: \"absent\")").expect("written");
        let absent = ask(&paths, false, &["scan"]);
        assert_eq!((absent.exit, absent.said.as_str()), (Exit::Trouble, ""));
        assert!(
            absent.warned[0].starts_with("your administrator asks for the profile `absent`"),
            "{:?}",
            absent.warned
        );
    }

    #[test]
    fn since_comes_from_what_the_always_on_program_saw_under_the_same_policy() {
        let folder = tempfile::tempdir().expect("a folder");
        let paths = Paths::below(folder.path());
        let file = folder.path().join("p.ron");
        std::fs::write(&file, POLICY).expect("written");
        let file = file.to_str().expect("UTF-8");
        let long_ago: Timestamp = "2026-01-02T03:04:05Z".parse().expect("a moment");
        let version = Version { product: "stethoscope".to_owned(), number: "0.1.0".to_owned(), ..Version::default() };
        let mut finding = Finding::new(PracticeId::StethoscopeVersion, Observation::Version(version), text!("0.1.0"));
        finding.when = long_ago;
        for (source, since) in [(file, "2026-01-02T03:04:05Z"), ("built in", "2026-11-23T08:00:00Z")] {
            let label = PolicyLabel { name: "p".to_owned(), source: source.to_owned() };
            let policy = load::from_text(POLICY, "p").expect("good");
            let findings = vec![finding.clone()];
            let lifecycle = Lifecycle::built_in();
            let kept = Snapshot::judge(findings, device(), &policy, label, &lifecycle, long_ago, Duration::ZERO, None);
            state::save(&paths.snapshot(), &kept).expect("kept");
            let answer = ask(&paths, false, &["scan", "--policy", file, "--format", "json"]);
            let json: serde_json::Value = serde_json::from_str(&answer.said).expect("JSON");
            assert_eq!(json["practices"][0]["verdict"], "PASS", "{}", answer.said);
            assert_eq!(json["practices"][0]["since"], since, "{source}");
        }
    }

    #[test]
    fn colour_is_only_paint() {
        let folder = tempfile::tempdir().expect("a folder");
        let paths = Paths::below(folder.path());
        let (plain, painted) = (ask(&paths, false, &["profiles"]).said, ask(&paths, true, &["profiles"]).said);
        assert!(painted.contains("\u{1b}[1mhome\u{1b}[0m"), "{painted:?}");
        let mut bare = painted;
        for code in ["\u{1b}[1m", "\u{1b}[2m", "\u{1b}[0m"] {
            bare = bare.replace(code, "");
        }
        assert_eq!(bare, plain);
    }

    fn device() -> Device {
        Device {
            platform: Platform::Linux,
            name: "reed".to_owned(),
            model: None,
            system: System {
                id: "debian".to_owned(),
                name: "Debian".to_owned(),
                version: "12".to_owned(),
                kernel: String::new(),
                architecture: String::new(),
            },
            family: Family::Debian,
            desktop: Desktop::None,
            place: Place::Machine,
            identifiers: Identifiers::default(),
            interfaces: Vec::new(),
        }
    }
}

#[cfg(feature = "fixture")]
mod recorded {
    use super::*;

    const SWAY: &[&str] = &["--host", "tests/cli/sway.host"];

    fn scan(user: &User, arguments: &[&str]) -> Answer {
        user.run(&[&["scan"], SWAY, arguments].concat())
    }

    /// The time a scan took is another one each time.
    fn steady(text: &str) -> String {
        let lines = text.lines().map(|line| {
            if line.trim_start().starts_with("\"durationMs\"") {
                return "  \"durationMs\": 1.5,".to_owned();
            }
            match line.strip_suffix(" ms").and_then(|line| line.rsplit_once(", ")) {
                Some((before, _)) => format!("{before}, 1.5 ms"),
                None => line.to_owned(),
            }
        });
        lines.collect::<Vec<String>>().join("\n") + "\n"
    }

    #[test]
    fn a_scan_reads_like_this() {
        let answer = scan(&User::new(), &["--policy", "tests/cli/example.ron"]);
        assert_eq!((answer.code, answer.err.as_str()), (1, ""));
        golden("golden/scan.txt", &steady(&answer.out));
        let only =
            |practices: &[&str]| scan(&User::new(), &[&["--policy", "tests/cli/example.ron"], practices].concat());
        assert_eq!(only(&["--practice", "screenLock"]).code, 0, "the one that was asked for passes");
        let two = only(&["--practice", "screenLock", "--practice", "screenIdle"]);
        assert_eq!(two.code, 1);
        golden("golden/scan-some.txt", &steady(&two.out));
    }

    #[test]
    fn the_json_in_the_documentation_is_what_the_program_prints() {
        let answer = scan(&User::new(), &["--policy", "tests/cli/example.ron", "--format", "json"]);
        let json = answer.json();
        assert!(json["durationMs"].as_f64().expect("a number") > 0.0);
        let now = steady(&answer.out);
        let path = workspace().join("docs/json.md");
        let page = std::fs::read_to_string(&path).expect("read");
        let (before, rest) = page.split_once("```json\n").expect("an example");
        let (example, after) = rest.split_once("```").expect("its end");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&path, format!("{before}```json\n{now}```{after}")).expect("written");
        } else {
            assert_eq!(example, now, "UPDATE_GOLDEN=1 brings docs/json.md up to date");
        }
        for field in ["schema", "version", "takenAt", "durationMs", "policy", "overall", "device", "practices"] {
            assert!(page.contains(&format!("| `{field}` |")), "{field} is not explained");
        }
    }

    #[test]
    fn a_scan_tells_nothing_by_which_to_know_the_device_and_facts_do() {
        let user = User::new();
        let scan = scan(&user, &["--format", "json"]).json();
        assert!(scan["device"].get("identifiers").is_none() && scan["device"].get("interfaces").is_none());
        let facts = user.run(&[&["facts", "--format", "json"], SWAY].concat()).json();
        assert!(facts["device"].get("identifiers").is_some() && facts["device"].get("interfaces").is_some());
    }

    #[test]
    fn facts_tell_what_an_inventory_asks_and_extensions_only_when_asked() {
        let user = User::new();
        let facts = |more: &[&str]| user.run(&[&["facts", "--host", "tests/cli/inventory.host"], more].concat());
        golden("golden/facts.txt", &facts(&[]).out);
        let all = facts(&["--all"]).out;
        assert!(all.contains("Extension   Firefox  Guard 1.2  guard@example.org\n"), "{all}");
        let details = facts(&["--format", "json"]).json()["details"].take();
        let address = json!({ "interface": "eth0", "address": "192.0.2.2", "prefix": 24, "broadcast": "192.0.2.255" });
        assert_eq!(details["addresses"][0], address);
        assert_eq!(details["disks"][0]["uuid"], "ae8cc4a5-e2fc-419a-bf6a-782930665aff");
        let encrypted: Vec<&Value> =
            details["disks"].as_array().expect("a list").iter().map(|disk| &disk["encrypted"]).collect();
        assert_eq!(encrypted, [&json!(false), &json!(true), &Value::Null]);
        assert_eq!(details["extensions"][0]["browser"], "firefox");
        // What is promised is named, and what is named is there.
        let page = std::fs::read_to_string(workspace().join("docs/json.md")).expect("read");
        let (_, page) = page.split_once("`details` of `facts`").expect("it is told");
        for (field, value) in details.as_object().expect("an object") {
            let line = page.lines().find(|line| line.starts_with(&format!("| `{field}` |")));
            let line = line.unwrap_or_else(|| panic!("{field} is not explained"));
            for inner in value[0].as_object().into_iter().flatten().map(|(inner, _)| inner) {
                assert!(line.contains(&format!("`{inner}`")), "{field}: {inner} is not explained");
            }
        }
    }

    #[test]
    fn the_exit_status_follows_the_worst_and_strict_asks_for_more() {
        let policy = |asks: &str| format!("Policy(format: 1, name: \"p\", requirements: {{ {asks} }})");
        let user = User::new()
            .with("pass.ron", &policy("screenLock: Always"))
            .with(
                "nudge.ron",
                &policy("remoteLogin: Never, osVersion: Versions({\"any\": (ok: \">=13\", nudge: \">=12\")})"),
            )
            .with("fail.ron", &policy("screenLock: Never"))
            .with("unknown.ron", &policy("diskEncryption: Always"))
            .with("broken.ron", "Policy(");
        let nudge = policy("osVersion: Versions({\"any\": (ok: \">=13\", nudge: \">=12\")})");
        let user = user.with("nudge.ron", &nudge);
        for (file, plain, strict) in
            [("pass", 0, 0), ("nudge", 0, 1), ("fail", 1, 1), ("unknown", 0, 1), ("broken", 2, 2), ("absent", 2, 2)]
        {
            let path = user.home.path().join(format!("{file}.ron"));
            let path = path.to_str().expect("UTF-8");
            let answer = scan(&user, &["--policy", path]);
            assert_eq!(answer.code, plain, "{file}: {}{}", answer.out, answer.err);
            let answer = scan(&user, &["--policy", path, "--strict", "--format", "json"]);
            assert_eq!(answer.code, strict, "{file} --strict: {}{}", answer.out, answer.err);
            assert_eq!(answer.out.is_empty(), strict == 2, "{file}");
        }
    }

    #[test]
    fn the_profile_comes_from_the_settings_unless_one_is_named() {
        let user = User::new().with(".config/stethoscope/settings.ron", "(profile: \"strict\")");
        let name = |answer: Answer| answer.json()["policy"]["name"].as_str().expect("a name").to_owned();
        assert_eq!(name(scan(&user, &["--format", "json"])), "Strict");
        assert_eq!(name(scan(&user, &["--format", "json", "--profile", "developer"])), "Developer");
        assert_eq!(name(scan(&User::new(), &["--format", "json"])), "Home");
        let absent = scan(&user, &["--profile", "absent"]);
        assert_eq!(absent.code, 2);
        assert!(absent.err.contains("there are home, workplace, developer, strict"), "{}", absent.err);
        let unasked = scan(&user, &["--profile", "home", "--practice", "applications"]);
        assert_eq!(unasked.code, 2);
        assert!(unasked.err.contains("does not ask for `applications`"), "{}", unasked.err);
        let both = scan(&user, &["--profile", "home", "--policy", "x.ron"]);
        assert_eq!(both.code, 2);
    }

    #[test]
    fn settings_that_make_no_sense_are_said_and_left_alone() {
        let user = User::new().with(".config/stethoscope/settings.ron", "(profil: 3)");
        let answer = scan(&user, &["--format", "json"]);
        assert_eq!(answer.json()["policy"]["name"], "Home");
        assert!(answer.err.contains("the settings make no sense"), "{}", answer.err);
        let kept = std::fs::read_to_string(user.config().join("settings.ron")).expect("still there");
        assert_eq!(kept, "(profil: 3)");
    }

    #[test]
    #[cfg(unix)]
    fn settings_that_do_not_answer_cost_a_message_and_not_the_program() {
        let user = User::new().with(".config/stethoscope/README", "");
        // Whoever opens a pipe waits for somebody at its other end, as on a network mount that has died.
        let made = Command::new("mkfifo").arg(user.config().join("settings.ron")).status().expect("mkfifo starts");
        assert!(made.success());
        let answer = scan(&user, &["--format", "json"]);
        assert_eq!(answer.json()["policy"]["name"], "Home");
        assert!(answer.err.contains("could not be read") && answer.err.contains("does not answer"), "{}", answer.err);
    }

    #[test]
    fn a_scan_writes_nothing() {
        let user = User::new();
        for arguments in [&["--format", "json"][..], &[]] {
            scan(&user, arguments);
        }
        user.run(&["profiles"]);
        user.run(&["history"]);
        let left: Vec<_> = std::fs::read_dir(user.home.path()).expect("read").collect();
        assert!(left.is_empty(), "{left:?}");
    }

    #[test]
    fn a_reader_that_leaves_early_is_no_failure() {
        let user = User::new();
        let mut command = user.command(&[&["scan", "--format", "json"], SWAY].concat());
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let output = command.stdout(writer).output().expect("the program starts");
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_trouble_and_is_said() {
        let user = User::new();
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("opened");
        let output = user.command(&[&["scan"], SWAY].concat()).stdout(full).output().expect("the program starts");
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).contains("could not be written"));
    }

    #[test]
    fn practices_tell_what_is_checked_and_how() {
        let user = User::new();
        let json = user.run(&[&["practices", "--format", "json"], SWAY].concat()).json();
        let practices = json["practices"].as_array().expect("a list");
        assert_eq!(practices.len(), stethoscope_probes::practice::PracticeId::ALL.len());
        for practice in practices {
            assert!(!practice["checks"].as_str().expect("words").is_empty());
        }
        let text = user.run(&[&["practices"], SWAY].concat());
        assert!(text.out.contains("screenIdle"), "{}", text.out);
    }

    #[test]
    fn a_recording_of_a_computer_scans_like_the_computer() {
        let user = User::new();
        let recording = user.run(&[&["record"], SWAY].concat());
        assert_eq!((recording.code, recording.err.as_str()), (0, ""));
        let user = user.with("again.host", &recording.out);
        let again = user.home.path().join("again.host");
        let again = again.to_str().expect("UTF-8");
        let verdicts = |host: &str| {
            let answer = user.run(&["scan", "--host", host, "--policy", "tests/cli/example.ron", "--format", "json"]);
            let practices = answer.json()["practices"].as_array().expect("a list").clone();
            practices.iter().map(|one| (one["verdict"].clone(), one["reason"].clone())).collect::<Vec<_>>()
        };
        assert_eq!(verdicts("tests/cli/sway.host"), verdicts(again));
    }

    #[test]
    fn a_broken_recorded_host_is_trouble() {
        let user = User::new().with("x.host", "@nonsense\n");
        let path = user.home.path().join("x.host");
        let answer = user.run(&["scan", "--host", path.to_str().expect("UTF-8")]);
        assert_eq!((answer.code, answer.out.as_str()), (2, ""));
        assert!(Path::new(&path).exists() && answer.err.contains("x.host"), "{}", answer.err);
        assert!(tests_folder().join("cli").is_dir());
    }
}
