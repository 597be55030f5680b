//! Layers with skip connections, all of them over the whole sequence at once.
//!
//! Every layer reads the input, and over its skip connection the h of the layer below in the same
//! tick; the lowest layer that of the top layer in the tick before. So no layer can run ahead of the
//! others, and the operation takes them together: packed parameters and planes of states are those
//! of the layers, lowest first, one after another.

mod backward;
mod forward;
mod weights;

pub(super) use self::backward::backward;
pub(super) use self::forward::forward;

use super::layout::Dims;
use crate::network::real::Real;
use crate::network::spec::Cell;

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
