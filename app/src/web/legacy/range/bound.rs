//! One set of a range, between two `||`: comparators that must all hold.

use std::cmp::Ordering;

use super::{LARGEST, Version};

/// One condition on a version.
#[derive(Clone, Copy, Debug)]
pub(super) enum Comparator {
    Any,
    Below(Bound),
    UpTo(Bound),
    Above(Bound),
    From(Bound),
    Exactly(Bound),
}

/// A version to compare with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bound {
    version: Version,
    /// A version on the way to this one: it comes before it.
    preview: bool,
}

impl Bound {
    fn plain(version: Version) -> Option<Self> {
        Bound::new(version, false)
    }

    fn new(version: Version, preview: bool) -> Option<Self> {
        version.iter().all(|part| *part <= LARGEST).then_some(Bound { version, preview })
    }

    /// Where a version, which is never a preview, stands to this one.
    fn order_of(&self, version: Version) -> Ordering {
        version.cmp(&self.version).then(if self.preview { Ordering::Greater } else { Ordering::Equal })
    }
}

impl Comparator {
    pub(super) fn holds(&self, version: Version) -> bool {
        match self {
            Comparator::Any => true,
            Comparator::Below(bound) => bound.order_of(version).is_lt(),
            Comparator::UpTo(bound) => bound.order_of(version).is_le(),
            Comparator::Above(bound) => bound.order_of(version).is_gt(),
            Comparator::From(bound) => bound.order_of(version).is_ge(),
            Comparator::Exactly(bound) => bound.order_of(version).is_eq(),
        }
    }
}

/// A version of which parts may be left open: `10`, `10.x`, `10.1.2-rc.1`.
struct Partial {
    /// Open from the first part that is missing or a star.
    parts: [Option<u64>; 3],
    preview: bool,
    /// Signs before it that count only where a part is open.
    odd_prefix: bool,
}

/// The value of a run of digits, at most the largest there is.
pub(super) fn number(digits: &str) -> Option<u64> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| u64::from(byte - b'0'));
    digits.bytes().try_fold(0u64, |value, byte| Some(value.saturating_mul(10).saturating_add(digit(byte)?)))
}

impl Partial {
    fn parse(text: &str) -> Option<Self> {
        let rest = text.trim_start_matches(['v', '=']);
        let prefix = &text[..text.len() - rest.len()];
        let (core, extra) = rest.split_at(rest.find(['-', '+']).unwrap_or(rest.len()));
        let written: Vec<&str> = core.splitn(4, '.').collect();
        if written.len() > 3 || (written.len() < 3 && !extra.is_empty()) {
            return None;
        }
        let (preview, build) = match extra.split_once('+') {
            Some((preview, build)) => (preview, Some(build)),
            None => (extra, None),
        };
        let preview_fits = preview.is_empty() || preview.strip_prefix('-').is_some_and(is_preview);
        if !preview_fits || build.is_some_and(|build| !build.split('.').all(is_word)) {
            return None;
        }
        let mut parts = [None; 3];
        for (part, written) in parts.iter_mut().zip(written) {
            *part = if matches!(written, "x" | "X" | "*") { None } else { Some(plain_number(written)?) };
        }
        // What stands behind an open part does not count.
        if parts[0].is_none() {
            parts[1] = None;
        }
        if parts[1].is_none() {
            parts[2] = None;
        }
        Some(Partial { parts, preview: !preview.is_empty(), odd_prefix: !matches!(prefix, "" | "v") })
    }

    /// The first version it stands for, with how many parts are given.
    fn first(&self) -> (Version, usize) {
        let given = self.parts.iter().take_while(|part| part.is_some()).count();
        (self.parts.map(Option::unwrap_or_default), given)
    }
}

/// A number without leading zeros.
fn plain_number(digits: &str) -> Option<u64> {
    (!digits.is_empty() && (digits == "0" || !digits.starts_with('0'))).then(|| number(digits)).flatten()
}

fn is_word(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn is_preview(text: &str) -> bool {
    let numeric = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
    text.split('.').all(|word| is_word(word) && (!numeric(word) || plain_number(word).is_some()))
}

/// The version with the part at that place one higher, and nothing behind it.
fn after(version: Version, place: usize) -> Version {
    let mut next = [0; 3];
    next[..place].copy_from_slice(&version[..place]);
    next[place] = version[place].saturating_add(1);
    next
}

/// Reads the comparators of one set. `None` where one of them is none.
pub(super) fn set(text: &str) -> Option<Vec<Comparator>> {
    let text = text.trim();
    if text.is_empty() {
        return Some(vec![Comparator::Any]);
    }
    let mut words = text.split_whitespace();
    if let (Some(from), Some("-"), Some(to), None) = (words.next(), words.next(), words.next(), words.next()) {
        return span(&Partial::parse(from)?, &Partial::parse(to)?);
    }
    let mut comparators = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        const SIGNS: [&str; 8] = [">=", "<=", "~>", ">", "<", "=", "~", "^"];
        let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign)).unwrap_or("");
        rest = rest[sign.len()..].trim_start();
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        comparators.extend(condition(sign, &Partial::parse(&rest[..end])?)?);
        rest = rest[end..].trim_start();
    }
    Some(comparators)
}

/// `10 - 12`: both ends belong to it, and an open end takes all it stands for.
fn span(from: &Partial, to: &Partial) -> Option<Vec<Comparator>> {
    let low = match from.first() {
        (_, 0) => Comparator::Any,
        (version, given) => Comparator::From(Bound::new(version, given == 3 && from.preview)?),
    };
    let high = match to.first() {
        (_, 0) => Comparator::Any,
        (version, 3) => Comparator::UpTo(Bound::new(version, to.preview)?),
        (version, given) => Comparator::Below(Bound::plain(after(version, given - 1))?),
    };
    Some(vec![low, high])
}

/// What a sign and a version stand for.
fn condition(sign: &str, partial: &Partial) -> Option<Vec<Comparator>> {
    let (version, given) = partial.first();
    let from = || Bound::new(version, given == 3 && partial.preview).map(Comparator::From);
    let below = |place: usize| Bound::plain(after(version, place)).map(Comparator::Below);
    Some(match (sign, given) {
        ("<" | ">", 0) => vec![Comparator::Below(Bound::plain([0; 3])?)],
        (_, 0) => vec![Comparator::Any],
        ("~" | "~>", _) => vec![from()?, below(usize::from(given > 1))?],
        ("^", _) => {
            // The first part that is not zero stays; of zeros only, the last one given.
            let fixed = version[..given].iter().position(|part| *part > 0).unwrap_or(given - 1);
            vec![from()?, below(fixed)?]
        }
        ("" | "=", 1 | 2) => vec![from()?, below(given - 1)?],
        (">", 1 | 2) => vec![Comparator::From(Bound::plain(after(version, given - 1))?)],
        ("<=", 1 | 2) => vec![below(given - 1)?],
        (">=", 1 | 2) => vec![from()?],
        ("<", 1 | 2) => vec![Comparator::Below(Bound::plain(version)?)],
        (sign, _) => {
            let bound = Bound::new(version, partial.preview)?;
            let comparator = match sign {
                ">=" => Comparator::From(bound),
                "<=" => Comparator::UpTo(bound),
                ">" => Comparator::Above(bound),
                "<" => Comparator::Below(bound),
                _ => Comparator::Exactly(bound),
            };
            (!partial.odd_prefix).then_some(vec![comparator])?
        }
    })
}
