//! Matrices whose numbers stay near 1, so that long products neither over- nor underflow.

use faer::Mat;

/// A matrix of numbers below 2, and the power of two by which it was divided.
#[derive(Debug)]
pub(super) struct Unit {
    pub(super) matrix: Mat<f64>,
    pub(super) scale: f64,
}

impl Unit {
    /// `None` if a number is NaN or infinite. Of zeros the scale is zero.
    pub(super) fn of(mut matrix: Mat<f64>) -> Option<Self> {
        let largest = largest_number(&matrix)?;
        if largest == 0.0 {
            return Some(Self { matrix, scale: 0.0 });
        }
        // Division by a power of two loses nothing. The ends of the range are left alone, so that its
        // inverse is a number too.
        let power = largest.log2().floor().clamp(-1000.0, 1000.0);
        let factor = (-power).exp2();
        for col in 0..matrix.ncols() {
            matrix.col_as_slice_mut(col).iter_mut().for_each(|value| *value *= factor);
        }
        Some(Self { matrix, scale: power.exp2() })
    }
}

/// max |a|; `None` if a number is NaN or infinite.
fn largest_number(matrix: &Mat<f64>) -> Option<f64> {
    // Several maxima and sums at a time, one a lane of a vector.
    const LANES: usize = 8;
    let (mut largest, mut zeros) = ([0.0_f64; LANES], [0.0_f64; LANES]);
    for col in 0..matrix.ncols() {
        for chunk in matrix.col_as_slice(col).chunks(LANES) {
            for ((largest, zeros), value) in largest.iter_mut().zip(&mut zeros).zip(chunk) {
                let size = value.abs();
                *largest = if size > *largest { size } else { *largest };
                // NaN of what is not finite.
                *zeros += size * 0.0;
            }
        }
    }
    (zeros == [0.0; LANES]).then(|| largest.into_iter().fold(0.0, f64::max))
}

/// A long product: a matrix of numbers below 2 times e to the power of `ln_scale`.
#[derive(Debug)]
pub(super) struct Product {
    pub(super) matrix: Mat<f64>,
    pub(super) ln_scale: f64,
}

impl Product {
    /// Of nothing yet: the identity.
    pub(super) fn new(size: usize) -> Self {
        Self { matrix: Mat::identity(size, size), ln_scale: 0.0 }
    }

    /// Times one more matrix from the right. `None` if a number overflows.
    pub(super) fn then(self, Unit { matrix, scale }: &Unit) -> Option<Self> {
        let product = Unit::of(self.matrix * matrix)?;
        let ln_scale = self.ln_scale + product.scale.ln() + scale.ln();
        Some(Self { matrix: product.matrix, ln_scale })
    }

    /// Times one more matrix from the left. `None` if a number overflows.
    pub(super) fn after(self, Unit { matrix, scale }: &Unit) -> Option<Self> {
        let product = Unit::of(matrix * self.matrix)?;
        let ln_scale = self.ln_scale + product.scale.ln() + scale.ln();
        Some(Self { matrix: product.matrix, ln_scale })
    }
}

/// The diagonal of a triangular matrix, by size; and up to which size its numbers are rounding
/// errors in place of zero.
pub(super) fn diagonal(triangle: faer::MatRef<'_, f64>) -> (Vec<f64>, f64) {
    let size = triangle.ncols();
    let numbers: Vec<f64> = (0..size).map(|i| triangle[(i, i)].abs()).collect();
    (numbers, size as f64 * f64::EPSILON * triangle.norm_max())
}
