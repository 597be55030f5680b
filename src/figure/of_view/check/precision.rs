//! f32 beside f64: the gradient by step, and how far it is off.

use super::{count, of_layer, time, unit};
use crate::figure::model::{Axis, Color, Figure, Guide, Series, Stroke};
use crate::figure::number::number;
use crate::figure::of_view::by_step;
use crate::flow::view::{Cause, LOST, LayerPrecision, Lost, PrecisionReport};

const DONE: &str = "The same network once more in f32, in which most networks are trained: the same weights, \
                    input and loss, rounded to 24 bits at each operation (IEEE 754).";

const OFF: &str = "‖g₃₂ − g₆₄‖ / ‖g₆₄‖ with g = ∂L/∂hₜ of all units and sequences: 1 means that nothing of the \
                   gradient is left.";

/// The norms, and the error.
pub(super) fn figures(report: &PrecisionReport) -> [Figure; 2] {
    [norms(report), errors(report)]
}

fn norms(report: &PrecisionReport) -> Figure {
    let layers = report.layers.len();
    let mut series = Vec::new();
    for (n, layer) in report.layers.iter().enumerate() {
        let line = |name: &str, values: &[f64]| {
            Series::line(of_layer(name, n, layers), Color::Category(n), by_step(values))
        };
        series.push(line("f64", &layer.double));
        let single = line("f32", &layer.single);
        let color = if layers == 1 { Color::Category(1) } else { single.color };
        series.push(Series { stroke: Stroke::Dashed, color, ..single });
    }
    let smallest = f64::from(f32::MIN_POSITIVE);
    let near = |norm: &f64| *norm < 1e3 * smallest;
    let reached = report.layers.iter().flat_map(|layer| &layer.double).any(near);
    let guide = Guide::Horizontal(smallest, "smallest normal f32".to_owned());
    let sentences = report.layers.iter().enumerate().map(|(n, layer)| {
        let text = sentence(layer, unit(report.ticks));
        if layers == 1 { text } else { format!("Layer {}: {text}", n + 1) }
    });
    Figure {
        series,
        guides: reached.then_some(guide).into_iter().collect(),
        notes: sentences.chain([DONE.to_owned()]).collect(),
        ..Figure::new(
            "precision",
            "What does f32 keep of the gradient?",
            time(report.ticks),
            Axis::log("‖∂L/∂hₜ‖"),
        )
    }
}

fn errors(report: &PrecisionReport) -> Figure {
    let layers = report.layers.len();
    let line = |(n, layer): (usize, &LayerPrecision)| {
        let name = of_layer("f32 against f64", n, layers);
        Series::line(name, Color::Category(n), by_step(&layer.error))
    };
    let weights: Vec<String> =
        report.layers.iter().map(|layer| number(layer.weight_error, 2)).collect();
    let of = if layers == 1 { "" } else { " (by layer, lowest first)" };
    Figure {
        series: report.layers.iter().enumerate().map(line).collect(),
        guides: vec![Guide::Horizontal(LOST, "lost".to_owned())],
        notes: vec![
            OFF.to_owned(),
            format!("What training uses, ∂L/∂Wₕₕ, is off by {}{of}.", weights.join(", ")),
        ],
        ..Figure::new(
            "precision-error",
            "How far is the gradient in f32 off?",
            time(report.ticks),
            Axis::log("relative error of ∂L/∂hₜ"),
        )
    }
}

fn sentence(layer: &LayerPrecision, unit: &str) -> String {
    let Some(Lost { tick, cause }) = layer.lost else {
        let known = layer.error.iter().filter(|error| error.is_finite());
        return match known.copied().reduce(f64::max) {
            Some(worst) => format!(
                "f32 keeps the gradient at every {unit}: it is off by {} at most.",
                number(worst, 2)
            ),
            None => "In f64 the gradient is not finite either.".to_owned(),
        };
    };
    let why = match cause {
        Cause::Underflow => {
            format!("it is too small for f32, where f64 has {}", number(layer.double[tick - 1], 2))
        }
        Cause::Overflow => {
            format!("f32 has run over, where f64 has {}", number(layer.double[tick - 1], 2))
        }
        Cause::Rounding => {
            "rounding has led f32 another way, as it does where small differences grow".to_owned()
        }
    };
    let all = layer.error.len();
    if tick == all {
        return format!("f32 has lost the gradient at the last {unit} already: {why}.");
    }
    format!(
        "Going back, f32 loses the gradient at {unit} {tick} of {all}: {why}. {} hear nothing that can be \
         trusted.",
        match tick {
            1 => format!("The first {unit}"),
            _ => format!("The first {}", count(tick, unit)),
        }
    )
}
