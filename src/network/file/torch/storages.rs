//! From views of storages to tensors of numbers.

use std::borrow::Cow;
use std::collections::BTreeMap;

use candle_core::{DType, Device, Tensor};

use super::super::tensors::{Entry, Tensors, one_line};
use super::contents::Found;
use super::pickle::Pickled;
use super::value::{Kind, Value, View};

/// Bytes that may be taken beyond the size of a file, which may be compressed.
const SPARE: u64 = 16 << 20;

/// Where storages come from.
pub(super) trait Source {
    /// The bytes of a storage.
    ///
    /// # Errors
    /// Storages that are missing, damaged or too large.
    fn storage(&mut self, key: &str) -> Result<Cow<'_, [u8]>, String>;

    /// Whether numbers start with their most significant byte.
    fn big_endian(&self) -> bool;
}

/// Bytes that may still be taken.
pub(super) struct Budget(u64);

impl Budget {
    /// For a file of `size` bytes.
    pub(super) fn of(size: usize) -> Self {
        Self(size as u64 + SPARE)
    }

    pub(super) fn left(&self) -> u64 {
        self.0
    }

    pub(super) fn spend(&mut self, bytes: u64) -> Result<(), String> {
        let left = self.0.checked_sub(bytes);
        self.0 = left.ok_or("its tensors are larger than the file can hold")?;
        Ok(())
    }
}

/// The tensors that were found, each storage read once.
///
/// # Errors
/// Storages that cannot be read.
pub(super) fn tensors(
    pickled: &Pickled<'_>,
    found: Vec<(String, Found<'_>)>,
    file_size: usize,
    source: &mut dyn Source,
) -> Result<Tensors, String> {
    let mut tensors = Tensors::new();
    let mut by_storage: BTreeMap<&str, Vec<(String, &View)>> = BTreeMap::new();
    for (name, found) in found {
        let view = match found {
            Found::Tensor(view) => view,
            Found::Strange(trouble) => {
                tensors.insert(name, Entry::Other { shape: Vec::new(), trouble });
                continue;
            }
        };
        let storage = view.storage.map(|id| pickled.get(id));
        match (trouble(view), storage) {
            (None, Some(Value::Storage(storage))) => {
                by_storage.entry(storage.key).or_default().push((name, view));
            }
            (trouble, _) => {
                let trouble = trouble.unwrap_or_else(|| "has no numbers".to_owned());
                tensors.insert(name, Entry::Other { shape: view.size.clone(), trouble });
            }
        }
    }
    let mut budget = Budget::of(file_size);
    let swapped = source.big_endian();
    for (key, views) in by_storage {
        let storage = source.storage(key)?;
        let mut made: Vec<(&View, Entry)> = Vec::new();
        for (name, view) in views {
            // Tied weights are one tensor under two names.
            let same = |other: &&(&View, Entry)| {
                other.0.offset == view.offset
                    && other.0.size == view.size
                    && other.0.stride == view.stride
                    && other.0.kind == view.kind
            };
            let entry = match made.iter().take(MOST_TIES).find(same) {
                Some((_, entry)) => entry.clone(),
                None => entry(view, &storage, swapped, &mut budget),
            };
            made.push((view, entry.clone()));
            tensors.insert(name, entry);
        }
    }
    Ok(tensors)
}

/// Views of a storage among which equal ones are looked for.
const MOST_TIES: usize = 64;

/// Why a view holds no floating-point numbers, if it does not.
fn trouble(view: &View) -> Option<String> {
    if let Some(trouble) = view.trouble {
        return Some(trouble.to_owned());
    }
    let what = match view.kind {
        Kind::Float(_) => return None,
        Kind::Other(what, _) => what,
        Kind::Bytes => "bytes",
        Kind::Unknown => "numbers of an unknown kind",
    };
    Some(format!("holds {what}: expected float16, bfloat16, float32 or float64"))
}

fn entry(view: &View, storage: &[u8], swapped: bool, budget: &mut Budget) -> Entry {
    let other = |trouble: String| Entry::Other { shape: view.size.clone(), trouble };
    let Kind::Float(dtype) = view.kind else { return other("has no numbers".to_owned()) };
    match gather(view, dtype, storage, budget) {
        Err(trouble) => other(trouble),
        Ok(numbers) => {
            let numbers = if swapped { swap(&numbers, dtype) } else { numbers };
            match Tensor::from_raw_buffer(&numbers, dtype, &view.size, &Device::Cpu) {
                Ok(tensor) => Entry::Numbers(tensor),
                Err(error) => other(format!("cannot be read: {}", one_line(&error))),
            }
        }
    }
}

/// The numbers of a view, row by row.
fn gather<'s>(
    view: &View,
    dtype: DType,
    storage: &'s [u8],
    budget: &mut Budget,
) -> Result<Cow<'s, [u8]>, String> {
    let width = dtype.size_in_bytes();
    let count = view.size.iter().try_fold(1_usize, |count, &size| count.checked_mul(size));
    let count = count.filter(|count| count.checked_mul(width).is_some());
    let too_large = || "is larger than its file can hold".to_owned();
    let count = count.ok_or_else(too_large)?;
    if count == 0 {
        return Ok(Cow::Borrowed(&[]));
    }
    let steps = view.size.iter().zip(&view.stride);
    let last = steps.clone().try_fold(view.offset, |last, (&size, &stride)| {
        last.checked_add((size as u64 - 1).checked_mul(stride)?)
    });
    let numbers = (storage.len() / width) as u64;
    if last.is_none_or(|last| last >= numbers) {
        return Err("reaches beyond its storage: the file is damaged".to_owned());
    }
    budget.spend((count * width) as u64).map_err(|_| too_large())?;
    let offset = view.offset as usize;
    let mut dense = 1;
    let is_dense = steps.clone().rev().all(|(&size, &stride)| {
        let fits = size == 1 || stride == dense;
        dense *= size as u64;
        fits
    });
    if is_dense {
        return Ok(Cow::Borrowed(&storage[offset * width..][..count * width]));
    }
    let mut gathered = Vec::with_capacity(count * width);
    let mut index = vec![0; view.size.len()];
    let mut place = offset;
    for _ in 0..count {
        gathered.extend_from_slice(&storage[place * width..][..width]);
        // The last dimension moves fastest.
        for (digit, (&size, &stride)) in index.iter_mut().zip(steps.clone()).rev() {
            *digit += 1;
            place += stride as usize;
            if *digit < size {
                break;
            }
            place -= size * stride as usize;
            *digit = 0;
        }
    }
    Ok(Cow::Owned(gathered))
}

/// The same numbers with their bytes in the other order.
fn swap(numbers: &[u8], dtype: DType) -> Cow<'static, [u8]> {
    let swapped = numbers.chunks_exact(dtype.size_in_bytes()).flat_map(|n| n.iter().rev().copied());
    Cow::Owned(swapped.collect())
}
