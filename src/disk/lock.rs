//! Locks between processes. One is held on a file until it is dropped or its process ends, however
//! that happens.

use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;
use std::time::{Duration, Instant};

use super::{operation, read};
use crate::error::{Error, Result};

/// How often a lock that another process holds is asked for again.
const ASK_EVERY: Duration = Duration::from_millis(20);

/// A lock that this process holds.
#[derive(Debug)]
pub struct Lock {
    /// The system lets go of the lock when this is closed.
    _file: File,
}

impl Lock {
    /// Takes the lock on a file, which is made if it is missing, waiting for other processes at most
    /// so long. A file system that knows no locks is gone on with.
    ///
    /// # Errors
    /// [`Error::Write`] for a file that cannot be made, and for a lock that is still held by then.
    pub fn wait(path: &Path, patience: Duration) -> Result<Self> {
        let failed = |source| Error::Write { path: path.to_owned(), source };
        let file = operation::open_or_create(path).map_err(failed)?;
        let start = Instant::now();
        while let Ok(false) = operation::lock(&file) {
            if start.elapsed() >= patience {
                let held = "another rnnscope keeps it locked";
                return Err(failed(std::io::Error::new(ErrorKind::WouldBlock, held)));
            }
            std::thread::sleep(ASK_EVERY);
        }
        Ok(Self { _file: file })
    }

    /// Makes a file that is locked and holds this text.
    ///
    /// # Errors
    /// [`Error::Write`] with what the system said.
    pub fn create(path: &Path, text: &str) -> Result<Self> {
        let made = || {
            let mut file = operation::open_or_create(path)?;
            if !operation::lock(&file)? {
                return Err(ErrorKind::WouldBlock.into());
            }
            operation::write(&mut file, text.as_bytes())?;
            Ok(Self { _file: file })
        };
        made().map_err(|source| Error::Write { path: path.to_owned(), source })
    }

    /// The text of a file whose lock nobody holds any more, with its lock. `None` while somebody
    /// does, and where that cannot be told.
    pub fn abandoned(path: &Path) -> Option<(Self, String)> {
        /// Far more than anybody writes into one.
        const MOST: usize = 1 << 16;
        let mut file = operation::open_or_create(path).ok()?;
        if !operation::lock(&file).ok()? {
            return None;
        }
        let text = read::upto(&mut file, MOST).ok()?;
        Some((Self { _file: file }, String::from_utf8_lossy(&text).into_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_excludes_and_ends_with_its_holder() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.lock");
        let held = Lock::wait(&path, Duration::ZERO).unwrap();
        let error = Lock::wait(&path, Duration::from_millis(30)).unwrap_err().to_string();
        assert!(error.ends_with("x.lock: another rnnscope keeps it locked"), "{error}");
        drop(held);
        assert!(Lock::wait(&path, Duration::ZERO).is_ok());
    }

    #[test]
    fn what_somebody_holds_is_not_abandoned() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        let held = Lock::create(&path, "mine").unwrap();
        assert!(Lock::abandoned(&path).is_none());
        drop(held);
        assert_eq!(Lock::abandoned(&path).unwrap().1, "mine");
    }
}
