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
    Biases, Cell, LayerParameters, Network, NetworkSpec, Nonlinearity, Probing, Recipe, Wiring,
    draw,
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

/// The state of one layer while the composition runs.
struct Layer<'a> {
    parameters: &'a LayerParameters,
    h: Tensor,
    c: Tensor,
    steps: Steps,
}

impl Layer<'_> {
    fn advance(&mut self, cell: Cell, x: &Tensor, skip: Option<&Tensor>) {
        let LayerParameters { weight_ih, weight_hh, bias_ih, bias_hh, weight_skip } =
            self.parameters;
        let (batch, hidden) = self.h.dims2().unwrap();
        let mut input = affine(x, weight_ih, Some(bias_ih));
        if let (Some(skip), Some(weight)) = (skip, weight_skip) {
            input = (input + affine(skip, weight, None)).unwrap();
        }
        let recurrent = affine(&self.h, weight_hh, bias_hh.as_ref());
        let sum = (&input + &recurrent).unwrap();
        let probe = zero(batch, hidden);
        let h = match cell {
            Cell::Rnn(Nonlinearity::Tanh) => sum.tanh().unwrap(),
            Cell::Rnn(Nonlinearity::Relu) => sum.relu().unwrap(),
            Cell::Rnn(Nonlinearity::Identity) => sum,
            Cell::Lstm => {
                let [i, f, o] = [0, 1, 3].map(|k| sigmoid(&gate(&sum, k, hidden)).unwrap());
                let g = gate(&sum, 2, hidden).tanh().unwrap();
                let cell_probe = zero(batch, hidden);
                let c = ((f * &self.c).unwrap() + (i * g).unwrap()).unwrap();
                self.c = (&c + cell_probe.as_tensor()).unwrap();
                self.steps.cell_probes.push(cell_probe);
                (o * self.c.tanh().unwrap()).unwrap()
            }
            Cell::Gru => {
                let [r, z] = [0, 1].map(|k| sigmoid(&gate(&sum, k, hidden)).unwrap());
                let reset = (r * gate(&recurrent, 2, hidden)).unwrap();
                let n = (gate(&input, 2, hidden) + reset).unwrap().tanh().unwrap();
                ((1.0 - &z).unwrap() * n).unwrap().add(&(z * &self.h).unwrap()).unwrap()
            }
        };
        self.h = (h + probe.as_tensor()).unwrap();
        self.steps.hidden.push(self.h.clone());
        self.steps.hidden_probes.push(probe);
    }
}

/// Tick by tick, layer by layer.
fn compose(network: &Network, inputs: &[Tensor]) -> Vec<Steps> {
    let spec = network.spec;
    let batch = inputs[0].dim(0).unwrap();
    let layer = |parameters| {
        let h = zero(batch, spec.hidden_size).into_inner();
        Layer { parameters, c: h.clone(), h, steps: Steps::default() }
    };
    let mut layers: Vec<Layer<'_>> = network.layers.iter().map(layer).collect();
    for x in inputs {
        for _ in 0..spec.ticks {
            let mut below = layers.last().unwrap().h.clone();
            for (k, layer) in layers.iter_mut().enumerate() {
                match spec.wiring {
                    Wiring::Stacked if k > 0 => layer.advance(spec.cell, &below, None),
                    Wiring::Stacked => layer.advance(spec.cell, x, None),
                    Wiring::Skips => layer.advance(spec.cell, x, Some(&below)),
                }
                below = layer.h.clone();
            }
        }
    }
    layers.into_iter().map(|layer| layer.steps).collect()
}

fn check(spec: NetworkSpec, steps: usize, batch: usize, loss: Loss) {
    let what = format!("{spec} {loss}");
    let mut generator = Generator::seeded(5);
    let recipe = match spec.biases {
        Biases::One => Recipe::Notebook,
        Biases::Two => Recipe::Torch,
    };
    let unscaled = draw(spec, recipe, &mut generator).unwrap();
    let network = variables(&unscaled.scaled(1.3, 0.7, DType::F64).unwrap());
    let x: Vec<f64> =
        generator.randn(steps * batch * spec.input_size).into_iter().map(f64::from).collect();
    let x = Tensor::from_vec(x, (steps, batch, spec.input_size), &Device::Cpu).unwrap();
    let y = x.narrow(2, 0, 1).unwrap();

    let inputs: Vec<Tensor> = (0..steps).map(|t| x.get(t).unwrap()).collect();
    let composed = compose(&network, &inputs);
    let top = &composed.last().unwrap().hidden;
    let read: Vec<&Tensor> = top.iter().skip(spec.ticks - 1).step_by(spec.ticks).collect();
    let output =
        network.readout.as_ref().unwrap().forward(&Tensor::stack(&read, 0).unwrap()).unwrap();
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

#[test]
fn skips_and_ticks_equal_their_composition_from_candle_operations() {
    let cells =
        [Cell::Rnn(Nonlinearity::Tanh), Cell::Rnn(Nonlinearity::Relu), Cell::Lstm, Cell::Gru];
    for cell in cells {
        for (num_layers, hidden, ticks, batch) in [(2, 7, 3, 3), (1, 4, 2, 1), (3, 1, 1, 8)] {
            let spec = NetworkSpec {
                wiring: Wiring::Skips,
                biases: Biases::One,
                ticks,
                ..NetworkSpec::new(cell, [2, hidden, num_layers, 1])
            };
            check(spec, 4, batch, Loss::All);
            check(spec, 3, batch, Loss::Last);
        }
        check(NetworkSpec { ticks: 4, ..NetworkSpec::new(cell, [1, 5, 2, 1]) }, 3, 2, Loss::All);
    }
}

/// Symbols are one-hot vectors, and states to start from are states.
#[test]
fn symbols_are_one_hot_vectors() {
    let (steps, batch, symbols) = (6, 3, 5);
    let numbers_of: Vec<u32> = (0..steps * batch).map(|k| (7 * k % symbols) as u32).collect();
    let dense: Vec<f32> = numbers_of
        .iter()
        .flat_map(|&n| (0..symbols).map(move |k| f32::from(u8::from(k == n as usize))))
        .collect();
    let x = Tensor::from_vec(numbers_of, (steps, batch), &Device::Cpu).unwrap();
    let dense = Tensor::from_vec(dense, (steps, batch, symbols), &Device::Cpu).unwrap();
    for wiring in [Wiring::Stacked, Wiring::Skips] {
        let spec = NetworkSpec {
            wiring,
            biases: Biases::One,
            ..NetworkSpec::new(Cell::Gru, [symbols, 4, 2, 1])
        };
        let network = draw(spec, Recipe::Notebook, &mut Generator::seeded(3)).unwrap();
        let (network, named) = network.variables(DType::F32).unwrap();
        let start: Vec<Tensor> = (0..2)
            .map(|seed| {
                let numbers = Generator::seeded(seed).uniform(batch * 4, -1.0, 1.0);
                Tensor::from_vec(numbers, (1, batch, 4), &Device::Cpu).unwrap()
            })
            .collect();
        let run = |x: &Tensor| {
            let ticket = Ticket::new();
            let run = network.run_from(x, Some(&start), Probing::Off, &ticket).unwrap();
            let loss = run.output.sqr().unwrap().mean_all().unwrap();
            (run, loss.backward().unwrap())
        };
        let ((of_symbols, grads), (of_dense, dense_grads)) = (run(&x), run(&dense));
        let states = |run: &rnnscope::network::Run| numbers(&run.layers[1].states);
        assert_close("states", &states(&of_symbols), &states(&of_dense), 1e-6);
        let first = numbers(&of_symbols.layers[0].states.get(0).unwrap().get(0).unwrap());
        assert_eq!(first, numbers(&start[0]));
        for (name, variable) in &named {
            let [found, expected] =
                [&grads, &dense_grads].map(|grads| numbers(grads.get(variable).unwrap()));
            assert_close(name, &found, &expected, 1e-5);
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
