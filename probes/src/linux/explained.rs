//! What `docs/practices.md` says of each practice on Linux: how each answer comes about, and what is
//! known to be out of sight. The sentence that says what is read stands with the probe.

use crate::practice::PracticeId;

/// How the answers of one probe come about.
#[derive(Clone, Copy, Debug)]
pub struct Explained {
    /// An observation (`on`, `off`, `unknown`, …) and what has to be found for it, in the order in which
    /// people ask.
    pub answers: &'static [(&'static str, &'static str)],
    /// What the probe cannot see, or sees and leaves aside.
    pub limits: &'static [&'static str],
}

/// What is to be said of a practice on Linux.
pub(crate) fn explained(practice: PracticeId) -> Explained {
    let (answers, limits): (&[(&str, &str)], &[&str]) = match practice {
        PracticeId::OsVersion => OS_VERSION,
        PracticeId::SoftwareUpdates => SOFTWARE_UPDATES,
        PracticeId::AutomaticUpdates => AUTOMATIC_UPDATES,
        PracticeId::Firewall => FIREWALL,
        PracticeId::DiskEncryption => DISK_ENCRYPTION,
        PracticeId::SecureBoot => SECURE_BOOT,
        PracticeId::Firmware => FIRMWARE,
        PracticeId::KernelHardening => KERNEL_HARDENING,
        PracticeId::ScreenLock => SCREEN_LOCK,
        PracticeId::ScreenIdle => SCREEN_IDLE,
        PracticeId::AccountPassword => ACCOUNT_PASSWORD,
        PracticeId::AutomaticLogin => AUTOMATIC_LOGIN,
        PracticeId::RemoteLogin => REMOTE_LOGIN,
        PracticeId::FileSharing => FILE_SHARING,
        PracticeId::SshKeys => SSH_KEYS,
        PracticeId::Antivirus => ANTIVIRUS,
        PracticeId::Applications => APPLICATIONS,
        PracticeId::OpenWifiConnections => OPEN_WIFI,
        PracticeId::StethoscopeVersion => STETHOSCOPE_VERSION,
    };
    Explained { answers, limits }
}

type Words = (&'static [(&'static str, &'static str)], &'static [&'static str]);

const OS_VERSION: Words = (
    &[
        (
            "a version",
            "`/etc/os-release` names the product and its release. With it come the days on which support ends, as far as the machine itself knows them (`SUPPORT_END`, the release calendar in `/usr/share/distro-info`), the release that a derivative is built on, and, for systems without releases, when they were last updated",
        ),
        (
            "unknown",
            "there is no os-release, it does not name a system, or the program runs in a sandbox that shows another one",
        ),
    ],
    &[
        "Whether a release is still supported is for the policy to say: by the machine's dates and by the dates that ship with the program (`config/lifecycle.ron`), whichever is later. Once those are older than six months, that is said",
        "Extended support is only seen where the machine says that it is signed up (Ubuntu Pro)",
    ],
);

const SOFTWARE_UPDATES: Words = (
    &[
        (
            "on",
            "what the package manager has written down about the archive is at most 7 days old, nothing in it is newer than what is installed and would close a hole, and no restart is due",
        ),
        (
            "on, inferred",
            "the system is one image or snapshot (rpm-ostree, bootc, NixOS, Tumbleweed, MicroOS) at most 7 days old, or the lists leave something out: a repository without security advisories, packages from outside the repositories",
        ),
        (
            "off",
            "a security update waits, or one is installed and takes effect only after a restart (a newer kernel, a staged image, a mark that the package manager left)",
        ),
        (
            "unknown",
            "the lists are older than 7 days, cannot be read by an ordinary user, or this package manager keeps none",
        ),
    ],
    &[
        "Nothing is fetched: an update that came out after the lists were last refreshed is not known",
        "Where a distribution marks no security updates (pacman, apk, CentOS Stream), every newer package counts; dnf and zypper mark theirs in advisories, and a module's advisory counts where its stream is followed",
        "A kernel that is held back counts all the same; more than three other packages that are held back count together",
        "Lists packed with xz, bzip2 or zchunk are not read",
        "Packages held back by the user, and updates that the distribution releases in phases and has not yet offered to this machine, are not overdue",
        "Flatpaks, snaps and packages from outside the distribution's archives (AUR, pip, npm) are not compared",
    ],
);

const AUTOMATIC_UPDATES: Words = (
    &[
        (
            "on",
            "one mechanism that installs security updates is set up and started: unattended-upgrades with a security origin, dnf-automatic that applies, rpm-ostree or bootc that stages, transactional-update, os-update, NixOS's auto-upgrade, Mint's automation, Pop!_OS's switch, Endless's updater, a job of cron on Alpine, a timer from the AUR, or a software centre that installs by itself",
        ),
        ("on, inferred", "it is set up, and that it also runs could not be seen, or it still asks before it restarts"),
        (
            "off",
            "every mechanism that is there only looks, only downloads, is switched off, or its timer is; or there is none. Also where snaps are installed and snapd, which updates them, is switched off or told to hold all of them back for more than two days",
        ),
        ("unknown", "a setting that decides cannot be read"),
    ],
    &[
        "Whether the mechanism will succeed next time (disk space, network, broken packages) cannot be known; that it has not run for 14 days is said",
        "snapd is asked about holds only while it runs, since asking would start it; what it does not tell is said and counts for nothing. Single snaps on hold are named and do not decide. On Ubuntu Core it is not asked",
        "Who updates flatpaks is said (a software centre, a timer, Mint's Update Manager) and does not decide, also where nobody does. A job that a person made under another name is not found",
    ],
);

const FIREWALL: Words = (
    &[
        ("on", "a firewall is started whose rules, settings or zones refuse new connections from outside by default"),
        ("on, inferred", "a firewall is set up to refuse and is started, and the rules themselves are for root alone"),
        (
            "off",
            "no firewall is started, or the one that is lets everything in: an input policy of accept, a zone that trusts, an empty rule set",
        ),
        (
            "unknown",
            "a firewall is started whose settings cannot be read, its rules were changed after it was started, or rules are loaded whose owner is not known",
        ),
    ],
    &[
        "The kernel shows its rules to root alone, so single ports that were opened are mostly out of sight",
        "Programs that ask about outgoing connections (OpenSnitch, Portmaster) and Docker's own rules are no firewall in this sense; ports that containers publish pass by ufw and firewalld",
        "A rule that lets in a whole private network, such as 192.168.0.0/16, does not make a firewall off; it is named, since a café's network has the same addresses",
        "What Shorewall, FireHOL, ferm, csf and Portmaster let in is not worked out",
        "A provider's or router's firewall in front of the machine is not seen",
    ],
);

const DISK_ENCRYPTION: Words = (
    &[
        (
            "on",
            "every mount that holds the system or the user's files, and every swap area, lies on encryption: each disk below it was followed through /sys to a LUKS, plain dm-crypt, VeraCrypt or BitLocker mapping, or the file system encrypts the folder itself (fscrypt, eCryptfs)",
        ),
        (
            "on, inferred",
            "a ZFS pool's disks are encrypted by the list of pools (/etc/zfs/zpool.cache), or ZFS encrypts the data set by its event daemon's list (/etc/zfs/zfs-list.cache) or by the key volume that Ubuntu's installer made (/run/keystore)",
        ),
        ("off", "at least one of them reaches a plain disk; it is named"),
        (
            "unknown",
            "a layer says nothing about encryption to an ordinary user (bcachefs, ZFS without the lists above, network block devices, a mapping made by hand), a disk of the file system is missing, or the disks are those of a host outside (container, WSL, live system)",
        ),
    ],
    &[
        "A drive that encrypts by itself (OPAL, ATA) and a virtual machine's disk on an encrypted host look plain from inside",
        "Which cipher is used, and whether the passphrase is any good, only root can see",
        "dm-verity, dm-integrity, encrypted loop files and removable disks beside the system never count; other fixed disks are named, and do not decide",
        "/boot and the EFI partition are plain by nature and do not count",
        "A ZFS pool's read caches and spare disks are not in the lists that everybody may read",
    ],
);

const SECURE_BOOT: Words = (
    &[
        (
            "on",
            "the firmware's variables say SecureBoot=1 and SetupMode=0, and shim, the program that starts Linux, was not told to check nothing",
        ),
        ("off", "Secure Boot is off, the firmware is in setup mode, or shim was told to check nothing"),
        ("unsupported", "the machine was started without UEFI, or its firmware knows no Secure Boot"),
        (
            "unknown",
            "the variables are not mounted, not readable or not of one byte, or the program runs in a container or under Windows (WSL)",
        ),
    ],
    &[
        "That the keys in the firmware are the right ones, and that the boot loader checks the kernel, cannot be told",
        "In a virtual machine it is the virtual firmware that is read. The signed start of Power and IBM Z machines, of Chromebooks and of Apple's own processors is not known here",
    ],
);

const FIRMWARE: Words = (
    &[
        (
            "on",
            "fwupd rates this machine HSI:1 or better, and none of its tests of the firmware failed that can change from one start to the next; what it finds wrong with the running system is named, and does not decide",
        ),
        (
            "off",
            "one of the basic tests (those of HSI:1) failed, or Secure Boot or its list of keys did; each is named",
        ),
        (
            "on or off, inferred",
            "fwupd is not running, and this is what it wrote down when it ran last, at most 30 days ago",
        ),
        (
            "unsupported",
            "fwupd has no rating for this kind of machine (virtual machines, most ARM boards, unknown processors)",
        ),
        (
            "unknown",
            "fwupd is not running and wrote nothing down of late, and it is not started for a look; or it does not answer, or could not read what it needs",
        ),
    ],
    &[
        "What was changed in the firmware's settings since fwupd ran last is not seen; `fwupdmgr security` lets it look anew",
    ],
);

const KERNEL_HARDENING: Words = (
    &[
        (
            "on",
            "a guard for programs is at work (SELinux enforcing, or AppArmor with a profile that is enforced), memory addresses are random, and the kernel reports no processor flaw as vulnerable",
        ),
        ("on, inferred", "the profiles of AppArmor cannot be seen, and its service is started"),
        ("off", "one of these is missing; each that is, is named"),
        (
            "unknown",
            "the kernel's own report is not mounted or not readable, a virtual machine is shown a processor without its fixes, or the program runs in a container or live system",
        ),
    ],
    &[
        "How much the loaded profiles confine is for root to see; one that is enforced is enough",
        "Lockdown and further settings are shown as evidence and do not decide, and neither do flaws that concern only the virtual machines on this computer",
    ],
);

const SCREEN_LOCK: Words = (
    &[
        (
            "on",
            "the desktop of the session the user is in locks after an idle time by its own settings, or an idle daemon is running with a locker for it, or a locker is running that waits for the X server and the server says when it blanks",
        ),
        (
            "on, inferred",
            "the settings come from a file that may be newer than the daemon that read it, a schema was not to be found, or a program takes part of which only is known that it runs",
        ),
        (
            "off",
            "the setting says never, the lock is switched off, nothing runs that would lock, the X server never blanks though the locker waits for it, or the account has no password to ask for",
        ),
        ("unsupported", "there is no graphical session"),
        (
            "unknown",
            "the desktop has no rules here, an idle daemon runs a script whose effect cannot be read, or a setting cannot be read",
        ),
    ],
    &[
        "A program that keeps the screen awake for a while (a film, a presentation) is not looked for",
        "Whether the locker itself holds is not tested",
        "That a restart gets past the lock because somebody is logged in automatically is said, and does not make it off",
        "GNOME fades for ten seconds before it locks, which is not counted",
    ],
);

const SCREEN_IDLE: Words = (
    &[
        (
            "seconds",
            "the idle time in the settings of the desktop the user is in, or in the idle daemon's configuration or arguments",
        ),
        (
            "off",
            "the setting says never, the X server never blanks, or no idle daemon runs where the desktop needs one",
        ),
        ("unsupported", "there is no graphical session"),
        ("unknown", "as for the screen lock"),
    ],
    &[],
);

const ACCOUNT_PASSWORD: Words = (
    &[
        ("on", "AccountsService says that there is a password, or that it is locked, so that nobody gets in with one"),
        (
            "off",
            "AccountsService says that there is none, the field in `/etc/passwd` is empty, or the account is in the group `nopasswdlogin` and the login screen's settings heed that",
        ),
        (
            "unknown",
            "AccountsService does not run or knows only that a password is to be chosen, so that the answer stands in `/etc/shadow` alone, which is for root; or the account comes from a directory service or systemd-homed; a container, WSL or a live medium",
        ),
    ],
    &[
        "How good the password is cannot be seen",
        "Other ways to be let in without one (a fingerprint, a token, a rule of PAM) are not looked for",
    ],
);

const AUTOMATIC_LOGIN: Words = (
    &[
        (
            "on",
            "the login screen that runs or is started with the computer (GDM, SDDM, Plasma's, LightDM, greetd, LXDM, SLiM) is set to log somebody in by itself, or a text console is",
        ),
        (
            "on, inferred",
            "SDDM is given a name and no session: versions since 0.19 start the last one then; or logind says that the session was let in automatically, and no settings say by whom",
        ),
        ("off", "its settings name nobody"),
        ("off, inferred", "no login screen known here is set to, and which one runs could not be seen"),
        (
            "unknown",
            "its settings cannot be read, this login screen is not known here, or one is set to log somebody in and whether it runs could not be seen; a container, WSL or a live medium",
        ),
    ],
    &[
        "Settings of a login screen that is installed and not started are named, and do not decide",
        "Serial consoles are left out",
        "That the disk asks for a passphrase before all this is told under disk encryption",
    ],
);

const REMOTE_LOGIN: Words = (
    &[
        (
            "on",
            "a program that lets somebody log in or take control listens on an address that others can reach (ssh on any port, VNC, RDP, telnet, X11, web consoles), waits behind a socket of systemd or inetd, a remote help service runs that connects outward, or the SSH server inside Tailscale is on. Who can reach it is said: anyone on the network, or only the members of a VPN; for ssh also whether passwords are taken",
        ),
        (
            "on, inferred",
            "the port alone tells (the kernel does not say whose the socket is), or a remote help program is open in a window",
        ),
        ("off", "nothing of that kind is reachable; what listens only for this machine or its containers is named"),
        (
            "off, inferred",
            "nothing was found, but the programs of other users are hidden (`/proc` is mounted with `hidepid`)",
        ),
        (
            "unknown",
            "the list of sockets or of services cannot be read, the ssh server runs and no socket of it is to be seen, or Tailscale runs and does not say whether its own SSH server is on",
        ),
    ],
    &[
        "A firewall in between is not counted: it is a practice of its own",
        "That an ssh server lets in nobody (an empty `AllowUsers`) is shown and does not make it off: it answers all the same",
        "Sockets of other network namespaces, and a program that opens its door only when told to from outside, are out of sight",
    ],
);

const FILE_SHARING: Words = (
    &[
        (
            "on",
            "a file or printer service (Samba, NFS, FTP, rsync, WebDAV, media servers, CUPS, cups-browsed, Python's web server) listens on an address that others can reach; shares of Samba and NFS are named where the settings can be read",
        ),
        (
            "on, inferred",
            "the port alone tells: the kernel does not say whose the socket is, and no such service is known to run",
        ),
        (
            "off",
            "none does, only this machine or its containers can reach it, or Samba or NFS listens and certainly shares nothing (every setting was read, and the kernel's list of exports is empty)",
        ),
        ("unknown", "the list of sockets cannot be read"),
    ],
    &[
        "Who may use a share is only told where its settings are readable",
        "Sharing through a cloud service, or with paired devices only (Syncthing, KDE Connect), is not looked for",
        "That a computer announces itself (Avahi, wsdd) is not sharing",
    ],
);

const SSH_KEYS: Words = (
    &[
        (
            "on",
            "every private key in `~/.ssh`, and every one that `~/.ssh/config` names, has a passphrase or lives in a security key or TPM, is of a strong kind, and may be read by nobody else. RSA keys below 3072 bits are named",
        ),
        (
            "on, inferred",
            "the file of a protected key does not show its kind and no public half lies beside it, or the settings name keys whose place depends on more than they say",
        ),
        (
            "off",
            "one has no passphrase, is of a weak kind (DSA, RSA below 2048 bits, SSH 1), or is open to others; it is named with what is wrong. Or others may change what is in `~/.ssh`",
        ),
        ("unsupported", "there are no private keys"),
        (
            "unknown",
            "a key or the folder cannot be read, a file that looks like a key cannot be understood, or a container or sandbox has a home of its own",
        ),
    ],
    &[
        "Only the head of a key file is read, and nothing of the key is kept",
        "Keys that an agent holds without a file, and how good a passphrase is, are out of sight",
        "Folders inside `~/.ssh` are only looked into where the settings name a key there",
    ],
);

const ANTIVIRUS: Words = (
    &[
        ("on", "ClamAV's scanner is running, and its signatures are less than 7 days old"),
        ("on, inferred", "one of the known security agents is running; what it was told to do is out of sight"),
        ("off", "the signatures of ClamAV are older, or a scanner is installed and not running"),
        ("off, inferred", "none of the known ones is running"),
        (
            "unknown",
            "neither services nor other users' processes can be listed, the age of the signatures cannot be seen, or the program runs in a container or live system",
        ),
    ],
    &[
        "Only scanners on the program's list are known; whether one is set up well, its own console tells",
        "ClamAV without its scanner of opened files looks only at what it is asked to look at; that is said",
    ],
);

const APPLICATIONS: Words = (
    &[
        (
            "a list",
            "the databases of dpkg, rpm, pacman, apk, flatpak, snap and Nix, AppImage files in the usual folders, and the menu's entries",
        ),
        ("a list, inferred", "a small part could not be read; evidence says which"),
        ("unknown", "a package database is there and cannot be read, because then nothing could be called absent"),
    ],
    &[
        "Programs that were copied into a folder without a menu entry are not found",
        "Distributions close holes without raising the version, so an old number is no proof of a hole",
    ],
);

const OPEN_WIFI: Words = (
    &[
        (
            "on",
            "a network without encryption, or with WEP, is remembered and joined by itself, or is in use now. NetworkManager tells; so does iwd to the members of a group, and ConnMan of the networks in range",
        ),
        (
            "on or off, inferred",
            "only the settings of wpa_supplicant could be read, and it may have been started with others",
        ),
        (
            "off",
            "every network that is remembered and joined by itself is encrypted; one with the first WPA only is named",
        ),
        ("off, inferred", "so are those that may be seen, and other users have connections of their own"),
        ("unsupported", "there is no Wi-Fi device and no remembered network"),
        (
            "unknown",
            "the networks are kept by a service that tells ordinary users nothing (iwd, wpa_supplicant, also when set up by netplan), or ConnMan shows no open one in range",
        ),
    ],
    &[
        "Networks that another user of this machine keeps for himself are not shown to us; that there are some is said",
        "A hotspot of this computer's own is no network that it joins",
    ],
);

const STETHOSCOPE_VERSION: Words = (
    &[("a version", "it is built into the program")],
    &["Whether a newer version is out is not asked: the program does not call home"],
);
