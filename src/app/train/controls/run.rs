//! How long and on what data: batches, seed, feed, precision, stopping rules.

use egui::Ui;

use super::trainings::{MASTERY, can_be_mastered};
use super::{number, optional};
use crate::app::widgets::{choice, row};
use crate::flow::Precision;
use crate::task::{Mnist1d, TaskChoice};
use crate::train::{Comparison, Feed, Mastery, StopRule};

/// Sequences that the generated data has to learn from.
const LEARNED: usize = 4_000;

pub(super) fn show(ui: &mut Ui, comparison: &mut Comparison) {
    let tip = "The budget: updates of each contender, one a batch.";
    number(ui, "Batches", tip, &mut comparison.steps, 10.0, 1..=10_000_000);
    epochs(ui, comparison);
    number(ui, "Batch size", "Sequences of a batch, B.", &mut comparison.batch, 0.2, 1..=4096);
    let tip = "Seed of weights and data: the same seed gives the same training, byte for byte.";
    number(ui, "Seed", tip, &mut comparison.seed, 0.1, 0..=u64::MAX);
    feed(ui, &mut comparison.feed);
    let tip = "Number format of weights and computation.";
    row(ui, "Precision", tip, |ui| {
        let options = [
            (Precision::F32, "f32", "Single precision, as PyTorch trains."),
            (Precision::F64, "f64", "Double precision: slower, and vanishing gradients resolve."),
        ];
        choice(ui, &mut comparison.precision, &options);
    });
    let tip = "Gradient flow and predictions are measured every so many updates; 0 never.";
    number(ui, "Probe every", tip, &mut comparison.probe_every, 1.0, 0..=1_000_000);
    let tip = "Where there are more trainings than cores: brings each to its end before the next begins, \
               instead of letting all make progress in turn. Changes no number.";
    row(ui, "Order", tip, |ui| {
        ui.checkbox(&mut comparison.one_by_one, "one after another").on_hover_text(tip);
    });
    if matches!(comparison.task, TaskChoice::FirstZero(_) | TaskChoice::Mnist1d(_)) {
        let tip = "All sequences of the kind, or the test set, are answered every so many updates; 0 \
                   never.";
        number(ui, "Evaluate every", tip, &mut comparison.evaluate_every, 1.0, 0..=1_000_000);
    }
}

/// When training ends before the budget is used.
pub(super) fn stopping(ui: &mut Ui, comparison: &mut Comparison) {
    let answers = !matches!(comparison.task, TaskChoice::RunningMean(_) | TaskChoice::Echo(_));
    let mastered = can_be_mastered(&comparison.task);
    let grows = comparison.curriculum.is_some();
    let StopRule { target_loss, patience, streak, mastery } = &mut comparison.stop;
    let tip = "Stops a training once the mean of its last hundred losses is at most this.";
    optional(ui, "Stop at loss", tip, target_loss, 0.01, 0.001, 0.0..=1e6);
    let tip = "Stops a training after so many updates without an improvement of its mean loss by one \
               in a thousand.";
    optional(ui, "Patience", tip, patience, 1000, 10.0, 1..=10_000_000);
    if answers {
        let tip =
            "Stops a training once so many training sequences in a row were answered rightly.";
        optional(ui, "In a row", tip, streak, 2000, 10.0, 1..=10_000_000);
    }
    if mastered {
        let tip = "Stops a training, or in a curriculum goes on to longer sequences, once every \
                   sequence of the kind has a loss below this.";
        let mut below = mastery.map(|mastery| mastery.below);
        ui.add_enabled_ui(!grows, |ui| {
            optional(ui, "Mastered", tip, &mut below, MASTERY.below, 0.002, 0.0001..=10.0);
        });
        let checks = mastery.map_or(MASTERY.checks, |mastery| mastery.checks);
        *mastery = below.map(|below| Mastery { below, checks });
        if let Some(Mastery { checks, .. }) = mastery {
            let tip = "Evaluations in a row that must find it so.";
            number(ui, "Checks", tip, checks, 0.02, 1..=100);
        }
    }
}

/// How often the budget goes through the data, where the size of the data is known.
fn epochs(ui: &mut Ui, comparison: &Comparison) {
    let TaskChoice::Mnist1d(Mnist1d { file: None }) = &comparison.task else { return };
    let epoch = LEARNED.div_ceil(comparison.batch.max(1)) as f64;
    let epochs = comparison.steps as f64 / epoch;
    row(ui, "", "", |ui| ui.weak(format!("{} epochs", (epochs * 10.0).round() / 10.0)));
}

fn feed(ui: &mut Ui, feed: &mut Feed) {
    let tip = "How the data is dealt out.";
    row(ui, "Feed", tip, |ui| {
        let mut fair = *feed == Feed::Fair;
        let options = [
            (
                true,
                "fair",
                "Every contender is drawn from the same seed and sees the same batches.",
            ),
            (
                false,
                "notebook",
                "One random stream, as in the course notebook: each contender’s batches follow those \
                 of the one before it.",
            ),
        ];
        if choice(ui, &mut fair, &options) {
            *feed = if fair { Feed::Fair } else { Feed::Notebook { rounds_before: 0 } };
        }
    });
    if let Feed::Notebook { rounds_before } = feed {
        let tip = "Rounds of the same comparison that came before in the stream: 1 for the notebook’s \
                   second.";
        number(ui, "Rounds before", tip, rounds_before, 0.02, 0..=100);
    }
}
