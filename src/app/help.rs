//! Formulas of the present cell, how to read each plot, and all shortcuts.

use egui::{RichText, Ui};

use super::commands::Command;
use crate::network::{Cell, Nonlinearity};
use crate::session::Pane;

/// How to read each plot: its name and a few sentences.
const PLOTS: [(&str, &str); 7] = [
    (
        "Hidden state",
        "‖hₜ‖, the length of the state after each step, of the first sequence. A flat line near √H is \
         a saturated tanh; a line that climbs off the plot is an exploding state.",
    ),
    (
        "Gradient",
        "‖∂L/∂hₜ‖ on a logarithmic axis: how much a change of the state at step t would still move \
         the loss. A straight line that falls towards step 1 is a vanishing gradient, one that rises \
         towards step 1 an exploding one. Read it from the right, the way backpropagation goes.",
    ),
    (
        "Eigenvalues",
        "Each dot is an eigenvalue of the matrix that carries the state from step to step; the ring \
         marks the largest. Inside the unit circle vectors shrink, outside they grow. For an RNN the \
         matrix is W_hh; for an LSTM or a GRU it is the Jacobian of one step.",
    ),
    (
        "Sequence",
        "What the network read, what it should have said (the running mean of the input) and what it \
         said. The network is untrained, so expect no likeness.",
    ),
    (
        "Training loss",
        "The loss of every batch, pale, and its running mean, strong, on a logarithmic axis. A dashed \
         line is what a network that always says the same would lose. A ring marks the last loss \
         before a training diverged.",
    ),
    (
        "Predictions",
        "Four sequences that no network trains on: input, target and the answer of every contender at \
         the moment chosen with the slider.",
    ),
    (
        "Gradient through training",
        "‖∂L/∂hₜ‖ of one layer as colours: step t upwards, training from left to right. Dark at the \
         bottom means that early steps teach the network nothing. Click the map, or move the slider \
         under it, to go back; the curve beside it is a cut through the map.",
    ),
];

/// How to read the views that explain.
const VIEWS: [(Pane, &str); 7] = [
    (
        Pane::Itemized,
        "A row is the loss of one step, a column a state. How wide the bright band along the diagonal \
         is tells how far credit flows; the line marks where a thousandth is left.",
    ),
    (
        Pane::Theory,
        "The measured gradient, the slope that |λ|max predicts for the long run, and the bound that \
         σmax sets. The sentences beneath say what parts them here, such as saturation or a matrix that \
         is not normal, and which word stands for how much is left.",
    ),
    (
        Pane::Jacobians,
        "The band holds the singular values of every step’s Jacobian, the next plot those of their \
         product. Lyapunov exponents are their logarithms a step: below 0 vanishes, above 0 explodes.",
    ),
    (
        Pane::Landscape,
        "Every cell is a network of other scales: how much larger the gradient is at the first step \
         than at the last. On the line it neither grows nor shrinks. Drag the cross-hair to go there.",
    ),
    (
        Pane::Gates,
        "A row is a unit, a column a step. A forget gate near 1 is a highway for the gradient of its \
         cell, one near 0 a wall. Saturated units pass no gradient to their own inputs.",
    ),
    (
        Pane::Weights,
        "The update of the recurrent weights is a sum over steps. Where the parts of early steps are \
         missing, nothing that long ago was learnt from, however healthy the sum looks.",
    ),
    (
        Pane::Check,
        "Every gradient in two ways: by autograd, and by moving the parameter a little and running the \
         network again. Below it, what single precision has lost of the gradient.",
    ),
];

/// Marks for numbers that have no place on an axis.
const MARKS: &str = "▽ at the floor: exactly zero, or below the axis (underflow).   ▲ at an edge: \
                     infinite, or beyond the axis (overflow).   ✕ at the bottom: not a number (NaN). \
                     They are results, and a sentence under the plot says what happened.";

/// Gestures that have no button.
const GESTURES: [(&str, &str); 9] = [
    ("point at a plot", "marks the same step in all plots and in the table"),
    ("drag across a plot", "zooms in; double-click returns to all of it"),
    ("Ctrl + wheel on a plot", "zooms about the pointer"),
    ("double-click a scale", "sets it back to 1"),
    ("← and →", "move the slider that was clicked last by 0.05"),
    ("drag the cross-hair", "moves both scales over the landscape"),
    ("drag a tab", "puts its view beside, above or below another"),
    ("Esc", "brings everything back when one pane has the whole window"),
    ("drop files", "opens .safetensors weights or .csv sequences"),
];

/// Shows the window if it is open. Returns whether it stays open.
pub fn show(ctx: &egui::Context, cell: Cell, open: &mut bool) {
    let room = ctx.content_rect().shrink(12.0);
    egui::Window::new("Help")
        .open(open)
        .collapsible(false)
        .resizable(true)
        .default_size(egui::vec2(660.0, 620.0).min(room.size()))
        .title_frame(egui::Frame::NONE.inner_margin(egui::Margin::symmetric(14, 8)))
        .max_width(room.width())
        .max_height(room.height())
        .pivot(egui::Align2::CENTER_CENTER)
        .default_pos(room.center())
        .show(ctx, |ui| {
            egui::ScrollArea::vertical()
                .auto_shrink([false, false])
                .show(ui, |ui| contents(ui, cell));
        });
}

fn contents(ui: &mut Ui, cell: Cell) {
    heading(ui, &format!("The present cell: {cell}"));
    for line in formulas(cell) {
        ui.label(RichText::new(*line).size(15.0));
    }
    ui.add_space(2.0);
    text(ui, meaning(cell));
    heading(ui, "How to read the plots");
    for (name, story) in PLOTS {
        ui.label(RichText::new(name).strong());
        text(ui, story);
    }
    heading(ui, "How to read the views under See why");
    for (pane, story) in VIEWS {
        ui.label(RichText::new(format!("{}: {}", pane.name(), pane.question())).strong());
        text(ui, story);
    }
    heading(ui, "Marks");
    text(ui, MARKS);
    heading(ui, "With the mouse");
    for (gesture, effect) in GESTURES {
        pair(ui, gesture, effect);
    }
    heading(ui, "With the keyboard");
    for command in Command::ALL {
        let shortcut = ui.ctx().format_shortcut(&command.shortcut());
        pair(ui, &shortcut, command.explanation());
    }
}

fn heading(ui: &mut Ui, title: &str) {
    ui.add_space(8.0);
    ui.label(RichText::new(title).heading().strong());
}

fn text(ui: &mut Ui, story: &str) {
    ui.add(egui::Label::new(story).wrap().selectable(true));
}

fn pair(ui: &mut Ui, left: &str, right: &str) {
    ui.horizontal_top(|ui| {
        let size = egui::vec2(150.0, 18.0);
        ui.allocate_ui_with_layout(size, egui::Layout::left_to_right(egui::Align::Min), |ui| {
            ui.set_min_size(size);
            ui.label(RichText::new(left).strong());
        });
        ui.add(egui::Label::new(right).wrap());
    });
}

/// The forward pass, in the notation of torch.nn; both biases are written as one b.
fn formulas(cell: Cell) -> &'static [&'static str] {
    match cell {
        Cell::Rnn(Nonlinearity::Tanh) => {
            &["hₜ = tanh(W_ih xₜ + b + W_hh hₜ₋₁)", "∂L/∂hₜ₋₁ = W_hhᵀ ((1 − hₜ²) ⊙ ∂L/∂hₜ)"]
        }
        Cell::Rnn(Nonlinearity::Relu) => {
            &["hₜ = max(0, W_ih xₜ + b + W_hh hₜ₋₁)", "∂L/∂hₜ₋₁ = W_hhᵀ ([hₜ > 0] ⊙ ∂L/∂hₜ)"]
        }
        Cell::Rnn(Nonlinearity::Identity) => {
            &["hₜ = W_ih xₜ + b + W_hh hₜ₋₁", "∂L/∂hₜ₋₁ = W_hhᵀ ∂L/∂hₜ"]
        }
        Cell::Lstm => &[
            "iₜ, fₜ, oₜ = σ(W_i· xₜ + b_i· + W_h· hₜ₋₁)   one each of input, forget and output gate",
            "gₜ = tanh(W_ig xₜ + b_g + W_hg hₜ₋₁)",
            "cₜ = fₜ ⊙ cₜ₋₁ + iₜ ⊙ gₜ",
            "hₜ = oₜ ⊙ tanh(cₜ)",
            "∂cₜ/∂cₜ₋₁ = diag(fₜ) + terms through the gates",
        ],
        Cell::Gru => &[
            "rₜ, zₜ = σ(W_i· xₜ + b_i· + W_h· hₜ₋₁)   reset and update gate",
            "nₜ = tanh(W_in xₜ + b_in + rₜ ⊙ (W_hn hₜ₋₁ + b_hn))",
            "hₜ = (1 − zₜ) ⊙ nₜ + zₜ ⊙ hₜ₋₁",
            "∂hₜ/∂hₜ₋₁ = diag(zₜ) + terms through the gates",
        ],
    }
}

fn meaning(cell: Cell) -> &'static str {
    match cell {
        Cell::Rnn(Nonlinearity::Tanh) => {
            "Going back a step multiplies the gradient by W_hhᵀ and by the slope 1 − hₜ² ≤ 1. With \
             |λ|max < 1 it vanishes. With |λ|max > 1 it may explode, but saturated units, whose slope \
             is near 0, often make it vanish all the same."
        }
        Cell::Rnn(Nonlinearity::Relu) => {
            "Going back a step multiplies the gradient by W_hhᵀ for active units and by 0 for the \
             others. Nothing saturates, so |λ|max > 1 among the active units lets states and gradients \
             explode."
        }
        Cell::Rnn(Nonlinearity::Identity) => {
            "Going back k steps multiplies the gradient by (W_hhᵀ)ᵏ: it grows or shrinks like |λ|maxᵏ, \
             the textbook case. An orthogonal W_hh keeps its length."
        }
        Cell::Lstm => {
            "The gradient travels along cₜ through the forget gate, without a matrix in its way. At the \
             default initialisation fₜ is near ½, so it vanishes here too: raise the forget bias and \
             watch it arrive."
        }
        Cell::Gru => {
            "The update gate zₜ carries the gradient past the matrices. At the default initialisation \
             zₜ is near ½, so it still shrinks by about half a step."
        }
    }
}
