//! What a training left behind: every loss, and snapshots of the gradient flow.

use super::stop::Stop;

/// Most snapshots kept; when full, every second one goes and they are taken half as often.
const MAX_SNAPSHOTS: usize = 1000;

/// Most numbers kept in all snapshots together, 16 MB: long sequences get fewer snapshots.
const MAX_NUMBERS: usize = 4 << 20;

/// The record of one contender's training.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunLog {
    /// Training loss of every batch, from the first.
    pub losses: Vec<f32>,
    /// Gradient flow and predictions through training, oldest first.
    pub snapshots: Vec<Snapshot>,
    /// Why it ended; `None` while it can go on.
    pub stop: Option<Stop>,
    /// Time spent on training steps, in seconds.
    pub seconds: f64,
    /// Snapshots are kept at multiples of this many probe intervals.
    stride: u64,
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
    /// Updates done.
    pub fn steps(&self) -> u64 {
        self.losses.len() as u64
    }

    /// The last loss.
    pub fn final_loss(&self) -> Option<f64> {
        self.losses.last().map(|&loss| f64::from(loss))
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

    /// Whether the snapshot of interval `interval` (0, 1, 2, ...) is wanted.
    pub(super) fn wants(&self, interval: u64) -> bool {
        interval.is_multiple_of(self.stride.max(1))
    }

    /// Adds a snapshot; memory stays bounded however long the training.
    pub(super) fn push(&mut self, snapshot: Snapshot) {
        let numbers = snapshot.numbers();
        self.snapshots.push(snapshot);
        // Two always fit: the first and the newest.
        let most = (MAX_NUMBERS / numbers.max(1)).clamp(2, MAX_SNAPSHOTS);
        if self.snapshots.len() > most {
            let mut index = 0;
            self.snapshots.retain(|_| {
                index += 1;
                index % 2 == 1
            });
            self.stride = 2 * self.stride.max(1);
        }
    }
}

fn mean(losses: &[f32]) -> Option<f64> {
    let sum: f64 = losses.iter().map(|&loss| f64::from(loss)).sum();
    (!losses.is_empty()).then(|| sum / losses.len() as f64)
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
        assert!(numbers <= MAX_NUMBERS, "{numbers}");
        assert!(log.snapshots.len() > 20, "{}", log.snapshots.len());
        assert_eq!(log.snapshots[0].step, 0);
    }

    #[test]
    fn the_printed_mean_covers_ten_losses() {
        let log = RunLog { losses: (0..30).map(|i| i as f32).collect(), ..RunLog::default() };
        assert_eq!(log.printed_at(20), Some(15.5));
        assert_eq!(log.printed_at(30), None);
        assert_eq!(log.mean_of_last(100), Some(14.5));
    }
}
