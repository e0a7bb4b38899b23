//! The order of Arch package versions, `[epoch:]version[-release]`.
//!
//! Near to rpm's, from which it was taken long ago, yet letters behind a number make it older here, and
//! how many characters part two runs has weight. Source of the rules: vercmp(8) and pacman's own library,
//! against which the tests hold this one.

use std::cmp::Ordering;

use super::rpm_version::{split, take, value};

/// Compares two versions as `vercmp` does. Where one side has no release, releases do not count, so this
/// is no order to sort by: `1-1` and `1-2` both equal `1`.
pub fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (split(a), split(b));
    compare_part(a.0.as_bytes(), b.0.as_bytes()).then_with(|| compare_part(a.1.as_bytes(), b.1.as_bytes())).then_with(
        || match (a.2, b.2) {
            (Some(a), Some(b)) => compare_part(a.as_bytes(), b.as_bytes()),
            _ => Ordering::Equal,
        },
    )
}

fn compare_part(mut a: &[u8], mut b: &[u8]) -> Ordering {
    if a == b {
        return Ordering::Equal;
    }
    while !a.is_empty() && !b.is_empty() {
        let between = (take(&mut a, parts).len(), take(&mut b, parts).len());
        let (Some(first), Some(_)) = (a.first(), b.first()) else { break };
        let digits = first.is_ascii_digit();
        let kind = if digits { u8::is_ascii_digit } else { u8::is_ascii_alphabetic };
        if between.0 != between.1 {
            return between.0.cmp(&between.1);
        }
        let (left, right) = (take(&mut a, kind), take(&mut b, kind));
        // A number is newer than letters.
        if right.is_empty() {
            return if digits { Ordering::Greater } else { Ordering::Less };
        }
        let order = if digits { value(left).cmp(&value(right)) } else { left.cmp(right) };
        if order != Ordering::Equal {
            return order;
        }
    }
    // What is left over is newer, unless it starts with a letter: `1.0rc1` leads up to `1.0`.
    let letter = |rest: &[u8]| rest.first().is_some_and(u8::is_ascii_alphabetic);
    match (a.is_empty(), b.is_empty()) {
        (true, true) => Ordering::Equal,
        (true, false) if letter(b) => Ordering::Greater,
        (true, false) => Ordering::Less,
        _ if letter(a) => Ordering::Less,
        _ => Ordering::Greater,
    }
}

fn parts(byte: &u8) -> bool {
    !byte.is_ascii_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::super::version_order::real::{self, agree};
    use super::*;

    #[test]
    fn versions_sort_as_the_manual_says() {
        for (smaller, larger) in [
            ("1.0a", "1.0b"),
            ("1.0b", "1.0beta"),
            ("1.0beta", "1.0p"),
            ("1.0p", "1.0pre"),
            ("1.0pre", "1.0rc"),
            ("1.0rc", "1.0"),
            ("1.0", "1.0.a"),
            ("1.0.a", "1.0.1"),
            ("1", "1.0"),
            ("1.0", "1.1"),
            ("1.0", "1..0"),
            ("1.0", "1.0.alpha"),
            ("2.0-1", "1:1.0-1"),
            ("1.0-1", "1.0-2"),
        ] {
            assert_eq!(compare(smaller, larger), Ordering::Less, "{smaller} < {larger}");
            assert_eq!(compare(larger, smaller), Ordering::Greater, "{larger} > {smaller}");
        }
        for (one, other) in [("1.0-1", "1.0"), ("1.0_1", "1.0.1"), ("0:1.0-1", "1.0-1"), ("1.05", "1.5")] {
            assert_eq!(compare(one, other), Ordering::Equal, "{one} = {other}");
        }
    }

    /// pacman's own library judges, from which `vercmp` is made. One process answers for all pairs.
    #[test]
    fn the_real_pacman_agrees_on_made_up_versions() {
        let script = "import ctypes, ctypes.util, sys\n\
                      alpm = ctypes.CDLL(ctypes.util.find_library('alpm'))\n\
                      for line in open(sys.argv[1], 'rb'):\n  print(alpm.alpm_pkg_vercmp(*line.split()))\n";
        let judge = |pairs: &str| ("python3".to_owned(), vec!["-c".to_owned(), script.to_owned(), pairs.to_owned()]);
        agree("/usr/bin/pacman", judge, compare, &real::pairs("0019~^+.aAzb-_", 8000));
    }
}
