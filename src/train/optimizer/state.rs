//! Applies an update rule to the variables of a network, in place.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use candle_core::backprop::GradStore;
use candle_core::{CpuStorage, InplaceOp1, InplaceOp2, Layout, Tensor, Var};

use super::norm::{GradNorms, length, norm};
use super::{Clip, Optimizer, adam, rmsprop, sgd};
use crate::error::Result;
use crate::network::kernel::{Job, dispatch};
use crate::network::real::Real;

/// An update rule with its running moments, one pair of buffers a parameter.
#[derive(Debug)]
pub(in crate::train) struct Updater {
    optimizer: Optimizer,
    clip: Clip,
    moments: Vec<Mutex<Moments>>,
    /// Updates done.
    updates: i32,
}

#[derive(Debug)]
enum Moments {
    None,
    F32(Pair<f32>),
    F64(Pair<f64>),
}

/// Running averages of the gradient and its square, as far as the rule has them.
#[derive(Clone, Debug)]
pub(super) struct Pair<R> {
    pub(super) first: Vec<R>,
    pub(super) second: Vec<R>,
    /// The parameter before the present update.
    before: Vec<R>,
}

/// What every rule needs to know of the present update.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    pub(super) optimizer: Optimizer,
    /// Learning rate after the schedule.
    pub(super) lr: f64,
    /// This update's number, from 1.
    pub(super) number: i32,
    /// Factor on the gradient from clipping by norm.
    factor: f64,
    /// Size at which single numbers of the gradient are cut.
    limit: f64,
}

impl Moment {
    /// The gradient as the rule sees it: clipped, with the L2 term of weight decay.
    #[inline(always)]
    pub(super) fn gradient<R: Real>(&self, grad: R, parameter: R, weight_decay: R) -> R {
        let limit = R::from_f64(self.limit);
        let grad = grad * R::from_f64(self.factor);
        let grad = if grad > limit { limit } else { grad };
        let grad = if grad < -limit { -limit } else { grad };
        grad + weight_decay * parameter
    }
}

impl Updater {
    /// A rule that has seen nothing yet, for so many parameters.
    pub(in crate::train) fn new(optimizer: Optimizer, clip: Clip, parameters: usize) -> Self {
        let moments = (0..parameters).map(|_| Mutex::new(Moments::None)).collect();
        Self { optimizer, clip, moments, updates: 0 }
    }

    /// The gradients of all variables without gaps in memory; `None` where the loss does not
    /// reach. Done once, as both the norms and the update read every number.
    pub(in crate::train) fn gather(
        variables: &[Var],
        grads: &GradStore,
    ) -> Result<Vec<Option<Tensor>>> {
        let gather = |variable: &Var| grads.get(variable).map(Tensor::contiguous).transpose();
        Ok(variables.iter().map(gather).collect::<candle_core::Result<_>>()?)
    }

    /// Norms of gathered gradients; one that is missing counts 0.
    pub(in crate::train) fn norms(grads: &[Option<Tensor>]) -> Result<GradNorms> {
        let each = grads
            .iter()
            .map(|grad| grad.as_ref().map_or(Ok(0.0), norm))
            .collect::<candle_core::Result<Vec<_>>>()?;
        Ok(GradNorms { total: length(&each), each })
    }

    /// One update of all variables at learning rate `lr`. False if it made a weight or one of the
    /// rule's running averages infinite or NaN: then the weights are those before it, and nothing
    /// more can come of this training.
    pub(in crate::train) fn update(
        &mut self,
        variables: &[Var],
        grads: &[Option<Tensor>],
        norm: f64,
        lr: f64,
    ) -> Result<bool> {
        self.updates += 1;
        let moment = Moment {
            optimizer: self.optimizer,
            lr,
            number: self.updates,
            factor: self.clip.factor(norm),
            limit: self.clip.limit(),
        };
        let finite = AtomicBool::new(true);
        let updated = || variables.iter().zip(grads).zip(&self.moments);
        for ((variable, grad), moments) in updated() {
            if let Some(grad) = grad {
                variable.inplace_op2(grad, &Update { moment, moments, finite: &finite })?;
            }
        }
        let finite = finite.into_inner();
        if !finite {
            for ((variable, grad), moments) in updated() {
                if grad.is_some() {
                    variable.inplace_op1(&TakeBack { moments })?;
                }
            }
        }
        Ok(finite)
    }
}

/// The rule as an operation of candle, which lends it the numbers of a variable to change.
struct Update<'a> {
    moment: Moment,
    moments: &'a Mutex<Moments>,
    /// Made false if something is no longer finite.
    finite: &'a AtomicBool,
}

impl InplaceOp2 for Update<'_> {
    fn name(&self) -> &'static str {
        "optimizer update"
    }

    fn cpu_fwd(
        &self,
        parameter: &mut CpuStorage,
        parameter_layout: &Layout,
        grad: &CpuStorage,
        grad_layout: &Layout,
    ) -> candle_core::Result<()> {
        let (Some((p0, p1)), Some((g0, g1))) =
            (parameter_layout.contiguous_offsets(), grad_layout.contiguous_offsets())
        else {
            candle_core::bail!("an update needs contiguous tensors");
        };
        let moment = self.moment;
        let mut moments = self.moments.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*moments, Moments::None) {
            *moments = match parameter {
                CpuStorage::F32(_) => Moments::F32(Pair::zeros(p1 - p0)),
                _ => Moments::F64(Pair::zeros(p1 - p0)),
            };
        }
        let finite = match (parameter, grad, &mut *moments) {
            (CpuStorage::F32(parameter), CpuStorage::F32(grad), Moments::F32(pair)) => {
                let parameter = &mut parameter[p0..p1];
                dispatch(Rule { moment, parameter, grad: &grad[g0..g1], pair })
            }
            (CpuStorage::F64(parameter), CpuStorage::F64(grad), Moments::F64(pair)) => {
                let parameter = &mut parameter[p0..p1];
                dispatch(Rule { moment, parameter, grad: &grad[g0..g1], pair })
            }
            _ => candle_core::bail!("parameter and gradient differ in number format"),
        };
        if !finite {
            self.finite.store(false, Ordering::Relaxed);
        }
        Ok(())
    }
}

/// Puts the numbers of a variable back to what they were before the last update.
struct TakeBack<'a> {
    moments: &'a Mutex<Moments>,
}

impl InplaceOp1 for TakeBack<'_> {
    fn name(&self) -> &'static str {
        "optimizer update, taken back"
    }

    fn cpu_fwd(&self, parameter: &mut CpuStorage, layout: &Layout) -> candle_core::Result<()> {
        let Some((start, end)) = layout.contiguous_offsets() else {
            candle_core::bail!("an update needs contiguous tensors");
        };
        let moments = self.moments.lock().unwrap_or_else(PoisonError::into_inner);
        match (parameter, &*moments) {
            (CpuStorage::F32(parameter), Moments::F32(pair)) => {
                parameter[start..end].copy_from_slice(&pair.before);
            }
            (CpuStorage::F64(parameter), Moments::F64(pair)) => {
                parameter[start..end].copy_from_slice(&pair.before);
            }
            _ => candle_core::bail!("there was no update to take back"),
        }
        Ok(())
    }
}

impl<R: Real> Pair<R> {
    fn zeros(n: usize) -> Self {
        let zeros = || vec![R::default(); n];
        Self { first: zeros(), second: zeros(), before: zeros() }
    }
}

/// One update of one parameter; says whether all is finite after it.
struct Rule<'a, R> {
    moment: Moment,
    parameter: &'a mut [R],
    grad: &'a [R],
    pair: &'a mut Pair<R>,
}

impl<R: Real> Job for Rule<'_, R> {
    type Output = bool;

    // Torch rounds every product, so nothing is fused here.
    #[inline(always)]
    fn run<const FMA: bool>(self) -> bool {
        let Self { moment, parameter, grad, pair } = self;
        pair.before.copy_from_slice(parameter);
        match moment.optimizer {
            Optimizer::Adam { .. } | Optimizer::AdamW { .. } => {
                adam::update(&moment, parameter, grad, pair);
            }
            Optimizer::Sgd { momentum, weight_decay, .. } => {
                sgd::update(&moment, momentum, weight_decay, parameter, grad, &mut pair.first);
            }
            Optimizer::RmsProp { .. } => {
                rmsprop::update(&moment, parameter, grad, &mut pair.second);
            }
        }
        all_finite(parameter) & all_finite(&pair.first) & all_finite(&pair.second)
    }
}

/// Without a way out half-way, which would keep the compiler from looking at many at once.
#[inline(always)]
fn all_finite<R: Real>(values: &[R]) -> bool {
    values.iter().fold(true, |all, value| all & value.to_f64().is_finite())
}

mod keep;
#[cfg(test)]
mod tests;
