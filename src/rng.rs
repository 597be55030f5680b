//! The only source of randomness: PyTorch's CPU generator, and NumPy's for data sets of its making.
//!
//! The same seed gives the same bytes on every machine, and the same numbers as
//! `torch.manual_seed`: MT19937 words (Matsumoto & Nishimura 1998), and on top of them the
//! conversions of PyTorch's `uniform_` and `randn`, which differ between single and double
//! precision and between short and long tensors. Data sets with a NumPy recipe draw from [`numpy`].

use std::convert::Infallible;
use std::f64::consts::TAU;

use rand::TryRng;
use rand_mt::Mt;

use box_muller::{BLOCK, box_muller};
pub use upcoming::Upcoming;

mod box_muller;
pub mod numpy;
mod upcoming;

/// PyTorch's CPU generator after `torch.manual_seed(seed)`.
#[derive(Clone, Debug)]
pub struct Generator {
    engine: Mt,
    /// The second normal of a Box-Muller pair, kept for the next short `randn`.
    spare_normal: Option<f64>,
}

impl Generator {
    /// As after `torch.manual_seed(seed)`: the engine sees the low 32 bits.
    pub fn seeded(seed: u64) -> Self {
        let [a, b, c, d, ..] = seed.to_le_bytes();
        Self { engine: Mt::new(u32::from_le_bytes([a, b, c, d])), spare_normal: None }
    }

    /// One f32 of `uniform_(low, high)`.
    pub fn uniform_f32(&mut self, low: f32, high: f32) -> f32 {
        let unit = (self.engine.next_u32() & 0x00ff_ffff) as f32 * (-24f32).exp2();
        unit.mul_add(high - low, low)
    }

    /// One f64 of `uniform_(0, 1)`.
    pub fn uniform_f64(&mut self) -> f64 {
        let first = u64::from(self.engine.next_u32());
        let second = u64::from(self.engine.next_u32());
        ((first << 32 | second) & ((1 << 53) - 1)) as f64 * (-53f64).exp2()
    }

    /// `torch.empty(n).uniform_(low, high)`.
    pub fn uniform(&mut self, n: usize, low: f32, high: f32) -> Vec<f32> {
        (0..n).map(|_| self.uniform_f32(low, high)).collect()
    }

    /// `torch.randn(n)` in f32, where n is the number of values of the whole tensor.
    ///
    /// Short tensors are drawn one by one in f64, long ones in blocks of sixteen in f32.
    pub fn randn(&mut self, n: usize) -> Vec<f32> {
        if n < BLOCK {
            return (0..n).map(|_| self.normal_f64() as f32).collect();
        }
        let mut values = self.uniform(n, 0.0, 1.0);
        for block in values.chunks_exact_mut(BLOCK) {
            box_muller(block);
        }
        if !n.is_multiple_of(BLOCK) {
            // PyTorch draws the last sixteen afresh rather than leave a short block.
            let tail = self.uniform(BLOCK, 0.0, 1.0);
            values[n - BLOCK..].copy_from_slice(&tail);
            box_muller(&mut values[n - BLOCK..]);
        }
        values
    }

    /// Leaves the stream where [`Generator::randn`] would, without making the numbers.
    pub fn skip_randn(&mut self, n: usize) {
        if n < BLOCK {
            self.randn(n);
            return;
        }
        let redrawn = if n.is_multiple_of(BLOCK) { 0 } else { BLOCK };
        for _ in 0..n + redrawn {
            self.engine.next_u32();
        }
    }

    fn normal_f64(&mut self) -> f64 {
        if let Some(spare) = self.spare_normal.take() {
            return spare;
        }
        let angle = TAU * self.uniform_f64();
        let radius = (-2.0 * (-self.uniform_f64()).ln_1p()).sqrt();
        self.spare_normal = Some(radius * angle.sin());
        radius * angle.cos()
    }
}

impl TryRng for Generator {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.engine.next_u32())
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.engine.next_u64())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.engine.fill_bytes(bytes);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_beyond_32_bits_is_cut_as_in_torch() {
        let low = Generator::seeded(7).randn(20);
        assert_eq!(Generator::seeded(7 + (1 << 32)).randn(20), low);
    }

    #[test]
    fn the_spare_normal_carries_over_to_the_next_short_draw() {
        let mut whole = Generator::seeded(3);
        let mut parts = Generator::seeded(3);
        let expected = whole.randn(8);
        let mut found = parts.randn(3);
        found.extend(parts.randn(5));
        assert_eq!(found, expected);
    }

    #[test]
    fn skipping_equals_drawing() {
        for n in [3, 16, 40] {
            let (mut drawn, mut skipped) = (Generator::seeded(1), Generator::seeded(1));
            drawn.randn(n);
            skipped.skip_randn(n);
            assert_eq!(drawn.randn(5), skipped.randn(5), "{n}");
        }
    }

    #[test]
    fn long_draws_have_zero_mean_and_unit_variance() {
        let draws = Generator::seeded(1).randn(100_003);
        let mean = draws.iter().map(|&v| f64::from(v)).sum::<f64>() / draws.len() as f64;
        let power = draws.iter().map(|&v| f64::from(v).powi(2)).sum::<f64>() / draws.len() as f64;
        assert!(mean.abs() < 0.01, "mean {mean}");
        assert!((power - 1.0).abs() < 0.02, "variance {power}");
    }
}
