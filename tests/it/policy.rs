//! Policy files: the good ones are read, each mistake is refused with its message.

use std::fmt::Write;

use stethoscope::lifecycle::Lifecycle;
use stethoscope::paths::Paths;
use stethoscope::policy::load::{self, PolicyError, ProfileSource};
use stethoscope_probes::practice::PracticeId;

use crate::support::{files, golden, tests_folder, workspace};

#[test]
fn every_built_in_profile_is_read_and_says_whom_it_is_for() {
    let profiles = load::built_in();
    let ids: Vec<&str> = profiles.iter().map(|profile| profile.id.as_str()).collect();
    assert_eq!(ids, ["home", "workplace", "developer", "strict"]);
    for profile in profiles {
        assert!(profile.policy.description.starts_with("For "), "{}", profile.id);
        assert!(!profile.policy.description.contains(['\n', '\\']), "{}", profile.id);
        assert!(profile.policy.requirements.contains_key(&PracticeId::OsVersion), "{}", profile.id);
        assert_eq!(profile.source, ProfileSource::BuiltIn);
    }
}

#[test]
fn the_list_of_support_dates_is_read() {
    let lifecycle = Lifecycle::built_in();
    for (id, product) in &lifecycle.products {
        assert!(!product.label.is_empty(), "{id} has no name for people");
        if let Some(other) = &product.same_as {
            assert!(lifecycle.products[other].same_as.is_none(), "{id} points at {other}, which points on");
        }
        for release in &product.releases {
            for (phase, until) in &release.extended {
                let phases = &product.phases;
                assert!(phases.contains_key(phase), "{id} {} has a phase {phase} of nobody", release.version);
                assert!(*until >= release.ends, "{id} {}: {phase} ends before it begins", release.version);
            }
        }
    }
}

#[test]
fn every_good_policy_is_read() {
    let found = files(&tests_folder().join("policies/valid"), "ron");
    assert!(!found.is_empty());
    for path in found {
        let policy = load::from_file(&path).unwrap_or_else(|error| panic!("{error}"));
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let mut said = format!("{}\n", policy.name);
        for (practice, requirement) in &policy.requirements {
            writeln!(said, "{practice}: {requirement}").expect("a string takes all");
        }
        golden(&format!("policies/valid/{name}.stdout"), &said);
    }
}

#[test]
fn every_mistake_is_refused_with_its_line_and_what_would_be_right() {
    let found = files(&tests_folder().join("policies/invalid"), "ron");
    assert!(found.len() > 20, "only {} files", found.len());
    for path in found {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let refused = match load::from_file(&path) {
            Ok(policy) => panic!("{name} was read as {policy:?}"),
            Err(error) => error.to_string(),
        };
        let shown = refused.replace(&path.display().to_string(), &format!("{name}.ron"));
        golden(&format!("policies/invalid/{name}.stderr"), &format!("{shown}\n"));
    }
}

#[test]
fn a_policy_that_is_too_large_is_refused_without_being_read() {
    let text = format!("// {}\n", "x".repeat(1 << 20));
    assert!(matches!(load::from_text(&text, "large.ron"), Err(PolicyError::TooLarge { .. })));
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("large.ron");
    std::fs::write(&file, text).expect("written");
    assert!(matches!(load::from_file(&file), Err(PolicyError::TooLarge { .. })));
    let device = load::from_file(std::path::Path::new("/dev/zero"));
    assert!(matches!(device, Err(PolicyError::Unreadable { .. })), "{device:?}");
}

#[test]
fn a_user_cannot_take_the_name_of_a_profile_that_could_be_pinned() {
    let folder = tempfile::tempdir().expect("a folder");
    let paths = Paths::below(folder.path());
    std::fs::create_dir_all(paths.profiles()).expect("made");
    std::fs::create_dir_all(paths.system_profiles()).expect("made");
    let policy = |name: &str| format!("Policy(format: 1, name: \"{name}\", requirements: {{ firewall: Always }})");
    std::fs::write(paths.profiles().join("strict.ron"), policy("weak")).expect("written");
    std::fs::write(paths.profiles().join("mine.ron"), policy("Mine")).expect("written");
    std::fs::write(paths.profiles().join("broken.ron"), "Policy(format: 1").expect("written");
    std::fs::write(paths.profiles().join(".mine.ron"), "half").expect("written");
    std::fs::write(paths.system_profiles().join("workplace.ron"), policy("Ours")).expect("written");
    std::fs::write(paths.system_profiles().join("lab.ron"), policy("Lab")).expect("written");

    let (profiles, errors) = load::profiles(&paths);
    let names: Vec<(&str, &str)> =
        profiles.iter().map(|profile| (profile.id.as_str(), profile.policy.name.as_str())).collect();
    assert_eq!(
        names,
        [
            ("home", "Home"),
            ("workplace", "Ours"),
            ("developer", "Developer"),
            ("strict", "Strict"),
            ("lab", "Lab"),
            ("mine", "Mine")
        ]
    );
    assert_eq!(errors.len(), 2, "{errors:?}");
    assert!(errors.iter().any(|error| error.to_string().starts_with("there is already a profile `strict`")));

    let chosen = |pinned, wanted| load::choose(&profiles, pinned, wanted).map(|profile| profile.policy.name.clone());
    assert_eq!(chosen(None, "mine").expect("chosen"), "Mine");
    assert_eq!(chosen(Some("lab"), "mine").expect("chosen"), "Lab");
    assert!(chosen(Some("mine"), "home").is_err(), "an administrator did not mean the user's own file");
    assert!(chosen(None, "absent").expect_err("refused").to_string().contains("there are home, workplace"));
}

#[test]
fn a_pin_is_read_and_a_broken_pin_is_an_error_and_no_freedom() {
    let folder = tempfile::tempdir().expect("a folder");
    let paths = Paths::below(folder.path());
    assert_eq!(load::pinned(&paths), Ok(None));
    std::fs::create_dir_all(&paths.system).expect("made");
    let pin = paths.system.join("pinned.ron");
    std::fs::write(&pin, "Pinned(format: 1, profile: \"workplace\")").expect("written");
    assert_eq!(load::pinned(&paths), Ok(Some("workplace".to_owned())));
    std::fs::write(&pin, "Pinned(format: 1, profil: \"workplace\")").expect("written");
    let error = load::pinned(&paths).expect_err("refused").to_string();
    assert!(error.starts_with("there is no field `profil` here; did you mean `profile`?"), "{error}");
    std::fs::remove_file(&pin).expect("removed");
    std::fs::create_dir(&pin).expect("made");
    assert!(load::pinned(&paths).is_err());
}

#[test]
fn a_policy_that_nests_without_end_is_refused_quickly() {
    for open in ["(", "[", "{", "Some(", "/*", "{\"a\":", "Policy(requirements: {firewall: Apps(["] {
        let text = open.repeat((1 << 20) / open.len());
        assert!(load::from_text(&text, "deep.ron").is_err());
        let inside = format!("Policy(format: 1, name: {text}");
        let inside = &inside[..inside.len().min(1 << 20)];
        assert!(load::from_text(inside, "deep.ron").is_err());
    }
}

#[test]
fn the_examples_in_the_documentation_are_read() {
    let page = std::fs::read_to_string(workspace().join("docs/policies.md")).expect("the page");
    let examples: Vec<&str> =
        page.split("```ron\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default()).collect();
    assert_eq!(examples.len(), 2, "a policy and a pin");
    let policy = load::from_text(examples[0], "docs/policies.md").unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(policy.requirements.len(), 7);
    let folder = tempfile::tempdir().expect("a folder");
    let paths = Paths::below(folder.path());
    std::fs::create_dir_all(&paths.system).expect("made");
    std::fs::write(paths.system.join("pinned.ron"), examples[1]).expect("written");
    assert_eq!(load::pinned(&paths), Ok(Some("workplace".to_owned())));
    for practice in PracticeId::ALL {
        assert!(page.contains(&format!("`{practice}`")), "{practice} is not explained");
    }
}

proptest::proptest! {
    /// A policy with one character changed is read or refused, and never costs the program.
    #[test]
    fn a_damaged_policy_is_read_or_refused(at in 0usize..2000, with in proptest::prelude::any::<char>(), cut in proptest::prelude::any::<bool>()) {
        let text = std::fs::read_to_string(tests_folder().join("policies/valid/everything.ron")).expect("read");
        let mut letters: Vec<char> = text.chars().collect();
        let at = at % letters.len();
        if cut { letters.truncate(at) } else { letters[at] = with }
        let damaged: String = letters.into_iter().collect();
        if let Err(PolicyError::Refused { problem, line, column, .. }) = load::from_text(&damaged, "damaged.ron") {
            assert!(!problem.is_empty());
            assert!(line >= 1 && line <= damaged.lines().count().max(1) + 1, "line {line}");
            assert!(column >= 1);
        }
    }

    /// Whatever stands in a version field, comparing it gives an answer.
    #[test]
    fn any_version_is_compared_or_not_comparable(version in ".*", range in "(>=|<|<=|>|)?[0-9]{1,25}(\\.[0-9]{1,4}){0,3}(, ?<[0-9]{1,4})?") {
        use stethoscope::version::{Number, Range};
        if let (Some(number), Ok(range)) = (Number::parse(&version), Range::parse(&range)) {
            let _either = range.contains(&number);
            assert!(range.covers(&range));
            assert_eq!(number, number.clone());
        }
    }
}
