//! The figures on screen: views, marks, the step under the pointer, the table.

use egui_kittest::kittest::Queryable as _;
use rnnscope::app::Command;
use rnnscope::figure::{Figure, FlagKind, Range};
use rnnscope::flow::{Draw, Input, Precision, Question, Weights};
use rnnscope::network::{Cell, Design, Nonlinearity};
use rnnscope::session::Session;

use super::driver::Window;

fn figure(window: &Window, name: &str) -> Figure {
    let figures = window.app().figures();
    figures.into_iter().find(|figure| figure.name == name).expect("the figure")
}

#[test]
fn the_notebooks_view_is_one_click_away_and_back() {
    let mut window = Window::open(Session::default());
    assert_eq!(figure(&window, "gradient-norm").y.range, Range::Auto);
    window.click("Notebook’s view");
    let gradient = figure(&window, "gradient-norm");
    assert!(gradient.x.reversed);
    assert_eq!(gradient.y.range, Range::Fixed(1e-6, 1e5));
    assert_eq!(figure(&window, "hidden-norm").y.range, Range::Fixed(-1.0, 5.0));
    window.click("Start at 0");
    assert_eq!((window.question().weight_scale, window.question().bias_scale), (0.0, 0.0));
    window.press(Command::ResetScales);
    window.press(Command::NotebookView);
    assert_eq!(figure(&window, "gradient-norm").y.range, Range::Auto);
    window.click("Time reversed");
    assert!(figure(&window, "hidden-norm").x.reversed);
}

#[test]
fn the_same_step_is_marked_everywhere() {
    let mut window = Window::open_sized(Session::default(), [1280.0, 800.0], Vec::new());
    assert_eq!(window.app().marked_step(), None);
    // The upper right card is the gradient, whatever its exact place.
    window.harness.hover_at(egui::pos2(1050.0, 260.0));
    window.settle();
    let step = window.app().marked_step().expect("a step under the pointer");
    assert!((1.0..=10.0).contains(&step) && step.fract() == 0.0, "{step}");
    window.harness.get_by_label(&format!("step t = {step}"));
    window.harness.hover_at(egui::pos2(1150.0, 260.0));
    window.settle();
    assert!(window.app().marked_step() > Some(step), "further right is a later step");
    window.harness.remove_cursor();
    window.settle();
    assert_eq!(window.app().marked_step(), None);
}

#[test]
fn the_table_opens_and_its_numbers_can_be_copied() {
    let mut window = Window::open(Session::default());
    window.press(Command::ToggleTable);
    window.harness.get_by_label("‖∂L/∂hₜ‖");
    let wanted = window.report().layers[0].grad_norm.clone();
    let copied = window.clipboard(Command::CopyNumbers, |command| match command {
        egui::OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    });
    let mut lines = copied.lines();
    assert_eq!(lines.next(), window.app().sheet().heading.as_deref(), "what they are of");
    assert_eq!(lines.next(), Some("t\t‖hₜ‖\t‖∂L/∂hₜ‖"));
    let read = lines.map(|line| line.rsplit('\t').next().and_then(|cell| cell.parse().ok()));
    let read: Vec<f64> = read.collect::<Option<_>>().expect("numbers");
    assert_eq!(read, wanted);
}

#[test]
fn underflow_in_single_precision_is_marked_and_told() {
    let input = Input { length: 400, seed: Some(0), ..Input::default() };
    let question =
        Question { input, weight_scale: 0.3, precision: Precision::F32, ..Question::default() };
    let window = Window::open(Session { question, ..Session::default() });
    let gradient = figure(&window, "gradient-norm").resolve();
    assert!(gradient.flags.iter().any(|flag| flag.kind == FlagKind::Underflow));
    window.harness.get_by_label_contains("exactly zero");
}

#[test]
fn an_explosion_beyond_all_numbers_is_shown_not_hidden() {
    let cell = Cell::Rnn(Nonlinearity::Identity);
    let weights =
        Weights::Draw(Draw { design: Design { cell, ..Design::default() }, ..Draw::default() });
    let input = Input { length: 3000, seed: Some(0), ..Input::default() };
    let question = Question { weights, input, weight_scale: 5.0, ..Question::default() };
    let window = Window::open(Session { question, ..Session::default() });
    assert_eq!(window.app().error(), None);
    assert!(!window.report().loss.is_finite());
    let hidden = figure(&window, "hidden-norm").resolve();
    assert!(hidden.flags.iter().any(|flag| flag.kind == FlagKind::Overflow));
    assert!(hidden.flags.iter().any(|flag| flag.kind == FlagKind::NotANumber));
}

#[test]
fn a_large_lstm_gets_its_step_jacobian_in_the_end() {
    let draw = Draw { design: Design::new(Cell::Lstm, 100, 1), ..Draw::default() };
    let question = Question { weights: Weights::Draw(draw), ..Question::default() };
    let window = Window::open(Session { question, ..Session::default() });
    assert!(window.report().is_complete());
    assert!(!figure(&window, "eigenvalues").series.is_empty());
}

#[test]
fn dark_and_light_can_be_switched() {
    let mut window = Window::open(Session::default());
    let before = window.harness.ctx.theme();
    window.press(Command::ToggleTheme);
    assert_ne!(window.harness.ctx.theme(), before);
    window.press(Command::ToggleTheme);
    assert_eq!(window.harness.ctx.theme(), before);
}
