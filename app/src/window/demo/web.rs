//! Made-up web sites for the demonstrations.

use stethoscope_probes::practice::PracticeId;

use super::{Story, at};
use crate::access::Whose;
use crate::access::view::{Fact, Question, SiteView, Status, Visit, VisitResult, WebView};
use crate::settings::{Permission, WebSwitch};

pub(super) fn view(story: Story) -> WebView {
    match story {
        Story::Web => full(),
        Story::WebTaken => WebView {
            status: Status::Taken { holder: Some("node (process 4711)".to_owned()) },
            switch: WebSwitch::On,
            pinned: true,
            questions_pinned: true,
            sites: sites().into_iter().filter(|site| site.by == Whose::Organisation).collect(),
            ..WebView::default()
        },
        _ => WebView { questions_allowed: true, ..WebView::default() },
    }
}

fn full() -> WebView {
    let question = |site: &str, second, since| Question {
        origin: format!("https://{site}").parse().expect("an origin"),
        practices: vec![
            PracticeId::OsVersion,
            PracticeId::DiskEncryption,
            PracticeId::Firewall,
            PracticeId::ScreenLock,
        ],
        facts: vec![Fact::System, Fact::Model, Fact::Applications],
        identifiers: vec![Fact::DeviceName, Fact::SerialNumber, Fact::MacAddresses],
        second,
        since: at(since),
    };
    WebView {
        status: Status::Listening,
        switch: WebSwitch::On,
        pinned: false,
        questions_allowed: true,
        questions_pinned: false,
        sites: sites(),
        questions: vec![
            question("login.example.com", false, "2026-11-23T09:43:50Z"),
            question("portal.example.org", true, "2026-11-23T09:43:55Z"),
        ],
        visits: visits(),
    }
}

fn sites() -> Vec<SiteView> {
    let site = |site: &str, permission, identifiers, by, since: Option<&str>| SiteView {
        site: site.to_owned(),
        permission,
        identifiers,
        by,
        since: since.map(at),
    };
    let (allowed, refused) = (Permission::Allowed, Permission::Refused);
    let organisation = Whose::Organisation;
    vec![
        site("https://sso.example.net", allowed, Some(true), organisation, None),
        site("https://*.intranet.example.net", allowed, Some(false), organisation, None),
        site("https://old.example.net", refused, None, organisation, None),
        site("https://portal.example.org", allowed, None, Whose::User, Some("2026-11-12T14:02:00Z")),
        site("https://vpn.example.org:8443", allowed, Some(true), Whose::User, Some("2026-11-23T08:10:00Z")),
        site("https://tracker.example.com", refused, None, Whose::User, Some("2026-10-02T16:40:00Z")),
        site("http://localhost:*", allowed, Some(false), Whose::User, None),
    ]
}

fn visits() -> Vec<Visit> {
    let visit = |time: &str, origin: &str, result, times| Visit {
        at: at(time),
        origin: origin.to_owned(),
        fields: ["policy.diskEncryption", "policy.firewall", "device.osName"].map(str::to_owned).to_vec(),
        result,
        times,
    };
    let mut visits = vec![
        visit("2026-11-23T09:41:12Z", "https://sso.example.net", VisitResult::AnsweredWithIdentifiers, 1),
        visit("2026-11-23T09:12:00Z", "https://portal.example.org", VisitResult::Answered, 3),
        visit("2026-11-23T08:55:31Z", "https://tracker.example.com", VisitResult::Refused, 27),
        visit("2026-11-22T17:03:00Z", "https://shop.example", VisitResult::NotAllowed, 1),
        visit("2026-11-22T16:58:00Z", "https://login.example.com", VisitResult::Unanswered, 1),
    ];
    for day in (12..19).rev() {
        let time = format!("2026-11-{day}T08:01:00Z");
        visits.push(visit(&time, "https://sso.example.net", VisitResult::AnsweredWithIdentifiers, 1));
    }
    visits
}
