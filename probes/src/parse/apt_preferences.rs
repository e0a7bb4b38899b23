//! APT's preferences: pins that raise or lower versions of packages (apt_preferences(5)).

use super::glob;

/// What versions have where no pin says otherwise.
const USUAL: i64 = 500;

/// Whether pins keep a package at its version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pinned {
    /// No: the newer version is put in with the next upgrade.
    Free,
    /// Yes: the newer version stays out.
    Back,
    /// A pin may do so, but that hangs on things that were not read.
    Unclear,
}

/// One paragraph.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Pin {
    /// Shell patterns of binary packages; `*` alone makes it a general pin.
    packages: Vec<String>,
    kind: Kind,
    priority: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    /// A shell pattern of versions.
    Version(String),
    /// `key=value` conditions on the archive.
    Release(Vec<(String, String)>),
    /// The host an archive is fetched from.
    Origin(String),
}

/// What an archive says of itself, as far as pins ask.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Archive<'a> {
    pub suite: &'a str,
    pub codename: &'a str,
    pub origin: &'a str,
    pub label: &'a str,
    /// The host name it came from.
    pub site: &'a str,
}

/// All pins, in the order in which they count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preferences {
    pins: Vec<Pin>,
    /// A paragraph could not be understood, so that more may be pinned than is known.
    pub is_vague: bool,
}

impl Preferences {
    /// Adds the paragraphs of one file.
    pub fn add(&mut self, text: &str) {
        for paragraph in text.replace("\r\n", "\n").split("\n\n") {
            let lines: Vec<&str> = paragraph.lines().filter(|line| !line.starts_with('#')).collect();
            let field = |name: &str| {
                lines.iter().find_map(|line| {
                    let (key, value) = line.split_once(':')?;
                    key.trim().eq_ignore_ascii_case(name).then(|| value.trim())
                })
            };
            if lines.iter().all(|line| line.trim().is_empty()) {
                continue;
            }
            match pin(field("Package"), field("Pin"), field("Pin-Priority")) {
                Some(pin) => self.pins.push(pin),
                None => self.is_vague = true,
            }
        }
    }

    /// What the pins make of a newer version of an installed package.
    pub fn judge(&self, package: &str, installed: &str, newer: &str, archive: Archive<'_>) -> Pinned {
        let offered = self.priority(package, newer, Some(archive));
        let present = self.priority(package, installed, None);
        match (offered, present) {
            (Some(..0), _) => Pinned::Back,
            // At the same priority the newer version wins.
            (_, Some(present)) if present > offered.unwrap_or(USUAL) => Pinned::Back,
            // Which priority the installed version has where it came from is not known here.
            (Some(..USUAL), None) => Pinned::Unclear,
            _ if self.is_vague => Pinned::Unclear,
            _ => Pinned::Free,
        }
    }

    /// What the pins give one version: pins that name packages come before general ones, and among those
    /// the first that fits counts.
    fn priority(&self, package: &str, version: &str, archive: Option<Archive<'_>>) -> Option<i64> {
        let fits = |pin: &&Pin| match &pin.kind {
            Kind::Version(pattern) => glob::matches(pattern, version),
            Kind::Release(conditions) => archive.is_some_and(|archive| {
                conditions.iter().all(|(key, value)| {
                    let own = match key.as_str() {
                        "a" => archive.suite,
                        "n" => archive.codename,
                        "o" => archive.origin,
                        "l" => archive.label,
                        _ => return false,
                    };
                    glob::matches(value, own)
                })
            }),
            Kind::Origin(site) => archive.is_some_and(|archive| glob::matches(site, archive.site)),
        };
        let is_general = |pin: &&Pin| pin.packages.len() == 1 && pin.packages[0] == "*";
        let is_named =
            |pin: &&Pin| !is_general(pin) && pin.packages.iter().any(|pattern| glob::matches(pattern, package));
        let mut named = self.pins.iter().filter(is_named).filter(fits);
        named.next().or_else(|| self.pins.iter().filter(is_general).find(fits)).map(|pin| pin.priority)
    }
}

fn pin(packages: Option<&str>, rule: Option<&str>, priority: Option<&str>) -> Option<Pin> {
    let packages: Vec<String> = packages?.split_whitespace().map(str::to_owned).collect();
    // Patterns on source packages and regular expressions are left to APT.
    if packages.is_empty() || packages.iter().any(|name| name.starts_with("src:") || name.starts_with('/')) {
        return None;
    }
    let (word, rest) = rule?.split_once(char::is_whitespace)?;
    let rest = rest.trim();
    let kind = match word.to_lowercase().as_str() {
        "version" => Kind::Version(rest.to_owned()),
        "origin" => Kind::Origin(rest.trim_matches('"').to_owned()),
        "release" => {
            let condition = |part: &str| {
                let part = part.trim();
                match part.split_once('=') {
                    Some((key, value)) => Some((key.trim().to_owned(), value.trim().trim_matches('"').to_owned())),
                    // A bare word is a suite's or a release's name.
                    None => (!part.is_empty()).then(|| ("a".to_owned(), part.to_owned())),
                }
            };
            let conditions: Vec<(String, String)> = rest.split(',').map(condition).collect::<Option<_>>()?;
            if conditions.iter().any(|(key, _)| !matches!(key.as_str(), "a" | "n" | "o" | "l")) {
                return None;
            }
            Kind::Release(conditions)
        }
        _ => return None,
    };
    Some(Pin { packages, kind, priority: priority?.split_whitespace().next()?.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECURITY: Archive<'_> = Archive {
        suite: "oldstable-security",
        codename: "bookworm-security",
        origin: "Debian",
        label: "Debian-Security",
        site: "deb.debian.org",
    };

    fn judged(text: &str) -> Pinned {
        let mut preferences = Preferences::default();
        preferences.add(text);
        preferences.judge("openssl", "3.0.16-1", "3.0.17-1", SECURITY)
    }

    #[test]
    fn a_pin_on_the_installed_version_or_against_the_archive_keeps_the_newer_one_out() {
        // Each was tried with `apt-cache policy` of APT 2.6.
        for (pin, wanted) in [
            ("Package: openssl\nPin: version 3.0.16*\nPin-Priority: 1001", Pinned::Back),
            ("Package: openssl\nPin: version 3.0.16*\nPin-Priority: 501", Pinned::Back),
            ("Package: openssl\nPin: version 3.0.16*\nPin-Priority: 500", Pinned::Free),
            ("Package: libssl3 openssl\nPin: version 3.0.16-1\nPin-Priority: 900", Pinned::Back),
            ("Package: open*\nPin: version 3.0.16-1\nPin-Priority: 900", Pinned::Back),
            ("Package: *\nPin: release n=bookworm-security\nPin-Priority: -1", Pinned::Back),
            ("Package: *\nPin: release a=oldstable-security, l=Debian-Security\nPin-Priority: -10", Pinned::Back),
            ("Package: *\nPin: origin \"deb.debian.org\"\nPin-Priority: -1", Pinned::Back),
            ("Package: openssl\nPin: version 3.0.17*\nPin-Priority: -1", Pinned::Back),
            ("Package: *\nPin: release n=bookworm-security\nPin-Priority: 100", Pinned::Unclear),
            ("Package: vim\nPin: version *\nPin-Priority: 1001", Pinned::Free),
            ("Package: *\nPin: release a=unstable\nPin-Priority: -1", Pinned::Free),
            ("Package: *\nPin: origin \"packages.mozilla.org\"\nPin-Priority: 1000", Pinned::Free),
            ("# Package: openssl\n\n\nExplanation: x\nPackage: vim\nPin: version 9*\nPin-Priority: 1001", Pinned::Free),
        ] {
            assert_eq!(judged(pin), wanted, "{pin}");
        }
    }

    #[test]
    fn a_pin_that_names_the_package_comes_before_a_general_one() {
        let pins = "Package: *\nPin: release n=bookworm-security\nPin-Priority: -1\n\n\
                    Package: openssl\nPin: release n=bookworm-security\nPin-Priority: 700\n";
        assert_eq!(judged(pins), Pinned::Free);
    }

    #[test]
    fn what_cannot_be_understood_leaves_the_answer_open() {
        for pin in [
            "Package: src:openssl\nPin: version 3.0.16*\nPin-Priority: 1001",
            "Package: /^open/\nPin: version 3.0.16*\nPin-Priority: 1001",
            "Package: openssl\nPin: release v=12\nPin-Priority: -1",
            "Package: openssl\nPin: version 3.0.16*\nPin-Priority: high",
            "Package: openssl\nPin-Priority: 1",
        ] {
            assert_eq!(judged(pin), Pinned::Unclear, "{pin}");
        }
    }
}
