//! What an update takes of memory: a process of its own, as the highest mark of a process stays.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use rnnscope::network::{Cell, Design};
use rnnscope::rng::Generator;
use rnnscope::task::{LongLag, TaskChoice};
use rnnscope::train::{Comparison, Contender, LineUp, presets};

/// The highest mark of this process's memory, in bytes.
fn highest() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    1024.0 * line.trim().trim_end_matches("kB").trim().parse::<f64>().unwrap()
}

/// Gates, tanh of the cell state, h and c: seven planes of T x B x H are what the way back needs.
/// With candle's copies of states, probes and their gradients it were seventeen.
#[test]
fn an_update_keeps_little_more_than_the_way_back_needs() {
    const STEPS: usize = 100;
    const BATCH: usize = 400;
    const HIDDEN: usize = 64;
    let task = LongLag { symbols: STEPS, test: 0, ..LongLag::default() };
    let solved = presets("long-lag").remove(0).rounds.remove(0);
    let lstm =
        Contender { design: Design::new(Cell::Lstm, HIDDEN, 1), ..solved.contenders[0].clone() };
    let comparison = Comparison {
        task: TaskChoice::LongLag(task),
        contenders: vec![lstm],
        batch: BATCH,
        trials: 1,
        ..solved
    };
    let mut line_up = LineUp::new(&comparison).unwrap();
    let before = highest();
    line_up.trainees[0].step().unwrap();
    let plane = (STEPS * BATCH * HIDDEN * 4) as f64;
    let planes = (highest() - before) / plane;
    println!("{planes:.2} planes of {:.1} MB", plane / 1e6);
    assert!(planes < 9.0, "{planes} planes");
}

/// 101 numbers a step would be 81 MB for the notebook's batch; a symbol each is 0.8 MB.
#[test]
fn a_batch_of_one_hot_symbols_is_their_numbers() {
    use rnnscope::task::Task as _;
    let task = LongLag::default();
    let batch = task.batch(0, 5, &mut Generator::seeded(0)).unwrap();
    assert_eq!((batch.x.dims(), batch.x.dtype()), (&[100, 5][..], candle_core::DType::U32));
}
