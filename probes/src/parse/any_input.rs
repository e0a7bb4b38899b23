//! Parsers without a random test of their own: whatever they are given, they come to an end, and without a
//! panic. Pieces of the real formats are mixed so that the input gets past the first line.

use std::cmp::Ordering;
use std::io::Read;

use proptest::prelude::*;

use super::{
    apk_version, apt_conf, apt_preferences, deb_version, distro_info, dpkg_status, lz4, os_release, pacman_conf,
    pacman_version, repodata, rpm_version, unpack,
};

/// What settings and lists are made of, and what does not belong there.
const PIECES: [&str; 44] = [
    "APT::Periodic",
    "::",
    "{",
    "}",
    ";",
    "\"",
    "'",
    "/*",
    "*/",
    "//",
    "#clear ",
    "#",
    "\n",
    "\r\n",
    "\n\n",
    " ",
    "\t",
    "=",
    "Package: a",
    "Package: *",
    "Pin: release a=stable",
    "Pin-Priority: -1",
    "Pin: version 1*",
    "Status: hold ok installed",
    "Version: 1:2-3",
    "ID=x",
    "\\",
    "$",
    "[options]",
    "Include = /etc/*",
    "%NAME%",
    "12,Bookworm,bookworm,2021-08-14",
    "2026-13-45",
    "<update type=\"security\" status=\"final\">",
    "</update>",
    "<package arch=\"x\" version=\"1\"",
    "/>",
    "<!--",
    "<![CDATA[",
    "&amp;",
    "&#x0;",
    "é",
    "\u{0}",
    "9999999999999999999999",
];

fn mixed() -> impl Strategy<Value = String> {
    let piece = prop_oneof![8 => prop::sample::select(PIECES.to_vec()).prop_map(str::to_owned), 1 => any::<String>()];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

fn version() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[0-9a-c.~^+:_-]{0,12}",
        1 => "[0-9]{40}",
        1 => any::<String>(),
        1 => prop::sample::select(vec!["1_alpha", "1_rc2-r0", "1.0~rc1", "2:1.0^git1-3", "1.0a"]).prop_map(str::to_owned),
    ]
}

proptest! {
    #[test]
    fn versions_of_every_manager_compare_without_a_panic(a in version(), b in version()) {
        for compare in [deb_version::compare, rpm_version::compare, pacman_version::compare, apk_version::compare] {
            prop_assert_eq!(compare(&a, &a), Ordering::Equal, "{}", a);
            prop_assert_eq!(compare(&a, &b), compare(&b, &a).reverse(), "{} and {}", a, b);
        }
    }

    #[test]
    fn settings_and_lists_are_read_without_a_panic(text in mixed()) {
        let mut conf = apt_conf::AptConf::default();
        if conf.add(&text).is_ok() {
            let _value = conf.get("APT::Periodic");
            prop_assert!(conf.list("APT::Periodic").len() <= text.len());
        }
        let mut pins = apt_preferences::Preferences::default();
        pins.add(&text);
        let _answer = pins.judge("a", "1", "2", apt_preferences::Archive::default());
        prop_assert!(dpkg_status::packages(&text).count() <= text.len());
        prop_assert!(dpkg_status::installed(&text).count() <= dpkg_status::packages(&text).count());
        let _release = os_release::parse(&text);
        prop_assert!(pacman_conf::lines(&text).count() <= text.len());
        let _values = pacman_conf::desc_values(&text, "%NAME%");
        let _days = distro_info::days(&text, "bookworm");
    }

    #[test]
    fn repository_tables_are_read_without_a_panic(text in mixed()) {
        let mut seen = 0;
        let _torn = repodata::security_packages(text.as_bytes(), |_| seen += 1);
        let _torn = repodata::all_packages(text.as_bytes(), |_| seen += 1);
        prop_assert!(seen <= text.len());
        prop_assert!(repodata::contents(&text).len() <= text.len());
    }

    #[test]
    fn packed_bytes_are_unpacked_within_their_limit_and_without_a_panic(
        head in prop::sample::select(vec![
            vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3],
            vec![0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x00],
            vec![0x50, 0x2a, 0x4d, 0x18, 0xff, 0xff, 0xff, 0xff],
            vec![0x04, 0x22, 0x4d, 0x18, 0x40, 0x40, 0xc0],
            vec![],
        ]),
        rest in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        const LIMIT: u64 = 1 << 20;
        let bytes = [head, rest].concat();
        let _unpacked = lz4::unpack(&bytes);
        if let Ok(stream) = unpack::unpack(&bytes, LIMIT) {
            let mut out = Vec::new();
            let _torn = stream.take(LIMIT * 4).read_to_end(&mut out);
            prop_assert!(out.len() as u64 <= LIMIT + (64 << 10));
        }
    }
}

#[test]
fn more_of_everything_than_can_be_meant_comes_to_an_end() {
    let deep = "A { ".repeat(200_000);
    assert!(apt_conf::AptConf::default().add(&deep).is_err());
    let many: String = (0..200_000).map(|number| format!("A::B{number} \"1\";\n")).collect();
    assert!(apt_conf::AptConf::default().add(&many).is_err());
    let digits = "9".repeat(1 << 20);
    for compare in [deb_version::compare, rpm_version::compare, pacman_version::compare, apk_version::compare] {
        assert_eq!(compare(&digits, &format!("{digits}1")), Ordering::Less);
    }
}
