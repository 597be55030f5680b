//! Folders, names and dates.

use std::io::{Error as IoError, ErrorKind, Result as IoResult};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::operation;
use crate::error::{Error, Result};
use crate::visible;

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
    NewFolder::make(folder).map(NewFolder::keep)
}

/// A folder, and those above it that were not there. Those that are still empty when this is dropped
/// are removed again: a command that fails leaves no trace.
#[must_use = "the folder is removed again at once"]
#[derive(Debug)]
pub struct NewFolder {
    /// The outermost first.
    made: Vec<PathBuf>,
}

impl NewFolder {
    /// Makes a folder and those above it, unless they are there.
    ///
    /// # Errors
    /// [`Error::Write`] with what the system said; then none was made.
    pub fn make(folder: &Path) -> Result<Self> {
        let mut new = Self { made: Vec::new() };
        new.also_make(folder)?;
        Ok(new)
    }

    /// Makes another folder, to be removed with the others.
    ///
    /// # Errors
    /// [`Error::Write`] with what the system said.
    pub fn also_make(&mut self, folder: &Path) -> Result<()> {
        self.make_all(folder).map_err(|source| Error::Write { path: folder.to_owned(), source })
    }

    fn make_all(&mut self, folder: &Path) -> IoResult<()> {
        let mut missing = Vec::new();
        for above in folder.ancestors().filter(|above| !above.as_os_str().is_empty()) {
            match operation::metadata(above) {
                Ok(found) if found.is_dir() => break,
                Ok(_) => {
                    let why = format!("{} is a file, not a folder", visible::path(above));
                    return Err(IoError::new(ErrorKind::NotADirectory, why));
                }
                Err(error) if error.kind() == ErrorKind::NotFound => missing.push(above),
                // The file that is in the way stands further up.
                Err(error) if error.kind() == ErrorKind::NotADirectory => missing.push(above),
                Err(error) => return Err(error),
            }
        }
        for folder in missing.into_iter().rev() {
            match operation::make_folder(folder) {
                Ok(()) => self.made.push(folder.to_owned()),
                // Somebody else was quicker.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Keeps the folders, even empty ones.
    pub fn keep(mut self) {
        self.made.clear();
    }
}

impl Drop for NewFolder {
    fn drop(&mut self) {
        for folder in self.made.iter().rev() {
            // The system refuses to remove one that holds something.
            let _ = operation::remove_folder(folder);
        }
    }
}

/// Paths of everything in a folder, in the order of their names.
///
/// # Errors
/// [`Error::Read`] with what the system said.
pub fn contents(folder: &Path) -> Result<Vec<PathBuf>> {
    let names = operation::names(folder)
        .map_err(|source| Error::Read { path: folder.to_owned(), source })?;
    let mut paths: Vec<_> = names.into_iter().map(|name| folder.join(name)).collect();
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

/// Marks a file as changed just now.
///
/// # Errors
/// [`Error::Write`] with what the system said.
pub fn touch(path: &Path) -> Result<()> {
    operation::touch(path).map_err(|source| Error::Write { path: path.to_owned(), source })
}
