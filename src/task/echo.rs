//! Echo: one batch of random vectors, to be repeated step by step. A test of whether a network can
//! overfit at all; what it cannot is dictated by its width: a linear readout of H units spans at
//! most H of the D dimensions (plus its bias), so with H < D an error remains that no training
//! removes.

use candle_core::{DType, Device, Tensor};
use faer::{Mat, Side};
use serde::{Deserialize, Serialize};

use super::{Batch, Example, Loss, Task, loss_of};
use crate::error::{Error, Result};
use crate::rng::Generator;

/// Settings of the echo task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Echo {
    /// Steps T of a sequence, at least 1.
    pub length: usize,
    /// Features D of a step, 1 to 256.
    pub features: usize,
    /// Where each epoch starts from.
    pub memory: Memory,
}

/// Where a network's states start from in each epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Memory {
    /// Where the epoch before ended; no gradient goes back there.
    #[default]
    Carried,
    /// Zero.
    Reset,
}

impl Default for Echo {
    fn default() -> Self {
        Self { length: 5, features: 10, memory: Memory::Carried }
    }
}

impl Echo {
    /// Refuses sizes without sense.
    ///
    /// # Errors
    /// [`Error::OutOfRange`].
    pub(super) fn validate(&self) -> Result<()> {
        if !(1..=256).contains(&self.features) {
            return Err(Error::out_of_range(
                "features of the echo task",
                "1 to 256",
                self.features,
            ));
        }
        Ok(())
    }

    /// The floor for each hidden size that is too small, of the batch that a seed draws.
    ///
    /// # Errors
    /// What candle says of the tensors.
    pub(super) fn baselines(
        &self,
        hidden_sizes: &[usize],
        size: usize,
        seed: u64,
    ) -> Result<Vec<(String, f64)>> {
        let batch = self.draw(size, &mut Generator::seeded(seed))?;
        let mut sizes: Vec<usize> =
            hidden_sizes.iter().copied().filter(|size| *size < self.features).collect();
        sizes.sort_unstable();
        sizes.dedup();
        sizes
            .into_iter()
            .map(|size| {
                let label = format!("{size} units cannot span {} outputs", self.features);
                Ok((label, floor(&batch.target, size)?))
            })
            .filter(|line| line.as_ref().map_or(true, |(_, floor)| *floor > 0.0))
            .collect()
    }

    /// Numbers in the order of `torch.randn(B, T, D)`.
    fn draw(&self, size: usize, generator: &mut Generator) -> Result<Batch> {
        let shape = (size, self.length, self.features);
        let drawn = generator.randn(shape.0 * shape.1 * shape.2);
        let x = Tensor::from_vec(drawn, shape, &Device::Cpu)?.transpose(0, 1)?.contiguous()?;
        Ok(Batch::new(x.clone(), x))
    }
}

/// Losses that the notebook printed every hundred epochs, from epoch 100 to 2,900.
pub(crate) const PRINTED: [f64; 29] = [
    0.667332, 0.416788, 0.245756, 0.156294, 0.108760, 0.076148, 0.060032, 0.048084, 0.040887,
    0.038212, 0.036612, 0.035683, 0.035018, 0.034926, 0.035180, 0.033926, 0.033326, 0.032906,
    0.032651, 0.032485, 0.032367, 0.032274, 0.032194, 0.032124, 0.032060, 0.031969, 0.031887,
    0.031827, 0.031812,
];

impl Task for Echo {
    fn input_size(&self) -> usize {
        self.features
    }

    fn output_size(&self) -> usize {
        self.features
    }

    fn length(&self) -> usize {
        self.length
    }

    fn only_batch(&self, size: usize, generator: &mut Generator) -> Result<Option<Batch>> {
        self.draw(size, generator).map(Some)
    }

    fn batch(&self, _step: u64, size: usize, generator: &mut Generator) -> Result<Batch> {
        self.draw(size, generator)
    }

    fn carries_memory(&self) -> bool {
        self.memory == Memory::Carried
    }

    fn loss(&self, output: &Tensor, batch: &Batch) -> Result<Tensor> {
        loss_of(output, &batch.target, Loss::All)
    }

    /// The first feature.
    fn examples(&self, output: &Tensor, batch: &Batch) -> Result<Vec<Example>> {
        let column = |tensor: &Tensor, b: usize| -> Result<Vec<f64>> {
            let column = tensor.narrow(1, b, 1)?.narrow(2, 0, 1)?;
            Ok(column.flatten_all()?.to_dtype(DType::F64)?.to_vec1()?)
        };
        (0..batch.size()?)
            .map(|b| {
                let input = column(&batch.x, b)?;
                let target = column(&batch.target, b)?;
                Ok(Example { input, target, prediction: column(output, b)? })
            })
            .collect()
    }
}

/// The least mean squared error of a linear readout with a bias of any `width` numbers, for
/// `target [T, B, D]`: the variance along the principal components beyond the first `width`
/// (Eckart & Young 1936).
///
/// # Errors
/// What candle says of the tensors.
pub fn floor(target: &Tensor, width: usize) -> Result<f64> {
    let features = target.dim(2)?;
    let rows = target.flatten_to(1)?.to_dtype(DType::F64)?.to_vec2::<f64>()?;
    let count = rows.len() as f64;
    let means: Vec<f64> =
        (0..features).map(|d| rows.iter().map(|row| row[d]).sum::<f64>() / count).collect();
    let covariance = Mat::from_fn(features, features, |i, j| {
        rows.iter().map(|row| (row[i] - means[i]) * (row[j] - means[j])).sum::<f64>() / count
    });
    let mut variances = covariance
        .self_adjoint_eigenvalues(Side::Lower)
        .map_err(|error| Error::Fault(format!("no principal components: {error:?}")))?;
    variances.sort_by(|a, b| b.total_cmp(a));
    let beyond: f64 = variances.iter().skip(width).map(|variance| variance.max(0.0)).sum();
    Ok(beyond / features as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Known from a computation with NumPy on torch.manual_seed(0); torch.randn(4, 5, 10).
    #[test]
    fn eight_units_leave_the_known_error_of_ten_outputs() {
        let task = Echo::default();
        let lines = task.baselines(&[8, 16, 8, 10], 4, 0).unwrap();
        assert_eq!(lines.len(), 1);
        assert!((lines[0].1 - 0.031_629).abs() < 1e-6, "{lines:?}");
        assert_eq!(lines[0].0, "8 units cannot span 10 outputs");
    }

    #[test]
    fn the_floor_falls_with_every_unit_to_zero() {
        let batch = Echo::default().only_batch(4, &mut Generator::seeded(3)).unwrap().unwrap();
        let floors: Vec<f64> = (0..=10).map(|width| floor(&batch.target, width).unwrap()).collect();
        assert!(floors.windows(2).all(|pair| pair[0] > pair[1]), "{floors:?}");
        assert!(floors[10].abs() < 1e-15);
    }
}
