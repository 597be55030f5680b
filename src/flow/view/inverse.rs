//! Inverses of step Jacobians: their largest singular value is one over the smallest of the Jacobian,
//! which the Jacobian itself tells to few digits only where it is ill conditioned.
//!
//! All steps of an RNN, and of an LSTM, have one matrix of weights in common, which is inverted once.
//! With J = diag(s) W the inverse is W⁻¹ diag(1/s); that of an LSTM follows block by block from
//! J = [[I, D], [0, I]] [[P, 0], [Q, F]] with diagonal D, F and P = diag(s) W_ho.

use faer::Mat;
use faer::linalg::solvers::DenseSolveCore;

use super::unit::{Unit, diagonal};
use crate::flow::jacobian::Shape;

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
            Shape::Rows { slopes } => {
                let shared = self.shared.as_ref()?;
                let inverse = of_scaled_rows(shared, slopes);
                Inverse::checked(inverse, shared.ln_det + ln_det(slopes))
            }
            Shape::Blocks { slopes, through_cell, keep } => {
                let shared = self.shared.as_ref()?;
                let upper = of_scaled_rows(shared, slopes);
                let inverse = of_blocks(unit, &upper, through_cell, keep);
                Inverse::checked(inverse, shared.ln_det + ln_det(slopes) + ln_det(keep))
            }
            Shape::Full => Inverse::of(unit),
        }
    }
}

impl Inverse {
    /// By LU decomposition. `None` if a pivot is a rounding error in place of zero.
    fn of(Unit { matrix, scale }: &Unit) -> Option<Self> {
        let lu = matrix.partial_piv_lu();
        let (pivots, least) = diagonal(lu.U());
        // Also where a pivot is NaN.
        if !pivots.iter().all(|pivot| *pivot > least) {
            return None;
        }
        let Unit { matrix, scale: of_inverse } = Unit::of(lu.inverse())?;
        let unit = Unit { matrix, scale: of_inverse / scale };
        let ln_det = ln_det(&pivots) + pivots.len() as f64 * scale.ln();
        Some(Self { unit, ln_det })
    }

    fn checked(inverse: Mat<f64>, ln_det: f64) -> Option<Self> {
        Some(Self { unit: Unit::of(inverse)?, ln_det })
    }
}

/// ln |det| of a diagonal matrix.
fn ln_det(diagonal: &[f64]) -> f64 {
    diagonal.iter().map(|value| value.abs().ln()).sum()
}

/// W⁻¹ diag(1/s).
fn of_scaled_rows(Inverse { unit, .. }: &Inverse, slopes: &[f64]) -> Mat<f64> {
    let mut inverse = unit.matrix.clone();
    for (col, slope) in slopes.iter().enumerate() {
        let factor = unit.scale / slope;
        inverse.col_as_slice_mut(col).iter_mut().for_each(|value| *value *= factor);
    }
    inverse
}

/// [[P⁻¹, -P⁻¹ D], [-G, F⁻¹ + G D]] with G = F⁻¹ Q P⁻¹; `upper` is P⁻¹.
fn of_blocks(jacobian: &Unit, upper: &Mat<f64>, through: &[f64], keep: &[f64]) -> Mat<f64> {
    let n = keep.len();
    let product = jacobian.matrix.submatrix(n, 0, n, n) * upper;
    let kept: Vec<f64> = keep.iter().map(|keep| -keep.recip()).collect();
    let below: Vec<f64> = kept.iter().map(|kept| kept * jacobian.scale).collect();
    let mut inverse = Mat::zeros(2 * n, 2 * n);
    for col in 0..n {
        let (upper, lower) = (upper.col_as_slice(col), product.col_as_slice(col));
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
        right[n + col] -= kept[col];
    }
    inverse
}
