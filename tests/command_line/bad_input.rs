//! Bad input ends with exit code 2, one line that names the culprit, and no file.

use crate::support::{Desk, safetensors};

/// Runs a command that must fail, and returns its one line.
pub fn refused(desk: &Desk, arguments: &str) -> String {
    let before = desk.files();
    let output = desk.run(arguments);
    let line = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(output.status.code(), Some(2), "{arguments}: {line}");
    assert_eq!(line.lines().count(), 1, "{arguments}: {line}");
    assert!(line.starts_with("error: ") && line.ends_with('\n'), "{arguments}: {line}");
    assert!(output.stdout.is_empty(), "{arguments}");
    assert_eq!(desk.files(), before, "{arguments} left a file");
    line
}

/// Each of these must be refused with a line that holds the words.
pub fn refused_with_words(desk: &Desk, cases: &[(&str, &[&str])]) {
    for (arguments, words) in cases {
        let line = refused(desk, arguments);
        for word in *words {
            assert!(line.contains(word), "`{word}` is not in: {line}");
        }
    }
}

#[test]
fn wrong_flags_and_numbers_are_named() {
    let cases: &[(&str, &[&str])] = &[
        ("explore --length 0", &["--length", "'0'", "1 to 100000"]),
        ("explore --length 100001", &["--length", "1 to 100000"]),
        ("explore --hidden-size 0", &["--hidden-size", "1 to 512"]),
        ("explore --hidden-size -4", &["--hidden-size", "'-4'"]),
        ("explore --hidden-size 2.5", &["--hidden-size", "whole number"]),
        ("explore --num-layers 9", &["--num-layers", "1 to 8"]),
        ("explore --batch 257", &["--batch", "1 to 256"]),
        ("explore --biases 3", &["--biases", "'3'"]),
        ("explore --weight-scale nan", &["--weight-scale", "finite"]),
        ("explore --weight-scale -inf", &["--weight-scale", "finite"]),
        ("explore --bias-scale inf", &["--bias-scale", "finite"]),
        ("explore --bias-scale two", &["--bias-scale", "'two'"]),
        ("explore --forget-bias nan --cell lstm", &["--forget-bias", "finite"]),
        ("explore --seed -1", &["--seed", "'-1'"]),
        ("explore --input-seed x", &["--input-seed"]),
        ("explore --cell elman", &["--cell", "rnn, lstm, gru"]),
        ("explore --nonlinearity sin", &["--nonlinearity", "tanh, relu, identity"]),
        ("explore --loss first", &["--loss", "last, all"]),
        ("explore --precision f16", &["--precision", "f32, f64"]),
        ("explore --signal square", &["--signal", "noise"]),
        ("explore --init zero", &["--init", "orthogonal"]),
        ("explore --theme blue --png a.png", &["--theme", "light, dark"]),
        ("explore --width 10 --png a.png", &["--width", "400"]),
        ("explore --wieght-scale 1", &["--wieght-scale", "tip", "--weight-scale"]),
        ("explore --weight-scale", &["--weight-scale", "value"]),
        ("explore extra", &["extra"]),
        ("train-nothing", &["train-nothing"]),
        ("--size 10 --screenshot a.png", &["--size", "1280x800"]),
        ("--size 900x700", &["--screenshot"]),
        ("--zoom nan --screenshot a.png", &["--zoom"]),
    ];
    refused_with_words(&Desk::new(), cases);
}

#[test]
fn flags_that_contradict_each_other_are_refused() {
    let desk = Desk::new();
    desk.put("a.csv", "1\n2\n3\n");
    let cases: &[(&str, &[&str])] = &[
        ("explore --cell gru --nonlinearity relu", &["--nonlinearity", "GRU"]),
        ("explore --forget-bias 1", &["--forget-bias", "lstm"]),
        ("explore --sequence a.csv --signal sine", &["--sequence", "--signal"]),
        ("explore --sequence a.csv --length 4", &["--length 4", "a.csv", "3"]),
        ("explore --sequence a.csv --batch 2", &["--batch 2"]),
        ("explore --png a.png --svg a.png", &["a.png", "twice"]),
        ("explore --png a.png --svg ./a.png", &["a.png", "twice"]),
        ("explore --sequence a.csv --csv ./a.csv", &["a.csv", "twice"]),
        ("explore --png -", &["--json"]),
        ("explore --csv a.csv --width 900", &["--width", "--png"]),
        ("explore --theme dark", &["--theme", "--png"]),
        ("--screenshot a.png explore", &["--screenshot"]),
    ];
    refused_with_words(&desk, cases);
}

#[test]
fn unusable_sequences_are_named() {
    let desk = Desk::new();
    desk.put("ragged.csv", "1,2\n3\n");
    desk.put("words.csv", "1\ntwo\n3\n");
    desk.put("empty.csv", "");
    desk.put("header.csv", "level\n");
    desk.put("short.csv", "1\n2\n");
    desk.put("long.csv", "1\n2\n3\n");
    desk.put("binary.csv", "\u{0}\u{1}\u{2}");
    let cases: &[(&str, &[&str])] = &[
        ("explore --sequence missing.csv --png a.png", &["missing.csv"]),
        ("explore --sequence ragged.csv --png a.png", &["ragged.csv"]),
        ("explore --sequence words.csv --png a.png", &["words.csv", "two"]),
        ("explore --sequence empty.csv --png a.png", &["empty.csv"]),
        ("explore --sequence header.csv --png a.png", &["header.csv"]),
        ("explore --sequence binary.csv --png a.png", &["binary.csv"]),
        ("explore --sequence . --png a.png", &["."]),
        ("explore --sequence short.csv --sequence long.csv --png a.png", &["long.csv"]),
    ];
    refused_with_words(&desk, cases);
}

#[test]
fn unusable_weights_are_named_with_tensor_and_shapes() {
    let desk = Desk::new();
    desk.put("text.safetensors", "these are not weights");
    let wrong: [(&str, &[usize], &[f32]); 3] = [
        ("weight_ih_l0", &[2, 1], &[0.1, 0.2]),
        ("weight_hh_l0", &[2, 2], &[0.1; 4]),
        ("bias_ih_l0", &[3], &[0.0; 3]),
    ];
    desk.put("text.pt", "these are not weights");
    safetensors(&desk.path("zip.pth"), &wrong);
    safetensors(&desk.path("wrong.safetensors"), &wrong);
    let good: [(&str, &[usize], &[f32]); 3] = [wrong[0], wrong[1], ("bias_ih_l0", &[2], &[0.0; 2])];
    safetensors(&desk.path("good.safetensors"), &good);
    let bare = [wrong[0], wrong[1]];
    safetensors(&desk.path("bare.safetensors"), &bare);
    let all_7: [(&str, &[usize], &[f32]); 3] =
        [wrong[0], wrong[1], ("fc.weight", &[1, 14], &[0.1; 14])];
    safetensors(&desk.path("all_7.safetensors"), &all_7);
    desk.put("wide.csv", "1,2\n3,4\n");
    desk.put("eight.csv", "1\n2\n3\n4\n5\n6\n7\n8\n");
    let cases: &[(&str, &[&str])] = &[
        ("explore --weights missing.safetensors", &["missing.safetensors"]),
        ("explore --weights text.safetensors", &["text.safetensors"]),
        ("explore --weights text.pt", &["text.pt", "PyTorch"]),
        // Its content, not its name, says what a file is.
        ("explore --weights zip.pth", &["zip.pth", "bias_ih_l0", "2", "3"]),
        ("explore --weights missing.pt", &["missing.pt"]),
        ("explore --weights wrong.safetensors", &["bias_ih_l0", "2", "3"]),
        ("explore --weights good.safetensors --cell lstm", &["--cell lstm", "rnn"]),
        ("explore --weights good.safetensors --hidden-size 3", &["--hidden-size 3", "2"]),
        ("explore --weights good.safetensors --biases 2", &["--biases 2", "1"]),
        ("explore --weights bare.safetensors --biases 2", &["bare.safetensors, which gives 0"]),
        // A readout of the states of seven steps side by side.
        (
            "explore --weights all_7.safetensors",
            &["all_7.safetensors: fc.weight", "10 steps", "--length 7"],
        ),
        (
            "explore --weights all_7.safetensors --sequence eight.csv",
            &["fc.weight", "8 steps", "sequences of 7 steps"],
        ),
        ("explore --weights good.safetensors --init identity", &["--init"]),
        ("explore --weights good.safetensors --sequence wide.csv", &["wide.csv"]),
    ];
    refused_with_words(&desk, cases);
    // The same file with flags that agree is fine.
    desk.ok("explore --weights good.safetensors --cell rnn --hidden-size 2 --biases 1");
    desk.ok("explore --weights all_7.safetensors --length 7");
}

#[test]
fn unwritable_paths_leave_no_file_behind() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("folder")).expect("folder");
    desk.put("file", "");
    let cases: &[(&str, &[&str])] = &[
        ("explore --csv good.csv --png missing/a.png", &["missing/a.png", "create it first"]),
        ("explore --csv good.csv --svg folder", &["folder"]),
        ("explore --csv good.csv --json file/a.json", &["file/a.json"]),
        ("--screenshot missing/a.png", &["missing/a.png"]),
    ];
    refused_with_words(&desk, cases);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_named_and_takes_nothing_else_with_it() {
    let desk = Desk::new();
    let output = desk.run("explore --csv good.csv --json /dev/full");
    let line = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!((output.status.code(), line.lines().count()), (Some(2), 1), "{line}");
    assert!(line.starts_with("error: cannot write /dev/full: No space left"), "{line}");
    assert_eq!(output.stdout, b"wrote good.csv\n");
    assert_eq!(desk.files(), ["good.csv"]);
}
