//! JSON that says nothing twice. Python and most parsers silently take the last of two equal keys, so
//! that a file says one thing to a reader and another to a program.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::error::excerpt;

/// Refuses a JSON text in which a key stands twice in one object, at any depth.
///
/// # Errors
/// The key and its place, or why this is no JSON.
pub(crate) fn keys_are_unique(json: &[u8]) -> Result<(), serde_json::Error> {
    serde_json::from_slice(json).map(|Unique| ())
}

/// The error for a key that stands twice.
pub(crate) fn twice<E: Error>(key: &str) -> E {
    E::custom(format_args!("{} stands there twice", excerpt(key)))
}

/// Any value whose keys are unique.
struct Unique;

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Keys)
    }
}

struct Keys;

impl<'de> Visitor<'de> for Keys {
    type Value = Unique;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_str<E>(self, _: &str) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_unit<E>(self) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Unique, A::Error> {
        while items.next_element::<Unique>()?.is_some() {}
        Ok(Unique)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut items: A) -> Result<Unique, A::Error> {
        let mut seen = HashSet::new();
        while let Some(key) = items.next_key::<String>()? {
            if seen.contains(&key) {
                return Err(twice(&key));
            }
            seen.insert(key);
            items.next_value::<Unique>()?;
        }
        Ok(Unique)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_twice_at_any_depth_and_only_in_one_object() {
        assert!(keys_are_unique(br#"{"a": [{"b": 1}, {"b": 2.5}], "b": null, "c": "b"}"#).is_ok());
        let error = keys_are_unique(b"{\"a\": [{\"b\": 1,\n\"b\": true}]}").unwrap_err();
        assert_eq!(error.to_string(), "\"b\" stands there twice at line 2 column 3");
        assert!(keys_are_unique(b"{\"a\": ").is_err());
        // Deep nesting is an error, not a stack that overflows.
        assert!(keys_are_unique("[".repeat(100_000).as_bytes()).is_err());
    }
}
