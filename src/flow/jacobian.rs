//! The step Jacobian of a layer: how the state of one step depends on the state before.

use faer::Mat;

use super::measure::numbers;
use crate::error::Result;
use crate::network::{Cell, LayerParameters, Nonlinearity};

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
    Ok(Recurrence::new(cell, parameters)?.step(x, h, c).matrix)
}

/// A layer's parameters in the form that Jacobians of many steps are made from.
#[derive(Debug)]
pub(super) struct Recurrence {
    cell: Cell,
    hidden: usize,
    /// W_ih and beside it the weights of the skip connection, `[G·H, I (+ H)]`.
    input: Mat<f64>,
    /// W_hh of each gate, `[H, H]`.
    weights: Vec<Mat<f64>>,
    bias_ih: Vec<f64>,
    bias_hh: Vec<f64>,
}

/// The Jacobian of one step, with the diagonals it is built from where those tell its inverse.
#[derive(Debug)]
pub(super) struct Step {
    /// As [`step_jacobian`].
    pub(super) matrix: Mat<f64>,
    pub(super) shape: Shape,
}

/// How a step Jacobian is built from W_hh and diagonals `[H]`.
#[derive(Debug)]
pub(super) enum Shape {
    /// diag(slopes) W_hh: a plain RNN.
    Rows { slopes: Vec<f64> },
    /// The product of [[I, D], [0, I]] and [[diag(slopes) W_ho, 0], [Q, F]] with diagonal D, F: an
    /// LSTM, whose h follows from the new c and from the output gate. Q is the lower left block.
    Blocks { slopes: Vec<f64>, through_cell: Vec<f64>, keep: Vec<f64> },
    /// A GRU: any matrix.
    Full,
}

/// The two shares of a step's pre-activations, `[G·H]` each.
struct Shares {
    hidden: usize,
    /// W_ih x + b_ih.
    input: Vec<f64>,
    /// W_hh h + b_hh.
    recurrent: Vec<f64>,
}

impl Recurrence {
    pub(super) fn new(cell: Cell, parameters: &LayerParameters) -> Result<Self> {
        let LayerParameters { weight_ih, weight_hh, bias_ih, bias_hh, weight_skip } = parameters;
        let hidden = weight_hh.dim(1)?;
        let bias_ih = numbers(bias_ih)?;
        let rows = bias_ih.len();
        let mut input = by_rows(&numbers(weight_ih)?, rows);
        if let Some(skip) = weight_skip {
            let (own, skip) = (input, by_rows(&numbers(skip)?, rows));
            let from = own.ncols();
            input = Mat::from_fn(rows, from + hidden, |i, j| {
                if j < from { own[(i, j)] } else { skip[(i, j - from)] }
            });
        }
        let bias_hh = match bias_hh {
            Some(bias) => numbers(bias)?,
            None => vec![0.0; rows],
        };
        let weight_hh = numbers(weight_hh)?;
        let blocks = weight_hh.chunks_exact(hidden * hidden);
        let weights = blocks.map(|block| by_rows(block, hidden)).collect();
        Ok(Self { cell, hidden, input, weights, bias_ih, bias_hh })
    }

    /// Rows of the Jacobian: H, or 2H where there is a cell state.
    pub(super) fn size(&self) -> usize {
        self.cell.states() * self.hidden
    }

    /// As [`step_jacobian`].
    pub(super) fn step(&self, x: &[f64], h: &[f64], c: &[f64]) -> Step {
        let shares = self.shares(x, h);
        match self.cell {
            Cell::Rnn(nonlinearity) => self.rnn(nonlinearity, &shares),
            Cell::Lstm => self.lstm(&shares, c),
            Cell::Gru => self.gru(&shares, h),
        }
    }

    /// W_hh of an RNN, of the output gate of an LSTM: what the inverses of all steps share.
    pub(super) fn shared(&self) -> Option<&Mat<f64>> {
        match self.cell {
            Cell::Rnn(_) => self.weights.first(),
            Cell::Lstm => self.weights.get(3),
            Cell::Gru => None,
        }
    }

    fn shares(&self, x: &[f64], h: &[f64]) -> Shares {
        let mut input = self.bias_ih.clone();
        add_matrix_vector(&mut input, &self.input, x);
        let mut recurrent = self.bias_hh.clone();
        for (out, weights) in recurrent.chunks_exact_mut(self.hidden).zip(&self.weights) {
            add_matrix_vector(out, weights, h);
        }
        Shares { hidden: self.hidden, input, recurrent }
    }

    /// diag(f'(a)) W.
    fn rnn(&self, nonlinearity: Nonlinearity, shares: &Shares) -> Step {
        let slopes = [slopes(nonlinearity, shares)];
        let mut matrix = Mat::zeros(self.hidden, self.hidden);
        self.add_block(&mut matrix, 0, &slopes);
        let [slopes] = slopes;
        Step { matrix, shape: Shape::Rows { slopes } }
    }

    /// With c' = f c + i g and h' = o tanh(c'): dc'/dc = diag(f),
    /// dc'/dh = diag(f' c) W_f + diag(i' g) W_i + diag(i g') W_g, and h' through o and c'.
    fn lstm(&self, shares: &Shares, c: &[f64]) -> Step {
        let n = self.hidden;
        let (mut through_cell, mut keep) = (vec![0.0; n], vec![0.0; n]);
        let mut jacobian = Mat::zeros(2 * n, 2 * n);
        let mut to_cell = [0; 4].map(|_| vec![0.0; n]);
        let mut to_hidden = to_cell.clone();
        for row in 0..n {
            let [i, f, o] = [0, 1, 3].map(|gate| sigmoid(shares.sum(gate, row)));
            let g = shares.sum(2, row).tanh();
            let tanh_c = (f * c[row] + i * g).tanh();
            let through_c = o * (1.0 - tanh_c * tanh_c);
            let cell = [i * (1.0 - i) * g, f * (1.0 - f) * c[row], i * (1.0 - g * g), 0.0];
            for (gate, factor) in cell.into_iter().enumerate() {
                to_cell[gate][row] = factor;
                to_hidden[gate][row] = through_c * factor;
            }
            to_hidden[3][row] = tanh_c * o * (1.0 - o);
            (through_cell[row], keep[row]) = (through_c, f);
            jacobian[(n + row, n + row)] = f;
            jacobian[(row, n + row)] = through_c * f;
        }
        self.add_block(&mut jacobian, 0, &to_hidden);
        self.add_block(&mut jacobian, n, &to_cell[..3]);
        let [.., slopes] = to_hidden;
        Step { matrix: jacobian, shape: Shape::Blocks { slopes, through_cell, keep } }
    }

    /// With h' = (1 - z) n + z h and n = tanh(W_in x + b_in + r (W_hn h + b_hn)).
    fn gru(&self, shares: &Shares, h: &[f64]) -> Step {
        let size = self.hidden;
        let mut jacobian = Mat::zeros(size, size);
        let mut factors = [0; 3].map(|_| vec![0.0; size]);
        for row in 0..size {
            let (r, z) = (sigmoid(shares.sum(0, row)), sigmoid(shares.sum(1, row)));
            let recurrent_new = shares.recurrent[2 * size + row];
            let new = (shares.input[2 * size + row] + r * recurrent_new).tanh();
            let slope = (1.0 - z) * (1.0 - new * new);
            factors[0][row] = slope * recurrent_new * r * (1.0 - r);
            factors[1][row] = (h[row] - new) * z * (1.0 - z);
            factors[2][row] = slope * r;
            jacobian[(row, row)] = z;
        }
        self.add_block(&mut jacobian, 0, &factors);
        Step { matrix: jacobian, shape: Shape::Full }
    }

    /// Adds the sum over gates of diag(factors of the gate) W of the gate to the columns of h, in
    /// the rows from `first` on.
    fn add_block(&self, jacobian: &mut Mat<f64>, first: usize, factors: &[Vec<f64>]) {
        for col in 0..self.hidden {
            let out = &mut jacobian.col_as_slice_mut(col)[first..first + self.hidden];
            for (factors, weights) in factors.iter().zip(&self.weights) {
                let pairs = factors.iter().zip(weights.col_as_slice(col));
                for (out, (factor, weight)) in out.iter_mut().zip(pairs) {
                    *out += factor * weight;
                }
            }
        }
    }
}

impl Shares {
    fn sum(&self, gate: usize, unit: usize) -> f64 {
        let row = gate * self.hidden + unit;
        self.input[row] + self.recurrent[row]
    }
}

fn slopes(nonlinearity: Nonlinearity, shares: &Shares) -> Vec<f64> {
    let slope = |a: f64| match nonlinearity {
        Nonlinearity::Tanh => 1.0 - a.tanh().powi(2),
        // NaN stays: a slope of 0 would hide it.
        Nonlinearity::Relu if a.is_nan() => a,
        Nonlinearity::Relu => f64::from(a > 0.0),
        Nonlinearity::Identity => 1.0,
    };
    (0..shares.hidden).map(|unit| slope(shares.sum(0, unit))).collect()
}

fn sigmoid(a: f64) -> f64 {
    1.0 / (1.0 + (-a).exp())
}

/// A matrix of `rows` rows from its numbers, row by row.
fn by_rows(numbers: &[f64], rows: usize) -> Mat<f64> {
    let width = numbers.len() / rows;
    Mat::from_fn(rows, width, |i, j| numbers[i * width + j])
}

/// out += matrix · vector, column by column so that it runs on whole vectors.
fn add_matrix_vector(out: &mut [f64], matrix: &Mat<f64>, vector: &[f64]) {
    for (col, factor) in vector.iter().enumerate() {
        for (out, weight) in out.iter_mut().zip(matrix.col_as_slice(col)) {
            *out += weight * factor;
        }
    }
}
