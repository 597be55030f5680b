//! The outputs for the sequences that a task watches: the logits of the two hard ones of first zero.

use super::training::{Training, trainings};
use super::{longest, smooth, training_steps};
use crate::figure::model::{Axis, Figure, Guide, Series, Stroke};
use crate::task::{Task, TaskChoice};
use crate::train::{Comparison, RunLog};

/// More contenders than this share the legend entries of their lines.
const MOST_NAMED: usize = 4;

/// Strokes of the sequences, in turn.
const STROKES: [Stroke; 3] = [Stroke::Solid, Stroke::Dashed, Stroke::Dotted];

/// The logit of each watched sequence against the training step, in the colours of the contenders:
/// solid for the first sequence, dashed for the second.
pub fn watched(comparison: &Comparison, logs: &[&RunLog]) -> Figure {
    let names: &[&str] = match &comparison.task {
        TaskChoice::FirstZero(task) => task.watched(),
        TaskChoice::RunningMean(_)
        | TaskChoice::Mnist1d(_)
        | TaskChoice::LongLag(_)
        | TaskChoice::Echo(_) => &[],
    };
    let trainings = trainings(comparison, logs);
    let named = comparison.contenders.len() <= MOST_NAMED;
    let lines = names.iter().zip(STROKES).enumerate().flat_map(|(n, (name, stroke))| {
        let line = move |one: &Training<'_>| line(one, n, name, stroke, named);
        trainings.iter().map(line).filter(|line| !line.points.is_empty())
    });
    let strokes = match names {
        [solid, dashed] => format!(" Solid: {solid}. Dashed: {dashed}."),
        _ => String::new(),
    };
    let notes = vec![format!(
        "Logit of \"all ones\": above 0 the network says that there is no zero, below that there is \
         one.{strokes} As long as the two move together, it cannot tell them apart."
    )];
    Figure {
        series: lines.collect(),
        guides: vec![Guide::Horizontal(0.0, "undecided".to_owned())],
        notes,
        ..Figure::new(
            "watched",
            "Logits of the two hardest sequences",
            training_steps(comparison, longest(logs)),
            Axis::linear("logit"),
        )
    }
}

fn line(one: &Training<'_>, n: usize, sequence: &str, stroke: Stroke, named: bool) -> Series {
    let found = |evaluation: &crate::train::Evaluation| {
        Some((evaluation.step as f64, f64::from(*evaluation.watched.get(n)?)))
    };
    let points = smooth::at_times(one.log.evaluations.iter().filter_map(found));
    let (name, detail) = match named {
        true => (format!("{}: {sequence}", one.who.name), one.detail()),
        false if one.detail().is_empty() => (one.who.name.clone(), sequence.to_owned()),
        false => (one.who.name.clone(), format!("{sequence}, {}", one.detail())),
    };
    let line = Series::line(name, one.color(), points);
    Series { stroke, detail, ghost: !one.comparison.is_single(), ..line }
}
