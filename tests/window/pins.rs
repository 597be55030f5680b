//! Pinned curves: frozen, named, renamed, returned to, removed, and there again after a restart.

use egui_kittest::kittest::Queryable as _;
use rnnscope::app::Command;
use rnnscope::flow::{Signal, Weights};
use rnnscope::network::Cell;
use rnnscope::session::{Pin, Session};

use super::driver::Window;

/// Names of the ghosts in the gradient figure.
fn ghosts(window: &Window) -> Vec<String> {
    let figures = window.app().figures();
    let gradient = figures.iter().find(|figure| figure.name == "gradient-norm").expect("gradient");
    let ghosts = gradient.series.iter().filter(|series| series.ghost);
    ghosts.map(|series| series.name.clone()).collect()
}

#[test]
fn a_pin_freezes_the_curves_and_is_named_by_what_differs() {
    let mut window = Window::open(Session::default());
    let frozen = window.report().layers[0].grad_norm.clone();
    window.click("Pin these curves");
    window.click("LSTM");
    assert_eq!(ghosts(&window), ["RNN tanh"]);
    let figures = window.app().figures();
    let ghost = figures[1].series.iter().find(|series| series.ghost).expect("a ghost");
    let values: Vec<f64> = ghost.points.iter().map(|point| point[1]).collect();
    assert_eq!(values, frozen, "the ghost is the curve that was on screen");
    // Everything but the cell is equal, the input above all.
    assert!(
        matches!(&window.question().weights, Weights::Draw(draw) if draw.design.cell == Cell::Lstm)
    );
}

#[test]
fn pins_can_be_renamed_returned_to_and_removed() {
    let mut window = Window::open(Session::default());
    window.press(Command::Pin);
    window.slider("Weight scale").set_value_accesskit(2.0);
    window.settle();
    window.press(Command::Pin);
    window.click("GRU");
    assert_eq!(ghosts(&window).len(), 2);
    window.click("Name of pin 1");
    window.harness.event(egui::Event::Text("first".to_owned()));
    window.settle();
    assert_eq!(window.session().pins[0].name.as_deref(), Some("first"));
    assert!(ghosts(&window).contains(&"first".to_owned()));
    window.click_nth("↩", 1);
    assert_eq!(window.question().weight_scale, 2.0);
    window.click_nth("✖", 0);
    assert_eq!(window.session().pins.len(), 1);
    assert!(!ghosts(&window).contains(&"first".to_owned()));
    window.click("Clear all");
    assert!(ghosts(&window).is_empty());
}

#[test]
fn pins_of_a_saved_session_are_computed_again() {
    let mut saved = Session::default();
    saved.pin();
    saved.question.weight_scale = 1.5;
    let restored = Session::load(&saved.save().expect("saves")).expect("loads");
    let window = Window::open(restored);
    assert_eq!(ghosts(&window), ["W × 1"]);
}

#[test]
fn a_pin_that_cannot_be_computed_says_why_and_spares_the_others() {
    let mut session = Session::default();
    session.pin();
    session.question.input.signal = Signal::Files(vec!["no-such-file.csv".into()]);
    session.pins.push(Pin { name: None, question: session.question.clone() });
    session.question = Session::default().question;
    session.question.weight_scale = 2.0;
    let window = Window::open(session);
    assert_eq!(window.app().error(), None);
    assert_eq!(ghosts(&window).len(), 1);
    let told = window.harness.get_all_by_label_contains("cannot read no-such-file.csv");
    assert_eq!(told.count(), 1);
}
