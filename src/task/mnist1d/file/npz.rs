//! NumPy archives. Shapes are read and checked before any array is, as an array that claims to be
//! huge would be allocated first.

use std::path::Path;

use candle_core::npy::NpzTensors;
use candle_core::{DType, Tensor};

use super::{Dataset, LENGTH, MAX_SEQUENCES, Points};
use crate::error::{Error, Result};

/// Reads the four arrays.
pub(super) fn open(path: &Path) -> Result<Dataset> {
    let file = NpzTensors::new(path).map_err(|error| {
        Error::content(path, format!("not a .npz archive ({})", reason(&error)))
    })?;
    let archive = Archive { path, file };
    Ok(Dataset { train: archive.part("x", "y")?, test: archive.part("x_test", "y_test")? })
}

struct Archive<'a> {
    path: &'a Path,
    file: NpzTensors,
}

impl Archive<'_> {
    /// One part: its sequences and labels.
    fn part(&self, x: &str, y: &str) -> Result<Points> {
        let wrong = |message: String| Error::content(self.path, message);
        let count = match *self.shape(x)? {
            [count, LENGTH] if (1..=MAX_SEQUENCES).contains(&count) => count,
            ref other => {
                return Err(wrong(format!(
                    "array `{x}` has shape {other:?}; expected [N, {LENGTH}] with N from 1 to \
                     {MAX_SEQUENCES}"
                )));
            }
        };
        let found = self.shape(y)?;
        if found != [count] {
            return Err(wrong(format!(
                "array `{y}` has shape {found:?}; expected [{count}], a label for each row of `{x}`"
            )));
        }
        let mut points = Points::default();
        let values = self.numbers(x)?;
        for (row, (label, values)) in
            self.numbers(y)?.into_iter().zip(values.chunks_exact(LENGTH)).enumerate()
        {
            points.push(label, values.iter().copied()).map_err(|misfit| {
                wrong(misfit.describe(&format!("{y}[{row}]"), |step| format!("{x}[{row}, {step}]")))
            })?;
        }
        Ok(points)
    }

    /// The shape that an array claims to have.
    fn shape(&self, name: &str) -> Result<Vec<usize>> {
        if !self.file.names().iter().any(|&found| found == name) {
            let mut names: Vec<_> = self.file.names().iter().map(|name| name.as_str()).collect();
            names.sort_unstable();
            let found = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
            let message = format!(
                "array `{name}` is missing; expected x, y, x_test and y_test, found {found}"
            );
            return Err(Error::content(self.path, message));
        }
        let unusable = |error| self.unusable(name, &error);
        Ok(self.file.get_shape_and_dtype(name).map_err(unusable)?.0.into_dims())
    }

    /// All numbers of an array whose shape is known to be sound, row by row.
    fn numbers(&self, name: &str) -> Result<Vec<f64>> {
        let unusable = |error| self.unusable(name, &error);
        let flat = |tensor: Tensor| tensor.to_dtype(DType::F64)?.flatten_all()?.to_vec1::<f64>();
        let tensor = self.file.get(name).map_err(unusable)?;
        Ok(tensor.map(flat).transpose().map_err(unusable)?.unwrap_or_default())
    }

    /// What candle cannot read: exotic number types, columns before rows, pickled objects.
    fn unusable(&self, name: &str, error: &candle_core::Error) -> Error {
        let message = format!(
            "array `{name}` is unusable ({}); numpy.ascontiguousarray(…, dtype=numpy.float32) \
             makes one that can be read",
            reason(error)
        );
        Error::content(self.path, message)
    }
}

/// candle's reason, in one line.
fn reason(error: &candle_core::Error) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}
