//! What does theory predict? The gradient by step, and straight lines of the slopes predicted.

use super::time;
use crate::figure::model::{Axis, Color, Figure, Series, Stroke};
use crate::figure::number::number;
use crate::flow::view::{LayerTheory, Regime, Source, TheoryReport};
use crate::network::{Cell, NetworkSpec, Nonlinearity, Wiring};

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

/// Factors whose logarithms differ by less are said to agree.
const SAME: f64 = 0.02;

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
        ("|λ|max", layer.radius, Color::Category(1), Stroke::Dashed),
        ("at most σmax", layer.sigma_max, Color::Category(2), Stroke::Dotted),
    ];
    for (name, value, color, stroke) in predictions {
        let points = straight(layer, value);
        if !points.is_empty() {
            let line = Series::line(format!("{name}: {} a step", factor(value)), color, points);
            series.push(Series { stroke, ..line });
        }
    }
    series
}

/// From the gradient at T back by a constant factor a step, to the first step or out of sight.
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
    let mut notes = vec![explanation(&report.spec, layer.source), sentence(&report.spec, layer)];
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

fn explanation(spec: &NetworkSpec, source: Source) -> String {
    let every_step = match source {
        Source::Weights => return OF_WEIGHTS.to_owned(),
        Source::Jacobians { every_step } => every_step,
    };
    let matrix = match spec.cell {
        Cell::Lstm => "∂(h, c)ₜ/∂(h, c)ₜ₋₁",
        Cell::Rnn(_) | Cell::Gru => "∂hₜ/∂hₜ₋₁",
    };
    let of = if every_step { "all steps" } else { "evenly spread steps" };
    format!(
        "The bound of Pascanu et al. (2013) on Wₕₕ does not hold for the gates of {}: in its place \
         stand the step Jacobians {matrix}, with the largest σmax of {of} and the geometric mean of their \
         |λ|max, for the gradient of the last step's loss.",
        if spec.cell == Cell::Lstm { "an LSTM" } else { "a GRU" }
    )
}

/// Which regime this is, and why prediction and measurement differ.
fn sentence(spec: &NetworkSpec, layer: &LayerTheory) -> String {
    let LayerTheory { radius, sigma_max, slope, .. } = layer;
    let (radius, sigma) = (number(*radius, 3), number(*sigma_max, 3));
    let linear = spec.cell == Cell::Rnn(Nonlinearity::Identity);
    let regime = match layer.regime() {
        Regime::Unknown => {
            "NaN or infinity among weights or states leaves nothing to predict".into()
        }
        Regime::Keeps => {
            let who = if layer.source == Source::Weights { "W keeps" } else { "the steps keep" };
            format!("|λ|max = {radius} and σmax = {sigma}: {who} gradients as they are")
        }
        Regime::MustVanish => format!("σmax = {sigma} < 1: gradients must vanish"),
        Regime::VanishesInTheEnd => format!(
            "|λ|max = {radius} < 1 ≤ σmax = {sigma}: gradients may grow at first and vanish in the end"
        ),
        Regime::MayExplode if linear => {
            format!("|λ|max = {radius} ≥ 1 without any saturation: gradients explode")
        }
        Regime::MayExplode => format!("|λ|max = {radius} ≥ 1: gradients can explode"),
    };
    if slope.is_nan() {
        return format!("{regime}; no slope can be measured.");
    }
    format!("{regime}; measured {} a step, {}.", factor(*slope), reason(spec, layer))
}

fn reason(spec: &NetworkSpec, layer: &LayerTheory) -> String {
    let off = layer.slope.ln() - layer.radius.ln();
    if off.abs() <= SAME {
        return "as |λ|max predicts".to_owned();
    }
    let saturated = layer.mean_derivative.filter(|mean| *mean < 0.98);
    let abnormal = layer.sigma_max > 1.05 * layer.radius;
    if off > 0.0 {
        return match layer.source {
            _ if !layer.closed => {
                "more than |λ|max, as gradient arrives on other ways too".to_owned()
            }
            Source::Jacobians { .. } => {
                "more than |λ|max, as the steps' Jacobians are not normal and differ".to_owned()
            }
            Source::Weights if abnormal => {
                "more than |λ|max: transient growth, as W is not normal \
                                            (σmax > |λ|max)"
                    .to_owned()
            }
            Source::Weights => "more than |λ|max, which counts in the long run only".to_owned(),
        };
    }
    match (spec.cell, saturated) {
        (Cell::Rnn(Nonlinearity::Relu), Some(mean)) => format!(
            "less than |λ|max: only {} % of the units are active and pass it on",
            number(100.0 * mean, 2)
        ),
        (Cell::Rnn(_), Some(mean)) => format!(
            "less than |λ|max: saturation, as the slope f′ is {} on average",
            number(mean, 2)
        ),
        (Cell::Lstm | Cell::Gru, _) => {
            "less than |λ|max, as the direction that lasts differs from step to step".to_owned()
        }
        _ => "less than |λ|max, which counts in the long run only".to_owned(),
    }
}
