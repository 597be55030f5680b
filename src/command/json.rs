//! A report as JSON, for scripts. Keys come in a fixed order; the same question gives the same bytes.

use faer::c64;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::failure::Failure;
use super::full::Full;
use super::verdict::Judgement;
use crate::figure::of_flow::verdict;
use crate::flow::{Array, Census, FlowReport, LayerFlow, LayerSpectrum, Question, Spectrum};
use crate::network::{Cell, NetworkSpec, ReadoutSource};
use crate::visible;

/// The whole report, with every number behind it if `full`, ending in a newline.
///
/// # Errors
/// Only for a question whose file names are not valid UTF-8, which JSON cannot hold.
pub(super) fn json(report: &FlowReport, full: Option<&[Array]>) -> Result<Vec<u8>, Failure> {
    let mut bytes = serde_json::to_vec(&Document::of(report, full))
        .map_err(|error| Failure::input(format!("cannot write JSON: {error}")))?;
    bytes.push(b'\n');
    Ok(visible::json(bytes))
}

/// The document's keys, in order. `[layer][t]` means: one list a layer, one number a step.
#[derive(Serialize)]
struct Document<'a> {
    version: &'static str,
    question: &'a Question,
    spec: &'a NetworkSpec,
    readout: &'a ReadoutSource,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    unused: &'a [String],
    /// Whether the recurrent layers have none, whatever `spec` says: `bias=False`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    without_biases: bool,
    length: usize,
    batch: usize,
    loss: Number,
    verdict: Judgement,
    hidden_norm: Vec<Numbers<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cell_norm: Option<Vec<Numbers<'a>>>,
    grad_norm: Vec<Numbers<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cell_grad_norm: Option<Vec<Numbers<'a>>>,
    spectral_radius: Vec<ByMatrix<'a, Number>>,
    sigma_max: Vec<ByMatrix<'a, Number>>,
    spectrum: Vec<ByMatrix<'a, Eigenvalues<'a>>>,
    hidden_census: Vec<Counts>,
    grad_census: Vec<Counts>,
    /// Names of the columns of each file, `null` for one without.
    #[serde(skip_serializing_if = "Option::is_none")]
    headers: Option<&'a [Option<Vec<String>>]>,
    input: Vec<Numbers<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target_is: Option<&'static str>,
    target: Numbers<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prediction_is: Option<String>,
    prediction: Numbers<'a>,
    outputs: Vec<Numbers<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    full: Option<Full<'a>>,
}

impl<'a> Document<'a> {
    fn of(report: &'a FlowReport, full: Option<&'a [Array]>) -> Self {
        // `seconds` is left out: it is the only thing that differs from run to run.
        let FlowReport {
            question,
            spec,
            readout,
            unused,
            parameters: _,
            without_biases,
            headers,
            length,
            batch,
            loss,
            layers,
            not_finite: _,
            spectra,
            input,
            target,
            prediction,
            outputs,
            seconds: _,
        } = report;
        let by_layer = |pick: fn(&LayerFlow) -> &Vec<f64>| {
            layers.iter().map(|layer| Numbers(pick(layer))).collect::<Vec<_>>()
        };
        let optional = |pick: fn(&LayerFlow) -> &Option<Vec<f64>>| {
            layers.iter().map(|layer| pick(layer).as_deref().map(Numbers)).collect()
        };
        let gated = !matches!(spec.cell, Cell::Rnn(_));
        Self {
            version: env!("CARGO_PKG_VERSION"),
            question,
            spec,
            readout,
            unused,
            without_biases: *without_biases,
            length: *length,
            batch: *batch,
            loss: Number(*loss),
            verdict: Judgement::of(verdict(report)),
            hidden_norm: by_layer(|layer| &layer.hidden_norm),
            cell_norm: optional(|layer| &layer.cell_norm),
            grad_norm: by_layer(|layer| &layer.grad_norm),
            cell_grad_norm: optional(|layer| &layer.cell_grad_norm),
            spectral_radius: by_matrix(spectra, gated, |spectrum| Number(spectrum.radius)),
            sigma_max: by_matrix(spectra, gated, |spectrum| Number(spectrum.sigma_max)),
            spectrum: by_matrix(spectra, gated, |spectrum| Eigenvalues(&spectrum.eigenvalues)),
            hidden_census: layers.iter().map(|layer| Counts::of(layer.hidden_census)).collect(),
            grad_census: layers.iter().map(|layer| Counts::of(layer.grad_census)).collect(),
            headers: headers.iter().any(Option::is_some).then_some(&headers[..]),
            input: input.iter().map(|feature| Numbers(feature)).collect(),
            target_is: report.target_words(),
            target: Numbers(target),
            prediction_is: report.output_words(),
            prediction: Numbers(prediction),
            outputs: outputs.iter().map(|output| Numbers(output)).collect(),
            full: full.map(Full),
        }
    }
}

/// A number JSON may not be able to hold: non-finite ones become "inf", "-inf", "nan".
#[derive(Clone, Copy)]
pub(super) struct Number(pub f64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(number) = *self;
        match number {
            _ if number.is_nan() => serializer.serialize_str("nan"),
            f64::INFINITY => serializer.serialize_str("inf"),
            f64::NEG_INFINITY => serializer.serialize_str("-inf"),
            _ => serializer.serialize_f64(number),
        }
    }
}

/// A list of [`Number`]s.
pub(super) struct Numbers<'a>(pub &'a [f64]);

impl Serialize for Numbers<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().copied().map(Number))
    }
}

/// Eigenvalues as a list of `[re, im]`.
struct Eigenvalues<'a>(&'a [c64]);

impl Serialize for Eigenvalues<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|value| [Number(value.re), Number(value.im)]))
    }
}

/// Something known for every matrix of a layer: for an RNN bare, as it has one matrix, else an
/// object with the gates' names and `jacobian`.
struct ByMatrix<'a, T> {
    gated: bool,
    blocks: Vec<(&'a str, T)>,
    jacobian: Option<T>,
}

fn by_matrix<'a, T>(
    spectra: &'a [LayerSpectrum],
    gated: bool,
    value: impl Fn(&'a Spectrum) -> T,
) -> Vec<ByMatrix<'a, T>> {
    spectra
        .iter()
        .map(|LayerSpectrum { blocks, jacobian }| ByMatrix {
            gated,
            blocks: blocks.iter().map(|block| (block.name, value(&block.spectrum))).collect(),
            jacobian: jacobian.as_ref().map(&value),
        })
        .collect()
}

impl<T: Serialize> Serialize for ByMatrix<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.blocks.as_slice() {
            [(_, only)] if !self.gated => only.serialize(serializer),
            blocks => {
                let mut map = serializer.serialize_map(Some(blocks.len() + 1))?;
                for (name, value) in blocks {
                    map.serialize_entry(name, value)?;
                }
                map.serialize_entry("jacobian", &self.jacobian)?;
                map.end()
            }
        }
    }
}

/// A [`Census`] with its names.
#[derive(Serialize)]
struct Counts {
    total: usize,
    zeros: usize,
    denormals: usize,
    infinities: usize,
    nans: usize,
}

impl Counts {
    fn of(census: Census) -> Self {
        let Census { total, zeros, denormals, infinities, nans } = census;
        Self { total, zeros, denormals, infinities, nans }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_json_cannot_hold_become_words() {
        let numbers = [1.5, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 1e-94, 0.0];
        let text = serde_json::to_string(&Numbers(&numbers)).expect("serialisable");
        assert_eq!(text, r#"[1.5,"inf","-inf","nan",1e-94,0.0]"#);
    }

    #[test]
    fn an_rnn_has_one_matrix_and_a_gru_three_and_a_jacobian() {
        let one = ByMatrix { gated: false, blocks: vec![("hh", 1)], jacobian: None };
        let blocks = vec![("r", 1), ("z", 2), ("n", 3)];
        let gru = ByMatrix { gated: true, blocks, jacobian: Some(4) };
        let text = |value: &ByMatrix<'_, i32>| serde_json::to_string(value).expect("serialisable");
        assert_eq!(text(&one), "1");
        assert_eq!(text(&gru), r#"{"r":1,"z":2,"n":3,"jacobian":4}"#);
    }
}
