//! `.safetensors`: a header in JSON, then the numbers.

use candle_core::{DType, Device, Tensor};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

use super::super::spec::Nonlinearity;
use super::tensors::{Entry, NONLINEARITY, RECORDED, Recorded, Tensors, one_line};

/// All tensors, and what rnnscope has recorded beside them.
///
/// # Errors
/// What is wrong with the file.
pub(super) fn read(bytes: &[u8]) -> Result<(Tensors, Recorded), String> {
    let incomplete = |error: safetensors::SafeTensorError| {
        format!("not a complete safetensors file ({})", one_line(&error))
    };
    let found = SafeTensors::deserialize(bytes).map_err(incomplete)?;
    let tensors = found
        .iter()
        .map(|(name, view)| Ok((name.to_owned(), entry(name, &view)?)))
        .collect::<Result<_, String>>()?;
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(incomplete)?;
    let metadata = header.metadata().as_ref();
    let said = |key: &str| metadata.and_then(|map| map.get(key));
    let mut recorded = match said(RECORDED) {
        Some(text) => serde_json::from_str(text).map_err(|error| {
            format!("its {RECORDED} metadata cannot be read: {}", one_line(&error))
        })?,
        None => Recorded::default(),
    };
    if let Some(word) = said(NONLINEARITY) {
        recorded.nonlinearity = Some(Nonlinearity::of(word).ok_or_else(|| {
            format!("its {NONLINEARITY} is {word:?}, not tanh, relu or identity")
        })?);
    }
    Ok((tensors, recorded))
}

fn entry(name: &str, view: &TensorView<'_>) -> Result<Entry, String> {
    let dtype = match view.dtype() {
        Dtype::F64 => DType::F64,
        Dtype::F32 => DType::F32,
        Dtype::F16 => DType::F16,
        Dtype::BF16 => DType::BF16,
        other => {
            let trouble = format!("holds {other:?} numbers: expected F16, BF16, F32 or F64");
            return Ok(Entry::Other { shape: view.shape().to_vec(), trouble });
        }
    };
    Tensor::from_raw_buffer(view.data(), dtype, view.shape(), &Device::Cpu)
        .map(Entry::Numbers)
        .map_err(|error| format!("{name}: {}", one_line(&error)))
}

impl Nonlinearity {
    /// The activation of this name in lower case.
    fn of(word: &str) -> Option<Self> {
        [Self::Tanh, Self::Relu, Self::Identity]
            .into_iter()
            .find(|nonlinearity| nonlinearity.to_string().to_lowercase() == word)
    }
}
