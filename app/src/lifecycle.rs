//! Until when releases get security fixes: dated data, and what it says about one system.
//!
//! The system's own word (os-release `SUPPORT_END`, distro-info) and the list that comes with this
//! program are both used. A release counts as supported until the later of the two is over.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::Deserialize;
use stethoscope_probes::finding::Version;
use stethoscope_probes::text;
use stethoscope_probes::text::Text;

use crate::verdict::VerdictState;
use crate::version::{Number, Range};

/// A rolling system that nobody updated for longer than this many days misses security fixes.
const ROLLING_DAYS: i64 = 30;

/// The list that comes with the program.
const BUILT_IN: &str = include_str!("../../config/lifecycle.ron");

/// Ends of support of the products that the program knows.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lifecycle {
    /// The day of which the list is.
    pub as_of: Date,
    /// By os-release `ID`.
    pub products: BTreeMap<String, Product>,
}

/// One product: its releases, or whose releases it shares.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Product {
    /// For people: `Debian`.
    pub label: String,
    /// Its releases have the numbers and days of this product: `almalinux` has those of `rhel`.
    pub same_as: Option<String>,
    /// It has no releases that end.
    pub rolling: bool,
    /// Longer phases of support by name, with what a machine must be signed up for (empty: nothing).
    pub phases: BTreeMap<String, String>,
    pub releases: Vec<Release>,
}

/// One release.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// `12`, `24.04`. Point releases belong to it.
    pub version: String,
    #[serde(default)]
    pub codename: String,
    /// The last day of ordinary security support.
    pub ends: Date,
    /// The last day of each longer phase.
    #[serde(default)]
    pub extended: BTreeMap<String, Date>,
}

/// What the data says about one system on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    pub state: VerdictState,
    pub reason: Text,
}

impl Lifecycle {
    /// The list that comes with the program.
    pub fn built_in() -> Self {
        ron::from_str(BUILT_IN).expect("a test reads config/lifecycle.ron")
    }

    /// Whether a system still gets security fixes on the day of `when`.
    pub fn judge(&self, version: &Version, when: Timestamp) -> Judged {
        let today = TimeZone::UTC.to_datetime(when).date();
        if today < self.as_of {
            return unknown(text!(
                "The clock says {today}, which cannot be, so the end of support cannot be judged",
                today = today
            ));
        }
        let product = self.products.get(&version.product);
        if version.rolling || product.is_some_and(|product| product.rolling) {
            return rolling(version, today);
        }
        let ends = self.ends(version);
        let name = self.name(version);
        if ends.standard.is_empty() {
            return unknown(text!("It is not known until when {name} gets security fixes", name = name));
        }
        let mut judged = ends.judge(&name, today);
        let stale = self.as_of.checked_add(6.months()).is_ok_and(|fresh| today > fresh);
        if stale && ends.listed {
            judged.reason = and(&judged.reason, "The list of support dates is older than six months");
        }
        judged
    }

    /// `Debian 12`, or the product's own id where it is not in the list.
    fn name(&self, version: &Version) -> String {
        let label = self.products.get(&version.product).map(|product| product.label.as_str());
        let label = label.filter(|label| !label.is_empty()).unwrap_or(&version.product);
        let release = if version.number.is_empty() { version.codename.as_deref() } else { Some(&*version.number) };
        match release {
            Some(release) => format!("{label} {release}"),
            None => label.to_owned(),
        }
    }

    /// Every end of support that counts for this machine.
    fn ends(&self, version: &Version) -> Ends {
        let mut ends = Ends::default();
        let own = self.release(&version.product, &version.number, version.codename.as_deref());
        let followed = version.follows.as_ref().and_then(|follows| {
            let found = self.release(&follows.product, &follows.release, Some(&follows.release));
            found.map(|release| (follows.product.as_str(), release))
        });
        // What a derivative says of itself counts before what it is built on.
        let listed = own.map(|release| (version.product.as_str(), release)).or(followed);
        let phases = self.phases(listed.map_or(&version.product, |(product, _)| product));
        let open = |phase: &str| match phases.get(phase).map(String::as_str) {
            Some("") => true,
            Some(needs) => version.extended.as_deref().is_some_and(|has| has.eq_ignore_ascii_case(needs)),
            None => false,
        };
        if let Some((_, release)) = listed {
            ends.listed = true;
            ends.standard.push(release.ends);
            for (phase, day) in &release.extended {
                match open(phase) {
                    true => ends.extended.push((phase.clone(), *day)),
                    false => ends.closed.extend(phases.get(phase).map(|needs| (needs.clone(), *day))),
                }
            }
        }
        for end in &version.support_ends {
            match end.phase.as_str() {
                "standard" => ends.standard.push(end.day),
                phase if open(phase) => ends.extended.push((phase.to_owned(), end.day)),
                phase => ends.closed.extend(phases.get(phase).map(|needs| (needs.clone(), end.day))),
            }
        }
        ends
    }

    fn phases(&self, product: &str) -> BTreeMap<String, String> {
        self.source(product).map(|product| product.phases.clone()).unwrap_or_default()
    }

    /// The product whose releases count for `product`.
    fn source(&self, product: &str) -> Option<&Product> {
        let found = self.products.get(product)?;
        match &found.same_as {
            Some(other) => self.products.get(other),
            None => Some(found),
        }
    }

    fn release(&self, product: &str, number: &str, codename: Option<&str>) -> Option<&Release> {
        let releases = &self.source(product)?.releases;
        let by_name = codename
            .filter(|name| !name.is_empty())
            .and_then(|name| releases.iter().find(|release| release.codename.eq_ignore_ascii_case(name)));
        by_name.or_else(|| {
            let number = Number::parse(number)?;
            let fits = |release: &&Release| Range::parse(&release.version).is_ok_and(|range| range.contains(&number));
            // The most exact one: 15.6 before 15.
            releases.iter().filter(fits).max_by_key(|release| release.version.matches('.').count())
        })
    }
}

/// The ends of support of one machine.
#[derive(Debug, Default)]
struct Ends {
    /// Each source's last day of ordinary support.
    standard: Vec<Date>,
    /// Longer phases that this machine gets.
    extended: Vec<(String, Date)>,
    /// Longer phases that it would get if it were signed up for something: for what, until when.
    closed: Vec<(String, Date)>,
    /// Our own list had this release.
    listed: bool,
}

impl Ends {
    fn judge(&self, name: &str, today: Date) -> Judged {
        let last = self.standard.iter().max().copied().unwrap_or(Date::MIN);
        let first = self.standard.iter().min().copied().unwrap_or(last);
        let extended = self.extended.iter().filter(|(_, day)| today <= *day).max_by_key(|(_, day)| *day);
        let closed = self.closed.iter().filter(|(_, day)| today <= *day).max_by_key(|(_, day)| *day);
        if today <= first {
            let reason = text!("{name} gets security fixes until {day}", name = name, day = last);
            return Judged { state: VerdictState::Pass, reason };
        }
        if let Some((phase, day)) = extended {
            let reason =
                text!("{name} gets security fixes until {day} ({phase})", name = name, day = day, phase = phase);
            return Judged { state: VerdictState::Pass, reason };
        }
        if today <= last {
            // The sources disagree about a few weeks: it is time to move, and no harm is done yet.
            let reason = text!(
                "Support of {name} is ending: one source says {first}, another {day}",
                name = name,
                first = first,
                day = last
            );
            return Judged { state: VerdictState::Nudge, reason };
        }
        let reason = match closed {
            Some((needs, day)) => text!(
                "{name} has had no security fixes since {last}; with {needs} it would get them until {day}",
                name = name,
                last = last,
                needs = needs,
                day = day
            ),
            None => {
                let over = self.extended.iter().map(|(_, day)| *day).max().map_or(last, |day| day.max(last));
                text!("{name} has had no security fixes since {last}", name = name, last = over)
            }
        };
        Judged { state: VerdictState::Fail, reason }
    }
}

/// A rolling system is as good as its newest part is fresh.
fn rolling(version: &Version, today: Date) -> Judged {
    let Some(built) = version.built else {
        return unknown(text!("This system has no releases, and when it was last updated could not be told"));
    };
    let days = i64::from((today - built).get_days());
    match days {
        // A day ahead is a time zone; more is a wrong clock.
        ..-1 => unknown(text!("The system says it was updated on {built}, which is in the future", built = built)),
        -1..=ROLLING_DAYS => Judged {
            state: VerdictState::Pass,
            reason: text!("This system has no releases that end; it was last updated on {built}", built = built),
        },
        _ => Judged {
            state: VerdictState::Nudge,
            reason: text!("This system was last updated {days} days ago, on {built}", days = days, built = built),
        },
    }
}

fn unknown(reason: Text) -> Judged {
    Judged { state: VerdictState::Unknown, reason }
}

/// Two sentences as one text. Their templates together are the key of the translation.
fn and(text: &Text, addition: &str) -> Text {
    Text { template: format!("{}. {addition}", text.template).into(), values: text.values.clone() }
}
