//! Files that are dropped on the window, and settings that are damaged.

use std::path::Path;

use egui_kittest::kittest::Queryable as _;
use rnnscope::app::{Command, open_settings};
use rnnscope::flow::{Draw, Signal};
use rnnscope::network;
use rnnscope::rng::Generator;
use rnnscope::session::Session;

use super::driver::Window;

#[test]
fn a_dropped_sequence_is_read_and_closed_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("steps.csv");
    std::fs::write(&path, "x\n1\n0\n-1\n0.5\n").unwrap();
    let mut window = Window::open(Session::default());
    window.drop_files(std::slice::from_ref(&path));
    assert_eq!(window.app().error(), None);
    assert_eq!(window.report().input[0], [1.0, 0.0, -1.0, 0.5]);
    assert_eq!(window.report().length, 4);
    std::fs::write(&path, "2\n3\n").unwrap();
    window.drop_files(&[path]);
    assert_eq!(window.report().input[0], [2.0, 3.0], "a file dropped again is read again");
    window.click("Close the sequences");
    assert_eq!(window.report().question.input.signal, Signal::Noise);
}

/// The texts of the notices on screen.
fn notices(window: &Window) -> Vec<String> {
    window.app().notices().map(|notice| notice.text.clone()).collect()
}

#[test]
fn a_file_that_cannot_be_used_changes_nothing_but_a_notice() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let mut window = Window::open(Session::default());
    let before = (window.session().clone(), window.app().sheet());
    let bad = [
        folder.path().join("nope.pt"),
        folder.path().join("nope.csv"),
        file("ragged.csv", b"1,2\n3\n"),
        file("broken.safetensors", b"not a safetensors file"),
        file("broken.pt", b"neither"),
        file("strange", b"no network"),
        file("broken.json", b"{"),
        file("broken.npz", b"PK"),
    ];
    for path in bad {
        window.drop_files(std::slice::from_ref(&path));
        let name = path.file_name().unwrap().to_str().unwrap();
        let told = notices(&window);
        let told = told.last().expect("a notice");
        assert!(told.contains(name) && !told.contains('\n'), "{told}");
        assert_eq!((window.session().clone(), window.app().sheet()), before, "{told}");
        assert_eq!(window.app().error(), None, "{told}");
        assert!(window.app().check().is_some(), "the badge is as it was: {told}");
        window.drop_files(std::slice::from_ref(&path));
        let times = window.app().notices().last().expect("a notice").times;
        assert_eq!(times, 2, "a second failure is seen, too");
    }
    // A good file among bad ones is not taken over either.
    let (good, bad) = (file("good.csv", b"1\n2\n"), folder.path().join("ragged.csv"));
    window.drop_files(&[good, bad]);
    assert_eq!((window.session().clone(), window.app().sheet()), before);
}

#[test]
fn sequences_that_the_network_cannot_read_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let (weights, columns) = (folder.path().join("net.safetensors"), folder.path().join("x.csv"));
    save(&weights, 0);
    std::fs::write(&columns, "1,2\n3,4\n").unwrap();
    let mut window = Window::open(Session::default());
    window.drop_files(std::slice::from_ref(&weights));
    let before = window.session().clone();
    window.drop_files(std::slice::from_ref(&columns));
    assert_eq!(*window.session(), before);
    let told = notices(&window).pop().expect("a notice");
    assert!(told.ends_with("x.csv: 2 columns, but the network reads 1 features"), "{told}");
    // The other way round.
    window.click("Close the file");
    window.drop_files(&[columns]);
    let before = window.session().clone();
    window.drop_files(&[weights]);
    assert_eq!(*window.session(), before);
    let told = notices(&window).pop().expect("a notice");
    assert!(told.contains("net.safetensors: does not fit the present input"), "{told}");
    assert!(told.ends_with("close the sequences, or open them with it"), "{told}");
}

/// Saves the network that is drawn from a seed.
fn save(path: &Path, seed: u64) {
    let draw = Draw { seed, ..Draw::default() };
    let spec = draw.design.spec(1, 1);
    let network = draw.design.network(&spec, &mut Generator::seeded(seed)).unwrap();
    network::write(path, &network).unwrap();
}

/// ‖dL/dh_t‖ on screen.
fn gradient(window: &Window) -> Vec<f64> {
    window.report().layers[0].grad_norm.clone()
}

/// The gradient of the ghost.
fn ghost(window: &Window) -> Option<Vec<f64>> {
    let figures = window.app().figures();
    let gradient = figures.iter().find(|figure| figure.name == "gradient-norm")?;
    let ghost = gradient.series.iter().find(|series| series.ghost)?;
    Some(ghost.points.iter().map(|point| point[1]).collect())
}

#[test]
fn pins_scales_and_undo_keep_what_a_file_held_when_it_was_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trained.safetensors");
    save(&path, 0);
    let mut window = Window::open(Session::default());
    window.drop_files(std::slice::from_ref(&path));
    let old = gradient(&window);
    window.press(Command::Pin);
    save(&path, 1);
    window.change(|session| session.question.weight_scale = 1.5);
    window.settle();
    window.change(|session| session.question.weight_scale = 1.0);
    window.settle();
    assert_eq!(gradient(&window), old, "nothing changes by itself");
    window.drop_files(std::slice::from_ref(&path));
    let new = gradient(&window);
    assert_ne!(new, old, "the same path opened again is read again");
    assert_eq!(ghost(&window).as_ref(), Some(&old), "a pin stays what it was");
    let (pins, present) = window.session().pin_labels();
    assert_ne!(pins[0], present, "and is told from it");
    assert!(pins[0].starts_with("trained.safetensors ("), "{pins:?}");
    window.change(|session| session.question.weight_scale = 1.5);
    window.settle();
    window.change(|session| session.question.weight_scale = 1.0);
    window.settle();
    assert_eq!(gradient(&window), new, "back at 1");
    for _ in 0..3 {
        window.press(Command::Undo);
    }
    assert_eq!(gradient(&window), old, "undo returns to what the file held");
    window.press(Command::Redo);
    assert_eq!(gradient(&window), new);

    // After a restart the checksum tells, and no new number passes for an old one.
    let saved = window.session().save().unwrap();
    let mut window = Window::open(Session::load(&saved).unwrap());
    assert_eq!(gradient(&window), new);
    assert_eq!(ghost(&window), None);
    window.harness.get_by_label_contains("the file has changed since");
    save(&path, 0);
    window.click("Try again");
    assert_eq!(ghost(&window), Some(old), "the file is as it was");
    assert_eq!(gradient(&window), new, "and the present network in memory");
}

#[test]
fn a_file_that_changes_on_disk_is_noticed_and_read_again_only_when_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trained.safetensors");
    save(&path, 0);
    let mut window = Window::open(Session::default());
    window.drop_files(std::slice::from_ref(&path));
    let old = gradient(&window);
    save(&path, 1);
    let text = "trained.safetensors has changed on disk";
    window.wait_for(|window| window.harness.query_by_label_contains(text).is_some());
    assert_eq!(gradient(&window), old, "nothing changes by itself");
    std::fs::write(&path, "half a fi").unwrap();
    window.click("Read it again");
    assert!(notices(&window).pop().is_some_and(|told| told.contains("trained.safetensors")));
    assert_eq!(gradient(&window), old, "a bad file changes nothing");
    save(&path, 1);
    window.click("Read it again");
    assert_ne!(gradient(&window), old);
    window.wait_for(|window| window.harness.query_by_label_contains(text).is_none());
}

#[test]
fn a_window_whose_file_is_gone_starts_says_so_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trained.safetensors");
    save(&path, 0);
    let mut window = Window::open(Session::default());
    window.drop_files(std::slice::from_ref(&path));
    let (saved, wanted) = (window.session().save().unwrap(), gradient(&window));
    std::fs::remove_file(&path).unwrap();
    let mut window = Window::open(Session::load(&saved).unwrap());
    let error = window.app().error().expect("an error").to_owned();
    assert!(error.contains("cannot read") && error.contains("trained.safetensors"), "{error}");
    assert_eq!(window.session().save().unwrap(), saved, "the settings are kept");
    save(&path, 0);
    window.drop_files(&[path]);
    assert_eq!((window.app().error(), gradient(&window)), (None, wanted));
}

#[test]
fn settings_that_cannot_be_measured_are_not_said_to_be_checked_soon() {
    let mut window = Window::open(Session::default());
    window.change(|session| {
        session.question.input.signal = Signal::Files(vec!["no-such-file.csv".into()]);
    });
    window.settle();
    assert!(window.app().error().is_some());
    assert!(window.harness.query_by_label("checking…").is_none());
    window.harness.get_by_label("not checked");
    window.harness.get_by_label("not of the present settings");
    window.click("Close the sequences");
    assert_eq!(window.app().error(), None);
    assert!(window.harness.query_by_label("not checked").is_none());
}

#[test]
fn damaged_settings_are_set_aside_with_a_notice() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.ron");
    std::fs::write(&path, "{ \"session\": \"(version: 1, session: (question: 7))\" }").unwrap();
    let (session, notices) = open_settings(&path);
    let window = Window::open_sized(session, [1280.0, 800.0], notices);
    window.harness.get_by_label_contains("set aside");
    assert!(folder.path().join("app.ron.damaged").exists());
    assert_eq!(window.app().error(), None);
}
