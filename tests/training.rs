//! Training equals PyTorch: optimiser trajectories, and the course notebook's comparison.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{floats, json};
use rnnscope::flow::Precision;
use rnnscope::network::{Cell, Nonlinearity};
use rnnscope::task::Loss;
use rnnscope::train::{Clip, Comparison, Contender, LineUp, Optimizer, Stop, StopRule, Trainee};

/// Trains until the end or for so many steps.
fn train(trainee: &mut Trainee, steps: u64) -> Option<Stop> {
    let mut stop = None;
    for _ in 0..steps {
        stop = trainee.step().unwrap();
        if stop.is_some() {
            break;
        }
    }
    stop
}

fn small(steps: u64) -> Comparison {
    let tanh = Cell::Rnn(Nonlinearity::Tanh);
    Comparison {
        contenders: vec![Contender::new(tanh, 8, 1), Contender::new(Cell::Lstm, 8, 2)],
        feed: rnnscope::train::Feed::Fair,
        optimizer: Optimizer::adam(1e-2),
        steps,
        batch: 8,
        probe_every: 10,
        ..Comparison::notebook(Loss::All)
    }
}

#[test]
fn the_first_fifty_losses_of_the_notebook_agree_to_1e5() {
    let reference = json("seed1_train.json");
    for (round, loss) in [Loss::All, Loss::Last].into_iter().enumerate() {
        let mut line_up = LineUp::new(&Comparison::notebook(loss)).unwrap();
        for (k, trainee) in line_up.trainees.iter_mut().enumerate() {
            train(trainee, 50);
            let run = &reference["runs"][4 * round + k];
            let expected = floats(&run["first50"]);
            for (step, (found, expected)) in trainee.log().losses.iter().zip(&expected).enumerate()
            {
                let off = (*found / expected - 1.0).abs();
                assert!(off < 1e-5, "{} {loss} step {step}: {found}, {expected}", run["model"]);
            }
        }
    }
}

/// The whole comparison, 40,000 updates.
#[test]
fn the_eight_losses_of_the_notebook_agree_to_three_digits() {
    let reference = json("seed1_train.json");
    for (round, loss) in [Loss::All, Loss::Last].into_iter().enumerate() {
        let mut line_up = LineUp::new(&Comparison::notebook(loss)).unwrap();
        for (k, trainee) in line_up.trainees.iter_mut().enumerate() {
            assert_eq!(train(trainee, u64::MAX), Some(Stop::Budget));
            let run = &reference["runs"][4 * round + k];
            let expected = run["printed_at_4900"].as_f64().unwrap();
            let found = trainee.log().printed_at(4900).unwrap();
            let off = (found / expected - 1.0).abs();
            println!("{} {loss}: {found:.8} for {expected:.8}, off {off:.1e}", run["model"]);
            assert!(off < 5e-4, "{} {loss}: {found}, expected {expected}", run["model"]);
        }
    }
}

#[test]
fn a_huge_learning_rate_ends_as_diverged_with_finite_weights() {
    let identity = Cell::Rnn(Nonlinearity::Identity);
    let comparison = Comparison {
        contenders: vec![Contender::new(identity, 8, 1)],
        optimizer: Optimizer::sgd(1e3, 0.9),
        ..small(1000)
    };
    let mut line_up = LineUp::new(&comparison).unwrap();
    let trainee = &mut line_up.trainees[0];
    let Some(Stop::Diverged(step)) = train(trainee, 1000) else { panic!("no divergence") };
    assert_eq!(trainee.log().steps(), step + 1);
    assert!(trainee.log().losses[..step as usize].iter().all(|loss| loss.is_finite()));
    for (name, tensor) in trainee.network().named() {
        let values = tensor.flatten_all().unwrap().to_vec1::<f32>().unwrap();
        assert!(values.iter().all(|value| value.is_finite()), "{name}");
    }
    trainee.extend(10);
    assert_eq!(trainee.step().unwrap(), Some(Stop::Diverged(step)));
}

#[test]
fn pausing_watching_and_rewinding_change_no_byte() {
    let whole = |comparison: &Comparison| {
        let mut line_up = LineUp::new(comparison).unwrap();
        line_up.trainees.iter_mut().for_each(|trainee| {
            train(trainee, 60);
        });
        line_up.trainees.iter().map(|trainee| trainee.log().losses.clone()).collect::<Vec<_>>()
    };
    let comparison = small(60);
    let watched = whole(&comparison);
    assert_eq!(watched, whole(&comparison), "rewound");
    assert_eq!(watched, whole(&Comparison { probe_every: 0, ..comparison.clone() }), "unwatched");
    let mut line_up = LineUp::new(&comparison).unwrap();
    for _ in 0..6 {
        for trainee in &mut line_up.trainees {
            train(trainee, 10);
        }
    }
    let paused: Vec<_> = line_up.trainees.iter().map(|t| t.log().losses.clone()).collect();
    assert_eq!(watched, paused, "paused");
}

#[test]
fn training_goes_on_after_the_budget_as_if_it_had_been_larger() {
    let mut short = LineUp::new(&small(30)).unwrap();
    let mut long = LineUp::new(&small(50)).unwrap();
    assert_eq!(train(&mut short.trainees[1], 100), Some(Stop::Budget));
    short.trainees[1].extend(20);
    assert_eq!(train(&mut short.trainees[1], 100), Some(Stop::Budget));
    train(&mut long.trainees[1], 100);
    assert_eq!(short.trainees[1].log().losses, long.trainees[1].log().losses);
}

#[test]
fn stopping_rules_hold() {
    let target = StopRule { target_loss: Some(0.2), ..StopRule::default() };
    let mut line_up = LineUp::new(&Comparison { stop: target, ..small(5000) }).unwrap();
    assert!(matches!(train(&mut line_up.trainees[0], 5000), Some(Stop::Target(_))));
    let plateau = StopRule { patience: Some(150), ..StopRule::default() };
    let frozen = Comparison { optimizer: Optimizer::adam(0.0), stop: plateau, ..small(5000) };
    let mut line_up = LineUp::new(&frozen).unwrap();
    assert!(matches!(train(&mut line_up.trainees[0], 5000), Some(Stop::Plateau(_))));
}

#[test]
fn snapshots_hold_flow_predictions_and_parameter_norms() {
    let mut line_up = LineUp::new(&Comparison { precision: Precision::F64, ..small(35) }).unwrap();
    let trainee = &mut line_up.trainees[1];
    train(trainee, 100);
    let steps: Vec<u64> = trainee.log().snapshots.iter().map(|s| s.step).collect();
    assert_eq!(steps, [0, 10, 20, 30]);
    let snapshot = &trainee.log().snapshots[3];
    assert_eq!(snapshot.grad_norm.len(), 2);
    assert!(snapshot.grad_norm.iter().flatten().all(|&norm| norm > 0.0));
    assert_eq!(snapshot.predictions.len(), 4);
    assert_eq!(snapshot.parameters.len(), trainee.names().len());
    // Adam moves every number by at most about the learning rate.
    assert!(snapshot.parameters.iter().all(|p| p.update > 0.0 && p.update < 0.5));
}

/// All numbers of a network, by parameter.
fn weights(trainee: &Trainee) -> Vec<Vec<f64>> {
    let named = trainee.network().named();
    let numbers = named.into_iter().map(|(_, tensor)| {
        let tensor = tensor.flatten_all().unwrap().to_dtype(candle_core::DType::F64).unwrap();
        tensor.to_vec1::<f64>().unwrap()
    });
    numbers.collect()
}

#[test]
fn whatever_the_rule_the_weights_of_a_diverged_training_are_the_finite_ones_before() {
    let huge = |precision| if precision == Precision::F32 { 1e38 } else { 1e307 };
    let rules = |lr| {
        [
            Optimizer::adam(lr),
            Optimizer::adamw(lr),
            Optimizer::sgd(lr, 0.0),
            Optimizer::sgd(lr, 0.99),
            Optimizer::rmsprop(lr),
        ]
    };
    for precision in [Precision::F32, Precision::F64] {
        for optimizer in rules(huge(precision)) {
            for clip in [Clip::None, Clip::Norm(1e30), Clip::Value(1e30)] {
                let comparison = Comparison { optimizer, precision, clip, ..small(50) };
                for trainee in LineUp::new(&comparison).unwrap().trainees.iter_mut() {
                    let mut before = weights(trainee);
                    let stop = loop {
                        match trainee.step().unwrap() {
                            None => before = weights(trainee),
                            Some(stop) => break stop,
                        }
                    };
                    let what = format!("{optimizer:?} {precision} {clip:?}: {stop}");
                    assert!(matches!(stop, Stop::Diverged(_)), "{what}");
                    assert_eq!(weights(trainee), before, "{what}");
                    assert!(before.iter().flatten().all(|value| value.is_finite()), "{what}");
                    assert!(stop.to_string().contains("loss, gradient or update not finite"));
                }
            }
        }
    }
}

#[test]
fn losses_have_the_precision_of_their_training() {
    let losses = |precision| {
        let mut line_up = LineUp::new(&Comparison { precision, ..small(12) }).unwrap();
        train(&mut line_up.trainees[0], 12);
        line_up.trainees[0].log().losses.clone()
    };
    let (single, double) = (losses(Precision::F32), losses(Precision::F64));
    let is_single = |loss: &f64| f64::from(*loss as f32) == *loss;
    assert!(single.iter().all(is_single));
    assert!(double.iter().filter(|loss| is_single(loss)).count() < 3, "{double:?}");
    assert!(single.iter().zip(&double).all(|(a, b)| (a / b - 1.0).abs() < 1e-4));
}
