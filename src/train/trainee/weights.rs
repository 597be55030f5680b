//! Weights of earlier moments of a training, as many as memory allows.

use candle_core::{DType, Tensor, Var};

use super::Trainee;
use crate::error::Result;
use crate::network::Network;
use crate::task::Batch;
use crate::train::checkpoint::{Numbers, SavedWeights};
use crate::train::stop::Stop;

/// Numbers of each parameter that training holds besides those kept of earlier moments: its value and
/// at most two moments of the optimiser.
const COPIES: usize = 3;

/// Copies of all parameters, by the updates done before them. Empty unless somebody asked for them.
#[derive(Debug, Default)]
pub(super) struct WeightLog {
    /// Bytes that all copies together may take.
    budget: usize,
    /// Copies are kept at multiples of this many probe intervals.
    stride: u64,
    /// Oldest first.
    kept: Vec<(u64, Vec<Tensor>)>,
}

impl WeightLog {
    /// Adds the weights after `step` updates, where measurements come every `interval` updates. When
    /// the budget is used, every second copy goes and they are taken half as often.
    pub(super) fn push(&mut self, step: u64, interval: u64, weights: Vec<Tensor>) {
        let most = self.budget / bytes(&weights).max(1);
        let wanted =
            |stride: u64, step: u64| step.is_multiple_of(interval.saturating_mul(stride.max(1)));
        if most == 0 || !wanted(self.stride, step) {
            return;
        }
        self.kept.push((step, weights));
        while self.kept.len() > most {
            self.stride = 2 * self.stride.max(1);
            self.kept.retain(|(step, _)| wanted(self.stride, *step));
        }
    }

    /// What is kept of it in a file.
    pub(super) fn saved(&self, dtype: DType) -> Result<SavedWeights> {
        let Self { budget, stride, kept } = self;
        let mut numbers = Numbers::none(dtype);
        for tensor in kept.iter().flat_map(|(_, weights)| weights) {
            numbers.push(tensor)?;
        }
        let steps = kept.iter().map(|(step, _)| *step).collect();
        Ok(SavedWeights { budget: *budget, stride: *stride, steps, numbers })
    }

    /// Back from that, for variables of these shapes.
    pub(super) fn restored(saved: &SavedWeights, variables: &[Var]) -> Result<Self> {
        let SavedWeights { budget, stride, steps, numbers } = saved;
        let mut from = 0;
        let kept = steps.iter().map(|step| Ok((*step, numbers.tensors(variables, &mut from)?)));
        Ok(Self { budget: *budget, stride: *stride, kept: kept.collect::<Result<_>>()? })
    }

    fn bytes(&self) -> usize {
        self.kept.iter().map(|(_, weights)| bytes(weights)).sum()
    }
}

impl Trainee {
    /// Keeps the weights of moments that are measured from now on, in so many bytes at most: when
    /// they are used, every second copy goes, so that the kept moments reach back to the first.
    pub fn keep_weights(&mut self, bytes: usize) {
        self.weights.budget = bytes;
    }

    /// Updates that the present weights have gone through: all, but for one that diverged.
    pub fn updates(&self) -> u64 {
        match self.log.stop {
            Some(Stop::Diverged(step)) => step,
            _ => self.log.steps(),
        }
    }

    /// Updates after which the weights nearest to those after `step` updates are at hand, the earlier
    /// ones of two equally near; for `None` the present ones.
    pub fn nearest_weights(&self, step: Option<u64>) -> u64 {
        let now = self.updates();
        let Some(wanted) = step else { return now };
        let at_hand = self.weights.kept.iter().map(|(step, _)| *step).chain([now]);
        at_hand.min_by_key(|step| (step.abs_diff(wanted), *step)).unwrap_or(now)
    }

    /// The network after exactly so many updates; none where its weights are not at hand. What it
    /// holds is a copy, which further training leaves alone.
    ///
    /// # Errors
    /// What candle says of the tensors.
    pub fn network_after(&self, updates: u64) -> Result<Option<Network>> {
        let present;
        let weights = if updates == self.updates() {
            present = self.copies()?;
            &present
        } else {
            let kept = self.weights.kept.iter().find(|(step, _)| *step == updates);
            let Some((_, weights)) = kept else { return Ok(None) };
            weights
        };
        let (network, variables) = self.network.variables(self.dtype())?;
        for ((_, variable), weights) in variables.iter().zip(weights) {
            variable.set(weights)?;
        }
        Ok(Some(network))
    }

    /// Memory that this training takes, in bytes, about: weights, what the optimiser knows of them,
    /// copies of earlier ones, fixed sequences and the record.
    pub fn bytes(&self) -> usize {
        let parameters: usize = self.variables.iter().map(|variable| size(variable)).sum();
        let batch = |batch: &Batch| size(&batch.x) + size(&batch.target);
        let sequences: usize = [&self.showcase]
            .into_iter()
            .chain(&self.only)
            .chain(self.sets.iter().map(|set| &set.batch))
            .map(batch)
            .sum();
        COPIES * parameters + self.weights.bytes() + sequences + self.log.bytes()
    }
}

fn bytes(tensors: &[Tensor]) -> usize {
    tensors.iter().map(size).sum()
}

fn size(tensor: &Tensor) -> usize {
    tensor.elem_count() * tensor.dtype().size_in_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::encode;
    use crate::task::Loss;
    use crate::train::{Comparison, Feed, LineUp};

    /// Two small contenders, measured every five updates.
    fn trainees() -> Vec<Trainee> {
        let mut comparison = Comparison {
            feed: Feed::Fair,
            steps: 64,
            batch: 2,
            probe_every: 5,
            ..Comparison::notebook(Loss::All)
        };
        comparison.contenders.truncate(2);
        comparison.contenders.iter_mut().for_each(|who| who.design.hidden_size = 4);
        LineUp::new(&comparison).unwrap().trainees
    }

    fn train(trainee: &mut Trainee, updates: u64) {
        for _ in 0..updates {
            trainee.step().unwrap();
        }
    }

    fn parameters(trainee: &Trainee) -> usize {
        trainee.variables.iter().map(|variable| size(variable)).sum()
    }

    #[test]
    fn kept_weights_are_those_of_a_training_that_ended_there() {
        let mut trainees = trainees();
        let whole = &mut trainees[1];
        whole.keep_weights(1 << 20);
        train(whole, 23);
        for updates in [0, 5, 20, 23] {
            let mut direct = self::trainees().remove(1);
            train(&mut direct, updates);
            let kept = whole.network_after(updates).unwrap().expect("kept");
            assert_eq!(encode(&kept).unwrap(), encode(direct.network()).unwrap(), "{updates}");
        }
        assert!(whole.network_after(7).unwrap().is_none());
        assert_eq!([7, 8, 22].map(|step| whole.nearest_weights(Some(step))), [5, 10, 23]);
        assert_eq!(whole.nearest_weights(None), 23);
    }

    #[test]
    fn kept_weights_stay_within_their_budget_and_reach_back_to_the_first() {
        let mut trainee = trainees().remove(0);
        let budget = 4 * parameters(&trainee);
        trainee.keep_weights(budget);
        train(&mut trainee, 64);
        let steps: Vec<u64> = trainee.weights.kept.iter().map(|(step, _)| *step).collect();
        assert_eq!(steps, [0, 20, 40, 60], "evenly thinned");
        assert!(trainee.weights.bytes() <= budget);
        assert!(trainee.bytes() >= budget + 3 * parameters(&trainee));
    }

    #[test]
    fn nothing_is_kept_that_was_not_asked_for_or_does_not_fit() {
        let mut trainee = trainees().remove(0);
        train(&mut trainee, 8);
        assert!(trainee.weights.kept.is_empty());
        trainee.keep_weights(parameters(&trainee) - 1);
        train(&mut trainee, 8);
        assert!(trainee.weights.kept.is_empty());
        assert_eq!(trainee.nearest_weights(Some(5)), 16, "the present ones are all there is");
    }
}
