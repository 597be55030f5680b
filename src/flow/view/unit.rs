//! Matrices whose numbers stay near 1, so that long products neither over- nor underflow.

use std::f64::consts::LN_2;

use faer::Mat;

/// A matrix of numbers below 2, and the power of two by which it is to be multiplied.
#[derive(Debug)]
pub(super) struct Unit {
    pub(super) matrix: Mat<f64>,
    pub(super) power: i32,
}

impl Unit {
    /// `None` if a number is NaN or infinite. Zeros have the power zero.
    pub(super) fn of(mut matrix: Mat<f64>) -> Option<Self> {
        let largest = largest_number(&matrix)?;
        if largest == 0.0 {
            return Some(Self { matrix, power: 0 });
        }
        // Division by a power of two loses nothing.
        let power = exponent(largest);
        for col in 0..matrix.ncols() {
            times_power_of_two(matrix.col_as_slice_mut(col), -power);
        }
        Some(Self { matrix, power })
    }

    /// ln of the factor of the matrix.
    pub(super) fn ln_scale(&self) -> f64 {
        f64::from(self.power) * LN_2
    }
}

/// The power of two just below a positive number.
pub(super) fn exponent(value: f64) -> i32 {
    value.log2().floor() as i32
}

/// value · 2^power, also where that power is no number of its own: subnormal numbers have powers
/// whose inverses overflow.
pub(super) fn times_two_to(value: f64, power: i32) -> f64 {
    const LARGEST: i32 = 1000;
    let (mut value, mut power) = (value, power);
    while power > LARGEST && value != 0.0 && value.is_finite() {
        value *= f64::from(LARGEST).exp2();
        power -= LARGEST;
    }
    while power < -LARGEST && value != 0.0 {
        value *= f64::from(-LARGEST).exp2();
        power += LARGEST;
    }
    value * f64::from(power.clamp(-LARGEST, LARGEST)).exp2()
}

/// [`times_two_to`] of many numbers.
fn times_power_of_two(values: &mut [f64], power: i32) {
    if (-1000..=1000).contains(&power) {
        let factor = f64::from(power).exp2();
        values.iter_mut().for_each(|value| *value *= factor);
    } else {
        values.iter_mut().for_each(|value| *value = times_two_to(*value, power));
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
    pub(super) fn then(self, unit: &Unit) -> Option<Self> {
        let product = Unit::of(self.matrix * &unit.matrix)?;
        let ln_scale = self.ln_scale + product.ln_scale() + unit.ln_scale();
        Some(Self { matrix: product.matrix, ln_scale })
    }

    /// Times one more matrix from the left. `None` if a number overflows.
    pub(super) fn after(self, unit: &Unit) -> Option<Self> {
        let product = Unit::of(&unit.matrix * self.matrix)?;
        let ln_scale = self.ln_scale + product.ln_scale() + unit.ln_scale();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subnormal_and_huge_numbers_come_near_one_and_back() {
        for value in [4.9e-324, 1e-310, 2.5e-308, 1e-5, 1.0, 3e300, f64::MAX] {
            let Unit { matrix, power } = Unit::of(Mat::from_fn(2, 2, |_, _| value)).unwrap();
            assert!((0.5..4.0).contains(&matrix[(0, 0)]), "{value:e}: {}", matrix[(0, 0)]);
            assert_eq!(times_two_to(matrix[(1, 0)], power), value, "{value:e}");
        }
        assert_eq!(Unit::of(Mat::zeros(2, 2)).unwrap().power, 0);
        assert_eq!(times_two_to(0.0, 5000), 0.0);
        assert_eq!(times_two_to(1.0, 5000), f64::INFINITY);
        assert_eq!(times_two_to(f64::INFINITY, -5000), f64::INFINITY);
        assert_eq!(times_two_to(1.0, -5000), 0.0);
    }
}
