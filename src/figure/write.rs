//! Files that are there whole or not at all.

use std::io::Write as _;
use std::path::Path;

use crate::error::{Error, Result};

/// The formats a figure can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Pixels.
    Png,
    /// Vectors.
    Svg,
    /// Numbers.
    Csv,
}

impl Format {
    /// All formats, for menus.
    pub const ALL: [Self; 3] = [Self::Png, Self::Svg, Self::Csv];

    /// The usual extension, without a dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Svg => "svg",
            Self::Csv => "csv",
        }
    }

    /// The format that a file's extension asks for, in capitals or not.
    ///
    /// # Errors
    /// [`Error::Content`] naming the extensions that are known.
    pub fn of(path: &Path) -> Result<Self> {
        let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        Self::ALL
            .into_iter()
            .find(|format| format.extension() == extension)
            .ok_or_else(|| Error::content(path, "the name must end in .png, .svg or .csv"))
    }
}

/// Writes a file by way of a temporary one beside it, so that nobody ever sees half of it and a
/// failure leaves an older file as it was. Links are followed; devices and pipes are written to.
///
/// # Errors
/// [`Error::Write`] with the path and what the system said.
pub fn save(path: &Path, bytes: &[u8]) -> Result<()> {
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let special = std::fs::metadata(&target).is_ok_and(|found| !found.is_file());
    let written = if special { std::fs::write(&target, bytes) } else { replace(&target, bytes) };
    written.map_err(|source| Error::Write { path: path.to_owned(), source })
}

fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    // Asked first, because the system's own reason for a missing folder reads best.
    std::fs::metadata(folder)?;
    let mut file = temporary(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// A temporary file with the permissions of an ordinary new file, not the private ones of its kind.
fn temporary(folder: &Path) -> std::io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".rnnscope-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // The umask takes away what the user does not want to give.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    // The error of `tempfile` names its own file, which nobody knows: keep the reason alone.
    builder.tempfile_in(folder).map_err(|error| error.kind().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_decides() {
        assert_eq!(Format::of(Path::new("a/b.PNG")).unwrap(), Format::Png);
        assert_eq!(Format::of(Path::new("b.svg")).unwrap(), Format::Svg);
        let error = Format::of(Path::new("b.jpeg")).unwrap_err().to_string();
        assert_eq!(error, "b.jpeg: the name must end in .png, .svg or .csv");
    }

    #[test]
    fn saving_replaces_the_old_file_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        save(&path, b"long old text").unwrap();
        save(&path, b"new").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_missing_folder_is_one_clear_line_and_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("missing").join("a.png");
        let error = save(&path, b"x").unwrap_err().to_string();
        assert!(error.starts_with("cannot write ") && error.contains("missing/a.png"), "{error}");
        assert!(error.contains("No such file") || cfg!(not(unix)), "{error}");
        assert!(!error.contains('\n') && !path.exists());
    }

    #[test]
    fn a_folder_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        assert!(save(folder.path(), b"x").is_err());
        assert!(folder.path().is_dir());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_a_new_file_is_as_readable_as_any() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let [real, link, plain] = ["real.csv", "link.csv", "plain"].map(|n| folder.path().join(n));
        std::fs::write(&real, "old").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        save(&link, b"new").unwrap();
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(std::fs::read(&real).unwrap(), b"new");
        std::fs::write(&plain, "x").unwrap();
        let mode = |path| std::fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&real), mode(&plain));
    }
}
