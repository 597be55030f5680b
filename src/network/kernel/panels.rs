//! Products with a small matrix on the right, which is packed once and stays in the fastest cache.

use pulp::{Arch, Simd, WithSimd};

use super::Matrix;
use crate::network::real::Real;

/// A matrix cut into panels as wide as a vector of the processor, each stored row by row without
/// gaps, the last filled up with zeros: a product then reads memory strictly in order.
pub(in crate::network) struct Panels<R> {
    data: Vec<R>,
    pub(super) rows: usize,
    pub(super) cols: usize,
}

impl<R: Real> Panels<R> {
    pub(super) fn new(matrix: Matrix<'_, R>) -> Self {
        Arch::new().dispatch(Pack(matrix))
    }

    /// So many panels, from number `first`.
    #[inline(always)]
    pub(super) fn vectors<S: Simd, const WIDTH: usize>(
        &self,
        first: usize,
    ) -> [&[R::Vector<S>]; WIDTH] {
        let all = R::vectors::<S>(&self.data);
        let mut panels = [all; WIDTH];
        for (j, panel) in panels.iter_mut().enumerate() {
            *panel = &all[(first + j) * self.rows..][..self.rows];
        }
        panels
    }
}

struct Pack<'a, R>(Matrix<'a, R>);

impl<R: Real> WithSimd for Pack<'_, R> {
    type Output = Panels<R>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Panels<R> {
        let Matrix { data: from, rows, cols, row_stride, col_stride } = self.0;
        let lanes = R::lanes::<S>();
        let mut data = vec![R::default(); rows * cols.next_multiple_of(lanes)];
        for (panel, to) in data.chunks_exact_mut(rows * lanes).enumerate() {
            let start = panel * lanes;
            let width = lanes.min(cols - start);
            for (i, to) in to.chunks_exact_mut(lanes).enumerate() {
                let from = &from[i * row_stride + start * col_stride..];
                if col_stride == 1 {
                    to[..width].copy_from_slice(&from[..width]);
                } else {
                    for (to, from) in to[..width].iter_mut().zip(from.iter().step_by(col_stride)) {
                        *to = *from;
                    }
                }
            }
        }
        Panels { data, rows, cols }
    }
}

/// `out += left · right`: rows of `out` lie `stride` apart, those of `left` `left_stride`.
pub(super) struct AddRowsTimes<'a, R> {
    pub(super) out: &'a mut [R],
    pub(super) stride: usize,
    pub(super) left: &'a [R],
    pub(super) left_stride: usize,
    pub(super) rows: usize,
    pub(super) right: &'a Panels<R>,
}

impl<R: Real> WithSimd for AddRowsTimes<'_, R> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let mut row = 0;
        while row < self.rows {
            row += if self.rows - row < 4 {
                self.add_rows::<S, 1, 4>(simd, row)
            } else {
                self.add_rows::<S, 4, 2>(simd, row)
            };
        }
    }
}

impl<R: Real> AddRowsTimes<'_, R> {
    /// So many rows of the product, up to `WIDTH` panels at a time; returns how many rows.
    #[inline(always)]
    fn add_rows<S: Simd, const ROWS: usize, const WIDTH: usize>(
        &mut self,
        simd: S,
        row: usize,
    ) -> usize {
        let panels = self.right.cols.div_ceil(R::lanes::<S>());
        let mut panel = 0;
        while panel < panels {
            panel += match panels - panel {
                left if left >= WIDTH => self.add_tile::<S, ROWS, WIDTH>(simd, row, panel),
                2 | 3 => self.add_tile::<S, ROWS, 2>(simd, row, panel),
                _ => self.add_tile::<S, ROWS, 1>(simd, row, panel),
            };
        }
        ROWS
    }

    /// A tile of the product, summed in registers; returns how many panels it is wide.
    #[inline(always)]
    fn add_tile<S: Simd, const ROWS: usize, const WIDTH: usize>(
        &mut self,
        simd: S,
        row: usize,
        panel: usize,
    ) -> usize {
        let (inner, lanes) = (self.right.rows, R::lanes::<S>());
        let panels = self.right.vectors::<S, WIDTH>(panel);
        let mut factors = [self.left; ROWS];
        for (i, factors) in factors.iter_mut().enumerate() {
            *factors = &self.left[(row + i) * self.left_stride..][..inner];
        }
        let mut sums = [[R::splat(simd, R::default()); WIDTH]; ROWS];
        for k in 0..inner {
            for i in 0..ROWS {
                let factor = R::splat(simd, factors[i][k]);
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
        WIDTH
    }
}
