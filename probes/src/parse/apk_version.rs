//! The order of Alpine package versions:
//! `number{.number}{letter}{_suffix{number}}{~hash}{-rnumber}`.
//!
//! Source of the rules: apk-package(5) and the comparer of apk-tools 3.

use std::cmp::Ordering;

use super::rpm_version::{take, value};

/// Compares two versions as `apk version -t` does. What is no version of Alpine comes where apk happens to
/// put it, which is no order to sort by.
pub fn compare(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (Tokens::new(a), Tokens::new(b));
    loop {
        let (left, right) = (a.next(), b.next());
        if left.kind() != right.kind() {
            return differing(left, right);
        }
        if matches!(left, Token::End | Token::Invalid) {
            return Ordering::Equal;
        }
        let order = same_kind(left, right);
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// What one version goes on with and the other does not: newer, unless it says that this is not it yet.
fn differing(left: Token<'_>, right: Token<'_>) -> Ordering {
    match (left, right) {
        (Token::Suffix(suffix), _) if suffix < RELEASED => Ordering::Less,
        (_, Token::Suffix(suffix)) if suffix < RELEASED => Ordering::Greater,
        _ => right.kind().cmp(&left.kind()),
    }
}

fn same_kind(left: Token<'_>, right: Token<'_>) -> Ordering {
    match (left, right) {
        // With a leading zero it is a fraction and not a number.
        (Token::Digit(a), Token::Digit(b)) if a.starts_with(b"0") || b.starts_with(b"0") => a.cmp(b),
        (Token::First(a), Token::First(b))
        | (Token::Digit(a), Token::Digit(b))
        | (Token::SuffixNumber(a), Token::SuffixNumber(b))
        | (Token::Revision(a), Token::Revision(b)) => value(a).cmp(&value(b)),
        (Token::Letter(a), Token::Letter(b)) => a.cmp(&b),
        (Token::Suffix(a), Token::Suffix(b)) => a.cmp(&b),
        (Token::Hash(a), Token::Hash(b)) => a.cmp(b),
        _ => Ordering::Equal,
    }
}

/// From the oldest to the newest.
const SUFFIXES: [&[u8]; 9] = [b"alpha", b"beta", b"pre", b"rc", b"cvs", b"svn", b"git", b"hg", b"p"];

/// The first suffix that comes after the version without one.
const RELEASED: usize = 4;

#[derive(Clone, Copy)]
enum Token<'a> {
    First(&'a [u8]),
    Digit(&'a [u8]),
    Letter(u8),
    /// Its place in [`SUFFIXES`].
    Suffix(usize),
    SuffixNumber(&'a [u8]),
    Hash(&'a [u8]),
    Revision(&'a [u8]),
    End,
    Invalid,
}

impl Token<'_> {
    /// Where a token of this kind may stand: never after one with a higher number.
    fn kind(self) -> u8 {
        match self {
            Token::First(_) => 0,
            Token::Digit(_) => 1,
            Token::Letter(_) => 2,
            Token::Suffix(_) => 3,
            Token::SuffixNumber(_) => 4,
            Token::Hash(_) => 5,
            Token::Revision(_) => 6,
            Token::End => 7,
            Token::Invalid => 8,
        }
    }
}

struct Tokens<'a> {
    rest: &'a [u8],
    last: Option<Token<'a>>,
}

impl<'a> Tokens<'a> {
    fn new(version: &'a str) -> Self {
        Tokens { rest: version.as_bytes(), last: None }
    }

    fn next(&mut self) -> Token<'a> {
        let token = self.token().unwrap_or(Token::Invalid);
        self.last = Some(token);
        token
    }

    fn token(&mut self) -> Option<Token<'a>> {
        let Some(last) = self.last.map(Token::kind) else { return self.digits().map(Token::First) };
        let Some((first, rest)) = self.rest.split_first() else { return Some(Token::End) };
        match first {
            b'a'..=b'z' if last <= 1 => {
                self.rest = rest;
                Some(Token::Letter(*first))
            }
            b'.' if last <= 1 => {
                self.rest = rest;
                self.digits().map(Token::Digit)
            }
            b'0'..=b'9' if last == 3 => self.digits().map(Token::SuffixNumber),
            b'_' if last <= 4 => {
                self.rest = rest;
                let word = take(&mut self.rest, u8::is_ascii_lowercase);
                SUFFIXES.iter().position(|suffix| *suffix == word).map(Token::Suffix)
            }
            b'~' if last < 5 => {
                self.rest = rest;
                let hash = take(&mut self.rest, |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
                (!hash.is_empty()).then_some(Token::Hash(hash))
            }
            b'-' if last < 6 => {
                self.rest = rest.strip_prefix(b"r")?;
                self.digits().map(Token::Revision)
            }
            _ => None,
        }
    }

    fn digits(&mut self) -> Option<&'a [u8]> {
        let digits = take(&mut self.rest, u8::is_ascii_digit);
        (!digits.is_empty()).then_some(digits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_sort_as_the_manual_says() {
        for (smaller, larger) in [
            ("1.0_alpha", "1.0_beta"),
            ("1.0_beta", "1.0_pre"),
            ("1.0_pre", "1.0_rc1"),
            ("1.0_rc1", "1.0_rc2"),
            ("1.0_rc2", "1.0"),
            ("1.0", "1.0_cvs"),
            ("1.0_cvs", "1.0_svn"),
            ("1.0_svn", "1.0_git20260101"),
            ("1.0_git20260101", "1.0_hg"),
            ("1.0_hg", "1.0_p1"),
            ("1.0", "1.0.1"),
            ("1.0", "1.0a"),
            ("1.0a", "1.0b"),
            ("1.9", "1.10"),
            ("1.0-r9", "1.0-r10"),
            ("1.2.5-r0", "1.2.5-r1"),
            ("1.0-r9", "1.0.1-r0"),
            ("1.1.1w-r0", "3.0.0-r0"),
            ("1.01_p1", "1.010"),
            ("1.09", "1.1"),
        ] {
            assert_eq!(compare(smaller, larger), Ordering::Less, "{smaller} < {larger}");
            assert_eq!(compare(larger, smaller), Ordering::Greater, "{larger} > {smaller}");
        }
        for (one, other) in [("1.0", "1.0"), ("01.0", "1.0"), ("1.0-r1", "1.0-r01")] {
            assert_eq!(compare(one, other), Ordering::Equal, "{one} = {other}");
        }
    }
    /// Made-up pairs with what the comparer of apk-tools 3.0 says of them. Debian has no apk to ask.
    #[test]
    fn apks_own_comparer_agrees_on_made_up_versions() {
        let judged = include_str!("apk_version/judged.txt");
        let mut asked = 0;
        for line in judged.lines() {
            let [a, b, answer] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
            assert_eq!(compare(a, b) as i32, answer.parse::<i32>().expect("-1, 0 or 1"), "{a} against {b}");
            asked += 1;
        }
        assert!(asked > 500, "only {asked} pairs");
    }
}
