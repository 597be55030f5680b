//! Zip archives, as NumPy and PyTorch write them: what they claim is checked before it is believed.

use std::fmt::Display;
use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::read::ZipFile;

/// Files in an archive at most: a checkpoint has one a tensor.
const MOST_FILES: usize = 20_000;

/// Directories in an archive at most; a sound one has one.
const MOST_DIRECTORIES: usize = 16;

/// An archive in memory.
pub(crate) struct Archive<'a>(ZipArchive<Cursor<&'a [u8]>>);

/// A file of an archive. Its checksum is compared when it is read to its end.
pub(crate) type Member<'m, 'a> = ZipFile<'m, Cursor<&'a [u8]>>;

impl<'a> Archive<'a> {
    /// Reads the directory.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn new(bytes: &'a [u8]) -> Result<Self, String> {
        let count =
            |signature: &[u8]| bytes.windows(4).filter(|window| *window == signature).count();
        if count(b"PK\x01\x02") > MOST_FILES || count(b"PK\x05\x06") > MOST_DIRECTORIES {
            return Err(format!("a zip archive of more than {MOST_FILES} files"));
        }
        let zip = ZipArchive::new(Cursor::new(bytes))
            .map_err(|error| format!("a zip archive that is incomplete ({})", line(&error)))?;
        if zip.metadata().has_duplicate_names() {
            return Err("a zip archive with two files of one name".to_owned());
        }
        Ok(Self(zip))
    }

    /// Names of the files that it holds.
    pub(crate) fn names(&self) -> Vec<String> {
        self.0.file_names().flatten().map(|name| name.into_owned()).collect()
    }

    /// Whether it holds a file of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.index_for_name(name).is_some()
    }

    /// A file to be read piece by piece.
    ///
    /// # Errors
    /// One that is missing or packed in a way that is not known.
    pub(crate) fn member(&mut self, name: &str) -> Result<Member<'_, 'a>, String> {
        self.0.by_name(name).map_err(|error| unreadable(name, &error))
    }

    /// The content of a file up to `most` bytes, its checksum verified.
    ///
    /// # Errors
    /// One that is missing, damaged or larger.
    pub(crate) fn content(&mut self, name: &str, most: u64) -> Result<Vec<u8>, String> {
        let file = self.member(name)?;
        let mut content = Vec::new();
        // The checksum is compared at the end of the file.
        file.take(most.saturating_add(1))
            .read_to_end(&mut content)
            .map_err(|error| unreadable(name, &error))?;
        if content.len() as u64 > most {
            return Err(format!("{name} in the archive is larger than it can be"));
        }
        Ok(content)
    }
}

/// Why a file of an archive cannot be read.
pub(crate) fn unreadable(name: &str, error: &dyn Display) -> String {
    format!("{name} in the archive cannot be read: {}", line(error))
}

/// An error of another library, on one line.
fn line(error: &dyn Display) -> String {
    error.to_string().lines().next().unwrap_or_default().trim().to_owned()
}
