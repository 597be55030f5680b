//! The LSTM with forget gate (Gers, Schmidhuber & Cummins 2000), as in `nn.LSTM`:
//! c' = σ(f) c + σ(i) tanh(g), h' = σ(o) tanh(c'), gates in the order i, f, g, o.
//!
//! Slices are cut to one length before a loop: the compiler then needs no bounds checks inside,
//! and the loop runs on whole vectors.

use super::{Backward, Forward};
use crate::network::real::Real;

#[inline(always)]
pub(super) fn forward<R: Real, const FMA: bool>(step: Forward<'_, R>) {
    let size = step.hidden_size;
    for (row, gates) in step.gates.chunks_exact_mut(4 * size).enumerate() {
        let (input_forget, update_output) = gates.split_at_mut(2 * size);
        let (update, output) = update_output.split_at_mut(size);
        for a in &mut *input_forget {
            *a = a.sigmoid_fast::<FMA>();
        }
        for a in &mut *update {
            *a = a.tanh_fast::<FMA>();
        }
        for a in &mut *output {
            *a = a.sigmoid_fast::<FMA>();
        }
        let (input, forget) = input_forget.split_at(size);
        let [input, forget, update, output] =
            [input, forget, &*update, &*output].map(|gate| &gate[..size]);
        let unit = row * size..(row + 1) * size;
        let before = &step.before.c[unit.clone()][..size];
        let cell = &mut step.after.c[unit.clone()][..size];
        for j in 0..size {
            cell[j] += forget[j] * before[j] + input[j] * update[j];
        }
        let tanh_c = &mut step.extra[unit.clone()][..size];
        let hidden = &mut step.after.h[unit][..size];
        for j in 0..size {
            tanh_c[j] = cell[j].tanh_fast::<FMA>();
        }
        for j in 0..size {
            hidden[j] += output[j] * tanh_c[j];
        }
    }
}

#[inline(always)]
pub(super) fn backward<R: Real>(step: Backward<'_, R>) {
    let size = step.hidden_size;
    for (row, gates) in step.gates.chunks_exact_mut(4 * size).enumerate() {
        let (i, rest) = gates.split_at_mut(size);
        let (f, rest) = rest.split_at_mut(size);
        let (g, o) = rest.split_at_mut(size);
        let [i, f, g, o] = [i, f, g, o].map(|gate| &mut gate[..size]);
        let unit = row * size..(row + 1) * size;
        let tanh_c = &step.extra[unit.clone()][..size];
        let before = &step.before.c[unit.clone()][..size];
        let dh = &step.grad.h[unit.clone()][..size];
        let dc = &mut step.grad.c[unit.clone()][..size];
        let carry = &mut step.carry.c[unit.clone()][..size];
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
        step.carry.h[unit].fill(R::default());
    }
}
