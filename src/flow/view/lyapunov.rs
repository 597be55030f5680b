//! Long products of matrices by QR decompositions, so that nothing over- or underflows: the
//! finite-time Lyapunov spectrum (Benettin et al. 1980; for recurrent networks Vogt et al. 2020 and
//! Engelken et al. 2020).
//!
//! A matrix Q of orthonormal columns is carried through the matrices one by one, J Q = Q' R: the
//! columns of R say how much each direction grew, Q' goes on. Logarithms of R's diagonal add up.

use faer::Mat;
use faer::linalg::solvers::Qr;

/// How much the columns of Q grew so far.
#[derive(Debug)]
pub(super) struct Frame {
    q: Mat<f64>,
    /// Sum of ln |R_ii| over the matrices so far, by column.
    pub(super) ln_growth: Vec<f64>,
}

/// A matrix of numbers up to 1, and what it was divided by.
pub(super) struct Unit {
    pub(super) matrix: Mat<f64>,
    pub(super) scale: f64,
}

impl Unit {
    /// `None` if a number is NaN or infinite. Of zeros the scale is zero.
    pub(super) fn of(mut matrix: Mat<f64>) -> Option<Self> {
        let columns = 0..matrix.ncols();
        let mut largest = 0.0_f64;
        for col in columns.clone() {
            for value in matrix.col_as_slice(col) {
                if !value.is_finite() {
                    return None;
                }
                largest = largest.max(value.abs());
            }
        }
        if largest > 0.0 {
            for col in columns {
                for value in matrix.col_as_slice_mut(col) {
                    *value /= largest;
                }
            }
        }
        Some(Self { matrix, scale: largest })
    }
}

impl Frame {
    /// The columns of the identity.
    pub(super) fn new(size: usize) -> Self {
        Self { q: Mat::identity(size, size), ln_growth: vec![0.0; size] }
    }

    /// Goes through one matrix; its R, but for the scale. Directions that shrink beyond what the
    /// precision resolves are lost: ln 0 = -∞.
    pub(super) fn advance(&mut self, Unit { matrix, scale }: &Unit) -> Qr<f64> {
        let qr = (matrix * &self.q).qr();
        self.q = qr.compute_Q();
        let resolved = resolved(&qr);
        for (i, sum) in self.ln_growth.iter_mut().enumerate() {
            let grown = qr.R()[(i, i)].abs();
            *sum += if grown > resolved { grown.ln() + scale.ln() } else { f64::NEG_INFINITY };
        }
        qr
    }

    /// From here on nothing is known: a matrix held NaN or infinity.
    pub(super) fn lose(&mut self) {
        self.ln_growth.fill(f64::NAN);
    }
}

/// Numbers on R's diagonal up to this are rounding errors.
pub(super) fn resolved(qr: &Qr<f64>) -> f64 {
    let size = qr.R().nrows();
    size as f64 * f64::EPSILON * qr.R().norm_max()
}

/// Growth rates by the step.
#[derive(Clone, Debug, PartialEq)]
pub struct Lyapunov {
    /// Exponents over all steps, ln per step, falling. -∞ where a direction is lost altogether.
    pub exponents: Vec<f64>,
    /// The largest exponent over the steps 1..=t, by t = 1..=T.
    pub largest: Vec<f64>,
}

impl Lyapunov {
    /// The spectrum of the product of `steps` matrices, `matrix(1)` the first to be applied.
    ///
    /// # Errors
    /// What `matrix` says.
    pub(super) fn of<E>(
        size: usize,
        steps: usize,
        mut matrix: impl FnMut(usize) -> Result<Mat<f64>, E>,
    ) -> Result<Self, E> {
        let mut frame = Frame::new(size);
        let mut largest = Vec::with_capacity(steps);
        for t in 1..=steps {
            match Unit::of(matrix(t)?) {
                Some(unit) => {
                    frame.advance(&unit);
                }
                None => frame.lose(),
            }
            largest.push(frame.ln_growth.iter().copied().fold(f64::NEG_INFINITY, max) / t as f64);
            if frame.ln_growth[0].is_nan() {
                break;
            }
        }
        largest.resize(steps, f64::NAN);
        let mut exponents: Vec<f64> =
            frame.ln_growth.iter().map(|sum| sum / steps as f64).collect();
        exponents.sort_by(|a, b| b.total_cmp(a));
        Ok(Self { exponents, largest })
    }
}

/// The larger number; NaN if one is NaN.
fn max(a: f64, b: f64) -> f64 {
    if a.is_nan() || a > b { a } else { b }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;
    use crate::rng::Generator;

    fn random(generator: &mut Generator, size: usize) -> Mat<f64> {
        Mat::from_fn(size, size, |_, _| generator.uniform_f64() - 0.5)
    }

    fn lyapunov(matrices: &[Mat<f64>]) -> Lyapunov {
        let size = matrices[0].nrows();
        let found: Result<_, Infallible> =
            Lyapunov::of(size, matrices.len(), |t| Ok(matrices[t - 1].clone()));
        found.unwrap()
    }

    #[test]
    fn the_exponents_of_a_scaled_rotation_are_the_logarithm_of_the_scale() {
        let q = random(&mut Generator::seeded(1), 7).qr().compute_Q();
        for scale in [1e-200, 0.3, 1.0, 5.0, 1e200] {
            let scaled = Mat::from_fn(7, 7, |i, j| scale * q[(i, j)]);
            let Lyapunov { exponents, largest } = lyapunov(&vec![scaled; 300]);
            for exponent in exponents.iter().chain(&largest) {
                assert!((exponent - f64::ln(scale)).abs() < 1e-12 * (1.0 + scale.ln().abs()));
            }
        }
    }

    #[test]
    fn the_exponents_of_a_constant_matrix_are_the_logarithms_of_its_eigenvalues() {
        let mut generator = Generator::seeded(5);
        let basis = random(&mut generator, 4);
        let eigenvalues = [1.5, 0.9, 0.4, 0.05];
        let diagonal = Mat::from_fn(4, 4, |i, j| if i == j { eigenvalues[i] } else { 0.0 });
        let inverse = basis.partial_piv_lu();
        let matrix = &basis * &diagonal * faer::linalg::solvers::DenseSolveCore::inverse(&inverse);
        let found = lyapunov(&vec![matrix; 4000]).exponents;
        for (found, expected) in found.iter().zip(eigenvalues) {
            assert!((found - expected.ln()).abs() < 5e-3, "{found} {expected}");
        }
    }

    #[test]
    fn exponents_add_up_to_the_mean_logarithm_of_the_determinant() {
        let mut generator = Generator::seeded(2);
        let matrices: Vec<_> = (0..50).map(|_| random(&mut generator, 9)).collect();
        let mean = matrices.iter().map(|m| m.determinant().abs().ln()).sum::<f64>() / 50.0;
        let sum: f64 = lyapunov(&matrices).exponents.iter().sum();
        assert!((sum - mean).abs() < 1e-11, "{sum} {mean}");
    }

    #[test]
    fn lost_directions_and_broken_matrices_have_answers() {
        let projection = Mat::from_fn(3, 3, |i, j| if i == j && i < 2 { 2.0 } else { 0.0 });
        let found = lyapunov(&[projection.clone(), projection.clone()]).exponents;
        assert_eq!(found, [2f64.ln(), 2f64.ln(), f64::NEG_INFINITY]);
        let nothing = lyapunov(&[Mat::zeros(3, 3), projection.clone()]);
        assert_eq!(nothing.exponents, [f64::NEG_INFINITY; 3]);
        for broken in [f64::NAN, f64::INFINITY] {
            let mut matrix = projection.clone();
            matrix[(1, 2)] = broken;
            let found = lyapunov(&[projection.clone(), matrix, projection.clone()]);
            assert!(found.exponents.iter().all(|exponent| exponent.is_nan()));
            assert!((found.largest[0] - 2f64.ln()).abs() < 1e-15);
            assert!(found.largest[1..].iter().all(|exponent| exponent.is_nan()));
        }
    }
}
