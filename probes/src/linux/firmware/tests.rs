//! What fwupd can say, and what it comes to.

use super::*;
use crate::host::fixture::check_probe;

const PROPERTY: &str = r#"org.freedesktop.DBus.Properties.Get ["org.freedesktop.fwupd","HostSecurityId"]"#;
const OWNER: &str = "@dbus system org.freedesktop.DBus /org/freedesktop/DBus org.freedesktop.DBus.NameHasOwner [\"org.freedesktop.fwupd\"]\n";

const SUCCESS: u64 = 1;
const OBSOLETED: u64 = 2;
const MISSING: u64 = 4;
const ISSUE: u64 = 1 << 10;

/// A machine whose fwupd answers with that host security ID and those tests: name, level, flags.
fn machine(id: &str, tests: &[(&str, u64, u64)], rest: &str) -> String {
    let tests: Vec<String> = tests
        .iter()
        .map(|(name, level, flags)| {
            format!(r#"{{"AppstreamId":"org.fwupd.hsi.{name}","HsiLevel":{level},"Flags":{flags},"HsiResult":2,"Name":"fwupd's name"}}"#)
        })
        .collect();
    answering(&format!("\"{id}\""), &format!("[{}]", tests.join(",")), rest)
}

fn answering(id: &str, tests: &str, rest: &str) -> String {
    format!(
        "@platform linux\n@dbus system {FWUPD} / {PROPERTY}\n{id}\n@dbus system {FWUPD} / {FWUPD}.GetHostSecurityAttrs\n{tests}\n{rest}"
    )
}

#[test]
fn the_level_is_read_as_every_version_of_fwupd_writes_it() {
    for (words, expected) in [
        ("HSI:1 (v2.0.20)", Some(Level::Rated(1, false))),
        ("HSI:3! (v2.0.20)", Some(Level::Rated(3, true))),
        ("HSI:0+! (v1.5.0)", Some(Level::Rated(0, true))),
        ("HSI:2", Some(Level::Rated(2, false))),
        ("HSI:INVALID:chassis[(null)] (v2.0.20)", Some(Level::OtherKind)),
        ("HSI-INVALID:chassis[0x01] (v1.8.0)", Some(Level::OtherKind)),
        ("HSI:INVALID:missing-data (v1.9.6)", Some(Level::MissingData)),
        ("HSI:", None),
        ("HSI:99999999999999999999", None),
        ("HSI1", None),
        ("", None),
    ] {
        assert_eq!(level(words), expected, "{words}");
    }
}

#[test]
fn the_first_level_makes_it_on_and_what_failed_there_off() {
    for (id, tests, expected) in [
        (
            "HSI:1 (v2.0.20)",
            &[("Uefi.Pk", 1, SUCCESS), ("Iommu", 2, 0)][..],
            "firmware: on (in order (fwupd's level 1))",
        ),
        ("HSI:3 (v2.0.20)", &[("Uefi.Pk", 1, SUCCESS)], "firmware: on (level 3)"),
        ("HSI:0 (v2.0.20)", &[("Tpm.Version20", 1, 0)], "firmware: off (There is no security chip (TPM 2.0))"),
        ("HSI:0 (v2.0.20)", &[("Tpm.Version20", 1, 0)], "firmware: off (org.fwupd.hsi.Tpm.Version20: not enabled)"),
        (
            "HSI:0 (v2.0.20)",
            &[("Tpm.Version20", 1, 0), ("Spi.Bioswe", 1, 0), ("Uefi.Pk", 1, SUCCESS), ("Iommu", 2, 0)],
            "firmware: off (2 basic protections of the firmware are missing: TPM 2.0, write protection of the firmware)",
        ),
        (
            "HSI:0 (v2.0.20)",
            &[("Acme.Lock", 1, 0)],
            "firmware: off (finds a protection of the firmware missing: fwupd's name)",
        ),
        ("HSI:1 (v2.0.20)", &[("Uefi.Pk", 1, SUCCESS), ("Spi.Ble", 1, OBSOLETED)], "firmware: on"),
        // What contradicts itself is not believed to be well.
        ("HSI:1 (v2.0.20)", &[("Uefi.Pk", 1, 0)], "firmware: off (test key)"),
        ("HSI:0 (v2.0.20)", &[("Uefi.Pk", 1, SUCCESS)], "firmware: unknown (says of no test that it failed)"),
        ("HSI:0 (v2.0.20)", &[], "firmware: unknown (no test for the firmware)"),
    ] {
        check_probe(PROBE, &machine(id, tests, ""), expected);
    }
}

#[test]
fn an_issue_counts_when_it_is_the_firmwares() {
    let fine = ("Uefi.Pk", 1, SUCCESS);
    for (tests, expected) in [
        ([fine, ("Uefi.SecureBoot", 0, ISSUE)], "firmware: off (Secure Boot is off)"),
        ([fine, ("Amd.SmmLocked", 1, ISSUE)], "firmware: off (SMM) is not locked)"),
        ([fine, ("Uefi.Db", 0, ISSUE)], "firmware: off (out of date)"),
        (
            [fine, ("Kernel.Swap", 0, ISSUE)],
            "firmware: on (of the running system fwupd finds fault with: fwupd's name)",
        ),
        ([fine, ("Kernel.Swap", 0, ISSUE)], "firmware: on (org.fwupd.hsi.Kernel.Swap: not enabled)"),
        ([fine, ("Fwupd.Plugins", 0, ISSUE)], "firmware: on"),
        ([fine, ("Kernel.Lockdown", 0, ISSUE | SUCCESS)], "firmware: on (in order (fwupd's level 2))"),
    ] {
        check_probe(PROBE, &machine("HSI:2! (v2.0.20)", &tests, ""), expected);
    }
}

#[test]
fn what_fwupd_could_not_read_is_no_weak_point() {
    for (tests, expected) in [
        (
            &[("Spi.Bioswe", 1, MISSING)][..],
            "firmware: unknown (could not read enough of the hardware to tell: write protection)",
        ),
        (&[("Spi.Bioswe", 1, MISSING), ("Uefi.Pk", 1, 0)], "firmware: off (test key)"),
        (&[("SupportedCpu", 1, MISSING), ("Uefi.Pk", 1, 0)], "firmware: unsupported (does not know the processor)"),
        (&[("SupportedCpu", 1, MISSING | SUCCESS), ("Uefi.Pk", 1, 0)], "firmware: off"),
        (&[("HostEmulation", 0, ISSUE)], "firmware: unknown (another computer than this one)"),
    ] {
        check_probe(PROBE, &machine("HSI:0 (v2.0.20)", tests, ""), expected);
    }
}

#[test]
fn every_basic_test_has_words_of_its_own() {
    let basic = [
        "Spi.Bioswe",
        "Spi.Ble",
        "Spi.SmmBwp",
        "Spi.Descriptor",
        "Tpm.Version20",
        "Tpm.EmptyPcr",
        "Uefi.Pk",
        "Uefi.SecureBoot",
        "Uefi.BootserviceVars",
        "Uefi.Db",
        "Bios.CapsuleUpdates",
        "Amd.SmmLocked",
        "Amd.EntrySign",
        "Mei.ManufacturingMode",
        "Mei.OverrideStrap",
        "Mei.KeyManifest",
        "Mei.Version",
        "PlatformDebugEnabled",
        "PlatformFused",
    ];
    let mut sentences = std::collections::BTreeSet::new();
    for name in basic {
        let value = serde_json::json!({"AppstreamId": format!("org.fwupd.hsi.{name}"), "Name": "fwupd's name"});
        let test = Test::read(&value).expect("a test");
        assert_ne!(test.name(), "fwupd's name", "{name}");
        assert!(sentences.insert(test.sentence().to_string()), "{name}");
    }
}

#[test]
fn a_level_without_its_tests_is_an_answer_only_where_nothing_failed() {
    for (id, tests, expected) in [
        ("HSI:1 (v2.0.20)", "!timeout", "firmware: on (fwupd's level 1)"),
        ("HSI:1! (v2.0.20)", "!timeout", "firmware: unknown (did not answer in time)"),
        ("HSI:0 (v2.0.20)", "!denied", "firmware: unknown (which of its tests failed could not be read)"),
        ("HSI:1 (v2.0.20)", "7", "firmware: unknown (no list)"),
        ("HSI:1 (v2.0.20)", "[7, {}, {\"AppstreamId\": \"org.example\"}]", "firmware: on"),
        (
            "HSI:0 (v2.0.20)",
            "!garbled org.freedesktop.fwupd.NotSupported: HSI unavailable for unprivileged hypervisor",
            "firmware: unsupported (virtual machine)",
        ),
        ("HSI:INVALID:chassis[other] (v2.0.20)", "[]", "firmware: unsupported (this kind of computer)"),
        ("HSI:INVALID:missing-data (v1.9.6)", "[]", "firmware: unknown (could not read enough)"),
        ("nonsense", "[]", "firmware: unknown (HostSecurityId could not be understood)"),
    ] {
        check_probe(PROBE, &answering(&format!("\"{id}\""), tests, ""), expected);
    }
    let without = "!garbled org.freedesktop.DBus.Error.NotSupported: failed to get daemon property HostSecurityId";
    for (id, expected) in [
        (without, "firmware: unsupported (this kind of computer)"),
        ("!timeout", "firmware: unknown (did not answer in time)"),
        ("17", "firmware: unknown (could not be understood)"),
    ] {
        check_probe(PROBE, &answering(id, "[]", ""), expected);
    }
}

#[test]
fn fwupd_that_does_not_run_is_not_started_and_said() {
    let service = "@file /usr/share/dbus-1/system-services/org.freedesktop.fwupd.service\n[D-BUS Service]\n";
    for (rest, expected) in [
        (
            service.to_owned(),
            "firmware: unknown (is not running now, and starting it is left to you: fwupdmgr security)",
        ),
        (String::new(), "firmware: unknown (is not installed)"),
        (format!("{OWNER}false\n"), "firmware: unknown (is not installed)"),
        (format!("{OWNER}true\n"), "firmware: unknown (too old)"),
    ] {
        check_probe(PROBE, &format!("@platform linux\n{rest}"), expected);
    }
}

const SERVICE: &str = "@file /usr/share/dbus-1/system-services/org.freedesktop.fwupd.service\n[D-BUS Service]\n";

/// A machine whose fwupd does not run, with a database that it left. Both samples have fwupd's table
/// `hsi_history`: `well` an entry of March with HSI:0 and one of October with HSI:1!, `weak` that of March.
fn remembering(database: &[u8], written: &str, rest: &str) -> String {
    let digits: String = database.iter().map(|byte| format!("{byte:02x}")).collect();
    format!(
        "@platform linux\n@now 2026-11-23T08:00:00Z\n{SERVICE}@hex /var/lib/fwupd/pending.db mtime={written}T00:00:00Z\n{digits}\n{rest}"
    )
}

const WELL: &[u8] = include_bytes!("samples/well.db");
const WEAK: &[u8] = include_bytes!("samples/weak.db");

#[test]
fn where_fwupd_does_not_run_what_it_wrote_down_last_is_gone_by_for_a_month() {
    let refreshed = "@dir /var/lib/fwupd/metadata/lvfs mtime=2026-11-22T00:00:00Z\n";
    for (database, written, rest, expected) in [
        (WELL, "2026-11-20", "", "firmware: on inferred (of the running system fwupd finds fault with: Linux swap)"),
        (
            WELL,
            "2026-11-20",
            "",
            "firmware: on inferred (HSI:1! (v2.0.20), found since 2026-10-30 06:58:12, last run 2026-11-20)",
        ),
        (WEAK, "2026-11-20", "", "firmware: off inferred (There is no security chip (TPM 2.0))"),
        (WEAK, "2026-11-20", "", "firmware: off inferred (org.fwupd.hsi.Tpm.Version20: not found)"),
        (WELL, "2026-10-24", "", "firmware: on inferred"),
        (WELL, "2026-10-23", "", "firmware: unknown (fwupd last looked at the firmware on 2026-10-23)"),
        // It ran, and found nothing new to write down.
        (WELL, "2026-08-01", refreshed, "firmware: on inferred (last run 2026-11-22)"),
    ] {
        check_probe(PROBE, &remembering(database, written, rest), expected);
    }
}

#[test]
fn a_database_of_fwupd_that_is_torn_or_hidden_is_no_answer() {
    let unfinished = "@hex /var/lib/fwupd/pending.db-journal\nd9d505f920a163d700000001\n";
    for (database, rest, expected) in [
        (&WELL[..WELL.len() - 512], "", "firmware: unknown (cut short)"),
        (&[][..], "", "firmware: unknown (too short for an SQLite database)"),
        (WELL, unfinished, "firmware: unknown (a change of it was not finished)"),
    ] {
        check_probe(PROBE, &remembering(database, "2026-11-20", rest), expected);
    }
    let denied = format!("@platform linux\n{SERVICE}@denied /var/lib/fwupd/pending.db\n");
    check_probe(PROBE, &denied, "firmware: unknown (is not running now)");
    // Without fwupd, nobody keeps what is written there up to date.
    let removed = remembering(WELL, "2026-11-20", "").replace(SERVICE, "");
    check_probe(PROBE, &removed, "firmware: unknown (is not installed)");
}

#[test]
fn a_virtual_machine_has_no_firmware_of_its_own_and_a_container_hides_it() {
    let fine = [("Uefi.Pk", 1, SUCCESS)];
    for (rest, expected) in [
        ("@file /sys/class/dmi/id/sys_vendor\nQEMU\n", "firmware: unsupported (virtual machine)"),
        ("@file /.dockerenv\n", "firmware: unknown (container)"),
        ("@file /run/systemd/container\nwsl\n", "firmware: unknown (Windows)"),
        ("@file /proc/cmdline\nboot=live\n", "firmware: on"),
    ] {
        check_probe(PROBE, &machine("HSI:1 (v2.0.20)", &fine, rest), expected);
    }
}
