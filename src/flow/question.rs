//! Everything an answer depends on, as one value that can be compared, saved and shared.

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::frozen::Frozen;
use crate::network::{Design, Head, Nonlinearity, StateDict};
use crate::task::{Loss, TaskChoice};

use super::sequence_file::SequenceFile;

/// What to measure. Equal questions have equal answers, byte for byte.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// Where the unscaled weights come from.
    pub weights: Weights,
    /// What the network reads.
    pub input: Input,
    /// Factor on every recurrent `weight_*`; the readout is never scaled.
    pub weight_scale: f64,
    /// Factor on every recurrent `bias_*`.
    pub bias_scale: f64,
    /// Which steps the loss looks at.
    pub loss: Loss,
    /// Number format of the computation.
    pub precision: Precision,
}

/// Where the unscaled weights come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Weights {
    /// Drawn at random from a seed.
    Draw(Draw),
    /// Read from a file with `torch.nn` names; sizes and cell are inferred.
    File {
        /// The file.
        path: PathBuf,
        /// Activation assumed if the file holds a plain RNN, which does not record it.
        nonlinearity: Nonlinearity,
        /// Seed of the readout, if the file holds none, and of an input that continues its stream.
        seed: u64,
        /// Which tensors are the readout.
        #[serde(default, skip_serializing_if = "Head::is_fitting")]
        head: Head,
        /// What the file held when it was opened; `None` reads whatever it holds now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        content: Option<Frozen<StateDict>>,
    },
}

/// A network drawn at random.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Draw {
    /// What is drawn.
    pub design: Design,
    /// Seed of `torch.manual_seed`.
    pub seed: u64,
}

/// The sequence that the network reads; the target is the running mean of its first column, unless
/// a task brings its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Input {
    /// Shape of the signal.
    pub signal: Signal,
    /// Steps T, 1 to [`Input::MAX_LENGTH`]; ignored for files.
    pub length: usize,
    /// Sequences B, 1 to [`Input::MAX_BATCH`]; ignored for files.
    pub batch: usize,
    /// Seed of the input alone. `None` continues the stream the weights were drawn from, as a
    /// PyTorch script with one `manual_seed` does; `Some` gives every network the same input.
    pub seed: Option<u64>,
}

impl Input {
    /// The longest sequence computed.
    pub const MAX_LENGTH: usize = 100_000;
    /// Steps of a period of the sine.
    pub const PERIOD: f64 = 10.0;
    /// The largest batch computed.
    pub const MAX_BATCH: usize = 256;
}

/// Shape of the input signal. All but noise and files are the same for every sequence of a batch.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Signal {
    /// Independent N(0, 1) at every step: the running-mean task.
    #[default]
    Noise,
    /// 1 at the first step, 0 afterwards.
    Impulse,
    /// A sine of period 10 steps and amplitude 1.
    Sine,
    /// 1 at every step.
    Constant,
    /// CSV files, one sequence each: a row a step, a column a feature.
    Files(Vec<SequenceFile>),
    /// The sequences of a task, with its own length, targets and loss.
    Task(TaskChoice),
}

/// Number format of a computation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// Single precision: what training sees.
    F32,
    /// Double precision: resolves gradients down to 1e-308.
    #[default]
    F64,
}

impl Default for Question {
    /// The network as drawn: RNN tanh with 16 units, ten steps, loss on the last, seed 0.
    fn default() -> Self {
        Self {
            weights: Weights::Draw(Draw::default()),
            input: Input::default(),
            weight_scale: 1.0,
            bias_scale: 1.0,
            loss: Loss::Last,
            precision: Precision::F64,
        }
    }
}

impl Default for Input {
    fn default() -> Self {
        Self { signal: Signal::Noise, length: 10, batch: 1, seed: None }
    }
}

impl Question {
    /// Refuses what cannot be measured, before any work is done. Files are checked when read.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] naming the setting.
    pub fn validate(&self) -> Result<()> {
        finite("weight scale", self.weight_scale)?;
        finite("bias scale", self.bias_scale)?;
        if let Weights::Draw(draw) = &self.weights {
            draw.design.validate()?;
        }
        let Input { signal: _, length, batch, seed: _ } = self.input;
        if !(1..=Input::MAX_LENGTH).contains(&length) {
            return Err(Error::out_of_range("length", "1 to 100000", length));
        }
        if !(1..=Input::MAX_BATCH).contains(&batch) {
            return Err(Error::out_of_range("batch", "1 to 256", batch));
        }
        Ok(())
    }
}

fn finite(what: &'static str, value: f64) -> Result<()> {
    if value.is_finite() {
        Ok(())
    } else {
        Err(Error::out_of_range(what, "a finite number", value))
    }
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::F32 => "f32",
            Self::F64 => "f64",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nan_scale_is_refused_by_name() {
        let question = Question { weight_scale: f64::NAN, ..Question::default() };
        let error = question.validate().expect_err("NaN scale").to_string();
        assert_eq!(error, "weight scale must be a finite number, found NaN");
    }

    #[test]
    fn the_default_question_is_valid() {
        assert!(Question::default().validate().is_ok());
    }
}
