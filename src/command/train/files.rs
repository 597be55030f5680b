//! What is written of trainings: each output by itself, whatever becomes of the others.

use std::path::{Path, PathBuf};

use super::super::explore::is_stdout;
use super::super::failure::Failure;
use super::super::outputs::Outcome;
use super::arguments::TrainArguments;
use super::csv::csv;
use super::events::Events;
use super::finished::{Finished, Run};
use super::json::{What, json};
use super::places::{COMPARISON, file_names, network, of_round};
use super::sheet;
use crate::disk::{create_folder, save, save_all};
use crate::error::Result;
use crate::figure::{Theme, png, svg};
use crate::network;
use crate::visible;

impl TrainArguments {
    /// What is written of trainings.
    pub(super) fn what(&self, interrupted: bool) -> What {
        What { every: self.every(), timing: !self.no_timing, interrupted }
    }

    /// Colours of the figures.
    pub(super) fn theme(&self) -> Theme {
        self.theme.map_or(Theme::Light, Theme::from)
    }

    /// Writes all files of the trainings that can be written.
    pub(super) fn write(
        &self,
        rounds: &[Finished],
        events: Vec<Events>,
        planned: usize,
        interrupted: bool,
    ) -> Outcome {
        let mut outcome = Outcome::default();
        if let Some(path) = self.json.as_ref().filter(|path| !is_stdout(path)) {
            outcome.file(path, || json(rounds, self.what(interrupted)));
        }
        if let Some(path) = &self.csv {
            outcome.file(path, || csv(rounds, self.every()));
        }
        self.draw(rounds, &mut outcome);
        if let (Some(path), Some(finished)) = (&self.save_comparison, rounds.first()) {
            outcome.file(path, || Ok(finished.comparison.encode()?));
        }
        if let Some(folder) = &self.save {
            let folders = rounds.iter().map(|round| of_round(folder, &round.comparison, planned));
            let whole =
                folders.zip(rounds).map(|(folder, round)| networks(&mut outcome, &folder, round));
            if whole.fold(true, |all, whole| all & whole) {
                outcome.wrote(folder);
            }
        }
        if let Some(folder) = &self.tensorboard {
            let whole = events.into_iter().map(|events| events.note(&mut outcome));
            if whole.fold(true, |all, whole| all & whole) {
                outcome.wrote(folder);
            }
        }
        outcome
    }

    fn draw(&self, rounds: &[Finished], outcome: &mut Outcome) {
        let Some(path) = self.png.as_ref().or(self.svg.as_ref()) else { return };
        let sheet = outcome.attempt(path, || {
            let rounds: Vec<_> = rounds.iter().map(Finished::round).collect();
            let figures = sheet::figures(&rounds);
            let style = sheet::style(&rounds, figures.len(), self.width, self.theme());
            Ok((figures, style))
        });
        let Some((figures, style)) = sheet else { return };
        if let Some(path) = &self.png {
            outcome.file(path, || Ok(png(&figures, &style, 1.0)?));
        }
        if let Some(path) = &self.svg {
            outcome.file(path, || Ok(svg(&figures, &style)?.into_bytes()));
        }
    }
}

/// Writes the networks of a comparison, and last the comparison itself: a folder that has it is whole.
/// Whether it is.
fn networks(outcome: &mut Outcome, folder: &Path, finished: &Finished) -> bool {
    let Finished { comparison, runs } = finished;
    let made = outcome.attempt(folder, || {
        let names = file_names(comparison);
        let file = |(name, run): (&String, &Run)| {
            Ok((network(folder, name), network::encode(&run.network)?))
        };
        let files = names.iter().zip(runs).map(file).collect::<Result<Vec<_>>>()?;
        Ok((files, comparison.encode()?))
    });
    let Some((files, text)) = made else { return false };
    let last = folder.join(COMPARISON);
    let all: Vec<(&Path, &[u8])> = files
        .iter()
        .map(|(path, bytes)| (path.as_path(), bytes.as_slice()))
        .chain([(last.as_path(), text.as_slice())])
        .collect();
    // The folder was made before the training; somebody may have removed it since.
    if let Err(error) = create_folder(folder) {
        outcome.fail(error.into());
        return false;
    }
    let Err(error) = save_all(&all) else { return true };
    if last.exists() {
        // Networks of two trainings under one comparison would be mistaken for each other.
        let shown = visible::path(folder);
        outcome.fail(Failure::from(error).about(&format!("{shown} was left as it was")));
        return false;
    }
    let mut failed = Failed::default();
    for (path, bytes) in &files {
        failed.note(path.clone(), save(path, bytes));
    }
    if failed.is_empty() {
        failed.note(last.clone(), save(&last, &text));
    }
    failed.tell(outcome)
}

/// Files of a folder that could not be written, told in one line.
#[derive(Default)]
struct Failed {
    first: Option<Failure>,
    paths: Vec<PathBuf>,
}

impl Failed {
    fn note(&mut self, path: PathBuf, written: Result<()>) {
        if let Err(error) = written {
            self.first.get_or_insert_with(|| error.into());
            self.paths.push(path);
        }
    }

    fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }

    /// Whether there is nothing to tell.
    fn tell(self, outcome: &mut Outcome) -> bool {
        let Some(first) = self.first else { return true };
        outcome.fail(match self.paths.len() - 1 {
            0 => first,
            1 => first.and("1 more file of the folder could not be written, either"),
            more => first.and(&format!("{more} more files could not be written, either")),
        });
        false
    }
}
