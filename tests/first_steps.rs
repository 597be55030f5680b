//! The first steps of each notebook's training, and the claims of the presets in short.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::golden::{assert_close, numbers};
use common::{floats, json};
use rnnscope::network::Cell;
use rnnscope::task::{FirstZero, Loss, Place, TaskChoice};
use rnnscope::train::{Comparison, Contender, LineUp, Trainee, presets};

fn preset(task: &str, name: &str) -> Comparison {
    let presets = presets(task);
    presets.iter().find(|preset| preset.name == name).unwrap().rounds[0].clone()
}

/// Trains one entry to the end of its budget, or until it stops.
fn train(comparison: &Comparison, entry: usize) -> Trainee {
    let mut trainee = LineUp::new(comparison).unwrap().trainees.remove(entry);
    while trainee.step().unwrap().is_none() {}
    trainee
}

fn losses(trainee: &Trainee) -> Vec<f64> {
    trainee.log().losses.iter().map(|loss| f64::from(*loss)).collect()
}

/// First zero: one update on the sequence with the zero, one on ones, SGD with momentum.
#[test]
fn first_zero_begins_as_in_pytorch() {
    for run in json("seed2_steps.json").as_array().unwrap() {
        let cell = match run["kind"].as_str().unwrap() {
            "RNN" => Cell::Rnn(rnnscope::network::Nonlinearity::Tanh),
            _ => Cell::Lstm,
        };
        let length = run["L"].as_u64().unwrap() as usize;
        let hidden = run["hidden"].as_u64().unwrap() as usize;
        let expected = floats(&run["losses"]);
        let comparison = Comparison {
            task: TaskChoice::FirstZero(FirstZero { length, place: Place::Leading }),
            contenders: vec![Contender::new(cell, hidden, 1)],
            seed: run["seed"].as_u64().unwrap(),
            steps: expected.len() as u64,
            ..preset("first-zero", "notebook")
        };
        let line_up = LineUp::new(&comparison).unwrap();
        let network = line_up.trainees[0].network();
        for (name, tensor) in network.named() {
            let theirs = match name.strip_prefix("head.") {
                Some(part) => &run["init"][format!("hidden2label.{part}")],
                None => &run["init"][format!("rnn.{name}")],
            };
            assert_close(&name, &numbers(tensor), &floats(theirs), 1e-9);
        }
        let found = losses(&train(&comparison, 0));
        assert_close(&format!("{cell}"), &found, &expected, 2e-5);
    }
}

/// The stacked LSTM with skips and ticks: its weights, and a hundred epochs of Adam with memory
/// carried on.
#[test]
fn echo_begins_as_in_pytorch() {
    let file = json("seed0_steps.json");
    let comparison = Comparison { steps: 100, ..preset("echo", "notebook") };
    let line_up = LineUp::new(&comparison).unwrap();
    let network = line_up.trainees[0].network();
    let gate = |layer: usize, gate: &str, part: &str| {
        floats(&file["init"][format!("rnn.cells.{layer}.{gate}.{part}")])
    };
    for (k, layer) in network.layers.iter().enumerate() {
        let of = |part: &str| ["i", "f", "g", "o"].map(|name| gate(k, name, part)).concat();
        assert_close("weight_ih", &numbers(&layer.weight_ih), &of("x.weight"), 1e-9);
        assert_close("bias_ih", &numbers(&layer.bias_ih), &of("x.bias"), 1e-9);
        assert_close("weight_hh", &numbers(&layer.weight_hh), &of("h.weight"), 1e-9);
        let skip = numbers(layer.weight_skip.as_ref().unwrap());
        assert_close("weight_skip", &skip, &of("s.weight"), 1e-9);
    }
    let readout = numbers(network.readout.as_ref().unwrap().weight());
    assert_close("readout", &readout, &floats(&file["init"]["output_layer.weight"]), 1e-9);
    let x = numbers(&line_up.trainees[0].showcase().x.transpose(0, 1).unwrap());
    assert_close("x", &x, &floats(&file["x"]), 1e-6);
    let trainee = train(&comparison, 0);
    assert_close("echo", &losses(&trainee), &floats(&file["losses"]), 2e-5);
}

/// MNIST-1D: cells drawn as the lab draws them, all states into one linear layer, Adam with L2,
/// batches in their order and again from the first.
#[test]
fn mnist1d_begins_as_in_pytorch() {
    let runs = json("first_steps.json");
    for (entry, run) in runs["mnist1d"].as_array().unwrap().iter().enumerate() {
        let names = ["RNN", "GRU", "LSTM"];
        assert_eq!(run["kind"], names[entry]);
        let expected = floats(&run["losses"]);
        let steps = expected.len() as u64;
        let comparison = Comparison { steps, evaluate_every: 0, ..preset("mnist1d", "notebook") };
        let trainee = train(&comparison, entry);
        assert_close(names[entry], &losses(&trainee), &expected, 2e-5);
        let right: Vec<f64> = trainee.log().right.iter().map(|part| f64::from(*part)).collect();
        assert_close(names[entry], &right, &floats(&run["right"]), 0.0101);
    }
}

/// Long time lag: sequences drawn from PyTorch's generator, chrono initialisation, clipping.
#[test]
fn long_lag_begins_as_in_pytorch() {
    let runs = json("first_steps.json");
    for run in runs["long_lag"].as_array().unwrap() {
        let mut comparison = preset("long-lag", "solved");
        let is_rnn = run["kind"] == "RNN";
        comparison.contenders = vec![comparison.contenders[usize::from(is_rnn)].clone()];
        comparison.contenders[0].design.hidden_size = run["hidden"].as_u64().unwrap() as usize;
        let TaskChoice::LongLag(task) = &mut comparison.task else { panic!("another task") };
        task.symbols = run["p"].as_u64().unwrap() as usize;
        task.test = 0;
        task.loss = if run["loss"] == "all" { Loss::All } else { Loss::Last };
        let expected = floats(&run["losses"]);
        comparison.batch = run["batch"].as_u64().unwrap() as usize;
        comparison.steps = expected.len() as u64;
        comparison.trials = 1;
        let trainee = train(&comparison, 0);
        let what = format!("{} {}", run["kind"], run["loss"]);
        assert_close(&what, &losses(&trainee), &expected, 1e-4);
        let right: Vec<f64> = trainee.log().right.iter().map(|part| f64::from(*part)).collect();
        assert_close(&what, &right, &floats(&run["right"]), 1e-6);
    }
}

/// The notebook prints 0.667332 at epoch 100, 0.108764 at 500 and 0.038212 at 1,000, then a floor.
#[test]
fn echo_reaches_the_printed_losses_and_stops_at_the_floor() {
    let comparison = Comparison { steps: 1500, probe_every: 0, ..preset("echo", "notebook") };
    let trainee = train(&comparison, 0);
    let losses = losses(&trainee);
    for (epoch, printed) in comparison.printed().into_iter().take(10) {
        let found = losses[epoch as usize - 1];
        assert!((found / printed - 1.0).abs() < 2e-3, "epoch {epoch}: {found} {printed}");
    }
    let (label, floor) = &comparison.baselines()[0];
    assert!(losses.iter().all(|loss| loss > floor), "{label}");
}
