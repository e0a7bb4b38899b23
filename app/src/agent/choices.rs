//! What the user chose, what there is to choose from, and keeping it.

use jiff::{Span, Timestamp};
use stethoscope_probes::text;

use super::notices::{Matter, Notices, Said};
use crate::link::{ProfileView, State};
use crate::monitor::message::{Command, SnoozeSpan};
use crate::paths::Paths;
use crate::policy::load::{self, Profile};
use crate::settings::{self, Settings, Web};
use crate::words::tr;

/// Settings and profiles, and where they are kept.
#[derive(Debug)]
pub(super) struct Choices {
    paths: Paths,
    settings: Settings,
    profiles: Vec<Profile>,
    pinned: Option<String>,
}

/// What a command changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(super) enum Changed {
    /// Other settings are in force.
    Settings,
    /// The command changes nothing here.
    Nothing,
}

impl Choices {
    /// Reads settings and profiles. What is wrong with them goes into the notices.
    pub(super) fn load(paths: Paths, notices: &mut Notices) -> Self {
        let (settings, problem) = settings::load(&paths);
        let _first = notices.set(Matter::Settings, problem.map(|problem| sentence(&problem)));
        let mut choices = Choices { paths, settings, profiles: Vec::new(), pinned: None };
        let _first = choices.reload_profiles(notices);
        choices
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The profile in force.
    pub(super) fn profile(&self) -> &str {
        self.pinned.as_deref().unwrap_or(&self.settings.profile)
    }

    pub(super) fn is_pinned(&self) -> bool {
        self.pinned.is_some()
    }

    /// Looks at the profiles again: one may have been saved or changed by hand.
    pub(super) fn reload_profiles(&mut self, notices: &mut Notices) -> Said {
        let (profiles, mut errors) = load::profiles(&self.paths);
        match load::pinned(&self.paths) {
            Ok(pinned) => self.pinned = pinned,
            // What was pinned stays pinned: a file that breaks must not free anybody from it.
            Err(error) => errors.push(error),
        }
        let problems: Vec<String> = errors.iter().map(|error| sentence(error)).collect();
        let said = notices.set(Matter::Profiles, (!problems.is_empty()).then(|| problems.join("\n")));
        let same = self.profiles == profiles;
        self.profiles = profiles;
        if same { said } else { Said::Changed }
    }

    /// What tray and window offer.
    pub(super) fn views(&self) -> Vec<ProfileView> {
        let view = |profile: &Profile| ProfileView {
            id: profile.id.clone(),
            name: profile.policy.name.clone(),
            description: profile.policy.description.clone(),
            source: profile.source.to_string(),
            requirements: profile.policy.requirements.clone(),
            problem: None,
        };
        self.profiles.iter().map(view).collect()
    }

    /// Everything the window's settings page shows of this.
    pub(super) fn state(&self) -> State {
        State {
            settings: self.settings.clone(),
            profiles: self.views(),
            pinned_by: self.pinned.as_ref().map(|_id| self.paths.system.join("pinned.ron").display().to_string()),
            profiles_folder: self.paths.profiles().display().to_string(),
            ..State::default()
        }
    }

    /// Follows a command that changes settings, and keeps them. What cannot be kept is in force
    /// until the program ends, and is said.
    pub(super) fn follow(&mut self, command: &Command, now: Timestamp, notices: &mut Notices) -> Changed {
        let mut wanted = self.settings.clone();
        match command {
            Command::Snooze(practice, span) => {
                let span = match span {
                    SnoozeSpan::Day => Span::new().hours(24),
                    SnoozeSpan::Week => Span::new().hours(7 * 24),
                };
                wanted.snoozed.insert(*practice, now.checked_add(span).unwrap_or(Timestamp::MAX));
            }
            Command::Ignore(practice, why) => {
                wanted.ignored.insert(*practice, why.clone());
            }
            Command::Listen(practice) => {
                wanted.snoozed.remove(practice);
                wanted.ignored.remove(practice);
            }
            Command::UseProfile(id) => wanted.profile.clone_from(id),
            Command::UseSettings(settings) => {
                wanted = Settings::clone(settings);
                // Web sites have wishes of their own: a page of settings that was drawn a moment ago must
                // not bring back a site that has been forgotten since.
                wanted.web = self.settings.web.clone();
            }
            Command::Scan(_)
            | Command::Check(_)
            | Command::Open(_)
            | Command::Show(_)
            | Command::LookAtProfiles
            | Command::StartAtLogin(_)
            | Command::Web(_)
            | Command::Quit => {
                return Changed::Nothing;
            }
        }
        wanted.snoozed.retain(|_, until| *until > now);
        self.adopt(wanted, notices)
    }

    /// Changes what was chosen about web sites, and keeps it.
    pub(super) fn change_web(&mut self, change: impl FnOnce(&mut Web), notices: &mut Notices) -> Changed {
        let mut wanted = self.settings.clone();
        change(&mut wanted.web);
        self.adopt(wanted, notices)
    }

    fn adopt(&mut self, wanted: Settings, notices: &mut Notices) -> Changed {
        if wanted == self.settings {
            return Changed::Nothing;
        }
        if let Err(impossible) = wanted.validate() {
            let why = text!("these settings cannot be used: {why}", why = impossible);
            let _said = notices.set(Matter::Saving, Some(tr(&why)));
            return Changed::Nothing;
        }
        self.settings = wanted;
        let problem = settings::save(&self.settings, &self.paths).err();
        let _said = notices.set(Matter::Saving, problem.map(|error| sentence(&error)));
        Changed::Settings
    }
}

/// An error as a notice.
pub(super) fn sentence(error: &dyn std::error::Error) -> String {
    capital(&error.to_string())
}

/// A sentence that a person reads in the window starts with a capital; in a log, after a colon, it
/// does not.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use stethoscope_probes::practice::PracticeId;

    use super::*;

    fn choices(notices: &mut Notices) -> (tempfile::TempDir, Choices) {
        let folder = tempfile::tempdir().expect("a folder");
        let choices = Choices::load(Paths::below(folder.path()), notices);
        (folder, choices)
    }

    #[test]
    fn what_is_snoozed_is_kept_and_runs_out() {
        let mut notices = Notices::default();
        let (folder, mut choices) = choices(&mut notices);
        let start: Timestamp = "2026-11-23T08:00:00Z".parse().expect("a time");
        let snooze = Command::Snooze(PracticeId::Firewall, SnoozeSpan::Day);
        assert_eq!(choices.follow(&snooze, start, &mut notices), Changed::Settings);
        let again = Choices::load(Paths::below(folder.path()), &mut notices);
        let until = again.settings().snoozed[&PracticeId::Firewall];
        assert_eq!(until.to_string(), "2026-11-24T08:00:00Z");
        let ignore = Command::Ignore(PracticeId::ScreenLock, "kiosk".to_owned());
        assert_eq!(choices.follow(&ignore, until, &mut notices), Changed::Settings);
        assert!(choices.settings().snoozed.is_empty(), "what has run out is not kept for ever");
        let listen = Command::Listen(PracticeId::ScreenLock);
        assert_eq!(choices.follow(&listen, until, &mut notices), Changed::Settings);
        assert!(choices.settings().ignored.is_empty());
        assert!(notices.sentences().is_empty());
    }

    #[test]
    fn other_settings_leave_the_word_on_web_sites_alone() {
        let mut notices = Notices::default();
        let (folder, mut choices) = choices(&mut notices);
        let drawn = choices.settings().clone();
        let changed = choices.change_web(|web| web.switch = crate::settings::WebSwitch::Off, &mut notices);
        assert_eq!(changed, Changed::Settings);
        let wish = Command::UseSettings(Box::new(Settings { interval_minutes: 60, ..drawn }));
        assert_eq!(choices.follow(&wish, Timestamp::UNIX_EPOCH, &mut notices), Changed::Settings);
        let kept = Choices::load(Paths::below(folder.path()), &mut notices);
        assert_eq!(kept.settings().web.switch, crate::settings::WebSwitch::Off);
        assert_eq!(kept.settings().interval_minutes, 60);
    }

    #[test]
    fn settings_that_cannot_be_kept_are_in_force_and_said() {
        let folder = tempfile::tempdir().expect("a folder");
        // A file where the folder should be works for root as well, unlike permissions.
        std::fs::write(folder.path().join("config"), "in the way").expect("a file");
        let mut notices = Notices::default();
        let mut choices = Choices::load(Paths::below(folder.path()), &mut notices);
        let use_strict = Command::UseProfile("strict".to_owned());
        assert_eq!(choices.follow(&use_strict, Timestamp::UNIX_EPOCH, &mut notices), Changed::Settings);
        assert_eq!(choices.profile(), "strict");
        let said = notices.sentences().join("\n");
        assert!(said.contains("could not be saved") && said.contains("settings.ron"), "{said}");
    }

    #[test]
    fn a_profile_saved_by_hand_turns_up_and_a_broken_one_is_said() {
        let mut notices = Notices::default();
        let (folder, mut choices) = choices(&mut notices);
        let built_in = choices.views().len();
        let profiles = Paths::below(folder.path()).profiles();
        std::fs::create_dir_all(&profiles).expect("a folder");
        let policy = "Policy(format: 1, name: \"Mine\", description: \"My own.\", requirements: { firewall: Always })";
        std::fs::write(profiles.join("mine.ron"), policy).expect("a file");
        assert_eq!(choices.reload_profiles(&mut notices), Said::Changed);
        assert_eq!(choices.views().len(), built_in + 1, "{:?}", notices.sentences());
        assert_eq!(choices.reload_profiles(&mut notices), Said::AsBefore);
        std::fs::write(profiles.join("broken.ron"), "Policy(").expect("a file");
        assert_eq!(choices.reload_profiles(&mut notices), Said::Changed);
        assert!(notices.sentences().join("\n").contains("broken.ron"));
    }
}
