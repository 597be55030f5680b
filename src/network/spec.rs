//! What a network is made of, before any weight is drawn.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Activation of a plain RNN.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Nonlinearity {
    /// Hyperbolic tangent, as in `nn.RNN` by default.
    #[default]
    Tanh,
    /// Rectified linear unit, max(0, a).
    Relu,
    /// No nonlinearity: a linear recurrence.
    Identity,
}

/// The recurrent cell of every layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cell {
    /// Elman RNN, h' = f(W_ih x + b + W_hh h).
    Rnn(Nonlinearity),
    /// Long short-term memory (Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000).
    Lstm,
    /// Gated recurrent unit (Cho et al. 2014, in the variant of `nn.GRU`).
    Gru,
}

impl Cell {
    /// Blocks of rows in `weight_ih` and `weight_hh`: 1, 4 or 3.
    pub fn gates(self) -> usize {
        self.gate_names().len()
    }

    /// States carried from step to step: h, and c for an LSTM.
    pub fn states(self) -> usize {
        match self {
            Self::Lstm => 2,
            Self::Rnn(_) | Self::Gru => 1,
        }
    }

    /// Names of the gate blocks in `torch.nn` order.
    pub fn gate_names(self) -> &'static [&'static str] {
        match self {
            Self::Rnn(_) => &["hh"],
            Self::Lstm => &["i", "f", "g", "o"],
            Self::Gru => &["r", "z", "n"],
        }
    }

    /// Which of [`Cell::gate_names`] keeps the state: f of an LSTM, z of a GRU.
    pub fn keeper(self) -> Option<usize> {
        match self {
            Self::Rnn(_) => None,
            Self::Lstm | Self::Gru => Some(1),
        }
    }
}

impl fmt::Display for Nonlinearity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tanh => "tanh",
            Self::Relu => "ReLU",
            Self::Identity => "identity",
        })
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rnn(nonlinearity) => write!(f, "RNN {nonlinearity}"),
            Self::Lstm => f.write_str("LSTM"),
            Self::Gru => f.write_str("GRU"),
        }
    }
}

/// How many bias vectors a layer has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Biases {
    /// One, on the input side, as in the course notebook's own cells.
    One,
    /// Two, `bias_ih` and `bias_hh`, as in `torch.nn`.
    #[default]
    Two,
}

/// Who reads whom in a network of several layers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Wiring {
    /// Each layer reads the hidden states of the one below; the lowest reads the input.
    #[default]
    Stacked,
    /// Every layer reads the input, and over a skip connection the h of the layer below in the same
    /// tick; the lowest that of the top layer in the tick before (the wiring of the DRC of Guez et
    /// al. 2019, without its convolutions).
    Skips,
}

/// What the readout reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reading {
    /// h_t of the top layer at each step: one prediction a step.
    #[default]
    EachStep,
    /// h_T alone: one prediction a sequence.
    LastStep,
    /// max(0, h_T): one prediction a sequence.
    LastStepRelu,
    /// h_1..h_T side by side, for sequences of just this many steps T: one prediction a sequence.
    AllSteps(usize),
    /// There is no readout: the states of the top layer at each step are what comes out.
    States,
}

impl Reading {
    /// Numbers the readout reads at a time; 0 without one.
    pub fn width(self, hidden_size: usize) -> usize {
        match self {
            Self::EachStep | Self::LastStep | Self::LastStepRelu => hidden_size,
            // A file may claim any number of steps.
            Self::AllSteps(steps) => steps.saturating_mul(hidden_size),
            Self::States => 0,
        }
    }
}

/// Sizes and kind of a network; the same for every layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NetworkSpec {
    /// The recurrent cell.
    pub cell: Cell,
    /// Features of an input step, at least 1.
    pub input_size: usize,
    /// Units of a layer, 1 to [`NetworkSpec::MAX_HIDDEN`].
    pub hidden_size: usize,
    /// Layers, 1 to [`NetworkSpec::MAX_LAYERS`].
    pub num_layers: usize,
    /// Who reads whom.
    pub wiring: Wiring,
    /// Times that each input step is read before its prediction, 1 to [`NetworkSpec::MAX_TICKS`].
    pub ticks: usize,
    /// One or two bias vectors.
    pub biases: Biases,
    /// Features of a prediction, at least 1; without a readout those of a state.
    pub output_size: usize,
    /// What the readout reads.
    pub reading: Reading,
}

impl NetworkSpec {
    /// The largest hidden size offered.
    pub const MAX_HIDDEN: usize = 512;
    /// The most layers offered.
    pub const MAX_LAYERS: usize = 8;
    /// The most ticks offered.
    pub const MAX_TICKS: usize = 16;

    /// A stack as `torch.nn` builds it: input size, hidden size, layers, output size.
    pub fn new(cell: Cell, sizes: [usize; 4]) -> Self {
        let [input_size, hidden_size, num_layers, output_size] = sizes;
        Self {
            cell,
            input_size,
            hidden_size,
            num_layers,
            wiring: Wiring::Stacked,
            ticks: 1,
            biases: Biases::Two,
            output_size,
            reading: Reading::EachStep,
        }
    }

    /// Refuses sizes outside the documented ranges.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] naming the size.
    pub fn validate(&self) -> Result<()> {
        within("hidden size", self.hidden_size, 1, Self::MAX_HIDDEN)?;
        within("number of layers", self.num_layers, 1, Self::MAX_LAYERS)?;
        within("number of ticks", self.ticks, 1, Self::MAX_TICKS)?;
        within("input size", self.input_size, 1, 4096)?;
        within("output size", self.output_size, 1, 4096)
    }

    /// Features that layer `layer` reads: the input's, or the units below.
    pub fn layer_input_size(&self, layer: usize) -> usize {
        match self.wiring {
            Wiring::Stacked if layer > 0 => self.hidden_size,
            Wiring::Stacked | Wiring::Skips => self.input_size,
        }
    }

    /// Trainable numbers, those of the readout included if there is one; it counts as having a bias.
    pub fn parameter_count(&self) -> usize {
        let rows = self.cell.gates() * self.hidden_size;
        let biases = match self.biases {
            Biases::One => 1,
            Biases::Two => 2,
        };
        let skip = match self.wiring {
            Wiring::Stacked => 0,
            Wiring::Skips => self.hidden_size,
        };
        let layers: usize = (0..self.num_layers)
            .map(|layer| rows * (self.layer_input_size(layer) + self.hidden_size + skip + biases))
            .sum();
        let readout = match self.reading {
            Reading::States => 0,
            Reading::EachStep
            | Reading::LastStep
            | Reading::LastStepRelu
            | Reading::AllSteps(_) => self.output_size * (self.reading.width(self.hidden_size) + 1),
        };
        layers + readout
    }

    /// Tensors that these numbers stand in.
    pub(crate) fn parameter_tensors(&self) -> usize {
        let biases = match self.biases {
            Biases::One => 1,
            Biases::Two => 2,
        };
        let of_layer = 2 + biases + usize::from(self.wiring == Wiring::Skips);
        let readout = if self.reading == Reading::States { 0 } else { 2 };
        self.num_layers * of_layer + readout
    }
}

impl fmt::Display for NetworkSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {} units", self.cell, self.hidden_size)?;
        if self.num_layers > 1 {
            write!(f, ", {} layers", self.num_layers)?;
        }
        if self.wiring == Wiring::Skips {
            f.write_str(" with skips")?;
        }
        if self.ticks > 1 {
            write!(f, ", {} ticks", self.ticks)?;
        }
        Ok(())
    }
}

fn within(what: &'static str, found: usize, low: usize, high: usize) -> Result<()> {
    if (low..=high).contains(&found) {
        Ok(())
    } else {
        Err(Error::out_of_range(what, format!("{low} to {high}"), found))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts printed by the course notebook for its own cells (18 of them recurrent, 16 readout).
    #[test]
    fn counts_parameters_as_the_notebook_does() {
        let cell = Cell::Rnn(Nonlinearity::Identity);
        let spec = NetworkSpec { biases: Biases::One, ..NetworkSpec::new(cell, [2, 3, 1, 4]) };
        assert_eq!(spec.parameter_count(), 34);
    }

    #[test]
    fn refuses_sizes_out_of_range() {
        let spec = NetworkSpec::new(Cell::Lstm, [1, 0, 1, 1]);
        let error = spec.validate().expect_err("hidden size 0").to_string();
        assert_eq!(error, "hidden size must be 1 to 512, found 0");
    }
}
