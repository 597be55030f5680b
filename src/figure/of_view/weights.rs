//! Which weights hear the past: contributions to dL/dW_hh by step.

use super::{by_step, count, time, unit};
use crate::figure::model::{Axis, Color, Figure, Range, Series};
use crate::figure::number::number;
use crate::flow::view::{Contributions, LayerContributions};

const EXPLANATION: &str = "The gradient of the recurrent weights is a sum over steps, \
                           ∂L/∂W = Σₜ δₜ hₜ₋₁ᵀ: this is the size of each term (Bengio et al. 1994, \
                           Pascanu et al. 2013); what fades here is missing from the update, however \
                           large the sum.";

const SHARE: &str = "Going back from the last step, this part of all terms, by size, has been added up \
                     (after Pascanu et al. 2013): where the curve is flat at 1, earlier steps add \
                     nothing.";

const FAR: &str = "The part of ∂L/∂W that comes from losses d and more steps after the weights were used \
                   (after Pascanu et al. 2013), at d = 0 all of it: where it has fallen off, the update \
                   does not know what lies further back, although there is a loss at every step.";

/// Contributions by step, and their cumulative share.
pub(super) fn figures(contributions: &Contributions) -> Vec<Figure> {
    let far = (!contributions.distances.is_empty()).then(|| far(contributions));
    [sizes(contributions), shares(contributions)].into_iter().chain(far).collect()
}

fn sizes(contributions: &Contributions) -> Figure {
    let Contributions { ticks, many_losses, distances, layers } = contributions;
    // The first step has nothing to contribute, which is no underflow.
    let mut notes = vec![EXPLANATION.to_owned()];
    if layers.iter().any(|layer| layer.norms.len() > 1) {
        notes.push(format!(
            "The first {} is left out: h₀ = 0, so it contributes nothing.",
            unit(*ticks)
        ));
    }
    if *many_losses {
        let shown = if distances.is_empty() { "by the itemized view" } else { "below by distance" };
        notes.push(format!(
            "Gradient enters at several steps, and a term hears best what enters near it: how much has \
             come from far is shown {shown}."
        ));
    }
    notes.extend(layers.iter().enumerate().map(|(n, layer)| sentence(n, layer, *ticks)));
    let mut series = lines(contributions, |layer| by_step(&layer.norms));
    if layers.iter().any(|layer| layer.norms.len() > 1) {
        series = series.into_iter().map(|line| line.drawn_where(|[t, _]| *t > 1.0)).collect();
    }
    Figure {
        series,
        notes,
        ..Figure::new(
            "weight-contributions",
            "Which steps do the recurrent weights hear?",
            time(*ticks),
            Axis::log("‖δₜ hₜ₋₁ᵀ‖"),
        )
    }
}

fn shares(contributions: &Contributions) -> Figure {
    let ticks = contributions.ticks;
    let label = format!("share of {}s t to T", unit(ticks));
    let y = Axis { range: Range::Fixed(0.0, 1.04), ..Axis::linear(label) };
    Figure {
        series: lines(contributions, |layer| by_step(&layer.share)),
        notes: vec![SHARE.to_owned()],
        ..Figure::new(
            "weight-share",
            "How much of ∂L/∂W comes from the last steps?",
            time(ticks),
            y,
        )
    }
}

fn far(contributions: &Contributions) -> Figure {
    let Contributions { ticks, distances, layers, .. } = contributions;
    let points = |layer: &LayerContributions| {
        distances.iter().zip(&layer.far).map(|(d, norm)| [*d as f64, *norm]).collect()
    };
    let x = Axis::linear(format!("distance d to the loss, {}s", unit(*ticks)));
    let mut notes = vec![FAR.to_owned()];
    notes.extend(layers.iter().enumerate().filter_map(|(n, layer)| {
        let within = layer.far.iter().rposition(|far| *far >= layer.total / 100.0)?;
        let least = distances.get(within + 1)?;
        Some(format!(
            "Layer {}: less than a hundredth of it comes from {} and more away.",
            n + 1,
            count(*least, unit(*ticks))
        ))
    }));
    Figure {
        series: lines(contributions, points),
        notes,
        ..Figure::new(
            "weight-reach",
            "How much of ∂L/∂W has come from far?",
            Axis { integer: true, ..x },
            Axis::log("‖part of ∂L/∂W‖"),
        )
    }
}

fn lines(
    contributions: &Contributions,
    points: impl Fn(&LayerContributions) -> Vec<[f64; 2]>,
) -> Vec<Series> {
    let layers = contributions.layers.iter().enumerate();
    layers
        .map(|(n, layer)| {
            Series::line(format!("layer {}", n + 1), Color::Category(n), points(layer))
        })
        .collect()
}

/// `Layer 1: ‖∂L/∂W‖ = 0.12; half of all terms come from the last 2 of 100 steps, 99 % from the last 7.`
fn sentence(n: usize, layer: &LayerContributions, ticks: usize) -> String {
    let total = number(layer.total, 3);
    let parts = match (layer.ticks_for(0.5), layer.ticks_for(0.99)) {
        (Some(half), Some(most)) => {
            let all = count(layer.share.len(), unit(ticks));
            format!(
                "; half of all terms, by size, come from the last {half} of {all}, 99 % from the last {most}"
            )
        }
        _ => String::new(),
    };
    format!("Layer {}: ‖∂L/∂W‖ = {total}{parts}.", n + 1)
}
