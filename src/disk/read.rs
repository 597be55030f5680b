//! Reading: regular files only, of bounded size, in pieces between which it can be stopped.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::operation;
use crate::error::{Error, Result};
use crate::ticket::Ticket;

/// Bytes between two looks at the ticket.
const PIECE: usize = 1 << 20;

/// A regular file open for reading. It gives at most the bytes it had when it was opened, so that a
/// file that grows meanwhile cannot be read for ever.
#[derive(Debug)]
pub struct Source {
    path: PathBuf,
    file: File,
    size: u64,
    left: u64,
}

impl Source {
    /// Opens a file. `what` it is to hold goes into the refusal of a larger one than `most` bytes:
    /// "a sequence", "a network".
    ///
    /// # Errors
    /// [`Error::Read`] with what the system said; [`Error::Content`] for a folder, a pipe or a device,
    /// which could keep rnnscope waiting for ever, and for a file of more than `most` bytes.
    pub fn open(path: &Path, most: u64, what: &str) -> Result<Self> {
        let unreadable = |source| Error::Read { path: path.to_owned(), source };
        // Asked before it is opened: opening a pipe waits for somebody to write.
        let found = operation::metadata(path).map_err(unreadable)?;
        if !found.is_file() {
            let kind = if found.is_dir() { "a folder" } else { "a pipe or a device" };
            return Err(Error::content(
                path,
                format!("this is {kind}; give a regular file with {what}"),
            ));
        }
        let file = operation::open(path).map_err(unreadable)?;
        let size = operation::metadata_of(&file).map_err(unreadable)?.len();
        if size > most {
            return Err(Error::content(
                path,
                format!("{size} bytes are too many for {what}; at most {most} are read"),
            ));
        }
        Ok(Self { path: path.to_owned(), file, size, left: size })
    }

    /// Bytes of the whole file.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// All that is left, in a buffer of exactly that size. Counts bytes on the ticket.
    ///
    /// # Errors
    /// What the system says, [`Error::Cancelled`] when the ticket is.
    pub fn read_all(mut self, ticket: &Ticket) -> Result<Vec<u8>> {
        ticket.expect_steps(self.left);
        let mut bytes = vec![0; usize::try_from(self.left).unwrap_or(usize::MAX)];
        let mut filled = 0;
        while filled < bytes.len() {
            let end = bytes.len().min(filled + PIECE);
            match self.piece(&mut bytes[filled..end], ticket)? {
                0 => break,
                count => filled += count,
            }
        }
        bytes.truncate(filled);
        Ok(bytes)
    }

    /// The next bytes, counted on the ticket; 0 at the end. Whoever reads so says on the ticket how
    /// many there are.
    ///
    /// # Errors
    /// What the system says, [`Error::Cancelled`] when the ticket is.
    pub fn piece(&mut self, buffer: &mut [u8], ticket: &Ticket) -> Result<usize> {
        loop {
            match Read::read(self, buffer) {
                Ok(count) => {
                    ticket.advance(count as u64)?;
                    return Ok(count);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(source) => return Err(Error::Read { path: self.path.clone(), source }),
            }
        }
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        if most == 0 {
            return Ok(0);
        }
        let count = operation::read(&mut self.file, &mut buffer[..most])?;
        self.left -= count as u64;
        Ok(count)
    }
}

/// All bytes of a file; see [`Source::open`] and [`Source::read_all`].
///
/// # Errors
/// As for those.
pub fn read(path: &Path, most: u64, what: &str, ticket: &Ticket) -> Result<Vec<u8>> {
    Source::open(path, most, what)?.read_all(ticket)
}

/// A file as text in UTF-8, without a byte order mark.
///
/// # Errors
/// As for [`read`], and [`Error::Content`] for bytes that are no text.
pub fn read_text(path: &Path, most: u64, what: &str, ticket: &Ticket) -> Result<String> {
    let mut bytes = read(path, most, what, ticket)?;
    if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.drain(..3);
    }
    String::from_utf8(bytes)
        .map_err(|_| Error::content(path, format!("not a text in UTF-8; expected {what}")))
}

/// What the system says of itself in a file that has no size, such as `/proc/self/status`.
pub fn system_text(path: &Path) -> Option<String> {
    /// Far more than any of them says.
    const MOST: usize = 1 << 18;
    let mut file = operation::open(path).ok()?;
    String::from_utf8(upto(&mut file, MOST).ok()?).ok()
}

/// What is left of a file, or the first so many bytes of it.
pub(super) fn upto(file: &mut File, most: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; most];
    let mut filled = 0;
    while filled < most {
        match operation::read(file, &mut bytes[filled..])? {
            0 => break,
            count => filled += count,
        }
    }
    bytes.truncate(filled);
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_whole_and_a_larger_one_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        std::fs::write(&path, vec![7; 3 << 20]).unwrap();
        let ticket = Ticket::new();
        assert_eq!(read(&path, 3 << 20, "a test", &ticket).unwrap(), vec![7; 3 << 20]);
        assert_eq!(ticket.progress(), Some(1.0));
        let error = read(&path, 100, "a test", &ticket).unwrap_err().to_string();
        assert!(error.ends_with("3145728 bytes are too many for a test; at most 100 are read"));
        ticket.cancel();
        assert!(matches!(read(&path, 3 << 20, "a test", &ticket), Err(Error::Cancelled)));
    }

    #[test]
    fn folders_and_devices_are_refused_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let ticket = Ticket::new();
        let error = read(folder.path(), 9, "a test", &ticket).unwrap_err().to_string();
        assert!(error.ends_with("this is a folder; give a regular file with a test"), "{error}");
        if cfg!(unix) {
            let error = read(Path::new("/dev/zero"), 9, "a test", &ticket).unwrap_err();
            assert!(error.to_string().contains("a pipe or a device"), "{error}");
        }
    }
}
