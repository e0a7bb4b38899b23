//! What the old app's arithmetic comes to, by hand and by its own library's answers.

use proptest::prelude::*;

use super::*;

fn check(range: &str, inside: &[&str], outside: &[&str]) {
    for version in inside {
        assert!(satisfies(coerced(version).expect("a version"), range), "{version} is in {range:?}");
    }
    for version in outside {
        assert!(!satisfies(coerced(version).expect("a version"), range), "{version} is not in {range:?}");
    }
}

#[test]
fn versions_are_read_as_the_old_app_read_them() {
    let cases = [
        ("1.2.3-beta", Some([1, 2, 3])),
        ("10.0.19041.450", Some([10, 0, 19041])),
        ("12345678901234567.1.2", Some([1, 2, 0])),
        ("18.04", Some([18, 4, 0])),
        ("12", Some([12, 0, 0])),
        ("v2.3", Some([2, 3, 0])),
        ("1.12345678901234567.3", Some([1, 0, 0])),
        ("9007199254740991.0.0", Some([9007199254740991, 0, 0])),
        ("9007199254740992.0.0", None),
        // Filled up with zeros, every text has a number.
        ("abc", Some([0, 0, 0])),
        ("", Some([0, 0, 0])),
        ("a.b.c", None),
        ("١.٢.٣", None),
        ("00", Some([0, 0, 0])),
        ("007.010.0", Some([7, 10, 0])),
    ];
    for (written, version) in cases {
        assert_eq!(coerced(written), version, "{written}");
    }
}

#[test]
fn ranges_mean_what_they_meant() {
    check("10", &["10", "10.0.0"], &["10.1", "10.0.1", "9"]);
    check("10.15", &["10.15", "10.15.0"], &["10.15.1", "10.16"]);
    check("=1.2", &["1.2.0"], &["1.2.1"]);
    check("<=10.15", &["10.15", "9.9"], &["10.15.1"]);
    check("~10", &["10.0.0", "10.0.9"], &["10.1", "9.9"]);
    check(">=18.04 <20.04", &["18.04", "19.10", "20.03"], &["20.04", "18.03"]);
    check(">=01.02", &[], &["1.2", "0", "99"]);
    check("10 - 12", &["10", "11.5", "12"], &["12.0.1", "9"]);
    check("", &[], &["0", "1", "1.2.3"]);
    check("*", &["0", "1.2.3"], &[]);
    check("10.x", &["10", "10.99.1"], &["11", "9.9"]);
    check("10.13.4 || 10.14.2", &["10.13.4", "10.14.2"], &["10.13.5"]);
    check("abc", &[], &["0", "1"]);
    check(">=20.04.2", &["22.04", "38", "20.04.2"], &["20.04", "12"]);
    check(">=10.0.19041", &["10.0.19041.450", "10.0.22631"], &["10.0.18363"]);
    check("<=900", &["900", "60"], &["901"]);
    check(">=1.0.0", &["5.0.6"], &["0.9"]);
    check("^1.2.3", &["1.2.3", "1.9"], &["2", "1.2.2"]);
    check("^0.2.3", &["0.2.3", "0.2.9"], &["0.3"]);
    check("^0.0.3", &["0.0.3"], &["0.0.4"]);
    check(">= 1.2.3", &["1.2.3"], &["1.2.2"]);
    check("1.2.3 || nonsense", &[], &["1.2.3"]);
    check(">1.2.3-beta", &["1.2.3"], &["1.2.2"]);
    check("1.2.3-beta", &[], &["1.2.3"]);
}

#[test]
fn a_hostile_range_costs_no_more_than_its_length() {
    for piece in ["1 - 2 ", "||", ">=", "1.", "x", "-", "\u{0}", "\n", "٣", "1.2.3-a.", "0", " "] {
        for length in [10, 1000, 100_000] {
            let range = piece.repeat(length);
            let _any_answer = (satisfies([1, 2, 3], &range), coerced(&range));
        }
    }
    assert!(!satisfies([1, 0, 0], &format!(">=1{}", " >=1".repeat(1000))), "longer than a range may be");
}

/// `version<tab>range<tab>answer`, made with the library the old app used (semver 5.7.1) and its padding.
#[test]
fn the_old_librarys_answers_are_ours() {
    let table = include_str!("../../../../../tests/golden/web-ranges.tsv");
    let mut wrong = Vec::new();
    for line in table.lines() {
        let [version, range, answer] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line:?}") };
        let ours = coerced(version).is_some_and(|version| satisfies(version, range));
        if ours.to_string() != answer {
            wrong.push(line);
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), table.lines().count(), wrong.join("\n"));
    assert!(table.lines().count() > 1000, "the table got shorter");
}

proptest! {
    #[test]
    fn nothing_that_is_written_breaks_it(version in ".{0,40}", range in ".{0,60}") {
        let _any_answer = coerced(&version).map(|version| satisfies(version, &range));
    }

    #[test]
    fn nearly_good_ranges_do_not_break_it(range in "[<>=~^vxX* .0-9|a-c+-]{0,40}") {
        let _any_answer = satisfies([1, 2, 3], &range);
    }
}
