//! Which practice a field of the schema is about, for whoever finds out what a query needs.

use stethoscope_probes::practice::PracticeId;

/// The practice whose finding a field of `device.security` shows. `None`: it shows none.
pub fn practice_of_security(field: &str) -> Option<PracticeId> {
    match field {
        // Whether security updates install themselves is what this practice is.
        "automaticSecurityUpdates" => Some(PracticeId::AutomaticUpdates),
        "firewall" | "automaticUpdates" | "diskEncryption" | "screenLock" | "screenIdle" | "remoteLogin" => {
            field.parse().ok()
        }
        _ => None,
    }
}

/// The practice whose finding a key of a policy asks for. `None`: it needs none.
pub fn practice_of_policy(key: &str) -> Option<PracticeId> {
    match key.parse() {
        // Known without looking.
        Ok(PracticeId::StethoscopeVersion) | Err(_) => None,
        Ok(practice) => Some(practice),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_field_has_its_practice() {
        assert_eq!(practice_of_security("firewall"), Some(PracticeId::Firewall));
        assert_eq!(practice_of_security("automaticSecurityUpdates"), Some(PracticeId::AutomaticUpdates));
        for none in ["publicFirewall", "osVersion", "applications", "__typename", ""] {
            assert_eq!(practice_of_security(none), None, "{none}");
        }
        assert_eq!(practice_of_policy("sshKeys"), Some(PracticeId::SshKeys));
        for none in ["stethoscopeVersion", "windowsMaxScreenLockTimeout", "x"] {
            assert_eq!(practice_of_policy(none), None, "{none}");
        }
    }
}
