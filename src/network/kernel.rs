//! Products of small matrices, fast for the shapes of a recurrence.

use gemm::Parallelism;

use super::real::Real;

/// Up to this many rows the product is done by [`add_block`]; above, by `gemm`, whose
/// blocking pays off only then.
const FEW_ROWS: usize = 4;

/// Columns accumulated in registers at a time.
const LANES: usize = 32;

/// Work compiled twice: with AVX2 and fused multiply-add, and for any processor.
pub(crate) trait Job {
    /// What comes out.
    type Output;

    /// Does the work; `FMA` tells whether fused multiply-add is cheap.
    fn run<const FMA: bool>(self) -> Self::Output;
}

/// Runs a job in the fastest version that this processor has.
pub(crate) fn dispatch<J: Job>(job: J) -> J::Output {
    #[cfg(target_arch = "x86_64")]
    {
        struct Fused<J>(J);
        impl<J: Job> pulp::NullaryFnOnce for Fused<J> {
            type Output = J::Output;
            #[inline(always)]
            fn call(self) -> Self::Output {
                self.0.run::<true>()
            }
        }
        match pulp::x86::V3::try_new() {
            Some(simd) => simd.vectorize(Fused(job)),
            None => job.run::<false>(),
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    job.run::<{ cfg!(target_arch = "aarch64") }>()
}

/// A matrix in a slice: element (i, j) lies at `i * row_stride + j * col_stride`.
#[derive(Clone, Copy)]
pub(super) struct Matrix<'a, R> {
    data: &'a [R],
    rows: usize,
    cols: usize,
    row_stride: usize,
    col_stride: usize,
}

impl<'a, R: Real> Matrix<'a, R> {
    /// A row-major matrix that fills `data`.
    pub(super) fn new(data: &'a [R], rows: usize, cols: usize) -> Self {
        Self::strided(data, rows, cols, cols)
    }

    /// The first `cols` columns of a row-major matrix whose rows lie `row_stride` apart.
    pub(super) fn strided(data: &'a [R], rows: usize, cols: usize, row_stride: usize) -> Self {
        assert!(rows == 0 || cols == 0 || data.len() >= (rows - 1) * row_stride + cols);
        Self { data, rows, cols, row_stride, col_stride: 1 }
    }

    /// The transpose, without moving a number.
    pub(super) fn transposed(self) -> Self {
        let Self { data, rows, cols, row_stride, col_stride } = self;
        Self { data, rows: cols, cols: rows, row_stride: col_stride, col_stride: row_stride }
    }

    /// A row-major copy of the transpose.
    pub(super) fn to_transposed(self) -> Vec<R> {
        let mut out = Vec::with_capacity(self.rows * self.cols);
        for j in 0..self.cols {
            out.extend(
                (0..self.rows).map(|i| self.data[i * self.row_stride + j * self.col_stride]),
            );
        }
        out
    }
}

/// `out += left · right`, with `out` row-major of rows `out_stride` apart.
pub(super) fn add_product<R: Real>(
    out: &mut [R],
    out_stride: usize,
    left: Matrix<'_, R>,
    right: Matrix<'_, R>,
) {
    assert_eq!(left.cols, right.rows);
    let (m, k, n) = (left.rows, left.cols, right.cols);
    if m == 0 || k == 0 || n == 0 {
        return;
    }
    assert!(out.len() >= (m - 1) * out_stride + n);
    if m <= FEW_ROWS && left.col_stride == 1 && right.col_stride == 1 {
        return dispatch(AddRowsTimes { out, out_stride, left, right });
    }
    // SAFETY: the shapes were checked against the slices when the matrices were made and, for
    // `out`, just above; `out` is borrowed exclusively, so nothing aliases.
    #[expect(unsafe_code, reason = "gemm takes raw pointers")]
    unsafe {
        gemm::gemm(
            m,
            n,
            k,
            out.as_mut_ptr(),
            1,
            out_stride as isize,
            true,
            left.data.as_ptr(),
            left.col_stride as isize,
            left.row_stride as isize,
            right.data.as_ptr(),
            right.col_stride as isize,
            right.row_stride as isize,
            R::ONE,
            R::ONE,
            false,
            false,
            false,
            Parallelism::None,
        );
    }
}

/// `out += left · right` for few rows: every row of `right` is read once, in order.
struct AddRowsTimes<'a, R> {
    out: &'a mut [R],
    out_stride: usize,
    left: Matrix<'a, R>,
    right: Matrix<'a, R>,
}

impl<R: Real> Job for AddRowsTimes<'_, R> {
    type Output = ();

    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let Self { out, out_stride, left, right } = self;
        for i in 0..left.rows {
            let factors = &left.data[i * left.row_stride..][..left.cols];
            let out = &mut out[i * out_stride..][..right.cols];
            let mut blocks = out.chunks_exact_mut(LANES);
            let mut column = 0;
            for block in &mut blocks {
                add_block::<R, FMA, LANES>(block, factors, &right, column);
                column += LANES;
            }
            let rest = blocks.into_remainder();
            let mut small = rest.chunks_exact_mut(LANES / 8);
            for block in &mut small {
                add_block::<R, FMA, { LANES / 8 }>(block, factors, &right, column);
                column += LANES / 8;
            }
            for value in small.into_remainder() {
                add_block::<R, FMA, 1>(std::slice::from_mut(value), factors, &right, column);
                column += 1;
            }
        }
    }
}

/// Adds `WIDTH` columns of a vector-matrix product, kept in registers over all rows.
#[inline(always)]
fn add_block<R: Real, const FMA: bool, const WIDTH: usize>(
    out: &mut [R],
    factors: &[R],
    right: &Matrix<'_, R>,
    column: usize,
) {
    let mut sums = [R::default(); WIDTH];
    sums.copy_from_slice(out);
    for (&factor, row) in factors.iter().zip(right.data.chunks(right.row_stride)) {
        let row = &row[column..][..WIDTH];
        for (sum, &weight) in sums.iter_mut().zip(row) {
            *sum = factor.mul_add_if::<FMA>(weight, *sum);
        }
    }
    out.copy_from_slice(&sums);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Generator;

    fn random(generator: &mut Generator, n: usize) -> Vec<f64> {
        (0..n).map(|_| generator.uniform_f64() - 0.5).collect()
    }

    fn naive(out: &mut [f64], left: &[f64], right: &[f64], m: usize, k: usize, n: usize) {
        for i in 0..m {
            for j in 0..n {
                out[i * n + j] += (0..k).map(|l| left[i * k + l] * right[l * n + j]).sum::<f64>();
            }
        }
    }

    #[test]
    fn products_agree_with_the_definition_for_every_path() {
        let mut generator = Generator::seeded(0);
        for (m, k, n) in [(1, 1, 1), (1, 16, 64), (3, 5, 39), (4, 17, 33), (5, 7, 9), (32, 33, 128)]
        {
            let left = random(&mut generator, m * k);
            let right = random(&mut generator, k * n);
            let mut found = random(&mut generator, m * n);
            let mut expected = found.clone();
            naive(&mut expected, &left, &right, m, k, n);
            add_product(&mut found, n, Matrix::new(&left, m, k), Matrix::new(&right, k, n));
            for (found, expected) in found.iter().zip(&expected) {
                assert!((found - expected).abs() < 1e-13, "{m} {k} {n}");
            }
        }
    }

    #[test]
    fn transposes_are_views() {
        let data = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        let matrix = Matrix::new(&data, 2, 3);
        assert_eq!(matrix.to_transposed(), [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
        let mut out = [0.0; 9];
        add_product(&mut out, 3, matrix.transposed(), matrix);
        assert_eq!(out, [17.0, 22.0, 27.0, 22.0, 29.0, 36.0, 27.0, 36.0, 45.0]);
    }
}
