//! Eigenvalues and the largest singular value of recurrent matrices.

use nalgebra::{Complex, DMatrix, Schur};

use super::report::Spectrum;

/// QR sweeps allowed per eigenvalue; convergence takes two or three.
const SWEEPS_PER_EIGENVALUE: usize = 60;

impl Spectrum {
    /// The spectrum of a square matrix. A matrix with NaN or infinity has NaN throughout.
    pub fn of(matrix: &DMatrix<f64>) -> Self {
        let n = matrix.nrows();
        let largest = matrix.amax();
        if matrix.iter().any(|value| !value.is_finite()) {
            return Self {
                eigenvalues: vec![Complex::new(f64::NAN, f64::NAN); n],
                radius: f64::NAN,
                sigma_max: f64::NAN,
            };
        }
        if largest == 0.0 {
            return Self {
                eigenvalues: vec![Complex::new(0.0, 0.0); n],
                radius: 0.0,
                sigma_max: 0.0,
            };
        }
        // Unit size keeps the iteration away from underflow, however small the weights are scaled.
        let unit = matrix / largest;
        let sigma_max = unit.singular_values().max();
        let mut eigenvalues = eigenvalues(unit);
        eigenvalues.sort_by(|a, b| b.norm().total_cmp(&a.norm()).then(b.im.total_cmp(&a.im)));
        Self {
            radius: eigenvalues.first().map_or(0.0, |first| first.norm()),
            eigenvalues,
            sigma_max,
        }
        .scaled(largest)
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

/// Eigenvalues by the real Schur form. Francis' double shifts stall on a few matrices, cyclic
/// permutations among them; an orthogonal similarity, which keeps the eigenvalues, frees them.
fn eigenvalues(matrix: DMatrix<f64>) -> Vec<Complex<f64>> {
    let sweeps = SWEEPS_PER_EIGENVALUE * matrix.nrows();
    let schur = |matrix| Schur::try_new(matrix, f64::EPSILON, sweeps);
    schur(matrix.clone()).or_else(|| schur(reflected(&matrix))).map_or_else(
        || vec![Complex::new(f64::NAN, f64::NAN); matrix.nrows()],
        |schur| schur.complex_eigenvalues().iter().copied().collect(),
    )
}

/// P M P with the Householder reflection P = I - 2 v vᵀ / vᵀv for a v without symmetry.
fn reflected(matrix: &DMatrix<f64>) -> DMatrix<f64> {
    let n = matrix.nrows();
    let v = nalgebra::DVector::from_fn(n, |i, _| 1.0 + (i as f64 * 0.754_877_666).fract());
    let p = DMatrix::identity(n, n) - &v * v.transpose() * (2.0 / v.norm_squared());
    &p * matrix * &p
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Generator;

    fn cyclic(n: usize) -> DMatrix<f64> {
        DMatrix::from_fn(n, n, |i, j| if (i + 1) % n == j { 1.0 } else { 0.0 })
    }

    #[test]
    fn a_rotation_has_its_angle() {
        let (sin, cos) = 0.3f64.sin_cos();
        let spectrum = Spectrum::of(&DMatrix::from_row_slice(2, 2, &[cos, -sin, sin, cos]));
        assert!((spectrum.radius - 1.0).abs() < 1e-14);
        assert!((spectrum.eigenvalues[0].arg() - 0.3).abs() < 1e-14);
        assert!((spectrum.sigma_max - 1.0).abs() < 1e-14);
    }

    #[test]
    fn cyclic_permutations_do_not_stall() {
        for n in [2, 3, 4, 7, 16, 33] {
            let spectrum = Spectrum::of(&cyclic(n));
            for value in &spectrum.eigenvalues {
                assert!((value.norm() - 1.0).abs() < 1e-10, "{n}: {value}");
            }
        }
    }

    #[test]
    fn tiny_zero_and_broken_matrices_have_answers() {
        let tiny = Spectrum::of(&(cyclic(4) * 1e-300));
        assert!((tiny.radius / 1e-300 - 1.0).abs() < 1e-10);
        assert_eq!(Spectrum::of(&DMatrix::zeros(3, 3)).radius, 0.0);
        let mut broken = cyclic(3);
        broken[(1, 1)] = f64::INFINITY;
        assert!(Spectrum::of(&broken).radius.is_nan());
    }

    #[test]
    fn scaling_a_matrix_scales_its_spectrum() {
        let mut generator = Generator::seeded(4);
        let matrix = DMatrix::from_fn(12, 12, |_, _| generator.uniform_f64() - 0.5);
        let direct = Spectrum::of(&(&matrix * -2.5));
        let scaled = Spectrum::of(&matrix).scaled(-2.5);
        assert!((direct.radius - scaled.radius).abs() < 1e-12);
        assert!((direct.sigma_max - scaled.sigma_max).abs() < 1e-12);
    }
}
