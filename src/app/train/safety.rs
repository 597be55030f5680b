//! What the office does so that no training is lost: all that no file holds is kept in a folder of
//! rnnscope's own, and what earlier windows kept is offered.

use std::path::Path;
use std::time::{Duration, Instant};

use super::archive::Deed;
use super::errand::Delivery;
use super::office::Office;
use super::run::Run;
use super::shelter::{Shelter, Word, unusable};
use crate::disk;
use crate::error::Result;
use crate::ticket::Ticket;
use crate::train::Checkpoint;
use crate::visible;
use crate::worker::Race;

/// What could not be written is tried again after this long.
const AGAIN: Duration = Duration::from_secs(20);

/// What is kept of a run.
#[derive(Debug)]
pub struct Sheltered {
    /// Its file, once there is one.
    pub path: Option<std::path::PathBuf>,
    /// Updates of each network in it.
    pub steps: Vec<u64>,
    /// When it was last handed in.
    pub at: Instant,
}

impl Default for Sheltered {
    fn default() -> Self {
        Self { path: None, steps: Vec::new(), at: Instant::now() }
    }
}

impl Office {
    /// From now on keeps in this folder what no file holds.
    pub(super) fn take_shelter(&mut self, folder: &Path) -> Result<()> {
        self.shelter = Some(Shelter::new(folder, self.waker())?);
        Ok(())
    }

    /// Keeps runs that have changed and rest, and now and then those that go on; forgets those that
    /// were saved.
    pub(super) fn tend_shelter(&mut self) {
        self.hear_shelter();
        let Some(shelter) = &mut self.shelter else { return };
        for run in self.run.iter_mut().chain(self.archive.all_listed()) {
            if !run.is_unsaved() {
                forget(shelter, run);
            } else if !shelter.is_busy() && is_due(shelter, run) {
                keep(shelter, run);
            }
        }
    }

    fn hear_shelter(&mut self) {
        let words = self.shelter.as_mut().map(Shelter::hear).unwrap_or_default();
        for word in words {
            match word {
                Word::Kept(gone) => {
                    if std::mem::take(&mut self.unsheltered) {
                        self.warn("Trainings are kept for the next start again.".to_owned());
                    }
                    for gone in gone {
                        self.offers.retain(|offer| offer.path != gone);
                        self.warn(format!(
                            "{} had to go: too many trainings wait to be saved, and this one was \
                             kept longest.",
                            visible::path(&gone)
                        ));
                    }
                }
                Word::Failed(path, error) => {
                    let all = self.run.iter_mut().chain(self.archive.all_listed());
                    all.filter(|run| run.sheltered.path.as_ref() == Some(&path))
                        .for_each(|run| run.sheltered.steps.clear());
                    if !std::mem::replace(&mut self.unsheltered, true) {
                        self.warn(format!(
                            "Trainings that are not saved are not kept for the next start: {error}."
                        ));
                    }
                }
                Word::Offers(offers) => self.offers = offers,
                Word::Unusable(line) => self.warn(line),
            }
            self.tell_offers();
        }
    }

    fn warn(&self, line: String) {
        self.tell(|mail| mail.warnings.push(line));
    }

    fn tell_offers(&self) {
        let offers = self.offers.clone();
        self.tell(|mail| mail.offers = Some(offers));
    }

    /// Forgets what is kept of a run, because the user does not want it any more.
    pub(super) fn forget_kept(&mut self, number: u64) {
        if let (Some(shelter), Some(run)) = (&self.shelter, self.archive.listed(number)) {
            forget(shelter, run);
        }
    }

    /// Reads what was offered. A file that cannot be used is offered no more.
    fn read_offer(&mut self, path: &Path) -> Option<Checkpoint> {
        match Checkpoint::read(path, &Ticket::new()) {
            Ok(checkpoint) => Some(checkpoint),
            Err(error) => {
                self.drop_offer(path);
                self.warn(unusable(path, &error));
                None
            }
        }
    }

    fn drop_offer(&mut self, path: &Path) {
        self.offers.retain(|offer| offer.path != *path);
        self.tell_offers();
    }

    /// Puts a training that was offered on screen, in place of what is there; of several comparisons
    /// the one under way, and the others on the list.
    pub(super) fn open_offer(&mut self, path: &Path) -> Result<()> {
        let Some(all) = self.read_offer(path) else { return Ok(()) };
        let rounds = begun(&all);
        let mut runs = Vec::new();
        for round in &rounds {
            let number = self.started + 1 + runs.len() as u64;
            runs.push(Run::resume(number, round, self.waker())?);
        }
        if let (Some(shelter), [run]) = (&self.shelter, &mut runs[..]) {
            let claimed = shelter.claim(path, &all, run.number())?;
            run.sheltered.path = Some(claimed);
            run.sheltered.steps = run.steps();
        } else if let Some(shelter) = &mut self.shelter {
            runs.iter_mut().for_each(|run| keep(shelter, run));
            shelter.remove(path.to_owned());
        }
        self.tell_race(Race::pause)?;
        for run in runs {
            if let Some(left) = self.put_away() {
                self.archive.did(Deed::Left(left));
            }
            self.started = self.started.max(run.number());
            self.run = Some(run);
        }
        self.drop_offer(path);
        Ok(())
    }

    /// Writes a training that was offered into a folder of its own inside `folder`.
    pub(super) fn save_offer(&mut self, path: &Path, folder: &Path) -> Result<Delivery> {
        let Some(all) = self.read_offer(path) else { return Ok(Delivery::Runs(Vec::new())) };
        let mut saved = Vec::new();
        for (number, round) in (self.started + 1..).zip(begun(&all)) {
            saved.push(Run::resume(number, &round, || {})?.save(folder)?);
        }
        disk::remove(path)?;
        self.drop_offer(path);
        Ok(Delivery::Runs(saved))
    }

    /// Removes a training that was offered.
    pub(super) fn discard_offer(&mut self, path: &Path) -> Result<()> {
        disk::remove(path)?;
        self.drop_offer(path);
        Ok(())
    }

    /// Keeps all that no file holds before the end; or nothing, if the user wants none of it.
    pub(super) fn leave(&mut self) {
        let Some(mut shelter) = self.shelter.take() else { return };
        for run in self.run.iter_mut().chain(self.archive.all_listed()) {
            run.race().pause();
            run.refresh();
            if self.discarded || !run.is_unsaved() {
                forget(&shelter, run);
            } else if run.sheltered.steps != run.steps() {
                keep(&mut shelter, run);
            }
        }
        // Dropping it waits for what is being written.
        drop(shelter);
    }
}

/// The comparisons that have begun, each by itself.
fn begun(all: &Checkpoint) -> Vec<Checkpoint> {
    all.clone().split().into_iter().filter(|round| round.began().is_some()).collect()
}

fn is_due(shelter: &Shelter, run: &Run) -> bool {
    let Sheltered { path, steps, at } = &run.sheltered;
    if *steps == run.steps() {
        return false;
    }
    let failed = path.is_some() && steps.is_empty();
    match (run.is_running(), failed) {
        (true, _) => at.elapsed() >= shelter.gap,
        (false, true) => at.elapsed() >= AGAIN,
        (false, false) => true,
    }
}

fn keep(shelter: &mut Shelter, run: &mut Run) {
    let steps = run.steps();
    // What candle says of tensors here it says at the next update, too, where it is told.
    let Ok(checkpoint) = run.checkpoint() else { return };
    let number = run.number();
    let kept = &mut run.sheltered;
    let path = kept.path.get_or_insert_with(|| shelter.place(&checkpoint, number)).clone();
    (kept.steps, kept.at) = (steps, Instant::now());
    shelter.keep(path, checkpoint);
}

fn forget(shelter: &Shelter, run: &mut Run) {
    if let Some(path) = run.sheltered.path.take() {
        shelter.remove(path);
        run.sheltered.steps.clear();
    }
}
