//! Start, pause, step, resume, stop, rewind, further, scrub, close.

use egui_kittest::kittest::Queryable as _;
use rnnscope::app::{Command, Phase};
use rnnscope::train::{Optimizer, Stop};

use super::driver::Window;
use super::support::{comparison, open};

/// So many updates that no test sees the end.
const ENDLESS: u64 = 5_000_000;

#[test]
fn a_comparison_trains_to_its_end() {
    let mut window = open(comparison(60));
    window.harness.get_by_label("Nothing is trained yet");
    window.train();
    let scene = window.training().scene().expect("a training");
    assert!(scene.lanes.iter().all(|lane| lane.stop == Some(Stop::Budget) && lane.steps == 60));
    assert_eq!(scene.ranking.standings.len(), 2);
    assert_eq!(scene.predictions.len(), 4);
    assert_eq!(scene.moments, (0..60).step_by(5).collect::<Vec<u64>>());
    let losses = window.losses();
    assert!(losses.iter().all(|losses| losses.len() == 60));
    window.harness.get_by_label_contains("by the mean of all losses");
    window.harness.check_accessibility();
}

#[test]
fn pausing_stepping_and_resuming_change_no_loss() {
    let mut straight = open(comparison(40));
    straight.train();
    let mut window = open(comparison(40));
    window.tap("Step");
    assert_eq!(window.training().phase(), Phase::Paused);
    assert_eq!(window.steps(), [1, 1]);
    window.tap("Step");
    assert_eq!(window.steps(), [2, 2]);
    window.tap("Resume");
    window.until("over", |tab| tab.phase() == Phase::Over);
    assert_eq!(window.losses(), straight.losses());
}

#[test]
fn a_running_training_pauses_and_stops() {
    let mut window = open(comparison(ENDLESS));
    window.tap("Start");
    window.until("some updates", |tab| {
        tab.scene().is_some_and(|scene| scene.lanes.iter().all(|lane| lane.steps > 20))
    });
    assert_eq!(window.training().phase(), Phase::Running);
    window.tap("Pause");
    window.until("paused", |tab| tab.phase() == Phase::Paused);
    window.harness.run_steps(20);
    let paused = window.steps();
    std::thread::sleep(std::time::Duration::from_millis(200));
    window.harness.run_steps(20);
    assert_eq!(window.steps(), paused, "nothing moves while paused");
    window.tap("Stop");
    window.until("over", |tab| tab.phase() == Phase::Over);
    let scene = window.training().scene().expect("a training");
    assert!(scene.lanes.iter().all(|lane| matches!(lane.stop, Some(Stop::User(_)))));
}

#[test]
fn rewinding_repeats_the_same_losses() {
    let mut window = open(comparison(30));
    window.train();
    let first = window.losses();
    window.tap("Rewind");
    window.until("ready", |tab| tab.phase() == Phase::Ready);
    assert_eq!(window.steps(), [0, 0]);
    assert!(window.losses().is_empty());
    window.train();
    assert_eq!(window.losses(), first);
}

#[test]
fn training_goes_on_where_it_ended() {
    let mut window = open(comparison(30));
    window.session_mut().train.further = 12;
    window.train();
    let first = window.losses();
    window.tap("Train further");
    window.until("further", |tab| {
        tab.phase() == Phase::Over
            && tab.scene().is_some_and(|scene| scene.lanes.iter().all(|lane| lane.steps == 42))
    });
    let both = window.losses();
    assert!(both.iter().zip(&first).all(|(both, first)| both.starts_with(first)));
}

#[test]
fn the_slider_goes_back_through_training() {
    let mut window = open(comparison(60));
    window.train();
    assert_eq!(window.training().scene().and_then(|scene| scene.moment), Some(55));
    let newest = window.figure("prediction-1");
    window.slider("Moment of training").set_value_accesskit(2.0);
    window.harness.step();
    window.until("the moment", |tab| tab.scene().is_some_and(|scene| scene.moment == Some(10)));
    assert_ne!(window.figure("prediction-1"), newest);
    assert_eq!(window.figure("gradient-map").guides.len(), 1, "a line marks the moment");
    assert!(window.figure("gradient-at-step").title.ends_with("step 10"));
    window.tap("Newest");
    window.until("the end", |tab| tab.scene().is_some_and(|scene| scene.moment == Some(55)));
    assert_eq!(window.figure("prediction-1"), newest);
    assert!(window.figure("gradient-map").guides.is_empty());
}

#[test]
fn a_divergence_is_shown_as_one() {
    let mut settings = comparison(2000);
    settings.optimizer = Optimizer::sgd(1e18, 0.9);
    let mut window = open(settings);
    window.train();
    let scene = window.training().scene().expect("a training");
    let diverged = |stop: &Option<Stop>| matches!(stop, Some(Stop::Diverged(_)));
    assert!(scene.lanes.iter().any(|lane| diverged(&lane.stop)), "{:?}", scene.lanes);
    window.harness.get_by_label_contains("The weights before it are kept");
    window.tap("Open in Explore");
}

#[test]
fn settings_that_cannot_be_trained_are_told_and_lose_nothing() {
    let mut window = open(comparison(20));
    window.train();
    let losses = window.losses();
    window.session_mut().train.comparison.batch = 0;
    window.harness.step();
    window.tap("Start new run");
    assert_eq!(window.training().error(), Some("batch must be 1 to 4096, found 0"));
    assert_eq!(window.losses(), losses);
    assert_eq!(window.training().phase(), Phase::Over);
    assert!(window.training().ledger().earlier.is_empty(), "it did not leave the screen");
}

#[test]
fn a_click_or_key_meant_for_pause_does_nothing_to_a_run_that_has_just_ended() {
    let mut window = open(comparison(ENDLESS));
    window.tap("Start");
    let place = |window: &Window, label: &str| window.harness.get_by_label(label).rect();
    let pause = place(&window, "Pause");
    let others = ["Step", "Stop", "Rewind", "Start again", "Train further", "Open in Explore"];
    let before = others.map(|label| place(&window, label));
    window.tap("Stop");
    window.until("over", |tab| tab.phase() == Phase::Over);
    assert_eq!(others.map(|label| place(&window, label)), before, "nothing moves at the end");
    let again = place(&window, "Start again");
    assert!(again.min.x > pause.max.x + 100.0, "{again:?} is too near to {pause:?}");
    let steps = window.steps();
    window.click_at(pause.center());
    window.press_only(Command::Train);
    window.until("orders are carried out", |tab| tab.attentive());
    window.harness.run_steps(10);
    assert_eq!((window.training().phase(), window.steps()), (Phase::Over, steps));
    assert_eq!(window.training().scene().map(|scene| scene.number), Some(1));
}

#[test]
fn training_goes_on_while_the_other_tab_is_shown() {
    let mut window = open(comparison(ENDLESS));
    window.tap("Start");
    window.harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::Num1);
    window.harness.step();
    window.slider("Weight scale");
    let before = window.steps();
    window.until("more updates", |tab| {
        tab.scene().is_some_and(|scene| scene.lanes[0].steps > before[0] + 50)
    });
    window.press_only(Command::ShowTrain);
    assert_eq!(window.training().phase(), Phase::Running);
}
