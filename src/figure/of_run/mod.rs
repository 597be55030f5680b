//! From the record of a training ([`RunLog`]) to the figures of Train, its ranking and its numbers.
//!
//! Logs stand in the order of the comparison's entries; a log that is missing or empty has no
//! curve. All of it also works while a training is running.

mod accuracy;
mod bundle;
mod classes;
mod curriculum;
mod error;
mod evaluation;
mod figures;
mod gradient;
mod ladder;
mod loss;
mod parameters;
mod predictions;
mod ranking;
mod smooth;
mod table;
mod training;
mod trials;
mod watched;

use crate::figure::model::{Axis, Range};
use crate::network::Design;
use crate::task::TaskChoice;
use crate::train::{Comparison, RunLog};

pub use accuracy::accuracy;
pub use classes::{confusion, mistakes};
pub use curriculum::curriculum;
pub use error::error_by_sequences;
pub use evaluation::evaluation_loss;
pub use figures::{Focus, figures_for, moment, overview};
pub use gradient::{gradient_at, gradient_map};
pub use ladder::ladder;
pub use loss::loss;
pub use parameters::parameter_norms;
pub use predictions::{ASKED, MOMENTS, predictions};
pub use ranking::{Ranking, Standing, ranking};
pub use table::losses_csv;
pub(crate) use training::median;
pub use trials::{TrialTable, trials};
pub use watched::watched;

/// One line that says what was trained and how, for the top of a sheet.
pub fn heading(comparison: &Comparison) -> String {
    let Comparison { task, optimizer, batch, seed, precision, .. } = comparison;
    let trials = match comparison.trials {
        1 => String::new(),
        trials => format!(" · {trials} trials"),
    };
    format!(
        "{} · T = {}, B = {batch} · {}, learning rate {}{trials} · seed {seed} · {precision}",
        task.name().replace('-', " "),
        lengths(comparison),
        optimizer.name(),
        optimizer.lr(),
    )
}

/// `10`, `10, 20, 50` on a ladder, `4 to 150` in a curriculum.
fn lengths(comparison: &Comparison) -> String {
    if let Some(curriculum) = comparison.curriculum {
        return format!("{} to {}", curriculum.from, curriculum.to);
    }
    match comparison.lengths.as_slice() {
        [] => comparison.task.length().to_string(),
        lengths => lengths.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    }
}

/// The axis of training steps: updates done, from 0 to `steps`. All figures of a run share it, so
/// that they stand exactly above each other. Where there is only one batch, a step is an epoch.
fn training_steps(comparison: &Comparison, steps: u64) -> Axis {
    let range = if steps > 0 { Range::Fixed(0.0, steps as f64) } else { Range::Auto };
    let label = match comparison.task {
        TaskChoice::Echo(_) => "epoch",
        _ => "training step",
    };
    Axis { range, ..Axis::moments(label) }
}

/// The axis of time inside a sequence: steps, or ticks where each step is read several times.
fn time(design: &Design) -> Axis {
    match design.ticks {
        0 | 1 => Axis::steps(),
        ticks => Axis::ticks(ticks),
    }
}

/// Where the axis of training steps ends for one training.
fn end(log: &RunLog) -> u64 {
    log.steps().max(log.snapshots.last().map_or(0, |snapshot| snapshot.step))
}

/// The longest training.
fn longest(logs: &[&RunLog]) -> u64 {
    logs.iter().map(|log| log.steps()).max().unwrap_or(0)
}

/// The first few of many sentences, and how many more there are.
fn at_most(mut sentences: Vec<String>, most: usize) -> Vec<String> {
    let more = sentences.len().saturating_sub(most);
    if more > 0 {
        sentences.truncate(most);
        sentences.push(format!("And {more} more."));
    }
    sentences
}

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod task_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod trial_tests;
