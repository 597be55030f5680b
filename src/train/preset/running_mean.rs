//! The running mean: the notebook's four shapes, in its own stream and on equal terms.

use super::super::comparison::{Comparison, Contender};
use super::super::optimizer::Optimizer;
use super::{Preset, TANH, common};
use crate::network::{Cell, Design};
use crate::task::{Loss, RunningMean, TaskChoice};

pub(super) fn presets() -> Vec<Preset> {
    let shapes = [(TANH, 1), (Cell::Lstm, 1), (TANH, 2), (Cell::Lstm, 2)];
    let task = TaskChoice::RunningMean(RunningMean::default());
    let named = shapes
        .into_iter()
        .enumerate()
        .map(|(color, (cell, layers))| Contender { color, ..Contender::new(cell, 32, layers) });
    let shapes = Comparison {
        contenders: named.collect(),
        optimizer: Optimizer::adam(1e-4),
        ..common(task.clone(), [])
    };
    let cells = [TANH, Cell::Lstm, Cell::Gru].map(|cell| Design::new(cell, 32, 1));
    vec![
        Preset {
            name: "shapes",
            title: "Four shapes",
            about: "RNN and LSTM of 32 units with one and two layers, drawn as torch.nn draws them; \
                    all see the same batches. Adam at 1e-4.",
            rounds: vec![shapes],
        },
        Preset {
            name: "notebook",
            title: "Notebook",
            about: "The course notebook's comparison: the same four shapes as its own cells with one \
                    bias, 5,000 batches of 32 in one random stream, first with a loss on all steps, \
                    then on the last step only. It gives the notebook's numbers.",
            rounds: [Loss::All, Loss::Last].map(Comparison::notebook).into(),
        },
        Preset {
            name: "fair",
            title: "Fair race",
            about: "RNN, LSTM and GRU of 32 units from the same seed on the same batches, at a \
                    learning rate of 1e-3.",
            rounds: vec![Comparison { steps: 3000, probe_every: 25, ..common(task, cells) }],
        },
    ]
}
