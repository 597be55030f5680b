//! The LSTM with forget gate (Gers, Schmidhuber & Cummins 2000), as in `nn.LSTM`:
//! c' = σ(f) c + σ(i) tanh(g), h' = σ(o) tanh(c'), gates in the order i, f, g, o.
//!
//! Slices are cut to one length before a loop: the compiler then needs no bounds checks inside,
//! and the loop runs on whole vectors.

use super::tile::Tile;
use super::{Backward, Forward, activation};
use crate::network::real::Real;

#[inline(always)]
pub(super) fn forward<R: Real, const FMA: bool>(step: Forward<'_, R>) {
    let mut tile = Tile::<R, 4>::new(step.hidden_size, step.gates.len());
    let mut start = 0;
    for gates in step.gates.chunks_mut(tile.len()) {
        let size = gates.len() / 4;
        let units = start..start + size;
        start = units.end;
        let [input, forget, update, output] = tile.load(gates).map(|gate| &mut gate[..size]);
        activation::sigmoid::<R, FMA>(input);
        activation::sigmoid::<R, FMA>(forget);
        activation::tanh::<R, FMA>(update);
        activation::sigmoid::<R, FMA>(output);
        let before = &step.before.c[units.clone()][..size];
        let cell = &mut step.after.c[units.clone()][..size];
        for j in 0..size {
            cell[j] += forget[j] * before[j] + input[j] * update[j];
        }
        let tanh_c = &mut step.extra[units.clone()][..size];
        tanh_c.copy_from_slice(cell);
        activation::tanh::<R, FMA>(tanh_c);
        let hidden = &mut step.after.h[units][..size];
        for j in 0..size {
            hidden[j] += output[j] * tanh_c[j];
        }
        tile.store(gates);
    }
}

#[inline(always)]
pub(super) fn backward<R: Real>(step: Backward<'_, R>) {
    let mut tile = Tile::<R, 4>::new(step.hidden_size, step.gates.len());
    let mut start = 0;
    for gates in step.gates.chunks_mut(tile.len()) {
        let size = gates.len() / 4;
        let units = start..start + size;
        start = units.end;
        let [i, f, g, o] = tile.load(gates).map(|gate| &mut gate[..size]);
        let tanh_c = &step.extra[units.clone()][..size];
        let before = &step.before.c[units.clone()][..size];
        let dh = &step.grad.h[units.clone()][..size];
        let dc = &mut step.grad.c[units.clone()][..size];
        let carry = &mut step.carry.c[units.clone()][..size];
        for j in 0..size {
            dc[j] += dh[j] * o[j] * (R::ONE - tanh_c[j] * tanh_c[j]);
            o[j] = dh[j] * tanh_c[j] * o[j] * (R::ONE - o[j]);
        }
        for j in 0..size {
            carry[j] = dc[j] * f[j];
            f[j] = dc[j] * before[j] * f[j] * (R::ONE - f[j]);
            let (input, update) = (i[j], g[j]);
            i[j] = dc[j] * update * input * (R::ONE - input);
            g[j] = dc[j] * input * (R::ONE - update * update);
        }
        step.carry.h[units].fill(R::default());
        tile.store(gates);
    }
}
