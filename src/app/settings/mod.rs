//! Settings from one window to the next: read at the start, written whole by a thread of their own
//! whenever the hand rests, put together with what other windows have written.

mod geometry;
mod scribe;
mod start;
mod store;

use std::path::{Path, PathBuf};

pub use geometry::{Geometry, SMALLEST, onto_screen, window};
pub use scribe::{News, Scribe};
pub use store::Contents;

use crate::error::{Error, Result};
use crate::session::Session;
use start::Marker;
use store::Store;

/// Decides the folder of the settings, and how desktops group windows.
pub const APP_ID: &str = "rnnscope";

/// The folder of everything rnnscope keeps for this user, or none where the system names no folder
/// for such files.
pub fn data_folder() -> Option<PathBuf> {
    let folder = dirs::data_dir()?.join(APP_ID);
    Some(if cfg!(windows) { folder.join("data") } else { folder })
}

/// The settings file.
pub fn default_path() -> Option<PathBuf> {
    Some(data_folder()?.join("app.ron"))
}

/// What a window starts with.
#[derive(Debug, Default)]
pub struct Beginning {
    /// What is on screen.
    pub session: Session,
    /// Where the window was.
    pub geometry: Option<Geometry>,
    /// Sentences to show.
    pub notices: Vec<String>,
    /// What the last start was opening when it failed, as a session file, and a sentence about it.
    pub left_out: Option<(PathBuf, String)>,
    /// Where settings are written; none keeps them nowhere.
    keeping: Option<Store>,
    /// What is opened, in words.
    opening: Vec<String>,
}

impl Beginning {
    /// Reads the settings. `files` are opened on top of them. If the last start came to nothing,
    /// nothing of what it was opening is opened again.
    pub fn from_settings(path: Option<&Path>, files: &[PathBuf]) -> Self {
        let Some(path) = path else {
            let notice =
                "Settings are not kept: the system names no folder for them (is HOME set?).";
            return Self { notices: vec![notice.to_owned()], ..Self::default() };
        };
        let (store, notices) = Store::open(path);
        let Contents { session, window: geometry, .. } = store.base().clone();
        let keeping = Some(store);
        let mut beginning = Self { session, geometry, notices, keeping, ..Self::default() };
        if let Some(opening) = start::failed(path) {
            beginning.leave_out(path, &opening);
        }
        beginning.opening = beginning.session.contents();
        beginning.opening.extend(files.iter().map(|file| file.display().to_string()));
        beginning
    }

    /// A session that is kept nowhere, with sentences to show.
    pub fn unkept(session: Session, notices: Vec<String>) -> Self {
        Self { session, notices, ..Self::default() }
    }

    /// The session of a first start, kept nowhere: settings are neither read nor written.
    pub fn safe() -> Self {
        let notice = "Started with --safe: the saved settings are neither read nor changed, and what \
                      you set now is not kept. “Save session…” keeps it in a file.";
        Self { notices: vec![notice.to_owned()], ..Self::default() }
    }

    fn leave_out(&mut self, path: &Path, opening: &str) {
        const FAILED: &str = "The last start did not get as far as its first settled picture.";
        let contents = self.session.contents();
        if contents.is_empty() {
            self.notices.push(format!("{FAILED} It was opening {opening}."));
            return;
        }
        let emptied = self.session.emptied();
        let full = std::mem::replace(&mut self.session, emptied);
        let names = start::listed(&contents);
        match start::put_away(path, &full) {
            Ok(file) => {
                let text = format!(
                    "{FAILED} So this one leaves out what that one was opening: {names}. All of it is \
                     kept in {}.",
                    file.display()
                );
                self.left_out = Some((file, text));
            }
            Err(error) => {
                // What cannot be put away must not be overwritten.
                self.keeping = None;
                self.notices.push(format!(
                    "{FAILED} So this one leaves out what that one was opening: {names}. It could not \
                     be put away ({error}): the saved settings stay as they are, and what you set now \
                     is not kept."
                ));
            }
        }
    }

    /// Marks that the start is under way, and starts the thread that writes, if settings are kept;
    /// `wake` is called when it has news.
    ///
    /// # Errors
    /// [`Error::Window`] if the system has no thread.
    pub fn scribe(&mut self, wake: impl Fn() + Send + 'static) -> Result<Option<Scribe>> {
        let Some(store) = self.keeping.take() else { return Ok(None) };
        let marker = match self.opening.is_empty() {
            true => None,
            // Where nothing can be written, the next start knows nothing of this one: so be it.
            false => Marker::set(store.path(), &self.opening).ok(),
        };
        let refused = |error| Error::Window(format!("no thread to save settings on: {error}"));
        Scribe::spawn(store, marker, wake).map(Some).map_err(refused)
    }

    /// Whether what is set will be there at the next start.
    pub fn keeps(&self) -> bool {
        self.keeping.is_some()
    }
}

/// The session saved in a settings file, with sentences about what is wrong with it. A file that
/// cannot be used is set aside, and the version before it is used, or else the session of a first
/// start.
pub fn open(path: &Path) -> (Session, Vec<String>) {
    let (store, notices) = Store::open(path);
    (store.base().session.clone(), notices)
}

#[cfg(test)]
mod tests;
