//! The journal of a set: which hidden file gets which name, and what was there before.

use std::ffi::OsString;
use std::io::{Error as IoError, ErrorKind, Result as IoResult};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::folder::Stamp;
use super::operation;
use super::part::{PART, PREFIX, create_locked_as};
use super::set::Wanted;
use super::target::folder;

/// What the name of a lead or pointer ends with.
pub(super) const LEAD: &str = ".set";
/// What the name of a lead ends with once its set is to be undone.
pub(super) const UNDO: &str = ".undo";
/// What the name of an older file ends with while the set could still go back.
pub(super) const KEPT: &str = ".old";

/// A set of files.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Journal {
    /// Part of all hidden names.
    pub token: String,
    /// In a pointer, the lead.
    pub lead: Option<OsString>,
    /// The files.
    pub entries: Vec<Entry>,
}

/// A file of a set.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Entry {
    /// Its absolute path.
    pub target: OsString,
    /// The stamp of what was there.
    pub before: Option<Stamp>,
    /// The stamp of what was written.
    pub after: Stamp,
}

impl Entry {
    pub(super) fn new(wanted: &Wanted<'_>, part: &Path) -> IoResult<Self> {
        let written = operation::metadata(part)?;
        Ok(Self {
            target: std::path::absolute(&wanted.target)?.into(),
            before: wanted.older.as_ref().map(|found| (found.modified().ok(), found.len())),
            after: (written.modified().ok(), written.len()),
        })
    }
}

/// What became of a file when its set was finished or undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is as the set wants it.
    Done,
    /// Somebody changed it meanwhile; it was left alone.
    Changed,
}

impl Journal {
    pub(super) fn new(token: String) -> Self {
        Self { token, lead: None, entries: Vec::new() }
    }

    pub(super) fn encode(&self) -> IoResult<Vec<u8>> {
        serde_json::to_vec(self).map_err(IoError::other)
    }

    /// None for a journal that was not written to its end: nothing was decided.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// The hidden name of a file that has not got its name.
    pub(super) fn part(&self, number: usize) -> String {
        format!("{PREFIX}{}-{number}{PART}", self.token)
    }

    /// The hidden path of what was there before.
    pub(super) fn kept(&self, number: usize, target: &Path) -> PathBuf {
        folder(target).join(format!("{PREFIX}{}-{number}{KEPT}", self.token))
    }

    /// The path of the mark in a folder of the set: the lead, or a pointer to it.
    pub(super) fn pointer(&self, folder: &Path) -> PathBuf {
        folder.join(format!("{PREFIX}{}{LEAD}", self.token))
    }

    /// The paths of all files.
    pub(super) fn targets(&self) -> impl Iterator<Item = PathBuf> {
        self.entries.iter().map(|entry| PathBuf::from(&entry.target))
    }

    fn target(&self, number: usize) -> PathBuf {
        PathBuf::from(&self.entries[number].target)
    }

    /// Gives a file its name, unless it has it or somebody changed what was there.
    pub(super) fn on(&self, number: usize) -> IoResult<Fate> {
        let target = self.target(number);
        let part = folder(&target).join(self.part(number));
        if stamp(&part)?.is_none() {
            return Ok(Fate::Done);
        }
        if stamp(&target)? != self.entries[number].before {
            return Ok(Fate::Changed);
        }
        operation::rename(&part, &target).map(|()| Fate::Done)
    }

    /// Puts back what was there before, unless it is there or somebody changed the new file.
    pub(super) fn back(&self, number: usize) -> IoResult<Fate> {
        let (target, entry) = (self.target(number), &self.entries[number]);
        let part = folder(&target).join(self.part(number));
        let kept = self.kept(number, &target);
        let found = stamp(&target)?;
        if stamp(&part)?.is_some() || found == entry.before {
            return Ok(Fate::Done);
        }
        if found != Some(entry.after) {
            return Ok(Fate::Changed);
        }
        match entry.before {
            Some(_) => operation::rename(&kept, &target)?,
            None => operation::remove(&target)?,
        }
        Ok(Fate::Done)
    }
}

/// The stamp of a file, if there is one.
fn stamp(path: &Path) -> IoResult<Option<Stamp>> {
    match operation::metadata(path) {
        Ok(found) => Ok(Some((found.modified().ok(), found.len()))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Makes a pointer to the lead of a journal. Returns its path.
pub(super) fn create_pointer(folder: &Path, journal: &Journal, lead: &Path) -> IoResult<PathBuf> {
    let lead = Some(std::path::absolute(lead)?.into());
    let (path, mut file) = create_locked_as(folder, &journal.token, LEAD, false)?
        .ok_or(IoError::from(ErrorKind::ResourceBusy))?;
    let pointer = Journal { token: journal.token.clone(), lead, entries: Vec::new() };
    let written = pointer.encode().and_then(|bytes| operation::write(&mut file, &bytes));
    if written.is_err() {
        // What cannot be removed now is at the next start.
        let _ = operation::remove(&path);
    }
    written.map(|()| path)
}
