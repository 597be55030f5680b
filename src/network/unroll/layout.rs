//! Where things lie in the slices of one call.

use candle_core::{Result, Shape};

use crate::network::cell::State;
use crate::network::kernel::Matrix;
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
}

impl Dims {
    pub(super) fn of(cell: Cell, x: &Shape, packed: &Shape, probe: &Shape) -> Result<Self> {
        let (steps, batch, input) = x.dims3()?;
        let (_, _, _, hidden) = probe.dims4()?;
        let width = cell.gates() * hidden;
        let rows = input + 1 + hidden + usize::from(cell.splits_recurrent());
        if probe.dims() != [cell.states(), steps + 1, batch, hidden]
            || packed.dims() != [rows, width]
        {
            candle_core::bail!(
                "unroll: x {x:?}, parameters {packed:?} and probe {probe:?} do not fit together"
            );
        }
        Ok(Self { steps, batch, input, hidden, width })
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

/// The packed parameters, taken apart.
#[derive(Clone, Copy)]
pub(super) struct Parameters<'a, R> {
    pub(super) input: Matrix<'a, R>,
    pub(super) bias: &'a [R],
    pub(super) hidden: Matrix<'a, R>,
    /// Empty unless the cell keeps it apart.
    pub(super) hidden_bias: &'a [R],
}

impl<'a, R: Real> Parameters<'a, R> {
    pub(super) fn unpack(packed: &'a [R], dims: Dims) -> Self {
        let Dims { input, hidden, width, .. } = dims;
        let (weight_ih, rest) = packed.split_at(input * width);
        let (bias, rest) = rest.split_at(width);
        let (weight_hh, hidden_bias) = rest.split_at(hidden * width);
        Self {
            input: Matrix::new(weight_ih, input, width),
            bias,
            hidden: Matrix::new(weight_hh, hidden, width),
            hidden_bias,
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
