//! Which loss reaches how far: ‖dL_s/dh_t‖ for every loss step s and state step t, the gradient
//! itemised as in RNNbow (Cashman et al. 2018, “RNNbow: Visualizing Learning via Backpropagation
//! Gradients in RNNs”, IEEE Computer Graphics and Applications 38).
//!
//! The losses of all steps go back together as rows of one batch.

use std::ops::Range;

use super::direct::{Direct, Terms};
use super::{Scene, norm_of};
use crate::error::{Error, Result};
use crate::flow::batch::Batch;
use crate::network::real::Real;
use crate::network::{Back, NetworkSpec, Sweep};

/// The longest sequence, in ticks, of which a map is made: it has the square of that many cells.
pub const MAX_TICKS: usize = 2_048;

/// Gates of all rows of a sweep: as many numbers as stay close to the processor.
const NUMBERS: usize = 1 << 18;

/// A gradient has faded when this part of it is left.
const FADED: f64 = 1e-3;

/// ‖dL_s/dh_t‖ of every layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Itemized {
    /// What the L_s are.
    pub terms: Terms,
    /// Ticks of a step: loss step s stands at tick n·s.
    pub ticks: usize,
    /// Lowest first.
    pub layers: Vec<ItemizedLayer>,
}

/// ‖dL_s/dh_t‖ of one layer.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemizedLayer {
    /// `norms[s - 1][t - 1]` over the whole batch and all units, for loss step s and t from the
    /// first tick to that of the loss; later states do not enter the loss.
    pub norms: Vec<Vec<f64>>,
    /// How far each loss reaches back, by s - 1.
    pub horizons: Vec<Horizon>,
}

/// Ticks until a gradient on its way back has fallen below a thousandth of what it was at the step
/// of its loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Horizon {
    /// The first distance at which it has.
    Within(usize),
    /// It never does, down to the first step, this far away.
    Beyond(usize),
    /// Nothing to compare with: it is zero at the step of its loss, or not finite on the way.
    Unknown,
}

impl Horizon {
    /// From the norms by tick, the last being that of the loss.
    pub fn of(norms: &[f64]) -> Self {
        let Some((&start, earlier)) = norms.split_last() else { return Self::Unknown };
        if !(start.is_finite() && start > 0.0) {
            return Self::Unknown;
        }
        for (distance, norm) in (1..).zip(earlier.iter().rev()) {
            if !norm.is_finite() {
                return Self::Unknown;
            }
            if *norm < FADED * start {
                return Self::Within(distance);
            }
        }
        Self::Beyond(earlier.len())
    }
}

/// Ticks that all sweeps go back through.
///
/// # Errors
/// [`Error::OutOfRange`] where the map would be too large.
pub(super) fn way_back(spec: &NetworkSpec, batch: &Batch) -> Result<usize> {
    let ticks = batch.steps * spec.ticks;
    if ticks > MAX_TICKS {
        let what = "length (times ticks) for the itemized view";
        return Err(Error::out_of_range(what, format!("1 to {MAX_TICKS}"), ticks));
    }
    let at_a_time = at_a_time(spec, batch);
    Ok(blocks(batch.steps, at_a_time).map(|block| block.end * spec.ticks).sum())
}

/// Losses that go back together.
pub(super) fn at_a_time(spec: &NetworkSpec, batch: &Batch) -> usize {
    NUMBERS / (spec.cell.gates() * spec.hidden_size * batch.size)
}

/// The loss steps that go back together, the last ones first: a block has only the ticks before its
/// own last loss to go through.
fn blocks(steps: usize, at_a_time: usize) -> impl Iterator<Item = Range<usize>> {
    let size = at_a_time.clamp(1, steps.max(1));
    let end = move |n: usize| steps - n * size;
    (0..steps.div_ceil(size)).map(move |n| end(n).saturating_sub(size)..end(n))
}

/// Every norm of every layer.
pub(super) fn itemized<R: Real>(scene: &Scene<'_, R>) -> Result<Itemized> {
    let ticks = scene.network.spec.ticks;
    let row = |step: usize| vec![0.0; (step + 1) * ticks];
    let empty = (0..scene.batch.steps).map(row).collect::<Vec<_>>();
    let mut norms = vec![empty; scene.layers()];
    let at_a_time = at_a_time(&scene.network.spec, scene.batch);
    let terms = itemize(scene, at_a_time, &mut |sent| {
        norms[sent.layer][sent.step][sent.tick] = norm_of(sent.gradient);
    })?;
    let layer = |norms: Vec<Vec<f64>>| {
        let horizons = norms.iter().map(|norms| Horizon::of(norms)).collect();
        ItemizedLayer { norms, horizons }
    };
    Ok(Itemized { terms, ticks, layers: norms.into_iter().map(layer).collect() })
}

/// What the loss of one step sends back to the states of one layer after one tick; all from 0.
pub(super) struct Sent<'a, R> {
    pub(super) layer: usize,
    pub(super) step: usize,
    pub(super) tick: usize,
    /// dL_s/dh_t `[B, H]`.
    pub(super) gradient: &'a [R],
    /// Gradient of L_s with respect to W_hh h + b_hh of that tick, `[B, G·H]`.
    pub(super) delta: &'a [R],
}

/// Tells `observe` of every dL_s/dh_t that is not zero by construction. Goes back with `at_a_time` losses at a time.
pub(super) fn itemize<R: Real>(
    scene: &Scene<'_, R>,
    at_a_time: usize,
    observe: &mut dyn FnMut(Sent<'_, R>),
) -> Result<Terms> {
    let Scene { network, batch, loss, top, replay, ticket } = scene;
    let (terms, direct) = Direct::<R>::by_step(network, batch, *loss, top)?;
    let (ticks, state) = (network.spec.ticks, scene.state());
    for Range { start, end } in blocks(batch.steps, at_a_time) {
        let mut sweep = Sweep::new(replay, end * ticks, (end - start) * batch.size);
        for tick in (0..end * ticks).rev() {
            ticket.advance(scene.layers() as u64)?;
            let step = tick / ticks;
            if tick % ticks == ticks - 1 && step >= start {
                sweep.enter((end - 1 - step) * batch.size, direct.at(tick, state));
            }
            sweep.back(&mut |back: &Back<'_, R>| {
                let deltas = back.delta.chunks_exact(state * network.spec.cell.gates());
                for (row, (gradient, delta)) in
                    back.hidden.chunks_exact(state).zip(deltas).enumerate()
                {
                    let (layer, tick) = (back.layer, back.tick);
                    observe(Sent { layer, step: end - 1 - row, tick, gradient, delta });
                }
            });
        }
    }
    Ok(terms)
}
