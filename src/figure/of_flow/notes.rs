//! What became of the numbers, in sentences.

use crate::flow::{Census, FlowReport, LayerFlow, Precision};
use crate::network::{Cell, Nonlinearity};

/// What is out of the ordinary in the states.
pub(super) fn hidden(report: &FlowReport) -> Vec<String> {
    broken(report, "hₜ", |layer| &layer.hidden_census)
}

/// What is out of the ordinary in the gradients.
pub(super) fn gradient(report: &FlowReport) -> Vec<String> {
    let precision = report.question.precision;
    let mut notes = zeros(report);
    let denormal = tell(report, GRADIENT, |layer| layer.grad_census.denormals, gradient_total);
    notes.extend(denormal.map(|who| {
        format!("{who} denormal: so small that {precision} keeps only some of their digits.")
    }));
    notes.extend(broken(report, GRADIENT, |layer| &layer.grad_census));
    notes
}

const GRADIENT: &str = "∂L/∂hₜ";

fn gradient_total(layer: &LayerFlow) -> usize {
    layer.grad_census.total
}

fn zeros(report: &FlowReport) -> Vec<String> {
    let precision = report.question.precision;
    // Zeros by underflow and zeros by construction are two different stories.
    let count = |wanted: bool| {
        let zeros = move |layer: &LayerFlow| {
            if underflowed(layer, precision) == wanted { layer.grad_census.zeros } else { 0 }
        };
        tell(report, GRADIENT, zeros, gradient_total)
    };
    let remedy = match precision {
        Precision::F32 => "; f64 resolves further down",
        Precision::F64 => "",
    };
    let reason = if report.question.weight_scale == 0.0 {
        match report.spec.cell {
            Cell::Rnn(_) => "weight scale 0 cuts every path through time",
            // The gates that keep c, or h, are no weights.
            Cell::Lstm => "weight scale 0 cuts every path but that through the cell state",
            Cell::Gru => "no gradient arrives there",
        }
    } else if report.spec.cell == Cell::Rnn(Nonlinearity::Relu) {
        "inactive ReLU units pass no gradient"
    } else {
        "no gradient arrives there"
    };
    let underflow = count(true).map(|who| {
        format!("Underflow: {who} exactly 0, smaller than {precision} can hold{remedy}.")
    });
    let cut = count(false).map(|who| format!("{who} exactly 0: {reason}."));
    underflow.into_iter().chain(cut).collect()
}

/// Zeros are due to underflow if the numbers that are left reach down to where the format ends.
fn underflowed(layer: &LayerFlow, precision: Precision) -> bool {
    let nearly_nothing = match precision {
        Precision::F32 => 1e-36,
        Precision::F64 => 1e-300,
    };
    let smallest =
        layer.grad_norm.iter().copied().filter(|v| *v > 0.0).fold(f64::INFINITY, f64::min);
    layer.grad_census.denormals > 0 || smallest < nearly_nothing
}

fn broken(report: &FlowReport, what: &str, census: impl Fn(&LayerFlow) -> &Census) -> Vec<String> {
    let precision = report.question.precision;
    let total = |layer: &LayerFlow| census(layer).total;
    let weights = not_finite(report);
    let infinite =
        tell(report, what, |layer| census(layer).infinities, total).map(|who| match &weights {
            Some(weights) => format!("{who} infinite, as {weights}."),
            None => format!("Overflow: {who} infinite, larger than {precision} can hold."),
        });
    let nan = tell(report, what, |layer| census(layer).nans, total).map(|who| match &weights {
        Some(weights) => format!("{who} NaN, as {weights}."),
        None => format!("{who} NaN, as ∞\u{a0}−\u{a0}∞ and 0\u{a0}×\u{a0}∞ have no value."),
    });
    infinite.into_iter().chain(nan).collect()
}

/// `weight_hh_l0 holds NaN or infinity`, where weights do and it shows: what follows is no overflow.
pub(super) fn not_finite(report: &FlowReport) -> Option<String> {
    /// Names that a sentence can carry.
    const NAMED: usize = 3;

    let names = &report.not_finite;
    let (shown, more) = (&names[..names.len().min(NAMED)], names.len().saturating_sub(NAMED));
    let (last, others) = shown.split_last()?;
    let who = match (others, more) {
        ([], _) => last.clone(),
        (_, 0) => format!("{} and {last}", others.join(", ")),
        (_, 1) => format!("{} and one more tensor", shown.join(", ")),
        (_, more) => format!("{} and {more} more tensors", shown.join(", ")),
    };
    let hold = if names.len() == 1 { "holds" } else { "hold" };
    let question = &report.question;
    let scaled = match (question.weight_scale, question.bias_scale) {
        (1.0, 1.0) => "",
        _ => ", once scaled,",
    };
    let format = match question.precision {
        Precision::F32 => " in f32",
        Precision::F64 => "",
    };
    Some(format!("{who}{scaled} {hold} NaN or infinity{format}"))
}

/// `12 of 16 numbers of ∂L/∂hₜ in layer 1 and 3 of 16 in layer 2 are`, or nothing if all counts
/// are zero.
fn tell(
    report: &FlowReport,
    what: &str,
    count: impl Fn(&LayerFlow) -> usize,
    total: impl Fn(&LayerFlow) -> usize,
) -> Option<String> {
    let mut said: Vec<String> = Vec::new();
    for (n, layer) in report.layers.iter().enumerate() {
        let (count, total) = (count(layer), total(layer));
        if count > 0 {
            let of = if said.is_empty() { format!(" numbers of {what}") } else { String::new() };
            let count = if count == total { "all".to_owned() } else { format!("{count} of") };
            said.push(format!("{count} {total}{of} in layer {}", n + 1));
        }
    }
    let last = said.pop()?;
    let who = if said.is_empty() { last } else { format!("{} and {last}", said.join(", ")) };
    Some(format!("{who} are"))
}
