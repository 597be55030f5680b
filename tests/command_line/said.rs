//! What is said of a measurement is what was measured.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use rnnscope::network::{Cell, Design, Nonlinearity};
use rnnscope::task::TaskChoice;
use rnnscope::train::{Comparison, Contender, Feed, LineUp, presets};
use serde_json::{Value, json};

use crate::support::{Desk, assert_close, number, numbers, safetensors};

/// A network of two tanh units with linear layers of these names and shapes.
fn put_network(desk: &Desk, name: &str, inputs: usize, heads: &[(&str, [usize; 2])]) {
    let mut tensors: Vec<(String, Vec<usize>)> = vec![
        ("rnn.weight_ih_l0".to_owned(), vec![2, inputs]),
        ("rnn.weight_hh_l0".to_owned(), vec![2, 2]),
        ("rnn.bias_ih_l0".to_owned(), vec![2]),
        ("rnn.bias_hh_l0".to_owned(), vec![2]),
    ];
    for (name, [outputs, width]) in heads {
        tensors.push((format!("{name}.weight"), vec![*outputs, *width]));
        tensors.push((format!("{name}.bias"), vec![*outputs]));
    }
    let numbers: Vec<Vec<f32>> = tensors
        .iter()
        .map(|(_, shape)| (0..shape.iter().product()).map(|n| 0.1 + 0.01 * n as f32).collect())
        .collect();
    let tensors: Vec<(&str, &[usize], &[f32])> = tensors
        .iter()
        .zip(&numbers)
        .map(|((name, shape), numbers)| (name.as_str(), &shape[..], &numbers[..]))
        .collect();
    safetensors(&desk.path(name), &tensors);
}

/// Fails with one line of these words and exit code 2.
fn refused(desk: &Desk, flags: &str, words: &[&str]) {
    let output = desk.run(&format!("explore {flags}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{flags}: {said}");
    assert_eq!(said.lines().count(), 1, "{flags}: {said}");
    assert!(words.iter().all(|word| said.contains(word)), "{flags}: {said}");
}

#[test]
fn a_readout_that_does_not_fit_a_task_is_refused_in_one_line() {
    let desk = Desk::new();
    put_network(&desk, "step.safetensors", 1, &[("head", [10, 2])]);
    put_network(&desk, "all.safetensors", 1, &[("head", [10, 80])]);
    put_network(&desk, "ten.safetensors", 1, &[("head", [1, 20])]);
    put_network(&desk, "one.safetensors", 1, &[("head", [1, 2])]);
    let words = ["step.safetensors", "the state at each step", "40 steps side by side"];
    refused(&desk, "--weights step.safetensors --task mnist1d", &words);
    let json = desk.json("--weights all.safetensors --task mnist1d");
    assert_eq!(json["outputs"].as_array().map(Vec::len), Some(10));
    for (weights, task) in [
        ("all", "first-zero"),
        ("all", "long-lag"),
        ("all", "echo"),
        ("ten", "first-zero"),
        ("ten", "mnist1d"),
        ("ten", "echo --features 1"),
        ("step", "first-zero"),
        ("step", "long-lag"),
        ("step", "echo"),
        ("one", "mnist1d"),
        ("one", "long-lag"),
    ] {
        let flags = format!("--weights {weights}.safetensors --task {task}");
        refused(&desk, &flags, &[&format!("{weights}.safetensors: the ")]);
    }
    refused(
        &desk,
        "--weights all.safetensors --length 39",
        &["head.weight", "40 steps", "39 steps", "--length 40"],
    );
    for task in ["first-zero", "echo --features 1", "running-mean"] {
        desk.ok(&format!("explore --weights one.safetensors --task {task}"));
    }
    // What a readout was made for is recorded by training.
    desk.ok("train first-zero --length 7 --steps 2 --contender rnn,name=n,hidden=2 --save first");
    let words = ["n.safetensors", "after a ReLU", "at each step"];
    refused(&desk, "--weights first/n.safetensors --task echo --features 1", &words);
}

#[test]
fn the_readout_measured_is_chosen_and_said() {
    let desk = Desk::new();
    put_network(&desk, "fc.safetensors", 1, &[("fc", [1, 2])]);
    put_network(&desk, "two.safetensors", 1, &[("fc", [1, 2]), ("aux", [3, 2])]);
    put_network(&desk, "no.safetensors", 1, &[("embedding", [5, 7])]);
    let heading = |flags: &str| desk.ok(&format!("explore --weights {flags}"));
    assert!(heading("fc.safetensors").contains("fc.safetensors · readout: fc ·"));
    assert_eq!(desk.json("--weights fc.safetensors")["readout"], json!({ "file": "fc" }));
    refused(&desk, "--weights two.safetensors", &["fc", "aux", "--head"]);
    let text = heading("two.safetensors --head aux");
    assert!(text.contains("readout: aux"), "{text}");
    assert!(text.contains("not used of two.safetensors: fc.bias, fc.weight"), "{text}");
    let report = desk.json("--weights two.safetensors --head aux.weight");
    assert_eq!(report["unused"], json!(["fc.bias", "fc.weight"]));
    assert_eq!(report["outputs"].as_array().map(Vec::len), Some(3));
    refused(&desk, "--weights two.safetensors --head nope", &["nope", "fc", "aux"]);
    refused(&desk, "--head fc", &["--weights"]);

    // A loss of the states themselves.
    let text = heading("fc.safetensors --head none");
    assert!(text.contains("readout: none") && text.contains("loss: norm of h"), "{text}");
    assert!(!text.contains("target: "), "{text}");
    let report = desk.json("--weights fc.safetensors --head none --full");
    assert_eq!((&report["readout"], &report["outputs"]), (&json!("none"), &json!([])));
    assert!(report["full"].get("head.weight").is_none() && report["full"].get("target").is_none());
    let refused_task = "--weights fc.safetensors --head none --task first-zero";
    refused(&desk, refused_task, &["fc.safetensors", "no readout"]);

    let text = heading("fc.safetensors --head random --seed 4");
    assert!(text.contains("readout: random, seed 4"), "{text}");
    desk.ok("explore --weights fc.safetensors --head random --csv asked.csv");
    // Nobody asked for this one: files and standard error say so, standard output stays clean.
    let text = heading("no.safetensors");
    assert!(text.contains("readout: random, seed 0"), "{text}");
    let output = desk.run("explore --weights no.safetensors --json - --svg a.svg --csv a.csv");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.lines().count() == 1, "{said}");
    assert!(said.contains("random, seed 0") && said.contains("--head"), "{said}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["readout"], json!({ "random": { "seed": 0 } }));
    for name in ["a.svg", "a.csv"] {
        let text = std::fs::read_to_string(desk.path(name)).unwrap();
        assert!(text.contains("random, seed 0"), "{name}");
    }
}

/// The figures that a training shows of a task at its start, in a fair comparison from a seed.
fn comparison(task: &TaskChoice, design: Design, seed: u64) -> Comparison {
    let mut comparison = presets(task.name()).remove(0).rounds.remove(0);
    let contender = Contender::new(design.cell, design.hidden_size, design.num_layers);
    comparison.contenders = vec![Contender { design, ..contender }];
    comparison.feed = Feed::Fair;
    comparison.seed = seed;
    comparison.batch = 4;
    comparison.trials = 1;
    comparison.steps = 1;
    comparison.probe_every = 1;
    comparison.evaluate_every = 0;
    comparison.lengths = Vec::new();
    comparison.task = task.clone();
    comparison
}

#[test]
fn explore_of_a_task_shows_what_training_shows_before_its_first_update() {
    let desk = Desk::new();
    let cells = [
        (Cell::Rnn(Nonlinearity::Tanh), "rnn"),
        (Cell::Lstm, "lstm --num-layers 2"),
        (Cell::Gru, "gru"),
    ];
    for task in TaskChoice::all() {
        for (cell, flags) in cells {
            let layers = if cell == Cell::Lstm { 2 } else { 1 };
            let comparison = comparison(&task, Design::new(cell, 6, layers), 3);
            let mut trainee = LineUp::new(&comparison).unwrap().trainees.remove(0);
            trainee.step().unwrap();
            let what = format!("{} {cell}", task.name());
            let flags = format!("--task {} --cell {flags}", task.name());
            let report = desk.json(&format!("{flags} --hidden-size 6 --seed 3 --precision f32"));
            let snapshot = &trainee.log().snapshots[0];
            for (layer, recorded) in snapshot.grad_norm.iter().enumerate() {
                let recorded: Vec<f64> = recorded.iter().map(|norm| f64::from(*norm)).collect();
                assert_close(&numbers(&report["grad_norm"][layer]), &recorded, 2e-5, &what);
            }
            let told = |values: Vec<f64>| {
                values.into_iter().filter(|value| !value.is_nan()).collect::<Vec<_>>()
            };
            let recorded = snapshot.predictions[0].iter().map(|value| f64::from(*value)).collect();
            assert_close(&told(numbers(&report["prediction"])), &told(recorded), 2e-5, &what);
            if let TaskChoice::Echo(_) = task {
                let loss = trainee.log().losses[0];
                assert_close(&[number(&report["loss"])], &[loss], 1e-6, &what);
            }
        }
    }
}

#[test]
fn echo_starts_where_its_training_starts() {
    let desk = Desk::new();
    let skips = "--cell lstm --num-layers 2 --hidden-size 8 --wiring skips --ticks 3";
    for (train, explore, loss) in [
        ("", skips, 0.99881),
        ("--contender rnn,hidden=16", "", 0.87777),
        ("--contender rnn,hidden=16 --seed 7", "--seed 7", f64::NAN),
    ] {
        desk.ok(&format!("train echo {train} --steps 1 --json train.json"));
        let text = std::fs::read(desk.path("train.json")).unwrap();
        let training: Value = serde_json::from_slice(&text).unwrap();
        let first = number(&training["trainings"][0]["losses"][0]);
        let flags = format!("--task echo {explore} --precision f32");
        let found = number(&desk.json(&flags)["loss"]);
        assert_close(&[found], &[first], 1e-6, "loss before the first update");
        assert!(loss.is_nan() || (found - loss).abs() < 6e-6, "{found}");
        // An input of its own seed is another one.
        let own = number(&desk.json(&format!("{flags} --input-seed 5"))["loss"]);
        assert!((own - found).abs() > 1e-3, "{own}");
    }
}

#[test]
fn the_question_holds_the_length_and_the_batch_that_were_measured() {
    let desk = Desk::new();
    desk.put("nine.csv", &"0.5\n".repeat(9));
    desk.put("more.csv", &"0.25\n".repeat(9));
    let input = &desk.json("--sequence nine.csv --sequence more.csv")["question"]["input"];
    assert_eq!((&input["length"], &input["batch"]), (&json!(9), &json!(2)));
    let input = &desk.json("--task mnist1d")["question"]["input"];
    assert_eq!((&input["length"], &input["batch"]), (&json!(40), &json!(4)));
    let input = &desk.json("--task first-zero --length 7")["question"]["input"];
    assert_eq!((&input["length"], &input["batch"]), (&json!(7), &json!(2)));
}

#[test]
fn the_question_holds_checksums_of_what_was_read() {
    let desk = Desk::new();
    desk.put("a.csv", "1\n2\n");
    put_network(&desk, "net.safetensors", 1, &[("head", [1, 2])]);
    let checksums = || {
        let question = &desk.json("--weights net.safetensors --sequence a.csv")["question"];
        let weights = &question["weights"]["file"]["content"];
        let sequence = &question["input"]["signal"]["files"][0]["content"];
        [weights, sequence].map(|text| text.as_str().expect("a checksum").to_owned())
    };
    let [weights, sequence] = checksums();
    // `printf '1\n2\n' | sha256sum`
    assert_eq!(sequence, "a6e2b7a040683432de03a18fd8a1939a2fdf82585b364bfc874bdd4095c4cae1");
    assert_eq!(weights.len(), 64);
    desk.put("a.csv", "1\n3\n");
    put_network(&desk, "net.safetensors", 1, &[("head", [2, 2])]);
    let after = checksums();
    assert!(after[0] != weights && after[1] != sequence);
}

#[test]
fn a_skipped_header_is_said_wherever_its_file_is() {
    let desk = Desk::new();
    desk.put("named.csv", "price,volume\n1,2\n3,4\n");
    desk.put("plain.csv", "1,2\n3,4\n");
    let flags = "--sequence named.csv --sequence plain.csv";
    let text = desk.ok(&format!("explore {flags}"));
    assert!(text.contains("named.csv: the first row is a header and was skipped: price, volume"));
    assert!(text.contains("named.csv + plain.csv (header row skipped) · T = 2"), "{text}");
    assert_eq!(desk.json(flags)["headers"], json!([["price", "volume"], null]));
    desk.ok(&format!("explore {flags} --svg a.svg --csv a.csv"));
    for name in ["a.svg", "a.csv"] {
        let text = std::fs::read_to_string(desk.path(name)).unwrap();
        assert!(text.contains("header row skipped"), "{name}");
    }
    let plain = desk.ok("explore --sequence plain.csv");
    assert!(!plain.contains("header"), "{plain}");
    assert!(desk.json("--sequence plain.csv").get("headers").is_none());
}

#[test]
fn a_mistyped_first_row_is_named_with_its_line_and_cell() {
    let desk = Desk::new();
    for cell in ["0.5x", "1e", "-", "nan", "\"1,5\"", "\"\""] {
        desk.put("a.csv", &format!("{cell}\n1\n2\n"));
        refused(&desk, "--sequence a.csv", &["a.csv", "line 1", cell.trim_matches('"')]);
    }
    desk.put("a.csv", "1,price\n1,2\n");
    refused(&desk, "--sequence a.csv", &["a.csv", "line 1", "price"]);
}

#[test]
fn the_target_is_said_in_every_output() {
    let desk = Desk::new();
    desk.put("own.csv", "1,5\n2,6\n3,7\n");
    for (flags, target) in [
        ("--sequence own.csv", "running mean of column 1"),
        ("--signal sine", "running mean of the input"),
        ("--task running-mean", "running mean of the input"),
    ] {
        let text = desk.ok(&format!("explore {flags}"));
        assert!(text.contains(&format!("target: {target}")), "{text}");
        assert_eq!(desk.json(flags)["target_is"], target);
        desk.ok(&format!("explore {flags} --svg a.svg --csv a.csv"));
        let svg = std::fs::read_to_string(desk.path("a.svg")).unwrap();
        assert!(svg.matches(target).count() >= 2, "heading and figure of {flags}");
        let csv = std::fs::read_to_string(desk.path("a.csv")).unwrap();
        assert!(csv.lines().skip(1).all(|line| line.contains(target)), "{csv}");
        let view = desk.ok(&format!("explore {flags} --view gates"));
        assert!(view.contains(&format!("target: {target}")), "{view}");
    }
    let echo = desk.ok("explore --task echo");
    assert!(!echo.contains("running mean"), "{echo}");
}

#[test]
fn csv_names_settings_files_and_readout_in_every_row() {
    let desk = Desk::new();
    desk.put("own.csv", "1\n2\n3\n");
    put_network(&desk, "net.safetensors", 1, &[("head", [2, 2])]);
    let flags = "explore --weights net.safetensors --sequence own.csv --weight-scale 1.5";
    for view in ["", "--view gates"] {
        desk.ok(&format!("{flags} --precision f32 {view} --csv a.csv"));
        let mut csv = csv::Reader::from_path(desk.path("a.csv")).unwrap();
        let headers = csv.headers().unwrap().clone();
        let expected = [
            ("network", "RNN tanh, 2 units"),
            ("weights", "net.safetensors"),
            ("readout", "head"),
            ("input", "own.csv"),
            ("length", "3"),
            ("batch", "1"),
            ("target", "running mean of column 1"),
            ("weight_scale", "1.5"),
            ("bias_scale", "1"),
            ("loss", "mean squared error, last step"),
            ("precision", "f32"),
        ];
        let mut rows = 0;
        for record in csv.records() {
            let record = record.unwrap();
            rows += 1;
            for (name, value) in expected {
                let column = headers.iter().position(|header| header == name).expect(name);
                assert_eq!(&record[column], value, "{name}");
            }
        }
        assert!(rows >= 3, "{rows}");
    }
}

#[test]
fn pictures_name_settings_files_and_readout() {
    let desk = Desk::new();
    desk.put("own.csv", "1\n2\n3\n");
    put_network(&desk, "net.safetensors", 1, &[("head", [2, 2])]);
    desk.ok("explore --weights net.safetensors --sequence own.csv --bias-scale -2 --svg a.svg");
    let svg = std::fs::read_to_string(desk.path("a.svg")).unwrap();
    for words in ["net.safetensors", "readout: head", "own.csv", "biases × -2", "output 1 of 2"] {
        assert!(svg.contains(words), "{words}");
    }
}

/// Networks drawn in other ways are told apart wherever their numbers stand.
#[test]
fn settings_of_the_draw_are_said() {
    let desk = Desk::new();
    for (flags, words) in [
        ("--recipe lab", "two biases, transposed, seed 0"),
        ("--biases 1 --init orthogonal --input-init normal", "normal input weights, seed 0"),
        ("--cell lstm --forget-bias 2.5", "forget bias 2.5, seed 0"),
        ("--cell gru --chrono 40 --seed 3", "chrono 40, seed 3"),
    ] {
        let text = desk.ok(&format!("explore {flags}"));
        assert!(text.contains(words), "{text}");
        desk.ok(&format!("explore {flags} --svg a.svg --csv a.csv"));
        let csv = std::fs::read_to_string(desk.path("a.csv")).unwrap();
        assert!(csv.lines().skip(1).all(|line| line.contains(words)), "{csv}");
    }
    assert!(desk.ok("explore").starts_with("RNN tanh, 16 units, seed 0 ·"));
}

#[test]
fn a_stream_that_the_input_shares_is_said_beside_the_windows_seed() {
    let desk = Desk::new();
    let words = "input: continues the weights’ stream (the window starts with --input-seed 0)";
    let text = desk.ok("explore");
    assert!(text.contains(words) && text.contains("noise, from the weights’ stream"), "{text}");
    let text = desk.ok("explore --input-seed 0");
    assert!(!text.contains("stream") && text.contains("noise, input seed 0"), "{text}");
    assert!(!desk.ok("explore --signal sine").contains("stream"));
    // The two starts that differ.
    let loss = |flags: &str| number(&desk.json(flags)["loss"]);
    assert!((loss("") - 0.08316).abs() < 5e-6 && (loss("--input-seed 0") - 0.1634).abs() < 5e-5);
}

#[test]
fn one_prediction_a_sequence_is_never_called_a_loss_on_all_steps() {
    let desk = Desk::new();
    put_network(&desk, "ten.safetensors", 1, &[("head", [1, 20])]);
    let text = desk.ok("explore --weights ten.safetensors --loss all");
    assert!(text.contains("loss: all states") && !text.contains("all steps"), "{text}");
}

/// Drawn as `x @ W` in the lab: the transposes of what torch.nn draws.
#[test]
fn the_labs_recipe_is_a_flag() {
    let desk = Desk::new();
    let full = |flags: &str| desk.json(&format!("--cell gru --hidden-size 3 {flags} --full"));
    let [lab, torch] = ["--recipe lab", "--recipe torch"].map(full);
    assert_eq!(lab["question"]["weights"]["draw"]["design"]["recipe"], "lab");
    let drawn = |report: &Value| -> Vec<Vec<f64>> {
        report["full"]["weight_hh_l0"].as_array().unwrap().iter().map(numbers).collect()
    };
    let (lab, torch): (Vec<_>, Vec<_>) = (drawn(&lab).concat(), drawn(&torch).concat());
    let transposed: Vec<f64> = (0..27).map(|n| lab[(n % 9) * 3 + n / 9]).collect();
    assert_eq!(transposed, torch);
    let design = |flags: &str| full(flags)["question"]["weights"]["draw"]["design"].clone();
    assert_eq!(design("--recipe notebook"), design("--biases 1"));
    refused(&desk, "--recipe lab --biases 1", &["--recipe", "--biases"]);
    refused(&desk, "--recipe lab --wiring skips", &["--recipe", "skips"]);
}
