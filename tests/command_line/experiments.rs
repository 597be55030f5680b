//! The four experiments of `rnnscope train`: flags, reports, and what is written.

use serde_json::{Value, json};

use crate::support::{Desk, Picture, number, numbers};

fn run(desk: &Desk, flags: &str) -> Value {
    let text = desk.ok(&format!("train {flags} --json -"));
    serde_json::from_str(&text).expect("nothing but JSON")
}

fn trainings(json: &Value) -> &[Value] {
    json["trainings"].as_array().expect("a list")
}

fn contains(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "{word} in\n{text}");
    }
}

/// Every field of a column of the CSV file, by its name.
fn column(desk: &Desk, file: &str, name: &str) -> Vec<String> {
    let mut csv = csv::Reader::from_path(desk.path(file)).expect("CSV");
    let place = csv.headers().expect("headers").iter().position(|header| header == name);
    let place = place.expect("a column of this name");
    csv.records().map(|record| record.expect("a row")[place].to_owned()).collect()
}

#[test]
fn the_list_names_every_task_and_preset() {
    let text = Desk::new().ok("train --list");
    contains(&text, &["running-mean: ", "first-zero: ", "mnist1d: ", "long-lag: ", "echo: "]);
    contains(&text, &["--preset shapes [default]", "--preset curriculum", "--preset enough-units"]);
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
}

#[test]
fn every_preset_of_every_task_trains() {
    let desk = Desk::new();
    let text = desk.ok("train --list");
    let mut task = "";
    let mut count = 0;
    for line in text.lines() {
        if let Some((name, _)) = line.split_once(": ").filter(|_| !line.starts_with(' ')) {
            task = name;
        } else if let Some(preset) = line.trim().strip_prefix("--preset ") {
            let preset = preset.trim_end_matches(" [default]");
            // One update of each, of sequences that take no time.
            let short = match task {
                "long-lag" => "--lag 3 --test 5 --trials 1 --batch 4",
                "first-zero" | "mnist1d" => "--trials 1",
                _ => "",
            };
            let text = desk.ok(&format!("train {task} --preset {preset} --steps 1 {short}"));
            contains(&text, &["optimiser", "parameters", "budget used"]);
            count += 1;
        }
    }
    assert!(count >= 12, "{count} presets in\n{text}");
}

#[test]
fn the_first_preset_is_the_default_and_flags_change_what_they_name() {
    let desk = Desk::new();
    let json = run(&desk, "first-zero --where last --length 6 --steps 4 --evaluate-every 2");
    let comparison = &json["comparisons"][0];
    let task = json!({ "first-zero": { "length": 6, "place": "last" } });
    assert_eq!((&comparison["task"], &comparison["batch"]), (&task, &json!(1)));
    assert_eq!(comparison["optimizer"]["sgd"]["momentum"], 0.99);
    let names: Vec<_> = trainings(&json).iter().map(|training| &training["name"]).collect();
    assert_eq!(names, [&json!("RNN"), &json!("LSTM"), &json!("GRU")]);

    let flags = "long-lag --lag 4 --distractors sorted --loss all --test 7 --streak 30 --trials 2 \
                 --steps 2 --contender gru,hidden=3,chrono=9 --mastery 1";
    let line = crate::bad_input::refused(&desk, &format!("train {flags}"));
    contains(&line, &["--mastery", "first-zero", "long-lag"]);
    let json = run(&desk, flags.trim_end_matches("--mastery 1"));
    let comparison = &json["comparisons"][0];
    let task = &comparison["task"]["long-lag"];
    assert_eq!((&task["symbols"], &task["distractors"]), (&json!(4), &json!("sorted")));
    assert_eq!((&task["loss"], &task["test"]), (&json!("all"), &json!(7)));
    assert_eq!((&comparison["trials"], &comparison["stop"]["streak"]), (&json!(2), &json!(30)));
    assert_eq!(trainings(&json).len(), 2);

    let flags = "echo --features 3 --length 2 --memory reset --ticks 2 --epochs 5";
    let json = run(&desk, flags);
    let comparison = &json["comparisons"][0];
    let task = json!({ "echo": { "length": 2, "features": 3, "memory": "reset" } });
    assert_eq!((&comparison["task"], &comparison["steps"]), (&task, &json!(5)));
    assert_eq!(comparison["contenders"][0]["design"]["ticks"], 2);
}

#[test]
fn trials_have_seeds_and_rows_and_files_of_their_own() {
    let desk = Desk::new();
    let said = desk
        .ok("train long-lag --lag 3 --trials 3 --steps 40 --test 50 --streak 100 --json a.json \
         --csv a.csv --png a.png --svg a.svg --save nets --tensorboard runs --every 4");
    contains(&said, &["LSTM, trial 1", "RNN, trial 3", "wrong of 50", "LSTM: solved"]);
    contains(&said, &["p = 3", "chrono", "clipped to a norm of 1", "100 right answers in a row"]);
    let json = std::fs::read(desk.path("a.json")).expect("JSON");
    let json: Value = serde_json::from_slice(&json).expect("JSON");
    let (mut seeds, mut wrongs) = (Vec::new(), [0.0; 2]);
    for (place, training) in trainings(&json).iter().enumerate() {
        assert_eq!(training["name"], ["LSTM", "RNN"][place / 3]);
        assert_eq!((&training["trial"], &training["length"]), (&json!(place % 3 + 1), &json!(3)));
        assert_eq!(training["test"]["sequences"], 50);
        let wrong = training["test"]["wrong"].as_u64().expect("a count");
        assert!(wrong <= 50);
        wrongs[place / 3] += wrong as f64 / 3.0;
        let accuracy = numbers(&training["accuracy"]);
        assert_eq!(accuracy.len(), numbers(&training["losses"]).len());
        assert!(accuracy.iter().all(|part| (0.0..=1.0).contains(part)));
        seeds.push(training["seed"].as_u64().expect("a seed"));
    }
    for (name, mean) in ["LSTM", "RNN"].iter().zip(wrongs) {
        let mean = format!("{mean:.1}").trim_end_matches(".0").to_owned();
        let line = said.lines().find(|line| line.starts_with(&format!("{name}: solved")));
        let line = line.expect("a sentence");
        assert!(line.contains(&format!("average wrong {mean} of 50")), "{line}: {mean}");
    }
    assert_eq!(seeds[..3], seeds[3..]);
    assert!(seeds[0] < seeds[1] && seeds[1] < seeds[2], "{seeds:?}");
    let nets = desk.files_in("nets");
    assert_eq!(nets.len(), 7, "{nets:?}");
    assert!(nets.contains(&"LSTM-trial-2.safetensors".to_owned()), "{nets:?}");
    assert_eq!(desk.files_in("runs").len(), 6);
    assert!(Picture::read(&desk.path("a.png")).colours() > 50);
    let trials: Vec<String> = column(&desk, "a.csv", "trial");
    assert!(["1", "2", "3"].iter().all(|trial| trials.contains(&(*trial).to_owned())));
}

#[test]
fn the_length_ladder_says_what_was_mastered() {
    let desk = Desk::new();
    // A zero at the end asks for no memory: it is learned in no time.
    let flags =
        "first-zero --where last --lengths 3,2 --trials 2 --steps 4000 --contender lstm,hidden=8";
    let said = desk.ok(&format!("train {flags} --json a.json"));
    contains(
        &said,
        &["mastered", "T = 2", "T = 3", "2 of 2 (after ", "lstm".to_uppercase().as_str()],
    );
    let json = std::fs::read(desk.path("a.json")).expect("JSON");
    let json: Value = serde_json::from_slice(&json).expect("JSON");
    assert_eq!(json["comparisons"][0]["lengths"], json!([2, 3]));
    let found: Vec<_> = trainings(&json)
        .iter()
        .map(|training| (training["length"].as_u64(), training["trial"].as_u64()))
        .collect();
    assert_eq!(
        found,
        [(Some(2), Some(1)), (Some(2), Some(2)), (Some(3), Some(1)), (Some(3), Some(2))]
    );
    for training in trainings(&json) {
        let stopped = training["stopped"].as_str().expect("text");
        let at = stopped.strip_prefix("mastered at step ").expect("it was mastered");
        let last = training["evaluations"].as_array().and_then(|all| all.last()).expect("some");
        assert_eq!(last["step"].to_string(), at);
        assert!(number(&last["sets"][0]["worst"]) < 0.1, "{last}");
        assert_eq!(numbers(&last["watched"]).len(), 2);
        assert_eq!(training["mastered_length"], training["length"]);
    }
}

#[test]
fn a_curriculum_grows_after_success_only() {
    let desk = Desk::new();
    let flags = "train first-zero --where last --curriculum --grow-by 2 --from 2 --to 5 --trials 1 \
                 --contender lstm,hidden=8 --steps 4000 --json a.json --csv a.csv";
    let said = desk.ok(flags);
    contains(&said, &["from 2 to 5, +2 once mastered", "T = 5", "the last length was mastered"]);
    let json = std::fs::read(desk.path("a.json")).expect("JSON");
    let json: Value = serde_json::from_slice(&json).expect("JSON");
    let comparison = &json["comparisons"][0];
    assert_eq!(comparison["curriculum"], json!({ "from": 2, "to": 5, "growth": { "step": 2 } }));
    let training = &trainings(&json)[0];
    let lengths: Vec<_> = training["lengths"].as_array().expect("a list").iter().collect();
    let found: Vec<_> = lengths.iter().map(|entry| entry["length"].as_u64()).collect();
    assert_eq!(found, [Some(2), Some(4), Some(5)]);
    let steps: Vec<_> = lengths.iter().map(|entry| entry["step"].as_u64()).collect();
    assert!(steps[0] < steps[1] && steps[1] < steps[2], "{steps:?}");
    // Each batch has the length that was in force.
    let (batches, csv) = (column(&desk, "a.csv", "batch"), column(&desk, "a.csv", "length"));
    let grown = batches.iter().zip(&csv).find(|(_, length)| *length == "4").map(|(batch, _)| batch);
    assert_eq!(grown.and_then(|batch| batch.parse().ok()), steps[1].map(|step| step + 1));

    // A budget too small to get anywhere.
    let said =
        desk.ok("train first-zero --where anywhere --curriculum --from 4 --growth 1.5 --steps 60");
    contains(&said, &["RNN, trial 3", "stuck at T = 4 for 60 batches: budget used", "×1.5"]);
}

#[test]
fn mnist1d_reports_accuracy_and_confusion() {
    let desk = Desk::new();
    let flags = "mnist1d --contender gru,hidden=4 --epochs 1 --batch 500 --seed 3";
    let said = desk.ok(&format!("train {flags} --json a.json --csv a.csv --png a.png"));
    contains(&said, &["accuracy", "training", "test", "digits (rows) taken for", "as generated"]);
    let json = std::fs::read(desk.path("a.json")).expect("JSON");
    let json: Value = serde_json::from_slice(&json).expect("JSON");
    let training = &trainings(&json)[0];
    // 4,000 sequences in batches of 500, evaluated before and after the only epoch.
    assert_eq!((&training["steps"], &json["comparisons"][0]["steps"]), (&json!(8), &json!(8)));
    let evaluations = training["evaluations"].as_array().expect("a list");
    let steps: Vec<_> = evaluations.iter().map(|evaluation| evaluation["step"].as_u64()).collect();
    assert_eq!(steps, [Some(0), Some(8)]);
    assert_eq!(numbers(&training["answers"]).len(), 1000);
    // What the table counts on its diagonal is what the evaluation counts.
    let right = number(&evaluations[1]["sets"][0]["accuracy"]);
    let rows = said.lines().skip_while(|line| !line.contains("taken for")).skip(2).take(10);
    let diagonal = rows.enumerate().map(|(digit, row)| {
        let cell = row.split_whitespace().nth(digit + 1).expect("eleven columns");
        cell.parse::<usize>().unwrap_or(0)
    });
    assert_eq!(diagonal.sum::<usize>(), (1000.0 * right).round() as usize, "{said}");
    let tests = column(&desk, "a.csv", "test_right");
    let found: Vec<f64> = tests.iter().filter_map(|cell| cell.parse().ok()).collect();
    assert_eq!(found.last(), Some(&right));
}

#[test]
fn mnist1d_reads_a_file_of_the_users_own() {
    let desk = Desk::new();
    let line = |n: usize| {
        let values: Vec<String> =
            (0..40).map(|t| format!("{}", (n * t % 7) as f64 / 3.0)).collect();
        format!("{},{}\n", n % 10, values.join(","))
    };
    desk.put("mine.csv", &(0..50).map(line).collect::<String>());
    let flags = "mnist1d --data mine.csv --epochs 3 --batch 20 --contender rnn,hidden=3";
    let said = desk.ok(&format!("train {flags}"));
    contains(&said, &["mine.csv", "accuracy", "6 batches"]);
    // 40 sequences to learn from: an epoch has two batches, and ends with an evaluation.
    let json = run(&desk, flags);
    let evaluations = trainings(&json)[0]["evaluations"].as_array().expect("a list");
    let steps: Vec<_> = evaluations.iter().map(|evaluation| evaluation["step"].as_u64()).collect();
    assert_eq!(steps, [0, 2, 4, 6].map(Some));
    assert_eq!(numbers(&trainings(&json)[0]["answers"]).len(), 10);
}

#[test]
fn echo_tells_its_floor_and_the_notebooks_losses() {
    let desk = Desk::new();
    let said = desk.ok("train echo --epochs 110");
    contains(&said, &["8 units cannot span 10 outputs: floor 0.031629", "not below 0.001"]);
    contains(&said, &["100  0.667332  0.667", "skip connections", "3 ticks a step"]);
    let said = desk.ok("train echo --preset faster --epochs 60");
    contains(&said, &["32 units: final loss", "below 0.001 from epoch 51"]);
    // Another seed is another batch, of which the notebook printed nothing.
    let said = desk.ok("train echo --epochs 110 --seed 1");
    assert!(!said.contains("notebook  "), "{said}");
}

#[test]
fn threads_change_no_byte_of_trials() {
    let desk = Desk::new();
    for threads in [1, 3] {
        desk.ok(&format!(
            "train first-zero --lengths 4,6 --trials 2 --steps 90 --threads {threads} \
             --csv {threads}.csv --save n{threads}"
        ));
    }
    let read = |name: String| std::fs::read(desk.path(&name)).expect("file");
    assert!(read("1.csv".into()) == read("3.csv".into()));
    for name in desk.files_in("n1") {
        assert!(read(format!("n1/{name}")) == read(format!("n3/{name}")), "{name}");
    }
}

#[test]
fn a_saved_experiment_is_run_again() {
    let desk = Desk::new();
    let first =
        run(&desk, "first-zero --lengths 4,6 --trials 2 --steps 9 --save-comparison c.json");
    let again = run(&desk, "--comparison c.json");
    assert_eq!(first["comparisons"], again["comparisons"]);
    assert_eq!(trainings(&first)[7]["losses"], trainings(&again)[7]["losses"]);
    let other = run(&desk, "first-zero --comparison c.json --trials 1 --lengths 5");
    assert_eq!(trainings(&other).len(), 2);
}

/// What was measured stays, and the trainings that had not begun are there with nothing.
#[cfg(unix)]
#[test]
fn ctrl_c_among_many_trials_keeps_what_was_measured() {
    let desk = Desk::new();
    let flags = "train long-lag --trials 10 --steps 1000000 --streak 100000000 --test 20 \
                 --threads 2 --one-by-one --every 100 --json a.json --csv a.csv --save nets";
    let output = desk.interrupted(flags, "nets");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{stderr}");
    assert!(stderr.lines().last().unwrap_or_default().starts_with("interrupted: "), "{stderr}");
    let json = std::fs::read(desk.path("a.json")).expect("JSON");
    let json: Value = serde_json::from_slice(&json).expect("JSON");
    let steps: Vec<_> = trainings(&json).iter().map(|one| one["steps"].as_u64()).collect();
    assert_eq!(steps.len(), 20);
    assert!(steps[0] > Some(0) && steps[19] == Some(0), "{steps:?}");
    assert_eq!(trainings(&json)[0]["test"]["sequences"], 20);
    assert_eq!(desk.files_in("nets").len(), 21);
    assert!(column(&desk, "a.csv", "loss").len() > 1);
}

/// A network that learns nothing answers all alike: with the zero anywhere in 100 steps that was
/// "99 % told apart".
#[test]
fn first_zero_is_judged_by_balanced_accuracy_under_that_name() {
    let desk = Desk::new();
    let flags = "train first-zero --where anywhere --lengths 50,100 --trials 1 --lr 0 --steps 4 \
                 --evaluate-every 2 --json a.json --csv a.csv --tensorboard runs";
    let said = desk.ok(flags);
    contains(&said, &["ranked by balanced accuracy, then", "(balanced accuracy 50.0 %)"]);
    contains(&said, &["RNN: solved 0 of 2 after 4 sequences, balanced accuracy 50.0 %."]);
    assert!(!said.contains("told apart") && !said.contains("test accuracy"), "{said}");
    let json = std::fs::read(desk.path("a.json")).expect("JSON");
    let json: Value = serde_json::from_slice(&json).expect("JSON");
    for training in trainings(&json) {
        for evaluation in training["evaluations"].as_array().expect("a list") {
            let score = &evaluation["sets"][0];
            assert_eq!((&score["balanced_accuracy"], score.get("accuracy")), (&json!(0.5), None));
        }
    }
    let found = column(&desk, "a.csv", "test_balanced_accuracy");
    let found: Vec<&String> = found.iter().filter(|cell| !cell.is_empty()).collect();
    assert!(!found.is_empty() && found.iter().all(|cell| *cell == "0.5"), "{found:?}");
    assert!(events(&desk, "RNN-T-100").contains("balanced accuracy/all sequences"));
}

/// The event file of a training, as far as it is text.
fn events(desk: &Desk, run: &str) -> String {
    let folder = format!("runs/{run}");
    let file = desk.files_in(&folder).remove(0);
    let bytes = std::fs::read(desk.path(&format!("{folder}/{file}"))).expect("events");
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn tensorboard_gets_both_plots_of_the_mnist1d_lab() {
    let desk = Desk::new();
    let flags =
        "mnist1d --contender gru,hidden=3,name=g --epochs 2 --batch 1000 --tensorboard runs";
    desk.ok(&format!("train {flags}"));
    let text = events(&desk, "g");
    let count = |tag: &str| text.matches(tag).count();
    assert_eq!((count("loss/train"), count("accuracy/train")), (8, 8), "every batch");
    assert_eq!((count("loss/test"), count("accuracy/test")), (3, 3), "before and after each epoch");
}
