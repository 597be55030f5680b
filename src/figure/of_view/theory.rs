//! What does theory predict? The gradient by step, and straight lines of the slopes predicted.

use super::time;
use crate::figure::model::{Axis, Color, Figure, Series, Stroke};
use crate::figure::number::number;
use crate::flow::Fate;
use crate::flow::view::{LayerTheory, Source, Taken, TheoryReport};
use crate::network::{Cell, NetworkSpec, Wiring};

mod sentence;

const OF_WEIGHTS: &str = "With γ the largest slope of the nonlinearity, here 1, each step back multiplies \
                          the gradient of the last step's loss by γ σmax(Wₕₕ) at most, and in the long \
                          run by |λ|max as long as nothing saturates (Pascanu et al. 2013): σmax < 1/γ \
                          suffices to vanish, σmax > 1/γ is necessary to explode.";

/// Names of the figures of several layers.
const NAMES: [&str; NetworkSpec::MAX_LAYERS] = [
    "theory-layer-1",
    "theory-layer-2",
    "theory-layer-3",
    "theory-layer-4",
    "theory-layer-5",
    "theory-layer-6",
    "theory-layer-7",
    "theory-layer-8",
];

/// Predicted lines leave the range of the measured gradient by so many decades at most.
const DECADES: f64 = 3.0;

/// One figure a layer.
pub(super) fn figures(report: &TheoryReport) -> Vec<Figure> {
    let layers = report.layers.iter().zip(NAMES).enumerate();
    layers.map(|(n, (layer, name))| figure(report, n, layer, name)).collect()
}

fn figure(report: &TheoryReport, n: usize, layer: &LayerTheory, name: &'static str) -> Figure {
    let (name, of) = match report.layers.len() {
        1 => ("theory", String::new()),
        _ => (name, format!(", layer {}", n + 1)),
    };
    Figure {
        series: series(layer),
        notes: notes(report, layer),
        ..Figure::new(
            name,
            format!("What does theory predict for the gradient{of}?"),
            time(report.spec.ticks),
            Axis::log("‖∂L/∂hₜ‖"),
        )
    }
}

fn series(layer: &LayerTheory) -> Vec<Series> {
    let measured = match layer.slope {
        slope if slope.is_nan() => "measured".to_owned(),
        slope => format!("measured: {} a step", factor(slope)),
    };
    let mut series =
        vec![Series::line(measured, Color::Category(0), super::by_step(&layer.measured))];
    if !layer.closed {
        let own = super::by_step(&layer.own);
        let line = Series::line("through its own recurrence alone", Color::Category(3), own);
        series.push(line);
    }
    let predictions = [
        (radius_name(layer), layer.radius, Color::Category(1), Stroke::Dashed),
        (sigma_name(layer), layer.sigma_max, Color::Category(2), Stroke::Dotted),
    ];
    for (name, value, color, stroke) in predictions {
        let points = straight(layer, value);
        if !points.is_empty() {
            let line = Series::line(format!("{name}: {} a step", factor(value)), color, points);
            series.push(Series { stroke, whole: Some(by_steps(layer, value)), ..line });
        }
    }
    series
}

/// What is drawn by |λ|max.
fn radius_name(layer: &LayerTheory) -> &'static str {
    match layer.source {
        Source::Jacobians { radii, .. } if !radii.all() => "|λ|max, estimated",
        Source::Weights | Source::Jacobians { .. } => "|λ|max",
    }
}

/// What is drawn by σmax, which is no bound if it is not that of all steps.
fn sigma_name(layer: &LayerTheory) -> &'static str {
    if layer.is_bound() { "at most σmax" } else { "σmax of some steps" }
}

/// From the gradient at T back by a constant factor a step, at every step.
fn by_steps(layer: &LayerTheory, factor: f64) -> Vec<[f64; 2]> {
    let start = layer.own.last().copied().unwrap_or(f64::NAN);
    let (length, ln) = (layer.own.len(), start.ln());
    let at = |t: usize| match length - t {
        0 => start,
        // By logarithms: a power of its own may overflow where the product does not.
        back => (ln + back as f64 * factor.ln()).exp(),
    };
    (1..=length).map(|t| [t as f64, at(t)]).collect()
}

/// The same as a straight line for the eye, to the first step or out of sight.
fn straight(layer: &LayerTheory, factor: f64) -> Vec<[f64; 2]> {
    let length = layer.own.len() as f64;
    let start = layer.own.last().copied().unwrap_or(f64::NAN).log10();
    let slope = factor.log10();
    if !start.is_finite() || !slope.is_finite() {
        return Vec::new();
    }
    let seen = layer.measured.iter().map(|norm| norm.log10()).filter(|log| log.is_finite());
    let (low, high) = seen.fold((start, start), |(low, high), log| (low.min(log), high.max(log)));
    // A line that leaves the range of numbers ends where it does.
    let (low, high) = ((low - DECADES).max(-307.0).min(start), (high + DECADES).min(308.0));
    let room = if slope > 0.0 { high - start } else { start - low };
    let steps = (room / slope.abs()).min(length - 1.0);
    vec![[length - steps, 10f64.powf(start + slope * steps)], [length, 10f64.powf(start)]]
}

/// `×0.57`
fn factor(value: f64) -> String {
    if value.is_nan() { "unknown".to_owned() } else { format!("×{}", number(value, 3)) }
}

fn notes(report: &TheoryReport, layer: &LayerTheory) -> Vec<String> {
    let mut notes = vec![explanation(report, layer)];
    notes.extend(sentence::regime(report, layer));
    notes.push(sentence::measured(report, layer));
    notes.extend(estimate(report, layer));
    notes.push(Fate::rule());
    if !layer.closed {
        let who = match report.spec.wiring {
            Wiring::Stacked => "The layer above sends",
            Wiring::Skips => "Skip connections send",
        };
        notes.push(format!(
            "{who} gradient to each step as well, so the prediction is about the part that this layer's \
             own recurrence carries back."
        ));
    }
    if report.batch > 1 {
        notes.push(format!("Of the first of {} sequences.", report.batch));
    }
    notes
}

fn explanation(report: &TheoryReport, layer: &LayerTheory) -> String {
    let unit = super::unit(report.spec.ticks);
    let (radii, sigmas) = match layer.source {
        Source::Weights => return OF_WEIGHTS.to_owned(),
        Source::Jacobians { radii, sigmas, .. } => (radii, sigmas),
    };
    let (who, matrix) = match report.spec.cell {
        Cell::Lstm => ("an LSTM", "∂(h, c)ₜ/∂(h, c)ₜ₋₁"),
        Cell::Rnn(_) | Cell::Gru => ("a GRU", "∂hₜ/∂hₜ₋₁"),
    };
    let of = |taken: Taken| match taken {
        Taken { of: 1, .. } => format!("the one {unit} back"),
        taken if taken.all() => format!("all {} {unit}s back", taken.of),
        Taken { steps, of } => format!("{steps} of {of} {unit}s back"),
    };
    format!(
        "The bound of Pascanu et al. (2013) on Wₕₕ does not hold for the gates of {who}: in its place \
         stand the Jacobians {matrix} that the gradient crosses, with the largest σmax of {} and the \
         geometric mean of the |λ|max of {}, for the gradient of the last {unit}'s loss.",
        of(sigmas),
        of(radii)
    )
}

/// How far an estimate may be off, and what is no bound.
fn estimate(report: &TheoryReport, layer: &LayerTheory) -> Option<String> {
    let Source::Jacobians { radii, radius_error, sigmas } = layer.source else { return None };
    let unit = super::unit(report.spec.ticks);
    let no_bound = if sigmas.all() {
        String::new()
    } else {
        format!(" σmax is no bound: a {unit} that was not looked at may have a larger one.")
    };
    if radii.all() {
        return (!sigmas.all()).then(|| no_bound.trim_start().to_owned());
    }
    let error = match radius_error {
        error if error.is_nan() => "by an unknown factor".to_owned(),
        error => format!(
            "by {} % either way (two standard errors), over all {} {unit}s back by a factor of {}",
            number(100.0 * (error - 1.0), 2),
            radii.of,
            super::of_ln(radii.of as f64 * error.ln(), 2)
        ),
    };
    Some(format!(
        "|λ|max is an estimate from {} {unit}s, one drawn from each of as many equal stretches: it may be \
         off {error}.{no_bound}",
        radii.steps
    ))
}
