//! The settings on disk: what is refused, what is set aside, what is never overwritten.

use std::fs;
use std::path::Path;

use stethoscope::paths::Paths;
use stethoscope::settings::{QuietHours, SaveError, Settings, SettingsProblem, load, parse, save};
use stethoscope_probes::practice::PracticeId;

use crate::disks::TinyDisk;

fn with_file(text: &str) -> (tempfile::TempDir, Paths) {
    let root = tempfile::tempdir().expect("a folder");
    let paths = Paths::below(root.path());
    fs::create_dir_all(&paths.config).expect("made");
    fs::write(paths.settings(), text).expect("written");
    (root, paths)
}

fn some_settings() -> Settings {
    let mut settings = Settings { profile: "strict".to_owned(), interval_minutes: 17, ..Settings::default() };
    settings.notifications.quiet_hours =
        Some(QuietHours { from: jiff::civil::time(22, 0, 0, 0), until: jiff::civil::time(7, 30, 0, 0) });
    settings.snoozed.insert(PracticeId::Firewall, "2026-11-24T08:00:00Z".parse().expect("a time"));
    settings.ignored.insert(PracticeId::DiskEncryption, "it \"is\" a lab machine\nreally".to_owned());
    settings
}

#[test]
fn the_commented_sample_says_the_defaults() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../config/settings.ron");
    let text = fs::read_to_string(&sample).expect("the sample is there");
    assert_eq!(parse(&text, &sample).expect("the sample is good"), Settings::default());
}

#[test]
fn what_was_saved_comes_back() {
    let root = tempfile::tempdir().expect("a folder");
    let paths = Paths::below(root.path());
    assert_eq!(load(&paths), (Settings::default(), None), "no file means the defaults and is no problem");
    save(&some_settings(), &paths).expect("saved");
    assert_eq!(load(&paths), (some_settings(), None));
    let names: Vec<_> =
        fs::read_dir(&paths.config).expect("listed").map(|file| file.expect("a file").file_name()).collect();
    assert_eq!(names, ["settings.ron"], "nothing temporary is left");
}

#[test]
fn quiet_hours_need_no_some_around_them() {
    let text = r#"(quiet_hours: (from: "22:00:00", until: "07:30:00"))"#;
    let text = format!("(notifications: {text})");
    let settings = parse(&text, Path::new("settings.ron")).expect("good");
    assert_eq!(settings.notifications.quiet_hours, some_settings().notifications.quiet_hours);
}

/// A file with a mistake, the line it is in, and words its message has to have.
const MISTAKES: &[(&str, usize, &str)] = &[
    ("(\n  profile: \"home\",\n  colour: 3,\n)", 3, "colour"),
    ("(\n  notifications: (\n    failling: true,\n  ),\n)", 3, "failling"),
    ("(\n  interval_minutes: \"5\",\n)", 2, "integer"),
    ("(\n  interval_minutes: -5,\n)", 2, "out of bounds"),
    ("(\n  // minutes\n  interval_minutes: 0,\n)", 3, "takes 1 to 1440 minutes, not 0"),
    ("(\n  interval_minutes: 1441,\n)", 2, "takes 1 to 1440 minutes, not 1441"),
    ("(\n  notifications: (settle_seconds: 3601),\n)", 2, "takes 0 to 3600 seconds"),
    (
        "(\n  notifications: (\n    quiet_hours: (from: \"07:00:00\", until: \"07:00:00\")),\n)",
        3,
        "two different times",
    ),
    ("(\n  notifications: (\n    quiet_hours: (from: \"25:00:00\", until: \"07:00:00\")),\n)", 3, "hour"),
    ("(\n\n  profile: \"../../etc/passwd\",\n)", 3, "profile"),
    ("(\n  profile: \"\",\n)", 2, "profile"),
    ("(\n  theme: Purple,\n)", 2, "Purple"),
    ("(\n  snoozed: { firewal: \"2026-11-24T08:00:00Z\" },\n)", 2, "firewal"),
    ("(\n  snoozed: { firewall: \"tomorrow\" },\n)", 2, "year"),
    ("(\n  profile: \"home\"\n  interval_minutes: 5,\n)", 3, "comma"),
    ("(profile: \"home\"", 1, "pected"),
    ("", 1, "pected"),
    ("\u{0}\u{0}\u{0}", 1, "pected"),
];

#[test]
fn each_mistake_is_said_with_file_and_line_and_the_file_is_set_aside() {
    let mut wrong = Vec::new();
    for (text, line, words) in MISTAKES {
        let (_root, paths) = with_file(text);
        let (settings, problem) = load(&paths);
        assert_eq!(settings, Settings::default(), "{text}");
        let Some(SettingsProblem::Broken { cause, aside }) = problem.clone() else { panic!("{text}: {problem:?}") };
        if !cause.what.contains(words) || cause.line != *line {
            wrong.push(format!("{text}\n=> line {}: {}", cause.line, cause.what));
        }
        assert_eq!(aside.file_name().and_then(|name| name.to_str()), Some("settings.ron.broken-1"));
        assert_eq!(fs::read_to_string(&aside).expect("kept"), *text, "not one byte is lost");
        assert!(!paths.settings().exists());
        let words = problem.expect("it was one").to_string();
        assert!(words.contains("settings.ron, line ") && words.contains("settings.ron.broken-1"), "{words}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn a_second_broken_file_does_not_replace_the_first() {
    let (_root, paths) = with_file("first");
    let _problem = load(&paths);
    fs::write(paths.settings(), "second").expect("written");
    let _problem = load(&paths);
    let kept =
        |number: u32| fs::read_to_string(paths.config.join(format!("settings.ron.broken-{number}"))).expect("kept");
    assert_eq!((kept(1).as_str(), kept(2).as_str()), ("first", "second"));
}

#[test]
fn a_file_of_a_newer_version_is_left_alone_even_by_saving() {
    let text = "Settings(\n  // format: 1\n  format: 2, moods: { cheerful: [Always, (x: 3)] }, profile: 12,\n)";
    let (_root, paths) = with_file(text);
    let (settings, problem) = load(&paths);
    assert_eq!(settings, Settings::default());
    assert!(matches!(problem, Some(SettingsProblem::Newer { found: 2, .. })), "{problem:?}");
    let error = save(&some_settings(), &paths).expect_err("it would be lost");
    assert!(matches!(error, SaveError::Newer { found: 2, .. }), "{error}");
    assert_eq!(fs::read_to_string(paths.settings()).expect("there"), text);
}

#[test]
fn saving_over_a_file_that_broke_meanwhile_keeps_that_file() {
    let (_root, paths) = with_file("(profile: \"half writt");
    save(&some_settings(), &paths).expect("saved");
    assert_eq!(load(&paths), (some_settings(), None));
    let aside = fs::read_to_string(paths.config.join("settings.ron.broken-1")).expect("kept");
    assert_eq!(aside, "(profile: \"half writt");
}

#[test]
fn settings_that_make_no_sense_are_not_saved() {
    let root = tempfile::tempdir().expect("a folder");
    let paths = Paths::below(root.path());
    let settings = Settings { interval_minutes: 0, ..Settings::default() };
    assert!(matches!(save(&settings, &paths), Err(SaveError::Impossible(_))));
    assert!(!paths.settings().exists());
}

#[cfg(unix)]
#[test]
fn a_linked_settings_file_stays_a_link() {
    let root = tempfile::tempdir().expect("a folder");
    let paths = Paths::below(root.path());
    let elsewhere = root.path().join("dotfiles.ron");
    fs::write(&elsewhere, "()").expect("written");
    fs::create_dir_all(&paths.config).expect("made");
    std::os::unix::fs::symlink(&elsewhere, paths.settings()).expect("linked");
    save(&some_settings(), &paths).expect("saved");
    assert!(fs::symlink_metadata(paths.settings()).expect("there").is_symlink());
    assert_eq!(parse(&fs::read_to_string(&elsewhere).expect("there"), &elsewhere).expect("good"), some_settings());
}

#[test]
fn a_full_disk_costs_a_sentence_and_the_old_settings_stay() {
    let Some(disk) = TinyDisk::mount() else { return };
    let paths = Paths::below(disk.path());
    save(&some_settings(), &paths).expect("there is room for one");
    disk.fill();
    let error = save(&Settings::default(), &paths).expect_err("the disk is full");
    assert!(error.to_string().starts_with("the settings could not be saved: No space left"), "{error}");
    assert_eq!(load(&paths), (some_settings(), None));
    let names: Vec<_> =
        fs::read_dir(&paths.config).expect("listed").map(|file| file.expect("a file").file_name()).collect();
    assert_eq!(names, ["settings.ron"], "the half-written file is gone");
}

#[test]
fn a_read_only_home_costs_a_sentence() {
    let Some(disk) = TinyDisk::mount() else { return };
    let paths = Paths::below(disk.path());
    fs::create_dir_all(&paths.config).expect("made");
    fs::write(paths.settings(), "(profil: 1)").expect("written");
    disk.make_read_only();
    let (settings, problem) = load(&paths);
    assert_eq!(settings, Settings::default());
    let words = problem.expect("the file is broken").to_string();
    assert!(words.contains("could not be set aside: Read-only"), "{words}");
    let error = save(&some_settings(), &paths).expect_err("nothing can be written");
    assert!(error.to_string().contains("Read-only"), "{error}");
}
