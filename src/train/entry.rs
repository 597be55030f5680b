//! The trainings of a comparison: each contender, at each length, as often as there are trials.

use super::comparison::Comparison;
use crate::error::Result;
use crate::task::TaskChoice;

/// One training of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Which contender.
    pub contender: usize,
    /// The length of its sequences, where the comparison tries several.
    pub length: Option<usize>,
    /// Which trial, from 0.
    pub trial: usize,
}

impl Comparison {
    /// All trainings: contender by contender, the lengths of each, the trials of each length.
    pub fn entries(&self) -> Vec<Entry> {
        let lengths: Vec<Option<usize>> = match self.lengths.as_slice() {
            [] => vec![None],
            lengths => lengths.iter().copied().map(Some).collect(),
        };
        let mut entries = Vec::new();
        for contender in 0..self.contenders.len() {
            for &length in &lengths {
                entries.extend((0..self.trials).map(|trial| Entry { contender, length, trial }));
            }
        }
        entries
    }

    /// Whether each contender is trained just once, so that its name says which training it is.
    pub fn is_single(&self) -> bool {
        self.trials == 1 && self.lengths.len() <= 1
    }

    /// What tells a training from the others: `LSTM`, `LSTM, trial 3`, `LSTM, T = 20, trial 3`.
    pub fn label(&self, entry: &Entry) -> String {
        let mut label = self.contenders[entry.contender].name.clone();
        if let Some(length) = entry.length
            && self.lengths.len() > 1
        {
            label += &format!(", T = {length}");
        }
        if self.trials > 1 {
            label += &format!(", trial {}", entry.trial + 1);
        }
        label
    }

    /// The task of a training, at the length it begins with.
    ///
    /// # Errors
    /// A length for a task that has none to choose.
    pub fn task_of(&self, entry: &Entry) -> Result<TaskChoice> {
        let length = self.curriculum.map(|curriculum| curriculum.from).or(entry.length);
        match length {
            None => Ok(self.task.clone()),
            Some(length) => self.task_of_length(length),
        }
    }

    /// The seed of the weights of a trial. Data, evaluation and test have the next ones; the first
    /// trial is what a single training is.
    pub fn seed_of(&self, trial: usize) -> u64 {
        self.seed.wrapping_add(SEEDS * trial as u64)
    }
}

/// Seeds that a trial takes: weights, data, evaluation, test.
const SEEDS: u64 = 4;
