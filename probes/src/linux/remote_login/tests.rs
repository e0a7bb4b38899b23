//! Who listens, who can reach it, and what cannot be seen, one small host each.

use super::*;
use crate::host::fixture::check_probe;

const SSH: &str =
    "@link /run/systemd/units/invocation:ssh.service -> 0\n@file /usr/lib/systemd/system/ssh.service\n[Install]\n";
const TABLES: &str = "@file /proc/net/route\n\
eth0 0001A8C0 00000000 0001 0 0 0 00FFFFFF 0 0 0\n\
docker0 000011AC 00000000 0001 0 0 0 0000FFFF 0 0 0\n\
wg0 0000060A 00000000 0001 0 0 0 00FFFFFF 0 0 0\n";

fn machine(rest: &str) -> String {
    format!(
        "@platform linux\n@now 2026-11-23T08:00:00Z\n@user 1000 ann /home/ann\n@dir /run/systemd/system\n@link /run/systemd/units/invocation:dbus.service -> 0\n{TABLES}{rest}"
    )
}

fn active(unit: &str) -> String {
    format!("@link /run/systemd/units/invocation:{unit} -> 0\n@file /usr/lib/systemd/system/{unit}\n[Install]\n")
}

fn listen(address: &str, cgroup: &str) -> String {
    format!("@listen tcp {address} uid=0 cgroup={cgroup}\n")
}

#[test]
fn an_ssh_server_in_a_service_of_any_name_is_known_by_its_process() {
    let group = "/system.slice/maintenance.service";
    let process = "@process 77 uid=0 name=sshd '/usr/sbin/sshd' '-D' '-f' '/etc/own'\n";
    let place = format!("@file /proc/77/cgroup\n0::{group}\n");
    for (rest, expected) in [
        (format!("{process}{place}"), "remoteLogin: on (The SSH server accepts logins from the network on port 4023)"),
        (place.clone(), "remoteLogin: off"),
        (process.to_owned(), "remoteLogin: off"),
        (format!("@process 77 uid=0 name=sshd 'sshd: ann@pts/0'\n{place}"), "remoteLogin: off"),
    ] {
        check_probe(PROBE, &machine(&(listen("0.0.0.0:4023", group) + &rest)), expected);
    }
}

#[test]
fn an_ssh_server_counts_where_others_can_reach_it() {
    let ssh = "/system.slice/ssh.service";
    for (rest, expected) in [
        (listen("0.0.0.0:22", ssh), "remoteLogin: on (The SSH server accepts logins from the network on port 22)"),
        (listen("[::]:22", ssh) + &listen("0.0.0.0:22", ssh), "remoteLogin: on (on port 22)"),
        (listen("0.0.0.0:2222", ssh), "remoteLogin: on (on port 2222)"),
        (listen("192.168.1.7:22", "/system.slice/sshd.service"), "remoteLogin: on (from the network)"),
        (listen("10.6.0.1:22", ssh), "remoteLogin: on (over a VPN on port 22)"),
        (listen("100.101.102.103:22", ssh), "remoteLogin: on (over a VPN)"),
        (listen("127.0.0.1:22", ssh) + &listen("[::1]:22", ssh), "remoteLogin: off (reached from this computer only)"),
        (listen("[::ffff:127.0.0.1]:22", ssh), "remoteLogin: off (reached from this computer only)"),
        (listen("172.17.0.1:22", ssh), "remoteLogin: off (own containers and virtual machines)"),
        (listen("0.0.0.0:22", "/system.slice/dropbear.service"), "remoteLogin: on"),
        (listen("0.0.0.0:22", "/init.scope"), "remoteLogin: on inferred (seems to accept logins from the network on port 22)"),
        ("@listen tcp 0.0.0.0:22 uid=0\n".to_owned(), "remoteLogin: on inferred (port 22)"),
        (listen("0.0.0.0:22000", "/user.slice/user-1000.slice/session-2.scope"), "remoteLogin: off (No program accepts logins)"),
        (listen("0.0.0.0:22", "/system.slice/docker-0a1b.scope"), "remoteLogin: off (belongs to a container)"),
        (listen("0.0.0.0:8022", "/system.slice/docker.service"), "remoteLogin: off"),
        (
            listen("0.0.0.0:2375", "/system.slice/docker.service"),
            "remoteLogin: on inferred (Docker's control port seems to accept logins from the network on port 2375)",
        ),
        (listen("127.0.0.1:2375", "/system.slice/docker.service"), "remoteLogin: off"),
        (listen("0.0.0.0:22", "/machine.slice/machine-qemu.scope"), "remoteLogin: off"),
        (listen("127.0.0.1:631", "/system.slice/cups.service"), "remoteLogin: off"),
        (String::new(), "remoteLogin: off (No program accepts logins from the network)"),
        ("@listen !denied\n".to_owned(), "remoteLogin: unknown (may not be read)"),
        (SSH.to_owned(), "remoteLogin: unknown (where it listens could not be seen)"),
        (
            "@file /usr/lib/systemd/system/ssh.service\n[Install]\n@link /etc/systemd/system/multi-user.target.wants/ssh.service -> x\n".to_owned(),
            "remoteLogin: off (the SSH server starts at boot)",
        ),
    ] {
        check_probe(PROBE, &machine(&rest), expected);
    }
}

#[test]
fn a_socket_of_systemd_is_named_by_its_unit() {
    let service = "org.freedesktop.systemd1";
    let path = "/org/freedesktop/systemd1";
    let host = format!(
        "@dbus system {service} {path} {service}.Manager.ListUnitsByPatterns *\n[[\"ssh.socket\",\"OpenBSD Secure Shell server socket\",\"loaded\",\"active\",\"listening\",\"\",\"/x\",0,\"\",\"/\"]]\n\
         @dbus system {service} {path} {service}.Manager.ListUnitFilesByPatterns *\n[[\"/usr/lib/systemd/system/ssh.socket\",\"enabled\"]]\n\
         @dbus system {service} {path}/unit/ssh_2esocket org.freedesktop.DBus.Properties.Get [\"{service}.Socket\",\"Listen\"]\n[[\"Stream\",\"[::]:2022\"]]\n\
         @listen tcp [::]:2022 uid=0 cgroup=/init.scope\n"
    );
    check_probe(
        PROBE,
        &machine(&host),
        "remoteLogin: on (The SSH server accepts logins from the network on port 2022)",
    );
}

#[test]
fn the_settings_of_the_ssh_server_name_its_ports_and_ways_to_log_in() {
    let unowned = "@listen tcp 0.0.0.0:2200 uid=0\n";
    let settings = |text: &str| format!("{SSH}{unowned}@file /etc/ssh/sshd_config\n{text}\n");
    for (rest, expected) in [
        (settings("Port 2200"), "remoteLogin: on (on port 2200)"),
        (settings("Port 2200\nPasswordAuthentication no"), "remoteLogin: on (PasswordAuthentication no)"),
        (settings("Port 2200"), "remoteLogin: on (PasswordAuthentication is not set, so yes)"),
        (
            settings("Include /etc/ssh/sshd_config.d/*.conf\nPasswordAuthentication yes")
                + "@file /etc/ssh/sshd_config.d/10.conf\nPort 2200\nPasswordAuthentication no\n",
            "remoteLogin: on (PasswordAuthentication no)",
        ),
        (
            settings("ListenAddress 0.0.0.0:2200\nMatch User git\nPasswordAuthentication no"),
            "remoteLogin: on (not set, so yes)",
        ),
        (settings("Match User git\nPort 2200"), "remoteLogin: unknown (where it listens could not be seen)"),
        (
            format!("@denied /etc/ssh/sshd_config\n{}", listen("0.0.0.0:22", "/system.slice/sshd.service")),
            "remoteLogin: on (/etc/ssh/sshd_config may not be read)",
        ),
        (settings("Include /etc/ssh/sshd_config"), "remoteLogin: unknown"),
    ] {
        check_probe(PROBE, &machine(&rest), expected);
    }
}

#[test]
fn an_ssh_server_started_by_hand_is_found_by_its_process() {
    let scope = "/user.slice/user-0.slice/session-1.scope";
    let process = "@process 71 uid=0 name=sshd 'sshd: /usr/sbin/sshd -p 2022 [listener] 0 of 10-100 startups'\n";
    let session = "@process 72 uid=0 name=sshd 'sshd: ann@pts/0'\n";
    for (rest, expected) in [
        (
            format!("{process}{}", listen("0.0.0.0:2022", scope)),
            "remoteLogin: on (The SSH server accepts logins from the network on port 2022)",
        ),
        (format!("{session}{}", listen("0.0.0.0:2022", scope)), "remoteLogin: off"),
        (format!("{process}{}", listen("0.0.0.0:8000", scope)), "remoteLogin: off"),
    ] {
        check_probe(PROBE, &machine(&rest), expected);
    }
}

#[test]
fn other_programs_for_remote_control_are_named() {
    let user = "/user.slice/user-1000.slice/user@1000.service/app.slice/";
    let inetd = "@file /etc/inetd.conf\ntelnet stream tcp nowait root /usr/sbin/tcpd /usr/sbin/in.telnetd\ndaytime stream tcp nowait root internal\n@file /etc/xinetd.d/telnet\nservice telnet\n{\ndisable = no\nport = 2323\nserver = /usr/sbin/in.telnetd\n}\n";
    for (rest, expected) in [
        (listen("0.0.0.0:23", "/system.slice/inetd.service"), "remoteLogin: on inferred (Telnet)"),
        (
            format!("{inetd}{}", listen("0.0.0.0:23", "/system.slice/inetd.service")),
            "remoteLogin: on (Telnet accepts logins from the network on port 23)",
        ),
        (
            format!("{inetd}{}", listen("0.0.0.0:2323", "/system.slice/xinetd.service")),
            "remoteLogin: on (Telnet accepts logins from the network on port 2323)",
        ),
        (format!("{inetd}{}", listen("0.0.0.0:13", "/system.slice/inetd.service")), "remoteLogin: off"),
        (listen("0.0.0.0:6000", "/system.slice/lightdm.service"), "remoteLogin: on (The display server (X11) accepts)"),
        (
            "@process 8 uid=1000 Xorg :0 -listen tcp\n@listen tcp [::]:6000 uid=1000 cgroup=/user.slice/user-1000.slice/session-2.scope\n".to_owned(),
            "remoteLogin: on (The display server (X11))",
        ),
        (
            "@process 8 uid=1000 Xorg :0\n@listen tcp 127.0.0.1:6010 uid=1000 cgroup=/user.slice/user-1000.slice/session-3.scope\n".to_owned(),
            "remoteLogin: off (No program)",
        ),
        (
            "@listen tcp 0.0.0.0:6001 uid=1000 cgroup=/user.slice/user-1000.slice/session-3.scope\n".to_owned(),
            "remoteLogin: off (No program)",
        ),
        (listen("[::]:3389", "/system.slice/xrdp.service"), "remoteLogin: on (xrdp accepts)"),
        (
            listen("127.0.0.1:3350", "/system.slice/xrdp.service"),
            "remoteLogin: off (xrdp can be reached from this computer only)",
        ),
        (listen("[::]:3389", &format!("{user}gnome-remote-desktop.service")), "remoteLogin: on (GNOME Remote Desktop)"),
        (listen("[::]:3389", &format!("{user}app-org.kde.krdpserver.service")), "remoteLogin: on (krdp)"),
        (
            listen("0.0.0.0:5901", "/system.slice/system-vncserver.slice/vncserver@:1.service"),
            "remoteLogin: on (A VNC server)",
        ),
        (
            format!(
                "@process 9 uid=1000 x11vnc -display :0\n@listen tcp 0.0.0.0:5910 uid=1000 cgroup={user}session.scope\n"
            ),
            "remoteLogin: on (A VNC server accepts logins from the network on port 5910)",
        ),
        (
            format!("@process 9 uid=1000 wayvnc\n@listen tcp 127.0.0.1:5900 uid=1000 cgroup={user}x.scope\n"),
            "remoteLogin: off",
        ),
        (
            format!("@listen tcp 0.0.0.0:5900 uid=1000 cgroup={user}x.scope\n"),
            "remoteLogin: on inferred (screen sharing)",
        ),
        (
            format!(
                "@process 9 uid=1000 qemu-system-x86_64 -vnc :0\n@listen tcp 0.0.0.0:5900 uid=1000 cgroup={user}x.scope\n"
            ),
            "remoteLogin: off",
        ),
        (listen("0.0.0.0:514", "/system.slice/rsyslog.service"), "remoteLogin: off"),
        (
            "@listen udp 0.0.0.0:177 uid=0 cgroup=/system.slice/lightdm.service\n".to_owned(),
            "remoteLogin: on (XDMCP)",
        ),
        ("@listen udp 0.0.0.0:68 uid=0 cgroup=/system.slice/NetworkManager.service\n".to_owned(), "remoteLogin: off"),
        (
            listen("0.0.0.0:22", "/system.slice/ssh.service") + &listen("0.0.0.0:3389", "/system.slice/xrdp.service"),
            "remoteLogin: on (other ways in: xrdp)",
        ),
    ] {
        check_probe(PROBE, &machine(&rest), expected);
    }
}

#[test]
fn programs_that_connect_outward_are_known_by_their_service() {
    for (rest, expected) in [
        (active("anydesk.service"), "remoteLogin: on (AnyDesk runs and lets others control this computer)"),
        (active("teamviewerd.service"), "remoteLogin: on (TeamViewer)"),
        ("@process 5 uid=0 teamviewerd -d\n".to_owned(), "remoteLogin: on (TeamViewer)"),
        (active("rustdesk.service") + "@listen !denied\n", "remoteLogin: on (RustDesk)"),
        (active("chrome-remote-desktop@ann.service"), "remoteLogin: on (Chrome Remote Desktop)"),
        ("@file /usr/lib/systemd/system/anydesk.service\n[Install]\n".to_owned(), "remoteLogin: off"),
        (
            "@process 5 uid=1001 anydesk\n".to_owned(),
            "remoteLogin: on inferred (AnyDesk is open; while it is, others may)",
        ),
        ("@process 5 uid=1001 rustdesk\n".to_owned(), "remoteLogin: on inferred (process 5 (rustdesk) of user 1001)"),
        ("@process 5 uid=1000 TeamViewer\n".to_owned(), "remoteLogin: on inferred (TeamViewer is open)"),
        (active("anydesk.service") + "@process 5 uid=1000 anydesk\n", "remoteLogin: on (anydesk.service: active)"),
        (
            active("tailscaled.service"),
            "remoteLogin: unknown (whether its own SSH server lets others log in could not be read)",
        ),
        (
            active("tailscaled.service") + "@tailscale ssh=on\n",
            "remoteLogin: on (The SSH server inside Tailscale lets other computers of its network log in)",
        ),
        (active("tailscaled.service") + "@tailscale ssh=off\n", "remoteLogin: off (No program accepts logins)"),
        (active("tailscaled.service") + "@tailscale !denied\n", "remoteLogin: unknown (may not be read)"),
        ("@tailscale ssh=on\n".to_owned(), "remoteLogin: off (No program accepts logins)"),
        ("@process 5 uid=0 tailscaled\n".to_owned(), "remoteLogin: unknown (process 5 (tailscaled))"),
        (
            active("tailscaled.service") + &listen("0.0.0.0:22", "/system.slice/ssh.service"),
            "remoteLogin: on (The SSH server)",
        ),
    ] {
        check_probe(PROBE, &machine(&rest), expected);
    }
}

#[test]
fn where_the_machine_is_hidden_nothing_is_claimed() {
    let container = "@file /run/systemd/container\ndocker\n";
    check_probe(PROBE, &machine(container), "remoteLogin: unknown (container)");
    let proc = "@file /proc/self/mountinfo\n24 1 0:22 / /proc rw shared:5 - proc proc rw,hidepid=invisible\n";
    check_probe(PROBE, &machine(proc), "remoteLogin: off inferred (other users run cannot be seen)");
    let nothing = machine("@process !denied\n").replace("@dir /run/systemd/system\n", "");
    check_probe(PROBE, &nothing, "remoteLogin: unknown (could not be seen)");
}
