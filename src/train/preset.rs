//! Comparisons worth starting from: each notebook's own, and the one that shows the cure.

mod echo;
mod first_zero;
mod long_lag;
mod mnist1d;
mod running_mean;

use super::comparison::{Comparison, Contender, Feed, StopRule};
use super::optimizer::{Clip, Optimizer, Schedule};
use crate::flow::Precision;
use crate::network::{Cell, Design, Nonlinearity};
use crate::task::TaskChoice;

/// A comparison worth starting from.
#[derive(Clone, Debug, PartialEq)]
pub struct Preset {
    /// Its word on the command line.
    pub name: &'static str,
    /// Its name in the window.
    pub title: &'static str,
    /// What it is, and what it shows.
    pub about: &'static str,
    /// The comparisons, run one after another; usually one.
    pub rounds: Vec<Comparison>,
}

const TANH: Cell = Cell::Rnn(Nonlinearity::Tanh);

/// The presets of a task by its name; the first is what the task starts with. None for other names.
pub fn presets(task: &str) -> Vec<Preset> {
    match task {
        "running-mean" => running_mean::presets(),
        "first-zero" => first_zero::presets(),
        "mnist1d" => mnist1d::presets(),
        "long-lag" => long_lag::presets(),
        "echo" => echo::presets(),
        _ => Vec::new(),
    }
}

/// Contenders named after their cells, in the colours of their places.
fn contenders(designs: impl IntoIterator<Item = Design>) -> Vec<Contender> {
    let contender = |(color, design): (usize, Design)| Contender {
        name: design.cell.to_string().replace(" tanh", ""),
        color,
        design,
        budget: None,
    };
    designs.into_iter().enumerate().map(contender).collect()
}

/// What presets share: f32, no schedule, no clipping, data alike for all.
fn common(task: TaskChoice, designs: impl IntoIterator<Item = Design>) -> Comparison {
    Comparison {
        task,
        contenders: contenders(designs),
        optimizer: Optimizer::adam(1e-3),
        schedule: Schedule::Constant,
        clip: Clip::None,
        batch: 32,
        steps: 5000,
        seed: 0,
        feed: Feed::Fair,
        precision: Precision::F32,
        stop: StopRule::default(),
        probe_every: 50,
        evaluate_every: 0,
        trials: 1,
        lengths: Vec::new(),
        curriculum: None,
        one_by_one: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_task_has_presets_that_can_be_trained() {
        for task in TaskChoice::all() {
            let presets = presets(task.name());
            assert!(presets.len() > 1, "{}", task.name());
            assert!(presets.iter().any(|preset| preset.name == "notebook"), "{}", task.name());
            for preset in presets {
                for comparison in &preset.rounds {
                    comparison.validate().unwrap();
                    assert_eq!(comparison.task.name(), task.name());
                }
            }
        }
        assert!(presets("elsewhere").is_empty());
    }
}
