//! Key files: `[Group]`, `key=value`, `#` comments. Desktop entries, Qt and freedesktop settings.

/// Every `(group, key, value)`, in the order of the file. Keys before any group have the group ``.
pub fn entries(text: &str) -> impl Iterator<Item = (&str, &str, &str)> {
    let mut group = "";
    text.lines().filter_map(move |line| {
        let line = line.trim();
        if line.starts_with(['#', ';']) {
            return None;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            group = name;
            return None;
        }
        let (key, value) = line.split_once('=')?;
        Some((group, key.trim(), value.trim()))
    })
}

/// The value of one key; the last one counts.
pub fn value<'a>(text: &'a str, group: &str, key: &str) -> Option<&'a str> {
    entries(text).filter(|(at, name, _)| *at == group && *name == key).map(|(_, _, value)| value).last()
}

/// The milliseconds since midnight of a `QTime` that Qt wrote as `@Variant(…)`.
///
/// Inside are the bytes of a `QVariant`: type 15 (`QTime`) in four bytes, then the milliseconds in
/// the last four, big-endian, with the escapes of Qt's settings files.
pub fn qt_time(value: &str) -> Option<u32> {
    let bytes = qt_bytes(value.strip_prefix("@Variant(")?.strip_suffix(')')?)?;
    match bytes.as_slice() {
        [0, 0, 0, 15, rest @ ..] => {
            let last: [u8; 4] = rest.get(rest.len().checked_sub(4)?..)?.try_into().ok()?;
            Some(u32::from_be_bytes(last))
        }
        _ => None,
    }
}

fn qt_bytes(escaped: &str) -> Option<Vec<u8>> {
    let mut found = Vec::new();
    let mut letters = escaped.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            found.push(u8::try_from(u32::from(letter)).ok()?);
            continue;
        }
        found.push(match letters.next()? {
            'a' => 7,
            'b' => 8,
            'f' => 12,
            'n' => 10,
            'r' => 13,
            't' => 9,
            'v' => 11,
            'x' => digits(&mut letters, 16)?,
            octal @ '0'..='7' => {
                let first = octal.to_digit(8)?;
                let rest = digits(&mut letters, 8).unwrap_or(0);
                if first != 0 { u8::try_from(first).ok()?.checked_mul(8)?.checked_add(rest)? } else { rest }
            }
            other => u8::try_from(u32::from(other)).ok()?,
        });
    }
    Some(found)
}

fn digits(letters: &mut std::iter::Peekable<std::str::Chars<'_>>, radix: u32) -> Option<u8> {
    let mut sum: Option<u32> = None;
    while let Some(digit) = letters.peek().and_then(|letter| letter.to_digit(radix)) {
        letters.next();
        sum = Some(sum.unwrap_or(0).checked_mul(radix)?.checked_add(digit)?);
    }
    u8::try_from(sum?).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_time_of_qt_is_milliseconds() {
        assert_eq!(qt_time(r"@Variant(\0\0\0\xf\0\r\xbb\xa0)"), Some(900_000));
        assert_eq!(qt_time(r"@Variant(\0\0\0\xf\0\x4\x93\xe0)"), Some(300_000));
        for wrong in ["900000", r"@Variant(\0\0\0\x1\0\r\xbb\xa0)", "@Variant()", r"@Variant(\xfff)", "@Variant(\\"] {
            assert_eq!(qt_time(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_last_value_of_a_key_counts() {
        let text = "top=1\n[General]\n# a=0\na = 1\na=2\n[Other]\na=3\n";
        assert_eq!(value(text, "General", "a"), Some("2"));
        assert_eq!(value(text, "", "top"), Some("1"));
        assert_eq!(value(text, "General", "b"), None);
    }

    proptest! {
        #[test]
        fn every_time_comes_back(milliseconds in any::<u32>()) {
            // As Qt may write it: every byte escaped.
            let bytes: String = milliseconds.to_be_bytes().iter().map(|byte| format!("\\x{byte:x}")).collect();
            prop_assert_eq!(qt_time(&format!("@Variant(\\0\\0\\0\\xf{bytes})")), Some(milliseconds));
        }

        #[test]
        fn damage_to_a_time_never_makes_it_panic(at in 0_usize..40, words in "[\\\\x0-9a-f)]{0,4}") {
            let mut text = r"@Variant(\0\0\0\xf\0\r\xbb\xa0)".to_owned();
            text.insert_str(at % text.len(), &words);
            let _read = qt_time(&text);
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,120}") {
            let _read = value(&text, "a", "b");
            let _read = qt_time(&format!("@Variant({text})"));
        }
    }
}
