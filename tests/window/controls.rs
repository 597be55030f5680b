//! Every control does what it says, and the curves follow.

use egui_kittest::kittest::Queryable as _;
use rnnscope::app::Command;
use rnnscope::flow::{Draw, Precision, Question, Signal, Weights};
use rnnscope::network::{Cell, Design, GateBias, Init, Nonlinearity, Recipe, Wiring};
use rnnscope::session::{Session, ThemeChoice};
use rnnscope::task::Loss;

use super::driver::Window;

fn draw(window: &Window) -> Draw {
    window.session().draw()
}

#[test]
fn the_first_window_shows_living_curves() {
    let window = Window::open(Session::default());
    let report = window.report();
    assert_eq!(window.app().error(), None);
    assert_eq!((report.question.weight_scale, report.question.bias_scale), (1.0, 1.0));
    assert!(report.layers[0].grad_norm.iter().all(|norm| *norm > 0.0));
    assert!(report.layers[0].hidden_norm.iter().all(|norm| *norm > 0.0));
}

#[test]
fn the_weight_slider_scales_the_spectrum_and_moves_the_curves() {
    let mut window = Window::open(Session::default());
    let (radius, before) = (window.radius(), window.report().layers.clone());
    window.slider("Weight scale").set_value_accesskit(-2.0);
    window.settle();
    assert_eq!(window.question().weight_scale, -2.0);
    assert!((window.radius() - 2.0 * radius).abs() < 1e-9 * radius);
    assert_ne!(window.report().layers, before);
}

#[test]
fn the_bias_slider_moves_the_curves_but_not_the_spectrum() {
    let mut window = Window::open(Session::default());
    let (radius, before) = (window.radius(), window.report().layers.clone());
    window.slider("Bias scale").set_value_accesskit(3.0);
    window.settle();
    assert_eq!(window.radius(), radius);
    assert_ne!(window.report().layers, before);
}

#[test]
fn arrow_keys_move_a_focused_slider_by_its_step() {
    let mut window = Window::open(Session::default());
    window.slider("Weight scale").focus();
    window.settle();
    window.harness.key_press(egui::Key::ArrowRight);
    window.settle();
    assert_eq!(window.question().weight_scale, 1.05);
    window.harness.key_press(egui::Key::ArrowLeft);
    window.harness.key_press(egui::Key::ArrowLeft);
    window.settle();
    assert_eq!(window.question().weight_scale, 0.95);
}

#[test]
fn a_click_gives_the_slider_to_the_arrow_keys() {
    let mut window = Window::open(Session::default());
    window.slider("Weight scale").click();
    window.settle();
    let clicked = window.question().weight_scale;
    assert!(clicked.abs() < 0.1, "the middle of the slider is 0, not {clicked}");
    window.harness.key_press(egui::Key::ArrowRight);
    window.settle();
    assert!((window.question().weight_scale - clicked - 0.05).abs() < 1e-9);
}

#[test]
fn a_double_click_resets_one_scale_and_reset_both() {
    let question = Question { weight_scale: 2.5, bias_scale: -1.0, ..Question::default() };
    let mut window = Window::open(Session { question, ..Session::default() });
    for _ in 0..2 {
        window.slider("Weight scale").click();
    }
    window.settle();
    assert_eq!(window.question().weight_scale, 1.0);
    assert_eq!(window.question().bias_scale, -1.0);
    window.slider("Weight scale").set_value_accesskit(4.0);
    window.settle();
    window.click("Reset");
    assert_eq!((window.question().weight_scale, window.question().bias_scale), (1.0, 1.0));
}

#[test]
fn a_typed_value_may_exceed_the_slider() {
    let mut window = Window::open(Session::default());
    window.click("Weight scale, typed");
    window.harness.event(egui::Event::Text("7.25".to_owned()));
    window.harness.key_press(egui::Key::Enter);
    window.settle();
    assert_eq!(window.question().weight_scale, 7.25);
    assert_eq!(window.report().question.weight_scale, 7.25);
    // The slider shows its end, but must not pull the value back.
    window.settle();
    assert_eq!(window.question().weight_scale, 7.25);
}

#[test]
fn cells_and_nonlinearities_can_be_chosen_and_remembered() {
    let mut window = Window::open(Session::default());
    window.click("ReLU");
    assert_eq!(draw(&window).design.cell, Cell::Rnn(Nonlinearity::Relu));
    window.click("LSTM");
    assert_eq!(draw(&window).design.cell, Cell::Lstm);
    assert!(window.report().layers[0].cell_norm.is_some());
    window.click("GRU");
    assert_eq!(draw(&window).design.cell, Cell::Gru);
    window.click("RNN");
    assert_eq!(draw(&window).design.cell, Cell::Rnn(Nonlinearity::Relu));
    window.click_nth("identity", 0);
    assert_eq!(draw(&window).design.cell, Cell::Rnn(Nonlinearity::Identity));
}

#[test]
fn gate_biases_are_offered_for_cells_with_gates() {
    let mut window = Window::open(Session::default());
    assert!(window.harness.query_by_label("chrono").is_none(), "an RNN has no gates");
    window.click("LSTM");
    let before = window.report().layers[0].grad_norm[0];
    window.click("forget");
    assert_eq!(draw(&window).design.gate_bias, GateBias::Forget(1.0));
    assert!(window.report().layers[0].grad_norm[0] > before, "an open gate lets more arrive");
    window.click("hold");
    assert_eq!(draw(&window).design.gate_bias, GateBias::Hold(5.0));
    window.click("chrono");
    assert_eq!(draw(&window).design.gate_bias, GateBias::Chrono(400.0));
    window.click("GRU");
    assert_eq!(draw(&window).design.gate_bias, GateBias::Chrono(400.0));
    assert!(window.harness.query_by_label("forget").is_none(), "a GRU has no forget gate");
    window.click_nth("drawn", 2);
    assert_eq!(draw(&window).design.gate_bias, GateBias::Drawn);
}

#[test]
fn a_forget_bias_waits_while_the_cell_has_no_forget_gate() {
    let mut window = Window::open(Session::default());
    window.click("LSTM");
    window.click("forget");
    window.click("GRU");
    assert_eq!(window.app().error(), None);
    assert!(window.harness.query_by_label("Forget bias").is_none());
    window.click("LSTM");
    assert_eq!(draw(&window).design.gate_bias, GateBias::Forget(1.0));
    window.harness.get_by_role_and_label(egui::accesskit::Role::SpinButton, "Forget bias");
}

#[test]
fn wiring_and_ticks_are_measured_tick_by_tick() {
    let mut window = Window::open(Session::default());
    window.slider("Layers").set_value_accesskit(2.0);
    window.settle();
    window.click("skips");
    window.slider("Ticks").set_value_accesskit(3.0);
    window.settle();
    let report = window.report();
    assert_eq!((report.spec.wiring, report.spec.ticks, report.length), (Wiring::Skips, 3, 30));
    assert_eq!(window.app().error(), None);
}

#[test]
fn sizes_follow_their_sliders() {
    let mut window = Window::open(Session::default());
    for (label, value) in [("Hidden size", 5.0), ("Layers", 3.0), ("Length", 25.0), ("Batch", 4.0)]
    {
        window.slider(label).set_value_accesskit(value);
        window.settle();
    }
    let report = window.report();
    assert_eq!((report.spec.hidden_size, report.spec.num_layers), (5, 3));
    assert_eq!((report.length, report.batch), (25, 4));
}

#[test]
fn loss_precision_recipe_and_init_can_be_chosen() {
    let mut window = Window::open(Session::default());
    window.click("all steps");
    assert_eq!(window.report().question.loss, Loss::All);
    window.click("last step");
    assert_eq!(window.report().question.loss, Loss::Last);
    window.click("f32");
    assert_eq!(window.report().question.precision, Precision::F32);
    window.click("notebook");
    assert_eq!(draw(&window).design.recipe, Recipe::Notebook);
    window.click("orthogonal");
    assert_eq!(draw(&window).design.init, Init::Orthogonal);
    assert!((window.radius() - 1.0).abs() < 1e-5);
    window.click_nth("identity", 1);
    assert_eq!(draw(&window).design.init, Init::Identity);
}

#[test]
fn every_signal_can_be_chosen() {
    let mut window = Window::open(Session::default());
    let signals = [
        ("impulse", Signal::Impulse),
        ("sine", Signal::Sine),
        ("constant", Signal::Constant),
        ("noise", Signal::Noise),
    ];
    for (label, signal) in signals {
        let box_of_signals = egui::accesskit::Role::ComboBox;
        window.harness.get_by_role_and_label(box_of_signals, "Signal").click();
        window.settle();
        let entry = window.harness.get_all_by_label(label).last();
        entry.expect("an entry").click();
        window.settle();
        assert_eq!(window.report().question.input.signal, signal);
    }
}

#[test]
fn the_input_can_continue_the_weights_stream() {
    let mut window = Window::open(Session::default());
    assert_eq!(window.question().input.seed, Some(0));
    let own = window.report().input.clone();
    window.click("Input seed of its own");
    assert_eq!(window.question().input.seed, None);
    assert_ne!(window.report().input, own);
    window.click("Input seed of its own");
    assert_eq!(window.report().input, own);
}

#[test]
fn draw_again_takes_another_seed_and_back_returns() {
    let mut window = Window::open(Session::default());
    let first = window.report().layers.clone();
    window.click("Draw again");
    let again = window.report().layers.clone();
    assert_ne!(draw(&window).seed, 0);
    assert_ne!(again, first);
    window.click("Back");
    assert_eq!(draw(&window).seed, 0);
    assert_eq!(window.report().layers, first);
}

#[test]
fn undo_and_redo_walk_through_settings() {
    let mut window = Window::open(Session::default());
    window.slider("Weight scale").set_value_accesskit(2.0);
    window.settle();
    window.click("LSTM");
    window.press(Command::Undo);
    assert_eq!(draw(&window).design.cell, Cell::Rnn(Nonlinearity::Tanh));
    assert_eq!(window.question().weight_scale, 2.0);
    window.press(Command::Undo);
    assert_eq!(window.question().weight_scale, 1.0);
    window.press(Command::Redo);
    window.press(Command::Redo);
    assert!(
        matches!(&window.question().weights, Weights::Draw(draw) if draw.design.cell == Cell::Lstm)
    );
}

#[test]
fn help_shows_the_formulas_of_the_present_cell() {
    let mut window = Window::open(Session::default());
    window.press(Command::Help);
    window.harness.get_by_label("The present cell: RNN tanh");
    window.harness.get_by_label_contains("hₜ = tanh(");
    window.press(Command::Help);
    assert!(window.harness.query_by_label("The present cell: RNN tanh").is_none());
    window.click("GRU");
    window.click("?");
    window.harness.get_by_label("The present cell: GRU");
}

#[test]
fn a_small_or_magnified_window_still_shows_and_measures() {
    for (size, zoom) in [([640.0, 400.0], 1.0), ([1280.0, 800.0], 2.0), ([320.0, 240.0], 1.0)] {
        let session = Session { zoom, ..Session::default() };
        let mut window = Window::open_sized(session, size, Vec::new());
        window.slider("Weight scale").set_value_accesskit(2.0);
        window.settle();
        assert_eq!(window.report().question.weight_scale, 2.0);
    }
}

#[test]
fn a_long_measurement_can_be_stopped_or_given_up_for_another() {
    let mut window = Window::open(Session::default());
    let quick = window.question().clone();
    let mut long = quick.clone();
    long.input.length = 10_000;
    let draw = Draw { design: Design::new(Cell::Lstm, 512, 8), ..Draw::default() };
    long.weights = Weights::Draw(draw);
    let app = window.harness.state_mut().as_mut().expect("a frame was drawn");
    app.session_mut().question = long;
    let start = std::time::Instant::now();
    while window.harness.query_by_label("Stop all").is_none() {
        window.harness.step();
        assert!(start.elapsed().as_secs() < 30, "no button to stop it");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    assert!(window.harness.query_all_by_label_contains("measuring").count() > 0);
    window.click("Stop all");
    assert_eq!(window.harness.query_all_by_label_contains("measuring").count(), 0);
    assert!(window.app().error().is_some_and(|error| error.starts_with("stopped")));
    window.press(Command::Undo);
    assert_eq!(window.app().error(), None);
    assert_eq!(window.report().question, quick);
}

#[test]
fn the_theme_and_the_size_of_the_interface_can_be_chosen() {
    let mut window = Window::open(Session::default());
    window.click("dark");
    assert_eq!(window.session().theme, ThemeChoice::Dark);
    assert_eq!(window.harness.ctx.theme(), egui::Theme::Dark);
    window.click("+");
    assert!((window.session().zoom - 1.1).abs() < 1e-6);
    window.click("Natural size");
    assert_eq!(window.session().zoom, 1.0);
}
