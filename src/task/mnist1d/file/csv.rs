//! CSV files: a line a sequence, the label first.

use std::path::{Path, PathBuf};

use super::{Dataset, LENGTH, MAX_SEQUENCES, Points};
use crate::error::{Error, Result, excerpt};
use crate::header::is_name;
use crate::table::{Row, Table};

/// Columns of a line.
const COLUMNS: usize = 1 + LENGTH;

/// The sequences of a table that was found at `path`, and those for testing from the one beside it or
/// from its last fifth.
pub(super) fn split(path: &Path, mut train: Points, test: Option<Points>) -> Result<Dataset> {
    if let Some(test) = test {
        return Ok(Dataset { train, test });
    }
    let beside = test_file(path);
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
pub(in super::super) fn test_file(path: &Path) -> PathBuf {
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push("_test.");
    name.push(path.extension().unwrap_or_default());
    path.with_file_name(name)
}

/// All sequences of a table.
pub(super) fn points(path: &Path, mut table: Table<'_>) -> Result<Points> {
    let mut points = Points::default();
    let mut first = true;
    while let Some(row) = table.row()? {
        if std::mem::take(&mut first) && is_heading(&row) {
            continue;
        }
        add(&mut points, &row).map_err(|message| Error::content(path, message))?;
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
fn is_heading(row: &Row<'_>) -> bool {
    let counts = |skipped: usize, from: usize| {
        let cells = row.cells().skip(skipped).enumerate();
        row.len() > 1 && { cells }.all(|(n, cell)| *cell == (n + from).to_string())
    };
    let labelled = row.cells().next().is_some_and(is_name);
    row.cells().all(is_name) || counts(0, 0) || (labelled && (counts(1, 0) || counts(1, 1)))
}

/// Adds a line, or says what is wrong with it.
fn add(points: &mut Points, row: &Row<'_>) -> Result<(), String> {
    let line = row.line;
    if row.len() != COLUMNS {
        return Err(format!(
            "line {line} has {} column{}; expected {COLUMNS} separated by commas, the label and \
             {LENGTH} values",
            row.len(),
            if row.len() == 1 { "" } else { "s" },
        ));
    }
    let mut numbers = Vec::with_capacity(COLUMNS);
    for (column, cell) in (1..).zip(row.cells()) {
        let number: f64 = cell.parse().map_err(|_| {
            format!("line {line}, column {column}: {} is not a number", excerpt(cell))
        })?;
        numbers.push(number);
    }
    points.push(numbers[0], numbers.into_iter().skip(1)).map_err(|misfit| {
        misfit.describe(&format!("line {line}, column 1"), |step| {
            format!("line {line}, column {}", step + 2)
        })
    })
}
