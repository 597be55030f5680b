//! Trainings that nobody saved, over the end of the window: kept, offered, opened, saved, discarded.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use egui_kittest::kittest::Queryable as _;
use rnnscope::app::Phase;
use rnnscope::rescue::Rescue;
use rnnscope::ticket::Ticket;
use rnnscope::train::Checkpoint;

use super::driver::Window;
use super::support::{comparison, open};

/// Everything but locks that lies in a folder.
fn kept(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let paths = entries.map(|entry| entry.expect("entry").path());
    let mut paths: Vec<_> =
        paths.filter(|path| path.extension().is_none_or(|ending| ending != "lock")).collect();
    paths.sort();
    paths
}

/// A window that keeps what is not saved in this folder.
fn window(folder: &Path, steps: u64) -> Window {
    let mut window = open(comparison(steps));
    window.app_mut().training_mut().shelter_in(folder.to_owned());
    window.until("a look at the folder", |tab| tab.attentive());
    window
}

/// A window that offers so many trainings.
fn offering(folder: &Path, count: usize) -> Window {
    let mut window = window(folder, 30);
    window.until("offered", |tab| tab.offered().len() == count);
    window
}

/// Waits until so many files lie in the folder.
fn until_kept(window: &mut Window, folder: &Path, count: usize) {
    let start = Instant::now();
    while kept(folder).len() != count {
        window.harness.step();
        assert!(start.elapsed() < Duration::from_secs(60), "{:?}", kept(folder));
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Lets a window end without an answer to its question, as a signal does, after a training of thirty
/// updates. Returns its losses.
fn lost(folder: &Path) -> Vec<Vec<f64>> {
    let mut window = window(folder, 30);
    window.train();
    until_kept(&mut window, folder, 1);
    window.losses()
}

fn further(window: &mut Window) -> Vec<Vec<f64>> {
    window.session_mut().train.further = 5;
    window.tap("Train further");
    window.until("further", |tab| {
        tab.phase() == Phase::Over
            && tab.scene().is_some_and(|scene| scene.lanes.iter().all(|lane| lane.steps == 35))
    });
    window.losses()
}

#[test]
fn a_finished_training_is_kept_offered_opened_and_goes_on_as_if_nothing_had_happened() {
    let folder = tempfile::tempdir().unwrap();
    let losses = lost(folder.path());
    let mut window = offering(folder.path(), 1);
    window.harness.get_by_label("A training that was not saved");
    let told = "Running mean: rnn_1_layer · lstm_1_layer, seed 0, begun ";
    window.harness.get_by_label_contains(told);
    window.harness.check_accessibility();
    window.tap("Open training 1");
    window.until("opened", |tab| tab.phase() == Phase::Over);
    assert_eq!(window.losses(), losses);
    assert!(window.harness.query_by_label("A training that was not saved").is_none());
    assert_eq!(kept(folder.path()).len(), 1, "it is in no other file yet");
    let resumed = further(&mut window);

    let mut unbroken = open(comparison(30));
    unbroken.train();
    assert_eq!(further(&mut unbroken), resumed);

    // What came after is kept, too.
    drop(window);
    let [path] = &kept(folder.path())[..] else { panic!("{:?}", kept(folder.path())) };
    let mut window = offering(folder.path(), 1);
    assert_eq!(window.training().offered()[0].path, *path);
    window.tap("Open training 1");
    window.until("opened", |tab| tab.phase() == Phase::Over);
    assert_eq!(window.losses(), resumed);
}

#[test]
fn a_training_under_way_is_kept_at_the_end_of_the_window() {
    let folder = tempfile::tempdir().unwrap();
    let mut running = window(folder.path(), 5_000_000);
    running.tap("Start");
    running.until("under way", |tab| {
        tab.scene().is_some_and(|scene| scene.lanes.iter().all(|lane| lane.steps > 3))
    });
    let other = window(folder.path(), 30);
    drop(running);
    let [path] = &kept(folder.path())[..] else { panic!("{:?}", kept(folder.path())) };
    let found = Checkpoint::read(path, &Ticket::new()).expect("a training");
    assert_eq!(*found.comparison(), comparison(5_000_000));
    drop(other);
    let mut window = offering(folder.path(), 1);
    window.tap("Open training 1");
    window.until("waits", |tab| tab.phase() == Phase::Paused);
    assert!(window.steps().iter().all(|&steps| steps > 3));
}

#[test]
fn what_a_living_window_keeps_is_offered_to_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let mut living = window(folder.path(), 30);
    living.train();
    until_kept(&mut living, folder.path(), 1);
    let other = Rescue::once(folder.path()).unwrap();
    assert!(other.offered().is_empty());
    drop(living);
    assert_eq!(other.offered().len(), 1);
}

#[test]
fn saved_deleted_and_discarded_trainings_are_kept_no_longer() {
    let folder = tempfile::tempdir().unwrap();
    let target = tempfile::tempdir().unwrap();
    let mut window = window(folder.path(), 30);
    window.session_mut().train.folder = Some(target.path().to_owned());
    window.session_mut().train.runs_open = true;
    window.train();
    until_kept(&mut window, folder.path(), 1);
    window.click("Save run…");
    window.click("Save");
    until_kept(&mut window, folder.path(), 0);
    further(&mut window);
    until_kept(&mut window, folder.path(), 1);

    window.tap("Rewind");
    window.until("ready", |tab| tab.phase() == Phase::Ready);
    assert_eq!(kept(folder.path()).len(), 1, "it is on the list of earlier runs");
    window.tap("Delete run 1");
    until_kept(&mut window, folder.path(), 0);
    window.press_only(rnnscope::app::Command::Undo);
    until_kept(&mut window, folder.path(), 1);

    window.close();
    window.tap("Discard and close");
    drop(window);
    assert!(kept(folder.path()).is_empty(), "{:?}", kept(folder.path()));
}

#[test]
fn what_is_offered_can_be_saved_and_discarded() {
    let folder = tempfile::tempdir().unwrap();
    let target = tempfile::tempdir().unwrap();
    lost(folder.path());
    // A copy under a name of nobody's.
    let [path] = &kept(folder.path())[..] else { panic!("one") };
    std::fs::copy(path, folder.path().join("copy.rnnscope-training")).unwrap();
    let mut window = offering(folder.path(), 2);
    window.session_mut().train.folder = Some(target.path().to_owned());
    window.harness.get_by_label("2 trainings that were not saved");
    window.tap("Later");
    assert!(window.harness.query_by_label_contains("not saved").is_none());
    drop(window);

    let mut window = offering(folder.path(), 2);
    window.session_mut().train.folder = Some(target.path().to_owned());
    window.harness.step();
    window.tap("Discard training 1");
    assert_eq!(kept(folder.path()).len(), 2, "only the second click discards");
    window.tap("Discard for good training 1");
    window.until("discarded", |tab| tab.offered().len() == 1);
    assert_eq!(kept(folder.path()).len(), 1);
    window.tap("Save training 1");
    window.click("Save");
    window.until("saved", |tab| tab.offered().is_empty());
    assert!(kept(folder.path()).is_empty());
    let saved = kept(&target.path().join("trainings"));
    let [run] = &saved[..] else { panic!("{saved:?}") };
    assert!(run.join("comparison.json").is_file() && run.join("losses.csv").is_file());
}

#[test]
fn a_damaged_file_is_told_in_a_line_and_is_in_nobodys_way() {
    let folder = tempfile::tempdir().unwrap();
    lost(folder.path());
    let [path] = &kept(folder.path())[..] else { panic!("one") };
    let bytes = std::fs::read(path).unwrap();
    std::fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
    std::fs::write(folder.path().join("words.rnnscope-training"), "words").unwrap();
    let mut window = window(folder.path(), 30);
    window.settle();
    window.wait_for(|window| window.app().notices().count() == 2);
    for notice in window.app().notices() {
        assert!(notice.text.contains("was set aside as") && !notice.text.contains('\n'));
    }
    assert!(window.training().offered().is_empty());
    let names = kept(folder.path());
    assert!(names.iter().all(|path| path.extension().unwrap() == "damaged"), "{names:?}");
    window.train();
}
