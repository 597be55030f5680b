//! Every training of several: when it stopped and why, what it could do then, and the average.

use super::super::finished::{Finished, Run};
use super::columns::columns;
use crate::figure::number;
use crate::train::Stop;

/// A row a training, then a line a contender that sums up.
pub(super) fn trials(finished: &Finished) -> String {
    let tested = finished.runs.iter().any(|run| run.log.test.is_some());
    let answered = finished.runs.iter().any(|run| !run.log.right.is_empty());
    let mut header = vec!["training", "stopped", "sequences", "mean of last 100"];
    if answered {
        header.push("right of last 100");
    }
    if tested {
        header.push("wrong in test");
    }
    let mut rows = vec![header.into_iter().map(str::to_owned).collect::<Vec<_>>()];
    for run in &finished.runs {
        let log = &run.log;
        let sequences = log.steps().saturating_mul(finished.comparison.batch as u64);
        let loss = log.mean_of_last(100).map_or_else(|| "–".to_owned(), |loss| number(loss, 4));
        let mut row = vec![finished.label(run), run.ending(), sequences.to_string(), loss];
        if answered {
            row.push(log.right_of_last(100).map_or_else(|| "–".to_owned(), percent));
        }
        if tested {
            let test = log.test.map(|test| format!("{} of {}", test.wrong, test.sequences));
            row.push(test.unwrap_or_else(|| "–".to_owned()));
        }
        rows.push(row);
    }
    columns(&rows, &[0, 1]) + &averages(finished)
}

/// A line for each contender and length.
fn averages(finished: &Finished) -> String {
    let comparison = &finished.comparison;
    let mut lines = String::new();
    for (index, contender) in comparison.contenders.iter().enumerate() {
        let own: Vec<&Run> =
            finished.runs.iter().filter(|run| run.entry.contender == index).collect();
        let mut parts = Vec::new();
        if comparison.stop.streak.is_some() {
            parts.extend(solved(&own, comparison.batch as u64));
        }
        let wrong: Vec<(usize, usize)> = own
            .iter()
            .filter_map(|run| run.log.test)
            .map(|test| (test.wrong, test.sequences))
            .collect();
        if let Some((_, asked)) = wrong.first() {
            let mean =
                wrong.iter().map(|(wrong, _)| *wrong as f64).sum::<f64>() / wrong.len() as f64;
            let mean = number(mean, 4);
            parts.push(format!(
                "on average {mean} wrong of {asked}, over {}",
                counted(wrong.len(), "trial")
            ));
        }
        if !parts.is_empty() {
            lines += &format!("{}: {}\n", contender.name, parts.join("; "));
        }
    }
    lines
}

/// How many were solved, and after how many sequences.
fn solved(runs: &[&Run], batch: u64) -> Vec<String> {
    let is_solved = |run: &&&Run| matches!(run.log.stop, Some(Stop::Streak(_)));
    let mut sequences: Vec<u64> =
        runs.iter().filter(is_solved).map(|run| run.log.steps() * batch).collect();
    sequences.sort_unstable();
    let mut parts = vec![format!("solved {} of {}", sequences.len(), counted(runs.len(), "trial"))];
    if let (Some(first), Some(last)) = (sequences.first(), sequences.last()) {
        let median = super::median(&sequences);
        parts.push(format!("after {median} sequences in the median ({first} to {last})"));
    }
    parts
}

/// `1 trial`, `3 trials`.
fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn percent(part: f64) -> String {
    format!("{:.1} %", 100.0 * part)
}
