//! What networks are asked to learn, one file a task.

pub mod mnist1d;
mod running_mean;

use candle_core::Tensor;
use serde::{Deserialize, Serialize};

pub use running_mean::RunningMean;

use crate::error::Result;
use crate::network::{Network, Probing, Run};
use crate::rng::Generator;
use crate::ticket::Ticket;

/// A batch of sequences and what is asked of each.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Inputs `[T, B, I]`.
    pub x: Tensor,
    /// Targets, in the shape that the task's loss reads.
    pub target: Tensor,
}

/// One sequence as people look at it.
#[derive(Clone, Debug, PartialEq)]
pub struct Example {
    /// Input by step (first feature).
    pub input: Vec<f64>,
    /// Target by step; NaN where nothing is asked.
    pub target: Vec<f64>,
    /// Prediction by step; NaN where nothing is asked.
    pub prediction: Vec<f64>,
}

/// A task: where batches come from, how an answer is judged, and what it looks like.
pub trait Task: Send + Sync {
    /// Features of an input step.
    fn input_size(&self) -> usize;

    /// Features of a prediction.
    fn output_size(&self) -> usize;

    /// Steps of a sequence.
    fn length(&self) -> usize;

    /// Draws the next batch of `size` sequences, in f32.
    ///
    /// # Errors
    /// What candle says of the tensors.
    fn batch(&self, size: usize, generator: &mut Generator) -> Result<Batch>;

    /// Draws what [`Task::batch`] would and throws it away.
    fn skip(&self, size: usize, generator: &mut Generator);

    /// Runs a network on a batch; tasks that read states in their own way replace this.
    ///
    /// # Errors
    /// Shapes that do not fit, and [`crate::error::Error::Cancelled`].
    fn run(
        &self,
        network: &Network,
        batch: &Batch,
        probing: Probing,
        ticket: &Ticket,
    ) -> Result<Run> {
        network.run(&batch.x, probing, ticket)
    }

    /// The loss to be minimised, a scalar.
    ///
    /// # Errors
    /// What candle says of the tensors.
    fn loss(&self, output: &Tensor, batch: &Batch) -> Result<Tensor>;

    /// A score that people understand, with its name in [`Task::score_name`].
    ///
    /// # Errors
    /// What candle says of the tensors.
    fn score(&self, output: &Tensor, batch: &Batch) -> Result<f64>;

    /// What [`Task::score`] is, with its unit.
    fn score_name(&self) -> &'static str;

    /// Losses worth a reference line, such as that of a network that always says zero.
    fn baselines(&self) -> Vec<(String, f64)>;

    /// The sequences of a batch with a network's predictions.
    ///
    /// # Errors
    /// What candle says of the tensors.
    fn examples(&self, output: &Tensor, batch: &Batch) -> Result<Vec<Example>>;
}

/// Which task, with its settings: what files and the command line hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TaskChoice {
    /// Predict the mean of everything seen so far.
    RunningMean(RunningMean),
}

impl TaskChoice {
    /// The task itself.
    pub fn task(&self) -> &dyn Task {
        match self {
            Self::RunningMean(task) => task,
        }
    }

    /// Its name on the command line.
    pub fn name(&self) -> &'static str {
        match self {
            Self::RunningMean(_) => "running-mean",
        }
    }
}
