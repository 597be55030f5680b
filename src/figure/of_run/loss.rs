//! The training loss of every contender against the training step.

use super::{pairs, smooth, training_steps};
use crate::figure::model::{Axis, Color, Figure, Guide, Range, Series, Stroke};
use crate::train::{Comparison, Contender, RunLog, Stop};

/// Losses of a training that diverged are shown up to this many times the largest of the others:
/// beyond it they are only marked, or there would be nothing else to see.
const ROOM: f64 = 100.0;

/// Loss against training step on a log axis: every loss pale, its running mean strong, the task's baselines
/// as lines, and a ring where a training diverged. Long runs are thinned to the lowest and highest
/// loss of each block of batches, so no peak is lost.
pub fn loss(comparison: &Comparison, logs: &[&RunLog]) -> Figure {
    let longest = logs.iter().map(|log| log.losses.len()).max().unwrap_or(0);
    let started = || pairs(comparison, logs).filter(|(_, log)| !log.losses.is_empty());
    let mut series: Vec<Series> = started().map(|(who, log)| smoothed(who, log)).collect();
    series.extend(started().map(|(who, log)| raw(who, log)));
    series.extend(rings(comparison, logs));
    let guide = |(label, value): (String, f64)| Guide::Horizontal(value, label);
    let y = Axis { range: bounds(comparison, logs), ..Axis::log("loss") };
    Figure {
        series,
        guides: comparison.baselines().into_iter().map(guide).collect(),
        notes: notes(comparison, logs, longest),
        ..Figure::new("loss", "Training loss", training_steps(longest as u64), y)
    }
}

fn smoothed(contender: &Contender, log: &RunLog) -> Series {
    let color = Color::Category(contender.color);
    Series::line(contender.name.clone(), color, smooth::means(&log.losses))
}

fn raw(contender: &Contender, log: &RunLog) -> Series {
    let detail = match smooth::block(log.losses.len()) {
        1 => "every loss".to_owned(),
        block => format!("lowest and highest of every {block} losses"),
    };
    let name = format!("{}, {detail}", contender.name);
    let line = Series::line(name, Color::Category(contender.color), smooth::peaks(&log.losses));
    Series { faint: true, ..line }
}

/// A ring around the last loss that was a number, for each training that diverged.
fn rings(comparison: &Comparison, logs: &[&RunLog]) -> Option<Series> {
    let last = |log: &RunLog| {
        let step = log.losses.iter().rposition(|loss| loss.is_finite())?;
        Some([step as f64, f64::from(log.losses[step])])
    };
    let points: Vec<[f64; 2]> =
        diverged(comparison, logs).filter_map(|(_, log)| last(log)).collect();
    let rings = Series::line("diverged", Color::Alarm, points);
    (!rings.points.is_empty()).then_some(Series { stroke: Stroke::Rings, ..rings })
}

/// Bounds that leave out the last leap of a training that diverged, if there is one.
fn bounds(comparison: &Comparison, logs: &[&RunLog]) -> Range {
    if diverged(comparison, logs).next().is_none() {
        return Range::Auto;
    }
    let sound = |log: &&RunLog| !matches!(log.stop, Some(Stop::Diverged(_)));
    let (low, high) = span(logs.iter().copied());
    let (_, others) = span(logs.iter().copied().filter(sound));
    let baselines = comparison.baselines();
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
    positive.fold((f64::INFINITY, 0.0), |(low, high), loss| {
        (low.min(f64::from(*loss)), high.max(f64::from(*loss)))
    })
}

fn diverged<'a>(
    comparison: &'a Comparison,
    logs: &'a [&'a RunLog],
) -> impl Iterator<Item = (&'a Contender, &'a RunLog)> {
    pairs(comparison, logs).filter(|(_, log)| matches!(log.stop, Some(Stop::Diverged(_))))
}

fn notes(comparison: &Comparison, logs: &[&RunLog], longest: usize) -> Vec<String> {
    if longest == 0 {
        return vec!["Nothing is trained yet.".to_owned()];
    }
    let ending = |(who, log): (&Contender, &RunLog)| Some(format!("{}: {}.", who.name, log.stop?));
    let mut notes: Vec<String> = diverged(comparison, logs).filter_map(ending).collect();
    let window = smooth::window(longest);
    let pale = match smooth::block(longest) {
        1 => "the losses themselves".to_owned(),
        block => format!("the lowest and the highest of every {block} losses"),
    };
    notes.push(format!("Strong: mean of the last {window} losses. Pale: {pale}."));
    notes
}
