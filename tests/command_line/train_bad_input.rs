//! Bad input to `rnnscope train`: exit code 2, one line, nothing trained and no file.

use crate::bad_input::{refused, refused_with_words};
use crate::support::Desk;

#[test]
fn wrong_flags_and_numbers_are_named() {
    let cases: &[(&str, &[&str])] = &[
        ("train", &["TASK", "train --help"]),
        ("train sorting", &["sorting", "running-mean"]),
        ("train running-mean --steps 0", &["--steps", "1 to 10000000"]),
        ("train running-mean --batch 5000", &["--batch", "1 to 4096"]),
        ("train running-mean --length 0", &["--length", "1 to 10000"]),
        ("train running-mean --lr -1", &["--lr", "0 or more"]),
        ("train running-mean --lr nan", &["--lr", "finite"]),
        ("train running-mean --optimizer adan", &["--optimizer", "adan"]),
        ("train running-mean --clip-norm 0", &["--clip-norm", "more than 0"]),
        ("train running-mean --clip-value inf", &["--clip-value", "finite"]),
        ("train running-mean --schedule linear", &["--schedule", "linear"]),
        ("train running-mean --seed -1", &["--seed", "'-1'"]),
        ("train running-mean --feed random", &["--feed", "random"]),
        ("train running-mean --precision f16", &["--precision", "f16"]),
        ("train running-mean --loss first", &["--loss", "first"]),
        ("train running-mean --patience 0", &["--patience"]),
        ("train running-mean --threads 0", &["--threads", "1 to 256"]),
        ("train running-mean --every 0", &["--every"]),
        ("train running-mean --target-loss 0", &["--target-loss", "more than 0"]),
        ("train running-mean --preset lab", &["--preset lab", "running-mean", "shapes, notebook"]),
        ("train running-mean --stepps 3", &["--stepps", "--steps"]),
    ];
    refused_with_words(&Desk::new(), cases);
}

#[test]
fn contenders_that_cannot_be_read_name_the_part() {
    let cases: &[(&str, &[&str])] = &[
        ("train running-mean --contender elman", &["--contender", "`elman` is no cell"]),
        ("train running-mean --contender lstm,depth=2", &["no key `depth`", "layers"]),
        ("train running-mean --contender lstm,hidden=513", &["`hidden`", "1 to 512"]),
        ("train running-mean --contender gru,forget-bias=1", &["forget-bias", "lstm"]),
        (
            "train running-mean --contender gru,name=a --contender lstm,name=a",
            &["two contenders are named a"],
        ),
    ];
    refused_with_words(&Desk::new(), cases);
    let many = "--contender rnn ".repeat(17);
    let line = refused(&Desk::new(), &format!("train running-mean {many}"));
    assert!(line.contains("number of contenders must be 1 to 16"), "{line}");
}

#[test]
fn flags_that_contradict_each_other_are_refused() {
    let desk = Desk::new();
    desk.ok("train running-mean --contender rnn --steps 1 --save-comparison c.json");
    let cases: &[(&str, &[&str])] = &[
        ("train running-mean --preset notebook --comparison c.json", &["--preset", "--comparison"]),
        ("train --comparison c.json --contender lstm", &["--comparison", "--contender"]),
        ("train running-mean --clip-norm 1 --clip-value 1", &["--clip-norm", "--clip-value"]),
        ("train running-mean --momentum 0.9", &["--momentum", "sgd", "adam"]),
        ("train running-mean --schedule-every 3", &["--schedule-every", "--schedule step"]),
        ("train running-mean --schedule cosine --schedule-factor 0.5", &["--schedule-factor"]),
        ("train running-mean --theme dark", &["--theme", "--png"]),
        ("train running-mean --json a --csv ./a", &["twice"]),
        ("train --comparison c.json --csv ./c.json", &["c.json is read", "elsewhere"]),
        ("train running-mean --csv -", &["--json"]),
        ("train running-mean --preset notebook --save-comparison d.json", &["--loss all"]),
        ("train running-mean --batch 4096 --length 10000 --contender lstm,hidden=512", &["GiB"]),
    ];
    refused_with_words(&desk, cases);
}

#[test]
fn unusable_comparisons_are_named() {
    let desk = Desk::new();
    desk.put("words.json", "these are words");
    desk.put("other.json", "{\"contenders\": []}");
    desk.put("new.json", "{\"rnnscope_comparison\": 9, \"comparison\": {}}");
    let cases: &[(&str, &[&str])] = &[
        ("train --comparison missing.json", &["missing.json"]),
        ("train --comparison words.json", &["words.json", "not a comparison"]),
        ("train --comparison other.json", &["other.json", "not a comparison"]),
        ("train --comparison new.json", &["new.json", "version 9"]),
        ("train --comparison .", &["."]),
    ];
    refused_with_words(&desk, cases);
}

#[test]
fn unwritable_files_and_folders_are_refused_before_training() {
    let desk = Desk::new();
    desk.put("file", "");
    let long = "train running-mean --steps 10000000";
    for (flags, words) in [
        ("--csv good.csv --png missing/a.png", "missing/a.png"),
        ("--csv good.csv --json file/a.json", "file/a.json"),
        ("--csv good.csv --save file", "file"),
        ("--csv good.csv --save file/nets", "file/nets"),
        ("--csv good.csv --tensorboard file", "file"),
    ] {
        let line = refused(&desk, &format!("{long} {flags}"));
        assert!(line.contains(words), "{line}");
    }
    desk.ok("train running-mean --contender rnn,name=r --steps 2 --tensorboard runs");
    let again = "train running-mean --contender rnn,name=r --steps 2 --tensorboard runs";
    let line = refused(&desk, again);
    assert!(line.contains("holds a TensorBoard run already"), "{line}");
}
