//! The views that explain, in tiles beside the curves.

use std::time::{Duration, Instant};

use egui_kittest::kittest::Queryable as _;
use rnnscope::app::Command;
use rnnscope::figure::of_view::{self, Layout};
use rnnscope::flow::view::Verdict;
use rnnscope::flow::{Draw, Input, Instrument, Question, View, ViewReport, Weights};
use rnnscope::network::{Cell, Design, Nonlinearity};
use rnnscope::session::{Arrangement, Pane, Session};
use rnnscope::ticket::Ticket;

use super::driver::Window;

fn names(window: &Window) -> Vec<&'static str> {
    window.app().figures().iter().map(|figure| figure.name).collect()
}

fn visible(window: &Window) -> Vec<Pane> {
    window.session().why.visible()
}

/// A network that keeps its views busy for long.
fn slow() -> Question {
    let design = Design { hidden_size: 128, ..Design::default() };
    let weights = Weights::Draw(Draw { design, ..Draw::default() });
    Question { weights, input: Input { length: 3000, ..Input::default() }, ..Question::default() }
}

#[test]
fn a_view_opens_in_front_of_the_curves_and_closes_again() {
    let mut window = Window::open(Session::default());
    let curves = names(&window);
    assert_eq!(curves, ["hidden-norm", "gradient-norm", "eigenvalues", "sequence"]);
    window.click("Itemized");
    assert_eq!(visible(&window), [Pane::Itemized]);
    assert_eq!(names(&window), ["itemized"]);
    window.press(Command::View(Pane::Theory));
    assert_eq!(names(&window), ["theory"]);
    window.click("Curves");
    assert_eq!(names(&window), curves);
    window.press(Command::CloseViews);
    assert_eq!(window.session().why.arrangement, Arrangement::default());
}

#[test]
fn views_show_what_the_instrument_measures_and_follow_the_sliders() {
    let mut session = Session::default();
    session.set_cell(Cell::Lstm);
    let mut window = Window::open(session);
    let views = [
        (Pane::Itemized, View::Itemized),
        (Pane::Theory, View::Theory),
        (Pane::Jacobians, View::Jacobians),
        (Pane::Gates, View::Gates),
        (Pane::Weights, View::Weights),
    ];
    for (pane, _) in views {
        window.press(Command::View(pane));
    }
    window.press(Command::Grid);
    window.slider("Weight scale").set_value_accesskit(2.5);
    window.settle();
    let mut wanted = window.app().figures_of(Pane::Curves);
    for (pane, view) in views {
        let report = Instrument::new().view(window.question(), view, &Ticket::new()).unwrap();
        let figures = of_view::figures(&report, &Layout::default());
        assert_eq!(window.app().figures_of(pane), figures);
        wanted.extend(figures);
    }
    assert_eq!(window.app().figures(), wanted, "all of them stand side by side");
}

#[test]
fn a_view_behind_another_one_waits_until_it_is_looked_at() {
    let mut window = Window::open(Session::default());
    window.click("Weights");
    window.click("Theory");
    let before = window.app().figures_of(Pane::Weights);
    window.slider("Weight scale").set_value_accesskit(-3.0);
    window.settle();
    assert_eq!(window.app().figures_of(Pane::Weights), before, "nobody looks");
    window.press(Command::View(Pane::Weights));
    assert_ne!(window.app().figures_of(Pane::Weights), before);
}

#[test]
fn dragging_over_the_landscape_moves_both_sliders_and_measures_nothing_again() {
    let mut window = Window::open_sized(Session::default(), [1280.0, 800.0], Vec::new());
    window.click("Landscape");
    let map = |window: &Window| {
        let figure = window.app().figures_of(Pane::Landscape).remove(0);
        let place = figure.series.last().map(|ring| ring.points[0]);
        (figure.heat.map(|heat| heat.values), place)
    };
    let (before, place) = map(&window);
    assert_eq!(place, Some([1.0, 1.0]));
    window.harness.drag_at(egui::pos2(560.0, 500.0));
    window.settle();
    let first = window.question().clone();
    for step in 0..8 {
        let step = step as f32;
        window.harness.hover_at(egui::pos2(560.0 + 60.0 * step, 500.0 - 20.0 * step));
        window.harness.step();
    }
    window.harness.drop_at(egui::pos2(980.0, 360.0));
    window.settle();
    let last = window.question().clone();
    assert!(first.weight_scale < -1.0 && last.weight_scale > 1.0, "{last:?}");
    assert!(first.bias_scale < 0.0 && last.bias_scale > first.bias_scale, "{last:?}");
    let steps = last.weight_scale / 0.05;
    assert!((steps - steps.round()).abs() < 1e-9, "in steps of the slider: {steps}");
    assert_eq!(map(&window), (before, Some([last.weight_scale, last.bias_scale])));
    window.press(Command::Undo);
    window.press(Command::Undo);
    assert_eq!(window.question(), &Session::default().question, "a drag is one or two steps");
}

#[test]
fn what_the_landscape_runs_across_can_be_chosen_where_it_can_be_changed() {
    let mut window = Window::open(Session::default());
    window.click("Landscape");
    window.click("length");
    let axis = |window: &Window| window.app().figures_of(Pane::Landscape)[0].y.label.clone();
    assert_eq!(axis(&window), "length T");
    // An RNN has no gate to bias.
    window.click("forget bias");
    assert_eq!(axis(&window), "length T");
    window.click("LSTM");
    window.click("forget bias");
    assert_eq!(axis(&window), "bias of the forget gate");
    window.click("RNN");
    assert_eq!(axis(&window), "bias scale", "in place of what is not there");
}

#[test]
fn rows_of_the_landscape_stay_while_the_cross_hair_is_dragged() {
    let mut window = Window::open_sized(Session::default(), [1280.0, 800.0], Vec::new());
    window.click("Landscape");
    window.click("hidden size");
    let largest = |window: &Window| {
        let heat = window.app().figures_of(Pane::Landscape).remove(0).heat;
        heat.and_then(|heat| heat.y.last().copied())
    };
    let before = largest(&window);
    window.harness.drag_at(egui::pos2(700.0, 600.0));
    for y in [500.0, 400.0, 300.0, 270.0] {
        window.harness.hover_at(egui::pos2(700.0, y));
        window.settle();
    }
    let draw = window.session().draw();
    assert!(draw.design.hidden_size > 30, "{draw:?}");
    assert_eq!(largest(&window), before, "under the hand");
    window.harness.drop_at(egui::pos2(700.0, 270.0));
    window.settle();
    assert!(largest(&window) > before, "room above for the larger network");
}

#[test]
fn the_badge_checks_the_gradients_once_the_settings_rest() {
    let mut window = Window::open(Session::default());
    let check = window.app().check().expect("a check").clone();
    assert_eq!(check.verdict(), Verdict::Agrees);
    assert!(window.harness.query_by_label_contains("✔").is_some());
    window.slider("Weight scale").set_value_accesskit(2.0);
    window.harness.step();
    window.harness.step();
    assert_eq!(window.app().check(), None, "not of these settings");
    window.settle();
    let again = window.app().check().expect("a check").clone();
    assert_ne!(again, check);
    // The open view and the badge agree.
    window.click("Check");
    let Ok(ViewReport::Check(report)) =
        Instrument::new().view(window.question(), View::Check, &Ticket::new())
    else {
        panic!("a check")
    };
    assert_eq!(window.app().check(), Some(&report.check));
}

#[test]
fn units_of_gates_can_be_sorted() {
    let mut window = Window::open(Session::default());
    window.click("Gates");
    let names = |window: &Window| window.app().figures_of(Pane::Gates)[0].y.names.clone();
    let by_mean = names(&window);
    window.click("Unit number");
    let numbers: Vec<String> = (1..=16).map(|unit| unit.to_string()).collect();
    assert_eq!(names(&window), numbers);
    assert_ne!(by_mean, numbers);
}

#[test]
fn points_of_a_view_are_told_by_what_they_are() {
    let mut window = Window::open_sized(Session::default(), [1280.0, 800.0], Vec::new());
    window.click("Check");
    // Somewhere over the points of the first card, whatever their exact places.
    let told = (180..400).step_by(6).any(|y| {
        (430..560).step_by(8).any(|x| {
            window.harness.hover_at(egui::pos2(x as f32, y as f32));
            window.harness.step();
            window.harness.step();
            window.harness.query_by_label_contains("relative error = ").is_some()
        })
    });
    assert!(told, "no point was told");
    assert!(window.harness.query_by_label_contains("λ = ").is_none(), "it is no eigenvalue");
}

#[test]
fn closing_a_view_stops_its_work() {
    let session = Session { question: slow(), ..Session::default() };
    let mut window = Window::open(session);
    window.start(Command::View(Pane::Jacobians));
    assert!(window.app().is_at_work(Pane::Jacobians));
    window.start(Command::View(Pane::Jacobians));
    let start = Instant::now();
    while window.app().is_at_work(Pane::Jacobians) {
        window.harness.step();
        // A step of it takes milliseconds, all of them many seconds.
        assert!(start.elapsed() < Duration::from_secs(20), "it goes on");
        std::thread::sleep(Duration::from_millis(1));
    }
    assert!(window.app().figures_of(Pane::Jacobians).is_empty(), "it was not finished");
}

#[test]
fn views_rest_while_the_other_tab_is_shown() {
    let session = Session { question: slow(), ..Session::default() };
    let mut window = Window::open(session);
    window.start(Command::View(Pane::Jacobians));
    assert!(window.app().is_at_work(Pane::Jacobians));
    window.press(Command::ShowTrain);
    assert!(!window.app().is_at_work(Pane::Jacobians));
    window.start(Command::ShowExplore);
    assert!(window.app().is_at_work(Pane::Jacobians), "and go on when they are looked at");
    window.start(Command::CloseViews);
}

#[test]
fn the_arrangement_is_remembered() {
    let mut window = Window::open(Session::default());
    for label in ["Gates", "Theory"] {
        window.click(label);
    }
    window.press(Command::SideBySide);
    assert_eq!(visible(&window), [Pane::Curves, Pane::Theory]);
    let text = window.session().save().unwrap();
    let again = Window::open(Session::load(&text).unwrap());
    assert_eq!(again.session().why, window.session().why);
    assert_eq!(names(&again), names(&window));
}

#[test]
fn an_enlarged_view_keeps_both_scales_at_hand() {
    let mut window = Window::open(Session::default());
    window.click("Itemized");
    let before = window.app().figures();
    window.click("Enlarge Itemized");
    assert_eq!(visible(&window), [Pane::Itemized]);
    assert_eq!(window.harness.query_all_by_label("Hidden size").count(), 0, "they make room");
    window.slider("Weight scale").set_value_accesskit(2.0);
    window.settle();
    assert_eq!(window.question().weight_scale, 2.0);
    assert_ne!(window.app().figures(), before);
    window.harness.key_press(egui::Key::Escape);
    window.settle();
    assert_eq!(window.session().why.enlarged, None);
    assert!(window.harness.query_all_by_label("Hidden size").count() > 0);
}

#[test]
fn a_pane_exports_its_own_figures() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = Window::open(Session::default());
    window.click("Gates");
    window.press(Command::SideBySide);
    window.click("Export… Gates");
    let path = folder.path().join("gates.svg");
    let field = window.harness.get_by_role_and_label(egui::accesskit::Role::TextInput, "File");
    assert_eq!(field.value().as_deref(), Some("rnnscope-gates.png"));
    window.click("SVG");
    window.harness.get_by_role_and_label(egui::accesskit::Role::TextInput, "File").focus();
    window.harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
    window
        .harness
        .get_by_role_and_label(egui::accesskit::Role::TextInput, "File")
        .type_text(&path.display().to_string());
    window.settle();
    window.click("Save");
    let svg = std::fs::read_to_string(path).unwrap();
    assert!(svg.contains("Activations") && !svg.contains("Eigenvalues"));
}

#[test]
fn a_view_that_cannot_be_had_says_why_and_the_curves_stay() {
    let input = Input { length: 20_000, ..Input::default() };
    let question = Question { input, ..Question::default() };
    let mut window = Window::open(Session { question, ..Session::default() });
    window.press(Command::View(Pane::Itemized));
    window.press(Command::SideBySide);
    assert_eq!(window.app().error(), None);
    assert!(window.harness.query_by_label_contains("⚠").is_some());
    assert_eq!(window.app().figures_of(Pane::Curves).len(), 4);
}

#[test]
fn networks_that_explode_are_shown_in_every_view() {
    for cell in [Cell::Rnn(Nonlinearity::Identity), Cell::Lstm, Cell::Gru] {
        let design = Design { cell, ..Design::default() };
        let weights = Weights::Draw(Draw { design, ..Draw::default() });
        let input = Input { length: 120, ..Input::default() };
        let question = Question { weights, input, weight_scale: 1e6, ..Question::default() };
        let mut window = Window::open(Session { question, ..Session::default() });
        for pane in Pane::VIEWS {
            window.press(Command::View(pane));
            assert_eq!(visible(&window), [pane]);
            assert!(!window.app().figures_of(pane).is_empty(), "{pane:?} of {cell:?}");
        }
        assert_eq!(window.app().error(), None);
    }
}
