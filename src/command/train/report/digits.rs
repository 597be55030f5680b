//! What was learned of MNIST-1D: accuracy, and which digit was taken for which.

use super::super::finished::{Finished, Run};
use super::columns::columns;
use crate::figure::number;
use crate::task::Mnist1d;
use crate::visible;

/// Accuracy of every training on both sets, then the counts of answers a contender.
pub(super) fn digits(task: &Mnist1d, finished: &Finished) -> String {
    let mut text = accuracy(finished);
    // The file was there when training began; without it there are no counts.
    let Ok(data) = task.dataset() else { return text };
    for (index, contender) in finished.comparison.contenders.iter().enumerate() {
        let own = |run: &&Run| run.entry.contender == index;
        let runs: Vec<&Run> = finished.runs.iter().filter(own).collect();
        let counts = confusion(&data.test.labels, runs.iter().map(|run| &run.log.answers[..]));
        if counts.iter().flatten().any(|count| *count > 0) {
            let trials = if runs.len() > 1 { ", all trials together" } else { "" };
            text += &format!(
                "\n{}{trials}: digits (rows) taken for\n{}",
                visible::name(&contender.name),
                table(&counts)
            );
        }
    }
    text
}

fn accuracy(finished: &Finished) -> String {
    let header = ["accuracy", "training", "test", "training loss", "test loss", "epochs"];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    let task = finished.comparison.task.open().ok();
    let epoch = task.and_then(|task| task.epoch(finished.comparison.batch)).unwrap_or(1).max(1);
    for run in &finished.runs {
        let log = &run.log;
        let last = log.evaluations.last().and_then(|evaluation| evaluation.sets.first());
        rows.push(vec![
            finished.label(run),
            shown(log.right_of_last(epoch as usize), percent),
            shown(last.and_then(|score| score.right), percent),
            shown(log.mean_of_last(epoch as usize), |loss| number(loss, 4)),
            shown(last.map(|score| score.loss), |loss| number(loss, 4)),
            (log.steps() / epoch).to_string(),
        ]);
    }
    columns(&rows, &[0])
}

/// How often each digit (row) was answered by each (column).
fn confusion<'a>(labels: &[u32], answers: impl Iterator<Item = &'a [u32]>) -> Vec<Vec<usize>> {
    let mut counts = vec![vec![0; Mnist1d::CLASSES]; Mnist1d::CLASSES];
    for answers in answers {
        for (label, answer) in labels.iter().zip(answers) {
            let row = counts.get_mut(*label as usize);
            if let Some(count) = row.and_then(|row| row.get_mut(*answer as usize)) {
                *count += 1;
            }
        }
    }
    counts
}

fn table(counts: &[Vec<usize>]) -> String {
    let header = (0..counts.len()).map(|digit| digit.to_string());
    let mut rows = vec![std::iter::once(String::new()).chain(header).collect::<Vec<_>>()];
    for (digit, counts) in counts.iter().enumerate() {
        let cells = counts.iter().map(|count| match count {
            0 => "·".to_owned(),
            count => count.to_string(),
        });
        rows.push(std::iter::once(digit.to_string()).chain(cells).collect());
    }
    columns(&rows, &[])
}

fn shown(value: Option<f64>, text: impl Fn(f64) -> String) -> String {
    value.map_or_else(|| "–".to_owned(), text)
}

fn percent(part: f64) -> String {
    format!("{:.1} %", 100.0 * part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_counted_by_digit() {
        let counts = confusion(&[0, 0, 3, 9], [&[0, 1, 3, 9][..], &[0, 1, 3, 8][..]].into_iter());
        assert_eq!((counts[0][0], counts[0][1], counts[3][3]), (2, 2, 2));
        assert_eq!((counts[9][9], counts[9][8]), (1, 1));
        assert_eq!(counts.iter().flatten().sum::<usize>(), 8);
        assert!(table(&counts).starts_with("   0  1  2"), "{}", table(&counts));
    }
}
