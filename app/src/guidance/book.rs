//! The texts as they stand in the file: chapters, titles, ways.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;
use stethoscope_probes::device::Device;
use stethoscope_probes::practice::PracticeId;
use stethoscope_probes::system::{Desktop, Family};

/// The format this program reads.
const FORMAT: u32 = 1;

const ENGLISH: &str = include_str!("../../../assets/guidance/en.ron");

/// All texts of one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Book {
    format: u32,
    practices: BTreeMap<PracticeId, Chapter>,
}

/// The texts of one practice.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Chapter {
    pub(super) name: String,
    pub(super) titles: Titles,
    pub(super) why: String,
    pub(super) ways: Vec<Way>,
}

/// A title for each thing that can be found. Observations that are on or off have titles of their
/// own; a value has one by what it comes to.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Titles {
    pub(super) on: String,
    pub(super) off: String,
    pub(super) pass: String,
    pub(super) nudge: String,
    pub(super) fail: String,
    pub(super) unknown: String,
    pub(super) unsupported: String,
}

/// One way to mend a practice, and the systems it is right for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Way {
    #[serde(default)]
    products: Vec<String>,
    #[serde(default)]
    families: Vec<Family>,
    #[serde(default)]
    desktops: Vec<Desktop>,
    #[serde(default = "wrong_only")]
    when: Vec<When>,
    pub(super) steps: Vec<StepText>,
    #[serde(default)]
    pub(super) action: Option<ActionText>,
}

/// What a way is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum When {
    /// The verdict is a nudge or a fail.
    Wrong,
    /// It could not be told.
    Unknown,
}

/// One step.
#[derive(Debug, Deserialize)]
pub(super) enum StepText {
    /// Something to do.
    Do(String),
    /// A command to copy, and what it does.
    Run(String, String),
}

/// A button.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ActionText {
    pub(super) label: String,
    pub(super) open: Vec<String>,
}

fn wrong_only() -> Vec<When> {
    vec![When::Wrong]
}

impl Way {
    pub(super) fn fits(&self, when: When, device: &Device) -> bool {
        self.when.contains(&when)
            && (self.products.is_empty() || self.products.contains(&device.system.id))
            && (self.families.is_empty() || self.families.contains(&device.family))
            && (self.desktops.is_empty() || self.desktops.contains(&device.desktop))
    }
}

impl Book {
    /// The texts in the user's language.
    pub(super) fn current() -> &'static Book {
        static BOOK: OnceLock<Book> = OnceLock::new();
        BOOK.get_or_init(|| Book::parse(ENGLISH).expect("a test reads the built-in texts"))
    }

    fn parse(text: &str) -> Result<Book, String> {
        let options = ron::Options::default().with_default_extension(ron::extensions::Extensions::IMPLICIT_SOME);
        let book: Book = options.from_str(text).map_err(|error| error.to_string())?;
        if book.format != FORMAT {
            return Err(format!("format {} is not {FORMAT}", book.format));
        }
        Ok(book)
    }

    pub(super) fn chapter(&self, practice: PracticeId) -> &Chapter {
        static MISSING: OnceLock<Chapter> = OnceLock::new();
        self.practices.get(&practice).unwrap_or_else(|| MISSING.get_or_init(Chapter::default))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINUX: [Family; 10] = [
        Family::Debian,
        Family::Ubuntu,
        Family::Fedora,
        Family::Rhel,
        Family::Ostree,
        Family::Suse,
        Family::Arch,
        Family::Nixos,
        Family::Alpine,
        Family::OtherLinux,
    ];

    fn english() -> Book {
        Book::parse(ENGLISH).expect("the built-in texts are RON")
    }

    #[test]
    fn every_practice_has_a_chapter_with_a_name_and_a_reason() {
        let book = english();
        for practice in PracticeId::ALL {
            let chapter = book.chapter(practice);
            assert!(!chapter.name.is_empty(), "{practice} has no chapter");
            assert!(chapter.why.len() > 60, "{practice} says too little about why it matters");
            assert!(!chapter.titles.unknown.is_empty() && !chapter.titles.unsupported.is_empty(), "{practice}");
            let (on_off, by_state) = (!chapter.titles.on.is_empty(), !chapter.titles.pass.is_empty());
            assert!(on_off || by_state, "{practice} has no title for what is found");
            assert!(!on_off || !chapter.titles.off.is_empty(), "{practice} has a title for on and none for off");
            assert!(!by_state || !chapter.titles.fail.is_empty(), "{practice} has a title for pass and none for fail");
        }
    }

    #[test]
    fn every_system_and_desktop_has_a_way_for_every_practice() {
        let book = english();
        let desktops = [Desktop::Gnome, Desktop::Plasma, Desktop::Xfce, Desktop::Other, Desktop::None];
        for practice in PracticeId::ALL {
            for family in LINUX {
                for desktop in desktops {
                    for when in [When::Wrong, When::Unknown] {
                        let fits = |way: &&Way| {
                            way.when.contains(&when)
                                && way.products.is_empty()
                                && (way.families.is_empty() || way.families.contains(&family))
                                && (way.desktops.is_empty() || way.desktops.contains(&desktop))
                        };
                        let way = book.chapter(practice).ways.iter().find(fits);
                        assert!(
                            way.is_some_and(|way| !way.steps.is_empty()),
                            "{practice} {family:?} {desktop:?} {when:?}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn what_could_not_be_told_is_looked_at_by_hand_and_not_mended() {
        let mending = [
            " install",
            "enable",
            "disable",
            " upgrade",
            "full-upgrade",
            "-Syu",
            " switch",
            "sudoedit",
            "delete",
            "&&",
            "systemctl reboot",
            " update",
            "exec",
            "reconfigure",
            "nmcli connection modify",
        ];
        for (practice, chapter) in &english().practices {
            for way in &chapter.ways {
                assert_eq!(way.when.len(), 1, "{practice}: one way cannot both mend and look");
                if way.when != [When::Unknown] {
                    continue;
                }
                for step in &way.steps {
                    match step {
                        StepText::Run(_, command) => {
                            let mends = mending.iter().find(|word| command.contains(*word));
                            assert_eq!(mends, None, "{practice}: `{command}` changes something");
                        }
                        StepText::Do(text) => assert!(
                            ["see whether", "see after", "look", "Look"].iter().any(|word| text.contains(word))
                                || text.contains(" see "),
                            "{practice}: `{text}` does not say what to look for"
                        ),
                    }
                }
            }
        }
    }

    #[test]
    fn the_package_manager_in_a_step_is_the_one_of_its_family() {
        let tools = [
            ("apt ", vec![Family::Debian, Family::Ubuntu]),
            ("dnf ", vec![Family::Fedora, Family::Rhel]),
            ("zypper ", vec![Family::Suse]),
            ("pacman ", vec![Family::Arch]),
            ("nixos-rebuild ", vec![Family::Nixos]),
            ("apk ", vec![Family::Alpine]),
        ];
        for (practice, chapter) in &english().practices {
            for way in &chapter.ways {
                for step in &way.steps {
                    let StepText::Run(_, command) = step else { continue };
                    for (tool, families) in &tools {
                        let names_tool = format!(" {command} ").contains(&format!(" {tool}"));
                        let only_there =
                            !way.families.is_empty() && way.families.iter().all(|family| families.contains(family));
                        let by_product = !way.products.is_empty();
                        assert!(
                            !names_tool || only_there || by_product,
                            "{practice}: `{command}` is offered to {:?}",
                            way.families
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn a_button_names_a_program_and_nothing_a_shell_would_read() {
        for (practice, chapter) in &english().practices {
            for action in chapter.ways.iter().filter_map(|way| way.action.as_ref()) {
                assert!(!action.label.is_empty() && !action.open.is_empty(), "{practice}");
                for word in &action.open {
                    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.=".contains(letter);
                    assert!(word.chars().all(plain), "{practice}: {word}");
                }
            }
        }
    }
}
