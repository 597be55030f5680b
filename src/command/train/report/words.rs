//! A task and a network in words.

use crate::network::{Design, GateBias, Init, InputInit, NetworkSpec, Reading, Recipe, Wiring};
use crate::task::{Distractors, Memory, Place, TaskChoice};
use crate::train::Contender;
use crate::visible;

/// What is learned, and by which loss.
pub(super) fn task(task: &TaskChoice) -> String {
    match task {
        TaskChoice::RunningMean(task) => {
            format!("mean of {} numbers; mean squared error, {}", task.length, task.loss)
        }
        TaskChoice::FirstZero(task) => {
            let place = match task.place {
                Place::Leading => "at the first",
                Place::Last => "at the last",
                Place::Anywhere => "at any",
            };
            format!("ones, with or without a zero {place} step; binary cross-entropy, last step")
        }
        TaskChoice::Mnist1d(task) => {
            let file = task.file.as_ref().map(|file| visible::path(file));
            let source = file.unwrap_or_else(|| "as generated from the recipe".to_owned());
            format!("MNIST-1D, {source}; cross-entropy, all states")
        }
        TaskChoice::LongLag(task) => {
            let distractors = match task.distractors {
                Distractors::Chain => "chained",
                Distractors::Sorted => "sorted",
                Distractors::Independent => "independent",
            };
            let pool = task.pool.map(|pool| format!(", {pool} fixed sequences"));
            let slips = if task.slips { ", with the notebook's slips" } else { "" };
            format!(
                "p = {}, {distractors} distractors{}{slips}; cross-entropy, {}",
                task.symbols,
                pool.unwrap_or_default(),
                task.loss
            )
        }
        TaskChoice::Echo(task) => {
            let memory = match task.memory {
                Memory::Carried => "carried from epoch to epoch",
                Memory::Reset => "reset in every epoch",
            };
            let (steps, features) = (task.length, task.features);
            format!(
                "{steps} steps of {features} numbers, memory {memory}; mean squared error, all steps"
            )
        }
    }
}

/// Cell, layers, what was done to the draw, readout and size.
pub(super) fn network(contender: &Contender, task: &TaskChoice) -> String {
    let Design {
        cell,
        hidden_size,
        num_layers,
        wiring,
        ticks,
        recipe,
        init,
        input_init,
        gate_bias,
    } = contender.design;
    let spec = contender.spec(task);
    let layers = if num_layers == 1 { "layer" } else { "layers" };
    let mut parts = vec![format!("{cell}, {num_layers} {layers} of {hidden_size} units")];
    if wiring == Wiring::Skips {
        parts.push("skip connections, each gate an nn.Linear".to_owned());
    }
    if ticks > 1 {
        parts.push(format!("{ticks} ticks a step"));
    }
    parts.extend(match recipe {
        _ if wiring == Wiring::Skips => None,
        Recipe::Torch => Some("drawn as torch.nn does".to_owned()),
        Recipe::Notebook => Some("drawn as the notebook's own cells, one bias".to_owned()),
        Recipe::Lab => Some("drawn as the lab's own cells".to_owned()),
    });
    match init {
        Init::Default => {}
        Init::Orthogonal => parts.push("orthogonal W_hh".to_owned()),
        Init::Identity => parts.push("identity W_hh".to_owned()),
    }
    if input_init == InputInit::Normal {
        parts.push("W_ih from N(0, 1)".to_owned());
    }
    match gate_bias {
        GateBias::Drawn => {}
        GateBias::Forget(bias) => parts.push(format!("forget-gate bias {bias}")),
        GateBias::Hold(bias) => parts.push(format!("gates held by a bias of {bias}")),
        GateBias::Chrono(steps) => parts.push(format!("chrono initialisation, T_max = {steps}")),
    }
    parts.push(readout(&spec).to_owned());
    parts.push(format!("{} parameters", spec.parameter_count()));
    parts.join(", ")
}

fn readout(spec: &NetworkSpec) -> &'static str {
    match spec.reading {
        Reading::EachStep => "linear readout of every step",
        Reading::LastStep => "linear readout of the last step",
        Reading::LastStepRelu => "ReLU and linear readout of the last step",
        Reading::AllSteps(_) => "linear readout of all steps together",
        Reading::States => "no readout",
    }
}
