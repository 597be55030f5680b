//! Stochastic gradient descent with momentum (Polyak 1964) in the form of `torch.optim.SGD`:
//! v = μ v + g, θ = θ - lr v, with v = g at the first step.

use super::state::Moment;
use crate::network::real::Real;

#[inline(always)]
pub(super) fn update<R: Real>(
    moment: &Moment,
    momentum: f64,
    weight_decay: f64,
    parameter: &mut [R],
    grad: &[R],
    velocity: &mut [R],
) {
    let (momentum, l2) = (R::from_f64(momentum), R::from_f64(weight_decay));
    let step = R::from_f64(-moment.lr);
    for ((parameter, &grad), velocity) in parameter.iter_mut().zip(grad).zip(velocity) {
        // The velocity starts at zero, which makes the first step torch's special case.
        *velocity = momentum * *velocity + moment.gradient(grad, *parameter, l2);
        *parameter += step * *velocity;
    }
}
