//! RMSprop (Tieleman & Hinton 2012) in the form of `torch.optim.RMSprop`:
//! s = α s + (1 - α) g², θ = θ - lr g / (√s + ε).

use super::Optimizer;
use super::state::Moment;
use crate::network::real::Real;

#[inline(always)]
pub(super) fn update<R: Real>(moment: &Moment, parameter: &mut [R], grad: &[R], square: &mut [R]) {
    let Optimizer::RmsProp { alpha, eps, weight_decay, .. } = moment.optimizer else {
        return;
    };
    let number = |value: f64| R::from_f64(value);
    let (keep, take) = (number(alpha), number(1.0 - alpha));
    let (eps, l2, step) = (number(eps), number(weight_decay), number(-moment.lr));
    for ((parameter, &grad), square) in parameter.iter_mut().zip(grad).zip(square) {
        let grad = moment.gradient(grad, *parameter, l2);
        *square = keep * *square + take * grad * grad;
        *parameter += step * grad / (square.root() + eps);
    }
}
