//! Which weights hear the past: dL/dW_hh split by the step that contributed it.
//!
//! dL/dW_hh = Σ_t Σ_b δ_t h_{t-1}ᵀ, with δ_t the gradient of what W_hh h_{t-1} enters (Werbos 1990;
//! the temporal components of Pascanu, Mikolov & Bengio 2013). Where gradients vanish, early steps are
//! missing from the sum, however large it is (Bengio, Simard & Frasconi 1994).

use super::{Scene, norm_of, reach};
use crate::error::Result;
use crate::flow::measure::norm;
use crate::network::real::Real;

/// The contributions of every step to the gradient of every layer's `weight_hh`, as scaled.
#[derive(Clone, Debug, PartialEq)]
pub struct Contributions {
    /// Ticks of a step; contributions are those of ticks.
    pub ticks: usize,
    /// Whether the loss enters at several steps: a contribution then comes from losses near and far.
    pub many_losses: bool,
    /// Distances in ticks, rising from 0, of which [`LayerContributions::far`] tells; none where
    /// there is one loss only, or the sequence is too long to tell.
    pub distances: Vec<usize>,
    /// Lowest first.
    pub layers: Vec<LayerContributions>,
}

/// The contributions to one layer's dL/dW_hh, by tick t = 1..T (index t - 1).
#[derive(Clone, Debug, PartialEq)]
pub struct LayerContributions {
    /// Frobenius norm of Σ_b δ_t h_{t-1}ᵀ. Zero at the first tick, as h_0 is.
    pub norms: Vec<f64>,
    /// Norms of ticks t..T as a part of all norms: 1 at the first tick. NaN if all are zero.
    pub share: Vec<f64>,
    /// Frobenius norm of dL/dW_hh, the sum over all ticks.
    pub total: f64,
    /// Frobenius norm of the part that comes from losses at least so many ticks after the one at
    /// which the weights were used, by [`Contributions::distances`]. The first is `total`.
    pub far: Vec<f64>,
}

impl LayerContributions {
    /// The fewest last ticks whose norms make up `part` of all; none if that cannot be said.
    pub fn ticks_for(&self, part: f64) -> Option<usize> {
        let enough = self.share.iter().rposition(|share| *share >= part)?;
        Some(self.share.len() - enough)
    }
}

/// Every contribution to every layer.
pub(super) fn weights<R: Real>(scene: &Scene<'_, R>) -> Result<Contributions> {
    let mut norms = vec![vec![0.0; scene.replay.ticks()]; scene.layers()];
    let mut sums: Vec<Vec<f64>> = vec![Vec::new(); scene.layers()];
    contributions(scene, &mut |layer, tick, matrix| {
        norms[layer][tick] = norm_of(matrix);
        let sum = &mut sums[layer];
        sum.resize(matrix.len(), 0.0);
        for (sum, number) in sum.iter_mut().zip(matrix) {
            *sum += number.to_f64();
        }
    })?;
    let Scene { network, batch, loss, .. } = scene;
    let distances = reach::distances(&network.spec, batch, *loss);
    let far = match distances.len() {
        0 => vec![Vec::new(); scene.layers()],
        _ => reach::far(scene, &distances)?,
    };
    let layer = |((norms, sum), far): ((Vec<f64>, Vec<f64>), Vec<f64>)| {
        let share = shares(&norms);
        LayerContributions { norms, share, total: norm(&sum), far }
    };
    let layers = norms.into_iter().zip(sums).zip(far).map(layer).collect();
    let many_losses = reach::many_losses(&network.spec, batch, *loss);
    Ok(Contributions { ticks: network.spec.ticks, many_losses, distances, layers })
}

/// Tells `observe` layer, tick (from 0) and the matrix `[G·H, H]`.
pub(super) fn contributions<R: Real>(
    scene: &Scene<'_, R>,
    observe: &mut dyn FnMut(usize, usize, &[R]),
) -> Result<()> {
    scene.go_back(&mut |back| {
        let matrix = scene.replay.weight_gradient(back.layer, back.tick, back.delta);
        observe(back.layer, back.tick, &matrix);
    })
}

/// What each number and all after it are of the sum of all.
fn shares(norms: &[f64]) -> Vec<f64> {
    // Of numbers near the end of the format the sum would be infinite.
    let largest = norms.iter().copied().fold(0.0, f64::max);
    let scale = if largest.is_finite() && largest > 0.0 { largest } else { 1.0 };
    let mut sum = 0.0;
    let mut shares: Vec<f64> = norms
        .iter()
        .rev()
        .map(|norm| {
            sum += norm / scale;
            sum
        })
        .collect();
    shares.reverse();
    shares.iter_mut().for_each(|share| *share /= sum);
    shares
}
