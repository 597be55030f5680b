//! What is left of the gradient in single precision, in which most networks are trained.

use super::gradients::{Gradients, States};
use crate::flow::measure::norm;
use crate::network::NetworkSpec;

/// A gradient counts as lost where it is off by more than this part of itself.
pub const LOST: f64 = 0.5;

/// Single against double precision.
#[derive(Clone, Debug, PartialEq)]
pub struct PrecisionReport {
    /// Ticks of a step.
    pub ticks: usize,
    /// Lowest first.
    pub layers: Vec<LayerPrecision>,
}

/// One layer in both precisions, by tick t = 1..T (index t - 1).
#[derive(Clone, Debug, PartialEq)]
pub struct LayerPrecision {
    /// ‖dL/dh_t‖ in f32.
    pub single: Vec<f64>,
    /// ‖dL/dh_t‖ in f64.
    pub double: Vec<f64>,
    /// ‖g32 - g64‖ / ‖g64‖ of the whole dL/dh_t: 0 where both are zero, infinite where only f64's is.
    pub error: Vec<f64>,
    /// The same of dL/dW_hh.
    pub weight_error: f64,
    /// Where f32 first loses the gradient on its way back, if it does.
    pub lost: Option<Lost>,
}

/// Where f32 lost the gradient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lost {
    /// The last tick t, from 1, whose dL/dh_t is lost.
    pub tick: usize,
    /// Why.
    pub cause: Cause,
}

/// Why f32 lost a gradient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// Smaller than f32 can hold.
    Underflow,
    /// Larger than f32 can hold, or NaN because something else was.
    Overflow,
    /// The rounding of states and gradients added up.
    Rounding,
}

/// Compares gradients in both precisions, `state` numbers a tick.
pub(super) fn compare(
    spec: &NetworkSpec,
    state: usize,
    single: &Gradients,
    double: &Gradients,
) -> PrecisionReport {
    let layers = single.layers.iter().zip(&double.layers).enumerate();
    let layer = |(n, (single_layer, double_layer)): (usize, (&States, &States))| {
        let of = |states: &States| -> Vec<Vec<f64>> {
            states.grads[0][state..].chunks_exact(state).map(<[f64]>::to_vec).collect()
        };
        let (single_grads, double_grads) = (of(single_layer), of(double_layer));
        let name = format!("weight_hh_l{n}");
        let weights = |gradients: &Gradients| {
            let mut named = gradients.parameters.iter();
            named.find(|(other, _)| *other == name).map_or_else(Vec::new, |(_, grad)| grad.clone())
        };
        let pairs = single_grads.iter().zip(&double_grads);
        let error: Vec<f64> = pairs.map(|(single, double)| off(single, double)).collect();
        let single_norms: Vec<f64> = single_grads.iter().map(|grad| norm(grad)).collect();
        let double_norms: Vec<f64> = double_grads.iter().map(|grad| norm(grad)).collect();
        let lost = lost(&single_norms, &double_norms, &error);
        LayerPrecision {
            single: single_norms,
            double: double_norms,
            error,
            weight_error: off(&weights(single), &weights(double)),
            lost,
        }
    };
    PrecisionReport { ticks: spec.ticks, layers: layers.map(layer).collect() }
}

/// ‖single - double‖ / ‖double‖.
fn off(single: &[f64], double: &[f64]) -> f64 {
    let off: Vec<f64> = single.iter().zip(double).map(|(single, double)| single - double).collect();
    let (off, size) = (norm(&off), norm(double));
    if off == 0.0 { 0.0 } else { off / size }
}

/// The first loss on the way from the last tick back.
fn lost(single: &[f64], double: &[f64], error: &[f64]) -> Option<Lost> {
    let is_lost =
        |tick: usize| double[tick].is_finite() && (error[tick] > LOST || error[tick].is_nan());
    let tick = (0..error.len()).rev().find(|tick| is_lost(*tick))?;
    let cause = if !single[tick].is_finite() {
        Cause::Overflow
    } else if double[tick] < f64::from(f32::MIN_POSITIVE) {
        Cause::Underflow
    } else {
        Cause::Rounding
    };
    Some(Lost { tick: tick + 1, cause })
}
