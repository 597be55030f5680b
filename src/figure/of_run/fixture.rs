//! Records of trainings made by hand, so that figures are tested without training.

use crate::figure::{Figure, Series};
use crate::task::Example;
use crate::task::Loss;
use crate::train::{Comparison, ParameterNorms, RunLog, Snapshot, Stop, presets};

/// The notebook's comparison of four contenders.
pub(super) fn comparison() -> Comparison {
    Comparison::notebook(Loss::All)
}

/// Names of a network with one layer.
pub(super) fn names() -> Vec<String> {
    let names =
        ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0", "head.weight", "head.bias"];
    names.map(str::to_owned).to_vec()
}

/// Falling, noisy losses; `speed` 1 comes to rest after about 3,000 steps.
pub(super) fn losses(steps: usize, speed: f64) -> Vec<f64> {
    let loss = |n: usize| {
        let fall = 0.3 * (-(n as f64) * speed / 900.0).exp() + 0.01 / speed;
        // Two waves that never meet stand for noise.
        let noise = (0.9 * (n as f64 * 1.7).sin() * (n as f64 * 0.613).cos()).exp();
        f64::from((fall * noise) as f32)
    };
    (0..steps).map(loss).collect()
}

/// Snapshots at every `every`-th of `steps` steps; the gradient at step t of layer l (from 0) is
/// `gradient(part of training done, l, t)`.
pub(super) fn snapshots(
    steps: u64,
    every: u64,
    layers: usize,
    length: usize,
    gradient: impl Fn(f64, usize, usize) -> f32,
) -> Vec<Snapshot> {
    let norms = |done: f64, n: f64| ParameterNorms {
        value: (3.0 + n) as f32,
        grad: (10f64.powf(-1.0 - 0.4 * n) * (1.0 - 0.8 * done)) as f32,
        update: (10f64.powf(-3.0 - 0.3 * n) * (1.0 - 0.5 * done)) as f32,
    };
    let shot = |step: u64| {
        let done = step as f64 / steps as f64;
        let by_step = |layer| (1..=length).map(|t| gradient(done, layer, t)).collect();
        Snapshot {
            step,
            grad_norm: (0..layers).map(by_step).collect(),
            parameters: (0..6).map(|n| norms(done, f64::from(n))).collect(),
            predictions: (0..4).map(|s| prediction(s, length, done)).collect(),
        }
    };
    (0..=steps).step_by(every as usize).map(shot).collect()
}

/// A prediction that comes the closer to `target` the more training is done.
fn prediction(sequence: usize, length: usize, done: f64) -> Vec<f32> {
    target(sequence, length).iter().map(|y| (y * done) as f32).collect()
}

/// The input of example `sequence`.
pub(super) fn input(sequence: usize, length: usize) -> Vec<f64> {
    (1..=length).map(|t| (2.3 * (t + 7 * sequence) as f64).sin() * 1.4).collect()
}

/// The running mean of the input.
pub(super) fn target(sequence: usize, length: usize) -> Vec<f64> {
    let mut sum = 0.0;
    let mean = |(t, x): (usize, f64)| {
        sum += x;
        sum / (t + 1) as f64
    };
    input(sequence, length).into_iter().enumerate().map(mean).collect()
}

/// A finished log.
pub(super) fn log(steps: usize, speed: f64, layers: usize) -> RunLog {
    let gradient = |done: f64, layer: usize, t: usize| {
        10f64.powf((t as f64 - 10.0) * (0.9 - 0.7 * done) - layer as f64) as f32
    };
    let mut log = record(losses(steps, speed), snapshots(steps as u64, 50, layers, 10, gradient));
    log.stop = Some(Stop::Budget);
    log.seconds = steps as f64 / 2000.0;
    log
}

/// A log of losses and snapshots.
pub(super) fn record(losses: Vec<f64>, snapshots: Vec<Snapshot>) -> RunLog {
    let mut log = RunLog::default();
    log.losses = losses;
    log.snapshots = snapshots;
    log
}

/// A log that went to infinity at step 700.
pub(super) fn diverged() -> RunLog {
    let mut log = log(700, 1.0, 1);
    for (n, loss) in log.losses.iter_mut().enumerate().skip(650) {
        *loss = 10f64.powf((n as f64 - 650.0) * 0.75);
    }
    log.losses.push(f64::INFINITY);
    log.stop = Some(Stop::Diverged(700));
    log
}

/// The first comparison of a preset.
pub(super) fn preset(task: &str, name: &str) -> Comparison {
    let presets = presets(task);
    let preset = presets.into_iter().find(|preset| preset.name == name).unwrap();
    preset.rounds.into_iter().next().unwrap()
}

/// A log with the loss and the fraction right of each batch, not ended.
pub(super) fn of_task(
    steps: usize,
    loss: impl Fn(usize) -> f32,
    right: impl Fn(usize) -> f32,
) -> RunLog {
    let mut log = record((0..steps).map(|n| f64::from(loss(n))).collect(), Vec::new());
    log.right = (0..steps).map(right).collect();
    log
}

/// Example `sequence`, without predictions.
pub(super) fn example(sequence: usize, length: usize) -> Example {
    let (input, target) = (input(sequence, length), target(sequence, length));
    Example { input, target, prediction: Vec::new() }
}

/// All series of a name.
pub(super) fn named<'a>(figure: &'a Figure, name: &str) -> Vec<&'a Series> {
    figure.series.iter().filter(|series| series.name == name).collect()
}

/// Whether a note holds these words.
pub(super) fn said(figure: &Figure, part: &str) -> bool {
    figure.notes.iter().any(|note| note.contains(part))
}
