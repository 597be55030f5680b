//! The named tensors of a file, whatever its format.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use candle_core::{DType, Device, Tensor};
use serde::{Deserialize, Serialize};

use super::super::spec::{Nonlinearity, Reading};
use crate::error::one_line;

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
    /// Floating-point numbers, as they stand in the file.
    Numbers(Numbers),
    /// What no network is made of, or cannot be read.
    Other {
        /// Its shape, empty where unknown.
        shape: Vec<usize>,
        /// Why it cannot be used: `holds int32 numbers: expected floating-point numbers`.
        trouble: String,
    },
}

/// Floating-point numbers that were found, but are not taken out of the file before they are used:
/// most of a checkpoint never is.
#[derive(Clone, Debug)]
pub(super) struct Numbers {
    /// How a number is stored.
    pub dtype: DType,
    /// Numbers along each dimension.
    pub shape: Vec<usize>,
    /// Numbers between neighbours along each dimension, unless they stand row by row. With them every
    /// number was seen to lie within `bytes`.
    pub strides: Option<Vec<usize>>,
    /// Whether the most significant byte of a number comes first.
    pub swapped: bool,
    /// From the first number on.
    pub bytes: Bytes,
}

impl Numbers {
    /// How many they are.
    pub(super) fn count(&self) -> usize {
        self.shape.iter().fold(1, |count, &size| count.saturating_mul(size))
    }

    /// The numbers in f64 if stored so, else in f32.
    fn tensor(&self) -> candle_core::Result<Tensor> {
        let Self { dtype, shape, strides, swapped, bytes } = self;
        let width = dtype.size_in_bytes();
        let mut rows = match strides {
            Some(strides) => Cow::Owned(gather(bytes.as_slice(), width, shape, strides)),
            None => Cow::Borrowed(bytes.as_slice()),
        };
        if *swapped {
            rows.to_mut().chunks_exact_mut(width).for_each(<[u8]>::reverse);
        }
        let wanted = if *dtype == DType::F64 { DType::F64 } else { DType::F32 };
        Tensor::from_raw_buffer(&rows, *dtype, shape, &Device::Cpu)?.to_dtype(wanted)
    }
}

/// Numbers of so many bytes, row by row.
fn gather(bytes: &[u8], width: usize, shape: &[usize], strides: &[usize]) -> Vec<u8> {
    let count = shape.iter().product::<usize>();
    let mut gathered = Vec::with_capacity(count * width);
    let mut index = vec![0; shape.len()];
    let mut place = 0;
    for _ in 0..count {
        gathered.extend_from_slice(&bytes[place * width..][..width]);
        // The last dimension moves fastest.
        for (digit, (&size, &stride)) in index.iter_mut().zip(shape.iter().zip(strides)).rev() {
            *digit += 1;
            place += stride;
            if *digit < size {
                break;
            }
            place -= size * stride;
            *digit = 0;
        }
    }
    gathered
}

/// A part of a file, or of what was unpacked from it; clones share it.
#[derive(Clone)]
pub(super) struct Bytes {
    whole: Arc<Vec<u8>>,
    range: Range<usize>,
}

impl Bytes {
    /// A part of `whole`; empty if it reaches beyond.
    pub(super) fn part(whole: &Arc<Vec<u8>>, range: Range<usize>) -> Self {
        let range = if whole.get(range.clone()).is_some() { range } else { 0..0 };
        Self { whole: Arc::clone(whole), range }
    }

    /// All of what was unpacked.
    pub(super) fn owned(bytes: Vec<u8>) -> Self {
        Self { range: 0..bytes.len(), whole: Arc::new(bytes) }
    }

    /// The bytes from `start` on; empty if it lies beyond.
    pub(super) fn from(&self, start: usize) -> Self {
        let start = self.range.start.saturating_add(start).min(self.range.end);
        Self { whole: Arc::clone(&self.whole), range: start..self.range.end }
    }

    /// The first bytes.
    pub(super) fn first(&self, count: usize) -> Self {
        let end = self.range.start.saturating_add(count).min(self.range.end);
        Self { whole: Arc::clone(&self.whole), range: self.range.start..end }
    }

    pub(super) fn as_slice(&self) -> &[u8] {
        &self.whole[self.range.clone()]
    }

    pub(super) fn len(&self) -> usize {
        self.range.len()
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.len())
    }
}

impl Entry {
    /// Its shape.
    pub(super) fn dims(&self) -> &[usize] {
        match self {
            Self::Numbers(numbers) => &numbers.shape,
            Self::Other { shape, .. } => shape,
        }
    }

    /// How many numbers it holds.
    pub(super) fn count(&self) -> usize {
        self.dims().iter().fold(1, |count, &size| count.saturating_mul(size))
    }

    /// Memory that its numbers take as they are stored, in bytes.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Numbers(numbers) => self.count().saturating_mul(numbers.dtype.size_in_bytes()),
            Self::Other { .. } => 0,
        }
    }

    /// Its numbers, in f64 if stored so, else in f32, if it has the shape.
    pub(super) fn numbers(&self, name: &str, shape: &[usize]) -> Result<Tensor, String> {
        match self {
            Self::Numbers(numbers) if numbers.shape != shape => {
                Err(format!("{name}: expected shape {shape:?}, found {:?}", numbers.shape))
            }
            Self::Numbers(numbers) => {
                numbers.tensor().map_err(|error| format!("{name}: {}", one_line(&error)))
            }
            Self::Other { trouble, .. } => Err(format!("{name} {trouble}")),
        }
    }
}
