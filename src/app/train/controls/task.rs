//! The settings of the task that is learned.

use egui::{Label, RichText, Ui};

use super::Desk;
use super::number;
use crate::app::commands::Command;
use crate::app::widgets::{choice, count, named, row};
use crate::task::{
    Distractors, Echo, FirstZero, LongLag, Loss, Memory, Mnist1d, Place, RunningMean, TaskChoice,
};
use crate::visible;

/// The longest sequence the slider offers; the box takes longer ones.
const LONGEST: usize = 1000;

pub(super) fn show(ui: &mut Ui, desk: &mut Desk<'_>) {
    let ladder = !desk.session.train.comparison.lengths.is_empty();
    let grows = desk.session.train.comparison.curriculum.is_some();
    let task = &mut desk.session.train.comparison.task;
    match task {
        TaskChoice::RunningMean(task) => running_mean(ui, task),
        TaskChoice::FirstZero(task) => first_zero(ui, task),
        TaskChoice::Mnist1d(task) => mnist1d(ui, task, desk.commands),
        TaskChoice::LongLag(task) => long_lag(ui, task),
        TaskChoice::Echo(task) => echo(ui, task),
    }
    if ladder || grows {
        let what = if ladder { "the lengths under “Trainings”" } else { "the curriculum" };
        let text = format!("Training goes by {what}, not by the length here.");
        ui.add(Label::new(RichText::new(text).size(12.0).weak()).wrap());
    }
}

fn length(ui: &mut Ui, value: &mut usize, shortest: usize) {
    let tip = "Steps T of a sequence: how far back gradients go.";
    count(ui, "Length", tip, value, shortest..=LONGEST);
}

fn running_mean(ui: &mut Ui, RunningMean { length: steps, loss }: &mut RunningMean) {
    length(ui, steps, 1);
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

fn first_zero(ui: &mut Ui, FirstZero { length: steps, place }: &mut FirstZero) {
    row(ui, "The zero is", "Where the zero stands in sequences that have one.", |ui| {
        let options = [
            (Place::Leading, "first", "At step 1: to be remembered over all others. The hardest."),
            (
                Place::Last,
                "last",
                "At step T: no memory is needed. It is what the course notebook trains on where it \
                 says “anywhere”.",
            ),
            (Place::Anywhere, "anywhere", "At a step drawn anew for every sequence."),
        ];
        choice(ui, place, &options);
    });
    length(ui, steps, 2);
}

fn mnist1d(ui: &mut Ui, task: &mut Mnist1d, commands: &mut Vec<Command>) {
    let tip = "4,000 sequences to learn from and 1,000 to test with: generated, or a file of yours \
               with sequences of 40 points and labels 0 to 9 (.npz or .csv).";
    row(ui, "Data", tip, |ui| match &task.file {
        None => ui.label("generated").on_hover_text(tip),
        Some(path) => {
            let name = visible::file_name(path);
            let label = Label::new(RichText::new(name).strong()).truncate();
            ui.add(label).on_hover_text(visible::path(path))
        }
    });
    ui.horizontal(|ui| {
        let tip = "Opens a data set of your own, .npz or .csv; dropping the file on the window does the \
                   same.";
        if ui.button("Open data…").on_hover_text(tip).clicked() {
            commands.push(Command::Open);
        }
        let own = task.file.is_some();
        let back = ui.add_enabled(own, egui::Button::new("Close the file"));
        let back = back.on_hover_text("Returns to the generated data.");
        if back.on_disabled_hover_text("The data is generated already.").clicked() {
            task.file = None;
        }
    });
}

fn long_lag(ui: &mut Ui, task: &mut LongLag) {
    let LongLag { symbols, distractors, loss, test, pool, slips } = task;
    let tip =
        "p: the first symbol is to be said again after p − 1 others. There are p + 1 symbols.";
    count(ui, "Lag", tip, symbols, 2..=LONGEST);
    row(ui, "Distractors", "How the symbols in between are drawn.", |ui| {
        let chain =
            "Each from the one before upwards, as the notebook does: most are the last one.";
        let sorted = "Drawn independently, then sorted.";
        let independent = "Drawn independently of each other: none of them tells the time.";
        let options = [
            (Distractors::Chain, "chain", chain),
            (Distractors::Sorted, "sorted", sorted),
            (Distractors::Independent, "independent", independent),
        ];
        choice(ui, distractors, &options);
    });
    row(ui, "Loss on", "Which symbols are to be predicted.", |ui| {
        let options = [
            (Loss::Last, "last step", "Only the last symbol, the one that can be known."),
            (
                Loss::All,
                "all steps",
                "Every next symbol: most of the loss is about the distractors.",
            ),
        ];
        choice(ui, loss, &options);
    });
    let tip = "Fresh sequences that each network is tested with once its training has ended.";
    number(ui, "Test", tip, test, 10.0, 0..=LongLag::MAX_TEST);
    let tip = "Goes through the same sequences again and again, as the notebook does, instead of \
               drawing fresh ones.";
    super::optional(ui, "Fixed set", tip, pool, 2000, 10.0, 1..=100_000);
    let tip = "The course notebook’s slips: y sequences follow the chain of an x sequence, and networks \
               start from random states.";
    row(ui, "Slips", tip, |ui| {
        let box_ = ui.checkbox(slips, "as in the notebook");
        named(box_, "Slips as in the notebook").on_hover_text(tip);
    });
}

fn echo(ui: &mut Ui, Echo { length: steps, features, memory }: &mut Echo) {
    let tip = "Numbers D of a step, all of which are to be repeated.";
    count(ui, "Features", tip, features, 1..=256);
    length(ui, steps, 1);
    row(ui, "Memory", "Where the states start from in each epoch.", |ui| {
        let options = [
            (
                Memory::Carried,
                "carried",
                "Where the epoch before ended; no gradient goes back there.",
            ),
            (Memory::Reset, "reset", "Zero, every time."),
        ];
        choice(ui, memory, &options);
    });
}
