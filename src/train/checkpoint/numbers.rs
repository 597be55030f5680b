//! Numbers of many tensors in one row, in the format of the training.

use candle_core::{DType, Device, Tensor, Var};

use crate::error::{Error, Result};

/// Numbers one after another.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::train) enum Numbers {
    F32(Vec<f32>),
    F64(Vec<f64>),
}

impl Numbers {
    /// None yet, of the format of a training.
    pub(in crate::train) fn none(dtype: DType) -> Self {
        if dtype == DType::F64 { Self::F64(Vec::new()) } else { Self::F32(Vec::new()) }
    }

    /// How many there are.
    pub(in crate::train) fn len(&self) -> usize {
        match self {
            Self::F32(numbers) => numbers.len(),
            Self::F64(numbers) => numbers.len(),
        }
    }

    /// Adds those of a tensor, row by row.
    pub(in crate::train) fn push(&mut self, tensor: &Tensor) -> Result<()> {
        let flat = tensor.flatten_all()?;
        match self {
            Self::F32(numbers) => numbers.extend(flat.to_vec1::<f32>()?),
            Self::F64(numbers) => numbers.extend(flat.to_vec1::<f64>()?),
        }
        Ok(())
    }

    /// Adds so many zeros.
    pub(in crate::train) fn push_zeros(&mut self, count: usize) {
        match self {
            Self::F32(numbers) => numbers.resize(numbers.len() + count, 0.0),
            Self::F64(numbers) => numbers.resize(numbers.len() + count, 0.0),
        }
    }

    /// The tensor of this shape that begins at `from`, which is moved behind it.
    pub(in crate::train) fn tensor(&self, shape: &[usize], from: &mut usize) -> Result<Tensor> {
        let range = *from..*from + shape.iter().product::<usize>();
        *from = range.end;
        let short = || Error::Fault("a checkpoint with too few numbers was let through".to_owned());
        let tensor = match self {
            Self::F32(numbers) => {
                Tensor::from_slice(numbers.get(range).ok_or_else(short)?, shape, &Device::Cpu)
            }
            Self::F64(numbers) => {
                Tensor::from_slice(numbers.get(range).ok_or_else(short)?, shape, &Device::Cpu)
            }
        };
        Ok(tensor?)
    }

    /// Tensors of the shapes of these variables, one after another.
    pub(in crate::train) fn tensors(
        &self,
        variables: &[Var],
        from: &mut usize,
    ) -> Result<Vec<Tensor>> {
        variables.iter().map(|variable| self.tensor(variable.dims(), from)).collect()
    }
}

impl Extend<f32> for Numbers {
    fn extend<I: IntoIterator<Item = f32>>(&mut self, more: I) {
        match self {
            Self::F32(numbers) => numbers.extend(more),
            Self::F64(numbers) => numbers.extend(more.into_iter().map(f64::from)),
        }
    }
}

impl Extend<f64> for Numbers {
    fn extend<I: IntoIterator<Item = f64>>(&mut self, more: I) {
        match self {
            Self::F32(numbers) => numbers.extend(more.into_iter().map(|number| number as f32)),
            Self::F64(numbers) => numbers.extend(more),
        }
    }
}
