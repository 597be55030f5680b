//! Standard output that may be closed early by its reader.

use std::io::{self, ErrorKind, Write};

use super::failure::Failure;
use crate::visible;

/// Writes a text, of whatever is in it, with all that is hidden written out: terminals obey escape
/// sequences in names, too. Line ends stay.
///
/// A reader that left (`| head`) has what it wanted: that is no failure.
///
/// # Errors
/// Anything else that keeps standard output from taking the bytes, such as a full disk.
pub(super) fn print(bytes: &[u8]) -> Result<(), Failure> {
    write(visible::lines(&String::from_utf8_lossy(bytes)).as_bytes())
}

/// The same for a text of our own with colours for a terminal.
///
/// # Errors
/// As for [`print()`].
pub(super) fn print_styled(text: &str) -> Result<(), Failure> {
    write(text.as_bytes())
}

fn write(bytes: &[u8]) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::input(format!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}
