//! Zip archives, as NumPy and PyTorch write them: what they claim is checked before it is believed.

use std::fmt::Display;
use std::io::{Cursor, Read};
use std::ops::Range;

use memchr::memmem;
use zip::read::ZipFile;
use zip::{CompressionMethod, ZipArchive};

use crate::error::one_line;

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
        let more = |signature: &[u8], most| memmem::find_iter(bytes, signature).nth(most).is_some();
        if more(b"PK\x01\x02", MOST_FILES) || more(b"PK\x05\x06", MOST_DIRECTORIES) {
            return Err(format!("a zip archive of more than {MOST_FILES} files"));
        }
        if claims_too_much(bytes) {
            return Err("a zip archive whose directory lies beyond its end".to_owned());
        }
        let zip = ZipArchive::new(Cursor::new(bytes))
            .map_err(|error| format!("a zip archive that is incomplete ({})", one_line(&error)))?;
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
    pub(crate) fn content(&mut self, name: &str, most: u64) -> Result<Content, String> {
        let mut file = self.member(name)?;
        let size = file.size();
        if size > most {
            return Err(format!("{name} in the archive is larger than it can be"));
        }
        if file.compression() == CompressionMethod::Stored
            && let Some(start) = file.data_start().and_then(|start| usize::try_from(start).ok())
        {
            // The checksum is compared at the end of the file.
            let read = std::io::copy(&mut file, &mut std::io::sink());
            let read = read.map_err(|error| unreadable(name, &error))?;
            if read != size {
                return Err(format!("{name} in the archive is cut short"));
            }
            return Ok(Content::Stored(start..start + read as usize));
        }
        let mut content = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
        file.take(size + 1).read_to_end(&mut content).map_err(|error| unreadable(name, &error))?;
        if content.len() as u64 != size {
            return Err(format!("{name} in the archive has another size than it claims"));
        }
        Ok(Content::Unpacked(content))
    }
}

/// The content of a file of an archive.
pub(crate) enum Content {
    /// Where it stands in the archive.
    Stored(Range<usize>),
    /// It was compressed.
    Unpacked(Vec<u8>),
}

impl Content {
    /// Its bytes, given those of the archive.
    pub(crate) fn of<'c>(&'c self, archive: &'c [u8]) -> &'c [u8] {
        match self {
            Self::Stored(range) => &archive[range.clone()],
            Self::Unpacked(bytes) => bytes,
        }
    }
}

/// Whether a 64-bit end of directory names places or counts that no archive of this size has. Room is
/// made for as many files as it claims, before they are looked for.
fn claims_too_much(bytes: &[u8]) -> bool {
    let number = |at: usize| {
        let bytes = bytes.get(at..at + 8).and_then(|bytes| bytes.try_into().ok());
        bytes.map_or(0, u64::from_le_bytes)
    };
    // Files on this disk, files, bytes of the directory and where it starts.
    let beyond = |at: usize| {
        // Else it is no such record, but numbers that look like its beginning.
        number(at + 4) >= 44
            && number(at + 4) <= bytes.len() as u64
            && (number(at + 24) > MOST_FILES as u64
                || number(at + 32) > MOST_FILES as u64
                || number(at + 40).saturating_add(number(at + 48)) > bytes.len() as u64)
    };
    memmem::find_iter(bytes, b"PK\x06\x06").any(beyond)
}

/// Why a file of an archive cannot be read.
pub(crate) fn unreadable(name: &str, error: &dyn Display) -> String {
    format!("{name} in the archive cannot be read: {}", one_line(error))
}
