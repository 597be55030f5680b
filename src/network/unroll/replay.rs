//! The activations behind a run, worked out again from its states.
//!
//! A run keeps states and forgets gates. Where all states are known no step waits for another, so
//! the steps of a layer are one large batch: cheaper than the run itself.

use candle_core::Tensor;

use super::backward::{Read, numbers};
use super::layout::{Dims, Input, Parameters};
use crate::error::Result;
use crate::network::cell::{Forward, State};
use crate::network::kernel::{Matrix, add_product, dispatch};
use crate::network::real::Real;
use crate::network::spec::{Cell, Wiring};
use crate::ticket::Ticket;

/// Rows (steps times sequences) worked out between two looks at the ticket.
const ROWS: usize = 4096;

/// A network's activations at every tick.
pub(crate) struct Replay<R> {
    pub(super) cell: Cell,
    pub(super) wiring: Wiring,
    /// Lowest first.
    pub(super) layers: Vec<Layer<R>>,
}

/// One layer of a [`Replay`].
pub(super) struct Layer<R> {
    pub(super) dims: Dims,
    pub(super) packed: Vec<R>,
    /// `[S, T+1, B, H]`.
    pub(super) states: Vec<R>,
    /// Activated gates `[T, B, G·H]`.
    pub(super) gates: Vec<R>,
    /// tanh(c) of an LSTM, W_hn h + b_hn of a GRU, `[T, B, H]`; empty for an RNN.
    pub(super) extra: Vec<R>,
}

impl<R: Real> Replay<R> {
    /// From what the lowest layer reads (each tick of it) and the packed parameters and states of
    /// each layer.
    pub(in crate::network) fn new(
        cell: Cell,
        wiring: Wiring,
        x: &Tensor,
        layers: &[(&Tensor, &Tensor)],
        ticket: &Ticket,
    ) -> Result<Self> {
        let outside = Read::of(x)?;
        let mut done: Vec<Layer<R>> = layers
            .iter()
            .enumerate()
            .map(|(n, (packed, states))| {
                let (_, rows, batch, hidden) = states.dims4()?;
                let split = usize::from(cell.splits_recurrent());
                let skips = if wiring == Wiring::Skips { hidden } else { 0 };
                // Symbols do not say how many there are; the parameters do, for every layer.
                let input = packed.dim(0)?.saturating_sub(1 + hidden + split + skips);
                let (steps, width) = (rows - 1, cell.gates() * hidden);
                let dims = Dims { steps, batch, input, hidden, width, split, layers: layers.len() };
                debug_assert!(n == 0 || wiring == Wiring::Skips || input == hidden);
                let (packed, states) = (numbers(packed)?, numbers(states)?);
                Ok(Layer { dims, packed, states, gates: Vec::new(), extra: Vec::new() })
            })
            .collect::<Result<_>>()?;
        for layer in 0..done.len() {
            let input = match (wiring, layer.checked_sub(1)) {
                (Wiring::Stacked, Some(below)) => Input::Dense(done[below].after()),
                _ => outside.input(),
            };
            let skip = match (wiring, layer.checked_sub(1)) {
                (Wiring::Stacked, _) => None,
                (Wiring::Skips, Some(below)) => Some(done[below].after()),
                (Wiring::Skips, None) => done.last().map(Layer::before),
            };
            let (gates, extra) = done[layer].recall(cell, input, skip, ticket)?;
            (done[layer].gates, done[layer].extra) = (gates, extra);
        }
        Ok(Self { cell, wiring, layers: done })
    }

    /// Ticks T.
    pub(crate) fn ticks(&self) -> usize {
        self.layers.first().map_or(0, |layer| layer.dims.steps)
    }

    /// The activated gates `[T, B, G·H]` of a layer, in the order of [`Cell::gate_names`].
    pub(crate) fn gates(&self, layer: usize) -> &[R] {
        &self.layers[layer].gates
    }

    /// What ticks contribute to the gradient of `weight_hh`, `[G·H, H]`: the sum over them and over
    /// sequences of δ_t h_{t-1}^T, from the gradient δ `[n, B, G·H]` of what W_hh h enters at n ticks
    /// from `tick` on.
    pub(crate) fn weight_gradient(&self, layer: usize, tick: usize, delta: &[R]) -> Vec<R> {
        let Layer { dims, .. } = &self.layers[layer];
        let rows = delta.len() / dims.width;
        let before = &self.layers[layer].before()[tick * dims.state()..][..rows * dims.hidden];
        let delta = Matrix::new(delta, rows, dims.width).transposed();
        let before = Matrix::new(before, rows, dims.hidden);
        let mut gradient = vec![R::default(); dims.width * dims.hidden];
        add_product(&mut gradient, dims.hidden, delta, before);
        gradient
    }
}

impl<R: Real> Layer<R> {
    /// h before each tick, `[T, B, H]`.
    fn before(&self) -> &[R] {
        &self.states[..self.dims.steps * self.dims.state()]
    }

    /// h after each tick, `[T, B, H]`.
    fn after(&self) -> &[R] {
        &self.states[self.dims.state()..self.dims.plane()]
    }

    /// h and c before a tick; c is empty without a cell state.
    pub(super) fn state_before(&self, tick: usize) -> State<&[R]> {
        let (hidden, cells) = self.states.split_at(self.dims.plane());
        let at = |plane| super::layout::chunk_of(plane, tick, self.dims.state());
        State { h: at(hidden), c: at(cells) }
    }

    /// Gates and extra activations of all ticks.
    fn recall(
        &self,
        cell: Cell,
        input: Input<'_, R>,
        skip: Option<&[R]>,
        ticket: &Ticket,
    ) -> Result<(Vec<R>, Vec<R>)> {
        let Dims { steps, batch, hidden, width, .. } = self.dims;
        let parameters = Parameters::unpack(&self.packed, self.dims);
        let mut gates = parameters.bias.repeat(steps * batch);
        let mut extra = vec![R::default(); steps * batch * hidden * cell.extra_width()];
        let block = (ROWS / batch).max(1);
        for first in (0..steps).step_by(block) {
            let steps = block.min(steps - first);
            ticket.advance(steps as u64)?;
            let dims = Dims { steps, ..self.dims };
            let rows = first * batch..(first + steps) * batch;
            let of = |width: usize| rows.start * width..rows.end * width;
            let gates = &mut gates[of(width)];
            input.rows(rows.clone(), dims.input).add_to(gates, dims, parameters.input);
            let product = |out: &mut [R], left: &[R], right: Matrix<'_, R>| {
                add_product(out, width, Matrix::new(left, rows.len(), hidden), right);
            };
            if let Some(skip) = skip {
                product(gates, &skip[of(hidden)], parameters.skip);
            }
            let before = &self.before()[of(hidden)];
            let mut recurrent = Vec::new();
            if cell.splits_recurrent() {
                recurrent = parameters.hidden_bias.repeat(rows.len());
                product(&mut recurrent, before, parameters.hidden);
            } else {
                product(gates, before, parameters.hidden);
            }
            let cells = &self.states[self.dims.plane()..];
            let cells = if cells.is_empty() { cells } else { &cells[of(hidden)] };
            // The new states are known; the cell works them out all the same.
            let mut h = vec![R::default(); before.len()];
            let mut c = vec![R::default(); cells.len()];
            dispatch(Forward {
                cell,
                hidden_size: hidden,
                gates,
                recurrent: &mut recurrent,
                extra: &mut extra[of(hidden * cell.extra_width())],
                before: State { h: before, c: cells },
                after: State { h: &mut h, c: &mut c },
            });
        }
        Ok((gates, extra))
    }
}
