//! Eigenvalues and the largest singular value of recurrent matrices.

use faer::{Mat, c64};

use super::report::Spectrum;

impl Spectrum {
    /// The spectrum of a square matrix. A matrix with NaN or infinity has NaN throughout.
    pub fn of(matrix: &Mat<f64>) -> Self {
        let n = matrix.nrows();
        // faer's norms skip NaN, so it is looked for first.
        let broken = (0..n).any(|j| matrix.col(j).iter().any(|value| !value.is_finite()));
        let largest = matrix.norm_max();
        if broken {
            return Self::uniform(n, f64::NAN);
        }
        if largest == 0.0 {
            return Self::uniform(n, 0.0);
        }
        // Unit size keeps the iteration away from underflow, however small the weights are scaled.
        let unit = Mat::from_fn(n, n, |i, j| matrix[(i, j)] / largest);
        let (Ok(mut eigenvalues), Ok(singular_values)) =
            (unit.eigenvalues(), unit.singular_values())
        else {
            // No convergence: the numbers are not known, which NaN says.
            return Self::uniform(n, f64::NAN);
        };
        eigenvalues.sort_by(|a, b| b.norm().total_cmp(&a.norm()).then(b.im.total_cmp(&a.im)));
        Self {
            radius: eigenvalues.first().map_or(0.0, |first| first.norm()),
            sigma_max: singular_values.first().copied().unwrap_or(0.0),
            eigenvalues,
        }
        .scaled(largest)
    }

    /// |λ|max alone, of a square matrix; NaN if that holds NaN or infinity.
    pub(super) fn radius_of(matrix: &Mat<f64>) -> f64 {
        let n = matrix.nrows();
        let largest = matrix.norm_max();
        if (0..n).any(|j| matrix.col(j).iter().any(|value| !value.is_finite())) {
            return f64::NAN;
        }
        if largest == 0.0 || n == 1 {
            return largest;
        }
        let unit = Mat::from_fn(n, n, |i, j| matrix[(i, j)] / largest);
        let Ok(eigenvalues) = unit.eigenvalues() else { return f64::NAN };
        largest * eigenvalues.into_iter().map(|value| value.norm()).fold(0.0, f64::max)
    }

    /// Every eigenvalue and both norms equal to one number.
    fn uniform(n: usize, value: f64) -> Self {
        let eigenvalues = vec![c64::new(value, if value.is_nan() { value } else { 0.0 }); n];
        Self { eigenvalues, radius: value, sigma_max: value }
    }

    /// The spectrum of `factor` times the matrix: λ(sW) = s λ(W), σ(sW) = |s| σ(W).
    pub fn scaled(&self, factor: f64) -> Self {
        let Self { eigenvalues, radius, sigma_max } = self;
        Self {
            eigenvalues: eigenvalues.iter().map(|value| value * factor).collect(),
            radius: radius * factor.abs(),
            sigma_max: sigma_max * factor.abs(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Generator;

    fn cyclic(n: usize, size: f64) -> Mat<f64> {
        Mat::from_fn(n, n, |i, j| if (i + 1) % n == j { size } else { 0.0 })
    }

    #[test]
    fn a_rotation_has_its_angle() {
        let (sin, cos) = 0.3f64.sin_cos();
        let rotation = [[cos, -sin], [sin, cos]];
        let spectrum = Spectrum::of(&Mat::from_fn(2, 2, |i, j| rotation[i][j]));
        assert!((spectrum.radius - 1.0).abs() < 1e-14);
        assert!((spectrum.eigenvalues[0].im.atan2(spectrum.eigenvalues[0].re) - 0.3).abs() < 1e-14);
        assert!((spectrum.sigma_max - 1.0).abs() < 1e-14);
    }

    /// Cyclic permutations stall QR iterations without exceptional shifts.
    #[test]
    fn cyclic_permutations_do_not_stall() {
        for n in [1, 2, 3, 4, 7, 16, 33, 100] {
            for value in &Spectrum::of(&cyclic(n, 1.0)).eigenvalues {
                assert!((value.norm() - 1.0).abs() < 1e-10, "{n}: {value}");
            }
        }
    }

    #[test]
    fn tiny_zero_and_broken_matrices_have_answers() {
        let tiny = Spectrum::of(&cyclic(4, 1e-300));
        assert!((tiny.radius / 1e-300 - 1.0).abs() < 1e-10);
        assert_eq!(Spectrum::of(&Mat::zeros(3, 3)).radius, 0.0);
        for value in [f64::INFINITY, f64::NAN] {
            let mut broken = cyclic(3, 1.0);
            broken[(1, 1)] = value;
            assert!(Spectrum::of(&broken).radius.is_nan());
        }
    }

    #[test]
    fn the_radius_alone_is_that_of_the_spectrum() {
        let mut generator = Generator::seeded(9);
        for n in [1, 2, 5, 20, 64] {
            let matrix = Mat::from_fn(n, n, |_, _| generator.uniform_f64() - 0.5);
            let (found, expected) = (Spectrum::radius_of(&matrix), Spectrum::of(&matrix).radius);
            assert!((found / expected - 1.0).abs() < 1e-12, "{n}: {found} {expected}");
        }
        assert_eq!(Spectrum::radius_of(&Mat::zeros(3, 3)), 0.0);
        assert!(Spectrum::radius_of(&Mat::from_fn(2, 2, |_, _| f64::NAN)).is_nan());
    }

    #[test]
    fn scaling_a_matrix_scales_its_spectrum() {
        let mut generator = Generator::seeded(4);
        let matrix = Mat::from_fn(12, 12, |_, _| generator.uniform_f64() - 0.5);
        let direct = Spectrum::of(&Mat::from_fn(12, 12, |i, j| -2.5 * matrix[(i, j)]));
        let scaled = Spectrum::of(&matrix).scaled(-2.5);
        assert!((direct.radius - scaled.radius).abs() < 1e-12);
        assert!((direct.sigma_max - scaled.sigma_max).abs() < 1e-12);
    }
}
