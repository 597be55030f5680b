//! Standard output that may be closed early by its reader.

use std::io::{self, ErrorKind, Write};

use super::failure::Failure;

/// Writes all of `bytes`. A reader that left (`| head`) has what it wanted: that is no failure.
///
/// # Errors
/// Anything else that keeps standard output from taking the bytes, such as a full disk.
pub(super) fn print(bytes: &[u8]) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::input(format!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}
