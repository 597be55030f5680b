//! The training loss of every contender against the training step.

use super::bundle::{self, Part, bundle, curves};
use super::training::{Training, trainings};
use super::{at_most, longest, smooth, training_steps};
use crate::figure::model::{Axis, Color, Figure, Guide, Range, Series, Stroke};
use crate::figure::words::loss_name;
use crate::task::TaskChoice;
use crate::train::{Comparison, RunLog};

/// Losses of a training that diverged are shown up to this many times the largest of the others:
/// beyond it they are only marked, or there would be nothing else to see.
const ROOM: f64 = 100.0;

/// Loss against training step on a log axis. Where each contender is trained once: every loss pale
/// and its running mean strong, long runs thinned to the lowest and highest loss of each block of
/// batches, so that no peak is lost. Else the running mean of each training faint and, on one
/// length, their median strong. The task's baselines are lines, what the notebook printed dots, and
/// a ring is where a training diverged.
pub fn loss(comparison: &Comparison, logs: &[&RunLog]) -> Figure {
    let longest = longest(logs);
    let trainings = trainings(comparison, logs);
    let begun = || trainings.iter().filter(|one| one.has_begun());
    let smoothed = curves(&trainings, |log| smooth::means(&log.losses));
    let mut series = bundle(smoothed, Part::WHOLE);
    if comparison.is_single() {
        series.extend(begun().map(raw));
    }
    series.extend(rings(&trainings));
    series.extend(printed(comparison, longest));
    let guides = baselines(comparison);
    let y = Axis {
        range: bounds(comparison, &trainings, &guides),
        ..Axis::log(format!("loss ({})", loss_name(&comparison.task)))
    };
    Figure {
        series,
        guides: guides.into_iter().map(|(label, loss)| Guide::Horizontal(loss, label)).collect(),
        notes: notes(comparison, &trainings, longest as usize),
        ..Figure::new("loss", "Training loss", training_steps(comparison, longest), y)
    }
}

fn raw(one: &Training<'_>) -> Series {
    let losses = &one.log.losses;
    let detail = match smooth::block(losses.len()) {
        1 => "every loss".to_owned(),
        block => format!("lowest and highest of every {block} losses"),
    };
    let line = Series::line(one.who.name.clone(), one.color(), smooth::peaks(losses));
    Series { faint: true, detail, ..line }
}

/// Reference lines that hold for all trainings.
fn baselines(comparison: &Comparison) -> Vec<(String, f64)> {
    match &comparison.task {
        // The variance of a mean depends on the length.
        TaskChoice::RunningMean(_) if !comparison.lengths.is_empty() => Vec::new(),
        // Each trial has its own vectors to repeat.
        TaskChoice::Echo(_) if comparison.trials > 1 => {
            let first = |(label, loss)| (format!("{label} (trial 1)"), loss);
            comparison.baselines().into_iter().map(first).collect()
        }
        _ => comparison.baselines(),
    }
}

/// What the notebook printed, as far as training has come.
fn printed(comparison: &Comparison, steps: u64) -> Option<Series> {
    let printed = comparison.printed().into_iter().filter(|(update, _)| *update <= steps);
    // Losses stand at the number of updates done before them.
    let points: Vec<[f64; 2]> = printed.map(|(update, loss)| [update as f64 - 1.0, loss]).collect();
    let dots = Series::line("printed by the notebook", Color::Ink, points);
    (!dots.points.is_empty()).then_some(Series { stroke: Stroke::Dots, ..dots })
}

/// A ring around the last loss that was a number, for each training that diverged.
fn rings(trainings: &[Training<'_>]) -> Option<Series> {
    let last = |one: &Training<'_>| {
        let step = one.log.losses.iter().rposition(|loss| loss.is_finite())?;
        Some([step as f64, one.log.losses[step]])
    };
    let points = trainings.iter().filter(|one| one.diverged()).filter_map(last).collect();
    let rings = Series::line("diverged", Color::Alarm, points);
    (!rings.points.is_empty()).then_some(Series { stroke: Stroke::Rings, ..rings })
}

/// Bounds that leave out the last leap of a training that diverged, if there is one; with room for
/// the floor of a network that is too narrow, from the beginning.
fn bounds(
    comparison: &Comparison,
    trainings: &[Training<'_>],
    baselines: &[(String, f64)],
) -> Range {
    if !trainings.iter().any(Training::diverged) {
        let (low, high) = span(trainings.iter().map(|one| one.log));
        let floor = baselines.iter().map(|(_, loss)| *loss).fold(f64::INFINITY, f64::min);
        let is_floor = matches!(comparison.task, TaskChoice::Echo(_)) && floor.is_finite();
        return match is_floor && low <= high {
            true => Range::Fixed(low.min(floor) / 1.5, high * 1.2),
            false => Range::Auto,
        };
    }
    let logs = || trainings.iter();
    let (low, high) = span(logs().map(|one| one.log));
    let (_, others) = span(logs().filter(|one| !one.diverged()).map(|one| one.log));
    let usual = baselines.iter().map(|(_, loss)| *loss).fold(others, f64::max);
    if usual > 0.0 && high > ROOM * usual {
        Range::Fixed(low.min(usual) / 1.3, ROOM * usual)
    } else {
        Range::Auto
    }
}

/// The smallest and the largest positive loss.
fn span<'a>(logs: impl Iterator<Item = &'a RunLog>) -> (f64, f64) {
    let positive = logs.flat_map(|log| &log.losses).filter(|loss| **loss > 0.0 && loss.is_finite());
    positive.fold((f64::INFINITY, 0.0), |(low, high), loss| (low.min(*loss), high.max(*loss)))
}

fn notes(comparison: &Comparison, trainings: &[Training<'_>], longest: usize) -> Vec<String> {
    if longest == 0 {
        return vec!["Nothing is trained yet.".to_owned()];
    }
    let ending = |one: &Training<'_>| Some(format!("{}: {}.", one.label(), one.log.stop?));
    let diverged = trainings.iter().filter(|one| one.diverged());
    let mut notes = at_most(diverged.filter_map(ending).collect(), 6);
    let window = smooth::window(longest);
    match bundle::note(comparison) {
        Some(note) => notes.push(format!("{note} All are means of the last {window} losses.")),
        None => {
            let pale = match smooth::block(longest) {
                1 => "the losses themselves".to_owned(),
                block => format!("the lowest and the highest of every {block} losses"),
            };
            notes.push(format!("Strong: mean of the last {window} losses. Pale: {pale}."));
        }
    }
    notes
}
