//! Reading the reference vectors in `tests/data`.
#![allow(dead_code, reason = "every test binary uses a part of it")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

pub mod golden;

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

/// A file of `tests/data`.
pub fn data(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

/// A JSON file of `tests/data`.
pub fn json(name: &str) -> Value {
    let path = data(name);
    let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// A number, also when written as `"inf"`, `"-inf"` or `"nan"`.
pub fn float(value: &Value) -> f64 {
    match value {
        Value::String(word) => word.parse().expect("inf, -inf or nan"),
        other => other.as_f64().unwrap_or_else(|| panic!("a number, not {other}")),
    }
}

/// All numbers of an array nested to any depth, row major.
pub fn floats(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(items) => items.iter().flat_map(floats).collect(),
        other => vec![float(other)],
    }
}
