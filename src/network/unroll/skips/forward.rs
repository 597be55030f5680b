//! Forward over the whole sequence, all layers at each tick.

use candle_core::Result;

use super::super::layout::{Dims, Input, chunk, step_of};
use super::super::{Activations, Unroll};
use super::weights::{Factors, unpack};
use super::{planes, skipped};
use crate::network::cell::Forward;
use crate::network::kernel::dispatch;
use crate::network::real::Real;

/// States `[L·S, T+1, B, H]`, and the activations `[L, T, B, ...]` that the way back needs.
pub(in super::super) fn forward<R: Real>(
    op: &Unroll,
    dims: Dims,
    x: Input<'_, R>,
    packed: &[R],
    probe: &[R],
) -> Result<(Vec<R>, Activations<R>)> {
    let cell = op.cell;
    let parameters = unpack(packed, dims);
    let mut gates = Vec::with_capacity(dims.layers * dims.steps * dims.gates());
    for layer in &parameters {
        let mut own = layer.bias.repeat(dims.steps * dims.batch);
        x.add_to(&mut own, dims, layer.input);
        gates.append(&mut own);
    }
    let factors: Vec<_> = parameters.iter().map(|layer| Factors::new(layer, dims)).collect();

    let mut states = probe.to_vec();
    let width = dims.state() * cell.extra_width();
    let mut extra = vec![R::default(); dims.layers * dims.steps * width];
    let mut recurrent = Vec::new();
    let mut below = vec![R::default(); dims.state()];
    let mut tally = op.tally(dims);
    for t in 0..dims.steps {
        for (layer, (factors, parameters)) in factors.iter().zip(&parameters).enumerate() {
            op.advance()?;
            let (source, row) = skipped(dims, layer, t);
            let (hidden, _) = planes(cell, dims, &mut states, source);
            below.copy_from_slice(chunk(hidden, row, dims.state()));
            let (hidden, cells) = planes(cell, dims, &mut states, layer);
            let (before, after) = step_of(hidden, cells, t, dims);
            let at = layer * dims.steps + t;
            let gates = chunk(&mut gates, at, dims.gates());
            factors.skip.add_product(gates, &below, dims.batch);
            if cell.splits_recurrent() {
                recurrent = parameters.hidden_bias.repeat(dims.batch);
                factors.hidden.add_product(&mut recurrent, before.h, dims.batch);
            } else {
                factors.hidden.add_product(gates, before.h, dims.batch);
            }
            let extra = chunk(&mut extra, at, width);
            let hidden_size = dims.hidden;
            let recurrent = &mut recurrent[..];
            let step = &mut *gates;
            dispatch(Forward { cell, hidden_size, gates: step, recurrent, extra, before, after });
            tally.note(gates);
        }
    }
    op.keep(tally);
    Ok((states, Activations { gates, extra }))
}
