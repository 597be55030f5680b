//! The real window, on a real (or virtual) display: `.ci/run` calls this under Xvfb.

use std::path::Path;
use std::process::Command;

use crate::support::Picture;

#[test]
#[ignore = "needs a display with OpenGL: `xvfb-run -a cargo test -- --ignored the_real_window`"]
fn the_real_window_is_drawn() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let light = screenshot(&folder.path().join("light.png"), "light", (1280, 800));
    let dark = screenshot(&folder.path().join("dark.png"), "dark", (1500, 900));
    assert!(light > 150.0, "the light window has a mean brightness of {light}");
    assert!(dark < 100.0, "the dark window has a mean brightness of {dark}");
}

/// Lets the program save its window, checks that something is drawn, returns the mean brightness.
fn screenshot(path: &Path, theme: &str, (width, height): (u32, u32)) -> f64 {
    let built = env!("CARGO_BIN_EXE_rnnscope");
    // The release binary is another file; the same check serves both.
    let binary = std::env::var_os("RNNSCOPE_BINARY").unwrap_or_else(|| built.into());
    let output = Command::new(binary)
        .arg("--screenshot")
        .arg(path)
        .args(["--theme", theme, "--size", &format!("{width}x{height}")])
        .output()
        .expect("starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let picture = Picture::read(path);
    assert_eq!((picture.width, picture.height), (width, height));
    assert!(picture.colours() > 100, "{} colours: the window is blank", picture.colours());
    picture.brightness()
}
