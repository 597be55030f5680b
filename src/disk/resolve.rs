//! Where a path leads, before anything is there.

use std::path::{Path, PathBuf};

use super::operation;

/// The path with all links followed, as far as it exists; the rest stands as it was given.
pub fn resolve(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    for above in path.ancestors() {
        if let Ok(real) = operation::canonicalize(above) {
            return match path.strip_prefix(above) {
                Ok(rest) if !rest.as_os_str().is_empty() => real.join(rest),
                _ => real,
            };
        }
    }
    path
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn two_ways_to_a_file_that_is_not_there_yet_end_in_one_place() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().join("real");
        std::fs::create_dir(&real).unwrap();
        std::os::unix::fs::symlink(&real, folder.path().join("link")).unwrap();
        let by_link = resolve(&folder.path().join("link/new/x.csv"));
        assert_eq!(by_link, resolve(&real.join("new/x.csv")));
        assert!(by_link.ends_with("real/new/x.csv"), "{by_link:?}");
    }
}
