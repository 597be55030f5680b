//! The GRU (Cho et al. 2014) in the variant of `nn.GRU`, which resets after the product:
//! n = tanh(W_in x + b_in + r ⊙ (W_hn h + b_hn)), h' = (1 - z) n + z h, gates in the order r, z, n.
//!
//! Slices are cut to one length before a loop, as in the LSTM, so that it runs on whole vectors.

use super::tile::Tile;
use super::{Backward, Forward, activation};
use crate::network::real::Real;

#[inline(always)]
pub(super) fn forward<R: Real, const FMA: bool>(step: Forward<'_, R>) {
    let mut tile = Tile::<R, 3>::new(step.hidden_size, step.gates.len());
    let mut recurrent = Tile::<R, 3>::new(step.hidden_size, step.gates.len());
    let tiles = step.gates.chunks_mut(tile.len()).zip(step.recurrent.chunks_mut(tile.len()));
    let mut start = 0;
    for (gates, shares) in tiles {
        let size = gates.len() / 3;
        let units = start..start + size;
        start = units.end;
        let [reset, update, new] = tile.load(gates).map(|gate| &mut gate[..size]);
        let [to_reset, to_update, to_new] = recurrent.load(shares).map(|gate| &gate[..size]);
        for j in 0..size {
            reset[j] += to_reset[j];
            update[j] += to_update[j];
        }
        activation::sigmoid::<R, FMA>(reset);
        activation::sigmoid::<R, FMA>(update);
        for j in 0..size {
            new[j] += reset[j] * to_new[j];
        }
        activation::tanh::<R, FMA>(new);
        step.extra[units.clone()].copy_from_slice(to_new);
        let before = &step.before.h[units.clone()][..size];
        let hidden = &mut step.after.h[units][..size];
        for j in 0..size {
            hidden[j] += (R::ONE - update[j]) * new[j] + update[j] * before[j];
        }
        tile.store(gates);
    }
}

#[inline(always)]
pub(super) fn backward<R: Real>(step: Backward<'_, R>) {
    let mut tile = Tile::<R, 3>::new(step.hidden_size, step.gates.len());
    let mut start = 0;
    for gates in step.gates.chunks_mut(tile.len()) {
        let size = gates.len() / 3;
        let units = start..start + size;
        start = units.end;
        let [reset, update, new] = tile.load(gates).map(|gate| &mut gate[..size]);
        let recurrent_new = &mut step.extra[units.clone()][..size];
        let before = &step.before.h[units.clone()][..size];
        let dh = &step.grad.h[units.clone()][..size];
        let carry = &mut step.carry.h[units][..size];
        for j in 0..size {
            let (r, z, n) = (reset[j], update[j], new[j]);
            let d_new = dh[j] * (R::ONE - z) * (R::ONE - n * n);
            carry[j] = dh[j] * z;
            update[j] = dh[j] * (before[j] - n) * z * (R::ONE - z);
            reset[j] = d_new * recurrent_new[j] * r * (R::ONE - r);
            new[j] = d_new;
            recurrent_new[j] = d_new * r;
        }
        tile.store(gates);
    }
}
