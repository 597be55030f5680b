//! Nonlinearities over slices, a vector at a time to the last number: what is left over is filled up
//! with zeros, because one number costs as much as a vector of them.

use crate::network::real::Real;

/// Numbers in the widest vector.
const LANES: usize = 16;

/// tanh of each number.
#[inline(always)]
pub(super) fn tanh<R: Real, const FMA: bool>(values: &mut [R]) {
    let whole = values.len() - values.len() % LANES;
    let (whole, rest) = values.split_at_mut(whole);
    for value in whole {
        *value = value.tanh_fast::<FMA>();
    }
    if !rest.is_empty() {
        let mut padded = padded(rest);
        for value in &mut padded {
            *value = value.tanh_fast::<FMA>();
        }
        rest.copy_from_slice(&padded[..rest.len()]);
    }
}

/// The logistic function of each number.
#[inline(always)]
pub(super) fn sigmoid<R: Real, const FMA: bool>(values: &mut [R]) {
    let whole = values.len() - values.len() % LANES;
    let (whole, rest) = values.split_at_mut(whole);
    for value in whole {
        *value = value.sigmoid_fast::<FMA>();
    }
    if !rest.is_empty() {
        let mut padded = padded(rest);
        for value in &mut padded {
            *value = value.sigmoid_fast::<FMA>();
        }
        rest.copy_from_slice(&padded[..rest.len()]);
    }
}

#[inline(always)]
fn padded<R: Real>(rest: &[R]) -> [R; LANES] {
    let mut padded = [R::default(); LANES];
    padded[..rest.len()].copy_from_slice(rest);
    padded
}
