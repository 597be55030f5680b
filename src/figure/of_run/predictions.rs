//! What the networks answer, beside what they should.

use super::training::{Training, trainings};
use crate::figure::model::{Axis, Color, Figure, Range, Series, Stroke};
use crate::figure::number::number;
use crate::figure::words::value_label;
use crate::task::{Example, TaskChoice};
use crate::train::{Comparison, RunLog, Snapshot};

/// Names of the figures; there are no more of them than names.
const NAMES: [&str; 4] = ["prediction-1", "prediction-2", "prediction-3", "prediction-4"];

/// How the note begins that tells the answers to a single question.
pub const ASKED: &str = "Asked: ";

/// How the note begins that tells the moments of networks that are not equally far.
pub const MOMENTS: &str = "After updates: ";

/// A sentence names the answers of at most so many.
const MOST_IN_WORDS: usize = 6;

/// A title names the answers of at most so many networks.
const MOST_ANSWERS: usize = 4;

/// A figure for each of the first four example sequences: input, target, and a line for each
/// training with a snapshot. Steps at which nothing is asked (target NaN) have no target, and no
/// prediction unless the network gave one. Where digits are asked, the title has the answers.
///
/// `examples` are those of training `training` (its place among the entries). Others are shown if
/// they read the same sequences: those of the same trial and length.
pub fn predictions(
    comparison: &Comparison,
    training: usize,
    examples: &[Example],
    snapshots: &[Option<&Snapshot>],
) -> Vec<Figure> {
    let nothing = RunLog::default();
    let all = trainings(comparison, &vec![&nothing; snapshots.len()]);
    let Some(own) = all.get(training).map(|one| one.entry) else { return Vec::new() };
    let alike = |one: &Training<'_>| (one.entry.length, one.entry.trial) == (own.length, own.trial);
    let answers: Vec<(&Training<'_>, &Snapshot)> = all
        .iter()
        .zip(snapshots)
        .filter(|(one, _)| alike(one))
        .filter_map(|(one, snapshot)| Some((one, (*snapshot)?)))
        .collect();
    let moments = moments(&answers);
    let figure = |(n, (name, example)): (usize, (&'static str, &Example))| {
        // In a curriculum the others may be at another length.
        let given = answers.iter().filter_map(|(one, snapshot)| {
            let values = snapshot.predictions.get(n)?;
            (values.len() == example.input.len()).then_some((*one, values.as_slice()))
        });
        let given: Vec<(&Training<'_>, &[f32])> = given.collect();
        let title = format!("Example sequence {}", n + 1);
        let mut figure = match comparison.task {
            TaskChoice::Mnist1d(_) => digit(name, title, example, &given),
            _ => curve(name, title, example, &given, &comparison.task),
        };
        figure.notes.extend(moments.clone());
        figure
    };
    NAMES.into_iter().zip(examples).enumerate().map(figure).collect()
}

/// After how many updates the networks gave these answers: `After 5000 updates.`, or
/// `After updates: RNN 5000, LSTM 1347.`
fn moments(answers: &[(&Training<'_>, &Snapshot)]) -> Option<String> {
    let (_, first) = answers.first()?;
    if answers.iter().all(|(_, snapshot)| snapshot.step == first.step) {
        return Some(format!("After {}.", counted(first.step)));
    }
    let each = answers.iter().map(|(one, snapshot)| format!("{} {}", one.who.name, snapshot.step));
    let told: Vec<String> = each.take(MOST_IN_WORDS).collect();
    let more = answers.len() - told.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    Some(format!("{MOMENTS}{}{more}.", told.join(", ")))
}

fn counted(updates: u64) -> String {
    match updates {
        1 => "1 update".to_owned(),
        _ => format!("{updates} updates"),
    }
}

fn curve(
    name: &'static str,
    title: String,
    example: &Example,
    answers: &[(&Training<'_>, &[f32])],
    task: &TaskChoice,
) -> Figure {
    let input = Series::line("input", Color::Muted, by_step(&example.input));
    let mut series = vec![Series { ghost: true, ..input }];
    series.extend(answers.iter().map(|(one, values)| {
        Series::line(one.who.name.clone(), one.color(), answered(values, &example.target))
    }));
    let asked: Vec<[f64; 2]> =
        by_step(&example.target).into_iter().filter(|point| !point[1].is_nan()).collect();
    // Answers to a single question, once right, all lie where the target does: rings leave the last
    // one to be seen, and a sentence names all.
    let stroke = if asked.len() == 1 { Stroke::Rings } else { Stroke::Dots };
    let notes = match asked.as_slice() {
        [[_, truth]] => answers_in_words(*truth, answers).into_iter().collect(),
        _ => Vec::new(),
    };
    series.push(Series { stroke, ..Series::line("target", Color::Ink, asked) });
    let mut value = Axis::linear(value_label(task));
    if matches!(task, TaskChoice::FirstZero(_)) {
        value.range = Range::Fixed(-0.08, 1.08);
    }
    Figure { series, notes, ..Figure::new(name, title, Axis::steps(), value) }
}

/// `Asked: 0. Answers: RNN 0.503, LSTM 0.002.`
fn answers_in_words(truth: f64, answers: &[(&Training<'_>, &[f32])]) -> Option<String> {
    let answer = |(one, values): &(&Training<'_>, &[f32])| {
        Some(format!("{} {}", one.who.name, number(f64::from(*values.last()?), 3)))
    };
    let given: Vec<String> = answers.iter().filter_map(answer).take(MOST_IN_WORDS).collect();
    let more = answers.len().saturating_sub(given.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let asked = number(truth, 3);
    (!given.is_empty()).then(|| format!("{ASKED}{asked}. Answers: {}{more}.", given.join(", ")))
}

/// A sequence that stands for a digit: the answers are no values on its axis.
fn digit(
    name: &'static str,
    title: String,
    example: &Example,
    answers: &[(&Training<'_>, &[f32])],
) -> Figure {
    let class = |value: Option<f64>| value.map_or_else(|| "?".to_owned(), |v| v.to_string());
    let truth = example.target.last().copied();
    let said = |values: &[f32]| values.last().map(|value| f64::from(*value));
    let answers = match answers.len() {
        0 => String::new(),
        1..=MOST_ANSWERS => {
            let answer = |(one, values): &(&Training<'_>, &[f32])| {
                format!("{} says {}", one.who.name, class(said(values)))
            };
            format!("; {}", answers.iter().map(answer).collect::<Vec<_>>().join(", "))
        }
        count => {
            let right = answers.iter().filter(|(_, values)| said(values) == truth).count();
            format!("; {right} of {count} networks are right")
        }
    };
    let title = format!("{title}: a {}{answers}", class(truth));
    let line = Series::line("input", Color::Ink, by_step(&example.input));
    Figure { series: vec![line], ..Figure::new(name, title, Axis::steps(), Axis::linear("value")) }
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
