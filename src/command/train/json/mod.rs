//! Trainings as JSON, for scripts. Keys come in a fixed order.

mod training;

use serde::Serialize;

use super::super::failure::Failure;
use super::finished::Finished;
use crate::train::Comparison;
use crate::visible;
use training::Training;

/// The batch (counted from 0) whose loss the course notebook prints last.
pub(super) const PRINTED: usize = 4900;

/// What is written of trainings.
#[derive(Clone, Copy)]
pub(in super::super) struct What {
    /// Of the losses every so many-th, at least 1.
    pub every: usize,
    /// Whether times are told, which differ from run to run; without them equal trainings give
    /// equal bytes.
    pub timing: bool,
    /// Whether Ctrl-C ended them.
    pub interrupted: bool,
}

/// All trainings, ending in a newline.
///
/// # Errors
/// None that can be foreseen: all texts are UTF-8 and all numbers are put into words if need be.
pub(super) fn json(rounds: &[Finished], what: What) -> Result<Vec<u8>, Failure> {
    let What { every, interrupted, timing: _ } = what;
    let trainings = (1..).zip(rounds).flat_map(|(round, finished)| {
        let Finished { comparison, runs } = finished;
        runs.iter().map(move |run| Training::of(round, comparison, run, what))
    });
    let document = Document {
        version: env!("CARGO_PKG_VERSION"),
        interrupted,
        every,
        comparisons: rounds.iter().map(|finished| &finished.comparison).collect(),
        trainings: trainings.collect(),
    };
    let mut bytes = serde_json::to_vec(&document)
        .map_err(|error| Failure::input(format!("cannot write JSON: {error}")))?;
    bytes.push(b'\n');
    Ok(visible::json(bytes))
}

#[derive(Serialize)]
struct Document<'a> {
    version: &'static str,
    interrupted: bool,
    /// Every how many batches there is a loss and an accuracy.
    every: usize,
    comparisons: Vec<&'a Comparison>,
    trainings: Vec<Training<'a>>,
}
