//! Runs that gave way to others: nothing that was trained is lost.

use egui_kittest::kittest::{NodeT as _, Queryable as _};
use rnnscope::app::{Command, NoticeKind, Phase};
use rnnscope::figure::Stroke;
use rnnscope::session::Tab;
use rnnscope::task::TaskChoice;
use rnnscope::train::presets;

use super::driver::Window;
use super::support::{comparison, open};

impl Window {
    /// Numbers of the runs: the one on screen, and the list.
    fn runs(&self) -> (Option<u64>, Vec<u64>) {
        let ledger = self.training().ledger();
        let present = ledger.present.as_ref().map(|line| line.number);
        (present, ledger.earlier.iter().map(|line| line.number).collect())
    }

    /// Waits until a run has ended on screen.
    fn over(&mut self, number: u64) {
        self.until("over", |tab| {
            tab.phase() == Phase::Over && tab.scene().is_some_and(|one| one.number == number)
        });
    }

    fn told(&self, text: &str) -> bool {
        self.app().notices().any(|notice| notice.text.contains(text))
    }
}

/// A window with a finished run and an open list.
fn trained() -> Window {
    let mut window = open(comparison(30));
    window.session_mut().train.runs_open = true;
    window.train();
    window
}

#[test]
fn starting_again_rewinding_and_another_task_lose_no_run() {
    let mut window = trained();
    let first = window.losses();
    window.tap("Start again");
    window.over(2);
    assert_eq!((window.losses(), window.runs()), (first.clone(), (Some(2), vec![1])));
    assert!(window.told("Run 1 is kept under “Earlier runs”. Undo (↶) goes back, step by step."));
    window.tap("Rewind");
    window.until("ready", |tab| tab.phase() == Phase::Ready);
    assert_eq!(window.runs(), (Some(3), vec![2, 1]));

    let task = TaskChoice::all().into_iter().find(|task| task.name() == "echo").unwrap();
    let mut echo = presets("echo")[0].rounds[0].clone();
    (echo.steps, echo.trials, echo.probe_every) = (10, 1, 5);
    window.session_mut().train.choose_task(&task);
    window.session_mut().train.comparison = echo;
    window.settle();
    window.tap("Start");
    window.over(3);
    assert_eq!(window.runs(), (Some(3), vec![2, 1]), "rewound and not trained: nothing to keep");
    let lines = &window.training().ledger().earlier;
    assert_eq!(lines[1].title, "Running mean: rnn_1_layer · lstm_1_layer, seed 0");
    assert!(lines[1].result.starts_with("ended after 30 updates · first: "), "{}", lines[1].result);

    window.tap("Show run 1");
    window.over(1);
    assert_eq!((window.losses(), window.runs()), (first.clone(), (Some(1), vec![3, 2])));
    // As it was left: it can be trained on.
    window.session_mut().train.further = 5;
    window.tap("Train further");
    window.until("further", |tab| {
        tab.phase() == Phase::Over
            && tab.scene().is_some_and(|scene| scene.lanes.iter().all(|lane| lane.steps == 35))
    });
    assert!(window.losses().iter().zip(&first).all(|(all, first)| all.starts_with(first)));
    window.harness.check_accessibility();
}

#[test]
fn undo_brings_back_what_starting_rewinding_and_deleting_removed() {
    let mut window = trained();
    let first = window.losses();
    window.tap("Rewind");
    window.until("ready", |tab| tab.phase() == Phase::Ready);
    window.press_only(Command::Undo);
    window.over(1);
    assert_eq!((window.losses(), window.runs()), (first.clone(), (Some(1), vec![])));
    assert!(window.training().scene().is_some_and(|scene| scene.phase == Phase::Over));

    window.session_mut().train.comparison.seed = 5;
    window.settle();
    window.tap("Start new run");
    window.over(2);
    let second = window.losses();
    assert_ne!(second, first);
    window.tap("Delete run 1");
    assert_eq!(window.runs(), (Some(2), vec![]));
    assert!(window.told("Run 1 is off the list. Undo (↶) goes back, step by step."));
    window.press_only(Command::Undo);
    window.until("undone", |tab| tab.ledger().earlier.len() == 1);
    window.press_only(Command::Undo);
    window.over(1);
    assert_eq!((window.losses(), window.runs()), (first, (Some(1), vec![2])));
    window.press_only(Command::Redo);
    window.over(2);
    assert_eq!(window.losses(), second);
    window.press_only(Command::Redo);
    window.until("deleted again", |tab| tab.ledger().earlier.is_empty());
    assert_eq!(window.session().tab, Tab::Train);
}

#[test]
fn undo_on_the_train_tab_leaves_explore_alone_and_the_other_way_round() {
    let mut window = trained();
    window.tap("Rewind");
    window.until("ready", |tab| tab.phase() == Phase::Ready);
    window.session_mut().question.weight_scale = 1.5;
    window.settle();
    window.press_only(Command::Undo);
    window.over(1);
    assert_eq!(window.question().weight_scale, 1.5);
    window.session_mut().tab = Tab::Explore;
    window.settle();
    window.press(Command::Undo);
    assert_eq!(window.question().weight_scale, 1.0);
    assert_eq!(window.runs().0, Some(1));
}

#[test]
fn a_paused_run_goes_on_where_it_was_left() {
    let mut window = open(comparison(40));
    window.session_mut().train.runs_open = true;
    window.tap("Step");
    window.tap("Step");
    window.tap("Start again");
    window.over(2);
    let whole = window.losses();
    let line = window.training().ledger().earlier[0].clone();
    assert!(line.result.starts_with("not ended, 2 updates done"), "{}", line.result);
    window.tap("Show run 1");
    window.until("shown", |tab| tab.scene().is_some_and(|scene| scene.number == 1));
    assert_eq!((window.training().phase(), window.steps()), (Phase::Paused, vec![2, 2]));
    window.tap("Resume");
    window.over(1);
    assert_eq!(window.losses(), whole, "leaving the screen changes no number");
}

#[test]
fn curves_of_two_runs_stand_in_one_figure_under_their_own_names_and_settings() {
    let mut window = trained();
    let plain = window.figure("loss");
    window.session_mut().train.comparison.seed = 5;
    window.session_mut().train.comparison.steps = 50;
    window.settle();
    window.tap("Start new run");
    window.over(2);
    // The controls are of neither run.
    window.session_mut().train.comparison.seed = 99;
    window.settle();
    window.tap("Compare with run 1");
    window.until("compared", |tab| tab.scene().is_some_and(|scene| scene.overlaid == Some(1)));
    let figure = window.figure("loss");
    assert_eq!(figure.title, "Training loss: run 2 and run 1");
    for who in ["rnn_1_layer", "lstm_1_layer"] {
        let earlier = figure.series.iter().find(|one| one.name == format!("run 1: {who}")).unwrap();
        let strong = |one: &&rnnscope::figure::Series| one.name == who && !one.faint;
        let alone = plain.series.iter().find(strong).unwrap();
        assert_eq!(earlier.points, alone.points, "the numbers of the run itself");
        assert!(earlier.ghost && earlier.stroke == Stroke::Dashed);
        let present = figure.series.iter().filter(|one| one.name == format!("run 2: {who}"));
        assert_eq!(present.count(), 1);
    }
    assert!(figure.series.iter().all(|one| one.name.starts_with("run ")));
    assert!(
        figure.notes[0].starts_with("Run 2: running mean") && figure.notes[0].contains("seed 5")
    );
    assert!(figure.notes[1].starts_with("Run 1 (paler") && figure.notes[1].contains("seed 0"));
    assert!(!figure.notes.iter().any(|note| note.contains("seed 99")));
    window.harness.check_accessibility();
    window.tap("Compare with run 1");
    window.until("alone", |tab| tab.scene().is_some_and(|scene| scene.overlaid.is_none()));
    assert_eq!(window.figure("loss").title, "Training loss");
}

#[test]
fn runs_of_different_tasks_are_not_compared() {
    let mut window = trained();
    let mut echo = presets("echo")[0].rounds[0].clone();
    (echo.steps, echo.trials, echo.probe_every) = (10, 1, 5);
    window.session_mut().train.take(echo);
    window.settle();
    window.tap("Start new run");
    window.over(2);
    assert!(window.harness.get_by_label("Compare with run 1").accesskit_node().is_disabled());
}

#[test]
fn what_had_to_go_is_told() {
    let mut window = open(comparison(2));
    window.train();
    for number in 2..=14 {
        window.tap("Start again");
        window.over(number);
    }
    assert_eq!(window.runs(), (Some(14), (2..=13).rev().collect()));
    let gone = window.app().notices().find(|notice| notice.text.contains("has left the list"));
    let gone = gone.expect("it is said");
    assert!(gone.text.starts_with("Run 1 has left") && gone.kind == NoticeKind::Warning);
    assert_eq!(window.training().ledger().at_risk, Some(2));
}

#[test]
fn a_run_gives_its_settings_back_to_the_controls() {
    let mut window = trained();
    let own = window.session().train.comparison.clone();
    window.session_mut().train.comparison.seed = 5;
    window.session_mut().train.contender = 1;
    window.settle();
    window.click("Use its settings");
    assert_eq!(window.session().train.comparison, own);
    assert_eq!(window.session().train.contender, 1);
    assert!(window.harness.query_by_label("Use its settings").is_none());
}
