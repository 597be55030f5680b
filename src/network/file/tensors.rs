//! The named tensors of a file, whatever its format.

use std::collections::BTreeMap;
use std::fmt::Display;

use candle_core::{DType, Tensor};
use serde::{Deserialize, Serialize};

use super::super::spec::{Nonlinearity, Reading};
use crate::error::Result;

/// The metadata key under which rnnscope records the activation of a plain RNN.
pub(super) const NONLINEARITY: &str = "nonlinearity";

/// The metadata key under which rnnscope records, as JSON, what else no shape shows.
pub(super) const RECORDED: &str = "rnnscope";

/// What a file says about a network that its tensors do not.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(super) struct Recorded {
    /// Activation of a plain RNN.
    pub nonlinearity: Option<Nonlinearity>,
    /// Times that each step is read.
    pub ticks: Option<usize>,
    /// What the readout reads.
    pub reading: Option<Reading>,
}

/// The tensors of a file by name.
pub(super) type Tensors = BTreeMap<String, Entry>;

/// A tensor of a file.
#[derive(Clone, Debug)]
pub(super) enum Entry {
    /// Floating-point numbers in the format in which they are stored.
    Numbers(Tensor),
    /// What no network is made of, or cannot be read.
    Other {
        /// Its shape, empty where unknown.
        shape: Vec<usize>,
        /// Why it cannot be used: `holds int32 numbers: expected floating-point numbers`.
        trouble: String,
    },
}

impl Entry {
    /// Its shape.
    pub(super) fn dims(&self) -> &[usize] {
        match self {
            Self::Numbers(tensor) => tensor.dims(),
            Self::Other { shape, .. } => shape,
        }
    }

    /// How many numbers it holds.
    pub(super) fn count(&self) -> usize {
        self.dims().iter().product()
    }

    /// Memory that its numbers take, in bytes.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Numbers(tensor) => tensor.elem_count() * tensor.dtype().size_in_bytes(),
            Self::Other { .. } => 0,
        }
    }

    /// Its numbers, in f64 if stored so, else in f32, if it has the shape.
    pub(super) fn numbers(&self, name: &str, shape: &[usize]) -> Result<Tensor, String> {
        match self {
            Self::Numbers(tensor) if tensor.dims() != shape => {
                Err(format!("{name}: expected shape {shape:?}, found {:?}", tensor.dims()))
            }
            Self::Numbers(tensor) => {
                let dtype = if tensor.dtype() == DType::F64 { DType::F64 } else { DType::F32 };
                tensor.to_dtype(dtype).map_err(|error| format!("{name}: {}", one_line(&error)))
            }
            Self::Other { trouble, .. } => Err(format!("{name} {trouble}")),
        }
    }
}

/// An error of another library, on one line and without a backtrace.
pub(super) fn one_line(error: &dyn Display) -> String {
    error.to_string().lines().next().unwrap_or_default().trim().to_owned()
}
