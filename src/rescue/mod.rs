//! Trainings that no file of the user's holds: kept in rnnscope's data folder until somebody saves or
//! discards them, and offered at the next start.
//!
//! A process that keeps trainings while they go on holds a lock for as long as it lives. What it
//! kept is offered to others once the lock is free, however the process ended.

mod bounds;
#[cfg(test)]
mod tests;

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub use bounds::{MOST_BYTES, MOST_FILES};

use crate::disk::{self, Lock};
use crate::error::{Error, Result};
use crate::train::Checkpoint;

/// Between the parts of a name.
const BETWEEN: char = '_';

/// How the names of locks end.
const LOCK: &str = "lock";

/// A lock that nobody holds is removed once it is this old: a younger one may be about to be locked.
const YOUNG: Duration = Duration::from_secs(60);

/// The folder for all windows and commands, or none where the system names no folder for such files.
pub fn folder() -> Option<PathBuf> {
    let folder = dirs::data_dir()?.join("rnnscope");
    let folder = if cfg!(windows) { folder.join("data") } else { folder };
    Some(folder.join("rescue"))
}

/// What one process keeps.
#[derive(Debug)]
pub struct Rescue {
    folder: PathBuf,
    /// Tells its files from those of other processes.
    token: String,
    /// Held while it may write them again; none for files that are written once.
    lock: Option<(Lock, PathBuf)>,
}

impl Rescue {
    /// For a process that writes its files again and again. The folder is made if it is missing.
    ///
    /// # Errors
    /// What the system says of the folder or the lock.
    pub fn hold(folder: &Path) -> Result<Self> {
        let mut rescue = Self::once(folder)?;
        let path = folder.join(&rescue.token).with_extension(LOCK);
        rescue.lock = Some((Lock::create(&path, "")?, path));
        Ok(rescue)
    }

    /// For a process that writes each of its files once, at its end.
    ///
    /// # Errors
    /// What the system says of the folder.
    pub fn once(folder: &Path) -> Result<Self> {
        disk::create_folder(folder)?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let token = format!("{:x}-{:x}", std::process::id(), now.as_nanos());
        Ok(Self { folder: folder.to_owned(), token, lock: None })
    }

    /// For a process that goes on with a file of such a folder under the name that it has.
    ///
    /// # Errors
    /// [`Error::Content`] while another process keeps it.
    pub fn take_up(path: &Path) -> Result<Self> {
        let mut rescue = Self::once(path.parent().unwrap_or(Path::new(".")))?;
        if let Some(token) = token(path) {
            rescue.token = token.to_owned();
            let name = rescue.folder.join(token).with_extension(LOCK);
            let lock = Lock::create(&name, "").map_err(|error| match error {
                Error::Write { source, .. } if source.kind() == ErrorKind::WouldBlock => {
                    Error::content(path, "another rnnscope is at work on it")
                }
                other => other,
            })?;
            rescue.lock = Some((lock, name));
        }
        Ok(rescue)
    }

    /// A file for a training of its own, counted by `number`.
    pub fn place(&self, checkpoint: &Checkpoint, number: u64) -> PathBuf {
        let began = checkpoint.began().unwrap_or(0.0).max(0.0) as u64;
        let task = checkpoint.comparison().task.name();
        let parts = [began.to_string(), task.to_owned(), self.token.clone(), number.to_string()];
        let name = parts.join(&BETWEEN.to_string());
        self.folder.join(format!("{name}.{}", Checkpoint::EXTENSION))
    }

    /// Writes a training. Returns the files that had to go for it: the oldest that no living process
    /// holds.
    ///
    /// # Errors
    /// A training that is too large to be kept, and what the system says.
    pub fn keep(&self, path: &Path, checkpoint: &Checkpoint) -> Result<Vec<PathBuf>> {
        let bytes = checkpoint.encode()?;
        bounds::check(path, bytes.len() as u64)?;
        disk::create_folder(&self.folder)?;
        disk::save(path, &bytes)?;
        Ok(bounds::make_room(self.offered(), path))
    }

    /// Files that others kept and no living process holds, those that began first in front.
    pub fn offered(&self) -> Vec<PathBuf> {
        let Ok(all) = disk::contents(&self.folder) else { return Vec::new() };
        let has = |path: &Path, ending: &str| path.extension() == Some(OsStr::new(ending));
        let held: Vec<String> = all
            .iter()
            .filter(|path| has(path, LOCK) && is_held(path))
            .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
            .collect();
        let free = |path: &PathBuf| {
            token(path)
                .is_none_or(|token| token != self.token && !held.iter().any(|held| held == token))
        };
        all.into_iter().filter(|path| has(path, Checkpoint::EXTENSION) && free(path)).collect()
    }

    /// Takes over a file that was offered, counted by `number` from now on; nobody else is offered it
    /// then.
    ///
    /// # Errors
    /// A file that somebody else took meanwhile, or that cannot be renamed.
    pub fn claim(&self, path: &Path, checkpoint: &Checkpoint, number: u64) -> Result<PathBuf> {
        let mine = self.place(checkpoint, number);
        disk::rename(path, &mine)?;
        Ok(mine)
    }
}

impl Drop for Rescue {
    fn drop(&mut self) {
        if let Some((_lock, path)) = self.lock.take() {
            // What is left of it is removed by who looks next.
            let _ = disk::remove(&path);
        }
    }
}

/// Keeps a training at the end of a process: in the data folder, or where there is none or it takes no
/// file, in the system's folder for temporary ones. Returns its file, and those that had to go for it.
///
/// # Errors
/// What the system says of both.
pub fn keep_at_end(checkpoint: &Checkpoint) -> Result<(PathBuf, Vec<PathBuf>)> {
    let keep = |folder: PathBuf| {
        let rescue = Rescue::once(&folder)?;
        let path = rescue.place(checkpoint, 1);
        let gone = rescue.keep(&path, checkpoint)?;
        Ok((path, gone))
    };
    let kept = folder().map(keep);
    match kept {
        Some(Ok(kept)) => Ok(kept),
        Some(Err(error)) => keep(std::env::temp_dir()).map_err(|_: Error| error),
        None => keep(std::env::temp_dir()),
    }
}

/// Puts a file that cannot be used where it is never in the way. Returns its new name.
///
/// # Errors
/// What the system says.
pub fn set_aside(path: &Path) -> Result<PathBuf> {
    let mut name = path.as_os_str().to_owned();
    name.push(".damaged");
    let aside = PathBuf::from(name);
    disk::rename(path, &aside)?;
    Ok(aside)
}

/// Whether an error says that the file itself cannot be used, not something that it needs.
pub fn is_damage(path: &Path, error: &Error) -> bool {
    matches!(error, Error::Content { path: of, .. } if of == path)
}

/// Whose file it is: the third part of its name.
fn token(path: &Path) -> Option<&str> {
    path.file_stem()?.to_str()?.split(BETWEEN).nth(2)
}

/// Whether a process holds a lock. One that was left behind is removed.
fn is_held(path: &Path) -> bool {
    let Some((lock, _)) = Lock::abandoned(path) else { return true };
    let written = disk::stamp(path).and_then(|(written, _)| written);
    let age = written.and_then(|written| written.elapsed().ok()).unwrap_or_default();
    if age > YOUNG {
        let _ = disk::remove(path);
    }
    drop(lock);
    false
}
