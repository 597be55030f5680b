//! The finite-time Lyapunov spectrum by triangular decompositions, so that nothing over- or
//! underflows (Benettin et al. 1980; for recurrent networks Vogt et al. 2020 and Engelken et al. 2020).
//!
//! A matrix Q is carried through the Jacobians one by one, J Q = Q' R with triangular R: the diagonal
//! of R says how much each direction grew, Q' goes on. Any Q' will do as long as its columns stay well
//! apart, and Gaussian elimination makes one in half the time of orthogonal columns (the
//! "Treppeniteration" of Bauer 1957). What its columns are short of orthonormal ones is made good when
//! the growth is read, by a QR decomposition of Q' itself.

use faer::{Mat, MatRef};

use super::unit::{Unit, diagonal};

/// How much directions grew so far.
#[derive(Debug)]
struct Frame {
    /// The columns carried along.
    q: Mat<f64>,
    /// Sum of ln |R_ii| over the matrices so far, by column.
    ln_triangles: Vec<f64>,
}

impl Frame {
    /// The columns of the identity.
    fn new(size: usize) -> Self {
        Self { q: Mat::identity(size, size), ln_triangles: vec![0.0; size] }
    }

    /// Goes through one matrix. Directions that shrink beyond what the precision resolves are lost:
    /// ln 0 = -∞.
    fn advance(&mut self, unit: &Unit) {
        let image = &unit.matrix * &self.q;
        let lu = image.partial_piv_lu();
        let (pivots, least) = diagonal(lu.U());
        let all_large = pivots.iter().all(|pivot| *pivot > least);
        let grown = if all_large || are_known(&pivots, lu.L(), lu.U()) {
            self.q = lu.P().inverse() * lu.L();
            pivots
        } else {
            // Elimination cannot go on from a direction that is lost; orthonormal columns can.
            self.go_on_without_lost(&image)
        };
        for (sum, grown) in self.ln_triangles.iter_mut().zip(grown) {
            *sum += if grown > 0.0 { grown.ln() + unit.ln_scale() } else { f64::NEG_INFINITY };
        }
    }

    /// Takes orthonormal columns in place of `image`; returns how long each was beside those before
    /// it, zero for those that are lost.
    fn go_on_without_lost(&mut self, image: &Mat<f64>) -> Vec<f64> {
        let (qr, size) = (image.qr(), image.ncols());
        let (triangle, (mut lengths, least)) = (qr.R(), diagonal(qr.R()));
        let is_lost = |i: usize| lengths[i] <= least;
        // In the place of a lost column stands any other direction, which may hide one to come.
        let hides = |i: usize| (i + 1..size).any(|j| triangle[(i, j)].abs() > least);
        if !(0..size).any(|i| is_lost(i) && hides(i)) {
            self.q = qr.compute_Q();
            lengths.iter_mut().filter(|length| **length <= least).for_each(|length| *length = 0.0);
            return lengths;
        }
        let Independent { columns, numbers, mut lengths } = Independent::of(image);
        self.q = columns.qr().compute_Q();
        (0..numbers.len()).for_each(|k| self.q.col_mut(k).copy_from(columns.col(k)));
        // Those that are left come first, in their order.
        let lost = (0..size).filter(|n| !numbers.contains(n));
        let order: Vec<usize> = numbers.iter().copied().chain(lost).collect();
        self.ln_triangles = order.into_iter().map(|n| self.ln_triangles[n]).collect();
        lengths.resize(size, 0.0);
        lengths
    }

    /// ln of the growth of each direction.
    fn ln_growth(&self) -> Vec<f64> {
        self.ln_growth_of(self.ln_triangles.len())
    }

    /// The same of the first `count` directions.
    fn ln_growth_of(&self, count: usize) -> Vec<f64> {
        let (lengths, _) = diagonal(self.q.subcols(0, count).qr().thin_R());
        self.ln_triangles.iter().zip(lengths).map(|(sum, length)| sum + length.ln()).collect()
    }

    /// ln of the growth of the direction that grew most.
    fn ln_largest(&self) -> f64 {
        // No direction grew more than its column is long, and the first just so much.
        let bound = |(i, sum): (usize, &f64)| sum + self.q.col(i).norm_l2().ln();
        let bounds: Vec<f64> = self.ln_triangles.iter().enumerate().map(bound).collect();
        match bounds.iter().rposition(|bound| *bound > bounds[0]) {
            Some(last) => self.ln_growth_of(last + 1).into_iter().fold(f64::NEG_INFINITY, f64::max),
            None => bounds[0],
        }
    }
}

/// The columns of a matrix that are no combination of those before them, made orthonormal.
struct Independent {
    columns: Mat<f64>,
    /// Which they are.
    numbers: Vec<usize>,
    /// How long each was beside those before it.
    lengths: Vec<f64>,
}

impl Independent {
    /// By Gram and Schmidt, twice, which is enough (Giraud et al. 2005).
    fn of(matrix: &Mat<f64>) -> Self {
        let (rows, cols) = (matrix.nrows(), matrix.ncols());
        let mut columns = Mat::zeros(rows, cols);
        let (mut numbers, mut lengths) = (Vec::new(), Vec::new());
        for n in 0..cols {
            let mut column = matrix.col(n).to_owned();
            let least = cols as f64 * f64::EPSILON * column.norm_l2();
            let before = columns.subcols(0, numbers.len());
            for _ in 0..2 {
                column = &column - before * (before.transpose() * &column);
            }
            let length = column.norm_l2();
            if length > least {
                let unit = column / faer::Scale(length);
                columns.col_mut(numbers.len()).copy_from(&unit);
                numbers.push(n);
                lengths.push(length);
            }
        }
        let columns = columns.subcols(0, numbers.len()).to_owned();
        Self { columns, numbers, lengths }
    }
}

/// Whether no pivot is a rounding error in place of zero: each is compared with what it is the
/// difference of, so that a row may be as small as it likes.
fn are_known(pivots: &[f64], lower: MatRef<'_, f64>, upper: MatRef<'_, f64>) -> bool {
    let rounding = pivots.len() as f64 * f64::EPSILON;
    (0..pivots.len()).all(|i| {
        let terms = (0..=i).map(|k| (lower[(i, k)] * upper[(k, i)]).abs());
        pivots[i] > rounding * terms.sum::<f64>()
    })
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
            let Some(unit) = Unit::of(matrix(t)?) else {
                largest.resize(steps, f64::NAN);
                return Ok(Self { exponents: vec![f64::NAN; size], largest });
            };
            frame.advance(&unit);
            largest.push(frame.ln_largest() / t as f64);
        }
        let mut exponents = frame.ln_growth();
        exponents.iter_mut().for_each(|sum| *sum /= steps as f64);
        exponents.sort_by(|a, b| b.total_cmp(a));
        // The same number, rounded in the same way.
        if let (Some(last), Some(first)) = (largest.last_mut(), exponents.first()) {
            *last = *first;
        }
        Ok(Self { exponents, largest })
    }
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

    /// By orthonormal columns at every step, as Benettin et al. have it.
    fn by_reflections(matrices: &[Mat<f64>]) -> Lyapunov {
        let size = matrices[0].nrows();
        let (mut q, mut sums) = (Mat::identity(size, size), vec![0.0; size]);
        let (mut largest, mut steps) = (Vec::new(), 0.0);
        for matrix in matrices {
            let qr = (matrix * &q).qr();
            q = qr.compute_Q();
            steps += 1.0;
            sums.iter_mut().enumerate().for_each(|(i, sum)| *sum += qr.R()[(i, i)].abs().ln());
            largest.push(sums.iter().fold(f64::NEG_INFINITY, |a, b| a.max(*b)) / steps);
        }
        sums.sort_by(|a, b| b.total_cmp(a));
        Lyapunov { exponents: sums.iter().map(|sum| sum / steps).collect(), largest }
    }

    #[test]
    fn elimination_and_reflections_agree() {
        let mut generator = Generator::seeded(6);
        for (size, spread) in [(1, 0), (2, 3), (9, 0), (9, 6), (40, 2), (40, 5)] {
            // Rows of all sizes down to 10^-spread.
            let mut row = |i: usize| 0.1_f64.powi((i * 7 % size * (spread + 1) / size) as i32);
            let factors: Vec<f64> = (0..size).map(&mut row).collect();
            let matrices: Vec<Mat<f64>> = (0..60)
                .map(|_| {
                    let drawn = random(&mut generator, size);
                    Mat::from_fn(size, size, |i, j| factors[i] * drawn[(i, j)])
                })
                .collect();
            let (found, expected) = (lyapunov(&matrices), by_reflections(&matrices));
            let all = found.exponents.iter().chain(&found.largest);
            for (found, expected) in all.zip(expected.exponents.iter().chain(&expected.largest)) {
                assert!((found - expected).abs() < 1e-9, "{size} {spread}: {found} {expected}");
            }
            assert_eq!(found.largest.last(), found.exponents.first());
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
        // A direction that is lost does not take the one after it along.
        let diagonal =
            |numbers: [f64; 4]| Mat::from_fn(4, 4, |i, j| if i == j { numbers[i] } else { 0.0 });
        let half = diagonal([0.5, 0.0, 0.5, 0.0]);
        let (ln, lost) = (0.5_f64.ln(), f64::NEG_INFINITY);
        assert_eq!(lyapunov(&vec![half; 12]).exponents, [ln, ln, lost, lost]);
        let other = diagonal([0.0, 0.0, 0.5, 0.5]);
        let first = diagonal([2.0, 0.5, 0.0, 0.5]);
        let found = lyapunov(&[first, other]).exponents;
        assert!((found[0] - ln).abs() < 1e-15 && found[1..] == [lost; 3], "{found:?}");
        // All that is left is along one vector: u vᵀ.
        let thin = Mat::from_fn(4, 4, |i, j| (i as f64 + 1.0) * [0.0, 3.0, -1.0, 0.5][j]);
        let found = lyapunov(&vec![thin; 40]).exponents;
        assert!((found[0] - 5f64.ln()).abs() < 0.1 && found[1..] == [lost; 3], "{found:?}");
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
