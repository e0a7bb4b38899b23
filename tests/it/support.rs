//! Where the fixtures are, and how a result is compared with the one on record.

use std::path::{Path, PathBuf};

/// The folder `tests` of the workspace.
pub(crate) fn tests_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("app is below the workspace").join("tests")
}

/// The top of the workspace.
pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("app is below the workspace").to_owned()
}

/// The files of a folder with that ending, sorted.
pub(crate) fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut found: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a folder entry").path())
        .filter(|path| path.extension().is_some_and(|found| found == ending))
        .collect();
    found.sort();
    found
}

/// Compares with a file below `tests`. `UPDATE_GOLDEN=1` writes it instead; read the difference
/// before you commit it.
pub(crate) fn golden(name: &str, actual: &str) {
    let path = tests_folder().join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, actual).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    if expected == actual {
        return;
    }
    let line = expected.lines().zip(actual.lines()).position(|(old, new)| old != new);
    let line = line.unwrap_or_else(|| expected.lines().count().min(actual.lines().count()));
    let at = |text: &str| text.lines().nth(line).unwrap_or("(the end)").to_owned();
    panic!(
        "{} differs from line {}\n  on record: {}\n  now:       {}\nUPDATE_GOLDEN=1 puts the new text on record\n\n{actual}",
        path.display(),
        line + 1,
        at(&expected),
        at(actual),
    );
}
