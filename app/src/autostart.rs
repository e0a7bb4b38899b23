//! Starting with the session: the user's autostart entry (Desktop Application Autostart 0.5).

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::files;

/// Why starting at login is not as the user wants it.
#[derive(Debug, thiserror::Error)]
pub enum AutostartError {
    #[error("starting at login could not be changed: {cause}\nfile: {file}", file = file.display())]
    Unwritable { cause: io::Error, file: PathBuf },
    #[error("starting at login could not be set: the program's own path cannot stand in a desktop entry\nfile: {}", .0.display())]
    Unspeakable(PathBuf),
    #[error("starting at login is not known on this system")]
    NotHere,
}

/// The user's autostart entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Autostart {
    file: PathBuf,
}

impl Autostart {
    /// Of the user who runs this. `None` where the system has no such folder.
    pub fn of_user() -> Option<Self> {
        if !cfg!(target_os = "linux") {
            return None;
        }
        let dirs = directories::BaseDirs::new()?;
        Some(Autostart::at(dirs.config_dir().join("autostart/stethoscope.desktop")))
    }

    /// An entry at that path, for tests and trial runs.
    pub fn at(file: PathBuf) -> Self {
        Autostart { file }
    }

    /// Whether the session starts the program. An entry that is hidden or switched off does not.
    pub fn is_on(&self) -> bool {
        files::read_text(&self.file).is_ok_and(|text| {
            let value = |key: &str| {
                let lines = text.lines().filter_map(|line| line.split_once('='));
                lines.filter(|(name, _)| name.trim() == key).map(|(_, value)| value.trim().to_owned()).next()
            };
            value("Exec").is_some()
                && value("Hidden").as_deref() != Some("true")
                && value("X-GNOME-Autostart-enabled").as_deref() != Some("false")
        })
    }

    /// Switches it on for this program, or off.
    pub fn set(&self, on: Start, program: &Path) -> Result<(), AutostartError> {
        let unwritable = |cause| AutostartError::Unwritable { cause, file: self.file.clone() };
        match on {
            Start::AtLogin => {
                let entry = entry(program).ok_or_else(|| AutostartError::Unspeakable(program.to_owned()))?;
                files::replace(&self.file, entry.as_bytes()).map_err(unwritable)
            }
            Start::ByHand => match fs::remove_file(&self.file) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(unwritable(error)),
                _ => Ok(()),
            },
        }
    }
}

/// How the program is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    AtLogin,
    ByHand,
}

/// The entry's text. `None` for a path that no entry can hold.
fn entry(program: &Path) -> Option<String> {
    let exec = quoted(program.to_str()?)?;
    Some(format!(
        "[Desktop Entry]\n\
         Type=Application\n\
         Name=Stethoscope\n\
         Comment=Says when the security of this computer changes\n\
         Exec={exec} --background\n\
         Icon=stethoscope\n\
         Terminal=false\n\
         X-GNOME-Autostart-enabled=true\n"
    ))
}

/// A program's path as an argument of `Exec`. Source: Desktop Entry Specification 1.5, "The Exec
/// key": quoted, with `"`, backtick, `$` and `\` escaped, `%` doubled; then every backslash once
/// more, for the value is a string. A program's path may hold no `=`.
fn quoted(path: &str) -> Option<String> {
    if path.contains(['\n', '\r', '\0', '=']) {
        return None;
    }
    let mut argument = String::from("\"");
    for c in path.chars() {
        match c {
            '"' | '`' | '$' | '\\' => argument.extend(['\\', c]),
            '%' => argument.push_str("%%"),
            c => argument.push(c),
        }
    }
    argument.push('"');
    Some(argument.replace('\\', "\\\\"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_quoted_as_the_specification_says() {
        for (path, expected) in [
            ("/usr/bin/stethoscope", Some(r#""/usr/bin/stethoscope""#)),
            ("/home/ann/my apps/stethoscope", Some(r#""/home/ann/my apps/stethoscope""#)),
            ("/opt/100%/s", Some(r#""/opt/100%%/s""#)),
            (r#"/a"b"#, Some(r#""/a\\"b""#)),
            ("/a$b`c", Some(r#""/a\\$b\\`c""#)),
            (r"/a\b", Some(r#""/a\\\\b""#)),
            ("/a\nb", None),
            ("/a=b", None),
        ] {
            assert_eq!(quoted(path).as_deref(), expected, "{path:?}");
        }
    }

    #[test]
    fn switching_on_and_off_is_seen() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("autostart/stethoscope.desktop");
        let autostart = Autostart::at(file.clone());
        assert!(!autostart.is_on());
        autostart.set(Start::ByHand, Path::new("/usr/bin/stethoscope")).expect("off already");
        autostart.set(Start::AtLogin, Path::new("/usr/bin/stethoscope")).expect("can be written");
        assert!(autostart.is_on());
        let text = fs::read_to_string(&file).expect("the entry");
        assert!(text.contains("Exec=\"/usr/bin/stethoscope\" --background\n"), "{text}");
        fs::write(&file, format!("{text}Hidden=true\n")).expect("can be written");
        assert!(!autostart.is_on(), "a session's own switch hides the entry");
        autostart.set(Start::ByHand, Path::new("/usr/bin/stethoscope")).expect("can be removed");
        assert!(!file.exists());
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_said_with_its_file() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("autostart"), "in the way").expect("a file");
        let autostart = Autostart::at(folder.path().join("autostart/stethoscope.desktop"));
        let error = autostart.set(Start::AtLogin, Path::new("/usr/bin/stethoscope")).expect_err("in the way");
        assert!(error.to_string().contains("autostart/stethoscope.desktop"), "{error}");
    }
}
