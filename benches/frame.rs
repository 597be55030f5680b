//! What a frame of the window costs: layout, shapes and triangles on the processor, without the
//! graphics card. Sixty frames a second leave 16.7 ms each.

#![allow(missing_docs, reason = "criterion's macros make an undocumented main")]
#![allow(clippy::unwrap_used, reason = "a bench fails by panicking")]

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use rnnscope::app::App;
use rnnscope::flow::{Draw, Input, Question, Weights};
use rnnscope::network::{Cell, Design};
use rnnscope::session::{Pane, Session};

/// Layers, units and length: the first window, a long sequence, and the most curves there can be.
const SIZES: [(usize, usize, usize); 3] = [(1, 16, 10), (1, 16, 1000), (8, 4, 10_000)];

fn frame(ctx: &egui::Context, app: &mut App, time: &mut f64) -> usize {
    *time += 1.0 / 60.0;
    let screen = egui::Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(1280.0, 800.0));
    // The pointer wanders over a plot, so that steps are marked and labelled.
    let pointer = egui::pos2(1000.0 + 100.0 * (*time as f32).sin(), 260.0);
    let input = egui::RawInput {
        screen_rect: Some(screen),
        time: Some(*time),
        events: vec![egui::Event::PointerMoved(pointer)],
        ..egui::RawInput::default()
    };
    let mut output = ctx.run_ui(input, |ui| app.show(ui));
    // Uploading glyphs is the graphics card's business.
    output.textures_delta.clear();
    ctx.tessellate(output.shapes, output.pixels_per_point).len()
}

fn frames(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("frame");
    for (num_layers, hidden_size, length) in SIZES {
        let design = Design::new(Cell::Lstm, hidden_size, num_layers);
        let draw = Draw { design, seed: 0 };
        let input = Input { length, seed: Some(0), ..Input::default() };
        let question = Question { weights: Weights::Draw(draw), input, ..Question::default() };
        let (ctx, mut app, mut time) = settled(Session { question, ..Session::default() });
        group.bench_function(format!("{num_layers} layers, {length} steps"), |bencher| {
            bencher.iter(|| black_box(frame(&ctx, &mut app, &mut time)));
        });
    }
    group.bench_function("all views in tiles, 100 steps", |bencher| {
        let (ctx, mut app, mut time) = with_all_views();
        bencher.iter(|| black_box(frame(&ctx, &mut app, &mut time)));
    });
    group.finish();
}

/// The curves of an LSTM and every view of it, each in a tile of its own.
fn with_all_views() -> (egui::Context, App, f64) {
    let draw = Draw { design: Design::new(Cell::Lstm, 16, 1), seed: 0 };
    let input = Input { length: 100, seed: Some(0), ..Input::default() };
    let question = Question { weights: Weights::Draw(draw), input, ..Question::default() };
    let mut session = Session { question, ..Session::default() };
    Pane::VIEWS.into_iter().for_each(|pane| session.why.arrangement.open(pane));
    session.why.arrangement = session.why.arrangement.gridded();
    settled(session)
}

/// A window in which everything is computed, and its time.
fn settled(session: Session) -> (egui::Context, App, f64) {
    let ctx = egui::Context::default();
    let mut app = App::new(&ctx, session, Vec::new()).unwrap();
    let mut time = 0.0;
    frame(&ctx, &mut app, &mut time);
    while !app.settled() {
        frame(&ctx, &mut app, &mut time);
        std::thread::sleep(Duration::from_millis(5));
    }
    (ctx, app, time)
}

criterion_group!(benches, frames);
criterion_main!(benches);
