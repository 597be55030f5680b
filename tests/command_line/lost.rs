//! Outputs that cannot be written: everything else is, and the report is always seen.

use std::process::Output;

use rnnscope::ticket::Ticket;
use rnnscope::train::Checkpoint;
use rnnscope::worker::Race;

use crate::bad_input::refused;
use crate::support::Desk;

/// Two trainings that take no time.
const QUICK: &str = "train running-mean --contender rnn,hidden=4,name=a --contender \
                     gru,hidden=3,name=b --batch 2 --length 5 --steps 5 --probe-every 0 --no-timing";

fn lines(bytes: &[u8]) -> Vec<String> {
    String::from_utf8_lossy(bytes).lines().map(str::to_owned).collect()
}

fn has(lines: &[String], words: &str) -> bool {
    lines.iter().any(|line| line.contains(words))
}

/// Exit code 2, the ranking on standard output, and on standard error a line for what was lost and
/// one that tells where the training is kept.
fn assert_lost(desk: &Desk, output: &Output, lost: &[&str]) {
    let (stdout, stderr) = (lines(&output.stdout), lines(&output.stderr));
    assert_eq!(output.status.code(), Some(2), "{stderr:?}");
    assert!(has(&stdout, "ranked by"), "{stdout:?}");
    let told = stderr.iter().filter(|line| line.starts_with("error: cannot write "));
    assert_eq!(told.count(), lost.len(), "{stderr:?}");
    for words in lost {
        assert!(has(&stderr, words), "{words}: {stderr:?}");
        assert!(!has(&stdout, &format!("wrote {words}")), "{stdout:?}");
    }
    assert_kept(desk, &stderr);
}

/// One training is kept, and it is told where; what is kept goes on.
fn assert_kept(desk: &Desk, stderr: &[String]) {
    let [path] = &desk.rescued()[..] else { panic!("{:?}", desk.rescued()) };
    assert!(has(stderr, &format!("the results are kept in {}", path.display())), "{stderr:?}");
    let kept = Checkpoint::read(path, &Ticket::new()).expect("a training");
    let race = Race::resume(&kept, 1, true, || {}).expect("goes on");
    let names: Vec<&str> = kept.comparison().contenders.iter().map(|one| &*one.name).collect();
    assert_eq!(names, ["a", "b"]);
    assert!((0..2).all(|lane| race.status(lane).steps >= 5));
    std::fs::remove_file(path).expect("removed");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_takes_one_output_and_no_other() {
    let desk = Desk::new();
    let others = "--json ok.json --svg ok.svg --save nets --tensorboard runs";
    let output = desk.run(&format!("{QUICK} {others} --csv /dev/full"));
    assert_lost(&desk, &output, &["/dev/full: No space left"]);
    assert_eq!(desk.files(), ["nets", "ok.json", "ok.svg", "runs"]);
    assert_eq!(desk.files_in("nets"), ["a.safetensors", "b.safetensors", "comparison.json"]);
    assert_eq!(desk.files_in("runs"), ["a", "b"]);

    let output = desk.run("explore --length 5 --csv /dev/full --svg flow.svg --json flow.json");
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(lines(&output.stdout), ["wrote flow.svg", "wrote flow.json"]);
    let stderr = lines(&output.stderr);
    assert!(stderr.len() == 1 && has(&stderr, "cannot write /dev/full"), "{stderr:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_report_that_standard_output_does_not_take_is_seen_on_standard_error() {
    let desk = Desk::new();
    for (flags, file) in [("--csv a.csv", "a.csv"), ("--json - --csv b.csv", "b.csv")] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("device");
        let mut command = desk.process(&format!("{QUICK} {flags}"));
        let output = command.stdout(full).output().expect("starts");
        let stderr = lines(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{stderr:?}");
        assert!(has(&stderr, "ranked by") && has(&stderr, "cannot write to standard output"));
        assert!(desk.path(file).is_file());
        assert_kept(&desk, &stderr);
    }
}

#[cfg(unix)]
#[test]
fn whoever_stops_reading_loses_no_file() {
    let desk = Desk::new();
    let mut command = desk.process(&format!("{QUICK} --csv a.csv --save nets --json -"));
    let mut child = command.stdout(std::process::Stdio::piped()).spawn().expect("starts");
    drop(child.stdout.take());
    assert!(child.wait().expect("ends").success());
    assert_eq!(desk.files(), ["a.csv", "nets"]);
    assert!(desk.rescued().is_empty(), "nothing was to be rescued");
}

/// Runs it under a limit of the shell.
#[cfg(unix)]
fn limited(desk: &Desk, limit: &str, flags: &str) -> Output {
    let program = desk.process(flags);
    let mut bash = std::process::Command::new("bash");
    bash.current_dir(desk.path("")).args(["-c", &format!("{limit} && exec \"$0\" \"$@\"")]);
    let set = program.get_envs().filter_map(|(name, value)| Some((name, value?)));
    bash.arg(program.get_program()).args(program.get_args()).envs(set).output().expect("bash")
}

#[cfg(unix)]
#[test]
fn a_picture_above_the_limit_of_files_takes_no_other_output() {
    let desk = Desk::new();
    // 64 blocks of 1024 bytes: too few for the picture, enough for everything else.
    let flags = format!("{QUICK} --png a.png --csv a.csv --save nets");
    let output = limited(&desk, "ulimit -f 64", &flags);
    assert_lost(&desk, &output, &["a.png: File too large"]);
    assert_eq!(desk.files(), ["a.csv", "nets"]);
}

#[cfg(unix)]
#[test]
fn more_networks_than_handles_are_all_written() {
    let desk = Desk::new();
    let flags = "train running-mean --contender rnn,hidden=2 --contender gru,hidden=2 --trials 20 \
                 --length 3 --batch 1 --steps 1 --probe-every 0 --save nets --tensorboard runs";
    let output = limited(&desk, "ulimit -n 24", flags);
    assert!(output.status.success(), "{:?}", lines(&output.stderr));
    assert_eq!((desk.files_in("nets").len(), desk.files_in("runs").len()), (41, 40));
}

#[cfg(unix)]
#[test]
fn folders_that_go_while_it_trains_take_only_what_was_to_lie_in_them() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("gone")).expect("folder");
    let flags = QUICK.replace("--steps 5", "--steps 10000000 --every 1000000");
    let flags = format!("{flags} --csv gone/a.csv --json a.json --save nets");
    let mut command = desk.process(&flags);
    let pipe = std::process::Stdio::piped;
    let child = command.stdout(pipe()).stderr(pipe()).spawn().expect("starts");
    let begun = std::time::Instant::now();
    while !desk.path("nets").exists() {
        assert!(begun.elapsed() < std::time::Duration::from_secs(60), "no folder");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    // The folder is made just before training begins.
    std::thread::sleep(std::time::Duration::from_secs(1));
    for folder in ["gone", "nets"] {
        std::fs::remove_dir_all(desk.path(folder)).expect("removed");
    }
    let kill = format!("kill -INT {}", child.id());
    assert!(std::process::Command::new("sh").args(["-c", &kill]).status().expect("sh").success());
    let output = child.wait_with_output().expect("ends");
    assert_lost(&desk, &output, &["gone/a.csv"]);
    assert_eq!(desk.files(), ["a.json", "nets"], "the folder of networks is made again");
    assert_eq!(desk.files_in("nets"), ["a.safetensors", "b.safetensors", "comparison.json"]);
}

#[test]
fn networks_of_two_trainings_are_not_mixed() {
    let desk = Desk::new();
    desk.ok(&format!("{QUICK} --save nets"));
    let before = std::fs::read(desk.path("nets/a.safetensors")).expect("network");
    // The second network cannot replace a folder.
    std::fs::remove_file(desk.path("nets/b.safetensors")).expect("removed");
    std::fs::create_dir(desk.path("nets/b.safetensors")).expect("folder");
    let line = refused(&desk, &format!("{QUICK} --seed 7 --save nets"));
    assert!(line.contains("b.safetensors") && line.contains("folder"), "{line}");
    assert_eq!(std::fs::read(desk.path("nets/a.safetensors")).expect("network"), before);
}

#[test]
fn outputs_in_each_others_way_are_refused_before_training() {
    let desk = Desk::new();
    desk.ok(&format!("{QUICK} --save-comparison c.json"));
    let flags = QUICK.replace("--steps 5", "--steps 10000000");
    for (outputs, words) in [
        ("--csv out --save out", "out is to be a file"),
        ("--csv out --save out/nets", "out is to be a file"),
        ("--csv nets/comparison.json --save nets", "nets/comparison.json is named twice"),
        ("--json nets/a.safetensors --save nets", "nets/a.safetensors is named twice"),
        ("--json runs/b --tensorboard runs", "runs/b is named twice"),
        ("--png ./a --svg a", "a is named twice"),
    ] {
        let line = refused(&desk, &format!("{flags} {outputs}"));
        assert!(line.contains(words), "{outputs}: {line}");
    }
    let line = refused(&desk, "train --comparison c.json --csv ./c.json");
    assert!(line.contains("c.json is read: write ./c.json elsewhere"), "{line}");
    assert_eq!(desk.files(), ["c.json"], "no folder was left");
}

#[cfg(target_os = "linux")]
#[test]
fn data_under_a_name_that_is_no_text_is_trained_on_saved_and_found_again() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let desk = Desk::new();
    let name = OsStr::from_bytes(b"d\xff.csv");
    let row = |label: usize| format!("{label}{}\n", ",0.5".repeat(40));
    let text: String = (0..20).map(|n| row(n % 10)).collect();
    std::fs::write(desk.path("").join(name), text).expect("data");
    let flags = "train mnist1d --contender rnn,hidden=2 --batch 4 --steps 1 --probe-every 0 --json \
                 a.json --save nets --svg a.svg --data";
    let output = desk.command(flags).arg(name).output().expect("starts");
    assert!(output.status.success(), "{:?}", lines(&output.stderr));
    desk.ok("train --comparison nets/comparison.json --steps 1");
    let test_set = OsStr::from_bytes(b"d\xff_test.csv");
    let mut command = desk.command("train mnist1d --steps 1 --data");
    let output = command.arg(name).arg("--csv").arg(test_set).output().expect("starts");
    let stderr = lines(&output.stderr);
    assert!(has(&stderr, "is read: write") && output.status.code() == Some(2), "{stderr:?}");
}
