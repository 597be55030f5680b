//! Without a display the program still does its main job, and says what is missing.

#![cfg(target_os = "linux")]

use crate::support::Desk;

#[test]
fn without_a_display_the_figures_are_written_as_png() {
    let desk = Desk::new();
    let output = desk.run("");
    let said = String::from_utf8(output.stderr).expect("UTF-8");
    assert!(output.status.success(), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.contains("DISPLAY") && said.contains("xvfb"), "{said}");

    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(text.contains("‖dL/dh‖") && text.contains("|λ|max"), "{text}");
    let files = desk.files();
    assert_eq!(files.len(), 4, "{files:?}");
    for name in files {
        assert!(name.starts_with("rnnscope-") && name.ends_with(".png"), "{name}");
        assert!(text.contains(&name), "{name} is not mentioned");
        let bytes = std::fs::read(desk.path(&name)).expect("PNG");
        assert!(bytes.starts_with(b"\x89PNG") && bytes.len() > 2000, "{name}");
    }
}

#[test]
fn an_unreachable_display_is_no_backtrace() {
    let desk = Desk::new();
    let output = desk.command("").env("DISPLAY", ":4711").output().expect("starts");
    let said = String::from_utf8(output.stderr).expect("UTF-8");
    assert!(output.status.success(), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(!said.contains(".rs:"), "{said}");
    assert_eq!(desk.files().len(), 4);
}

#[test]
fn a_missing_library_is_named_with_its_package() {
    let desk = Desk::new();
    // A file that is no library hides the system's own, as if it were missing.
    desk.put("libXcursor.so.1", "");
    let mut command = desk.command("");
    command.env("DISPLAY", ":4711").env("LD_LIBRARY_PATH", desk.path(""));
    let output = command.output().expect("starts");
    let said = String::from_utf8(output.stderr).expect("UTF-8");
    assert!(output.status.success(), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.contains("libXcursor.so.1") && said.contains("libxcursor1"), "{said}");
}

#[test]
fn a_screenshot_needs_a_window() {
    let desk = Desk::new();
    let output = desk.run("--screenshot a.png");
    let said = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.contains("screenshot") && said.contains("DISPLAY"), "{said}");
    assert!(desk.files().is_empty());
}
