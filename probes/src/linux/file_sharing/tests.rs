//! Who shares what, who can reach it, and what was told to share nothing, one small host each.

use super::*;
use crate::host::fixture::check_probe;

const TABLES: &str = "@file /proc/net/route\n\
eth0 0001A8C0 00000000 0001 0 0 0 00FFFFFF 0 0 0\n\
docker0 000011AC 00000000 0001 0 0 0 0000FFFF 0 0 0\n\
wg0 0000060A 00000000 0001 0 0 0 00FFFFFF 0 0 0\n";

fn machine(rest: &str) -> String {
    format!(
        "@platform linux\n@now 2026-11-23T08:00:00Z\n@user 1000 ann /home/ann\n@dir /run/systemd/system\n{TABLES}{rest}"
    )
}

fn listen(address: &str, cgroup: &str) -> String {
    format!("@listen tcp {address} uid=0 cgroup=/system.slice/{cgroup}\n")
}

fn smb(conf: &str) -> String {
    format!("{}@file /etc/samba/smb.conf\n{conf}\n", listen("0.0.0.0:445", "smbd.service"))
}

#[test]
fn a_server_counts_where_others_can_reach_it() {
    let user = "/user.slice/user-1000.slice/user@1000.service/app.slice";
    for (rest, expected) in [
        (String::new(), "fileSharing: off (No program shares files or printers with the network)"),
        (
            listen("0.0.0.0:445", "smbd.service"),
            "fileSharing: on (Windows file sharing (Samba) shares files with others on the same network, on port 445)",
        ),
        (listen("[::]:139", "smb.service"), "fileSharing: on (port 139)"),
        (listen("127.0.0.1:445", "smbd.service"), "fileSharing: off (can be reached from this computer only)"),
        (listen("172.17.0.1:445", "smbd.service"), "fileSharing: off (own containers and virtual machines)"),
        (listen("10.6.0.1:445", "smbd.service"), "fileSharing: on (only members of wg0 can reach it)"),
        (listen("0.0.0.0:445", "docker-0a1b.scope"), "fileSharing: off (belongs to a container)"),
        ("@listen tcp 0.0.0.0:445 uid=0\n".to_owned(), "fileSharing: on inferred (seems to share files)"),
        (listen("0.0.0.0:548", "netatalk.service"), "fileSharing: on (Netatalk)"),
        (listen("[::]:21", "vsftpd.service"), "fileSharing: on (The FTP server)"),
        (listen("0.0.0.0:873", "rsync.service"), "fileSharing: on (The rsync server)"),
        (listen("0.0.0.0:8200", "minidlna.service"), "fileSharing: on (MiniDLNA)"),
        (listen("0.0.0.0:3260", "target.service"), "fileSharing: on (iSCSI)"),
        (listen("0.0.0.0:8096", "jellyfin.service"), "fileSharing: on (A media server)"),
        (listen("0.0.0.0:8200", "gonic.service"), "fileSharing: off"),
        (format!("@listen tcp 192.168.1.7:40123 uid=1000 cgroup={user}/rygel.service\n"), "fileSharing: on (Rygel)"),
        (
            format!("@listen tcp 0.0.0.0:37001 uid=1000 cgroup={user}/gnome-user-share-webdav.service\n"),
            "fileSharing: on (GNOME file sharing (WebDAV))",
        ),
        (
            format!(
                "@process 9 uid=1000 python3 -m http.server 9000\n@listen tcp 0.0.0.0:9000 uid=1000 cgroup={user}/a.scope\n"
            ),
            "fileSharing: on (A folder shared by Python's web server shares files)",
        ),
        (
            format!(
                "@process 9 uid=1000 python3 -m http.server\n@listen tcp 0.0.0.0:9000 uid=1000 cgroup={user}/a.scope\n"
            ),
            "fileSharing: off",
        ),
        (format!("@listen tcp [::]:22000 uid=1000 cgroup={user}/syncthing.service\n"), "fileSharing: off"),
        ("@listen udp 0.0.0.0:3702 uid=1000 cgroup=/x.scope\n".to_owned(), "fileSharing: off"),
        (
            listen("0.0.0.0:21", "vsftpd.service") + &listen("0.0.0.0:445", "smbd.service"),
            "fileSharing: on (Several programs share files or printers with the network: The FTP server, Windows file sharing (Samba))",
        ),
        ("@listen !denied\n".to_owned(), "fileSharing: unknown (may not be read)"),
        ("@file /.dockerenv\n".to_owned(), "fileSharing: unknown (container)"),
    ] {
        check_probe(PROBE, &machine(&rest), expected);
    }
}

#[test]
fn printers_are_shared_by_the_print_server_and_taken_in_by_its_finder() {
    let conf = "@file /etc/cups/cupsd.conf\nPort 631\nBrowsing On\n<Location />\n  Allow @LOCAL\n</Location>\n";
    for (rest, expected) in [
        (
            listen("127.0.0.1:631", "cups.service"),
            "fileSharing: off (No program shares files or printers with the network)",
        ),
        (
            listen("0.0.0.0:631", "cups.service") + conf,
            "fileSharing: on (The print server (CUPS) takes print jobs from others on the same network, on port 631)",
        ),
        (listen("0.0.0.0:631", "cups.service") + conf, "fileSharing: on (Port 631; Browsing On; Allow @LOCAL)"),
        (
            listen("0.0.0.0:631", "cups.service") + "@denied /etc/cups/cupsd.conf\n",
            "fileSharing: on (cupsd.conf may not be read)",
        ),
        (
            "@listen udp 0.0.0.0:631 uid=0 cgroup=/system.slice/cups-browsed.service\n".to_owned(),
            "fileSharing: on (The printer finder (cups-browsed) takes in printers that anyone on the same network announces)",
        ),
    ] {
        check_probe(PROBE, &machine(&rest), expected);
    }
}

#[test]
fn the_settings_of_samba_name_its_shares() {
    let usershare = "@file /var/lib/samba/usershares/public\n#VERSION 2\npath=/home/ann/Public\nusershare_acl=S-1-1-0:R,\nguest_ok=y\n";
    for (rest, expected) in [
        (smb("[photos]\npath = /srv/photos"), "fileSharing: on (shares photos with others on the same network)"),
        (
            smb("[photos]\npath = /srv\nguest ok = yes\nread only = no\n[b]"),
            "fileSharing: on (shares photos, b with anyone on the same network, without a password: photos)",
        ),
        (
            smb("[photos]\npath = /srv\nguest ok = yes\nread only = no"),
            "fileSharing: on ([photos] /srv: read and write, without a password)",
        ),
        (smb("[global]\nworkgroup = X"), "fileSharing: off (can be reached from the network, but shares nothing)"),
        (smb("[global]\nworkgroup = X") + usershare, "fileSharing: on (without a password: public)"),
        (smb("[global]\nworkgroup = X") + "@denied /var/lib/samba/usershares kind=dir\n", "fileSharing: on (port 445)"),
        (smb("[global]\ninclude = /etc/samba/%m.conf"), "fileSharing: on (port 445)"),
        (
            listen("0.0.0.0:445", "smbd.service") + "@denied /etc/samba/smb.conf\n",
            "fileSharing: on (smb.conf may not be read)",
        ),
    ] {
        check_probe(PROBE, &machine(&rest), expected);
    }
}

#[test]
fn the_kernel_serves_nfs_and_its_lists_name_the_folders() {
    let kernel = "@listen tcp 0.0.0.0:2049 uid=0\n@link /run/systemd/units/invocation:nfs-server.service -> 0\n@file /usr/lib/systemd/system/nfs-server.service\n[Install]\n";
    for (rest, expected) in [
        (
            kernel.to_owned(),
            "fileSharing: on (The NFS server shares files with others on the same network, on port 2049)",
        ),
        (
            format!("{kernel}@file /etc/exports\n/srv 192.168.1.0/24(rw)\n"),
            "fileSharing: on (The NFS server shares /srv with others)",
        ),
        (
            format!("{kernel}@file /var/lib/nfs/etab\n/srv\t*(rw,sync)\n"),
            "fileSharing: on (The NFS server shares /srv with anyone on the same network, without a password: /srv)",
        ),
        (
            format!("{kernel}@file /var/lib/nfs/etab\n\n@file /etc/exports\n# none\n"),
            "fileSharing: off (The NFS server can be reached from the network, but shares nothing)",
        ),
        (format!("{kernel}@file /etc/exports\n# none\n"), "fileSharing: on (port 2049)"),
        ("@listen tcp 0.0.0.0:2049 uid=0\n".to_owned(), "fileSharing: on inferred (The NFS server seems)"),
    ] {
        check_probe(PROBE, &machine(&rest), expected);
    }
}
