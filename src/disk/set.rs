//! Several files as one: all of them old, or all of them new.
//!
//! The system gives one file its name at once, but not several. So a set keeps a journal, as data
//! bases do:
//!
//! 1. A hidden *lead* is made and locked, in the folder of the first file; in every other folder a
//!    *pointer* to it.
//! 2. All files are written under hidden names and flushed.
//! 3. The journal is written into the lead and flushed: which hidden file gets which name, and what
//!    was there before. From here on the set is decided.
//! 4. The files get their names. Each older file is kept under a hidden name as a hard link, where
//!    the file system has such.
//! 5. Lead, pointers and links are removed.
//!
//! If a file cannot get its name, the lead is renamed, which decides against the set, and the older
//! files are put back. If the process dies, or cannot even put them back, lead and hidden files stay;
//! they mark the set as unfinished, and [`super::tidy()`] goes on from there.

use std::fs::{File, Metadata};
use std::io::{Error as IoError, Result as IoResult};
use std::path::{Path, PathBuf};

use super::journal::{Entry, Journal, LEAD, UNDO, create_pointer};
use super::operation;
use super::part::{Part, create_locked};
use super::save::{open_folder, sync_names};
use super::target::folder;

/// Which file failed, and why.
pub(super) type Failed = (usize, IoError);

/// A file to be written.
pub(super) struct Wanted<'a> {
    /// Which of the caller's files it is.
    pub index: usize,
    /// Where it goes.
    pub target: PathBuf,
    /// What is there.
    pub older: Option<Metadata>,
    /// What it will hold.
    pub bytes: &'a [u8],
}

/// A set that is complete, but not yet seen.
pub(super) struct Set<'a> {
    wanted: &'a [Wanted<'a>],
    lead: PathBuf,
    /// Open while it is locked.
    file: File,
    journal: Journal,
    parts: Vec<Part>,
    folders: Vec<PathBuf>,
    pointers: Vec<PathBuf>,
    /// Whether hidden files stay, as marks of an unfinished set.
    left: bool,
}

impl<'a> Set<'a> {
    /// Writes all files under hidden names.
    pub(super) fn stage(wanted: &'a [Wanted<'a>]) -> Result<Self, Failed> {
        let first = |error| (wanted.first().map_or(0, |file| file.index), error);
        let start = wanted.first().map_or(Path::new("."), |file| folder(&file.target));
        let (token, lead, file) = create_locked(start, LEAD, false).map_err(first)?;
        let mut set = Self {
            wanted,
            lead,
            file,
            journal: Journal::new(token),
            parts: Vec::new(),
            folders: vec![start.to_owned()],
            pointers: Vec::new(),
            left: false,
        };
        for file in wanted {
            set.add(file).map_err(|error| (file.index, error))?;
        }
        set.sync_folders().map_err(first)?;
        let journal = set.journal.encode().map_err(first)?;
        operation::write(&mut set.file, &journal).map_err(first)?;
        operation::sync(&set.file).map_err(first)?;
        Ok(set)
    }

    fn add(&mut self, wanted: &Wanted<'_>) -> IoResult<()> {
        let folder = folder(&wanted.target);
        if !self.folders.iter().any(|known| known == folder) {
            self.folders.push(folder.to_owned());
            self.pointers.push(create_pointer(folder, &self.journal, &self.lead)?);
        }
        let number = self.journal.entries.len();
        let path = folder.join(self.journal.part(number));
        let part = Part::closed(path, wanted.older.as_ref(), wanted.bytes)?;
        self.journal.entries.push(Entry::new(wanted, part.path())?);
        self.parts.push(part);
        Ok(())
    }

    /// Gives all files their names, or none.
    pub(super) fn publish(mut self) -> Result<(), Failed> {
        for (number, (wanted, part)) in self.wanted.iter().zip(&mut self.parts).enumerate() {
            if wanted.older.is_some() {
                // Without it the set can still go on, but not go back.
                let _ = operation::link(&wanted.target, &self.journal.kept(number, &wanted.target));
            }
            if let Err(error) = part.publish(&wanted.target) {
                return Err((wanted.index, self.go_back(number, error)));
            }
        }
        // None is new to the caller until all are so for good.
        self.sync_folders().map_err(|error| {
            let last = self.wanted.last().map_or(0, |file| file.index);
            (last, self.go_back(self.wanted.len(), error))
        })
    }

    /// Puts back the older files of the first `count`.
    fn go_back(&mut self, count: usize, error: IoError) -> IoError {
        match self.undo(count) {
            Ok(()) => error,
            Err(_) => {
                self.left = true;
                let why = "the files saved with it are marked as unfinished: the next save into \
                           this folder sees to them";
                IoError::new(error.kind(), format!("{error}; {why}"))
            }
        }
    }

    fn undo(&mut self, count: usize) -> IoResult<()> {
        let entries = &self.journal.entries[..count];
        for (number, entry) in entries.iter().enumerate() {
            if entry.before.is_some() {
                operation::metadata(&self.journal.kept(number, &self.wanted[number].target))?;
            }
        }
        let undo = self.lead.with_extension(UNDO.trim_start_matches('.'));
        operation::rename(&self.lead, &undo)?;
        self.lead = undo;
        (0..count).try_for_each(|number| self.journal.back(number).map(drop))?;
        self.sync_folders()
    }

    /// One after another: there may be more folders than handles.
    fn sync_folders(&self) -> IoResult<()> {
        self.folders.iter().try_for_each(|folder| sync_names(open_folder(folder)?.as_ref()))
    }
}

impl Drop for Set<'_> {
    fn drop(&mut self) {
        if self.left {
            self.parts.drain(..).for_each(Part::leave);
            return;
        }
        // First the lead: without it the rest is rubbish, whatever happens next. What cannot be
        // removed now is at the next start.
        let _ = operation::remove(&self.lead);
        self.parts.clear();
        for (number, wanted) in self.wanted.iter().enumerate() {
            if wanted.older.is_some() {
                let _ = operation::remove(&self.journal.kept(number, &wanted.target));
            }
        }
        for pointer in &self.pointers {
            let _ = operation::remove(pointer);
        }
    }
}
