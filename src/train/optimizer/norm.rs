//! L2 norms, in f64 whatever the number format, where squares overflow or vanish as well.

use candle_core::{CpuStorage, Storage, Tensor};

use crate::network::kernel::{Job, dispatch};
use crate::network::real::Real;

/// L2 norms of the gradients, before clipping.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::train) struct GradNorms {
    /// Over all parameters.
    pub(in crate::train) total: f64,
    /// By parameter.
    pub(in crate::train) each: Vec<f64>,
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
pub(super) fn length(values: &[f64]) -> f64 {
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

#[cfg(test)]
mod tests {
    use candle_core::Device;

    use super::super::Updater;
    use super::*;

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
