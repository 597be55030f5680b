//! Eigenvalues in the complex plane.

use super::verdict::{compared, side};
use super::{haunt, most_layers};
use crate::figure::model::{Axis, Color, Figure, Guide, Series, Stroke};
use crate::figure::number::number;
use crate::flow::{FlowReport, LayerSpectrum, Spectrum};
use crate::network::{Cell, Nonlinearity};

/// Absolute values that agree to this part are ringed together: a conjugate pair.
const SAME: f64 = 1e-9;

/// Eigenvalues of the scaled W_hh (RNN) or of the step Jacobian (LSTM, GRU), one colour a layer.
pub(super) fn eigenvalues(report: &FlowReport, ghosts: &[(String, &FlowReport)]) -> Figure {
    let present = most_layers(report, ghosts);
    let mut series = Vec::new();
    for (n, (label, ghost)) in ghosts.iter().enumerate() {
        let layers = ghost.layers.len();
        let (own, shown) = (matrix(ghost), matrix(report));
        // The same plane may hold eigenvalues of two kinds of matrix: then say which is which.
        let label = if own == shown { label.clone() } else { format!("{label} ({own})") };
        let clouds = clouds(ghost).into_iter();
        series.extend(clouds.map(|cloud| haunt(cloud, n, &label, layers, present)));
    }
    series.extend(clouds(report));
    let rings: Vec<[f64; 2]> =
        report.spectra.iter().filter_map(LayerSpectrum::leading).flat_map(largest).collect();
    if !rings.is_empty() {
        series.push(Series {
            stroke: Stroke::Rings,
            ..Series::line("largest |λ|", Color::Ink, rings)
        });
    }
    Figure {
        name: "eigenvalues",
        title: title(report),
        x: Axis::linear("real part of λ"),
        y: Axis::linear("imaginary part of λ"),
        heat: None,
        series,
        guides: vec![Guide::Circle(1.0, "|λ| = 1".into())],
        notes: notes(report),
        equal_aspect: true,
    }
}

/// Whose eigenvalues are shown.
fn matrix(report: &FlowReport) -> &'static str {
    match report.spec.cell {
        Cell::Rnn(_) => "scaled Wₕₕ",
        Cell::Lstm | Cell::Gru => "step Jacobian",
    }
}

fn title(report: &FlowReport) -> String {
    let of = format!("Eigenvalues of the {}", matrix(report));
    match report.spectra.as_slice() {
        [only] => match only.leading() {
            Some(spectrum) => format!("{of}: {}", judge(spectrum)),
            None => of,
        },
        _ => of,
    }
}

/// `|λ|max = 0.571 < 1`. What becomes of the gradient is not told by it alone.
fn judge(spectrum: &Spectrum) -> String {
    compared(spectrum.radius)
}

fn clouds(report: &FlowReport) -> Vec<Series> {
    let leading = report.spectra.iter().enumerate().filter_map(|(n, s)| Some((n, s.leading()?)));
    leading
        .map(|(layer, spectrum)| {
            let points = spectrum.eigenvalues.iter().map(|z| [z.re, z.im]).collect();
            let name = format!("layer {}", layer + 1);
            let line = Series::line(name, Color::Category(layer), points);
            Series { stroke: Stroke::Dots, ..line }
        })
        .collect()
}

/// The eigenvalues of the largest absolute value: one, or a conjugate pair.
fn largest(spectrum: &Spectrum) -> Vec<[f64; 2]> {
    let least = spectrum.radius * (1.0 - SAME);
    let at_the_top = spectrum.eigenvalues.iter().filter(|z| z.re.hypot(z.im) >= least);
    at_the_top.take(2).map(|z| [z.re, z.im]).collect()
}

fn notes(report: &FlowReport) -> Vec<String> {
    let leading: Vec<&Spectrum> =
        report.spectra.iter().filter_map(LayerSpectrum::leading).collect();
    let grows = leading.iter().any(|spectrum| spectrum.radius > 1.0);
    let mut notes = Vec::new();
    if !leading.is_empty() {
        notes.push(by_layer(report, "|λ|max", judge_briefly));
        notes.push(by_layer(report, "Largest singular value", |s| number(s.sigma_max, 3)));
    }
    if report.spectra.iter().any(|s| s.leading().is_none()) {
        notes.push("The step Jacobian is being computed.".into());
    }
    notes.extend(caution(report.spec.cell, grows).into_iter().map(str::to_owned));
    notes
}

/// `|λ|max: 0.571` for one layer, else `|λ|max: layer 1: 0.571, layer 2: 0.602`, unbroken within a layer
fn by_layer(report: &FlowReport, what: &str, say: impl Fn(&Spectrum) -> String) -> String {
    let one = report.spectra.len() == 1;
    let leading = report.spectra.iter().enumerate().filter_map(|(n, s)| Some((n, s.leading()?)));
    let name = |n: usize| if one { String::new() } else { format!("layer\u{a0}{}:\u{a0}", n + 1) };
    let values: Vec<String> = leading.map(|(n, s)| format!("{}{}", name(n), say(s))).collect();
    format!("{what}: {}.", values.join(", "))
}

/// `0.571 (< 1)`
fn judge_briefly(spectrum: &Spectrum) -> String {
    let sign = side(spectrum.radius).sign().replace(' ', "\u{a0}");
    format!("{}\u{a0}({sign})", number(spectrum.radius, 3))
}

/// What the eigenvalues do not say.
fn caution(cell: Cell, grows: bool) -> Vec<&'static str> {
    match cell {
        Cell::Rnn(Nonlinearity::Tanh) if grows => vec![
            "|λ|max > 1 does not imply explosion for tanh: its slope, at most 1, shrinks what each step passes back.",
            BIAS,
        ],
        Cell::Rnn(Nonlinearity::Relu) if grows => vec![
            "|λ|max > 1 does not imply explosion for ReLU: inactive units pass nothing on.",
            BIAS,
        ],
        Cell::Rnn(_) => vec![BIAS],
        Cell::Lstm => vec![
            "Jacobian ∂(h, c)ₜ / ∂(h, c)ₜ₋₁ at t = T; it changes with weights, biases and input.",
        ],
        Cell::Gru => {
            vec!["Jacobian ∂hₜ / ∂hₜ₋₁ at t = T; it changes with weights, biases and input."]
        }
    }
}

const BIAS: &str = "The bias scale does not change Wₕₕ, so these eigenvalues stay where they are.";
