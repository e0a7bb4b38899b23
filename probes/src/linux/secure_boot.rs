//! Whether the computer starts only software that is signed: UEFI Secure Boot.
//!
//! The kernel shows the firmware's variables below `/sys/firmware/efi/efivars`, readable for everyone:
//! four bytes of attributes, then the value (Linux Documentation/filesystems/efivarfs.rst). Secure Boot
//! checks something when `SecureBoot` is 1 and `SetupMode` is 0 (UEFI specification, 3.3); in setup mode
//! whoever comes first may put in keys of their own. Most distributions are started through shim, which
//! can be told to check nothing (`mokutil --disable-validation`); it then leaves `MokSBStateRT` = 1. The
//! kernel believes that variable only where it is not stored (no "non-volatile" attribute), because any
//! administrator could store one of that name; so does this probe.

use crate::finding::{Finding, Observation};
use crate::host::{Host, HostError, Read, present};
use crate::practice::{Platform, PracticeId};
use crate::probe::Probe;
use crate::system::Place;

pub const PROBE: Probe = Probe {
    practice: PRACTICE,
    platform: Platform::Linux,
    observe,
    reads: "The firmware's variables SecureBoot and SetupMode, and whether shim was told to check nothing",
};

const PRACTICE: PracticeId = PracticeId::SecureBoot;

const EFI: &str = "/sys/firmware/efi";
const VARIABLES: &str = "/sys/firmware/efi/efivars";

/// Whose variables they are: those of the UEFI specification, and shim's.
const SPECIFICATION: &str = "8be4df61-93ca-11d2-aa0d-00e098032b8c";
const SHIM: &str = "605dab50-e046-4300-abb6-3dd810dd8b23";

/// Ubuntu's older kernels say here that shim checks nothing.
const UBUNTU: &str = "/proc/sys/kernel/moksbstate_disabled";

/// The attribute of a variable that is stored, not made anew at each start.
const NON_VOLATILE: u8 = 1;

/// A variable of one byte.
struct Variable {
    path: String,
    attributes: u8,
    is_set: bool,
    /// All its bytes, as `od` shows them.
    words: String,
}

fn observe(host: &dyn Host) -> Read<Finding> {
    let place = super::place::place(host);
    if matches!(place, Place::Container | Place::Sandbox | Place::Wsl)
        && let Some(why) = super::place::hides_the_machine(place)
    {
        return Ok(Finding::unknown(PRACTICE, why));
    }
    if !host.exists(EFI)? {
        return without_uefi(host, place);
    }
    let Some(secure_boot) = variable(host, "SecureBoot", SPECIFICATION)? else { return without_variable(host) };
    let Some(setup_mode) = variable(host, "SetupMode", SPECIFICATION)? else {
        let why = text!("The firmware does not say whether anybody may still change its Secure Boot keys");
        return Ok(saw(Finding::unknown(PRACTICE, why), &secure_boot));
    };
    let shim = variable(host, "MokSBStateRT", SHIM)?;
    let shim_checks_nothing = shim.as_ref().is_some_and(|shim| shim.is_set && shim.attributes & NON_VOLATILE == 0);
    let ubuntu = host.read_if_there(UBUNTU)?.map(|text| text.trim().to_owned());
    let finding = match (secure_boot.is_set, setup_mode.is_set) {
        (false, true) => {
            let detail = text!("Secure Boot is off: the firmware holds no key to check with (setup mode)");
            Finding::new(PRACTICE, Observation::Off, detail)
        }
        (false, false) => {
            Finding::new(PRACTICE, Observation::Off, text!("Secure Boot is switched off in the firmware"))
        }
        (true, true) => {
            let detail = text!("The firmware is in setup mode, in which anything may replace its Secure Boot keys");
            Finding::new(PRACTICE, Observation::Off, detail)
        }
        (true, false) if shim_checks_nothing || ubuntu.as_deref() == Some("1") => {
            let detail = text!(
                "Secure Boot is on in the firmware, but shim, the program that starts Linux, was told to check nothing"
            );
            Finding::new(PRACTICE, Observation::Off, detail)
        }
        (true, false) if place == Place::VirtualMachine => {
            Finding::new(PRACTICE, Observation::On, text!("Secure Boot is on in the firmware of this virtual machine"))
        }
        (true, false) => Finding::new(PRACTICE, Observation::On, text!("Secure Boot is on")),
    };
    let mut finding = saw(saw(finding, &secure_boot), &setup_mode);
    if let Some(shim) = &shim {
        finding = saw(finding, shim);
    }
    Ok(match ubuntu {
        Some(words) => finding.saw(UBUNTU, words, format!("cat {UBUNTU}")),
        None => finding,
    })
}

fn saw(finding: Finding, variable: &Variable) -> Finding {
    let check = if variable.path.contains("MokSBState") { "mokutil --sb-state" } else { "bootctl status" };
    finding.saw(&variable.path, &variable.words, check)
}

fn variable(host: &dyn Host, name: &str, vendor: &str) -> Read<Option<Variable>> {
    let path = format!("{VARIABLES}/{name}-{vendor}");
    let Some(bytes) = present(host.read(&path))? else { return Ok(None) };
    let words = bytes.iter().take(16).map(|byte| format!("{byte:02x}")).collect::<Vec<String>>().join(" ");
    match bytes.as_slice() {
        [attributes, _, _, _, value @ (0 | 1)] => {
            Ok(Some(Variable { path, attributes: *attributes, is_set: *value == 1, words }))
        }
        _ => Err(HostError::Garbled(path, format!("it holds {} bytes: {words}", bytes.len()))),
    }
}

fn without_uefi(host: &dyn Host, place: Place) -> Read<Finding> {
    // Every kernel has this directory. Where it is missing, /sys is hidden and nothing follows.
    if !host.exists("/sys/firmware")? {
        return Err(HostError::Absent("/sys/firmware".to_owned()));
    }
    let why = if place == Place::VirtualMachine {
        text!("This virtual machine was started without UEFI, and so has no Secure Boot")
    } else if let Ok(model) = host.read_line("/sys/firmware/devicetree/base/model") {
        let model = model.trim_end_matches('\0');
        text!("This computer ({model}) starts without UEFI, and so has no Secure Boot", model = model)
    } else {
        text!("This system was started without UEFI, the old BIOS way, in which there is no Secure Boot")
    };
    Ok(Finding::unsupported(PRACTICE, why).saw(EFI, "no such directory", format!("ls -d {EFI}")))
}

/// Started with UEFI, and no variable `SecureBoot` to be seen.
fn without_variable(host: &dyn Host) -> Read<Finding> {
    let names = present(host.list(VARIABLES))?.unwrap_or_default();
    if names.is_empty() {
        let arguments = host.read_line("/proc/cmdline").unwrap_or_default();
        let told_not_to = arguments.split_whitespace().any(|word| word == "noefi" || word == "efi=noruntime");
        let why = if told_not_to {
            text!("The kernel was started with an option that keeps it from asking the firmware")
        } else {
            text!("The firmware's settings cannot be seen: {path} is not mounted", path = VARIABLES)
        };
        return Ok(Finding::unknown(PRACTICE, why).saw(VARIABLES, "empty", format!("ls {VARIABLES}")));
    }
    let why = text!("The firmware of this computer has no Secure Boot");
    let saw = format!("{} variables, none of them SecureBoot", names.len());
    Ok(Finding::unsupported(PRACTICE, why).saw(VARIABLES, saw, format!("ls {VARIABLES}")))
}

#[cfg(all(test, feature = "fixture"))]
mod tests {
    use super::*;
    use crate::host::fixture::check_probe;

    /// A machine started with UEFI; each variable is its hex digits, or `-` for none.
    fn uefi(secure_boot: &str, setup_mode: &str, shim: &str, rest: &str) -> String {
        let mut host =
            format!("@platform linux\n@dir {EFI}\n@hex {VARIABLES}/BootCurrent-{SPECIFICATION}\n060000000100\n");
        for (name, vendor, digits) in [
            ("SecureBoot", SPECIFICATION, secure_boot),
            ("SetupMode", SPECIFICATION, setup_mode),
            ("MokSBStateRT", SHIM, shim),
        ] {
            if digits != "-" {
                host.push_str(&format!("@hex {VARIABLES}/{name}-{vendor}\n{digits}\n"));
            }
        }
        host + rest
    }

    const ONE: &str = "0600000001";
    const ZERO: &str = "0600000000";

    #[test]
    fn every_pair_of_the_two_variables_has_its_answer() {
        for (secure_boot, setup_mode, expected) in [
            (ONE, ZERO, "secureBoot: on (Secure Boot is on)"),
            (ZERO, ZERO, "secureBoot: off (switched off in the firmware)"),
            (ZERO, ONE, "secureBoot: off (holds no key)"),
            (ONE, ONE, "secureBoot: off (anything may replace its Secure Boot keys)"),
            (ONE, "-", "secureBoot: unknown (does not say whether anybody may still change)"),
            ("-", ZERO, "secureBoot: unsupported (has no Secure Boot)"),
            ("-", "-", "secureBoot: unsupported (2 variables, none of them SecureBoot)"),
        ] {
            let rest = if setup_mode == "-" && secure_boot == "-" {
                format!("@hex {VARIABLES}/Timeout-{SPECIFICATION}\n070000000000\n")
            } else {
                String::new()
            };
            check_probe(PROBE, &uefi(secure_boot, setup_mode, "-", &rest), expected);
        }
    }

    #[test]
    fn a_variable_of_another_size_or_value_is_not_believed() {
        for (secure_boot, setup_mode, shim, expected) in [
            ("06000000", ZERO, "-", "secureBoot: unknown (it holds 4 bytes: 06 00 00 00)"),
            ("060000000100", ZERO, "-", "secureBoot: unknown (it holds 6 bytes)"),
            ("0600000002", ZERO, "-", "secureBoot: unknown (06 00 00 00 02)"),
            (
                ONE,
                "06",
                "-",
                "secureBoot: unknown (SetupMode-8be4df61-93ca-11d2-aa0d-00e098032b8c could not be understood)",
            ),
            (ONE, ZERO, "0600", "secureBoot: unknown (MokSBStateRT)"),
        ] {
            check_probe(PROBE, &uefi(secure_boot, setup_mode, shim, ""), expected);
        }
        let denied = format!("@denied {VARIABLES}/SecureBoot-{SPECIFICATION}\n");
        check_probe(PROBE, &uefi("-", ZERO, "-", &denied), "secureBoot: unknown (may not be read by an ordinary user)");
    }

    #[test]
    fn shim_that_checks_nothing_is_off_and_a_stored_variable_of_that_name_proves_nothing() {
        let ubuntu = |value: &str| format!("@file {UBUNTU}\n{value}\n");
        for (shim, rest, expected) in [
            (ONE, String::new(), "secureBoot: off (shim, the program that starts Linux, was told to check nothing)"),
            (ZERO, String::new(), "secureBoot: on"),
            ("0700000001", String::new(), "secureBoot: on (07 00 00 00 01)"),
            ("-", ubuntu("1"), "secureBoot: off (was told to check nothing)"),
            ("-", ubuntu("0"), "secureBoot: on"),
        ] {
            check_probe(PROBE, &uefi(ONE, ZERO, shim, &rest), expected);
        }
        check_probe(PROBE, &uefi(ZERO, ZERO, ONE, ""), "secureBoot: off (switched off in the firmware)");
    }

    #[test]
    fn without_uefi_there_is_no_secure_boot_and_without_sys_nothing_is_known() {
        let vm = "@file /sys/class/dmi/id/sys_vendor\nQEMU\n";
        for (rest, expected) in [
            ("@dir /sys/firmware/acpi\n".to_owned(), "secureBoot: unsupported (the old BIOS way)"),
            (
                format!("@dir /sys/firmware/acpi\n{vm}"),
                "secureBoot: unsupported (This virtual machine was started without UEFI)",
            ),
            (
                "@hex /sys/firmware/devicetree/base/model\n5261737062657272792050692034204d6f64656c204200\n".to_owned(),
                "secureBoot: unsupported (This computer (Raspberry Pi 4 Model B) starts without UEFI)",
            ),
            (String::new(), "secureBoot: unknown (/sys/firmware does not exist)"),
            (format!("@hidden {EFI}\n"), "secureBoot: unknown (may not be read by an ordinary user)"),
        ] {
            check_probe(PROBE, &format!("@platform linux\n{rest}"), expected);
        }
    }

    #[test]
    fn efivars_that_are_not_mounted_say_nothing() {
        let bare = |rest: &str| format!("@platform linux\n@dir {EFI}\n{rest}");
        for (rest, expected) in [
            (format!("@dir {VARIABLES}\n"), "secureBoot: unknown (is not mounted)"),
            (String::new(), "secureBoot: unknown (is not mounted)"),
            ("@file /proc/cmdline\nquiet efi=noruntime\n".to_owned(), "secureBoot: unknown (keeps it from asking)"),
            (format!("@denied {VARIABLES} kind=dir\n"), "secureBoot: unknown (may not be read by an ordinary user)"),
        ] {
            check_probe(PROBE, &bare(&rest), expected);
        }
    }

    #[test]
    fn a_container_hides_the_firmware_and_a_virtual_machine_or_live_system_has_its_own() {
        for (rest, expected) in [
            ("@file /.dockerenv\n", "secureBoot: unknown (container)"),
            ("@file /run/systemd/container\nwsl\n", "secureBoot: unknown (Windows)"),
            ("@file /.flatpak-info\n", "secureBoot: unknown (sandbox)"),
            ("@file /sys/class/dmi/id/sys_vendor\nQEMU\n", "secureBoot: on (in the firmware of this virtual machine)"),
            ("@file /proc/cmdline\nboot=live\n", "secureBoot: on (Secure Boot is on)"),
        ] {
            check_probe(PROBE, &uefi(ONE, ZERO, "-", rest), expected);
        }
    }
}
