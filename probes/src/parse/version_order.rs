//! Which of two versions of a package is newer, by the rule of the manager that installed it.
//!
//! Managers disagree: `1.0a` is newer than `1.0` for dpkg and rpm, and older for pacman. So a version may
//! only ever be compared with another of the same manager.

use std::cmp::Ordering;

use super::{apk_version, deb_version, pacman_version, rpm_version};

/// A manager with a rule of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VersionOrder {
    Dpkg,
    Rpm,
    Pacman,
    Apk,
}

impl VersionOrder {
    /// The rule for packages of a source, named as in `Item::source`. `None` where the source has none:
    /// flatpaks and menu entries carry whatever their makers wrote.
    pub fn of(source: &str) -> Option<Self> {
        match source {
            "dpkg" => Some(VersionOrder::Dpkg),
            "rpm" => Some(VersionOrder::Rpm),
            "pacman" => Some(VersionOrder::Pacman),
            "apk" => Some(VersionOrder::Apk),
            _ => None,
        }
    }

    /// Whether `a` is older than, as good as, or newer than `b`. Takes time in proportion to their length.
    pub fn compare(self, a: &str, b: &str) -> Ordering {
        match self {
            VersionOrder::Dpkg => deb_version::compare(a, b),
            VersionOrder::Rpm => rpm_version::compare(a, b),
            VersionOrder::Pacman => pacman_version::compare(a, b),
            VersionOrder::Apk => apk_version::compare(a, b),
        }
    }
}

/// The managers themselves as judges of made-up versions.
#[cfg(test)]
pub(super) mod real {
    use std::cmp::Ordering;
    use std::io::Write as _;
    use std::path::Path;
    use std::process::Command;

    /// Pairs of versions of few letters, so that many have a beginning in common. Always the same ones.
    pub(crate) fn pairs(letters: &str, count: usize) -> Vec<(String, String)> {
        let letters = letters.as_bytes();
        let mut seed: u64 = 0x5eed;
        let mut random = move |below: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as usize % below
        };
        let mut version = |start: &str| {
            let length = random(7);
            let body: String = (0..length).map(|_| char::from(letters[random(letters.len())])).collect();
            let release = if random(4) == 0 { format!("-{}", random(12)) } else { String::new() };
            let epoch = if random(8) == 0 { format!("{}:", random(3)) } else { String::new() };
            format!("{epoch}{start}{body}{release}")
        };
        let starts = ["1.0", "", "1", "2.9"];
        (0..count)
            .map(|index| {
                let start = starts[index % starts.len()];
                (version(start), version(start))
            })
            .filter(|(a, b)| !a.is_empty() && !b.is_empty())
            .collect()
    }

    /// Asks a program that prints -1, 0 or 1 for each line `A B` of a file. On a machine without the manager
    /// the question is left open, except for root, who can install what `tests/run` lists.
    pub(crate) fn agree(
        program: &str,
        judge: impl Fn(&str) -> (String, Vec<String>),
        compare: fn(&str, &str) -> Ordering,
        pairs: &[(String, String)],
    ) {
        if !Path::new(program).exists() {
            let root = std::fs::metadata("/proc/self").is_ok_and(|own| is_root(&own));
            assert!(!root, "{program} judges in this test; tests/run lists its package");
            return;
        }
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        let lines: String = pairs.iter().map(|(a, b)| format!("{a} {b}\n")).collect();
        file.write_all(lines.as_bytes()).expect("written");
        let (command, arguments) = judge(&file.path().to_string_lossy());
        let output = Command::new(command).args(arguments).output().expect("it starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let answers: Vec<i32> = String::from_utf8_lossy(&output.stdout).lines().flat_map(str::parse).collect();
        assert_eq!(answers.len(), pairs.len());
        let wrong: Vec<String> = pairs
            .iter()
            .zip(answers)
            .filter(|((a, b), answer)| compare(a, b) as i32 != *answer)
            .map(|((a, b), answer)| format!("{a} against {b}: {answer}"))
            .collect();
        assert!(wrong.is_empty(), "{} disagreements: {:?}", wrong.len(), &wrong[..wrong.len().min(20)]);
    }

    #[cfg(unix)]
    fn is_root(own: &std::fs::Metadata) -> bool {
        std::os::unix::fs::MetadataExt::uid(own) == 0
    }

    #[cfg(not(unix))]
    fn is_root(_own: &std::fs::Metadata) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ALL: [&str; 4] = ["dpkg", "rpm", "pacman", "apk"];

    #[test]
    fn each_manager_has_its_own_rule() {
        let order = |source: &str, a: &str, b: &str| VersionOrder::of(source).expect("it has a rule").compare(a, b);
        assert_eq!(ALL.map(|source| order(source, "1.0a", "1.0")), {
            use Ordering::{Greater, Less};
            [Greater, Greater, Less, Greater]
        });
        for source in ["flatpak", "snap", "nix", "desktop", ""] {
            assert_eq!(VersionOrder::of(source), None, "{source}");
        }
    }

    #[test]
    fn a_very_long_version_costs_no_more_than_its_length() {
        for piece in ["1.", "a1", "~", "^", "_p1", "0", "-"] {
            let long = piece.repeat(300_000);
            for source in ALL {
                let order = VersionOrder::of(source).expect("it has a rule");
                assert_eq!(order.compare(&format!("1{long}"), &format!("1{long}")), Ordering::Equal);
            }
        }
    }

    proptest! {
        #[test]
        fn whatever_is_compared_the_other_way_round_gives_the_opposite(a in ".{0,12}", b in ".{0,12}") {
            for source in ALL {
                let order = VersionOrder::of(source).expect("it has a rule");
                prop_assert_eq!(order.compare(&a, &a), Ordering::Equal);
                // pacman lets the left side decide where letters meet digits at different distances.
                if source != "pacman" {
                    prop_assert_eq!(order.compare(&a, &b), order.compare(&b, &a).reverse());
                }
            }
        }
    }
}
