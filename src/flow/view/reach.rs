//! How far the update of the recurrent weights hears: the part of dL/dW_hh that comes from losses at
//! least d ticks after the weights were used.
//!
//! With losses at all steps the contribution of a step says little about distance, as most of it comes
//! from the losses right after it. So the gradients of all losses go back side by side, as in the
//! itemized view, and are put together again by how far they have come.

use super::itemized::{MAX_TICKS, at_a_time, itemize, way_back};
use super::{Scene, norm_of};
use crate::error::Result;
use crate::flow::batch::Batch;
use crate::network::real::Real;
use crate::network::{NetworkSpec, Reading};
use crate::task::Loss;

/// Numbers kept at once at most; beyond, nothing is split.
const MOST_NUMBERS: usize = 1 << 25;

/// Whether the loss enters at several steps.
pub(super) fn many_losses(spec: &NetworkSpec, batch: &Batch, loss: Loss) -> bool {
    match spec.reading {
        Reading::EachStep | Reading::States => !(batch.obeys_loss() && loss == Loss::Last),
        Reading::AllSteps(_) => true,
        Reading::LastStep | Reading::LastStepRelu => false,
    }
}

/// The distances, in ticks, from which on parts are told: 0, 1, 2, 4 and so on. None where there is
/// one loss, or too much to keep.
pub(super) fn distances(spec: &NetworkSpec, batch: &Batch, loss: Loss) -> Vec<usize> {
    let ticks = batch.steps * spec.ticks;
    if !many_losses(spec, batch, loss) || ticks > MAX_TICKS {
        return Vec::new();
    }
    let powers = (0..usize::BITS).map(|power| 1_usize << power);
    let distances: Vec<usize> =
        std::iter::once(0).chain(powers.take_while(|power| *power < ticks)).collect();
    let of_a_tick = spec.num_layers * batch.size * spec.cell.gates() * spec.hidden_size;
    if distances.len() * ticks * of_a_tick > MOST_NUMBERS { Vec::new() } else { distances }
}

/// Ticks that the sweeps go back through.
///
/// # Errors
/// None for questions that have [`distances`].
pub(super) fn more_ticks(spec: &NetworkSpec, batch: &Batch, loss: Loss) -> Result<usize> {
    if distances(spec, batch, loss).is_empty() { Ok(0) } else { way_back(spec, batch) }
}

/// Frobenius norms of the parts from each of the distances on, by layer.
pub(super) fn far<R: Real>(scene: &Scene<'_, R>, distances: &[usize]) -> Result<Vec<Vec<f64>>> {
    let NetworkSpec { cell, ticks, .. } = scene.network.spec;
    let (width, all) = (scene.state() * cell.gates(), scene.replay.ticks());
    // What has come from between one distance and the next, by tick.
    let none = vec![vec![R::default(); all * width]; distances.len()];
    let mut parts = vec![none; scene.layers()];
    itemize(scene, at_a_time(&scene.network.spec, scene.batch), &mut |sent| {
        let distance = (sent.step + 1) * ticks - 1 - sent.tick;
        let part = distances.partition_point(|least| *least <= distance) - 1;
        let sums = &mut parts[sent.layer][part][sent.tick * width..][..width];
        sums.iter_mut().zip(sent.delta).for_each(|(sum, delta)| *sum += *delta);
    })?;
    let of_layer = |(layer, parts): (usize, &Vec<Vec<R>>)| {
        let mut sum: Vec<R> = Vec::new();
        let from_far = parts.iter().rev().map(|part| {
            let gradient = scene.replay.weight_gradient(layer, 0, part);
            sum.resize(gradient.len(), R::default());
            sum.iter_mut().zip(gradient).for_each(|(sum, number)| *sum += number);
            norm_of(&sum)
        });
        let mut norms: Vec<f64> = from_far.collect();
        norms.reverse();
        norms
    };
    Ok(parts.iter().enumerate().map(of_layer).collect())
}
