//! The unrolled operation against the same cells composed, step by step, from ordinary candle
//! operations, whose gradients are candle's own.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use candle_core::{DType, Device, Tensor, Var};
use candle_nn::Module;
use candle_nn::ops::sigmoid;
use common::golden::{assert_close, numbers, variables};
use rnnscope::flow::measure;
use rnnscope::network::{
    Biases, Cell, LayerParameters, Network, NetworkSpec, Nonlinearity, Probing, draw,
};
use rnnscope::rng::Generator;
use rnnscope::task::{Loss, loss_of};
use rnnscope::ticket::Ticket;

/// States of one layer by step, and the zero that was added to each.
#[derive(Default)]
struct Steps {
    hidden: Vec<Tensor>,
    hidden_probes: Vec<Var>,
    cell_probes: Vec<Var>,
}

fn zero(batch: usize, hidden: usize) -> Var {
    Var::zeros((batch, hidden), DType::F64, &Device::Cpu).unwrap()
}

/// a W^T + b.
fn affine(a: &Tensor, weight: &Tensor, bias: Option<&Tensor>) -> Tensor {
    let product = a.matmul(&weight.t().unwrap()).unwrap();
    match bias {
        Some(bias) => product.broadcast_add(bias).unwrap(),
        None => product,
    }
}

/// Gate `k` of `[B, G·H]`.
fn gate(a: &Tensor, k: usize, hidden: usize) -> Tensor {
    a.narrow(1, k * hidden, hidden).unwrap()
}

fn compose(cell: Cell, parameters: &LayerParameters, inputs: &[Tensor], hidden: usize) -> Steps {
    let batch = inputs[0].dim(0).unwrap();
    let mut h = zero(batch, hidden).into_inner();
    let mut c = h.clone();
    let mut steps = Steps::default();
    for x in inputs {
        let input = affine(x, &parameters.weight_ih, Some(&parameters.bias_ih));
        let recurrent = affine(&h, &parameters.weight_hh, parameters.bias_hh.as_ref());
        let sum = (&input + &recurrent).unwrap();
        let probe = zero(batch, hidden);
        h = match cell {
            Cell::Rnn(Nonlinearity::Tanh) => sum.tanh().unwrap(),
            Cell::Rnn(Nonlinearity::Relu) => sum.relu().unwrap(),
            Cell::Rnn(Nonlinearity::Identity) => sum,
            Cell::Lstm => {
                let [i, f, o] = [0, 1, 3].map(|k| sigmoid(&gate(&sum, k, hidden)).unwrap());
                let g = gate(&sum, 2, hidden).tanh().unwrap();
                let cell_probe = zero(batch, hidden);
                c = ((f * &c).unwrap() + (i * g).unwrap()).unwrap();
                c = (&c + cell_probe.as_tensor()).unwrap();
                steps.cell_probes.push(cell_probe);
                (o * c.tanh().unwrap()).unwrap()
            }
            Cell::Gru => {
                let [r, z] = [0, 1].map(|k| sigmoid(&gate(&sum, k, hidden)).unwrap());
                let reset = (r * gate(&recurrent, 2, hidden)).unwrap();
                let n = (gate(&input, 2, hidden) + reset).unwrap().tanh().unwrap();
                ((1.0 - &z).unwrap() * n).unwrap().add(&(z * &h).unwrap()).unwrap()
            }
        };
        h = (h + probe.as_tensor()).unwrap();
        steps.hidden.push(h.clone());
        steps.hidden_probes.push(probe);
    }
    steps
}

fn check(spec: NetworkSpec, steps: usize, batch: usize, loss: Loss) {
    let what = format!("{spec} {loss}");
    let mut generator = Generator::seeded(5);
    let unscaled = draw(spec, &mut generator).unwrap();
    let network = variables(&unscaled.scaled(1.3, 0.7, DType::F64).unwrap());
    let x: Vec<f64> =
        generator.randn(steps * batch * spec.input_size).into_iter().map(f64::from).collect();
    let x = Tensor::from_vec(x, (steps, batch, spec.input_size), &Device::Cpu).unwrap();
    let y = x.narrow(2, 0, 1).unwrap();

    let mut inputs: Vec<Tensor> = (0..steps).map(|t| x.get(t).unwrap()).collect();
    let mut composed = Vec::new();
    for parameters in &network.layers {
        let layer = compose(spec.cell, parameters, &inputs, spec.hidden_size);
        inputs.clone_from(&layer.hidden);
        composed.push(layer);
    }
    let output = network.readout.forward(&Tensor::stack(&inputs, 0).unwrap()).unwrap();
    let oracle_loss = loss_of(&output, &y, loss).unwrap();
    let oracle = oracle_loss.backward().unwrap();

    let trace = measure(&network, &x, &y, loss, &Ticket::new()).unwrap();
    assert_close(&what, &[trace.loss], &[oracle_loss.to_scalar().unwrap()], 1e-13);
    for (layer, found) in composed.iter().zip(&trace.layers) {
        for (plane, probes) in [&layer.hidden_probes, &layer.cell_probes].into_iter().enumerate() {
            for (t, probe) in probes.iter().enumerate() {
                let expected = numbers(oracle.get(probe).unwrap());
                let found = numbers(&found.grads.get(plane).unwrap().get(t + 1).unwrap());
                assert_close(&format!("{what} plane {plane} t {t}"), &found, &expected, 1e-12);
            }
        }
    }
    check_parameters(&what, &network, &x, &y, loss, &oracle);
}

fn check_parameters(
    what: &str,
    network: &Network,
    x: &Tensor,
    y: &Tensor,
    loss: Loss,
    oracle: &candle_core::backprop::GradStore,
) {
    let run = network.run(x, Probing::On, &Ticket::new()).unwrap();
    let grads = loss_of(&run.output, y, loss).unwrap().backward().unwrap();
    for (name, tensor) in network.named() {
        let expected = numbers(oracle.get(tensor).unwrap());
        let found = numbers(grads.get(tensor).unwrap());
        assert_close(&format!("{what} {name}"), &found, &expected, 1e-12);
    }
}

#[test]
fn every_cell_equals_its_composition_from_candle_operations() {
    let cells = [
        Cell::Rnn(Nonlinearity::Tanh),
        Cell::Rnn(Nonlinearity::Relu),
        Cell::Rnn(Nonlinearity::Identity),
        Cell::Lstm,
        Cell::Gru,
    ];
    for cell in cells {
        for (num_layers, biases) in [(1, Biases::Two), (1, Biases::One), (3, Biases::Two)] {
            let spec = NetworkSpec { biases, ..NetworkSpec::new(cell, [2, 7, num_layers, 1]) };
            check(spec, 6, 3, Loss::All);
            check(spec, 6, 8, Loss::Last);
        }
    }
}

/// candle-nn's own LSTM and GRU are a second, independent forward pass.
#[test]
fn states_equal_those_of_candle_nn() {
    use candle_nn::rnn::{GRUConfig, LSTMConfig, RNN, gru, lstm};
    let (steps, batch, hidden) = (5, 2, 4);
    let x = Tensor::from_vec(
        Generator::seeded(1).randn(steps * batch),
        (steps, batch, 1),
        &Device::Cpu,
    );
    let x = x.unwrap();
    let batch_first = x.transpose(0, 1).unwrap().contiguous().unwrap();
    for cell in [Cell::Lstm, Cell::Gru] {
        let spec = NetworkSpec::new(cell, [1, hidden, 1, 1]);
        let network = draw(spec, Recipe::Torch, &mut Generator::seeded(2)).unwrap();
        let named = network.named().into_iter().map(|(name, tensor)| (name, tensor.clone()));
        let builder =
            candle_nn::VarBuilder::from_tensors(named.collect(), DType::F32, &Device::Cpu);
        let expected: Vec<Tensor> = match cell {
            Cell::Lstm => {
                let net = lstm(1, hidden, LSTMConfig::default(), builder).unwrap();
                net.seq(&batch_first).unwrap().iter().map(|state| state.h().clone()).collect()
            }
            _ => {
                let net = gru(1, hidden, GRUConfig::default(), builder).unwrap();
                net.seq(&batch_first).unwrap().iter().map(|state| state.h.clone()).collect()
            }
        };
        let found =
            network.run(&x, Probing::On, &Ticket::new()).unwrap().layers[0].hidden().unwrap();
        let expected = Tensor::stack(&expected, 0).unwrap();
        assert_close(&cell.to_string(), &numbers(&found), &numbers(&expected), 1e-6);
    }
}
