//! What udev noted of a device, as it lies in `/run/udev/data`: one property a line, `E:ID_FS_TYPE=ext4`.

/// What a block device holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Volume {
    /// `ext4`, `crypto_LUKS`, `LVM2_member`, `swap`.
    pub kind: Option<String>,
    pub uuid: Option<String>,
    pub label: Option<String>,
    /// A drive for CDs and the like.
    pub is_cd_drive: bool,
}

/// Reads the properties that say what a block device holds. An empty one counts as none.
pub fn volume(text: &str) -> Volume {
    let mut volume = Volume::default();
    // In the plain property udev has put another letter in place of every odd one.
    let (mut plain_uuid, mut plain_label) = (None, None);
    for line in text.lines() {
        let Some((key, value)) = line.strip_prefix("E:").and_then(|line| line.split_once('=')) else { continue };
        if value.is_empty() {
            continue;
        }
        match key {
            "ID_FS_TYPE" => volume.kind = Some(value.to_owned()),
            "ID_FS_UUID_ENC" => volume.uuid = Some(unescape(value)),
            "ID_FS_LABEL_ENC" => volume.label = Some(unescape(value)),
            "ID_FS_UUID" => plain_uuid = Some(value.to_owned()),
            "ID_FS_LABEL" => plain_label = Some(value.to_owned()),
            "ID_CDROM" => volume.is_cd_drive = value == "1",
            _ => {}
        }
    }
    volume.uuid = volume.uuid.or(plain_uuid);
    volume.label = volume.label.or(plain_label);
    volume
}

/// Undoes `\x20`, as udev writes bytes that might disturb a shell or a file name.
pub fn unescape(word: &str) -> String {
    let mut out = Vec::with_capacity(word.len());
    let mut rest = word.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let code = (first == b'\\').then(|| after.strip_prefix(b"x")?.get(..2)).flatten();
        let code = code.and_then(|digits| std::str::from_utf8(digits).ok());
        // A sign would be taken for a part of the number.
        let code = code.filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        match code.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                rest = &after[3..];
            }
            None => {
                out.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_a_device_holds_is_read() {
        let text = "S:disk/by-label/Ann\\x20s\nI:1234\nE:ID_BUS=usb\nE:ID_FS_LABEL=Ann_s\nE:ID_FS_LABEL_ENC=Ann\\x20s\n\
                    E:ID_FS_UUID=1A2B-3C4D\nE:ID_FS_TYPE=vfat\nE:ID_FS_USAGE=filesystem\nG:systemd\nV:1\n";
        let volume = volume(text);
        assert_eq!(volume.kind.as_deref(), Some("vfat"));
        assert_eq!(volume.uuid.as_deref(), Some("1A2B-3C4D"));
        assert_eq!(volume.label.as_deref(), Some("Ann s"));
        assert!(!volume.is_cd_drive && super::volume("E:ID_CDROM=1\n").is_cd_drive);
        assert_eq!(super::volume("E:ID_FS_TYPE=\nE:ID_FS_LABEL=\nS:ID_FS_TYPE=ext4\n"), Volume::default());
    }

    #[test]
    fn only_whole_escapes_are_undone() {
        for (word, undone) in [
            ("a\\x20b", "a b"),
            ("\\x5cx20", "\\x20"),
            ("\\xc3\\xa9", "é"),
            ("\\x2", "\\x2"),
            ("\\x+1", "\\x+1"),
            ("\\xzz\\", "\\xzz\\"),
            ("\\xff", "\u{fffd}"),
        ] {
            assert_eq!(unescape(word), undone, "{word}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in "(E:ID_FS_(TYPE|LABEL_ENC)=|\\\\x?|[0-9a-f]|\n|\\PC){0,40}") {
            let volume = volume(&text);
            prop_assert!(volume.label.unwrap_or_default().len() <= text.len() * 3);
        }
    }
}
