//! Files that are dropped on the window, and settings that are damaged.

use egui_kittest::kittest::Queryable as _;
use rnnscope::app::open_settings;
use rnnscope::flow::Signal;
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

#[test]
fn a_bad_sequence_is_told_in_place_and_the_curves_stay() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ragged.csv");
    std::fs::write(&path, "1,2\n3\n").unwrap();
    let mut window = Window::open(Session::default());
    window.drop_files(&[path]);
    let error = window.app().error().expect("an error").to_owned();
    assert!(error.contains("ragged.csv") && !error.contains('\n'), "{error}");
    window.harness.get_by_label_contains("ragged.csv: ");
    assert!(window.app().report().is_some(), "the last good curves stay");
    assert_eq!(window.app().figures().len(), 4);
    window.click("Close the sequences");
    assert_eq!(window.app().error(), None);
    window.slider("Weight scale").set_value_accesskit(2.0);
    window.settle();
    assert_eq!(window.report().question.weight_scale, 2.0);
}

#[test]
fn weights_that_do_not_fit_are_told_and_closed_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("broken.safetensors");
    std::fs::write(&path, b"not a safetensors file").unwrap();
    let mut window = Window::open(Session::default());
    window.drop_files(&[path]);
    let error = window.app().error().expect("an error");
    assert!(error.contains("broken.safetensors"), "{error}");
    window.click("Close the file");
    assert_eq!(window.app().error(), None);
}

#[test]
fn a_file_of_another_kind_changes_nothing_and_is_told() {
    let mut window = Window::open(Session::default());
    window.drop_files(&["picture.jpeg".into()]);
    assert_eq!(*window.session(), Session::default());
    window.harness.get_by_label_contains("picture.jpeg: ");
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
