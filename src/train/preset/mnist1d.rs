//! MNIST-1D: the lab's three networks.

use super::super::comparison::Comparison;
use super::super::optimizer::Optimizer;
use super::{Preset, TANH, common};
use crate::network::{Cell, Design, Recipe};
use crate::task::{Mnist1d, TaskChoice};

pub(super) fn presets() -> Vec<Preset> {
    let designs = [TANH, Cell::Gru, Cell::Lstm]
        .map(|cell| Design { recipe: Recipe::Lab, ..Design::new(cell, 10, 1) });
    let optimizer =
        Optimizer::Adam { lr: 1e-2, betas: (0.9, 0.999), eps: 1e-8, weight_decay: 1e-3 };
    let lab = Comparison {
        optimizer,
        batch: 100,
        steps: 4000,
        probe_every: 80,
        evaluate_every: 40,
        ..common(TaskChoice::Mnist1d(Mnist1d::default()), designs)
    };
    let torch = |comparison: &Comparison| {
        let mut other = comparison.clone();
        for contender in &mut other.contenders {
            contender.design.recipe = Recipe::Torch;
        }
        other
    };
    vec![
        Preset {
            name: "notebook",
            title: "Lab",
            about: "Vanilla RNN, GRU and LSTM of 10 units; all 40 hidden states side by side feed \
                    one linear layer. Cross-entropy, Adam at 0.01 with an L2 term of 0.001, 100 \
                    epochs of 40 batches of 100 in fixed order.",
            rounds: vec![lab.clone()],
        },
        Preset {
            name: "three-seeds",
            title: "Three seeds",
            about: "The lab's comparison from three seeds, weights drawn as torch.nn draws them: is \
                    the ranking luck?",
            rounds: vec![Comparison { trials: 3, ..torch(&lab) }],
        },
    ]
}
