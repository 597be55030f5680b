//! The GRU (Cho et al. 2014) in the variant of `nn.GRU`, which resets after the product:
//! n = tanh(W_in x + b_in + r ⊙ (W_hn h + b_hn)), h' = (1 - z) n + z h, gates in the order r, z, n.
//!
//! Slices are cut to one length before a loop, as in the LSTM, so that it runs on whole vectors.

use super::{Backward, Forward};
use crate::network::real::Real;

#[inline(always)]
pub(super) fn forward<R: Real, const FMA: bool>(step: Forward<'_, R>) {
    let size = step.hidden_size;
    let rows = step.gates.chunks_exact_mut(3 * size).zip(step.recurrent.chunks_exact(3 * size));
    for (row, (gates, recurrent)) in rows.enumerate() {
        let (reset_update, new) = gates.split_at_mut(2 * size);
        let (recurrent_gates, recurrent_new) = recurrent.split_at(2 * size);
        for (a, &u) in reset_update.iter_mut().zip(recurrent_gates) {
            *a = (*a + u).sigmoid_fast::<FMA>();
        }
        let (reset, update) = reset_update.split_at(size);
        let [reset, update, recurrent_new] =
            [reset, update, recurrent_new].map(|gate| &gate[..size]);
        let new = &mut new[..size];
        let unit = row * size..(row + 1) * size;
        step.extra[unit.clone()].copy_from_slice(recurrent_new);
        let before = &step.before.h[unit.clone()][..size];
        let hidden = &mut step.after.h[unit][..size];
        for j in 0..size {
            new[j] = (new[j] + reset[j] * recurrent_new[j]).tanh_fast::<FMA>();
        }
        for j in 0..size {
            hidden[j] += (R::ONE - update[j]) * new[j] + update[j] * before[j];
        }
    }
}

#[inline(always)]
pub(super) fn backward<R: Real>(step: Backward<'_, R>) {
    let size = step.hidden_size;
    for (row, gates) in step.gates.chunks_exact_mut(3 * size).enumerate() {
        let (reset, rest) = gates.split_at_mut(size);
        let (update, new) = rest.split_at_mut(size);
        let [reset, update, new] = [reset, update, new].map(|gate| &mut gate[..size]);
        let unit = row * size..(row + 1) * size;
        let recurrent_new = &mut step.extra[unit.clone()][..size];
        let before = &step.before.h[unit.clone()][..size];
        let dh = &step.grad.h[unit.clone()][..size];
        let carry = &mut step.carry.h[unit][..size];
        for j in 0..size {
            let (r, z, n) = (reset[j], update[j], new[j]);
            let d_new = dh[j] * (R::ONE - z) * (R::ONE - n * n);
            carry[j] = dh[j] * z;
            update[j] = dh[j] * (before[j] - n) * z * (R::ONE - z);
            reset[j] = d_new * recurrent_new[j] * r * (R::ONE - r);
            new[j] = d_new;
            recurrent_new[j] = d_new * r;
        }
    }
}
