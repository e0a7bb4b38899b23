//! What the scans so far asked for, and what of it is different since the last one.

use std::collections::BTreeMap;

use crate::host::asked::Asked;
#[cfg(target_os = "linux")]
use crate::host::asked::Source;
use crate::host::watch::Scanned;
use crate::practice::PracticeId;
#[cfg(target_os = "linux")]
use crate::practice::Practices;

/// What was asked for, by whom.
#[derive(Default)]
pub(super) struct Wanted(BTreeMap<PracticeId, Asked>);

/// What one scan replaced.
pub(super) struct News {
    /// Somebody's questions are of no interest any more.
    forgotten: bool,
    /// What these asked for until now.
    replaced: BTreeMap<PracticeId, Option<Asked>>,
}

impl Wanted {
    /// Takes what a scan asked for.
    pub(super) fn learn(&mut self, scanned: Scanned) -> News {
        let before = self.0.len();
        self.0.retain(|practice, _| scanned.practices.contains(*practice));
        let forgotten = self.0.len() != before;
        let replace = |(practice, asked)| (practice, self.0.insert(practice, asked));
        News { forgotten, replaced: scanned.asked.into_iter().map(replace).collect() }
    }

    /// Whether that part of what was asked for is another one now.
    pub(super) fn differs<T: PartialEq>(&self, news: &News, part: impl Fn(&Asked) -> &T) -> bool {
        let other = |(practice, before): (&PracticeId, &Option<Asked>)| {
            before.as_ref().map(&part) != self.0.get(practice).map(&part)
        };
        news.forgotten || news.replaced.iter().any(other)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (PracticeId, &Asked)> + Clone {
        self.0.iter().map(|(practice, asked)| (*practice, asked))
    }

    #[cfg(target_os = "linux")]
    pub(super) fn who_asked(&self, source: Source) -> Practices {
        self.iter().filter(|(_, asked)| asked.sources.contains(&source)).map(|(practice, _)| practice).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scanned(practices: &[PracticeId], asked: &[(PracticeId, &str)]) -> Scanned {
        let asked = asked.iter().map(|(practice, path)| {
            let mut asked = Asked::default();
            asked.paths.insert((*path).into(), false);
            (*practice, asked)
        });
        Scanned { practices: practices.iter().copied().collect(), asked: asked.collect(), ..Scanned::default() }
    }

    #[test]
    fn only_what_is_different_counts_and_what_is_not_named_stands() {
        use PracticeId::{Firewall, SshKeys};
        let mut wanted = Wanted::default();
        let both = [Firewall, SshKeys];
        for (what, scan, different, left) in [
            ("the first", scanned(&both, &[(Firewall, "/a"), (SshKeys, "/b")]), true, 2),
            ("the same again", scanned(&both, &[(Firewall, "/a"), (SshKeys, "/b")]), false, 2),
            ("one alone, as before", scanned(&both, &[(SshKeys, "/b")]), false, 2),
            ("one asks for something else", scanned(&both, &[(SshKeys, "/c")]), true, 2),
            ("one is of no interest", scanned(&[SshKeys], &[(SshKeys, "/c")]), true, 1),
            ("and stays so", scanned(&[SshKeys], &[]), false, 1),
        ] {
            let news = wanted.learn(scan);
            assert_eq!(wanted.differs(&news, |asked| &asked.paths), different, "{what}");
            // Nobody asked for a service. Who asks for the first time may have, and who is forgotten, too.
            let may_have = matches!(what, "the first" | "one is of no interest");
            assert_eq!(wanted.differs(&news, |asked| &asked.services), may_have, "{what}");
            assert_eq!(wanted.iter().count(), left, "{what}");
        }
    }
}
