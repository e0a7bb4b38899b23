//! smb.conf(5): what a Samba server shares. Names and keys without regard to case and spaces; the last
//! value of a key counts.

/// What one file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SmbConf {
    pub shares: Vec<Share>,
    /// More may be shared than this file says: it includes others, or asks Samba's registry.
    pub is_a_part: bool,
    /// Where shares lie that users make without root.
    pub usershares: Option<String>,
}

/// One share.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Share {
    pub name: String,
    /// Empty for `homes`.
    pub path: String,
    /// Nobody is asked for a password.
    pub guests: bool,
    pub writable: bool,
    /// It offers printers, not files.
    pub printers: bool,
    available: bool,
}

/// Reads one file.
pub fn smb_conf(text: &str) -> SmbConf {
    let mut conf = SmbConf::default();
    // What `[global]` says holds for every share that says nothing else.
    let mut usual = Share { available: true, ..Share::default() };
    let mut section = Section::Global;
    for line in logical_lines(text) {
        let line = line.trim();
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.split_once(']')).map(|(name, _)| name.trim()) {
            section = match name.to_ascii_lowercase().as_str() {
                "global" | "globals" => Section::Global,
                // Drivers for Windows, of no use without printers.
                "print$" | "ipc$" => Section::Other,
                _ => {
                    let known = conf.shares.iter().position(|share| share.name.eq_ignore_ascii_case(name));
                    Section::Share(known.unwrap_or_else(|| {
                        conf.shares.push(Share { name: name.to_owned(), ..usual.clone() });
                        conf.shares.len() - 1
                    }))
                }
            };
            continue;
        }
        let Some((key, value)) = line.split_once('=') else { continue };
        let key: String = key.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
        let value = value.trim().trim_matches('"');
        if key == "include" || key == "copy" {
            conf.is_a_part |= key == "include";
            continue;
        }
        match section {
            Section::Global => match key.as_str() {
                "usersharepath" => conf.usershares = Some(value.to_owned()),
                "registryshares" => conf.is_a_part |= truth(value) == Some(true),
                "configbackend" => conf.is_a_part |= value.eq_ignore_ascii_case("registry"),
                "configfile" => conf.is_a_part = true,
                _ => set(&mut usual, &key, value),
            },
            Section::Share(index) => {
                if let Some(share) = conf.shares.get_mut(index) {
                    set(share, &key, value);
                }
            }
            Section::Other => {}
        }
    }
    conf.shares.retain(|share| share.available);
    conf
}

enum Section {
    Global,
    Share(usize),
    Other,
}

fn set(share: &mut Share, key: &str, value: &str) {
    let on = truth(value);
    match (key, on) {
        ("path" | "directory", _) => value.clone_into(&mut share.path),
        ("guestok" | "public" | "guestonly" | "onlyguest", Some(on)) => share.guests = on,
        ("writable" | "writeable" | "writeok", Some(on)) => share.writable = on,
        ("readonly", Some(on)) => share.writable = !on,
        ("printable" | "printok", Some(on)) => share.printers = on,
        ("available" | "-valid", Some(on)) => share.available = on,
        _ => {}
    }
}

fn truth(value: &str) -> Option<bool> {
    match value.to_ascii_lowercase().as_str() {
        "yes" | "true" | "1" | "on" => Some(true),
        "no" | "false" | "0" | "off" => Some(false),
        _ => None,
    }
}

/// Lines without comments; a backslash at the end joins the next one.
fn logical_lines(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut goes_on = false;
    for line in text.lines() {
        let trimmed = line.trim();
        if !goes_on && (trimmed.starts_with([';', '#']) || trimmed.is_empty()) {
            continue;
        }
        let (line, more) = match trimmed.strip_suffix('\\') {
            Some(line) => (line, true),
            None => (trimmed, false),
        };
        match out.last_mut().filter(|_| goes_on) {
            Some(last) => last.push_str(line),
            None => out.push(line.to_owned()),
        }
        goes_on = more;
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DEBIAN: &str = "[global]\n   workgroup = WORKGROUP\n   usershare allow guests = yes\n\n\
        [homes]\n   comment = Home Directories\n   browseable = no\n   read only = yes\n\n\
        [printers]\n   path = /var/tmp\n   printable = yes\n   guest ok = no\n\n\
        [print$]\n   path = /var/lib/samba/printers\n;   write list = root\n";

    #[test]
    fn shares_are_what_the_sections_say() {
        let conf = smb_conf(DEBIAN);
        let names: Vec<&str> = conf.shares.iter().map(|share| share.name.as_str()).collect();
        assert_eq!(names, ["homes", "printers"]);
        assert!(conf.shares[1].printers && !conf.shares[0].writable && !conf.is_a_part);
        let share = |text: &str| smb_conf(text).shares.first().cloned().unwrap_or_default();
        for (text, guests, writable) in [
            ("[a]\npath=/a", false, false),
            ("[a]\nGuest OK = Yes\nread only = No", true, true),
            ("[a]\npublic = 1\nwriteable = true", true, true),
            ("[global]\nguest ok = yes\n[a]\npath=/a", true, false),
            ("[global]\nguest ok = yes\n[a]\nguestok = no", false, false),
            ("[a]\nwritable = yes\nread only = yes", false, false),
            ("[a]\nread \\\n only = no", false, true),
            ("[a]\npath=/a\n[A]\nguest ok = yes", true, false),
        ] {
            assert_eq!((share(text).guests, share(text).writable), (guests, writable), "{text}");
        }
        assert!(smb_conf("[a]\navailable = no").shares.is_empty());
        assert!(smb_conf("[global]\ninclude = /etc/samba/%m.conf").is_a_part);
        assert!(smb_conf("[global]\nregistry shares = yes").is_a_part);
        assert_eq!(smb_conf("[global]\nusershare path = /u").usershares.as_deref(), Some("/u"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in "(\\[|\\]|=|\\\\\n|\n|global|guest ok|\\PC){0,120}") {
            smb_conf(&text);
        }
    }
}
