//! Looking at a network beside its training: on the task's fixed sets, and in a test at the end.

use candle_core::{DType, Tensor};

use crate::error::Result;
use crate::rng::Generator;
use crate::task::{Batch, Set, Task};

/// How the fixed sets of a task were answered at one moment of training.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evaluation {
    /// Updates done before it.
    pub step: u64,
    /// One entry a set of the task.
    pub sets: Vec<Score>,
    /// Outputs for the sequences that the task watches (logits for first zero).
    pub watched: Vec<f32>,
}

/// How one set was answered.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Score {
    /// Mean loss.
    pub loss: f64,
    /// Accuracy, where answers are right or wrong: the fraction answered rightly, or what
    /// [`crate::task::TaskChoice::accuracy_name`] calls it.
    pub right: Option<f64>,
    /// The largest loss of a sequence, where the task is mastered only when all are small.
    pub worst: Option<f64>,
}

/// The outcome of a test on fresh sequences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Test {
    /// Sequences asked.
    pub sequences: usize,
    /// Wrong answers.
    pub wrong: usize,
}

/// A test under way.
#[derive(Clone, Debug)]
pub(super) struct Testing {
    pub(super) generator: Generator,
    pub(super) asked: usize,
    pub(super) wrong: usize,
}

/// Sequences of a test asked at a time: few, so that whoever looks on does not wait.
pub(super) const CHUNK: usize = 50;

/// Judges what a network said on a set.
pub(super) fn score(task: &dyn Task, output: &Tensor, batch: &Batch) -> Result<Score> {
    let right = task.accuracy(output, batch)?;
    // NaN is the worst of all.
    let worst = |worst: f64, loss: f64| if loss > worst || loss.is_nan() { loss } else { worst };
    let losses = task.losses(output, batch)?;
    let worst = losses.map(|losses| losses.into_iter().fold(f64::NEG_INFINITY, worst));
    let loss = task.loss(output, batch)?.to_dtype(DType::F64)?.to_scalar()?;
    Ok(Score { loss, right, worst })
}

/// The first output of each sequence that the task watches.
pub(super) fn watched(task: &dyn Task, output: &Tensor, set: &Set) -> Result<Vec<f32>> {
    let count = task.watched().len().min(set.batch.size()?);
    if count == 0 {
        return Ok(Vec::new());
    }
    let last = output.dim(0)? - 1;
    let outputs = output.get(last)?.narrow(0, 0, count)?.narrow(1, 0, 1)?;
    Ok(outputs.flatten_all()?.to_dtype(DType::F32)?.to_vec1()?)
}

/// The part that is true.
pub(super) fn fraction(right: &[bool]) -> f64 {
    right.iter().filter(|right| **right).count() as f64 / right.len().max(1) as f64
}
