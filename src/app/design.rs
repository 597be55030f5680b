//! The controls of a network's design, the same for the network of Explore and for each contender.

use egui::Ui;

use super::widgets::{choice, count, named, row};
use crate::network::{
    Cell, Design, GateBias, Init, InputInit, NetworkSpec, Nonlinearity, Recipe, Wiring,
};
use crate::session::Memory;

/// What the nonlinearities do.
pub const NONLINEARITIES: [(Nonlinearity, &str, &str); 3] = [
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

/// Draws all controls.
pub fn show(ui: &mut Ui, design: &mut Design, memory: &mut Memory) {
    cell(ui, design, memory);
    let tip = "Units of a layer, H: the length of hₜ.";
    count(ui, "Hidden size", tip, &mut design.hidden_size, 1..=NetworkSpec::MAX_HIDDEN);
    let tip = "Layers stacked: each reads the hidden states of the one below.";
    count(ui, "Layers", tip, &mut design.num_layers, 1..=NetworkSpec::MAX_LAYERS);
    wiring(ui, design);
    if design.wiring == Wiring::Stacked {
        recipe(ui, &mut design.recipe);
    }
    initialisation(ui, design);
    gate_bias(ui, design, memory);
}

fn cell(ui: &mut Ui, design: &mut Design, memory: &mut Memory) {
    let rnn = match design.cell {
        Cell::Rnn(nonlinearity) => Cell::Rnn(nonlinearity),
        Cell::Lstm | Cell::Gru => Cell::Rnn(memory.nonlinearity),
    };
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
        choice(ui, &mut design.cell, &options);
    });
    if let Cell::Rnn(nonlinearity) = &mut design.cell {
        let tip = "The function f in hₜ = f(W_ih xₜ + b + W_hh hₜ₋₁).";
        row(ui, "Nonlinearity", tip, |ui| {
            choice(ui, nonlinearity, &NONLINEARITIES);
        });
        memory.nonlinearity = *nonlinearity;
    }
}

fn wiring(ui: &mut Ui, design: &mut Design) {
    row(ui, "Wiring", "Who reads whom in a network of several layers.", |ui| {
        let options = [
            (Wiring::Stacked, "stacked", "Each layer reads the hidden states of the one below."),
            (
                Wiring::Skips,
                "skips",
                "Every layer reads the input, and the h of the layer below in the same tick; the \
                 lowest that of the top layer in the tick before (as the DRC of Guez et al. 2019).",
            ),
        ];
        choice(ui, &mut design.wiring, &options);
    });
    let tip = "Times that each input step is read before its prediction. The time axis is then \
               tick by tick.";
    count(ui, "Ticks", tip, &mut design.ticks, 1..=NetworkSpec::MAX_TICKS);
}

fn recipe(ui: &mut Ui, recipe: &mut Recipe) {
    let tip = "Whose modules the random draw imitates, number for number from the same seed.";
    row(ui, "Weights as in", tip, |ui| {
        let torch = "Two bias vectors, everything U(±1/√H), as nn.RNN, nn.LSTM and nn.GRU draw.";
        let notebook = "One bias vector, drawn as the course notebook’s own cells are.";
        let lab = "As torch.nn, but each matrix is drawn as its transpose, as cells that compute \
                   x W do.";
        let options = [
            (Recipe::Torch, "torch.nn", torch),
            (Recipe::Notebook, "notebook", notebook),
            (Recipe::Lab, "lab", lab),
        ];
        choice(ui, recipe, &options);
    });
}

fn initialisation(ui: &mut Ui, design: &mut Design) {
    let tip = "What replaces the drawn W_hh of every layer and gate, if anything.";
    row(ui, "Wₕₕ init", tip, |ui| {
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
        choice(ui, &mut design.init, &options);
    });
    let tip = "What replaces the drawn W_ih of every layer, if anything.";
    row(ui, "Wᵢₕ init", tip, |ui| {
        let options = [
            (InputInit::Default, "drawn", "The recipe’s own draw."),
            (
                InputInit::Normal,
                "normal",
                "Independent N(0, 1) weights: one-hot symbols then move the gates visibly.",
            ),
        ];
        choice(ui, &mut design.input_init, &options);
    });
}

/// Which rule, without its number.
#[derive(Clone, Copy, PartialEq)]
enum Rule {
    Drawn,
    Forget,
    Hold,
    Chrono,
}

/// The rules that a cell offers, with what each does.
const RULES: [(Rule, &str, &str); 4] = [
    (Rule::Drawn, "drawn", "The recipe’s own draw."),
    (
        Rule::Forget,
        "forget",
        "Sets the sum of the forget gate’s biases: a large value keeps the gate open, and with it \
         the way of the gradient along cₜ (Gers et al. 2000; Jozefowicz et al. 2015).",
    ),
    (
        Rule::Hold,
        "hold",
        "b on the gate that keeps the state and −b on the one that writes: units hold for \
         about eᵇ steps. All other biases are 0.",
    ),
    (
        Rule::Chrono,
        "chrono",
        "Holding times spread from 1 to T_max steps: ln U(1, T_max − 1) on the forget gate, the \
         opposite on the input gate, 0 elsewhere (Tallec & Ollivier 2018).",
    ),
];

fn gate_bias(ui: &mut Ui, design: &mut Design, memory: &mut Memory) {
    if matches!(design.cell, Cell::Rnn(_)) {
        return;
    }
    let mut rule = remembered(design.gate_bias, memory);
    // A GRU has no forget gate: its biases are as drawn, and the rule waits for the LSTM.
    let waits = design.cell == Cell::Gru && rule == Rule::Forget;
    if waits {
        rule = Rule::Drawn;
    }
    row(ui, "Gate biases", "What replaces the drawn biases of the gates, if anything.", |ui| {
        let [drawn, forget, hold, chrono] = RULES;
        if design.cell == Cell::Lstm {
            choice(ui, &mut rule, &[drawn, forget, hold, chrono]);
        } else {
            choice(ui, &mut rule, &[drawn, hold, chrono]);
        }
    });
    if !(waits && rule == Rule::Drawn) {
        design.gate_bias = with_number(ui, rule, memory);
    }
}

/// The rule in force; its number is kept for when another one was looked at.
fn remembered(gate_bias: GateBias, memory: &mut Memory) -> Rule {
    match gate_bias {
        GateBias::Drawn => Rule::Drawn,
        GateBias::Forget(bias) => {
            memory.forget_bias = bias;
            Rule::Forget
        }
        GateBias::Hold(bias) => {
            memory.hold_bias = bias;
            Rule::Hold
        }
        GateBias::Chrono(steps) => {
            memory.chrono = steps;
            Rule::Chrono
        }
    }
}

/// The control of the rule's number, and the rule with it.
fn with_number(ui: &mut Ui, rule: Rule, memory: &mut Memory) -> GateBias {
    let value = |ui: &mut Ui, label: &str, tip: &str, value: &mut f64, range| {
        row(ui, label, tip, |ui| {
            let value = egui::DragValue::new(value).speed(0.05).range(range);
            named(ui.add(value.update_while_editing(false)), label).on_hover_text(tip);
        });
    };
    match rule {
        Rule::Drawn => GateBias::Drawn,
        Rule::Forget => {
            let tip = "The sum of the forget gate’s biases.";
            value(ui, "Forget bias", tip, &mut memory.forget_bias, -100.0..=100.0);
            GateBias::Forget(memory.forget_bias)
        }
        Rule::Hold => {
            let tip = "The bias b: units hold their state for about eᵇ steps.";
            value(ui, "Hold bias", tip, &mut memory.hold_bias, -100.0..=100.0);
            GateBias::Hold(memory.hold_bias)
        }
        Rule::Chrono => {
            let tip = "T_max: the longest memory asked for, in steps.";
            value(ui, "T_max", tip, &mut memory.chrono, 2.0..=1e6);
            GateBias::Chrono(memory.chrono)
        }
    }
}
