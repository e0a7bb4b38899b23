//! Words for what kind of system this is: distribution family, desktop, and where it runs.

use serde::{Deserialize, Serialize};

/// Distributions that share their tools, and so their steps for mending something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Family {
    Debian,
    /// Ubuntu and what is built on it (Mint, Pop!_OS, Zorin, elementary).
    Ubuntu,
    Fedora,
    /// RHEL, Alma, Rocky, CentOS Stream, Oracle.
    Rhel,
    /// Image-based Fedora: Silverblue, Kinoite, bootc, Universal Blue.
    Ostree,
    Suse,
    Arch,
    Nixos,
    Alpine,
    OtherLinux,
    Macos,
    Windows,
}

/// The desktop of the session the user is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Desktop {
    Gnome,
    Plasma,
    Xfce,
    Cinnamon,
    Mate,
    Lxqt,
    Budgie,
    Pantheon,
    Cosmic,
    Sway,
    Hyprland,
    I3,
    /// A desktop or window manager this program has no rules for.
    Other,
    /// No graphical session: a text console, ssh, a server.
    None,
}

impl Desktop {
    /// The name people know it by.
    pub fn label(self) -> &'static str {
        match self {
            Desktop::Gnome => "GNOME",
            Desktop::Plasma => "KDE Plasma",
            Desktop::Xfce => "Xfce",
            Desktop::Cinnamon => "Cinnamon",
            Desktop::Mate => "MATE",
            Desktop::Lxqt => "LXQt",
            Desktop::Budgie => "Budgie",
            Desktop::Pantheon => "Pantheon",
            Desktop::Cosmic => "COSMIC",
            Desktop::Sway => "sway",
            Desktop::Hyprland => "Hyprland",
            Desktop::I3 => "i3",
            Desktop::Other => "another desktop",
            Desktop::None => "no desktop",
        }
    }
}

/// Where the system runs. Decides which probes can say anything about the real machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Place {
    /// On hardware, or nothing says otherwise.
    Machine,
    VirtualMachine,
    /// Docker, podman, LXC, systemd-nspawn, toolbox, distrobox.
    Container,
    /// A flatpak or snap sandbox, which hides the host from us.
    Sandbox,
    /// Started from an installation or rescue medium.
    Live,
    /// The Windows Subsystem for Linux.
    Wsl,
}
