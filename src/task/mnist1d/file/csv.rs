//! CSV files: a line a sequence, the label first.

use std::path::{Path, PathBuf};

use csv::{ReaderBuilder, StringRecord, Trim};

use super::{Dataset, LENGTH, MAX_SEQUENCES, Points};
use crate::error::{Error, Result};
use crate::header::is_name;

/// Columns of a line.
const COLUMNS: usize = 1 + LENGTH;

/// Reads a table that was found at `path`, and the test set from the one that was found beside it or
/// from its last fifth of lines.
pub(super) fn decode(path: &Path, bytes: &[u8], test: Option<&[u8]>) -> Result<Dataset> {
    let mut train = points(path, bytes)?;
    let beside = test_file(path);
    if let Some(test) = test {
        return Ok(Dataset { train, test: points(&beside, test)? });
    }
    let kept = train.len() - train.len() / 5;
    if kept == train.len() {
        return Err(Error::content(
            path,
            format!(
                "{kept} sequences are too few to set a fifth aside for testing; expected 5 or \
                 more, or a test set in {}",
                crate::visible::path(&beside)
            ),
        ));
    }
    let test = Points {
        values: train.values.split_off(kept * LENGTH),
        labels: train.labels.split_off(kept),
    };
    Ok(Dataset { train, test })
}

/// `NAME_test.csv` for `NAME.csv`.
pub(super) fn test_file(path: &Path) -> PathBuf {
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push("_test.");
    name.push(path.extension().unwrap_or_default());
    path.with_file_name(name)
}

fn points(path: &Path, bytes: &[u8]) -> Result<Points> {
    // Spreadsheets put a mark before the first byte of text.
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut lines =
        ReaderBuilder::new().has_headers(false).flexible(true).trim(Trim::All).from_reader(text);

    let mut points = Points::default();
    for (index, record) in lines.records().enumerate() {
        let record = record
            .map_err(|error| Error::content(path, format!("not a CSV file in UTF-8 ({error})")))?;
        if index == 0 && is_heading(&record) {
            continue;
        }
        add(&mut points, &record).map_err(|message| Error::content(path, message))?;
        if points.len() > MAX_SEQUENCES {
            let message = format!("more than {MAX_SEQUENCES} sequences are too many");
            return Err(Error::content(path, message));
        }
    }
    if points.is_empty() {
        let message = format!("no sequences; expected lines of a label and {LENGTH} values");
        return Err(Error::content(path, message));
    }
    Ok(points)
}

/// Whether a first line names its columns, in words or by numbering them from 0; the label may have
/// a name and the values numbers from 0 or 1.
fn is_heading(record: &StringRecord) -> bool {
    let counts = |skipped: usize, from: usize| {
        let fields = record.iter().skip(skipped).enumerate();
        record.len() > 1 && { fields }.all(|(n, field)| *field == (n + from).to_string())
    };
    let labelled = record.get(0).is_some_and(is_name);
    record.iter().all(is_name) || counts(0, 0) || (labelled && (counts(1, 0) || counts(1, 1)))
}

/// Adds a line, or says what is wrong with it.
fn add(points: &mut Points, record: &StringRecord) -> Result<(), String> {
    let line = record.position().map_or(0, |position| position.line());
    if record.len() != COLUMNS {
        return Err(format!(
            "line {line} has {} column{}; expected {COLUMNS} separated by commas, the label and \
             {LENGTH} values",
            record.len(),
            if record.len() == 1 { "" } else { "s" },
        ));
    }
    let mut numbers = Vec::with_capacity(COLUMNS);
    for (column, field) in (1..).zip(record) {
        let number: f64 = field
            .parse()
            .map_err(|_| format!("line {line}, column {column}: `{field}` is not a number"))?;
        numbers.push(number);
    }
    points.push(numbers[0], numbers.into_iter().skip(1)).map_err(|misfit| {
        misfit.describe(&format!("line {line}, column 1"), |step| {
            format!("line {line}, column {}", step + 2)
        })
    })
}
