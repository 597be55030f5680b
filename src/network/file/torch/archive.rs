//! The format since PyTorch 1.6: a zip archive with `data.pkl` and a file a storage.

use std::sync::Arc;

use super::super::tensors::{Bytes, Tensors};
use super::contents::contents;
use super::pickle;
use super::storages::{Budget, Source, tensors};
use crate::archive::{Archive, Content};

/// A pickle is this long at most; those of checkpoints are a thousandth of it.
const MOST_PICKLE: u64 = 32 << 20;

/// All tensors of a state dict in an archive, and the names of those of others beside it.
///
/// # Errors
/// What is wrong with the file.
pub(in super::super) fn read(file: &Arc<Vec<u8>>) -> Result<(Tensors, Vec<String>), String> {
    let mut archive = Archive::new(file)?;
    let pickle = pickle_of(&archive)?;
    let folder = pickle.strip_suffix("data.pkl").unwrap_or_default().to_owned();
    let order = format!("{folder}byteorder");
    let big_endian = match archive.has(&order) {
        true => match archive.content(&order, 64)?.of(file) {
            b"big" => true,
            b"little" => false,
            other => {
                let other = crate::error::excerpt(&String::from_utf8_lossy(other));
                return Err(format!("its numbers are in an unknown byte order, {other}"));
            }
        },
        false => false,
    };
    let data = archive.content(&pickle, MOST_PICKLE)?;
    let pickled = pickle::read(data.of(file))?;
    let found = contents(&pickled)?;
    let budget = Budget::of(file.len());
    let mut files = Files { file, archive, folder, big_endian, budget };
    let tensors = tensors(&pickled, found.tensors, file.len(), &mut files)?;
    Ok((tensors, found.aside))
}

/// The name of the pickle that describes the tensors.
fn pickle_of(archive: &Archive<'_>) -> Result<String, String> {
    let names = archive.names();
    let is = |name: &str, end: &str| {
        name.strip_suffix(end).is_some_and(|before| before.is_empty() || before.ends_with('/'))
    };
    if names.iter().any(|name| is(name, "constants.pkl")) {
        return Err("a TorchScript archive (torch.jit.save), not a state dict: save \
                    model.state_dict() with torch.save"
            .to_owned());
    }
    let pickles = names.iter().filter(|name| is(name, "data.pkl"));
    match pickles.min_by_key(|name| name.len()) {
        Some(name) => Ok(name.clone()),
        None if names.iter().any(|name| name.ends_with(".npy")) => {
            Err("a NumPy archive (.npz), not a state dict of PyTorch: write its arrays with \
                 safetensors.numpy.save_file"
                .to_owned())
        }
        None => Err("a zip archive without data.pkl, so not written by torch.save".to_owned()),
    }
}

/// The files of an archive.
struct Files<'a> {
    file: &'a Arc<Vec<u8>>,
    archive: Archive<'a>,
    /// `archive/`, or nothing.
    folder: String,
    big_endian: bool,
    budget: Budget,
}

impl Source for Files<'_> {
    fn storage(&mut self, key: &str) -> Result<Bytes, String> {
        let name = format!("{}data/{key}", self.folder);
        if !self.archive.has(&name) {
            return Err(format!("storage data/{key} is missing in the archive"));
        }
        let content = self.archive.content(&name, self.budget.left())?;
        let bytes = match content {
            Content::Stored(range) => Bytes::part(self.file, range),
            Content::Unpacked(bytes) => Bytes::owned(bytes),
        };
        self.budget.spend(bytes.len() as u64)?;
        Ok(bytes)
    }

    fn big_endian(&self) -> bool {
        self.big_endian
    }
}
