//! The settings on disk: read with good errors, never silently replaced.

use std::io;
use std::path::{Path, PathBuf};

use ron::Options;
use ron::extensions::Extensions;
use ron::ser::PrettyConfig;

use super::{FORMAT, Impossible, Settings};
use crate::files;
use crate::paths::Paths;

/// Why the settings on disk are not the ones in force. The program goes on with the defaults.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsProblem {
    /// Makes no sense. It was given another name, so that saving cannot overwrite it.
    #[error("the settings make no sense and the defaults are used: {cause}\nthe file is kept as {aside}", aside = aside.display())]
    Broken { cause: BrokenSettings, aside: PathBuf },
    /// Makes no sense, and could not be given another name.
    #[error("the settings make no sense and the defaults are used: {cause}\nthe file could not be set aside: {why}")]
    BrokenAndStuck { cause: BrokenSettings, why: String },
    /// Written by a newer version of this program. Left as it is.
    #[error("the settings were written by a newer Stethoscope and the defaults are used: format {found}, this version knows up to {FORMAT}\nfile: {file}", file = file.display())]
    Newer { found: u32, file: PathBuf },
    /// Is there and cannot be read. Left as it is.
    #[error("the settings could not be read and the defaults are used: {why}\nfile: {file}", file = file.display())]
    Unreadable { why: String, file: PathBuf },
}

/// What is wrong with a settings file, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}\nfile: {file}, line {line}", file = file.display())]
pub struct BrokenSettings {
    pub what: String,
    pub file: PathBuf,
    /// The first line is 1.
    pub line: usize,
}

/// Why the settings could not be kept. They are in force until the program ends.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    #[error("the settings could not be saved: {cause}\nfile: {file}", file = file.display())]
    Unwritable { cause: io::Error, file: PathBuf },
    #[error("the settings were not saved, because the file is of a newer Stethoscope (format {found})\nfile: {file}", file = file.display())]
    Newer { found: u32, file: PathBuf },
    #[error("the settings were not saved: {0}")]
    Impossible(#[from] Impossible),
}

/// The settings of the user, and what was wrong with the file if they are not in force.
pub fn load(paths: &Paths) -> (Settings, Option<SettingsProblem>) {
    let file = paths.settings();
    let text = match files::read(&file) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return (Settings::default(), None),
        Err(error) => {
            return (Settings::default(), Some(SettingsProblem::Unreadable { why: error.to_string(), file }));
        }
    };
    if let Some(found) = newer_format(&text) {
        return (Settings::default(), Some(SettingsProblem::Newer { found, file }));
    }
    match parse(&text, &file) {
        Ok(settings) => (settings, None),
        Err(cause) => {
            let problem = match files::set_aside(&file, "broken") {
                Ok(aside) => SettingsProblem::Broken { cause, aside },
                Err(error) => SettingsProblem::BrokenAndStuck { cause, why: error.to_string() },
            };
            (Settings::default(), Some(problem))
        }
    }
}

/// Keeps the settings. A file of a newer version is left alone, and one that makes no sense is set
/// aside first: somebody may have been writing in it while the program ran.
pub fn save(settings: &Settings, paths: &Paths) -> Result<(), SaveError> {
    settings.validate()?;
    let file = paths.settings();
    let unwritable = |cause| SaveError::Unwritable { cause, file: file.clone() };
    match files::read(&file) {
        Ok(bytes) => {
            let text = String::from_utf8_lossy(&bytes);
            if let Some(found) = newer_format(&text) {
                return Err(SaveError::Newer { found, file });
            }
            if let Err(problem) = parse(&text, &file) {
                let aside = files::set_aside(&file, "broken").map_err(unwritable)?;
                tracing::warn!("{problem}\nkept as {}", aside.display());
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        // What cannot be read cannot be judged, and so is not overwritten.
        Err(error) => return Err(unwritable(error)),
    }
    let pretty = PrettyConfig::new().struct_names(true);
    let body = reader().to_string_pretty(settings, pretty).map_err(|error| unwritable(io::Error::other(error)))?;
    let text = format!("// Written by Stethoscope. config/settings.ron in its sources explains every field.\n{body}\n");
    files::replace(&file, text.as_bytes()).map_err(unwritable)
}

/// Reads settings from text. `file` is only for the error.
pub fn parse(text: &str, file: &Path) -> Result<Settings, BrokenSettings> {
    let broken = |what: String, line: usize| BrokenSettings { what, file: file.to_owned(), line };
    let settings: Settings =
        reader().from_str(text).map_err(|error| broken(error.code.to_string(), error.span.start.line))?;
    settings.validate().map_err(|impossible| broken(impossible.to_string(), line_of(text, impossible.field)))?;
    Ok(settings)
}

fn reader() -> Options {
    // `quiet_hours: (from: …)` without `Some(…)` around it, for people who write by hand.
    Options::default().with_default_extension(Extensions::IMPLICIT_SOME)
}

/// The format a file says it has, if this version does not know it. Looks at the text and not at the
/// parsed value: a newer format need not parse here.
fn newer_format(text: &str) -> Option<u32> {
    let line = code_lines(text).map(|(_, line)| line).find(|line| mentions(line, "format"))?;
    let (_, value) = line.split_once("format")?;
    let digits: String = value.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    digits.parse().ok().filter(|found| *found > FORMAT)
}

fn line_of(text: &str, field: &str) -> usize {
    code_lines(text).find(|(_, line)| mentions(line, field)).map_or(1, |(number, _)| number)
}

fn mentions(line: &str, field: &str) -> bool {
    line.match_indices(field).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + field.len()..].trim_start();
        after.starts_with(':') && before.is_none_or(|c| !c.is_alphanumeric() && c != '_')
    })
}

/// The lines, counted from 1, without comments.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(index, line)| (index + 1, line.split("//").next().unwrap_or_default()))
}
