//! What is on screen of a training at one moment, worked out off the interface's thread.

use std::sync::Arc;

use super::taken::Taken;
use crate::app::explore::scene::Picture;
use crate::figure::Figure;
use crate::figure::of_run::{Ranking, TrialTable};
use crate::train::{Comparison, Entry};
use crate::worker::LaneStatus;

/// What is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// The contender whose gradient is mapped.
    pub contender: usize,
    /// Of the comparison's lengths, the one whose training is shown, from 0.
    pub length: usize,
    /// The trial that is shown, from 0.
    pub trial: usize,
    /// The layer of the map, from 0.
    pub layer: usize,
    /// The moment of training looked at; none follows the training.
    pub cursor: Option<u64>,
    /// Whether the gradients and updates of parameters are shown.
    pub parameters: bool,
    /// Which page of mistaken sequences is shown, from 0.
    pub page: usize,
    /// The earlier run whose curves are laid over those of all trainings.
    pub overlaid: Option<u64>,
}

impl View {
    /// The place of the training looked at among the comparison's entries.
    pub fn entry(&self, comparison: &Comparison) -> usize {
        let lengths = comparison.lengths.len().max(1);
        (self.contender * lengths + self.length) * comparison.trials + self.trial
    }

    /// The same, looking at something that is there.
    #[must_use]
    pub fn within(self, comparison: &Comparison) -> Self {
        let last = |count: usize| count.saturating_sub(1);
        let contender = self.contender.min(last(comparison.contenders.len()));
        let layers = comparison.contenders.get(contender).map_or(1, |who| who.design.num_layers);
        Self {
            contender,
            length: self.length.min(last(comparison.lengths.len())),
            trial: self.trial.min(last(comparison.trials)),
            layer: self.layer.min(last(layers)),
            ..self
        }
    }
}

/// Where a training stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// Nothing was started.
    #[default]
    Empty,
    /// Networks are being drawn.
    LiningUp,
    /// At the initial weights, waiting.
    Ready,
    /// Under way.
    Running,
    /// Waiting, with updates done.
    Paused,
    /// Every contender has ended.
    Over,
}

/// A training at one moment.
#[derive(Clone, Debug)]
pub struct Scene {
    /// The run, counted from 1.
    pub number: u64,
    /// The earlier run whose curves are laid over.
    pub overlaid: Option<u64>,
    /// The weights that can be had of the training and the moment looked at.
    pub taken: Taken,
    /// Where it stands.
    pub phase: Phase,
    /// What is trained, as it was started.
    pub comparison: Arc<Comparison>,
    /// The trainings of the comparison, one a lane.
    pub entries: Arc<Vec<Entry>>,
    /// One entry a training.
    pub lanes: Vec<LaneStatus>,
    /// What became of all trainings, the loss first.
    pub overview: Vec<Arc<Picture>>,
    /// Example sequences with the answers of all contenders; none where nothing was measured.
    pub predictions: Vec<Picture>,
    /// Gradient by step through training.
    pub map: Picture,
    /// Gradient by step at the moment looked at, once it was measured.
    pub gradient: Option<Picture>,
    /// Which classes are taken for which, where there are classes.
    pub mistakes: Option<Mistakes>,
    /// Gradient and update of each parameter, if they are shown.
    pub parameters: Vec<Picture>,
    /// The contenders from best to worst.
    pub ranking: Ranking,
    /// What became of each training, where the ranking does not tell.
    pub trials: Option<TrialTable>,
    /// What is looked at.
    pub view: View,
    /// Training steps at which the training looked at was measured.
    pub moments: Vec<u64>,
    /// The one of them that is shown.
    pub moment: Option<u64>,
}

/// How the training looked at answers the test set.
#[derive(Clone, Debug)]
pub struct Mistakes {
    /// Which class is taken for which.
    pub confusion: Picture,
    /// A page of sequences taken for another class.
    pub page: Vec<Picture>,
    /// Which page, from 0, and how many there are.
    pub place: (usize, usize),
    /// Sequences taken for another class, and all.
    pub count: (usize, usize),
}

impl Scene {
    /// The training looked at.
    pub fn entry(&self) -> Entry {
        let none = Entry { contender: self.view.contender, length: None, trial: 0 };
        self.entries.get(self.view.entry(&self.comparison)).copied().unwrap_or(none)
    }

    /// Whether gradients and predictions are measured, or were.
    pub fn probes(&self) -> bool {
        self.comparison.probe_every > 0 || !self.moments.is_empty()
    }

    /// The figures on screen, in order.
    pub fn figures(&self) -> Vec<Figure> {
        let measured = [&self.map].into_iter().chain(&self.gradient).chain(&self.predictions);
        let overview = self.overview.iter().map(AsRef::as_ref);
        let pictures = overview.chain(measured.filter(|_| self.probes()));
        let mistakes = self.mistakes.iter();
        let mistakes =
            mistakes.flat_map(|mistakes| [&mistakes.confusion].into_iter().chain(&mistakes.page));
        let pictures = pictures.chain(mistakes).chain(&self.parameters);
        pictures.map(|picture| picture.figure.clone()).collect()
    }
}
