//! The selected contender: name, cell, sizes, how its weights are drawn.

use egui::Ui;

use super::optional;
use crate::app::widgets::{choice, count, named, row};
use crate::network::{Init, Recipe};
use crate::network::{Cell, NetworkSpec, Nonlinearity};
use crate::session::Memory;
use crate::train::Contender;

pub(super) fn show(ui: &mut Ui, contender: &mut Contender, memory: &mut Memory) {
    let tip = "Its name in legends, tables and files.";
    row(ui, "Name", tip, |ui| {
        let field = egui::TextEdit::singleline(&mut contender.name).desired_width(f32::INFINITY);
        named(ui.add(field.char_limit(60)), "Contender’s name").on_hover_text(tip);
    });
    let automatic = |contender: &Contender| {
        let Contender { cell, hidden_size, num_layers, .. } = *contender;
        Contender::new(cell, hidden_size, num_layers).name
    };
    // A name that says what it is goes on doing so.
    let follows = contender.name == automatic(contender);
    cell(ui, contender, memory);
    let tip = "Units of a layer, H: the length of hₜ.";
    count(ui, "Hidden size", tip, &mut contender.hidden_size, 1..=NetworkSpec::MAX_HIDDEN);
    let tip = "Layers stacked: each reads the hidden states of the one below.";
    count(ui, "Layers", tip, &mut contender.num_layers, 1..=NetworkSpec::MAX_LAYERS);
    let tip = "Whose modules the random draw imitates, number for number from the same seed.";
    row(ui, "Weights as in", tip, |ui| {
        let torch = "Two bias vectors, everything U(±1/√H), as nn.RNN, nn.LSTM and nn.GRU draw.";
        let notebook = "One bias vector, drawn as the course notebook’s own cells are.";
        let options =
            [(Recipe::Torch, "torch.nn", torch), (Recipe::Notebook, "notebook", notebook)];
        choice(ui, &mut contender.recipe, &options);
    });
    let tip = "What replaces the drawn W_hh of every layer and gate, if anything.";
    row(ui, "Wₕₕ init", tip, |ui| {
        let options = [
            (Init::Default, "drawn", "The recipe’s own draw, U(±1/√H)."),
            (Init::Orthogonal, "orthogonal", "A random orthogonal matrix (Saxe et al. 2014)."),
            (Init::Identity, "identity", "The identity; with ReLU the IRNN of Le et al. (2015)."),
        ];
        choice(ui, &mut contender.init, &options);
    });
    if contender.cell == Cell::Lstm {
        let tip = "Sets the sum of the forget gate’s biases at the start: a large value keeps the \
                   gate open, and with it the way of the gradient along cₜ. Off: as drawn.";
        optional(ui, "Forget bias", tip, &mut contender.forget_bias, 1.0, 0.05, -100.0..=100.0);
    }
    if follows {
        contender.name = automatic(contender);
    }
}

fn cell(ui: &mut Ui, contender: &mut Contender, memory: &mut Memory) {
    let rnn = match contender.cell {
        Cell::Rnn(nonlinearity) => Cell::Rnn(nonlinearity),
        Cell::Lstm | Cell::Gru => Cell::Rnn(memory.nonlinearity),
    };
    row(ui, "Cell", "The recurrent cell of every layer.", |ui| {
        let options = [
            (rnn, "RNN", "Elman’s plain recurrent network: one state h, one matrix W_hh."),
            (Cell::Lstm, "LSTM", "Long short-term memory: a second state c, carried on by gates."),
            (Cell::Gru, "GRU", "Gated recurrent unit: a gate blends the old state with a new one."),
        ];
        choice(ui, &mut contender.cell, &options);
    });
    if let Cell::Rnn(nonlinearity) = &mut contender.cell {
        row(
            ui,
            "Nonlinearity",
            "The function f in hₜ = f(W_ih xₜ + b + W_hh hₜ₋₁).",
            |ui| {
                let options = [
                    (
                        Nonlinearity::Tanh,
                        "tanh",
                        "Saturates: its slope of at most 1 shrinks gradients.",
                    ),
                    (Nonlinearity::Relu, "ReLU", "max(0, a): slope 1 or 0; states may explode."),
                    (Nonlinearity::Identity, "identity", "None: a linear recurrence."),
                ];
                choice(ui, nonlinearity, &options);
            },
        );
    }
}
