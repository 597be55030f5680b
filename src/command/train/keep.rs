//! The training in a file while it goes on, so that it can go on after whatever ends the program.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::super::failure::Failure;
use super::super::outputs::tell;
use super::arguments::TrainArguments;
use crate::disk::{self, Held};
use crate::error::Result;
use crate::home;
use crate::train::Checkpoint;
use crate::worker::Race;

/// Saving takes at most about this part of the time.
const SHARE: u32 = 20;

/// Where trainings are kept that nobody named a file for, in the folder of the settings.
const FOLDER: &str = "trainings";

/// Keeps a training in a file.
pub(super) struct Keeper {
    /// Where; nowhere if the system names no folder.
    path: Option<PathBuf>,
    /// Whether the user named the file: then it stays after a good end, and is there from the start.
    named: bool,
    /// The file as it was last written, held so that others can tell that somebody is at work on it.
    held: Option<Held>,
    written: bool,
    warned: bool,
    every: Duration,
    next: Instant,
    /// Comparisons that have ended.
    ended: Vec<Race>,
    /// All comparisons as they were at the start.
    plan: Vec<Checkpoint>,
}

impl Keeper {
    pub(super) fn of(arguments: &TrainArguments, plan: &Checkpoint) -> Self {
        let resumed = arguments.resume.as_deref();
        let named = arguments.checkpoint.is_some() || resumed.is_some_and(|path| !is_ours(path));
        let path = arguments.checkpoint.clone().or(resumed.map(Path::to_owned)).or_else(unnamed);
        let every = Duration::from_secs(arguments.checkpoint_every() as u64);
        Self {
            held: resumed.filter(|_| arguments.checkpoint.is_none()).and_then(disk::hold),
            written: arguments.checkpoint.is_none() && resumed.is_some(),
            path,
            named,
            warned: false,
            every,
            next: Instant::now() + every,
            ended: Vec::new(),
            plan: plan.clone().split(),
        }
    }

    /// The file that the user named.
    pub(super) fn named(&self) -> Option<&Path> {
        self.path.as_deref().filter(|_| self.named)
    }

    /// Writes the file if it is time to. A failure is told once, and training goes on.
    pub(super) fn look(&mut self, race: &Race) {
        let begins = self.named && !self.written;
        if begins || Instant::now() >= self.next {
            self.try_to_write(Some(race));
        }
    }

    /// Writes the file before a training is stopped on its way. A training that has not run for long
    /// and for which nobody named a file is not worth one.
    pub(super) fn interrupt(&mut self, race: Option<&Race>) {
        if self.named || self.written {
            self.try_to_write(race);
        }
    }

    /// Takes a comparison that has ended.
    pub(super) fn ended(&mut self, race: Race) {
        self.ended.push(race);
    }

    /// Writes the file at the end of all training, if there is one.
    pub(super) fn end(&mut self) -> Result<()> {
        if self.named || self.written { self.write(None) } else { Ok(()) }
    }

    /// After a good end: nobody needs the file that nobody named.
    pub(super) fn remove(self) {
        if let Some(path) = self.path.filter(|_| self.written && !self.named) {
            drop(self.held);
            // What cannot be removed is offered at the next start, which does no harm.
            let _ = disk::remove(&path);
        }
    }

    /// Sees to it that there is a file after a bad end of a training that has ended.
    pub(super) fn rescue(&mut self) {
        if !self.written {
            self.try_to_write(None);
        }
    }

    /// Says how to go on, if there is something to go on with.
    pub(super) fn tell(&self) {
        if let Some(path) = self.path.as_deref().filter(|_| self.written) {
            tell(&how_to_go_on(path));
        }
    }

    fn try_to_write(&mut self, race: Option<&Race>) {
        if let Err(error) = self.write(race)
            && !std::mem::replace(&mut self.warned, true)
        {
            tell(&format!("warning: {}", Failure::from(error).words()));
        }
    }

    /// Replaces the file by one of what there is now; `race` is under way.
    fn write(&mut self, race: Option<&Race>) -> Result<()> {
        let began = Instant::now();
        let Some(path) = self.path.clone() else { return Ok(()) };
        let begun = self.ended.iter().chain(race).map(Race::checkpoint);
        let begun = begun.collect::<Result<Vec<_>>>()?;
        let coming = self.plan.iter().skip(begun.len()).cloned();
        let bytes =
            Checkpoint::join(begun.into_iter().chain(coming.collect::<Vec<_>>())).encode()?;
        if !self.named
            && let Some(folder) = path.parent()
        {
            disk::create_folder(folder)?;
        }
        // Some systems do not replace what is held.
        self.held = None;
        let saved = disk::save(&path, &bytes);
        self.held = disk::hold(&path);
        self.next = Instant::now() + self.every.max(SHARE * began.elapsed());
        saved?;
        self.written = true;
        Ok(())
    }
}

/// A file for a training that nobody named one for.
fn unnamed() -> Option<PathBuf> {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    let name = format!("{seconds}-{}.{}", std::process::id(), Checkpoint::EXTENSION);
    Some(home::data_folder()?.join(FOLDER).join(name))
}

/// Whether nobody but rnnscope named the file.
fn is_ours(path: &Path) -> bool {
    let ours = home::data_folder().map(|folder| disk::resolve(&folder.join(FOLDER)));
    ours.is_some_and(|ours| disk::resolve(path).parent() == Some(&ours))
}

/// Says of every training that was cut off how to go on with it.
pub(super) fn tell_of_unfinished() {
    let Some(folder) = home::data_folder().map(|folder| folder.join(FOLDER)) else { return };
    let Ok(files) = disk::contents(&folder) else { return };
    let is_one = |path: &PathBuf| {
        path.extension().is_some_and(|extension| extension == Checkpoint::EXTENSION)
            && !disk::is_held(path)
    };
    for path in files.iter().filter(|path| is_one(path)) {
        tell(&format!("a training was cut off; {}", how_to_go_on(path)));
    }
}

fn how_to_go_on(path: &Path) -> String {
    format!("continue with: rnnscope train --resume {}", quoted(path))
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |letter: char| letter.is_alphanumeric() || "/._-+:@%,=~\\".contains(letter);
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_quoted_for_a_shell() {
        let quoted = |text: &str| super::quoted(Path::new(text));
        assert_eq!(quoted("/tmp/a-b_1.rnnscope-training"), "/tmp/a-b_1.rnnscope-training");
        assert_eq!(quoted("my file's"), r"'my file'\''s'");
    }
}
