//! What the user should know about the program itself, one sentence a matter.

use crate::words::say;

/// A matter that can be said, and said to be over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Matter {
    Settings,
    Saving,
    Profiles,
    Policy,
    Keeping,
    Tray,
    Notifications,
    Autostart,
    Instance,
    /// The web endpoint is not open although it should be.
    Web,
    /// What the administrator says about web sites makes no sense.
    Organisation,
    /// The visits of web sites are not kept.
    Visits,
    /// A link asked for something that is not known.
    Link,
    /// The window could not be opened.
    Window,
    /// The window ended by itself.
    Crash,
}

/// Everything to say now, newest last.
#[derive(Clone, Debug, Default)]
pub(super) struct Notices(Vec<(Matter, String)>);

/// Whether what is said has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(super) enum Said {
    Changed,
    AsBefore,
}

impl Notices {
    /// Says something of a matter in place of what was said of it before. `None`: it is over.
    pub(super) fn set(&mut self, matter: Matter, sentence: Option<String>) -> Said {
        let before = self.0.iter().position(|(known, _)| *known == matter);
        match (before, sentence) {
            (None, None) => return Said::AsBefore,
            (Some(at), Some(sentence)) if self.0[at].1 == sentence => return Said::AsBefore,
            (Some(at), None) => drop(self.0.remove(at)),
            (before, Some(sentence)) => {
                tracing::warn!("{sentence}");
                if let Some(at) = before {
                    self.0.remove(at);
                }
                self.0.push((matter, sentence));
            }
        }
        Said::Changed
    }

    /// The sentences as the window shows them.
    pub(super) fn sentences(&self) -> Vec<String> {
        self.0.iter().map(|(_, sentence)| say(sentence).to_owned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matter_is_said_once_and_can_be_over() {
        let mut notices = Notices::default();
        assert_eq!(notices.set(Matter::Tray, Some("no tray".to_owned())), Said::Changed);
        assert_eq!(notices.set(Matter::Tray, Some("no tray".to_owned())), Said::AsBefore);
        assert_eq!(notices.set(Matter::Saving, Some("full".to_owned())), Said::Changed);
        assert_eq!(notices.set(Matter::Tray, Some("really none".to_owned())), Said::Changed);
        assert_eq!(notices.sentences(), ["full", "really none"]);
        assert_eq!(notices.set(Matter::Tray, None), Said::Changed);
        assert_eq!(notices.set(Matter::Tray, None), Said::AsBefore);
        assert_eq!(notices.sentences(), ["full"]);
    }
}
