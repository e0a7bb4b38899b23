//! Each detail on a small machine of its own.

use crate::details::{Browser, Details, details};
use crate::host::fixture::FixtureHost;

fn of(host: &str) -> Details {
    let text = format!("@platform linux\n@user 1000 ann /home/ann\n{host}");
    details(&FixtureHost::parse(&text, "test").unwrap_or_else(|error| panic!("{error}")))
}

/// One line a disk: name, number, label, whether it is encrypted.
fn disks(host: &str) -> Vec<String> {
    let word = |word: Option<String>| word.unwrap_or_else(|| "-".to_owned());
    let line = |disk: crate::details::Disk| {
        let encrypted = disk.encrypted.map(|yes| if yes { "yes" } else { "no" }.to_owned());
        format!("{} {} {} {}", disk.name, word(disk.uuid), word(disk.label), word(encrypted))
    };
    of(host).disks.into_iter().map(line).collect()
}

/// One line an extension: browser, id, name, version, author, path.
fn extensions(host: &str) -> Vec<String> {
    let line = |one: crate::details::Extension| {
        let author = one.author.unwrap_or_else(|| "-".to_owned());
        format!("{:?} {} {} {} {author} {}", one.browser, one.id, one.name, one.version, one.path)
    };
    of(host).extensions.into_iter().map(line).collect()
}

#[test]
fn firmware_and_build_are_read_and_placeholders_left_out() {
    let details = of("@file /sys/class/dmi/id/bios_version\nN3HET83W (1.55 )\n@file /etc/os-release\nID=steamos\n\
                      BUILD_ID=20260108.1\n@file /proc/sys/kernel/osrelease\n6.8.0\n");
    assert_eq!(details.firmware.as_deref(), Some("N3HET83W (1.55 )"));
    assert_eq!(details.build.as_deref(), Some("20260108.1"));
    let build = |release: &str| {
        of(&format!("@file /etc/os-release\n{release}\n@file /proc/sys/kernel/osrelease\n6.8.0\n")).build
    };
    assert_eq!(build("ID=x\nIMAGE_VERSION=47").as_deref(), Some("47"));
    assert_eq!(build("ID=fedora\nOSTREE_VERSION='43.20260110.0'").as_deref(), Some("43.20260110.0"));
    assert_eq!(build("ID=arch\nBUILD_ID=rolling").as_deref(), Some("6.8.0"));
    assert_eq!(build("ID=debian").as_deref(), Some("6.8.0"));
    assert_eq!(of("@file /sys/class/dmi/id/bios_version\nDefault string\n").firmware, None);
}

#[test]
fn nothing_readable_is_no_error() {
    let refused = "@denied /sys/class/dmi/id/bios_version\n@denied /etc/os-release\n@address !denied\n\
                   @denied /sys/class/block kind=dir\n@denied /home/ann/.mozilla kind=dir\n@denied /proc/self/mountinfo\n";
    assert_eq!(of(refused), Details::default());
    assert_eq!(details(&FixtureHost::parse("@platform windows\n", "test").expect("a host")), Details::default());
}

#[test]
fn addresses_are_those_of_the_host() {
    let found = of("@address eth0 192.0.2.2/24 broadcast=192.0.2.255\n@address wg0 2001:db8::1/128\n").addresses;
    assert_eq!(found.len(), 2);
    assert_eq!((found[0].interface.as_str(), found[0].prefix), ("eth0", 24));
    assert_eq!(found[0].broadcast, Some(std::net::IpAddr::from([192, 0, 2, 255])));
    assert_eq!((found[1].interface.as_str(), found[1].broadcast), ("wg0", None));
}

/// A laptop: FAT for the firmware, plain ext4 to start from, LUKS below LVM, and what is no disk.
const LAPTOP: &str = "
@link /sys/class/block/nvme0n1 -> ../../devices/nvme0n1
@link /sys/class/block/nvme0n1p1 -> ../../devices/nvme0n1/nvme0n1p1
@link /sys/class/block/nvme0n1p2 -> ../../devices/nvme0n1/nvme0n1p2
@link /sys/class/block/nvme0n1p3 -> ../../devices/nvme0n1/nvme0n1p3
@link /sys/class/block/dm-0 -> ../../devices/dm-0
@link /sys/class/block/dm-1 -> ../../devices/dm-1
@link /sys/class/block/loop0 -> ../../devices/loop0
@link /sys/class/block/loop1 -> ../../devices/loop1
@link /sys/class/block/sr0 -> ../../devices/sr0
@link /sys/class/block/zram0 -> ../../devices/zram0
@file /sys/devices/nvme0n1/dev
259:0
@dir /sys/devices/nvme0n1/slaves
@file /sys/devices/nvme0n1/nvme0n1p1/dev
259:1
@file /sys/devices/nvme0n1/nvme0n1p1/partition
1
@file /sys/devices/nvme0n1/nvme0n1p2/dev
259:2
@file /sys/devices/nvme0n1/nvme0n1p2/partition
2
@file /sys/devices/nvme0n1/nvme0n1p3/dev
259:3
@file /sys/devices/nvme0n1/nvme0n1p3/partition
3
@link /sys/devices/nvme0n1/nvme0n1p3/holders/dm-0 -> ../../../dm-0
@file /sys/devices/dm-0/dev
253:0
@file /sys/devices/dm-0/dm/uuid
CRYPT-LUKS2-2c0d5a1e7b9f4c1f8a3e6d5c4b3a2918-nvme0n1p3_crypt
@link /sys/devices/dm-0/slaves/nvme0n1p3 -> ../../nvme0n1/nvme0n1p3
@link /sys/devices/dm-0/holders/dm-1 -> ../../dm-1
@file /sys/devices/dm-1/dev
253:1
@file /sys/devices/dm-1/dm/uuid
LVM-abc
@link /sys/devices/dm-1/slaves/dm-0 -> ../../dm-0
@file /sys/devices/loop0/dev
7:0
@file /sys/devices/loop0/loop/backing_file
/var/lib/snapd/snaps/core_1.snap
@file /sys/devices/loop1/dev
7:1
@file /sys/devices/sr0/dev
11:0
@file /sys/devices/zram0/dev
252:0
@file /run/udev/data/b252:0
E:ID_FS_TYPE=swap
@file /run/udev/data/b11:0
E:ID_CDROM=1
E:ID_FS_TYPE=iso9660
E:ID_FS_LABEL=MOVIE
@file /run/udev/data/b7:0
E:ID_FS_TYPE=squashfs
@file /run/udev/data/b7:1
E:ID_MODEL=nothing
@file /run/udev/data/b259:0
E:ID_PART_TABLE_TYPE=gpt
@file /run/udev/data/b259:1
E:ID_FS_TYPE=vfat
E:ID_FS_UUID=1A2B-3C4D
E:ID_FS_LABEL=Ann_s
E:ID_FS_LABEL_ENC=Ann\\x20s
@file /run/udev/data/b259:2
E:ID_FS_TYPE=ext4
E:ID_FS_UUID=ae8cc4a5-e2fc-419a-bf6a-782930665aff
@file /run/udev/data/b259:3
E:ID_FS_TYPE=crypto_LUKS
E:ID_FS_UUID=2c0d5a1e-7b9f-4c1f-8a3e-6d5c4b3a2918
@file /run/udev/data/b253:0
E:ID_FS_TYPE=LVM2_member
@file /run/udev/data/b253:1
E:ID_FS_TYPE=ext4
E:ID_FS_LABEL=root
";

#[test]
fn disks_that_hold_something_are_told_with_what_udev_noted() {
    assert_eq!(
        disks(LAPTOP),
        [
            "dm-0 - - yes",
            "dm-1 - root yes",
            "nvme0n1p1 1A2B-3C4D Ann s no",
            "nvme0n1p2 ae8cc4a5-e2fc-419a-bf6a-782930665aff - no",
            "nvme0n1p3 2c0d5a1e-7b9f-4c1f-8a3e-6d5c4b3a2918 - yes",
        ]
    );
    // The disks around a container are none of its own.
    assert_eq!(disks(&format!("{LAPTOP}@file /.dockerenv\n")), [""; 0]);
}

#[test]
fn without_udev_the_links_the_mounts_and_what_stands_on_a_disk_tell() {
    let start = LAPTOP.split("@file /run/udev").next().expect("the devices");
    let around = "@device /dev/nvme0n1p1 259:1\n@link /dev/disk/by-uuid/1A2B-3C4D -> ../../nvme0n1p1\n\
                  @link /dev/disk/by-label/Ann\\x20s -> ../../nvme0n1p1\n@device /dev/dm-1 253:1\n\
                  @link /dev/mapper/vg-root -> ../dm-1\n\
                  @file /proc/self/mountinfo\n29 1 259:2 / /boot rw - ext4 /dev/nvme0n1p2 rw\n\
                  30 1 7:0 / /snap/core/1 ro - squashfs /dev/loop0 ro\n\
                  @file /proc/swaps\nFilename Type Size Used Priority\n/dev/mapper/vg-root partition 1 0 -2\n";
    assert_eq!(
        disks(&format!("{start}{around}")),
        [
            // Something stands on it, so it holds something, and it lies on an encrypted volume.
            "dm-0 - - yes",
            "dm-1 - - yes",
            // It has a name, but nobody says what is on it.
            "nvme0n1p1 1A2B-3C4D Ann s -",
            "nvme0n1p2 - - no",
            "nvme0n1p3 - - yes",
        ]
    );
}

#[test]
fn what_cannot_be_told_is_neither_encrypted_nor_plain() {
    let one = |kind: &str, more: &str| {
        disks(&format!(
            "@file /sys/class/block/sda/dev\n8:0\n@dir /sys/class/block/sda/slaves\n\
             @file /run/udev/data/b8:0\nE:ID_FS_TYPE={kind}\n{more}"
        ))
    };
    for (kind, encrypted) in [
        ("ext4", "no"),
        ("ntfs", "no"),
        ("DM_verity_hash", "no"),
        ("crypto_LUKS", "yes"),
        ("BitLocker", "yes"),
        ("cs_fvault2", "yes"),
        ("zfs_member", "-"),
        ("bcachefs", "-"),
        ("apfs", "-"),
    ] {
        assert_eq!(one(kind, ""), [format!("sda - - {encrypted}")], "{kind}");
    }
    // cryptsetup-reencrypt(8) at work: helpers lie between the volume and its mapping.
    let work = "@file /sys/class/block/dm-1/dm/uuid\nCRYPT-TEMP-x-overlay\n@file /sys/class/block/dm-1/dm/name\nx-overlay\n\
                @link /sys/class/block/dm-1/slaves/sda -> ../../sda\n@link /sys/class/block/sda/holders/dm-1 -> ../../dm-1\n\
                @link /sys/class/block/dm-1/holders/dm-0 -> ../../dm-0\n@file /sys/class/block/dm-0/dm/uuid\nCRYPT-LUKS2-a-x\n\
                @file /sys/class/block/dm-0/dm/name\nx\n@link /sys/class/block/dm-0/slaves/dm-1 -> ../../dm-1\n";
    assert_eq!(one("crypto_LUKS", work), ["sda - - -"]);
    // What checks for damage lies there too, and the encryption stands on it.
    let integrity = work.replace("CRYPT-TEMP-x-overlay", "CRYPT-SUBDEV-x").replace("x-overlay", "x_dif");
    assert_eq!(one("crypto_LUKS", &integrity), ["sda - - yes"]);
}

#[test]
fn extensions_of_firefox_are_told_with_where_they_lie() {
    let list = |id: &str, path: &str| {
        format!(
            "{{\"addons\":[{{\"id\":\"{id}\",\"type\":\"extension\",\"version\":\"1.2\",\"active\":true,{path}\
             \"defaultLocale\":{{\"name\":\"Guard\",\"creator\":\"Bob\"}}}}]}}\n"
        )
    };
    let found = extensions(&format!(
        "@file /home/ann/.mozilla/firefox/x.default/extensions.json\n{}@file /home/ann/.mozilla/firefox/profiles.ini\n\
         @file /home/ann/snap/firefox/common/.mozilla/firefox/y/extensions.json\n{}\
         @file /home/ann/.var/app/org.mozilla.firefox/.mozilla/firefox/z/extensions.json\nbroken\n\
         @file /home/ann/.config/mozilla/firefox/n/extensions.json\n{}",
        list("a@b", "\"path\":\"/x/a.xpi\","),
        list("c@d", ""),
        list("e@f", ""),
    ));
    assert_eq!(
        found,
        [
            "Firefox a@b Guard 1.2 Bob /x/a.xpi",
            "Firefox c@d Guard 1.2 Bob /home/ann/snap/firefox/common/.mozilla/firefox/y",
            "Firefox e@f Guard 1.2 Bob /home/ann/.config/mozilla/firefox/n",
        ]
    );
}

const ID: &str = "abcdefghijklmnopabcdefghijklmnop";

#[test]
fn extensions_of_chromium_are_told_by_their_translated_name() {
    let at = |folder: &str, version: &str, manifest: &str| {
        format!("@file /home/ann/{folder}/Extensions/{ID}/{version}/manifest.json\n{manifest}\n")
    };
    let translated = "{\"name\":\"__MSG_app__\",\"version\":\"1.10\",\"default_locale\":\"en\",\"author\":\"Bob\"}";
    let plain = "{\"name\":\"Plain\",\"version\":\"2\"}";
    let messages = format!(
        "@file /home/ann/.config/chromium/Default/Extensions/{ID}/1.10_0/_locales/en/messages.json\n\
         {{\"App\":{{\"message\":\"Guard\"}}}}\n"
    );
    let found = extensions(
        &[
            at(".config/chromium/Default", "1.9_0", plain),
            at(".config/chromium/Default", "1.10_0", translated),
            messages,
            at(".config/google-chrome/Profile_1", "1.10_0", translated),
            at("snap/chromium/common/chromium/Default", "2_0", plain),
            at(".var/app/com.brave.Browser/config/BraveSoftware/Brave-Browser/Default", "2_0", "{\"name\":\"Sea\",\"version\":\"1\",\"theme\":{}}"),
            at(".config/opera", "2_0", plain),
            "@file /home/ann/.config/vivaldi/Default/Extensions/Temp/1/manifest.json\n{\"name\":\"T\",\"version\":\"1\"}\n".to_owned(),
            at(".config/microsoft-edge/Default", "2_0", "{"),
            at(".config/vivaldi/Profile_2", "2_0", plain),
            format!("@file /home/ann/.config/vivaldi/Profile_2/Preferences\n{{\"extensions\":{{\"settings\":{{\"{ID}\":{{\"state\":0}}}}}}}}\n"),
        ]
        .concat(),
    );
    assert_eq!(
        found,
        [
            format!("Chrome {ID} Guard 1.10 Bob /home/ann/.config/chromium/Default/Extensions/{ID}/1.10_0"),
            format!("Chrome {ID} Plain 2 - /home/ann/.config/opera/Extensions/{ID}/2_0"),
            format!("Chrome {ID} Plain 2 - /home/ann/snap/chromium/common/chromium/Default/Extensions/{ID}/2_0"),
            // Without its translation, the id says more than a mark.
            format!("Chrome {ID} {ID} 1.10 Bob /home/ann/.config/google-chrome/Profile_1/Extensions/{ID}/1.10_0"),
        ]
    );
}

#[test]
fn a_home_full_of_extensions_comes_to_an_end() {
    let mut text = String::new();
    for number in 0..600 {
        let letter = |by: u32| char::from(b'a' + (number / 16_u32.pow(by % 4) % 16) as u8);
        let id: String = (0..32).map(letter).collect();
        text.push_str(&format!(
            "@file /home/ann/.config/chromium/Default/Extensions/{id}/1_0/manifest.json\n\
             {{\"name\":\"{}\",\"version\":\"1\"}}\n",
            "n".repeat(400)
        ));
    }
    let addons: Vec<String> =
        (0..600).map(|number| format!("{{\"id\":\"a{number}\",\"type\":\"extension\",\"active\":true}}")).collect();
    text.push_str(&format!(
        "@file /home/ann/.mozilla/firefox/x/extensions.json\n{{\"addons\":[{}]}}\n",
        addons.join(",")
    ));
    let found = of(&text).extensions;
    assert_eq!(found.len(), 500);
    assert!(found.iter().all(|one| one.name.len() <= 300 && one.browser == Browser::Chrome));
    let large = format!("@file /home/ann/.mozilla/firefox/x/extensions.json\n{}\n", " ".repeat((8 << 20) + 1));
    assert_eq!(of(&large).extensions, []);
}
