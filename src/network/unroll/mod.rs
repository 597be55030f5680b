//! The one operation that runs a layer over a whole sequence, and back through time.
//!
//! candle's `backward` drops the gradients of intermediate tensors and recurses over the graph. So
//! a layer is one [`CustomOp3`] with its own backpropagation through time (BPTT; Werbos 1990):
//!
//! - inputs: `x [T, B, I]`, or the numbers `[T, B]` of one-hot symbols, the packed parameters `w`, and a *probe* `[S, T+1, B, H]`, usually
//!   zero, that is added to the states; row 0 of it is the initial state;
//! - output: the states `[S, T+1, B, H]`, S = 1 (h) or, for an LSTM, 2 (h and c);
//! - the gradient with respect to the probe is dL/dh_t (and dL/dc_t) for every t at once.
//!
//! Packed parameters stack W_ih^T `[I, G·H]`, the input bias, W_hh^T `[H, G·H]` and, for a GRU,
//! the recurrent bias, which the reset gate keeps from merging with the other.

use std::sync::{Arc, Mutex, PoisonError};

use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor, WithDType};

use self::backward::{Tensors, backward};
use self::forward::forward;
pub(super) use self::hidden::hidden_of;
use self::layout::{Dims, Input, check_symbols};
pub(super) use self::lean::{Start, hidden_alone};
pub(crate) use self::replay::Replay;
pub(crate) use self::sweep::{Back, Sweep};
use self::tally::Tally;
use super::real::Real;
use super::spec::{Cell, Wiring};
use crate::ticket::Ticket;

mod backward;
mod forward;
mod hidden;
mod layout;
mod lean;
mod replay;
mod skips;
mod sweep;
mod tally;
#[cfg(test)]
mod tests;

/// Runs one layer or, with [`Wiring::Skips`], all layers together: then packed parameters
/// `[L·(I + 1 + H (+ 1) + H), G·H]` and probe `[L·S, T+1, B, H]` are those of the layers, lowest
/// first. See the module's description.
///
/// # Errors
/// Shapes that do not fit, and the ticket's cancellation.
pub(super) fn unroll(
    (cell, wiring): (Cell, Wiring),
    x: &Tensor,
    packed: &Tensor,
    probe: &Tensor,
    ticket: &Ticket,
) -> Result<Tensor> {
    let (saved, ticket) = (Mutex::new(None), ticket.clone());
    let op = Unroll { cell, wiring, saved, ticket, kept: None };
    x.contiguous()?.apply_op3(&packed.contiguous()?, &probe.contiguous()?, op)
}

/// As [`unroll`], and the mean over units and sequences of the gate that keeps the state, by step;
/// with [`Wiring::Skips`] of all layers at each step, lowest first. Empty for a plain RNN.
///
/// # Errors
/// As for [`unroll`].
pub(super) fn unroll_noting_gate(
    (cell, wiring): (Cell, Wiring),
    x: &Tensor,
    packed: &Tensor,
    probe: &Tensor,
    ticket: &Ticket,
) -> Result<(Tensor, Vec<f64>)> {
    let kept = Arc::new(Mutex::new(Vec::new()));
    let (saved, ticket) = (Mutex::new(None), ticket.clone());
    let op = Unroll { cell, wiring, saved, ticket, kept: Some(Arc::clone(&kept)) };
    let states = x.contiguous()?.apply_op3(&packed.contiguous()?, &probe.contiguous()?, op)?;
    let kept = std::mem::take(&mut *kept.lock().unwrap_or_else(PoisonError::into_inner));
    Ok((states, kept))
}

struct Unroll {
    cell: Cell,
    wiring: Wiring,
    /// Activations from the forward pass, taken by the backward pass.
    saved: Mutex<Option<Saved>>,
    ticket: Ticket,
    /// Where the forward pass leaves what the gate that keeps the state did, if that is wanted.
    kept: Option<Arc<Mutex<Vec<f64>>>>,
}

enum Saved {
    F32(Activations<f32>),
    F64(Activations<f64>),
}

struct Activations<R> {
    /// Activated gates `[T, B, G·H]`.
    gates: Vec<R>,
    /// tanh(c) or W_hn h + b_hn, `[T, B, H]`; empty for an RNN.
    extra: Vec<R>,
}

/// Gradients of x, packed parameters and probe.
type Grads = (Option<Tensor>, Option<Tensor>, Option<Tensor>);

impl CustomOp3 for Unroll {
    fn name(&self) -> &'static str {
        "unroll"
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        x_layout: &Layout,
        packed: &CpuStorage,
        packed_layout: &Layout,
        probe: &CpuStorage,
        probe_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let shape = probe_layout.shape().clone();
        let dims = self.dims(x_layout.shape(), packed_layout.shape(), &shape)?;
        let (storage, saved) = match probe {
            CpuStorage::F32(_) => {
                let x = input(x, x_layout, dims)?;
                let [packed, probe] = slices([(packed, packed_layout), (probe, probe_layout)])?;
                let (states, saved) = self.forward(dims, x, packed, probe)?;
                (CpuStorage::F32(states), Saved::F32(saved))
            }
            _ => {
                let x = input(x, x_layout, dims)?;
                let [packed, probe] = slices([(packed, packed_layout), (probe, probe_layout)])?;
                let (states, saved) = self.forward(dims, x, packed, probe)?;
                (CpuStorage::F64(states), Saved::F64(saved))
            }
        };
        *self.saved.lock().unwrap_or_else(PoisonError::into_inner) = Some(saved);
        Ok((storage, shape))
    }

    fn bwd(
        &self,
        x: &Tensor,
        packed: &Tensor,
        probe: &Tensor,
        states: &Tensor,
        grad: &Tensor,
    ) -> Result<Grads> {
        let saved = self.saved.lock().unwrap_or_else(PoisonError::into_inner).take();
        let tensors = Tensors { x, packed, probe, states, grad };
        match saved {
            Some(Saved::F32(saved)) => self.backward(saved, &tensors),
            Some(Saved::F64(saved)) => self.backward(saved, &tensors),
            None => candle_core::bail!("unroll: the backward pass runs once per forward pass"),
        }
    }
}

/// What the layer reads: numbers, or the numbers of symbols.
fn input<'a, R: Real>(x: &'a CpuStorage, layout: &Layout, dims: Dims) -> Result<Input<'a, R>> {
    if layout.shape().rank() == 3 {
        return Ok(Input::Dense(slice(x, layout)?));
    }
    let symbols = slice::<u32>(x, layout)?;
    check_symbols(symbols, dims)?;
    Ok(Input::Symbols(symbols))
}

/// The numbers of contiguous tensors.
fn slices<'a, R: Real>(tensors: [(&'a CpuStorage, &Layout); 2]) -> Result<[&'a [R]; 2]> {
    let [(first, first_layout), (second, second_layout)] = tensors;
    Ok([slice(first, first_layout)?, slice(second, second_layout)?])
}

fn slice<'a, D: WithDType>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [D]> {
    let Some((start, end)) = layout.contiguous_offsets() else {
        candle_core::bail!("unroll: needs contiguous tensors");
    };
    Ok(&storage.as_slice::<D>()?[start..end])
}

impl Unroll {
    fn dims(&self, x: &Shape, packed: &Shape, probe: &Shape) -> Result<Dims> {
        let layers = match self.wiring {
            Wiring::Stacked => (1, 0),
            Wiring::Skips => (probe.dims4()?.0 / self.cell.states(), 1),
        };
        Dims::of(self.cell, layers, x, packed, probe)
    }

    fn forward<R: Real>(
        &self,
        dims: Dims,
        x: Input<'_, R>,
        packed: &[R],
        probe: &[R],
    ) -> Result<(Vec<R>, Activations<R>)> {
        match self.wiring {
            Wiring::Stacked => {
                let (rule, states) = ((self.cell, &self.ticket), probe.to_vec());
                let mut tally = self.tally(dims);
                let ran = forward(rule, dims, x, packed, states, &mut tally)?;
                self.keep(tally);
                Ok(ran)
            }
            Wiring::Skips => skips::forward(self, dims, x, packed, probe),
        }
    }

    fn backward<R: Real>(&self, saved: Activations<R>, tensors: &Tensors<'_>) -> Result<Grads> {
        match self.wiring {
            Wiring::Stacked => backward(self, saved, tensors),
            Wiring::Skips => skips::backward(self, saved, tensors),
        }
    }

    /// Notes the gate that keeps the state, if that is wanted.
    fn tally(&self, dims: Dims) -> Tally {
        let keeper = self.kept.is_some().then(|| self.cell.keeper()).flatten();
        Tally::new(keeper, dims)
    }

    /// Hands over what was noted.
    fn keep(&self, tally: Tally) {
        if let Some(kept) = &self.kept {
            *kept.lock().unwrap_or_else(PoisonError::into_inner) = tally.into_means();
        }
    }

    /// Counts one step as done.
    fn advance(&self) -> Result<()> {
        advance(&self.ticket)
    }
}

/// Counts one step as done.
fn advance(ticket: &Ticket) -> Result<()> {
    ticket.advance(1).map_err(candle_core::Error::wrap)
}
