//! What a device comes to under a page's policy.

use std::collections::BTreeMap;

use async_graphql::{Object, SimpleObject};
use stethoscope_probes::practice::PracticeId;

use super::words::{Confidence, FeatureState, RequirementOption};

/// One answer for each key of a policy. What was not asked is null.
#[derive(Default)]
pub(super) struct PolicyResult {
    pub(super) status: Option<FeatureState>,
    pub(super) strict: Option<FeatureState>,
    pub(super) practices: BTreeMap<PracticeId, FeatureState>,
    pub(super) applications: Option<Vec<ApplicationAnswer>>,
    pub(super) unknown: Option<Vec<String>>,
    pub(super) details: Option<Vec<PracticeDetail>>,
}

/// One rule about an application: what was asked, and what came of it.
pub(super) struct ApplicationAnswer {
    pub(super) assertion: RequirementOption,
    pub(super) state: ApplicationFeatureState,
}

impl PolicyResult {
    fn of(&self, practice: PracticeId) -> Option<FeatureState> {
        self.practices.get(&practice).copied()
    }

    fn rules(&self, which: Option<RequirementOption>) -> Option<Vec<Option<ApplicationFeatureState>>> {
        let rules = self.applications.as_ref()?.iter();
        let chosen = rules.filter(|rule| which.is_none_or(|which| rule.assertion == which));
        Some(chosen.map(|rule| Some(rule.state.clone())).collect())
    }
}

#[Object]
impl PolicyResult {
    /// The worst of all answers. What could not be told counts as the old Stethoscope counted it; see `strict`.
    async fn status(&self) -> Option<FeatureState> {
        self.status
    }

    async fn os_version(&self) -> Option<FeatureState> {
        self.of(PracticeId::OsVersion)
    }

    async fn firewall(&self) -> Option<FeatureState> {
        self.of(PracticeId::Firewall)
    }

    async fn automatic_updates(&self) -> Option<FeatureState> {
        self.of(PracticeId::AutomaticUpdates)
    }

    async fn disk_encryption(&self) -> Option<FeatureState> {
        self.of(PracticeId::DiskEncryption)
    }

    async fn screen_lock(&self) -> Option<FeatureState> {
        self.of(PracticeId::ScreenLock)
    }

    async fn screen_idle(&self) -> Option<FeatureState> {
        self.of(PracticeId::ScreenIdle)
    }

    async fn remote_login(&self) -> Option<FeatureState> {
        self.of(PracticeId::RemoteLogin)
    }

    /// One answer for each rule that counts on this system.
    async fn applications(&self) -> Option<Vec<Option<ApplicationFeatureState>>> {
        self.rules(None)
    }

    async fn stethoscope_version(&self) -> Option<FeatureState> {
        self.of(PracticeId::StethoscopeVersion)
    }

    async fn open_wifi_connections(&self) -> Option<FeatureState> {
        self.of(PracticeId::OpenWifiConnections)
    }

    async fn software_updates(&self) -> Option<FeatureState> {
        self.of(PracticeId::SoftwareUpdates)
    }

    async fn secure_boot(&self) -> Option<FeatureState> {
        self.of(PracticeId::SecureBoot)
    }

    async fn firmware(&self) -> Option<FeatureState> {
        self.of(PracticeId::Firmware)
    }

    async fn kernel_hardening(&self) -> Option<FeatureState> {
        self.of(PracticeId::KernelHardening)
    }

    async fn account_password(&self) -> Option<FeatureState> {
        self.of(PracticeId::AccountPassword)
    }

    async fn automatic_login(&self) -> Option<FeatureState> {
        self.of(PracticeId::AutomaticLogin)
    }

    async fn file_sharing(&self) -> Option<FeatureState> {
        self.of(PracticeId::FileSharing)
    }

    async fn ssh_keys(&self) -> Option<FeatureState> {
        self.of(PracticeId::SshKeys)
    }

    async fn antivirus(&self) -> Option<FeatureState> {
        self.of(PracticeId::Antivirus)
    }

    /// The worst of all answers, with `UNKNOWN` where something could not be told and nothing is worse.
    async fn strict(&self) -> Option<FeatureState> {
        self.strict
    }

    /// The keys of the policy that could not be told.
    async fn unknown(&self) -> Option<&[String]> {
        self.unknown.as_deref()
    }

    /// Each key of the policy by itself, strictly.
    async fn details(&self) -> Option<&[PracticeDetail]> {
        self.details.as_deref()
    }

    #[graphql(deprecation = "Ask for `applications`.")]
    async fn required_applications(&self) -> Option<Vec<Option<ApplicationFeatureState>>> {
        self.rules(Some(RequirementOption::Always))
    }

    #[graphql(deprecation = "Ask for `applications`.")]
    async fn banned_applications(&self) -> Option<Vec<Option<ApplicationFeatureState>>> {
        self.rules(Some(RequirementOption::Never))
    }

    #[graphql(deprecation = "Ask for `applications`.")]
    async fn suggested_applications(&self) -> Option<Vec<Option<ApplicationFeatureState>>> {
        self.rules(Some(RequirementOption::Suggested))
    }
}

/// How one application stands.
#[derive(SimpleObject, Clone)]
pub(super) struct ApplicationFeatureState {
    /// As the policy names it.
    pub(super) name: Option<String>,
    pub(super) status: Option<FeatureState>,
    /// As the package manager writes it. Null where it is not installed.
    pub(super) version: Option<String>,
    /// Null where that could not be told.
    pub(super) installed: Option<bool>,
    /// `VALID`, `INVALID_INSTALL_STATE`, `INVALID_VERSION`, `SUGGESTED_INSTALL`, `SUGGESTED_UPGRADE` or `UNKNOWN`.
    pub(super) state: Option<String>,
}

/// One key of a policy, and why it came out as it did.
#[derive(SimpleObject, Clone)]
pub(super) struct PracticeDetail {
    /// The key.
    pub(super) practice: String,
    /// `PASS`, `FAIL`, `NUDGE` or `UNKNOWN`.
    pub(super) result: FeatureState,
    /// Null where nobody looked.
    pub(super) confidence: Option<Confidence>,
    /// In the words of this device's user. Names and paths are left out where identifiers are withheld.
    pub(super) reason: Option<String>,
    /// When somebody looked, as RFC 3339 writes it.
    pub(super) checked_at: Option<String>,
}
