//! Starts that came to nothing: a mark stands beside the settings from before anything is opened
//! until the first settled picture. It is locked as long as its process lives, so that windows that
//! start together do not take each other for failed ones.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use super::store::{PATIENCE, beside};
use crate::disk::{self, Lock};
use crate::error::{Error, Result};
use crate::session::{EXTENSION, Session};
use crate::ticket::Ticket;

/// What the name of a mark has after that of the settings.
const STARTING: &str = "starting-";

/// Session files of failed starts that are kept at most.
const KEPT: usize = 5;

/// The mark of a start that is under way.
#[derive(Debug)]
pub struct Marker {
    path: PathBuf,
    lock: Lock,
}

impl Marker {
    /// Sets a mark that says what is being opened.
    ///
    /// # Errors
    /// [`Error::Write`] with what the system said.
    pub fn set(settings: &Path, opening: &[String]) -> Result<Self> {
        // While others look for failed starts, a mark that is not locked yet must not be there.
        let _lock = Lock::wait(&beside(settings, "lock"), PATIENCE)?;
        let time = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let name = format!("{STARTING}{}-{}", std::process::id(), time.as_nanos());
        let path = beside(settings, &name);
        let lock = Lock::create(&path, &listed(opening))?;
        Ok(Self { path, lock })
    }

    /// Takes the mark away: the start has succeeded, or was ended in order.
    pub fn remove(self) {
        let Self { path, lock } = self;
        // If it stays, the next start leaves out too much: better than too little.
        let _ = disk::remove(&path);
        drop(lock);
    }
}

/// What starts were opening that neither succeeded nor are under way; their marks are removed.
pub fn failed(settings: &Path) -> Option<String> {
    let _lock = Lock::wait(&beside(settings, "lock"), PATIENCE).ok()?;
    let folder = settings.parent()?;
    let prefix = format!("{}.{STARTING}", settings.file_name()?.to_string_lossy());
    let is_mark = |path: &PathBuf| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&prefix))
    };
    let mut opening = None;
    for path in disk::contents(folder).ok()?.into_iter().filter(is_mark) {
        if let Some((_lock, text)) = Lock::abandoned(&path) {
            let _ = disk::remove(&path);
            opening = Some(text);
        }
    }
    opening
}

/// Puts a session away as a file of its own beside the settings, and says where. The same session
/// is put away once; of others, the newest few are kept.
pub fn put_away(settings: &Path, session: &Session) -> Result<PathBuf> {
    /// Bytes of a session file at most.
    const MOST: u64 = 16 << 20;
    let text = session.file_text()?;
    let name = |number: usize| {
        let number = if number == 1 { String::new() } else { format!("-{number}") };
        settings.with_file_name(format!("left-out{number}.{EXTENSION}"))
    };
    let files: Vec<PathBuf> = (1..=KEPT).map(name).collect();
    let read = |path: &PathBuf| disk::read_text(path, MOST, "a session", &Ticket::new());
    if let Some(path) = files.iter().find(|path| read(path).is_ok_and(|held| held == text)) {
        return Ok(path.clone());
    }
    let free = files.iter().find(|path| {
        matches!(read(path), Err(Error::Read { source, .. }) if source.kind() == ErrorKind::NotFound)
    });
    let oldest = || files.iter().min_by_key(|path| disk::stamp(path).and_then(|stamp| stamp.0));
    let path = free.or_else(oldest).ok_or_else(|| Error::Session("no name left".to_owned()))?;
    disk::save(path, text.as_bytes())?;
    Ok(path.clone())
}

/// Several things in a sentence.
pub fn listed(things: &[String]) -> String {
    match things {
        [] => String::new(),
        [one] => one.clone(),
        [all @ .., last] => format!("{} and {last}", all.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_tells_of_a_failed_start_but_not_of_one_under_way() {
        let folder = tempfile::tempdir().unwrap();
        let settings = folder.path().join("app.ron");
        assert_eq!(failed(&settings), None);
        let one = Marker::set(&settings, &["net.pt".to_owned()]).unwrap();
        let two = Marker::set(&settings, &["a pin".to_owned(), "x.csv".to_owned()]).unwrap();
        assert_eq!(failed(&settings), None, "both live");
        one.remove();
        drop(two);
        assert_eq!(failed(&settings), Some("a pin and x.csv".to_owned()));
        assert_eq!(failed(&settings), None, "told once");
    }

    #[test]
    fn what_is_put_away_is_kept_once_and_the_newest_few() {
        let folder = tempfile::tempdir().unwrap();
        let settings = folder.path().join("app.ron");
        let mut session = Session::default();
        let first = put_away(&settings, &session).unwrap();
        assert_eq!(first, folder.path().join("left-out.rnnscope"));
        assert_eq!(put_away(&settings, &session).unwrap(), first);
        assert_eq!(Session::read(&first).unwrap(), session);
        for seed in 1..9 {
            session.draw_again(seed);
            let path = put_away(&settings, &session).unwrap();
            assert_eq!(Session::read(&path).unwrap(), session);
        }
        assert_eq!(disk::contents(folder.path()).unwrap().len(), KEPT);
    }
}
