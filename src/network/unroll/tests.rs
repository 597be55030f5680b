//! The operation against central differences in f64, for every cell and every kind of input.

use candle_core::{DType, Device, Tensor, Var};

use super::unroll;
use crate::network::spec::{Cell, Nonlinearity, Wiring};
use crate::rng::Generator;
use crate::ticket::Ticket;

const CELLS: [Cell; 5] = [
    Cell::Rnn(Nonlinearity::Tanh),
    Cell::Rnn(Nonlinearity::Relu),
    Cell::Rnn(Nonlinearity::Identity),
    Cell::Lstm,
    Cell::Gru,
];

fn random(generator: &mut Generator, shape: &[usize], size: f64) -> Vec<f64> {
    (0..shape.iter().product()).map(|_| size * (2.0 * generator.uniform_f64() - 1.0)).collect()
}

fn tensor(values: &[f64], shape: &[usize]) -> Tensor {
    Tensor::from_slice(values, shape, &Device::Cpu).unwrap()
}

/// A loss that every state enters with a weight of its own, and not only linearly.
fn loss(states: &Tensor, weights: &Tensor) -> Tensor {
    let weighted = (states * weights).unwrap();
    (weighted.sum_all().unwrap() + weighted.sqr().unwrap().sum_all().unwrap()).unwrap()
}

#[test]
fn gradients_equal_central_differences() {
    for cell in CELLS {
        for (steps, batch, input, hidden) in
            [(1, 1, 1, 1), (4, 2, 3, 5), (3, 6, 2, 4), (2, 35, 1, 3)]
        {
            check(cell, steps, batch, input, hidden);
        }
    }
}

fn check(cell: Cell, steps: usize, batch: usize, input: usize, hidden: usize) {
    let rows = input + 1 + hidden + usize::from(cell.splits_recurrent());
    let shapes = [
        vec![steps, batch, input],
        vec![rows, cell.gates() * hidden],
        vec![cell.states(), steps + 1, batch, hidden],
    ];
    let mut generator = Generator::seeded(11);
    // The probe is not zero: a gradient holds at every point, not only at the usual one.
    let values = [
        random(&mut generator, &shapes[0], 1.0),
        random(&mut generator, &shapes[1], 0.8),
        random(&mut generator, &shapes[2], 0.3),
    ];
    let weights = tensor(&random(&mut generator, &shapes[2], 1.0), &shapes[2]);
    let at = |values: &[Vec<f64>; 3]| {
        let [x, packed, probe] = [0, 1, 2].map(|i| tensor(&values[i], &shapes[i]));
        let states = unroll((cell, Wiring::Stacked), &x, &packed, &probe, &Ticket::new()).unwrap();
        loss(&states, &weights).to_scalar::<f64>().unwrap()
    };
    let [x, packed, probe] =
        [0, 1, 2].map(|i| Var::from_tensor(&tensor(&values[i], &shapes[i])).unwrap());
    let states = unroll((cell, Wiring::Stacked), &x, &packed, &probe, &Ticket::new()).unwrap();
    let grads = loss(&states, &weights).backward().unwrap();
    for (i, variable) in [&x, &packed, &probe].into_iter().enumerate() {
        let found = grads.get(variable).unwrap().flatten_all().unwrap().to_vec1::<f64>().unwrap();
        for k in 0..found.len() {
            const STEP: f64 = 1e-6;
            let mut moved = values.clone();
            moved[i][k] += STEP;
            let above = at(&moved);
            moved[i][k] -= 2.0 * STEP;
            let difference = (above - at(&moved)) / (2.0 * STEP);
            let name = ["x", "parameters", "probe"][i];
            assert!(
                (found[k] - difference).abs() <= 1e-7 * (1.0 + difference.abs()),
                "{cell} {name}[{k}]: {} but the difference is {difference}",
                found[k]
            );
        }
    }
}

#[test]
fn only_tracked_inputs_get_gradients() {
    let x = Tensor::ones((3, 1, 1), DType::F32, &Device::Cpu).unwrap();
    let packed = Tensor::ones((4, 2), DType::F32, &Device::Cpu).unwrap();
    let probe = Var::zeros((1, 4, 1, 2), DType::F32, &Device::Cpu).unwrap();
    let cell = Cell::Rnn(Nonlinearity::Tanh);
    let states = unroll((cell, Wiring::Stacked), &x, &packed, &probe, &Ticket::new()).unwrap();
    let grads = states.sum_all().unwrap().backward().unwrap();
    assert!(grads.get(&probe).is_some());
    assert!(grads.get(&x).is_none());
}

#[test]
fn shapes_that_do_not_fit_are_refused() {
    let x = Tensor::ones((3, 1, 1), DType::F32, &Device::Cpu).unwrap();
    let packed = Tensor::ones((5, 2), DType::F32, &Device::Cpu).unwrap();
    let probe = Tensor::zeros((1, 4, 1, 2), DType::F32, &Device::Cpu).unwrap();
    let error = unroll(
        (Cell::Rnn(Nonlinearity::Tanh), Wiring::Stacked),
        &x,
        &packed,
        &probe,
        &Ticket::new(),
    );
    assert!(error.unwrap_err().to_string().contains("do not fit"));
}

#[test]
fn a_cancelled_ticket_stops_the_sequence() {
    let ticket = Ticket::new();
    ticket.cancel();
    let x = Tensor::ones((3, 1, 1), DType::F32, &Device::Cpu).unwrap();
    let packed = Tensor::ones((4, 2), DType::F32, &Device::Cpu).unwrap();
    let probe = Tensor::zeros((1, 4, 1, 2), DType::F32, &Device::Cpu).unwrap();
    assert!(
        unroll((Cell::Rnn(Nonlinearity::Tanh), Wiring::Stacked), &x, &packed, &probe, &ticket)
            .is_err()
    );
}
