//! One host for every row of the tables: each firewall on, off, half configured, unreadable.

use super::*;
use crate::host::fixture::check_probe;

const UFW: &str = "@file /usr/lib/systemd/system/ufw.service\n[Install]\n";
const FIREWALLD: &str = "@file /usr/lib/systemd/system/firewalld.service\n[Install]\n";
const NFT: &str = "@file /usr/lib/systemd/system/nftables.service\n[Install]\n";
const SAVED: &str = "@file /usr/lib/systemd/system/netfilter-persistent.service\n[Install]\n";

fn systemd(rest: &str) -> String {
    format!(
        "@platform linux\n@now 2026-11-23T08:00:00Z\n@user 1000 ann /home/ann\n@dir /run/systemd/system\n@link /run/systemd/units/invocation:dbus.service -> 0\n{rest}"
    )
}

fn on(unit: &str) -> String {
    format!(
        "@link /run/systemd/units/invocation:{unit} -> 0\n@link /etc/systemd/system/multi-user.target.wants/{unit} -> /usr/lib/systemd/system/{unit}\n"
    )
}

fn ufw(enabled: &str, policy: &str) -> String {
    format!(
        "@file /etc/ufw/ufw.conf\nENABLED={enabled}\n@file /etc/default/ufw\nDEFAULT_INPUT_POLICY=\"{policy}\"\nIPV6=yes\n"
    )
}

fn added(rule: &str) -> String {
    format!("@file /etc/ufw/user.rules\n*filter\n:ufw-user-input - [0:0]\n-A ufw-user-input {rule}\nCOMMIT\n")
}

#[test]
fn ufw_is_judged_by_switch_policy_and_service_together() {
    let running = on("ufw.service");
    let wanted = "@link /etc/systemd/system/multi-user.target.wants/ufw.service -> x\n";
    let now_only = "@link /run/systemd/units/invocation:ufw.service -> 0\n";
    let open6 = "@file /etc/ufw/ufw.conf\nENABLED=YES\n@file /etc/default/ufw\nIPV6=no\n@file /proc/net/if_inet6\n20010db8000000000000000000000001 02 40 00 80 eth0\n";
    for (rest, expected) in [
        (format!("{UFW}{running}{}", ufw("yes", "DROP")), "firewall: on (ufw is on and refuses)"),
        (format!("{UFW}{running}{}", ufw("yes", "REJECT")), "firewall: on"),
        (format!("{UFW}{running}{}", ufw("yes", "ACCEPT")), "firewall: off (lets every connection in by default)"),
        (format!("{UFW}{running}{}", ufw("no", "DROP")), "firewall: off (ufw is installed, but it is switched off)"),
        (
            format!("{UFW}{wanted}{}", ufw("yes", "DROP")),
            "firewall: unknown (starts at boot, but its service is not running)",
        ),
        (format!("{UFW}{}", ufw("yes", "DROP")), "firewall: unknown (will not start at boot)"),
        (format!("{UFW}{now_only}{}", ufw("yes", "DROP")), "firewall: on (will not start at the next boot)"),
        (format!("{UFW}{running}@denied /etc/ufw/ufw.conf\n"), "firewall: unknown (/etc/ufw/ufw.conf may not be read)"),
        (
            format!("{UFW}{running}@file /etc/ufw/ufw.conf\nENABLED=yes\n@denied /etc/default/ufw\n"),
            "firewall: unknown (/etc/default/ufw may not be read)",
        ),
        (format!("{UFW}{running}{open6}"), "firewall: on (IPv6 is not filtered)"),
        (format!("{UFW}{running}@file /etc/ufw/ufw.conf\n# ENABLED=yes\n"), "firewall: off (switched off)"),
        (
            format!("{UFW}{running}{}@denied /etc/ufw/user.rules\n", ufw("yes", "DROP")),
            "firewall: on inferred (/etc/ufw/user.rules: not readable: a rule in it could let everything in)",
        ),
        (format!("{UFW}{running}{}{}", ufw("yes", "DROP"), added("-p tcp --dport 22 -j ACCEPT")), "firewall: on"),
        (
            format!("{UFW}{running}{}{}", ufw("yes", "DROP"), added("-j ACCEPT")),
            "firewall: off (ufw is on, but a rule lets every connection in)",
        ),
    ] {
        check_probe(PROBE, &systemd(&rest), expected);
    }
}

/// A running firewalld: default zone, active zones, whether zones may be read, and their targets.
fn firewalld(default: &str, active: &str, readable: bool, targets: &[(&str, &str)]) -> String {
    let (service, path) = ("org.fedoraproject.FirewallD1", "/org/fedoraproject/FirewallD1");
    let mut text = format!("{FIREWALLD}{}", on("firewalld.service"));
    text.push_str(&format!("@dbus system {service} {path} {service}.getDefaultZone\n\"{default}\"\n"));
    text.push_str(&format!("@dbus system {service} {path} {service}.queryPanicMode\nfalse\n"));
    text.push_str(&format!("@dbus system {service} {path} {service}.zone.getActiveZones\n{active}\n"));
    text.push_str(&format!(
        "@dbus system org.freedesktop.PolicyKit1 /org/freedesktop/PolicyKit1/Authority org.freedesktop.PolicyKit1.Authority.CheckAuthorization [[\"system-bus-name\",{{\"name\":\":self\"}}],\"org.fedoraproject.FirewallD1.config.info\",{{}},0,\"\"]\n[{readable},true,{{}}]\n"
    ));
    for (zone, target) in targets {
        text.push_str(&format!(
            "@dbus system {service} {path} {service}.zone.getZoneSettings2 [\"{zone}\"]\n{{\"target\":\"{target}\"}}\n"
        ));
    }
    systemd(&text)
}

#[test]
fn firewalld_is_judged_by_its_default_and_active_zones() {
    let home = r#"{"home":{"interfaces":["wlp2s0"]}}"#;
    let trusted = r#"{"trusted":{"interfaces":["wlp2s0"]}}"#;
    let bridges = r#"{"trusted":{"interfaces":["docker0","virbr0"]},"docker":{"interfaces":["br-1a2b3c4d5e6f"]}}"#;
    let sources = r#"{"trusted":{"sources":["10.0.0.0/8"]}}"#;
    let everybody = r#"{"trusted":{"sources":["0.0.0.0/0"]}}"#;
    for (host, expected) in [
        (firewalld("public", "{}", true, &[("public", "default")]), "firewall: on (zone “public”)"),
        (firewalld("public", home, true, &[("public", "default"), ("home", "DROP")]), "firewall: on"),
        (
            firewalld("public", home, true, &[("public", "default"), ("home", "ACCEPT")]),
            "firewall: off (lets everything in on wlp2s0)",
        ),
        (
            firewalld("public", "{}", true, &[("public", "ACCEPT")]),
            "firewall: off (default zone “public” lets everything in)",
        ),
        (firewalld("public", "{}", false, &[("public", "ACCEPT")]), "firewall: on inferred"),
        (firewalld("trusted", "{}", false, &[]), "firewall: off inferred (default zone “trusted”)"),
        (firewalld("public", trusted, false, &[]), "firewall: off inferred (on wlp2s0)"),
        (firewalld("public", bridges, false, &[]), "firewall: on inferred"),
        (firewalld("public", sources, false, &[]), "firewall: on inferred"),
        (firewalld("public", everybody, false, &[]), "firewall: off inferred"),
        (firewalld("mine", "{}", false, &[]), "firewall: unknown (zone “mine” lets in may not be read)"),
        (
            firewalld("FedoraWorkstation", "{}", true, &[("FedoraWorkstation", "default")]),
            "firewall: on (from 1025 up open by design)",
        ),
        (
            firewalld("public", "{}", true, &[]).replace("queryPanicMode\nfalse", "queryPanicMode\ntrue"),
            "firewall: on (panic mode)",
        ),
        (firewalld("public", "!timeout", true, &[]), "firewall: unknown (did not answer in time)"),
        (
            systemd(&format!("{FIREWALLD}{}", on("firewalld.service"))),
            "firewall: unknown (could not be asked which zones)",
        ),
        (systemd(FIREWALLD), "firewall: off (will not start at boot)"),
        (
            systemd(&format!("{FIREWALLD}@link /etc/systemd/system/multi-user.target.wants/firewalld.service -> x\n")),
            "firewall: off (firewalld is installed, but it is not running)",
        ),
    ] {
        check_probe(PROBE, &host, expected);
    }
}

#[test]
fn nftables_is_judged_by_the_rules_it_loaded() {
    let running = on("nftables.service");
    let hook = "type filter hook input priority 0;";
    let file = |body: &str| format!("{NFT}{running}@file /etc/nftables.conf mtime=2026-11-01T00:00:00Z\n{body}\n");
    let drops = format!("table inet f {{ chain input {{ {hook} policy drop; }} }}");
    let property = |kind: &str, name: &str, value: &str| {
        format!(
            "@dbus system org.freedesktop.systemd1 /org/freedesktop/systemd1/unit/nftables_2eservice org.freedesktop.DBus.Properties.Get [\"org.freedesktop.systemd1.{kind}\",\"{name}\"]\n{value}\n"
        )
    };
    let (before, after) = ("1700000000000000", "1800000000000000");
    let loaded = property("Unit", "ActiveEnterTimestamp", after);
    let changed = property("Unit", "ActiveEnterTimestamp", before);
    let reloaded = |result: &str| {
        changed.clone()
            + &property("Unit", "StateChangeTimestamp", after)
            + &property("Service", "ReloadResult", result)
    };
    for (rest, expected) in [
        (file(&drops), "firewall: on inferred (whether it was changed after it was loaded could not be seen)"),
        (file(&drops) + &loaded, "firewall: on (nftables is on)"),
        (file(&drops) + &reloaded("\"success\""), "firewall: on (nftables is on)"),
        (file(&drops) + &reloaded("\"exit-code\""), "firewall: unknown (changed after its rules were loaded)"),
        (
            file("include \"nft.d/a.nft\"")
                + "@file /etc/nft.d/a.nft mtime=2031-01-01T00:00:00Z\n"
                + &drops
                + "\n"
                + &loaded,
            "firewall: unknown (/etc/nft.d/a.nft was changed after)",
        ),
        (file("include \"./nft.d/a.nft\"") + "@file /nft.d/a.nft\n" + &drops + "\n", "firewall: on inferred"),
        (file("include \"nft.d/*\"") + "@file /etc/nft.d/.a\n" + &drops + "\n", "firewall: off inferred"),
        (
            file(&format!("table inet f {{ chain input {{ {hook} policy drop; tcp dport 0-65535 accept; }} }}"))
                + &loaded,
            "firewall: off (let everything in over TCP)",
        ),
        (
            file(&format!("table inet f {{ chain input {{ {hook} }} }}")),
            "firewall: off inferred (let every connection in)",
        ),
        (file("include \"/etc/nft.d/*.nft\"") + "@file /etc/nft.d/a.nft\n" + &drops + "\n", "firewall: on inferred"),
        (file("include \"/etc/nft.d/a.nft\"") + "@denied /etc/nft.d/a.nft\n", "firewall: unknown (may not be read)"),
        (file("include \"/etc/nftables.conf\""), "firewall: unknown (include each other)"),
        (file(&drops) + &changed, "firewall: unknown (changed after its rules were loaded)"),
        (format!("{NFT}{running}@denied /etc/sysconfig/nftables.conf\n"), "firewall: unknown (may not be read)"),
        (format!("{NFT}@file /etc/nftables.conf\n{drops}\n"), "firewall: off inferred (No firewall is running)"),
        (
            format!("{NFT}@link /etc/systemd/system/sysinit.target.wants/nftables.service -> x\n"),
            "firewall: off (starts at boot, but it is not running)",
        ),
    ] {
        check_probe(PROBE, &systemd(&rest), expected);
    }
}

#[test]
fn saved_iptables_rules_count_when_they_can_be_read() {
    let running = on("netfilter-persistent.service");
    let rules = |policy: &str| format!("*filter\n:INPUT {policy} [0:0]\nCOMMIT\n");
    for (rest, expected) in [
        ("@denied /etc/iptables/rules.v4\n".to_owned(), "firewall: unknown (may not be read)"),
        (format!("@file /etc/iptables/rules.v4\n{}", rules("DROP")), "firewall: on inferred (IPv6 is not filtered)"),
        (
            format!("@file /etc/iptables/rules.v4\n{}@file /etc/iptables/rules.v6\n{}", rules("DROP"), rules("DROP")),
            "firewall: on inferred (iptables is on)",
        ),
        (
            format!("@file /etc/iptables/rules.v4\n{}", rules("ACCEPT")),
            "firewall: off inferred (let every connection in)",
        ),
        (
            format!("@file /etc/iptables/rules.v4\n{}@denied /etc/iptables/rules.v6\n", rules("DROP")),
            "firewall: on inferred (whether it does over IPv6 could not be seen)",
        ),
        (String::new(), "firewall: unknown (its rules were not found)"),
    ] {
        check_probe(PROBE, &systemd(&format!("{SAVED}{running}{rest}")), expected);
    }
}

#[test]
fn the_nixos_firewall_is_judged_by_its_start_script() {
    let base = "@file /etc/NIXOS\n@file /etc/systemd/system/firewall.service\n[Service]\nExecStart=@/nix/store/abc/bin/firewall-start firewall-start\n";
    let started = "@link /run/systemd/units/invocation:firewall.service -> 0\n";
    for (rest, expected) in [
        (
            format!(
                "{base}{started}@file /nix/store/abc/bin/firewall-start\nip46tables -A nixos-fw -j nixos-fw-log-refuse\n"
            ),
            "firewall: on",
        ),
        (format!("{base}{started}"), "firewall: on inferred"),
        (format!("{base}{started}@file /nix/store/abc/bin/firewall-start\ntrue\n"), "firewall: unknown (worked out)"),
        (base.to_owned(), "firewall: off (configured, but it is not running)"),
    ] {
        check_probe(PROBE, &systemd(&rest), expected);
    }
}

#[test]
fn what_is_no_firewall_does_not_count() {
    let service = |name: &str| format!("@file /usr/lib/systemd/system/{name}\n[Install]\n{}", on(name));
    let rules = "@file /sys/module/nf_tables/refcnt\n7\n";
    for (rest, expected) in [
        (String::new(), "firewall: off inferred (No firewall is running)"),
        (rules.to_owned(), "firewall: unknown (only root may read them)"),
        ("@dir /sys/module/iptable_filter\n".to_owned(), "firewall: unknown (only root may read them)"),
        (format!("{rules}{}", service("docker.service")), "firewall: off inferred (containers publish pass by)"),
        (service("opensnitch.service"), "firewall: off inferred (filters outgoing)"),
        (service("fail2ban.service"), "firewall: off inferred"),
        (service("shorewall.service"), "firewall: unknown (shorewall.service runs)"),
        (service("portmaster.service"), "firewall: unknown"),
    ] {
        check_probe(PROBE, &systemd(&rest), expected);
    }
}

#[test]
fn one_firewall_that_is_on_is_enough() {
    let off = format!("{UFW}{}{}", on("ufw.service"), ufw("no", "DROP"));
    let host = firewalld("public", "{}", true, &[("public", "default")]) + &off;
    check_probe(PROBE, &host, "firewall: on (firewalld is on)");
    let in_doubt = format!("{off}{SAVED}{}@denied /etc/iptables/rules.v4\n", on("netfilter-persistent.service"));
    check_probe(PROBE, &systemd(&in_doubt), "firewall: unknown (netfilter-persistent.service runs)");
}

#[test]
fn of_two_firewalls_that_are_off_the_one_that_runs_is_named() {
    let off = format!("{UFW}{}{}", on("ufw.service"), ufw("no", "DROP"));
    let host = firewalld("trusted", "{}", false, &[]) + &off;
    check_probe(
        PROBE,
        &host,
        "firewall: off inferred (firewalld runs, but its default zone “trusted” lets everything in)",
    );
}

#[test]
fn where_the_machine_is_hidden_nothing_is_claimed() {
    for (rest, expected) in [
        ("@file /run/systemd/container\npodman\n", "firewall: unknown (container)"),
        ("@file /.flatpak-info\n[Application]\n", "firewall: unknown (sandbox)"),
        ("@file /proc/sys/kernel/osrelease\n6.6.1-microsoft-standard-WSL2\n", "firewall: unknown (Windows)"),
    ] {
        check_probe(PROBE, &systemd(rest), expected);
    }
    let bare = systemd("").replace("@dir /run/systemd/system\n", "");
    check_probe(PROBE, &bare, "firewall: unknown (No service manager)");
}

#[test]
fn ufw_on_openrc_is_seen_through_its_started_link() {
    let text = format!(
        "@file /etc/init.d/ufw\n#!/sbin/openrc-run\n@link /run/openrc/started/ufw -> /etc/init.d/ufw\n@link /etc/runlevels/default/ufw -> /etc/init.d/ufw\n{}",
        ufw("yes", "DROP")
    );
    let host = systemd(&text).replace("@dir /run/systemd/system\n", "");
    check_probe(PROBE, &host, "firewall: on");
}
