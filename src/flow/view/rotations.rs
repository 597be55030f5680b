//! All singular values of a matrix to the last digits, by rotations: the slow way.

use faer::Mat;

use crate::flow::measure::norm;

/// Sweeps of rotations before they are given up: a handful is the rule.
const MOST_SWEEPS: usize = 60;

/// Lengths below, of a matrix of numbers around 1, are left as they are: one over them overflows.
const TINY: f64 = 1e-290;

/// All singular values, falling, by one-sided Jacobi rotations of the rows (Hestenes 1958), after a
/// QR decomposition that sorts them (Drmač & Veselić 2008): slow, but small values keep their digits
/// beside large ones, however saturated units scale their rows, and what is zero to rounding is zero.
/// NaN if a number is not finite.
pub(super) fn singular_values(matrix: &Mat<f64>) -> Vec<f64> {
    let size = matrix.nrows().min(matrix.ncols());
    if !(0..matrix.ncols()).all(|col| matrix.col(col).iter().all(|value| value.is_finite())) {
        return vec![f64::NAN; size];
    }
    let qr = matrix.transpose().col_piv_qr();
    let (triangle, (order, _)) = (qr.thin_R(), qr.P().arrays());
    let rounding = matrix.ncols() as f64 * f64::EPSILON;
    // The columns of Rᵀ, one after the other; zeros where only rounding errors are left of a row.
    let column = |row: usize| {
        let is_known = triangle[(row, row)].abs() > rounding * matrix.row(order[row]).norm_l2();
        let number = |col: usize| if is_known { triangle[(row, col)] } else { 0.0 };
        (0..triangle.ncols()).map(number).collect()
    };
    let mut columns: Vec<Column> = (0..triangle.nrows()).map(|n| Column::new(column(n))).collect();
    for _ in 0..MOST_SWEEPS {
        if !sweep(&mut columns) {
            break;
        }
    }
    let mut values: Vec<f64> = columns.iter().map(|column| column.length).collect();
    values.sort_by(|a, b| b.total_cmp(a));
    values
}

/// A vector with its length.
struct Column {
    numbers: Vec<f64>,
    length: f64,
}

impl Column {
    fn new(numbers: Vec<f64>) -> Self {
        let length = norm(&numbers);
        Self { numbers, length }
    }

    /// The length worked out anew; the one from before says how large the numbers are.
    fn measure(&mut self) {
        let scale = self.length;
        self.length = scale * cosine(&self.numbers, &self.numbers, scale, scale).sqrt();
        if !(self.length > 1e-3 * scale && self.length < 1e3 * scale) {
            self.length = norm(&self.numbers);
        }
    }
}

/// Turns every pair of columns until they are orthogonal; whether one was not yet.
fn sweep(columns: &mut [Column]) -> bool {
    let mut turned = false;
    for second in 1..columns.len() {
        let (before, rest) = columns.split_at_mut(second);
        for first in before {
            turned |= rotate(first, &mut rest[0]);
        }
    }
    turned
}

/// Makes two columns orthogonal; whether they were not, to rounding.
fn rotate(one: &mut Column, other: &mut Column) -> bool {
    let (a, b) = (one.length, other.length);
    if a < TINY || b < TINY {
        return false;
    }
    let cosine = cosine(&one.numbers, &other.numbers, a, b);
    if cosine.abs() <= one.numbers.len() as f64 * f64::EPSILON {
        return false;
    }
    let zeta = (b / a - a / b) / (2.0 * cosine);
    let tangent = zeta.signum() / (zeta.abs() + zeta.hypot(1.0));
    let cos = tangent.hypot(1.0).recip();
    let sin = cos * tangent;
    for (x, y) in one.numbers.iter_mut().zip(&mut other.numbers) {
        (*x, *y) = (cos * *x - sin * *y, sin * *x + cos * *y);
    }
    one.measure();
    other.measure();
    true
}

/// Σ (x / a) (y / b): of numbers near a and near b nothing underflows.
fn cosine(one: &[f64], other: &[f64], a: f64, b: f64) -> f64 {
    // Several sums at a time, one a lane of a vector.
    const LANES: usize = 8;
    let (a, b) = (a.recip(), b.recip());
    let mut sums = [0.0; LANES];
    for (x, y) in one.chunks(LANES).zip(other.chunks(LANES)) {
        for ((sum, x), y) in sums.iter_mut().zip(x).zip(y) {
            *sum += (x * a) * (y * b);
        }
    }
    sums.iter().sum()
}
