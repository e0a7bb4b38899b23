//! The programs that let somebody log in or take control over the network, and how to know them.

use crate::host::Protocol;
use crate::linux::listeners::{PLAIN, Program};

const DISPLAY_MANAGERS: &[&str] =
    &["lightdm*.service", "gdm*.service", "sddm*.service", "xdm.service", "lxdm.service", "display-manager.service"];

/// GNOME's own screen sharing, whose settings say a little more.
pub(super) const GNOME: &str = "GNOME Remote Desktop";

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
        name: GNOME,
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
            "tvnserver*",
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
    // Whoever may give Docker orders can start a container that has the whole disk.
    Program { name: "Docker's control port", ports: &[2375..=2376], ..PLAIN },
    Program {
        name: "Sunshine",
        units: &["sunshine*", "app-dev.lizardbyte.app.Sunshine*"],
        processes: &["sunshine"],
        likely: &[47984..=47990, 48010..=48010],
        ..PLAIN
    },
    Program {
        name: "A shared screen (FreeRDP, Weston)",
        units: &["freerdp-shadow*", "weston-rdp*"],
        processes: &["freerdp-shadow-", "wlfreerdp-shado", "weston"],
        likely: &[3389..=3399],
        ..PLAIN
    },
    Program {
        name: "Apache Guacamole",
        units: &["guacd.service"],
        processes: &["guacd"],
        likely: &[4822..=4822],
        ..PLAIN
    },
    Program {
        name: "Teleport",
        units: &["teleport.service"],
        processes: &["teleport"],
        likely: &[3022..=3022],
        ..PLAIN
    },
    Program {
        name: "Eternal Terminal",
        units: &["et.service"],
        processes: &["etserver"],
        likely: &[2022..=2022],
        ..PLAIN
    },
    // Any computer on which the same person plays may take over the screen.
    Program { name: "Steam Remote Play", processes: &["steam"], likely: &[27036..=27036], ..PLAIN },
    // These also take direct connections, beside the ones they make themselves.
    Program { name: "AnyDesk", units: &["anydesk*.service"], processes: &["anydesk"], likely: &[7070..=7070], ..PLAIN },
    Program {
        name: "TeamViewer",
        units: &["teamviewerd.service"],
        processes: &["teamviewerd"],
        likely: &[5938..=5938],
        ..PLAIN
    },
    Program {
        name: "RustDesk",
        units: &["rustdesk.service"],
        processes: &["rustdesk"],
        likely: &[21115..=21119],
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
    /// A process that does more than one thing, and the argument that makes it let others in.
    pub(super) told: Option<(&'static str, &'static str)>,
}

const fn outward(
    name: &'static str,
    unit: &'static str,
    daemons: &'static [&'static str],
    windows: &'static [&'static str],
) -> Outward {
    Outward { name, unit, daemons, windows, told: None }
}

const fn told(mut agent: Outward, process: &'static str, argument: &'static str) -> Outward {
    agent.told = Some((process, argument));
    agent
}

/// Units of the system; those of the user's own manager are known by their process.
pub(super) const AGENTS: &[Outward] = &[
    told(outward("AnyDesk", "anydesk.service", &[], &["anydesk"]), "anydesk", "--service"),
    outward("TeamViewer", "teamviewerd.service", &["teamviewerd"], &["TeamViewer", "teamviewer"]),
    told(outward("RustDesk", "rustdesk.service", &[], &["rustdesk"]), "rustdesk", "--service"),
    told(outward("HopToDesk", "hoptodesk.service", &[], &["hoptodesk"]), "hoptodesk", "--service"),
    outward("Chrome Remote Desktop", "chrome-remote-desktop@*.service", &["chrome-remote-d"], &[]),
    outward("Chrome Remote Desktop", "chrome-remote-desktop.service", &[], &[]),
    outward("Splashtop", "SRStreamer.service", &["SRStreamer"], &[]),
    outward("DWService", "dwagent.service", &["dwagsvc"], &[]),
    outward("MeshCentral", "meshagent.service", &["meshagent"], &[]),
    outward("ScreenConnect", "connectwisecontrol-*.service", &[], &[]),
    outward("ScreenConnect", "screenconnect-*.service", &[], &[]),
    told(outward("VS Code tunnel", "code-tunnel.service", &[], &[]), "code", "tunnel"),
    told(outward("VS Code tunnel", "code-insiders-tunnel.service", &[], &[]), "code-tunnel", "tunnel"),
    told(outward("VS Code tunnel", "code-tunnel@*.service", &[], &[]), "code-insiders", "tunnel"),
    outward("tmate", "tmate.service", &[], &["tmate"]),
];
