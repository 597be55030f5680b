//! What networks are asked to learn, one file a task.

mod about;
mod choice;
mod classes;
mod echo;
mod first_zero;
mod long_lag;
mod loss;
pub mod mnist1d;
mod running_mean;

use std::fmt::Debug;

use candle_core::Tensor;

pub use about::About;
pub use choice::TaskChoice;
pub use classes::NO_ANSWER;
pub(crate) use echo::PRINTED as PRINTED_ECHO;
pub use echo::{Echo, Memory};
pub use first_zero::{FirstZero, Place};
pub use long_lag::{Distractors, LongLag};
pub use loss::{Loss, loss_of};
pub use mnist1d::{Classify, Dataset, Mnist1d, Points};
pub use running_mean::RunningMean;

use crate::error::Result;
use crate::frozen::Checksum;
use crate::network::Reading;
use crate::rng::Generator;

/// A batch of sequences and what is asked of each.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Inputs `[T, B, I]`, or the numbers `[T, B]` (u32) of one-hot symbols.
    pub x: Tensor,
    /// Targets, in the shape that the task's loss reads.
    pub target: Tensor,
    /// If set, the network starts from states drawn from U(0, 1) by this generator, not from zero.
    pub start: Option<Generator>,
}

impl Batch {
    /// A batch on which networks start from zero.
    pub fn new(x: Tensor, target: Tensor) -> Self {
        Self { x, target, start: None }
    }

    /// Sequences B.
    ///
    /// # Errors
    /// What candle says of the tensors.
    pub fn size(&self) -> Result<usize> {
        Ok(self.x.dim(1)?)
    }
}

/// Sequences that a network is looked at with again and again while it learns others.
#[derive(Clone, Debug)]
pub struct Set {
    /// Its name in legends and files: `test`.
    pub name: &'static str,
    /// The sequences.
    pub batch: Batch,
}

/// One sequence as people look at it.
#[derive(Clone, Debug, PartialEq)]
pub struct Example {
    /// Input by step (first feature, or the number of a symbol).
    pub input: Vec<f64>,
    /// Target by step; NaN where nothing is asked.
    pub target: Vec<f64>,
    /// Prediction by step; NaN where nothing is asked.
    pub prediction: Vec<f64>,
}

/// A task, ready to be learned: where batches come from, how an answer is judged, and what it looks
/// like.
pub trait Task: Debug + Send + Sync {
    /// Features of an input step, or symbols of the alphabet.
    fn input_size(&self) -> usize;

    /// Features of a prediction.
    fn output_size(&self) -> usize;

    /// Steps of a sequence.
    fn length(&self) -> usize;

    /// What the readout reads.
    fn reading(&self) -> Reading {
        Reading::EachStep
    }

    /// The only batch of a task that has but one, drawn before the weights.
    ///
    /// # Errors
    /// What candle says of the tensors.
    fn only_batch(&self, _size: usize, _generator: &mut Generator) -> Result<Option<Batch>> {
        Ok(None)
    }

    /// Batch number `step` (from 0) of `size` sequences, in f32.
    ///
    /// # Errors
    /// What candle says of the tensors.
    fn batch(&self, step: u64, size: usize, generator: &mut Generator) -> Result<Batch>;

    /// Draws what [`Task::batch`] would and throws it away.
    ///
    /// # Errors
    /// As for [`Task::batch`].
    fn skip(&self, size: usize, generator: &mut Generator) -> Result<()> {
        self.batch(0, size, generator).map(drop)
    }

    /// A few sequences on which predictions and gradient flow are shown.
    ///
    /// # Errors
    /// As for [`Task::batch`].
    fn showcase(&self, generator: &mut Generator) -> Result<Batch> {
        self.batch(0, 4, generator)
    }

    /// Fresh sequences for a test after training.
    ///
    /// # Errors
    /// As for [`Task::batch`].
    fn fresh(&self, size: usize, generator: &mut Generator) -> Result<Batch> {
        self.batch(0, size, generator)
    }

    /// How many fresh sequences a network is tested with once training has stopped; 0 none.
    fn fresh_tests(&self) -> usize {
        0
    }

    /// Fixed sets on which a network is evaluated through training.
    ///
    /// # Errors
    /// What candle says of the tensors.
    fn sets(&self) -> Result<Vec<Set>> {
        Ok(Vec::new())
    }

    /// Names of the first sequences of the first set, whose outputs are worth following.
    fn watched(&self) -> &'static [&'static str] {
        &[]
    }

    /// Whether the state at the end of a batch is where the next one starts.
    fn carries_memory(&self) -> bool {
        false
    }

    /// Batches of an epoch, for tasks with a training set of fixed size.
    fn epoch(&self, _batch: usize) -> Option<u64> {
        None
    }

    /// What tells its data from others, where they are the user's own.
    fn checksum(&self) -> Option<Checksum> {
        None
    }

    /// The loss to be minimised, a scalar.
    ///
    /// # Errors
    /// What candle says of the tensors.
    fn loss(&self, output: &Tensor, batch: &Batch) -> Result<Tensor>;

    /// The loss of each sequence on its own, where the task is mastered only when each is small.
    ///
    /// # Errors
    /// What candle says of the tensors.
    fn losses(&self, _output: &Tensor, _batch: &Batch) -> Result<Option<Vec<f64>>> {
        Ok(None)
    }

    /// Whether each sequence was answered rightly, where answers are right or wrong.
    ///
    /// # Errors
    /// What candle says of the tensors.
    fn right(&self, _output: &Tensor, _batch: &Batch) -> Result<Option<Vec<bool>>> {
        Ok(None)
    }

    /// How well a fixed set was answered, from 0 to 1, where answers are right or wrong: the part
    /// that is right, unless [`TaskChoice::accuracy_name`] says otherwise.
    ///
    /// # Errors
    /// What candle says of the tensors.
    fn accuracy(&self, output: &Tensor, batch: &Batch) -> Result<Option<f64>> {
        let part = |right: Vec<bool>| {
            right.iter().filter(|right| **right).count() as f64 / right.len().max(1) as f64
        };
        Ok(self.right(output, batch)?.map(part))
    }

    /// The class that each sequence was taken for, where there are classes; [`NO_ANSWER`] for none.
    ///
    /// # Errors
    /// What candle says of the tensors.
    fn answers(&self, _output: &Tensor) -> Result<Option<Vec<u32>>> {
        Ok(None)
    }

    /// The sequences of a batch with a network's predictions.
    ///
    /// # Errors
    /// What candle says of the tensors.
    fn examples(&self, output: &Tensor, batch: &Batch) -> Result<Vec<Example>>;
}
