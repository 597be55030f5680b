//! `rnnscope train`: numbers, files, and the ways it ends.

use serde_json::{Value, json};

use crate::support::{Desk, Picture, assert_close, number, numbers};

/// A comparison that takes no time.
const QUICK: &str = "train running-mean --contender rnn,hidden=4 --contender \
                     gru,layers=2,hidden=3,name=small --batch 2 --length 5";

fn run(desk: &Desk, flags: &str) -> Value {
    let text = desk.ok(&format!("{flags} --json -"));
    serde_json::from_str(&text).expect("nothing but JSON")
}

fn trainings(json: &Value) -> &[Value] {
    json["trainings"].as_array().expect("a list")
}

fn reference(file: &str) -> Value {
    let path = format!("{}/tests/data/{file}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).expect("reference")).expect("JSON")
}

#[test]
fn the_json_has_what_its_help_says() {
    let json = run(&Desk::new(), &format!("{QUICK} --steps 12"));
    assert_eq!(json["interrupted"], false);
    assert_eq!(json["comparisons"].as_array().map(Vec::len), Some(1));
    let [first, second] = trainings(&json) else { panic!("two contenders") };
    assert_eq!((&first["name"], &second["name"]), (&json!("RNN tanh, 1 layer"), &json!("small")));
    assert_eq!(second["contender"], "gru,layers=2,hidden=3");
    // W_ih, W_hh, two biases, and the readout.
    assert_eq!(first["parameters"], 4 + 16 + 8 + 5);
    for contender in [first, second] {
        assert_eq!((&contender["trial"], &contender["length"]), (&json!(1), &json!(5)));
        assert_eq!(contender["lengths"], json!([{ "step": 0, "length": 5 }]));
        assert_eq!(contender.get("accuracy").or(contender.get("test")), None);
        let losses = numbers(&contender["losses"]);
        assert_eq!((losses.len(), &contender["steps"]), (12, &json!(12)));
        assert_close(&[number(&contender["final_loss"])], &losses[11..], 1e-6, "final_loss");
        let last_10 = losses[2..].iter().sum::<f64>() / 10.0;
        assert_close(&[number(&contender["mean_last_10"])], &[last_10], 1e-6, "mean_last_10");
        let all = losses.iter().sum::<f64>() / 12.0;
        assert_close(&[number(&contender["mean_last_100"])], &[all], 1e-6, "mean_last_100");
        assert_eq!(contender.get("printed_at_4900"), None);
        assert!(number(&contender["timing"]["seconds"]) > 0.0);
        assert!(number(&contender["timing"]["steps_per_second"]) > 0.0);
        assert_eq!(contender["stopped"], "budget used");
    }
}

#[test]
fn flags_reach_the_comparison() {
    let flags = "--contender rnn-relu,layers=2,init=identity,recipe=notebook,hidden=3 --steps 3 \
                 --batch 4 --length 6 --loss last --lr 0.5 --optimizer sgd --momentum 0.9 \
                 --weight-decay 0.25 --clip-norm 2 --schedule step --schedule-every 2 \
                 --schedule-factor 0.5 --seed 7 --feed notebook --precision f64 --target-loss 0.001 \
                 --patience 1000 --probe-every 2";
    let json = run(&Desk::new(), &format!("train running-mean {flags}"));
    assert_eq!(
        json["comparisons"][0],
        json!({
            "task": { "running-mean": { "length": 6, "loss": "last" } },
            "contenders": [{
                "name": "RNN ReLU, 2 layers", "color": 0, "budget": null,
                "design": {
                    "cell": { "rnn": "relu" }, "hidden_size": 3, "num_layers": 2,
                    "wiring": "stacked", "ticks": 1, "recipe": "notebook", "init": "identity",
                    "input_init": "default", "gate_bias": "drawn",
                },
            }],
            "optimizer": { "sgd": { "lr": 0.5, "momentum": 0.9, "weight_decay": 0.25 } },
            "schedule": { "step": { "every": 2, "factor": 0.5 } },
            "clip": { "norm": 2.0 },
            "batch": 4, "steps": 3, "seed": 7,
            "feed": { "notebook": { "rounds_before": 0 } },
            "precision": "f64",
            "stop": {
                "target_loss": 0.001, "patience": 1000, "streak": null, "mastery": null,
            },
            "probe_every": 2, "evaluate_every": 0, "trials": 1, "lengths": [], "curriculum": null,
        })
    );
    let optimizer = |flags: &str| {
        let json = run(&Desk::new(), &format!("{QUICK} --steps 1 {flags}"));
        json["comparisons"][0]["optimizer"].as_object().expect("one").keys().next().cloned()
    };
    for name in ["adam", "adamw", "sgd", "rmsprop"] {
        assert_eq!(optimizer(&format!("--optimizer {name}")).as_deref(), Some(name));
    }
    let changed = run(&Desk::new(), &format!("{QUICK} --steps 1 --clip-value 3 --schedule cosine"));
    let comparison = &changed["comparisons"][0];
    assert_eq!(comparison["clip"], json!({ "value": 3.0 }));
    assert_eq!((&comparison["schedule"], &comparison["feed"]), (&json!("cosine"), &json!("fair")));
}

#[test]
fn the_notebooks_preset_runs_both_rounds_and_begins_as_pytorch_does() {
    let desk = Desk::new();
    let json = run(&desk, "train running-mean --preset notebook --steps 60");
    let names = ["rnn_1_layer", "lstm_1_layer", "rnn_2_layer", "lstm_2_layer"];
    let found: Vec<_> = trainings(&json).iter().map(|c| (&c["loss"], &c["name"])).collect();
    let words = [json!("all"), json!("last")];
    let names = names.map(|name| json!(name));
    let expected: Vec<_> =
        words.iter().flat_map(|word| names.iter().map(move |name| (word, name))).collect();
    assert_eq!(found, expected);
    // With fewer steps the batches of all but the first contender come from elsewhere in the stream.
    let expected = numbers(&reference("seed1_train.json")["runs"][0]["first50"]);
    let losses = numbers(&trainings(&json)[0]["losses"]);
    assert_close(&losses[..50], &expected, 1e-5, "rnn_1_layer");
    // One round is chosen with --loss, in the same stream.
    let last = run(&desk, "train running-mean --preset notebook --steps 60 --loss last");
    let losses = |json: &Value, n: usize| trainings(json)[n]["losses"].clone();
    assert_eq!(losses(&last, 3), losses(&json, 7));
}

/// Run by `.ci/run` on the optimised program; the library's tests hold the same numbers.
#[test]
#[ignore = "40,000 updates through the program itself"]
fn the_notebooks_eight_losses() {
    let desk = Desk::new();
    let output =
        desk.built("train running-mean --preset notebook --seed 0 --every 100 --json n.json");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("printed at batch 4900: rnn_1_layer 0.00300"), "{said}");
    let json = std::fs::read(desk.path("n.json")).expect("JSON");
    let json: Value = serde_json::from_slice(&json).expect("JSON");
    let reference = reference("seed1_train.json");
    for (contender, run) in trainings(&json).iter().zip(reference["runs"].as_array().expect("8")) {
        let found = number(&contender["printed_at_4900"]);
        let expected = number(&run["printed_at_4900"]);
        assert!((found / expected - 1.0).abs() < 5e-4, "{}: {found}, {expected}", run["model"]);
    }
    assert_eq!(trainings(&json).len(), 8);
}

#[test]
fn all_files_are_written_and_the_ranking_printed() {
    let desk = Desk::new();
    let said = desk.ok(&format!(
        "{QUICK} --steps 30 --every 7 --probe-every 10 --json a.json --csv a.csv --png a.png \
         --svg a.svg --width 900 --theme dark --save nets --tensorboard runs --save-comparison c.json"
    ));
    assert_eq!(desk.files(), ["a.csv", "a.json", "a.png", "a.svg", "c.json", "nets", "runs"]);
    assert!(desk.files().iter().all(|name| said.contains(&format!("wrote {name}"))), "{said}");
    for words in ["contender", "mean of all", "steps/s", "small", "budget used", "seed 0"] {
        assert!(said.contains(words), "{words} in\n{said}");
    }
    assert_eq!(
        desk.files_in("nets"),
        ["RNN-tanh-1-layer.safetensors", "comparison.json", "small.safetensors"]
    );
    assert_eq!(desk.files_in("runs"), ["RNN-tanh-1-layer", "small"]);
    let events = desk.files_in("runs/small");
    assert!(events.len() == 1 && events[0].starts_with("events.out.tfevents."), "{events:?}");
    let picture = Picture::read(&desk.path("a.png"));
    assert!(picture.width == 900 && picture.colours() > 100 && picture.brightness() < 100.0);
    let json: Value =
        serde_json::from_slice(&std::fs::read(desk.path("a.json")).expect("JSON")).expect("JSON");
    assert_eq!(numbers(&trainings(&json)[1]["losses"]).len(), 5);
    let mut csv = csv::Reader::from_path(desk.path("a.csv")).expect("CSV");
    let rows: Vec<_> = csv.records().collect::<Result<_, _>>().expect("CSV");
    assert_eq!(rows.len(), 2 * 5);
    let headers = csv::Reader::from_path(desk.path("a.csv")).expect("CSV").headers().cloned();
    let expected = ["round", "loss_on", "contender", "trial", "length", "batch", "loss"];
    assert_eq!(headers.expect("headers").iter().take(7).collect::<Vec<_>>(), expected);
    let first: Vec<_> = rows[6].iter().take(6).collect();
    assert_eq!(first, ["1", "all", "small", "1", "5", "8"]);
    let loss: f64 = rows[6][6].parse().expect("a number");
    assert_close(&[loss], &numbers(&trainings(&json)[1]["losses"])[1..2], 1e-7, "second loss");
}

#[test]
fn two_rounds_have_a_folder_each() {
    let desk = Desk::new();
    let preset = "train running-mean --preset notebook --steps 3 --probe-every 0";
    desk.ok(&format!("{preset} --save nets --tensorboard runs --png a.png"));
    for folder in ["nets", "runs"] {
        assert_eq!(desk.files_in(folder), ["all", "last"]);
    }
    assert_eq!(desk.files_in("nets/last").len(), 5);
    assert_eq!(desk.files_in("runs/all").len(), 4);
}

#[test]
fn threads_change_no_byte() {
    let desk = Desk::new();
    for threads in [1, 3] {
        desk.ok(&format!(
            "{QUICK} --contender lstm --steps 40 --probe-every 10 --threads {threads} --save n{threads} \
             --csv {threads}.csv --png {threads}.png"
        ));
    }
    let same = |one: &str, other: &str| {
        let read = |name| std::fs::read(desk.path(name)).expect("file");
        assert!(read(one) == read(other), "{one} and {other} differ");
    };
    same("1.csv", "3.csv");
    same("1.png", "3.png");
    for name in desk.files_in("n1") {
        same(&format!("n1/{name}"), &format!("n3/{name}"));
    }
}

#[test]
fn a_saved_comparison_is_run_again() {
    let desk = Desk::new();
    let first = run(&desk, &format!("{QUICK} --steps 8 --lr 0.01 --save-comparison c.json"));
    let again = run(&desk, "train --comparison c.json");
    assert_eq!(first["comparisons"], again["comparisons"]);
    assert_eq!(trainings(&first)[1]["losses"], trainings(&again)[1]["losses"]);
    let other = run(&desk, "train running-mean --comparison c.json --seed 1");
    assert_eq!(other["comparisons"][0]["seed"], 1);
    assert_ne!(trainings(&first)[1]["losses"], trainings(&other)[1]["losses"]);
}

#[test]
fn a_saved_network_is_explored_as_it_was_trained() {
    let desk = Desk::new();
    desk.ok("train running-mean --contender rnn-relu,name=r,hidden=6 --steps 5 --save nets");
    let json = desk.json("--weights nets/r.safetensors");
    assert_eq!(json["spec"]["cell"], json!({ "rnn": "relu" }));
    assert_eq!(json["spec"]["hidden_size"], 6);
    desk.json("--weights nets/r.safetensors --nonlinearity relu");
}

#[test]
fn divergence_is_a_result() {
    let desk = Desk::new();
    let flags = "--contender rnn-identity --optimizer sgd --lr 1000 --momentum 0.9 --steps 200";
    let text =
        desk.ok(&format!("train running-mean {flags} --json d.json --csv d.csv --png d.png"));
    assert!(text.contains("diverged at step"), "{text}");
    let json = std::fs::read(desk.path("d.json")).expect("JSON");
    let json: Value = serde_json::from_slice(&json).expect("JSON");
    let contender = &trainings(&json)[0];
    assert!(contender["stopped"].as_str().is_some_and(|text| text.contains("diverged at step")));
    let losses = numbers(&contender["losses"]);
    assert!(losses.len() < 200);
    assert!(losses[..losses.len() - 1].iter().all(|loss| loss.is_finite()), "{losses:?}");
}

#[cfg(unix)]
#[test]
fn ctrl_c_keeps_what_was_measured() {
    let desk = Desk::new();
    let flags = "train running-mean --steps 10000000 --every 100 --json a.json --csv a.csv \
                 --save nets";
    let output = desk.interrupted(flags, "nets");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{stderr}");
    let last = stderr.lines().last().unwrap_or_default();
    assert!(last.starts_with("interrupted: "), "{stderr}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("stopped by the user at step"));
    assert_eq!(desk.files(), ["a.csv", "a.json", "nets"]);
    assert_eq!(desk.files_in("nets").len(), 5);
    let json = std::fs::read(desk.path("a.json")).expect("JSON");
    let json: Value = serde_json::from_slice(&json).expect("JSON");
    assert_eq!(json["interrupted"], true);
    let first = &trainings(&json)[0];
    let steps = first["steps"].as_u64().expect("a number");
    assert!(steps > 0 && steps < 10_000_000);
    assert_eq!(numbers(&first["losses"]).len() as u64, steps.div_ceil(100));
}

/// Every file below a folder with its bytes, by its path.
fn everything(folder: &std::path::Path) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).expect("folder") {
        let path = entry.expect("entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() {
            let below = everything(&path).into_iter();
            all.extend(below.map(|(file, bytes)| (format!("{name}/{file}"), bytes)));
        } else {
            all.push((name, std::fs::read(&path).expect("file")));
        }
    }
    all.sort();
    all
}

#[test]
fn without_times_the_same_training_gives_the_same_bytes() {
    let flags = format!(
        "{QUICK} --contender lstm --steps 40 --probe-every 10 --no-timing --json a.json --csv a.csv \
         --png a.png --svg a.svg --save nets --tensorboard runs --save-comparison c.json"
    );
    let [first, second] = [(); 2].map(|()| {
        let desk = Desk::new();
        let said = desk.ok(&flags);
        // Seconds of the file system's clock pass as well.
        std::thread::sleep(std::time::Duration::from_millis(1100));
        (said, everything(&desk.path("")))
    });
    assert_eq!(first.0, second.0);
    assert!(!first.0.contains("seconds") && !first.0.contains("steps/s"), "{}", first.0);
    let names = |all: &[(String, Vec<u8>)]| all.iter().map(|one| one.0.clone()).collect::<Vec<_>>();
    assert_eq!(names(&first.1), names(&second.1));
    assert_eq!(first.1.len(), 5 + 4 + 3, "{:?}", names(&first.1));
    for (one, other) in first.1.iter().zip(&second.1) {
        assert!(one.1 == other.1, "{}", one.0);
    }
    // With times everything but `timing` is the same.
    let desk = Desk::new();
    let strip = |mut json: Value| {
        for training in json["trainings"].as_array_mut().expect("a list") {
            let taken = training.as_object_mut().expect("an object").remove("timing");
            assert!(taken.is_some_and(|timing| number(&timing["seconds"]) > 0.0));
        }
        json
    };
    let [first, second] = [(); 2].map(|()| run(&desk, &format!("{QUICK} --steps 40")));
    assert_ne!(first, second, "times are never the same to the nanosecond");
    assert_eq!(strip(first), strip(second));
}

#[test]
fn losses_in_files_have_the_digits_of_the_training() {
    let desk = Desk::new();
    let text = |precision: &str| {
        let flags = format!("--precision {precision} --steps 9 --csv {precision}.csv --json -");
        desk.ok(&format!("{QUICK} {flags} --no-timing"))
    };
    for precision in ["f32", "f64"] {
        let json: Value = serde_json::from_str(&text(precision)).expect("JSON");
        let training = &trainings(&json)[1];
        let losses = numbers(&training["losses"]);
        let rounded = losses.iter().filter(|loss| f64::from(**loss as f32) == **loss).count();
        let mut csv = csv::Reader::from_path(desk.path(&format!("{precision}.csv"))).expect("CSV");
        let rows = csv.records().map(|row| row.expect("a row"));
        let found: Vec<String> = rows.skip(9).map(|row| row[6].to_owned()).collect();
        assert_eq!(found.len(), 9);
        if precision == "f64" {
            assert!(rounded < 3, "{losses:?}");
            assert_close(&[number(&training["final_loss"])], &losses[8..], 1e-15, "final_loss");
            let found: Vec<f64> =
                found.iter().map(|loss| loss.parse().expect("a number")).collect();
            assert_close(&found, &losses, 1e-15, "JSON and CSV");
        } else {
            // As few digits as tell one f32 from the next.
            assert!(found.iter().all(|loss| loss.len() <= 13), "{found:?}");
            let single = |loss: &String| loss.parse::<f32>().expect("a number");
            let json = losses.iter().map(|loss| *loss as f32);
            assert_eq!(found.iter().map(single).collect::<Vec<_>>(), json.collect::<Vec<_>>());
            // The same digits wherever a loss stands.
            assert_eq!(training["final_loss"], training["losses"][8]);
        }
    }
}

#[test]
fn weights_saved_after_a_huge_learning_rate_are_finite() {
    let desk = Desk::new();
    for rule in ["adam", "adamw", "sgd", "rmsprop"] {
        let said = desk.ok(&format!(
            "{QUICK} --steps 9 --optimizer {rule} --lr 1e38 --weight-decay 0.5 --save {rule}"
        ));
        assert!(said.contains("loss, gradient or update not finite"), "{said}");
        for name in ["RNN-tanh-1-layer", "small"] {
            let bytes =
                std::fs::read(desk.path(&format!("{rule}/{name}.safetensors"))).expect("file");
            let tensors = safetensors::SafeTensors::deserialize(&bytes).expect("safetensors");
            for (tensor, view) in tensors.tensors() {
                let numbers = view.data().chunks_exact(4);
                let mut numbers =
                    numbers.map(|four| f32::from_le_bytes(four.try_into().expect("4")));
                assert!(numbers.all(f32::is_finite), "{rule} {name} {tensor}");
            }
        }
    }
}

#[test]
fn one_by_one_changes_no_byte_and_is_kept_in_the_comparison() {
    let desk = Desk::new();
    let flags = "--contender lstm --steps 30 --no-timing --threads 2";
    let turns = run(&desk, &format!("{QUICK} {flags}"));
    let saved = "--one-by-one --save-comparison c.json";
    let one_by_one = run(&desk, &format!("{QUICK} {flags} {saved}"));
    assert_eq!(turns["trainings"], one_by_one["trainings"]);
    assert_eq!(one_by_one["comparisons"][0]["one_by_one"], true);
    assert_eq!(turns["comparisons"][0].get("one_by_one"), None);
    let again = run(&desk, "train --comparison c.json --no-timing");
    assert_eq!(again["comparisons"], one_by_one["comparisons"]);
}
