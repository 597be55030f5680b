//! Tables in CSV, read row by row: of a file of any size no more than a row is held as text.

use std::path::Path;

use csv_core::{ReadRecordResult, Reader};

use crate::error::{Error, Result, excerpt};

/// Cells of a row at most: no network reads more numbers at a step.
pub(crate) const MOST_COLUMNS: usize = 4096;

/// Bytes of a row at most: each cell of [`MOST_COLUMNS`] written with a hundred digits.
const MOST_BYTES: usize = 512 << 10;

/// Bytes that are asked for at a time.
const PIECE: usize = 64 << 10;

/// A table whose text is asked for piece by piece.
pub(crate) struct Table<'f> {
    /// The file, for messages.
    path: &'f Path,
    feed: Feed<'f>,
    parser: Reader,
    piece: Vec<u8>,
    /// What of the piece was not parsed yet.
    next: usize,
    filled: usize,
    ended: bool,
    /// Line of the next byte, from 1.
    line: u64,
    row: Vec<u8>,
    ends: Vec<usize>,
}

/// Fills a part of its room and says how much; 0 at the end.
pub(crate) type Feed<'f> = Box<dyn FnMut(&mut [u8]) -> Result<usize> + 'f>;

/// A row of a table.
pub(crate) struct Row<'t> {
    /// The line on which it begins, from 1.
    pub(crate) line: u64,
    text: &'t str,
    ends: &'t [usize],
}

impl<'f> Table<'f> {
    /// A table in memory that was found at `path`.
    pub(crate) fn of(path: &'f Path, mut bytes: &'f [u8]) -> Self {
        Self::new(
            path,
            Box::new(move |room: &mut [u8]| {
                let (now, later) = bytes.split_at(room.len().min(bytes.len()));
                room[..now.len()].copy_from_slice(now);
                bytes = later;
                Ok(now.len())
            }),
        )
    }

    /// A table at `path` whose text `feed` gives.
    pub(crate) fn new(path: &'f Path, feed: Feed<'f>) -> Self {
        Self {
            path,
            feed,
            parser: Reader::new(),
            piece: vec![0; PIECE],
            next: 0,
            filled: 0,
            ended: false,
            line: 1,
            row: vec![0; 4 << 10],
            // One more tells a row that has too many.
            ends: vec![0; MOST_COLUMNS + 1],
        }
    }

    /// The next row; lines with nothing at all are passed over.
    ///
    /// # Errors
    /// A row that is too long or no text, and what the feed says.
    pub(crate) fn row(&mut self) -> Result<Option<Row<'_>>> {
        self.pass_blank_lines()?;
        let line = self.line;
        let (mut bytes, mut cells) = (0, 0);
        loop {
            if self.next == self.filled && !self.ended {
                self.fill()?;
            }
            let input = &self.piece[self.next..self.filled];
            let (result, read, written, ended) =
                self.parser.read_record(input, &mut self.row[bytes..], &mut self.ends[cells..]);
            self.line += input[..read].iter().filter(|byte| **byte == b'\n').count() as u64;
            self.next += read;
            bytes += written;
            cells += ended;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if self.row.len() < MOST_BYTES => {
                    self.row.resize(2 * self.row.len(), 0);
                }
                ReadRecordResult::OutputFull => {
                    let start = String::from_utf8_lossy(&self.row[..256]);
                    let start = excerpt(&start);
                    let message = format!(
                        "line {line}: a row of more than {MOST_BYTES} bytes, which begins {start}"
                    );
                    return Err(Error::content(self.path, message));
                }
                ReadRecordResult::OutputEndsFull => {
                    cells = self.ends.len();
                    break;
                }
                ReadRecordResult::Record => break,
                ReadRecordResult::End => return Ok(None),
            }
        }
        if cells > MOST_COLUMNS {
            let message =
                format!("line {line}: more than {MOST_COLUMNS} columns, which no network reads");
            return Err(Error::content(self.path, message));
        }
        let text = std::str::from_utf8(&self.row[..bytes])
            .map_err(|_| Error::content(self.path, format!("line {line}: not a text in UTF-8")))?;
        Ok(Some(Row { line, text, ends: &self.ends[..cells] }))
    }

    /// So that a row is known by the line on which it stands; marks before the first byte are passed
    /// over too.
    fn pass_blank_lines(&mut self) -> Result<()> {
        loop {
            if self.next == self.filled {
                self.fill()?;
            }
            if self.line == 1 && self.piece[self.next..self.filled].starts_with(b"\xef\xbb\xbf") {
                self.next += 3;
                continue;
            }
            match self.piece[self.next..self.filled].first() {
                Some(b'\n') => self.line += 1,
                Some(b'\r') => {}
                _ => return Ok(()),
            }
            self.next += 1;
        }
    }

    fn fill(&mut self) -> Result<()> {
        (self.next, self.filled) = (0, 0);
        // The first bytes together, so that a mark among them is seen.
        while !self.ended && self.filled < 3 {
            let count = (self.feed)(&mut self.piece[self.filled..])?;
            self.ended = count == 0;
            self.filled += count;
        }
        Ok(())
    }
}

impl Row<'_> {
    /// How many cells there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Bytes that it takes in the file, quotes and blanks before it aside.
    pub(crate) fn bytes(&self) -> u64 {
        (self.text.len() + self.ends.len()) as u64
    }

    /// The cells without the blanks around them.
    pub(crate) fn cells(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(self.ends).map(|(start, end)| self.text.get(start..*end).unwrap_or("").trim())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Result<Vec<(u64, Vec<String>)>, String> {
        let mut table = Table::of(Path::new("x.csv"), text.as_bytes());
        let mut rows = Vec::new();
        while let Some(row) = table.row().map_err(|error| error.to_string())? {
            rows.push((row.line, row.cells().map(str::to_owned).collect()));
        }
        Ok(rows)
    }

    #[test]
    fn rows_are_known_by_the_line_on_which_they_stand() {
        let found = rows("\u{feff}a, b\r\n\r\n\n 1 ,\"2\n3\"\n4,5").unwrap();
        let lines: Vec<u64> = found.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [1, 4, 6]);
        assert_eq!(found[0].1, ["a", "b"]);
        assert_eq!(found[1].1, ["1", "2\n3"]);
        assert_eq!(found[2].1, ["4", "5"]);
    }

    #[test]
    fn pieces_may_end_anywhere() {
        let text = "\u{feff}x,\"y \"\"z\"\"\"\r\n0.25,1e-3\n";
        let whole = rows(text).unwrap();
        let mut rest = text.as_bytes();
        let feed = move |room: &mut [u8]| {
            let count = rest.len().min(1);
            room[..count].copy_from_slice(&rest[..count]);
            rest = &rest[count..];
            Ok(count)
        };
        let mut table = Table::new(Path::new("x.csv"), Box::new(feed));
        for (line, cells) in whole {
            let row = table.row().unwrap().unwrap();
            assert_eq!(
                (row.line, row.cells().collect::<Vec<_>>()),
                (line, cells.iter().map(String::as_str).collect())
            );
        }
        assert!(table.row().unwrap().is_none());
    }

    #[test]
    fn a_row_that_never_ends_is_refused_in_a_short_line() {
        let error = rows(&"7".repeat(2 << 20)).unwrap_err();
        assert!(error.starts_with("x.csv: line 1: a row of more than 524288 bytes"), "{error}");
        assert!(error.len() < 200, "{error}");
        let error = rows(&format!("1\n{}", "7,".repeat(5000))).unwrap_err();
        assert_eq!(error, "x.csv: line 2: more than 4096 columns, which no network reads");
        let error = rows(&format!("1\n\"{}", "\n".repeat(2 << 20))).unwrap_err();
        assert!(error.starts_with("x.csv: line 2: a row of more than"), "{error}");
    }
}
