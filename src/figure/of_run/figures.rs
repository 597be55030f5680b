//! Which figures a task shows, in order: the same in the window, on a sheet and in files.

use super::classes::{confusion, mistakes};
use super::training::trainings;
use super::{
    accuracy, curriculum, error_by_sequences, evaluation_loss, gradient_at, gradient_map, ladder,
    loss, predictions, watched,
};
use crate::figure::model::Figure;
use crate::task::{Example, TaskChoice};
use crate::train::{Comparison, RunLog, Snapshot};

/// Mistakes on a sheet.
const MISTAKES: usize = 4;

/// What is looked at, where figures are about one training or one moment.
#[derive(Clone, Copy, Debug, Default)]
pub struct Focus<'a> {
    /// The training whose gradient, predictions and mistakes are shown: its place among the entries.
    pub training: usize,
    /// The layer of the gradient map, from 0.
    pub layer: usize,
    /// The training step looked at; none for the end.
    pub cursor: Option<u64>,
    /// The sequences shown to that training.
    pub examples: &'a [Example],
    /// What every training predicts now, one entry a training; if empty, what was recorded at the
    /// moment looked at.
    pub now: &'a [Snapshot],
}

/// The measurement of a training at or before a step, or the newest.
pub fn moment(log: &RunLog, cursor: Option<u64>) -> Option<&Snapshot> {
    let cursor = cursor.unwrap_or(u64::MAX);
    let after = log.snapshots.partition_point(|snapshot| snapshot.step <= cursor);
    log.snapshots.get(after.saturating_sub(1))
}

/// All figures of a training. The first is the loss, then come those of the task (`ladder`,
/// `curriculum`, `watched`, `accuracy`, `error`, `evaluation-loss`, `confusion`), then those of the
/// training in focus: `prediction-1` to `-4`, `mistake-1` and so on, `gradient-map` and
/// `gradient-at-step`. What was not measured is left out.
pub fn figures_for(comparison: &Comparison, logs: &[&RunLog], focus: &Focus<'_>) -> Vec<Figure> {
    let all = trainings(comparison, logs);
    let own = all.get(focus.training);
    let mut figures = overview(comparison, logs);
    if comparison.evaluate_every > 0 {
        figures.extend(own.and_then(|own| confusion(comparison, &own.entry, own.log)));
    }
    figures.extend(shown(comparison, logs, focus));
    if let Some(own) = own {
        if !own.log.answers.is_empty() {
            figures.extend(mistakes(comparison, &own.entry, own.log, 0, MISTAKES).0);
        }
        if comparison.probe_every > 0 {
            let Focus { layer, cursor, .. } = *focus;
            let at = cursor.and(moment(own.log, cursor)).map(|snapshot| snapshot.step);
            figures.push(gradient_map(comparison, &own.entry, own.log, layer, at));
            let moment = moment(own.log, cursor);
            figures.extend(moment.map(|at| gradient_at(comparison, &own.entry, own.log, at)));
        }
    }
    figures
}

/// The figures of all trainings together: those of [`figures_for`] that are about none in
/// particular. The first is the loss.
pub fn overview(comparison: &Comparison, logs: &[&RunLog]) -> Vec<Figure> {
    let mut figures = vec![loss(comparison, logs)];
    if comparison.lengths.len() > 1 {
        figures.push(ladder(comparison, logs));
    }
    if comparison.curriculum.is_some() {
        figures.push(curriculum(comparison, logs));
    }
    let evaluated = comparison.evaluate_every > 0;
    match &comparison.task {
        TaskChoice::RunningMean(_) | TaskChoice::Echo(_) => {}
        TaskChoice::FirstZero(_) => {
            figures.extend(evaluated.then(|| watched(comparison, logs)));
            figures.push(accuracy(comparison, logs));
        }
        TaskChoice::LongLag(_) => figures.push(error_by_sequences(comparison, logs)),
        TaskChoice::Mnist1d(_) => {
            figures.push(accuracy(comparison, logs));
            figures.extend(evaluated.then(|| evaluation_loss(comparison, logs)));
        }
    }
    figures
}

fn shown(comparison: &Comparison, logs: &[&RunLog], focus: &Focus<'_>) -> Vec<Figure> {
    let snapshots: Vec<Option<&Snapshot>> = match focus.now {
        [] => logs.iter().map(|log| moment(log, focus.cursor)).collect(),
        now => now.iter().map(Some).collect(),
    };
    if focus.now.is_empty() && comparison.probe_every == 0 {
        return Vec::new();
    }
    predictions(comparison, focus.training, focus.examples, &snapshots)
}
