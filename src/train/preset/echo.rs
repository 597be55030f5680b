//! Echo: the notebook's narrow network, and wider ones.

use super::super::comparison::{Comparison, StopRule};
use super::super::optimizer::Optimizer;
use super::{Preset, common};
use crate::network::{Cell, Design, Wiring};
use crate::task::{Echo, TaskChoice};

pub(super) fn presets() -> Vec<Preset> {
    let design =
        |hidden| Design { wiring: Wiring::Skips, ticks: 3, ..Design::new(Cell::Lstm, hidden, 2) };
    let base = |sizes: &[usize], lr, steps| {
        let mut comparison = Comparison {
            optimizer: Optimizer::adam(lr),
            batch: 4,
            steps,
            probe_every: 50,
            ..common(TaskChoice::Echo(Echo::default()), sizes.iter().map(|size| design(*size)))
        };
        for contender in &mut comparison.contenders {
            contender.name = format!("{} units", contender.design.hidden_size);
        }
        comparison
    };
    let enough = StopRule { target_loss: None, ..StopRule::default() };
    vec![
        Preset {
            name: "notebook",
            title: "Notebook",
            about: "Two LSTM layers of 8 units with skip connections, 3 ticks a step, memory carried \
                    from epoch to epoch, Adam at 1e-3, 5,000 epochs. The notebook expects a loss \
                    below 0.001 and never gets there: 8 units cannot span 10 outputs.",
            rounds: vec![base(&[8], 1e-3, 5000)],
        },
        Preset {
            name: "enough-units",
            title: "Enough units",
            about: "The same with 8, 10, 12, 16 and 32 units: from 10 on the loss falls below 0.001.",
            rounds: vec![Comparison { stop: enough, ..base(&[8, 10, 12, 16, 32], 1e-3, 2000) }],
        },
        Preset {
            name: "faster",
            title: "Enough units, faster",
            about: "As before at a learning rate of 0.01: 51 to 192 epochs instead of 179 to 1,385.",
            rounds: vec![Comparison { stop: enough, ..base(&[8, 10, 12, 16, 32], 1e-2, 400) }],
        },
    ]
}
