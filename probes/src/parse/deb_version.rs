//! The order of Debian package versions, `[epoch:]upstream[-revision]`.
//!
//! Source of the rules: deb-version(7). Only dpkg's own order may decide which of two packages is
//! newer.

use std::cmp::Ordering;

/// Compares two versions as `dpkg --compare-versions` does.
pub fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (split(a), split(b));
    number(a.0)
        .cmp(&number(b.0))
        .then_with(|| compare_part(a.1.as_bytes(), b.1.as_bytes()))
        .then_with(|| compare_part(a.2.as_bytes(), b.2.as_bytes()))
}

/// Epoch, upstream version and revision. The revision follows the last hyphen.
fn split(version: &str) -> (&str, &str, &str) {
    let version = version.trim();
    let (epoch, rest) = version.split_once(':').unwrap_or(("", version));
    let (upstream, revision) = rest.rsplit_once('-').unwrap_or((rest, ""));
    (epoch, upstream, revision)
}

/// A run of digits by value: longer without its leading zeros is larger.
fn number(digits: &str) -> (usize, &str) {
    let digits = digits.trim_start_matches('0');
    (digits.len(), digits)
}

/// Runs of other characters and runs of digits by turns.
fn compare_part(mut a: &[u8], mut b: &[u8]) -> Ordering {
    while !a.is_empty() || !b.is_empty() {
        loop {
            let (left, right) = (rank(a.first()), rank(b.first()));
            if left != right {
                return left.cmp(&right);
            }
            // Equal ranks of end or digit: the run of other characters is over on both sides.
            if left == 0 {
                break;
            }
            (a, b) = (&a[1..], &b[1..]);
        }
        let (left, right) = (take_digits(&mut a), take_digits(&mut b));
        let order = left.len().cmp(&right.len()).then_with(|| left.cmp(right));
        if order != Ordering::Equal {
            return order;
        }
    }
    Ordering::Equal
}

/// A tilde sorts before the end, the end before letters, letters before all else.
fn rank(byte: Option<&u8>) -> i32 {
    match byte {
        None => 0,
        Some(b'~') => -1,
        Some(byte) if byte.is_ascii_digit() => 0,
        Some(byte) if byte.is_ascii_alphabetic() => i32::from(*byte),
        Some(byte) => i32::from(*byte) + 256,
    }
}

/// Takes the digits at the front, without leading zeros.
fn take_digits<'a>(rest: &mut &'a [u8]) -> &'a [u8] {
    let end = rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
    let (digits, tail) = rest.split_at(end);
    *rest = tail;
    let zeros = digits.iter().position(|byte| *byte != b'0').unwrap_or(digits.len());
    &digits[zeros..]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn versions_sort_as_the_manual_says() {
        for (smaller, larger) in [
            ("1.0~rc1", "1.0"),
            ("1.0a", "1.0+"),
            ("1.0", "1.0.0"),
            ("2.0", "1:0.1"),
            ("1.0~~", "1.0~"),
            ("1.0~", "1.0"),
            ("1.9", "1.10"),
            ("1.0-1", "1.0-1+deb12u1"),
            ("3.0.16-1~deb12u1", "3.0.16-1"),
            ("5.2.15-2+b8", "5.2.15-2+b13"),
            ("1.2-3-9", "1.2-10-1"),
            ("", "0a"),
        ] {
            assert_eq!(compare(smaller, larger), Ordering::Less, "{smaller} < {larger}");
            assert_eq!(compare(larger, smaller), Ordering::Greater, "{larger} > {smaller}");
        }
        for (one, other) in [("1.0-0", "1.0"), ("1.2.3", "1.2.03"), ("0:1", "1"), ("1.0-", "1.0-0")] {
            assert_eq!(compare(one, other), Ordering::Equal, "{one} = {other}");
        }
    }

    /// A program that reads pairs and answers -1, 0 or 1 for each. `None` where there is no dpkg to ask.
    fn judged(program: &str, arguments: &[&str], pairs: &[(String, String)]) -> Option<Vec<i32>> {
        if !std::path::Path::new("/usr/bin/dpkg").exists() {
            return None;
        }
        let mut child = std::process::Command::new(program)
            .args(arguments)
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::null())
            .spawn()
            .expect("it comes with every Debian");
        let mut input = child.stdin.take().expect("piped above");
        let lines: String = pairs.iter().map(|(a, b)| format!("{a} {b}\n")).collect();
        let writer = std::thread::Builder::new()
            .name("pairs".to_owned())
            .spawn(move || std::io::Write::write_all(&mut input, lines.as_bytes()))
            .expect("a thread");
        let output = child.wait_with_output().expect("it ran");
        let _closed_early = writer.join().expect("no panic");
        assert!(output.status.success(), "{program} broke off; if it is perl, install libdpkg-perl");
        let answers: Vec<i32> = String::from_utf8_lossy(&output.stdout).lines().flat_map(str::parse).collect();
        assert_eq!(answers.len(), pairs.len(), "{program} left some out");
        Some(answers)
    }

    /// dpkg itself and its library judge, where there is one.
    #[test]
    fn the_real_dpkg_agrees_on_made_up_versions() {
        let mut seed: u64 = 0x5eed;
        let mut random = move |below: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % below
        };
        let mut version = || {
            let letters = b"0019~+.aAz-";
            let length = 1 + random(7);
            let body: String = (0..length).map(|_| char::from(letters[random(11) as usize])).collect();
            let epoch = if random(6) == 0 { "1:" } else { "" };
            format!("{epoch}{}{body}", random(10))
        };
        let pairs: Vec<(String, String)> = (0..3000).map(|_| (version(), version())).collect();
        let library = "use Dpkg::Version; while (<STDIN>) { chomp; my ($a, $b) = split / /; \
                       print Dpkg::Version->new($a) <=> Dpkg::Version->new($b), \"\\n\"; }";
        // A process for each question, so not for all of the pairs.
        let itself = "while read -r a b; do \
                      if dpkg --compare-versions \"$a\" lt \"$b\"; then echo -1; \
                      elif dpkg --compare-versions \"$a\" eq \"$b\"; then echo 0; else echo 1; fi; done";
        // And it refuses an empty revision, which its library takes.
        let valid: Vec<_> = pairs.iter().filter(|(a, b)| !a.ends_with('-') && !b.ends_with('-')).cloned().collect();
        for (program, script, pairs) in [("perl", library, &pairs[..]), ("sh", itself, &valid[..1200])] {
            let option = if program == "perl" { "-e" } else { "-c" };
            for ((a, b), answer) in pairs.iter().zip(judged(program, &[option, script], pairs).unwrap_or_default()) {
                assert_eq!(compare(a, b) as i32, answer, "{a} against {b}, {program} says");
            }
        }
    }

    proptest! {
        #[test]
        fn the_order_is_an_order(a in "[0-9a-c.~+:-]{0,8}", b in "[0-9a-c.~+:-]{0,8}", c in "[0-9a-c.~+:-]{0,8}") {
            prop_assert_eq!(compare(&a, &a), Ordering::Equal);
            prop_assert_eq!(compare(&a, &b), compare(&b, &a).reverse());
            if compare(&a, &b).is_le() && compare(&b, &c).is_le() {
                prop_assert!(compare(&a, &c).is_le());
            }
        }
    }
}
