//! f32 beside f64: the gradient by step, and how far it is off.

use super::{count, time, unit};
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
    let (mut series, mut singles) = (Vec::new(), Vec::new());
    for (n, layer) in report.layers.iter().enumerate() {
        let own = format!("layer {}", n + 1);
        let (name, detail) = if layers == 1 { ("f64", "") } else { (own.as_str(), "f64") };
        let double = Series::line(name, Color::Category(n), by_step(&layer.double));
        series.push(Series { detail: detail.to_owned(), ..double });
        let (color, name, detail) = match layers {
            1 => (Color::Category(1), "f32", ""),
            // One entry of the legend for all.
            _ => (Color::Category(n), "in f32, dashed", own.as_str()),
        };
        let single = Series::line(name, color, by_step(&layer.single));
        singles.push(Series { stroke: Stroke::Dashed, detail: detail.to_owned(), ..single });
    }
    series.append(&mut singles);
    let smallest = f64::from(f32::MIN_POSITIVE);
    let near = |norm: &f64| *norm < 1e3 * smallest;
    let reached = report.layers.iter().flat_map(|layer| &layer.double).any(near);
    let guide = Guide::Horizontal(smallest, "smallest normal f32".to_owned());
    let mut notes = sentences(report);
    notes.push(DONE.to_owned());
    Figure {
        series,
        guides: reached.then_some(guide).into_iter().collect(),
        notes,
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
        let name = if layers == 1 { "f32 against f64".into() } else { format!("layer {}", n + 1) };
        // Step t is the t-th of both.
        let known = |[t, error]: &[f64; 2]| *error != 0.0 || layer.double[*t as usize - 1] != 0.0;
        Series::line(name, Color::Category(n), by_step(&layer.error)).drawn_where(known)
    };
    let mut notes = vec![OFF.to_owned(), weights(report)];
    let zeros = |layer: &LayerPrecision| layer.double.iter().filter(|norm| **norm == 0.0).count();
    let most = report.layers.iter().map(zeros).max().unwrap_or(0);
    if most > 0 {
        let steps = count(most, unit(report.ticks));
        notes.push(format!("At up to {steps} the gradient is zero in f64: nothing to be lost."));
    }
    Figure {
        series: report.layers.iter().enumerate().map(line).collect(),
        guides: vec![Guide::Horizontal(LOST, "lost".to_owned())],
        notes,
        ..Figure::new(
            "precision-error",
            "How far is the gradient in f32 off?",
            time(report.ticks),
            Axis::log("relative error of ∂L/∂hₜ"),
        )
    }
}

/// How far the gradient of the recurrent weights is off.
fn weights(report: &PrecisionReport) -> String {
    let off = |layer: &LayerPrecision| match layer.weight_error {
        error if error.is_finite() => number(error, 2),
        _ => "all of it (NaN or infinity)".to_owned(),
    };
    let all: Vec<String> = report.layers.iter().map(off).collect();
    let of = if all.len() == 1 { "" } else { " (by layer, lowest first)" };
    format!("What training uses, ∂L/∂Wₕₕ, is off by {}{of}.", all.join(", "))
}

/// What became of the gradient, of all layers or of each.
fn sentences(report: &PrecisionReport) -> Vec<String> {
    let unit = unit(report.ticks);
    let errors = || report.layers.iter().flat_map(|layer| &layer.error);
    if report.layers.iter().all(|layer| layer.lost.is_none()) {
        let known = errors().copied().filter(|error| error.is_finite());
        return vec![match known.reduce(f64::max) {
            Some(worst) => format!(
                "f32 keeps the gradient at every {unit}: it is off by {} at most.",
                number(worst, 2)
            ),
            None => "In f64 the gradient is not finite either.".to_owned(),
        }];
    }
    let layers = report.layers.iter().enumerate();
    let lost = layers.filter_map(|(n, layer)| {
        let text = sentence(layer, layer.lost?, unit);
        Some(if report.layers.len() == 1 { text } else { format!("Layer {}: {text}", n + 1) })
    });
    lost.collect()
}

fn sentence(layer: &LayerPrecision, Lost { tick, cause }: Lost, unit: &str) -> String {
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
    let deaf = match tick {
        1 => format!("The first {unit} hears"),
        _ => format!("The first {} hear", count(tick, unit)),
    };
    format!(
        "Going back, f32 loses the gradient at {unit} {tick} of {all}: {why}. {deaf} nothing that can be \
         trusted."
    )
}
