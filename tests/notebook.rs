//! The course notebook's own checks: its asserts, its explorer over a grid of scales, and the
//! lab's expected outputs under seed 123.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use candle_core::{DType, Device, Tensor};
use candle_nn::Linear;
use common::golden::{assert_close, numbers};
use common::{float, floats, json};
use rnnscope::flow::{Draw, Input, Instrument, Precision, Question, Weights};
use rnnscope::network::{
    Biases, Cell, LayerParameters, Network, NetworkSpec, Nonlinearity, Probing,
};
use rnnscope::network::{Design, Recipe};
use rnnscope::task::{Loss, loss_of};
use rnnscope::ticket::Ticket;

/// A one-bias network with every parameter, readout included, equal to `fill`.
fn filled(spec: NetworkSpec, fill: f32) -> Network {
    let full = |shape: &[usize]| Tensor::full(fill, shape, &Device::Cpu).unwrap();
    let rows = spec.cell.gates() * spec.hidden_size;
    let layers = (0..spec.num_layers)
        .map(|layer| LayerParameters {
            weight_ih: full(&[rows, spec.layer_input_size(layer)]),
            weight_hh: full(&[rows, spec.hidden_size]),
            bias_ih: full(&[rows]),
            bias_hh: None,
            weight_skip: None,
        })
        .collect();
    let head = full(&[spec.output_size, spec.hidden_size]);
    Network { spec, layers, readout: Some(Linear::new(head, Some(full(&[spec.output_size])))) }
}

/// Batch-first `[B][T][I]` to `[T, B, I]`.
fn time_major(value: &serde_json::Value) -> Tensor {
    let batch = value.as_array().unwrap().len();
    let steps = value[0].as_array().unwrap().len();
    let values: Vec<f32> = floats(value).iter().map(|&v| v as f32).collect();
    let features = values.len() / batch / steps;
    let tensor = Tensor::from_vec(values, (batch, steps, features), &Device::Cpu).unwrap();
    tensor.transpose(0, 1).unwrap().contiguous().unwrap()
}

/// Checks `[T, B, width]` against one expected number per (b, t), the same for every column.
fn assert_uniform(what: &str, found: &Tensor, expected: &serde_json::Value) {
    let width = found.dim(2).unwrap();
    let found = numbers(&found.transpose(0, 1).unwrap());
    let expected = floats(expected).into_iter().flat_map(|v| vec![v; width]).collect::<Vec<_>>();
    assert_eq!(found.len(), expected.len(), "{what}");
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-4, "{what}: {found}, expected {expected}");
    }
}

#[test]
fn the_asserts_of_the_notebook_hold() {
    let file = json("seed1_asserts.json");
    let tanh = Cell::Rnn(Nonlinearity::Tanh);
    let spec = |cell, input_size, hidden_size, num_layers, output_size| NetworkSpec {
        biases: Biases::One,
        ..NetworkSpec::new(cell, [input_size, hidden_size, num_layers, output_size])
    };
    let specs = [
        spec(tanh, 1, 1, 1, 1),
        spec(Cell::Rnn(Nonlinearity::Identity), 2, 3, 1, 1),
        spec(tanh, 2, 3, 1, 4),
        spec(Cell::Lstm, 2, 3, 1, 1),
        spec(tanh, 2, 3, 2, 1),
        spec(Cell::Lstm, 2, 3, 3, 1),
    ];
    for (case, spec) in file["cases"].as_array().unwrap().iter().zip(specs) {
        let what = case["net"].as_str().unwrap();
        let network = filled(spec, float(&case["fill"]) as f32);
        let x = if case["x"].is_null() { &file["data"] } else { &case["x"] };
        let run = network.run(&time_major(x), Probing::On, &Ticket::new()).unwrap();
        let top = run.layers.last().unwrap();
        assert_uniform(what, &top.hidden().unwrap(), &case["all_h"]);
        if !case["preds"].is_null() {
            assert_uniform(what, &run.output, &case["preds"]);
        }
        if let Some(expected) = case["n_params"].as_u64() {
            let readout = if case["preds"].is_null() { 4 } else { 0 };
            assert_eq!(spec.parameter_count() - readout, expected as usize, "{what}");
        }
        let last = |states: Tensor| {
            let last = states.get(states.dim(0).unwrap() - 1).unwrap();
            last.unsqueeze(0).unwrap()
        };
        for (k, layer) in run.layers.iter().enumerate() {
            let hidden = last(layer.hidden().unwrap());
            if !case["last_h_per_layer"].is_null() {
                assert_uniform(what, &hidden, &case["last_h_per_layer"][k]);
            }
            let expected_c = if case["last_c"].is_null() {
                &case["last_c_per_layer"][k]
            } else {
                &case["last_c"]
            };
            if !expected_c.is_null() {
                assert_uniform(what, &last(layer.cell().unwrap().unwrap()), expected_c);
            }
        }
    }
}

#[test]
fn the_loss_of_the_notebook_holds() {
    let expected = &json("seed1_asserts.json")["loss_fn"];
    let prediction = time_major(&expected["pred"]);
    let target = time_major(&expected["y"]);
    for (loss, name) in [(Loss::All, "all"), (Loss::Last, "last")] {
        let found = loss_of(&prediction, &target, loss).unwrap().to_scalar::<f32>().unwrap();
        assert!((f64::from(found) - float(&expected[name])).abs() < 1e-4, "{name}: {found}");
    }
}

#[test]
fn the_explorer_of_the_notebook_shows_the_same_numbers() {
    for group in json("seed1_viz.json").as_array().unwrap() {
        let cell = match group["net"].as_str().unwrap() {
            "lstm" => Cell::Lstm,
            "tanh" => Cell::Rnn(Nonlinearity::Tanh),
            "relu" => Cell::Rnn(Nonlinearity::Relu),
            _ => Cell::Rnn(Nonlinearity::Identity),
        };
        let hidden_size = group["hidden"].as_u64().unwrap() as usize;
        let design = Design { recipe: Recipe::Notebook, ..Design::new(cell, hidden_size, 1) };
        let draw = Draw { design, seed: group["seed"].as_u64().unwrap() };
        let last_only = group["last_only"].as_bool().unwrap();
        let mut instrument = Instrument::new();
        for row in group["rows"].as_array().unwrap() {
            let question = Question {
                weights: Weights::Draw(draw),
                input: Input::default(),
                weight_scale: float(&row["weight"]),
                bias_scale: float(&row["bias"]),
                loss: if last_only { Loss::Last } else { Loss::All },
                precision: Precision::F32,
            };
            let what = format!("{cell} {last_only} {} {}", row["weight"], row["bias"]);
            let report = instrument.answer(&question, &Ticket::new()).unwrap();
            let layer = &report.layers[0];
            // The JSON reader may be an ulp of f64 off; the f32 draws are equal.
            assert_close(&format!("{what} x"), &report.input[0], &floats(&group["x"]), 1e-15);
            assert_close(&format!("{what} y"), &report.target, &floats(&group["y"]), 1e-6);
            assert_close(&format!("{what} loss"), &[report.loss], &[float(&row["loss"])], 1e-4);
            let h_norm = floats(&row["h_norm"]);
            assert_close(&format!("{what} h"), &layer.hidden_norm, &h_norm, 1e-4);
            let grad_norm = floats(&row["grad_norm_t1_to_T"]);
            assert_close(&format!("{what} dh"), &layer.grad_norm, &grad_norm, 1e-4);
            if !row["eig"].is_null() {
                let radius = report.spectra[0].leading().unwrap().radius;
                assert_close(&format!("{what} eig"), &[radius], &[float(&row["eig"])], 1e-5);
            }
        }
    }
}

#[test]
fn the_lab_outputs_under_seed_123_hold() {
    let file = json("seed3_expected.json");
    let x = time_major(&file["x"]);
    let x = x.to_dtype(DType::F32).unwrap();
    for (name, cell) in
        [("vanilla", Cell::Rnn(Nonlinearity::Tanh)), ("gru", Cell::Gru), ("lstm", Cell::Lstm)]
    {
        let net = &file["nets"][name];
        let hidden_size = 10;
        let width = cell.gates() * hidden_size;
        // The lab multiplies x @ W: the transpose of torch's storage.
        let transposed = |key: &str, rows: usize| {
            let values: Vec<f32> = floats(&net["params"][key]).iter().map(|&v| v as f32).collect();
            let tensor = Tensor::from_vec(values, (rows, width), &Device::Cpu).unwrap();
            tensor.t().unwrap().contiguous().unwrap()
        };
        let bias = |key: &str| transposed(key, 1).flatten_all().unwrap();
        let layer = LayerParameters {
            weight_ih: transposed("weight_xh", 4),
            weight_hh: transposed("weight_hh", hidden_size),
            bias_ih: bias("bias_xh"),
            bias_hh: Some(bias("bias_hh")),
            weight_skip: None,
        };
        let spec = NetworkSpec::new(cell, [4, hidden_size, 1, 1]);
        let readout = Linear::new(Tensor::zeros((1, 10), DType::F32, &Device::Cpu).unwrap(), None);
        let network = Network { spec, layers: vec![layer], readout: Some(readout) };
        let run = network.run(&x, Probing::On, &Ticket::new()).unwrap();
        let found = numbers(&run.layers[0].hidden().unwrap().transpose(0, 1).unwrap());
        for (found, expected) in found.iter().zip(floats(&net["y_expected"])) {
            assert!((found - expected).abs() < 1e-4, "{name}: {found}, expected {expected}");
        }
    }
}
