//! A training as the director follows it: the race, copies of its records, and scenes made of them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::errand::{Delivery, Errand, deliver};
use super::examples::Examples;
use super::follow::follow;
use super::ledger::{self, RunLine};
use super::mistakes;
use super::overview::Overview;
use super::safety::Sheltered;
use super::save_run::save_run;
use super::scene::{Phase, Scene, View};
use super::taken::Taken;
use crate::app::explore::scene::Picture;
use crate::error::Result;
use crate::figure::of_run;
use crate::task::{Dataset, TaskChoice};
use crate::train::{Checkpoint, Comparison, Entry, RunLog, Snapshot};
use crate::worker::{LaneStatus, Race};

/// Weights of earlier moments of all contenders together take at most so many bytes.
const WEIGHTS: usize = 64 << 20;

/// A training and what was seen of it.
pub struct Run {
    /// Runs are counted from 1.
    number: u64,
    /// What is trained, in words.
    title: String,
    race: Race,
    /// The updates after which the network of each training was last saved as it was then.
    saved: Vec<Option<u64>>,
    comparison: Arc<Comparison>,
    entries: Arc<Vec<Entry>>,
    examples: Examples,
    /// Sequences with classes, for a task that has them.
    data: Option<Arc<Dataset>>,
    /// Names of the parameters, by contender.
    names: Vec<Vec<String>>,
    /// Copies, so that figures are made while the training goes on.
    logs: Vec<RunLog>,
    lanes: Vec<LaneStatus>,
    /// Whether lanes that had ended may go on.
    steered: bool,
    /// The run in a line, once nothing changes any more.
    line: Option<RunLine>,
    /// The last figures of all trainings.
    overview: Overview,
    /// Seconds since 1970 at the start.
    began: f64,
    /// What is kept of it while no file of the user's holds it.
    pub(super) sheltered: Sheltered,
}

impl Run {
    /// Draws the networks and lets them train, or wait.
    ///
    /// # Errors
    /// As for [`Race::start`], and a comparison that does not fit into memory.
    pub fn start(
        number: u64,
        comparison: &Comparison,
        paused: bool,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Result<Self> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        comparison.fits_memory(threads)?;
        let race = Race::start(comparison, threads, true, wake)?;
        let run = Self::of(number, race)?;
        if !paused {
            run.race.unpause();
        }
        Ok(run)
    }

    /// A training that was kept, as it was then, waiting.
    ///
    /// # Errors
    /// As for [`Race::resume`], and a comparison that does not fit into memory.
    pub fn resume(
        number: u64,
        checkpoint: &Checkpoint,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Result<Self> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        checkpoint.comparison().fits_memory(threads)?;
        Self::of(number, Race::resume(checkpoint, threads, true, wake)?)
    }

    fn of(number: u64, race: Race) -> Result<Self> {
        let comparison = &race.comparison().clone();
        for lane in 0..race.lanes() {
            race.look(lane, |trainee| trainee.keep_weights(WEIGHTS / race.lanes()));
        }
        let each = race.lanes() / comparison.contenders.len().max(1);
        let names = (0..comparison.contenders.len())
            .map(|contender| race.look(contender * each, |trainee| trainee.names().to_vec()));
        let mut run = Self {
            number,
            title: ledger::title(comparison),
            saved: vec![None; race.lanes()],
            names: names.collect(),
            entries: Arc::new(comparison.entries()),
            examples: Examples::default(),
            data: match &comparison.task {
                TaskChoice::Mnist1d(task) => Some(task.dataset()?),
                _ => None,
            },
            logs: vec![RunLog::default(); race.lanes()],
            lanes: Vec::new(),
            steered: true,
            line: None,
            overview: Overview::default(),
            began: race.began(),
            sheltered: Sheltered::default(),
            comparison: Arc::new(comparison.clone()),
            race,
        };
        run.refresh();
        Ok(run)
    }

    /// The race itself, to be steered.
    pub fn race(&mut self) -> &mut Race {
        self.steered = true;
        self.line = None;
        &mut self.race
    }

    /// What is trained.
    pub fn comparison(&self) -> &Comparison {
        &self.comparison
    }

    /// Its number.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Whether there is anything to lose: an update of any network.
    pub fn has_begun(&self) -> bool {
        self.lanes.iter().any(|lane| lane.steps > 0)
    }

    /// Updates of each network.
    pub fn steps(&self) -> Vec<u64> {
        self.lanes.iter().map(|lane| lane.steps).collect()
    }

    /// Whether any network has updates that are in no file.
    pub fn is_unsaved(&self) -> bool {
        let mut all = self.lanes.iter().zip(&self.saved);
        all.any(|(lane, saved)| lane.steps > 0 && *saved != Some(lane.steps))
    }

    /// Everything that it goes on from.
    ///
    /// # Errors
    /// What candle says of the tensors.
    pub fn checkpoint(&self) -> Result<Checkpoint> {
        self.race.checkpoint()
    }

    /// Whether it is being trained.
    pub fn is_running(&self) -> bool {
        self.phase() == Phase::Running
    }

    /// Whether every contender has ended, so that nothing changes any more unless somebody steers.
    pub fn is_over(&self) -> bool {
        self.phase() == Phase::Over
    }

    /// Lets go of figures and examples, which are made again when they are looked at: together they take
    /// several times the records that they are made of.
    pub fn fold(&mut self) {
        self.overview = Overview::default();
        self.examples = Examples::default();
    }

    /// Memory it takes once it is folded, in bytes, about: the records twice, as what is shown is a copy.
    pub fn bytes(&self) -> usize {
        let of_race: usize =
            (0..self.race.lanes()).map(|lane| self.race.look(lane, |one| one.bytes())).sum();
        of_race + self.logs.iter().map(RunLog::bytes).sum::<usize>()
    }

    /// The run in a line of a list.
    pub fn line(&mut self) -> RunLine {
        if let Some(known) = &self.line {
            return known.clone();
        }
        let line = self.new_line();
        if self.is_over() && !self.steered {
            self.line = Some(line.clone());
        }
        line
    }

    fn new_line(&self) -> RunLine {
        let logs: Vec<&RunLog> = self.logs.iter().collect();
        let ranking = of_run::ranking(&self.comparison, &logs);
        let unsaved = |(lane, saved): &(&LaneStatus, &Option<u64>)| {
            lane.steps > 0 && **saved != Some(lane.steps)
        };
        RunLine {
            number: self.number,
            comparison: Arc::clone(&self.comparison),
            title: self.title.clone(),
            result: ledger::result(&self.lanes, &ranking),
            began: self.began,
            bytes: if self.is_running() { 0 } else { self.bytes() },
            unsaved: (self.lanes.iter().zip(&self.saved).filter(unsaved).count(), self.lanes.len()),
            running: self.is_running(),
        }
    }

    /// Does an errand with the present state of the training.
    ///
    /// # Errors
    /// What drawing or writing says.
    pub fn deliver(&mut self, errand: Errand) -> Result<Delivery> {
        self.refresh();
        let network = match &errand {
            Errand::Network { lane, .. } => Some(*lane),
            _ => None,
        };
        let delivery = deliver(errand, &self.race, &self.logs, self.began)?;
        if let (Some(lane), Delivery::Network { taken, .. }) = (network, &delivery) {
            // Weights of an earlier moment leave the newest ones unsaved.
            let newest = self.race.look(lane, |trainee| {
                (trainee.updates() == taken.updates).then(|| trainee.log().steps())
            });
            self.saved[lane] = newest.or(self.saved[lane]);
            self.line = None;
        }
        Ok(delivery)
    }

    /// Writes the comparison, all losses and every network as trained so far into a folder of its own
    /// inside `folder`, which is told.
    ///
    /// # Errors
    /// What drawing or writing says.
    pub fn save(&mut self, folder: &Path) -> Result<PathBuf> {
        self.refresh();
        let (path, steps) = save_run((self.number, &self.race), &self.logs, folder)?;
        self.saved = steps.into_iter().map(Some).collect();
        self.line = None;
        Ok(path)
    }

    /// Copies what is new. Trainings that have ended are not looked at again.
    pub fn refresh(&mut self) {
        let all = std::mem::take(&mut self.steered) || self.lanes.is_empty();
        if all {
            self.lanes = (0..self.race.lanes()).map(|lane| self.race.status(lane)).collect();
        }
        for (lane, (copy, status)) in self.logs.iter_mut().zip(&mut self.lanes).enumerate() {
            if status.has_ended() && !all {
                continue;
            }
            // The status first: who has ended by then has nothing more to add to the record.
            *status = self.race.status(lane);
            self.race.look(lane, |trainee| follow(copy, trainee.log()));
        }
    }

    fn phase(&self) -> Phase {
        if self.lanes.iter().all(LaneStatus::has_ended) {
            Phase::Over
        } else if !self.race.is_paused() {
            Phase::Running
        } else if self.lanes.iter().all(|lane| lane.steps == 0) {
            Phase::Ready
        } else {
            Phase::Paused
        }
    }

    /// The figures of the moment that `view` looks at, with the curves of `other` over those of all
    /// trainings.
    pub fn scene(&mut self, view: View, other: Option<&mut Self>) -> Scene {
        let overlaid = other.as_ref().map(|other| other.number);
        let overview = self.overview(other);
        let view = view.within(&self.comparison);
        let place = view.entry(&self.comparison);
        let entry = self.entries[place];
        let comparison = &self.comparison;
        let log = &self.logs[place];
        let moment = of_run::moment(log, view.cursor);
        let cursor = view.cursor.and(moment).map(|moment| moment.step);
        let taken = self.race.look(place, |trainee| Taken::of(trainee, cursor));
        let gradient = moment.map(|moment| of_run::gradient_at(comparison, &entry, log, moment));
        let parameters = if view.parameters {
            of_run::parameter_norms(comparison, &entry, log, &self.names[view.contender]).into()
        } else {
            Vec::new()
        };
        let map = of_run::gradient_map(comparison, &entry, log, view.layer, cursor);
        let mistakes = self.data.as_ref().and_then(|data| {
            let who = comparison.label(&entry);
            mistakes::of((&self.race, place), data, (&who, log), view.page)
        });
        let logs: Vec<&RunLog> = self.logs.iter().collect();
        Scene {
            number: self.number,
            overlaid,
            taken,
            phase: self.phase(),
            lanes: self.lanes.clone(),
            overview,
            map: Picture::new(map),
            gradient: gradient.map(Picture::new),
            mistakes,
            parameters: parameters.into_iter().map(Picture::new).collect(),
            ranking: of_run::ranking(comparison, &logs),
            trials: has_trials(comparison, &logs).then(|| of_run::trials(comparison, &logs)),
            view,
            moments: log.snapshots.iter().map(|snapshot| snapshot.step).collect(),
            moment: moment.map(|moment| moment.step),
            predictions: self.predictions(&view),
            comparison: Arc::clone(&self.comparison),
            entries: Arc::clone(&self.entries),
        }
    }

    /// Example sequences with what all contenders answered in the trial looked at.
    fn predictions(&mut self, view: &View) -> Vec<Picture> {
        let place = view.entry(&self.comparison);
        let moment = of_run::moment(&self.logs[place], view.cursor);
        let steps = |snapshot: &Snapshot| snapshot.predictions.first().map(Vec::len);
        let Some(length) = moment.and_then(steps) else { return Vec::new() };
        let entry = self.entries[place];
        let examples = self.examples.of(&self.race, &self.comparison, (place, &entry), length);
        // In a curriculum, others may read sequences of another length by now.
        let mut answers: Vec<Option<&Snapshot>> =
            self.logs.iter().map(|log| of_run::moment(log, view.cursor)).collect();
        for answer in &mut answers {
            *answer = answer.filter(|snapshot| steps(snapshot) == Some(length));
        }
        let figures = of_run::predictions(&self.comparison, place, examples, &answers);
        figures.into_iter().map(Picture::new).collect()
    }

    /// The figures of all its trainings, with the curves of `other` laid over.
    fn overview(&mut self, other: Option<&mut Self>) -> Vec<Arc<Picture>> {
        let other = other.map(|other| {
            let figures = other.overview.figures(&other.comparison, &other.logs);
            (other.number, &*other.comparison, figures)
        });
        self.overview.pictures((self.number, &self.comparison, &self.logs), other)
    }
}

/// Whether there is more to tell of each training than the ranking does.
fn has_trials(comparison: &Comparison, logs: &[&RunLog]) -> bool {
    !comparison.is_single() || logs.iter().any(|log| log.test.is_some())
}
