//! The sheet of figures of a training.

use super::finished::{Finished, loss};
use crate::figure::of_run::Focus;
use crate::figure::{Figure, Style, Theme, of_run};
use crate::train::{RunLog, Snapshot};

/// Most gradient maps a comparison: those of the trainings that rank first.
const MAPS: usize = 4;

/// The sheet's style. More than six figures stand three in a row.
pub(super) fn style(
    rounds: &[Finished],
    figures: usize,
    width: Option<u32>,
    theme: Theme,
) -> Style {
    let default = Style::default();
    Style {
        width_px: width.unwrap_or(default.width_px),
        theme,
        columns: Some(if figures > 6 { 3 } else { 2 }),
        heading: rounds.first().map(|finished| match rounds.len() {
            1 => finished.heading(),
            _ => of_run::heading(&finished.comparison),
        }),
        ..default
    }
}

/// For every comparison: the figures of its task, with predictions and gradient of the best training,
/// and where there are no trials the gradients of the next best.
pub(super) fn figures(rounds: &[Finished]) -> Vec<Figure> {
    let several = rounds.len() > 1;
    let figures = rounds.iter().flat_map(|finished| {
        let suffix =
            if several { format!(" ({})", loss(&finished.comparison)) } else { String::new() };
        figures_of(finished)
            .into_iter()
            .map(move |figure| Figure { title: format!("{}{suffix}", figure.title), ..figure })
    });
    figures.collect()
}

fn figures_of(finished: &Finished) -> Vec<Figure> {
    let Finished { comparison, runs, began: _ } = finished;
    let logs = finished.logs();
    let best: Vec<usize> =
        of_run::ranking(comparison, &logs).standings.iter().map(|one| one.index).collect();
    let training = best.first().copied().unwrap_or(0);
    // Predictions of the networks as they are now, not as they were when last measured.
    let now: Vec<Snapshot> =
        runs.iter().map(|run| predictions_now(&run.log, &run.examples)).collect();
    let examples = runs.get(training).map_or(&[][..], |run| &run.examples);
    let focus = Focus { training, examples, now: &now, ..Focus::default() };
    let mut figures = of_run::figures_for(comparison, &logs, &focus);
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

fn predictions_now(log: &RunLog, examples: &[crate::task::Example]) -> Snapshot {
    let single = |example: &crate::task::Example| {
        example.prediction.iter().map(|&value| value as f32).collect::<Vec<_>>()
    };
    Snapshot {
        step: log.steps(),
        predictions: examples.iter().map(single).collect(),
        ..Snapshot::default()
    }
}
