//! Can I trust it? The relative error of every derivative by autograd, and f32 beside f64.

use super::{count, time, unit};
use crate::figure::model::{Axis, Color, Figure, Guide, Range, Series, Stroke};
use crate::figure::number::number;
use crate::flow::view::{Check, CheckReport, Method, Part, Reason, TOLERANCE, Verdict, What};

mod precision;
#[cfg(test)]
mod tests;

const DONE: &str = "Each tensor, and the states of the first, the middle and the last step, are moved both \
                    ways along a random direction: the difference of the loss, extrapolated to a step of \
                    zero (Ridders 1982), is compared with autograd's derivative, in f64.";

const STEP_BY_STEP: &str = "Step by step: where the loss shows nothing above its rounding, because the \
                            gradient has vanished or the network is chaotic, every single step back is \
                            compared by itself, from the loss on, with differences of the states (the \
                            chain rule).";

/// Errors are shown from below the rounding of f64 up to the whole number.
const SHOWN: Range = Range::Fixed(1e-17, 3.0);

/// Smaller errors than the rounding of f64 are drawn here: at the left edge.
const EQUAL: f64 = 2e-17;

/// The check, then the two of f32.
pub(super) fn figures(CheckReport { check, precision }: &CheckReport) -> Vec<Figure> {
    let mut figures = vec![figure(check)];
    figures.extend(precision::figures(precision));
    figures
}

fn figure(check: &Check) -> Figure {
    let mut rows: Vec<String> = Vec::new();
    for part in &check.parts {
        let row = row(&part.what);
        if !rows.contains(&row) {
            rows.push(row);
        }
    }
    let x = Axis { range: SHOWN, ..Axis::log("relative error") };
    let y = Axis { reversed: true, ..Axis::named("", rows.clone()) };
    Figure {
        series: series(check, &rows),
        guides: vec![Guide::Vertical(TOLERANCE, "tolerance".to_owned())],
        notes: notes(check),
        ..Figure::new("check", "Can I trust autograd here?", x, y)
    }
}

/// What layers have in common: `weight_hh`, `∂L/∂h₅`.
fn row(what: &What) -> String {
    match what {
        What::Parameter(name) => match name.rsplit_once("_l") {
            Some((kind, layer)) if layer.parse::<usize>().is_ok() => kind.to_owned(),
            _ => name.clone(),
        },
        What::State { cell, tick, .. } => {
            let digit = |digit: char| {
                char::from_u32('₀' as u32 + digit.to_digit(10).unwrap_or(0)).unwrap_or(digit)
            };
            let tick: String = tick.to_string().chars().map(digit).collect();
            format!("∂L/∂{}{tick}", if *cell { 'c' } else { 'h' })
        }
    }
}

/// The layer of a part, from 1; none for the readout.
fn layer(what: &What) -> Option<usize> {
    match what {
        What::Parameter(name) => name.rsplit_once("_l")?.1.parse::<usize>().ok().map(|n| n + 1),
        What::State { layer, .. } => Some(layer + 1),
    }
}

/// A series a verdict, way and layer; layers share the legend entry.
fn series(check: &Check, rows: &[String]) -> Vec<Series> {
    let mut all: Vec<Series> = Vec::new();
    for part in &check.parts {
        let (name, color, stroke) = match (part.verdict, part.method) {
            (Verdict::Agrees, Method::Whole) => ("agrees", Color::Category(2), Stroke::Dots),
            (Verdict::Agrees, Method::StepByStep) => {
                ("agrees, step by step", Color::Category(2), Stroke::Rings)
            }
            (Verdict::Differs, _) => ("differs", Color::Alarm, Stroke::Dots),
            (Verdict::Unresolved(_), _) => ("not known", Color::Muted, Stroke::Rings),
        };
        let detail = layer(&part.what).map_or_else(String::new, |layer| format!("layer {layer}"));
        let at = rows.iter().zip(0_u32..).find(|(name, _)| **name == row(&part.what));
        let at = at.map_or(f64::NAN, |(_, n)| f64::from(n));
        // Files have the error itself, also where that is zero or not known.
        let (point, found) = ([shown_error(part), at], [part.error, at]);
        match all.iter_mut().find(|series| series.name == name && series.detail == detail) {
            Some(series) => {
                series.points.push(point);
                series.whole.get_or_insert_default().push(found);
            }
            None => {
                let line = Series::line(name, color, vec![point]);
                all.push(Series { detail, stroke, whole: Some(vec![found]), ..line });
            }
        }
    }
    all
}

/// The error; of what is not known, how far it may be off, beyond the tolerance in any case.
fn shown_error(part: &Part) -> f64 {
    match part.verdict {
        Verdict::Agrees | Verdict::Differs => part.error.max(EQUAL),
        Verdict::Unresolved(_) => match (part.uncertainty, part.error) {
            // NaN is no number below 1.
            (one, other) if one < 1.0 && other < 1.0 => one.max(other).max(TOLERANCE),
            _ => 1.0,
        },
    }
}

fn notes(check: &Check) -> Vec<String> {
    let mut notes = vec![sentence(check)];
    for reason in
        [Reason::TooSmall, Reason::Rough, Reason::Kink, Reason::NotFinite, Reason::Underflow]
    {
        let open = check.parts.iter().filter(|part| part.verdict == Verdict::Unresolved(reason));
        let names: Vec<String> = open.map(|part| part.what.to_string()).collect();
        if !names.is_empty() {
            notes.push(format!("Not known, {}: {}.", reason.words(), few(&names)));
        }
    }
    notes.push(DONE.to_owned());
    let agrees = |part: &&Part| part.verdict == Verdict::Agrees;
    if check.parts.iter().filter(agrees).any(|part| part.method == Method::StepByStep) {
        notes.push(STEP_BY_STEP.to_owned());
    }
    let equal = check.parts.iter().filter(agrees).filter(|part| part.error < EQUAL).count();
    if equal > 0 {
        notes.push(format!("At the left edge: {equal} that are equal to the last bit."));
    }
    let zeros = check.parts.iter().filter(agrees);
    let zeros = zeros.filter(|part| part.autograd == 0.0 && part.difference == 0.0).count();
    if zeros > 0 {
        notes.push(format!("Of those that agree, {zeros} are exactly zero in both ways."));
    }
    notes
}

/// The verdict on all.
fn sentence(check: &Check) -> String {
    let (agree, all) = (check.count(Verdict::Agrees), check.parts.len());
    if let Some(culprit) = check.culprit() {
        let others = check.count(Verdict::Differs) - 1;
        let others = if others == 0 { String::new() } else { format!(", and {others} more") };
        return format!(
            "Autograd is wrong about {}: it is off by {} of the derivative{others}. Do not trust these \
             gradients.",
            culprit.what,
            number(culprit.error, 2)
        );
    }
    match check.worst() {
        None => "No derivative of this network can be checked by differences.".to_owned(),
        Some(worst) if agree == all => format!(
            "Yes: autograd and differences agree on all {all} derivatives, to {} or better.",
            number(worst, 2)
        ),
        Some(worst) => format!(
            "Autograd and differences agree on {agree} of {all} derivatives, to {} or better; about the \
             others differences tell nothing.",
            number(worst, 2)
        ),
    }
}

/// The first names, and how many more there are.
fn few(names: &[String]) -> String {
    const MOST: usize = 6;
    let first = names[..names.len().min(MOST)].join(", ");
    match names.len().saturating_sub(MOST) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}
