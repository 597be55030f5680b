//! What a question's network reads, and how its predictions are judged.

use std::sync::Arc;

use candle_core::{D, DType, Tensor};

use super::measure::numbers;
use super::question::{Input, Signal};
use super::sequence::Sequence;
use crate::error::{Error, Result};
use crate::rng::Generator;
use crate::task::{self, Example, Loss, Task, TaskChoice, loss_of};

/// The input in the form the network reads.
#[derive(Clone, Debug)]
pub(super) struct Batch {
    /// Steps T of the input.
    pub(super) steps: usize,
    /// Sequences B.
    pub(super) size: usize,
    /// `[T, B, I]`, or symbols `[T, B]`.
    pub(super) x: Tensor,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    /// Numbers with a running mean to be said at each step.
    Signal { sequence: Sequence, target: Tensor },
    /// Numbers that are only read: the states themselves are judged, by their norm.
    States { sequence: Sequence },
    /// A task with its own idea of a loss.
    Task { task: Arc<dyn Task>, batch: Box<task::Batch> },
}

/// The first sequence, as people look at it.
pub(super) struct Shown {
    pub(super) input: Vec<Vec<f64>>,
    pub(super) target: Vec<f64>,
    pub(super) prediction: Vec<f64>,
    /// Every output by step, NaN where none is made.
    pub(super) outputs: Vec<Vec<f64>>,
}

impl Batch {
    /// Numbers that a network of `reads` features reads.
    pub(super) fn signal(
        sequence: Sequence,
        reads: usize,
        input: &Input,
        dtype: DType,
    ) -> Result<Self> {
        if let Signal::Files(files) = &input.signal
            && sequence.features != reads
        {
            let path = files.first().map(|file| file.path.clone()).unwrap_or_default();
            let found = sequence.features;
            let message = format!("{found} columns, but the network reads {reads} features");
            return Err(Error::content(path, message));
        }
        let (x, target) = sequence.tensors(dtype)?;
        let (steps, size) = (sequence.length, sequence.batch);
        Ok(Self { steps, size, x, kind: Kind::Signal { sequence, target } })
    }

    /// The same for a network without a readout, which predicts nothing.
    pub(super) fn without_target(self) -> Self {
        let kind = match self.kind {
            Kind::Signal { sequence, .. } => Kind::States { sequence },
            kind => kind,
        };
        Self { kind, ..self }
    }

    /// The sequences on which a training shows what it does.
    pub(super) fn of_task(
        choice: &TaskChoice,
        size: usize,
        dtype: DType,
        generator: &mut Generator,
    ) -> Result<Self> {
        let task = choice.open()?;
        let mut batch = match task.only_batch(size, generator)? {
            Some(batch) => batch,
            None => task.showcase(generator)?,
        };
        if batch.x.dtype().is_float() {
            batch.x = batch.x.to_dtype(dtype)?;
        }
        if batch.target.dtype().is_float() {
            batch.target = batch.target.to_dtype(dtype)?;
        }
        let (steps, size, x) = (batch.x.dim(0)?, batch.size()?, batch.x.clone());
        let batch = Box::new(batch);
        Ok(Self { steps, size, x, kind: Kind::Task { task, batch } })
    }

    /// The loss of predictions, or of states without a readout.
    pub(super) fn loss(&self, output: &Tensor, loss: Loss) -> Result<Tensor> {
        match &self.kind {
            Kind::Signal { target, .. } => {
                // One prediction a sequence stands at the end; of several outputs each is asked.
                let rows = output.dim(0)?;
                let target = target.narrow(0, self.steps - rows, rows)?;
                loss_of(output, &target.broadcast_as(output.shape())?, loss)
            }
            Kind::States { .. } => match loss {
                Loss::All => mean_norm(output),
                Loss::Last => mean_norm(&output.narrow(0, output.dim(0)? - 1, 1)?),
            },
            Kind::Task { task, batch } => task.loss(output, batch),
        }
    }

    /// The loss of one prediction a sequence, `[1, B, O]`, made at a step counted from 0: of numbers
    /// against the target there, of a task as though the sequences ended there.
    pub(super) fn loss_at(&self, output: &Tensor, step: usize) -> Result<Tensor> {
        match &self.kind {
            Kind::Signal { target, .. } => {
                let target = target.narrow(0, step, 1)?;
                loss_of(output, &target.broadcast_as(output.shape())?, Loss::Last)
            }
            Kind::States { .. } => mean_norm(output),
            Kind::Task { task, batch } => task.loss(output, batch),
        }
    }

    /// Whether `loss` decides which steps count; a task has its own mind.
    pub(super) fn obeys_loss(&self) -> bool {
        match self.kind {
            Kind::Signal { .. } | Kind::States { .. } => true,
            Kind::Task { .. } => false,
        }
    }

    /// What the first sequence reads at its last step, `[I]`; a symbol as a one-hot vector.
    pub(super) fn last_input(&self, features: usize) -> Result<Vec<f64>> {
        let last = self.x.get(self.steps - 1)?.get(0)?;
        if last.rank() > 0 {
            return numbers(&last);
        }
        let symbol = last.to_scalar::<u32>()? as usize;
        Ok((0..features).map(|feature| f64::from(u8::from(feature == symbol))).collect())
    }

    /// The first sequence with the network's predictions, step by step.
    pub(super) fn shown(&self, output: &Tensor) -> Result<Shown> {
        match &self.kind {
            Kind::States { sequence } => Ok(Shown {
                input: columns(sequence),
                target: vec![f64::NAN; self.steps],
                prediction: vec![f64::NAN; self.steps],
                outputs: Vec::new(),
            }),
            Kind::Signal { sequence, .. } => {
                let first = |values: &[f64]| values.iter().step_by(self.size).copied().collect();
                let outputs = self.outputs(output)?;
                // Of several outputs the first.
                let prediction = outputs.first().cloned().unwrap_or_default();
                let (input, target) = (columns(sequence), first(&sequence.target));
                Ok(Shown { input, target, prediction, outputs })
            }
            Kind::Task { task, batch } => {
                let first = task.examples(output, batch)?.into_iter().next();
                let Example { input, target, prediction } =
                    first.ok_or_else(|| Error::Fault("a task without sequences".to_owned()))?;
                let outputs = self.outputs(output)?;
                Ok(Shown { input: vec![input], target, prediction, outputs })
            }
        }
    }

    /// The outputs `[T, B, O]` or `[1, B, O]` for the first sequence, one list an output; of one a
    /// sequence, those at the end.
    fn outputs(&self, output: &Tensor) -> Result<Vec<Vec<f64>>> {
        let (rows, _, count) = output.dims3()?;
        let made = numbers(&output.narrow(1, 0, 1)?)?;
        let before = self.steps - rows;
        let of = |index: usize| {
            let made = made.iter().skip(index).step_by(count).copied();
            std::iter::repeat_n(f64::NAN, before).chain(made).collect()
        };
        Ok((0..count).map(of).collect())
    }

    /// The targets, if there are any: `[T, B, 1]` of a signal, of a task in the shape that its loss
    /// reads.
    pub(super) fn target(&self) -> Option<&Tensor> {
        match &self.kind {
            Kind::Signal { target, .. } => Some(target),
            Kind::Task { batch, .. } => Some(&batch.target),
            Kind::States { .. } => None,
        }
    }

    /// The row that each sequence file began with, where that was a header; empty without files.
    pub(super) fn headers(&self) -> Vec<Option<Vec<String>>> {
        match &self.kind {
            Kind::Signal { sequence, .. } | Kind::States { sequence } => sequence.headers.clone(),
            Kind::Task { .. } => Vec::new(),
        }
    }
}

/// The first sequence, feature by feature.
fn columns(sequence: &Sequence) -> Vec<Vec<f64>> {
    (0..sequence.features).map(|feature| sequence.first_sequence(feature)).collect()
}

/// The mean Euclidean norm of states `[T, B, H]`, whose gradient is taken as 0 where a state is 0.
fn mean_norm(states: &Tensor) -> Result<Tensor> {
    // Divided by its largest number, a state of 1e-200 has a square.
    let largest = states.abs()?.max_keepdim(D::Minus1)?.detach();
    let shape = largest.shape();
    let largest_numbers = numbers(&largest)?;
    let by_row = |value: &dyn Fn(f64) -> f64| -> Result<Tensor> {
        let rows: Vec<f64> = largest_numbers.iter().map(|&number| value(number)).collect();
        Ok(Tensor::from_vec(rows, shape, states.device())?.to_dtype(states.dtype())?)
    };
    let usable = |number: f64| number > 0.0 && number.is_finite();
    let size = by_row(&|number| if usable(number) { number } else { 1.0 })?;
    // The root of 0 has no slope: of 1 it has one, and both come to 0 in the end.
    let (lift, back) = (
        by_row(&|number| if number == 0.0 { 1.0 } else { 0.0 })?,
        by_row(&|number| if number == 0.0 { 0.0 } else { 1.0 })?,
    );
    let squares = states.broadcast_div(&size)?.sqr()?.sum_keepdim(D::Minus1)?;
    let norms = ((squares + lift)?.sqrt()? * (size * back)?)?;
    Ok(norms.mean_all()?)
}

impl Shown {
    /// The same tick by tick: the input stays for `ticks` ticks, predictions are made at the last.
    pub(super) fn by_tick(self, ticks: usize) -> Self {
        let Self { input, target, prediction, outputs } = self;
        let held = |values: Vec<f64>| {
            values.into_iter().flat_map(|value| std::iter::repeat_n(value, ticks)).collect()
        };
        let at_the_last = |values: Vec<f64>| {
            let before = || std::iter::repeat_n(f64::NAN, ticks - 1);
            values.into_iter().flat_map(|value| before().chain([value])).collect()
        };
        Self {
            input: input.into_iter().map(held).collect(),
            target: at_the_last(target),
            prediction: at_the_last(prediction),
            outputs: outputs.into_iter().map(at_the_last).collect(),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use candle_core::{Device, Var};

    use super::*;

    fn states(numbers: &[f64]) -> Tensor {
        Tensor::from_slice(numbers, (1, numbers.len() / 2, 2), &Device::Cpu).unwrap()
    }

    fn value(numbers: &[f64]) -> f64 {
        mean_norm(&states(numbers)).unwrap().to_scalar().unwrap()
    }

    fn gradient(numbers: &[f64]) -> Vec<f64> {
        let states = Var::from_tensor(&states(numbers)).unwrap();
        let grads = mean_norm(&states).unwrap().backward().unwrap();
        grads.get(&states).unwrap().flatten_all().unwrap().to_vec1().unwrap()
    }

    #[test]
    fn the_norm_of_states_has_the_slope_that_differences_have() {
        let numbers = [3.0, -4.0, 0.5, 0.25, 1e-3, 2.0];
        assert!((value(&[3.0, -4.0, 6.0, 8.0]) - 7.5).abs() < 1e-15);
        for (place, slope) in gradient(&numbers).into_iter().enumerate() {
            let moved = |step: f64| {
                let mut numbers = numbers;
                numbers[place] += step;
                value(&numbers)
            };
            let difference = (moved(1e-6) - moved(-1e-6)) / 2e-6;
            assert!((slope - difference).abs() < 1e-9, "{place}: {slope} {difference}");
        }
    }

    #[test]
    fn states_of_zero_and_of_any_size_have_norms_and_slopes() {
        assert_eq!(value(&[0.0, 0.0]), 0.0);
        let slopes = gradient(&[0.0, 0.0, 3.0, 4.0]);
        assert_eq!(slopes[..2], [0.0, 0.0]);
        assert!((slopes[2] - 0.3).abs() < 1e-15 && (slopes[3] - 0.4).abs() < 1e-15);
        assert!((value(&[3e-200, 4e-200]) / 5e-200 - 1.0).abs() < 1e-15);
        let slopes = gradient(&[3e-200, 4e-200]);
        assert!((slopes[0] - 0.6).abs() < 1e-15 && (slopes[1] - 0.8).abs() < 1e-15);
        assert_eq!(value(&[f64::INFINITY, 1.0]), f64::INFINITY);
        assert!(value(&[f64::NAN, 1.0]).is_nan());
    }
}
