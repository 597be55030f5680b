//! Singular values of matrices made to embarrass, against NumPy 2 and, where NumPy has no digits
//! either, against 80-digit arithmetic (mpmath's `svd_r`).

use faer::Mat;

use super::inverse::Inverter;
use super::jacobians::StepValues;
use super::rotations::singular_values;
use crate::flow::jacobian::{Shape, Step};

/// Numbers that are exact in binary, of a well conditioned matrix.
fn base(n: usize) -> Mat<f64> {
    let entry = |i: usize, j: usize| (i * i * 3 + j * 5 + i * j * 7 + (i ^ j) * 11) % 19;
    Mat::from_fn(n, n, |i, j| (entry(i, j) as f64 - 9.0) / 8.0)
}

fn scaled_rows(slopes: &[f64], matrix: &Mat<f64>) -> Mat<f64> {
    Mat::from_fn(matrix.nrows(), matrix.ncols(), |i, j| slopes[i] * matrix[(i, j)])
}

/// Integers: the product of an n x k matrix and a k x n one.
fn of_rank(k: usize, col: fn(usize, usize) -> usize) -> Mat<f64> {
    let rows = Mat::from_fn(8, k, |i, k| ((i * 5 + k * 3) % 7) as f64 - 3.0);
    rows * Mat::from_fn(k, 8, |k, j| (col(k, j) % 5) as f64 - 2.0)
}

fn jordan(n: usize, eigenvalue: f64) -> Mat<f64> {
    let entry = |i: usize, j: usize| match j.wrapping_sub(i) {
        0 => eigenvalue,
        1 => 1.0,
        _ => 0.0,
    };
    Mat::from_fn(n, n, entry)
}

fn two_by_two(numbers: [[f64; 2]; 2]) -> Mat<f64> {
    Mat::from_fn(2, 2, |i, j| numbers[i][j])
}

fn values(matrix: Mat<f64>) -> [f64; 3] {
    let step = Step { matrix, shape: Shape::Full };
    let StepValues { t: _, max, median, min } = StepValues::of(1, step, &Inverter::new(None));
    [max, median, min]
}

#[track_caller]
fn assert_near(found: [f64; 3], expected: [f64; 3], digits: f64) {
    for (found, expected) in found.into_iter().zip(expected) {
        let off = (found / expected - 1.0).abs();
        assert!(found == expected || off < digits, "{found:e} for {expected:e}: off by {off:e}");
    }
}

#[test]
fn the_smallest_singular_value_of_a_shear_is_not_zero() {
    assert_near(values(two_by_two([[1.0, 1e8], [0.0, 1.0]])), [1e8, 5e7, 1e-8], 1e-8);
    assert_near(values(two_by_two([[1.0, 1e20], [0.0, 1.0]])), [1e20, 5e19, 1e-20], 1e-8);
    let turned = two_by_two([[0.0, 1.0], [1.0, 1e8]]);
    assert_near(values(turned), [1e8, 5e7, 1e-8], 1e-8);
}

#[test]
fn ordinary_defective_and_ill_conditioned_matrices_agree_with_numpy() {
    let regular = [3.090_364_356_976_391_2, 1.811_023_005_771_918_8, 0.421_409_976_559_581_6];
    assert_near(values(base(8)), regular, 1e-9);
    let odd = [3.315_247_733_613_074_6, 1.550_895_558_174_428_9, 0.415_251_616_305_996_8];
    assert_near(values(base(9)), odd, 1e-9);
    let defective = [1.459_231_971_621_982_2, 1.030_174_693_199_242_3, 0.011_730_942_777_578_882];
    assert_near(values(jordan(6, 0.5)), defective, 1e-9);
    let nearly_lost = [1.009_403_994_304_733_7, 0.998_322_909_376_397, 9.999_000_000_000_002e-19];
    assert_near(values(jordan(9, 0.01)), nearly_lost, 1e-9);
    let hilbert = Mat::from_fn(8, 8, |i, j| 1.0 / (i + j + 1) as f64);
    let expected =
        [1.695_938_996_921_949_4, 0.000_761_028_775_719_678, 1.111_538_969_488_808_2e-10];
    assert_near(values(hilbert), expected, 1e-6);
    let (sin, cos) = 0.3_f64.sin_cos();
    let rotation = two_by_two([[0.99 * cos, -0.99 * sin], [0.99 * sin, 0.99 * cos]]);
    assert_near(values(rotation), [0.99; 3], 1e-12);
}

/// NumPy has ten digits of the median, and six of the smallest.
#[test]
fn saturated_rows_keep_their_digits() {
    let powers = [0, -20, -30, -50, -1, -10, -40, -53];
    let slopes: Vec<f64> = powers.into_iter().map(|p| f64::from(p).exp2()).collect();
    let matrix = scaled_rows(&slopes, &base(8));
    let expected = [2.202_069_282_528_198_4, 9.645_063_163_959_806e-7, 7.368_913_969_783_352e-17];
    assert_near(values(matrix.clone()), expected, 1e-9);
    let inverter = Inverter::new(Some(&base(8)));
    let step = Step { matrix: matrix.clone(), shape: Shape::Rows { slopes } };
    let StepValues { max, median, min, .. } = StepValues::of(1, step, &inverter);
    assert_near([max, median, min], expected, 1e-9);
    let all = singular_values(&matrix);
    assert_near([all[0], f64::midpoint(all[3], all[4]), all[7]], expected, 1e-12);
}

#[test]
fn dead_units_have_exact_zeros_and_a_median_with_all_its_digits() {
    let alive = |alive: [f64; 8]| values(scaled_rows(&alive, &base(8)));
    let three = alive([1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0]);
    assert_near(three, [2.752_156_465_816_698_5, 1.203_803_548_751_699_3, 0.0], 1e-12);
    let four = alive([1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 0.0]);
    assert_near(four, [2.674_076_159_085_159_4, 0.579_876_357_369_507_7, 0.0], 1e-12);
    let five = alive([1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0]);
    assert_near(five, [2.655_258_026_921_914_2, 0.0, 0.0], 1e-12);
    assert_eq!(alive([0.0; 8]), [0.0; 3]);
    let units = [1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0];
    let step = Step {
        matrix: scaled_rows(&units, &base(8)),
        shape: Shape::Rows { slopes: units.to_vec() },
    };
    assert_eq!(StepValues::of(1, step, &Inverter::new(Some(&base(8)))).min, 0.0);
}

#[test]
fn what_is_missing_from_the_rank_is_zero() {
    let three = of_rank(3, |k, j| k * 4 + j * 2);
    assert_near(values(three.clone()), [31.512_807_706_740_843, 0.0, 0.0], 1e-12);
    // Rank four: the median lies between a value and zero.
    let four = of_rank(5, |k, j| k * 4 + j * 2 + j * j * k);
    assert_near(values(four), [38.775_314_849_287_63, 2.527_954_560_628_141, 0.0], 1e-9);
    // Also where no row is small, and rounding fills it up.
    let third = Mat::from_fn(8, 8, |i, j| three[(i, j)] / 3.0);
    assert_eq!(values(third)[1..], [0.0, 0.0]);
}

#[test]
fn subnormal_weights_have_singular_values() {
    let tiny = Mat::from_fn(8, 8, |i, j| base(8)[(i, j)] * 1e-310);
    let expected = [3.090_364_356_976_4e-310, 1.811_023_005_771_9e-310, 4.214_099_765_596e-311];
    assert_near(values(tiny), expected, 1e-9);
}

#[test]
fn not_a_number_and_infinity_stay() {
    for broken in [f64::NAN, f64::INFINITY] {
        let mut matrix = base(8);
        matrix[(2, 5)] = broken;
        assert!(values(matrix.clone()).iter().all(|value| value.is_nan()));
        assert!(singular_values(&matrix).iter().all(|value| value.is_nan()));
    }
}
