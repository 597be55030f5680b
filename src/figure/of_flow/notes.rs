//! What became of the numbers, in sentences.

use crate::flow::{Census, FlowReport, LayerFlow, Precision};
use crate::network::{Cell, Nonlinearity};

/// What is out of the ordinary in the states.
pub(super) fn hidden(report: &FlowReport) -> Vec<String> {
    let layers = report.layers.iter().enumerate();
    layers.flat_map(|(n, layer)| broken(report, n, "hₜ", &layer.hidden_census)).collect()
}

/// What is out of the ordinary in the gradients.
pub(super) fn gradient(report: &FlowReport) -> Vec<String> {
    let mut notes = Vec::new();
    for (n, layer) in report.layers.iter().enumerate() {
        notes.extend(zeros(report, n, layer));
        notes.extend(denormals(report, n, &layer.grad_census));
        notes.extend(broken(report, n, "∂L/∂hₜ", &layer.grad_census));
    }
    notes
}

fn zeros(report: &FlowReport, layer: usize, flow: &LayerFlow) -> Option<String> {
    let Census { total, zeros, .. } = flow.grad_census;
    if zeros == 0 {
        return None;
    }
    let precision = report.question.precision;
    let count = share(zeros, total, "∂L/∂hₜ", layer);
    Some(if underflowed(flow, precision) {
        let remedy = match precision {
            Precision::F32 => "; f64 resolves further down",
            Precision::F64 => "",
        };
        format!("Underflow: {count} exactly 0, smaller than {precision} can hold{remedy}.")
    } else if report.question.weight_scale == 0.0 {
        format!("{count} exactly 0: weight scale 0 cuts every path through time.")
    } else if report.spec.cell == Cell::Rnn(Nonlinearity::Relu) {
        format!("{count} exactly 0: inactive ReLU units pass no gradient.")
    } else {
        format!("{count} exactly 0: no gradient arrives there.")
    })
}

/// Zeros are due to underflow if the numbers that are left reach down to where the format ends.
fn underflowed(flow: &LayerFlow, precision: Precision) -> bool {
    // Squares are summed in the norm, so a norm near the end stands for numbers at the end.
    let nearly_nothing = match precision {
        Precision::F32 => 1e-36,
        Precision::F64 => 1e-300,
    };
    let smallest =
        flow.grad_norm.iter().copied().filter(|v| *v > 0.0).fold(f64::INFINITY, f64::min);
    flow.grad_census.denormals > 0 || smallest < nearly_nothing
}

fn denormals(report: &FlowReport, layer: usize, census: &Census) -> Option<String> {
    let Census { total, denormals, .. } = *census;
    (denormals > 0).then(|| {
        let count = share(denormals, total, "∂L/∂hₜ", layer);
        let precision = report.question.precision;
        format!("{count} denormal: so small that {precision} keeps only some of their digits.")
    })
}

fn broken(report: &FlowReport, layer: usize, what: &str, census: &Census) -> Vec<String> {
    let Census { total, zeros: _, denormals: _, infinities, nans } = *census;
    let mut notes = Vec::new();
    if infinities > 0 {
        let count = share(infinities, total, what, layer);
        let precision = report.question.precision;
        notes.push(format!("Overflow: {count} infinite, larger than {precision} can hold."));
    }
    if nans > 0 {
        let count = share(nans, total, what, layer);
        notes.push(format!("{count} NaN, as ∞ − ∞ and 0 × ∞ have no value."));
    }
    notes
}

/// `12 of 16 numbers of ∂L/∂hₜ in layer 1 are`
fn share(count: usize, total: usize, what: &str, layer: usize) -> String {
    let verb = if count == 1 { "is" } else { "are" };
    format!("{count} of {total} numbers of {what} in layer {} {verb}", layer + 1)
}
