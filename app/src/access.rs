//! Who may ask about this device over the web: the user's word and the administrator's, as one answer.

pub mod change;
pub mod holder;
pub mod key;
pub mod load;
pub mod log;
pub mod view;
pub mod words;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use self::view::SiteView;
use crate::settings::{Permission, Web, WebSwitch};
use crate::site::{Origin, Pattern};

/// Where pages look for this program. The one place they know; never another in silence.
pub const PORT: u16 = 37370;

/// The administrator's file: `/etc/stethoscope/web.ron`. What it says of a site, the user cannot change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename = "WebAccess")]
pub struct Organisation {
    /// Always 1.
    pub format: u32,
    /// Turns the endpoint on or off for everybody.
    pub on: Option<bool>,
    /// Whether sites that nobody has decided on may raise a question.
    pub questions: Option<bool>,
    #[serde(deserialize_with = "load::once_each")]
    pub sites: BTreeMap<Origin, Grant>,
    #[serde(deserialize_with = "load::once_each")]
    pub patterns: BTreeMap<Pattern, Grant>,
    /// Sites that may never ask.
    pub refused: Vec<Pattern>,
}

impl Organisation {
    /// In place of a file that is there and makes no sense: nobody knows what it was to forbid.
    pub fn closed() -> Self {
        Organisation { on: Some(false), questions: Some(false), ..Organisation::default() }
    }
}

/// What a site may know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Grant {
    /// Also what tells this device from all others.
    pub identifiers: bool,
}

/// Everything that was said about sites.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    user: Web,
    organisation: Organisation,
}

/// Whose word it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Whose {
    User,
    Organisation,
}

/// Whether an allowed site may know what tells this device from all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identifiers {
    Given,
    Withheld,
    /// Nobody has decided: withheld, and the user may be asked.
    Undecided,
}

impl Identifiers {
    fn decided(given: bool) -> Self {
        if given { Identifiers::Given } else { Identifiers::Withheld }
    }
}

/// What becomes of a site that asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    Allowed(Identifiers, Whose),
    Refused(Whose),
    /// Nobody has decided, and the user may be asked.
    Undecided,
    /// Nobody has decided, and nobody is to be asked.
    Unknown,
}

impl Access {
    pub fn new(user: Web, organisation: Organisation) -> Self {
        Access { user, organisation }
    }

    /// Whether pages can reach this program.
    pub fn is_on(&self) -> bool {
        self.organisation.on.unwrap_or(match self.user.switch {
            WebSwitch::On => true,
            WebSwitch::Off => false,
            WebSwitch::Auto => self.any_allowed(),
        })
    }

    /// The administrator has decided whether the endpoint is on.
    pub fn is_pinned(&self) -> bool {
        self.organisation.on.is_some()
    }

    pub fn user(&self) -> &Web {
        &self.user
    }

    pub fn organisation(&self) -> &Organisation {
        &self.organisation
    }

    fn any_allowed(&self) -> bool {
        let user = self.user.sites.values().any(|site| site.permission == Permission::Allowed);
        let organisation = !self.organisation.sites.is_empty() || !self.organisation.patterns.is_empty();
        user || organisation || !self.user.patterns.is_empty()
    }

    /// Whether sites that nobody has decided on may raise a question.
    pub fn asks(&self) -> bool {
        self.organisation.questions.unwrap_or(self.user.questions)
    }

    /// Every site with somebody's word on it: the administrator's first, each in the order of their names.
    pub fn sites(&self) -> Vec<SiteView> {
        let theirs = |site: String, permission, identifiers| SiteView {
            site,
            permission,
            identifiers,
            by: Whose::Organisation,
            since: None,
        };
        let granted = |site: String, grant: &Grant| theirs(site, Permission::Allowed, Some(grant.identifiers));
        let mut sites: Vec<SiteView> = Vec::new();
        sites.extend(self.organisation.sites.iter().map(|(origin, grant)| granted(origin.to_string(), grant)));
        sites.extend(self.organisation.patterns.iter().map(|(pattern, grant)| granted(pattern.to_string(), grant)));
        let refused = self.organisation.refused.iter();
        sites.extend(refused.map(|pattern| theirs(pattern.to_string(), Permission::Refused, None)));
        sites.extend(self.user.sites.iter().map(|(origin, site)| SiteView {
            site: origin.to_string(),
            permission: site.permission,
            identifiers: site.identifiers,
            by: Whose::User,
            since: Some(site.since),
        }));
        sites.extend(self.user.patterns.iter().map(|pattern| SiteView {
            site: pattern.to_string(),
            permission: Permission::Allowed,
            identifiers: Some(false),
            by: Whose::User,
            since: None,
        }));
        sites
    }

    /// What becomes of that site. Of two words the administrator's counts, and a refusal before a grant.
    pub fn decide(&self, origin: &Origin) -> Decision {
        let theirs = &self.organisation;
        if theirs.refused.iter().any(|pattern| pattern.matches(origin)) {
            return Decision::Refused(Whose::Organisation);
        }
        let by_pattern = || theirs.patterns.iter().find(|(pattern, _)| pattern.matches(origin)).map(|(_, grant)| grant);
        if let Some(grant) = theirs.sites.get(origin).or_else(by_pattern) {
            return Decision::Allowed(Identifiers::decided(grant.identifiers), Whose::Organisation);
        }
        if let Some(site) = self.user.sites.get(origin) {
            return match site.permission {
                Permission::Allowed => {
                    let identifiers = site.identifiers.map_or(Identifiers::Undecided, Identifiers::decided);
                    Decision::Allowed(identifiers, Whose::User)
                }
                Permission::Refused => Decision::Refused(Whose::User),
            };
        }
        if self.user.patterns.iter().any(|pattern| pattern.matches(origin)) {
            return Decision::Allowed(Identifiers::Withheld, Whose::User);
        }
        if self.asks() { Decision::Undecided } else { Decision::Unknown }
    }
}
