//! What the window lets go of: what is counted is what is allocated, so nothing of it depends on the
//! allocator or on graphics drivers. `tests/soak` looks at the rest.

use std::time::Duration;

use rnnscope::app::{Command, Phase};
use rnnscope::flow::{Input, Question};
use rnnscope::session::{Pane, Session, Tab, TrainSettings};
use rnnscope::task::Loss;
use rnnscope::train::{Comparison, Feed};

use super::alone;
use super::harness::limits::allocated;
use super::harness::window::{Window, app, carry_out, open, settle_within, small};
use super::mutate::Dice;

const PATIENCE: Duration = Duration::from_secs(120);

fn settle(window: &mut Window) {
    assert!(settle_within(window, PATIENCE), "the window never settled");
}

/// Frames until training has come to a phase.
fn train_until(window: &mut Window, phase: Phase) {
    let start = std::time::Instant::now();
    while app(window).training().phase() != phase {
        window.step();
        std::thread::sleep(Duration::from_millis(2));
        assert!(start.elapsed() < PATIENCE, "{:?}", app(window).training().phase());
    }
    settle(window);
}

fn command(window: &mut Window, command: Command) {
    let ctx = window.ctx.clone();
    app(window).command(&ctx, command);
}

#[test]
fn a_closed_view_lets_go_of_what_it_measured() {
    let _alone = alone();
    let input = Input { length: 800, ..Input::default() };
    let long =
        Session { question: Question { input, ..Question::default() }, ..Session::default() };
    let mut window = open(long);
    settle(&mut window);
    let before = allocated();
    for pane in [Pane::Itemized, Pane::Theory] {
        command(&mut window, Command::View(pane));
    }
    command(&mut window, Command::Grid);
    settle(&mut window);
    let with_views = allocated();
    // Every loss with every state: 800 x 800 numbers.
    assert!(with_views > before + 800 * 800 * size_of::<f64>(), "{before} {with_views}");
    command(&mut window, Command::CloseViews);
    settle(&mut window);
    // Their threads end by themselves.
    std::thread::sleep(Duration::from_millis(200));
    let after = allocated();
    assert!(after < before + (2 << 20), "{before} with views {with_views} then {after}");
}

#[test]
fn runs_that_were_put_away_take_little_more_than_is_said() {
    let _alone = alone();
    let mut comparison = Comparison {
        feed: Feed::Fair,
        steps: 1500,
        batch: 2,
        probe_every: 500,
        ..Comparison::notebook(Loss::All)
    };
    comparison.contenders.truncate(2);
    comparison.contenders.iter_mut().for_each(|contender| contender.design.hidden_size = 2);
    let train = TrainSettings { comparison, ..TrainSettings::default() };
    let mut window = open(Session { tab: Tab::Train, train, ..Session::default() });
    let mut run = |what: Command| {
        command(&mut window, what);
        train_until(&mut window, Phase::Running);
        train_until(&mut window, Phase::Over);
        allocated()
    };
    let first = run(Command::Train);
    run(Command::StartAnew);
    let third = run(Command::StartAnew);
    let said: usize =
        app(&mut window).training().ledger().earlier.iter().map(|line| line.bytes).sum();
    // Names, threads and lists beside the numbers that are counted.
    let allowed = said + 2 * (200 << 10);
    assert!(third - first <= allowed, "{} taken, {said} said", third - first);
}

/// Back at the same small settings.
fn come_to_rest(window: &mut Window) {
    let session = small();
    *app(window).session_mut() = session;
    for _ in 0..3 {
        window.key_press(egui::Key::Escape);
        window.step();
    }
    settle(window);
}

#[test]
fn what_is_allocated_at_rest_stays_within_bounds() {
    let _alone = alone();
    let bursts = std::env::var("RNNSCOPE_FUZZ_BURSTS").map_or(8, |text| text.parse().unwrap());
    let mut dice = Dice(11);
    let mut window = open(small());
    come_to_rest(&mut window);
    let before = allocated();
    for burst in 0..bursts {
        let events: Vec<u8> = (0..3 * 48).map(|_| dice.throw(256) as u8).collect();
        carry_out(&mut window, &events);
        come_to_rest(&mut window);
        let earlier: usize =
            app(&mut window).training().ledger().earlier.iter().map(|line| line.bytes).sum();
        println!("burst {burst}: {} kB, runs {} kB", (allocated() - before) >> 10, earlier >> 10);
        assert!(allocated() < before + earlier + (24 << 20), "{} bytes more", allocated() - before);
    }
}
