//! What the Train tab is set to.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::task::Loss;
use crate::train::Comparison;

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
    /// The contender whose settings and gradient are shown.
    pub contender: usize,
    /// The layer whose gradient is shown, from 0.
    pub layer: usize,
    /// Updates that training goes on for when it is continued.
    pub further: u64,
    /// Whether the gradients and updates of parameters are shown.
    pub parameters_open: bool,
    /// Whether a network that is opened in Explore is pinned as it was before training, too.
    pub beside_initial: bool,
    /// Folder last written to; none means the current one.
    pub folder: Option<PathBuf>,
}

impl Default for TrainSettings {
    fn default() -> Self {
        Self {
            comparison: Comparison::notebook(Loss::All),
            contender: 0,
            layer: 0,
            further: 1000,
            parameters_open: false,
            beside_initial: true,
            folder: None,
        }
    }
}

impl TrainSettings {
    /// Mends what a damaged file may hold, so that controls have something to show. What is merely
    /// out of range is told when training starts.
    pub(super) fn mend(&mut self) {
        if self.comparison.contenders.is_empty() {
            self.comparison.contenders = Self::default().comparison.contenders;
        }
        self.contender = self.contender.min(self.comparison.contenders.len() - 1);
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
}
