//! The programs that let somebody log in or take control over the network, and how to know them.

use std::ops::RangeInclusive;

use crate::host::Protocol;

/// One program that waits for connections.
#[derive(Debug)]
pub(super) struct Program {
    /// At the start of a sentence.
    pub(super) name: &'static str,
    /// Names of its units, with `*` for any characters, as the listener's control group shows them.
    pub(super) units: &'static [&'static str],
    /// Sockets that systemd holds open for it.
    pub(super) sockets: &'static [&'static str],
    /// Its processes, as `/proc/PID/comm` shows them.
    pub(super) processes: &'static [&'static str],
    pub(super) protocol: Protocol,
    /// The ports that are its own by custom; anything that listens there is taken for such a program.
    /// Empty where the ports are used by many others.
    pub(super) ports: &'static [RangeInclusive<u16>],
    /// Units that start it among other things: what they open on a port of `likely` is this program's.
    pub(super) beside: &'static [&'static str],
    /// Ports on which one of its processes is believed to be the listener.
    pub(super) likely: &'static [RangeInclusive<u16>],
}

const PLAIN: Program = Program {
    name: "",
    units: &[],
    sockets: &[],
    processes: &[],
    protocol: Protocol::Tcp,
    ports: &[],
    beside: &[],
    likely: &[],
};

const DISPLAY_MANAGERS: &[&str] =
    &["lightdm*.service", "gdm*.service", "sddm*.service", "xdm.service", "lxdm.service", "display-manager.service"];

/// The SSH server stands first: the code asks for it by this place.
pub(super) const PROGRAMS: &[Program] = &[
    Program {
        name: "The SSH server",
        units: &[
            "ssh.service",
            "sshd.service",
            "ssh@*.service",
            "sshd@*.service",
            "sshd-*.service",
            "openssh*.service",
            "dropbear*.service",
            "tinysshd*.service",
        ],
        sockets: &["ssh.socket", "sshd.socket", "dropbear.socket", "tinysshd.socket"],
        processes: &["sshd", "dropbear"],
        ports: &[22..=22],
        ..PLAIN
    },
    Program {
        name: "Telnet",
        units: &["telnet*.service", "in.telnetd*"],
        sockets: &["telnet.socket"],
        processes: &["in.telnetd", "telnetd"],
        ports: &[23..=23],
        ..PLAIN
    },
    Program {
        name: "Remote login (rlogin, rsh)",
        units: &["rlogin*", "rsh*"],
        sockets: &["rlogin.socket", "rsh.socket"],
        ports: &[512..=513],
        ..PLAIN
    },
    Program {
        name: "GNOME Remote Desktop",
        units: &["gnome-remote-desktop*.service"],
        processes: &["gnome-remote-de"],
        likely: &[3389..=3399, 5900..=5910],
        ..PLAIN
    },
    Program {
        name: "KDE's remote desktop (krdp)",
        units: &["app-org.kde.krdpserver*", "plasma-krdp*", "krdpserver*"],
        processes: &["krdpserver"],
        likely: &[3389..=3399],
        ..PLAIN
    },
    Program { name: "xrdp", units: &["xrdp.service"], processes: &["xrdp"], likely: &[3389..=3399], ..PLAIN },
    Program {
        name: "A VNC server",
        units: &[
            "vncserver*",
            "tigervnc*",
            "x11vnc*",
            "wayvnc*",
            "x0vncserver*",
            "app-org.kde.krfb*",
            "krfb*",
            "vino*",
            "xvnc*",
            "turbovnc*",
        ],
        sockets: &["xvnc.socket", "vncserver.socket"],
        processes: &[
            "x11vnc",
            "wayvnc",
            "Xvnc",
            "Xtigervnc",
            "x0vncserver",
            "X0tigervnc",
            "krfb",
            "vino-server",
            "Xtightvnc",
        ],
        likely: &[5800..=5999],
        ..PLAIN
    },
    Program { name: "Cockpit", units: &["cockpit*.service"], sockets: &["cockpit.socket"], ..PLAIN },
    Program { name: "Webmin", units: &["webmin.service"], ..PLAIN },
    Program { name: "NoMachine", units: &["nxserver.service"], processes: &["nxd"], likely: &[4000..=4000], ..PLAIN },
    Program {
        name: "A terminal in the browser (ttyd)",
        units: &["ttyd*.service", "shellinabox*"],
        processes: &["ttyd", "shellinaboxd"],
        likely: &[7681..=7681, 4200..=4200],
        ..PLAIN
    },
    Program { name: "code-server", units: &["code-server*"], ..PLAIN },
    Program {
        name: "Sunshine",
        units: &["sunshine*", "app-dev.lizardbyte.app.Sunshine*"],
        processes: &["sunshine"],
        likely: &[47984..=47990, 48010..=48010],
        ..PLAIN
    },
    Program { name: "A remote desktop server", ports: &[3389..=3389], ..PLAIN },
    Program { name: "A screen sharing server (VNC)", ports: &[5900..=5909], ..PLAIN },
    Program {
        name: "The display server (X11)",
        processes: &["Xorg", "Xorg.bin", "X", "Xwayland", "Xephyr", "Xvfb"],
        beside: DISPLAY_MANAGERS,
        // From 6010 on an SSH session passes windows through.
        likely: &[6000..=6009],
        ..PLAIN
    },
    Program {
        name: "The login screen for other computers (XDMCP)",
        protocol: Protocol::Udp,
        ports: &[177..=177],
        beside: DISPLAY_MANAGERS,
        likely: &[177..=177],
        ..PLAIN
    },
];

/// One program that connects outward and lets others in that way: no open port shows it.
pub(super) struct Outward {
    pub(super) name: &'static str,
    pub(super) unit: &'static str,
    /// Its processes that run in the background for good.
    pub(super) daemons: &'static [&'static str],
    /// Its processes that somebody starts by hand.
    pub(super) windows: &'static [&'static str],
}

const fn outward(
    name: &'static str,
    unit: &'static str,
    daemons: &'static [&'static str],
    windows: &'static [&'static str],
) -> Outward {
    Outward { name, unit, daemons, windows }
}

pub(super) const AGENTS: &[Outward] = &[
    outward("AnyDesk", "anydesk.service", &[], &["anydesk"]),
    outward("TeamViewer", "teamviewerd.service", &["teamviewerd"], &["TeamViewer", "teamviewer"]),
    outward("RustDesk", "rustdesk.service", &[], &["rustdesk"]),
    outward("Chrome Remote Desktop", "chrome-remote-desktop@*.service", &[], &[]),
    outward("Chrome Remote Desktop", "chrome-remote-desktop.service", &[], &[]),
    outward("Splashtop", "SRStreamer.service", &["SRStreamer"], &[]),
    outward("DWService", "dwagent.service", &["dwagsvc"], &[]),
    outward("MeshCentral", "meshagent.service", &["meshagent"], &[]),
    outward("ScreenConnect", "connectwisecontrol-*.service", &[], &[]),
    outward("ScreenConnect", "screenconnect-*.service", &[], &[]),
    outward("VS Code tunnel", "code-tunnel.service", &[], &[]),
];

/// Parts of a control group's path that belong to a guest: what listens there is the guest's.
const GUESTS: [&str; 14] = [
    "/docker",
    "docker-",
    "containerd",
    "libpod-",
    "/machine.slice",
    "lxc.payload",
    "lxc.monitor",
    "kubepods",
    "machine-qemu",
    "rootlessport",
    "podman",
    "virtualbox",
    "VBox",
    "libvirt",
];

pub(super) fn is_guest(cgroup: &str) -> bool {
    GUESTS.iter().any(|part| cgroup.contains(part))
}
