//! Whether what a file says fits its comparison: after this nothing in it can surprise anybody.

use super::{Numbers, Saved, SavedRule, SavedTesting, SavedWeights};
use crate::error::{Error, Result};
use crate::flow::Precision;
use crate::network::NetworkSpec;
use crate::task::{NO_ANSWER, Task, TaskChoice};
use crate::train::comparison::Comparison;
use crate::train::entry::Entry;
use crate::train::evaluation::{Evaluation, Test};
use crate::train::log::{RunLog, Snapshot};
use crate::train::stop::Stop;

/// Beyond this, numbers of updates are no numbers of updates.
const MOST_STEPS: u64 = 1 << 48;

/// Whether a series increases and ends within so many updates.
fn increases(mut steps: impl Iterator<Item = u64>, last: u64) -> bool {
    let mut before = None;
    steps.all(|step| before.replace(step) < Some(step) && step <= last)
}

/// Refuses data of the user's own that are gone or are others than those learned from.
///
/// # Errors
/// With the name of the data file.
pub(super) fn data(comparison: &Comparison, trainings: &[Saved]) -> Result<()> {
    let task = comparison.task.open()?;
    if trainings.iter().all(|saved| saved.data == task.checksum()) {
        return Ok(());
    }
    let words = "these are other data than the training began with: it goes on with the same alone";
    match comparison.task.data_file() {
        Some(path) => Err(Error::content(path, words)),
        None => Err(Error::Session(words.to_owned())),
    }
}

/// Whether there are as many trainings as there should be, if any, and each fits; in words, what
/// does not.
///
/// # Errors
/// Tasks that cannot be opened.
pub(super) fn trainings(
    comparison: &Comparison,
    trainings: &[Saved],
) -> Result<Result<(), String>> {
    let entries = comparison.entries();
    if !trainings.is_empty() && entries.len() != trainings.len() {
        let (found, wanted) = (trainings.len(), entries.len());
        return Ok(Err(format!("{found} trainings of a comparison of {wanted}")));
    }
    for (entry, saved) in entries.iter().zip(trainings) {
        let task = match lengths(comparison, entry, &saved.log)? {
            Ok(choice) => choice,
            Err(words) => return Ok(Err(words)),
        };
        let spec = comparison.contenders[entry.contender].spec(&task);
        let place = Place { comparison, entry, spec, task: &*task.open()? };
        if let Err(words) = place.training(saved) {
            return Ok(Err(format!("{}: {words}", comparison.label(entry))));
        }
    }
    Ok(Ok(()))
}

/// The task at its present length, if the lengths until then follow one another.
fn lengths(
    comparison: &Comparison,
    entry: &Entry,
    log: &RunLog,
) -> Result<Result<TaskChoice, String>> {
    let mut task = comparison.task_of(entry)?;
    let wrong = || Ok(Err("the lengths of its sequences do not follow one another".to_owned()));
    let mut before = 0;
    for (place, &(step, length)) in log.lengths.iter().enumerate() {
        if place > 0 {
            let next = comparison.curriculum.and_then(|plan| plan.next(task.length()));
            let Some(next) = next else { return wrong() };
            task = comparison.task_of_length(next)?;
        }
        let begins = place > 0 || step == 0;
        if length != task.length() || step < before || step > log.steps() || !begins {
            return wrong();
        }
        before = step;
    }
    if log.lengths.is_empty() { wrong() } else { Ok(Ok(task)) }
}

/// One training of a comparison, where it stands.
struct Place<'a> {
    comparison: &'a Comparison,
    entry: &'a Entry,
    spec: NetworkSpec,
    task: &'a dyn Task,
}

impl Place<'_> {
    fn training(&self, saved: &Saved) -> Result<(), String> {
        let Saved {
            weights,
            rule: SavedRule { updates, first, second },
            streams: _,
            memory,
            budget,
            log,
            kept: SavedWeights { budget: kept_budget, stride: kept_stride, steps: kept, numbers },
            best: (_, best_step),
            streak,
            mastered,
            testing,
            data: _,
            failure,
        } = saved;
        let parameters = self.spec.parameter_count();
        self.series("weights", weights, parameters)?;
        self.series("moments", first, parameters)?;
        self.series("moments", second, parameters)?;
        self.series("earlier weights", numbers, kept.len().saturating_mul(parameters))?;
        if let Some(memory) = memory {
            let NetworkSpec { cell, hidden_size, num_layers, .. } = self.spec;
            let states = num_layers * cell.states() * hidden_size * self.comparison.batch;
            self.series("states", memory, states)?;
        }
        let steps = log.steps();
        let sequences = steps.saturating_mul(self.comparison.batch as u64);
        fits(u64::try_from(*updates).is_ok_and(|updates| updates <= steps), "its updates")?;
        fits(*budget <= MOST_STEPS && steps <= MOST_STEPS, "its budget")?;
        fits(*best_step <= steps, "its best loss")?;
        fits(*streak <= sequences, "its right answers in a row")?;
        fits(u64::from(*mastered) <= steps.saturating_add(1), "its mastery")?;
        fits(increases(kept.iter().copied(), steps), "its earlier weights")?;
        fits(*kept_budget <= 1 << 40 && *kept_stride <= 1 << 40, "its earlier weights")?;
        if let Some(SavedTesting { stream: _, asked, wrong }) = testing {
            fits(*asked < self.task.fresh_tests() && wrong <= asked, "its test")?;
        }
        self.log(log, failure.is_some())
    }

    /// Whether a series has so many numbers, in the format of the training.
    fn series(&self, name: &str, numbers: &Numbers, wanted: usize) -> Result<(), String> {
        let right = match (self.comparison.precision, numbers) {
            (Precision::F32, Numbers::F32(_)) | (Precision::F64, Numbers::F64(_)) => true,
            (Precision::F32, Numbers::F64(_)) | (Precision::F64, Numbers::F32(_)) => false,
        };
        match numbers.len() {
            found if found != wanted => Err(format!("{found} {name} instead of {wanted}")),
            _ if !right => Err(format!("{name} in another number format than the comparison's")),
            _ => Ok(()),
        }
    }

    fn log(&self, log: &RunLog, failed: bool) -> Result<(), String> {
        let RunLog {
            losses,
            right,
            evaluations,
            answers,
            // Looked at before.
            lengths: _,
            test,
            snapshots,
            stop,
            seconds,
            stride,
            sharers,
        } = log;
        let steps = losses.len() as u64;
        // A training that failed may have stopped between the two.
        let cut = usize::from(failed);
        let as_many = right.len() == losses.len() || right.len() + cut == losses.len();
        fits(right.is_empty() || as_many, "its right answers")?;
        fits(seconds.is_finite() && *seconds >= 0.0, "its time")?;
        fits(*stride <= 1 << 40, "its snapshots")?;
        fits(*sharers == self.comparison.entries().len(), "the number of its trainings")?;
        if let Some(Test { sequences, wrong }) = test {
            fits(wrong <= sequences && *sequences == self.task.fresh_tests(), "its test")?;
        }
        let ended = match stop {
            None | Some(Stop::Budget) => 0,
            Some(
                Stop::Target(step)
                | Stop::User(step)
                | Stop::Diverged(step)
                | Stop::Plateau(step)
                | Stop::Mastered(step)
                | Stop::Streak(step),
            ) => *step,
        };
        fits(ended <= steps, "its end")?;
        fits(increases(evaluations.iter().map(|one| one.step), steps), "its evaluations")?;
        evaluations.iter().try_for_each(|one| self.evaluation(one))?;
        let known =
            |answer: &u32| *answer == NO_ANSWER || (*answer as usize) < self.spec.output_size;
        fits(answers.iter().all(known), "its answers")?;
        self.answers(answers.len())?;
        fits(increases(snapshots.iter().map(|one| one.step), steps), "its snapshots")?;
        snapshots.iter().try_for_each(|one| self.snapshot(one))
    }

    /// Answers are those to the task's set, which in a curriculum may be that of the length before.
    fn answers(&self, count: usize) -> Result<(), String> {
        let sets = self.task.sets().map_err(|error| error.to_string())?;
        let size = sets.first().map_or(Ok(0), |set| set.batch.size());
        let size = size.map_err(|error| error.to_string())?;
        fits(count == 0 || count == size || self.comparison.curriculum.is_some(), "its answers")
    }

    fn evaluation(&self, evaluation: &Evaluation) -> Result<(), String> {
        let Evaluation { step: _, sets, watched } = evaluation;
        let has_set = self.comparison.task.set_name().is_some();
        let followed = if has_set { self.task.watched().len() } else { 0 };
        fits(sets.len() == usize::from(has_set) && watched.len() == followed, "its evaluations")
    }

    fn snapshot(&self, snapshot: &Snapshot) -> Result<(), String> {
        let Snapshot { step: _, grad_norm, parameters, predictions } = snapshot;
        let even = |rows: &[Vec<f32>]| rows.windows(2).all(|pair| pair[0].len() == pair[1].len());
        let tensors = self.comparison.contenders[self.entry.contender].design;
        let layers = grad_norm.len() == tensors.num_layers;
        let of_parameters = parameters.len() == self.spec.parameter_tensors();
        let whole = layers && of_parameters && even(grad_norm) && even(predictions);
        fits(whole && !predictions.is_empty(), "its snapshots")
    }
}

fn fits(right: bool, what: &str) -> Result<(), String> {
    if right { Ok(()) } else { Err(format!("{what} cannot be as it says")) }
}
