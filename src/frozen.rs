//! What a file held when it was opened: told by its checksum, and kept as long as anybody needs it.
//!
//! A path says where a file was; only its content says what was measured. Settings that name a file
//! therefore carry a [`Frozen`] beside the path: two are equal if the contents are, whatever happened
//! on disk since. What is saved is the checksum alone; see [`Frozen::verify`] for what follows.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

/// SHA-256 of the bytes of a file, as 64 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Checksum(String);

impl Checksum {
    /// The checksum of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        let mut sum = Sum::default();
        sum.add(bytes);
        sum.finish()
    }
}

/// A checksum of bytes that come piece by piece.
#[derive(Default)]
pub(crate) struct Sum(Sha256);

impl Sum {
    /// Adds the next bytes.
    pub(crate) fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The checksum of all of them.
    pub(crate) fn finish(self) -> Checksum {
        Checksum(self.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The content of a file: its checksum and, unless it comes from saved settings, what was read.
pub struct Frozen<T> {
    checksum: Checksum,
    held: Option<Arc<T>>,
}

impl<T> Frozen<T> {
    /// What was just read from bytes with this checksum.
    pub fn new(checksum: Checksum, held: Arc<T>) -> Self {
        Self { checksum, held: Some(held) }
    }

    /// The checksum of the file.
    pub fn checksum(&self) -> &Checksum {
        &self.checksum
    }

    /// What was read, if it is still at hand.
    pub fn held(&self) -> Option<&Arc<T>> {
        self.held.as_ref()
    }

    /// Lets go of what was read; the checksum stays, and with it what it is equal to.
    pub fn let_go(&mut self) {
        self.held = None;
    }

    /// Whether a file read again from `path` is the one that was frozen.
    ///
    /// # Errors
    /// [`Error::Content`] if it is another.
    pub fn verify(&self, path: &Path, found: &Checksum) -> Result<()> {
        if *found == self.checksum {
            return Ok(());
        }
        Err(Error::content(path, "the file has changed since it was opened: open it again"))
    }
}

impl<T> Clone for Frozen<T> {
    fn clone(&self) -> Self {
        Self { checksum: self.checksum.clone(), held: self.held.clone() }
    }
}

impl<T> PartialEq for Frozen<T> {
    fn eq(&self, other: &Self) -> bool {
        self.checksum == other.checksum
    }
}

impl<T> Eq for Frozen<T> {}

impl<T> fmt::Debug for Frozen<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Frozen({})", self.checksum)
    }
}

impl<T> Serialize for Frozen<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        self.checksum.serialize(serializer)
    }
}

impl<'de, T> Deserialize<'de> for Frozen<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        Ok(Self { checksum: Checksum::deserialize(deserializer)?, held: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_sha_256() {
        // NIST's example for "abc".
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Checksum::of(b"abc").to_string(), expected);
    }

    #[test]
    fn content_decides_what_is_equal_and_what_has_changed() {
        let frozen = |bytes: &[u8]| Frozen::new(Checksum::of(bytes), Arc::new(bytes.to_vec()));
        let (one, same, other) = (frozen(b"1"), frozen(b"1"), frozen(b"2"));
        assert!(one == same && one != other);
        assert!(one.verify(Path::new("x"), same.checksum()).is_ok());
        let error = one.verify(Path::new("x.pt"), other.checksum()).unwrap_err().to_string();
        assert_eq!(error, "x.pt: the file has changed since it was opened: open it again");
    }

    #[test]
    fn saving_keeps_the_checksum_alone() {
        let frozen = Frozen::new(Checksum::of(b"1"), Arc::new(()));
        let text = serde_json::to_string(&frozen).unwrap();
        let read: Frozen<()> = serde_json::from_str(&text).unwrap();
        assert!(read == frozen && read.held().is_none());
    }
}
