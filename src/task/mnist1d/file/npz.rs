//! NumPy archives. What an array claims is checked before any of it is unpacked.

use std::path::Path;

use super::npy::Header;
use super::{Dataset, LENGTH, MAX_SEQUENCES, Misfit, Points, label};
use crate::archive::Archive;
use crate::error::{Error, Result};

/// Bytes of numbers that may be unpacked beyond twice those of the file, which may be compressed.
const SPARE: u64 = 24 << 20;

/// Reads the four arrays of an archive that was found at `path`.
pub(super) fn decode(path: &Path, bytes: &[u8]) -> Result<Dataset> {
    let file = Archive::new(bytes)
        .map_err(|error| Error::content(path, format!("not a .npz archive: {error}")))?;
    let mut arrays = Arrays { path, file, left: 2 * bytes.len() as u64 + SPARE };
    Ok(Dataset { train: arrays.part("x", "y")?, test: arrays.part("x_test", "y_test")? })
}

struct Arrays<'a> {
    path: &'a Path,
    file: Archive<'a>,
    /// Bytes of numbers that may still be unpacked.
    left: u64,
}

impl Arrays<'_> {
    /// One part: its sequences and labels.
    fn part(&mut self, x: &str, y: &str) -> Result<Points> {
        let path = self.path;
        let wrong = |message: String| Error::content(path, message);
        let count = match self.header(x)?.shape[..] {
            [count, LENGTH] if (1..=MAX_SEQUENCES).contains(&count) => count,
            ref other => {
                return Err(wrong(format!(
                    "array `{x}` has shape {other:?}; expected [N, {LENGTH}] with N from 1 to \
                     {MAX_SEQUENCES}"
                )));
            }
        };
        let found = self.header(y)?.shape;
        if found != [count] {
            return Err(wrong(format!(
                "array `{y}` has shape {found:?}; expected [{count}], a label for each row of `{x}`"
            )));
        }
        let misfit = |misfit: Misfit, row: usize| {
            let at = misfit.describe(&format!("{y}[{row}]"), |step| format!("{x}[{row}, {step}]"));
            wrong(at)
        };
        let mut labels = vec![0; count];
        let mut first: Option<(usize, f64)> = None;
        self.each(y, |row, value| match label(value) {
            Some(label) => labels[row] = label,
            None => first = first.or(Some((row, value))),
        })?;
        if let Some((row, value)) = first {
            return Err(misfit(Misfit::Label(value), row));
        }
        let mut values = vec![0.0; count * LENGTH];
        let mut first: Option<(usize, f64)> = None;
        self.each(x, |place, value| {
            values[place] = value as f32;
            if !values[place].is_finite() && first.is_none_or(|(other, _)| place < other) {
                first = Some((place, value));
            }
        })?;
        match first {
            Some((place, value)) => {
                Err(misfit(Misfit::Value(place % LENGTH, value), place / LENGTH))
            }
            None => Ok(Points { values, labels }),
        }
    }

    /// What an array says of itself.
    fn header(&mut self, name: &str) -> Result<Header> {
        let file = format!("{name}.npy");
        if !self.file.has(&file) {
            let mut names: Vec<String> = self.file.names();
            names.sort_unstable();
            let arrays = names.iter().filter_map(|name| name.strip_suffix(".npy"));
            let found = some(&arrays.collect::<Vec<_>>());
            let message = format!(
                "array `{name}` is missing; expected x, y, x_test and y_test, found {found}"
            );
            return Err(Error::content(self.path, message));
        }
        let header = self.file.member(&file).and_then(|mut member| Header::read(&mut member));
        header.map_err(|reason| unusable(self.path, name, &reason))
    }

    /// Hands on all numbers of an array with their places in row-major order.
    fn each(&mut self, name: &str, take: impl FnMut(usize, f64)) -> Result<()> {
        let path = self.path;
        let unusable = |reason: String| unusable(path, name, &reason);
        let mut member = self.file.member(&format!("{name}.npy")).map_err(unusable)?;
        let header = Header::read(&mut member).map_err(unusable)?;
        let left = header.bytes().and_then(|bytes| self.left.checked_sub(bytes));
        self.left = left.ok_or_else(|| unusable("it claims more numbers than fit".to_owned()))?;
        header.each(&mut member, take).map_err(unusable)
    }
}

/// Names in a sentence, of many only the first.
fn some(names: &[&str]) -> String {
    const MOST: usize = 8;
    let short = |name: &&str| name.chars().take(40).collect::<String>();
    let first = names.iter().take(MOST).map(short).collect::<Vec<_>>().join(", ");
    match names.len() {
        0 => "none".to_owned(),
        count if count > MOST => format!("{first} and {} more", count - MOST),
        _ => first,
    }
}

fn unusable(path: &Path, name: &str, reason: &str) -> Error {
    let message = format!(
        "array `{name}` is unusable: {reason}; numpy.asarray(…, dtype=numpy.float32) makes one that \
         can be read"
    );
    Error::content(path, message)
}
