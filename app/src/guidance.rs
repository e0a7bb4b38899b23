//! What to do about a verdict: a title for the state, why it matters, steps for this system.
//!
//! The words stand in `assets/guidance/<language>.ron`, one chapter a practice.

mod book;

use stethoscope_probes::device::Device;
use stethoscope_probes::finding::Observation;
use stethoscope_probes::practice::PracticeId;
use stethoscope_probes::system::Place;
use stethoscope_probes::text;

use crate::guidance::book::{Book, StepText, Way, When};
use crate::policy::{AppRequirement, Requirement};
use crate::verdict::{Verdict, VerdictState};
use crate::words;

/// The advice for one verdict on one device. Already in the user's language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guidance {
    /// Written for what was found: `Disk encryption is off`.
    pub title: String,
    /// Why it matters, in two or three sentences.
    pub why: String,
    /// What to do, in order. Empty where nothing needs doing.
    pub steps: Vec<Step>,
    /// One thing a button can do.
    pub action: Option<Action>,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub text: String,
    /// A command to copy and run by hand. The program never runs it.
    pub command: Option<String>,
}

/// What the button under the steps does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// What the button says: `Open Privacy settings`.
    pub label: String,
    /// The program to start, with its arguments. Comes from the built-in texts and from nowhere
    /// else. Show the button only where that program is installed.
    pub open: Vec<String>,
}

/// The name of a practice for people: `Disk encryption`.
pub fn name(practice: PracticeId) -> &'static str {
    &Book::current().chapter(practice).name
}

/// The title of a verdict, written for what was found.
pub fn title(verdict: &Verdict) -> &'static str {
    let titles = &Book::current().chapter(verdict.practice()).titles;
    let by_state = match verdict.state {
        VerdictState::Pass => &titles.pass,
        VerdictState::Nudge => &titles.nudge,
        VerdictState::Fail => &titles.fail,
        VerdictState::Unknown => &titles.unknown,
    };
    let by_observation = match &verdict.finding.observation {
        Observation::On => &titles.on,
        Observation::Off => &titles.off,
        Observation::Unsupported(_) => &titles.unsupported,
        Observation::Unknown(_) => &titles.unknown,
        Observation::Seconds(_) | Observation::Version(_) | Observation::Items(_) => by_state,
    };
    let title = if by_observation.is_empty() { by_state } else { by_observation };
    if title.is_empty() { name(verdict.practice()) } else { title }
}

/// The advice for a verdict on a device.
pub fn guidance(verdict: &Verdict, device: &Device) -> Guidance {
    let chapter = Book::current().chapter(verdict.practice());
    let when = match (&verdict.finding.observation, verdict.state) {
        (Observation::Unsupported(_), _) | (_, VerdictState::Pass) => None,
        (_, VerdictState::Unknown) => Some(When::Unknown),
        (_, VerdictState::Nudge | VerdictState::Fail) => Some(When::Wrong),
    };
    // From inside a container nobody can look either.
    let when = when.filter(|when| *when != When::Unknown || !is_out_of_sight(verdict.practice(), device.place));
    let way = when.and_then(|when| chapter.ways.iter().find(|way| way.fits(when, device)));
    let mut steps = when.map(|_| application_steps(verdict)).unwrap_or_default();
    steps.extend(way.into_iter().flat_map(Way::steps));
    Guidance {
        title: title(verdict).to_owned(),
        why: chapter.why.clone(),
        steps,
        action: way
            .and_then(|way| way.action.as_ref())
            .map(|action| Action { label: action.label.clone(), open: action.open.clone() }),
    }
}

/// Whether what a practice is about lies outside the place where the program runs.
fn is_out_of_sight(practice: PracticeId, place: Place) -> bool {
    match place {
        Place::Machine | Place::VirtualMachine => false,
        Place::Container | Place::Sandbox | Place::Live => practice != PracticeId::StethoscopeVersion,
        // Its packages are its own; screen, disk and network are those of Windows.
        Place::Wsl => !matches!(
            practice,
            PracticeId::OsVersion
                | PracticeId::SoftwareUpdates
                | PracticeId::AutomaticUpdates
                | PracticeId::SshKeys
                | PracticeId::Applications
                | PracticeId::StethoscopeVersion
        ),
    }
}

/// What the policy's own rules ask of the applications, rule by rule.
fn application_steps(verdict: &Verdict) -> Vec<Step> {
    let (Requirement::Apps(rules), Observation::Items(items)) = (&verdict.requirement, &verdict.finding.observation)
    else {
        return Vec::new();
    };
    let mut steps = Vec::new();
    for rule in rules.iter().filter(|rule| rule.url.is_some()) {
        let (name, url) = (&rule.name, rule.url.as_deref().unwrap_or_default());
        let there = items.iter().any(|item| rule.names(item));
        let step = match (rule.requirement, there) {
            (AppRequirement::Never, true) => text!("Why {name} is unwanted: {url}", name = name, url = url),
            (AppRequirement::Always | AppRequirement::Suggested, _) | (AppRequirement::IfSupported, true) => {
                text!("Where to get {name}: {url}", name = name, url = url)
            }
            (AppRequirement::Never | AppRequirement::IfSupported, false) => continue,
        };
        steps.push(Step { text: words::tr(&step), command: None });
    }
    steps
}

impl StepText {
    fn step(&self) -> Step {
        match self {
            StepText::Do(text) => Step { text: text.clone(), command: None },
            StepText::Run(text, command) => Step { text: text.clone(), command: Some(command.clone()) },
        }
    }
}

impl Way {
    fn steps(&self) -> impl Iterator<Item = Step> {
        self.steps.iter().map(StepText::step)
    }
}
