//! The step Jacobian of an LSTM or GRU: how the state of one step depends on the state before.

use faer::Mat;

use super::measure::numbers;
use crate::error::Result;
use crate::network::{Cell, LayerParameters};

/// d(h, c)_t / d(h, c)_{t-1} for an LSTM, `[2H, 2H]` in the order h, c; dh_t / dh_{t-1} for the
/// other cells, `[H, H]`. Derived from the cell's equations at the given state and input.
///
/// - `x`: the layer's input at step t, `[I]`, followed by the `[H]` that a skip connection reads
/// - `h`, `c`: the state after step t - 1, `[H]`; `c` is empty without a cell state
///
/// # Errors
/// What candle says of the tensors.
pub fn step_jacobian(
    cell: Cell,
    parameters: &LayerParameters,
    x: &[f64],
    h: &[f64],
    c: &[f64],
) -> Result<Mat<f64>> {
    let gates = Gates::new(cell, parameters, x, h)?;
    Ok(match cell {
        Cell::Rnn(nonlinearity) => gates.rnn(nonlinearity),
        Cell::Lstm => gates.lstm(c),
        Cell::Gru => gates.gru(h),
    })
}

/// Recurrent weights by gate, and the two shares of the pre-activations.
struct Gates {
    hidden: usize,
    /// W_hh of each gate, `[H, H]`.
    weights: Vec<Mat<f64>>,
    /// W_ih x + b_ih, `[G·H]`.
    input: Vec<f64>,
    /// W_hh h + b_hh, `[G·H]`.
    recurrent: Vec<f64>,
}

impl Gates {
    fn new(cell: Cell, parameters: &LayerParameters, x: &[f64], h: &[f64]) -> Result<Self> {
        let LayerParameters { weight_ih, weight_hh, bias_ih, bias_hh, weight_skip } = parameters;
        let hidden = h.len();
        let weight_ih = numbers(weight_ih)?;
        let weight_hh = numbers(weight_hh)?;
        let mut input = numbers(bias_ih)?;
        let mut recurrent = match bias_hh {
            Some(bias) => numbers(bias)?,
            None => vec![0.0; input.len()],
        };
        let (x, below) = x.split_at(weight_ih.len() / input.len());
        add_matrix_vector(&mut input, &weight_ih, x);
        if let Some(skip) = weight_skip {
            add_matrix_vector(&mut input, &numbers(skip)?, below);
        }
        add_matrix_vector(&mut recurrent, &weight_hh, h);
        let weights = weight_hh
            .chunks_exact(hidden * hidden)
            .map(|block| Mat::from_fn(hidden, hidden, |i, j| block[i * hidden + j]))
            .collect::<Vec<_>>();
        debug_assert_eq!(weights.len(), cell.gates());
        Ok(Self { hidden, weights, input, recurrent })
    }

    fn sum(&self, gate: usize, unit: usize) -> f64 {
        let row = gate * self.hidden + unit;
        self.input[row] + self.recurrent[row]
    }

    /// diag(f'(a)) W.
    fn rnn(&self, nonlinearity: crate::network::Nonlinearity) -> Mat<f64> {
        use crate::network::Nonlinearity::{Identity, Relu, Tanh};
        Mat::from_fn(self.hidden, self.hidden, |row, col| {
            let a = self.sum(0, row);
            let slope = match nonlinearity {
                Tanh => 1.0 - a.tanh().powi(2),
                Relu => f64::from(a > 0.0),
                Identity => 1.0,
            };
            slope * self.weights[0][(row, col)]
        })
    }

    /// With c' = f c + i g and h' = o tanh(c'): dc'/dc = diag(f),
    /// dc'/dh = diag(f' c) W_f + diag(i' g) W_i + diag(i g') W_g, and h' through o and c'.
    fn lstm(&self, c: &[f64]) -> Mat<f64> {
        let n = self.hidden;
        let [w_i, w_f, w_g, w_o] = [0, 1, 2, 3].map(|gate| &self.weights[gate]);
        let mut jacobian = Mat::zeros(2 * n, 2 * n);
        for row in 0..n {
            let [i, f, o] = [0, 1, 3].map(|gate| sigmoid(self.sum(gate, row)));
            let g = self.sum(2, row).tanh();
            let tanh_c = (f * c[row] + i * g).tanh();
            let through_c = o * (1.0 - tanh_c * tanh_c);
            for col in 0..n {
                let cell = f * (1.0 - f) * c[row] * w_f[(row, col)]
                    + i * (1.0 - i) * g * w_i[(row, col)]
                    + i * (1.0 - g * g) * w_g[(row, col)];
                jacobian[(n + row, col)] = cell;
                jacobian[(row, col)] = through_c * cell + tanh_c * o * (1.0 - o) * w_o[(row, col)];
            }
            jacobian[(n + row, n + row)] = f;
            jacobian[(row, n + row)] = through_c * f;
        }
        jacobian
    }

    /// With h' = (1 - z) n + z h and n = tanh(W_in x + b_in + r (W_hn h + b_hn)).
    fn gru(&self, h: &[f64]) -> Mat<f64> {
        let size = self.hidden;
        let [w_r, w_z, w_n] = [0, 1, 2].map(|gate| &self.weights[gate]);
        let mut jacobian = Mat::zeros(size, size);
        for row in 0..size {
            let (r, z) = (sigmoid(self.sum(0, row)), sigmoid(self.sum(1, row)));
            let recurrent_new = self.recurrent[2 * size + row];
            let new = (self.input[2 * size + row] + r * recurrent_new).tanh();
            let slope = (1.0 - z) * (1.0 - new * new);
            for col in 0..size {
                jacobian[(row, col)] = (h[row] - new) * z * (1.0 - z) * w_z[(row, col)]
                    + slope * recurrent_new * r * (1.0 - r) * w_r[(row, col)]
                    + slope * r * w_n[(row, col)];
            }
            jacobian[(row, row)] += z;
        }
        jacobian
    }
}

fn sigmoid(a: f64) -> f64 {
    1.0 / (1.0 + (-a).exp())
}

/// out += matrix · vector, with the matrix row major.
fn add_matrix_vector(out: &mut [f64], matrix: &[f64], vector: &[f64]) {
    for (out, row) in out.iter_mut().zip(matrix.chunks_exact(vector.len())) {
        *out += row.iter().zip(vector).map(|(a, b)| a * b).sum::<f64>();
    }
}
