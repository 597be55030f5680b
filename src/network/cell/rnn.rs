//! The Elman RNN (Elman 1990), as in `nn.RNN`: h' = f(a), a = W_ih x + b + W_hh h.

use super::{Backward, Forward, activation};
use crate::network::real::Real;
use crate::network::spec::Nonlinearity;

#[inline(always)]
pub(super) fn forward<R: Real, const FMA: bool>(nonlinearity: Nonlinearity, step: Forward<'_, R>) {
    match nonlinearity {
        Nonlinearity::Tanh => activation::tanh::<R, FMA>(step.gates),
        Nonlinearity::Relu => {
            for a in &mut *step.gates {
                // NaN must survive, so negatives are replaced rather than a maximum taken.
                *a = if *a < R::default() { R::default() } else { *a };
            }
        }
        Nonlinearity::Identity => {}
    }
    for (h, &y) in step.after.h.iter_mut().zip(&*step.gates) {
        *h += y;
    }
}

/// dL/da = dL/dh' · f'(a), with f' from the activation y = f(a) that the forward step left.
#[inline(always)]
pub(super) fn backward<R: Real>(nonlinearity: Nonlinearity, step: Backward<'_, R>) {
    let pairs = step.gates.iter_mut().zip(&*step.grad.h);
    match nonlinearity {
        Nonlinearity::Tanh => {
            for (y, &grad) in pairs {
                *y = grad * (R::ONE - *y * *y);
            }
        }
        Nonlinearity::Relu => {
            for (y, &grad) in pairs {
                *y = if *y <= R::default() { R::default() } else { grad };
            }
        }
        Nonlinearity::Identity => {
            for (y, &grad) in pairs {
                *y = grad;
            }
        }
    }
    step.carry.h.fill(R::default());
}
