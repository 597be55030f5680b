//! Which network: drawn from a seed, or read from a file.

use egui::{RichText, Ui};

use super::{Desk, readout};
use crate::app::commands::Command;
use crate::app::design::{self, NONLINEARITIES};
use crate::app::widgets::{choice, named, row};
use crate::flow::{Draw, FlowReport, Precision, Weights};
use crate::network::Cell;
use crate::visible;

pub(super) fn show(ui: &mut Ui, desk: &mut Desk<'_>) {
    match desk.session.question.weights.clone() {
        Weights::Draw(draw) => drawn(ui, desk, draw),
        Weights::File { .. } => file(ui, desk),
    }
    row(
        ui,
        "Precision",
        "Number format of the computation: f64 resolves gradients down to 1e-308; f32 shows what \
         training sees, where gradients below 1e-45 are exactly 0.",
        |ui| {
            let options = [
                (Precision::F64, "f64", "Double precision: resolves vanishing gradients."),
                (Precision::F32, "f32", "Single precision: what training sees."),
            ];
            choice(ui, &mut desk.session.question.precision, &options);
        },
    );
    ui.horizontal(|ui| {
        desk.button(ui, Command::Open, true);
        desk.button(ui, Command::SaveSession, true);
    });
}

fn drawn(ui: &mut Ui, desk: &mut Desk<'_>, mut draw: Draw) {
    design::show(ui, &mut draw.design, &mut desk.session.memory);
    desk.session.question.weights = Weights::Draw(draw);
    seed(ui, desk);
}

fn seed(ui: &mut Ui, desk: &mut Desk<'_>) {
    let tip =
        "Seed of torch.manual_seed: the same seed draws the same weights here and in PyTorch.";
    row(ui, "Seed", tip, |ui| {
        ui.spacing_mut().item_spacing.x = 5.0;
        ui.spacing_mut().button_padding.x = 6.0;
        if let Weights::Draw(draw) = &mut desk.session.question.weights {
            let value = egui::DragValue::new(&mut draw.seed).speed(0.1).update_while_editing(false);
            named(ui.add(value), "Seed").on_hover_text(tip);
        }
        desk.button(ui, Command::DrawAgain, true);
        let known = !desk.session.memory.seeds.is_empty();
        desk.button(ui, Command::PreviousSeed, known);
    });
}

fn file(ui: &mut Ui, desk: &mut Desk<'_>) {
    let report = desk.report;
    let candidates = desk.candidates;
    let Weights::File { path, nonlinearity, seed, head, content: _ } =
        &mut desk.session.question.weights
    else {
        return;
    };
    let name = visible::file_name(path);
    row(
        ui,
        "Weights from",
        "A file with torch.nn names; cell and sizes are read off its tensors.",
        |ui| {
            ui.add(egui::Label::new(RichText::new(name).strong()).truncate())
                .on_hover_text(visible::path(path));
        },
    );
    if let Some(FlowReport { spec, .. }) = report {
        row(ui, "Holds", "What the file’s tensors say about the network.", |ui| {
            ui.add(egui::Label::new(spec.to_string()).wrap());
        });
        if matches!(spec.cell, Cell::Rnn(_)) {
            let tip = "A file of a plain RNN does not say which nonlinearity it was trained with.";
            row(ui, "Nonlinearity", tip, |ui| choice(ui, nonlinearity, &NONLINEARITIES));
        }
    }
    readout::show(ui, head, report.map(|report| &report.readout), candidates);
    let tip = "Seed of a random readout, and of an input that continues its stream.";
    row(ui, "Seed", tip, |ui| {
        let value = egui::DragValue::new(seed).speed(0.1).update_while_editing(false);
        named(ui.add(value), "Readout seed").on_hover_text(tip);
    });
    readout::unused(ui, candidates);
    let close = ui.button("Close the file").on_hover_text("Returns to the network drawn before.");
    if close.clicked() {
        desk.session.close_weights();
    }
}
