//! What is on screen of a training at one moment, worked out off the interface's thread.

use std::sync::Arc;

use crate::app::explore::scene::Picture;
use crate::figure::Figure;
use crate::figure::of_run::Ranking;
use crate::train::Comparison;
use crate::worker::LaneStatus;

/// What is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// The contender whose gradient is mapped.
    pub contender: usize,
    /// The layer of the map, from 0.
    pub layer: usize,
    /// The moment of training looked at; none follows the training.
    pub cursor: Option<u64>,
    /// Whether the gradients and updates of parameters are shown.
    pub parameters: bool,
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

impl Phase {
    /// Whether closing the window would lose a training that can go on.
    pub fn is_unfinished(self) -> bool {
        matches!(self, Self::LiningUp | Self::Running | Self::Paused)
    }
}

/// A training at one moment.
#[derive(Clone, Debug)]
pub struct Scene {
    /// Where it stands.
    pub phase: Phase,
    /// What is trained, as it was started.
    pub comparison: Arc<Comparison>,
    /// One entry a contender.
    pub lanes: Vec<LaneStatus>,
    /// Loss against batch.
    pub loss: Arc<Picture>,
    /// Example sequences with the answers of all contenders.
    pub predictions: Vec<Picture>,
    /// Gradient by step through training.
    pub map: Picture,
    /// Gradient by step at the moment looked at, once it was measured.
    pub gradient: Option<Picture>,
    /// Gradient and update of each parameter, if they are shown.
    pub parameters: Vec<Picture>,
    /// The contenders from best to worst.
    pub ranking: Ranking,
    /// What is looked at.
    pub view: View,
    /// Training steps at which the contender was measured.
    pub moments: Vec<u64>,
    /// The one of them that is shown.
    pub moment: Option<u64>,
}

impl Scene {
    /// The figures on screen, in order.
    pub fn figures(&self) -> Vec<Figure> {
        let pictures = [self.loss.as_ref(), &self.map].into_iter().chain(&self.gradient);
        let pictures = pictures.chain(&self.predictions).chain(&self.parameters);
        pictures.map(|picture| picture.figure.clone()).collect()
    }
}
