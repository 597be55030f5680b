//! The loss on a task's fixed sets beside the training loss, and the time axis that both share.

use super::bundle::{self, Part, bundle, curves};
use super::training::trainings;
use super::{longest, smooth, training_steps};
use crate::figure::model::{Axis, Figure, Range, Stroke};
use crate::figure::words::loss_name;
use crate::train::{Comparison, RunLog, Score};

/// How the progress of training is counted: in epochs where a training set is gone through again
/// and again, else in steps.
pub(super) struct Clock {
    /// Batches of an epoch.
    pub epoch: Option<u64>,
}

impl Clock {
    pub fn of(comparison: &Comparison) -> Self {
        // Data that cannot be read has no epochs to count; whoever trains on it will hear why.
        let epoch = comparison.task.open().ok().and_then(|task| task.epoch(comparison.batch));
        Self { epoch: epoch.filter(|batches| *batches > 0) }
    }

    /// Where a training stands after so many updates.
    pub fn at(&self, steps: u64) -> f64 {
        steps as f64 / self.epoch.unwrap_or(1) as f64
    }

    /// The axis up to the longest training.
    pub fn axis(&self, comparison: &Comparison, steps: u64) -> Axis {
        match self.epoch {
            None => training_steps(comparison, steps),
            Some(_) => {
                let end = self.at(steps).ceil();
                let range = if steps > 0 { Range::Fixed(0.0, end) } else { Range::Auto };
                Axis { range, ..Axis::moments("epoch") }
            }
        }
    }

    /// Means over the batches of each whole epoch at its end, or moving means.
    pub fn means<N: Copy + Into<f64>>(&self, values: &[N]) -> Vec<[f64; 2]> {
        let Some(epoch) = self.epoch else { return smooth::means(values) };
        let mean = |batches: &[N]| {
            batches.iter().map(|value| (*value).into()).sum::<f64>() / batches.len() as f64
        };
        let epochs = values.chunks_exact(epoch as usize).enumerate();
        epochs.map(|(n, batches)| [n as f64 + 1.0, mean(batches)]).collect()
    }
}

/// A number of each evaluation of the first set.
pub(super) fn evaluated(
    log: &RunLog,
    clock: &Clock,
    pick: impl Fn(&Score) -> f64,
) -> Vec<[f64; 2]> {
    let found = |evaluation: &crate::train::Evaluation| {
        Some((clock.at(evaluation.step), pick(evaluation.sets.first()?)))
    };
    smooth::at_times(log.evaluations.iter().filter_map(found))
}

/// The mean loss over the training batches (dashed) and on the task's fixed set (solid) against the
/// epoch, or the training step where there are no epochs.
pub fn evaluation_loss(comparison: &Comparison, logs: &[&RunLog]) -> Figure {
    let clock = Clock::of(comparison);
    let trainings = trainings(comparison, logs);
    let fixed = curves(&trainings, |log| evaluated(log, &clock, |score| score.loss));
    let training = curves(&trainings, |log| clock.means(&log.losses));
    let solid = Part { word: "test", ..Part::WHOLE };
    let dashed = Part { word: "training", stroke: Stroke::Dashed };
    let per = if clock.epoch.is_some() { "mean over each epoch" } else { "moving mean" };
    let sets = "Where the two part, a network learns its training set by heart.";
    let notes = std::iter::once(format!("Solid: test loss. Dashed: training loss, {per}. {sets}"));
    Figure {
        series: [bundle(fixed, solid), bundle(training, dashed)].concat(),
        notes: notes.chain(bundle::note(comparison)).collect(),
        ..Figure::new(
            "evaluation-loss",
            "Training and test loss",
            clock.axis(comparison, longest(logs)),
            Axis::log(format!("loss ({})", loss_name(&comparison.task))),
        )
    }
}
