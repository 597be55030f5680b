//! Files that grow record by record: TensorBoard's events, logs.

use std::fs::File;
use std::io::{Error as IoError, ErrorKind, Result as IoResult};
use std::path::{Path, PathBuf};

use super::operation;
use super::save::{open_folder, sync_names};
use super::target::folder;
use crate::error::{Error, Result};

/// A file under its own name, seen as it grows, that always ends with a whole record: one that does
/// not fit is taken back. Only a kill in the middle of a record can leave a part of it, which
/// [`Growing::go_on`] cuts off.
#[derive(Debug)]
pub struct Growing {
    path: PathBuf,
    file: File,
    /// Bytes of whole records.
    length: u64,
    /// Whether a part of a record could not be taken back.
    torn: bool,
}

impl Growing {
    /// A new file.
    ///
    /// # Errors
    /// [`Error::Write`] with what the system said; a file that is there already is never written to.
    pub fn create(path: &Path) -> Result<Self> {
        Self::created(path).map_err(|source| Error::Write { path: path.to_owned(), source })
    }

    fn created(path: &Path) -> IoResult<Self> {
        let opened = open_folder(folder(path))?;
        let file = operation::create(path, false)?;
        sync_names(opened.as_ref())?;
        Ok(Self { path: path.to_owned(), file, length: 0, torn: false })
    }

    /// A file that is there, of which the first `length` bytes are kept: whole records, as whoever
    /// reads it knows.
    ///
    /// # Errors
    /// [`Error::Write`] with what the system said; for a file of fewer bytes, too.
    pub fn go_on(path: &Path, length: u64) -> Result<Self> {
        Self::opened(path, length).map_err(|source| Error::Write { path: path.to_owned(), source })
    }

    fn opened(path: &Path, length: u64) -> IoResult<Self> {
        // Asked before it is opened: opening a pipe waits for somebody to read.
        if !operation::metadata(path)?.is_file() {
            return Err(IoError::new(ErrorKind::InvalidInput, "this is not a regular file"));
        }
        let mut file = operation::open_to_write(path)?;
        let found = operation::metadata_of(&file)?.len();
        if found < length {
            let why = format!("it has {found} bytes and should have {length} or more");
            return Err(IoError::new(ErrorKind::UnexpectedEof, why));
        }
        operation::cut(&mut file, length)?;
        Ok(Self { path: path.to_owned(), file, length, torn: false })
    }

    /// Adds a record, or nothing. It is handed to the system in one call, so that readers see it whole.
    ///
    /// # Errors
    /// [`Error::Write`] with what the system said; the file then still ends with a whole record.
    pub fn append(&mut self, record: &[u8]) -> Result<()> {
        let written = self.mend().and_then(|()| operation::write(&mut self.file, record));
        match written {
            Ok(()) => {
                self.length += record.len() as u64;
                Ok(())
            }
            Err(source) => {
                self.torn = true;
                // If it cannot be taken back now, it is before the next record.
                let _ = self.mend();
                Err(Error::Write { path: self.path.clone(), source })
            }
        }
    }

    fn mend(&mut self) -> IoResult<()> {
        if self.torn {
            operation::cut(&mut self.file, self.length)?;
            self.torn = false;
        }
        Ok(())
    }

    /// Waits until what was added would outlast a power cut.
    ///
    /// # Errors
    /// [`Error::Write`] with what the system said.
    pub fn flush(&mut self) -> Result<()> {
        self.mend()
            .and_then(|()| operation::sync(&self.file))
            .map_err(|source| Error::Write { path: self.path.clone(), source })
    }

    /// Bytes of whole records.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}
