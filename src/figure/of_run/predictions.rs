//! What the contenders answer, beside what they should.

use crate::figure::model::{Axis, Color, Figure, Series, Stroke};
use crate::task::Example;
use crate::train::{Comparison, Contender, Snapshot};

/// Names of the figures; there are no more of them than names.
const NAMES: [&str; 4] = ["prediction-1", "prediction-2", "prediction-3", "prediction-4"];

/// A figure for each of the first four example sequences: input, target, and a line for each
/// contender that has a snapshot. Steps at which nothing is asked (target NaN) have no target, and
/// no prediction unless the network gave one.
pub fn predictions(
    comparison: &Comparison,
    examples: &[Example],
    snapshots: &[Option<&Snapshot>],
) -> Vec<Figure> {
    let answers: Vec<(&Contender, &Snapshot)> = comparison
        .contenders
        .iter()
        .zip(snapshots)
        .filter_map(|(who, snapshot)| Some((who, (*snapshot)?)))
        .collect();
    let figure = |(n, (name, example))| figure(name, n, example, &answers);
    NAMES.into_iter().zip(examples).enumerate().map(figure).collect()
}

fn figure(
    name: &'static str,
    sequence: usize,
    example: &Example,
    answers: &[(&Contender, &Snapshot)],
) -> Figure {
    let input = Series::line("input", Color::Muted, by_step(&example.input));
    let mut series = vec![Series { ghost: true, ..input }];
    let lines = answers.iter().filter_map(|(who, snapshot)| {
        let values = snapshot.predictions.get(sequence)?;
        let color = Color::Category(who.color);
        Some(Series::line(who.name.clone(), color, answered(values, &example.target)))
    });
    series.extend(lines);
    let asked = by_step(&example.target).into_iter().filter(|point| !point[1].is_nan()).collect();
    series.push(Series { stroke: Stroke::Dots, ..Series::line("target", Color::Ink, asked) });
    let title = format!("Example sequence {}", sequence + 1);
    Figure { series, ..Figure::new(name, title, Axis::steps(), Axis::linear("value")) }
}

fn by_step(values: &[f64]) -> Vec<[f64; 2]> {
    values.iter().enumerate().map(|(t, value)| [t as f64 + 1.0, *value]).collect()
}

/// Predictions by step. NaN is a result where something was asked and nothing where not.
fn answered(values: &[f32], target: &[f64]) -> Vec<[f64; 2]> {
    let asked = |t: usize| target.get(t).is_some_and(|target| !target.is_nan());
    let given = values.iter().enumerate().filter(|(t, value)| asked(*t) || !value.is_nan());
    given.map(|(t, value)| [t as f64 + 1.0, f64::from(*value)]).collect()
}
