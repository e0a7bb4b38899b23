//! Version ranges as policies of the old app write them: npm's notation, with what that app did to both
//! sides before it compared.
//!
//! It split them at the dots, took leading zeros off each part (Ubuntu counts 18.04) and filled up to three
//! parts with zeros. So `10` is 10.0.0 alone, and `~10` is 10.0.x. A policy that was tuned to that has to
//! come to the same here, which is why [`crate::version`] is not used.
//!
//! Time and memory grow with the length of what is written and no faster.

mod bound;

use bound::Comparator;

/// Major, minor, patch.
pub type Version = [u64; 3];

/// The largest number that the old app's language counts to in steps of one.
const LARGEST: u64 = (1 << 53) - 1;

/// Ranges longer than this, in bytes, hold nothing.
const LONGEST: usize = 1024;

/// The longest run of digits that counts as a number.
const DIGITS: usize = 16;

/// Leading zeros gone from each part, and filled up to three.
fn padded(written: &str) -> String {
    let mut parts: Vec<&str> = written.split('.').map(without_zeros).collect();
    while parts.len() < 3 {
        parts.push("0");
    }
    parts.join(".")
}

/// Takes zeros off as long as a digit follows.
fn without_zeros(part: &str) -> &str {
    let zeros = part.bytes().take_while(|byte| *byte == b'0').count();
    let digit_follows = part[zeros..].starts_with(|letter: char| letter.is_ascii_digit());
    if digit_follows { &part[zeros..] } else { &part[zeros.saturating_sub(1)..] }
}

/// The first dotted number in a text: `v10.0.19041.450` is 10.0.19041. `None` where there is none, or one
/// that nobody counts to.
pub fn coerced(written: &str) -> Option<Version> {
    let text = padded(written);
    let mut rest = text.as_str();
    loop {
        rest = &rest[rest.find(|letter: char| letter.is_ascii_digit())?..];
        let (run, after) = digits(rest);
        if run.len() <= DIGITS {
            break;
        }
        rest = after;
    }
    let mut version = [0; 3];
    for (index, part) in version.iter_mut().enumerate() {
        let (run, after) = digits(rest);
        if run.is_empty() || run.len() > DIGITS {
            break;
        }
        let number = bound::number(run)?;
        if number > LARGEST {
            return None;
        }
        *part = number;
        match after.strip_prefix('.') {
            Some(next) if index < 2 => rest = next,
            _ => break,
        }
    }
    Some(version)
}

fn digits(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().take_while(u8::is_ascii_digit).count())
}

/// Whether the version is in the range. A range that is none holds nothing.
pub fn satisfies(version: Version, range: &str) -> bool {
    if range.len() > LONGEST {
        return false;
    }
    let range = padded(range);
    let sets: Option<Vec<Vec<Comparator>>> = range.split("||").map(bound::set).collect();
    sets.is_some_and(|sets| sets.iter().any(|set| set.iter().all(|comparator| comparator.holds(version))))
}

#[cfg(test)]
mod tests;
