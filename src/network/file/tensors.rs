//! The named tensors of a file, whatever its format.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use candle_core::{DType, Device, Tensor};
use safetensors::SafeTensors;

use serde::{Deserialize, Serialize};

use super::super::spec::{Nonlinearity, Reading};
use super::state_dict;
use crate::error::{Error, Result};
use crate::frozen::Checksum;

/// Files above this size are refused before they are read: the largest network that rnnscope
/// shows (8 LSTM layers of 512 units in f64) takes 130 MB.
const MAX_BYTES: u64 = 1 << 30;

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
    /// Floating-point numbers as they are stored.
    Numbers(Tensor),
    /// What no network is made of, or cannot be read.
    Other {
        /// Its shape.
        shape: Vec<usize>,
        /// What it is: `int32 numbers`.
        what: String,
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

    /// Its numbers, in f64 if stored so, else in f32, if it has the shape.
    pub(super) fn numbers(&self, name: &str, shape: &[usize]) -> Result<Tensor, String> {
        if self.dims() != shape {
            return Err(format!("{name}: expected shape {shape:?}, found {:?}", self.dims()));
        }
        match self {
            Self::Numbers(tensor) => {
                let dtype = if tensor.dtype() == DType::F64 { DType::F64 } else { DType::F32 };
                tensor.to_dtype(dtype).map_err(|error| format!("{name}: {}", one_line(&error)))
            }
            Self::Other { what, .. } => {
                Err(format!("{name} holds {what}: expected floating-point numbers"))
            }
        }
    }
}

/// An error of another library, on one line and without a backtrace.
pub(super) fn one_line(error: &dyn std::fmt::Display) -> String {
    error.to_string().lines().next().unwrap_or_default().trim().to_owned()
}

/// What a file holds.
#[derive(Debug)]
pub(super) struct Stored {
    /// Checksum of its bytes.
    pub checksum: Checksum,
    /// All tensors by name.
    pub tensors: Tensors,
    /// What the file says beside them.
    pub recorded: Recorded,
}

/// Reads all tensors of a file: a PyTorch state dict if its name ends in `.pt` or `.pth`, else
/// safetensors.
///
/// # Errors
/// A file that cannot be read, is too large, or is not of its format.
pub(super) fn load(path: &Path) -> Result<Stored> {
    let unreadable = |source| Error::Read { path: path.to_owned(), source };
    let size = fs::metadata(path).map_err(unreadable)?.len();
    if size > MAX_BYTES {
        return Err(Error::content(path, format!("{size} bytes is too large for a network")));
    }
    let bytes = fs::read(path).map_err(unreadable)?;
    let checksum = Checksum::of(&bytes);
    let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
    let (tensors, recorded) = if extension == "pt" || extension == "pth" {
        (state_dict::read(path, size)?, Recorded::default())
    } else {
        from_safetensors(path, &bytes)?
    };
    let tensors =
        tensors.into_iter().map(|(name, tensor)| (name, Entry::Numbers(tensor))).collect();
    Ok(Stored { checksum, tensors, recorded })
}

/// Tensors by name.
pub(super) type Named = Vec<(String, Tensor)>;

fn from_safetensors(path: &Path, bytes: &[u8]) -> Result<(Named, Recorded)> {
    let incomplete = |reason: String| {
        let reason = reason.lines().next().unwrap_or_default().to_owned();
        Error::content(path, format!("not a complete safetensors file ({reason})"))
    };
    let tensors = candle_core::safetensors::load_buffer(bytes, &Device::Cpu)
        .map_err(|error| incomplete(error.to_string()))?;
    let (_, header) =
        SafeTensors::read_metadata(bytes).map_err(|error| incomplete(error.to_string()))?;
    let metadata = header.metadata().as_ref();
    let entry = |key: &str| metadata.and_then(|map| map.get(key));
    let mut recorded = match entry(RECORDED) {
        Some(text) => serde_json::from_str(text).map_err(|error| {
            Error::content(path, format!("its {RECORDED} metadata cannot be read: {error}"))
        })?,
        None => Recorded::default(),
    };
    if let Some(word) = entry(NONLINEARITY) {
        recorded.nonlinearity = Some(Nonlinearity::of(word).ok_or_else(|| {
            let message = format!("its {NONLINEARITY} is {word:?}, not tanh, relu or identity");
            Error::content(path, message)
        })?);
    }
    Ok((tensors.into_iter().collect(), recorded))
}

impl Nonlinearity {
    /// The activation of this name in lower case.
    fn of(word: &str) -> Option<Self> {
        [Self::Tanh, Self::Relu, Self::Identity]
            .into_iter()
            .find(|nonlinearity| nonlinearity.to_string().to_lowercase() == word)
    }
}
