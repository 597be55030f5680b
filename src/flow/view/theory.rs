//! What does theory predict? The slope of the gradient by the step against the bounds of Pascanu,
//! Mikolov & Bengio (2013), "On the difficulty of training recurrent neural networks".
//!
//! They bound the step Jacobian diag(f'(a)) W by σ_max(W) times γ, the largest |f'|: 1 for tanh,
//! ReLU and the identity. So ‖∂L/∂h_t‖ <= (γ σ_max)^(T-t) ‖∂L/∂h_T‖ for a loss on step T: below 1/γ,
//! gradients must vanish; only above can they explode.

use candle_core::{DType, Tensor};
use faer::{Col, Mat};

use super::cores::on_all_cores;
use super::jacobians::{MOST_STEPS, chosen_steps, largest_of_step};
use super::path::Path;
use crate::error::{Error, Result};
use crate::flow::measure::{measure_by, norm, numbers, trace_back};
use crate::flow::{LayerTrace, Spectrum, Trace};
use crate::network::{Cell, Network, NetworkSpec, Probing, Wiring};
use crate::ticket::Ticket;

/// Eigenvalues of step Jacobians are taken at so many steps at most.
const MOST_RADII: usize = 16;

/// Factors within this part of 1 count as 1: over 100 steps they change a length by a factor of 2.7.
const TOLERANCE: f64 = 0.01;

/// Prediction and measurement for a loss on the last step, of the first sequence.
#[derive(Clone, Debug, PartialEq)]
pub struct TheoryReport {
    /// Shape of the network.
    pub spec: NetworkSpec,
    /// Steps T of the unrolled network, ticks counted.
    pub length: usize,
    /// Sequences B, of which the first is shown.
    pub batch: usize,
    /// One entry a layer, lowest first.
    pub layers: Vec<LayerTheory>,
}

/// The gradient of one layer and what bounds it. Factors are per step.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerTheory {
    /// ‖∂L/∂h_t‖ by step t = 1..=T: in full, as autograd finds it.
    pub measured: Vec<f64>,
    /// The part of it that the layer's own recurrence carries back from step T. Equal to
    /// `measured` where `closed`; to this part the bound applies in any case.
    pub own: Vec<f64>,
    /// Whether no other way leads from the last step to this layer: the top layer of a stack. Lower
    /// layers also hear from above at each step, and skip connections lead round.
    pub closed: bool,
    /// Whose numbers the next two are.
    pub source: Source,
    /// |λ|max: what a linear recurrence tends to.
    pub radius: f64,
    /// γ σ_max: what no step can exceed.
    pub sigma_max: f64,
    /// Factor of `measured`, by least squares over logarithms; NaN where fewer than two steps have
    /// a gradient to take a logarithm of.
    pub slope: f64,
    /// Mean f'(a) over steps and units of a plain RNN: 1 without any saturation.
    pub mean_derivative: Option<f64>,
}

/// Where the predicted factors come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// W_hh of a plain RNN.
    Weights,
    /// The step Jacobians of an LSTM or GRU, to which the bound on W_hh does not apply: the largest
    /// σ_max, and the geometric mean of |λ|max over a few steps.
    Jacobians {
        /// Whether σ_max is the largest of all steps, and so a bound; else of evenly spread ones.
        every_step: bool,
    },
}

/// What the bounds say about gradients in the long run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Regime {
    /// γ σ_max and |λ|max are 1 within one per cent: the matrix keeps lengths.
    Keeps,
    /// γ σ_max < 1: they vanish at least as fast.
    MustVanish,
    /// |λ|max < 1 <= γ σ_max: a linear recurrence forgets, but may let them grow at first.
    VanishesInTheEnd,
    /// |λ|max >= 1: the condition without which nothing explodes is met; saturation decides.
    MayExplode,
    /// NaN or infinity among the weights or states.
    Unknown,
}

impl LayerTheory {
    /// What the bounds say.
    pub fn regime(&self) -> Regime {
        if self.radius.is_nan() || self.sigma_max.is_nan() {
            Regime::Unknown
        } else if self.radius >= 1.0 - TOLERANCE && self.sigma_max <= 1.0 + TOLERANCE {
            Regime::Keeps
        } else if self.sigma_max < 1.0 {
            Regime::MustVanish
        } else if self.radius < 1.0 {
            Regime::VanishesInTheEnd
        } else {
            Regime::MayExplode
        }
    }
}

/// Measures all layers. `judge` is the loss; of it, what reaches the top layer's h_T counts, as a
/// loss on the last step alone sends it.
pub(super) fn theory(
    network: &Network,
    x: &Tensor,
    judge: &dyn Fn(&Tensor) -> Result<Tensor>,
    ticket: &Ticket,
) -> Result<TheoryReport> {
    let spec = network.spec;
    let ticks = x.dim(0)? * spec.ticks;
    let jobs = match spec.cell {
        Cell::Rnn(_) => 0,
        Cell::Lstm | Cell::Gru => {
            let chosen = chosen_steps(ticks, MOST_STEPS).len();
            chosen + chosen.min(MOST_RADII)
        }
    };
    // Twice forward and back, and what the step Jacobians take.
    ticket.expect_steps((spec.num_layers * (4 * ticks + jobs)) as u64);
    let trace = last_step_alone(network, x, judge, ticket)?;
    let states: Vec<&Tensor> = trace.layers.iter().map(|layer| &layer.states).collect();
    let paths = Path::all(network, x, &states)?;
    let layers = (0..paths.len())
        .map(|layer| layer_theory(network, layer, &paths[layer], &trace, ticket))
        .collect::<Result<_>>()?;
    let length = paths.first().map_or(0, Path::steps);
    Ok(TheoryReport { spec, length, batch: x.dim(1)?, layers })
}

/// States and gradients of the network for a loss on the last step: the loss in question sends
/// its gradient to the top layer's h_T, and nothing to earlier steps.
fn last_step_alone(
    network: &Network,
    x: &Tensor,
    judge: &dyn Fn(&Tensor) -> Result<Tensor>,
    ticket: &Ticket,
) -> Result<Trace> {
    let no_layers = || Error::Fault("a network without layers".to_owned());
    let whole = measure_by(network, x, judge, ticket)?;
    let grads = whole.layers.last().ok_or_else(no_layers)?.grads.get(0)?;
    let last = grads.dim(0)? - 1;
    let sent = grads.get(last)?.detach();
    let run = network.run(x, Probing::On, ticket)?;
    let hidden = run.layers.last().ok_or_else(no_layers)?.states.get(0)?.get(last)?;
    let loss = (hidden * sent)?.sum_all()?;
    trace_back(run, &loss, ticket)
}

fn layer_theory(
    network: &Network,
    layer: usize,
    path: &Path,
    trace: &Trace,
    ticket: &Ticket,
) -> Result<LayerTheory> {
    let spec = &network.spec;
    let closed = spec.wiring == Wiring::Stacked && layer + 1 == spec.num_layers;
    let grads = first_grads(&trace.layers[layer], spec)?;
    let measured: Vec<f64> = grads.chunks_exact(spec.hidden_size).map(norm).collect();
    let own = if closed { measured.clone() } else { carried_back(path, &grads, spec, ticket)? };
    let (source, radius, sigma_max) = match spec.cell {
        Cell::Rnn(_) => {
            let weights = numbers(&network.layers[layer].weight_hh)?;
            let size = spec.hidden_size;
            let spectrum = Spectrum::of(&Mat::from_fn(size, size, |i, j| weights[i * size + j]));
            (Source::Weights, spectrum.radius, spectrum.sigma_max)
        }
        Cell::Lstm | Cell::Gru => of_jacobians(path, ticket)?,
    };
    let smallest = match trace.layers[layer].grads.dtype() {
        DType::F32 => f64::from(f32::MIN_POSITIVE),
        _ => f64::MIN_POSITIVE,
    };
    let slope = slope(&measured, smallest);
    let mean_derivative = mean_derivative(path, ticket)?;
    Ok(LayerTheory { measured, own, closed, source, radius, sigma_max, slope, mean_derivative })
}

/// ∂L/∂h_t of the first sequence, `[T, H]`.
fn first_grads(layer: &LayerTrace, spec: &NetworkSpec) -> Result<Vec<f64>> {
    let first = layer.grads.get(0)?.narrow(1, 0, 1)?;
    Ok(numbers(&first)?.split_off(spec.hidden_size))
}

/// Norms of what the layer's own recurrence makes of ∂L/∂h_T, by step.
fn carried_back(
    path: &Path,
    grads: &[f64],
    spec: &NetworkSpec,
    ticket: &Ticket,
) -> Result<Vec<f64>> {
    let (size, steps) = (spec.hidden_size, path.steps());
    let last = &grads[(steps - 1) * size..];
    // c_T matters to no later step; what it does through h_T, the rows of h hold.
    let mut grad = Col::from_fn(path.size(), |i| last.get(i).copied().unwrap_or(0.0));
    let mut norms = vec![norm(last); steps];
    for t in (1..steps).rev() {
        ticket.advance(0)?;
        grad = path.jacobian(t + 1).transpose() * &grad;
        let hidden: Vec<f64> = (0..size).map(|i| grad[i]).collect();
        norms[t - 1] = norm(&hidden);
    }
    Ok(norms)
}

/// The factors of a cell with gates: from its step Jacobians, on all cores.
fn of_jacobians(path: &Path, ticket: &Ticket) -> Result<(Source, f64, f64)> {
    let chosen = chosen_steps(path.steps(), MOST_STEPS);
    let source = Source::Jacobians { every_step: chosen.len() == path.steps() };
    let count = chosen.len().min(MOST_RADII);
    let spread = |n: usize| chosen[n * (chosen.len() - 1) / (count - 1).max(1)];
    let factors = on_all_cores(count + chosen.len(), ticket, |job| {
        Ok(match job.checked_sub(count) {
            None => Spectrum::of(&path.jacobian(spread(job))).radius,
            Some(n) => largest_of_step(path, chosen[n]),
        })
    })?;
    let (radii, sigmas) = factors.split_at(count);
    let radius = (radii.iter().map(|radius| radius.ln()).sum::<f64>() / count as f64).exp();
    let larger = |a: f64, b: &f64| if a.is_nan() || a > *b { a } else { *b };
    Ok((source, radius, sigmas.iter().fold(0.0, larger)))
}

/// Mean f'(a) over all steps but the first, whose slope no gradient passes on its way from T to 1.
fn mean_derivative(path: &Path, ticket: &Ticket) -> Result<Option<f64>> {
    let (mut sum, mut count) = (0.0, 0_usize);
    for t in 2..=path.steps() {
        ticket.advance(0)?;
        let slopes = path.slopes(t);
        count += slopes.len();
        sum += slopes.iter().sum::<f64>();
    }
    Ok((count > 0).then(|| sum / count as f64))
}

/// The factor by which a norm changes a step back: least squares of its logarithm over the steps.
/// Norms below the smallest normal number have lost digits and do not count.
fn slope(norms: &[f64], smallest: f64) -> f64 {
    let points: Vec<(f64, f64)> = (0_u32..)
        .zip(norms)
        .filter(|(_, norm)| norm.is_finite() && **norm >= smallest)
        .map(|(t, norm)| (-f64::from(t), norm.ln()))
        .collect();
    let count = points.len() as f64;
    let mean = |value: fn(&(f64, f64)) -> f64| points.iter().map(value).sum::<f64>() / count;
    let (x, y) = (mean(|p| p.0), mean(|p| p.1));
    let covariance: f64 = points.iter().map(|p| (p.0 - x) * (p.1 - y)).sum();
    let variance: f64 = points.iter().map(|p| (p.0 - x).powi(2)).sum();
    // No spread, no slope: 0 / 0 is NaN.
    (covariance / variance).exp()
}
