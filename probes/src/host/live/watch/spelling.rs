//! Paths and keys of Windows as a plan has them: from the root, with slashes, in small letters, since Windows takes
//! large and small ones for the same. How they are really spelled is kept, because not every letter comes back.

use std::collections::HashMap;

/// What the keys of the registry begin with, short and long.
const HIVES: [(&str, &str); 5] = [
    ("HKLM", "HKEY_LOCAL_MACHINE"),
    ("HKCU", "HKEY_CURRENT_USER"),
    ("HKU", "HKEY_USERS"),
    ("HKCR", "HKEY_CLASSES_ROOT"),
    ("HKCC", "HKEY_CURRENT_CONFIG"),
];

/// How the paths of a plan are really spelled.
#[derive(Debug, Default)]
pub(super) struct Spelling(HashMap<String, String>);

impl Spelling {
    /// A file or folder on a drive. `None` for what is relative or on another computer.
    pub(super) fn path(&mut self, path: &str) -> Option<String> {
        let path = path.strip_prefix(r"\\?\").unwrap_or(path);
        let mut parts = path.split(['\\', '/']);
        let is_drive = |name: &&str| matches!(name.as_bytes(), [letter, b':'] if letter.is_ascii_alphabetic());
        let drive = parts.next().filter(is_drive)?;
        // `C:` alone is whatever folder is the current one there.
        let rest: Vec<&str> = parts.collect();
        (!rest.is_empty()).then(|| self.learn(drive, &rest))
    }

    /// A key of the registry, `HKLM\SOFTWARE` for example. `None` for what is none.
    pub(super) fn key(&mut self, key: &str) -> Option<String> {
        let mut parts = key.split('\\');
        let first = parts.next()?;
        let is_called =
            |(short, long): &&(&str, &str)| first.eq_ignore_ascii_case(short) || first.eq_ignore_ascii_case(long);
        let (hive, _) = HIVES.iter().find(is_called)?;
        let rest: Vec<&str> = parts.collect();
        // A slash is a letter of a name there, and would be taken for a separator here.
        rest.iter().all(|name| !name.contains('/')).then(|| self.learn(hive, &rest))
    }

    /// How it was spelled where it was first asked for.
    pub(super) fn real(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }

    fn learn(&mut self, top: &str, rest: &[&str]) -> String {
        let mut names: Vec<&str> = vec![top];
        for part in rest {
            match *part {
                "" | "." => {}
                // There is nothing above a drive or a hive.
                ".." => names.truncate((names.len() - 1).max(1)),
                name => names.push(name),
            }
        }
        let (mut path, mut real) = (String::new(), String::new());
        for name in names {
            path.push('/');
            path.push_str(&fold(name));
            if !real.is_empty() {
                real.push('\\');
            }
            real.push_str(name);
            if !self.0.contains_key(&path) {
                self.0.insert(path.clone(), real.clone());
            }
        }
        path
    }
}

/// A name in small letters, but for letters that would become two: to Windows they are other ones.
pub(super) fn fold(name: &str) -> String {
    let small = |letter: char| {
        let mut small = letter.to_lowercase();
        match (small.next(), small.next()) {
            (Some(one), None) => one,
            _ => letter,
        }
    };
    name.chars().map(small).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_on_drives_are_told_from_all_others() {
        for (asked, path, real) in [
            (r"C:\Windows\System32", "/c:/windows/system32", r"C:\Windows\System32"),
            ("c:/Windows//x.ini", "/c:/windows/x.ini", r"c:\Windows\x.ini"),
            (r"\\?\D:\a\..\b\.\c", "/d:/b/c", r"D:\b\c"),
            (r"C:\..\..\x", "/c:/x", r"C:\x"),
            (r"C:\", "/c:", "C:"),
            // The first small letter would be two to Unicode; to Windows it is no other spelling of i.
            (r"C:\Users\İbrahim\Ä", "/c:/users/İbrahim/ä", r"C:\Users\İbrahim\Ä"),
        ] {
            let mut spelling = Spelling::default();
            assert_eq!(spelling.path(asked).as_deref(), Some(path));
            assert_eq!(spelling.real(path), Some(real));
        }
        for asked in [r"\\server\share\x", r"\\?\UNC\server\x", "C:", "C:x", "relative", "/etc/x", "", r"\x", r"1:\x"] {
            assert_eq!(Spelling::default().path(asked), None, "{asked}");
        }
    }

    #[test]
    fn keys_of_every_hive_are_known_by_both_names() {
        let mut spelling = Spelling::default();
        for (asked, path) in [
            (r"HKLM\SOFTWARE\Policies", "/hklm/software/policies"),
            (r"hkey_local_machine\Software\POLICIES\", "/hklm/software/policies"),
            (r"HKCU\Control Panel\Desktop", "/hkcu/control panel/desktop"),
            ("HKU", "/hku"),
        ] {
            assert_eq!(spelling.key(asked).as_deref(), Some(path), "{asked}");
        }
        assert_eq!(spelling.real("/hklm/software"), Some(r"HKLM\SOFTWARE"), "as it was spelled first");
        assert_eq!(spelling.real("/hklm/system"), None);
        for asked in ["", "HKXX", r"SOFTWARE\x", r"C:\x", r"HKLM\a/b\c"] {
            assert_eq!(spelling.key(asked), None, "{asked}");
        }
    }
}
