//! What does theory predict? The slope of the gradient by the step against the bounds of Pascanu,
//! Mikolov & Bengio (2013), "On the difficulty of training recurrent neural networks".
//!
//! They bound the step Jacobian diag(f'(a)) W by σ_max(W) times γ, the largest |f'|: 1 for tanh,
//! ReLU and the identity. So ‖∂L/∂h_t‖ <= (γ σ_max)^(T-t) ‖∂L/∂h_T‖ for a loss on step T: below 1/γ,
//! gradients must vanish; only above can they explode.

mod factors;
mod gap;
mod way_back;

use candle_core::{DType, Tensor};
use faer::Mat;

use self::factors::Factors;
pub use self::factors::{Source, Taken};
pub use self::gap::{Gap, Reason};
use self::way_back::WayBack;
use super::path::Path;
use crate::error::{Error, Result};
use crate::flow::fate::{Fate, left_over};
use crate::flow::measure::{measure_by, norm, numbers, trace_back};
use crate::flow::{LayerTrace, Trace};
use crate::network::{Cell, Network, NetworkSpec, Probing, Wiring};
use crate::ticket::Ticket;

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
    /// ln of what the layer's own recurrence leaves at step 1, of 1 at step T: from the step
    /// Jacobians, so that it neither over- nor underflows. -∞ if nothing is left.
    pub ln_own: f64,
    /// Whether no other way leads from the last step to this layer: the top layer of a stack. Lower
    /// layers also hear from above at each step, and skip connections lead round.
    pub closed: bool,
    /// Whose numbers the next two are.
    pub source: Source,
    /// |λ|max: what a linear recurrence tends to. Of step Jacobians the geometric mean over those
    /// that the gradient crosses, from step T to step `from`.
    pub radius: f64,
    /// γ σ_max: what no step can exceed, if [`LayerTheory::is_bound`].
    pub sigma_max: f64,
    /// Factor of `measured`, the geometric mean over the steps back from T to `from`; NaN where there
    /// is none that can be told.
    pub slope: f64,
    /// The first step from which on every gradient is a number of full precision: 1, unless it is
    /// zero, too small for the format, or not finite before.
    pub from: usize,
    /// Mean f'(a) over units and the steps crossed, of a plain RNN: 1 without any saturation.
    pub mean_derivative: Option<f64>,
    /// What parts `slope` from `radius`; `None` without a slope.
    pub gap: Option<Gap>,
}

/// What the bounds say about gradients over the steps of the sequence, in words of [`Fate`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Regime {
    /// Neither |λ|max nor γ σ_max, to the power of the steps back, fades or grows.
    Keeps,
    /// (γ σ_max)^(T-1) is so small that they vanish or fade at least as much.
    MustVanish,
    /// |λ|max^(T-1) vanishes or fades; the bound allows more.
    VanishesInTheEnd,
    /// |λ|max^(T-1) keeps them; the bound allows growth.
    MayGrow,
    /// |λ|max^(T-1) grows: nothing forbids them to; saturation decides.
    MayExplode,
    /// NaN or infinity among the weights or states.
    Unknown,
}

impl LayerTheory {
    /// Steps that the gradient goes back from the last to the first: T - 1.
    pub fn steps_back(&self) -> usize {
        self.measured.len().saturating_sub(1)
    }

    /// ‖∂L/∂h_1‖ / ‖∂L/∂h_T‖; NaN if both are zero or infinite.
    pub fn left_over(&self) -> f64 {
        match (self.measured.first(), self.measured.last()) {
            (Some(first), Some(last)) => first / last,
            _ => f64::NAN,
        }
    }

    /// Whether what is left at step 1 is known from the step Jacobians, as the number format of the
    /// measured gradient does not reach so far.
    pub fn left_by_jacobians(&self) -> bool {
        self.closed && self.from > 1 && !self.ln_own.is_nan() && !self.left_over().is_nan()
    }

    /// ln of what is left at step 1, also where the number format does not reach so far.
    pub fn ln_left_over(&self) -> f64 {
        if self.left_by_jacobians() { self.ln_own } else { self.left_over().ln() }
    }

    /// What becomes of the gradient.
    pub fn fate(&self) -> Fate {
        Fate::of(self.ln_left_over().exp())
    }

    /// What |λ|max by itself would leave of a gradient.
    pub fn predicted(&self) -> f64 {
        left_over(self.radius, self.steps_back())
    }

    /// ln of what a factor a step leaves over all steps back, which neither over- nor underflows.
    pub fn ln_over(&self, factor: f64) -> f64 {
        match self.steps_back() {
            0 => left_over(factor, 0).ln(),
            back => back as f64 * factor.ln(),
        }
    }

    /// What σ_max allows to be left.
    pub fn allowed(&self) -> f64 {
        left_over(self.sigma_max, self.steps_back())
    }

    /// Whether `sigma_max` is the largest of all steps.
    pub fn is_bound(&self) -> bool {
        match self.source {
            Source::Weights => true,
            Source::Jacobians { sigmas, .. } => sigmas.all(),
        }
    }

    /// What the bounds say.
    pub fn regime(&self) -> Regime {
        match (Fate::of(self.predicted()), Fate::of(self.allowed())) {
            (Fate::Unknown, _) | (_, Fate::Unknown) => Regime::Unknown,
            (_, Fate::Vanishes | Fate::Fades) if self.is_bound() => Regime::MustVanish,
            (Fate::Vanishes | Fate::Fades, _) => Regime::VanishesInTheEnd,
            (Fate::Keeps, Fate::Grows | Fate::Explodes) => Regime::MayGrow,
            (Fate::Keeps, Fate::Keeps | Fate::Vanishes | Fate::Fades) => Regime::Keeps,
            (Fate::Grows | Fate::Explodes, _) => Regime::MayExplode,
        }
    }

    /// Why the measured factor is not the predicted one.
    pub fn reason(&self) -> Option<Reason> {
        let error = match self.source {
            Source::Weights => 1.0,
            Source::Jacobians { radius_error, .. } => radius_error,
        };
        self.gap?.reason(self.measured.len() - self.from, error)
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
    // Twice forward and back, once back by Jacobians, and what these take; no fewer where the
    // gradient ends before the first step.
    let each = 4 * ticks + ticks.saturating_sub(1) + factors::jobs(&spec, ticks);
    ticket.expect_steps((spec.num_layers * each) as u64);
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
    let smallest = match trace.layers[layer].grads.dtype() {
        DType::F32 => f64::from(f32::MIN_POSITIVE),
        _ => f64::MIN_POSITIVE,
    };
    let (steps, from) = (measured.len(), first_resolved(&measured, smallest));
    let weights = match spec.cell {
        Cell::Rnn(_) => {
            let (weights, size) = (numbers(&network.layers[layer].weight_hh)?, spec.hidden_size);
            Some(Mat::from_fn(size, size, |i, j| weights[i * size + j]))
        }
        Cell::Lstm | Cell::Gru => None,
    };
    let last = &grads[(steps - 1) * spec.hidden_size..];
    let back = WayBack::follow(path, spec, weights.as_ref(), last, from, ticket)?;
    let Factors { source, radius, sigma_max, stretch } = match &weights {
        Some(weights) => Factors::of_weights(weights),
        None => Factors::of_jacobians(path, from, ticket)?,
    };
    let crossed = steps - from;
    let ln_measured = (measured[from - 1] / measured[steps - 1]).ln();
    let known = crossed > 0 && ln_measured.is_finite();
    let slope = if known { (ln_measured / crossed as f64).exp() } else { f64::NAN };
    let gap = known.then(|| {
        let ln_predicted = crossed as f64 * radius.ln();
        Gap::new(spec.cell, closed, [ln_measured, ln_predicted], &back, stretch)
    });
    let WayBack { own, ln_first: ln_own, mean_derivative, .. } = back;
    let own = if closed { measured.clone() } else { own };
    Ok(LayerTheory {
        measured,
        own,
        ln_own,
        closed,
        source,
        radius,
        sigma_max,
        slope,
        from,
        mean_derivative,
        gap,
    })
}

/// ∂L/∂h_t of the first sequence, `[T, H]`.
fn first_grads(layer: &LayerTrace, spec: &NetworkSpec) -> Result<Vec<f64>> {
    let first = layer.grads.get(0)?.narrow(1, 0, 1)?;
    Ok(numbers(&first)?.split_off(spec.hidden_size))
}

/// The first step from which on all norms are numbers of full precision; the last step if not even
/// that one is. Norms below the smallest normal number have lost digits.
fn first_resolved(norms: &[f64], smallest: f64) -> usize {
    let is_lost = |norm: &f64| !(norm.is_finite() && *norm >= smallest);
    norms.iter().rposition(is_lost).map_or(1, |lost| (lost + 2).min(norms.len()))
}
