//! States, gradients and spectra equal PyTorch's over cells, layers, lengths, batches and scales.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use candle_core::{DType, Tensor};
use common::golden::{assert_close, batch, network, numbers, variables};
use common::{floats, json};
use faer::Mat;
use rnnscope::flow::{Spectrum, Trace, measure};
use rnnscope::network::{Network, Probing};
use rnnscope::task::{Loss, loss_of};
use rnnscope::ticket::Ticket;
use serde_json::Value;

const KINDS: [&str; 5] = ["rnn_tanh", "rnn_relu", "rnn_identity", "lstm", "gru"];

/// The setting of one reference case.
struct Case {
    layers: usize,
    steps: usize,
    batch: usize,
    loss: Loss,
    scales: (f64, f64),
}

impl Case {
    fn new(case: &Value) -> Self {
        let size = |name: &str| case[name].as_u64().unwrap() as usize;
        Self {
            layers: size("layers"),
            steps: size("T"),
            batch: size("B"),
            loss: if case["last_only"].as_bool().unwrap() { Loss::Last } else { Loss::All },
            scales: (case["w"].as_f64().unwrap(), case["b"].as_f64().unwrap()),
        }
    }

    fn network(&self, file: &Value, dtype: DType) -> Network {
        network(file, self.layers).scaled(self.scales.0, self.scales.1, dtype).unwrap()
    }

    fn measure(&self, network: &Network, inputs: &Value, dtype: DType) -> Trace {
        let (x, y) = batch(inputs, self.steps, self.batch, dtype);
        measure(network, &x, &y, self.loss, &Ticket::new()).unwrap()
    }
}

/// Norms by layer and step against one case; `tolerance` by quantity.
fn compare_norms(case: &Value, trace: &Trace, what: &str, tolerance: impl Fn(&str) -> f64) {
    let loss = case["loss"].as_f64().unwrap_or(f64::INFINITY);
    assert_close(&format!("{what} loss"), &[trace.loss], &[loss], tolerance("loss"));
    for (layer, found) in trace.layers.iter().enumerate() {
        let found = found.flow().unwrap();
        let pairs = [
            ("h_norm_b0", Some(found.hidden_norm)),
            ("dh_norm", Some(found.grad_norm)),
            ("c_norm_b0", found.cell_norm),
            ("dc_norm", found.cell_grad_norm),
        ];
        for (name, found) in pairs {
            let Some(found) = found else { continue };
            if case[name].is_null() {
                continue;
            }
            let expected = floats(&case[name][layer]);
            assert_close(&format!("{what} {name} l{layer}"), &found, &expected, tolerance(name));
        }
    }
}

#[test]
fn norms_agree_to_1e9_in_f64_and_as_far_as_f32_can() {
    let inputs = json("inputs.json");
    let files = ["norm_rnn_tanh_h16.json".to_owned(), "norm_gru_h16.json".to_owned()];
    let small = KINDS.map(|kind| format!("norm_{kind}_h3.json"));
    for name in files.iter().chain(&small) {
        let file = json(name);
        let mut compared = 0;
        for reference in file["cases"].as_array().unwrap() {
            let case = Case::new(reference);
            let what = format!(
                "{name} layers {} T {} B {} w,b {:?}",
                case.layers, case.steps, case.batch, case.scales
            );
            let trace = case.measure(&case.network(&file, DType::F64), &inputs, DType::F64);
            compare_norms(reference, &trace, &what, |_| 1e-9);
            if reference["nonfinite"].is_null() {
                let trace = case.measure(&case.network(&file, DType::F32), &inputs, DType::F32);
                // Where units saturate, 1 - tanh² is a few roundings of 1 wide: f32 has but two or
                // three digits of the gradient, whoever computes it.
                let saturation = case.scales.0.abs().max(case.scales.1.abs());
                let floor = |quantity: &str| match quantity {
                    "dh_norm" | "dc_norm" if saturation >= 5.0 => 1e-2,
                    "dh_norm" | "dc_norm" if saturation > 1.0 => 1e-3,
                    _ => 1e-5,
                };
                let allowed = |quantity: &str| {
                    let torch = reference["f32_rel"][quantity].as_f64().unwrap_or(0.0);
                    20.0 * torch + floor(quantity)
                };
                // A chaotic case has no f32 answer to agree with.
                if reference["f32_rel"]["dh_norm"].as_f64().unwrap_or(1.0) < 1e-2 {
                    compare_norms(reference, &trace, &format!("{what} f32"), allowed);
                    compared += 1;
                }
            }
        }
        assert!(compared > 15, "{name}: only {compared} cases compared in f32");
    }
}

#[test]
fn states_predictions_and_every_gradient_agree_to_1e9() {
    let inputs = json("inputs.json");
    for kind in KINDS {
        let file = json(&format!("full_{kind}_h3.json"));
        for reference in file["cases"].as_array().unwrap() {
            let case = Case::new(reference);
            let what = format!("{kind} layers {} w,b {:?}", case.layers, case.scales);
            // The reference lists parameters in the file of norms.
            let nets = json(&format!("norm_{kind}_h3.json"));
            let network = variables(&case.network(&nets, DType::F64));
            let trace = case.measure(&network, &inputs, DType::F64);
            compare_states(reference, &trace, &what);
            compare_parameter_gradients(reference, &network, &case, &inputs, &what);
        }
    }
}

fn compare_states(reference: &Value, trace: &Trace, what: &str) {
    let prediction = trace.output.transpose(0, 1).unwrap();
    let expected = floats(&reference["pred"]);
    assert_close(&format!("{what} pred"), &numbers(&prediction), &expected, 1e-9);
    for (layer, found) in trace.layers.iter().enumerate() {
        let steps = found.states.dim(1).unwrap() - 1;
        let from_step_one = |tensor: &Tensor, plane: usize| {
            numbers(&tensor.get(plane).unwrap().narrow(0, 1, steps).unwrap())
        };
        for (name, tensor, plane) in [
            ("h", &found.states, 0),
            ("dh", &found.grads, 0),
            ("c", &found.states, 1),
            ("dc", &found.grads, 1),
        ] {
            if reference[name].is_null() {
                continue;
            }
            let expected = floats(&reference[name][layer]);
            let found = from_step_one(tensor, plane);
            assert_close(&format!("{what} {name} l{layer}"), &found, &expected, 1e-9);
        }
    }
}

fn compare_parameter_gradients(
    reference: &Value,
    network: &Network,
    case: &Case,
    inputs: &Value,
    what: &str,
) {
    let (x, y) = batch(inputs, case.steps, case.batch, DType::F64);
    let run = network.run(&x, Probing::On, &Ticket::new()).unwrap();
    let grads = loss_of(&run.output, &y, case.loss).unwrap().backward().unwrap();
    let expected = reference["param_grad"].as_object().unwrap();
    let named = network.named();
    assert_eq!(named.len(), expected.len(), "{what}: parameters");
    for (name, tensor) in named {
        let found = numbers(grads.get(tensor).expect("a gradient"));
        assert_close(&format!("{what} d{name}"), &found, &floats(&expected[&name]), 1e-9);
    }
}

#[test]
fn spectra_agree_with_the_reference() {
    for kind in KINDS {
        let file = json(&format!("norm_{kind}_h3.json"));
        for layers in 1..=3 {
            let network = network(&file, layers);
            let eig = &file["nets"][layers.to_string()]["eig"];
            for (layer, parameters) in network.layers.iter().enumerate() {
                let weights = numbers(&parameters.weight_hh);
                let names = network.spec.cell.gate_names();
                for (name, block) in names.iter().zip(weights.chunks(9)) {
                    let spectrum = Spectrum::of(&Mat::from_fn(3, 3, |i, j| block[3 * i + j]));
                    let expected = &eig[layer][name];
                    let what = format!("{kind} l{layer} {name}");
                    let radius = expected["radius"].as_f64().unwrap();
                    assert_close(&what, &[spectrum.radius], &[radius], 1e-9);
                    compare_spectra(&what, &spectrum, &floats(&expected["spectrum"]));
                }
            }
        }
    }
}

/// Eigenvalues of equal size come in any order, so each must find a partner.
fn compare_spectra(what: &str, spectrum: &Spectrum, expected: &[f64]) {
    assert_eq!(spectrum.eigenvalues.len() * 2, expected.len(), "{what}");
    for pair in expected.chunks(2) {
        let partner = spectrum
            .eigenvalues
            .iter()
            .any(|value| (value.re - pair[0]).hypot(value.im - pair[1]) < 1e-9);
        assert!(partner, "{what}: no eigenvalue at {pair:?} in {:?}", spectrum.eigenvalues);
    }
}
