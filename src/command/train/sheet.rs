//! The sheet of figures of a training.

use super::finished::{Finished, loss};
use crate::figure::{Figure, Style, Theme, of_run};
use crate::train::{RunLog, Snapshot};

/// Most gradient maps a comparison: those of the contenders that rank first.
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

/// For every comparison: losses, what the contenders predict for one sequence, and how the
/// gradient of the first layer changed through training.
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
    let mut figures = vec![of_run::loss(comparison, &logs)];
    // Predictions of the networks as they are now, not as they were when last measured.
    let now: Vec<Snapshot> =
        runs.iter().map(|run| predictions_now(&run.log, &run.examples)).collect();
    let now: Vec<Option<&Snapshot>> = now.iter().map(Some).collect();
    if let Some(run) = runs.first() {
        figures.extend(of_run::predictions(comparison, &run.examples, &now).into_iter().next());
    }
    if comparison.probe_every > 0 {
        let best = of_run::ranking(comparison, &logs).standings;
        let mut best: Vec<usize> = best.iter().take(MAPS).map(|standing| standing.index).collect();
        best.sort_unstable();
        figures.extend(best.into_iter().map(|index| {
            let contender = &comparison.contenders[runs[index].entry.contender];
            of_run::gradient_map(contender, logs[index], 0, None)
        }));
    }
    figures
}

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
