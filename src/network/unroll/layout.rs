//! Where things lie in the slices of one call.

use std::ops::Range;

use candle_core::{Result, Shape};

use crate::network::cell::State;
use crate::network::kernel::{Matrix, add_product};
use crate::network::real::Real;
use crate::network::spec::Cell;

/// Sizes of one call.
#[derive(Clone, Copy)]
pub(super) struct Dims {
    pub(super) steps: usize,
    pub(super) batch: usize,
    pub(super) input: usize,
    pub(super) hidden: usize,
    /// G·H.
    pub(super) width: usize,
    /// Rows of packed parameters that hold the recurrent bias: 1 where it is kept apart, else 0.
    pub(super) split: usize,
    /// Layers that run together.
    pub(super) layers: usize,
}

impl Dims {
    /// Sizes of `layers` layers that run together; `skips` is the number of rows of packed
    /// parameters that a layer's skip connection takes, in units of the hidden size.
    pub(super) fn of(
        cell: Cell,
        (layers, skips): (usize, usize),
        x: &Shape,
        packed: &Shape,
        probe: &Shape,
    ) -> Result<Self> {
        let (_, _, _, hidden) = probe.dims4()?;
        let width = cell.gates() * hidden;
        let split = usize::from(cell.splits_recurrent());
        let recurrent = 1 + hidden + split + skips * hidden;
        let (steps, batch, input) = match *x.dims() {
            [steps, batch, input] => (steps, batch, input),
            // Symbols: how many there are, only the weights tell.
            [steps, batch] => (steps, batch, (packed.dim(0)? / layers).saturating_sub(recurrent)),
            _ => candle_core::bail!("unroll: x {x:?} is neither [T, B, I] nor [T, B]"),
        };
        if probe.dims() != [layers * cell.states(), steps + 1, batch, hidden]
            || packed.dims() != [layers * (input + recurrent), width]
        {
            candle_core::bail!(
                "unroll: x {x:?}, parameters {packed:?} and probe {probe:?} do not fit together"
            );
        }
        Ok(Self { steps, batch, input, hidden, width, split, layers })
    }

    /// Numbers in the state of one step.
    pub(super) fn state(&self) -> usize {
        self.batch * self.hidden
    }

    /// Numbers in the gates of one step.
    pub(super) fn gates(&self) -> usize {
        self.batch * self.width
    }

    /// Numbers in all steps of one kind of state.
    pub(super) fn plane(&self) -> usize {
        (self.steps + 1) * self.state()
    }
}

/// What a layer reads at each step.
#[derive(Clone, Copy)]
pub(super) enum Input<'a, R> {
    /// `[T·B, I]`.
    Dense(&'a [R]),
    /// Which of I one-hot symbols, `[T·B]`.
    Symbols(&'a [u32]),
}

impl<R: Real> Input<'_, R> {
    /// Some of its rows, each of `width` numbers or one symbol.
    pub(super) fn rows(self, rows: Range<usize>, width: usize) -> Self {
        match self {
            Self::Dense(x) => Self::Dense(&x[rows.start * width..rows.end * width]),
            Self::Symbols(symbols) => Self::Symbols(&symbols[rows]),
        }
    }

    /// `gates [T·B, G·H] += x W_ih^T`. A one-hot symbol picks a row of the weights.
    pub(super) fn add_to(self, gates: &mut [R], dims: Dims, weight_ih: Matrix<'_, R>) {
        match self {
            Self::Dense(x) => {
                let x = Matrix::new(x, dims.steps * dims.batch, dims.input);
                add_product(gates, dims.width, x, weight_ih);
            }
            Self::Symbols(symbols) => {
                for (gates, &symbol) in gates.chunks_exact_mut(dims.width).zip(symbols) {
                    add(gates, weight_ih.row(symbol as usize));
                }
            }
        }
    }

    /// Gradient of W_ih^T `[I, G·H]` from that of the pre-activations `[T·B, G·H]`.
    pub(super) fn add_gradient(self, weight_ih: &mut [R], dims: Dims, gates: &[R]) {
        let rows = dims.steps * dims.batch;
        match self {
            Self::Dense(x) => {
                let x = Matrix::new(x, rows, dims.input).transposed();
                add_product(weight_ih, dims.width, x, Matrix::new(gates, rows, dims.width));
            }
            Self::Symbols(symbols) => {
                for (gates, &symbol) in gates.chunks_exact(dims.width).zip(symbols) {
                    add(&mut weight_ih[symbol as usize * dims.width..][..dims.width], gates);
                }
            }
        }
    }
}

/// Refuses symbols for which there are no weights.
pub(super) fn check_symbols(symbols: &[u32], dims: Dims) -> Result<()> {
    match symbols.iter().find(|symbol| **symbol as usize >= dims.input) {
        Some(symbol) => candle_core::bail!("unroll: symbol {symbol} of {} symbols", dims.input),
        None => Ok(()),
    }
}

/// Adds one slice to another.
pub(super) fn add<R: Real>(to: &mut [R], values: &[R]) {
    for (to, &value) in to.iter_mut().zip(values) {
        *to += value;
    }
}

/// The packed parameters, taken apart.
#[derive(Clone, Copy)]
pub(super) struct Parameters<'a, R> {
    pub(super) input: Matrix<'a, R>,
    pub(super) bias: &'a [R],
    pub(super) hidden: Matrix<'a, R>,
    /// Empty unless the cell keeps it apart.
    pub(super) hidden_bias: &'a [R],
    /// Of the skip connection; without rows if there is none.
    pub(super) skip: Matrix<'a, R>,
}

impl<'a, R: Real> Parameters<'a, R> {
    pub(super) fn unpack(packed: &'a [R], dims: Dims) -> Self {
        let Dims { input, hidden, width, split, .. } = dims;
        let (weight_ih, rest) = packed.split_at(input * width);
        let (bias, rest) = rest.split_at(width);
        let (weight_hh, rest) = rest.split_at(hidden * width);
        let (hidden_bias, skip) = rest.split_at(split * width);
        Self {
            input: Matrix::new(weight_ih, input, width),
            bias,
            hidden: Matrix::new(weight_hh, hidden, width),
            hidden_bias,
            skip: Matrix::new(skip, skip.len() / width, width),
        }
    }
}

/// The states before (t) and after (t + 1) a step.
pub(super) fn step_of<'a, R>(
    hidden: &'a mut [R],
    cells: &'a mut [R],
    t: usize,
    dims: Dims,
) -> (State<&'a [R]>, State<&'a mut [R]>) {
    let size = dims.state();
    let (h_before, h_after) = hidden[t * size..][..2 * size].split_at_mut(size);
    let (c_before, c_after) = if cells.is_empty() {
        cells.split_at_mut(0)
    } else {
        cells[t * size..][..2 * size].split_at_mut(size)
    };
    (State { h: h_before, c: c_before }, State { h: h_after, c: c_after })
}

/// Chunk `t` of chunks of `size`, which may be zero.
pub(super) fn chunk<R>(values: &mut [R], t: usize, size: usize) -> &mut [R] {
    &mut values[t * size..][..size]
}

/// Chunk `t` of a plane that may be empty.
pub(super) fn chunk_of<R>(plane: &[R], t: usize, size: usize) -> &[R] {
    if plane.is_empty() { plane } else { &plane[t * size..][..size] }
}
