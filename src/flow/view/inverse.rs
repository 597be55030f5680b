//! Inverses of step Jacobians: their largest singular value is one over the smallest of the Jacobian,
//! which the Jacobian itself tells to few digits only where it is ill conditioned.
//!
//! All steps of an RNN, and of an LSTM, have one matrix of weights in common, which is inverted once.
//! With J = diag(s) W the inverse is W⁻¹ diag(1/s); that of an LSTM follows block by block from
//! J = [[I, D], [0, I]] [[P, 0], [Q, F]] with diagonal D, F and P = diag(s) W_ho.
//!
//! Whether an inverse is to be believed is a matter of what rounding can do to it entry by entry
//! (Higham 2002, §14.1), not of the condition number: [[1, 1e8], [0, 1]] has one of 1e16 and an exact
//! inverse.

use faer::Mat;
use faer::linalg::solvers::{DenseSolveCore, PartialPivLu};

use super::unit::{Unit, diagonal, exponent, times_two_to};
use crate::flow::jacobian::Shape;

/// A column of an inverse of which rounding may have changed a larger part is not known.
const KNOWN: f64 = 0.1;

/// What inverts the Jacobians of all steps of a layer.
#[derive(Debug)]
pub(super) struct Inverter {
    /// Of the weights that all steps share; `None` if there are none, or they have no inverse.
    shared: Option<Inverse>,
}

/// The inverse of a matrix.
#[derive(Debug)]
pub(super) struct Inverse {
    pub(super) unit: Unit,
    /// ln |det| of the matrix itself.
    pub(super) ln_det: f64,
}

impl Inverter {
    /// For Jacobians that share these weights.
    pub(super) fn new(shared: Option<&Mat<f64>>) -> Self {
        let unit = shared.and_then(|weights| Unit::of(weights.clone()));
        Self { shared: unit.and_then(|unit| Inverse::of(&unit)) }
    }

    /// The inverse of a step Jacobian; `None` if it has none, to rounding.
    pub(super) fn invert(&self, unit: &Unit, shape: &Shape) -> Option<Inverse> {
        match shape {
            Shape::Rows { slopes } => self.shared.as_ref()?.of_scaled_rows(slopes),
            Shape::Blocks { slopes, through_cell, keep } => {
                let upper = self.shared.as_ref()?.of_scaled_rows(slopes)?;
                let unit = of_blocks(unit, upper.unit, through_cell, keep)?;
                Some(Inverse { unit, ln_det: upper.ln_det + ln_det(keep) })
            }
            Shape::Full => Inverse::of(unit),
        }
    }
}

impl Inverse {
    /// By LU decomposition. `None` if it has none, or if rounding leaves nothing of it.
    pub(super) fn of(unit: &Unit) -> Option<Self> {
        // Rows of like size: then pivots are told from rounding errors, however small a row is.
        let (matrix, rows) = of_even_rows(&unit.matrix)?;
        let lu = matrix.partial_piv_lu();
        let (pivots, _) = diagonal(lu.U());
        // Also where a pivot is NaN.
        if !pivots.iter().all(|pivot| *pivot > 0.0) {
            return None;
        }
        let inverse = lu.inverse();
        if !is_known(&matrix, &lu, &inverse) {
            return None;
        }
        let of_inverse = Unit::of(inverse)?;
        let even = Self { unit: of_inverse, ln_det: ln_det(&pivots) };
        let mut whole = even.of_scaled_rows(&rows)?;
        whole.unit.power -= unit.power;
        whole.ln_det += pivots.len() as f64 * unit.ln_scale();
        Some(whole)
    }

    /// The inverse of diag(s) M, where this is the inverse of M: M⁻¹ diag(1/s).
    fn of_scaled_rows(&self, slopes: &[f64]) -> Option<Self> {
        let least = slopes.iter().fold(f64::INFINITY, |least, slope| least.min(slope.abs()));
        // Not NaN, which `min` skips, but a minimum of it alone is infinite.
        if !(least > 0.0 && least.is_finite()) || slopes.iter().any(|slope| slope.is_nan()) {
            return None;
        }
        // One over the smallest may be infinite; over that by its own power of two it is near 1.
        let power = exponent(least);
        let mut matrix = self.unit.matrix.clone();
        for (col, slope) in slopes.iter().enumerate() {
            let factor = times_two_to(*slope, -power).recip();
            matrix.col_as_slice_mut(col).iter_mut().for_each(|value| *value *= factor);
        }
        let Unit { matrix, power: more } = Unit::of(matrix)?;
        let unit = Unit { matrix, power: self.unit.power - power + more };
        Some(Self { unit, ln_det: self.ln_det + ln_det(slopes) })
    }
}

/// The matrix with every row divided by a power of two, so that its largest number is near 1; and
/// these powers. `None` if a row is zero.
fn of_even_rows(matrix: &Mat<f64>) -> Option<(Mat<f64>, Vec<f64>)> {
    let mut largest = vec![0.0_f64; matrix.nrows()];
    for col in 0..matrix.ncols() {
        for (largest, value) in largest.iter_mut().zip(matrix.col_as_slice(col)) {
            *largest = largest.max(value.abs());
        }
    }
    if largest.contains(&0.0) {
        return None;
    }
    // In a matrix of numbers around 1 no row is so small that its power is no number.
    let rows: Vec<f64> = largest.iter().map(|size| f64::from(exponent(*size)).exp2()).collect();
    let mut even = matrix.clone();
    for col in 0..even.ncols() {
        for (value, row) in even.col_as_slice_mut(col).iter_mut().zip(&rows) {
            *value /= row;
        }
    }
    Some((even, rows))
}

/// Whether rounding left something of every column of an inverse X of A = L U: its error is at most
/// n ε |X| |L| |U| |X|, entry by entry.
fn is_known(matrix: &Mat<f64>, lu: &PartialPivLu<f64>, inverse: &Mat<f64>) -> bool {
    let rounding = matrix.ncols() as f64 * f64::EPSILON;
    // Where the condition number is small there is nothing to look for. NaN is not.
    if rounding * matrix.norm_l2() * inverse.norm_l2() < KNOWN * 1e-3 {
        return true;
    }
    let size = |matrix: faer::MatRef<'_, f64>| {
        Mat::from_fn(matrix.nrows(), matrix.ncols(), |i, j| matrix[(i, j)].abs())
    };
    let of_inverse = size(inverse.as_ref());
    let factors = lu.P().inverse() * (size(lu.L()) * size(lu.U()));
    let errors = &of_inverse * (factors * &of_inverse);
    (0..inverse.ncols())
        .all(|col| rounding * errors.col(col).norm_max() <= KNOWN * of_inverse.col(col).norm_max())
}

/// ln |det| of a diagonal matrix.
fn ln_det(diagonal: &[f64]) -> f64 {
    diagonal.iter().map(|value| value.abs().ln()).sum()
}

/// [[P⁻¹, -P⁻¹ D], [-G, F⁻¹ + G D]] with G = F⁻¹ Q P⁻¹; `upper` is P⁻¹. `None` if a number overflows.
fn of_blocks(jacobian: &Unit, upper: Unit, through: &[f64], keep: &[f64]) -> Option<Unit> {
    let n = keep.len();
    // All blocks are divided by the power of P⁻¹ where that is large.
    let power = upper.power.max(0);
    let mut upper = upper;
    if upper.power < 0 {
        let factor = times_two_to(1.0, upper.power);
        (0..n).for_each(|col| {
            upper.matrix.col_as_slice_mut(col).iter_mut().for_each(|value| *value *= factor);
        });
    }
    let product = jacobian.matrix.submatrix(n, 0, n, n) * &upper.matrix;
    let kept: Vec<f64> = keep.iter().map(|keep| -keep.recip()).collect();
    let below: Vec<f64> = kept.iter().map(|kept| times_two_to(*kept, jacobian.power)).collect();
    let mut inverse = Mat::zeros(2 * n, 2 * n);
    for col in 0..n {
        let (upper, lower) = (upper.matrix.col_as_slice(col), product.col_as_slice(col));
        let left = inverse.col_as_slice_mut(col);
        left[..n].copy_from_slice(upper);
        for ((out, value), kept) in left[n..].iter_mut().zip(lower).zip(&below) {
            *out = value * kept;
        }
        let factor = -through[col];
        let right = inverse.col_as_slice_mut(n + col);
        for (out, value) in right[..n].iter_mut().zip(upper) {
            *out = value * factor;
        }
        for ((out, value), kept) in right[n..].iter_mut().zip(lower).zip(&below) {
            *out = value * kept * factor;
        }
        right[n + col] -= times_two_to(kept[col], -power);
    }
    let Unit { matrix, power: more } = Unit::of(inverse)?;
    Some(Unit { matrix, power: power + more })
}
