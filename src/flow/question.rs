//! Everything an answer depends on, as one value that can be compared, saved and shared.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::frozen::Frozen;
use crate::network::{Design, Head, Nonlinearity, StateDict};
use crate::task::{Loss, TaskChoice};
use crate::ticket::Ticket;
use crate::visible;

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
        #[serde(with = "crate::path_text")]
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
/// a task brings its own. Two are equal if they give the same numbers, whatever stands in fields that
/// a signal ignores.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Input {
    /// Shape of the signal.
    pub signal: Signal,
    /// Steps T, 1 to [`Input::MAX_LENGTH`]. Files and tasks have their own: a question ignores it,
    /// a report says it.
    pub length: usize,
    /// Sequences B, 1 to [`Input::MAX_BATCH`]. Files and all tasks but echo have their own.
    pub batch: usize,
    /// Seed of the input alone. `None` continues the stream the weights were drawn from, as a
    /// PyTorch script with one `manual_seed` does; the only batch of a task that has but one comes
    /// before the weights in that stream, as in training. `Some` gives every network the same input.
    pub seed: Option<u64>,
}

impl PartialEq for Input {
    fn eq(&self, other: &Self) -> bool {
        let Self { signal, length, batch, seed } = self;
        let (obeys_length, obeys_batch) = signal.obeys();
        (signal, seed) == (&other.signal, &other.seed)
            && (!obeys_length || *length == other.length)
            && (!obeys_batch || *batch == other.batch)
    }
}

impl Input {
    /// The longest sequence computed.
    pub const MAX_LENGTH: usize = 100_000;
    /// Steps of a period of the sine.
    pub const PERIOD: f64 = 10.0;
    /// The largest batch computed.
    pub const MAX_BATCH: usize = 256;

    /// What the network should say at each step, for an input of `features` columns: the one target
    /// there is, unless a task brings its own.
    pub fn target(&self, features: usize) -> Option<&'static str> {
        match (&self.signal, features) {
            (Signal::Task(_), _) => None,
            (Signal::Files(_), _) => Some("running mean of column 1"),
            (Signal::Noise | Signal::Impulse | Signal::Sine | Signal::Constant, 1) => {
                Some("running mean of the input")
            }
            (Signal::Noise | Signal::Impulse | Signal::Sine | Signal::Constant, _) => {
                Some("running mean of input 1")
            }
        }
    }

    /// Whether its numbers are drawn at random, so that it matters where from.
    pub fn is_drawn(&self) -> bool {
        match &self.signal {
            Signal::Noise => true,
            Signal::Task(task) => match task {
                TaskChoice::RunningMean(_) | TaskChoice::LongLag(_) | TaskChoice::Echo(_) => true,
                TaskChoice::FirstZero(_) | TaskChoice::Mnist1d(_) => false,
            },
            Signal::Impulse | Signal::Sine | Signal::Constant | Signal::Files(_) => false,
        }
    }
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

impl Signal {
    /// Whether the length and the batch of a question count for it.
    fn obeys(&self) -> (bool, bool) {
        match self {
            Self::Noise | Self::Impulse | Self::Sine | Self::Constant => (true, true),
            Self::Files(_) => (false, false),
            Self::Task(task) => match task {
                TaskChoice::Echo(_) => (false, true),
                TaskChoice::RunningMean(_)
                | TaskChoice::FirstZero(_)
                | TaskChoice::Mnist1d(_)
                | TaskChoice::LongLag(_) => (false, false),
            },
        }
    }
}

impl fmt::Display for Signal {
    /// Its name; files by their names, a task by its own.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Noise => f.write_str("noise"),
            Self::Impulse => f.write_str("impulse"),
            Self::Sine => f.write_str("sine"),
            Self::Constant => f.write_str("constant"),
            Self::Files(files) => {
                let name = |SequenceFile { path, .. }: &SequenceFile| visible::file_name(path);
                f.write_str(&files.iter().map(name).collect::<Vec<_>>().join(" + "))
            }
            Self::Task(task) => f.write_str(&task.name().replace('-', " ")),
        }
    }
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
    /// The same question about what its files hold now: read once, and known by their checksums
    /// from here on. What was frozen before stays as it is.
    ///
    /// # Errors
    /// Files that cannot be read.
    pub fn frozen(self) -> Result<Self> {
        self.frozen_with(&Ticket::new())
    }

    /// As [`Question::frozen`], but can be watched and stopped: bytes are counted on the ticket, file
    /// by file.
    ///
    /// # Errors
    /// Files that cannot be read, and [`Error::Cancelled`].
    pub fn frozen_with(mut self, ticket: &Ticket) -> Result<Self> {
        if let Weights::File { path, content: content @ None, .. } = &mut self.weights {
            let stored = StateDict::read_with(path, ticket)?;
            *content = Some(Frozen::new(stored.checksum().clone(), Arc::new(stored)));
        }
        if let Signal::Files(files) = &mut self.input.signal {
            for file in files.iter_mut().filter(|file| file.content.is_none()) {
                *file = SequenceFile::open_with(&file.path, ticket)?;
            }
        }
        Ok(self)
    }

    /// What it keeps in memory of the files it names, each with what tells it from others and its
    /// bytes: clones of a question keep the same.
    pub fn held(&self) -> Vec<(usize, usize)> {
        let mut held = Vec::new();
        if let Weights::File { content: Some(content), .. } = &self.weights {
            held.extend(content.held().map(|held| (Arc::as_ptr(held).addr(), held.bytes())));
        }
        if let Signal::Files(files) = &self.input.signal {
            let rows = files.iter().filter_map(|file| file.content.as_ref()?.held());
            held.extend(rows.map(|rows| (Arc::as_ptr(rows).addr(), rows.bytes())));
        }
        held
    }

    /// The same question with the checksums of its files alone, for whoever only compares it.
    #[must_use]
    pub fn without_files(mut self) -> Self {
        if let Weights::File { content: Some(content), .. } = &mut self.weights {
            content.let_go();
        }
        if let Signal::Files(files) = &mut self.input.signal {
            files.iter_mut().filter_map(|file| file.content.as_mut()).for_each(Frozen::let_go);
        }
        self
    }

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
        let Input { ref signal, length, batch, seed: _ } = self.input;
        if let Signal::Task(task) = signal {
            task.validate()?;
        }
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
    fn inputs_are_equal_if_their_numbers_are() {
        let other = |signal: &Signal, length, batch| {
            let input = Input { signal: signal.clone(), ..Input::default() };
            (input.clone(), Input { length, batch, ..input })
        };
        let equal = |(one, other): (Input, Input)| one == other;
        assert!(!equal(other(&Signal::Noise, 11, 1)) && !equal(other(&Signal::Noise, 10, 2)));
        assert!(equal(other(&Signal::Files(vec!["a.csv".into()]), 9, 3)));
        let [_, first_zero, .., echo] = TaskChoice::all().map(Signal::Task);
        assert!(equal(other(&first_zero, 11, 2)));
        assert!(equal(other(&echo, 11, 1)) && !equal(other(&echo, 10, 2)));
    }

    #[test]
    fn what_is_held_of_files_is_counted_once_and_can_be_let_go() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.csv");
        std::fs::write(&path, "1\n2\n3\n").unwrap();
        let mut question = Question::default();
        question.input.signal = Signal::Files(vec![SequenceFile::open(&path).unwrap()]);
        let held = question.held();
        assert!(held.len() == 1 && held[0].1 >= 3 * size_of::<f64>(), "{held:?}");
        assert_eq!(question.clone().held(), held, "a clone keeps the same");
        let bare = question.clone().without_files();
        assert!(bare == question && bare.held().is_empty());
    }

    #[test]
    fn the_default_question_is_valid() {
        assert!(Question::default().validate().is_ok());
    }
}
