//! The format since PyTorch 1.6: a zip archive with `data.pkl` and a file a storage.

use std::borrow::Cow;
use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::super::tensors::{Tensors, one_line};
use super::contents::contents;
use super::pickle;
use super::storages::{Budget, Source, tensors};

/// Files in an archive at most: a checkpoint has one a tensor.
const MOST_FILES: usize = 20_000;

/// Directories in an archive at most; a sound one has one.
const MOST_DIRECTORIES: usize = 16;

/// A pickle is this long at most; those of checkpoints are a thousandth of it.
const MOST_PICKLE: u64 = 32 << 20;

/// All tensors of a state dict in an archive, and the names of those of others beside it.
///
/// # Errors
/// What is wrong with the file.
pub(in super::super) fn read(bytes: &[u8]) -> Result<(Tensors, Vec<String>), String> {
    let count = |signature: &[u8]| bytes.windows(4).filter(|window| *window == signature).count();
    if count(b"PK\x01\x02") > MOST_FILES || count(b"PK\x05\x06") > MOST_DIRECTORIES {
        return Err("a zip archive of more files than a state dict has tensors".to_owned());
    }
    let archive = ZipArchive::new(Cursor::new(bytes))
        .map_err(|error| format!("a zip archive that is incomplete ({})", one_line(&error)))?;
    let pickle = pickle_of(&archive)?;
    let folder = pickle.strip_suffix("data.pkl").unwrap_or_default().to_owned();
    let mut files = Files { archive, folder, big_endian: false, budget: Budget::of(bytes.len()) };
    files.big_endian = match files.find("byteorder") {
        Some(name) => files.content(&name, 64)?.starts_with(b"big"),
        None => false,
    };
    let data = files.content(&pickle, MOST_PICKLE)?;
    let pickled = pickle::read(&data)?;
    let found = contents(&pickled)?;
    let tensors = tensors(&pickled, found.tensors, bytes.len(), &mut files)?;
    Ok((tensors, found.aside))
}

/// The name of the pickle that describes the tensors.
fn pickle_of(archive: &ZipArchive<Cursor<&[u8]>>) -> Result<String, String> {
    let names = || archive.file_names().flatten();
    let has = |end: &str| names().any(|name| name == end || name.ends_with(&format!("/{end}")));
    let is_pickle = |name: &Cow<'_, str>| name == "data.pkl" || name.ends_with("/data.pkl");
    if has("constants.pkl") {
        return Err("a TorchScript archive (torch.jit.save), not a state dict: save \
                    model.state_dict() with torch.save"
            .to_owned());
    }
    match names().filter(is_pickle).min_by_key(|name| name.len()) {
        Some(name) => Ok(name.into_owned()),
        None if names().any(|name| name.ends_with(".npy")) => {
            Err("a NumPy archive (.npz), not a state dict of PyTorch: write its arrays with \
                 safetensors.numpy.save_file"
                .to_owned())
        }
        None => Err("a zip archive without data.pkl, so not written by torch.save".to_owned()),
    }
}

/// The files of an archive.
struct Files<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// `archive/`, or nothing.
    folder: String,
    big_endian: bool,
    budget: Budget,
}

impl Files<'_> {
    /// The whole name of a file beside the pickle.
    fn find(&self, name: &str) -> Option<String> {
        let name = format!("{}{name}", self.folder);
        self.archive.index_for_name(&name).map(|_| name)
    }

    /// The content of a file up to `most` bytes, its checksum verified.
    fn content(&mut self, name: &str, most: u64) -> Result<Vec<u8>, String> {
        let wrong = |error: &dyn std::fmt::Display| {
            format!("{name} in the archive cannot be read: {}", one_line(error))
        };
        let file = self.archive.by_name(name).map_err(|error| wrong(&error))?;
        let mut content = Vec::new();
        // The checksum is compared at the end of the file.
        file.take(most + 1).read_to_end(&mut content).map_err(|error| wrong(&error))?;
        if content.len() as u64 > most {
            return Err(format!("{name} in the archive is larger than it can be"));
        }
        Ok(content)
    }
}

impl Source for Files<'_> {
    fn storage(&mut self, key: &str) -> Result<Cow<'_, [u8]>, String> {
        let name = self
            .find(&format!("data/{key}"))
            .ok_or_else(|| format!("storage data/{key} is missing in the archive"))?;
        let content = self.content(&name, self.budget.left())?;
        self.budget.spend(content.len() as u64)?;
        Ok(Cow::Owned(content))
    }

    fn big_endian(&self) -> bool {
        self.big_endian
    }
}
