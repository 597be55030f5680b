//! The gradient flow through training: as a map over all of it, and at one moment.

use super::{end, moment, time, training_steps};
use crate::figure::model::{Axis, CellText, Color, Figure, Guide, Heat, Range, Series, Stroke};
use crate::train::{Comparison, Entry, RunLog, Snapshot};

/// ‖∂L/∂hₜ‖ of layer `layer` (from 0) in one training as a heat map, training step from left to
/// right, step t from bottom to top, with a line at the training step `cursor`. Where sequences grow
/// longer, those of the length at the cursor (at the end, if there is none).
pub fn gradient_map(
    comparison: &Comparison,
    entry: &Entry,
    log: &RunLog,
    layer: usize,
    cursor: Option<u64>,
) -> Figure {
    let of_layer = |snapshot: &'_ Snapshot| snapshot.grad_norm.get(layer).cloned();
    let columns: Vec<(u64, Vec<f32>)> = log
        .snapshots
        .iter()
        .filter_map(|snapshot| Some((snapshot.step, of_layer(snapshot)?)))
        .collect();
    let length = moment(log, cursor).and_then(of_layer).map_or(0, |norms| norms.len());
    let shown: Vec<&(u64, Vec<f32>)> =
        columns.iter().filter(|(_, norms)| norms.len() == length).collect();
    let values = (0..length).flat_map(|t| shown.iter().map(move |(_, norms)| f64::from(norms[t])));
    let heat = Heat {
        x: shown.iter().map(|(step, _)| *step as f64).collect(),
        y: (1..=length).map(|t| t as f64).collect(),
        values: values.collect(),
        color: Axis::log("‖∂L/∂hₜ‖"),
        middle: None,
        blank: Vec::new(),
        text: CellText::None,
    };
    let design = &comparison.contenders[entry.contender].design;
    let who = match design.num_layers {
        1 => comparison.label(entry),
        _ => format!("{}, layer {}", comparison.label(entry), layer + 1),
    };
    let title = format!("{who}: gradient through training");
    let guide = |step: u64| Guide::Vertical(step as f64, format!("step {step}"));
    let x = training_steps(comparison, end(log));
    Figure {
        heat: Some(heat),
        guides: cursor.map(guide).into_iter().collect(),
        notes: notes(log, columns.len() - shown.len(), length),
        ..Figure::new("gradient-map", title, x, time(design))
    }
}

fn notes(log: &RunLog, other_lengths: usize, length: usize) -> Vec<String> {
    let mut notes = Vec::new();
    if log.snapshots.is_empty() {
        notes.push("The gradient flow has not been measured yet.".to_owned());
    }
    if other_lengths > 0 {
        let left_out = match other_lengths {
            1 => "1 measurement is".to_owned(),
            many => format!("{many} measurements are"),
        };
        notes.push(format!("{left_out} left out, at sequences that are not {length} long."));
    }
    notes
}

/// ‖∂L/∂hₜ‖ against step t at one moment of a training, a line a layer; before training as a faint
/// dashed line. Bounds fit the whole training, so that they stand still while one scrubs.
pub fn gradient_at(
    comparison: &Comparison,
    entry: &Entry,
    log: &RunLog,
    snapshot: &Snapshot,
) -> Figure {
    let mut series = Vec::new();
    if let Some(first) = log.snapshots.first().filter(|first| first.step != snapshot.step) {
        let ghost = |line: Series| Series {
            name: format!("{} at step {}", line.name, first.step),
            stroke: Stroke::Dashed,
            ghost: true,
            ..line
        };
        series.extend(lines(first).map(ghost));
    }
    series.extend(lines(snapshot));
    let mut y = Axis::log("‖∂L/∂hₜ‖");
    y.range = bounds(log);
    let title = format!("{}: gradient at training step {}", comparison.label(entry), snapshot.step);
    let time = time(&comparison.contenders[entry.contender].design);
    Figure { series, ..Figure::new("gradient-at-step", title, time, y) }
}

fn lines(snapshot: &Snapshot) -> impl Iterator<Item = Series> {
    snapshot.grad_norm.iter().enumerate().map(|(layer, norms)| {
        let points = norms.iter().enumerate().map(|(t, norm)| [t as f64 + 1.0, f64::from(*norm)]);
        let name = format!("layer {}", layer + 1);
        Series::line(name, Color::Category(layer), points.collect())
    })
}

/// Room for every positive norm ever measured.
fn bounds(log: &RunLog) -> Range {
    let norms = log.snapshots.iter().flat_map(|snapshot| snapshot.grad_norm.iter().flatten());
    let positive = norms.copied().filter(|norm| *norm > 0.0 && norm.is_finite());
    let span = positive.fold(None, |span: Option<(f32, f32)>, norm| match span {
        None => Some((norm, norm)),
        Some((low, high)) => Some((low.min(norm), high.max(norm))),
    });
    span.map_or(Range::Auto, |(low, high)| {
        Range::Fixed(f64::from(low) / 2.0, f64::from(high) * 2.0)
    })
}
