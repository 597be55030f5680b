//! Products of small matrices, fast for the shapes of a recurrence.

use std::borrow::Cow;

use gemm::Parallelism;

use super::real::Real;

/// Up to this many rows a product is done with [`Panels`]; above, by `gemm`, whose
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

    /// Row `i` of a row-major matrix.
    pub(super) fn row(self, i: usize) -> &'a [R] {
        &self.data[i * self.row_stride..][..self.cols]
    }

    /// The transpose, without moving a number.
    pub(super) fn transposed(self) -> Self {
        let Self { data, rows, cols, row_stride, col_stride } = self;
        Self { data, rows: cols, cols: rows, row_stride: col_stride, col_stride: row_stride }
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
    /// For few rows: see [`Panels`].
    Panels(Panels<R>),
    /// For more, `gemm` blocks the matrix itself, and copies nothing if rows are contiguous.
    Rows(Cow<'a, [R]>, usize),
}

impl<'a, R: Real> Factor<'a, R> {
    /// Prepares a matrix for left-hand sides of `rows` rows.
    pub(super) fn new(matrix: Matrix<'a, R>, rows: usize) -> Self {
        let Matrix { data, rows: _, cols, row_stride, col_stride } = matrix;
        if rows <= FEW_ROWS {
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
            Self::Panels(panels) => dispatch(AddRowsTimes { out, left, panels }),
            Self::Rows(data, cols) => {
                let right = Matrix::new(data, data.len() / cols, *cols);
                add_product(out, *cols, Matrix::new(left, rows, right.rows), right);
            }
        }
    }
}

/// A matrix cut into panels of [`LANES`] columns, each stored row by row without gaps: a product
/// with few rows then reads memory strictly in order, which is what limits it.
pub(super) struct Panels<R> {
    data: Vec<R>,
    rows: usize,
    cols: usize,
}

/// Width of the last panel: a multiple of this, so that four versions of the loop do for all.
const STEP: usize = LANES / 4;

impl<R: Real> Panels<R> {
    fn new(matrix: Matrix<'_, R>) -> Self {
        let Matrix { data: from, rows, cols, row_stride, col_stride } = matrix;
        let mut data = Vec::with_capacity(rows * cols.next_multiple_of(STEP));
        for start in (0..cols).step_by(LANES) {
            let width = (cols - start).min(LANES);
            for i in 0..rows {
                let at = |j: usize| from[i * row_stride + (start + j) * col_stride];
                data.extend((0..width).map(at));
                data.resize(data.len() + width.next_multiple_of(STEP) - width, R::default());
            }
        }
        Self { data, rows, cols }
    }
}

/// `out += left · panels`.
struct AddRowsTimes<'a, R> {
    out: &'a mut [R],
    left: &'a [R],
    panels: &'a Panels<R>,
}

impl<R: Real> Job for AddRowsTimes<'_, R> {
    type Output = ();

    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let Panels { data, rows, cols } = self.panels;
        for (left, out) in self.left.chunks_exact(*rows).zip(self.out.chunks_exact_mut(*cols)) {
            for (out, panel) in out.chunks_mut(LANES).zip(data.chunks(rows * LANES)) {
                match out.len().div_ceil(STEP) {
                    1 => add_panel::<R, FMA, STEP>(out, left, panel),
                    2 => add_panel::<R, FMA, { 2 * STEP }>(out, left, panel),
                    3 => add_panel::<R, FMA, { 3 * STEP }>(out, left, panel),
                    _ => add_panel::<R, FMA, LANES>(out, left, panel),
                }
            }
        }
    }
}

/// Adds a vector-panel product, kept in registers over all rows of the panel.
#[inline(always)]
fn add_panel<R: Real, const FMA: bool, const WIDTH: usize>(
    out: &mut [R],
    factors: &[R],
    panel: &[R],
) {
    let mut sums = [R::default(); WIDTH];
    for (&factor, row) in factors.iter().zip(panel.chunks_exact(WIDTH)) {
        for (sum, &weight) in sums.iter_mut().zip(row) {
            *sum = factor.mul_add_if::<FMA>(weight, *sum);
        }
    }
    for (out, sum) in out.iter_mut().zip(sums) {
        *out += sum;
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
        for (m, k, n) in [(1, 1, 1), (1, 16, 64), (3, 5, 39), (4, 17, 33), (5, 7, 9), (32, 33, 128)]
        {
            let left = random(&mut generator, m * k);
            let right = random(&mut generator, k * n);
            let mut found = random(&mut generator, m * n);
            let mut expected = found.clone();
            naive(&mut expected, &left, &right, m, k, n);
            let start = found.clone();
            let right = Matrix::new(&right, k, n);
            add_product(&mut found, n, Matrix::new(&left, m, k), right);
            let mut prepared = start;
            Factor::new(right, m).add_product(&mut prepared, &left, m);
            for ((a, b), expected) in found.iter().zip(&prepared).zip(&expected) {
                assert!((a - expected).abs() < 1e-13, "{m} {k} {n}");
                assert!((b - expected).abs() < 1e-13, "{m} {k} {n} prepared");
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
