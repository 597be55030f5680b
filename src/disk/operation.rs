//! What is asked of the system, one function an operation. Nobody else calls `std::fs`.

use std::fs::{File, Metadata, OpenOptions, ReadDir, TryLockError};
use std::io::{Read, Result, Write};
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempPath};

pub(super) fn metadata(path: &Path) -> Result<Metadata> {
    std::fs::metadata(path)
}

pub(super) fn canonicalize(path: &Path) -> Result<PathBuf> {
    std::fs::canonicalize(path)
}

pub(super) fn open(path: &Path) -> Result<File> {
    File::open(path)
}

pub(super) fn read(file: &mut File, buffer: &mut [u8]) -> Result<usize> {
    file.read(buffer)
}

/// Opens a file that serves as a lock, and makes it if it is missing; what it holds stays.
pub(super) fn open_lock(path: &Path) -> Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
}

/// Takes the lock on a file; false if another process has it.
pub(super) fn try_lock(file: &File) -> Result<bool> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Writes straight into a device or pipe.
pub(super) fn write_direct(path: &Path, bytes: &[u8]) -> Result<()> {
    std::fs::write(path, bytes)
}

pub(super) fn create_temporary(
    builder: &tempfile::Builder<'_, '_>,
    folder: &Path,
) -> Result<NamedTempFile> {
    builder.tempfile_in(folder)
}

/// A file without a name: it leaves no trace, even if the program is killed.
pub(super) fn create_unnamed(folder: &Path) -> Result<File> {
    tempfile::tempfile_in(folder)
}

pub(super) fn write(file: &mut File, bytes: &[u8]) -> Result<()> {
    file.write_all(bytes)
}

pub(super) fn sync(file: &File) -> Result<()> {
    file.sync_all()
}

/// Puts a temporary file in the place of `target`.
pub(super) fn persist(file: TempPath, target: &Path) -> Result<()> {
    Ok(file.persist(target)?)
}

pub(super) fn rename(from: &Path, to: &Path) -> Result<()> {
    std::fs::rename(from, to)
}

pub(super) fn remove(path: &Path) -> Result<()> {
    std::fs::remove_file(path)
}

pub(super) fn create_folder(path: &Path) -> Result<()> {
    std::fs::create_dir_all(path)
}

pub(super) fn contents(folder: &Path) -> Result<ReadDir> {
    std::fs::read_dir(folder)
}
