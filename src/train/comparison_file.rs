//! A comparison in a file, so that it can be kept, shared and run again.

use std::path::Path;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::comparison::Comparison;
use crate::disk;
use crate::error::{Error, Result, one_line};
use crate::ticket::Ticket;
use crate::unique::keys_are_unique;
use crate::visible;

/// The version of the format; other ones are refused.
const VERSION: u32 = 1;

/// Files above this size are no comparisons: 16 contenders take a few kilobytes.
const MAX_BYTES: u64 = 1 << 20;

/// What the file holds. Unknown keys are refused: a setting that is spelt wrongly must not be
/// ignored.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document<C> {
    rnnscope_comparison: u32,
    comparison: C,
}

impl Comparison {
    /// The comparison as the JSON text of a file. Equal comparisons give equal bytes.
    ///
    /// # Errors
    /// [`Error::Session`] for numbers that JSON cannot hold, which no valid comparison has.
    pub fn encode(&self) -> Result<Vec<u8>> {
        self.validate()?;
        let document = Document { rnnscope_comparison: VERSION, comparison: self };
        let mut bytes = serde_json::to_vec_pretty(&document)
            .map_err(|error| Error::Session(error.to_string()))?;
        bytes.push(b'\n');
        Ok(visible::json(bytes))
    }

    /// Reads a comparison that [`Comparison::encode`] wrote.
    ///
    /// # Errors
    /// A file that cannot be read, is no comparison, is from another version, or asks for what
    /// cannot be trained.
    pub fn read(path: &Path) -> Result<Self> {
        Self::decode(path, &disk::read(path, MAX_BYTES, "a saved comparison", &Ticket::new())?)
    }

    /// The bytes of a file as the comparison that [`Comparison::encode`] wrote. The path is for
    /// messages.
    ///
    /// # Errors
    /// As for [`Comparison::read`].
    pub fn decode(path: &Path, bytes: &[u8]) -> Result<Self> {
        let foreign = |error: serde_json::Error| {
            let reason = one_line(&error);
            Error::content(path, format!("not a comparison saved by rnnscope: {reason}"))
        };
        keys_are_unique(bytes).map_err(foreign)?;
        // The version first: others may hold other settings.
        let document: Document<IgnoredAny> = serde_json::from_slice(bytes).map_err(foreign)?;
        if document.rnnscope_comparison != VERSION {
            let found = document.rnnscope_comparison;
            let message = format!("saved in version {found} of the format, this is {VERSION}");
            return Err(Error::content(path, message));
        }
        let Document { comparison, .. }: Document<Self> =
            serde_json::from_slice(bytes).map_err(foreign)?;
        comparison.validate().map_err(|error| Error::content(path, error.to_string()))?;
        Ok(comparison)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::Loss;

    #[test]
    fn what_is_saved_is_read_and_what_is_not_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("comparison.json");
        let saved = Comparison::notebook(Loss::Last);
        let text = String::from_utf8(saved.encode().unwrap()).unwrap();
        std::fs::write(&path, &text).unwrap();
        assert_eq!(Comparison::read(&path).unwrap(), saved);
        let half = text[..text.len() / 2].to_owned();
        for (bad, words) in [
            (text.replace("\"rnnscope_comparison\": 1", "\"rnnscope_comparison\": 7"), "version 7"),
            (text.replace("\"batch\": 32", "\"batch\": 0"), "batch must be 1 to 4096"),
            (text.replace("\"steps\": 5000", "\"steps\": \"many\""), "not a comparison"),
            (half, "not a comparison"),
            ("{}".to_owned(), "not a comparison"),
            (" ".repeat(2 << 20), "too many for a saved comparison"),
            (
                text.replacen("\"batch\": 32", "\"batch\": 32, \"batch\": 8", 1),
                "\"batch\" stands there twice",
            ),
            (
                text.replacen("\"batch\": 32", &format!("\"{}\": 1", "x".repeat(1 << 19)), 1),
                "missing field `batch`",
            ),
        ] {
            assert_ne!(bad, text);
            std::fs::write(&path, bad).unwrap();
            let error = Comparison::read(&path).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
            assert_eq!(error.lines().count(), 1, "{error}");
            assert!(error.len() < 1000, "a message repeats a file");
        }
        assert!(Comparison::read(folder.path()).is_err());
    }
}
