//! What stands in the gradient's way from one step to the step before.

use super::view::FLAT;
use crate::network::{Carry, Nonlinearity};

/// What carries the gradient back from step to step, by step t = 1..T (index t - 1). On its way
/// from step t to t - 1 it meets what step t has.
#[derive(Clone, Debug, PartialEq)]
pub enum Passage {
    /// W_hh and a nonlinearity: dL/dh_{t-1} = W_hh^T (f'(a_t) ⊙ dL/dh_t), apart from what arrives
    /// on other ways. The norm of the product in brackets splits a step's factor exactly in two.
    Slopes {
        /// The nonlinearity f.
        nonlinearity: Nonlinearity,
        /// Fraction of all units and sequences whose slope f' is below [`FLAT`].
        flat: Vec<f64>,
        /// ‖f'(a_t) ⊙ dL/dh_t‖ / ‖dL/dh_t‖ over the whole batch: the nonlinearity's share of the
        /// step's factor. NaN where there is no gradient, or an infinite one.
        passed: Vec<f64>,
    },
    /// Beside weights a gate: the mean of f of an LSTM, z of a GRU, over units and sequences.
    Gate(Vec<f64>),
}

impl Passage {
    /// From the states h and the gradients dL/dh of steps 1..T, `[T, B, H]` each, and the norms of
    /// the latter by step.
    pub(super) fn of(carry: &Carry, hidden: &[f64], grads: &[f64], norms: &[f64]) -> Self {
        let nonlinearity = match carry {
            Carry::Gate(means) => return Self::Gate(means.clone()),
            Carry::Nonlinearity(nonlinearity) => *nonlinearity,
        };
        let (flat, passed) = match nonlinearity {
            Nonlinearity::Tanh => by_step(|h| 1.0 - h * h, hidden, grads, norms),
            // NaN stays what it is: a slope of 0 would hide it.
            Nonlinearity::Relu => {
                by_step(|h| if h <= 0.0 { 0.0 } else { 1.0 }, hidden, grads, norms)
            }
            Nonlinearity::Identity => {
                let there = |norm: &f64| if is_there(*norm) { 1.0 } else { f64::NAN };
                (vec![0.0; norms.len()], norms.iter().map(there).collect())
            }
        };
        Self::Slopes { nonlinearity, flat, passed }
    }

    /// When a unit counts as saturated, for tooltips and help.
    pub fn rule() -> String {
        format!(
            "A tanh unit is saturated where its slope 1 − h² is below {FLAT}; a ReLU unit is inactive \
             where its state is 0."
        )
    }
}

/// Whether there is a gradient of which parts can be taken.
fn is_there(norm: f64) -> bool {
    norm > 0.0 && norm.is_finite()
}

/// Fraction of flat units, and share of the gradient that the slopes let through.
fn by_step(
    slope: impl Fn(f64) -> f64,
    hidden: &[f64],
    grads: &[f64],
    norms: &[f64],
) -> (Vec<f64>, Vec<f64>) {
    let size = (hidden.len() / norms.len().max(1)).max(1);
    let steps = hidden.chunks_exact(size).zip(grads.chunks_exact(size)).zip(norms);
    steps
        .map(|((hidden, grads), &norm)| {
            let (mut flat, mut square) = (0_u32, 0.0);
            // Divided by their norm, numbers of any size have squares.
            let unit = if (1.0 / norm).is_finite() { 1.0 / norm } else { f64::NAN };
            for (&h, &grad) in hidden.iter().zip(grads) {
                let slope = slope(h);
                flat += u32::from(slope < FLAT);
                let part = slope * (grad * unit);
                square += part * part;
            }
            let passed = if !is_there(norm) {
                f64::NAN
            } else if unit.is_nan() {
                let parts = hidden.iter().zip(grads).map(|(&h, &grad)| slope(h) * (grad / norm));
                parts.map(|part| part * part).sum::<f64>().sqrt()
            } else {
                square.sqrt()
            };
            (f64::from(flat) / size as f64, passed)
        })
        .unzip()
}
