//! Comparisons worth starting from.

use egui::Ui;

use crate::network::{Cell, Nonlinearity};
use crate::task::Loss;
use crate::train::{Comparison, Contender, Feed, Optimizer};

/// Name and explanation of each preset.
const PRESETS: [(&str, &str); 3] = [
    (
        "Notebook, all steps",
        "The course notebook’s comparison: RNN and LSTM with one and two layers of 32 units learn the \
         running mean of ten steps, Adam at 1e-4, 5,000 batches of 32, in one random stream. It \
         gives the notebook’s numbers.",
    ),
    (
        "Notebook, last step",
        "The notebook’s second round: the same networks, with a loss on the last step only. Gradients \
         then have to travel back through all ten steps.",
    ),
    (
        "Fair race",
        "RNN, LSTM and GRU of 32 units drawn from the same seed, which all see the same batches, at \
         a learning rate of 1e-3.",
    ),
];

pub(super) fn show(ui: &mut Ui, comparison: &mut Comparison, selected: &mut usize) {
    ui.horizontal_wrapped(|ui| {
        for (index, (name, tip)) in PRESETS.into_iter().enumerate() {
            let preset = preset(index);
            let button = egui::Button::new(name).selected(*comparison == preset);
            if ui.add(button).on_hover_text(tip).clicked() {
                *comparison = preset;
                *selected = 0;
            }
        }
    });
}

fn preset(index: usize) -> Comparison {
    match index {
        0 => Comparison::notebook(Loss::All),
        1 => Comparison::notebook(Loss::Last),
        _ => fair(),
    }
}

fn fair() -> Comparison {
    let cells = [Cell::Rnn(Nonlinearity::Tanh), Cell::Lstm, Cell::Gru];
    let contender = |(color, cell): (usize, Cell)| Contender {
        name: cell.to_string(),
        color,
        ..Contender::new(cell, 32, 1)
    };
    Comparison {
        contenders: cells.into_iter().enumerate().map(contender).collect(),
        optimizer: Optimizer::adam(1e-3),
        steps: 3000,
        feed: Feed::Fair,
        probe_every: 25,
        ..Comparison::notebook(Loss::All)
    }
}
