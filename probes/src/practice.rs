//! The things a policy can ask for, and the platforms they are asked on.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One thing a policy can ask for. The wire names of those that the old Stethoscope had
/// are the ones of its schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PracticeId {
    /// The operating system is a release that still gets security fixes.
    OsVersion,
    /// No security update waits to be installed, and none waits for a restart.
    SoftwareUpdates,
    /// Security updates install themselves.
    AutomaticUpdates,
    /// New inbound connections are refused by default.
    Firewall,
    /// Every required mount and every swap area is encrypted at rest.
    DiskEncryption,
    /// The firmware starts only boot programs it can vouch for.
    SecureBoot,
    /// The firmware is set up to defend itself, by the rating of fwupd (HSI).
    Firmware,
    /// The kernel confines programs and hides its own layout from them.
    KernelHardening,
    /// Leaving the machine alone ends in a locked screen.
    ScreenLock,
    /// How long the machine has to be left alone before the screen goes idle.
    ScreenIdle,
    /// The account of the user has a password.
    AccountPassword,
    /// Switching the machine on is enough to be logged in.
    AutomaticLogin,
    /// Somebody can log in or take control over the network.
    RemoteLogin,
    /// Files or printers of this machine are offered to the network.
    FileSharing,
    /// Every private SSH key of the user is protected.
    SshKeys,
    /// A scanner against malicious software is at work.
    Antivirus,
    /// Which applications are installed.
    Applications,
    /// A remembered Wi-Fi network has no encryption.
    OpenWifiConnections,
    /// The version of this program.
    StethoscopeVersion,
}

impl PracticeId {
    /// Every practice, in display order.
    pub const ALL: [PracticeId; 19] = [
        PracticeId::OsVersion,
        PracticeId::SoftwareUpdates,
        PracticeId::AutomaticUpdates,
        PracticeId::Firewall,
        PracticeId::DiskEncryption,
        PracticeId::SecureBoot,
        PracticeId::Firmware,
        PracticeId::KernelHardening,
        PracticeId::ScreenLock,
        PracticeId::ScreenIdle,
        PracticeId::AccountPassword,
        PracticeId::AutomaticLogin,
        PracticeId::RemoteLogin,
        PracticeId::FileSharing,
        PracticeId::SshKeys,
        PracticeId::Antivirus,
        PracticeId::Applications,
        PracticeId::OpenWifiConnections,
        PracticeId::StethoscopeVersion,
    ];

    /// The stable name used in policies, JSON, recorded hosts and on the web.
    pub const fn wire_name(self) -> &'static str {
        match self {
            PracticeId::OsVersion => "osVersion",
            PracticeId::SoftwareUpdates => "softwareUpdates",
            PracticeId::AutomaticUpdates => "automaticUpdates",
            PracticeId::Firewall => "firewall",
            PracticeId::DiskEncryption => "diskEncryption",
            PracticeId::SecureBoot => "secureBoot",
            PracticeId::Firmware => "firmware",
            PracticeId::KernelHardening => "kernelHardening",
            PracticeId::ScreenLock => "screenLock",
            PracticeId::ScreenIdle => "screenIdle",
            PracticeId::AccountPassword => "accountPassword",
            PracticeId::AutomaticLogin => "automaticLogin",
            PracticeId::RemoteLogin => "remoteLogin",
            PracticeId::FileSharing => "fileSharing",
            PracticeId::SshKeys => "sshKeys",
            PracticeId::Antivirus => "antivirus",
            PracticeId::Applications => "applications",
            PracticeId::OpenWifiConnections => "openWifiConnections",
            PracticeId::StethoscopeVersion => "stethoscopeVersion",
        }
    }
}

impl fmt::Display for PracticeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.wire_name())
    }
}

/// A set of practices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Practices(u32);

impl Practices {
    pub const NONE: Practices = Practices(0);

    pub fn contains(self, practice: PracticeId) -> bool {
        self.0 & bit(practice) != 0
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// In display order.
    pub fn iter(self) -> impl Iterator<Item = PracticeId> {
        PracticeId::ALL.into_iter().filter(move |practice| self.contains(*practice))
    }

    pub fn insert(&mut self, practice: PracticeId) {
        self.0 |= bit(practice);
    }
}

const fn bit(practice: PracticeId) -> u32 {
    1 << practice as u32
}

impl From<PracticeId> for Practices {
    fn from(practice: PracticeId) -> Self {
        Practices(bit(practice))
    }
}

impl FromIterator<PracticeId> for Practices {
    fn from_iter<I: IntoIterator<Item = PracticeId>>(practices: I) -> Self {
        Practices(practices.into_iter().fold(0, |set, practice| set | bit(practice)))
    }
}

impl std::ops::BitOr for Practices {
    type Output = Practices;

    fn bitor(self, other: Practices) -> Practices {
        Practices(self.0 | other.0)
    }
}

impl std::ops::BitOrAssign for Practices {
    fn bitor_assign(&mut self, other: Practices) {
        self.0 |= other.0;
    }
}

/// A name that is no practice.
#[derive(Debug, thiserror::Error)]
#[error("there is no practice named `{0}`")]
pub struct NoSuchPractice(pub String);

impl FromStr for PracticeId {
    type Err = NoSuchPractice;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        PracticeId::ALL
            .into_iter()
            .find(|practice| practice.wire_name() == name)
            .ok_or_else(|| NoSuchPractice(name.to_owned()))
    }
}

/// The systems the program knows. Data, not configuration: every probe compiles everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    Linux,
    Macos,
    Windows,
}

impl Platform {
    /// The lower-case name used in policies and recorded hosts.
    pub const fn wire_name(self) -> &'static str {
        match self {
            Platform::Linux => "linux",
            Platform::Macos => "macos",
            Platform::Windows => "windows",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_every_practice_apart() {
        let all: Practices = PracticeId::ALL.into_iter().collect();
        assert_eq!(all.iter().collect::<Vec<_>>(), PracticeId::ALL);
        let mut two = Practices::from(PracticeId::Firewall);
        two.insert(PracticeId::StethoscopeVersion);
        assert_eq!(two.iter().collect::<Vec<_>>(), [PracticeId::Firewall, PracticeId::StethoscopeVersion]);
        assert!(!two.contains(PracticeId::OsVersion) && !two.is_empty() && Practices::NONE.is_empty());
        assert_eq!(two | PracticeId::Firewall.into(), two);
    }

    #[test]
    fn wire_names_are_what_serde_writes() {
        for practice in PracticeId::ALL {
            let json = serde_json::to_string(&practice).expect("a unit variant");
            assert_eq!(json, format!("\"{}\"", practice.wire_name()));
            assert_eq!(practice.wire_name().parse::<PracticeId>().expect("round trip"), practice);
        }
    }
}
