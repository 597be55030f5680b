//! What is asked of the system, one function an operation. Nobody else calls `std::fs`. A call that a
//! signal interrupted is made again.

#![allow(clippy::disallowed_methods, reason = "this is the door")]

use std::ffi::OsString;
use std::fs::{File, FileTimes, Metadata, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Result, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

#[cfg(debug_assertions)]
use super::fault;

/// Without debug assertions nothing fails on purpose.
#[cfg(not(debug_assertions))]
mod fault {
    use super::{Operation, Result};

    #[inline(always)]
    pub(super) fn before(_: Operation) -> Result<()> {
        Ok(())
    }

    #[inline(always)]
    pub(super) fn moving(_: Operation, wanted: usize) -> Result<(usize, bool)> {
        Ok((wanted, false))
    }

    #[inline(always)]
    pub(super) fn moved(_: bool) -> Result<()> {
        Ok(())
    }
}

/// The kinds of operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Asking what a path leads to.
    Look,
    /// Opening what is there.
    Open,
    /// Opening a file that was not there.
    Create,
    /// Reading some bytes.
    Read,
    /// Writing some bytes.
    Write,
    /// Waiting until what was written would outlast a power cut.
    Sync,
    /// Setting the length of a file.
    Resize,
    /// Locking a file against other processes.
    Lock,
    /// Setting owner or permissions.
    Permit,
    /// Setting the time of the last change.
    Touch,
    /// Giving a file another name.
    Rename,
    /// Giving a file a second name.
    Link,
    /// Removing a file.
    Remove,
    /// Making a folder.
    MakeFolder,
    /// Removing an empty folder.
    RemoveFolder,
    /// Listing a folder.
    List,
}

fn again<T>(operation: Operation, mut ask: impl FnMut() -> Result<T>) -> Result<T> {
    loop {
        match fault::before(operation).and_then(|()| ask()) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            answer => return answer,
        }
    }
}

/// Links are followed.
pub(super) fn metadata(path: &Path) -> Result<Metadata> {
    again(Operation::Look, || std::fs::metadata(path))
}

pub(super) fn metadata_of(file: &File) -> Result<Metadata> {
    again(Operation::Look, || file.metadata())
}

pub(super) fn canonicalize(path: &Path) -> Result<PathBuf> {
    again(Operation::Look, || std::fs::canonicalize(path))
}

/// Where a link leads.
pub(super) fn read_link(path: &Path) -> Result<PathBuf> {
    again(Operation::Look, || std::fs::read_link(path))
}

pub(super) fn open(path: &Path) -> Result<File> {
    again(Operation::Open, || File::open(path))
}

/// What is there, for writing.
pub(super) fn open_to_write(path: &Path) -> Result<File> {
    again(Operation::Open, || OpenOptions::new().write(true).open(path))
}

/// A file that was not there. A `private` one can be read by its owner only.
pub(super) fn create(path: &Path, private: bool) -> Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        // The umask takes away what the user does not want to give.
        options.mode(if private { 0o600 } else { 0o666 });
    }
    again(Operation::Create, || options.open(path))
}

/// What is there or not, for reading and writing; what it holds stays.
pub(super) fn open_or_create(path: &Path) -> Result<File> {
    again(Operation::Create, || {
        OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
    })
}

/// A file without a name: it leaves no trace, even if the program is killed.
pub(super) fn create_unnamed(folder: &Path) -> Result<File> {
    again(Operation::Create, || tempfile::tempfile_in(folder))
}

pub(super) fn read(file: &mut impl Read, buffer: &mut [u8]) -> Result<usize> {
    loop {
        match read_once(file, buffer) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            answer => return answer,
        }
    }
}

fn read_once(file: &mut impl Read, buffer: &mut [u8]) -> Result<usize> {
    let (most, last) = fault::moving(Operation::Read, buffer.len())?;
    let count = file.read(&mut buffer[..most])?;
    fault::moved(last)?;
    Ok(count)
}

/// All bytes, in as many calls as it takes.
pub(super) fn write(file: &mut impl Write, mut bytes: &[u8]) -> Result<()> {
    while !bytes.is_empty() {
        match write_once(file, bytes) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(count) => bytes = &bytes[count..],
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn write_once(file: &mut impl Write, bytes: &[u8]) -> Result<usize> {
    let (most, last) = fault::moving(Operation::Write, bytes.len())?;
    let count = file.write(&bytes[..most])?;
    fault::moved(last)?;
    Ok(count)
}

pub(super) fn sync(file: &File) -> Result<()> {
    again(Operation::Sync, || file.sync_all())
}

/// Cuts a file to `length` bytes, and goes on after them.
pub(super) fn cut(file: &mut File, length: u64) -> Result<()> {
    again(Operation::Resize, || {
        file.set_len(length)?;
        file.seek(SeekFrom::Start(length)).map(drop)
    })
}

/// Whether the file could be locked. It is until all its handles are closed, by death, too.
pub(super) fn lock(file: &File) -> Result<bool> {
    again(Operation::Lock, || match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    })
}

/// Gives a file the owner, the group and the permissions of an older one, as far as the system lets
/// this user: a group that cannot be given gets no more rights than everybody.
#[cfg(unix)]
pub(super) fn permit_as(file: &File, older: &Metadata) -> Result<()> {
    use std::fs::Permissions;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};
    let mine = metadata_of(file)?;
    let mut mode = older.mode() & 0o777;
    if mine.uid() != older.uid() {
        // Only root can give files away; from others it belongs to who saves it.
        let _ = again(Operation::Permit, || fchown(file, Some(older.uid()), None));
    }
    if mine.gid() != older.gid()
        && again(Operation::Permit, || fchown(file, None, Some(older.gid()))).is_err()
    {
        let others = mode & 0o007;
        mode = mode & 0o707 | (mode & 0o070 & (others << 3));
    }
    again(Operation::Permit, || file.set_permissions(Permissions::from_mode(mode)))
}

#[cfg(not(unix))]
pub(super) fn permit_as(_: &File, _: &Metadata) -> Result<()> {
    Ok(())
}

/// Marks a file as changed just now.
pub(super) fn touch(path: &Path) -> Result<()> {
    let file = open(path)?;
    let now = FileTimes::new().set_modified(SystemTime::now());
    again(Operation::Touch, || file.set_times(now))
}

pub(super) fn rename(from: &Path, to: &Path) -> Result<()> {
    again(Operation::Rename, || std::fs::rename(from, to))
}

pub(super) fn link(from: &Path, to: &Path) -> Result<()> {
    again(Operation::Link, || std::fs::hard_link(from, to))
}

pub(super) fn remove(path: &Path) -> Result<()> {
    again(Operation::Remove, || std::fs::remove_file(path))
}

/// One folder in another that is there.
pub(super) fn make_folder(path: &Path) -> Result<()> {
    again(Operation::MakeFolder, || std::fs::create_dir(path))
}

/// Only if nothing is in it.
pub(super) fn remove_folder(path: &Path) -> Result<()> {
    again(Operation::RemoveFolder, || std::fs::remove_dir(path))
}

/// Names of everything in a folder.
pub(super) fn names(folder: &Path) -> Result<Vec<OsString>> {
    again(Operation::List, || {
        std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.file_name())).collect()
    })
}
