//! Files that are there whole or not at all.

use std::fs::File;
use std::io::{Error as IoError, ErrorKind, Result as IoResult};
use std::path::Path;

use super::operation;
use super::part::Part;
use super::set::{Failed, Set, Wanted};
use super::target::{Target, folder};
use super::tidy::tidy_once;
use crate::error::{Error, Result};

/// Writes a file by way of a hidden one beside it, so that nobody ever sees half of it, and a failure,
/// a kill or a power cut leaves an older file as it was. Links are followed; devices and pipes are
/// written to. The permissions of an older file stay, and its owner as far as the system allows; its
/// other hard links keep the older content.
///
/// # Errors
/// [`Error::Write`] with the path and what the system said. The older file is there then, or, if the
/// error says so, the new one that might not outlast a power cut.
pub fn save(path: &Path, bytes: &[u8]) -> Result<()> {
    save_all(&[(path, bytes)])
}

/// Writes several files, or none: they appear only after every one of them fitted on its disk. If
/// they cannot all be given their names, those that were are given back. A process that dies
/// meanwhile leaves a mark by which the next save into the same folder gives the rest their names.
///
/// # Errors
/// [`Error::Write`] with the first path that failed and what the system said.
pub fn save_all(files: &[(&Path, &[u8])]) -> Result<()> {
    write_all(files)
        .map_err(|(index, source)| Error::Write { path: files[index].0.to_owned(), source })
}

fn write_all(files: &[(&Path, &[u8])]) -> std::result::Result<(), Failed> {
    let (mut wanted, mut direct) = (Vec::new(), Vec::new());
    for (index, (path, bytes)) in files.iter().enumerate() {
        match Target::find(path).map_err(|error| (index, error))? {
            Target::File { path, older } => {
                tidy_once(folder(&path));
                wanted.push(Wanted { index, target: path, older, bytes });
            }
            Target::Direct(path) => direct.push((index, path, bytes)),
        }
    }
    let staged = Staged::new(&wanted)?;
    // Devices and pipes cannot give back what they took: last of all that can fail for its size.
    for (index, path, bytes) in direct {
        write_direct(&path, bytes).map_err(|error| (index, error))?;
    }
    staged.publish()
}

/// Files that are complete, but not yet seen under their names.
enum Staged<'a> {
    Nothing,
    /// Giving one file its name needs no book-keeping: the system does it at once.
    One(&'a Wanted<'a>, Part, Option<File>),
    Several(Set<'a>),
}

impl<'a> Staged<'a> {
    fn new(wanted: &'a [Wanted<'a>]) -> std::result::Result<Self, Failed> {
        let one = |file: &'a Wanted<'a>| {
            let part = Part::locked(folder(&file.target), file.older.as_ref(), file.bytes)?;
            // Opened first, so that nothing can go wrong for want of a handle once it is published.
            Ok(Self::One(file, part, open_folder(folder(&file.target))?))
        };
        match wanted {
            [] => Ok(Self::Nothing),
            [file] => one(file).map_err(|error| (file.index, error)),
            several => Set::stage(several).map(Self::Several),
        }
    }

    fn publish(self) -> std::result::Result<(), Failed> {
        match self {
            Self::Nothing => Ok(()),
            Self::One(file, mut part, opened) => part
                .publish(&file.target)
                .and_then(|()| sync_names(opened.as_ref()).map_err(not_lasting))
                .map_err(|error| (file.index, error)),
            Self::Several(set) => set.publish(),
        }
    }
}

/// A folder open for [`sync_names`]; none where the system does not open folders, or not this one.
pub(super) fn open_folder(folder: &Path) -> IoResult<Option<File>> {
    if cfg!(not(unix)) {
        return Ok(None);
    }
    match operation::open(folder) {
        Ok(folder) => Ok(Some(folder)),
        // One may write into folders that one may not read.
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Ok(None),
        Err(error) => Err(error),
    }
}

/// Makes names in a folder outlast a power cut: on POSIX systems renaming a file changes its folder,
/// and the folder is on the disk only after it was flushed itself.
pub(super) fn sync_names(folder: Option<&File>) -> IoResult<()> {
    let Some(folder) = folder else { return Ok(()) };
    match operation::sync(folder) {
        // Some network and user-space file systems cannot; there is no other way to ask them.
        Err(error) if [ErrorKind::InvalidInput, ErrorKind::Unsupported].contains(&error.kind()) => {
            Ok(())
        }
        outcome => outcome,
    }
}

/// What is said of a file that has its name, but perhaps not for long.
fn not_lasting(error: IoError) -> IoError {
    let why = format!("it is there, but a power cut now might undo that ({error})");
    IoError::new(error.kind(), why)
}

fn write_direct(path: &Path, bytes: &[u8]) -> IoResult<()> {
    operation::write(&mut operation::open_to_write(path)?, bytes)
}
