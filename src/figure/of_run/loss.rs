//! The training loss of every contender against the batch.

use super::{pairs, smooth};
use crate::figure::model::{Axis, Color, Figure, Guide, Series, Stroke};
use crate::train::{Comparison, Contender, RunLog, Stop};

/// Loss against batch on a log axis: every loss pale, its running mean strong, the task's baselines
/// as lines, and a ring where a training diverged. Long runs are thinned to the lowest and highest
/// loss of each block of batches, so no peak is lost.
pub fn loss(comparison: &Comparison, logs: &[&RunLog]) -> Figure {
    let longest = logs.iter().map(|log| log.losses.len()).max().unwrap_or(0);
    let started = || pairs(comparison, logs).filter(|(_, log)| !log.losses.is_empty());
    let mut series: Vec<Series> = started().map(|(who, log)| smoothed(who, log)).collect();
    series.extend(started().map(|(who, log)| raw(who, log)));
    series.extend(rings(comparison, logs));
    let guide = |(label, value): (String, f64)| Guide::Horizontal(value, label);
    let x = Axis { integer: true, ..Axis::linear("batch") };
    Figure {
        series,
        guides: comparison.task.task().baselines().into_iter().map(guide).collect(),
        notes: notes(comparison, logs, longest),
        ..Figure::new("loss", "Training loss", x, Axis::log("loss"))
    }
}

fn smoothed(contender: &Contender, log: &RunLog) -> Series {
    let color = Color::Category(contender.color);
    Series::line(contender.name.clone(), color, smooth::means(&log.losses))
}

fn raw(contender: &Contender, log: &RunLog) -> Series {
    let detail = match smooth::block(log.losses.len()) {
        1 => "every batch".to_owned(),
        block => format!("lowest and highest of every {block} batches"),
    };
    let name = format!("{}, {detail}", contender.name);
    let line = Series::line(name, Color::Category(contender.color), smooth::peaks(&log.losses));
    Series { faint: true, ..line }
}

/// A ring around the last loss that was a number, for each training that diverged.
fn rings(comparison: &Comparison, logs: &[&RunLog]) -> Option<Series> {
    let last = |log: &RunLog| {
        let step = log.losses.iter().rposition(|loss| loss.is_finite())?;
        Some([step as f64 + 1.0, f64::from(log.losses[step])])
    };
    let points: Vec<[f64; 2]> =
        diverged(comparison, logs).filter_map(|(_, log)| last(log)).collect();
    let rings = Series::line("diverged", Color::Alarm, points);
    (!rings.points.is_empty()).then_some(Series { stroke: Stroke::Rings, ..rings })
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
    let end =
        |(who, log): (&Contender, &RunLog)| log.stop.map(|stop| format!("{}: {stop}.", who.name));
    let mut notes: Vec<String> = diverged(comparison, logs).filter_map(end).collect();
    let window = smooth::window(longest);
    notes.push(format!("Strong: mean of the last {window} losses. Pale: the losses themselves."));
    notes
}
