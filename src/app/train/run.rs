//! A training as the director follows it: the race, copies of its records, and scenes made of them.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use super::errand::{Delivery, Errand, deliver};
use super::scene::{Phase, Scene, View};
use crate::app::explore::scene::Picture;
use crate::error::Result;
use crate::figure::of_run;
use crate::task::Example;
use crate::train::{Comparison, RunLog, Snapshot, Stop};
use crate::worker::{LaneStatus, Race};

/// Updates done by each contender, and why it ended.
type Ends = Vec<(u64, Option<Stop>)>;

/// A training and what was seen of it.
pub struct Run {
    race: Race,
    comparison: Arc<Comparison>,
    /// The sequences that predictions are shown for; the predictions in them are not used.
    examples: Vec<Example>,
    /// Names of the parameters, by contender.
    names: Vec<Vec<String>>,
    /// Copies, so that figures are made while the training goes on.
    logs: Vec<RunLog>,
    lanes: Vec<LaneStatus>,
    /// The last loss figure and what it was made of: it changes only with the training.
    loss: Option<(Ends, Arc<Picture>)>,
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
        let names =
            (0..race.lanes()).map(|lane| race.look(lane, |trainee| trainee.names().to_vec()));
        let mut run = Self {
            names: names.collect(),
            examples: race.look(0, |trainee| trainee.examples())?,
            logs: vec![RunLog::default(); race.lanes()],
            lanes: Vec::new(),
            loss: None,
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

    /// Copies what is new.
    pub fn refresh(&mut self) {
        for (lane, copy) in self.logs.iter_mut().enumerate() {
            self.race.look(lane, |trainee| follow(copy, trainee.log()));
        }
        self.lanes = (0..self.race.lanes()).map(|lane| self.race.status(lane)).collect();
    }

    fn phase(&self) -> Phase {
        let ended = |lane: &LaneStatus| lane.stop.is_some() || lane.failure.is_some();
        if self.lanes.iter().all(ended) {
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
    pub fn scene(&mut self, mut view: View) -> Scene {
        let loss = self.loss();
        view.contender = view.contender.min(self.logs.len().saturating_sub(1));
        let entry = self.comparison.entries()[view.contender];
        let contender = &self.comparison.contenders[entry.contender];
        view.layer = view.layer.min(contender.design.num_layers.saturating_sub(1));
        let log = &self.logs[view.contender];
        let moment = at(log, view.cursor);
        let cursor = view.cursor.and(moment).map(|moment| moment.step);
        let gradient =
            moment.map(|moment| of_run::gradient_at(&self.comparison, &entry, log, moment));
        let parameters = if view.parameters {
            let names = &self.names[view.contender];
            of_run::parameter_norms(&self.comparison, &entry, log, names).into()
        } else {
            Vec::new()
        };
        let answers: Vec<Option<&Snapshot>> =
            self.logs.iter().map(|log| at(log, view.cursor)).collect();
        let logs: Vec<&RunLog> = self.logs.iter().collect();
        Scene {
            phase: self.phase(),
            lanes: self.lanes.clone(),
            loss,
            predictions: of_run::predictions(&self.comparison, 0, &self.examples, &answers)
                .into_iter()
                .map(Picture::new)
                .collect(),
            map: Picture::new(of_run::gradient_map(
                &self.comparison,
                &entry,
                log,
                view.layer,
                cursor,
            )),
            gradient: gradient.map(Picture::new),
            parameters: parameters.into_iter().map(Picture::new).collect(),
            ranking: of_run::ranking(&self.comparison, &logs),
            view,
            moments: log.snapshots.iter().map(|snapshot| snapshot.step).collect(),
            moment: moment.map(|moment| moment.step),
            comparison: Arc::clone(&self.comparison),
        }
    }

    fn loss(&mut self) -> Arc<Picture> {
        let key: Ends = self.logs.iter().map(|log| (log.steps(), log.stop)).collect();
        if let Some((known, picture)) = &self.loss
            && *known == key
        {
            return Arc::clone(picture);
        }
        let logs: Vec<&RunLog> = self.logs.iter().collect();
        let picture = Arc::new(Picture::new(of_run::loss(&self.comparison, &logs)));
        self.loss = Some((key, Arc::clone(&picture)));
        picture
    }
}

/// The last measurement at or before a moment, or the newest.
fn at(log: &RunLog, cursor: Option<u64>) -> Option<&Snapshot> {
    let cursor = cursor.unwrap_or(u64::MAX);
    let after = log.snapshots.partition_point(|snapshot| snapshot.step <= cursor);
    log.snapshots.get(after.saturating_sub(1))
}

/// Brings a copy up to date. Records only grow, but for snapshots, of which every second one goes
/// when there are too many.
fn follow(copy: &mut RunLog, log: &RunLog) {
    let known = copy.losses.len();
    copy.losses.extend_from_slice(&log.losses[known..]);
    let second = |log: &RunLog| log.snapshots.get(1).map(|snapshot| snapshot.step);
    let known = copy.snapshots.len();
    if known > log.snapshots.len() || (known > 1 && second(copy) != second(log)) {
        copy.snapshots.clone_from(&log.snapshots);
    } else {
        copy.snapshots.extend_from_slice(&log.snapshots[known..]);
    }
    copy.stop = log.stop;
    copy.seconds = log.seconds;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(snapshots: impl Iterator<Item = u64>, losses: usize) -> RunLog {
        let mut log = RunLog::default();
        log.losses = vec![0.5; losses];
        log.snapshots = snapshots.map(|step| Snapshot { step, ..Snapshot::default() }).collect();
        log
    }

    #[test]
    fn a_copy_follows_its_record_when_snapshots_are_thinned() {
        let mut copy = RunLog::default();
        for record in [
            log(0..1, 1),
            log(0..7, 7),
            log((0..8).step_by(2), 8),
            log((0..40).step_by(2), 40),
            log((0..400).step_by(4), 400),
        ] {
            follow(&mut copy, &record);
            assert_eq!(copy, record);
        }
    }

    #[test]
    fn the_moment_looked_at_is_the_last_one_measured_before() {
        let log = log((0..100).step_by(10), 100);
        let step = |cursor| at(&log, cursor).map(|snapshot| snapshot.step);
        assert_eq!(step(None), Some(90));
        assert_eq!(step(Some(0)), Some(0));
        assert_eq!(step(Some(39)), Some(30));
        assert_eq!(at(&RunLog::default(), Some(3)), None);
    }
}
