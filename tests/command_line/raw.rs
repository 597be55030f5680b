//! Every number behind the norms, on request: they are PyTorch's, and read back bit by bit.

#[path = "../common/mod.rs"]
mod common;

use candle_core::npy::NpzTensors;
use serde_json::Value;

use crate::support::{Desk, safetensors};
use common::golden::assert_close;
use common::{data, floats, json};

/// The nested lists' sizes, down to a number.
fn shape(mut value: &Value) -> Vec<usize> {
    let mut shape = Vec::new();
    while let Value::Array(items) = value {
        shape.push(items.len());
        let Some(first) = items.first() else { break };
        value = first;
    }
    shape
}

/// Runs `explore --full` on a network and the sequences of `raw.py`, and reads what it wrote.
fn measured(desk: &Desk, kind: &str, flags: &str) -> Value {
    let expected = json(&format!("raw_{kind}.json"));
    let (x, sizes) = (floats(&expected["input"]), shape(&expected["input"]));
    let [steps, batch, features] = sizes[..] else { panic!("{sizes:?}") };
    let mut files = String::new();
    for b in 0..batch {
        let row = |t: usize| {
            let numbers = &x[(t * batch + b) * features..][..features];
            numbers.iter().map(f64::to_string).collect::<Vec<_>>().join(",")
        };
        let text: Vec<String> = (0..steps).map(row).collect();
        desk.put(&format!("{b}.csv"), &text.join("\n"));
        files.push_str(&format!(" --sequence {b}.csv"));
    }
    std::fs::copy(data(&format!("raw_{kind}.pt")), desk.path("net.pt")).expect("copied");
    let said = desk.ok(&format!(
        "explore --weights net.pt {files} --weight-scale 1.5 --bias-scale 0.5 {flags} \
         --json full.json --full --npz full.npz"
    ));
    assert!(said.contains("full.npz"), "{said}");
    let text = std::fs::read(desk.path("full.json")).expect("JSON");
    serde_json::from_slice(&text).expect("JSON")
}

/// The numbers of an array as they stand in the text.
fn written(text: &str, name: &str) -> Vec<f64> {
    let (_, after) = text.split_once(&format!("\"{name}\":")).expect("there");
    let end = after.find(",\"").or_else(|| after.find('}')).expect("an end");
    let numbers = after[..end].replace(['[', ']', '}'], "");
    numbers.split(',').map(|number| number.parse().expect("a number")).collect()
}

#[test]
fn every_raw_number_is_pytorchs() {
    for (kind, loss) in [("rnn", "last"), ("lstm", "all"), ("gru", "last")] {
        let desk = Desk::new();
        let report = measured(&desk, kind, &format!("--loss {loss}"));
        let expected = json(&format!("raw_{kind}.json"));
        let (found, expected) = (report["full"].as_object(), expected.as_object());
        let (found, expected) = (found.expect("arrays"), expected.expect("arrays"));
        let names = |map: &serde_json::Map<String, Value>| {
            let mut names: Vec<_> = map.keys().cloned().collect();
            names.sort();
            names
        };
        assert_eq!(names(found), names(expected), "{kind}");
        for (name, numbers) in expected {
            assert_eq!(shape(&found[name]), shape(numbers), "{kind} {name}");
            let what = format!("{kind} {name}");
            assert_close(&what, &floats(&found[name]), &floats(numbers), 1e-12);
        }
        // All outputs of the first sequence stand in the report itself, and which one is drawn.
        assert_eq!(report["prediction_is"], "output 1 of 3");
        let all = floats(&expected["output"]);
        for (o, output) in report["outputs"].as_array().expect("a list").iter().enumerate() {
            let of: Vec<f64> = (0..4).map(|t| all[t * 6 + o]).collect();
            assert_close("outputs", &floats(output), &of, 1e-12);
        }
        assert_eq!(report["prediction"], report["outputs"][0]);
    }
}

#[test]
fn npz_and_json_hold_the_same_bits() {
    for precision in ["f64", "f32"] {
        let desk = Desk::new();
        let report = measured(&desk, "lstm", &format!("--precision {precision}"));
        let archive = NpzTensors::new(desk.path("full.npz")).expect("an archive");
        let text = std::fs::read_to_string(desk.path("full.json")).expect("JSON");
        let (_, text) = text.split_once("\"full\":").expect("full");
        for (name, numbers) in report["full"].as_object().expect("arrays") {
            let found = archive.get(name).expect("readable").expect("there");
            assert_eq!(found.dims(), shape(numbers), "{name}");
            let exact = name.starts_with("jacobian") || precision == "f64";
            let flat = found.flatten_all().expect("flat");
            // The JSON reader of these tests rounds the last bit away; Rust's own does not.
            let expected = written(text, name);
            if exact {
                assert_eq!(flat.to_vec1::<f64>().expect("f64"), expected, "{name}");
            } else {
                let expected: Vec<f32> = expected.iter().map(|value| *value as f32).collect();
                assert_eq!(flat.to_vec1::<f32>().expect("f32"), expected, "{name}");
            }
        }
        let bytes = std::fs::read(desk.path("full.npz")).expect("archive");
        measured(&desk, "lstm", &format!("--precision {precision}"));
        assert!(bytes == std::fs::read(desk.path("full.npz")).expect("archive"), "other bytes");
    }
}

#[test]
fn a_network_without_biases_is_given_none_in_the_files() {
    let desk = Desk::new();
    let weights: [(&str, &[usize], &[f32]); 3] = [
        ("weight_ih_l0", &[2, 1], &[0.1, 0.2]),
        ("weight_hh_l0", &[2, 2], &[0.3; 4]),
        ("fc.weight", &[1, 2], &[0.5; 2]),
    ];
    let bias: (&str, &[usize], &[f32]) = ("bias_ih_l0", &[2], &[0.0; 2]);
    safetensors(&desk.path("bare.safetensors"), &weights);
    safetensors(&desk.path("biased.safetensors"), &[&weights[..], &[bias]].concat());
    let of = |name: &str| {
        let flags = format!("--weights {name}.safetensors --bias-scale 2 --npz {name}.npz --full");
        let report = desk.json(&flags);
        let archive = NpzTensors::new(desk.path(&format!("{name}.npz"))).expect("an archive");
        let mut names: Vec<String> = archive.names().into_iter().cloned().collect();
        names.retain(|name| name.contains("bias"));
        names.sort();
        let full = report["full"].as_object().expect("arrays");
        assert_eq!(full.keys().filter(|name| name.contains("bias")).count(), names.len());
        (names, report["without_biases"].clone(), report["loss"].clone())
    };
    let (bare, biased) = (of("bare"), of("biased"));
    assert_eq!((bare.0.as_slice(), bare.1), ([].as_slice(), Value::Bool(true)));
    assert_eq!(biased.0, ["bias_ih_l0", "grad_bias_ih_l0"]);
    assert_eq!(biased.1, Value::Null);
    assert_eq!(bare.2, biased.2, "a bias of zeros is the same network");
}

/// Ticks, skip connections, symbols and classes: shapes as --help documents them.
#[test]
fn raw_numbers_of_tasks_have_the_shapes_documented() {
    let desk = Desk::new();
    let full = |flags: &str| desk.json(&format!("{flags} --full"))["full"].clone();
    let echo =
        full("--task echo --cell lstm --hidden-size 3 --wiring skips --ticks 2 --num-layers 2");
    for (name, expected) in [
        ("input", vec![5, 4, 10]),
        ("output", vec![5, 4, 10]),
        ("h_l1", vec![11, 4, 3]),
        ("grad_c_l0", vec![11, 4, 3]),
        ("jacobian_l0", vec![10, 4, 6, 6]),
        ("weight_skip_l1", vec![12, 3]),
        ("grad_input", vec![5, 4, 10]),
    ] {
        assert_eq!(shape(&echo[name]), expected, "{name}");
    }
    let lag = full("--task long-lag --lag 4 --hidden-size 3");
    let input = floats(&lag["input"]);
    assert_eq!(shape(&lag["input"]).len(), 3);
    assert!(input.iter().all(|value| [0.0, 1.0].contains(value)), "one-hot");
    assert_eq!(input.iter().sum::<f64>(), (input.len() / shape(&lag["input"])[2]) as f64);
    let digits = full("--task mnist1d --hidden-size 3");
    assert_eq!((shape(&digits["output"]), shape(&digits["target"])), (vec![1, 4, 10], vec![4]));
}

/// One gradient in three ways: as an array, by its norm, and through the step Jacobians.
#[test]
fn arrays_norms_and_jacobians_agree() {
    for cell in ["rnn", "lstm", "gru"] {
        let flags = format!("--cell {cell} --hidden-size 4 --length 6 --weight-scale 1.7 --full");
        let report = Desk::new().json(&flags);
        let full = &report["full"];
        let planes: &[&str] = if cell == "lstm" { &["h", "c"] } else { &["h"] };
        let of = |t: usize| -> Vec<f64> {
            let plane = |plane: &&str| floats(&full[format!("grad_{plane}_l0")][t]);
            planes.iter().flat_map(plane).collect()
        };
        let norm = |values: &[f64]| values.iter().map(|v| v * v).sum::<f64>().sqrt();
        let norms = floats(&report["grad_norm"][0]);
        for t in 1..=6 {
            assert_close("norm", &[norm(&of(t)[..4])], &norms[t - 1..t], 1e-13);
        }
        if cell == "lstm" {
            // dL/dc_t reaches the loss through h_t as well: see the reference for its Jacobians.
            continue;
        }
        for t in 2..=6 {
            let jacobian = floats(&full["jacobian_l0"][t - 1]);
            let (later, size) = (of(t), 4);
            let back: Vec<f64> = (0..size)
                .map(|j| (0..size).map(|i| jacobian[i * size + j] * later[i]).sum())
                .collect();
            assert_close("chain", &of(t - 1), &back, 1e-12);
        }
    }
}

#[test]
fn raw_numbers_nobody_can_hold_or_place_are_refused() {
    let desk = Desk::new();
    for (flags, words) in [
        ("--full", "--json"),
        ("--full --json - --view gates", "--view"),
        ("--npz a.npz --view gates", "--view"),
        ("--npz -", "only --json"),
        ("--hidden-size 512 --length 20000 --npz a.npz", "GiB of memory"),
        ("--csv a.npz --npz ./a.npz", "twice"),
    ] {
        let output = desk.run(&format!("explore {flags}"));
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{flags}: {said}");
        assert!(said.contains(words) && said.lines().count() == 1, "{flags}: {said}");
        assert!(desk.files().is_empty(), "{flags}");
    }
}
