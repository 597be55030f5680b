//! A training as the director follows it: the race, copies of its records, and scenes made of them.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use super::errand::{Delivery, Errand, deliver};
use super::examples::Examples;
use super::follow::follow;
use super::mistakes;
use super::scene::{Phase, Scene, View};
use crate::app::explore::scene::Picture;
use crate::error::Result;
use crate::figure::of_run;
use crate::task::{Dataset, TaskChoice};
use crate::train::{Comparison, Entry, RunLog, Snapshot, Stop};
use crate::worker::{LaneStatus, Race};

/// How far each training is: updates, evaluations, whether it was tested, why it ended.
type Progress = Vec<(u64, usize, bool, Option<Stop>)>;

/// A training and what was seen of it.
pub struct Run {
    race: Race,
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
    /// The last figures of all trainings and what they were made of.
    overview: Option<(Progress, Vec<Arc<Picture>>)>,
    /// Seconds since 1970 at the start.
    began: f64,
}

impl Run {
    /// Draws the networks and lets them train, or wait.
    ///
    /// # Errors
    /// As for [`Race::start`], and a comparison that does not fit into memory.
    pub fn start(
        comparison: &Comparison,
        paused: bool,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Result<Self> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        comparison.fits_memory(threads)?;
        let race = Race::start(comparison, threads, true, wake)?;
        let each = race.lanes() / comparison.contenders.len().max(1);
        let names = (0..comparison.contenders.len())
            .map(|contender| race.look(contender * each, |trainee| trainee.names().to_vec()));
        let mut run = Self {
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
            overview: None,
            began: SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64(),
            comparison: Arc::new(comparison.clone()),
            race,
        };
        if !paused {
            run.race.resume();
        }
        run.refresh();
        Ok(run)
    }

    /// The race itself, to be steered.
    pub fn race(&mut self) -> &mut Race {
        self.steered = true;
        &mut self.race
    }

    /// What is trained.
    pub fn comparison(&self) -> &Comparison {
        &self.comparison
    }

    /// Does an errand with the present state of the training.
    ///
    /// # Errors
    /// What drawing or writing says.
    pub fn deliver(&mut self, errand: Errand) -> Result<Delivery> {
        self.refresh();
        deliver(errand, &self.race, &self.logs, self.began)
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

    /// The figures of the moment that `view` looks at.
    pub fn scene(&mut self, view: View) -> Scene {
        let overview = self.overview();
        let view = view.within(&self.comparison);
        let place = view.entry(&self.comparison);
        let entry = self.entries[place];
        let comparison = &self.comparison;
        let log = &self.logs[place];
        let moment = of_run::moment(log, view.cursor);
        let cursor = view.cursor.and(moment).map(|moment| moment.step);
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

    fn overview(&mut self) -> Vec<Arc<Picture>> {
        let progress =
            |log: &RunLog| (log.steps(), log.evaluations.len(), log.test.is_some(), log.stop);
        let key: Progress = self.logs.iter().map(progress).collect();
        if let Some((known, pictures)) = &self.overview
            && *known == key
        {
            return pictures.clone();
        }
        let logs: Vec<&RunLog> = self.logs.iter().collect();
        let figures = of_run::overview(&self.comparison, &logs);
        let pictures: Vec<Arc<Picture>> =
            figures.into_iter().map(|figure| Arc::new(Picture::new(figure))).collect();
        self.overview = Some((key, pictures.clone()));
        pictures
    }
}

/// Whether there is more to tell of each training than the ranking does.
fn has_trials(comparison: &Comparison, logs: &[&RunLog]) -> bool {
    !comparison.is_single() || logs.iter().any(|log| log.test.is_some())
}
