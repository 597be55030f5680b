//! How far a curriculum got.

use super::super::finished::{Finished, Run};
use super::columns::columns;
use crate::train::Stop;

/// A row a training: the longest length mastered, and where it got stuck if it did.
pub(super) fn curriculum(finished: &Finished) -> String {
    let header = ["curriculum", "mastered up to", "batches", "then"].map(str::to_owned).to_vec();
    let rows = finished.runs.iter().map(|run| {
        let mastered = run.log.mastered_length();
        let mastered =
            mastered.map_or_else(|| "no length".to_owned(), |length| format!("T = {length}"));
        vec![finished.label(run), mastered, run.log.steps().to_string(), ending(run)]
    });
    columns(&std::iter::once(header).chain(rows).collect::<Vec<_>>(), &[0, 3])
}

fn ending(run: &Run) -> String {
    let present = run.log.lengths.last().copied();
    match (run.log.stop, present) {
        (Some(Stop::Mastered(_)), _) => "the last length was mastered".to_owned(),
        (_, Some((since, length))) => {
            let batches = run.log.steps() - since;
            // Who was stopped, or went to infinity, was not stuck.
            let verb = match run.log.stop {
                Some(Stop::User(_) | Stop::Diverged(_)) => "left",
                _ => "stuck",
            };
            format!("{verb} at T = {length} for {batches} batches: {}", run.ending())
        }
        (_, None) => run.ending(),
    }
}
