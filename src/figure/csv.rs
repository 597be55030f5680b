//! Figures as tidy CSV: a row a point, in full precision.

use super::model::Figure;
use crate::error::{Error, Result};

/// All points of all figures with the columns `figure`, `series`, `x` and `y`. Numbers read back
/// equal; those that are not finite are written `inf`, `-inf` and `nan`.
///
/// # Errors
/// [`Error::Drawing`] if the writer fails, which memory does not.
pub fn csv(figures: &[Figure]) -> Result<String> {
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    writer.write_record(["figure", "series", "x", "y"]).map_err(failed)?;
    for figure in figures {
        for series in &figure.series {
            for [x, y] in &series.points {
                let record = [figure.name, &series.name, &field(*x), &field(*y)];
                writer.write_record(record).map_err(failed)?;
            }
        }
    }
    finish(writer)
}

/// A number as a CSV field: the shortest text that reads back as the same number.
pub(super) fn field(value: f64) -> String {
    if value.is_nan() {
        "nan".into()
    } else if value.is_infinite() {
        if value > 0.0 { "inf".into() } else { "-inf".into() }
    } else if value != 0.0 && !(1e-5..1e16).contains(&value.abs()) {
        format!("{value:e}")
    } else {
        value.to_string()
    }
}

/// The text that a writer into memory holds.
pub(super) fn finish(writer: ::csv::Writer<Vec<u8>>) -> Result<String> {
    let bytes = writer.into_inner().map_err(|error| Error::Drawing(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| Error::Drawing(error.to_string()))
}

fn failed(error: ::csv::Error) -> Error {
    Error::Drawing(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_number_reads_back_equal(value in any::<f64>()) {
            let back: f64 = field(value).parse().unwrap();
            prop_assert!(back == value || (back.is_nan() && value.is_nan()));
        }
    }

    #[test]
    fn special_numbers_have_names() {
        let fields = [f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 0.0, 3.0, 1e-94].map(field);
        assert_eq!(fields, ["inf", "-inf", "nan", "0", "3", "1e-94"]);
    }
}
