//! Folders, names and dates.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::operation;
use crate::error::{Error, Result};

/// What the system says of a file without reading it: when it was written, and its size in bytes.
pub type Stamp = (Option<SystemTime>, u64);

/// The stamp of a file, if there is one.
pub fn stamp(path: &Path) -> Option<Stamp> {
    let metadata = operation::metadata(path).ok()?;
    Some((metadata.modified().ok(), metadata.len()))
}

/// Makes a folder and those above it, unless they are there.
///
/// # Errors
/// [`Error::Write`] with what the system said.
pub fn create_folder(folder: &Path) -> Result<()> {
    operation::create_folder(folder)
        .map_err(|source| Error::Write { path: folder.to_owned(), source })
}

/// Paths of everything in a folder, in the order of their names.
///
/// # Errors
/// [`Error::Read`] with what the system said.
pub fn contents(folder: &Path) -> Result<Vec<PathBuf>> {
    let unreadable = |source| Error::Read { path: folder.to_owned(), source };
    let mut paths = operation::contents(folder)
        .map_err(unreadable)?
        .map(|entry| entry.map(|entry| entry.path()).map_err(unreadable))
        .collect::<Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

/// Gives a file another name in the same file system.
///
/// # Errors
/// [`Error::Write`] with the new name and what the system said.
pub fn rename(from: &Path, to: &Path) -> Result<()> {
    operation::rename(from, to).map_err(|source| Error::Write { path: to.to_owned(), source })
}

/// Removes a file.
///
/// # Errors
/// [`Error::Write`] with what the system said.
pub fn remove(path: &Path) -> Result<()> {
    operation::remove(path).map_err(|source| Error::Write { path: path.to_owned(), source })
}
