//! What the gate that keeps the state let through, noted on the way forward.

use std::ops::Range;

use super::layout::Dims;
use crate::network::real::Real;

/// Means of one gate over units and sequences, in the order in which steps are taken.
pub(super) struct Tally {
    /// Where the gate lies in a row of gates, if one is to be noted.
    block: Option<Range<usize>>,
    /// G·H.
    width: usize,
    means: Vec<f64>,
}

impl Tally {
    /// For gate number `gate`; without one nothing is noted.
    pub(super) fn new(gate: Option<usize>, dims: Dims) -> Self {
        let Dims { hidden, width, steps, layers, .. } = dims;
        let block = gate.map(|gate| gate * hidden..(gate + 1) * hidden);
        let means = Vec::with_capacity(if block.is_some() { steps * layers } else { 0 });
        Self { block, width, means }
    }

    /// Notes one step's activated gates `[B, G·H]`.
    pub(super) fn note<R: Real>(&mut self, gates: &[R]) {
        let Some(block) = &self.block else { return };
        let rows = gates.chunks_exact(self.width);
        let count = rows.len() * block.len();
        let sum: f64 = rows.map(|row| sum(&row[block.clone()])).sum();
        self.means.push(sum / count as f64);
    }

    pub(super) fn into_means(self) -> Vec<f64> {
        self.means
    }
}

/// In four parts, so that additions need not wait for each other.
fn sum<R: Real>(values: &[R]) -> f64 {
    let mut parts = [0.0; 4];
    let fours = values.chunks_exact(4);
    let rest: f64 = fours.remainder().iter().map(|value| value.to_f64()).sum();
    for four in fours {
        for (part, value) in parts.iter_mut().zip(four) {
            *part += value.to_f64();
        }
    }
    rest + parts.iter().sum::<f64>()
}
