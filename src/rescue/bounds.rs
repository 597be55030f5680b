//! How much is kept, and what goes when it is too much.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::disk;
use crate::error::{Error, Result};

/// At most so many files wait for somebody to save or discard them,
pub const MOST_FILES: usize = 24;
/// and at most so many bytes of them.
pub const MOST_BYTES: u64 = 2 << 30;

/// Refuses a file that is larger than all may be together.
///
/// # Errors
/// [`Error::Write`] with both sizes.
pub(super) fn check(path: &Path, bytes: u64) -> Result<()> {
    if bytes <= MOST_BYTES {
        return Ok(());
    }
    let why = format!("{} MiB are too many to be kept; at most {}", bytes >> 20, MOST_BYTES >> 20);
    let source = std::io::Error::new(std::io::ErrorKind::FileTooLarge, why);
    Err(Error::Write { path: path.to_owned(), source })
}

/// Removes files, the oldest first, until they are few and small enough together. `newest` stays.
/// Returns those removed.
pub(super) fn make_room(files: Vec<PathBuf>, newest: &Path) -> Vec<PathBuf> {
    let sized = |path: PathBuf| {
        let (written, bytes) = disk::stamp(&path)?;
        Some((written.unwrap_or(SystemTime::UNIX_EPOCH), bytes, path))
    };
    let files = files.into_iter().filter(|path| path != newest);
    let mut files: Vec<_> = files.filter_map(sized).collect();
    files.sort();
    let mut count = files.len() + 1;
    let mut bytes: u64 = files.iter().map(|(_, bytes, _)| bytes).sum();
    bytes += disk::stamp(newest).map_or(0, |(_, bytes)| bytes);
    let mut removed = Vec::new();
    for (_, size, path) in files {
        if count <= MOST_FILES && bytes <= MOST_BYTES {
            break;
        }
        if disk::remove(&path).is_ok() {
            removed.push(path);
        }
        count -= 1;
        bytes -= size;
    }
    removed
}
