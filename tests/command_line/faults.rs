//! Whatever a file operation does, and wherever the program is killed: files are old or new.

use std::path::Path;
use std::process::Command;

use super::faults_on_purpose::{DATA, Files, under_every_fault};

/// The program, about to run in a folder.
fn program(folder: &Path, arguments: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rnnscope"));
    command.current_dir(folder).args(arguments.split(' ')).env("XDG_DATA_HOME", folder.join(DATA));
    for name in ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"] {
        command.env_remove(name);
    }
    command
}

#[test]
fn explore_loses_at_most_the_file_that_cannot_be_written() {
    let prepare = |folder: &Path| {
        std::fs::create_dir(folder.join("figures")).unwrap();
        for old in ["a.csv", "b.json", "figures/d.svg"] {
            std::fs::write(folder.join(old), "what was there before").unwrap();
        }
    };
    let arguments = "explore --cell rnn --hidden-size 2 --length 3 --csv a.csv --json b.json \
                     --npz c.npz --svg figures/d.svg --png figures/e.png --width 400";
    let runs = under_every_fault(
        prepare,
        |folder| program(folder, arguments),
        |case| {
            let all = case.judge();
            let missing = case.after.iter().filter(|(name, new)| all.get(*name) != Some(new));
            let missing: Vec<_> = missing.map(|(name, _)| name.as_str()).collect();
            if case.died() || all == *case.before {
                return;
            }
            // What was not refused at once costs one file, which is named.
            assert!(missing.len() < 2, "{}: {missing:?}", case.name());
            let named = missing.iter().all(|name| case.said().contains(name));
            assert!(named, "{}: {missing:?}", case.name());
        },
    );
    assert!(runs > 150, "{runs}");
}

#[test]
fn train_writes_whole_files_and_says_what_is_missing() {
    let prepare = |folder: &Path| {
        std::fs::create_dir(folder.join("kept")).unwrap();
        for old in ["a.csv", "kept/comparison.json"] {
            std::fs::write(folder.join(old), "what was there before").unwrap();
        }
    };
    let arguments = "train running-mean --contender rnn,hidden=2 --contender gru,hidden=2 \
                     --length 3 --batch 2 --steps 2 --no-timing --threads 1 --csv a.csv \
                     --json b.json --save kept --tensorboard new/events --save-comparison c.json";
    let kept = |files: &Files| -> Files {
        let files = files.iter().filter(|(name, _)| name.starts_with("kept/"));
        files.map(|(name, bytes)| (name.clone(), bytes.clone())).collect()
    };
    let runs = under_every_fault(
        prepare,
        |folder| program(folder, arguments),
        |case| {
            let all = case.judge();
            let set = kept(&all);
            let whole = set == kept(case.before) || set == kept(case.after);
            assert!(whole, "{}: {:?}", case.name(), all.keys());
            let made = case.folder.join("new").exists();
            let filled = all.keys().any(|name| name.starts_with("new/"));
            // Folders that cannot be removed stay.
            let refused = case.operation == "RemoveFolder";
            assert!(case.died() || made == filled || refused, "{}: empty folder", case.name());
        },
    );
    assert!(runs > 150, "{runs}");
}
