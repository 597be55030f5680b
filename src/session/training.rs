//! What the Train tab is set to.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::task::{RunningMean, TaskChoice};
use crate::train::{Comparison, Entry, presets};

/// Which half of the window is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tab {
    /// Gradients in one network, while it is changed.
    #[default]
    Explore,
    /// Networks compared while they learn.
    Train,
}

/// What the Train tab is set to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TrainSettings {
    /// What is trained at the next start.
    pub comparison: Comparison,
    /// The comparisons of the other tasks, as they were left.
    pub kept: Vec<Comparison>,
    /// The contender whose settings and gradient are shown.
    pub contender: usize,
    /// Of its lengths, the one whose training is shown, from 0.
    pub length: usize,
    /// Of its trials, the one that is shown, from 0.
    pub trial: usize,
    /// The layer whose gradient is shown, from 0.
    pub layer: usize,
    /// Updates that training goes on for when it is continued.
    pub further: u64,
    /// Whether the gradients and updates of parameters are shown.
    pub parameters_open: bool,
    /// Whether the text about the task is open beside the figures.
    pub about_open: bool,
    /// Whether the list of earlier runs is open.
    pub runs_open: bool,
    /// Whether a network that is opened in Explore is pinned as it was before training, too.
    pub beside_initial: bool,
    /// Folder last written to; none means the current one.
    #[serde(with = "crate::path_text::option")]
    pub folder: Option<PathBuf>,
}

impl Default for TrainSettings {
    fn default() -> Self {
        Self {
            comparison: first_preset(&TaskChoice::RunningMean(RunningMean::default())),
            kept: Vec::new(),
            contender: 0,
            length: 0,
            trial: 0,
            layer: 0,
            further: 1000,
            parameters_open: false,
            about_open: false,
            runs_open: false,
            beside_initial: true,
            folder: None,
        }
    }
}

/// What a task starts with.
fn first_preset(task: &TaskChoice) -> Comparison {
    let preset = presets(task.name()).into_iter().next();
    let round = preset.and_then(|preset| preset.rounds.into_iter().next());
    round.unwrap_or_else(|| Comparison::notebook(task.loss()))
}

impl TrainSettings {
    /// Goes over to another task: to its first preset, or to the comparison it was left with.
    pub fn choose_task(&mut self, task: &TaskChoice) {
        let name = task.name();
        if self.comparison.task.name() == name {
            return;
        }
        let known = self.kept.iter().position(|other| other.task.name() == name);
        let next = known.map_or_else(|| first_preset(task), |place| self.kept.swap_remove(place));
        let left = std::mem::replace(&mut self.comparison, next);
        self.kept.retain(|other| other.task.name() != left.task.name());
        self.kept.push(left);
        self.look_at_first();
    }

    /// Takes a comparison, such as one from a file, as that of its task; that of another task is kept.
    pub fn take(&mut self, comparison: Comparison) {
        self.choose_task(&comparison.task);
        self.comparison = comparison;
        self.look_at_first();
    }

    /// Takes the comparison of a run that is on screen, and goes on looking at the same training of it.
    pub fn return_to(&mut self, comparison: &Comparison) {
        let looked_at = (self.contender, self.length, self.trial, self.layer);
        self.take(comparison.clone());
        (self.contender, self.length, self.trial, self.layer) = looked_at;
    }

    fn look_at_first(&mut self) {
        (self.contender, self.length, self.trial, self.layer) = (0, 0, 0, 0);
    }

    /// Looks at one training of a comparison.
    pub fn look_at(&mut self, comparison: &Comparison, entry: &Entry) {
        self.contender = entry.contender;
        let place = |length| comparison.lengths.iter().position(|other| *other == length);
        self.length = entry.length.and_then(place).unwrap_or(0);
        self.trial = entry.trial;
    }

    /// Mends what a damaged file may hold, so that controls have something to show. What is merely
    /// out of range is told when training starts.
    pub(super) fn mend(&mut self) {
        if self.comparison.contenders.is_empty() {
            self.comparison.contenders = Self::default().comparison.contenders;
        }
        self.contender = self.contender.min(self.comparison.contenders.len() - 1);
        self.kept.retain(|other| !other.contenders.is_empty());
        self.further = self.further.clamp(1, 10_000_000);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comparison_without_contenders_gets_some() {
        let mut settings = TrainSettings { contender: 99, ..TrainSettings::default() };
        settings.comparison.contenders.clear();
        settings.mend();
        assert_eq!((settings.comparison.contenders.len(), settings.contender), (4, 3));
    }

    #[test]
    fn every_task_keeps_its_own_comparison() {
        let mut settings = TrainSettings::default();
        settings.comparison.seed = 77;
        for task in TaskChoice::all().iter().skip(1) {
            settings.choose_task(task);
            assert_eq!(settings.comparison, first_preset(task));
            settings.comparison.seed = 5;
        }
        settings.choose_task(&TaskChoice::all()[0]);
        assert_eq!(settings.comparison.seed, 77);
        assert_eq!(settings.kept.len(), 4);
        settings.take(first_preset(&TaskChoice::all()[1]));
        assert_eq!((settings.comparison.seed, settings.kept.len()), (0, 4));
    }
}
