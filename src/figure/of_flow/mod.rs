//! From a [`FlowReport`] to the four figures of Explore, and to tables of its numbers.

mod norms;
mod notes;
mod sequence;
mod settings;
mod spectrum;
mod table;
mod verdict;

use serde::{Deserialize, Serialize};

use super::model::{Axis, Color, Figure, Series, Stroke};
use super::words;
use crate::flow::{FlowReport, Signal};
use crate::network::{Cell, Reading};
use crate::task::{Loss, TaskChoice};

pub use settings::{Rows, heading, with_settings, with_settings_of};
pub use table::{Table, table, wide_csv};
pub use verdict::{
    Left, Met, Side, State, Verdict, Why, compared, factor_in_words, left_by_radius, left_in_words,
    rule, side, verdict,
};

/// How the figures are to be seen, apart from what they show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct View {
    /// The course notebook's bounds, hidden norms on -1..5 and gradient norms on 1e-6..1e5, and its
    /// reversed time axis under the gradients.
    pub notebook: bool,
    /// Time runs from right to left in every figure.
    pub reversed_time: bool,
}

/// The figures `hidden-norm`, `gradient-norm`, `eigenvalues` and `sequence`, in this order.
/// `ghosts` are reports frozen earlier with their labels, drawn faint behind the present one.
pub fn explore(report: &FlowReport, ghosts: &[(String, &FlowReport)], view: &View) -> Vec<Figure> {
    vec![
        norms::hidden(report, ghosts, view),
        norms::gradient(report, ghosts, view),
        spectrum::eigenvalues(report, ghosts),
        sequence::sequence(report, ghosts, view),
    ]
}

/// The task whose sequences the network read, if it did.
fn task_of(report: &FlowReport) -> Option<&TaskChoice> {
    match &report.question.input.signal {
        Signal::Task(task) => Some(task),
        Signal::Noise | Signal::Impulse | Signal::Sine | Signal::Constant | Signal::Files(_) => {
            None
        }
    }
}

/// What the loss is, and which steps count: `mean squared error, last step`.
pub fn loss_in_full(report: &FlowReport) -> String {
    match task_of(report) {
        Some(task) => words::loss_in_full(task),
        None if report.spec.reading == Reading::States => match report.question.loss {
            Loss::Last => "norm of h, last step".to_owned(),
            Loss::All => "mean norm of h, all steps".to_owned(),
        },
        None => format!("mean squared error, {}", judged(report)),
    }
}

/// From what the loss is made: `last step`, `all states`.
fn judged(report: &FlowReport) -> String {
    words::judged(report.spec.reading, report.judged())
}

/// The time axis in steps, or in ticks where each step is read several times; running backwards
/// where the view wants it.
fn time(report: &FlowReport, reversed: bool) -> Axis {
    let mut axis = match report.spec.ticks {
        0 | 1 => Axis::steps(),
        ticks => Axis::ticks(ticks),
    };
    if reversed {
        axis.reversed = true;
        axis.label.push_str(", running backwards");
    }
    axis
}

/// Values by step t = 1..T as points.
fn by_step(values: &[f64]) -> Vec<[f64; 2]> {
    values.iter().enumerate().map(|(t, value)| [t as f64 + 1.0, *value]).collect()
}

/// The name of a layer of `report`, with the state it is about where there are two.
fn layer_name(report: &FlowReport, layer: usize, state: &str) -> String {
    match report.spec.cell {
        Cell::Lstm => format!("layer {}, {state}", layer + 1),
        Cell::Rnn(_) | Cell::Gru => format!("layer {}", layer + 1),
    }
}

/// Layers of the deepest network shown: colours from here on are free for pins.
fn most_layers(report: &FlowReport, ghosts: &[(String, &FlowReport)]) -> usize {
    let all = ghosts.iter().map(|(_, ghost)| *ghost).chain([report]);
    all.map(|report| report.layers.len()).max().unwrap_or(1)
}

/// Turns a series of pinned report `n` into a ghost. A pin of one layer gets a colour of its own,
/// one of several keeps the colours of the layers.
fn haunt(mut series: Series, n: usize, label: &str, layers: usize, free: usize) -> Series {
    series.ghost = true;
    if layers == 1 {
        series.color = Color::Category(free + n);
        series.name = match series.name.split_once(", ") {
            Some((_, state)) => format!("{label}, {state}"),
            None => label.to_owned(),
        };
    } else {
        series.name = format!("{label}: {}", series.name);
    }
    if series.stroke == Stroke::Solid {
        series.stroke = Stroke::Dashed;
    } else if series.stroke == Stroke::Dashed {
        series.stroke = Stroke::Dotted;
    }
    series
}
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;
