//! Recorded hosts, one for each row of the decision table and each way a disk can be stacked.

use super::PROBE;
use crate::host::fixture::check_probe;

const START: &str = "@platform linux\n@now 2026-11-23T08:00:00Z\n@user 1000 ann /home/ann\n@dir /home/ann\n";

/// Root and home on LVM on LUKS on nvme0n1p3.
const LVM_ON_LUKS: &str = "\
@link /sys/dev/block/253:1 -> ../../devices/virtual/block/dm-1
@link /sys/dev/block/253:0 -> ../../devices/virtual/block/dm-0
@file /sys/devices/virtual/block/dm-1/dm/uuid
LVM-8XyAbCQk2
@file /sys/devices/virtual/block/dm-0/dm/uuid
CRYPT-LUKS2-2c0d5a1e7b9f4c1f8a3e6d5c4b3a2918-nvme0n1p3_crypt
@link /sys/devices/virtual/block/dm-1/slaves/dm-0 -> ../../dm-0
@link /sys/devices/virtual/block/dm-0/slaves/nvme0n1p3 -> ../../../../nvme/nvme0n1/nvme0n1p3
";

/// A whole disk with a plain partition, and a swap partition.
const PLAIN_DISK: &str = "\
@link /sys/dev/block/8:1 -> ../../devices/pci/sda/sda1
@link /sys/dev/block/8:2 -> ../../devices/pci/sda/sda2
@link /sys/class/block/sda1 -> ../../devices/pci/sda/sda1
@link /sys/class/block/sda2 -> ../../devices/pci/sda/sda2
@file /sys/devices/pci/sda/sda1/partition
1
@file /sys/devices/pci/sda/sda2/partition
2
@device /dev/sda1 8:1
@device /dev/sda2 8:2
";

fn host(parts: &[&str]) -> String {
    let mut text = START.to_owned();
    for part in parts {
        text.push_str(part);
        if !part.ends_with('\n') {
            text.push('\n');
        }
    }
    text
}

fn mounts(lines: &str) -> String {
    format!("@file /proc/self/mountinfo\n{lines}\n")
}

fn swaps(lines: &str) -> String {
    format!("@file /proc/swaps\nFilename Type Size Used Priority\n{lines}\n")
}

const LUKS_ROOT: &str = "29 1 253:1 / / rw shared:1 - ext4 /dev/mapper/vg0-root rw";
const PLAIN_ROOT: &str = "29 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw";

#[track_caller]
fn expect(parts: &[&str], expected: &str) {
    check_probe(PROBE, &host(parts), &format!("diskEncryption: {expected}"));
}

#[test]
fn lvm_on_luks_with_encrypted_swap_is_on() {
    let boot = "30 29 8:1 / /boot rw - ext4 /dev/sda1 rw\n31 29 7:3 / /snap/foo/12 ro - squashfs /dev/loop3 ro";
    expect(
        &[
            LVM_ON_LUKS,
            PLAIN_DISK,
            "@device /dev/dm-1 253:1",
            &mounts(&format!("{LUKS_ROOT}\n{boot}")),
            &swaps("/dev/dm-1 partition 1 0 -2\n/dev/zram0 partition 1 0 100"),
            "@device /dev/zram0 252:0\n@link /sys/dev/block/252:0 -> ../../devices/virtual/block/zram0\n\
             @file /sys/devices/virtual/block/zram0/backing_dev\nnone",
        ],
        "on (The system, your files and swap are on encrypted disks)",
    );
}

#[test]
fn a_plain_root_is_off_and_names_its_device() {
    expect(&[PLAIN_DISK, &mounts(PLAIN_ROOT)], "off (/ is on sda1, which is not encrypted)");
}

#[test]
fn an_encrypted_stick_beside_a_plain_root_changes_nothing() {
    let stick = "40 29 253:1 / /media/ann/stick rw - ext4 /dev/mapper/luks-stick rw";
    let mounts = mounts(&format!("{PLAIN_ROOT}\n{stick}"));
    expect(&[PLAIN_DISK, LVM_ON_LUKS, &mounts], "off (/ is on sda1, which is not encrypted)");
}

#[test]
fn a_plain_stick_beside_an_encrypted_root_changes_nothing() {
    let stick = "40 29 8:1 / /run/media/ann/stick rw - vfat /dev/sda1 rw";
    expect(&[PLAIN_DISK, LVM_ON_LUKS, &mounts(&format!("{LUKS_ROOT}\n{stick}"))], "on (encrypted disks)");
}

#[test]
fn a_plain_disk_among_the_users_or_the_systems_files_is_off() {
    for point in ["/home/ann/Documents", "/home/bob", "/var/lib/postgresql", "/srv/share"] {
        let disk = format!("40 29 8:1 / {point} rw - ext4 /dev/sda1 rw");
        let expected = format!("off ({point} is on sda1, which is not encrypted)");
        expect(&[PLAIN_DISK, LVM_ON_LUKS, &mounts(&format!("{LUKS_ROOT}\n{disk}"))], &expected);
        let removable = "@file /sys/devices/pci/sda/removable\n1\n";
        let stick = mounts(&format!("{LUKS_ROOT}\n{disk}"));
        expect(&[PLAIN_DISK, LVM_ON_LUKS, removable, &stick], "on (The system and your files are on encrypted disks)");
        let image = disk.replace(" rw - ext4", " ro - ext4");
        expect(&[PLAIN_DISK, LVM_ON_LUKS, &mounts(&format!("{LUKS_ROOT}\n{image}"))], "on (encrypted disks)");
    }
}

#[test]
fn a_plain_data_disk_elsewhere_is_said_and_does_not_decide() {
    let data = "40 29 8:1 / /data rw - ext4 /dev/sda1 rw\n41 29 8:1 /x /mnt/x rw - ext4 /dev/sda1 rw";
    let expected = "on (what lies at /data is not encrypted)";
    expect(&[PLAIN_DISK, LVM_ON_LUKS, &mounts(&format!("{LUKS_ROOT}\n{data}"))], expected);
    let encrypted = "40 29 253:0 / /data rw - ext4 /dev/dm-0 rw";
    let mounts = mounts(&format!("{LUKS_ROOT}\n{encrypted}"));
    expect(&[LVM_ON_LUKS, &mounts], "on (The system and your files are on encrypted disks)");
}

#[test]
fn a_home_on_a_plain_disk_beside_an_encrypted_root_is_off() {
    let home = "40 29 8:1 / /home rw - ext4 /dev/sda1 rw";
    let mounts = mounts(&format!("{LUKS_ROOT}\n{home}"));
    expect(&[PLAIN_DISK, LVM_ON_LUKS, &mounts], "off (/home is on sda1, which is not encrypted)");
}

#[test]
fn an_encrypted_home_on_a_plain_root_is_off_and_says_only_home() {
    let home = "40 29 253:1 / /home rw - ext4 /dev/mapper/x rw";
    let separate = mounts(&format!("{PLAIN_ROOT}\n{home}"));
    let expected = "off (Only the home directory is encrypted: / is on sda1, which is not)";
    expect(&[PLAIN_DISK, LVM_ON_LUKS, &separate], expected);
    expect(&[PLAIN_DISK, "@encrypted /home/ann yes", &mounts(PLAIN_ROOT)], expected);
    let ecryptfs = "41 29 0:50 / /home/ann rw - ecryptfs /home/.ecryptfs/ann/.Private rw,ecryptfs_sig=1";
    expect(&[PLAIN_DISK, &mounts(&format!("{PLAIN_ROOT}\n{ecryptfs}"))], expected);
}

#[test]
fn a_home_encrypted_by_itself_needs_no_encrypted_disk_around_it() {
    let home = "40 29 8:1 / /home rw - ext4 /dev/sda1 rw";
    let fscrypt = mounts(&format!("{LUKS_ROOT}\n{home}"));
    expect(&[PLAIN_DISK, LVM_ON_LUKS, "@encrypted /home/ann yes", &fscrypt], "on (encrypted disks)");
    expect(&[PLAIN_DISK, LVM_ON_LUKS, "@encrypted /home/ann no", &fscrypt], "off (/home is on sda1)");
    let homed = "42 40 253:7 / /home/ann rw - ext4 /dev/mapper/home-ann rw";
    let device = "@link /sys/dev/block/253:7 -> ../../devices/virtual/block/dm-7\n\
                  @file /sys/devices/virtual/block/dm-7/dm/uuid\nCRYPT-LUKS2-77-home-ann";
    let mounts = mounts(&format!("{LUKS_ROOT}\n{home}\n{homed}"));
    expect(&[PLAIN_DISK, LVM_ON_LUKS, device, &mounts], "on (encrypted disks)");
}

#[test]
fn plain_swap_beside_an_encrypted_root_is_off() {
    let root = mounts(LUKS_ROOT);
    let partition = swaps("/dev/sda2 partition 1 0 -2");
    expect(&[PLAIN_DISK, LVM_ON_LUKS, &root, &partition], "off (Swap memory is on sda2, which is not encrypted)");
    let data = mounts(&format!("{LUKS_ROOT}\n40 29 8:1 / /mnt/data rw - ext4 /dev/sda1 rw"));
    let file = swaps("/mnt/data/swapfile file 1 0 -2");
    expect(&[PLAIN_DISK, LVM_ON_LUKS, &data, &file], "off (Swap memory is on sda1, which is not encrypted)");
    let zram = "@device /dev/zram0 252:0\n@link /sys/dev/block/252:0 -> ../../devices/virtual/block/zram0\n\
                @file /sys/devices/virtual/block/zram0/backing_dev\n/dev/sda2";
    let swaps_zram = swaps("/dev/zram0 partition 1 0 100");
    expect(&[PLAIN_DISK, LVM_ON_LUKS, &root, zram, &swaps_zram], "off (Swap memory is on sda2)");
    expect(&[LVM_ON_LUKS, &root, &swaps("/swapfile file 1 0 -2")], "on (swap are on encrypted disks)");
}

#[test]
fn swap_that_cannot_be_found_is_unknown() {
    let deleted = swaps("/swapfile\\040(deleted) file 1 0 -2");
    expect(&[LVM_ON_LUKS, &mounts(LUKS_ROOT), &deleted], "unknown (can no longer be found)");
    expect(&[LVM_ON_LUKS, &mounts(LUKS_ROOT), "@denied /proc/swaps"], "unknown (/proc/swaps may not be read)");
    expect(&[PLAIN_DISK, &mounts(PLAIN_ROOT), "@denied /proc/swaps"], "off (/ is on sda1)");
}

/// btrfs has no device number of its own; its members stand in /sys/fs/btrfs.
fn btrfs(second: &str) -> String {
    format!(
        "@link /dev/mapper/luks-a1 -> ../dm-0\n@device /dev/dm-0 253:0\n\
         @dir /sys/fs/btrfs/features\n\
         @link /sys/fs/btrfs/e97f/devices/dm-0 -> ../../../../devices/virtual/block/dm-0\n\
         @link /sys/fs/btrfs/e97f/devices/dm-3 -> ../../../../devices/virtual/block/dm-3\n\
         @link /sys/class/block/dm-0 -> ../../devices/virtual/block/dm-0\n\
         @link /sys/class/block/dm-3 -> ../../devices/virtual/block/dm-3\n\
         @file /sys/devices/virtual/block/dm-0/dm/uuid\nCRYPT-LUKS2-0f3c-luks-a1\n\
         @file /sys/devices/virtual/block/dm-3/dm/uuid\n{second}\n\
         @link /sys/devices/virtual/block/dm-3/slaves/sda2 -> ../../../../pci/sda/sda2\n"
    )
}

const BTRFS_ROOT: &str = "46 1 0:39 /root / rw - btrfs /dev/mapper/luks-a1 rw,subvol=/root\n\
                          47 46 0:40 /home /home rw - btrfs /dev/mapper/luks-a1 rw,subvol=/home";

#[test]
fn every_member_of_a_btrfs_counts() {
    let mounts = mounts(BTRFS_ROOT);
    expect(&[PLAIN_DISK, &btrfs("CRYPT-LUKS2-1-luks-b"), &mounts], "on (encrypted disks)");
    expect(&[PLAIN_DISK, &btrfs("LVM-kq0mV1"), &mounts], "off (/ is on sda2, which is not encrypted)");
    let missing = "@file /sys/fs/btrfs/e97f/devinfo/2/missing\n1";
    expect(&[PLAIN_DISK, &btrfs("CRYPT-LUKS2-1-b"), missing, &mounts], "unknown (is missing)");
    expect(&[&mounts], "unknown (could not be found)");
}

#[test]
fn raid_needs_every_member_and_integrity_is_no_encryption() {
    let md = "@link /sys/dev/block/9:0 -> ../../devices/virtual/block/md0\n\
              @link /sys/devices/virtual/block/md0/slaves/dm-0 -> ../../dm-0\n\
              @link /sys/devices/virtual/block/md0/slaves/sda1 -> ../../../../pci/sda/sda1\n";
    let root = mounts("29 1 9:0 / / rw - ext4 /dev/md0 rw");
    expect(&[PLAIN_DISK, LVM_ON_LUKS, md, &root], "off (/ is on sda1)");
    let integrity = "@link /sys/dev/block/253:5 -> ../../devices/virtual/block/dm-5\n\
                     @file /sys/devices/virtual/block/dm-5/dm/uuid\nCRYPT-INTEGRITY-root\n\
                     @link /sys/devices/virtual/block/dm-5/slaves/sda1 -> ../../../../pci/sda/sda1\n";
    let root = mounts("29 1 253:5 / / rw - ext4 /dev/mapper/root rw");
    expect(&[PLAIN_DISK, integrity, &root], "off (/ is on sda1)");
}

#[test]
fn a_partition_of_an_encrypted_whole_and_an_image_on_a_plain_disk_are_followed() {
    let partition = "@link /sys/dev/block/259:9 -> ../../devices/virtual/block/dm-0/dm-0p1\n\
                     @file /sys/devices/virtual/block/dm-0/dm-0p1/partition\n1";
    let root = mounts("29 1 259:9 / / rw - ext4 /dev/dm-0p1 rw");
    expect(&[LVM_ON_LUKS, partition, &root], "on (encrypted disks)");
    let image = "@link /sys/dev/block/7:0 -> ../../devices/virtual/block/loop0\n\
                 @file /sys/devices/virtual/block/loop0/loop/backing_file\n/mnt/host/root.disk";
    let mounts = mounts("20 1 8:1 / /mnt/host rw - ext4 /dev/sda1 rw\n29 1 7:0 / / rw - ext4 /dev/loop0 rw");
    expect(&[PLAIN_DISK, image, &mounts], "off (/ is on sda1)");
}

#[test]
fn a_device_below_itself_ends_as_unknown() {
    let circle = "@link /sys/dev/block/253:1 -> ../../devices/virtual/block/dm-1\n\
                  @link /sys/class/block/dm-1 -> ../../devices/virtual/block/dm-1\n\
                  @file /sys/devices/virtual/block/dm-1/dm/uuid\nLVM-x\n\
                  @link /sys/devices/virtual/block/dm-1/slaves/dm-1 -> ../../dm-1\n";
    expect(&[circle, &mounts(LUKS_ROOT)], "unknown (in a circle)");
}

#[test]
fn what_cannot_be_seen_is_unknown_with_its_reason() {
    let bcachefs = mounts("29 1 0:44 / / rw - bcachefs /dev/sda1:/dev/sda2 rw");
    expect(&[PLAIN_DISK, &bcachefs], "unknown (bcachefs)");
    expect(&[&mounts(LUKS_ROOT)], "unknown (/sys/dev/block/253:1 does not exist)");
    expect(&["@denied /proc/self/mountinfo"], "unknown (may not be read by an ordinary user)");
    let denied = "@link /sys/dev/block/253:1 -> ../../devices/virtual/block/dm-1\n\
                  @denied /sys/devices/virtual/block/dm-1/dm/uuid";
    expect(&[denied, &mounts(LUKS_ROOT)], "unknown (may not be read by an ordinary user)");
    let nbd = "@dir /sys/devices/virtual/block/nbd0\n@link /sys/dev/block/43:0 -> ../../devices/virtual/block/nbd0";
    let root = mounts("29 1 43:0 / / rw - ext4 /dev/nbd0 rw");
    expect(&[nbd, &root], "unknown (nbd0 does not show what it is stored on)");
    let nfs = mounts("29 1 0:20 / / rw - nfs4 server:/root rw");
    expect(&[&nfs], "unknown (/ is nfs4)");
    let waiting = mounts(&format!("{LUKS_ROOT}\n40 29 0:33 / /home rw - autofs systemd-1 rw"));
    expect(&[LVM_ON_LUKS, &waiting], "unknown (mounted on demand)");
}

#[test]
fn one_plain_mount_is_off_even_beside_an_unknown_one() {
    let home = "30 29 0:45 / /home rw - zfs tank/home rw";
    expect(&[PLAIN_DISK, &mounts(&format!("{PLAIN_ROOT}\n{home}"))], "off (/ is on sda1)");
}

#[test]
fn image_based_systems_are_judged_by_what_they_write_to() {
    let composefs = "29 1 0:29 / / ro - overlay composefs ro,lowerdir=/run/ostree/.private/cfsroot-lower\n\
                     30 29 253:1 / /sysroot ro - xfs /dev/mapper/luks rw\n\
                     31 29 253:1 /ostree/deploy/var /var rw - xfs /dev/mapper/luks rw\n\
                     32 29 253:1 /etc /etc rw - xfs /dev/mapper/luks rw";
    let link = "@link /run/ostree-booted -> /dev/null";
    let home = "@link /home/bob -> /var/home/bob";
    expect(&[LVM_ON_LUKS, link, home, &mounts(composefs)], "on (encrypted disks)");
    let plain = composefs.replace("253:1", "8:1");
    expect(&[PLAIN_DISK, &mounts(&plain)], "off (/sysroot is on sda1)");
    let nixos = "29 1 0:22 / / rw - tmpfs none rw\n30 29 253:1 / /nix rw - ext4 /dev/mapper/x rw\n\
                 31 29 253:1 /home /home rw - ext4 /dev/mapper/x rw";
    expect(&[LVM_ON_LUKS, &mounts(nixos)], "on (encrypted disks)");
    let stateless = mounts("29 1 0:22 / / rw - tmpfs none rw");
    expect(&[&stateless], "unknown (Nothing of this system lies on a disk of this computer)");
}

#[test]
fn where_the_machine_cannot_be_seen_it_is_unknown_and_never_off() {
    let plain = mounts(PLAIN_ROOT);
    let cases = [
        ("@file /.dockerenv", "container"),
        ("@file /run/systemd/container\nlxc", "container"),
        ("@file /run/.containerenv", "container"),
        ("@env CONTAINER_ID box", "container"),
        ("@file /.flatpak-info", "sandbox"),
        ("@file /proc/cmdline\nquiet boot=live splash", "installation or rescue medium"),
        ("@file /proc/cmdline\nroot=live:CDLABEL=Fedora rd.live.image", "installation or rescue medium"),
        ("@file /proc/cmdline\narchisobasedir=arch", "installation or rescue medium"),
        ("@file /proc/sys/kernel/osrelease\n5.15.153.1-microsoft-standard-WSL2", "Windows Subsystem for Linux"),
    ];
    for (line, why) in cases {
        expect(&[PLAIN_DISK, &plain, line], &format!("unknown ({why})"));
    }
    let live = mounts(
        "20 1 0:18 / /run rw - tmpfs tmpfs rw\n29 1 0:22 / / rw - overlay airootfs rw,lowerdir=/x,upperdir=/run/up",
    );
    expect(&[&live], "unknown (installation or rescue medium)");
}

#[test]
fn an_unconfined_program_inside_a_snap_terminal_still_sees_the_machine() {
    let env = "@env SNAP /snap/code/1";
    expect(&[PLAIN_DISK, env, &mounts(PLAIN_ROOT)], "off (/ is on sda1)");
    let confined = mounts("29 1 7:1 / / ro - squashfs /dev/loop1 ro");
    expect(&[env, &confined], "unknown (sandbox)");
}

#[test]
fn a_plain_virtual_machine_is_off_and_says_what_it_cannot_see() {
    let vm = "@file /sys/class/dmi/id/sys_vendor\nQEMU";
    expect(
        &[PLAIN_DISK, vm, &mounts(PLAIN_ROOT)],
        "off inferred (/ is on sda1, which is not encrypted. This is a virtual machine)",
    );
    expect(&[LVM_ON_LUKS, vm, &mounts(LUKS_ROOT)], "on (encrypted disks)");
    let home = "@encrypted /home/ann yes";
    let expected = "off inferred (Only the home directory is encrypted: / is on sda1, which is not. This is a virtual)";
    expect(&[PLAIN_DISK, vm, home, &mounts(PLAIN_ROOT)], expected);
    let chromebook = "@file /sys/class/dmi/id/sys_vendor\nGoogle\n@file /sys/class/dmi/id/product_name\nEve";
    expect(&[PLAIN_DISK, chromebook, &mounts(PLAIN_ROOT)], "off (/ is on sda1, which is not encrypted)");
}

#[test]
fn a_computer_started_from_a_stick_is_judged_by_all_of_that_stick() {
    let usb = PLAIN_DISK.replace("pci/sda", "pci/usb1/1-1/sda").replace("253:1", "8:1");
    let bob = "40 29 8:2 / /home/bob rw - ext4 /dev/sda2 rw";
    let other = "41 29 8:17 / /home/eve rw - ext4 /dev/sdb1 rw";
    let second = "@link /sys/dev/block/8:17 -> ../../devices/pci/usb1/1-2/sdb/sdb1\n\
                  @file /sys/devices/pci/usb1/1-2/sdb/sdb1/partition\n1\n";
    let luks = "@link /sys/dev/block/253:0 -> ../../devices/virtual/block/dm-0\n\
                @file /sys/devices/virtual/block/dm-0/dm/uuid\nCRYPT-LUKS2-1-root\n\
                @link /sys/devices/virtual/block/dm-0/slaves/sda1 -> ../../../../pci/usb1/1-1/sda/sda1\n";
    let root = "29 1 253:0 / / rw - ext4 /dev/mapper/root rw";
    let with_bob = mounts(&format!("{root}\n{bob}"));
    expect(&[&usb, luks, &with_bob], "off (/home/bob is on sda2, which is not encrypted)");
    expect(&[&usb, luks, second, &mounts(&format!("{root}\n{other}"))], "on (on encrypted disks)");
    expect(&[&usb, &mounts(PLAIN_ROOT)], "off (/ is on sda1, which is not encrypted)");
}

#[test]
fn a_mapping_whose_maker_is_unknown_is_not_called_plain() {
    let mapping = |uuid: &str, name: &str| {
        format!(
            "@link /sys/dev/block/253:9 -> ../../devices/virtual/block/dm-9\n\
             @file /sys/devices/virtual/block/dm-9/dm/uuid\n{uuid}\n\
             @file /sys/devices/virtual/block/dm-9/dm/name\n{name}\n\
             @link /sys/devices/virtual/block/dm-9/slaves/sda1 -> ../../../../pci/sda/sda1\n"
        )
    };
    let root = mounts("29 1 253:9 / / rw - ext4 /dev/mapper/x rw");
    for (uuid, name, expected) in [
        ("", "x", "unknown (dm-9 was made by a program that leaves no word about whether it encrypts)"),
        ("mine-1", "x", "unknown (leaves no word)"),
        ("", "veracrypt1", "on (on encrypted disks)"),
        ("mpath-360", "x", "off (/ is on sda1)"),
        ("part2-mpath-360", "x", "off (/ is on sda1)"),
        ("DMRAID-isw_1", "x", "off (/ is on sda1)"),
        ("stratis-1-private-1-thin-fs-1", "x", "off (/ is on sda1)"),
        ("CRYPT-VERITY-1-root", "x", "off (/ is on sda1)"),
        ("CRYPT-SUBDEV-1-root", "x", "off (/ is on sda1)"),
        ("CRYPT-LUKS2-OPAL-1-root", "x", "on (CRYPT-LUKS2-OPAL-1-root)"),
        ("CRYPT-FVAULT2-1-root", "x", "on (on encrypted disks)"),
    ] {
        expect(&[PLAIN_DISK, &mapping(uuid, name), &root], expected);
    }
}

#[test]
fn what_stands_on_many_devices_ends_in_time() {
    let mut wide = String::new();
    for device in 0..40 {
        wide.push_str(&format!("@link /sys/class/block/dm-{device} -> ../../devices/virtual/block/dm-{device}\n"));
        wide.push_str(&format!("@file /sys/devices/virtual/block/dm-{device}/dm/uuid\nLVM-x\n"));
        for slave in 0..40 {
            wide.push_str(&format!(
                "@link /sys/devices/virtual/block/dm-{device}/slaves/dm-{slave} -> ../../dm-{slave}\n"
            ));
        }
    }
    wide.push_str("@link /sys/dev/block/253:1 -> ../../devices/virtual/block/dm-1\n");
    expect(&[&wide, &mounts(LUKS_ROOT)], "unknown (in a circle)");
}

/// `/etc/zfs/zpool.cache` with one pool of these disks, in the encoding that ZFS writes.
fn pool(name: &str, disks: &[&str]) -> String {
    fn pair(name: &str, kind: u32, count: usize, value: &[u8]) -> Vec<u8> {
        let mut body = [name.as_bytes(), &[0]].concat();
        body.resize((16 + body.len()).next_multiple_of(8) - 16, 0);
        body.extend(value);
        body.resize((16 + body.len()).next_multiple_of(8) - 16, 0);
        let size = u32::try_from(16 + body.len()).expect("small").to_le_bytes();
        let (name, count) = (u16::try_from(name.len() + 1).expect("small"), u32::try_from(count).expect("small"));
        [&size[..], &name.to_le_bytes(), &[0, 0], &count.to_le_bytes(), &kind.to_le_bytes(), &body].concat()
    }
    let text = |name: &str, value: &str| pair(name, 9, 1, &[value.as_bytes(), &[0]].concat());
    let list = |name: &str, pairs: &[u8]| [&pair(name, 19, 1, &[0; 24])[..], pairs, &[0; 4]].concat();
    let leaf = |path: &&str| {
        let kind = if path.starts_with("/dev/") { "disk" } else { "file" };
        [text("type", kind), text("path", path), vec![0; 4]].concat()
    };
    let leaves: Vec<u8> = disks.iter().flat_map(leaf).collect();
    let children = [pair("children", 20, disks.len(), &vec![0; 32 * disks.len()]), leaves].concat();
    let tree = list("vdev_tree", &[text("type", "root"), children].concat());
    let file = [&[0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0][..], &list(name, &tree), &[0; 4]].concat();
    let hex: String = file.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("@hex /etc/zfs/zpool.cache\n{hex}\n")
}

const ZFS: &str = "29 1 0:44 / / rw - zfs tank/root rw\n30 29 0:45 / /home rw - zfs tank/home rw";

/// Two nodes of the encrypted and the plain disk.
const NODES: &str = "@device /dev/mapper/luks-a 253:0\n@device /dev/disk/by-id/plain-part1 8:1\n";

#[test]
fn zfs_is_judged_by_the_disks_of_its_pool() {
    let zfs = mounts(ZFS);
    let luks = pool("tank", &["/dev/mapper/luks-a"]);
    expect(&[LVM_ON_LUKS, NODES, &luks, &zfs], "on inferred (/etc/zfs/zpool.cache: tank: /dev/mapper/luks-a)");
    let mixed = pool("tank", &["/dev/mapper/luks-a", "/dev/disk/by-id/plain-part1"]);
    let all = [PLAIN_DISK, LVM_ON_LUKS, NODES, &mixed, &zfs];
    expect(&all, "unknown (can be asked with “zfs get encryption tank/root”)");
    let file = pool("tank", &["/pool.img"]);
    let swap = mounts(&format!("{LUKS_ROOT}\n30 29 0:45 / /home rw - zfs tank/home rw"));
    expect(&[LVM_ON_LUKS, &file, &swap], "on inferred (tank: /pool.img)");
    for (cache, why) in [
        (String::new(), "tank: not there"),
        (pool("other", &["/dev/mapper/luks-a"]), "tank: not there"),
        (pool("tank", &[]), "tank: not there"),
        (pool("tank", &["/dev/gone"]), "tank: not there"),
        ("@denied /etc/zfs/zpool.cache\n".to_owned(), "tank: not there"),
        ("@hex /etc/zfs/zpool.cache\n0001\n".to_owned(), "tank: not there"),
    ] {
        expect(&[LVM_ON_LUKS, NODES, &cache, &zfs], &format!("unknown ({why})"));
    }
}

#[test]
fn zfs_that_encrypts_by_itself_shows_in_the_list_of_its_event_daemon() {
    let zfs = mounts(ZFS);
    let plain = pool("tank", &["/dev/disk/by-id/plain-part1"]);
    let row = |name: &str, root: &str| {
        format!("{name}\t/\ton\ton\ton\ton\ton\toff\ton\toff\t{root}\tprompt\t-\t-\t-\t-\t-\t-\t-\t-\n")
    };
    let list = |root: &str, home: &str| {
        format!("@file /etc/zfs/zfs-list.cache/tank\n{}{}", row("tank/home", home), row("tank/root", root))
    };
    let check = |list: &str, expected: &str| expect(&[PLAIN_DISK, NODES, &plain, list, &zfs], expected);
    check(&list("tank", "tank"), "on inferred (tank/root has the encryption root tank)");
    check(&list("tank", "-"), "off inferred (/home is on sda1, which is not encrypted)");
    check(&list("-", "tank/home"), "off inferred (Only the home directory is encrypted: / is on sda1)");
    check(&format!("@file /etc/zfs/zfs-list.cache/tank\n{}", row("tank/root", "tank")), "unknown (tank/home)");
    check("@file /etc/zfs/zfs-list.cache/tank\ntank/root\t/\n", "unknown (tank/root)");
    check("@denied /etc/zfs/zfs-list.cache/tank\n", "unknown (tank/root)");
}

#[test]
fn ubuntus_keystore_tells_that_zfs_encrypts_the_pool() {
    let keystore = "@link /sys/dev/block/253:5 -> ../../devices/virtual/block/dm-5\n\
                    @file /sys/devices/virtual/block/dm-5/dm/uuid\nCRYPT-LUKS2-1-keystore-tank\n";
    let mounted = mounts(&format!("{ZFS}\n50 29 253:5 / /run/keystore/tank rw - ext4 /dev/mapper/keystore-tank rw"));
    let plain = pool("tank", &["/dev/disk/by-id/plain-part1"]);
    expect(&[PLAIN_DISK, NODES, &plain, keystore, &mounted], "on inferred (the key of the pool is mounted here)");
    let open = mounts(&format!("{ZFS}\n50 29 8:2 / /run/keystore/tank rw - ext4 /dev/sda2 rw"));
    expect(&[PLAIN_DISK, NODES, &plain, &open], "unknown (zfs get encryption tank/root)");
}

#[test]
fn swap_on_a_zfs_volume_is_judged_by_its_pool() {
    let volume = "@device /dev/zd0 230:0\n@link /sys/dev/block/230:0 -> ../../devices/virtual/block/zd0\n\
                  @file /sys/devices/virtual/block/zd0/dev\n230:0\n\
                  @file /run/udev/data/b230:0\nS:zvol/tank/swap\nE:ID_FS_TYPE=swap\n";
    let (root, area) = (mounts(LUKS_ROOT), swaps("/dev/zd0 partition 1 0 -2"));
    let on_luks = pool("tank", &["/dev/mapper/luks-a"]);
    expect(&[LVM_ON_LUKS, NODES, volume, &on_luks, &root, &area], "on inferred (swap are on encrypted disks)");
    let on_plain = pool("tank", &["/dev/disk/by-id/plain-part1"]);
    let all = [PLAIN_DISK, LVM_ON_LUKS, NODES, volume, &on_plain, &root, &area];
    expect(&all, "unknown (tank/swap is a ZFS data set)");
    let nameless = volume.replace("S:zvol/tank/swap\n", "");
    expect(&[LVM_ON_LUKS, NODES, &nameless, &on_luks, &root, &area], "unknown (zd0 does not show)");
}
