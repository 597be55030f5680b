//! Networks of every task in Explore and in files: what training records is what Explore measures.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::golden::{assert_close, numbers};
use rnnscope::flow::{Draw, Input, Instrument, Precision, Question, Signal, Weights};
use rnnscope::network::{Head, Nonlinearity, StateDict, write};
use rnnscope::task::{Loss, TaskChoice};
use rnnscope::ticket::Ticket;
use rnnscope::train::{Comparison, Feed, LineUp, presets};

/// The first preset of a task, fair and at a size that takes no time.
fn small(task: &TaskChoice) -> Comparison {
    let mut comparison = presets(task.name()).remove(0).rounds.remove(0);
    comparison.feed = Feed::Fair;
    comparison.trials = 1;
    comparison.steps = 2;
    comparison.probe_every = 1;
    comparison.evaluate_every = 0;
    for contender in &mut comparison.contenders {
        contender.design.hidden_size = 6;
    }
    comparison
}

/// The question that Explore asks about the network of a contender.
fn question(comparison: &Comparison, weights: Weights) -> Question {
    let seed = match comparison.task {
        // Its only batch comes before the weights.
        TaskChoice::Echo(_) => comparison.seed,
        _ => comparison.seed + 2,
    };
    let input = Input {
        signal: Signal::Task(comparison.task.clone()),
        length: comparison.task.length(),
        batch: comparison.batch.min(4),
        seed: Some(seed),
    };
    Question { weights, input, precision: Precision::F32, ..Question::default() }
}

#[test]
fn explore_measures_what_training_records() {
    for task in TaskChoice::all() {
        let comparison = small(&task);
        for mut trainee in LineUp::new(&comparison).unwrap().trainees {
            let contender = &comparison.contenders[trainee.entry().contender];
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("network.safetensors");
            write(&path, trainee.network()).unwrap();
            let nonlinearity = Nonlinearity::Tanh;
            let weights = Weights::File {
                path: path.clone(),
                nonlinearity,
                seed: 0,
                head: Head::Fitting,
                content: None,
            };
            let what = format!("{} {}", task.name(), contender.name);
            let mut instrument = Instrument::new();
            let question = question(&comparison, weights);
            let mut report = instrument.answer(&question, &Ticket::new()).unwrap();
            instrument.complete(&mut report, &Ticket::new()).unwrap();
            assert!(report.is_complete(), "{what}");

            trainee.step().unwrap();
            let snapshot = &trainee.log().snapshots[0];
            for (layer, recorded) in report.layers.iter().zip(&snapshot.grad_norm) {
                let recorded: Vec<f64> = recorded.iter().map(|norm| f64::from(*norm)).collect();
                assert_eq!(recorded.len(), report.length, "{what}");
                assert_close(&what, &layer.grad_norm, &recorded, 1e-5);
            }
            let ticks = contender.design.ticks;
            assert_eq!(report.length, comparison.task.length() * ticks, "{what}");
            let predicted = |values: &[f64]| {
                values.iter().copied().filter(|value| !value.is_nan()).collect::<Vec<_>>()
            };
            let recorded: Vec<f64> =
                snapshot.predictions[0].iter().map(|value| f64::from(*value)).collect();
            assert_close(&what, &predicted(&report.prediction), &predicted(&recorded), 1e-5);
        }
    }
}

#[test]
fn networks_of_every_task_survive_a_file() {
    for task in TaskChoice::all() {
        for trainee in LineUp::new(&small(&task)).unwrap().trainees {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("network.safetensors");
            let network = trainee.network();
            write(&path, network).unwrap();
            let back = StateDict::read(&path)
                .unwrap()
                .open(Nonlinearity::Relu, &Head::Fitting, 9)
                .unwrap()
                .network;
            assert_eq!(back.spec, network.spec, "{}", task.name());
            for ((name, tensor), (_, original)) in back.named().into_iter().zip(network.named()) {
                assert_eq!(numbers(tensor), numbers(original), "{name}");
            }
        }
    }
}

#[test]
fn a_drawn_network_takes_the_shape_of_the_task() {
    for task in TaskChoice::all() {
        let comparison = small(&task);
        let draw = Draw { design: comparison.contenders[0].design, seed: 1 };
        let question = question(&comparison, Weights::Draw(draw));
        let report = Instrument::new().answer(&question, &Ticket::new()).unwrap();
        assert_eq!(report.spec.output_size, task.output_size());
        assert!(report.loss.is_finite());
        assert_eq!(report.input[0].len(), report.length);
    }
}

#[test]
fn a_network_of_another_task_is_refused_in_one_line() {
    let of = |task: &TaskChoice| LineUp::new(&small(task)).unwrap().trainees.remove(0);
    let tasks = TaskChoice::all();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("network.safetensors");
    write(&path, of(&tasks[3]).network()).unwrap();
    let weights = Weights::File {
        path,
        nonlinearity: Nonlinearity::Tanh,
        seed: 0,
        head: Head::Fitting,
        content: None,
    };
    let question = question(&small(&tasks[1]), weights);
    let error = Instrument::new().answer(&question, &Ticket::new()).unwrap_err().to_string();
    assert!(error.contains("1 inputs and 1 outputs"), "{error}");
    assert_eq!(error.lines().count(), 1);
}

/// A network trained on a task may be looked at with another input, whatever its readout.
#[test]
fn networks_of_every_task_read_other_signals() {
    for task in TaskChoice::all() {
        let comparison = small(&task);
        if comparison.task.input_size() > 1 {
            continue;
        }
        let trainee = LineUp::new(&comparison).unwrap().trainees.remove(0);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("network.safetensors");
        write(&path, trainee.network()).unwrap();
        let weights = Weights::File {
            path,
            nonlinearity: Nonlinearity::Tanh,
            seed: 0,
            head: Head::Fitting,
            content: None,
        };
        for loss in [Loss::All, Loss::Last] {
            let input = Input { length: 40, signal: Signal::Sine, ..Input::default() };
            let question =
                Question { weights: weights.clone(), input, loss, ..Question::default() };
            let report = Instrument::new().answer(&question, &Ticket::new()).unwrap();
            assert!(report.loss.is_finite(), "{}", task.name());
            assert_eq!(report.prediction.len(), 40);
        }
    }
}
