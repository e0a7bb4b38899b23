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
    let no6 = "@file /etc/ufw/ufw.conf\nENABLED=YES\n@file /etc/default/ufw\nIPV6=no\n";
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
        (format!("{UFW}{running}{no6}"), "firewall: on (over IPv6 without exception)"),
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
fn a_firewalld_zone_that_names_nearly_everything_lets_everything_in() {
    let (service, path) = ("org.fedoraproject.FirewallD1", "/org/fedoraproject/FirewallD1");
    let zone = |settings: &str| {
        firewalld("public", "{}", true, &[])
            + &format!("@dbus system {service} {path} {service}.zone.getZoneSettings2 [\"public\"]\n{settings}\n")
    };
    let everything = "firewall: off (default zone “public” lets everything in)";
    for (settings, expected) in [
        (
            r#"{"ports":[["22","tcp"],["8000-9000","udp"]],"services":["ssh"]}"#,
            "firewall: on (refuses new connections)",
        ),
        (r#"{"ports":[["1-65535","tcp"]]}"#, everything),
        (r#"{"ports":[["1-65535","udp"]]}"#, "firewall: on (refuses new connections)"),
        (r#"{"ports":[["1-30000","tcp"],["30001-65535","tcp"]]}"#, everything),
        (r#"{"protocols":["tcp"]}"#, everything),
        (r#"{"protocols":["igmp"]}"#, "firewall: on (refuses new connections)"),
        (r#"{"rules_str":["rule family=\"ipv4\" source address=\"0.0.0.0/0\" accept"]}"#, everything),
        (
            r#"{"rules_str":["rule family=\"ipv4\" source address=\"192.168.1.4/32\" accept"]}"#,
            "firewall: on (refuses new connections)",
        ),
        (r#"{"rules_str":["rule service name=\"ssh\" accept"]}"#, "firewall: on (refuses new connections)"),
    ] {
        check_probe(PROBE, &zone(settings), expected);
    }
    let policies = |ingress: &str, target: &str| {
        firewalld("public", "{}", true, &[("public", "default")])
            + &format!(
                "@dbus system {service} {path} {service}.policy.getActivePolicies\n{{\"mine\":{{\"ingress_zones\":[\"{ingress}\"],\"egress_zones\":[\"HOST\"]}}}}\n\
                 @dbus system {service} {path} {service}.policy.getPolicySettings [\"mine\"]\n{{\"target\":\"{target}\"}}\n"
            )
    };
    check_probe(PROBE, &policies("ANY", "ACCEPT"), "firewall: off (policy “mine” lets everything in)");
    check_probe(PROBE, &policies("ANY", "CONTINUE"), "firewall: on (refuses new connections)");
    check_probe(PROBE, &policies("internal", "ACCEPT"), "firewall: on (refuses new connections)");
    let home = firewalld("public", r#"{"trusted":{"sources":["192.168.0.0/16"]}}"#, true, &[("public", "default")]);
    check_probe(PROBE, &home, "firewall: on (addresses such as 192.168.x.x, which a home or a café network has)");
}

#[test]
fn the_rule_file_is_the_one_that_the_service_names() {
    let hook = "type filter hook input priority 0;";
    let unit = |command: &str| {
        format!(
            "@file /usr/lib/systemd/system/nftables.service\n[Service]\nExecStart={command}\n[Install]\n{}",
            on("nftables.service")
        )
    };
    let open = format!("@file /etc/nftables.conf\ntable inet f {{ chain i {{ {hook} }} }}\n");
    let closed = |path: &str| format!("@file {path}\ntable inet f {{ chain i {{ {hook} policy drop; }} }}\n");
    for (rest, expected) in [
        (unit("/usr/sbin/nft -f /etc/nftables.conf") + &open, "firewall: off inferred"),
        (unit("/usr/sbin/nft -f /etc/my.nft") + &open + &closed("/etc/my.nft"), "firewall: on inferred (/etc/my.nft)"),
        (unit("/usr/sbin/nft -f /etc/my.nft") + &open + "@denied /etc/my.nft\n", "firewall: unknown (/etc/my.nft)"),
        (unit("/usr/sbin/nft -f /etc/gone.nft") + &open, "firewall: unknown (/etc/gone.nft does not exist)"),
        (
            unit("/usr/sbin/nft -f /etc/nftables.conf")
                + &open
                + "@file /etc/systemd/system/nftables.service.d/own.conf\n[Service]\nExecStart=\nExecStart=/usr/sbin/nft -f /etc/my.nft\n"
                + &closed("/etc/my.nft"),
            "firewall: on inferred (/etc/my.nft)",
        ),
        (
            unit("/usr/bin/nft -f /etc/nftables/rules/main.nft") + &closed("/etc/nftables/rules/main.nft"),
            "firewall: on inferred (main.nft)",
        ),
        (unit("/usr/local/sbin/mine"), "firewall: unknown (which rules it loads could not be seen)"),
    ] {
        check_probe(PROBE, &systemd(&rest), expected);
    }
    let alpine = "@file /etc/init.d/nftables\n@link /run/openrc/started/nftables -> /etc/init.d/nftables\n\
                  @link /etc/runlevels/default/nftables -> /etc/init.d/nftables\n";
    for (rest, expected) in [
        (closed("/etc/nftables.nft"), "firewall: on inferred (/etc/nftables.nft)"),
        (
            "@file /etc/conf.d/nftables\nrules_file=\"/etc/my.nft\"\n".to_owned() + &closed("/etc/my.nft"),
            "firewall: on inferred (/etc/my.nft)",
        ),
    ] {
        let host = systemd(&format!("{alpine}{rest}")).replace("@dir /run/systemd/system\n", "");
        check_probe(PROBE, &host, expected);
    }
}

#[test]
fn a_check_for_forged_senders_is_no_firewall() {
    let running = on("nftables.service");
    let chains = "table inet f {\nchain r { type filter hook prerouting priority raw; policy drop;\n";
    for (rules, expected) in [
        ("fib saddr . iif oif exists accept", "firewall: off inferred (let every connection in)"),
        ("fib saddr . mark . iif oif != 0 accept", "firewall: off inferred (let every connection in)"),
        ("fib saddr . iif oif missing drop\naccept", "firewall: off inferred (let every connection in)"),
        ("fib saddr . iif oif exists drop", "firewall: on inferred"),
        ("fib daddr . iif type local accept", "firewall: off inferred (let every connection in)"),
    ] {
        let rules = format!("{NFT}{running}@file /etc/nftables.conf\n{chains}{rules}\n}}\n}}\n");
        check_probe(PROBE, &systemd(&rules), expected);
    }
}

#[test]
fn a_whole_private_network_that_is_let_in_is_said() {
    let running = on("nftables.service");
    let hook = "type filter hook input priority 0; policy drop;";
    for (rule, expected) in [
        (
            "ip saddr 192.168.0.0/16 accept",
            "on inferred (addresses such as 192.168.x.x, which a home or a café network has)",
        ),
        ("iifname \"eth0\" ip saddr 10.0.0.0/8 accept", "on inferred (such as 10.x.x.x)"),
        ("ip saddr { 192.168.1.4, 10.0.0.0/8 } counter jump lan", "on inferred (such as 10.x.x.x)"),
        ("ip saddr 192.168.1.4 accept", "on inferred (nftables is on and refuses)"),
        ("ip saddr 192.168.0.0/16 tcp dport 22 accept", "on inferred (nftables is on and refuses)"),
        ("ip saddr 192.168.0.0/16 drop", "on inferred (nftables is on and refuses)"),
    ] {
        let rules = format!(
            "{NFT}{running}@file /etc/nftables.conf\ntable inet f {{\nchain lan {{ accept\n}}\nchain i {{ {hook}\n{rule}\n}}\n}}\n"
        );
        check_probe(PROBE, &systemd(&rules), &format!("firewall: {expected}"));
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

/// What NixOS writes into the script, in short: its chains, then the rules of the configuration, then the end.
fn nixos_script(rules: &str) -> String {
    format!(
        "@file /nix/store/abc-firewall-start/bin/firewall-start\n#! /nix/store/x-bash/bin/bash -e\n\
         ip46tables() {{\n  iptables -w \"$@\"\n  ip6tables -w \"$@\"\n}}\n\
         ip46tables -D INPUT -j nixos-fw 2> /dev/null || true\n\
         for chain in nixos-fw nixos-fw-accept; do\n  ip46tables -F \"$chain\" 2> /dev/null || true\ndone\n\
         ip46tables -N nixos-fw-accept\nip46tables -A nixos-fw-accept -j ACCEPT\n\
         ip46tables -N nixos-fw-refuse\nip46tables -A nixos-fw-refuse -j DROP\n\
         ip46tables -N nixos-fw-log-refuse\n\
         ip46tables -A nixos-fw-log-refuse -p tcp --syn -j LOG --log-level info --log-prefix \"refused connection: \"\n\
         ip46tables -A nixos-fw-log-refuse -m pkttype ! --pkt-type unicast -j nixos-fw-refuse\n\
         ip46tables -A nixos-fw-log-refuse -j nixos-fw-refuse\n\
         ip46tables -N nixos-fw\n\
         ip46tables -t mangle -A nixos-fw-rpfilter -j DROP\n\
         ip46tables -A nixos-fw -i lo -j nixos-fw-accept\n\
         ip46tables -A nixos-fw -m conntrack --ctstate ESTABLISHED,RELATED -j nixos-fw-accept\n\
         {rules}\n\
         iptables -w -A nixos-fw -p icmp --icmp-type echo-request -j nixos-fw-accept\n\
         ip6tables -A nixos-fw -d fe80::/64 -p udp --dport 546 -j nixos-fw-accept\n\
         ip46tables -A nixos-fw -j nixos-fw-log-refuse\nip46tables -A INPUT -j nixos-fw\n"
    )
}

#[test]
fn the_nixos_firewall_is_judged_by_its_start_script() {
    let base = "@file /etc/NIXOS\n@file /etc/systemd/system/firewall.service\n[Service]\nExecStart=@/nix/store/abc-firewall-start/bin/firewall-start firewall-start\n";
    let started = format!("{base}@link /run/systemd/units/invocation:firewall.service -> 0\n");
    let with = |rules: &str| format!("{started}{}", nixos_script(rules));
    for (rest, expected) in [
        (with("ip46tables -A nixos-fw -p tcp --dport 22 -j nixos-fw-accept"), "firewall: on (NixOS firewall is on)"),
        (
            with("ip46tables -A nixos-fw -p tcp --dport 22 -j nixos-fw-accept -i eth0"),
            "firewall: on (NixOS firewall is on)",
        ),
        (
            with("iptables -A nixos-fw -s 192.168.1.0/24 -j nixos-fw-accept"),
            "firewall: on (lets everything in from addresses such as 192.168.x.x)",
        ),
        (with("ip46tables -A nixos-fw -i eth0 -j nixos-fw-accept"), "firewall: unknown (could not be worked out)"),
        (
            with("ip46tables -A nixos-fw -p tcp --dport 0:65535 -j nixos-fw-accept"),
            "firewall: off (let everything in over TCP)",
        ),
        (with("ip46tables -I nixos-fw 1 -j nixos-fw-accept"), "firewall: off (let every connection in)"),
        (with("ip46tables -A INPUT -j ACCEPT"), "firewall: off (let every connection in)"),
        (with("ip46tables -A nixos-fw -j nixos-fw-accept"), "firewall: off (let every connection in)"),
        (started.clone(), "firewall: on inferred"),
        (base.to_owned(), "firewall: off (configured, but it is not running)"),
    ] {
        check_probe(PROBE, &systemd(&rest), expected);
    }
}

#[test]
fn the_nixos_firewall_of_nftables_rules_is_read_from_the_store() {
    let ruleset = |rules: &str| {
        format!(
            "@file /etc/NIXOS\n@file /etc/systemd/system/nftables.service\n[Service]\n\
             ExecStart=/nix/store/d-ensure-deletions\nExecStart=/nix/store/r-nftables-rules\n{}\
             @file /nix/store/d-ensure-deletions\n#! /nix/store/x-bash/bin/bash -e\ntouch /var/lib/nftables/deletions.nft\n\
             @file /var/lib/nftables/deletions.nft mtime=2026-11-01T00:00:00Z\n#! /nix/store/x-nftables/bin/nft -f\n\
             @file /nix/store/r-nftables-rules mtime=1970-01-01T00:00:01Z\n#! /nix/store/x-nftables/bin/nft -f\n\
             include \"/var/lib/nftables/deletions.nft\"\ntable inet nixos-fw {{\n\
             chain rpfilter {{\n type filter hook prerouting priority mangle + 10; policy drop;\n\
             meta nfproto ipv4 udp sport . udp dport {{ 67 . 68, 68 . 67 }} accept comment \"DHCPv4\"\n\
             fib saddr . mark . iif oif exists accept\n jump rpfilter-allow\n}}\nchain rpfilter-allow {{\n}}\n\
             chain input {{\n type filter hook input priority filter; policy drop;\n\
             iifname {{ \"lo\" }} accept comment \"trusted interfaces\"\n\
             ct state vmap {{\n invalid : drop,\n established : accept,\n related : accept,\n new : jump input-allow,\n untracked: jump input-allow,\n}}\n\
             tcp flags syn / fin,syn,rst,ack log level info prefix \"refused connection: \"\n}}\n\
             chain input-allow {{\n{rules}\n meta l4proto . th dport @temp-ports accept\n\
             icmp type echo-request  accept comment \"allow ping\"\n\
             icmpv6 type != {{ nd-redirect, 139 }} accept\n ip6 daddr fe80::/64 udp dport 546 accept\n}}\n}}\n",
            on("nftables.service")
        )
    };
    for (rules, expected) in [
        ("tcp dport { 22 } accept", "firewall: on inferred (nftables is on)"),
        ("tcp dport { 0-65535 } accept", "firewall: off inferred (let everything in over TCP)"),
        ("accept", "firewall: off inferred (let every connection in)"),
        ("ip6 saddr { fc00::/7, fe80::/10 } accept", "firewall: on inferred (addresses such as fd…)"),
    ] {
        check_probe(PROBE, &systemd(&ruleset(rules)), expected);
    }
}

#[test]
fn what_is_no_firewall_does_not_count() {
    let service = |name: &str| format!("@file /usr/lib/systemd/system/{name}\n[Install]\n{}", on(name));
    let rules = "@file /sys/module/nf_tables/refcnt\n7\n";
    for (rest, expected) in [
        (String::new(), "firewall: off inferred (No firewall is running)"),
        (rules.to_owned(), "firewall: unknown (only root may read them)"),
        (
            format!(
                "{}@listen tcp 0.0.0.0:8080 uid=0 cgroup=/system.slice/docker.service\n@listen tcp 127.0.0.1:9090 uid=0 cgroup=/system.slice/docker.service\n",
                service("docker.service")
            ),
            "firewall: off inferred (containers publish the ports 8080 past the firewall)",
        ),
        ("@dir /sys/module/iptable_filter\n".to_owned(), "firewall: unknown (only root may read them)"),
        (format!("{rules}{}", service("docker.service")), "firewall: off inferred (containers publish pass by)"),
        (service("opensnitch.service"), "firewall: off inferred (filters outgoing)"),
        (service("fail2ban.service"), "firewall: off inferred"),
        (
            service("shorewall.service"),
            "firewall: unknown (shorewall.service runs, but what its rules let in cannot be seen)",
        ),
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
