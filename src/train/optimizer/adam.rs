//! Adam (Kingma & Ba 2015, algorithm 1) and AdamW (Loshchilov & Hutter 2019, algorithm 2), with
//! the order of operations of `torch.optim`.

use super::Optimizer;
use super::state::{Moment, Pair};
use crate::network::real::Real;

#[inline(always)]
pub(super) fn update<R: Real>(
    moment: &Moment,
    parameter: &mut [R],
    grad: &[R],
    pair: &mut Pair<R>,
) {
    let (decoupled, betas, eps, weight_decay) = match moment.optimizer {
        Optimizer::Adam { betas, eps, weight_decay, .. } => (false, betas, eps, weight_decay),
        Optimizer::AdamW { betas, eps, weight_decay, .. } => (true, betas, eps, weight_decay),
        Optimizer::Sgd { .. } | Optimizer::RmsProp { .. } => return,
    };
    let (beta_1, beta_2) = betas;
    let correction_1 = 1.0 - beta_1.powi(moment.number);
    let correction_2 = (1.0 - beta_2.powi(moment.number)).sqrt();
    let number = |value: f64| R::from_f64(value);
    let step_size = number(-(moment.lr / correction_1));
    let shrink = number(if decoupled { 1.0 - moment.lr * weight_decay } else { 1.0 });
    let l2 = number(if decoupled { 0.0 } else { weight_decay });
    let (keep_2, take_1, take_2) = (number(beta_2), number(1.0 - beta_1), number(1.0 - beta_2));
    let (root_correction, eps) = (number(correction_2), number(eps));
    let moments = pair.first.iter_mut().zip(&mut pair.second);
    for ((parameter, &grad), (first, second)) in parameter.iter_mut().zip(grad).zip(moments) {
        let grad = moment.gradient(grad, *parameter, l2);
        *parameter *= shrink;
        *first += take_1 * (grad - *first);
        *second = *second * keep_2 + take_2 * grad * grad;
        let denominator = second.root() / root_correction + eps;
        *parameter += step_size * *first / denominator;
    }
}
