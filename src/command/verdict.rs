//! The verdict as JSON.

use serde::Serialize;

use super::json::Number;
use crate::figure::of_flow::{Left, Met, State, Verdict};

/// The keys of a verdict, in order.
#[derive(Serialize)]
pub(super) struct Judgement {
    /// `null` where the numbers do not tell.
    word: Option<String>,
    sentence: String,
    /// From 1, as in the sentence.
    layer: usize,
    state: &'static str,
    steps_back: usize,
    /// A step back; `nan` without a word.
    factor: Number,
    /// At the first step, as a part of the last; `nan` where that cannot be told.
    left: Number,
    /// The same where it is out of the range of numbers.
    log10_left: Number,
    /// Whether `left` is only a bound: `below` it after underflow, `above` it after overflow.
    #[serde(skip_serializing_if = "Option::is_none")]
    bound: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    saturated: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    slope_factor: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    keeping_gate: Option<Number>,
}

impl Judgement {
    pub(super) fn of(verdict: Verdict) -> Self {
        let Verdict { word, sentence, layer, state, steps_back, factor, left, met } = verdict;
        let Met { flat, slope, gate } = met;
        let quotient = match left {
            Left::Part { quotient, .. } => quotient,
            Left::Below { .. } | Left::Nothing | Left::Above { .. } | Left::Untold(_) => {
                left.ln().exp()
            }
        };
        let bound = match left {
            Left::Below { .. } => Some("below"),
            Left::Above { .. } => Some("above"),
            Left::Part { .. } | Left::Nothing | Left::Untold(_) => None,
        };
        Self {
            word: word.map(|word| word.to_string()),
            sentence,
            layer: layer + 1,
            state: match state {
                State::Hidden => "h",
                State::Cell => "c",
            },
            steps_back,
            factor: Number(factor),
            left: Number(quotient),
            log10_left: Number(left.ln() / std::f64::consts::LN_10),
            bound,
            saturated: flat.map(Number),
            slope_factor: slope.map(Number),
            keeping_gate: gate.map(Number),
        }
    }
}
