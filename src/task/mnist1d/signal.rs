//! Operations on sampled curves, with the arithmetic of the NumPy and SciPy functions named.

/// Half width of [`smooth`]'s kernel: four standard deviations.
const RADIUS: usize = 8;

/// `n` values evenly from `low` to `high`, both included (`numpy.linspace`); `n` is at least 2.
pub(super) fn linspace(low: f64, high: f64, n: usize) -> Vec<f64> {
    let step = (high - low) / (n - 1) as f64;
    let mut values: Vec<f64> = (0..n).map(|i| i as f64 * step + low).collect();
    // Rounding must not move the end.
    values[n - 1] = high;
    values
}

/// A curve over 0..1 sampled at `n` even points, linear in between (`numpy.interp`).
pub(super) fn resample(curve: &[f64], n: usize) -> Vec<f64> {
    let last = curve.len() - 1;
    let knots = linspace(0.0, 1.0, curve.len());
    let mut left = 0;
    let mut at = |x: f64| {
        while left < last && knots[left + 1] <= x {
            left += 1;
        }
        if left == last || knots[left] == x {
            return curve[left];
        }
        let slope = (curve[left + 1] - curve[left]) / (knots[left + 1] - knots[left]);
        slope * (x - knots[left]) + curve[left]
    };
    linspace(0.0, 1.0, n).into_iter().map(&mut at).collect()
}

/// Convolution with a Gaussian of standard deviation 2 samples, reflected at the ends
/// (`scipy.ndimage.gaussian_filter1d(curve, 2)`); at least [`RADIUS`] values.
pub(super) fn smooth(curve: &[f64]) -> Vec<f64> {
    let kernel = gaussian();
    let inner = curve.len();
    let padded: Vec<f64> = curve[..RADIUS]
        .iter()
        .rev()
        .chain(curve)
        .chain(curve[inner - RADIUS..].iter().rev())
        .copied()
        .collect();
    (RADIUS..RADIUS + inner)
        .map(|i| {
            // From the edge of the kernel inward: the order decides the last bit.
            (1..=RADIUS).rev().fold(padded[i] * kernel[0], |sum, reach| {
                sum + (padded[i - reach] + padded[i + reach]) * kernel[reach]
            })
        })
        .collect()
}

/// The Gaussian at 0..=[`RADIUS`]; both wings together sum to one.
fn gaussian() -> [f64; RADIUS + 1] {
    let heights: [f64; RADIUS + 1] = std::array::from_fn(|x| ((x * x) as f64 * -0.125).exp());
    let total = heights[0] + 2.0 * heights[1..].iter().sum::<f64>();
    heights.map(|height| height / total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resampling_keeps_straight_lines_and_ends() {
        let line = linspace(-3.0, 5.0, 13);
        for (found, expected) in resample(&line, 72).iter().zip(linspace(-3.0, 5.0, 72)) {
            assert!((found - expected).abs() < 1e-14, "{found} {expected}");
        }
        let kinked = [0.5, -1.0, 4.0];
        assert_eq!(resample(&kinked, 5), [0.5, -0.25, -1.0, 1.5, 4.0]);
    }

    #[test]
    fn smoothing_keeps_constants_and_sums_and_spreads_a_spike() {
        assert!(smooth(&[2.0; 20]).iter().all(|value| (value - 2.0).abs() < 1e-14));
        let mut spike = [0.0; 30];
        spike[2] = 1.0;
        let smoothed = smooth(&spike);
        assert!((smoothed.iter().sum::<f64>() - 1.0).abs() < 1e-14);
        // SciPy 1.17 gives these at the reflected edge.
        let edge =
            [0.18574742637007646, 0.20303171685208918, 0.20823895222753086, 0.1782517220573869];
        for (found, expected) in smoothed.iter().zip(edge) {
            assert!((found - expected).abs() < 1e-15, "{found} {expected}");
        }
    }
}
