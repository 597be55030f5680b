//! The sheet of figures of a training.

use super::finished::{Finished, heading, loss};
use crate::figure::of_run::Focus;
use crate::figure::{Figure, Style, Theme, of_run};
use crate::task::Example;
use crate::train::{Comparison, RunLog, Snapshot};

/// Most gradient maps a comparison: those of the trainings that rank first.
const MAPS: usize = 4;

/// What is drawn of a comparison.
pub(super) struct Round<'a> {
    comparison: &'a Comparison,
    /// One a training, in the order of the comparison's entries.
    logs: Vec<&'a RunLog>,
    /// The evaluation's sequences of each training, with its predictions.
    examples: Vec<&'a [Example]>,
}

impl Finished {
    /// What is drawn of it.
    pub(super) fn round(&self) -> Round<'_> {
        let Self { comparison, runs } = self;
        let examples = runs.iter().map(|run| run.examples.as_slice()).collect();
        Round { comparison, logs: self.logs(), examples }
    }
}

/// A comparison before its first update.
pub(super) struct Blank<'a> {
    comparison: &'a Comparison,
    logs: Vec<RunLog>,
}

impl<'a> Blank<'a> {
    pub(super) fn of(comparison: &'a Comparison) -> Self {
        Self { comparison, logs: vec![RunLog::default(); comparison.entries().len()] }
    }

    /// What is drawn of it.
    pub(super) fn round(&self) -> Round<'_> {
        let logs: Vec<&RunLog> = self.logs.iter().collect();
        Round { comparison: self.comparison, examples: vec![&[]; logs.len()], logs }
    }
}

/// The sheet's style. More than six figures stand three in a row.
pub(super) fn style(rounds: &[Round], figures: usize, width: Option<u32>, theme: Theme) -> Style {
    let default = Style::default();
    Style {
        width_px: width.unwrap_or(default.width_px),
        theme,
        columns: Some(if figures > 6 { 3 } else { 2 }),
        heading: rounds.first().map(|round| match rounds.len() {
            1 => heading(round.comparison),
            _ => of_run::heading(round.comparison),
        }),
        ..default
    }
}

/// For every comparison: the figures of its task, with predictions and gradient of the best training,
/// and where there are no trials the gradients of the next best.
pub(super) fn figures(rounds: &[Round]) -> Vec<Figure> {
    let several = rounds.len() > 1;
    let figures = rounds.iter().flat_map(|round| {
        let suffix = if several { format!(" ({})", loss(round.comparison)) } else { String::new() };
        figures_of(round)
            .into_iter()
            .map(move |figure| Figure { title: format!("{}{suffix}", figure.title), ..figure })
    });
    figures.collect()
}

fn figures_of(round: &Round) -> Vec<Figure> {
    let Round { comparison, logs, examples } = round;
    let best: Vec<usize> =
        of_run::ranking(comparison, logs).standings.iter().map(|one| one.index).collect();
    let training = best.first().copied().unwrap_or(0);
    // Predictions of the networks as they are now, not as they were when last measured.
    let now: Vec<Snapshot> =
        logs.iter().zip(examples).map(|(log, examples)| predictions_now(log, examples)).collect();
    let examples = examples.get(training).copied().unwrap_or_default();
    let focus = Focus { training, examples, now: &now, ..Focus::default() };
    let mut figures = of_run::figures_for(comparison, logs, &focus);
    figures.retain(|figure| !OTHERS.contains(&figure.name));
    // Of many trainings one is enough to see.
    if comparison.probe_every > 0 && comparison.is_single() {
        let entries = comparison.entries();
        let others = best.iter().skip(1).take(MAPS - 1);
        figures.extend(
            others.map(|&index| {
                of_run::gradient_map(comparison, &entries[index], logs[index], 0, None)
            }),
        );
    }
    figures
}

/// Predictions for one sequence say what there is to see.
const OTHERS: [&str; 3] = ["prediction-2", "prediction-3", "prediction-4"];

fn predictions_now(log: &RunLog, examples: &[Example]) -> Snapshot {
    let single = |example: &Example| {
        example.prediction.iter().map(|&value| value as f32).collect::<Vec<_>>()
    };
    Snapshot {
        step: log.steps(),
        predictions: examples.iter().map(single).collect(),
        ..Snapshot::default()
    }
}
