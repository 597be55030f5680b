//! Trainings as JSON, for scripts. Keys come in a fixed order.

use serde::Serialize;
use serde::ser::Serializer;

use super::super::failure::Failure;
use super::super::json::Number;
use super::finished::{Finished, Run, loss_word};
use crate::train::{Comparison, Contender};

/// The batch (counted from 0) whose loss the course notebook prints last.
pub(super) const PRINTED: usize = 4900;

/// All trainings, ending in a newline; of the losses every `every`-th.
///
/// # Errors
/// None that can be foreseen: all texts are UTF-8 and all numbers are put into words if need be.
pub(super) fn json(
    rounds: &[Finished],
    every: usize,
    interrupted: bool,
) -> Result<Vec<u8>, Failure> {
    let contenders = (1..).zip(rounds).flat_map(|(round, finished)| {
        let Finished { comparison, runs, began: _ } = finished;
        let pairs = comparison.contenders.iter().zip(runs);
        pairs.map(move |(who, run)| Entry::of(round, comparison, who, run, every))
    });
    let document = Document {
        version: env!("CARGO_PKG_VERSION"),
        interrupted,
        every,
        comparisons: rounds.iter().map(|finished| &finished.comparison).collect(),
        contenders: contenders.collect(),
    };
    let mut bytes = serde_json::to_vec(&document)
        .map_err(|error| Failure::input(format!("cannot write JSON: {error}")))?;
    bytes.push(b'\n');
    Ok(bytes)
}

#[derive(Serialize)]
struct Document<'a> {
    version: &'static str,
    interrupted: bool,
    /// Every how many batches there is a loss.
    every: usize,
    comparisons: Vec<&'a Comparison>,
    contenders: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    /// Which comparison, from 1.
    round: usize,
    loss: &'static str,
    name: &'a str,
    contender: String,
    parameters: usize,
    steps: u64,
    final_loss: Option<Number>,
    mean_last_10: Option<Number>,
    mean_last_100: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    printed_at_4900: Option<Number>,
    steps_per_second: f64,
    seconds: f64,
    stopped: String,
    losses: Losses<'a>,
}

impl<'a> Entry<'a> {
    fn of(
        round: usize,
        comparison: &Comparison,
        contender: &'a Contender,
        run: &'a Run,
        every: usize,
    ) -> Self {
        let log = &run.log;
        let stopped = match (&run.failure, log.stop) {
            (Some(failure), _) => failure.clone(),
            (None, stop) => stop.map_or_else(String::new, |stop| stop.to_string()),
        };
        Self {
            round,
            loss: loss_word(comparison),
            name: &contender.name,
            contender: contender.settings(),
            parameters: contender.spec(&comparison.task).parameter_count(),
            steps: log.steps(),
            final_loss: log.final_loss().map(Number),
            mean_last_10: log.mean_of_last(10).map(Number),
            mean_last_100: log.mean_of_last(100).map(Number),
            printed_at_4900: log.printed_at(PRINTED).map(Number),
            steps_per_second: log.steps_per_second(),
            seconds: log.seconds,
            stopped,
            losses: Losses { losses: &log.losses, every },
        }
    }
}

/// Every so many losses, from the first; finite ones in the few digits that f32 has.
struct Losses<'a> {
    losses: &'a [f32],
    every: usize,
}

impl Serialize for Losses<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer
            .collect_seq(self.losses.iter().step_by(self.every.max(1)).map(|&loss| Loss(loss)))
    }
}

struct Loss(f32);

impl Serialize for Loss {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.is_finite() {
            true => serializer.serialize_f32(self.0),
            false => Number(f64::from(self.0)).serialize(serializer),
        }
    }
}
