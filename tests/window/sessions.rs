//! Sessions as files, settings from one window to the next, and starts after failed ones.

use std::path::{Path, PathBuf};

use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use rnnscope::app::{App, Beginning, Command, open_settings};
use rnnscope::session::{Session, ThemeChoice};

use super::driver::Window;

/// A window as a start with these settings opens it.
fn start(path: &Path) -> Window {
    let path = path.to_owned();
    let new = move |ctx: &_| {
        App::begin(ctx, Beginning::from_settings(Some(&path), &[])).expect("threads")
    };
    Window::open_made(new, [1400.0, 1500.0])
}

fn notices(window: &Window) -> Vec<String> {
    window.app().notices().map(|notice| notice.text.clone()).collect()
}

/// A session that differs in everything that matters here.
fn prepared(folder: &Path) -> (PathBuf, Session) {
    let path = folder.join("lesson.rnnscope");
    let mut session = Session { theme: ThemeChoice::Dark, zoom: 1.5, ..Session::default() };
    session.pin();
    session.question.weight_scale = 1.5;
    session.write(&path).unwrap();
    (path, session)
}

#[test]
fn a_session_is_saved_and_opened_with_a_way_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine");
    let mut window = Window::open(Session::default());
    window.change(|session| {
        session.question.weight_scale = 0.5;
        session.export.folder = Some(folder.path().to_owned());
        session.pin();
    });
    window.settle();
    let saved = window.session().clone();
    window.press(Command::SaveSession);
    window.harness.get_by_role_and_label(Role::TextInput, "File").focus();
    let all = egui::Modifiers::COMMAND;
    window.harness.key_press_modifiers(all, egui::Key::A);
    window.harness.step();
    let field = window.harness.get_by_role_and_label(Role::TextInput, "File");
    field.type_text(path.to_str().unwrap());
    window.harness.step();
    window.harness.get_by_label("Save").click();
    window.wait_for(|window| !notices(window).is_empty());
    let file = path.with_extension("rnnscope");
    assert_eq!(notices(&window), [format!("Saved {}.", file.display())]);
    assert_eq!(Session::read(&file).unwrap(), saved);

    let (lesson, of_lesson) = prepared(folder.path());
    window.drop_files(&[lesson]);
    let told = notices(&window);
    assert_eq!(told[1], "Opened lesson.rnnscope. Undo brings back what was there before.");
    let opened = window.session().clone();
    assert_eq!((opened.pins.len(), opened.question.weight_scale), (1, 1.5));
    assert_eq!(opened.pins, of_lesson.pins);
    assert_eq!((opened.theme, opened.zoom), (saved.theme, saved.zoom), "the window is the user’s");
    assert_eq!(opened.export, saved.export);
    window.press(Command::Undo);
    assert_eq!(*window.session(), saved);
    window.press(Command::Redo);
    assert_eq!(*window.session(), opened);
}

#[test]
fn an_existing_file_is_replaced_only_after_a_question() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("session.rnnscope");
    std::fs::write(&file, b"precious").unwrap();
    let mut window = Window::open(Session::default());
    window.change(|session| session.export.folder = Some(folder.path().to_owned()));
    window.press(Command::SaveSession);
    window.harness.get_by_label("Save").click();
    window.wait_for(|window| window.harness.query_by_label("Replace it").is_some());
    assert_eq!(std::fs::read(&file).unwrap(), b"precious");
    window.harness.get_by_label("Replace it").click();
    window.wait_for(|window| !notices(window).is_empty());
    assert_eq!(Session::read(&file).unwrap(), *window.session());
}

#[test]
fn a_damaged_or_newer_session_changes_nothing_but_a_notice() {
    let folder = tempfile::tempdir().unwrap();
    let (lesson, _) = prepared(folder.path());
    let text = std::fs::read_to_string(&lesson).unwrap();
    let mut window = Window::open(Session::default());
    let before = window.session().clone();
    for (text, wanted) in [
        (text.replacen("version: 2", "version: 3", 1), "version 3 is from a newer rnnscope"),
        (text[..300].to_owned(), "lesson.rnnscope: this session cannot be opened: "),
        ("\0".repeat(100), "lesson.rnnscope: this session cannot be opened: "),
    ] {
        std::fs::write(&lesson, text).unwrap();
        window.drop_files(std::slice::from_ref(&lesson));
        let told = notices(&window).pop().unwrap();
        assert!(told.contains(wanted) && !told.contains('\n'), "{told}");
        assert_eq!(*window.session(), before);
    }
    window.press(Command::Undo);
    assert_eq!(*window.session(), before, "there is nothing to take back");
}

#[test]
fn settings_go_from_one_window_to_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rnnscope/app.ron");
    let mut window = start(&path);
    window.change(|session| session.question.weight_scale = 0.75);
    window.settle();
    window.harness.step();
    let session = window.session().clone();
    drop(window);
    assert_eq!(open_settings(&path), (session.clone(), Vec::new()));
    assert_eq!(*start(&path).session(), session);
}

#[test]
fn that_settings_are_not_saved_is_said_once_until_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let obstacle = folder.path().join("rnnscope");
    std::fs::write(&obstacle, b"in the way").unwrap();
    let path = obstacle.join("app.ron");
    let mut window = start(&path);
    assert_eq!(notices(&window).len(), 1, "what cannot be read is said");
    window.change(|session| session.question.weight_scale = 0.75);
    let failing = |window: &Window| {
        notices(window)
            .iter()
            .filter(|text| text.starts_with("Settings are not being saved"))
            .count()
    };
    window.wait_for(|window| failing(window) == 1);
    assert!(notices(&window)[1].contains(obstacle.to_str().unwrap()), "{:?}", notices(&window));
    std::fs::remove_file(&obstacle).unwrap();
    window.change(|session| session.question.weight_scale = 0.5);
    window.wait_for(|window| failing(window) == 0);
    assert_eq!(open_settings(&path).0.question.weight_scale, 0.5);
}

#[test]
fn what_a_failed_start_was_opening_is_left_out_until_somebody_tries_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rnnscope/app.ron");
    let mut window = start(&path);
    window.change(|session| {
        session.question.weight_scale = 0.75;
        session.pin();
    });
    window.settle();
    window.harness.step();
    let session = window.session().clone();
    drop(window);
    // What a killed process leaves behind.
    std::fs::write(folder.path().join("rnnscope/app.ron.starting-1-1"), "x").unwrap();
    let mut window = start(&path);
    assert_eq!(*window.session(), Session::default());
    let told = notices(&window).pop().unwrap();
    assert!(
        told.contains("leaves out") && told.contains("the settings of Explore and a pin"),
        "{told}"
    );
    assert!(told.contains("left-out.rnnscope"), "{told}");
    window.click("Open what was left out");
    assert_eq!(
        (&window.session().question, &window.session().pins),
        (&session.question, &session.pins)
    );
    assert!(!notices(&window).contains(&told), "that is done");
    drop(window);
    let window = start(&path);
    assert_eq!(window.session().pins, session.pins);
    assert_eq!(notices(&window), [""; 0], "a start that succeeded is not accused");
}
