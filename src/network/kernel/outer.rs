//! Sums of outer products of the rows of two matrices, which is what a gradient of weights is.

use pulp::{Arch, Simd, WithSimd};

use super::Matrix;
use super::panels::Panels;
use crate::network::real::Real;

/// Rows packed at a time: few enough for the fastest cache, and for sums without much rounding.
const BLOCK: usize = 128;

/// `out += leftᵀ · right` for row-major matrices, with rows of `out` `stride` apart.
pub(super) fn add_outer_products<R: Real>(
    out: &mut [R],
    stride: usize,
    left: Matrix<'_, R>,
    right: Matrix<'_, R>,
) {
    for first in (0..right.rows).step_by(BLOCK) {
        let rows = BLOCK.min(right.rows - first);
        let right = &Panels::new(right.some_rows(first, rows));
        let left = left.some_rows(first, rows);
        Arch::new().dispatch(AddBlock { out: &mut *out, stride, left, right });
    }
}

/// The same for one block of rows.
struct AddBlock<'a, R> {
    out: &'a mut [R],
    stride: usize,
    left: Matrix<'a, R>,
    right: &'a Panels<R>,
}

impl<R: Real> WithSimd for AddBlock<'_, R> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let panels = self.right.cols.div_ceil(R::lanes::<S>());
        let mut panel = 0;
        while panel < panels {
            panel += match panels - panel {
                1 => self.add_columns::<S, 1>(simd, panel),
                _ => self.add_columns::<S, 2>(simd, panel),
            };
        }
    }
}

impl<R: Real> AddBlock<'_, R> {
    #[inline(always)]
    fn add_columns<S: Simd, const WIDTH: usize>(&mut self, simd: S, panel: usize) -> usize {
        let mut row = 0;
        while row < self.left.cols {
            row += match self.left.cols - row {
                1 => self.add_tile::<S, 1, WIDTH>(simd, row, panel),
                2 | 3 => self.add_tile::<S, 2, WIDTH>(simd, row, panel),
                _ => self.add_tile::<S, 4, WIDTH>(simd, row, panel),
            };
        }
        WIDTH
    }

    /// A tile of the result, summed in registers; returns how many rows it has.
    #[inline(always)]
    #[expect(clippy::needless_range_loop, reason = "k runs through several panels at once")]
    fn add_tile<S: Simd, const ROWS: usize, const WIDTH: usize>(
        &mut self,
        simd: S,
        row: usize,
        panel: usize,
    ) -> usize {
        let (inner, lanes) = (self.right.rows, R::lanes::<S>());
        let panels = self.right.vectors::<S, WIDTH>(panel);
        let mut sums = [[R::splat(simd, R::default()); WIDTH]; ROWS];
        for k in 0..inner {
            let left = &self.left.data[k * self.left.row_stride + row..][..ROWS];
            for i in 0..ROWS {
                let factor = R::splat(simd, left[i]);
                for j in 0..WIDTH {
                    sums[i][j] = R::mul_add(simd, factor, panels[j][k], sums[i][j]);
                }
            }
        }
        for (i, sums) in sums.into_iter().enumerate() {
            let out = &mut self.out[(row + i) * self.stride..][..self.right.cols];
            for (j, sum) in sums.into_iter().enumerate() {
                R::add_to(simd, &mut out[(panel + j) * lanes..], sum);
            }
        }
        ROWS
    }
}
