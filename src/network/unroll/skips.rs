//! Layers with skip connections, all of them over the whole sequence in one operation.
//!
//! As [`super::unroll`], but every layer reads the input, and over its skip connection the h of the
//! layer below in the same tick; the lowest layer that of the top layer in the tick before. So no
//! layer can run ahead of the others, and the operation takes them together: packed parameters and
//! planes of states are those of the layers, lowest first, one after another.

use std::sync::{Mutex, PoisonError};

use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor};

use self::backward::backward;
use self::forward::forward;
use super::layout::Dims;
use super::{Saved, input, slices};
use crate::network::real::Real;
use crate::network::spec::Cell;
use crate::ticket::Ticket;

mod backward;
mod forward;
mod weights;

/// Runs all layers: `x [T, B, I]`, packed parameters `[L·(I + 1 + H (+ 1) + H), G·H]` and probe
/// `[L·S, T+1, B, H]` give states of the probe's shape.
///
/// # Errors
/// Shapes that do not fit, and the ticket's cancellation.
pub(in super::super) fn unroll_skips(
    cell: Cell,
    x: &Tensor,
    packed: &Tensor,
    probe: &Tensor,
    ticket: &Ticket,
) -> Result<Tensor> {
    let op = UnrollSkips { cell, saved: Mutex::new(None), ticket: ticket.clone() };
    x.contiguous()?.apply_op3(&packed.contiguous()?, &probe.contiguous()?, op)
}

struct UnrollSkips {
    cell: Cell,
    /// Activations of all layers from the forward pass, taken by the backward pass.
    saved: Mutex<Option<Saved>>,
    ticket: Ticket,
}

impl UnrollSkips {
    fn dims(&self, x: &Shape, packed: &Shape, probe: &Shape) -> Result<Dims> {
        let layers = probe.dims4()?.0 / self.cell.states();
        Dims::of(self.cell, (layers, 1), x, packed, probe)
    }

    /// Counts one tick of one layer as done.
    fn advance(&self) -> Result<()> {
        self.ticket.advance(1).map_err(candle_core::Error::wrap)
    }
}

impl CustomOp3 for UnrollSkips {
    fn name(&self) -> &'static str {
        "unroll-skips"
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
                let x = input::<f32>(x, x_layout, dims)?;
                let [packed, probe] = slices([(packed, packed_layout), (probe, probe_layout)])?;
                let (states, saved) = forward(self, dims, x, packed, probe)?;
                (CpuStorage::F32(states), Saved::F32(saved))
            }
            _ => {
                let x = input::<f64>(x, x_layout, dims)?;
                let [packed, probe] = slices([(packed, packed_layout), (probe, probe_layout)])?;
                let (states, saved) = forward(self, dims, x, packed, probe)?;
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
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let saved = self.saved.lock().unwrap_or_else(PoisonError::into_inner).take();
        let tensors = super::Tensors { x, packed, probe, states, grad };
        match saved {
            Some(Saved::F32(saved)) => backward(self, saved, &tensors),
            Some(Saved::F64(saved)) => backward(self, saved, &tensors),
            None => candle_core::bail!("unroll: the backward pass runs once per forward pass"),
        }
    }
}

/// Where the state lies that layer `layer` reads over its skip connection at tick `t`: the layer,
/// and the row of its plane of h.
fn skipped(dims: Dims, layer: usize, t: usize) -> (usize, usize) {
    if layer == 0 { (dims.layers - 1, t) } else { (layer - 1, t + 1) }
}

/// The part of `[L·S, T+1, B, H]` that belongs to a layer, and its planes of h and c.
fn planes<R: Real>(cell: Cell, dims: Dims, states: &mut [R], layer: usize) -> (&mut [R], &mut [R]) {
    let size = cell.states() * dims.plane();
    states[layer * size..][..size].split_at_mut(dims.plane())
}
