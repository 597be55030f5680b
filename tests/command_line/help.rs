//! Help, version, and readers that leave early.

use std::process::{Command, Stdio};

use crate::support::Desk;

#[test]
fn help_reads_like_a_manual_page() {
    let desk = Desk::new();
    for (arguments, words) in [
        ("--help", &["Usage:", "explore", "--screenshot", "Examples:", "Exit status:"] as &[_]),
        ("explore --help", &["Usage:", "--weight-scale", "--json", "Examples:", "safetensors"]),
        (
            "train --help",
            &[
                "Usage:",
                "--contender",
                "forget-bias",
                "Examples:",
                "load",
                "Ctrl-C",
                "--tensorboard",
            ],
        ),
        ("train -h", &["--preset", "--save", "running-mean"]),
        ("-h", &["explore", "train", "--screenshot"]),
        ("explore -h", &["--cell", "--png"]),
    ] {
        let text = desk.ok(arguments);
        for word in words {
            assert!(text.contains(word), "{word} in {arguments}");
        }
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{arguments}");
        assert!(!text.contains('\u{1b}'), "{arguments} is coloured in a pipe");
    }
}

#[test]
fn the_version_is_the_packages() {
    let text = Desk::new().ok("--version");
    assert_eq!(text, format!("rnnscope {}\n", env!("CARGO_PKG_VERSION")));
}

/// As in `rnnscope explore --json - | head -1`.
#[cfg(unix)]
#[test]
fn a_reader_that_leaves_early_is_no_failure() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_rnnscope"))
        .args(["explore", "--json", "-", "--length", "20000"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("ends");
    assert!(output.status.success());
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}
