//! Closing the window with trainings that are in no file.

use std::path::Path;

use egui::ViewportCommand;
use egui_kittest::kittest::Queryable as _;
use rnnscope::app::Phase;
use rnnscope::network::{Head, Nonlinearity, StateDict};
use rnnscope::train::Comparison;

use super::driver::Window;
use super::support::{comparison, open};

const QUESTION: &str = "Close without saving?";

impl Window {
    /// Whether the window asks when it is to be closed.
    fn asks(&mut self) -> bool {
        let held = self.close().contains(&ViewportCommand::CancelClose);
        assert_eq!(held, self.harness.query_by_label(QUESTION).is_some());
        held
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let name = |entry: std::io::Result<std::fs::DirEntry>| {
        entry.expect("an entry").file_name().to_string_lossy().into_owned()
    };
    let mut names: Vec<String> = entries.map(name).collect();
    names.sort();
    names
}

#[test]
fn closing_asks_while_training_goes_on() {
    let mut window = open(comparison(5_000_000));
    assert!(!window.asks(), "without a training the window just closes");
    window.tap("Start");
    assert!(window.asks());
    window.harness.get_by_label_contains("(still training)");
    window.tap("Cancel");
    window.harness.run_steps(4);
    assert!(window.harness.query_by_label(QUESTION).is_none());
    assert_eq!(window.training().phase(), Phase::Running);
    assert!(window.asks());
    window.harness.get_by_label("Discard and close").click();
    window.harness.step();
    assert!(!window.close().contains(&ViewportCommand::CancelClose), "now it may close");
}

#[test]
fn closing_asks_about_finished_runs_on_screen_and_on_the_list() {
    let mut window = open(comparison(20));
    window.train();
    assert!(window.asks());
    window.harness.get_by_label_contains("Run 1: Running mean: rnn_1_layer · lstm_1_layer, seed 0");
    window.harness.get_by_label_contains("its 2 networks and their losses");
    window.tap("Cancel");
    window.tap("Rewind");
    window.until("ready", |tab| tab.phase() == Phase::Ready);
    assert!(window.asks(), "the run that was put away is not saved either");
    window.tap("Cancel");
    window.session_mut().train.runs_open = true;
    window.settle();
    window.tap("Delete run 1");
    assert!(!window.asks(), "what was deleted is not missed");
}

#[test]
fn saved_runs_do_not_make_it_ask_until_they_are_trained_further() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = open(comparison(20));
    window.session_mut().train.folder = Some(folder.path().to_owned());
    window.train();
    for contender in 0..2 {
        window.session_mut().train.contender = contender;
        window.settle();
        window.click("Save network…");
        window.click("Save");
        if contender == 0 {
            assert!(window.asks());
            window.harness.get_by_label_contains("1 of its 2 networks and their losses");
            window.tap("Cancel");
        }
    }
    assert!(!window.asks());
    window.session_mut().train.further = 5;
    window.tap("Train further");
    window.until("further", |tab| {
        tab.phase() == Phase::Over
            && tab.scene().is_some_and(|scene| scene.lanes.iter().all(|lane| lane.steps == 25))
    });
    assert!(window.asks(), "the files lack five updates");
    window.tap("Cancel");
    window.click("Save run…");
    window.click("Save");
    assert!(!window.asks());
}

#[test]
fn saving_on_closing_writes_every_unsaved_run_and_closes() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = open(comparison(20));
    window.session_mut().train.folder = Some(folder.path().to_owned());
    // A run of the same number from another day is left alone.
    std::fs::create_dir_all(folder.path().join("trainings/run-1-running-mean")).unwrap();
    window.train();
    let losses = window.losses();
    window.session_mut().train.comparison.seed = 5;
    window.settle();
    window.tap("Start new run");
    window.until("over", |tab| tab.phase() == Phase::Over);
    assert!(window.asks());
    window.tap("Save…");
    window.harness.get_by_label("Cancel").click();
    window.settle();
    assert!(window.harness.query_by_label(QUESTION).is_none(), "cancelled is cancelled");
    assert!(window.asks());
    window.tap("Save…");
    window.harness.get_by_label("Save").click();
    let closes = |window: &Window| window.said().contains(&ViewportCommand::Close);
    for _ in 0..2000 {
        window.harness.step();
        if closes(&window) {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    assert!(closes(&window), "it closes once everything is saved");
    let saved = folder.path().join("trainings");
    let runs = ["run-1-running-mean", "run-1-running-mean-2", "run-2-running-mean"];
    assert_eq!(names(&saved), runs);
    assert!(names(&saved.join(runs[0])).is_empty());
    let first = saved.join(runs[1]);
    assert_eq!(
        names(&first),
        [
            "1-rnn-1-layer-step-20.safetensors",
            "2-lstm-1-layer-step-20.safetensors",
            "comparison.json",
            "losses.csv"
        ]
    );
    assert_eq!(Comparison::read(&first.join("comparison.json")).unwrap(), comparison(20));
    let second = Comparison::read(&saved.join(runs[2]).join("comparison.json")).unwrap();
    assert_eq!(second.seed, 5, "each run has its own settings");
    let network = first.join("2-lstm-1-layer-step-20.safetensors");
    let dict = StateDict::read(&network).expect("reads");
    dict.open(Nonlinearity::Tanh, &Head::Fitting, 0).expect("a network");
    let csv = std::fs::read_to_string(first.join("losses.csv")).unwrap();
    let last = csv.lines().last().and_then(|line| line.rsplit(',').next()).unwrap();
    let last: f64 = last.parse().unwrap();
    assert_eq!(last as f32, losses[1][19] as f32);
}

#[test]
fn runs_that_cannot_be_saved_keep_the_window_open() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("trainings"), "a file in the way").unwrap();
    let mut window = open(comparison(20));
    window.session_mut().train.folder = Some(folder.path().to_owned());
    window.train();
    assert!(window.asks());
    window.tap("Save…");
    window.click("Save");
    window.harness.get_by_label_contains("cannot write");
    assert!(!window.said().contains(&ViewportCommand::Close));
    window.click("Cancel");
    assert!(window.asks());
}
