//! The update rule: optimiser, learning rate, schedule, clipping.

use egui::Ui;

use super::{decades, number};
use crate::app::widgets::{choice, row};
use crate::train::{Clip, Comparison, Optimizer, Schedule};

pub(super) fn show(ui: &mut Ui, comparison: &mut Comparison) {
    rule(ui, &mut comparison.optimizer);
    rate(ui, &mut comparison.optimizer);
    schedule(ui, &mut comparison.schedule, comparison.steps);
    clip(ui, &mut comparison.clip);
}

fn rule(ui: &mut Ui, optimizer: &mut Optimizer) {
    let lr = optimizer.lr();
    let tip = "The update rule, exactly as torch.optim computes it.";
    row(ui, "Rule", tip, |ui| {
        let options = [
            ("adam", "Adam", "Running means of gradient and square (Kingma and Ba 2015)."),
            ("adamw", "AdamW", "Adam with decoupled weight decay (Loshchilov and Hutter 2019)."),
            ("sgd", "SGD", "Gradient descent with momentum."),
            ("rmsprop", "RMSprop", "Divides by the running root mean square of the gradient."),
        ];
        let mut name = optimizer.name();
        if choice(ui, &mut name, &options) {
            *optimizer = match name {
                "adamw" => Optimizer::adamw(lr),
                "sgd" => Optimizer::sgd(lr, 0.9),
                "rmsprop" => Optimizer::rmsprop(lr),
                _ => Optimizer::adam(lr),
            };
        }
    });
}

fn rate(ui: &mut Ui, optimizer: &mut Optimizer) {
    let decay_tip = "Weight decay λ: pulls every parameter towards 0.";
    let eps_tip = "ε: added to the denominator, against division by 0.";
    let lr_tip = "η: how far an update goes. Too large diverges, too small learns nothing.";
    match optimizer {
        Optimizer::Adam { lr, betas, eps, weight_decay }
        | Optimizer::AdamW { lr, betas, eps, weight_decay } => {
            decades(ui, "Learning rate", lr_tip, lr, 1e6);
            let tip = "β₁: how much of the gradient’s running mean stays at each update.";
            number(ui, "Beta 1", tip, &mut betas.0, 0.002, 0.0..=0.9999);
            let tip = "β₂: how much of the square’s running mean stays at each update.";
            number(ui, "Beta 2", tip, &mut betas.1, 0.0005, 0.0..=0.999_999);
            decades(ui, "Epsilon", eps_tip, eps, 1.0);
            decades(ui, "Decay", decay_tip, weight_decay, 10.0);
        }
        Optimizer::Sgd { lr, momentum, weight_decay } => {
            decades(ui, "Learning rate", lr_tip, lr, 1e6);
            let tip = "How much of the last update is repeated.";
            number(ui, "Momentum", tip, momentum, 0.005, 0.0..=0.9999);
            decades(ui, "Decay", decay_tip, weight_decay, 10.0);
        }
        Optimizer::RmsProp { lr, alpha, eps, weight_decay } => {
            decades(ui, "Learning rate", lr_tip, lr, 1e6);
            let tip = "α: how much of the square’s running mean stays at each update.";
            number(ui, "Alpha", tip, alpha, 0.002, 0.0..=0.999_999);
            decades(ui, "Epsilon", eps_tip, eps, 1.0);
            decades(ui, "Decay", decay_tip, weight_decay, 10.0);
        }
    }
}

fn schedule(ui: &mut Ui, schedule: &mut Schedule, steps: u64) {
    let tip = "How the learning rate changes over training.";
    row(ui, "Schedule", tip, |ui| {
        let kind = |schedule: &Schedule| match schedule {
            Schedule::Constant => 0,
            Schedule::Cosine => 1,
            Schedule::Step { .. } => 2,
        };
        let mut chosen = kind(schedule);
        let options = [
            (0, "constant", "The same rate throughout."),
            (1, "cosine", "Falls to 0 over the budget along half a cosine."),
            (2, "step", "Multiplied by a factor after every so many updates."),
        ];
        if choice(ui, &mut chosen, &options) {
            *schedule = match chosen {
                1 => Schedule::Cosine,
                2 => Schedule::Step { every: (steps / 3).max(1), factor: 0.1 },
                _ => Schedule::Constant,
            };
        }
    });
    if let Schedule::Step { every, factor } = schedule {
        number(
            ui,
            "Cut every",
            "Updates between two cuts of the rate.",
            every,
            10.0,
            1..=10_000_000,
        );
        number(ui, "Cut to", "What the rate is multiplied by.", factor, 0.01, 0.0..=1.0);
    }
}

fn clip(ui: &mut Ui, clip: &mut Clip) {
    let tip = "What happens to large gradients before the update.";
    row(ui, "Clip", tip, |ui| {
        let kind = |clip: &Clip| match clip {
            Clip::None => 0,
            Clip::Norm(_) => 1,
            Clip::Value(_) => 2,
        };
        let mut chosen = kind(clip);
        let options = [
            (0, "none", "Gradients are taken as they are."),
            (1, "norm", "All gradients together are scaled down to a norm (Pascanu et al. 2013)."),
            (2, "value", "Every number is cut to a size."),
        ];
        if choice(ui, &mut chosen, &options) {
            *clip = match chosen {
                1 => Clip::Norm(1.0),
                2 => Clip::Value(1.0),
                _ => Clip::None,
            };
        }
    });
    match clip {
        Clip::None => {}
        Clip::Norm(limit) => {
            decades(ui, "Clip to", "The norm that gradients are scaled down to.", limit, 1e6);
        }
        Clip::Value(limit) => {
            decades(ui, "Clip to", "The size that numbers are cut to.", limit, 1e6);
        }
    }
}
