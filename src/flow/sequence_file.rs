//! CSV files with an input sequence: a row a step, a column a feature.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::disk;
use crate::error::{Error, Result};
use crate::frozen::{Checksum, Frozen};
use crate::header::is_name;
use crate::ticket::Ticket;

/// Files above this size are refused before they are read.
const MAX_BYTES: u64 = 256 << 20;

/// A file with one sequence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Written")]
pub struct SequenceFile {
    /// The file.
    #[serde(with = "crate::path_text")]
    pub path: PathBuf,
    /// What it held when it was opened; `None` reads whatever it holds now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<Frozen<Rows>>,
}

/// How a file stands in settings: by its path alone until 0.1.0.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Path(#[serde(with = "crate::path_text")] PathBuf),
    File {
        #[serde(with = "crate::path_text")]
        path: PathBuf,
        #[serde(default)]
        content: Option<Frozen<Rows>>,
    },
}

/// What a file with a sequence holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    /// Names of the columns, where the file begins with them; that row is no step.
    pub header: Option<Vec<String>>,
    /// Finite numbers, a row a step, all of the same width, at least one.
    pub rows: Vec<Vec<f64>>,
}

impl Rows {
    /// Memory that its numbers take, in bytes, about.
    pub fn bytes(&self) -> usize {
        let row = |row: &Vec<f64>| size_of::<Vec<f64>>() + size_of_val(row.as_slice());
        self.rows.iter().map(row).sum()
    }
}

impl SequenceFile {
    /// A file by its path, whatever it holds.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), content: None }
    }

    /// The same with what the file holds now.
    ///
    /// # Errors
    /// As for [`SequenceFile::rows`].
    pub fn open(path: impl Into<PathBuf>) -> Result<Self> {
        Self::open_with(path, &Ticket::new())
    }

    /// As [`SequenceFile::open`], but can be watched and stopped: bytes are counted on the ticket.
    ///
    /// # Errors
    /// As for [`SequenceFile::rows`], and [`Error::Cancelled`].
    pub fn open_with(path: impl Into<PathBuf>, ticket: &Ticket) -> Result<Self> {
        let path = path.into();
        let (checksum, rows) = read(&path, ticket)?;
        Ok(Self { path, content: Some(Frozen::new(checksum, Arc::new(rows))) })
    }

    /// What the file held when it was opened.
    ///
    /// # Errors
    /// A file that cannot be read, holds no numbers, or has changed since.
    pub fn rows(&self) -> Result<Arc<Rows>> {
        let Self { path, content } = self;
        if let Some(held) = content.as_ref().and_then(Frozen::held) {
            return Ok(Arc::clone(held));
        }
        let (checksum, rows) = read(path, &Ticket::new())?;
        if let Some(content) = content {
            content.verify(path, &checksum)?;
        }
        Ok(Arc::new(rows))
    }

    /// The row that was skipped as a header, if there was one and the file is at hand.
    pub fn header(&self) -> Option<&[String]> {
        self.content.as_ref()?.held()?.header.as_deref()
    }
}

impl From<Written> for SequenceFile {
    fn from(written: Written) -> Self {
        match written {
            Written::Path(path) => Self { path, content: None },
            Written::File { path, content } => Self { path, content },
        }
    }
}

impl From<&str> for SequenceFile {
    fn from(path: &str) -> Self {
        Self::new(path)
    }
}

fn read(path: &Path, ticket: &Ticket) -> Result<(Checksum, Rows)> {
    let bytes = disk::read(path, MAX_BYTES, "a sequence", ticket)?;
    Ok((Checksum::of(&bytes), Rows::decode(path, &bytes)?))
}

impl Rows {
    /// The bytes of a CSV file as a sequence. A first row in which every cell is clearly a name is a
    /// header. The path is for messages.
    ///
    /// # Errors
    /// What holds no numbers, with the line.
    pub fn decode(path: &Path, bytes: &[u8]) -> Result<Self> {
        rows(path, bytes)
    }
}

fn rows(path: &Path, bytes: &[u8]) -> Result<Rows> {
    let text = std::str::from_utf8(bytes)
        .map_err(|_| Error::content(path, "not a text file: expected CSV in UTF-8"))?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let mut header = None;
    let mut rows: Vec<Vec<f64>> = Vec::new();
    for (index, record) in reader.records().enumerate() {
        let record = record.map_err(|error| Error::content(path, error.to_string()))?;
        let line = record.position().map_or(index as u64 + 1, csv::Position::line);
        if index == 0 && record.iter().all(is_name) {
            header = Some(record.iter().map(str::to_owned).collect::<Vec<_>>());
            continue;
        }
        let row = numbers(&record).map_err(|cell| {
            let hint = if index == 0 { " (a header has a name in every column)" } else { "" };
            Error::content(path, format!("line {line}: {cell:?} is not a finite number{hint}"))
        })?;
        let names = header.as_ref().map(Vec::len);
        if rows.is_empty()
            && let Some(expected) = names.filter(|names| *names != row.len())
        {
            let found = row.len();
            let message = format!("line {line}: {found} columns, but the header names {expected}");
            return Err(Error::content(path, message));
        }
        if let Some(first) = rows.first()
            && first.len() != row.len()
        {
            let (found, expected) = (row.len(), first.len());
            let message = format!("line {line}: {found} columns, expected {expected} as above");
            return Err(Error::content(path, message));
        }
        rows.push(row);
    }
    if rows.is_empty() {
        return Err(Error::content(path, "holds no numbers: expected a row a step"));
    }
    Ok(Rows { header, rows })
}

/// The cells as finite numbers, or the first that is none.
fn numbers(record: &csv::StringRecord) -> std::result::Result<Vec<f64>, String> {
    record
        .iter()
        .map(|cell| {
            cell.parse().ok().filter(|value: &f64| value.is_finite()).ok_or_else(|| cell.to_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn csv(text: &str) -> Result<Rows> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.csv");
        std::fs::write(&path, text).unwrap();
        Ok(read(&path, &Ticket::new())?.1)
    }

    #[test]
    fn a_header_and_windows_line_ends_are_read() {
        let Rows { header, rows } = csv("\u{feff}price, volume\r\n1.5, 2\r\n-3e-1,4\r\n").unwrap();
        assert_eq!(rows, [[1.5, 2.0], [-0.3, 4.0]]);
        assert_eq!(header.unwrap(), ["price", "volume"]);
        assert_eq!(csv("1\n2\n").unwrap().header, None);
    }

    #[test]
    fn a_mistyped_first_row_is_no_header() {
        for cell in
            ["0.5x", "1e", "-", "", "nan", "NA", "N/A", "inf", "O.5", "l.5", "+", ".", "2nd", "#1"]
        {
            let error = csv(&format!("\"{cell}\"\n1\n2\n")).unwrap_err().to_string();
            let words = format!("line 1: {cell:?} is not a finite number (a header has a name");
            assert!(error.contains(&words), "{cell:?}: {error}");
        }
        let error = csv("\"1,5\",\"2,5\"\n1,2\n").unwrap_err().to_string();
        assert!(error.contains("line 1: \"1,5\" is not a finite number"), "{error}");
        let error = csv("price,2\n1,2\n").unwrap_err().to_string();
        assert!(error.contains("line 1: \"price\" is not a finite number"), "{error}");
        for cell in ["x1", "price (USD)", "_", "σ", "e", "l0", "h.0 of a unit"] {
            assert!(csv(&format!("{cell}\n1\n")).unwrap().header.is_some(), "{cell}");
        }
        let error = csv("a,b\n1\n").unwrap_err().to_string();
        assert!(error.contains("line 2: 1 columns, but the header names 2"), "{error}");
    }

    #[test]
    fn bad_files_name_line_and_reason() {
        for (text, reason) in [
            ("1\n2\nx\n", "line 3: \"x\" is not a finite number"),
            ("1,2\n3\n", "line 2: 1 columns, expected 2 as above"),
            ("1\nnan\n", "line 2: \"nan\" is not a finite number"),
            ("", "holds no numbers"),
            ("a,b\n", "holds no numbers"),
        ] {
            let error = csv(text).unwrap_err().to_string();
            assert!(error.contains(reason), "{text:?}: {error}");
        }
    }
}
