//! Each cell's equations and their derivatives, one step at a time over plain slices.
//!
//! `network::unroll` owns time and the matrix products; a cell turns the pre-activations of one step
//! into states, and the gradients of states into gradients of pre-activations. Slices of one step
//! are row-major `[B, width]`.

mod activation;
mod gru;
mod lstm;
mod rnn;
mod tile;

use super::kernel::Job;
use super::real::Real;
use super::spec::Cell;

/// One step forward for all sequences of a batch.
pub(super) struct Forward<'a, R> {
    pub(super) cell: Cell,
    pub(super) hidden_size: usize,
    /// In: the input's share of the pre-activations, for RNN and LSTM with the state's share
    /// added, `[B, G·H]`. Out: the activated gates.
    pub(super) gates: &'a mut [R],
    /// The state's share `[B, 3·H]`, biases included (GRU; empty otherwise).
    pub(super) recurrent: &'a mut [R],
    /// What only the backward step needs: tanh(c) of an LSTM, W_hn h + b_hn of a GRU, `[B, H]`.
    pub(super) extra: &'a mut [R],
    /// h and c of the step before, `[B, H]`; c is empty without a cell state.
    pub(super) before: State<&'a [R]>,
    /// In: the probe to be added. Out: the new states.
    pub(super) after: State<&'a mut [R]>,
}

/// One step back.
pub(super) struct Backward<'a, R> {
    pub(super) cell: Cell,
    pub(super) hidden_size: usize,
    /// In: the activated gates. Out: the gradient of the pre-activations, as the input sees them.
    pub(super) gates: &'a mut [R],
    /// In: as the forward step left it. Out: for a GRU the gradient of W_hn h + b_hn.
    pub(super) extra: &'a mut [R],
    /// The states before the step.
    pub(super) before: State<&'a [R]>,
    /// The gradient of the states after the step. In: through later steps and what reads the
    /// states; out, for c: also through h of the same step.
    pub(super) grad: State<&'a mut [R]>,
    /// Out: the part of the gradient of the states before that bypasses the matrix product.
    pub(super) carry: State<&'a mut [R]>,
}

/// Hidden state h and, for an LSTM, cell state c.
#[derive(Clone, Copy)]
pub(super) struct State<S> {
    pub(super) h: S,
    pub(super) c: S,
}

impl Cell {
    /// Width of the extra activations kept for the backward step, in units of the hidden size.
    pub(super) fn extra_width(self) -> usize {
        match self {
            Self::Rnn(_) => 0,
            Self::Lstm | Self::Gru => 1,
        }
    }

    /// Whether the state's share of the pre-activations must be kept apart from the input's.
    pub(super) fn splits_recurrent(self) -> bool {
        self == Self::Gru
    }
}

impl<R: Real> Job for Forward<'_, R> {
    type Output = ();

    #[inline(always)]
    fn run<const FMA: bool>(self) {
        match self.cell {
            Cell::Rnn(nonlinearity) => rnn::forward::<R, FMA>(nonlinearity, self),
            Cell::Lstm => lstm::forward::<R, FMA>(self),
            Cell::Gru => gru::forward::<R, FMA>(self),
        }
    }
}

impl<R: Real> Job for Backward<'_, R> {
    type Output = ();

    #[inline(always)]
    fn run<const FMA: bool>(self) {
        match self.cell {
            Cell::Rnn(nonlinearity) => rnn::backward(nonlinearity, self),
            Cell::Lstm => lstm::backward(self),
            Cell::Gru => gru::backward(self),
        }
    }
}
