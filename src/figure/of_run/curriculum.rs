//! How the length of sequences grew, and where it got stuck.

use super::training::{Training, by_contender, trainings};
use super::{at_most, longest, training_steps};
use crate::figure::model::{Axis, Color, Figure, Series, Stroke};
use crate::train::{Comparison, Growth, RunLog, Stop};

/// The length of the training sequences against the training step, as stairs in the colours of the
/// contenders; a ring where a training ended before the last length was mastered.
pub fn curriculum(comparison: &Comparison, logs: &[&RunLog]) -> Figure {
    let trainings = trainings(comparison, logs);
    let begun: Vec<Training<'_>> =
        trainings.iter().copied().filter(|one| !one.log.lengths.is_empty()).collect();
    let mut series: Vec<Series> = begun.iter().map(stairs).collect();
    let stuck: Vec<[f64; 2]> = begun.iter().filter_map(stuck).collect();
    if !stuck.is_empty() {
        let rings = Series::line("stuck", Color::Ink, stuck);
        series.push(Series { stroke: Stroke::Rings, ..rings });
    }
    let mut notes = vec![rule(comparison)];
    notes.extend(by_contender(&begun).map(reached));
    notes.extend(at_most(begun.iter().filter_map(story).collect(), 6));
    Figure {
        series,
        notes,
        ..Figure::new(
            "curriculum",
            "Length through training",
            training_steps(comparison, longest(logs)),
            Axis { integer: true, ..Axis::linear("length T") },
        )
    }
}

/// Each length from the step at which it began to the one at which the next did, or training stands.
fn stairs(one: &Training<'_>) -> Series {
    let lengths = &one.log.lengths;
    let ends = lengths.iter().skip(1).map(|(step, _)| *step).chain([one.log.steps()]);
    let stair = |((start, length), end): (&(u64, usize), u64)| {
        [*start, end.max(*start)].map(|step| [step as f64, *length as f64])
    };
    let points = lengths.iter().zip(ends).flat_map(stair).collect();
    let line = Series::line(one.who.name.clone(), one.color(), points);
    Series { detail: one.detail(), ..line }
}

/// Whether it ended before the last length was mastered.
fn is_stuck(one: &Training<'_>) -> bool {
    !matches!(one.log.stop, None | Some(Stop::Mastered(_)))
}

fn stuck(one: &Training<'_>) -> Option<[f64; 2]> {
    let (_, length) = one.log.lengths.last().filter(|_| is_stuck(one))?;
    Some([one.log.steps() as f64, *length as f64])
}

/// `RNN, trial 3: stuck at length 4.`
fn story(one: &Training<'_>) -> Option<String> {
    let (_, length) = one.log.lengths.last().filter(|_| is_stuck(one))?;
    let mastered = match one.log.mastered_length() {
        None => "none mastered".to_owned(),
        Some(length) => format!("{length} mastered"),
    };
    let end = match one.log.stop {
        Some(Stop::User(_)) => "stopped by the user",
        Some(Stop::Diverged(_)) => "diverged",
        _ => "stuck",
    };
    Some(format!("{}: {end} at length {length} ({mastered}).", one.label()))
}

/// `LSTM: length 150 mastered in 3 of 3.`
fn reached(trainings: &[Training<'_>]) -> String {
    let name = trainings.first().map_or("", |one| one.who.name.as_str());
    let mastered: Vec<usize> =
        trainings.iter().filter_map(|one| one.log.mastered_length()).collect();
    let Some(longest) = mastered.iter().max() else {
        return format!("{name}: no length mastered yet.");
    };
    let count = mastered.iter().filter(|length| *length == longest).count();
    format!("{name}: length {longest} mastered in {count} of {}.", trainings.len())
}

fn rule(comparison: &Comparison) -> String {
    let longer = match comparison.curriculum.map(|curriculum| curriculum.growth) {
        None => return "The length stays the same: there is no curriculum.".to_owned(),
        Some(Growth::Step(1)) => "one step longer".to_owned(),
        Some(Growth::Step(steps)) => format!("{steps} steps longer"),
        Some(Growth::Factor(factor)) => format!("{factor} times as long"),
    };
    format!("A stair a length: once it is mastered, the next sequences are {longer}.")
}
