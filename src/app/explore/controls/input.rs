//! What the network reads, and where the loss looks.

use egui::{RichText, Ui};

use super::Desk;
use crate::app::widgets::{choice, count, named, row};
use crate::figure::loss_in_full;
use crate::flow::{Input, SequenceFile, Signal};
use crate::task::{Echo, Loss, Memory, TaskChoice};
use crate::visible;

/// The longest sequence the slider offers; the box keeps longer ones that the command line set.
const LONGEST: usize = 10_000;

const SIGNALS: [(Signal, &str, &str); 4] = [
    (Signal::Noise, "noise", "Independent N(0, 1) numbers; the target is their running mean."),
    (
        Signal::Impulse,
        "impulse",
        "1 at the first step, then 0: what does the network remember of it?",
    ),
    (Signal::Sine, "sine", "A sine of period 10 steps and amplitude 1."),
    (
        Signal::Constant,
        "constant",
        "1 at every step: the state runs to a fixed point, if there is one.",
    ),
];

pub(super) fn show(ui: &mut Ui, desk: &mut Desk<'_>) {
    if let Signal::Task(task) = &desk.session.question.input.signal {
        let task = task.clone();
        of_task(ui, desk, &task);
        return;
    }
    row(
        ui,
        "Loss on",
        "Which steps the loss looks at: with the last step only, every gradient has to \
         travel back through time.",
        |ui| {
            let options = [
                (Loss::Last, "last step", "The loss looks at step T only."),
                (Loss::All, "all steps", "The loss is the mean over all steps."),
            ];
            choice(ui, &mut desk.session.question.loss, &options);
        },
    );
    let memory = &mut desk.session.memory.input_seed;
    let Input { signal, length, batch, seed } = &mut desk.session.question.input;
    signals(ui, signal);
    if let Signal::Files(files) = signal {
        for SequenceFile { path, .. } in files.iter() {
            let name = visible::file_name(path);
            ui.add(egui::Label::new(RichText::new(name).strong()).truncate())
                .on_hover_text(visible::path(path));
        }
        let header = |file: &SequenceFile| file.header().map(|names| names.join(", "));
        let headers: Vec<String> = files.iter().filter_map(header).collect();
        if !headers.is_empty() {
            let text = format!("The first row is a header and was skipped: {}", headers.join("; "));
            let text = RichText::new(visible::message(&text)).size(12.0).weak();
            ui.add(egui::Label::new(text).wrap());
        }
        ui.label("Target: running mean of column 1").on_hover_text(
            "What the network should say at each step; files bring no other target.",
        );
        let tip = "Returns to the built-in signals.";
        if ui.button("Close the sequences").on_hover_text(tip).clicked() {
            *signal = Signal::Noise;
        }
        return;
    }
    count(
        ui,
        "Length",
        "Steps T of the sequence: the way a gradient has to go back.",
        length,
        1..=LONGEST,
    );
    count(
        ui,
        "Batch",
        "Sequences B read at once: gradients are measured over all of them, states on the first.",
        batch,
        1..=Input::MAX_BATCH,
    );
    if *signal == Signal::Noise {
        input_seed(ui, seed, memory);
    }
}

/// A task brings its own length, targets and loss, which rest here.
fn of_task(ui: &mut Ui, desk: &mut Desk<'_>, task: &TaskChoice) {
    let question = &mut desk.session.question;
    let memory = &mut desk.session.memory;
    let about = task.about();
    signals(ui, &mut question.input.signal);
    row(ui, "Loss", "The task judges answers in its own way.", |ui| {
        ui.add(egui::Label::new(loss_in_full(task)).truncate());
    });
    row(ui, "Length", "The task’s own; change it in the Train tab.", |ui| {
        ui.label(format!("T = {}", task.length()));
    });
    if let TaskChoice::Echo(_) = task {
        let tip = "Sequences B read at once: gradients are measured over all of them, states on the \
                   first.";
        count(ui, "Batch", tip, &mut question.input.batch, 1..=Input::MAX_BATCH);
    }
    if let TaskChoice::Echo(_) | TaskChoice::LongLag(_) | TaskChoice::RunningMean(_) = task {
        input_seed(ui, &mut question.input.seed, &mut memory.input_seed);
    }
    if matches!(task, TaskChoice::Echo(Echo { memory: Memory::Carried, .. })) {
        let text = "Here the network starts from zero, not where its last epoch ended.";
        let text = RichText::new(text).size(12.0).weak();
        ui.add(egui::Label::new(text).wrap());
    }
    let tip = "Returns to noise as input and the mean squared error as loss.";
    let leave = ui.button("Leave the task");
    if leave.on_hover_text(format!("{}\n{tip}", about.sentence)).clicked() {
        question.input.signal = Signal::Noise;
    }
}

fn signals(ui: &mut Ui, signal: &mut Signal) {
    let tip = "The sequence that the network reads. Open or drop .csv files to use your own.";
    row(ui, "Signal", tip, |ui| {
        let text = SIGNALS.iter().find(|(option, ..)| option == signal);
        let text = match (text, &*signal) {
            (Some((_, text, _)), _) => (*text).to_owned(),
            (None, Signal::Task(task)) => format!("the task “{}”", task.about().title),
            (None, _) => "your files".to_owned(),
        };
        let response = egui::ComboBox::from_id_salt("signal")
            .selected_text(text)
            .width(ui.available_width())
            .show_ui(ui, |ui| {
                for (option, text, tip) in SIGNALS {
                    ui.selectable_value(signal, option, text).on_hover_text(tip);
                }
            })
            .response;
        named(response, "Signal").on_hover_text(tip);
    });
}

fn input_seed(ui: &mut Ui, seed: &mut Option<u64>, memory: &mut u64) {
    let tip = "A seed of its own gives every network the same input, so that cells can be compared. \
               Without it the input continues the stream the weights were drawn from, as in a script \
               with a single manual_seed and on the command line: the network at the start has a loss \
               of 0.1634 with seed 0 and of 0.08316 without.";
    row(ui, "Input seed", tip, |ui| {
        let mut own = seed.is_some();
        let switch = ui.add(egui::Checkbox::without_text(&mut own));
        named(switch, "Input seed of its own").on_hover_text(tip);
        if let Some(seed) = seed {
            *memory = *seed;
        }
        let value = egui::DragValue::new(memory).speed(0.1).update_while_editing(false);
        named(ui.add_enabled(own, value), "Input seed").on_hover_text(tip);
        if !own {
            ui.weak("continues the weights’");
        }
        *seed = own.then_some(*memory);
    });
}
