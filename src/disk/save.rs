//! Files that are there whole or not at all.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use tempfile::TempPath;

use super::operation;
use crate::error::{Error, Result};

/// Writes a file by way of a temporary one beside it, so that nobody ever sees half of it and a
/// failure leaves an older file as it was. Links are followed; devices and pipes are written to.
///
/// # Errors
/// [`Error::Write`] with the path and what the system said.
pub fn save(path: &Path, bytes: &[u8]) -> Result<()> {
    save_all(&[(path, bytes)])
}

/// Writes several files, or none: they appear only after every one of them fitted on its disk.
///
/// # Errors
/// [`Error::Write`] with the first path that failed and what the system said.
pub fn save_all(files: &[(&Path, &[u8])]) -> Result<()> {
    let named = |path: &Path| {
        let path = path.to_owned();
        |source| Error::Write { path, source }
    };
    let staged: Vec<Staged> = files
        .iter()
        .map(|(path, bytes)| Staged::new(path, bytes).map_err(named(path)))
        .collect::<Result<_>>()?;
    for ((path, _), file) in files.iter().zip(staged) {
        file.publish().map_err(named(path))?;
    }
    Ok(())
}

/// A file that is complete, but not yet seen under its name.
enum Staged {
    /// A temporary file beside its target; it vanishes unless published.
    Hidden(TempPath, PathBuf),
    /// A device or pipe, which renaming would destroy: it was written directly.
    Direct,
}

impl Staged {
    fn new(path: &Path, bytes: &[u8]) -> std::io::Result<Self> {
        let target = operation::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if operation::metadata(&target).is_ok_and(|found| !found.is_file()) {
            operation::write_direct(&target, bytes)?;
            return Ok(Self::Direct);
        }
        let folder = folder(&target);
        // Asked first, because the system's own reason for a missing folder reads best.
        operation::metadata(folder)?;
        let mut file = temporary(folder)?;
        operation::write(file.as_file_mut(), bytes)?;
        operation::sync(file.as_file())?;
        // Closed: a set of hundreds of files must not use up the handles of the process.
        Ok(Self::Hidden(file.into_temp_path(), target))
    }

    fn publish(self) -> std::io::Result<()> {
        match self {
            Self::Hidden(file, target) => operation::persist(file, &target),
            Self::Direct => Ok(()),
        }
    }
}

/// Refuses a path that could not be written, before any long work is done for it.
///
/// # Errors
/// [`Error::Write`] with what stands in the way.
pub fn check_writable(path: &Path) -> Result<()> {
    let refuse = |kind, why: String| {
        Err(Error::Write { path: path.to_owned(), source: std::io::Error::new(kind, why) })
    };
    let folder = folder(path);
    if !folder.is_dir() {
        let why = format!("there is no folder {}; create it first", folder.display());
        return refuse(ErrorKind::NotFound, why);
    }
    match operation::metadata(path) {
        Ok(found) if found.is_dir() => {
            refuse(ErrorKind::IsADirectory, "it is a folder; name a file in it".into())
        }
        Ok(found) if found.permissions().readonly() => {
            refuse(ErrorKind::PermissionDenied, "it exists and is read-only".into())
        }
        Ok(found) if !found.is_file() => Ok(()),
        // An unnamed file leaves no trace, even if the program is killed right here.
        _ => match operation::create_unnamed(folder) {
            Ok(_) => Ok(()),
            Err(error) => Err(Error::Write { path: path.to_owned(), source: error.kind().into() }),
        },
    }
}

/// The folder a path lies in; a bare file name lies in the current one.
fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
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
    operation::create_temporary(&builder, folder).map_err(|error| error.kind().into())
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn one_bad_path_leaves_no_file_at_all() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let good = folder.path().join("good.csv");
        let bad = folder.path().join("missing").join("bad.csv");
        let files = [(good.as_path(), &b"1"[..]), (bad.as_path(), &b"2"[..])];
        let error = save_all(&files).expect_err("missing folder").to_string();
        assert!(error.contains("bad.csv"), "{error}");
        assert_eq!(std::fs::read_dir(folder.path()).expect("folder").count(), 0);
        assert!(
            check_writable(&bad)
                .expect_err("missing folder")
                .to_string()
                .contains("create it first")
        );
    }

    #[test]
    fn folders_and_read_only_files_are_refused() {
        let folder = tempfile::tempdir().expect("temporary folder");
        assert!(check_writable(folder.path()).is_err());
        let path = folder.path().join("kept.csv");
        std::fs::write(&path, "precious").expect("first");
        let mut permissions = std::fs::metadata(&path).expect("metadata").permissions();
        permissions.set_readonly(true);
        std::fs::set_permissions(&path, permissions).expect("read-only");
        assert!(check_writable(&path).expect_err("read-only").to_string().contains("read-only"));
    }

    #[cfg(unix)]
    #[test]
    fn devices_are_written_not_replaced() {
        let null = PathBuf::from("/dev/null");
        save(&null, b"gone").expect("a device takes bytes");
        assert!(!std::fs::metadata(null).expect("metadata").is_file());
    }
}
