//! The programs that share files, media or printers, and how to know them.

use crate::host::{Listener, Process, Protocol};
use crate::linux::listeners::{Facts, Owner, PLAIN, Program, Recognised};

pub(super) const SAMBA: &str = "Windows file sharing (Samba)";
pub(super) const NFS: &str = "The NFS server";
pub(super) const CUPS: &str = "The print server (CUPS)";
pub(super) const BROWSED: &str = "The printer finder (cups-browsed)";
pub(super) const WEBDAV: &str = "GNOME file sharing (WebDAV)";

/// Any web server of Python may listen anywhere, so it stands last and is known by its arguments.
pub(super) const PROGRAMS: &[Program] = &[
    Program {
        name: SAMBA,
        units: &["smbd.service", "smb.service", "samba.service", "samba-ad-dc.service", "ksmbd*.service"],
        processes: &["smbd"],
        ports: &[445..=445, 139..=139],
        likely: &[445..=445, 139..=139],
        ..PLAIN
    },
    Program {
        name: NFS,
        units: &["nfs-server.service", "nfs-kernel-server.service", "nfsserver.service", "nfs-ganesha.service"],
        processes: &["nfsd"],
        ports: &[2049..=2049],
        likely: &[2049..=2049],
        ..PLAIN
    },
    Program {
        name: "Apple file sharing (Netatalk)",
        units: &["netatalk.service", "afpd.service"],
        processes: &["afpd"],
        ports: &[548..=548],
        likely: &[548..=548],
        ..PLAIN
    },
    Program {
        name: "The FTP server",
        units: &["vsftpd*.service", "proftpd*.service", "pure-ftpd*.service", "ftpd*.service"],
        sockets: &["vsftpd.socket", "proftpd.socket", "pure-ftpd.socket"],
        processes: &["vsftpd", "proftpd", "pure-ftpd"],
        ports: &[21..=21],
        likely: &[21..=21],
        ..PLAIN
    },
    Program {
        name: "The TFTP server",
        units: &["tftpd*.service", "tftp.service", "atftpd.service", "in.tftpd*"],
        sockets: &["tftp.socket"],
        protocol: Protocol::Udp,
        ports: &[69..=69],
        ..PLAIN
    },
    Program {
        name: "The rsync server",
        units: &["rsync.service", "rsyncd.service", "rsync@*.service", "rsyncd@*.service"],
        sockets: &["rsync.socket", "rsyncd.socket"],
        processes: &["rsync"],
        ports: &[873..=873],
        likely: &[873..=873],
        ..PLAIN
    },
    Program {
        name: "The media server (MiniDLNA)",
        units: &["minidlna*.service"],
        processes: &["minidlnad"],
        likely: &[8200..=8200],
        ..PLAIN
    },
    Program { name: "The media server (Rygel)", units: &["rygel*.service", "app-rygel*"], ..PLAIN },
    Program {
        name: "A media server (Plex, Jellyfin, Emby, Gerbera)",
        units: &["plexmediaserver.service", "jellyfin.service", "emby-server.service", "gerbera.service"],
        ..PLAIN
    },
    Program { name: WEBDAV, units: &["gnome-user-share*.service"], ..PLAIN },
    Program {
        name: CUPS,
        units: &["cups.service", "cupsd.service", "org.cups.cupsd.service", "snap.cups.cupsd.service"],
        sockets: &["cups.socket", "org.cups.cupsd.socket"],
        processes: &["cupsd"],
        ports: &[631..=631],
        likely: &[631..=631],
        ..PLAIN
    },
    Program {
        name: BROWSED,
        units: &["cups-browsed.service", "snap.cups.cups-browsed.service"],
        processes: &["cups-browsed"],
        protocol: Protocol::Udp,
        ports: &[631..=631],
        likely: &[631..=631],
        ..PLAIN
    },
    Program {
        name: "A shared disk (iSCSI)",
        units: &["target.service", "tgt.service", "tgtd.service", "iscsitarget.service"],
        ports: &[3260..=3260],
        ..PLAIN
    },
    PYTHON,
];

const PYTHON: Program = Program { name: "A folder shared by Python's web server", ..PLAIN };

/// `python3 -m http.server 8000`: everything in one folder for anybody who asks.
pub(super) fn python(listener: &Listener, owner: &Owner<'_>, facts: &Facts) -> Recognised {
    if owner.is_foreign || listener.protocol != Protocol::Tcp {
        return None;
    }
    // The name goes first: arguments have to be read.
    let is_python = |process: &&Process| process.uid == listener.uid && process.name.contains("python");
    let mut processes = facts.processes().filter(is_python);
    let serves = processes.any(|process| {
        let Some((program, words)) = process.arguments.split_first() else { return false };
        let module = words.iter().position(|word| matches!(word.as_str(), "http.server" | "SimpleHTTPServer"));
        let Some(at) = module.filter(|_| program.contains("python")) else { return false };
        let port = words[at..].iter().find_map(|word| word.parse::<u16>().ok()).unwrap_or(8000);
        port == listener.port
    });
    serves.then_some(&PROGRAMS[PROGRAMS.len() - 1]).map(|program| (program, true))
}
