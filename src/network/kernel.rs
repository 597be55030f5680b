//! Products of small matrices, fast for the shapes of a recurrence.

use std::borrow::Cow;

use gemm::Parallelism;
use pulp::Arch;

use self::outer::add_outer_products;
use self::panels::{AddRowsTimes, Panels};
pub(crate) use self::simd::Lanes;
use super::real::Real;

mod outer;
mod panels;
mod simd;

/// Up to this many rows any product is done with [`Panels`].
const FEW_ROWS: usize = 4;

/// A matrix of at most so many numbers is small: products with it are done with [`Panels`], or a
/// row at a time where it is the result. Above, the blocking of `gemm` pays off.
const SMALL: usize = 64 * 64;

/// Work compiled for AVX-512, for AVX2 with fused multiply-add, and for any processor.
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
        if let Some(simd) = pulp::x86::V4::try_new() {
            return simd.vectorize(Fused(job));
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

    /// Row `i` of a row-major matrix.
    pub(super) fn row(self, i: usize) -> &'a [R] {
        &self.data[i * self.row_stride..][..self.cols]
    }

    /// The transpose, without moving a number.
    pub(super) fn transposed(self) -> Self {
        let Self { data, rows, cols, row_stride, col_stride } = self;
        Self { data, rows: cols, cols: rows, row_stride: col_stride, col_stride: row_stride }
    }

    /// Rows `first..first + rows` of a row-major matrix.
    fn some_rows(self, first: usize, rows: usize) -> Self {
        Self { data: &self.data[first * self.row_stride..], rows, ..self }
    }

    /// A row-major copy. Rows are filled a tile at a time, so that copying a transpose reads whole
    /// cache lines.
    fn to_rows(self) -> Vec<R> {
        const TILE: usize = 16;
        let Self { data, rows, cols, row_stride, col_stride } = self;
        let mut out = vec![R::default(); rows * cols];
        for (tile, out) in out.chunks_mut(TILE * cols).enumerate() {
            for j in 0..cols {
                let from = tile * TILE * row_stride + j * col_stride;
                for (i, row) in out.chunks_exact_mut(cols).enumerate() {
                    row[j] = data[from + i * row_stride];
                }
            }
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
    if left.col_stride == 1 && k * n <= SMALL {
        let right = &Panels::new(right);
        let Matrix { data: left, row_stride: left_stride, .. } = left;
        return Arch::new().dispatch(AddRowsTimes {
            out,
            stride: out_stride,
            left,
            left_stride,
            rows: m,
            right,
        });
    }
    if left.row_stride == 1 && right.col_stride == 1 && m * n <= SMALL {
        let left = left.transposed();
        return add_outer_products(out, out_stride, left, right);
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

/// The right-hand side of many products, in the layout that suits the rows of the left-hand sides.
pub(super) enum Factor<'a, R: Clone> {
    /// For few rows, or a small matrix.
    Panels(Panels<R>),
    /// For more, `gemm` blocks the matrix itself, and copies nothing if rows are contiguous.
    Rows(Cow<'a, [R]>, usize),
}

impl<'a, R: Real> Factor<'a, R> {
    /// Prepares a matrix for left-hand sides of `rows` rows.
    pub(super) fn new(matrix: Matrix<'a, R>, rows: usize) -> Self {
        let Matrix { data, rows: inner, cols, row_stride, col_stride } = matrix;
        if rows <= FEW_ROWS || inner * cols <= SMALL {
            Self::Panels(Panels::new(matrix))
        } else if col_stride == 1 && row_stride == cols {
            Self::Rows(Cow::Borrowed(data), cols)
        } else {
            Self::Rows(Cow::Owned(matrix.to_rows()), cols)
        }
    }

    /// `out += left · self`, all row-major without gaps.
    pub(super) fn add_product(&self, out: &mut [R], left: &[R], rows: usize) {
        match self {
            Self::Panels(right) => {
                let (stride, left_stride) = (right.cols, right.rows);
                Arch::new().dispatch(AddRowsTimes { out, stride, left, left_stride, rows, right });
            }
            Self::Rows(data, cols) => {
                let right = Matrix::new(data, data.len() / cols, *cols);
                add_product(out, *cols, Matrix::new(left, rows, right.rows), right);
            }
        }
    }
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
        let small = [(1, 1, 1), (1, 16, 64), (3, 5, 39), (4, 17, 33), (5, 7, 9), (11, 300, 30)];
        for (m, k, n) in small.into_iter().chain([(32, 33, 128), (65, 66, 67), (70, 3, 2000)]) {
            let left = random(&mut generator, m * k);
            let right = random(&mut generator, k * n);
            let mut found = random(&mut generator, m * n);
            let mut expected = found.clone();
            naive(&mut expected, &left, &right, m, k, n);
            let start = found.clone();
            let right = Matrix::new(&right, k, n);
            add_product(&mut found, n, Matrix::new(&left, m, k), right);
            let mut prepared = start.clone();
            Factor::new(right, m).add_product(&mut prepared, &left, m);
            let columns = Matrix::new(&left, m, k).transposed().to_rows();
            let mut outer = start;
            add_product(&mut outer, n, Matrix::new(&columns, k, m).transposed(), right);
            for (way, found) in [("", found), ("prepared", prepared), ("outer", outer)] {
                for (found, expected) in found.iter().zip(&expected) {
                    assert!((found - expected).abs() < 1e-13, "{m} {k} {n} {way}");
                }
            }
        }
    }

    #[test]
    fn transposes_are_views() {
        let data = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        let matrix = Matrix::new(&data, 2, 3);
        let mut product = [0.0; 2];
        Factor::new(matrix.transposed(), 1).add_product(&mut product, &[1.0, 1.0, 1.0], 1);
        assert_eq!(product, [6.0, 15.0]);
        assert_eq!(matrix.transposed().to_rows(), [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
        let mut out = [0.0; 9];
        add_product(&mut out, 3, matrix.transposed(), matrix);
        assert_eq!(out, [17.0, 22.0, 27.0, 22.0, 29.0, 36.0, 27.0, 36.0, 45.0]);
    }
}
