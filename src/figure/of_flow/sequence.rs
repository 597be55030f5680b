//! What the network read, what it should have said and what it said.

use super::{View, by_step, haunt, loss_in_full, most_layers, task_of, time};
use crate::figure::model::{Axis, Color, Figure, Series, Stroke};
use crate::figure::number::number;
use crate::figure::words::value_label;
use crate::flow::FlowReport;
use crate::network::Reading;
use crate::task::Loss;

/// First feature of the input, target and prediction of the first sequence. Where nothing is asked
/// there is no target, and where no prediction is made none.
pub(super) fn sequence(
    report: &FlowReport,
    ghosts: &[(String, &FlowReport)],
    view: &View,
) -> Figure {
    let mut series: Vec<Series> = Vec::new();
    if let Some(input) = report.input.first() {
        series.push(Series::line(input_name(report), Color::Muted, by_step(input)));
    }
    for (n, (label, ghost)) in ghosts.iter().enumerate() {
        let line = Series::line("", Color::Ink, predicted(ghost));
        // One line a pin, however many layers it has.
        let line = haunt(line, n, label, 1, most_layers(report, ghosts));
        series.push(Series { name: format!("{label}: prediction"), ..line });
    }
    if report.spec.reading != Reading::States {
        let target = Series::line("target", Color::Ink, asked(report));
        series.push(Series { stroke: Stroke::Dashed, ..target });
        series.push(Series::line(prediction_name(report), Color::Category(0), predicted(report)));
        series.extend(counted(report));
    }
    let value = task_of(report).map_or_else(|| "value".to_owned(), value_label);
    Figure {
        name: "sequence",
        title: title(report),
        x: time(report, view.reversed_time),
        y: Axis::linear(value),
        heat: None,
        series,
        guides: Vec::new(),
        notes: notes(report),
        equal_aspect: false,
    }
}

fn title(report: &FlowReport) -> String {
    let target = report.target_words().map(|words| format!(" ({words})")).unwrap_or_default();
    let title = match report.spec.reading {
        Reading::EachStep | Reading::LastStep | Reading::LastStepRelu | Reading::AllSteps(_) => {
            format!("Input, target{target} and prediction")
        }
        Reading::States => "Input".to_owned(),
    };
    match report.batch {
        1 => title,
        batch => format!("{title}, first of {batch} sequences"),
    }
}

/// What the grey line is, where it is one of several columns.
fn input_name(report: &FlowReport) -> String {
    match report.input.len() {
        0 | 1 => "input".to_owned(),
        columns => format!("input 1 of {columns}"),
    }
}

/// What the coloured line is, where it is one of several outputs.
fn prediction_name(report: &FlowReport) -> String {
    match report.output_words() {
        Some(output) => format!("prediction ({output})"),
        None => "prediction".to_owned(),
    }
}

fn notes(report: &FlowReport) -> Vec<String> {
    let mut notes = vec![format!("Loss ({}): {}.", loss_in_full(report), number(report.loss, 4))];
    if report.spec.reading == Reading::States {
        notes.push("There is no readout: nothing is predicted, and no target is asked for.".into());
    } else if report.spec.ticks > 1 {
        notes.push(format!(
            "Each step is read {} times; predictions are made at its last tick.",
            report.spec.ticks
        ));
    }
    notes
}

/// Targets by step; NaN says that nothing is asked.
fn asked(report: &FlowReport) -> Vec<[f64; 2]> {
    by_step(&report.target).into_iter().filter(|point| !point[1].is_nan()).collect()
}

/// Predictions by step, where one is made: there NaN is a result.
fn predicted(report: &FlowReport) -> Vec<[f64; 2]> {
    let last = report.prediction.len();
    let ticks = report.spec.ticks.max(1);
    let made = |t: usize| match report.spec.reading {
        Reading::EachStep => t.is_multiple_of(ticks),
        Reading::LastStep | Reading::LastStepRelu | Reading::AllSteps(_) => t == last,
        Reading::States => false,
    };
    // Step t is the t-th point.
    let points = by_step(&report.prediction).into_iter().zip(1..);
    points.filter(|(_, t)| made(*t)).map(|(point, _)| point).collect()
}

/// A ring around the only target that counts when the loss looks at the last step alone.
fn counted(report: &FlowReport) -> Option<Series> {
    if report.judged() == Loss::All {
        return None;
    }
    let ring = Series::line("counts in the loss", Color::Ink, vec![asked(report).pop()?]);
    Some(Series { stroke: Stroke::Rings, ..ring })
}
