//! What does each step do? Singular values of step Jacobians and of their products, and the Lyapunov
//! spectrum.

use std::f64::consts::LN_10;

use super::{of_layer, of_ln};
use crate::figure::model::{Axis, Color, Figure, Guide, Range, Series, Stroke};
use crate::figure::number::number;
use crate::flow::fate::Fate;
use crate::flow::view::{JacobiansReport, LayerJacobians};
use crate::network::{Cell, NetworkSpec};

const SPECTRUM: &str = "by triangular decompositions (Benettin et al. 1980; for recurrent networks \
                        Vogt et al. 2020, Engelken et al. 2020): in the long run a direction below 0 is \
                        forgotten, above 0 it grows, and gradients with it. Over few steps exponents \
                        are estimates, which depend on the directions they start from, the axes of \
                        the state.";

const DRIFT: &str = "Over few steps the largest exponent still depends on where it started; it settles \
                     as t grows (Benettin et al. 1980). Dashed: ln |λ|max of the last step's Jacobian, \
                     where it would end if every step were like the last.";

/// Exponents up to this are zero: f32 weights are orthogonal only so far.
const ROUNDING: f64 = 1e-6;

/// Singular values by step, of the product, the exponents, and how the largest settles.
pub(super) fn figures(report: &JacobiansReport) -> Vec<Figure> {
    vec![steps(report), products(report), spectrum(report), drift(report)]
}

fn steps(report: &JacobiansReport) -> Figure {
    let names = ["largest", "median", "smallest"];
    let lines = |layer: &LayerJacobians| {
        let line = |value: fn(&_) -> f64| {
            layer.steps.iter().map(|step| [step.t as f64, value(step)]).collect()
        };
        [line(|step| step.max), line(|step| step.median), line(|step| step.min)]
    };
    let explanation = format!(
        "Going back a step multiplies the gradient by the transposed Jacobian {} (Bengio et al. 1994, \
         Pascanu et al. 2013): a direction with a singular value below 1 shrinks, above 1 it grows.",
        matrix(&report.spec)
    );
    let mut notes = with_strokes(report, names, with_scope(report, explanation));
    let taken = report.layers.first().map_or(0, |layer| layer.steps.len());
    notes.extend(some_of(taken, report.length, report));
    Figure {
        series: bands(report, names, lines),
        guides: vec![Guide::Horizontal(1.0, "keeps".into())],
        notes,
        ..Figure::new(
            "step-singular-values",
            "What does each step do to a gradient?",
            time(report),
            Axis::log(format!("σ of {}", matrix(&report.spec))),
        )
    }
}

fn products(report: &JacobiansReport) -> Figure {
    let floor = floor(report);
    let lines = |layer: &LayerJacobians| {
        let line = |ln: fn(&_) -> f64| {
            // At t = T nothing is multiplied yet.
            let mut points = vec![[report.length as f64, 0.0]];
            points.extend(layer.products.iter().map(|p| [p.t as f64, ln(p) / LN_10]));
            points.reverse();
            points
        };
        [line(|p| p.ln_max), line(|p| p.ln_mean), line(|p| p.ln_min)]
    };
    let explanation = format!(
        "Singular values of {}, the product of the Jacobians of the steps after t: what the way \
         from T back to t does to any gradient (Pascanu et al. 2013; Pennington et al. 2017). All \
         near 1 would be perfect memory.",
        whole(&report.spec)
    );
    let names = ["largest", "geometric mean", "smallest"];
    let mut notes = with_strokes(report, names, with_scope(report, explanation));
    let taken = report.layers.first().map_or(0, |layer| layer.products.len());
    notes.extend(some_of(taken, report.length.saturating_sub(1), report));
    notes.extend(report.layers.iter().enumerate().filter_map(|(n, layer)| end(report, n, layer)));
    // A lost direction, -∞, has no place on the axis; a sentence says so.
    let seen = |[_, log]: &[f64; 2]| log.is_nan() || *log >= floor;
    let series = bands(report, names, lines).into_iter().map(|line| line.drawn_where(seen));
    let series: Vec<Series> = series.collect();
    let y = Axis::linear(format!("log₁₀ σ of {}", whole(&report.spec)));
    Figure {
        y: at_least(y, 0.1, &series),
        series,
        guides: vec![Guide::Horizontal(0.0, "keeps".into())],
        notes,
        ..Figure::new(
            "product-singular-values",
            "What do all steps from t to the last do together?",
            time(report),
            Axis::linear(""),
        )
    }
}

/// Says that only some steps were looked at, where there are many.
fn some_of(taken: usize, of: usize, report: &JacobiansReport) -> Option<String> {
    let unit = super::unit(report.spec.ticks);
    (taken < of).then(|| format!("At {taken} of {of} {unit}s, evenly spread: also in files."))
}

/// Where lines of log₁₀ σ end: the largest decide, which the smallest would dwarf.
fn floor(report: &JacobiansReport) -> f64 {
    let all = report.layers.iter().flat_map(|layer| &layer.products);
    let finite = all.map(|product| product.ln_max / LN_10).filter(|log| log.is_finite());
    4.0 * finite.fold(0.0, f64::min) - 4.0
}

/// `The smallest of layer 1 reaches 10⁻¹¹³ at t = 1.`, where lines end before; or that it is zero.
fn end(report: &JacobiansReport, n: usize, layer: &LayerJacobians) -> Option<String> {
    let last = layer.products.last()?;
    let log = last.ln_min / LN_10;
    if log < floor(report) && log.is_finite() {
        let what = of_layer("the smallest", n, report.layers.len());
        return Some(format!(
            "Not drawn to its end: at t = {} {what} is 10 to the power of {}; files have all of it.",
            last.t,
            number(log, 3)
        ));
    }
    lost(report, n, layer)
}

/// Says where the smallest singular value of a product is zero.
fn lost(report: &JacobiansReport, n: usize, layer: &LayerJacobians) -> Option<String> {
    let is_lost = |ln: f64| ln == f64::NEG_INFINITY;
    let (all, some) = (
        layer.products.iter().filter(|product| is_lost(product.ln_max)).count(),
        layer.products.iter().filter(|product| is_lost(product.ln_min)).count(),
    );
    let of = layer.products.len();
    let (what, count) = match (all, some) {
        (0, 0) => return None,
        (0, some) => ("some directions are lost altogether", some),
        (all, _) => ("every direction is lost altogether", all),
    };
    let what = of_layer(what, n, report.layers.len());
    let steps = if count == of { format!("all {of}") } else { format!("{count} of {of}") };
    Some(format!("At {steps} steps {what}: a singular value of 0 to rounding."))
}

fn spectrum(report: &JacobiansReport) -> Figure {
    let layers = report.layers.iter().enumerate();
    let series = layers.map(|(n, layer)| {
        let exponents = layer.lyapunov.exponents.iter().enumerate();
        let points = exponents.map(|(i, exponent)| [i as f64 + 1.0, *exponent]).collect();
        let line = Series::line(format!("layer {}", n + 1), Color::Category(n), points);
        Series { stroke: Stroke::Dots, ..line.drawn_where(is_not_lost) }
    });
    let series: Vec<Series> = series.collect();
    let unit = super::unit(report.spec.ticks);
    let explanation = format!(
        "Mean growth of each direction of the state, as natural logarithm a {unit}, {SPECTRUM}"
    );
    let mut notes = with_scope(report, explanation);
    notes.extend(report.layers.iter().enumerate().map(|(n, layer)| summary(report, n, layer)));
    let index = Axis { integer: true, ..Axis::linear("exponent, by size") };
    Figure {
        y: at_least(Axis::linear(format!("growth, ln a {unit}")), 0.02, &series),
        series,
        guides: vec![Guide::Horizontal(0.0, "keeps".into())],
        notes,
        ..Figure::new(
            "lyapunov-spectrum",
            format!("Lyapunov exponents over {}", length(report)),
            index,
            Axis::linear(""),
        )
    }
}

/// `Layer 1: the largest is 0.12, a factor of 1.13 a step; 3 of 64 lie above 0. Judged by ...`
fn summary(report: &JacobiansReport, n: usize, layer: &LayerJacobians) -> String {
    let exponents = &layer.lyapunov.exponents;
    let count = |wanted: fn(f64) -> bool| exponents.iter().filter(|e| wanted(**e)).count();
    let (of, largest) = (exponents.len(), exponents.first().copied().unwrap_or(f64::NAN));
    let lost = match count(|exponent| exponent == f64::NEG_INFINITY) {
        0 => String::new(),
        lost => format!("; {lost} are −∞: those directions are lost in a step"),
    };
    format!(
        "Layer {}: the largest is {}, a factor of {} a {}; {} of {of} lie above 0{lost}.{}",
        n + 1,
        if largest.abs() < ROUNDING { "0".to_owned() } else { number(largest, 3) },
        number(largest.exp(), 3),
        super::unit(report.spec.ticks),
        count(|exponent| exponent > ROUNDING),
        judged(report, layer).unwrap_or_default(),
    )
}

/// What becomes of the gradient that keeps most, by the product over all steps back: no exponent over
/// so many steps says it, as that depends on where it started. Nothing of a single step.
fn judged(report: &JacobiansReport, layer: &LayerJacobians) -> Option<String> {
    let all = layer.products.last().filter(|product| product.t == 1)?;
    let back = super::count(report.length - 1, super::unit(report.spec.ticks));
    Some(format!(
        " Judged by σmax of {}, all {back} back together: {}, so a gradient in its direction {}.",
        whole(&report.spec).replace('ₜ', "₁"),
        of_ln(all.ln_max, 2),
        super::becomes(Fate::of(all.ln_max.exp())),
    ))
}

fn drift(report: &JacobiansReport) -> Figure {
    let mut series = Vec::new();
    for (n, layer) in report.layers.iter().enumerate() {
        let points = super::by_step(&layer.lyapunov.largest);
        let line = Series::line(format!("layer {}", n + 1), Color::Category(n), points);
        series.push(line.drawn_where(is_not_lost));
        let limit = layer.last_radius.ln();
        if limit.is_finite() {
            let points = vec![[1.0, limit], [report.length as f64, limit]];
            let line = Series::line(format!("layer {}", n + 1), Color::Category(n), points);
            let detail = "ln |λ|max at T".to_owned();
            series.push(Series { stroke: Stroke::Dashed, detail, ..line });
        }
    }
    let mut notes = with_scope(report, DRIFT.to_owned());
    let gone = |layer: &LayerJacobians| {
        layer.lyapunov.largest.iter().position(|exponent| *exponent == f64::NEG_INFINITY)
    };
    notes.extend(report.layers.iter().enumerate().filter_map(|(n, layer)| {
        let from = gone(layer)? + 1;
        Some(format!("Layer {}: −∞ from t = {from} on, where every direction is lost.", n + 1))
    }));
    Figure {
        y: at_least(Axis::linear("largest exponent over steps 1 to t"), 0.02, &series),
        series,
        guides: vec![Guide::Horizontal(0.0, "keeps".into())],
        notes,
        ..Figure::new(
            "lyapunov-drift",
            "When does the largest exponent settle?",
            time(report),
            Axis::linear(""),
        )
    }
}

/// Whether an exponent has a place on an axis: a direction that is lost altogether, -∞, has none, and
/// a sentence says so.
fn is_not_lost([_, exponent]: &[f64; 2]) -> bool {
    *exponent != f64::NEG_INFINITY
}

/// Three lines a layer: solid, dashed and dotted. Of one layer each has its name; of several, layers
/// have, and [`with_strokes`] says which line is which.
fn bands(
    report: &JacobiansReport,
    names: [&str; 3],
    lines: impl Fn(&LayerJacobians) -> [Vec<[f64; 2]>; 3],
) -> Vec<Series> {
    let strokes = [Stroke::Solid, Stroke::Dashed, Stroke::Dotted];
    let mut series = Vec::new();
    for (n, layer) in report.layers.iter().enumerate() {
        for ((points, name), stroke) in lines(layer).into_iter().zip(names).zip(strokes) {
            let (name, detail) = match report.layers.len() {
                1 => (name.to_owned(), String::new()),
                _ => (format!("layer {}", n + 1), name.to_owned()),
            };
            let line = Series::line(name, Color::Category(n), points);
            series.push(Series { stroke, detail, ..line });
        }
    }
    series
}

/// Which of the three lines of each layer is which.
fn with_strokes(report: &JacobiansReport, names: [&str; 3], mut notes: Vec<String>) -> Vec<String> {
    if report.layers.len() > 1 {
        let [solid, dashed, dotted] = names;
        notes.push(format!("Solid: {solid}; dashed: {dashed}; dotted: {dotted}."));
    }
    notes
}

/// All steps, also those at which there is nothing to draw.
fn time(report: &JacobiansReport) -> Axis {
    let axis = super::time(report.spec.ticks);
    if report.length < 2 {
        return axis;
    }
    Axis { range: Range::Fixed(1.0, report.length as f64), ..axis }
}

/// The axis with bounds so far apart that rounding errors look like what they are.
fn at_least(axis: Axis, span: f64, series: &[Series]) -> Axis {
    let values = series.iter().flat_map(|series| &series.points).map(|[_, y]| *y);
    let finite = values.filter(|value| value.is_finite());
    let (low, high) =
        finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), y| (low.min(y), high.max(y)));
    if high - low < span && high >= low {
        let middle = f64::midpoint(low, high);
        return Axis { range: Range::Fixed(middle - span / 2.0, middle + span / 2.0), ..axis };
    }
    axis
}

/// An explanation, and what is held fixed where layers depend on each other.
fn with_scope(report: &JacobiansReport, explanation: String) -> Vec<String> {
    let mut notes = vec![explanation];
    if report.layers.len() > 1 || report.spec.wiring == crate::network::Wiring::Skips {
        notes.push(
            "Each layer for itself: what it reads from other layers is held fixed.".to_owned(),
        );
    }
    notes
}

fn length(report: &JacobiansReport) -> String {
    super::count(report.length, super::unit(report.spec.ticks))
}

/// The Jacobian of a step.
fn matrix(spec: &NetworkSpec) -> &'static str {
    match spec.cell {
        Cell::Lstm => "∂(h, c)ₜ/∂(h, c)ₜ₋₁",
        Cell::Rnn(_) | Cell::Gru => "∂hₜ/∂hₜ₋₁",
    }
}

/// The product of the Jacobians after step t.
fn whole(spec: &NetworkSpec) -> &'static str {
    match spec.cell {
        Cell::Lstm => "∂(h, c)_T/∂(h, c)ₜ",
        Cell::Rnn(_) | Cell::Gru => "∂h_T/∂hₜ",
    }
}
