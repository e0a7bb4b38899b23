//! Scanners and agents that run, are stopped, are missing and are hidden.

use super::*;
use crate::host::fixture::check_probe;

/// A machine with systemd and these units, each with its state and unit file state.
fn systemd(units: &[(&str, &str, &str)], rest: &str) -> String {
    let service = "org.freedesktop.systemd1 /org/freedesktop/systemd1 org.freedesktop.systemd1.Manager";
    let loaded: Vec<String> = units
        .iter()
        .map(|(name, active, _)| format!(r#"["{name}","","loaded","{active}","","","/",0,"","/"]"#))
        .collect();
    let files: Vec<String> =
        units.iter().map(|(name, _, state)| format!(r#"["/usr/lib/systemd/system/{name}","{state}"]"#)).collect();
    machine(&format!(
        "@dbus system {service}.ListUnitsByPatterns *\n[{}]\n@dbus system {service}.ListUnitFilesByPatterns *\n[{}]\n{rest}",
        loaded.join(","),
        files.join(",")
    ))
}

fn machine(rest: &str) -> String {
    format!("@platform linux\n@now 2026-11-23T08:00:00Z\n@user 1000 ann /home/ann\n{rest}")
}

fn signatures(name: &str, day: &str) -> String {
    format!("@file /var/lib/clamav/{name} mtime={day}T09:00:00Z\nClamAV-VDB\n")
}

const DAEMON: (&str, &str, &str) = ("clamav-daemon.service", "active", "enabled");

#[test]
fn clamav_is_on_while_its_signatures_are_younger_than_a_week() {
    for (files, expected) in [
        (signatures("daily.cld", "2026-11-22"), "antivirus: on (scans files when it is asked to, not by itself)"),
        (signatures("daily.cvd", "2026-11-16"), "antivirus: on (daily.cvd: changed 2026-11-16)"),
        (signatures("daily.cvd", "2026-11-15"), "antivirus: off (its virus signatures are 7 days old)"),
        (
            signatures("daily.cld", "2026-10-24") + &signatures("main.cvd", "2026-01-02"),
            "antivirus: off (its virus signatures are 29 days old)",
        ),
        (signatures("main.cvd", "2026-11-22") + &signatures("daily.cvd", "2026-10-01"), "antivirus: off (52 days old)"),
        (signatures("main.cvd", "2026-11-22"), "antivirus: on (main.cvd)"),
        (signatures("daily.cld", "2027-01-01"), "antivirus: on"),
        (String::new(), "antivirus: unknown (its signatures are not in /var/lib/clamav)"),
        ("@hidden /var/lib/clamav\n".to_owned(), "antivirus: unknown (how old its signatures are cannot be seen)"),
        (
            "@file /etc/clamav/clamd.conf\n#DatabaseDirectory /no\nDatabaseDirectory /srv/signatures\n@file /srv/signatures/daily.cld\nx\n"
                .to_owned(),
            "antivirus: on (/srv/signatures/daily.cld)",
        ),
        ("@denied /etc/clamd.conf\n".to_owned(), "antivirus: unknown (/etc/clamd.conf may not be read)"),
    ] {
        check_probe(PROBE, &systemd(&[DAEMON], &files), expected);
    }
}

#[test]
fn each_name_of_clamavs_daemon_counts() {
    let fresh = signatures("daily.cld", "2026-11-22");
    for name in ["clamav-daemon.service", "clamd.service", "clamd@scan.service"] {
        check_probe(PROBE, &systemd(&[(name, "active", "enabled")], &fresh), "antivirus: on");
        check_probe(
            PROBE,
            &systemd(&[(name, "inactive", "disabled")], &fresh),
            "antivirus: off (its scanner is not running)",
        );
    }
    let on_access = [DAEMON, ("clamav-clamonacc.service", "active", "enabled")];
    check_probe(PROBE, &systemd(&on_access, &fresh), "antivirus: on (scans files when they are opened)");
    // What fetches signatures scans nothing.
    check_probe(
        PROBE,
        &systemd(&[("clamav-freshclam.service", "active", "enabled")], &fresh),
        "antivirus: off inferred (None of the virus scanners)",
    );
    check_probe(PROBE, &systemd(&[("clamd.service", "failed", "enabled")], &fresh), "antivirus: off (failed, enabled)");
    check_probe(PROBE, &systemd(&[], "@file /usr/bin/clamscan\n"), "antivirus: off (ClamAV is installed)");
}

#[test]
fn every_agent_is_known_by_each_of_its_units() {
    for agent in &AGENTS {
        for unit in agent.units {
            let runs = systemd(&[(unit, "active", "enabled")], "");
            check_probe(PROBE, &runs, &format!("antivirus: on inferred ({} is running)", agent.name));
            let stopped = systemd(&[(unit, "inactive", "enabled")], "");
            check_probe(
                PROBE,
                &stopped,
                &format!("antivirus: off ({} is installed, but it is not running)", agent.name),
            );
        }
        assert!(agent.process.len() <= 15, "{}", agent.process);
    }
    check_probe(
        PROBE,
        &systemd(&[("wazuh-agent.service", "active", "enabled")], ""),
        "antivirus: on inferred (whether it also looks for viruses cannot be seen)",
    );
}

#[test]
fn what_runs_outweighs_what_is_stopped() {
    let falcon = ("falcon-sensor.service", "active", "enabled");
    let clamav = ("clamav-daemon.service", "inactive", "disabled");
    check_probe(PROBE, &systemd(&[clamav, falcon], ""), "antivirus: on inferred (CrowdStrike Falcon)");
    let mdatp = ("mdatp.service", "inactive", "disabled");
    let fresh = signatures("daily.cld", "2026-11-22");
    check_probe(PROBE, &systemd(&[DAEMON, mdatp], &fresh), "antivirus: on (ClamAV is running)");
    check_probe(
        PROBE,
        &systemd(&[], ""),
        "antivirus: off inferred (none of ClamAV, CrowdStrike Falcon, Microsoft Defender)",
    );
}

#[test]
fn without_systemd_services_and_programs_are_asked() {
    let init = "@process 1 uid=0 name=init\n";
    let openrc = "@dir /run/openrc/started\n@file /etc/init.d/clamd\nx\n@dir /etc/runlevels\n";
    let fresh = signatures("daily.cld", "2026-11-22");
    for (rest, expected) in [
        (format!("{openrc}@link /run/openrc/started/clamd -> /etc/init.d/clamd\n{fresh}"), "antivirus: on"),
        (openrc.to_owned(), "antivirus: off (its scanner is not running)"),
        (format!("{init}@process 70 uid=100 name=clamd\n{fresh}"), "antivirus: on"),
        (
            format!("{init}@process 70 uid=100 name=clamd\n@process 71 uid=0 name=clamonacc\n{fresh}"),
            "antivirus: on (when they are opened)",
        ),
        (
            format!("{init}@process 80 uid=0 name=falcon-sensor\n"),
            "antivirus: on inferred (running programs: falcon-sensor)",
        ),
        // Anybody may call a program so.
        (format!("{init}@process 80 uid=1000 name=falcon-sensor\n"), "antivirus: off inferred"),
        (init.to_owned(), "antivirus: off inferred"),
        ("@process 900 uid=1000 name=bash\n".to_owned(), "antivirus: unknown (Neither the services of this system)"),
        ("@process !denied\n".to_owned(), "antivirus: unknown (Neither the services of this system)"),
    ] {
        check_probe(PROBE, &machine(&rest), expected);
    }
}

#[test]
fn runit_keeps_from_others_whether_a_service_runs() {
    let runit =
        "@dir /run/runit\n@dir /etc/sv/clamd\n@dir /var/service/clamd\n@denied /var/service/clamd/supervise kind=dir\n";
    let fresh = signatures("daily.cld", "2026-11-22");
    for (rest, expected) in [
        (format!("{runit}{fresh}@process !denied\n"), "antivirus: unknown (whether it is running cannot be seen)"),
        (format!("{runit}{fresh}@process 1 uid=0 name=runit\n@process 70 uid=100 name=clamd\n"), "antivirus: on"),
        (format!("{runit}{fresh}@process 1 uid=0 name=runit\n"), "antivirus: off (its scanner is not running)"),
    ] {
        check_probe(PROBE, &machine(&rest), expected);
    }
}

#[test]
fn a_container_or_live_system_says_nothing_of_the_computer() {
    for (rest, expected) in [
        ("@file /.dockerenv\n", "antivirus: unknown (container)"),
        ("@file /run/systemd/container\nwsl\n", "antivirus: unknown (Windows)"),
        ("@file /proc/cmdline\nboot=live\n", "antivirus: unknown (installation or rescue medium)"),
        ("@file /sys/class/dmi/id/sys_vendor\nQEMU\n", "antivirus: on inferred"),
    ] {
        check_probe(PROBE, &systemd(&[("mdatp.service", "active", "enabled")], rest), expected);
    }
}
