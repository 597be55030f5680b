//! Who masters which length: a grid of success.

use super::training::{Training, median, trainings};
use crate::figure::model::{Axis, CellText, Figure, Heat, Range};
use crate::figure::ticks::whole;
use crate::task::TaskChoice;
use crate::train::{Comparison, RunLog};

/// A cell for each contender (from top to bottom) and length (from left to right): the part of the
/// trials that were mastered as its colour; how many and, below, the median number of steps until
/// then as its text.
pub fn ladder(comparison: &Comparison, logs: &[&RunLog]) -> Figure {
    let lengths: Vec<Option<usize>> = match comparison.lengths.as_slice() {
        [] => vec![None],
        lengths => lengths.iter().copied().map(Some).collect(),
    };
    let trainings = trainings(comparison, logs);
    let mut heat = Heat {
        x: (0..lengths.len()).map(|column| column as f64).collect(),
        y: (0..comparison.contenders.len()).map(|row| row as f64).collect(),
        values: Vec::new(),
        color: Axis { range: Range::Fixed(0.0, 1.0), ..Axis::linear("part of trials mastered") },
        middle: None,
        blank: Vec::new(),
        text: CellText::None,
    };
    let unit = Unit::of(comparison);
    let mut texts = Vec::new();
    for contender in 0..comparison.contenders.len() {
        for &length in &lengths {
            let here = |one: &&Training<'_>| {
                (one.entry.contender, one.entry.length) == (contender, length)
            };
            let cell = Cell::of(trainings.iter().filter(here));
            heat.values.push(cell.part());
            texts.push(cell.text(unit));
        }
    }
    // Said only where a cell tells it.
    let told = texts.iter().any(|text| text.contains('%'));
    heat.text = CellText::Texts(texts);
    let length = |length: &Option<usize>| length.unwrap_or(comparison.task.length()).to_string();
    let x = Axis::named("length T", lengths.iter().map(length).collect());
    let names = comparison.contenders.iter().map(|contender| contender.name.clone()).collect();
    let y = Axis { reversed: true, ..Axis::named("", names) };
    Figure {
        heat: Some(heat),
        notes: notes(comparison, unit, told),
        ..Figure::new("ladder", "Lengths mastered", x, y)
    }
}

/// The trials in a cell.
#[derive(Default)]
struct Cell {
    trials: usize,
    under_way: usize,
    solved: Vec<f64>,
    /// Of those evaluated.
    accuracies: Vec<f64>,
}

impl Cell {
    fn of<'a>(trainings: impl Iterator<Item = &'a Training<'a>>) -> Self {
        let mut cell = Self::default();
        for training in trainings {
            cell.trials += 1;
            cell.under_way += usize::from(training.log.stop.is_none());
            cell.solved.extend(training.solved().map(|steps| steps as f64));
            cell.accuracies.extend(training.accuracy());
        }
        cell
    }

    fn part(&self) -> f64 {
        self.solved.len() as f64 / self.trials.max(1) as f64
    }

    fn text(&self, unit: Unit) -> String {
        let mut text = format!("{} of {}", self.solved.len(), self.trials);
        if let Some(steps) = median(self.solved.clone()) {
            text += &format!("\n{} {}", whole((steps / unit.updates()).ceil()), unit.short());
        } else if let Some(accuracy) = median(self.accuracies.clone()) {
            text += &format!("\n{:.1} %", 100.0 * accuracy);
        }
        if self.under_way > 0 {
            text += &format!("\n{} not over", self.under_way);
        }
        text
    }
}

/// What steps are counted in.
#[derive(Clone, Copy, PartialEq)]
enum Unit {
    /// Of the notebook, which makes two updates in one: on a zero, then on ones.
    Notebook,
    Updates,
}

impl Unit {
    fn of(comparison: &Comparison) -> Self {
        match (&comparison.task, comparison.batch) {
            (TaskChoice::FirstZero(_), 1) => Self::Notebook,
            _ => Self::Updates,
        }
    }

    fn updates(self) -> f64 {
        match self {
            Self::Notebook => 2.0,
            Self::Updates => 1.0,
        }
    }

    fn short(self) -> &'static str {
        match self {
            Self::Notebook => "steps",
            Self::Updates => "updates",
        }
    }
}

fn notes(comparison: &Comparison, unit: Unit, told: bool) -> Vec<String> {
    let trials = match comparison.trials {
        1 => "one seed".to_owned(),
        trials => format!("{trials} seeds"),
    };
    let steps = match unit {
        Unit::Notebook => {
            "Below, the median number of the notebook's steps until then: two updates each, one on \
             a zero and one on ones."
        }
        Unit::Updates => "Below, the median number of updates until then.",
    };
    let mut notes = vec![format!("How many trainings from {trials} mastered the length. {steps}")];
    if told {
        notes.push(format!(
            "Where none did: the median {} at the last evaluation, the mean of the recalls of both \
             classes; 50 % is a guess.",
            comparison.task.accuracy_name()
        ));
    }
    match comparison.stop.mastery {
        Some(mastery) => notes.push(format!(
            "Mastered: every sequence has a loss below {}, at {} evaluations in a row, within {} \
             updates.",
            mastery.below,
            mastery.checks,
            whole(comparison.steps as f64)
        )),
        None if comparison.stop.streak.is_none() && comparison.stop.target_loss.is_none() => {
            notes.push("No rule says when a length is mastered, so none is.".to_owned());
        }
        None => {}
    }
    notes
}
