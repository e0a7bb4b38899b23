//! `docs/practices.md` says what the catalogue says.

use std::fmt::Write as _;

use stethoscope::guidance;
use stethoscope_probes::catalog;
use stethoscope_probes::practice::{Platform, PracticeId};

use crate::support::golden;

const HEAD: &str = "\
# What is checked, and how

Made from the catalogue of probes; a test keeps it so (`UPDATE_GOLDEN=1 tests/run practices_page` writes
it anew). Every answer carries the file, property or socket it was read from. *Inferred* means that the
state itself was not read, but something that normally goes with it. *Unknown* always has its reason, and is
never taken for good.

Everything is read as an ordinary user: no process is started, no service is started, nothing is
written, locked or fetched, and no password is asked for.
";

/// The page, from the catalogue.
fn page() -> String {
    let mut page = HEAD.to_owned();
    page.push_str("\n## Linux\n");
    for practice in PracticeId::ALL {
        let Some(probe) = catalog::probe(practice, Platform::Linux) else { continue };
        let explained = catalog::explained(practice, Platform::Linux).expect("a probe is explained");
        let reads = probe.reads.trim_end_matches('.');
        write!(page, "\n### {}\n\n`{practice}`. {reads}.\n\n", guidance::name(practice)).expect("a string");
        page.push_str("| answer | when |\n|---|---|\n");
        for (answer, when) in explained.answers {
            writeln!(page, "| {answer} | {when} |").expect("a string");
        }
        if !explained.limits.is_empty() {
            page.push_str("\nKnown limits:\n\n");
        }
        for limit in explained.limits {
            writeln!(page, "- {limit}").expect("a string");
        }
    }
    page
}

#[test]
fn the_page_is_made_from_the_catalogue() {
    golden("../docs/practices.md", &page());
}

#[test]
fn every_practice_says_how_its_answers_come_about() {
    for probe in catalog::CATALOG {
        let explained = catalog::explained(probe.practice, probe.platform).expect("a probe is explained");
        assert!(!explained.answers.is_empty(), "{}", probe.practice);
        let words = explained.answers.iter().flat_map(|(answer, when)| [answer, when]).chain(explained.limits);
        for words in words {
            assert!(!words.is_empty() && !words.contains('|') && !words.ends_with('.'), "{}: {words}", probe.practice);
        }
    }
}
