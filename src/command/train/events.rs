//! TensorBoard's event files, which grow while training goes on.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::super::failure::Failure;
use super::super::outputs::Outcome;
use super::arguments::TrainArguments;
use super::places::{file_names, is_events, of_round};
use crate::disk::{self, Growing};
use crate::error::Result;
use crate::task::TaskChoice;
use crate::ticket::Ticket;
use crate::train::{Comparison, EventFile, RunLog, Since, Stop};
use crate::worker::Race;

/// How often what is new is written.
const EVERY: Duration = Duration::from_secs(1);

/// Larger event files of an earlier part of a training are not read.
const MOST_BYTES: u64 = 4 << 30;

/// The event files of one comparison.
pub(super) struct Events {
    task: TaskChoice,
    every: u64,
    runs: Vec<Run>,
    last: Instant,
}

/// The event file of one training.
struct Run {
    path: PathBuf,
    /// Bytes of the file; none while there is none.
    length: Option<u64>,
    /// Up to where it has been written.
    since: Since,
    /// What counts as the beginning, in seconds since 1970.
    began: Option<f64>,
    /// Names of the parameters.
    names: Vec<String>,
    /// Whether an earlier part of the training stands in another file.
    goes_on: bool,
    failure: Option<Failure>,
}

impl Events {
    /// What is to be written of a comparison, if anything. Nothing is there yet, unless the training
    /// goes on.
    pub(super) fn of(
        arguments: &TrainArguments,
        comparison: &Comparison,
        planned: usize,
        race: &Race,
    ) -> Result<Option<Self>> {
        let Some(folder) = &arguments.tensorboard else { return Ok(None) };
        let folder = of_round(folder, comparison, planned);
        let timing = !arguments.no_timing;
        let names = file_names(comparison).into_iter().enumerate();
        let runs = names
            .map(|(lane, name)| Run::of(&folder.join(name), race, lane, timing))
            .collect::<Result<_>>()?;
        let (task, every) = (comparison.task.clone(), arguments.every() as u64);
        Ok(Some(Self { task, every, runs, last: Instant::now() }))
    }

    /// Writes what is new, if it is time to.
    pub(super) fn look(&mut self, race: &Race) {
        if self.last.elapsed() < EVERY {
            return;
        }
        for (lane, run) in self.runs.iter_mut().enumerate() {
            let part = race.look(lane, |trainee| {
                let log = trainee.log();
                run.part(log, &self.task, self.every, log.steps())
            });
            run.append(&part);
        }
        self.last = Instant::now();
    }

    /// Writes what is left after the end of training, and waits until it is on the disk.
    pub(super) fn end(&mut self, race: &Race) {
        for (lane, run) in self.runs.iter_mut().enumerate() {
            let (part, whole) = race.look(lane, |trainee| {
                let log = trainee.log();
                // Who was stopped on the way may go on from there: then the last step is not whole.
                let cut_off = matches!(log.stop, None | Some(Stop::User(_)));
                let end = if cut_off { log.steps() } else { log.steps() + 1 };
                let part = run.part(log, &self.task, self.every, end);
                // What was thinned out since would be there or not, by when it was written. Without
                // times equal trainings give equal files.
                let exact = run.began.is_none() && !run.goes_on && !cut_off;
                (part, exact.then(|| run.event_file(log, &self.task, self.every).encode()))
            });
            run.append(&part);
            run.end(whole.as_deref());
        }
    }

    /// Notes what became of the files. Whether all were written.
    pub(super) fn note(self, outcome: &mut Outcome) -> bool {
        let mut failed = self.runs.into_iter().filter_map(|run| run.failure);
        let first = failed.next();
        let whole = first.is_none();
        if let Some(first) = first {
            outcome.fail(match failed.count() {
                0 => first,
                1 => first.and("1 more event file could not be written, either"),
                more => first.and(&format!("{more} more event files could not be written, either")),
            });
        }
        whole
    }
}

impl Run {
    fn of(folder: &Path, race: &Race, lane: usize, timing: bool) -> Result<Self> {
        let earlier: Vec<PathBuf> =
            disk::contents(folder)?.into_iter().filter(|path| is_events(path)).collect();
        let mut last = None;
        for path in &earlier {
            let bytes = disk::read(path, MOST_BYTES, "TensorBoard events", &Ticket::new())?;
            last = last.max(EventFile::last_step(&bytes));
        }
        let (names, steps, seconds) = race.look(lane, |trainee| {
            (trainee.names().to_vec(), trainee.log().steps(), trainee.log().seconds)
        });
        // The training goes on behind what is there, at the time it is now.
        let since = last.map_or((0, 0.0), |last| (last + 1, seconds));
        let began = last.map_or(race.began(), |_| now() - seconds);
        let began = timing.then_some(began);
        let start = if earlier.is_empty() { began } else { timing.then(now) };
        let mut number = EventFile::number(start);
        // TensorBoard reads the files of a run in the order of their names.
        let taken = earlier.iter().filter_map(|path| EventFile::number_of(path));
        number = taken.map(|taken| taken + 1).fold(number, u64::max);
        let path = folder.join(EventFile::name_of(number));
        let goes_on = steps > 0 || !earlier.is_empty();
        Ok(Self { path, length: None, since, began, names, goes_on, failure: None })
    }

    fn event_file<'a>(
        &'a self,
        log: &'a RunLog,
        task: &'a TaskChoice,
        every: u64,
    ) -> EventFile<'a> {
        EventFile { log, task, names: &self.names, began: self.began, every }
    }

    /// What is new up to step `end`.
    fn part(&mut self, log: &RunLog, task: &TaskChoice, every: u64, end: u64) -> Vec<u8> {
        if end <= self.since.0 {
            return Vec::new();
        }
        let part = self.event_file(log, task, every).part(self.since, end);
        self.since = (end, log.seconds);
        part
    }

    fn append(&mut self, part: &[u8]) {
        if self.failure.is_none() && !part.is_empty() {
            let added = self.add(part);
            self.note(added);
        }
    }

    /// Hundreds of trainings must not use up the handles of the process: no file stays open.
    fn add(&mut self, part: &[u8]) -> Result<()> {
        let mut file = match self.length {
            Some(length) => Growing::go_on(&self.path, length)?,
            None => {
                // The folder was made before the training; somebody may have removed it since.
                self.path.parent().map_or(Ok(()), disk::create_folder)?;
                let mut file = Growing::create(&self.path)?;
                file.append(&EventFile::head(self.began))?;
                file
            }
        };
        file.append(part)?;
        self.length = Some(file.length());
        Ok(())
    }

    fn end(&mut self, whole: Option<&[u8]>) {
        if self.failure.is_some() {
            return;
        }
        let flushed = match (whole, self.length) {
            (Some(whole), length) if Some(whole.len() as u64) != length => {
                disk::save(&self.path, whole)
            }
            (_, Some(length)) => {
                Growing::go_on(&self.path, length).and_then(|mut file| file.flush())
            }
            (_, None) => Ok(()),
        };
        self.note(flushed);
    }

    fn note(&mut self, done: Result<()>) {
        if let Err(error) = done {
            self.failure = Some(error.into());
        }
    }
}

fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |time| time.as_secs_f64())
}
