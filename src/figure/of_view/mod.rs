//! From a view of why gradients are what they are to its figures, each explained in a sentence with
//! its source; one file a view.

mod check;
mod gates;
mod itemized;
mod jacobians;
mod landscape;
mod layout;
#[cfg(test)]
mod step_tests;
#[cfg(test)]
mod tests;
mod theory;
mod weights;

pub use self::layout::{Layout, UnitSort};
use super::model::{Axis, Figure};
use super::number::{number, power_of_ten};
use crate::flow::{Fate, ViewReport};

/// The figures of a view, in the order in which they are read.
pub fn figures(report: &ViewReport, layout: &Layout) -> Vec<Figure> {
    let mut figures = of_report(report, layout);
    for figure in figures.iter_mut().filter(|figure| figure.x.moments && layout.reversed_time) {
        figure.x.reversed = true;
        figure.x.label.push_str(", running backwards");
    }
    figures
}

fn of_report(report: &ViewReport, layout: &Layout) -> Vec<Figure> {
    match report {
        ViewReport::Itemized(itemized) => itemized::figures(itemized),
        ViewReport::Theory(report) => theory::figures(report),
        ViewReport::Jacobians(report) => jacobians::figures(report),
        ViewReport::Landscape(landscape) => landscape::figures(landscape),
        ViewReport::Gates(gates) => gates::figures(gates, *layout),
        ViewReport::Weights(contributions) => weights::figures(contributions),
        ViewReport::Check(report) => check::figures(report),
    }
}

/// The time axis in steps, or in ticks where each step is read several times.
fn time(ticks: usize) -> Axis {
    match ticks {
        0 | 1 => Axis::steps(),
        ticks => Axis::ticks(ticks),
    }
}

/// What the time axis counts.
fn unit(ticks: usize) -> &'static str {
    if ticks > 1 { "tick" } else { "step" }
}

/// `9 steps`, `1 step`.
fn count(n: usize, unit: &str) -> String {
    format!("{n} {unit}{}", if n == 1 { "" } else { "s" })
}

/// e to the power of `ln`, like [`number`]; about the power of ten where no number can hold it.
fn of_ln(ln: f64, digits: usize) -> String {
    let value = ln.exp();
    if !ln.is_finite() || (value.is_finite() && value >= f64::MIN_POSITIVE) {
        return number(value, digits);
    }
    format!("about {}", power_of_ten((ln / std::f64::consts::LN_10).round() as i32))
}

/// What becomes of something, as the end of a sentence: `it vanishes`.
fn becomes(fate: Fate) -> String {
    match fate {
        Fate::Keeps => "keeps its size".to_owned(),
        Fate::Unknown => "is unknown".to_owned(),
        Fate::Vanishes | Fate::Fades | Fate::Grows | Fate::Explodes => fate.to_string(),
    }
}

/// `text`, with the layer it is about where there are several.
fn of_layer(text: &str, layer: usize, layers: usize) -> String {
    if layers == 1 { text.to_owned() } else { format!("{text}, layer {}", layer + 1) }
}

/// Values by step t = 1..T as points.
fn by_step(values: &[f64]) -> Vec<[f64; 2]> {
    values.iter().enumerate().map(|(t, value)| [t as f64 + 1.0, *value]).collect()
}

/// 1, 2, ..., n.
fn positions(n: usize) -> Vec<f64> {
    (1..=n).map(|position| position as f64).collect()
}
