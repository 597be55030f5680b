//! The training in a file while it goes on, so that it can go on after whatever ends the program.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::super::failure::Failure;
use super::super::outputs::tell;
use super::arguments::TrainArguments;
use crate::disk::{self, resolve};
use crate::error::Result;
use crate::rescue::{self, Rescue};
use crate::train::Checkpoint;
use crate::visible;
use crate::worker::Race;

/// Saving takes at most about this part of the time.
const SHARE: u32 = 20;

/// Keeps a training in a file.
pub(super) struct Keeper {
    place: Place,
    written: bool,
    warned: bool,
    every: Duration,
    next: Instant,
    /// Comparisons that have ended.
    ended: Vec<Race>,
    /// All comparisons as they were at the start.
    plan: Vec<Checkpoint>,
}

/// Where a training is kept.
enum Place {
    /// In a file that the user named: it is there from the start and stays after a good end.
    Named(PathBuf),
    /// Among the trainings that no file of the user's holds, once it has taken a while.
    Ours { rescue: Option<Rescue>, path: Option<PathBuf> },
}

impl Keeper {
    /// # Errors
    /// A training that another process goes on with.
    pub(super) fn of(arguments: &TrainArguments, plan: &Checkpoint) -> Result<Self> {
        let place = match (&arguments.checkpoint, &arguments.resume) {
            (Some(path), _) => Place::Named(path.clone()),
            (None, Some(path)) if is_ours(path) => {
                Place::Ours { rescue: Some(Rescue::take_up(path)?), path: Some(path.clone()) }
            }
            (None, Some(path)) => Place::Named(path.clone()),
            (None, None) => Place::Ours { rescue: None, path: None },
        };
        let every = Duration::from_secs(arguments.checkpoint_every() as u64);
        Ok(Self {
            place,
            // What is gone on with is there.
            written: arguments.checkpoint.is_none() && arguments.resume.is_some(),
            warned: false,
            every,
            next: Instant::now() + every,
            ended: Vec::new(),
            plan: plan.clone().split(),
        })
    }

    /// The file that the user named.
    pub(super) fn named(&self) -> Option<&Path> {
        match &self.place {
            Place::Named(path) => Some(path),
            Place::Ours { .. } => None,
        }
    }

    /// The file that holds the training, if one does.
    fn path(&self) -> Option<&Path> {
        let path = match &self.place {
            Place::Named(path) => Some(path),
            Place::Ours { path, .. } => path.as_ref(),
        };
        path.filter(|_| self.written).map(PathBuf::as_path)
    }

    /// Writes the file if it is time to. A failure is told once, and training goes on.
    pub(super) fn look(&mut self, race: &Race) {
        let begins = self.named().is_some() && !self.written;
        if begins || Instant::now() >= self.next {
            self.try_to_write(Some(race));
        }
    }

    /// Writes the file before a training is stopped on its way. A training that has not run for long
    /// and for which nobody named a file is not worth one.
    pub(super) fn interrupt(&mut self, race: Option<&Race>) {
        if self.named().is_some() || self.written {
            self.try_to_write(race);
        }
    }

    /// Takes a comparison that has ended.
    pub(super) fn ended(&mut self, race: Race) {
        self.ended.push(race);
    }

    /// Writes the file at the end of all training, if there is one.
    pub(super) fn end(&mut self) -> Result<()> {
        if self.named().is_some() || self.written { self.write(None) } else { Ok(()) }
    }

    /// After a good end: nobody needs the file that nobody named.
    pub(super) fn remove(self) {
        if let (Place::Ours { .. }, Some(path)) = (&self.place, self.path()) {
            // What cannot be removed is offered at the next start, which does no harm.
            let _ = disk::remove(path);
        }
    }

    /// Says how to go on, if there is something to go on with.
    pub(super) fn tell(&self) {
        if let Some(path) = self.path() {
            tell(&how_to_go_on(path));
        }
    }

    /// Sees to it that what was trained is in a file after outputs could not be written, and says
    /// where.
    pub(super) fn rescue(&mut self) {
        if let Some(path) = self.path() {
            return tell(&where_it_is(path));
        }
        match self.all(None).and_then(|all| rescue::keep_at_end(&all)) {
            Ok((path, gone)) => {
                tell_of_gone(&gone);
                tell(&where_it_is(&path));
            }
            Err(error) => tell(&format!("rnnscope: the results could not be kept either: {error}")),
        }
    }

    fn try_to_write(&mut self, race: Option<&Race>) {
        if let Err(error) = self.write(race)
            && !std::mem::replace(&mut self.warned, true)
        {
            tell(&format!("warning: {}", Failure::from(error).words()));
        }
    }

    /// All comparisons as they are now; `race` is under way.
    fn all(&self, race: Option<&Race>) -> Result<Checkpoint> {
        let begun = self.ended.iter().chain(race).map(Race::checkpoint);
        let begun = begun.collect::<Result<Vec<_>>>()?;
        let coming: Vec<_> = self.plan.iter().skip(begun.len()).cloned().collect();
        Ok(Checkpoint::join(begun.into_iter().chain(coming)))
    }

    /// Replaces the file by one of what there is now.
    fn write(&mut self, race: Option<&Race>) -> Result<()> {
        let began = Instant::now();
        let saved = self.all(race).and_then(|all| self.save(&all));
        self.next = Instant::now() + self.every.max(SHARE * began.elapsed());
        saved?;
        self.written = true;
        Ok(())
    }

    fn save(&mut self, all: &Checkpoint) -> Result<()> {
        match &mut self.place {
            Place::Named(path) => disk::save(path, &all.encode()?),
            Place::Ours { rescue, path } => {
                // Without a folder of the user's there is no place.
                let Some(folder) = rescue::folder() else { return Ok(()) };
                let rescue = match rescue {
                    Some(rescue) => rescue,
                    None => rescue.insert(Rescue::hold(&folder)?),
                };
                let path = path.get_or_insert_with(|| rescue.place(all, 1));
                tell_of_gone(&rescue.keep(path, all)?);
                Ok(())
            }
        }
    }
}

/// Whether a file lies among the trainings that no file of the user's holds.
fn is_ours(path: &Path) -> bool {
    let ours = rescue::folder().map(|folder| resolve(&folder));
    ours.is_some_and(|ours| resolve(path).parent() == Some(&ours))
}

fn tell_of_gone(gone: &[PathBuf]) {
    for gone in gone {
        let gone = visible::path(gone);
        tell(&format!("rnnscope: {gone} had to go for it: it was kept longest"));
    }
}

fn where_it_is(path: &Path) -> String {
    format!(
        "rnnscope: the results are kept in {}: write them elsewhere with `rnnscope train --resume {} \
         --csv FILE`, or open them in the window",
        visible::path(path),
        quoted(path)
    )
}

/// Says of every training that was cut off how to go on with it.
pub(super) fn tell_of_unfinished() {
    let folder = rescue::folder().filter(|folder| folder.is_dir());
    let Some(Ok(rescue)) = folder.map(|folder| Rescue::once(&folder)) else { return };
    for path in rescue.offered() {
        tell(&format!("an earlier training is kept; {}", how_to_go_on(&path)));
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
