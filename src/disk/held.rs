//! Files that belong to a program that runs: others can tell, also after it was killed.

use std::fs::{File, TryLockError};
use std::path::Path;

use super::operation;

/// A file that others can tell is in use, until this is dropped or the program ends in any way.
#[derive(Debug)]
pub struct Held {
    _file: File,
}

/// Marks a file as in use. None where that cannot be: then it looks as if nobody used it.
pub fn hold(path: &Path) -> Option<Held> {
    let file = operation::open(path).ok()?;
    operation::try_lock(&file).ok()?;
    Some(Held { _file: file })
}

/// Whether a program that runs holds the file.
pub fn is_held(path: &Path) -> bool {
    let Ok(file) = operation::open(path) else { return false };
    matches!(operation::try_lock(&file), Err(TryLockError::WouldBlock))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_held_until_it_is_let_go() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        assert!(!is_held(&path));
        std::fs::write(&path, "x").unwrap();
        assert!(!is_held(&path));
        let held = hold(&path).unwrap();
        assert!(is_held(&path));
        drop(held);
        assert!(!is_held(&path));
    }
}
