//! The numbers of trainings as CSV: a row a training and batch.

use super::super::failure::Failure;
use super::finished::{Finished, Run, loss_word};
use crate::figure::Rows;
use crate::flow::Precision;
use crate::train::{Comparison, Evaluation};

/// Names of all columns but the last.
const HEADERS: [&str; 9] =
    ["round", "loss_on", "contender", "trial", "length", "batch", "loss", "right", "test_loss"];

/// Round and trial from 1; the length of the batch; the batch from 1, its loss and the part of it
/// answered rightly; and what was found on the task's test set after it (for first zero the set of all
/// sequences, and the balanced accuracy). Of the losses every
/// `every`-th is kept, of evaluations all; a batch 0 holds one from before training.
///
/// # Errors
/// None that can be foreseen: memory takes everything.
pub(super) fn csv(rounds: &[Finished], every: usize) -> Result<Vec<u8>, Failure> {
    let mut writer = Rows::new();
    // All rounds are of one task.
    let balanced = rounds.iter().any(|finished| finished.comparison.task.ranks_by_accuracy());
    let last = if balanced { "test_balanced_accuracy" } else { "test_right" };
    writer.write(HEADERS.iter().chain([&last]))?;
    for (round, finished) in (1_usize..).zip(rounds) {
        for run in &finished.runs {
            let first = first_cells(round, &finished.comparison, run);
            for row in rows(run, every.max(1), finished.comparison.precision) {
                writer.write(first.iter().chain(&row))?;
            }
        }
    }
    Ok(writer.finish()?.into_bytes())
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

fn rows(run: &Run, every: usize, precision: Precision) -> impl Iterator<Item = [String; 6]> {
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
        let loss_of = |loss: f64| match precision {
            Precision::F32 => single(loss as f32),
            Precision::F64 => double(loss),
        };
        let of_loss = index.and_then(|index| log.losses.get(index)).copied().map(loss_of);
        let of_right = index.and_then(|index| log.right.get(index)).copied().map(single);
        let [loss, right] = found(evaluation);
        let (batch, length) = (batch.to_string(), length.to_string());
        Some([
            length,
            batch,
            of_loss.unwrap_or_default(),
            of_right.unwrap_or_default(),
            loss,
            right,
        ])
    })
}

/// Loss and part answered rightly of the first set.
fn found(evaluation: Option<&Evaluation>) -> [String; 2] {
    let score = evaluation.and_then(|evaluation| evaluation.sets.first());
    [score.map(|score| score.loss), score.and_then(|score| score.right)]
        .map(|value| value.map(double).unwrap_or_default())
}

// Rust prints NaN with capitals; all our outputs agree on one spelling.

fn single(value: f32) -> String {
    value.to_string().to_lowercase()
}

fn double(value: f64) -> String {
    value.to_string().to_lowercase()
}
