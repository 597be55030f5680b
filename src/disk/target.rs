//! Where a path leads, and whether it can be written.

use std::fs::Metadata;
use std::io::{Error as IoError, ErrorKind, Result as IoResult};
use std::path::{Component, Path, PathBuf};

use super::operation;
use crate::error::{Error, Result};
use crate::visible;

/// Links followed one after another; Linux gives up at as many.
const MOST_LINKS: usize = 40;

/// What a path leads to.
pub(super) enum Target {
    /// A regular file, or none yet: it is replaced whole.
    File {
        /// Its path, links followed.
        path: PathBuf,
        /// The file that is there.
        older: Option<Metadata>,
    },
    /// A device or pipe, which renaming would destroy: it is written directly.
    Direct(PathBuf),
}

impl Target {
    /// Looks where `path` leads.
    ///
    /// # Errors
    /// What stands in the way of writing there, as far as can be seen without writing.
    pub(super) fn find(path: &Path) -> IoResult<Self> {
        if path.as_os_str().is_empty() {
            return refuse(ErrorKind::InvalidInput, "the name is empty; name a file");
        }
        let named = path.components().next_back();
        let shown = path.as_os_str().as_encoded_bytes().last().copied().map(char::from);
        let slash = shown.is_some_and(std::path::is_separator);
        let older = match operation::metadata(path) {
            Ok(found) if found.is_dir() => {
                return refuse(ErrorKind::IsADirectory, "it is a folder; name a file in it");
            }
            _ if slash || !matches!(named, Some(Component::Normal(_))) => {
                return refuse(ErrorKind::IsADirectory, "this names a folder; name a file in it");
            }
            Ok(found) if !found.is_file() => return Ok(Self::Direct(path.to_owned())),
            Ok(found) if found.permissions().readonly() => {
                return refuse(ErrorKind::PermissionDenied, "it exists and is read-only");
            }
            Ok(found) => Some(found),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        Ok(Self::File { path: follow(path)?, older })
    }
}

fn refuse<T>(kind: ErrorKind, why: &str) -> IoResult<T> {
    Err(IoError::new(kind, why))
}

/// The file at the end of a chain of links, which need not be there.
fn follow(path: &Path) -> IoResult<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        match operation::read_link(&path) {
            Ok(next) => path = folder(&path).join(next),
            // No link, or nothing at all.
            Err(error)
                if [ErrorKind::InvalidInput, ErrorKind::NotFound].contains(&error.kind()) =>
            {
                return Ok(path);
            }
            Err(error) => return Err(error),
        }
    }
    refuse(ErrorKind::InvalidInput, "its links lead in a circle")
}

/// Refuses a path that could not be written, before any long work is done for it.
///
/// # Errors
/// [`Error::Write`] with what stands in the way.
pub fn check_writable(path: &Path) -> Result<()> {
    let unwritable = |source| Error::Write { path: path.to_owned(), source };
    let found = Target::find(path).map_err(|error| unwritable(explained(path, error)))?;
    let Target::File { path: target, older } = found else { return Ok(()) };
    let folder = folder(&target);
    match operation::metadata(folder) {
        Ok(found) if found.is_dir() => {}
        Ok(_) => {
            let why = format!("{} is a file, not a folder", visible::path(folder));
            return Err(unwritable(IoError::new(ErrorKind::NotADirectory, why)));
        }
        Err(error) => return Err(unwritable(explained(path, error))),
    }
    // An unnamed file leaves no trace, even if the program is killed right here.
    operation::create_unnamed(folder).map(drop).map_err(|error| {
        let denied = [ErrorKind::PermissionDenied, ErrorKind::ReadOnlyFilesystem];
        let source = match denied.contains(&error.kind()) && older.is_some() {
            // A save that is cut off must leave the older file, so the new one begins beside it.
            true => IoError::new(
                error.kind(),
                format!(
                    "its folder takes no new file ({error}), and without one a save that is cut \
                     off would leave half of it; choose another folder"
                ),
            ),
            false => error,
        };
        unwritable(source)
    })
}

/// The reason in words that show the remedy.
fn explained(path: &Path, error: IoError) -> IoError {
    let folder = folder(path);
    let why = match error.kind() {
        ErrorKind::NotFound => {
            format!("there is no folder {}; create it first", visible::path(folder))
        }
        ErrorKind::NotADirectory => match folder.ancestors().find(|above| is_file(above)) {
            Some(file) => format!("{} is a file, not a folder", visible::path(file)),
            None => return error,
        },
        ErrorKind::InvalidFilename => "the name is too long for this system; shorten it".into(),
        _ => return error,
    };
    IoError::new(error.kind(), why)
}

fn is_file(path: &Path) -> bool {
    operation::metadata(path).is_ok_and(|found| found.is_file())
}

/// Whether two names lead to the same file, as far as can be seen before they exist: by links, by
/// second names of one file, or by two ways to one folder.
pub fn same_file(one: &Path, other: &Path) -> bool {
    let (Ok(one), Ok(other)) = (place(one), place(other)) else { return one == other };
    one == other
}

/// What tells files apart.
#[derive(PartialEq, Eq)]
enum Place {
    /// Device and number of a regular file.
    #[cfg(unix)]
    Inode(u64, u64),
    /// The path, its folder without links.
    Path(PathBuf),
    /// Devices and pipes can be written more than once, but hardly on purpose.
    Direct(PathBuf),
}

fn place(path: &Path) -> IoResult<Place> {
    Ok(match Target::find(path) {
        Ok(Target::Direct(path)) => Place::Direct(path),
        #[cfg(unix)]
        Ok(Target::File { older: Some(found), .. }) => {
            use std::os::unix::fs::MetadataExt as _;
            Place::Inode(found.dev(), found.ino())
        }
        Ok(Target::File { path, .. }) => Place::Path(real(&path)?),
        Err(_) => Place::Path(real(path)?),
    })
}

/// The path with the links in its folder followed.
fn real(path: &Path) -> IoResult<PathBuf> {
    match (operation::canonicalize(folder(path)), path.file_name()) {
        (Ok(folder), Some(name)) => Ok(folder.join(name)),
        _ => std::path::absolute(path),
    }
}

/// The folder a path lies in; a bare file name lies in the current one.
pub(super) fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}
