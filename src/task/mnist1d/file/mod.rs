//! The user's own data of the same shape: NumPy archives and CSV files.

mod csv;
mod npy;
mod npz;

pub(super) use self::csv::test_file;

use std::path::Path;

use super::data::{CLASSES, Dataset, LENGTH, Points};
use crate::disk::{self, Source};
use crate::error::{Error, Result};
use crate::table::Table;
use crate::ticket::Ticket;

/// Sequences accepted in one part, forty times those of MNIST-1D.
const MAX_SEQUENCES: usize = 200_000;

/// Room for [`MAX_SEQUENCES`] lines written with every digit.
const MAX_BYTES: u64 = 256 << 20;

/// What a file is to hold, in messages.
const WHAT: &str = "a data set in .npz or .csv";

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
        Self::open_with(path, &Ticket::new())
    }

    /// As [`Dataset::open`], but can be watched and stopped: bytes are counted on the ticket.
    ///
    /// # Errors
    /// As for [`Dataset::open`], and [`Error::Cancelled`].
    pub fn open_with(path: &Path, ticket: &Ticket) -> Result<Self> {
        let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
        match extension.to_str() {
            Some("npz") => Self::from_npz(path, &disk::read(path, MAX_BYTES, WHAT, ticket)?),
            Some("csv") => {
                let train = points(path, ticket)?;
                let beside = csv::test_file(path);
                let test = match disk::stamp(&beside) {
                    Some(_) => Some(points(&beside, ticket)?),
                    None => None,
                };
                csv::split(path, train, test)
            }
            _ => {
                // Why it cannot be opened comes first.
                Source::open(path, u64::MAX, WHAT)?;
                Err(Error::content(
                    path,
                    "expected a name ending in .npz or .csv; in Python, `numpy.savez(\"data.npz\", \
                     x=x, y=y, x_test=x_test, y_test=y_test)` writes one",
                ))
            }
        }
    }

    /// The bytes of a `.npz` file as a data set; see [`Dataset::open`]. The path is for messages.
    ///
    /// # Errors
    /// As for [`Dataset::open`].
    pub fn from_npz(path: &Path, bytes: &[u8]) -> Result<Self> {
        npz::decode(path, bytes)
    }

    /// The bytes of a `.csv` file, and of the test set beside it if there is one, as a data set; see
    /// [`Dataset::open`]. The path is that of the first file, for messages.
    ///
    /// # Errors
    /// As for [`Dataset::open`].
    pub fn from_csv(path: &Path, bytes: &[u8], test: Option<&[u8]>) -> Result<Self> {
        let train = csv::points(path, Table::of(path, bytes))?;
        let beside = csv::test_file(path);
        let test = test.map(|test| csv::points(&beside, Table::of(&beside, test))).transpose()?;
        csv::split(path, train, test)
    }
}

/// The sequences of a CSV file, read row by row.
fn points(path: &Path, ticket: &Ticket) -> Result<Points> {
    let mut source = Source::open(path, MAX_BYTES, WHAT)?;
    ticket.expect_steps(source.size());
    csv::points(path, Table::new(path, Box::new(|room| source.piece(room, ticket))))
}

impl Points {
    /// Adds a sequence, or says at which position (counted from 0, the label first) it fails.
    fn push(&mut self, number: f64, values: impl IntoIterator<Item = f64>) -> Result<(), Misfit> {
        let label = label(number).ok_or(Misfit::Label(number))?;
        for (step, value) in values.into_iter().enumerate() {
            let single = value as f32;
            if !single.is_finite() {
                return Err(Misfit::Value(step, value));
            }
            self.values.push(single);
        }
        self.labels.push(label);
        Ok(())
    }
}

/// A number as a label, if it is one of the ten digits.
fn label(number: f64) -> Option<u32> {
    let is_digit = (0.0..CLASSES as f64).contains(&number) && number.fract() == 0.0;
    is_digit.then_some(number as u32)
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
