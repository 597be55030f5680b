//! CSV files with an input sequence: a row a step, a column a feature.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::question::Input;
use crate::disk::Source;
use crate::error::{Error, Result, excerpt};
use crate::frozen::{Checksum, Frozen, Sum};
use crate::header::is_name;
use crate::table::Table;
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
    /// Columns.
    width: usize,
    /// Finite numbers, a row a step, at least one.
    values: Vec<f64>,
}

impl Rows {
    /// Memory that its numbers take, in bytes.
    pub fn bytes(&self) -> usize {
        size_of_val(self.values.as_slice())
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
    let mut source = Source::open(path, MAX_BYTES, "a sequence")?;
    let size = source.size();
    ticket.expect_steps(size);
    let mut sum = Sum::default();
    let feed = |room: &mut [u8]| {
        let count = source.piece(room, ticket)?;
        sum.add(&room[..count]);
        Ok(count)
    };
    let rows = Rows::parse(path, Table::new(path, Box::new(feed)), size)?;
    Ok((sum.finish(), rows))
}

impl Rows {
    /// Numbers of a file at most, 128 MiB: every measurement copies them several times.
    const MOST_NUMBERS: usize = 1 << 24;

    /// The bytes of a CSV file as a sequence. A first row in which every cell is clearly a name is a
    /// header. The path is for messages.
    ///
    /// # Errors
    /// What holds no numbers, with the line, and more than can be measured.
    pub fn decode(path: &Path, bytes: &[u8]) -> Result<Self> {
        Self::parse(path, Table::of(path, bytes), bytes.len() as u64)
    }

    /// Steps.
    pub fn steps(&self) -> usize {
        self.values.len() / self.width
    }

    /// Features of a step.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The numbers of a step, from 0.
    pub fn step(&self, step: usize) -> &[f64] {
        &self.values[step * self.width..][..self.width]
    }

    /// All rows of a table of so many bytes.
    fn parse(path: &Path, mut table: Table<'_>, size: u64) -> Result<Self> {
        let wrong = |message: String| Err(Error::content(path, message));
        let mut found = Self { header: None, width: 0, values: Vec::new() };
        let mut first = true;
        while let Some(row) = table.row()? {
            let begins = std::mem::take(&mut first);
            if begins && row.cells().all(is_name) {
                found.header = Some(row.cells().map(str::to_owned).collect());
                continue;
            }
            let line = row.line;
            if found.width == 0 {
                found.width = row.len();
                // Rows are much alike: room for all of them at once, and no more than there may be.
                let rows = size / row.bytes().max(1) + 1;
                let rows = usize::try_from(rows).unwrap_or(usize::MAX).min(Input::MAX_LENGTH);
                found.values.reserve_exact((rows * row.len()).min(Self::MOST_NUMBERS));
            }
            for cell in row.cells() {
                match cell.parse() {
                    Ok(value) if f64::is_finite(value) => found.values.push(value),
                    _ => {
                        let hint =
                            if begins { " (a header has a name in every column)" } else { "" };
                        let cell = excerpt(cell);
                        return wrong(format!("line {line}: {cell} is not a finite number{hint}"));
                    }
                }
            }
            let names = found.header.as_ref().map(Vec::len);
            let count = row.len();
            if let Some(names) = names.filter(|names| *names != found.width) {
                return wrong(format!(
                    "line {line}: {count} columns, but the header names {names}"
                ));
            }
            if count != found.width {
                let width = found.width;
                return wrong(format!("line {line}: {count} columns, expected {width} as above"));
            }
            if found.steps() > Input::MAX_LENGTH {
                let most = Input::MAX_LENGTH;
                return wrong(format!(
                    "line {line}: more than {most} steps, the most that is measured"
                ));
            }
            if found.values.len() > Self::MOST_NUMBERS {
                let most = Self::MOST_NUMBERS;
                return wrong(format!(
                    "line {line}: more than {most} numbers, the most that is measured"
                ));
            }
        }
        if found.values.is_empty() {
            return wrong("holds no numbers: expected a row a step".to_owned());
        }
        found.values.shrink_to_fit();
        Ok(found)
    }
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
        let rows = csv("\u{feff}price, volume\r\n1.5, 2\r\n-3e-1,4\r\n").unwrap();
        assert_eq!((rows.steps(), rows.width()), (2, 2));
        assert_eq!((rows.step(0), rows.step(1)), (&[1.5, 2.0][..], &[-0.3, 4.0][..]));
        assert_eq!(rows.header.unwrap(), ["price", "volume"]);
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
            ("1\n\n\nx\n", "line 4: \"x\" is not a finite number"),
            (&"1\n".repeat(100_001), "line 100001: more than 100000 steps"),
            (&format!("1\n{}\n", "y".repeat(300_000)), "y\"… is not a finite number"),
        ] {
            let error = csv(text).unwrap_err().to_string();
            assert!(error.contains(reason) && error.len() < 300, "{error}");
        }
    }
}
