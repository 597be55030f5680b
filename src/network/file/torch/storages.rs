//! From views of storages to tensors of numbers.

use std::collections::{BTreeMap, HashSet};

use super::super::tensors::{Bytes, Entry, Numbers, Tensors};
use super::contents::Found;
use super::pickle::Pickled;
use super::value::{Kind, Value, View};
use crate::error::excerpt;

/// Bytes that may be taken beyond the size of a file, which may be compressed.
const SPARE: u64 = 16 << 20;

/// Where storages come from.
pub(super) trait Source {
    /// The bytes of a storage.
    ///
    /// # Errors
    /// Storages that are missing, damaged or too large.
    fn storage(&mut self, key: &str) -> Result<Bytes, String>;

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
/// Storages that cannot be read, and two tensors of one name.
pub(super) fn tensors(
    pickled: &Pickled<'_>,
    found: Vec<(String, Found<'_>)>,
    file_size: usize,
    source: &mut dyn Source,
) -> Result<Tensors, String> {
    let mut names = HashSet::new();
    if let Some((name, _)) = found.iter().find(|(name, _)| !names.insert(name)) {
        return Err(format!("two tensors are called {}", excerpt(name)));
    }
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
        // Tied weights are one tensor under several names: they count once.
        let mut counted = HashSet::new();
        for (name, view) in views {
            let entry = match numbers(view, &storage, swapped) {
                Err(trouble) => Entry::Other { shape: view.size.clone(), trouble },
                Ok(numbers) => {
                    if counted.insert((view.offset, &view.size, &view.stride, numbers.dtype)) {
                        let bytes = numbers.count() * numbers.dtype.size_in_bytes();
                        budget.spend(bytes as u64).map_err(|_| {
                            format!("{} is larger than its file can hold", excerpt(&name))
                        })?;
                    }
                    Entry::Numbers(numbers)
                }
            };
            tensors.insert(name, entry);
        }
    }
    Ok(tensors)
}

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

/// The numbers of a view, or why there are none.
fn numbers(view: &View, storage: &Bytes, swapped: bool) -> Result<Numbers, String> {
    let Kind::Float(dtype) = view.kind else { return Err("has no numbers".to_owned()) };
    let width = dtype.size_in_bytes();
    let shape = view.size.clone();
    let count = shape.iter().try_fold(1_usize, |count, &size| count.checked_mul(size));
    let count = count.filter(|count| count.checked_mul(width).is_some());
    let count = count.ok_or("is larger than its file can hold")?;
    if count == 0 {
        let bytes = storage.first(0);
        return Ok(Numbers { dtype, shape, strides: None, swapped, bytes });
    }
    let steps = || shape.iter().zip(&view.stride);
    let last = steps().try_fold(view.offset, |last, (&size, &stride)| {
        last.checked_add((size as u64 - 1).checked_mul(stride)?)
    });
    if last.is_none_or(|last| last >= (storage.len() / width) as u64) {
        return Err("reaches beyond its storage: the file is damaged".to_owned());
    }
    let mut dense = 1;
    let is_dense = steps().rev().all(|(&size, &stride)| {
        let fits = size == 1 || stride == dense;
        dense *= size as u64;
        fits
    });
    let bytes = storage.from(view.offset as usize * width);
    if is_dense {
        let bytes = bytes.first(count * width);
        return Ok(Numbers { dtype, shape, strides: None, swapped, bytes });
    }
    // Along a dimension of one there is no neighbour, so that any stride may be written.
    let stride = |(&size, &stride): (&usize, &u64)| if size == 1 { 0 } else { stride as usize };
    let strides = Some(steps().map(stride).collect());
    Ok(Numbers { dtype, shape, strides, swapped, bytes })
}
