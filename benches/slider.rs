//! Slider to report: what a tick of the weight scale costs, in f64, for the cells and sizes of the
//! table in README.md beside this file.

#![allow(missing_docs, reason = "criterion's macros make an undocumented main")]
#![allow(clippy::unwrap_used, reason = "a bench fails by panicking")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use rnnscope::flow::{Draw, Input, Instrument, Question, Weights};
use rnnscope::network::{Cell, Design, Nonlinearity};
use rnnscope::ticket::Ticket;

const CELLS: [(&str, Cell); 3] =
    [("rnn", Cell::Rnn(Nonlinearity::Tanh)), ("lstm", Cell::Lstm), ("gru", Cell::Gru)];

/// Hidden size and length.
const SIZES: [(usize, usize); 4] = [(16, 10), (64, 100), (128, 500), (256, 1000)];

fn question(cell: Cell, hidden_size: usize, length: usize) -> Question {
    let draw = Draw { design: Design::new(cell, hidden_size, 1), seed: 0 };
    let input = Input { length, ..Input::default() };
    Question { weights: Weights::Draw(draw), input, ..Question::default() }
}

/// Scales that a hand passes through; the answer to each is computed afresh.
fn drag(tick: &mut u32) -> f64 {
    *tick = (*tick + 1) % 40;
    0.05 * f64::from(*tick)
}

/// All curves, dL/dh_t for every step, and the eigenvalues of the scaled weights.
fn slider_to_report(criterion: &mut Criterion) {
    for (name, cell) in CELLS {
        let mut group = criterion.benchmark_group(format!("slider to report/{name}"));
        group.sample_size(20);
        for (hidden, length) in SIZES {
            let mut question = question(cell, hidden, length);
            let mut instrument = Instrument::new();
            let ticket = Ticket::new();
            // The draw and its decomposition happen once, before the hand is on the slider.
            let mut report = instrument.answer(&question, &ticket).unwrap();
            instrument.complete(&mut report, &ticket).unwrap();
            let mut tick = 0;
            let id = BenchmarkId::from_parameter(format!("H={hidden} T={length}"));
            group.bench_function(id, |bencher| {
                bencher.iter(|| {
                    question.weight_scale = drag(&mut tick);
                    black_box(instrument.answer(&question, &ticket).unwrap())
                });
            });
        }
        group.finish();
    }
}

/// The same with the spectrum of the step Jacobian, which the window shows a moment later.
fn slider_to_jacobian(criterion: &mut Criterion) {
    for (name, cell) in &CELLS[1..] {
        let mut group = criterion.benchmark_group(format!("slider to step Jacobian/{name}"));
        group.sample_size(20);
        for (hidden, length) in SIZES {
            let mut question = question(*cell, hidden, length);
            let mut instrument = Instrument::new();
            let ticket = Ticket::new();
            let mut tick = 0;
            let id = BenchmarkId::from_parameter(format!("H={hidden} T={length}"));
            group.bench_function(id, |bencher| {
                bencher.iter(|| {
                    question.weight_scale = drag(&mut tick);
                    let mut report = instrument.answer(&question, &ticket).unwrap();
                    instrument.complete(&mut report, &ticket).unwrap();
                    black_box(report)
                });
            });
        }
        group.finish();
    }
}

/// The allocator of the program itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

criterion_group!(benches, slider_to_report, slider_to_jacobian);
criterion_main!(benches);
