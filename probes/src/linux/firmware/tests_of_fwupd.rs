//! The tests that fwupd makes of the firmware, in words for people. Their names, levels, flags and results
//! are fwupd's own (libfwupd/fwupd-security-attr.rs, libfwupdplugin/fu-security-attrs.c).

use serde_json::Value;

use crate::text::Text;

/// `Flags`: the bit on the bus, and the word in fwupd's own files.
type Flag = (u64, &'static str);
const SUCCESS: Flag = (1 << 0, "success");
const OBSOLETED: Flag = (1 << 1, "obsoleted");
const MISSING_DATA: Flag = (1 << 2, "missing-data");
const RUNTIME_ISSUE: Flag = (1 << 10, "runtime-issue");

/// The level without which a computer is at `HSI:0`.
const BASIC: u64 = 1;

/// What `HsiResult` stands for.
const RESULTS: [&str; 14] = [
    "enabled",
    "not enabled",
    "valid",
    "not valid",
    "locked",
    "not locked",
    "encrypted",
    "not encrypted",
    "tainted",
    "not tainted",
    "found",
    "not found",
    "supported",
    "not supported",
];

/// One test and how it ended.
#[derive(Clone, Debug)]
pub(super) struct Test {
    /// Without `org.fwupd.hsi.`: `Uefi.SecureBoot`.
    pub(super) id: String,
    /// fwupd's own name: `UEFI secure boot`. May be empty.
    label: String,
    level: u64,
    /// It failed for want of something that could not be read.
    pub(super) lacks_data: bool,
    /// It is one of those that can change while the system runs, which fwupd marks with `!`.
    pub(super) is_issue: bool,
    failed: bool,
    /// In fwupd's words: `not enabled`.
    pub(super) result: String,
}

impl Test {
    /// A dictionary of the answer to `GetHostSecurityAttrs`, or one that fwupd wrote to a file, with words in
    /// place of numbers. `None` for what is neither.
    pub(super) fn read(value: &Value) -> Option<Self> {
        let words = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default();
        let number = |key: &str| value.get(key).and_then(Value::as_u64).unwrap_or_default();
        let id = words("AppstreamId").strip_prefix("org.fwupd.hsi.")?;
        let flags = value.get("Flags");
        let has = |(bit, word): Flag| match flags {
            Some(Value::Array(words)) => words.iter().any(|flag| flag == word),
            flags => flags.and_then(Value::as_u64).unwrap_or_default() & bit != 0,
        };
        let result = match value.get("HsiResult") {
            Some(Value::String(words)) => words.replace('-', " "),
            _ => {
                let known = usize::try_from(number("HsiResult")).ok().and_then(|n| RESULTS.get(n.checked_sub(1)?));
                (*known.unwrap_or(&"unknown")).to_owned()
            }
        };
        Some(Test {
            id: id.to_owned(),
            label: words("Name").to_owned(),
            level: number("HsiLevel"),
            lacks_data: has(MISSING_DATA),
            is_issue: has(RUNTIME_ISSUE),
            failed: !has(SUCCESS) && !has(OBSOLETED),
            result,
        })
    }

    pub(super) fn failed(&self) -> bool {
        self.failed
    }

    pub(super) fn is_basic(&self) -> bool {
        self.level == BASIC
    }

    /// Whether it says something about the firmware, not about the system that runs now.
    pub(super) fn is_of_the_firmware(&self) -> bool {
        let of_the_system = ["Kernel.", "Fwupd.", "Cet.", "Uefi.NxCompat"];
        !of_the_system.iter().any(|start| self.id.starts_with(start))
    }

    /// Where the claim was read.
    pub(super) fn source(&self) -> String {
        format!("fwupd, org.fwupd.hsi.{}", self.id)
    }

    /// In a few words, for a list.
    pub(super) fn name(&self) -> String {
        match self.words() {
            Some((name, _)) => name.to_owned(),
            None if self.label.is_empty() => self.id.clone(),
            None => self.label.clone(),
        }
    }

    /// In a sentence of its own.
    pub(super) fn sentence(&self) -> Text {
        match self.words() {
            Some((_, sentence)) => sentence,
            None => text!("fwupd finds a protection of the firmware missing: {name}", name = self.name()),
        }
    }

    /// A short name of the protection, and what it means that it is missing.
    fn words(&self) -> Option<(&'static str, Text)> {
        Some(match self.id.as_str() {
            "Spi.Bioswe" => {
                ("write protection of the firmware", text!("The chip that holds the firmware can be written to"))
            }
            "Spi.Ble" => (
                "lock of the firmware's write protection",
                text!("The write protection of the firmware can be switched off by a program"),
            ),
            "Spi.SmmBwp" => (
                "write protection of the BIOS region",
                text!("The part of the chip that holds the BIOS is not protected from writing"),
            ),
            "Spi.Descriptor" => (
                "protection of the firmware's layout",
                text!("The table that divides the firmware's chip into parts can be changed"),
            ),
            "Tpm.Version20" => {
                ("TPM 2.0", text!("There is no security chip (TPM 2.0), or it is switched off in the firmware"))
            }
            "Tpm.EmptyPcr" => (
                "records of the TPM",
                text!("The firmware does not record in the security chip (TPM) how the computer is started"),
            ),
            "Uefi.Pk" => (
                "platform key of UEFI",
                text!("The firmware still has the test key it was developed with, which strangers have too"),
            ),
            "Uefi.SecureBoot" => ("Secure Boot", text!("Secure Boot is off, which fwupd counts against the firmware")),
            "Uefi.BootserviceVars" => (
                "hidden variables of UEFI",
                text!("Variables of the firmware that are meant for the start alone can be read by the system"),
            ),
            "Uefi.Db" => (
                "keys of Secure Boot",
                text!("The list of keys that Secure Boot trusts is out of date; an update of it is due"),
            ),
            "Bios.CapsuleUpdates" => (
                "updates of the firmware",
                text!("Updating the firmware from the system is switched off in the firmware's settings"),
            ),
            "Amd.SmmLocked" => (
                "lock of the processor's management mode",
                text!(
                    "The most powerful mode of the processor (SMM) is not locked; an update of the firmware is needed"
                ),
            ),
            "Amd.EntrySign" => (
                "signatures of microcode",
                text!("The processor takes microcode that its maker did not sign; an update of the firmware is needed"),
            ),
            "Mei.ManufacturingMode" => (
                "factory lock of Intel's management engine",
                text!("Intel's management engine was left in the mode of the factory, in which it can be changed"),
            ),
            "Mei.OverrideStrap" => (
                "override of Intel's management engine",
                text!("The protection of Intel's management engine is switched off by a switch on the mainboard"),
            ),
            "Mei.KeyManifest" => (
                "keys of Intel's management engine",
                text!("The keys that Intel's management engine trusts are not valid ones"),
            ),
            "Mei.Version" => (
                "version of Intel's management engine",
                text!("Intel's management engine has a version with known flaws; an update of the firmware is needed"),
            ),
            "PlatformDebugEnabled" => {
                ("hardware debugging", text!("Debugging of the hardware is switched on, which opens all protections"))
            }
            "PlatformFused" => (
                "factory lock of the processor",
                text!("The processor was not locked when it was made, so it takes firmware from anybody"),
            ),
            _ => return None,
        })
    }
}
