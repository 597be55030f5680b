//! Trainings that are ended on their way, by whatever, go on to the very files of one that was not.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Output, Stdio};
use std::time::{Duration, Instant};

use rnnscope::ticket::Ticket;
use rnnscope::train::Checkpoint;
use rnnscope::worker::Race;

use crate::bad_input::refused;
use crate::support::Desk;

/// Two trainings that take a few seconds, and a test and evaluations between.
const TRAINING: &str = "train first-zero --contender lstm,hidden=3,name=a --contender \
                        rnn,hidden=2,name=b --length 3 --batch 2 --steps 100000 --evaluate-every 700 \
                        --probe-every 900 --optimizer rmsprop --threads 2";

const OUTPUTS: &str = "--no-timing --csv a.csv --json a.json --save nets --tensorboard runs";

fn start(desk: &Desk, arguments: &str) -> Child {
    let mut command = desk.process(arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts")
}

/// Runs it to its good end, however long that takes.
fn done(desk: &Desk, arguments: &str) -> String {
    let Output { status, stdout, stderr } = desk.run(arguments);
    assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).expect("UTF-8")
}

fn wait_for(what: &str, mut ready: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !ready() {
        assert!(begun.elapsed() < Duration::from_secs(60), "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Updates of all trainings in a file, 0 while there is none.
fn steps(path: &Path) -> u64 {
    let Ok(kept) = Checkpoint::read(path, &Ticket::new()) else { return 0 };
    let race = Race::resume(&kept, 1, true, || {}).expect("goes on");
    (0..race.lanes()).map(|lane| race.status(lane).steps).sum()
}

fn send(child: &Child, signal: &str) {
    let kill = format!("kill -{signal} {}", child.id());
    assert!(std::process::Command::new("sh").args(["-c", &kill]).status().expect("sh").success());
}

fn end(child: Child) -> (Option<i32>, String) {
    let Output { status, stderr, .. } = child.wait_with_output().expect("ends");
    (status.code(), String::from_utf8_lossy(&stderr).into_owned())
}

/// Every scalar of the event files of a run, by step and tag, and how many files there are. Times
/// come in order, and nothing twice.
fn scalars(folder: &Path) -> (BTreeMap<(u64, String), u32>, usize) {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("run").map(|entry| entry.expect("entry").path()).collect();
    files.sort();
    let mut all = BTreeMap::new();
    for file in &files {
        let bytes = std::fs::read(file).expect("events");
        let mut rest = &bytes[..];
        let mut last = f64::NEG_INFINITY;
        while let Some((length, behind)) = rest.split_first_chunk::<8>() {
            let length = u64::from_le_bytes(*length) as usize;
            // A kill may have cut the last one off.
            let Some(event) = behind.get(4..4 + length) else { break };
            rest = behind.get(8 + length..).unwrap_or_default();
            let time = f64::from_le_bytes(event[1..9].try_into().expect("a time"));
            assert!(time >= last, "{time} after {last}");
            last = time;
            for (step, tag, bits) in values(event) {
                let twice = all.insert((step, tag.clone()), bits);
                assert_eq!(twice, None, "{tag} at {step} in {file:?}");
            }
        }
    }
    (all, files.len())
}

/// Step, tag and bits of every value of an event.
fn values(event: &[u8]) -> Vec<(u64, String, u32)> {
    fn varint(bytes: &mut &[u8]) -> u64 {
        let (mut number, mut shift) = (0, 0);
        while let Some((&byte, rest)) = bytes.split_first() {
            *bytes = rest;
            number |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte < 0x80 {
                break;
            }
        }
        number
    }
    let mut rest = &event[9..];
    if varint(&mut rest) != 2 << 3 {
        return Vec::new();
    }
    let step = varint(&mut rest);
    assert_eq!(varint(&mut rest), 5 << 3 | 2);
    let length = varint(&mut rest) as usize;
    let mut summary = &rest[..length];
    let mut found = Vec::new();
    while !summary.is_empty() {
        assert_eq!(varint(&mut summary), 1 << 3 | 2);
        let length = varint(&mut summary) as usize;
        let (mut value, behind) = summary.split_at(length);
        summary = behind;
        assert_eq!(varint(&mut value), 1 << 3 | 2);
        let length = varint(&mut value) as usize;
        let (tag, bits) = value.split_at(length);
        let bits = u32::from_le_bytes(bits[1..].try_into().expect("a number"));
        found.push((step, String::from_utf8(tag.to_vec()).expect("a tag"), bits));
    }
    found
}

#[test]
fn kill_term_hup_and_int_change_no_byte_of_what_comes_after() {
    let (whole, parts) = (Desk::new(), Desk::new());
    done(&whole, &format!("{TRAINING} {OUTPUTS}"));
    let file = parts.path("k.rnnscope-training");
    let keep = "--checkpoint k.rnnscope-training --checkpoint-every 1";
    let mut arguments = format!("{TRAINING} {OUTPUTS} {keep}");
    let mut before = 0;
    for (signal, code) in
        [("KILL", None), ("TERM", Some(143)), ("HUP", Some(129)), ("INT", Some(130))]
    {
        let child = start(&parts, &arguments);
        if signal == "KILL" {
            wait_for("the second checkpoint", || steps(&file) > 0);
            wait_for("events while it grows", || !scalars(&parts.path("runs/a")).0.is_empty());
        } else {
            // The file is there already: give it a moment to get on.
            std::thread::sleep(Duration::from_millis(400));
        }
        send(&child, signal);
        let (found, stderr) = end(child);
        assert_eq!(found, code, "{stderr}");
        if code.is_some() {
            let lines: Vec<&str> = stderr.lines().collect();
            let how = "continue with: rnnscope train --resume k.rnnscope-training";
            assert_eq!(lines[lines.len() - 2], how, "{stderr}");
            assert!(lines[lines.len() - 1].starts_with("interrupted: "), "{stderr}");
        }
        let now = steps(&file);
        assert!(now > before && now < 200_000, "{signal}: {before} {now}, {stderr}");
        before = now;
        arguments = format!("train --resume k.rnnscope-training --threads 1 {OUTPUTS}");
    }
    done(&parts, &arguments);
    for name in
        ["a.csv", "a.json", "nets/a.safetensors", "nets/b.safetensors", "nets/comparison.json"]
    {
        let bytes = |desk: &Desk| std::fs::read(desk.path(name)).expect("an output");
        assert!(bytes(&whole) == bytes(&parts), "{name} differs");
    }
    for run in ["runs/a", "runs/b"] {
        let ((one, files), (several, parts)) =
            (scalars(&whole.path(run)), scalars(&parts.path(run)));
        assert!(one == several, "{run} differs");
        assert!(files == 1 && (2..=5).contains(&parts), "{files} {parts}");
    }
    // The end is kept as well: its outputs can be had again, and more steps.
    done(&parts, "train --resume k.rnnscope-training --no-timing --csv again.csv");
    let csv = |name: &str| std::fs::read_to_string(parts.path(name)).expect("CSV");
    assert_eq!(csv("again.csv"), csv("a.csv"));
    done(&parts, "train --resume k.rnnscope-training --no-timing --steps 100010 --csv more.csv");
    assert_eq!(csv("more.csv").lines().filter(|line| line.contains(",100010,")).count(), 2);
}

#[test]
fn a_long_training_without_a_file_of_its_own_is_not_lost_either() {
    let desk = Desk::new();
    let child = start(&desk, &format!("{TRAINING} --checkpoint-every 1"));
    let kept = || {
        let files = desk.rescued().into_iter();
        files.clone().find(|path| path.extension().is_some_and(|end| end != "lock"))
    };
    wait_for("a checkpoint", || kept().is_some_and(|path| steps(&path) > 0));
    let quick = "train echo --steps 2 --no-timing";
    desk.ok(quick);
    send(&child, "KILL");
    end(child);
    let path = kept().expect("kept");
    let how = format!("continue with: rnnscope train --resume {}", path.display());
    let output = desk.run(quick);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && stderr.contains(&how), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    let report = done(&desk, &format!("train --resume {} --no-timing", path.display()));
    assert!(report.contains("ranked by"), "{report}");
    assert_eq!(desk.rescued(), Vec::<PathBuf>::new(), "nothing is left of it");
    assert_eq!(desk.ok(quick), desk.ok(quick));
}

#[test]
fn what_a_kept_training_has_settled_is_not_asked_again() {
    let desk = Desk::new();
    let tiny = "train echo --contender gru,hidden=2 --steps 4 --no-timing";
    desk.ok(&format!("{tiny} --checkpoint k --csv whole.csv"));
    let line = refused(&desk, "train --resume k --lr 1");
    assert!(line.contains("--resume") && line.contains("--lr"), "{line}");
    let line = refused(&desk, "train echo --resume k");
    assert!(line.contains("--resume") && line.contains("[TASK]"), "{line}");
    let line = refused(&desk, "train --resume k --steps 3");
    assert!(line.contains("--steps: number of batches to go on to must be 4 or more"), "{line}");
    let line = refused(&desk, "train --resume k --csv ./k");
    assert!(line.contains("k is read: write ./k elsewhere"), "{line}");
    let line = refused(&desk, "train --resume whole.csv");
    assert!(line.contains("whole.csv: not a training saved by rnnscope"), "{line}");
    let line = refused(&desk, "train --resume missing");
    assert!(line.contains("cannot read missing"), "{line}");
    let line = refused(&desk, &format!("{tiny} --checkpoint missing/k"));
    assert!(line.contains("missing/k") && line.contains("create it first"), "{line}");
    std::fs::write(desk.path("half"), &std::fs::read(desk.path("k")).expect("kept")[..5000])
        .expect("written");
    let line = refused(&desk, "train --resume half");
    assert!(line.contains("half: a damaged training"), "{line}");
    desk.ok("train --resume k --no-timing --csv again.csv");
    let csv = |name: &str| std::fs::read(desk.path(name)).expect("CSV");
    assert!(csv("again.csv") == csv("whole.csv"));
}
