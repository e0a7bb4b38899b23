//! Types that the old schema declared and no query reaches. Only introspection shows them.

use async_graphql::{InputObject, Object};

use super::asks::{PlatformBracketRequirement, PlatformStringRequirement};
use super::words::{NumericRange, RequirementOption, Semver};

/// Declared by the old schema; nothing gives it.
pub(super) struct Security;

/// Fields that take one requirement and are never asked.
macro_rules! never_asked {
    ($($field:ident: $requirement:ty),+ $(,)?) => {
        #[Object]
        impl Security {
            $(async fn $field(&self, requirement: $requirement) -> bool {
                let _not_looked_at = requirement;
                false
            })+

            async fn applications(&self, requirement: RequirementOption) -> Vec<bool> {
                let _not_looked_at = requirement;
                Vec::new()
            }
        }
    };
}

never_asked! {
    os_version: PlatformBracketRequirement,
    firewall: RequirementOption,
    disk_encryption: RequirementOption,
    screen_lock: RequirementOption,
    screen_idle: NumericRange,
    remote_login: RequirementOption,
    stethoscope_version: Semver,
    automatic_updates: RequirementOption,
    automatic_os_updates: RequirementOption,
    automatic_security_updates: RequirementOption,
    automatic_app_updates: RequirementOption,
    automatic_download_updates: RequirementOption,
    automatic_config_data_install: RequirementOption,
    automatic_check_enabled: RequirementOption,
    public_firewall: RequirementOption,
    private_firewall: RequirementOption,
    domain_firewall: RequirementOption,
    open_wifi_connections: RequirementOption,
}

/// Declared by the old schema; nothing takes it.
#[derive(InputObject)]
pub(super) struct AppRequirement {
    name: String,
    version: Option<Semver>,
    platform: Option<PlatformStringRequirement>,
    exact_match: Option<bool>,
    include_packages: Option<bool>,
    url: Option<String>,
    description: Option<String>,
}

/// Declared by the old schema; nothing takes it.
#[derive(InputObject)]
pub(super) struct PlatformBoolRequirement {
    darwin: Option<bool>,
    win32: Option<bool>,
    ubuntu: Option<bool>,
    linux: Option<bool>,
    aws_workspace: Option<bool>,
    all: Option<bool>,
}
