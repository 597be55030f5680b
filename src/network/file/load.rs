//! From a file to its named tensors. What a file is, its first bytes say, not its name.

use std::path::Path;
use std::sync::Arc;

use super::format::Format;
use super::tensors::{Recorded, Tensors};
use super::{safe, torch};
use crate::disk;
use crate::error::{Error, Result};
use crate::frozen::Checksum;
use crate::ticket::Ticket;

/// Files above this size are refused before they are read: the largest network that rnnscope
/// shows (8 LSTM layers of 512 units in f64) takes 130 MB.
const MAX_BYTES: u64 = 1 << 30;

/// What a file holds.
#[derive(Debug)]
pub(super) struct Stored {
    /// Checksum of its bytes.
    pub checksum: Checksum,
    /// All tensors by name.
    pub tensors: Tensors,
    /// What the file says beside them.
    pub recorded: Recorded,
    /// Names of the tensors of other networks in the file, such as the average of this one.
    pub aside: Vec<String>,
}

/// Reads all tensors of a file, its bytes counted on the ticket.
///
/// # Errors
/// A file that cannot be read, is too large, damaged, or of no known format.
pub(super) fn load(path: &Path, ticket: &Ticket) -> Result<Stored> {
    decode(path, disk::read(path, MAX_BYTES, "a network", ticket)?)
}

/// All tensors in the bytes of a file that was found at `path`.
///
/// # Errors
/// As for [`load`], but for reading.
pub(super) fn decode(path: &Path, bytes: Vec<u8>) -> Result<Stored> {
    let bytes = Arc::new(bytes);
    let plain = |(tensors, aside)| (tensors, Recorded::default(), aside);
    let found = match Format::of(&bytes) {
        Format::Safetensors => {
            safe::read(&bytes).map(|(tensors, recorded)| (tensors, recorded, Vec::new()))
        }
        Format::Archive => torch::from_archive(&bytes).map(plain),
        Format::OldTorch => torch::from_old_file(&bytes).map(plain),
        Format::Foreign(what) => Err(format!(
            "{what}; expected .safetensors, or what torch.save(model.state_dict(), ...) writes in \
             PyTorch"
        )),
    };
    let (tensors, recorded, aside) = found.map_err(|message| Error::content(path, message))?;
    Ok(Stored { checksum: Checksum::of(&bytes), tensors, recorded, aside })
}
