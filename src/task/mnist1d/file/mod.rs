//! The user's own data of the same shape: NumPy archives and CSV files.

mod csv;
mod npz;

pub(super) use self::csv::test_file;

use std::fs;
use std::path::Path;

use super::data::{CLASSES, Dataset, LENGTH, Points};
use crate::error::{Error, Result};

/// Sequences accepted in one part, forty times those of MNIST-1D.
const MAX_SEQUENCES: usize = 200_000;

impl Dataset {
    /// Opens a data set of sequences of [`LENGTH`] values with labels 0..=9. Values are taken as
    /// they are; networks learn best from a mean near 0 and a standard deviation near 1.
    ///
    /// - `NAME.npz`, as written by `numpy.savez` or `numpy.savez_compressed`, with the arrays
    ///   `x` `[N, 40]`, `y` `[N]`, `x_test` `[M, 40]` and `y_test` `[M]` of any number type;
    ///   further arrays are ignored.
    /// - `NAME.csv`, a line a sequence: the label, then 40 values; a heading is skipped. If there
    ///   is a `NAME_test.csv` beside it, that is the test set; otherwise the last fifth of the
    ///   lines is, so lines sorted by label must be shuffled first.
    ///
    /// # Errors
    /// A file that cannot be read or is too large; arrays that are missing or of another shape;
    /// labels other than 0..=9; values that are NaN or infinite, with their place.
    pub fn open(path: &Path) -> Result<Self> {
        let unreadable = |source| Error::Read { path: path.to_owned(), source };
        // Opening a pipe would wait for a writer, so the kind of file is asked first.
        if !fs::metadata(path).map_err(unreadable)?.is_file() {
            return Err(Error::content(path, "not a file; expected a data set in .npz or .csv"));
        }
        fs::File::open(path).map_err(unreadable)?;
        let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
        match extension.to_str() {
            Some("npz") => npz::open(path),
            Some("csv") => csv::open(path),
            _ => Err(Error::content(
                path,
                "expected a name ending in .npz or .csv; in Python, `numpy.savez(\"data.npz\", \
                 x=x, y=y, x_test=x_test, y_test=y_test)` writes one",
            )),
        }
    }
}

impl Points {
    /// Adds a sequence, or says at which position (counted from 0, the label first) it fails.
    fn push(&mut self, label: f64, values: impl IntoIterator<Item = f64>) -> Result<(), Misfit> {
        if !(0.0..CLASSES as f64).contains(&label) || label.fract() != 0.0 {
            return Err(Misfit::Label(label));
        }
        for (step, value) in values.into_iter().enumerate() {
            let single = value as f32;
            if !single.is_finite() {
                return Err(Misfit::Value(step, value));
            }
            self.values.push(single);
        }
        self.labels.push(label as u32);
        Ok(())
    }
}

/// Why a sequence cannot be used.
enum Misfit {
    /// Not one of the ten digits.
    Label(f64),
    /// A value, and its step from 0, that is NaN, infinite or beyond single precision.
    Value(usize, f64),
}

impl Misfit {
    /// As a sentence, given the place of the label and the way to name the place of a value.
    fn describe(&self, label_at: &str, value_at: impl Fn(usize) -> String) -> String {
        match *self {
            Self::Label(label) => {
                format!("{label_at} is {label}; labels are whole numbers from 0 to 9")
            }
            Self::Value(step, value) => {
                let at = value_at(step);
                format!("{at} is {value}; values must be finite in single precision")
            }
        }
    }
}

#[cfg(test)]
mod tests;
