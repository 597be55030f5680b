//! Which lengths were mastered.

use super::super::finished::{Finished, Run};
use super::columns::columns;
use crate::figure::of_run::median;
use crate::train::Stop;
use crate::visible;

/// A row a contender, a column a length: how many trainings mastered it, and after how many
/// batches in the median; where none did, the median accuracy at the last evaluation.
pub(super) fn ladder(finished: &Finished) -> String {
    let comparison = &finished.comparison;
    let lengths = match comparison.lengths.as_slice() {
        [] => vec![comparison.task.length()],
        lengths => lengths.to_vec(),
    };
    let header = lengths.iter().map(|length| format!("T = {length}"));
    let mut rows = vec![std::iter::once("mastered".to_owned()).chain(header).collect::<Vec<_>>()];
    let accuracy = comparison.task.accuracy_name();
    for (index, contender) in comparison.contenders.iter().enumerate() {
        let cell = |length: &usize| {
            let here = |run: &&Run| {
                run.entry.contender == index && run.entry.length.is_none_or(|own| own == *length)
            };
            success(accuracy, &finished.runs.iter().filter(here).collect::<Vec<_>>())
        };
        let cells = lengths.iter().map(cell);
        rows.push(
            std::iter::once(visible::name(&contender.name).into_owned()).chain(cells).collect(),
        );
    }
    columns(&rows, &[0])
}

/// `4 of 5 (after 1250 batches)`, `0 of 5 (balanced accuracy 50.0 %)`.
fn success(accuracy: &str, runs: &[&Run]) -> String {
    let step = |run: &&Run| match run.log.stop {
        Some(Stop::Mastered(step)) => Some(step),
        _ => None,
    };
    let mut steps: Vec<u64> = runs.iter().filter_map(step).collect();
    steps.sort_unstable();
    let count = format!("{} of {}", steps.len(), runs.len());
    let accuracies = runs.iter().filter_map(|run| run.log.evaluations.last()?.sets.first()?.right);
    match steps.is_empty() {
        true => match median(accuracies.collect()) {
            Some(part) => format!("{count} ({accuracy} {:.1} %)", 100.0 * part),
            None => count,
        },
        false => format!("{count} (after {} batches)", super::median(&steps)),
    }
}
