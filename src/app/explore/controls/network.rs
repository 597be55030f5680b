//! Which network: drawn from a seed, or read from a file.

use std::path::Path;

use egui::{RichText, Ui};

use super::Desk;
use crate::app::commands::Command;
use crate::app::widgets::{choice, count, named, row};
use crate::flow::{Draw, Precision, Weights};
use crate::network::{Init, Recipe};
use crate::network::{Cell, NetworkSpec, Nonlinearity};
use crate::session::Memory;

const NONLINEARITIES: [(Nonlinearity, &str, &str); 3] = [
    (
        Nonlinearity::Tanh,
        "tanh",
        "Hyperbolic tangent, the default of nn.RNN: it saturates, and its slope of at most 1 shrinks \
         gradients.",
    ),
    (
        Nonlinearity::Relu,
        "ReLU",
        "max(0, a): slope 1 or 0, so gradients pass unchanged or not at all, and states may explode.",
    ),
    (
        Nonlinearity::Identity,
        "identity",
        "No nonlinearity: gradients are powers of W_hh alone, the textbook case.",
    ),
];

pub(super) fn show(ui: &mut Ui, desk: &mut Desk<'_>) {
    match desk.session.question.weights.clone() {
        Weights::Draw(draw) => drawn(ui, desk, draw),
        Weights::File { path, nonlinearity, seed } => file(ui, desk, &path, nonlinearity, seed),
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
    ui.horizontal(|ui| desk.button(ui, Command::Open, true));
}

fn drawn(ui: &mut Ui, desk: &mut Desk<'_>, mut draw: Draw) {
    cell(ui, &mut desk.session.memory, &mut draw);
    count(
        ui,
        "Hidden size",
        "Units of a layer, H: the length of hₜ.",
        &mut draw.hidden_size,
        1..=NetworkSpec::MAX_HIDDEN,
    );
    count(
        ui,
        "Layers",
        "Layers stacked: each reads the hidden states of the one below.",
        &mut draw.num_layers,
        1..=NetworkSpec::MAX_LAYERS,
    );
    row(
        ui,
        "Weights as in",
        "Whose modules the random draw imitates, number for number from the same seed.",
        |ui| {
            let torch =
                "Two bias vectors, everything U(±1/√H), as nn.RNN, nn.LSTM and nn.GRU draw.";
            let notebook = "One bias vector, drawn as the course notebook’s own cells are.";
            let options =
                [(Recipe::Torch, "torch.nn", torch), (Recipe::Notebook, "notebook", notebook)];
            choice(ui, &mut draw.recipe, &options);
        },
    );
    initialisation(ui, &mut desk.session.memory, &mut draw);
    desk.session.question.weights = Weights::Draw(draw);
    seed(ui, desk);
}

fn cell(ui: &mut Ui, memory: &mut Memory, draw: &mut Draw) {
    let rnn = Cell::Rnn(memory.nonlinearity);
    row(ui, "Cell", "The recurrent cell of every layer.", |ui| {
        let options = [
            (rnn, "RNN", "Elman’s plain recurrent network: one state h, one matrix W_hh."),
            (
                Cell::Lstm,
                "LSTM",
                "Long short-term memory: a second state c is carried on by gates instead of by a \
                 matrix.",
            ),
            (Cell::Gru, "GRU", "Gated recurrent unit: a gate blends the old state with a new one."),
        ];
        choice(ui, &mut draw.cell, &options);
    });
    if let Cell::Rnn(nonlinearity) = &mut draw.cell {
        row(
            ui,
            "Nonlinearity",
            "The function f in hₜ = f(W_ih xₜ + b + W_hh hₜ₋₁).",
            |ui| {
                choice(ui, nonlinearity, &NONLINEARITIES);
            },
        );
        memory.nonlinearity = *nonlinearity;
    }
}

fn initialisation(ui: &mut Ui, memory: &mut Memory, draw: &mut Draw) {
    row(
        ui,
        "Wₕₕ init",
        "What replaces the drawn W_hh of every layer and gate, if anything.",
        |ui| {
            let options = [
                (Init::Default, "drawn", "The recipe’s own draw, U(±1/√H)."),
                (
                    Init::Orthogonal,
                    "orthogonal",
                    "A random orthogonal matrix: all |λ| are 1, so a linear network keeps gradients as \
                 they are (Saxe et al. 2014).",
                ),
                (
                    Init::Identity,
                    "identity",
                    "The identity matrix: with ReLU this is the IRNN of Le et al. (2015).",
                ),
            ];
            choice(ui, &mut draw.init, &options);
        },
    );
    if draw.cell != Cell::Lstm {
        return;
    }
    let tip = "Sets the sum of the forget gate’s biases: a large value keeps the gate open, and with \
               it the way of the gradient along cₜ. Off: as drawn.";
    row(ui, "Forget bias", tip, |ui| {
        let mut on = draw.forget_bias.is_some();
        named(ui.checkbox(&mut on, ""), "Forget bias, set").on_hover_text(tip);
        let value = egui::DragValue::new(&mut memory.forget_bias).speed(0.05).range(-100.0..=100.0);
        named(ui.add_enabled(on, value), "Forget bias").on_hover_text(tip);
        draw.forget_bias = on.then_some(memory.forget_bias);
    });
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

fn file(
    ui: &mut Ui,
    desk: &mut Desk<'_>,
    path: &Path,
    mut nonlinearity: Nonlinearity,
    mut seed: u64,
) {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    row(
        ui,
        "Weights from",
        "A file with torch.nn names; cell and sizes are read off its tensors.",
        |ui| {
            ui.add(egui::Label::new(RichText::new(name).strong()).truncate())
                .on_hover_text(path.display().to_string());
        },
    );
    if let Some(spec) = desk.spec {
        row(ui, "Holds", "What the file’s tensors say about the network.", |ui| {
            ui.add(egui::Label::new(spec.to_string()).wrap());
        });
        if matches!(spec.cell, Cell::Rnn(_)) {
            let tip = "A file of a plain RNN does not say which nonlinearity it was trained with.";
            row(ui, "Nonlinearity", tip, |ui| choice(ui, &mut nonlinearity, &NONLINEARITIES));
        }
    }
    let tip = "Draws the readout if the file holds none (head.weight, head.bias), and an input that \
               continues its stream.";
    row(ui, "Readout seed", tip, |ui| {
        let value = egui::DragValue::new(&mut seed).speed(0.1).update_while_editing(false);
        named(ui.add(value), "Readout seed").on_hover_text(tip);
    });
    desk.session.question.weights = Weights::File { path: path.to_owned(), nonlinearity, seed };
    let close = ui.button("Close the file").on_hover_text("Returns to the network drawn before.");
    if close.clicked() {
        desk.session.close_weights();
    }
}
