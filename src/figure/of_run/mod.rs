//! From the record of a training ([`RunLog`]) to the figures of Train, its ranking and its numbers.
//!
//! Logs stand in the order of the comparison's contenders; a log that is missing or empty has no
//! curve. All of it also works while a training is running.

mod gradient;
mod loss;
mod parameters;
mod predictions;
mod ranking;
mod smooth;
mod table;

use crate::figure::model::{Axis, Range};
use crate::train::{Comparison, Contender, RunLog};

pub use gradient::{gradient_at, gradient_map};
pub use loss::loss;
pub use parameters::parameter_norms;
pub use predictions::predictions;
pub use ranking::{Ranking, Standing, ranking};
pub use table::losses_csv;

/// One line that says what was trained and how, for the top of a sheet.
pub fn heading(comparison: &Comparison) -> String {
    let Comparison { task, optimizer, batch, seed, precision, .. } = comparison;
    format!(
        "{} · T = {}, B = {batch} · {}, learning rate {} · seed {seed} · {precision}",
        task.name().replace('-', " "),
        task.length(),
        optimizer.name(),
        optimizer.lr(),
    )
}

/// Contenders with their logs, as far as there are any.
fn pairs<'a>(
    comparison: &'a Comparison,
    logs: &'a [&'a RunLog],
) -> impl Iterator<Item = (&'a Contender, &'a RunLog)> {
    comparison.contenders.iter().zip(logs.iter().copied())
}

/// The axis of training steps: updates done, from 0 to `steps`. All figures of a run share it, so
/// that they stand exactly above each other.
fn training_steps(steps: u64) -> Axis {
    let range = if steps > 0 { Range::Fixed(0.0, steps as f64) } else { Range::Auto };
    Axis { integer: true, range, ..Axis::linear("training step") }
}

/// Where the axis of training steps ends for one contender.
fn end(log: &RunLog) -> u64 {
    log.steps().max(log.snapshots.last().map_or(0, |snapshot| snapshot.step))
}

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;
