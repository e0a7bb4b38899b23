//! Holds the facts against a page's policy.

use stethoscope_probes::finding::{self, Finding, Observation};
use stethoscope_probes::practice::PracticeId;
use stethoscope_probes::text;
use stethoscope_probes::text::Text;

use super::About;
use super::asks::{ApplicationRequirement, DevicePolicy, PlatformBracketRequirement};
use super::result::{ApplicationAnswer, ApplicationFeatureState, PolicyResult, PracticeDetail};
use super::words::{Confidence, FeatureState};
use crate::web::legacy::apps::{self, Judged, Wanted};
use crate::web::legacy::{self, Answer, Answers, Asked, Found, range, system};
use crate::words::tr;

/// Seconds after which Windows has to have locked the screen, where the policy does not say.
const LONGEST_LOCK: i32 = 600;

/// One practice that was asked for.
struct Outcome<'a> {
    practice: PracticeId,
    answers: Answers,
    /// What was looked at. `None`: nobody could look.
    finding: Option<&'a Finding>,
}

pub(super) fn validate(about: &About, policy: &DevicePolicy) -> PolicyResult {
    let facts = &about.facts;
    let mut outcomes: Vec<Outcome<'_>> = Vec::new();
    let mut add = |practice, answers| outcomes.push(Outcome { practice, answers, finding: facts.finding(practice) });
    if let Some(brackets) = &policy.os_version {
        add(PracticeId::OsVersion, legacy::judge(os_version(about, brackets), Asked::Plainly));
    }
    let longest_lock = policy.windows_max_screen_lock_timeout.unwrap_or(LONGEST_LOCK);
    for (practice, asked) in policy.switches() {
        let found = facts.finding(practice).map_or(Found::Unknown, |finding| {
            legacy::switch(practice, &finding.observation, facts.device.platform, longest_lock)
        });
        add(practice, legacy::judge(found, legacy::meant(practice, asked)));
    }
    if let Some(idle) = &policy.screen_idle {
        let finding = facts.finding(PracticeId::ScreenIdle);
        let found = finding.map_or(Found::Unknown, |finding| legacy::idle(&finding.observation, &idle.0));
        add(PracticeId::ScreenIdle, legacy::judge(found, Asked::Plainly));
    }
    let judged = policy.applications.as_ref().map(|rules| applications(about, rules.iter().flatten()));
    if let Some(judged) = &judged {
        add(PracticeId::Applications, apps::overall(judged.iter().map(|(_, judged)| judged)));
    }
    if let Some(asked) = &policy.stethoscope_version {
        let fits = range::coerced(system::VERSION).is_some_and(|version| range::satisfies(version, &asked.0));
        let found = if fits { Found::True } else { Found::False };
        add(PracticeId::StethoscopeVersion, legacy::judge(found, Asked::Plainly));
    }
    outcomes.sort_by_key(|outcome| outcome.practice);
    let mut result = summed_up(about, &outcomes);
    result.applications = judged.map(|judged| judged.into_iter().map(answer).collect());
    result
}

fn summed_up(about: &About, outcomes: &[Outcome<'_>]) -> PolicyResult {
    let Some(status) = legacy::overall(outcomes.iter().map(|outcome| outcome.answers.legacy)) else {
        return PolicyResult::default();
    };
    let unknown = outcomes.iter().filter(|outcome| outcome.answers.strict == Answer::Unknown);
    PolicyResult {
        status: Some(status.into()),
        strict: legacy::overall(outcomes.iter().map(|outcome| outcome.answers.strict)).map(FeatureState::from),
        practices: outcomes.iter().map(|outcome| (outcome.practice, outcome.answers.legacy.into())).collect(),
        applications: None,
        unknown: Some(unknown.map(|outcome| outcome.practice.to_string()).collect()),
        details: Some(outcomes.iter().map(|outcome| detail(about, outcome)).collect()),
    }
}

/// The bracket that fits this system most closely, held against its version.
fn os_version(about: &About, brackets: &PlatformBracketRequirement) -> Found {
    let Some(bracket) = brackets.bracket(system::keys(&about.facts.device)) else {
        // The page names the systems it takes, and this one is not among them.
        return Found::False;
    };
    let version = match about.facts.finding(PracticeId::OsVersion).map(|finding| &finding.observation) {
        Some(Observation::Version(version)) => number(version),
        _ => None,
    };
    let Some(version) = version else { return Found::Unknown };
    let holds =
        |range: &Option<super::words::Semver>| range.as_ref().is_some_and(|range| range::satisfies(version, &range.0));
    match (holds(&bracket.ok), holds(&bracket.nudge)) {
        (true, _) => Found::True,
        (false, true) => Found::Nudge,
        (false, false) => Found::False,
    }
}

fn number(version: &finding::Version) -> Option<range::Version> {
    numbered(&version.number)
}

/// A version that begins with a number: one that does not has no order.
fn numbered(written: &str) -> Option<range::Version> {
    written.starts_with(|letter: char| letter.is_ascii_digit()).then(|| range::coerced(written)).flatten()
}

/// Each rule that counts on this system, with what came of it.
fn applications<'a>(
    about: &About,
    rules: impl Iterator<Item = &'a ApplicationRequirement>,
) -> Vec<(&'a ApplicationRequirement, Judged)> {
    let list = about.facts.finding(PracticeId::Applications);
    let judged = rules.filter_map(|rule| {
        let asked = Asked::from(rule.assertion);
        let judged = match counts(about, rule) {
            Some(false) => return None,
            None => Judged::unknown(asked),
            Some(true) => {
                let version = rule.version.as_ref().map(|version| version.0.as_str());
                apps::held(list, &Wanted { name: &rule.name, asked, version })
            }
        };
        Some((rule, judged))
    });
    judged.collect()
}

/// Whether a rule counts on this system. `None`: it asks for a version and the system has none.
fn counts(about: &About, rule: &ApplicationRequirement) -> Option<bool> {
    let device = &about.facts.device;
    let Some(platform) = rule.platform.as_ref().filter(|platform| platform.all != Some(true)) else {
        return Some(true);
    };
    let Some(wanted) = platform.range(system::keys(device)) else { return Some(false) };
    match numbered(&device.system.version) {
        Some(version) => Some(range::satisfies(version, wanted)),
        // Some ranges hold every version there is.
        None if range::satisfies([0; 3], wanted) && range::satisfies([u64::from(u32::MAX); 3], wanted) => Some(true),
        None => None,
    }
}

fn answer((rule, judged): (&ApplicationRequirement, Judged)) -> ApplicationAnswer {
    ApplicationAnswer {
        assertion: rule.assertion,
        state: ApplicationFeatureState {
            name: Some(rule.name.clone()),
            status: Some(judged.answers.legacy.into()),
            version: judged.version,
            installed: judged.installed,
            state: Some(judged.state.wire_name().to_owned()),
        },
    }
}

fn detail(about: &About, outcome: &Outcome<'_>) -> PracticeDetail {
    let practice = outcome.practice;
    let own_version = practice == PracticeId::StethoscopeVersion;
    let reason = match outcome.finding {
        Some(finding) => told(about, practice, &finding.detail),
        None if own_version => tr(&text!("The contract of Stethoscope {version} is kept", version = system::VERSION)),
        None => tr(&text!("Nobody could look at this on this system")),
    };
    let confidence = outcome.finding.map(|finding| match finding.confidence {
        finding::Confidence::Verified => Confidence::Verified,
        finding::Confidence::Inferred => Confidence::Inferred,
    });
    PracticeDetail {
        practice: practice.to_string(),
        result: outcome.answers.strict.into(),
        confidence: confidence.or(own_version.then_some(Confidence::Verified)),
        reason: Some(reason),
        checked_at: outcome
            .finding
            .map(|finding| finding.when)
            .or(own_version.then_some(about.facts.when))
            .map(|when| when.to_string()),
    }
}

/// The reason in the user's language. Without identifiers it names nobody and no place: networks, accounts,
/// shares and folders tell one device from another too.
fn told(about: &About, practice: PracticeId, reason: &Text) -> String {
    if about.identifiers {
        return tr(reason);
    }
    let names_somebody = match practice {
        PracticeId::OpenWifiConnections
        | PracticeId::SshKeys
        | PracticeId::AccountPassword
        | PracticeId::AutomaticLogin
        | PracticeId::FileSharing
        | PracticeId::RemoteLogin
        | PracticeId::DiskEncryption => true,
        PracticeId::OsVersion
        | PracticeId::SoftwareUpdates
        | PracticeId::AutomaticUpdates
        | PracticeId::Firewall
        | PracticeId::SecureBoot
        | PracticeId::Firmware
        | PracticeId::KernelHardening
        | PracticeId::ScreenLock
        | PracticeId::ScreenIdle
        | PracticeId::Antivirus
        | PracticeId::Applications
        | PracticeId::StethoscopeVersion => false,
    };
    let mut reason = reason.clone();
    for (_, value) in &mut reason.values {
        if names_somebody || value.contains(['/', '\\', '@']) {
            "…".clone_into(value);
        }
    }
    tr(&reason)
}
