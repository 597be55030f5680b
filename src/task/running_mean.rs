//! The running mean: x_t ~ N(0, 1), y_t = (x_1 + ... + x_t) / t. To know it, a network must keep a
//! sum and count; the course notebook compares RNNs and LSTMs on it.

use candle_core::{DType, Device, Tensor};
use serde::{Deserialize, Serialize};

use super::{Batch, Example, Loss, Task, loss_of};
use crate::error::Result;
use crate::rng::Generator;

/// Settings of the running-mean task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunningMean {
    /// Steps T of a sequence.
    pub length: usize,
    /// Whether all steps count or only the last.
    pub loss: Loss,
}

impl Default for RunningMean {
    fn default() -> Self {
        Self { length: 10, loss: Loss::All }
    }
}

impl RunningMean {
    /// The mean of t standard normals has variance 1/t.
    pub(super) fn baselines(&self) -> Vec<(String, f64)> {
        let variance = |t: usize| 1.0 / t as f64;
        let zero = match self.loss {
            Loss::Last => variance(self.length),
            Loss::All => (1..=self.length).map(variance).sum::<f64>() / self.length as f64,
        };
        vec![("always predicting 0".to_owned(), zero)]
    }
}

impl Task for RunningMean {
    fn input_size(&self) -> usize {
        1
    }

    fn output_size(&self) -> usize {
        1
    }

    fn length(&self) -> usize {
        self.length
    }

    /// Numbers are drawn in the order of `torch.randn(B, T, 1)`.
    fn batch(&self, _step: u64, size: usize, generator: &mut Generator) -> Result<Batch> {
        let length = self.length;
        let drawn = generator.randn(size * length);
        let mut x = vec![0.0_f32; size * length];
        let mut target = vec![0.0_f32; size * length];
        for (b, row) in drawn.chunks_exact(length).enumerate() {
            let mut sum = 0.0;
            for (t, &value) in row.iter().enumerate() {
                sum += f64::from(value);
                x[t * size + b] = value;
                target[t * size + b] = (sum / (t + 1) as f64) as f32;
            }
        }
        let tensor = |numbers| Tensor::from_vec(numbers, (length, size, 1), &Device::Cpu);
        Ok(Batch::new(tensor(x)?, tensor(target)?))
    }

    fn skip(&self, size: usize, generator: &mut Generator) -> Result<()> {
        generator.skip_randn(size * self.length);
        Ok(())
    }

    fn loss(&self, output: &Tensor, batch: &Batch) -> Result<Tensor> {
        loss_of(output, &batch.target, self.loss)
    }

    fn examples(&self, output: &Tensor, batch: &Batch) -> Result<Vec<Example>> {
        let sequences = batch.x.dim(1)?;
        let column = |tensor: &Tensor, b: usize| -> Result<Vec<f64>> {
            Ok(tensor.narrow(1, b, 1)?.flatten_all()?.to_dtype(DType::F64)?.to_vec1()?)
        };
        let counts = |t: usize| self.loss == Loss::All || t + 1 == self.length;
        let asked = |values: Vec<f64>| {
            let asked = |(t, value)| if counts(t) { value } else { f64::NAN };
            values.into_iter().enumerate().map(asked).collect::<Vec<_>>()
        };
        (0..sequences)
            .map(|b| {
                Ok(Example {
                    input: column(&batch.x, b)?,
                    target: asked(column(&batch.target, b)?),
                    prediction: column(output, b)?,
                })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn predicting_zero_costs_what_the_baseline_says() {
        for loss in [Loss::Last, Loss::All] {
            let task = RunningMean { length: 10, loss };
            let batch = task.batch(0, 20_000, &mut Generator::seeded(0)).unwrap();
            let zero = batch.target.zeros_like().unwrap();
            let found = task.loss(&zero, &batch).unwrap().to_scalar::<f32>().unwrap();
            let expected = task.baselines()[0].1;
            assert!((f64::from(found) / expected - 1.0).abs() < 0.05, "{found} {expected}");
        }
    }

    #[test]
    fn skipping_leaves_the_stream_where_drawing_does() {
        let task = RunningMean::default();
        let mut drawn = Generator::seeded(3);
        let mut skipped = Generator::seeded(3);
        task.batch(0, 4, &mut drawn).unwrap();
        task.skip(4, &mut skipped).unwrap();
        assert_eq!(drawn.randn(20), skipped.randn(20));
    }
}
