//! The settings file: whole or not at all, the version before it beside it, damaged ones set aside.
//!
//! It maps keys to texts, as eframe did when it wrote the file itself.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::geometry::Geometry;
use crate::disk::{self, Lock};
use crate::error::{Error, Result};
use crate::session::{self, Session};
use crate::ticket::Ticket;

/// Keys of the session and of the window's place.
const SESSION: &str = "session";
const WINDOW: &str = "window";

/// Bytes read at most; settings with 200 pins have a hundredth.
const MOST: u64 = 64 << 20;

/// Damaged files kept at most.
const DAMAGED: usize = 5;

/// How long another window is waited for; writing takes it milliseconds.
pub(super) const PATIENCE: Duration = Duration::from_secs(3);

/// What the file holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Contents {
    /// All that decides what is on screen.
    pub session: Session,
    /// Where the window is.
    pub window: Option<Geometry>,
    /// Keys of other versions, left as they are.
    others: BTreeMap<String, String>,
}

impl Contents {
    /// Settings to be saved.
    pub fn new(session: Session, window: Option<Geometry>) -> Self {
        Self { session, window, others: BTreeMap::new() }
    }

    fn parse(text: &str) -> std::result::Result<Self, String> {
        let parsed: std::result::Result<BTreeMap<String, String>, _> = ron::from_str(text);
        let mut others = parsed.map_err(|error| error.to_string())?;
        let session = match others.remove(SESSION) {
            Some(text) => Session::load(&text).map_err(|error| match error {
                Error::Session(reason) => reason,
                other => other.to_string(),
            })?,
            None => Session::default(),
        };
        let window = others.remove(WINDOW).and_then(|text| ron::from_str(&text).ok());
        Ok(Self { session, window, others })
    }

    fn print(&self) -> Result<String> {
        let refused = |error: ron::Error| Error::Session(error.to_string());
        let mut keys = self.others.clone();
        keys.insert(SESSION.to_owned(), self.session.save()?);
        if let Some(window) = &self.window {
            keys.insert(WINDOW.to_owned(), ron::to_string(window).map_err(refused)?);
        }
        ron::ser::to_string_pretty(&keys, ron::ser::PrettyConfig::default()).map_err(refused)
    }

    /// `mine` on top of what another window has made of `base` meanwhile.
    fn merged(base: &Self, mine: &Self, theirs: &Self) -> Self {
        // Where this window is, if it has moved and knows it.
        let window = mine.window.filter(|_| mine.window != base.window).or(theirs.window);
        Self {
            session: session::merge(&base.session, &mine.session, &theirs.session),
            window: window.or(mine.window),
            others: theirs.others.clone(),
        }
    }
}

/// What is found under a name.
enum Found {
    Nothing,
    Sound(Box<Contents>, String),
    Damaged(String),
}

fn look(path: &Path) -> Result<Found> {
    let bytes = match disk::read(path, MOST, "settings", &Ticket::new()) {
        Ok(bytes) => bytes,
        Err(Error::Read { source, .. }) if source.kind() == ErrorKind::NotFound => {
            return Ok(Found::Nothing);
        }
        Err(error) => return Err(error),
    };
    if bytes.is_empty() {
        return Ok(Found::Damaged("the file is empty".to_owned()));
    }
    let Ok(text) = String::from_utf8(bytes) else {
        return Ok(Found::Damaged("the file is not text".to_owned()));
    };
    Ok(match Contents::parse(&text) {
        Ok(contents) => Found::Sound(Box::new(contents), text),
        Err(reason) => Found::Damaged(reason.split_whitespace().collect::<Vec<_>>().join(" ")),
    })
}

/// The settings file, and what this window last read from it or wrote into it.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    base: Contents,
}

impl Store {
    /// Reads the file. What cannot be used is set aside, and the version before is used instead;
    /// sentences say so. A missing file is no trouble.
    pub fn open(path: &Path) -> (Self, Vec<String>) {
        // Where nothing can be locked, nothing can be set aside either.
        let _lock = Lock::wait(&beside(path, "lock"), PATIENCE).ok();
        let mut notices = Vec::new();
        let base = match look(path) {
            Ok(Found::Nothing) => Contents::default(),
            Ok(Found::Sound(contents, _)) => *contents,
            Ok(Found::Damaged(reason)) => replaced(path, &reason, &mut notices),
            Err(error) => {
                notices.push(format!("Settings were not read: {error}."));
                Contents::default()
            }
        };
        (Self { path: path.to_owned(), base }, notices)
    }

    /// What was last read or written.
    pub fn base(&self) -> &Contents {
        &self.base
    }

    /// The settings file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the file, whole or not at all, and what it held before beside it. What other windows
    /// have changed since stays changed, unless it was changed here, too.
    ///
    /// # Errors
    /// [`Error::Write`] with what stands in the way, [`Error::Read`] or [`Error::Content`] for
    /// something under the file's name that cannot be read and is therefore left alone.
    pub fn save(&mut self, mine: &Contents) -> Result<()> {
        self.write(mine).map_err(|error| match error {
            // Users know of one file, not of those beside it.
            Error::Write { path, source } if path.parent() == self.path.parent() => {
                let path = match source.kind() {
                    ErrorKind::AlreadyExists => path,
                    _ => self.path.clone(),
                };
                Error::Write { path, source }
            }
            other => other,
        })
    }

    fn write(&mut self, mine: &Contents) -> Result<()> {
        if let Some(folder) = self.path.parent() {
            disk::create_folder(folder)?;
        }
        let _lock = Lock::wait(&beside(&self.path, "lock"), PATIENCE)?;
        let (old, merged) = match look(&self.path)? {
            Found::Nothing => (None, mine.clone()),
            Found::Damaged(_) => {
                set_aside(&self.path)?;
                (None, mine.clone())
            }
            Found::Sound(theirs, text) => (Some(text), Contents::merged(&self.base, mine, &theirs)),
        };
        let new = merged.print()?;
        let before = beside(&self.path, "before");
        match &old {
            Some(old) if *old == new => {}
            Some(old) => {
                // Between the two, both are what was there before: no set that could be torn.
                disk::save(&before, old.as_bytes())?;
                disk::save(&self.path, new.as_bytes())?;
            }
            None => disk::save(&self.path, new.as_bytes())?,
        }
        self.base = mine.clone();
        Ok(())
    }
}

/// A file beside the settings, named after them.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

/// The settings to use in the place of damaged ones, and sentences about it.
fn replaced(path: &Path, reason: &str, notices: &mut Vec<String>) -> Contents {
    let (contents, instead) = match look(&beside(path, "before")) {
        Ok(Found::Sound(before, _)) => (*before, "those saved before them are used"),
        _ => (Contents::default(), "rnnscope started afresh"),
    };
    notices.push(match set_aside(path) {
        Ok(aside) => format!(
            "The saved settings could not be used ({reason}). They were set aside as {}, and \
             {instead}.",
            aside.display()
        ),
        Err(error) => format!(
            "The saved settings in {} could not be used ({reason}), and {instead}. They could not be \
             set aside, so what you set now is not kept: {error}.",
            path.display()
        ),
    });
    contents
}

/// Renames a file that cannot be used to a name that nothing has yet. If it was set aside before, as
/// it is, it is removed. Says where it is.
fn set_aside(path: &Path) -> Result<PathBuf> {
    let read = |path: &Path| disk::read(path, MOST, "settings", &Ticket::new());
    let damaged = read(path).ok();
    let names = std::iter::once("damaged".to_owned())
        .chain((2..=DAMAGED).map(|number| format!("damaged-{number}")));
    for name in names {
        let aside = beside(path, &name);
        match read(&aside) {
            Err(Error::Read { source, .. }) if source.kind() == ErrorKind::NotFound => {
                disk::rename(path, &aside)?;
                return Ok(aside);
            }
            Ok(earlier) if damaged.as_ref() == Some(&earlier) => {
                disk::remove(path)?;
                return Ok(aside);
            }
            // Another one, or one of which nobody knows: it stays.
            Ok(_) | Err(_) => {}
        }
    }
    let why = format!("{DAMAGED} damaged files are there already; remove them first");
    let source = std::io::Error::new(ErrorKind::AlreadyExists, why);
    Err(Error::Write { path: beside(path, "damaged"), source })
}
