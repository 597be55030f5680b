//! What is printed after training: the settings, the ranking, and what the task is about.

mod columns;
mod curriculum;
mod digits;
mod floor;
mod ladder;
mod settings;
mod words;

use super::finished::{Finished, heading};
use super::json::PRINTED;
use crate::figure::{number, of_run};
use crate::task::TaskChoice;
use crate::train::{Contender, Feed};
use crate::visible;

/// Everything that a reader wants to know of one comparison, ending in an empty line; without
/// `timing` nothing that differs from run to run.
pub(super) fn report(finished: &Finished, timing: bool) -> String {
    let Finished { comparison, runs, .. } = finished;
    let mut parts = vec![format!("{}\n{}", heading(comparison), settings::settings(comparison))];
    let logs = finished.logs();
    let ranking = of_run::ranking(comparison, &logs);
    let ranking = if timing { ranking } else { ranking.untimed() };
    let rule = ranking.rule();
    parts.push(format!("ranked {rule}\n{ranking}{}", printed_by_the_notebook(finished)));
    if !comparison.is_single() || runs.iter().any(|run| run.log.test.is_some()) {
        parts.push(of_run::trials(comparison, &logs).to_string());
    }
    if comparison.curriculum.is_some() {
        parts.push(curriculum::curriculum(finished));
    } else if comparison.stop.mastery.is_some() {
        parts.push(ladder::ladder(finished));
    }
    match &comparison.task {
        TaskChoice::Mnist1d(task) => parts.push(digits::digits(task, finished)),
        TaskChoice::Echo(_) => parts.push(floor::floor(finished)),
        TaskChoice::RunningMean(_) | TaskChoice::FirstZero(_) | TaskChoice::LongLag(_) => {}
    }
    parts.retain(|part| !part.is_empty());
    parts.join("\n") + "\n"
}

/// The losses that the course notebook prints last, for a comparison in its stream.
fn printed_by_the_notebook(finished: &Finished) -> String {
    let Finished { comparison, runs } = finished;
    if comparison.feed == Feed::Fair {
        return String::new();
    }
    let loss = |(contender, run): (&Contender, &super::finished::Run)| {
        let loss = number(run.log.printed_at(PRINTED)?, 6);
        Some(format!("{} {loss}", visible::name(&contender.name)))
    };
    let losses: Vec<String> = comparison.contenders.iter().zip(runs).filter_map(loss).collect();
    match losses.is_empty() {
        true => String::new(),
        false => format!("printed at batch {PRINTED}: {}\n", losses.join(", ")),
    }
}

/// The middle of sorted numbers; of two middle ones the mean, rounded down.
fn median(sorted: &[u64]) -> u64 {
    let middle = sorted.len() / 2;
    let at = |place: usize| sorted.get(place).copied().unwrap_or(0);
    if sorted.len().is_multiple_of(2) {
        at(middle.saturating_sub(1)).midpoint(at(middle))
    } else {
        at(middle)
    }
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!((median(&[7]), median(&[1, 4, 90]), median(&[1, 4, 8, 90])), (7, 4, 6));
    }
}
