//! Links such as `stethoscope://practice/firewall`, which any web page may open.
//!
//! So they only open: nothing runs, nothing changes, and what is not exactly one of these words is
//! nothing but a wish to see the window. Nothing in a link is decoded.

use stethoscope_probes::practice::PracticeId;

use crate::monitor::message::{Command, Place};

/// The scheme, with its colon.
const SCHEME: &str = "stethoscope:";

/// The longest link that is looked at, in bytes.
const LONGEST: usize = 80;

/// Whether an argument is such a link at all.
pub fn is_link(argument: &str) -> bool {
    argument.get(..SCHEME.len()).is_some_and(|start| start.eq_ignore_ascii_case(SCHEME))
}

/// What a link asks for.
pub fn wish(link: &str) -> Command {
    let not_known = Command::Show(Place::NotKnown);
    if link.len() > LONGEST || !is_link(link) {
        return not_known;
    }
    let words = &link[SCHEME.len()..];
    let words = words.strip_prefix("//").unwrap_or(words);
    let words = words.strip_suffix('/').unwrap_or(words);
    match words {
        "" | "open" => Command::Open(None),
        "scan" | "check" => Command::Show(Place::Scan),
        // The version stands there, and what an administrator asks for when something is wrong.
        "update" | "debugger" => Command::Show(Place::Settings),
        "web" => Command::Show(Place::WebAccess),
        _ => match words.strip_prefix("practice/").map(str::parse::<PracticeId>) {
            Some(Ok(practice)) => Command::Open(Some(practice)),
            _ => not_known,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_link_of_the_old_program_and_ours_opens_what_it_names() {
        let firewall = Command::Open(Some(PracticeId::Firewall));
        let cases = [
            ("stethoscope://", Command::Open(None)),
            ("stethoscope:", Command::Open(None)),
            ("stethoscope:///", Command::Open(None)),
            ("STETHOSCOPE://open", Command::Open(None)),
            ("stethoscope://scan", Command::Show(Place::Scan)),
            ("stethoscope://check/", Command::Show(Place::Scan)),
            ("stethoscope://update", Command::Show(Place::Settings)),
            ("stethoscope://debugger", Command::Show(Place::Settings)),
            ("stethoscope://web", Command::Show(Place::WebAccess)),
            ("stethoscope://practice/firewall", firewall.clone()),
            ("stethoscope:practice/firewall", firewall),
        ];
        for (link, wanted) in cases {
            assert_eq!(wish(link), wanted, "{link}");
        }
    }

    #[test]
    fn what_is_not_exactly_known_only_opens_the_window() {
        let long = format!("stethoscope://practice/{}", "a".repeat(10_000));
        let hostile = [
            "stethoscope://practice/",
            "stethoscope://practice/moon",
            "stethoscope://practice/Firewall",
            "stethoscope://practice/firewall/..",
            "stethoscope://practice/firewall?x=1",
            "stethoscope://practice/firewall#x",
            "stethoscope://practice/fire%77all",
            "stethoscope://practice/firewall\0",
            "stethoscope://practice/firewall\n--background",
            "stethoscope://scan?now",
            "stethoscope://Scan",
            "stethoscope://user@scan",
            "stethoscope://update;rm -rf /",
            "stethoscope://--host/etc/passwd",
            "stethoscope://../../scan",
            "stethoscope:////scan",
            "stethoscope://scän",
            "https://scan",
            "stethoscopes://scan",
            "",
            &long,
        ];
        for link in hostile {
            assert_eq!(wish(link), Command::Show(Place::NotKnown), "{link:?}");
        }
    }

    #[test]
    fn a_mistyped_command_is_no_link() {
        for argument in ["windw", "stethoscope", "stethoscop://x", "--background", "ſtethoscope://"] {
            assert!(!is_link(argument), "{argument}");
        }
        assert!(is_link("Stethoscope://x"));
    }
}
