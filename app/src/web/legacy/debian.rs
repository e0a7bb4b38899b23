//! Package versions reduced to what their makers count, as the old app did it for Debian's.

/// The version without its epoch and without all from the first character that is neither digit nor dot;
/// at most three parts. Empty where it does not begin with a digit.
pub fn cleaned(written: &str) -> &str {
    let text = match written.split_once(':') {
        Some((epoch, rest)) if !epoch.is_empty() && epoch.bytes().all(|byte| byte.is_ascii_digit()) => rest,
        _ => written,
    };
    let end = text.bytes().position(|byte| !byte.is_ascii_digit() && byte != b'.').unwrap_or(text.len());
    let text = &text[..end];
    // A fourth part goes only where the first three are numbers.
    let mut dots = text.match_indices('.').map(|(at, _)| at).skip(2);
    match dots.next() {
        Some(third) if text[..third].split('.').all(|part| !part.is_empty()) => &text[..third],
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_distribution_added_is_dropped() {
        let cases = [
            ("1.2.3", "1.2.3"),
            ("2:1.0.0", "1.0.0"),
            ("8.39-9", "8.39"),
            ("2:8.39-9", "8.39"),
            ("1.8.0~rc1", "1.8.0"),
            ("9.p2", "9."),
            ("v1.0", ""),
            ("1:13.3.0-2build1~18.04.1", "13.3.0"),
            ("3.28.0.2-1ubuntu1.18.04.1", "3.28.0"),
            ("1.1.24+nmu5ubuntu1", "1.1.24"),
            ("1:1.2.11.dfsg-0ubuntu2", "1.2.11"),
            (":1.0", ""),
            ("", ""),
            ("١٢", ""),
        ];
        for (written, left) in cases {
            assert_eq!(cleaned(written), left, "{written}");
        }
    }
}
