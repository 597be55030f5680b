//! `.safetensors`: a header in JSON, then the numbers.

use std::collections::BTreeSet;
use std::collections::btree_map::{self, BTreeMap};
use std::fmt;
use std::sync::Arc;

use candle_core::DType;
use safetensors::Dtype;
use safetensors::tensor::TensorInfo;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

use super::super::spec::Nonlinearity;
use super::tensors::{Bytes, Entry, NONLINEARITY, Numbers, RECORDED, Recorded, Tensors};
use crate::error::{excerpt, one_line};
use crate::unique::{keys_are_unique, twice};

/// A header is this long at most: that of a checkpoint with 100,000 tensors.
const MOST_HEADER: usize = 16 << 20;

/// The header's own key among the names of tensors.
const METADATA: &str = "__metadata__";

/// All tensors, and what rnnscope has recorded beside them.
///
/// # Errors
/// What is wrong with the file.
pub(super) fn read(file: &Arc<Vec<u8>>) -> Result<(Tensors, Recorded), String> {
    let incomplete = |reason: String| format!("not a complete safetensors file ({reason})");
    let (length, rest) = file.split_first_chunk().ok_or_else(|| incomplete("no header".into()))?;
    let length = usize::try_from(u64::from_le_bytes(*length)).unwrap_or(usize::MAX);
    let header = rest
        .get(..length)
        .ok_or_else(|| incomplete("its header is longer than the file".to_owned()))?;
    if length > MOST_HEADER {
        return Err(format!(
            "a safetensors header of {length} bytes; at most {MOST_HEADER} are read"
        ));
    }
    let Header { metadata, tensors } = serde_json::from_slice(header)
        .map_err(|error| incomplete(format!("its header: {}", one_line(&error))))?;
    let start = size_of::<u64>() + length;
    contiguous(&tensors, file.len() - start).map_err(incomplete)?;
    let entry = |(name, info): (String, TensorInfo)| (name, entry(file, start, info));
    let tensors = tensors.into_iter().map(entry).collect();
    Ok((tensors, recorded(&metadata)?))
}

/// Refuses tensors that overlap, leave gaps, or are not what their shapes say.
fn contiguous(tensors: &BTreeMap<String, TensorInfo>, size: usize) -> Result<(), String> {
    let mut in_order: Vec<(&String, &TensorInfo)> = tensors.iter().collect();
    in_order.sort_by_key(|(_, info)| info.data_offsets);
    let mut end = 0;
    for (name, TensorInfo { dtype, shape, data_offsets: (from, to) }) in in_order {
        let count = shape.iter().try_fold(1_usize, |count, &size| count.checked_mul(size));
        let bits = count.and_then(|count| count.checked_mul(dtype.bitsize()));
        let name = excerpt(name);
        if *from != end || to < from {
            return Err(format!("the numbers of {name} do not follow those before"));
        }
        if bits.is_none_or(|bits| bits % 8 != 0 || bits / 8 != to - from) {
            return Err(format!("{name} has another size than its shape says"));
        }
        end = *to;
    }
    if end == size {
        return Ok(());
    }
    Err(format!("its tensors take {end} bytes, but {size} follow the header"))
}

/// What rnnscope has written beside the tensors.
fn recorded(metadata: &BTreeMap<String, String>) -> Result<Recorded, String> {
    let mut recorded = match metadata.get(RECORDED) {
        Some(text) => {
            keys_are_unique(text.as_bytes()).and_then(|()| serde_json::from_str(text)).map_err(
                |error| format!("its {RECORDED} metadata cannot be read: {}", one_line(&error)),
            )?
        }
        None => Recorded::default(),
    };
    if let Some(word) = metadata.get(NONLINEARITY) {
        recorded.nonlinearity = Some(Nonlinearity::of(word).ok_or_else(|| {
            format!("its {NONLINEARITY} is {}, not tanh, relu or identity", excerpt(word))
        })?);
    }
    Ok(recorded)
}

fn entry(file: &Arc<Vec<u8>>, start: usize, info: TensorInfo) -> Entry {
    let TensorInfo { dtype, shape, data_offsets: (from, to) } = info;
    let dtype = match dtype {
        Dtype::F64 => DType::F64,
        Dtype::F32 => DType::F32,
        Dtype::F16 => DType::F16,
        Dtype::BF16 => DType::BF16,
        other => {
            let trouble = format!("holds {other:?} numbers: expected F16, BF16, F32 or F64");
            return Entry::Other { shape, trouble };
        }
    };
    let bytes = Bytes::part(file, start + from..start + to);
    Entry::Numbers(Numbers { dtype, shape, strides: None, swapped: false, bytes })
}

/// A header in which no name stands twice.
struct Header {
    metadata: BTreeMap<String, String>,
    tensors: BTreeMap<String, TensorInfo>,
}

impl<'de> Deserialize<'de> for Header {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Names;
        impl<'de> Visitor<'de> for Names {
            type Value = Header;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("tensors by name")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut items: A) -> Result<Header, A::Error> {
                let mut found = Header { metadata: BTreeMap::new(), tensors: BTreeMap::new() };
                let mut described = false;
                while let Some(name) = items.next_key::<String>()? {
                    if name == METADATA {
                        if std::mem::replace(&mut described, true) {
                            return Err(twice(&name));
                        }
                        found.metadata = items.next_value::<Option<Texts>>()?.unwrap_or_default().0;
                    } else {
                        match found.tensors.entry(name) {
                            btree_map::Entry::Occupied(known) => return Err(twice(known.key())),
                            btree_map::Entry::Vacant(place) => {
                                place.insert(items.next_value()?);
                            }
                        }
                    }
                }
                Ok(found)
            }
        }
        deserializer.deserialize_map(Names)
    }
}

/// Texts by name, no name twice.
#[derive(Default)]
struct Texts(BTreeMap<String, String>);

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Texts;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("texts by name")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut items: A) -> Result<Texts, A::Error> {
                let mut seen = BTreeSet::new();
                let mut found = BTreeMap::new();
                while let Some((name, text)) = items.next_entry::<String, String>()? {
                    if !seen.insert(name.clone()) {
                        return Err(twice(&name));
                    }
                    found.insert(name, text);
                }
                Ok(Texts(found))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}

impl Nonlinearity {
    /// The activation of this name in lower case.
    fn of(word: &str) -> Option<Self> {
        [Self::Tanh, Self::Relu, Self::Identity]
            .into_iter()
            .find(|nonlinearity| nonlinearity.to_string().to_lowercase() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(header: &str, data: usize) -> String {
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend(header.as_bytes());
        bytes.resize(bytes.len() + data, 0);
        read(&Arc::new(bytes)).unwrap_err()
    }

    #[test]
    fn a_name_twice_is_refused_and_told() {
        let one = r#""a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#;
        let error = refused(&format!("{{{one},{one}}}"), 4);
        assert!(error.contains("\"a\" stands there twice"), "{error}");
        let error = refused(r#"{"__metadata__":{"nonlinearity":"tanh","nonlinearity":"relu"}}"#, 0);
        assert!(error.contains("\"nonlinearity\" stands there twice"), "{error}");
    }

    #[test]
    fn offsets_that_overlap_or_overflow_are_refused() {
        let huge = 1_u64 << 62;
        for (header, words) in [
            (
                format!(r#"{{"a":{{"dtype":"U8","shape":[{huge}],"data_offsets":[0,{huge}]}}}}"#),
                "\"a\" has another size",
            ),
            (
                r#"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}"#
                    .to_owned(),
                "\"b\" do not follow",
            ),
            (
                r#"{"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}}"#.to_owned(),
                "its tensors take 16 bytes, but 8 follow",
            ),
        ] {
            let error = refused(&header, 8);
            assert!(error.contains(words), "{error}");
        }
        // Eight tensors of nearly 2^61 bytes: their sum and the header wrap around.
        let size = (1_u64 << 61) - 1;
        let tensors: Vec<String> = (0..8)
            .map(|k| {
                let (from, to) = (k * size, (k + 1) * size);
                format!(r#""{k}":{{"dtype":"U8","shape":[{size}],"data_offsets":[{from},{to}]}}"#)
            })
            .collect();
        let error = refused(&format!("{{{}}}", tensors.join(",")), 8);
        assert!(error.contains("but 8 follow"), "{error}");
        let mut long = u64::MAX.to_le_bytes().to_vec();
        long.push(b'{');
        assert!(read(&Arc::new(long)).unwrap_err().contains("longer than the file"));
    }
}
