//! Networks that were opened in Explore, as files of their own: a restart reads them again.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use crate::disk::{contents, create_folder, remove, save, stamp, touch};
use crate::error::Result;

/// Most files that are kept, and their bytes together.
const MOST: (usize, u64) = (200, 500_000_000);

/// The folder of these networks. It keeps the newest of them, and all that Explore names.
#[derive(Debug)]
pub struct Shelf {
    /// The folder.
    pub folder: PathBuf,
    /// Files that Explore names.
    pub in_use: Vec<PathBuf>,
}

impl Shelf {
    /// Writes a network under a name that no other network gets, so that a pinned one stays what it
    /// is.
    ///
    /// # Errors
    /// What the system says.
    pub fn keep(&self, name: &str, bytes: &[u8]) -> Result<PathBuf> {
        create_folder(&self.folder)?;
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        let name = format!("{name}-{:08x}.safetensors", hasher.finish() as u32);
        let path = self.folder.join(name);
        save(&path, bytes)?;
        Ok(path)
    }

    /// Removes the oldest networks beyond what is kept, but none in use and none of `new`.
    pub fn make_room(&self, new: &[Option<&PathBuf>]) {
        self.make_room_for(new, MOST);
    }

    fn make_room_for(&self, new: &[Option<&PathBuf>], (most_files, most_bytes): (usize, u64)) {
        // What is in use is among the newest, for other windows, too.
        for path in self.in_use.iter().filter(|path| path.parent() == Some(&self.folder)) {
            // One that is gone cannot be kept.
            let _ = touch(path);
        }
        let network = |path: &PathBuf| path.extension().is_some_and(|kind| kind == "safetensors");
        let mut files: Vec<_> = contents(&self.folder).unwrap_or_default();
        files.retain(network);
        let mut files: Vec<_> =
            files.into_iter().filter_map(|path| Some((stamp(&path)?, path))).collect();
        files.sort();
        let mut count = files.len();
        let mut bytes: u64 = files.iter().map(|((_, size), _)| size).sum();
        let wanted = |path: &Path| {
            let mut wanted = self.in_use.iter().chain(new.iter().copied().flatten());
            wanted.any(|other| other == path)
        };
        for ((_, size), path) in files.iter().filter(|(_, path)| !wanted(path)) {
            if count <= most_files && bytes <= most_bytes {
                break;
            }
            // One that cannot be removed now is the first the next time.
            if remove(path).is_ok() {
                count -= 1;
                bytes -= size;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_stay_and_those_in_use() {
        let folder = tempfile::tempdir().unwrap();
        let mut shelf = Shelf { folder: folder.path().join("networks"), in_use: Vec::new() };
        let mut paths = Vec::new();
        for number in 0..7_u8 {
            let path = shelf.keep("lstm-step-5", &[number; 100]).unwrap();
            let file = std::fs::File::options().append(true).open(&path).unwrap();
            let age = std::time::Duration::from_secs(1000 - u64::from(number));
            file.set_modified(std::time::SystemTime::now() - age).unwrap();
            paths.push(path);
        }
        let mine = shelf.folder.join("notes.txt");
        std::fs::write(&mine, "not a network").unwrap();
        let left = |paths: &[PathBuf]| -> Vec<usize> {
            (0..paths.len()).filter(|index| paths[*index].exists()).collect()
        };
        shelf.in_use = vec![paths[1].clone()];
        shelf.make_room_for(&[Some(&paths[0]), None], (5, 1 << 20));
        assert_eq!(left(&paths), [0, 1, 4, 5, 6], "two had to go");
        shelf.in_use.clear();
        shelf.make_room_for(&[None, None], (5, 250));
        assert_eq!(left(&paths), [1, 6], "what was in use is new");
        assert!(mine.exists());
        shelf.make_room(&[None, None]);
        assert_eq!(left(&paths), [1, 6]);
    }
}
