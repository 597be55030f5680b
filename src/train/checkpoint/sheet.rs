//! Series of numbers by name, to and from the bytes of a safetensors file.

use std::collections::HashMap;

use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};

use super::Numbers;
use crate::error::{Error, Result};

/// Where the text beside the tensors stands.
const KEY: &str = "rnnscope-training";

/// What every such file has behind the eight bytes of its header's length.
const OPENING: &[u8] = br#"{"__metadata__":{"rnnscope-training":"#;

/// Bytes that tell such a file from others.
pub(super) const START: usize = 8 + OPENING.len();

/// Names and shapes of all series, with the text, take no more: four hundred trainings take one.
const MOST_HEADER: u64 = 16 << 20;

/// Whether a file begins as one of ours.
pub(super) fn is_start(start: &[u8]) -> bool {
    let Some((length, opening)) = start.split_first_chunk::<8>() else { return false };
    u64::from_le_bytes(*length) <= MOST_HEADER && opening.starts_with(OPENING)
}

/// A number as it stands in a file.
pub(super) trait Number: Copy {
    const DTYPE: Dtype;
    fn put(self, bytes: &mut Vec<u8>);
    fn all(bytes: &[u8]) -> Vec<Self>;
}

macro_rules! number {
    ($kind:ty, $dtype:expr) => {
        impl Number for $kind {
            const DTYPE: Dtype = $dtype;
            fn put(self, bytes: &mut Vec<u8>) {
                bytes.extend_from_slice(&self.to_le_bytes());
            }
            fn all(bytes: &[u8]) -> Vec<Self> {
                let (numbers, _) = bytes.as_chunks();
                numbers.iter().map(|number| Self::from_le_bytes(*number)).collect()
            }
        }
    };
}
number!(f32, Dtype::F32);
number!(f64, Dtype::F64);
number!(u32, Dtype::U32);
number!(u64, Dtype::U64);

/// Series to be written.
#[derive(Default)]
pub(super) struct Sheet {
    series: Vec<(String, Dtype, Vec<u8>)>,
}

impl Sheet {
    pub(super) fn put<N: Number>(&mut self, name: String, numbers: impl IntoIterator<Item = N>) {
        let numbers = numbers.into_iter();
        let mut bytes = Vec::with_capacity(numbers.size_hint().0 * N::DTYPE.bitsize() / 8);
        numbers.for_each(|number| number.put(&mut bytes));
        self.series.push((name, N::DTYPE, bytes));
    }

    /// As f32 where that loses nothing, which halves what trainings in f32 take.
    pub(super) fn put_short(&mut self, name: String, numbers: &[f64]) {
        let short = |number: &f64| f64::from(*number as f32).to_bits() == number.to_bits();
        if numbers.iter().all(short) {
            self.put(name, numbers.iter().map(|number| *number as f32));
        } else {
            self.put(name, numbers.iter().copied());
        }
    }

    pub(super) fn put_numbers(&mut self, name: String, numbers: &Numbers) {
        match numbers {
            Numbers::F32(numbers) => self.put(name, numbers.iter().copied()),
            Numbers::F64(numbers) => self.put(name, numbers.iter().copied()),
        }
    }

    /// All of them and a text.
    pub(super) fn finish(&self, text: String) -> Result<Vec<u8>> {
        let refused = |error: safetensors::SafeTensorError| Error::Session(error.to_string());
        let views = self
            .series
            .iter()
            .map(|(name, dtype, bytes)| {
                let shape = vec![bytes.len() * 8 / dtype.bitsize()];
                Ok((name, TensorView::new(*dtype, shape, bytes).map_err(refused)?))
            })
            .collect::<Result<Vec<_>>>()?;
        serialize(views, Some(HashMap::from([(KEY.to_owned(), text)]))).map_err(refused)
    }
}

/// Series that were read.
pub(super) struct Reader<'a> {
    tensors: SafeTensors<'a>,
    /// Series not yet asked for.
    pub(super) left: usize,
}

impl<'a> Reader<'a> {
    /// The series and the text of a file.
    pub(super) fn new(bytes: &'a [u8]) -> Result<(Self, String), String> {
        if !is_start(bytes.get(..START).unwrap_or_default()) {
            return Err(super::format::FOREIGN.to_owned());
        }
        let damaged =
            |error: safetensors::SafeTensorError| format!("{}: {error}", super::format::DAMAGED);
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(damaged)?;
        let text = header.metadata().as_ref().and_then(|texts| texts.get(KEY)).cloned();
        let text = text.ok_or_else(|| super::format::FOREIGN.to_owned())?;
        let tensors = SafeTensors::deserialize(bytes).map_err(damaged)?;
        let left = tensors.len();
        Ok((Self { tensors, left }, text))
    }

    fn view(&mut self, name: &str) -> Result<TensorView<'a>, String> {
        let view = self.tensors.tensor(name).map_err(|_| format!("{name} is missing"))?;
        self.left = self.left.saturating_sub(1);
        Ok(view)
    }

    pub(super) fn take<N: Number>(&mut self, name: &str) -> Result<Vec<N>, String> {
        let view = self.view(name)?;
        if view.dtype() == N::DTYPE {
            Ok(N::all(view.data()))
        } else {
            Err(format!("{name} has numbers of another format"))
        }
    }

    /// What [`Sheet::put_short`] put.
    pub(super) fn take_short(&mut self, name: &str) -> Result<Vec<f64>, String> {
        Ok(match self.take_numbers(name)? {
            Numbers::F32(numbers) => numbers.into_iter().map(f64::from).collect(),
            Numbers::F64(numbers) => numbers,
        })
    }

    pub(super) fn take_numbers(&mut self, name: &str) -> Result<Numbers, String> {
        let view = self.view(name)?;
        match view.dtype() {
            Dtype::F32 => Ok(Numbers::F32(f32::all(view.data()))),
            Dtype::F64 => Ok(Numbers::F64(f64::all(view.data()))),
            _ => Err(format!("{name} has numbers of another format")),
        }
    }
}
