//! What the network read, what it should have said and what it said.

use super::{View, by_step, haunt, most_layers, time};
use crate::figure::model::{Axis, Color, Figure, Series, Stroke};
use crate::figure::number::number;
use crate::flow::FlowReport;
use crate::task::Loss;

/// First feature of the input, target and prediction of the first sequence.
pub(super) fn sequence(
    report: &FlowReport,
    ghosts: &[(String, &FlowReport)],
    view: &View,
) -> Figure {
    let mut series: Vec<Series> = Vec::new();
    if let Some(input) = report.input.first() {
        series.push(Series::line("input", Color::Muted, by_step(input)));
    }
    for (n, (label, ghost)) in ghosts.iter().enumerate() {
        let line = Series::line("", Color::Ink, by_step(&ghost.prediction));
        // One line a pin, however many layers it has.
        let line = haunt(line, n, label, 1, most_layers(report, ghosts));
        series.push(Series { name: format!("{label}: prediction"), ..line });
    }
    let target = Series::line("target", Color::Ink, by_step(&report.target));
    series.push(Series { stroke: Stroke::Dashed, ..target });
    series.push(Series::line("prediction", Color::Category(0), by_step(&report.prediction)));
    series.extend(counted(report));
    Figure {
        name: "sequence",
        title: title(report),
        x: time(view.reversed_time),
        y: Axis::linear("value"),
        heat: None,
        series,
        guides: Vec::new(),
        notes: vec![format!(
            "Loss (mean squared error, {}): {}.",
            report.question.loss,
            number(report.loss, 4)
        )],
        equal_aspect: false,
    }
}

fn title(report: &FlowReport) -> String {
    match report.batch {
        1 => "Input, target and prediction".into(),
        batch => format!("Input, target and prediction (first of {batch} sequences)"),
    }
}

/// A ring around the only target that counts when the loss looks at the last step alone.
fn counted(report: &FlowReport) -> Option<Series> {
    if report.question.loss == Loss::All {
        return None;
    }
    let last = by_step(&report.target).pop()?;
    let ring = Series::line("counts in the loss", Color::Ink, vec![last]);
    Some(Series { stroke: Stroke::Rings, ..ring })
}
