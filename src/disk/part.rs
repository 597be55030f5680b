//! Files under way: complete, but not yet seen under their names.

use std::fs::{File, Metadata};
use std::hash::{BuildHasher as _, RandomState};
use std::io::{ErrorKind, Result};
use std::path::{Path, PathBuf};

use super::operation;

/// What the names of all hidden files begin with.
pub(super) const PREFIX: &str = ".rnnscope-";
/// What the name of a file under way ends with.
pub(super) const PART: &str = ".part";

/// A name that no other save has: 16 digits.
pub(super) fn token() -> String {
    let once = std::time::SystemTime::now();
    format!("{:016x}", RandomState::new().hash_one((std::process::id(), once)))
}

/// Makes a hidden file that nobody else has or cleans up. Returns its token, path and handle; it is
/// locked as long as the handle is open, so that [`super::tidy()`] of another process leaves it alone.
pub(super) fn create_locked(
    folder: &Path,
    ending: &str,
    private: bool,
) -> Result<(String, PathBuf, File)> {
    for _ in 0..9 {
        let token = token();
        if let Some((path, file)) = create_locked_as(folder, &token, ending, private)? {
            return Ok((token, path, file));
        }
    }
    Err(ErrorKind::ResourceBusy.into())
}

/// The same with a known token; none if somebody took the new file for a leftover and cleans it up.
pub(super) fn create_locked_as(
    folder: &Path,
    token: &str,
    ending: &str,
    private: bool,
) -> Result<Option<(PathBuf, File)>> {
    let path = folder.join(format!("{PREFIX}{token}{ending}"));
    let file = operation::create(&path, private)?;
    // Where locks are unknown nobody cleans up.
    let taken = matches!(operation::lock(&file), Ok(false));
    let gone = operation::metadata(&path).is_err_and(|e| e.kind() == ErrorKind::NotFound);
    Ok((!taken && !gone).then_some((path, file)))
}

/// A file under way. It vanishes unless it is published.
pub(super) struct Part {
    path: PathBuf,
    /// Open while it is locked.
    file: Option<File>,
    published: bool,
}

impl Part {
    /// A complete file in `folder`, which stays locked until it is published.
    pub(super) fn locked(folder: &Path, older: Option<&Metadata>, bytes: &[u8]) -> Result<Self> {
        let (_, path, file) = create_locked(folder, PART, older.is_some())?;
        let mut part = Self { path, file: Some(file), published: false };
        part.fill(older, bytes)?;
        Ok(part)
    }

    /// A complete file of this path. It is closed: a set of hundreds of files must not use up the
    /// handles of the process.
    pub(super) fn closed(path: PathBuf, older: Option<&Metadata>, bytes: &[u8]) -> Result<Self> {
        let file = operation::create(&path, older.is_some())?;
        let mut part = Self { path, file: Some(file), published: false };
        part.fill(older, bytes)?;
        part.file = None;
        Ok(part)
    }

    fn fill(&mut self, older: Option<&Metadata>, bytes: &[u8]) -> Result<()> {
        let Some(file) = &mut self.file else { return Ok(()) };
        if let Some(older) = older {
            operation::permit_as(file, older)?;
        }
        operation::write(file, bytes)?;
        operation::sync(file)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives it its name; an older file of that name is gone.
    pub(super) fn publish(&mut self, target: &Path) -> Result<()> {
        operation::rename(&self.path, target)?;
        self.published = true;
        Ok(())
    }

    /// Leaves it where it is: somebody else finishes or removes it.
    pub(super) fn leave(mut self) {
        self.published = true;
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.published {
            // What cannot be removed now is at the next start.
            let _ = operation::remove(&self.path);
        }
    }
}
