//! Files that grow record by record.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::operation;
use crate::error::{Error, Result};

/// A file under its own name, seen as it grows.
#[derive(Debug)]
pub struct Growing {
    path: PathBuf,
    file: File,
}

impl Growing {
    /// A new file.
    ///
    /// # Errors
    /// [`Error::Write`] with what the system said; a file that is there already is never written to.
    pub fn create(path: &Path) -> Result<Self> {
        let file = operation::create(path)
            .map_err(|source| Error::Write { path: path.to_owned(), source })?;
        Ok(Self { path: path.to_owned(), file })
    }

    /// Adds a record. It is handed to the system in one call, so that readers see it whole.
    ///
    /// # Errors
    /// [`Error::Write`] with what the system said.
    pub fn append(&mut self, record: &[u8]) -> Result<()> {
        operation::write(&mut self.file, record)
            .map_err(|source| Error::Write { path: self.path.clone(), source })
    }

    /// Waits until what was added would outlast a power cut.
    ///
    /// # Errors
    /// [`Error::Write`] with what the system said.
    pub fn flush(&mut self) -> Result<()> {
        operation::sync(&self.file)
            .map_err(|source| Error::Write { path: self.path.clone(), source })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}
