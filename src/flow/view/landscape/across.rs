//! What a landscape changes upwards, beside the weight scale to the right.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::flow::question::{Draw, Input, Question, Signal, Weights};
use crate::network::{Cell, GateBias, NetworkSpec};

/// Most rows, and columns, of a landscape: a whole number of strides of each level, and one.
pub(super) const MOST: usize = 41;

/// The span of the window's sliders.
const SPAN: f64 = 5.0;

/// A number of a question that a landscape changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Across {
    /// The factor on every recurrent bias.
    #[default]
    BiasScale,
    /// Units of a layer: networks of other sizes are drawn from the same seed.
    HiddenSize,
    /// Steps T of the input.
    Length,
    /// The bias of the gate that keeps the state: an LSTM's forget gate, a GRU's z (then all other
    /// biases are 0, as [`GateBias::Hold`] has it).
    ForgetBias,
}

impl Across {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::BiasScale, Self::HiddenSize, Self::Length, Self::ForgetBias];

    /// The value that the question has now; `None` where it has none, such as gate biases as drawn.
    pub fn of(self, question: &Question) -> Option<f64> {
        if self.unavailable(question).is_some() {
            return None;
        }
        match (self, &question.weights) {
            (Self::BiasScale, _) => Some(question.bias_scale),
            (Self::Length, _) => Some(question.input.length as f64),
            (Self::HiddenSize, Weights::Draw(draw)) => Some(draw.design.hidden_size as f64),
            (Self::ForgetBias, Weights::Draw(draw)) => match draw.design.gate_bias {
                GateBias::Forget(bias) if draw.design.cell == Cell::Lstm => Some(bias),
                GateBias::Hold(bias) => Some(bias),
                GateBias::Forget(_) | GateBias::Drawn | GateBias::Chrono(_) => None,
            },
            (Self::HiddenSize | Self::ForgetBias, Weights::File { .. }) => None,
        }
    }

    /// Why this number of the question cannot be changed; `None` if it can.
    pub fn unavailable(self, question: &Question) -> Option<&'static str> {
        match (self, &question.weights, &question.input.signal) {
            (Self::HiddenSize, Weights::File { .. }, _) => {
                Some("weights from a file have a fixed hidden size")
            }
            (Self::ForgetBias, Weights::File { .. }, _) => {
                Some("weights from a file bring their own gate biases")
            }
            (Self::ForgetBias, Weights::Draw(Draw { design, .. }), _)
                if matches!(design.cell, Cell::Rnn(_)) =>
            {
                Some("a plain RNN has no gates")
            }
            (Self::Length, _, Signal::Files(_)) => Some("sequences from files have their length"),
            (Self::Length, _, Signal::Task(_)) => Some("a task has its own length"),
            _ => None,
        }
    }

    /// The question with this value instead, rounded and clamped to what is valid; the same question
    /// where the number cannot be changed, or the value is none.
    #[must_use]
    pub fn set(self, question: &Question, value: f64) -> Question {
        let mut question = question.clone();
        if value.is_nan() || self.unavailable(&question).is_some() {
            return question;
        }
        let whole = |most: usize| value.round().clamp(1.0, most as f64) as usize;
        let finite = value.clamp(f64::MIN, f64::MAX);
        match (self, &mut question.weights) {
            (Self::BiasScale, _) => question.bias_scale = finite,
            (Self::Length, _) => question.input.length = whole(Input::MAX_LENGTH),
            (Self::HiddenSize, Weights::Draw(draw)) => {
                draw.design.hidden_size = whole(NetworkSpec::MAX_HIDDEN);
            }
            (Self::ForgetBias, Weights::Draw(Draw { design, .. })) => {
                let holds = matches!(design.gate_bias, GateBias::Hold(_));
                design.gate_bias = match design.cell {
                    Cell::Lstm if !holds => GateBias::Forget(finite),
                    _ => GateBias::Hold(finite),
                };
            }
            (Self::HiddenSize | Self::ForgetBias, Weights::File { .. }) => {}
        }
        question
    }

    /// The rows of a landscape, rising; what the question has now lies among them, unless it is a
    /// scale or a bias beyond the sliders.
    pub(super) fn values(self, question: &Question) -> Vec<f64> {
        let now = self.of(question).unwrap_or(1.0);
        let powers = (0..).map(|power| 1 << power);
        let round = (0..).flat_map(|power| [1, 2, 5].map(|digit| digit * 10_usize.pow(power)));
        match self {
            Self::BiasScale | Self::ForgetBias => scales(),
            Self::HiddenSize => multiples(now, powers, NetworkSpec::MAX_HIDDEN),
            Self::Length => multiples(now, round, Input::MAX_LENGTH),
        }
    }
}

/// The columns of every landscape, and the rows of some: what the sliders span.
pub(super) fn scales() -> Vec<f64> {
    let half = (MOST / 2) as f64;
    (0..MOST).map(|n| (n as f64 - half) * SPAN / half).collect()
}

/// Multiples of the smallest step with which they reach twice the value of `now`, or what is allowed.
fn multiples(now: f64, steps: impl Iterator<Item = usize>, allowed: usize) -> Vec<f64> {
    let wanted = (2.0 * now).min(allowed as f64);
    let mut steps = steps.skip_while(|step| ((step * MOST) as f64) < wanted);
    let step = steps.next().unwrap_or(allowed);
    (1..=MOST).map(|n| n * step).take_while(|n| *n <= allowed).map(|n| n as f64).collect()
}

impl fmt::Display for Across {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BiasScale => "bias scale",
            Self::HiddenSize => "hidden size",
            Self::Length => "length",
            Self::ForgetBias => "forget bias",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{Design, Head, Nonlinearity};

    fn question(cell: Cell) -> Question {
        let draw = Draw { design: Design::new(cell, 16, 1), seed: 0 };
        Question { weights: Weights::Draw(draw), ..Question::default() }
    }

    #[test]
    fn what_is_set_is_found_again_and_is_valid() {
        let lstm = question(Cell::Lstm);
        for across in Across::ALL {
            for value in [f64::NEG_INFINITY, -3.0, 0.0, 1.0, 7.0, 1e300, f64::INFINITY] {
                let changed = across.set(&lstm, value);
                changed.validate().unwrap();
                let found = across.of(&changed).unwrap();
                assert!(found == value || across.set(&lstm, found) == changed, "{across} {value}");
            }
            assert_eq!(across.set(&lstm, f64::NAN), lstm);
            assert_eq!(across.of(&across.set(&lstm, 7.0)), Some(7.0));
        }
        assert_eq!(Across::HiddenSize.of(&Across::HiddenSize.set(&lstm, 1e9)), Some(512.0));
        assert_eq!(Across::ForgetBias.of(&lstm), None, "as drawn");
        let gru = Across::ForgetBias.set(&question(Cell::Gru), 2.0);
        let Weights::Draw(draw) = gru.weights else { panic!("drawn") };
        assert_eq!(draw.design.gate_bias, GateBias::Hold(2.0));
    }

    #[test]
    fn what_cannot_be_changed_says_why_and_stays() {
        let nonlinearity = Nonlinearity::Tanh;
        let rnn = question(Cell::Rnn(nonlinearity));
        let weights = Weights::File {
            path: "w.safetensors".into(),
            nonlinearity,
            seed: 0,
            head: Head::Fitting,
            content: None,
        };
        let file = Question { weights, ..rnn.clone() };
        let mut files = rnn.clone();
        files.input.signal = Signal::Files(vec!["x.csv".into()]);
        for (across, question, words) in [
            (Across::ForgetBias, &rnn, "no gates"),
            (Across::HiddenSize, &file, "fixed hidden size"),
            (Across::ForgetBias, &file, "gate biases"),
            (Across::Length, &files, "files"),
        ] {
            assert!(across.unavailable(question).unwrap().contains(words));
            assert_eq!(across.of(question), None);
            assert_eq!(across.set(question, 3.0), *question);
        }
        assert_eq!(Across::BiasScale.unavailable(&file), None);
        assert_eq!(Across::Length.unavailable(&file), None);
    }

    #[test]
    fn the_present_value_lies_among_the_rows() {
        assert_eq!((scales()[0], scales()[24], scales()[40]), (-5.0, 1.0, 5.0));
        for size in 1..=NetworkSpec::MAX_HIDDEN {
            let question = Across::HiddenSize.set(&question(Cell::Gru), size as f64);
            let rows = Across::HiddenSize.values(&question);
            let (first, last) = (rows[0], rows[rows.len() - 1]);
            assert!((first..=last).contains(&(size as f64)), "{size}: {first} to {last}");
            assert!(rows.windows(2).all(|pair| pair[1] - pair[0] == first));
            assert!((20..=MOST).contains(&rows.len()) && last <= 512.0);
        }
        for (length, first, last) in
            [(1, 1.0, 41.0), (10, 1.0, 41.0), (50, 5.0, 205.0), (100_000, 5000.0, 100_000.0)]
        {
            let question = Across::Length.set(&question(Cell::Gru), f64::from(length));
            let rows = Across::Length.values(&question);
            assert_eq!((rows[0], rows[rows.len() - 1]), (first, last), "{length}");
        }
    }
}
