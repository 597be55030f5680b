//! Slider to view: what a tick of the weight scale costs while a view of why is open, in f64. The
//! aim for 100 steps of 64 units is 50 ms, three frames.

#![allow(missing_docs, reason = "criterion's macros make an undocumented main")]
#![allow(clippy::unwrap_used, reason = "a bench fails by panicking")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use rnnscope::flow::view::{Across, Surveyor};
use rnnscope::flow::{Draw, Input, Instrument, Question, View, Weights};
use rnnscope::network::{Cell, Design, Nonlinearity};
use rnnscope::task::Loss;
use rnnscope::ticket::Ticket;

const CELLS: [(&str, Cell); 3] =
    [("rnn", Cell::Rnn(Nonlinearity::Tanh)), ("lstm", Cell::Lstm), ("gru", Cell::Gru)];

const VIEWS: [(&str, View); 5] = [
    ("itemized", View::Itemized),
    ("theory", View::Theory),
    ("jacobians", View::Jacobians),
    ("gates", View::Gates),
    ("weights", View::Weights),
];

/// Hidden size and length.
const SIZES: [(usize, usize); 2] = [(16, 50), (64, 100)];

fn question(cell: Cell, hidden_size: usize, length: usize) -> Question {
    let draw = Draw { design: Design::new(cell, hidden_size, 1), seed: 0 };
    let input = Input { length, ..Input::default() };
    Question { weights: Weights::Draw(draw), input, loss: Loss::All, ..Question::default() }
}

fn slider_to_view(criterion: &mut Criterion) {
    for (view_name, view) in VIEWS {
        for (name, cell) in CELLS {
            let mut group = criterion.benchmark_group(format!("slider to {view_name}/{name}"));
            group.sample_size(20);
            for (hidden, length) in SIZES {
                let mut question = question(cell, hidden, length);
                let (mut instrument, ticket) = (Instrument::new(), Ticket::new());
                // The draw happens once, before the hand is on the slider.
                instrument.view(&question, view, &ticket).unwrap();
                let mut tick = 0_u32;
                let id = BenchmarkId::from_parameter(format!("H={hidden} T={length}"));
                group.bench_function(id, |bencher| {
                    bencher.iter(|| {
                        tick = (tick + 1) % 40;
                        question.weight_scale = 0.05 * f64::from(tick);
                        black_box(instrument.view(&question, view, &ticket).unwrap())
                    });
                });
            }
            group.finish();
        }
    }
}

/// A whole map of 41 x 41 networks, and one that is known while a slider moves.
fn landscape(criterion: &mut Criterion) {
    let sizes = CELLS.map(|(name, cell)| (name, cell, 16, 10));
    let large = ("rnn", Cell::Rnn(Nonlinearity::Tanh), 64, 100);
    for (name, cell, hidden, length) in sizes.into_iter().chain([large]) {
        let mut group =
            criterion.benchmark_group(format!("landscape/{name} H={hidden} T={length}"));
        group.sample_size(10);
        let mut question = question(cell, hidden, length);
        let survey = |surveyor: &mut Surveyor, question: &Question| {
            let ticket = Ticket::new();
            surveyor.survey(question, Across::BiasScale, &ticket, &mut |_| {}).unwrap()
        };
        group.bench_function("all", |bencher| {
            bencher.iter(|| black_box(survey(&mut Surveyor::new(), &question)));
        });
        let mut surveyor = Surveyor::new();
        survey(&mut surveyor, &question);
        group.bench_function("known", |bencher| {
            bencher.iter(|| {
                question.weight_scale = -question.weight_scale;
                black_box(survey(&mut surveyor, &question))
            });
        });
        group.finish();
    }
}

/// The allocator of the program itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

criterion_group!(benches, slider_to_view, landscape);
criterion_main!(benches);
