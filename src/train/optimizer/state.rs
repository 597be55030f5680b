//! Applies an update rule to the variables of a network, in place.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use candle_core::backprop::GradStore;
use candle_core::{CpuStorage, InplaceOp1, InplaceOp2, Layout, Storage, Tensor, Var};

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

/// L2 norms of the gradients, before clipping.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::train) struct GradNorms {
    /// Over all parameters.
    pub(in crate::train) total: f64,
    /// By parameter.
    pub(in crate::train) each: Vec<f64>,
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

/// L2 norm of a tensor in f64, without copying it.
pub(in crate::train) fn norm(tensor: &Tensor) -> candle_core::Result<f64> {
    fn of<R: Real>(values: &[R]) -> f64 {
        let sum = dispatch(Squares(values));
        // Squares of f32 always fit into f64; those of f64 may be too large or too small for it.
        let fits = sum.is_normal();
        if fits { sum.sqrt() } else { length_scaled(values.iter().map(|value| value.to_f64())) }
    }
    let tensor = tensor.contiguous()?;
    let (storage, layout) = tensor.storage_and_layout();
    let (start, end) = layout.contiguous_offsets().unwrap_or_default();
    Ok(match &*storage {
        Storage::Cpu(CpuStorage::F32(values)) => of(&values[start..end]),
        Storage::Cpu(CpuStorage::F64(values)) => of(&values[start..end]),
        _ => candle_core::bail!("the norm of {:?} is not known", tensor.dtype()),
    })
}

/// L2 norm of a few numbers.
fn length(values: &[f64]) -> f64 {
    let sum = values.iter().map(|value| value * value).sum::<f64>();
    if sum.is_normal() { sum.sqrt() } else { length_scaled(values.iter().copied()) }
}

/// L2 norm of numbers whose squares overflow or vanish: they are divided by the largest before. NaN
/// if one is NaN.
fn length_scaled(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let largest = values.clone().map(f64::abs).fold(0.0, |largest, value| {
        if value > largest || value.is_nan() { value } else { largest }
    });
    if largest == 0.0 || !largest.is_finite() {
        return largest;
    }
    let sum: f64 = values.map(|value| (value / largest).powi(2)).sum();
    largest * sum.sqrt()
}

/// The sum of squares in f64, in lanes: one running sum would wait for itself at every number.
struct Squares<'a, R>(&'a [R]);

impl<R: Real> Job for Squares<'_, R> {
    type Output = f64;

    #[inline(always)]
    fn run<const FMA: bool>(self) -> f64 {
        const LANES: usize = 16;
        let mut sums = [0.0; LANES];
        let chunks = self.0.chunks_exact(LANES);
        for (sum, value) in sums.iter_mut().zip(chunks.remainder()) {
            *sum += value.to_f64() * value.to_f64();
        }
        for chunk in chunks {
            for (sum, value) in sums.iter_mut().zip(chunk) {
                let value = value.to_f64();
                *sum = value.mul_add_if::<FMA>(value, *sum);
            }
        }
        sums.iter().sum()
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

#[cfg(test)]
mod tests {
    use candle_core::Device;

    use super::*;

    fn rules(lr: f64) -> [Optimizer; 5] {
        [
            Optimizer::adam(lr),
            Optimizer::adamw(lr),
            Optimizer::sgd(lr, 0.0),
            Optimizer::sgd(lr, 0.9),
            Optimizer::rmsprop(lr),
        ]
    }

    /// The weights after updates on these gradients, and whether the last was done.
    fn after(rule: Optimizer, clip: Clip, grads: &[[f32; 2]]) -> (Vec<f32>, bool) {
        let one = Var::new(&[1.0_f32, -2.0], &Device::Cpu).unwrap();
        let other = Var::new(&[0.5_f32, 0.25], &Device::Cpu).unwrap();
        let variables = [one, other];
        let mut updater = Updater::new(rule, clip, 2);
        let mut done = true;
        for grad in grads {
            assert!(done, "{rule:?}");
            let quiet = Tensor::new(&[1e-3_f32, 1e-3], &Device::Cpu).unwrap();
            let grads = [Some(Tensor::new(grad, &Device::Cpu).unwrap()), Some(quiet)];
            let norm = Updater::norms(&grads).unwrap().total;
            done = updater.update(&variables, &grads, norm, rule.lr()).unwrap();
        }
        (variables.iter().flat_map(|one| one.to_vec1::<f32>().unwrap()).collect(), done)
    }

    #[test]
    fn an_update_that_is_not_finite_is_taken_back_by_every_rule() {
        for rule in rules(1e38) {
            for clip in [Clip::None, Clip::Value(1e30)] {
                let (weights, done) = after(rule, clip, &[[1e3, 0.0]]);
                assert!(!done, "{rule:?} {clip:?}");
                assert_eq!(weights, [1.0, -2.0, 0.5, 0.25], "{rule:?} {clip:?}");
            }
        }
        // Only the decay overflows.
        let decay =
            Optimizer::AdamW { lr: 1e20, betas: (0.9, 0.999), eps: 1e-8, weight_decay: 1e20 };
        assert_eq!(after(decay, Clip::None, &[[0.0, 0.0]]), (vec![1.0, -2.0, 0.5, 0.25], false));
        let l2 = Optimizer::Sgd { lr: 1e20, momentum: 0.0, weight_decay: 1e20 };
        assert_eq!(after(l2, Clip::None, &[[0.0, 0.0]]), (vec![1.0, -2.0, 0.5, 0.25], false));
    }

    #[test]
    fn running_averages_that_overflow_end_a_training_that_could_only_stand_still() {
        for rule in rules(1e-3) {
            let keeps_squares = !matches!(rule, Optimizer::Sgd { .. });
            let (weights, done) = after(rule, Clip::None, &[[0.1, 0.1], [1e30, 0.1]]);
            assert_eq!(done, !keeps_squares, "{rule:?}");
            let (first, _) = after(rule, Clip::None, &[[0.1, 0.1]]);
            assert!(done || weights == first, "{rule:?}: {weights:?}");
            assert!(after(rule, Clip::Norm(1.0), &[[0.1, 0.1], [1e30, 0.1]]).1, "{rule:?}");
        }
        let pushed = [[2e38, 0.0], [3e38, 0.0]];
        assert!(!after(Optimizer::sgd(1e-30, 0.9), Clip::None, &pushed).1, "momentum");
    }

    #[test]
    fn norms_of_f64_survive_where_squares_do_not() {
        let norm = |values: &[f64]| norm(&Tensor::new(values, &Device::Cpu).unwrap()).unwrap();
        assert!((norm(&[3e200, -4e200]) / 5e200 - 1.0).abs() < 1e-15);
        assert!((norm(&[3e-200, 4e-200]) / 5e-200 - 1.0).abs() < 1e-15);
        assert_eq!((norm(&[0.0, 0.0]), norm(&[1.0, f64::NEG_INFINITY])), (0.0, f64::INFINITY));
        assert!(norm(&[f64::NAN, 1.0]).is_nan() && norm(&[f64::INFINITY, f64::NAN]).is_nan());
        let grads = [1e-200, 1e-201].map(|g| Some(Tensor::new(&[g], &Device::Cpu).unwrap()));
        assert!(Updater::norms(&grads).unwrap().total > 1e-200);
    }
}
