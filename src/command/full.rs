//! Arrays as nested lists of JSON, every number so that it reads back equal.

use serde::Serialize;
use serde::ser::Serializer;

use super::json::Number;
use crate::flow::{Array, Values};

/// An object with a nested list an array, under its name.
pub(super) struct Full<'a>(pub &'a [Array]);

impl Serialize for Full<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|array| {
            let Array { name, shape, values } = array;
            (name, Nested { shape, values, from: 0 })
        }))
    }
}

/// The part of an array from one of its numbers on, of the shape that is left.
struct Nested<'a> {
    shape: &'a [usize],
    values: &'a Values,
    from: usize,
}

impl Serialize for Nested<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { shape, values, from } = *self;
        let Some((length, shape)) = shape.split_first() else {
            return match values {
                Values::F64(values) => Number(values[from]).serialize(serializer),
                Values::U32(values) => serializer.serialize_u32(values[from]),
                // Fewer digits are enough to read an f32 back.
                Values::F32(values) if values[from].is_finite() => {
                    serializer.serialize_f32(values[from])
                }
                Values::F32(values) => Number(f64::from(values[from])).serialize(serializer),
            };
        };
        let part: usize = shape.iter().product();
        serializer.collect_seq((0..*length).map(|n| Nested {
            shape,
            values,
            from: from + n * part,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_are_nested_lists_that_read_back_equal() {
        let array = |name: &str, shape: &[usize], values| Array {
            name: name.to_owned(),
            shape: shape.to_vec(),
            values,
        };
        let arrays = [
            array("loss", &[], Values::F64(vec![0.1])),
            array("h_l0", &[2, 1, 2], Values::F32(vec![0.1, 1e-45, f32::NAN, f32::INFINITY])),
            array("target", &[2], Values::U32(vec![7, 0])),
        ];
        let text = serde_json::to_string(&Full(&arrays)).unwrap();
        let expected = r#"{"loss":0.1,"h_l0":[[[0.1,1e-45]],[["nan","inf"]]],"target":[7,0]}"#;
        assert_eq!(text, expected);
        let back: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(back["h_l0"][0][0][1].as_f64().unwrap() as f32, 1e-45_f32);
    }
}
