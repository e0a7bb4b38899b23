//! The order of rpm package versions, `[epoch:]version[-release]`.
//!
//! Source of the rules: rpm-version(7) and rpm's own comparer, against which the tests hold this one.

use std::cmp::Ordering;

/// Compares two versions as rpm does. A missing epoch counts as 0, and a missing release comes before
/// any other.
pub fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (split(a), split(b));
    compare_part(a.0.as_bytes(), b.0.as_bytes()).then_with(|| compare_part(a.1.as_bytes(), b.1.as_bytes())).then_with(
        || match (a.2, b.2) {
            (Some(a), Some(b)) => compare_part(a.as_bytes(), b.as_bytes()),
            (a, b) => a.is_some().cmp(&b.is_some()),
        },
    )
}

/// Epoch, version and release. Only digits are an epoch; the release follows the last hyphen.
pub(super) fn split(written: &str) -> (&str, &str, Option<&str>) {
    let digits = written.bytes().take_while(u8::is_ascii_digit).count();
    let (epoch, rest) = match written[digits..].strip_prefix(':') {
        Some(rest) => (&written[..digits], rest),
        None => ("", written),
    };
    let (version, release) = match rest.rsplit_once('-') {
        Some((version, release)) => (version, Some(release)),
        None => (rest, None),
    };
    (if epoch.is_empty() { "0" } else { epoch }, version, release)
}

/// Runs of digits and runs of letters by turns. What parts them has no weight, but for the tilde, which
/// comes before everything, and the caret, which comes after the end and before everything else.
fn compare_part(mut a: &[u8], mut b: &[u8]) -> Ordering {
    loop {
        (a, b) = (skip(a), skip(b));
        let (left, right) = (rank(a.first()), rank(b.first()));
        if left != right {
            return left.cmp(&right);
        }
        match left {
            Rank::End => return Ordering::Equal,
            Rank::Tilde | Rank::Caret => (a, b) = (&a[1..], &b[1..]),
            Rank::Letter => {
                let order = take(&mut a, u8::is_ascii_alphabetic).cmp(take(&mut b, u8::is_ascii_alphabetic));
                if order != Ordering::Equal {
                    return order;
                }
            }
            Rank::Digit => {
                let order = value(take(&mut a, u8::is_ascii_digit)).cmp(&value(take(&mut b, u8::is_ascii_digit)));
                if order != Ordering::Equal {
                    return order;
                }
            }
        }
    }
}

/// What a version goes on with, from the oldest to the newest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Tilde,
    End,
    Caret,
    Letter,
    Digit,
}

fn rank(byte: Option<&u8>) -> Rank {
    match byte {
        None => Rank::End,
        Some(b'~') => Rank::Tilde,
        Some(b'^') => Rank::Caret,
        Some(byte) if byte.is_ascii_digit() => Rank::Digit,
        Some(_) => Rank::Letter,
    }
}

/// Goes on behind what only parts.
fn skip(rest: &[u8]) -> &[u8] {
    let start = rest.iter().position(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'~' | b'^'));
    &rest[start.unwrap_or(rest.len())..]
}

/// Takes the run at the front.
pub(super) fn take<'a>(rest: &mut &'a [u8], kind: fn(&u8) -> bool) -> &'a [u8] {
    let end = rest.iter().position(|byte| !kind(byte)).unwrap_or(rest.len());
    let (run, tail) = rest.split_at(end);
    *rest = tail;
    run
}

/// A run of digits by value: longer without its leading zeros is larger.
pub(super) fn value(digits: &[u8]) -> (usize, &[u8]) {
    let zeros = digits.iter().position(|byte| *byte != b'0').unwrap_or(digits.len());
    (digits.len() - zeros, &digits[zeros..])
}

#[cfg(test)]
mod tests {
    use super::super::version_order::real::{self, agree};
    use super::*;

    #[test]
    fn versions_sort_as_the_manual_says() {
        for (smaller, larger) in [
            ("1.0", "1.0.0"),
            ("1.0", "1.0a"),
            ("1.0~rc1", "1.0"),
            ("1.0", "1.0^git1"),
            ("1.0^git1", "1.0.1"),
            ("a", "1"),
            ("1.0~", "1.0^"),
            ("10xyz", "10.1xyz"),
            ("1.9", "1.10"),
            ("2.0-1", "1:0.1-1"),
            ("1.0-9", "1.0-10"),
            ("1.0", "1.0-1"),
            ("6.9.9-100.fc43", "6.10.1-100.fc43"),
            ("20^20260101-1", "20^20260102-1"),
        ] {
            assert_eq!(compare(smaller, larger), Ordering::Less, "{smaller} < {larger}");
            assert_eq!(compare(larger, smaller), Ordering::Greater, "{larger} > {smaller}");
        }
        for (one, other) in [("1_0", "1.0"), ("1.05", "1.5"), ("0:1-1", "1-1"), ("", ""), ("1.0.", "1.0")] {
            assert_eq!(compare(one, other), Ordering::Equal, "{one} = {other}");
        }
    }

    /// rpm's own library judges. One process answers for all pairs.
    #[test]
    fn the_real_rpm_agrees_on_made_up_versions() {
        let script = "for line in io.lines(arg_pairs) do local a, b = line:match('^(%S+) (%S+)$') \
                      io.stdout:write(rpm.vercmp(a, b), '\\n') end";
        let judge = |pairs: &str| {
            let script = script.replace("arg_pairs", &format!("'{pairs}'"));
            ("rpm".to_owned(), vec!["--eval".to_owned(), format!("%{{lua:{script}}}")])
        };
        agree("/usr/bin/rpm", judge, compare, &real::pairs("0019~^+.aAzb-_", 8000));
    }
}
