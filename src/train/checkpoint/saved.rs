//! Everything that a training goes on from, as plain numbers.

use super::Numbers;
use crate::frozen::Checksum;
use crate::rng::Upcoming;
use crate::train::log::RunLog;

/// One training between two updates.
#[derive(Clone, Debug)]
pub(in crate::train) struct Saved {
    /// The weights, in the order of the network's names.
    pub(in crate::train) weights: Numbers,
    pub(in crate::train) rule: SavedRule,
    pub(in crate::train) streams: SavedStreams,
    /// The states that the next batch starts from, layer after layer.
    pub(in crate::train) memory: Option<Numbers>,
    pub(in crate::train) budget: u64,
    pub(in crate::train) log: RunLog,
    /// Weights of earlier moments.
    pub(in crate::train) kept: SavedWeights,
    /// The best mean loss and when it was seen.
    pub(in crate::train) best: (f64, u64),
    pub(in crate::train) streak: u64,
    pub(in crate::train) mastered: u32,
    pub(in crate::train) testing: Option<SavedTesting>,
    /// The data that it learns from, if they are the user's own.
    pub(in crate::train) data: Option<Checksum>,
    /// What keeps it from going on, if it is no divergence.
    pub(in crate::train) failure: Option<String>,
}

/// What an update rule has learned.
#[derive(Clone, Debug)]
pub(in crate::train) struct SavedRule {
    /// Updates done.
    pub(in crate::train) updates: i32,
    /// Running averages of the gradients of all weights.
    pub(in crate::train) first: Numbers,
    /// And of their squares.
    pub(in crate::train) second: Numbers,
}

/// Where the streams of random numbers stand.
#[derive(Clone, Debug)]
pub(in crate::train) struct SavedStreams {
    pub(in crate::train) data: Upcoming,
    pub(in crate::train) showcase: Upcoming,
    pub(in crate::train) test: Upcoming,
    pub(in crate::train) only: Upcoming,
}

/// Weights of earlier moments.
#[derive(Clone, Debug)]
pub(in crate::train) struct SavedWeights {
    /// Bytes that they may take.
    pub(in crate::train) budget: usize,
    pub(in crate::train) stride: u64,
    /// Updates done before each.
    pub(in crate::train) steps: Vec<u64>,
    pub(in crate::train) numbers: Numbers,
}

/// A test under way.
#[derive(Clone, Debug)]
pub(in crate::train) struct SavedTesting {
    pub(in crate::train) stream: Upcoming,
    pub(in crate::train) asked: usize,
    pub(in crate::train) wrong: usize,
}
