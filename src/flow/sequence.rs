//! The batch that a network reads and the running mean that it should answer.

use candle_core::{DType, Device, Tensor};

use super::question::{Input, Signal};
use super::sequence_file::SequenceFile;
use crate::error::{Error, Result};
use crate::rng::Generator;

/// A batch of sequences, as f64 numbers of step-major layout.
#[derive(Clone, Debug, PartialEq)]
pub struct Sequence {
    /// Steps T.
    pub length: usize,
    /// Sequences B.
    pub batch: usize,
    /// Features I of a step.
    pub features: usize,
    /// `[T, B, I]`.
    pub x: Vec<f64>,
    /// Running mean of the first feature, `[T, B]`.
    pub target: Vec<f64>,
    /// The row that each file began with, where that was a header; empty without files.
    pub headers: Vec<Option<Vec<String>>>,
}

impl Sequence {
    /// The signal an input asks for, with `features` columns. Noise is drawn from `generator` in
    /// the order of `torch.randn(B, T, I)`. Files bring their own numbers: see
    /// [`Sequence::from_files`]; here they count as a constant.
    pub fn new(input: &Input, features: usize, generator: &mut Generator) -> Self {
        let Input { signal, length, batch, seed: _ } = input;
        let (length, batch) = (*length, *batch);
        let wave = |value: &dyn Fn(usize) -> f64| {
            (0..length).flat_map(|t| vec![value(t); batch * features]).collect()
        };
        let x = match signal {
            Signal::Noise => {
                let drawn = generator.randn(batch * length * features);
                let row = |t: usize, b: usize| &drawn[(b * length + t) * features..][..features];
                (0..length)
                    .flat_map(|t| (0..batch).flat_map(move |b| row(t, b)))
                    .map(|&value| f64::from(value))
                    .collect()
            }
            Signal::Impulse => wave(&|t| if t == 0 { 1.0 } else { 0.0 }),
            Signal::Sine => wave(&|t| (std::f64::consts::TAU * t as f64 / Input::PERIOD).sin()),
            // Files and tasks bring their own numbers.
            Signal::Constant | Signal::Files(_) | Signal::Task(_) => wave(&|_| 1.0),
        };
        Self::with_running_mean(length, batch, features, x)
    }

    /// One sequence a file, all of the same length and number of columns.
    ///
    /// # Errors
    /// Files that cannot be read, are no numbers, or do not fit together.
    pub fn from_files(files: &[SequenceFile]) -> Result<Self> {
        let mut sequences = Vec::with_capacity(files.len());
        for file in files {
            sequences.push((&file.path, file.rows()?));
        }
        let Some((_, first)) = sequences.first() else {
            return Err(Error::out_of_range("sequence", "at least one file", "none"));
        };
        let (length, features) = (first.steps(), first.width());
        for (path, file) in &sequences {
            let (steps, width) = (file.steps(), file.width());
            if (steps, width) != (length, features) {
                let message = format!(
                    "{steps} rows of {width} columns, but the first file has {length} rows of \
                     {features}"
                );
                return Err(Error::content(*path, message));
            }
        }
        if length > Input::MAX_LENGTH {
            return Err(Error::out_of_range("length", "1 to 100000", length));
        }
        if sequences.len() > Input::MAX_BATCH {
            return Err(Error::out_of_range("batch", "1 to 256", sequences.len()));
        }
        let headers = sequences.iter().map(|(_, file)| file.header.clone()).collect();
        let x = (0..length)
            .flat_map(|t| sequences.iter().flat_map(move |(_, file)| file.step(t).iter().copied()))
            .collect();
        Ok(Self { headers, ..Self::with_running_mean(length, sequences.len(), features, x) })
    }

    fn with_running_mean(length: usize, batch: usize, features: usize, x: Vec<f64>) -> Self {
        let mut sums = vec![0.0; batch];
        let mut target = Vec::with_capacity(length * batch);
        for t in 0..length {
            for (b, sum) in sums.iter_mut().enumerate() {
                *sum += x[(t * batch + b) * features];
                target.push(*sum / (t + 1) as f64);
            }
        }
        Self { length, batch, features, x, target, headers: Vec::new() }
    }

    /// Inputs `[T, B, I]` and targets `[T, B, 1]`.
    ///
    /// # Errors
    /// What candle says of the tensors.
    pub fn tensors(&self, dtype: DType) -> Result<(Tensor, Tensor)> {
        let Self { length, batch, features, x, target, headers: _ } = self;
        let x = Tensor::from_slice(x, (*length, *batch, *features), &Device::Cpu)?;
        let y = Tensor::from_slice(target, (*length, *batch, 1), &Device::Cpu)?;
        Ok((x.to_dtype(dtype)?, y.to_dtype(dtype)?))
    }

    /// One feature of the first sequence, by step.
    pub fn first_sequence(&self, feature: usize) -> Vec<f64> {
        (0..self.length).map(|t| self.x[t * self.batch * self.features + feature]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_target_is_the_running_mean_of_the_first_feature() {
        let sequence = Sequence::with_running_mean(3, 1, 2, vec![1.0, 9.0, 3.0, 9.0, 5.0, 9.0]);
        assert_eq!(sequence.target, [1.0, 2.0, 3.0]);
        assert_eq!(sequence.first_sequence(1), [9.0; 3]);
    }

    #[test]
    fn noise_is_laid_out_as_batch_first_randn() {
        let input = Input { length: 5, batch: 4, ..Input::default() };
        let sequence = Sequence::new(&input, 1, &mut Generator::seeded(0));
        let drawn = Generator::seeded(0).randn(20);
        assert_eq!(sequence.x[4 * 2 + 3], f64::from(drawn[3 * 5 + 2]));
    }
}
