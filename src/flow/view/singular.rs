//! Some singular values of a matrix, without all the others.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd::tridiag::{tridiag_in_place, tridiag_in_place_scratch};
use faer::linalg::matmul::triangular::{self, BlockStructure};
use faer::{Accum, Col, Mat, MatRef, Par};

use crate::rng::Generator;

/// Steps of the power method before it is given up: where the two largest singular values differ
/// by a third it has converged by then.
const POWER_STEPS: usize = 24;

/// Shifts at which eigenvalues are counted at a time.
const SHIFTS: usize = 8;

/// σ_max of a matrix of numbers around 1, to twelve digits. NaN if a number is.
pub(super) fn largest(matrix: &Mat<f64>) -> f64 {
    by_power_method(matrix).unwrap_or_else(|| Squares::of(matrix).largest(0).sqrt())
}

/// σ_max by the power method on MᵀM; `None` if that takes too long.
fn by_power_method(matrix: &Mat<f64>) -> Option<f64> {
    // No direction that a matrix is likely to single out.
    let mut generator = Generator::seeded(1);
    let mut vector = Col::from_fn(matrix.ncols(), |_| generator.uniform_f64() - 0.5);
    let (mut last, mut still) = (0.0, false);
    for _ in 0..POWER_STEPS {
        vector /= faer::Scale(vector.norm_l2());
        let image = matrix * &vector;
        let square = image.squared_norm_l2();
        let same = (square - last).abs() <= 1e-13 * square;
        if same && still && square > 0.0 {
            return Some(square.sqrt());
        }
        (last, still) = (square, same);
        vector = matrix.transpose() * image;
    }
    None
}

/// The squares of the singular values of M: the eigenvalues of MᵀM, in tridiagonal form. Rows and
/// columns of zeros, such as those of inactive units, are left out first, so that the zeros they make
/// are exact.
#[derive(Debug)]
pub(super) struct Squares {
    diagonal: Vec<f64>,
    /// Squares of the numbers beside the diagonal, with a zero in front.
    beside: Vec<f64>,
}

impl Squares {
    /// Of a matrix of numbers around 1.
    pub(super) fn of(matrix: &Mat<f64>) -> Self {
        match without_zeros(matrix) {
            None => Self::of_columns(matrix.as_ref()),
            Some(dense) if dense.nrows() < dense.ncols() => Self::of_columns(dense.transpose()),
            Some(dense) => Self::of_columns(dense.as_ref()),
        }
    }

    /// Of MᵀM.
    fn of_columns(matrix: MatRef<'_, f64>) -> Self {
        let size = matrix.ncols();
        let (lower, any) = (BlockStructure::TriangularLower, BlockStructure::Rectangular);
        let mut gram = Mat::zeros(size, size);
        triangular::matmul(
            gram.as_mut(),
            lower,
            Accum::Replace,
            matrix.transpose(),
            any,
            matrix,
            any,
            1.0,
            Par::Seq,
        );
        let mut reflectors = Mat::zeros(1, size.saturating_sub(1));
        let scratch = tridiag_in_place_scratch::<f64>(size, Par::Seq, Default::default());
        let mut buffer = MemBuffer::new(scratch);
        let stack = MemStack::new(&mut buffer);
        tridiag_in_place(gram.as_mut(), reflectors.as_mut(), Par::Seq, stack, Default::default());
        let beside = (1..size).map(|i| gram[(i, i - 1)].powi(2));
        Self {
            diagonal: (0..size).map(|i| gram[(i, i)]).collect(),
            beside: std::iter::once(0.0).chain(beside).collect(),
        }
    }

    /// How many eigenvalues are not zero for a row or column of zeros.
    pub(super) fn rank_at_most(&self) -> usize {
        self.diagonal.len()
    }

    /// The eigenvalue with `n` larger ones, by Sturm sequences; at least 0. NaN if a number is.
    pub(super) fn largest(&self, n: usize) -> f64 {
        if n >= self.diagonal.len() {
            return 0.0;
        }
        // No eigenvalue exceeds the sum of a row (Gershgorin); all are at least 0.
        let sums = (0..self.diagonal.len()).map(|i| {
            let after = self.beside.get(i + 1).copied().unwrap_or(0.0);
            self.diagonal[i].abs() + self.beside[i].sqrt() + after.sqrt()
        });
        let bound = sums.fold(0.0, |a: f64, b| if b.is_nan() || b > a { b } else { a });
        if !bound.is_finite() {
            return f64::NAN;
        }
        let wanted = self.diagonal.len() - n;
        let (mut low, mut high) = (0.0, bound);
        while high - low > f64::EPSILON * (high + bound * f64::EPSILON) {
            let width = (high - low) / (SHIFTS + 1) as f64;
            let shifts: [f64; SHIFTS] = std::array::from_fn(|k| low + (k + 1) as f64 * width);
            // The wanted one lies above every shift that has fewer below it.
            let below = self.count_below(&shifts);
            let passed = below.iter().take_while(|below| **below < wanted).count();
            let next = if passed < SHIFTS { shifts[passed] } else { high };
            let from = if passed > 0 { shifts[passed - 1] } else { low };
            if (from, next) == (low, high) {
                break;
            }
            (low, high) = (from, next);
        }
        f64::midpoint(low, high)
    }

    /// How many eigenvalues lie below each shift: negative pivots of T - shift I (Givens 1954).
    fn count_below(&self, shifts: &[f64; SHIFTS]) -> [usize; SHIFTS] {
        let (mut pivots, mut counts) = ([1.0; SHIFTS], [0; SHIFTS]);
        for (diagonal, beside) in self.diagonal.iter().zip(&self.beside) {
            for ((pivot, count), shift) in pivots.iter_mut().zip(&mut counts).zip(shifts) {
                // A pivot of zero is moved off it: infinity would be NaN two rows on.
                let divisor = if *pivot == 0.0 { f64::MIN_POSITIVE } else { *pivot };
                *pivot = diagonal - shift - beside / divisor;
                *count += usize::from(*pivot < 0.0);
            }
        }
        counts
    }
}

/// The matrix without its rows and columns of zeros; `None` if it has none of them.
fn without_zeros(matrix: &Mat<f64>) -> Option<Mat<f64>> {
    // Mostly the first row and column tell.
    let is_full = (0..matrix.ncols()).all(|col| matrix[(0, col)] != 0.0)
        && (0..matrix.nrows()).all(|row| matrix[(row, 0)] != 0.0);
    if is_full {
        return None;
    }
    let (mut rows, mut cols) = (vec![false; matrix.nrows()], vec![false; matrix.ncols()]);
    for (col, used) in cols.iter_mut().enumerate() {
        for (row, value) in rows.iter_mut().zip(matrix.col_as_slice(col)) {
            // NaN is not zero.
            let is = *value != 0.0;
            *row |= is;
            *used |= is;
        }
    }
    if rows.iter().chain(&cols).all(|used| *used) {
        return None;
    }
    let used = |all: &[bool]| (0..all.len()).filter(|n| all[*n]).collect::<Vec<_>>();
    let (rows, cols) = (used(&rows), used(&cols));
    Some(Mat::from_fn(rows.len(), cols.len(), |i, j| matrix[(rows[i], cols[j])]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn random(rows: usize, cols: usize, seed: u64) -> Mat<f64> {
        let mut generator = Generator::seeded(seed);
        Mat::from_fn(rows, cols, |_, _| generator.uniform_f64() - 0.5)
    }

    #[test]
    fn squares_are_those_of_a_decomposition() {
        for size in [1, 2, 3, 10, 33] {
            let matrix = random(size, size, size as u64);
            let (squares, expected) = (Squares::of(&matrix), matrix.singular_values().unwrap());
            for (n, expected) in expected.iter().enumerate() {
                let off = (squares.largest(n) - expected.powi(2)).abs();
                assert!(off < 1e-14 * (1.0 + expected.powi(2)) * size as f64, "{size} {n}: {off}");
            }
            let off = (largest(&matrix) / expected[0] - 1.0).abs();
            assert!(off < 1e-12, "{size}: {off}");
        }
    }

    #[test]
    fn equal_and_missing_singular_values_are_found() {
        let rotation = random(12, 12, 3).qr().compute_Q();
        let squares = Squares::of(&rotation);
        for n in 0..12 {
            assert!((squares.largest(n) - 1.0).abs() < 1e-14);
        }
        assert!((largest(&rotation) - 1.0).abs() < 1e-12);
        let thin = random(9, 2, 4) * random(2, 9, 5);
        let (squares, max) = (Squares::of(&thin), largest(&thin));
        for n in 2..9 {
            assert!(squares.largest(n) < 1e-14 * max * max, "{n}");
        }
        assert_eq!(largest(&Mat::zeros(4, 4)), 0.0);
        assert_eq!(Squares::of(&Mat::zeros(4, 4)).largest(2), 0.0);
    }

    /// Two singular values so close that the power method would take for ever.
    #[test]
    fn close_singular_values_do_not_deceive() {
        let (left, right) =
            (random(20, 20, 6).qr().compute_Q(), random(20, 20, 7).qr().compute_Q());
        for gap in [0.5, 0.1, 1e-3, 1e-6, 1e-12] {
            let values = |i: usize| if i == 0 { 1.0 } else { 1.0 - gap * i as f64 / 20.0 };
            let matrix = &left * Mat::from_fn(20, 20, |i, j| if i == j { values(i) } else { 0.0 });
            let found = largest(&(matrix * &right));
            assert!((found - 1.0).abs() < 1e-11, "{gap}: {found}");
        }
    }

    #[test]
    fn nan_stays() {
        let mut matrix = random(5, 5, 8);
        matrix[(2, 3)] = f64::NAN;
        assert!(largest(&matrix).is_nan());
    }
}
