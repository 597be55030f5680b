//! The numbers of trainings as CSV: a row a training and batch.

use super::super::failure::Failure;
use super::finished::{Finished, Run, loss_word};
use crate::train::{Comparison, Evaluation};

/// Names of the columns.
const HEADERS: [&str; 10] = [
    "round",
    "loss_on",
    "contender",
    "trial",
    "length",
    "batch",
    "loss",
    "right",
    "test_loss",
    "test_right",
];

/// Round and trial from 1; the length of the batch; the batch from 1, its loss and the part of it
/// answered rightly; and what was found on the task's test set after it. Of the losses every
/// `every`-th is kept, of evaluations all; a batch 0 holds one from before training.
///
/// # Errors
/// None that can be foreseen: memory takes everything.
pub(super) fn csv(rounds: &[Finished], every: usize) -> Result<Vec<u8>, Failure> {
    let failed = |error: csv::Error| Failure::input(format!("cannot write CSV: {error}"));
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(HEADERS).map_err(failed)?;
    for (round, finished) in (1_usize..).zip(rounds) {
        for run in &finished.runs {
            let first = first_cells(round, &finished.comparison, run);
            for row in rows(run, every.max(1)) {
                writer.write_record(first.iter().chain(&row)).map_err(failed)?;
            }
        }
    }
    writer.into_inner().map_err(|error| Failure::input(format!("cannot write CSV: {error}")))
}

/// What all rows of a training have in common.
fn first_cells(round: usize, comparison: &Comparison, run: &Run) -> [String; 4] {
    [
        round.to_string(),
        loss_word(comparison).to_owned(),
        comparison.contenders[run.entry.contender].name.clone(),
        (run.entry.trial + 1).to_string(),
    ]
}

fn rows(run: &Run, every: usize) -> impl Iterator<Item = [String; 6]> {
    let log = &run.log;
    let mut evaluations = log.evaluations.iter().peekable();
    let mut lengths = log.lengths.iter().peekable();
    let mut length = 0;
    (0..=log.losses.len()).filter_map(move |batch| {
        // The length of batch n (from 1) is that in force after n - 1 updates.
        let begun = batch.saturating_sub(1) as u64;
        while let Some((_, next)) = lengths.next_if(|(step, _)| *step <= begun) {
            length = *next;
        }
        let evaluation = evaluations.next_if(|evaluation| evaluation.step == batch as u64);
        let index = batch.checked_sub(1);
        let wanted = index.is_some_and(|index| index.is_multiple_of(every));
        if !wanted && evaluation.is_none() {
            return None;
        }
        let of_batch = |values: &[f32]| single(index.and_then(|index| values.get(index)));
        let [loss, right] = found(evaluation);
        let (batch, length) = (batch.to_string(), length.to_string());
        Some([length, batch, of_batch(&log.losses), of_batch(&log.right), loss, right])
    })
}

/// Loss and part answered rightly of the first set.
fn found(evaluation: Option<&Evaluation>) -> [String; 2] {
    let score = evaluation.and_then(|evaluation| evaluation.sets.first());
    [score.map(|score| score.loss), score.and_then(|score| score.right)].map(double)
}

// Rust prints NaN with capitals; all our outputs agree on one spelling.

fn single(value: Option<&f32>) -> String {
    value.map(|value| value.to_string().to_lowercase()).unwrap_or_default()
}

fn double(value: Option<f64>) -> String {
    value.map(|value| value.to_string().to_lowercase()).unwrap_or_default()
}
