//! The one way in which the program writes its own files: a temporary file beside the target,
//! flushed to the disk, then renamed over it. Whoever reads sees the old file or the new one.

mod in_time;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

pub use self::in_time::{READING, WRITING, in_time};

/// Puts `bytes` in place of the file at `path`, all of them or none. Makes the folder if need be.
///
/// A link is followed, so that a file kept elsewhere by a dotfile manager stays there. Permissions
/// of an existing file are kept; a new one is for its owner alone.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let (path, bytes) = (path.to_owned(), bytes.to_owned());
    in_time(WRITING, move || replace_now(&path, &bytes))
}

fn replace_now(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let target = fs::canonicalize(path).unwrap_or_else(|_not_there| path.to_owned());
    let folder = target.parent().unwrap_or(Path::new("."));
    make_folder(folder)?;
    let temporary = beside(&target, &format!("new-{}", std::process::id()));
    let written = write_new(&temporary, bytes)
        .and_then(|()| keep_permissions(&target, &temporary))
        .and_then(|()| fs::rename(&temporary, &target));
    if written.is_err() {
        // The first error is the one to tell; a leftover that cannot be removed adds nothing to it.
        let _leftover = fs::remove_file(&temporary);
        return written;
    }
    flush_folder(folder);
    Ok(())
}

/// The bytes of a file of the user's.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    let path = path.to_owned();
    in_time(READING, move || fs::read(path))
}

/// The text of a file of the user's.
pub fn read_text(path: &Path) -> io::Result<String> {
    let path = path.to_owned();
    in_time(READING, move || fs::read_to_string(path))
}

/// Gives a file another name in the same folder: the first free `NAME.LABEL-1`, `NAME.LABEL-2`, …
pub fn set_aside(path: &Path, label: &str) -> io::Result<PathBuf> {
    for number in 1..10_000 {
        let aside = beside(path, &format!("{label}-{number}"));
        if fs::symlink_metadata(&aside).is_err() {
            fs::rename(path, &aside)?;
            return Ok(aside);
        }
    }
    Err(io::Error::other("too many files were set aside already"))
}

/// Makes a folder, for its owner alone, and those above it.
pub fn make_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Opens options for a file that, if it is made, is for its owner alone.
pub fn private() -> OpenOptions {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "a folder of the user's is private there already"))]
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Whether the last line of a file of lines has no end: a write broke off. Leaves the file at its end.
pub fn is_torn(file: &mut File) -> io::Result<bool> {
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != [b'\n'])
}

/// `settings.ron` and `new-7` make `settings.ron.new-7`.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(ending);
    path.with_file_name(name)
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = private().write(true).create(true).truncate(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn keep_permissions(old: &Path, new: &Path) -> io::Result<()> {
    match fs::metadata(old) {
        Ok(metadata) => fs::set_permissions(new, metadata.permissions()),
        Err(_not_there) => Ok(()),
    }
}

/// Makes the rename itself last. Some file systems cannot; then the old file may come back after a
/// power cut, whole.
fn flush_folder(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _unsupported = folder.sync_all();
    }
}
