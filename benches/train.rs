//! Training: one update of each contender, at the sizes of the table in README.md beside this file.
//! Run with one thread, as PyTorch was.

#![allow(missing_docs, reason = "criterion's macros make an undocumented main")]
#![allow(clippy::unwrap_used, reason = "a bench fails by panicking")]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use rnnscope::network::{Cell, Nonlinearity};
use rnnscope::task::{FirstZero, Loss, Place, RunningMean, TaskChoice};
use rnnscope::train::{Comparison, Contender, Feed, LineUp, StopRule, presets};

/// Cell, layers.
const CONTENDERS: [(&str, Cell, usize); 6] = [
    ("rnn_1", Cell::Rnn(Nonlinearity::Tanh), 1),
    ("lstm_1", Cell::Lstm, 1),
    ("rnn_2", Cell::Rnn(Nonlinearity::Tanh), 2),
    ("lstm_2", Cell::Lstm, 2),
    ("gru_1", Cell::Gru, 1),
    ("gru_2", Cell::Gru, 2),
];

/// Hidden size, length and batch: the running mean's, then those of the other experiments: images in
/// one dimension, the first zero, the long time lag.
const SIZES: [(usize, usize, usize); 6] =
    [(32, 10, 32), (32, 100, 32), (128, 10, 32), (10, 40, 100), (20, 100, 1), (32, 100, 16)];

/// One update of one contender: a batch drawn, forward, backward, Adam; every fiftieth with its
/// snapshot, as the window trains.
fn update(criterion: &mut Criterion) {
    for (hidden, length, batch) in SIZES {
        let mut group =
            criterion.benchmark_group(format!("update/H={hidden} T={length} B={batch}"));
        group.sample_size(20).throughput(Throughput::Elements(1));
        for (name, cell, layers) in CONTENDERS {
            let comparison = Comparison {
                task: TaskChoice::RunningMean(RunningMean { length, loss: Loss::All }),
                contenders: vec![Contender::new(cell, hidden, layers)],
                feed: Feed::Fair,
                batch,
                steps: 10_000_000,
                ..Comparison::notebook(Loss::All)
            };
            let mut trainee = LineUp::new(&comparison).unwrap().trainees.remove(0);
            group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
                bencher.iter(|| trainee.step().unwrap());
            });
        }
        group.finish();
    }
}

/// One update of every contender of the other tasks' presets, without evaluations and snapshots.
fn tasks(criterion: &mut Criterion) {
    let zeros = FirstZero { length: 100, place: Place::Anywhere };
    let rounds = [
        ("mnist1d", "notebook", None),
        ("first-zero", "anywhere", Some(TaskChoice::FirstZero(zeros))),
        ("long-lag", "solved", None),
    ];
    for (name, preset, task) in rounds {
        let preset = presets(name).into_iter().find(|found| found.name == preset).unwrap();
        let preset = &preset.rounds[0];
        let mut group = criterion.benchmark_group(format!("task/{name}"));
        group.sample_size(20).throughput(Throughput::Elements(1));
        for contender in &preset.contenders {
            let comparison = Comparison {
                task: task.clone().unwrap_or_else(|| preset.task.clone()),
                contenders: vec![Contender { budget: None, ..contender.clone() }],
                steps: 10_000_000,
                trials: 1,
                probe_every: 0,
                evaluate_every: 0,
                stop: StopRule::default(),
                ..preset.clone()
            };
            let mut trainee = LineUp::new(&comparison).unwrap().trainees.remove(0);
            group.bench_function(BenchmarkId::from_parameter(&contender.name), |bencher| {
                bencher.iter(|| trainee.step().unwrap());
            });
        }
        group.finish();
    }
}

/// The allocator of the program itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

criterion_group!(benches, update, tasks);
criterion_main!(benches);
