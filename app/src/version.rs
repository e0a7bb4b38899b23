//! Version numbers: dotted numbers, and ranges of them as policies write them.
//!
//! A package manager's own order is only right among its own packages. A policy asks about the
//! program as its makers count it, so a package's version is reduced to that before it is compared.

use std::cmp::Ordering;
use std::fmt;

/// A dotted number such as `24.04`, `10.0.19041` or `128.0`, reduced from what the system writes.
#[derive(Clone, Debug)]
pub struct Number {
    /// Numbers beyond 64 bits count as the largest one: no product counts that far.
    parts: Vec<u64>,
    /// A version on the way to this one: `128.0b3`, `1.0~rc1`, `26.05pre`. Comes before it.
    preview: bool,
}

impl Number {
    /// Reads a version as a system or a package manager writes it. `None` where it does not begin
    /// with a number, because then there is no order that all products share.
    ///
    /// Epoch, package revision and what a distribution adds (`+dfsg`, `~deb12u1`, `esr`) are dropped.
    pub fn parse(written: &str) -> Option<Self> {
        let mut text = written.trim();
        if let Some((epoch, rest)) = text.split_once(':')
            && !epoch.is_empty()
            && epoch.bytes().all(|byte| byte.is_ascii_digit())
        {
            text = rest;
        }
        // Debian ships `5.9+really5.8` when 5.9 had to be taken back: 5.8 is what runs.
        if let Some((_, really)) = text.rsplit_once("+really") {
            text = really;
        }
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let (parts, rest) = dotted(text);
        (!parts.is_empty()).then(|| Number { parts, preview: is_preview(rest) })
    }

    /// Before, at or after a bound. A preview of the bound's own version comes before it.
    fn cmp_to(&self, bound: &[u64]) -> Ordering {
        let order = cmp_parts(&self.parts, bound);
        match order {
            Ordering::Equal if self.preview => Ordering::Less,
            order => order,
        }
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        cmp_parts(&self.parts, &other.parts).then(other.preview.cmp(&self.preview))
    }
}

/// The leading dotted number, and what comes after it.
fn dotted(text: &str) -> (Vec<u64>, &str) {
    let mut parts = Vec::new();
    let mut rest = text;
    loop {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            break;
        }
        parts.push(number(&rest[..digits]));
        rest = &rest[digits..];
        match rest.strip_prefix('.') {
            Some(next) if next.starts_with(|c: char| c.is_ascii_digit()) => rest = next,
            _ => break,
        }
    }
    (parts, rest)
}

/// The value of a run of digits; leading zeros do not count.
fn number(digits: &str) -> u64 {
    digits.bytes().fold(0u64, |value, digit| value.saturating_mul(10).saturating_add(u64::from(digit - b'0')))
}

/// Words for a version on the way.
const ON_THE_WAY: [&str; 12] =
    ["alpha", "beta", "pre", "prerelease", "preview", "rc", "dev", "devel", "nightly", "snapshot", "insider", "canary"];

/// Whether what follows the number says that this is not yet that version.
fn is_preview(rest: &str) -> bool {
    const OWN: [&str; 5] = ["deb", "ubuntu", "bpo", "mint", "pop"];
    let rest = rest.to_ascii_lowercase();
    // A release of rpm that begins with zero may say it in its own parts: `1.0-0.3.rc2.fc43`.
    if let Some(release) = rest.strip_prefix("-0.") {
        return release.split('.').any(says_preview);
    }
    let word = rest.trim_start_matches(['.', '-', '_', '~']);
    if says_preview(word) {
        return true;
    }
    if rest.starts_with('~') {
        // dpkg and rpm sort everything after `~` before the version itself, but distributions mark their own
        // rebuilds with it too: by a word, or by the short number of a release. A day is a state on the way.
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        return if digits > 0 { digits >= 6 } else { !OWN.iter().any(|own| word.starts_with(own)) };
    }
    // `128.0b3` and `3.13a1` are on the way; `1.1.1w` is a patch letter. Only glued letters count.
    let mut letters = rest.chars();
    matches!(letters.next(), Some('a' | 'b')) && letters.next().is_some_and(|c| c.is_ascii_digit())
}

/// Begins with one of those words, and not with a longer one: `pre1`, but not `precise1`.
fn says_preview(text: &str) -> bool {
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    ON_THE_WAY.contains(&&text[..letters])
}

/// Missing parts count as zero: 12 and 12.0 are the same.
fn cmp_parts(left: &[u64], right: &[u64]) -> Ordering {
    let longest = left.len().max(right.len());
    let part = |parts: &[u64], index: usize| parts.get(index).copied().unwrap_or(0);
    (0..longest)
        .map(|index| part(left, index).cmp(&part(right, index)))
        .find(|order| *order != Ordering::Equal)
        .unwrap_or(Ordering::Equal)
}

/// A range such as `>=12, <14`, or `24.04`, which means 24.04 and every point release of it.
///
/// `<=12` includes 12.11 and `>12` does not: a bound speaks of as many parts as it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    written: String,
    /// The first version that is in. Empty: from the first one on.
    from: Vec<u64>,
    /// The first version after it that is out.
    to: Option<Vec<u64>>,
}

/// A range that is no range.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RangeError {
    #[error("a version range is empty; write one such as `>=12` or `>=12, <14`")]
    Empty,
    #[error("`{0}` is no version bound; write one such as `>=12`, `<14` or `24.04`, with commas between several")]
    Malformed(String),
    #[error("no version is in the range `{0}`")]
    Impossible(String),
}

impl Range {
    /// Reads a range. Refuses one that no version can be in.
    pub fn parse(written: &str) -> Result<Self, RangeError> {
        if written.trim().is_empty() {
            return Err(RangeError::Empty);
        }
        let mut range = Range { written: written.trim().to_owned(), from: Vec::new(), to: None };
        for bound in written.split(',') {
            range.narrow(bound.trim())?;
        }
        match &range.to {
            Some(to) if cmp_parts(&range.from, to) != Ordering::Less => Err(RangeError::Impossible(range.written)),
            _ => Ok(range),
        }
    }

    fn narrow(&mut self, bound: &str) -> Result<(), RangeError> {
        const SIGNS: [&str; 5] = [">=", "<=", ">", "<", "="];
        let malformed = || RangeError::Malformed(bound.to_owned());
        let sign = SIGNS.into_iter().find(|sign| bound.starts_with(sign)).unwrap_or("");
        let (parts, rest) = dotted(bound[sign.len()..].trim_start());
        if parts.is_empty() || !rest.is_empty() {
            return Err(malformed());
        }
        let after = {
            let mut after = parts.clone();
            let last = after.last_mut().ok_or_else(malformed)?;
            *last = last.checked_add(1).ok_or_else(malformed)?;
            after
        };
        match sign {
            ">=" => self.raise(parts),
            ">" => self.raise(after),
            "<" => self.lower(parts),
            "<=" => self.lower(after),
            _ => {
                self.raise(parts);
                self.lower(after);
            }
        }
        Ok(())
    }

    fn raise(&mut self, from: Vec<u64>) {
        if cmp_parts(&from, &self.from) == Ordering::Greater {
            self.from = from;
        }
    }

    fn lower(&mut self, to: Vec<u64>) {
        if self.to.as_ref().is_none_or(|known| cmp_parts(&to, known) == Ordering::Less) {
            self.to = Some(to);
        }
    }

    pub fn contains(&self, version: &Number) -> bool {
        let from = self.from.is_empty() || version.cmp_to(&self.from) != Ordering::Less;
        from && self.to.as_ref().is_none_or(|to| version.cmp_to(to) == Ordering::Less)
    }

    /// Whether every version of `other` is in this range too.
    pub fn covers(&self, other: &Range) -> bool {
        let from = cmp_parts(&self.from, &other.from) != Ordering::Greater;
        let to = match (&self.to, &other.to) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(mine), Some(theirs)) => cmp_parts(mine, theirs) != Ordering::Less,
        };
        from && to
    }
}

impl fmt::Display for Range {
    /// As it was written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(range: &str, inside: &[&str], outside: &[&str]) {
        let parsed = Range::parse(range).expect("a good range");
        for version in inside {
            assert!(parsed.contains(&Number::parse(version).expect("a number")), "{version} is in {range}");
        }
        for version in outside {
            assert!(!parsed.contains(&Number::parse(version).expect("a number")), "{version} is not in {range}");
        }
    }

    #[test]
    fn ranges_hold_what_they_say() {
        check(">=12, <14", &["12", "12.0", "12.11", "13", "13.99"], &["11.9", "14", "14.0", "14.1"]);
        check("24.04", &["24.04", "24.4", "24.04.2"], &["24.10", "24.1", "24.03", "24"]);
        check("10.0.19041", &["10.0.19041", "10.0.19041.3"], &["10.0.19042", "10.0.9999"]);
        check("<=12", &["12", "12.11", "9"], &["13"]);
        check(">12", &["13", "13.1"], &["12", "12.11"]);
        check("=12", &["12.3"], &["13"]);
        check(">=10.0.19045,<11", &["10.0.26100"], &["10.0.19044", "11"]);
        check("<1", &["0", "0.9"], &["1"]);
    }

    #[test]
    fn package_versions_are_reduced_to_what_the_makers_count() {
        check(
            "128.0",
            &["1:128.0esr-1~deb12u1", "128.0+build2-0ubuntu0.22.04.1", "v128.0", "128.0.3esr-2.fc43"],
            &["1:127.0-1", "128.1"],
        );
        check("5.8", &["5.9+really5.8-1", "5.8~deb12u1", "5.8.1^git20260101"], &["5.9+dfsg-1"]);
        check("1.1.1", &["1.1.1w-0+deb11u1", "1.1.1"], &["1.1.1~rc1-1", "1.1.1-rc.1", "1.1.1a1", "1.1.1beta2"]);
        check(">=128", &["128.0"], &["128.0b3", "128.0~rc1", "128_rc1"]);
    }

    #[test]
    fn each_managers_way_to_write_a_version_is_understood() {
        let versions = |inside: &[&str], outside: &[&str]| check(">=1.2.3, <1.2.4", inside, outside);
        // dpkg: epoch, revision, what a distribution took out, added, rebuilt or took back.
        versions(
            &[
                "5:1.2.3-1~ubuntu.24.04~noble",
                "1.2.3+dfsg1-2",
                "1.2.3+ds-1",
                "1.2.3+git20260101.abc-1",
                "1.2.3~deb12u1",
                "1.2.3~ubuntu1",
                "1.2.3~bpo12+1",
                "1.2.3~22.04.1",
                "1.2.3-0ubuntu0.24.04.1",
                "1.2.3-0.1",
                "2.0+really1.2.3-1",
                "1.2.3-1~rc1",
            ],
            &["1.2.3~rc1-1", "1.2.3~beta2+dfsg-1", "1.2.3~git20260101-1", "1.2.3~20260101-1", "1.2.3+really1.2.2-1"],
        );
        // rpm: release, and both of its ways to write what is not there yet or already behind it.
        versions(
            &["1.2.3-2.fc43", "2:1.2.3-1.el9_6.2", "1.2.3^20260101git123abc-1.fc43", "1.2.3^rc1-1", "1.2.3-0.fc43"],
            &["1.2.3~rc1-1.fc43", "1.2.3~beta-1", "1.2.3-0.3.rc2.fc43", "1.2.3-0.1.beta1"],
        );
        // pacman: release, glued words.
        versions(
            &["1:1.2.3-1", "1.2.3.r5.gabc123-1", "1.2.3+r5+gabc123-1"],
            &["1.2.3rc1-1", "1.2.3beta-2", "1.2.3.rc1-1"],
        );
        // apk: suffixes before and after.
        versions(
            &["1.2.3-r0", "1.2.3_p1-r2", "1.2.3_git20260101-r0", "1.2.3w-r0"],
            &["1.2.3_rc1-r0", "1.2.3_alpha3-r0", "1.2.3_pre2-r1"],
        );
        // What makers write themselves.
        versions(
            &["v1.2.3", "01.02.03", "1.2.3.4", "1.2.3-precise1", "1.2.3p1"],
            &["1.2.3-rc.1", "1.2.3-SNAPSHOT", "1.2.3-insider", "1.2.3-beta.2", "1.2.3-dev"],
        );
    }

    #[test]
    fn what_does_not_begin_with_a_number_has_no_order() {
        for version in ["", "unstable", "r1234.abc", "-1", ":1", "~1"] {
            assert!(Number::parse(version).is_none(), "{version}");
        }
    }

    #[test]
    fn numbers_are_ordered_by_value_and_not_by_their_letters() {
        for (low, high) in [("9", "10"), ("24.04", "24.10"), ("1.0", "1.0.1"), ("1.0~rc1", "1.0"), ("1.9", "1.10")] {
            assert!(Number::parse(low).expect("low") < Number::parse(high).expect("high"), "{low} < {high}");
        }
        assert_eq!(Number::parse("12"), Number::parse("12.0.0"));
        assert_eq!(Number::parse("1.05"), Number::parse("1.5"));
    }

    #[test]
    fn bad_ranges_are_refused() {
        for range in ["", " ", ">=", ">=12,", "12 13", "^1.2", "~1", ">=1.x", ">=1..2", "=>1", "1.0-rc1", ">=1.", "٣"]
        {
            assert!(Range::parse(range).is_err(), "{range}");
        }
        for range in [">=5, <3", ">=5, <5", "12, 13", "<0", ">5, <6"] {
            assert_eq!(Range::parse(range), Err(RangeError::Impossible(range.to_owned())));
        }
    }

    #[test]
    fn a_range_covers_what_it_contains() {
        let range = |text: &str| Range::parse(text).expect("a good range");
        assert!(range(">=11").covers(&range(">=12")));
        assert!(!range(">=12").covers(&range(">=11")));
        assert!(range("<14").covers(&range("13")));
        assert!(!range("<14").covers(&range(">=13")));
    }

    #[test]
    fn a_very_long_version_costs_no_more_than_its_length() {
        let long = "1.".repeat(200_000) + "1";
        assert!(Range::parse(">=1").expect("a good range").contains(&Number::parse(&long).expect("a number")));
        for piece in ["~", "+really1", "-0.", "rc1", "9", "^"] {
            let _any_answer = Number::parse(&format!("1{}", piece.repeat(300_000)));
        }
        let range = format!("1{}", ", >=1".repeat(100_000));
        assert!(Range::parse(&range).expect("a good range").contains(&Number::parse("1.5").expect("a number")));
    }
}
