//! Outputs: each is made and written by itself, so that one that cannot be does not take the others
//! with it.

use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::guard::guard;
use super::stderr;
use crate::disk::save;
use crate::visible;

/// What became of all outputs.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    written: Vec<PathBuf>,
    failed: Vec<Failure>,
}

impl Outcome {
    /// Makes a file and writes it.
    pub(super) fn file(&mut self, path: &Path, make: impl FnOnce() -> Result<Vec<u8>, Failure>) {
        let unmade =
            |failure: Failure| failure.about(&format!("cannot write {}", visible::path(path)));
        let bytes = self.attempt(path, || make().map_err(unmade));
        if let Some(bytes) = bytes
            && self.attempt(path, || Ok(save(path, &bytes)?)).is_some()
        {
            self.written.push(path.to_owned());
        }
    }

    /// Does a part of the work for what is called `path`; a panic is a failure like any other.
    pub(super) fn attempt<T>(
        &mut self,
        path: &Path,
        job: impl FnOnce() -> Result<T, Failure>,
    ) -> Option<T> {
        let done = guard(job).unwrap_or_else(|panic| {
            Err(Failure::fault(&panic).about(&format!("cannot write {}", visible::path(path))))
        });
        done.map_err(|failure| self.failed.push(failure)).ok()
    }

    /// Notes a file or folder as written.
    pub(super) fn wrote(&mut self, path: &Path) {
        self.written.push(path.to_owned());
    }

    /// Notes that something could not be written.
    pub(super) fn fail(&mut self, failure: Failure) {
        self.failed.push(failure);
    }

    /// Files and folders that were written.
    pub(super) fn written(&self) -> impl Iterator<Item = &Path> {
        self.written.iter().map(PathBuf::as_path)
    }

    /// Whether anything could not be written.
    pub(super) fn has_failed(&self) -> bool {
        !self.failed.is_empty()
    }

    /// A line for every file and folder that was written, for the user.
    pub(super) fn lines(&self) -> String {
        self.written().map(|path| format!("wrote {}\n", visible::path(path))).collect()
    }

    /// Says on standard error what could not be written, a line each. Returns how many they are.
    pub(super) fn tell(&mut self) -> usize {
        let count = self.failed.len();
        self.failed.drain(..).for_each(|failure| tell(&failure));
        count
    }

    /// The end of a command that has nothing else to say.
    ///
    /// # Errors
    /// What could not be written; if that is several things, all but the last have been told.
    pub(super) fn end(mut self) -> Result<(), Failure> {
        let last = self.failed.pop();
        self.tell();
        last.map_or(Ok(()), Err)
    }
}

/// Says it on standard error, line by line.
pub(super) fn tell(text: &impl std::fmt::Display) {
    text.to_string().lines().for_each(stderr::say);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_that_cannot_be_written_takes_no_other_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let mut outcome = Outcome::default();
        outcome.file(&at("a"), || Ok(b"a".to_vec()));
        outcome.file(&at("missing/b"), || Ok(b"b".to_vec()));
        outcome.file(&at("c"), || panic!("no such colour"));
        outcome.file(&at("d"), || Err(Failure::input("too high")));
        outcome.file(&at("e"), || Ok(b"e".to_vec()));
        let written = |name: &str| std::fs::read(at(name)).is_ok();
        assert_eq!(["a", "c", "d", "e"].map(written), [true, false, false, true]);
        assert_eq!(outcome.lines().lines().count(), 2);
        let told: Vec<String> = outcome.failed.iter().map(ToString::to_string).collect();
        let about = |name: &str| format!("error: cannot write {}: ", at(name).display());
        assert!(told[0].starts_with(&about("missing/b")), "{told:?}");
        assert!(told[1].contains("fault in rnnscope") && told[1].contains("no such colour"));
        assert_eq!(told[2], about("d") + "too high");
        assert_eq!(outcome.end().unwrap_err().exit_code(), Failure::INPUT);
    }
}
