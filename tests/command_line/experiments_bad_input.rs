//! Bad input to the four experiments: exit code 2, one line, nothing trained and no file.

use crate::bad_input::{refused, refused_with_words};
use crate::support::Desk;

#[test]
fn settings_without_sense_are_named() {
    let cases: &[(&str, &[&str])] = &[
        ("train long-lag --lag 1", &["--lag", "2 to 2000"]),
        ("train long-lag --lag 0", &["--lag"]),
        ("train long-lag --lag 2001", &["--lag"]),
        ("train long-lag --test -1", &["--test"]),
        ("train long-lag --streak 0", &["--streak"]),
        ("train long-lag --distractors none", &["--distractors", "none"]),
        ("train first-zero --length 1", &["length", "2 or more", "found 1"]),
        ("train first-zero --lengths 1,5", &["length", "2 or more", "found 1"]),
        ("train first-zero --lengths ,", &["--lengths", "10,20,50"]),
        ("train first-zero --lengths 10,10", &["--lengths", "different"]),
        ("train first-zero --lengths 10,x", &["--lengths", "10,x"]),
        ("train first-zero --where first", &["--where", "first"]),
        ("train first-zero --trials 0", &["--trials", "1 to 100"]),
        ("train first-zero --curriculum --growth 1", &["--growth", "more than 1"]),
        ("train first-zero --curriculum --growth nan", &["--growth", "finite"]),
        ("train first-zero --curriculum --grow-by 0", &["--grow-by"]),
        ("train first-zero --curriculum --from 9 --to 8", &["curriculum", "at least 9"]),
        ("train first-zero --curriculum --from 1", &["length", "2 or more"]),
        ("train first-zero --mastery 0", &["--mastery", "more than 0"]),
        ("train echo --features 0", &["--features", "1 to 256"]),
        ("train echo --memory lost", &["--memory", "lost"]),
        ("train echo --ticks 17", &["--ticks", "1 to 16"]),
        ("train mnist1d --epochs 0", &["--epochs"]),
        ("train echo --preset solved", &["--preset solved", "echo", "enough-units"]),
        (
            "train first-zero --lengths 2,3,4,5,6 --trials 41",
            &["number of trainings", "1 to 400", "410"],
        ),
    ];
    refused_with_words(&Desk::new(), cases);
    // An argument that is there and empty.
    let desk = Desk::new();
    let output = desk.command("train first-zero --lengths").arg("").output().expect("starts");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--lengths"));
}

#[test]
fn flags_of_other_tasks_name_task_and_flag() {
    let cases: &[(&str, &[&str])] = &[
        ("train echo --where last", &["--where goes with first-zero, not with echo"]),
        ("train first-zero --lag 9", &["--lag goes with long-lag, not with first-zero"]),
        ("train running-mean --trials 2 --test 9", &["--test goes with long-lag"]),
        ("train long-lag --length 9", &["--length", "long-lag", "--lag"]),
        ("train mnist1d --length 9", &["--length", "mnist1d", "40 points"]),
        ("train mnist1d --lengths 10,20", &["--lengths", "mnist1d"]),
        ("train long-lag --curriculum", &["--curriculum goes with first-zero"]),
        ("train mnist1d --loss all", &["--loss goes with running-mean and long-lag"]),
        ("train running-mean --data x.csv", &["--data goes with mnist1d"]),
        ("train first-zero --epochs 3", &["--epochs goes with mnist1d and echo"]),
        ("train long-lag --ticks 3", &["--ticks goes with echo"]),
        ("train echo --streak 3", &["--streak", "not with echo"]),
        ("train long-lag --features 3", &["--features goes with echo"]),
        ("train first-zero --memory reset", &["--memory goes with echo"]),
    ];
    refused_with_words(&Desk::new(), cases);
}

#[test]
fn flags_that_contradict_each_other_are_refused() {
    let desk = Desk::new();
    desk.ok("train echo --steps 1 --save-comparison c.json");
    let cases: &[(&str, &[&str])] = &[
        ("train first-zero --curriculum --length 9", &["--curriculum", "--length"]),
        ("train first-zero --curriculum --lengths 9,10", &["--curriculum", "--lengths"]),
        ("train first-zero --preset ladder --curriculum", &["--curriculum", "not both"]),
        ("train first-zero --preset curriculum --lengths 5,6", &["--lengths", "not both"]),
        ("train first-zero --preset curriculum --length 5", &["--length", "--from"]),
        ("train first-zero --preset ladder --length 5", &["--length", "--lengths"]),
        ("train first-zero --length 5 --lengths 5,6", &["--length", "--lengths"]),
        ("train first-zero --growth 2", &["--growth goes with --curriculum"]),
        ("train first-zero --to 20", &["--to goes with --curriculum"]),
        ("train first-zero --curriculum --growth 2 --grow-by 2", &["--growth", "--grow-by"]),
        ("train first-zero --curriculum --evaluate-every 0", &["--evaluate-every 0"]),
        ("train mnist1d --epochs 3 --steps 4", &["--epochs", "--steps"]),
        ("train running-mean --preset notebook --trials 2", &["--feed fair"]),
        ("train first-zero --comparison c.json", &["c.json", "echo", "first-zero"]),
        ("train echo --list", &["--list"]),
    ];
    refused_with_words(&desk, cases);
}

#[test]
fn explore_refuses_what_does_not_go_with_a_task() {
    let desk = Desk::new();
    desk.ok("train first-zero --steps 1 --contender rnn,name=n,hidden=3 --save nets");
    let cases: &[(&str, &[&str])] = &[
        ("explore --lag 9", &["--lag needs --task"]),
        ("explore --task echo --lag 9", &["--lag goes with long-lag, not with echo"]),
        ("explore --task first-zero --loss all", &["--loss goes with running-mean and long-lag"]),
        ("explore --task first-zero --length 1", &["length", "2 or more"]),
        ("explore --task long-lag --length 9", &["--length", "--lag"]),
        ("explore --task mnist1d --batch 2", &["--batch goes with running-mean and echo"]),
        ("explore --task echo --signal sine", &["--task", "--signal"]),
        ("explore --task mnist1d --data missing.npz", &["missing.npz"]),
        ("explore --task juggling", &["--task", "juggling", "first-zero"]),
        ("explore --weights nets/n.safetensors --task echo", &["network", "inputs", "outputs"]),
    ];
    refused_with_words(&desk, cases);
}

#[test]
fn data_that_cannot_be_used_is_named_before_anything_is_written() {
    let desk = Desk::new();
    let row = |label: &str, value: &str, count: usize| {
        format!("{label}{}\n", format!(",{value}").repeat(count))
    };
    desk.put("narrow.csv", &row("1", "0.5", 39).repeat(20));
    desk.put("nan.csv", &(row("1", "0.5", 40).repeat(20) + &row("2", "nan", 40)));
    desk.put("label.csv", &row("10", "0.5", 40).repeat(20));
    desk.put("empty.csv", "");
    desk.put("words.npz", "these are words");
    desk.put("data.txt", "1");
    for (file, word) in [
        ("narrow.csv", "40"),
        ("nan.csv", "finite"),
        ("label.csv", "0 to 9"),
        ("empty.csv", "empty.csv"),
        ("words.npz", "words.npz"),
        ("data.txt", ".npz or .csv"),
        ("missing.npz", "missing.npz"),
    ] {
        let flags = format!("train mnist1d --data {file} --csv out.csv --save nets");
        let line = refused(&desk, &flags);
        assert!(line.contains(file) && line.contains(word), "{line}");
    }
    desk.put("good.csv", &row("1", "0.5", 40).repeat(20));
    let line = refused(&desk, "train mnist1d --data good.csv --csv ./good.csv");
    assert!(line.contains("good.csv is read: write ./good.csv elsewhere"), "{line}");
}
