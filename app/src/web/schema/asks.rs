//! The policy that a page brings.

use async_graphql::{InputObject, MaybeUndefined};
use stethoscope_probes::practice::PracticeId;

use super::words::{NumericRange, RequirementOption, Semver};
use crate::web::legacy::Asked;
use crate::web::legacy::system::Key;

/// What a page asks of a device. A key that is missing is not checked.
#[derive(InputObject, Default)]
pub(super) struct DevicePolicy {
    /// The operating system's version, by system.
    pub(super) os_version: Option<PlatformBracketRequirement>,
    /// New connections from outside are refused.
    firewall: MaybeUndefined<RequirementOption>,
    /// What is stored is encrypted.
    disk_encryption: MaybeUndefined<RequirementOption>,
    /// Security updates install themselves.
    automatic_updates: MaybeUndefined<RequirementOption>,
    /// The screen locks when the device is left alone.
    screen_lock: MaybeUndefined<RequirementOption>,
    /// After how many seconds the screen goes idle.
    pub(super) screen_idle: Option<NumericRange>,
    /// Somebody can log in over the network.
    remote_login: MaybeUndefined<RequirementOption>,
    /// Applications that are wanted or not.
    pub(super) applications: Option<Vec<Option<ApplicationRequirement>>>,
    /// The version of the old Stethoscope whose contract is kept.
    pub(super) stethoscope_version: Option<Semver>,
    /// Windows: after how many seconds at most the screen locks.
    pub(super) windows_max_screen_lock_timeout: Option<i32>,
    /// No network without encryption is remembered.
    open_wifi_connections: MaybeUndefined<RequirementOption>,
    /// No security update waits.
    software_updates: MaybeUndefined<RequirementOption>,
    /// The firmware starts only what it can vouch for.
    secure_boot: MaybeUndefined<RequirementOption>,
    /// The firmware is set up to defend itself.
    firmware: MaybeUndefined<RequirementOption>,
    /// The kernel confines programs.
    kernel_hardening: MaybeUndefined<RequirementOption>,
    /// The user's account has a password.
    account_password: MaybeUndefined<RequirementOption>,
    /// Switching the device on is enough to be logged in.
    automatic_login: MaybeUndefined<RequirementOption>,
    /// Files or printers are offered to the network.
    file_sharing: MaybeUndefined<RequirementOption>,
    /// Every private SSH key is protected.
    ssh_keys: MaybeUndefined<RequirementOption>,
    /// A scanner against malicious software is at work.
    antivirus: MaybeUndefined<RequirementOption>,
}

impl DevicePolicy {
    /// What is asked of everything that is on or off, in display order.
    pub(super) fn switches(&self) -> impl Iterator<Item = (PracticeId, Asked)> {
        let asked = |option: &MaybeUndefined<RequirementOption>| match option {
            MaybeUndefined::Undefined => None,
            MaybeUndefined::Null => Some(Asked::Plainly),
            MaybeUndefined::Value(option) => Some(Asked::from(*option)),
        };
        PracticeId::ALL.into_iter().filter_map(move |practice| {
            let option = match practice {
                PracticeId::SoftwareUpdates => &self.software_updates,
                PracticeId::AutomaticUpdates => &self.automatic_updates,
                PracticeId::Firewall => &self.firewall,
                PracticeId::DiskEncryption => &self.disk_encryption,
                PracticeId::SecureBoot => &self.secure_boot,
                PracticeId::Firmware => &self.firmware,
                PracticeId::KernelHardening => &self.kernel_hardening,
                PracticeId::ScreenLock => &self.screen_lock,
                PracticeId::AccountPassword => &self.account_password,
                PracticeId::AutomaticLogin => &self.automatic_login,
                PracticeId::RemoteLogin => &self.remote_login,
                PracticeId::FileSharing => &self.file_sharing,
                PracticeId::SshKeys => &self.ssh_keys,
                PracticeId::Antivirus => &self.antivirus,
                PracticeId::OpenWifiConnections => &self.open_wifi_connections,
                PracticeId::OsVersion
                | PracticeId::ScreenIdle
                | PracticeId::Applications
                | PracticeId::StethoscopeVersion => return None,
            };
            Some((practice, asked(option)?))
        })
    }
}

/// What is asked of one application.
#[derive(InputObject)]
pub(super) struct ApplicationRequirement {
    /// Its exact name. Case does not count, and nothing in it is a pattern.
    pub(super) name: String,
    /// Taken for old policies and not used: no path is looked at.
    paths: Option<ApplicationPaths>,
    /// Where the rule counts. Everywhere if left out.
    pub(super) platform: Option<PlatformStringRequirement>,
    /// Which versions are good.
    pub(super) version: Option<Semver>,
    pub(super) assertion: RequirementOption,
    /// For the page's own use.
    description: Option<String>,
    /// For the page's own use.
    install_from: Option<String>,
}

/// Taken for old policies and not used.
#[derive(InputObject)]
struct ApplicationPaths {
    darwin: Option<String>,
    win32: Option<String>,
    linux: Option<String>,
}

/// On which versions of which systems something counts.
#[derive(InputObject)]
pub(super) struct PlatformStringRequirement {
    darwin: Option<Semver>,
    win32: Option<Semver>,
    ubuntu: Option<Semver>,
    linux: Option<Semver>,
    aws_workspace: Option<Semver>,
    pub(super) all: Option<bool>,
}

impl PlatformStringRequirement {
    /// The range under the first of these keys that has one.
    pub(super) fn range(&self, keys: &[Key]) -> Option<&str> {
        let under = |key: &Key| match key {
            Key::Darwin => self.darwin.as_ref(),
            Key::Win32 => self.win32.as_ref(),
            Key::Ubuntu => self.ubuntu.as_ref(),
            Key::Linux => self.linux.as_ref(),
            Key::AwsWorkspace => self.aws_workspace.as_ref(),
            Key::All => None,
        };
        keys.iter().find_map(under).map(|range| range.0.as_str())
    }
}

/// Versions by system. The key that fits a device most closely counts: `ubuntu` before `linux`, `all` last.
#[derive(InputObject)]
pub(super) struct PlatformBracketRequirement {
    darwin: Option<VersionBracket>,
    win32: Option<VersionBracket>,
    ubuntu: Option<VersionBracket>,
    linux: Option<VersionBracket>,
    aws_workspace: Option<VersionBracket>,
    all: Option<VersionBracket>,
}

impl PlatformBracketRequirement {
    /// The bracket under the first of these keys that has one, else the one for all.
    pub(super) fn bracket(&self, keys: &[Key]) -> Option<&VersionBracket> {
        let under = |key: &Key| match key {
            Key::Darwin => self.darwin.as_ref(),
            Key::Win32 => self.win32.as_ref(),
            Key::Ubuntu => self.ubuntu.as_ref(),
            Key::Linux => self.linux.as_ref(),
            Key::AwsWorkspace => self.aws_workspace.as_ref(),
            Key::All => self.all.as_ref(),
        };
        keys.iter().chain(&[Key::All]).find_map(under)
    }
}

/// Which versions are good, and which are good enough for a nudge.
#[derive(InputObject)]
pub(super) struct VersionBracket {
    pub(super) ok: Option<Semver>,
    pub(super) nudge: Option<Semver>,
}
