//! What a training left behind: every loss, and snapshots of the gradient flow.

use super::evaluation::{Evaluation, Test};
use super::stop::Stop;

/// Most snapshots kept; when full, every second one goes and they are taken half as often.
const MAX_SNAPSHOTS: usize = 1000;

/// Most numbers kept in all snapshots of a comparison together, 64 MB: long sequences and many
/// trainings get fewer snapshots each.
const MAX_NUMBERS: usize = 16 << 20;

/// Most evaluations kept; when full, every second one goes.
const MAX_EVALUATIONS: usize = 20_000;

/// The record of one contender's training.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunLog {
    /// Training loss of every batch, from the first, in the precision of the training: those of an
    /// f32 training are f32 numbers.
    pub losses: Vec<f64>,
    /// Fraction of every batch answered rightly; empty where answers are not right or wrong.
    pub right: Vec<f32>,
    /// How the task's fixed sets were answered through training, oldest first.
    pub evaluations: Vec<Evaluation>,
    /// The class that each sequence of the first set was last taken for, where there are classes, or
    /// [`crate::task::NO_ANSWER`].
    pub answers: Vec<u32>,
    /// Lengths of the training sequences and the step from which on they were used.
    pub lengths: Vec<(u64, usize)>,
    /// The test on fresh sequences after training, once it is done.
    pub test: Option<Test>,
    /// Gradient flow and predictions through training, oldest first.
    pub snapshots: Vec<Snapshot>,
    /// Why it ended; `None` while it can go on.
    pub stop: Option<Stop>,
    /// Time spent on training steps, in seconds.
    pub seconds: f64,
    /// Snapshots are kept at multiples of this many probe intervals.
    pub(super) stride: u64,
    /// Trainings that share the memory for snapshots; 0 counts as one.
    pub(super) sharers: usize,
}

/// The state of a training at one step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Snapshot {
    /// Updates done before it.
    pub step: u64,
    /// ‖dL/dh_t‖ on a fixed batch: `[layer][t]`.
    pub grad_norm: Vec<Vec<f32>>,
    /// By parameter, in the order of the network's names.
    pub parameters: Vec<ParameterNorms>,
    /// Predictions for the example sequences: `[sequence][t]`.
    pub predictions: Vec<Vec<f32>>,
}

impl Snapshot {
    /// How many numbers it holds, about.
    fn numbers(&self) -> usize {
        let of = |rows: &[Vec<f32>]| rows.iter().map(Vec::len).sum::<usize>();
        of(&self.grad_norm) + of(&self.predictions) + 3 * self.parameters.len()
    }
}

/// Sizes of one parameter, its gradient and its update (L2 norms).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ParameterNorms {
    /// ‖θ‖.
    pub value: f32,
    /// ‖dL/dθ‖ of the training batch, before clipping.
    pub grad: f32,
    /// ‖Δθ‖ of the update.
    pub update: f32,
}

impl RunLog {
    /// An empty record of one of so many trainings, which share the memory for snapshots.
    pub(super) fn shared_by(sharers: usize) -> Self {
        Self { sharers, ..Self::default() }
    }

    /// Updates done.
    pub fn steps(&self) -> u64 {
        self.losses.len() as u64
    }

    /// The last loss.
    pub fn final_loss(&self) -> Option<f64> {
        self.losses.last().copied()
    }

    /// Mean of the last `count` losses (of all, while there are fewer).
    pub fn mean_of_last(&self, count: usize) -> Option<f64> {
        mean(&self.losses[self.losses.len().saturating_sub(count)..])
    }

    /// What the notebook's progress bar shows after batch `batch` (counted from 0): the mean of
    /// the ten losses up to and including it.
    pub fn printed_at(&self, batch: usize) -> Option<f64> {
        let end = batch + 1;
        (end <= self.losses.len()).then(|| mean(&self.losses[end.saturating_sub(10)..end]))?
    }

    /// Updates a second.
    pub fn steps_per_second(&self) -> f64 {
        if self.seconds > 0.0 { self.losses.len() as f64 / self.seconds } else { 0.0 }
    }

    /// Fraction of the last `count` batches' sequences that were answered rightly.
    pub fn right_of_last(&self, count: usize) -> Option<f64> {
        mean(&self.right[self.right.len().saturating_sub(count)..])
    }

    /// The length of the longest sequences that were mastered: the one before the present, or the
    /// present one if training ended because it was mastered too.
    pub fn mastered_length(&self) -> Option<usize> {
        match self.stop {
            Some(Stop::Mastered(_)) => self.lengths.last().map(|(_, length)| *length),
            _ => self.lengths.iter().rev().nth(1).map(|(_, length)| *length),
        }
    }

    /// Memory it takes, in bytes, about.
    pub fn bytes(&self) -> usize {
        let snapshots: usize = self.snapshots.iter().map(Snapshot::numbers).sum();
        let evaluation = |one: &Evaluation| {
            size_of_val(one)
                + size_of_val(one.sets.as_slice())
                + size_of_val(one.watched.as_slice())
        };
        let evaluations: usize = self.evaluations.iter().map(evaluation).sum();
        let lists = size_of_val(self.losses.as_slice())
            + size_of_val(self.right.as_slice())
            + size_of_val(self.answers.as_slice());
        lists + evaluations + snapshots * size_of::<f32>()
    }

    /// Adds an evaluation; memory stays bounded however long the training.
    pub(super) fn evaluated(&mut self, evaluation: Evaluation) {
        self.evaluations.push(evaluation);
        if self.evaluations.len() > MAX_EVALUATIONS {
            halve(&mut self.evaluations);
        }
    }

    /// Whether the snapshot of interval `interval` (0, 1, 2, ...) is wanted.
    pub(super) fn wants(&self, interval: u64) -> bool {
        interval.is_multiple_of(self.stride.max(1))
    }

    /// Adds a snapshot; memory stays bounded however long the training.
    pub(super) fn push(&mut self, snapshot: Snapshot) {
        let numbers = snapshot.numbers();
        self.snapshots.push(snapshot);
        // Two always fit: the first and the newest.
        let share = MAX_NUMBERS / self.sharers.max(4);
        let most = (share / numbers.max(1)).clamp(2, MAX_SNAPSHOTS);
        if self.snapshots.len() > most {
            halve(&mut self.snapshots);
            self.stride = 2 * self.stride.max(1);
        }
    }
}

/// Drops every second entry.
fn halve<T>(entries: &mut Vec<T>) {
    let mut index = 0;
    entries.retain(|_| {
        index += 1;
        index % 2 == 1
    });
}

fn mean<N: Copy + Into<f64>>(values: &[N]) -> Option<f64> {
    let sum: f64 = values.iter().map(|&value| value.into()).sum();
    (!values.is_empty()).then(|| sum / values.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snapshots_are_halved_when_full_and_stay_evenly_spaced() {
        let mut log = RunLog::default();
        for interval in 0..5000 {
            if log.wants(interval) {
                log.push(Snapshot { step: interval * 10, ..Snapshot::default() });
            }
        }
        assert!(log.snapshots.len() <= MAX_SNAPSHOTS);
        let steps: Vec<u64> = log.snapshots.iter().map(|snapshot| snapshot.step).collect();
        let gap = steps[1] - steps[0];
        assert!(steps.windows(2).all(|pair| pair[1] - pair[0] == gap), "{steps:?}");
    }

    #[test]
    fn large_snapshots_are_fewer() {
        let mut log = RunLog::default();
        let large = || Snapshot { grad_norm: vec![vec![0.0; 10_000]; 8], ..Snapshot::default() };
        for interval in 0..600 {
            if log.wants(interval) {
                log.push(Snapshot { step: interval, ..large() });
            }
        }
        let numbers: usize = log.snapshots.iter().map(Snapshot::numbers).sum();
        assert!(numbers <= MAX_NUMBERS / 4, "{numbers}");
        assert!(log.snapshots.len() > 20, "{}", log.snapshots.len());
        assert_eq!(log.snapshots[0].step, 0);
    }

    #[test]
    fn the_printed_mean_covers_ten_losses() {
        let log = RunLog { losses: (0..30).map(f64::from).collect(), ..RunLog::default() };
        assert_eq!(log.printed_at(20), Some(15.5));
        assert_eq!(log.printed_at(30), None);
        assert_eq!(log.mean_of_last(100), Some(14.5));
    }
}
