//! What the contenders learn.

use egui::Ui;

use crate::app::widgets::{choice, count, row};
use crate::task::Loss;
use crate::task::{RunningMean, TaskChoice};

/// The longest sequence the slider offers; the box takes longer ones.
const LONGEST: usize = 1000;

pub(super) fn show(ui: &mut Ui, task: &mut TaskChoice) {
    match task {
        TaskChoice::RunningMean(task) => running_mean(ui, task),
        _ => {}
    }
}

fn running_mean(ui: &mut Ui, RunningMean { length, loss }: &mut RunningMean) {
    let tip = "At each step the network has read N(0, 1) numbers and says the mean of all of them: it \
               must keep a sum, and count.";
    row(ui, "Learn", tip, |ui| ui.label("the running mean").on_hover_text(tip));
    count(ui, "Length", "Steps T of a sequence: how far back gradients go.", length, 1..=LONGEST);
    let tip = "Which steps the mean squared error looks at.";
    row(ui, "Loss on", tip, |ui| {
        let options = [
            (Loss::All, "all steps", "The loss is the mean over all steps."),
            (
                Loss::Last,
                "last step",
                "The loss looks at step T only: every gradient has to travel back through time.",
            ),
        ];
        choice(ui, loss, &options);
    });
}
