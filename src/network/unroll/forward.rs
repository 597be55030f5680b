//! Forward over the whole sequence.

use candle_core::Result;

use super::layout::{Dims, Input, Parameters, chunk, step_of};
use super::tally::Tally;
use super::{Activations, advance};
use crate::network::cell::Forward;
use crate::network::kernel::{Factor, dispatch};
use crate::network::real::Real;
use crate::network::spec::Cell;
use crate::ticket::Ticket;

/// States `[S, T+1, B, H]` and the activations that the way back needs. What is in `states` before is
/// added to them; row 0 is the initial state. What a gate did is noted in `tally`. The input's share of all pre-activations is one
/// product; only the state's share waits for the step before.
pub(super) fn forward<R: Real>(
    (cell, ticket): (Cell, &Ticket),
    dims: Dims,
    x: Input<'_, R>,
    packed: &[R],
    mut states: Vec<R>,
    tally: &mut Tally,
) -> Result<(Vec<R>, Activations<R>)> {
    let parameters = Parameters::unpack(packed, dims);
    let mut gates = parameters.bias.repeat(dims.steps * dims.batch);
    x.add_to(&mut gates, dims, parameters.input);

    let weight_hh = Factor::new(parameters.hidden, dims.batch);
    let (hidden, cells) = states.split_at_mut(dims.plane());
    let mut extra = vec![R::default(); dims.steps * dims.state() * cell.extra_width()];
    let mut recurrent = Vec::new();
    for t in 0..dims.steps {
        advance(ticket)?;
        let gates = &mut gates[t * dims.gates()..][..dims.gates()];
        let (before, after) = step_of(hidden, cells, t, dims);
        if cell.splits_recurrent() {
            recurrent.clear();
            for _ in 0..dims.batch {
                recurrent.extend_from_slice(parameters.hidden_bias);
            }
            weight_hh.add_product(&mut recurrent, before.h, dims.batch);
        } else {
            weight_hh.add_product(gates, before.h, dims.batch);
        }
        let extra = chunk(&mut extra, t, dims.state() * cell.extra_width());
        let hidden_size = dims.hidden;
        let recurrent = &mut recurrent[..];
        let step = &mut *gates;
        dispatch(Forward { cell, hidden_size, gates: step, recurrent, extra, before, after });
        tally.note(gates);
    }
    Ok((states, Activations { gates, extra }))
}
