//! Random directions in which derivatives are compared.

use crate::flow::measure::norm;
use crate::rng::Generator;

/// Seed of all directions: the same question has the same check.
const SEED: u64 = 20_260_101;

/// A tensor of smaller numbers than this is moved as though it were of this size: its effect is what
/// counts, and nonlinearities are of size 1.
const SMALLEST: f64 = 0.1;

/// A direction for a tensor with this gradient, of about the size of `like`: its own values, or what
/// they are added to.
/// Sizes are random, from half to one and a half, and signs are those of the gradient, so that no part
/// of the derivative cancels another; where the gradient is zero they are random too.
pub(super) fn direction(like: &[f64], gradient: &[f64], stream: usize) -> Vec<f64> {
    let mut generator = Generator::seeded(SEED.wrapping_add(stream as u64));
    let rms = norm(like) / (like.len().max(1) as f64).sqrt();
    let size = if rms.is_finite() { rms.max(SMALLEST) } else { SMALLEST };
    gradient
        .iter()
        .map(|gradient| {
            let drawn = 2.0 * generator.uniform_f64() - 1.0;
            let length = size * (0.5 + drawn.abs());
            let sign = if *gradient == 0.0 || gradient.is_nan() { drawn } else { *gradient };
            length.copysign(sign)
        })
        .collect()
}

/// Σ a·b.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// `values` moved by `step` times the direction.
pub(super) fn moved(values: &[f64], direction: &[f64], step: f64) -> Vec<f64> {
    values.iter().zip(direction).map(|(value, way)| value + step * way).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_part_of_a_derivative_cancels_another() {
        let (values, gradient) = ([3.0, -4.0, 0.0, 5.0], [1e-3, -2.0, 0.0, f64::NAN]);
        let way = direction(&values, &gradient, 1);
        assert_eq!(way, direction(&values, &gradient, 1));
        assert_ne!(way, direction(&values, &gradient, 2));
        assert!(way[0] > 0.0 && way[1] < 0.0);
        let size = 50_f64.sqrt() / 2.0;
        assert!(way.iter().all(|way| (0.5..=1.5).contains(&(way.abs() / size))), "{way:?}");
        assert!(direction(&[0.0, 0.0], &[0.0, 1.0], 0).iter().all(|way| way.abs() >= 0.05));
    }
}
