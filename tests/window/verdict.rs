//! The verdict above the plots.

use egui_kittest::kittest::Queryable as _;
use rnnscope::figure::of_flow;
use rnnscope::flow::{Draw, Fate, Question, Weights};
use rnnscope::network::{Cell, Design, GateBias};
use rnnscope::session::Session;

use super::driver::Window;

/// Where the verdict on the report on screen stands, word and sentence.
fn place(window: &Window) -> egui::Rect {
    let verdict = of_flow::verdict(window.report());
    let text = format!("{}: {}", verdict.word.expect("a word"), verdict.sentence);
    window.harness.get_by_label_contains(&text).rect()
}

/// An LSTM that holds its cell for long: its h fades, its c does not.
fn holding(zoom: f32) -> Session {
    let design = Design { gate_bias: GateBias::Hold(5.0), ..Design::new(Cell::Lstm, 16, 1) };
    let weights = Weights::Draw(Draw { design, seed: 0 });
    let mut question = Question { weights, ..Question::default() };
    question.input.length = 50;
    Session { question, zoom, ..Session::default() }
}

#[test]
fn the_verdict_stands_above_the_plots_and_agrees_with_the_flat_cell_path() {
    let window = Window::open_sized(holding(1.0), [1280.0, 720.0], Vec::new());
    let place = place(&window);
    assert!(place.top() < 120.0 && place.right() <= 1280.0, "{place:?}");
    assert_eq!(of_flow::verdict(window.report()).word, Some(Fate::Keeps));
    window.harness.get_by_label_contains("∂L/∂c at step 1 ÷ at step T");
    assert!(window.harness.query_by_label_contains("fades").is_none());
}

#[test]
fn the_verdict_wraps_in_a_narrow_window_and_at_200_per_cent() {
    for (zoom, size, width) in [(2.0, [1280.0, 720.0], 640.0), (1.0, [640.0, 400.0], 640.0)] {
        let window = Window::open_sized(holding(zoom), size, Vec::new());
        let place = place(&window);
        assert!(place.right() <= width && place.height() > 30.0, "{place:?}");
    }
}

#[test]
fn the_verdict_follows_the_slider_and_the_radius_has_no_word() {
    let mut window = Window::open(Session::default());
    place(&window);
    window.slider("Weight scale").set_value_accesskit(2.0);
    window.settle();
    place(&window);
    let verdict = of_flow::verdict(window.report());
    assert!(
        verdict.sentence.replace("\u{a0}", " ").contains(" > 1, because the slope of tanh"),
        "{}",
        verdict.sentence
    );
    window.harness.get_by_label_contains("▲ > 1");
    assert!(window.harness.query_by_label_contains("▲ grows").is_none());
}
