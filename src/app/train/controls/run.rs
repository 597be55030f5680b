//! How long and on what data: batches, seed, feed, precision, stopping rules.

use egui::Ui;

use super::{number, optional};
use crate::app::widgets::{choice, row};
use crate::flow::Precision;
use crate::train::{Comparison, Feed};

pub(super) fn show(ui: &mut Ui, comparison: &mut Comparison) {
    let tip = "The budget: updates of each contender, one a batch.";
    number(ui, "Batches", tip, &mut comparison.steps, 10.0, 1..=10_000_000);
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
    let tip = "Stops a contender once the mean of its last hundred losses is at most this.";
    let target = &mut comparison.stop.target_loss;
    optional(ui, "Stop at loss", tip, target, 0.01, 0.001, 0.0..=1e6);
    let tip = "Stops a contender after so many updates without an improvement of its mean loss by one \
               in a thousand.";
    optional(ui, "Patience", tip, &mut comparison.stop.patience, 1000, 10.0, 1..=10_000_000);
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
