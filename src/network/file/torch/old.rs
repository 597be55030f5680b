//! The format before PyTorch 1.6, and of `_use_new_zipfile_serialization=False` since: a magic number,
//! a version, the sizes of the machine, the object and the keys of its storages, each a pickle; then
//! the storages, each after its length.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::super::tensors::{Bytes, Tensors};
use super::contents::contents;
use super::pickle::{self, Pickled};
use super::storages::{Source, tensors};
use super::value::Value;
use crate::error::excerpt;

/// All tensors of a state dict, and the names of those of others beside it.
///
/// # Errors
/// What is wrong with the file.
pub(in super::super) fn read(bytes: &Arc<Vec<u8>>) -> Result<(Tensors, Vec<String>), String> {
    let mut at = 0;
    let mut next = || -> Result<Pickled<'_>, String> {
        let pickled = pickle::read(&bytes[at..])?;
        at += pickled.end;
        Ok(pickled)
    };
    let (_magic, version, machine) = (next()?, next()?, next()?);
    if !matches!(version.get(version.root), Value::Int(1001)) {
        return Err("an old PyTorch file of unknown version".to_owned());
    }
    if is_big_endian(&machine) {
        return Err(
            "written on a big-endian machine before PyTorch 1.6: save it again with a newer \
                    one"
            .to_owned(),
        );
    }
    let (object, keys) = (next()?, next()?);
    let mut storages = Storages { bytes, places: HashMap::new() };
    storages.locate(&object, &keys, at)?;
    let found = contents(&object)?;
    let tensors = tensors(&object, found.tensors, bytes.len(), &mut storages)?;
    Ok((tensors, found.aside))
}

fn is_big_endian(machine: &Pickled<'_>) -> bool {
    let Value::Dict(sizes) = machine.get(machine.root) else { return false };
    sizes.iter().any(|&(key, value)| {
        matches!(machine.get(key), Value::Text("little_endian"))
            && matches!(machine.get(value), Value::Bool(false))
    })
}

/// Where each storage lies.
struct Storages<'a> {
    bytes: &'a Arc<Vec<u8>>,
    places: HashMap<&'a str, Range<usize>>,
}

impl<'a> Storages<'a> {
    fn locate(
        &mut self,
        object: &Pickled<'a>,
        keys: &Pickled<'a>,
        start: usize,
    ) -> Result<(), String> {
        let mut sizes: HashMap<&str, u64> = HashMap::new();
        for value in &object.values {
            if let Value::Storage(storage) = value
                && let Some(bytes) = storage.kind.bytes()
            {
                sizes.insert(storage.key, bytes);
            }
        }
        let Value::List(keys_in_order) = keys.get(keys.root) else {
            return Err("an old PyTorch file without a list of its storages".to_owned());
        };
        let mut at = start;
        for id in keys_in_order {
            let Value::Text(key) = keys.get(*id) else {
                return Err("an old PyTorch file with a storage that has no name".to_owned());
            };
            let (count, after) =
                self.bytes[at..].split_first_chunk().ok_or("truncated: a storage is missing")?;
            let Some(size) = sizes.get(key) else {
                return Err(format!("storage {} holds numbers of unknown size", excerpt(key)));
            };
            let length = u64::from_le_bytes(*count)
                .checked_mul(*size)
                .and_then(|length| usize::try_from(length).ok())
                .filter(|length| *length <= after.len())
                .ok_or_else(|| {
                    format!("truncated: storage {} is larger than the file", excerpt(key))
                })?;
            let from = at + count.len();
            if self.places.insert(key, from..from + length).is_some() {
                return Err(format!("two storages of one name, {}", excerpt(key)));
            }
            at = from + length;
        }
        Ok(())
    }
}

impl Source for Storages<'_> {
    fn storage(&mut self, key: &str) -> Result<Bytes, String> {
        let missing = || format!("storage {} is missing", excerpt(key));
        let place = self.places.get(key).ok_or_else(missing)?;
        Ok(Bytes::part(self.bytes, place.clone()))
    }

    fn big_endian(&self) -> bool {
        false
    }
}
