//! What does each step do? Singular values of the step Jacobians, of their product, and the
//! Lyapunov spectrum.

use candle_core::Tensor;
use faer::Mat;

use super::cores::on_all_cores;
use super::inverse::{Inverse, Inverter};
use super::lyapunov::Lyapunov;
use super::path::Path;
use super::products::products;
use super::rotations;
use super::singular::{self, Squares};
use super::unit::{Unit, times_two_to};
use crate::error::Result;
use crate::flow::Spectrum;
use crate::flow::jacobian::{Shape, Step};
use crate::network::{Network, NetworkSpec, Probing};
use crate::ticket::Ticket;

/// Steps whose singular values are computed at most: of longer sequences evenly spread ones.
pub(super) const MOST_STEPS: usize = 256;

/// Steps to which products are taken at most: their curves are smooth.
const MOST_PRODUCTS: usize = 32;

/// Smallest over largest eigenvalue of JᵀJ down to which the root is a singular value to eight digits
/// and better.
const WELL_CONDITIONED: f64 = 1e-6;

/// The median may be off by this part of it; else it is found in a slower way.
const NINE_DIGITS: f64 = 1e-9;

/// Jobs of a layer that cannot be shared out.
const CHAINS: usize = 3;

/// Steps a job takes: few enough to share out evenly, enough to be worth the hand-over.
const STEPS_A_JOB: usize = 4;

/// The step Jacobians ∂h_t/∂h_{t-1}, for an LSTM ∂(h, c)_t/∂(h, c)_{t-1}, of the first sequence: of
/// each layer for itself, at fixed input from the layers below and over skip connections.
#[derive(Clone, Debug, PartialEq)]
pub struct JacobiansReport {
    /// Shape of the network.
    pub spec: NetworkSpec,
    /// Steps T of the unrolled network, ticks counted.
    pub length: usize,
    /// One entry a layer, lowest first.
    pub layers: Vec<LayerJacobians>,
}

/// The Jacobians of one layer. Numbers may be zero, -∞ (as logarithm of zero) or NaN: results.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerJacobians {
    /// Of single steps t = 1..=T, rising; of every one unless there are many.
    pub steps: Vec<StepValues>,
    /// Of the products J_T ⋯ J_{t+1} = ∂h_T/∂h_t, by falling t < T; of evenly spread t if many.
    pub products: Vec<ProductValues>,
    /// Of J_T ⋯ J_1.
    pub lyapunov: Lyapunov,
    /// |λ|max of J_T: where the largest exponent would go if every step were like the last.
    pub last_radius: f64,
}

/// Singular values of the Jacobian of one step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepValues {
    /// The step t.
    pub t: usize,
    /// Largest singular value.
    pub max: f64,
    /// Median of all of them.
    pub median: f64,
    /// Smallest singular value.
    pub min: f64,
}

/// Singular values of ∂h_T/∂h_t. For a loss on the last step and a state that only its own
/// recurrence carries back, ‖∂L/∂h_t‖ lies between the smallest and the largest times ‖∂L/∂h_T‖.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProductValues {
    /// The step t.
    pub t: usize,
    /// ln of the largest singular value.
    pub ln_max: f64,
    /// ln of the geometric mean of all of them: ln |det| / their number.
    pub ln_mean: f64,
    /// ln of the smallest singular value.
    pub ln_min: f64,
}

/// What a job made.
enum Part {
    Steps(Vec<StepValues>),
    Products(Vec<ProductValues>),
    Lyapunov(Lyapunov),
    Radius(f64),
}

/// Runs the first sequence of `[T, B, I]` (or symbols `[T, B]`) and measures all layers.
pub(super) fn jacobians(network: &Network, x: &Tensor, ticket: &Ticket) -> Result<JacobiansReport> {
    let first = x.narrow(1, 0, 1)?.contiguous()?;
    let length = first.dim(0)? * network.spec.ticks;
    let jobs = CHAINS + chosen_steps(length, MOST_STEPS).len().div_ceil(STEPS_A_JOB);
    ticket.expect_steps((network.layers.len() * (length + jobs)) as u64);
    let run = network.run(&first, Probing::Off, ticket)?;
    let states: Vec<&Tensor> = run.layers.iter().map(|layer| &layer.states).collect();
    let paths = Path::all(network, &first, &states)?;
    of_paths(&network.spec, &paths, ticket)
}

/// Measures all layers, on all cores.
fn of_paths(spec: &NetworkSpec, paths: &[Path], ticket: &Ticket) -> Result<JacobiansReport> {
    let length = paths.first().map_or(0, Path::steps);
    let chosen = chosen_steps(length, MOST_STEPS);
    let to_products = chosen_steps(length.saturating_sub(1), MOST_PRODUCTS);
    let blocks: Vec<&[usize]> = chosen.chunks(STEPS_A_JOB).collect();
    let inverters: Vec<Inverter> = paths.iter().map(Path::inverter).collect();
    // Chains come first, because they cannot be shared out.
    let each = CHAINS + blocks.len();
    let parts = on_all_cores(each * paths.len(), ticket, |job| {
        let layer = job % paths.len();
        let (path, inverter) = (&paths[layer], &inverters[layer]);
        Ok(match job / paths.len() {
            0 => Part::Products(products(path, inverter, &to_products, ticket)?),
            1 => Part::Lyapunov(lyapunov(path, ticket)?),
            2 => Part::Radius(Spectrum::of(&path.jacobian(length)).radius),
            block => Part::Steps(steps(path, inverter, blocks[block - CHAINS], ticket)?),
        })
    })?;
    let mut layers: Vec<LayerJacobians> = paths.iter().map(|_| LayerJacobians::empty()).collect();
    for (job, part) in parts.into_iter().enumerate() {
        let layer = &mut layers[job % paths.len()];
        match part {
            Part::Steps(mut values) => layer.steps.append(&mut values),
            Part::Products(values) => layer.products = values,
            Part::Lyapunov(lyapunov) => layer.lyapunov = lyapunov,
            Part::Radius(radius) => layer.last_radius = radius,
        }
    }
    Ok(JacobiansReport { spec: *spec, length, layers })
}

/// Steps 1..=T, or evenly spread ones from the first to the last.
pub(super) fn chosen_steps(length: usize, most: usize) -> Vec<usize> {
    if length <= most {
        return (1..=length).collect();
    }
    (0..most).map(|n| 1 + n * (length - 1) / (most - 1)).collect()
}

impl LayerJacobians {
    fn empty() -> Self {
        let lyapunov = Lyapunov { exponents: Vec::new(), largest: Vec::new() };
        Self { steps: Vec::new(), products: Vec::new(), lyapunov, last_radius: f64::NAN }
    }
}

fn lyapunov(path: &Path, ticket: &Ticket) -> Result<Lyapunov> {
    Lyapunov::of(path.size(), path.steps(), |t| {
        ticket.advance(0)?;
        Ok(path.jacobian(t))
    })
}

/// Singular values of the steps named.
fn steps(
    path: &Path,
    inverter: &Inverter,
    named: &[usize],
    ticket: &Ticket,
) -> Result<Vec<StepValues>> {
    named
        .iter()
        .map(|&t| {
            ticket.advance(0)?;
            Ok(StepValues::of(t, path.step(t), inverter))
        })
        .collect()
}

impl StepValues {
    pub(super) fn of(t: usize, step: Step, inverter: &Inverter) -> Self {
        let Step { matrix, shape } = step;
        let known = |max, median, min| Self { t, max, median, min };
        let Some(unit) = Unit::of(matrix) else { return known(f64::NAN, f64::NAN, f64::NAN) };
        let squares = Squares::of(&unit.matrix);
        let max = squares.largest(0).sqrt();
        let median = median(&unit.matrix, &squares, max);
        let min = smallest(&unit, &shape, &squares, max, inverter).min(max);
        // Found in two ways, they may differ by a rounding error in the wrong direction.
        let [max, median, min] =
            [max, median.clamp(min, max), min].map(|value| times_two_to(value, unit.power));
        known(max, median, min)
    }
}

/// The mean of the two in the middle, or the one.
fn median(matrix: &Mat<f64>, squares: &Squares, max: f64) -> f64 {
    let size = matrix.ncols();
    let middle = [size / 2, (size - 1) / 2];
    let rounding = size as f64 * f64::EPSILON;
    let roots = middle.map(|n| squares.largest(n).sqrt());
    // How far a root is off when its square is off by a rounding error of the largest; zeros that
    // units without a slope make are exact.
    let off = |(n, root): (usize, f64)| match n < squares.rank_at_most() {
        true => f64::min(max * rounding.sqrt(), max * max * rounding / root),
        false => 0.0,
    };
    let of = |[one, other]: [f64; 2]| f64::midpoint(one, other);
    let is_exact = |off: f64, median: f64| off <= NINE_DIGITS * median;
    let both: f64 = middle.into_iter().zip(roots).map(off).sum();
    if is_exact(both, of(roots)) {
        return of(roots);
    }
    // Decomposing the matrix itself is off by a rounding error of the largest value.
    let Ok(all) = matrix.singular_values() else { return f64::NAN };
    let values = middle.map(|n| if n < squares.rank_at_most() { all[n] } else { 0.0 });
    if is_exact(rounding * max, of(values)) {
        return of(values);
    }
    let all = rotations::singular_values(matrix);
    of(middle.map(|n| all[n]))
}

/// The smallest: as a root where that has digits enough, else from the inverse.
fn smallest(
    jacobian: &Unit,
    shape: &Shape,
    squares: &Squares,
    max: f64,
    inverter: &Inverter,
) -> f64 {
    let smallest = squares.largest(jacobian.matrix.ncols() - 1);
    if smallest > WELL_CONDITIONED * max * max {
        return smallest.sqrt();
    }
    if squares.rank_at_most() < jacobian.matrix.ncols() {
        return 0.0;
    }
    inverter.invert(jacobian, shape).map_or(0.0, |Inverse { unit, .. }| {
        times_two_to(singular::largest(&unit.matrix).recip(), -unit.power - jacobian.power)
    })
}

/// σ_max of the Jacobian of a step.
pub(super) fn largest_of_step(path: &Path, t: usize) -> f64 {
    match Unit::of(path.jacobian(t)) {
        Some(Unit { matrix, power }) => times_two_to(Squares::of(&matrix).largest(0).sqrt(), power),
        None => f64::NAN,
    }
}
