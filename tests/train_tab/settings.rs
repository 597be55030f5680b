//! Presets, the list of contenders, and settings that survive.

use egui_kittest::kittest::Queryable as _;
use rnnscope::network::Cell;
use rnnscope::session::Session;
use rnnscope::task::Loss;
use rnnscope::train::{Comparison, Feed};

use super::driver::Window;
use super::support::{comparison, open};

#[test]
fn presets_are_the_notebooks_rounds_and_a_fair_race() {
    let mut window = open(comparison(20));
    window.click("Notebook, last step");
    assert_eq!(window.session().train.comparison, Comparison::notebook(Loss::Last));
    window.click("Notebook, all steps");
    assert_eq!(window.session().train.comparison, Comparison::notebook(Loss::All));
    window.click("Fair race");
    let fair = &window.session().train.comparison;
    assert_eq!((fair.feed, fair.contenders.len()), (Feed::Fair, 3));
}

#[test]
fn contenders_are_added_duplicated_renamed_and_removed() {
    let mut window = open(comparison(20));
    let names = |window: &Window| -> Vec<String> {
        let contenders = &window.session().train.comparison.contenders;
        contenders.iter().map(|contender| contender.name.clone()).collect()
    };
    window.click("Add");
    assert_eq!(names(&window), ["rnn_1_layer", "lstm_1_layer", "GRU, 1 layer"]);
    window.click("Duplicate");
    assert_eq!(names(&window)[3], "GRU, 1 layer (2)");
    window.name("mine");
    assert_eq!(names(&window)[3], "mine");
    window.click("LSTM");
    let contender = &window.session().train.comparison.contenders[3];
    assert_eq!((contender.design.cell, contender.name.as_str()), (Cell::Lstm, "mine"));
    window.session_mut().train.contender = 2;
    window.settle();
    window.click("LSTM");
    assert_eq!(names(&window)[2], "LSTM, 1 layer", "an automatic name follows the cell");
    window.name("other");
    assert_eq!(names(&window)[2], "other", "an automatic name can be typed over");
    window.session_mut().train.contender = 3;
    window.settle();
    for _ in 0..3 {
        window.click("Remove");
    }
    assert_eq!(names(&window), ["rnn_1_layer"]);
    window.click("Remove");
    assert_eq!(names(&window).len(), 1, "the last contender stays");
}

#[test]
fn changed_settings_are_said_to_apply_at_the_next_start() {
    let mut window = open(comparison(20));
    window.train();
    assert!(window.harness.query_by_label_contains("apply when training is").is_none());
    window.session_mut().train.comparison.seed = 5;
    window.settle();
    window.harness.get_by_label_contains("apply when training is");
    window.tap("Start new run");
    window.until("over", |tab| tab.scene().is_some_and(|scene| scene.comparison.seed == 5));
}

#[test]
fn controls_rest_while_training_runs() {
    let mut window = open(comparison(5_000_000));
    window.tap("Start");
    window.harness.get_by_label_contains("These settings rest while training runs");
    let before = window.session().train.clone();
    window.tap("Fair race");
    assert_eq!(window.session().train, before);
}

#[test]
fn the_comparison_is_part_of_the_saved_session() {
    let mut window = open(comparison(77));
    window.click("Add");
    let text = window.session().save().expect("saves");
    assert_eq!(Session::load(&text).expect("loads"), *window.session());
}

impl Window {
    /// Types over the name of the selected contender.
    fn name(&mut self, name: &str) {
        let (role, label) = (egui::accesskit::Role::TextInput, "Contender’s name");
        self.harness.get_by_role_and_label(role, label).focus();
        self.settle();
        self.harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
        self.harness.get_by_role_and_label(role, label).type_text(name);
        self.settle();
    }
}

#[test]
fn parameters_are_shown_on_request() {
    let mut window = open(comparison(20));
    window.train();
    let shown = |window: &Window| {
        let figures = window.training().figures();
        figures.iter().any(|figure| figure.name == "parameter-gradients")
    };
    assert!(!shown(&window));
    // The page scrolls there.
    window.harness.get_by_label("Show parameters").scroll_to_me();
    window.settle();
    window.click("Show parameters");
    assert!(shown(&window));
    window.click("Hide parameters");
    assert!(!shown(&window));
}
