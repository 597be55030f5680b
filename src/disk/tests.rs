//! What saving does to files, folders, links, devices and names.

use std::path::{Path, PathBuf};

use super::{check_writable, same_file, save, save_all};

#[test]
fn saving_replaces_the_old_file_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    save(&path, b"long old text").unwrap();
    save(&path, b"new").unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"new");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

/// What is said of a path that cannot be written, by saving and by checking.
fn refusals(path: &Path) -> [String; 2] {
    let saved = save(path, b"x").unwrap_err().to_string();
    let checked = check_writable(path).unwrap_err().to_string();
    for text in [&saved, &checked] {
        assert!(text.starts_with(&format!("cannot write {}: ", path.display())), "{text}");
        assert!(!text.contains(".rnnscope") && !text.contains('\n'), "{text}");
    }
    [saved, checked]
}

#[test]
fn a_missing_folder_is_one_clear_line_and_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missing").join("a.png");
    let [saved, checked] = refusals(&path);
    assert!(saved.contains("No such file") || cfg!(not(unix)), "{saved}");
    assert!(checked.contains("create it first"), "{checked}");
    assert!(!path.exists());
}

#[test]
fn folders_and_what_only_folders_are_called_are_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let named = |name: &str| PathBuf::from(format!("{}/{name}", folder.path().display()));
    for name in ["", "new.csv/", "..", ".", "missing/.."] {
        let [saved, checked] = refusals(&named(name));
        assert!(saved.contains("name a file in it") || name == "missing/..", "{name}: {saved}");
        assert!(!checked.is_empty());
    }
    let [saved, _] = refusals(Path::new(""));
    assert!(saved.ends_with("the name is empty; name a file"), "{saved}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_path_below_a_file_names_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.csv");
    std::fs::write(&file, "precious").unwrap();
    for below in ["y.csv", "z/y.csv"] {
        let [_, checked] = refusals(&file.join(below));
        let expected = format!("{} is a file, not a folder", file.display());
        assert!(checked.ends_with(&expected) || cfg!(not(unix)), "{checked}");
    }
    assert_eq!(std::fs::read(&file).unwrap(), b"precious");
}

#[cfg(unix)]
#[test]
fn names_may_be_as_long_as_the_system_allows() {
    let folder = tempfile::tempdir().unwrap();
    let longest = folder.path().join("x".repeat(255));
    check_writable(&longest).unwrap();
    save(&longest, b"old").unwrap();
    save_all(&[(&longest, b"new"), (&folder.path().join("y"), b"new")]).unwrap();
    assert_eq!(std::fs::read(&longest).unwrap(), b"new");
    let [_, checked] = refusals(&folder.path().join("x".repeat(256)));
    assert!(checked.contains("the name is too long for this system; shorten it"), "{checked}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[cfg(unix)]
#[test]
fn names_need_not_be_text() {
    use std::os::unix::ffi::OsStrExt as _;
    let folder = tempfile::tempdir().unwrap();
    let odd = std::ffi::OsStr::from_bytes(b"a\xff\x01.csv");
    let inner = folder.path().join(odd);
    std::fs::create_dir(&inner).unwrap();
    let path = inner.join(odd);
    save_all(&[(&path, b"1"), (&folder.path().join("b"), b"2")]).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"1");
    assert!(same_file(&path, &inner.join(odd)));
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link_and_a_new_file_is_as_readable_as_any() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let folder = tempfile::tempdir().unwrap();
    let names = ["real.csv", "link.csv", "plain", "late.csv", "early.csv"];
    let [real, link, plain, late, early] = names.map(|n| folder.path().join(n));
    std::fs::write(&real, "old").unwrap();
    symlink("real.csv", &link).unwrap();
    save(&link, b"new").unwrap();
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(std::fs::read(&real).unwrap(), b"new");
    // A link may be there before its file is.
    symlink("late.csv", &early).unwrap();
    check_writable(&early).unwrap();
    save(&early, b"late").unwrap();
    assert!(std::fs::symlink_metadata(&early).unwrap().is_symlink());
    assert_eq!(std::fs::read(&late).unwrap(), b"late");
    std::fs::write(&plain, "x").unwrap();
    let mode = |path| std::fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&late), mode(&plain));
    let circle = folder.path().join("circle");
    symlink("circle", &circle).unwrap();
    refusals(&circle);
}

#[cfg(unix)]
#[test]
fn permissions_of_an_older_file_stay() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    for mode in [0o600, 0o640, 0o666, 0o755] {
        std::fs::write(&path, "old").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        save(&path, b"new").unwrap();
        let found = std::fs::metadata(&path).unwrap();
        assert_eq!(found.permissions().mode() & 0o777, mode);
        // Only root can give files away.
        if chown(&path, Some(12345), Some(12345)).is_ok() {
            save(&path, b"newer").unwrap();
            let found = std::fs::metadata(&path).unwrap();
            assert_eq!((found.uid(), found.gid()), (12345, 12345));
            assert_eq!(found.permissions().mode() & 0o777, mode);
            std::fs::remove_file(&path).unwrap();
        }
    }
}

#[test]
fn one_bad_path_leaves_no_file_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let good = folder.path().join("good.csv");
    let bad = folder.path().join("missing").join("bad.csv");
    let error = save_all(&[(&good, b"1"), (&bad, b"2")]).unwrap_err().to_string();
    assert!(error.contains("bad.csv"), "{error}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn read_only_files_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kept.csv");
    std::fs::write(&path, "precious").unwrap();
    let mut permissions = std::fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&path, permissions).unwrap();
    for text in refusals(&path) {
        assert!(text.contains("read-only"), "{text}");
    }
}

#[cfg(unix)]
#[test]
fn devices_are_written_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let beside = folder.path().join("a.csv");
    let null = Path::new("/dev/null");
    save_all(&[(null, b"gone"), (&beside, b"here")]).unwrap();
    assert!(!std::fs::metadata(null).unwrap().is_file());
    if Path::new("/dev/full").exists() {
        let full = Path::new("/dev/full");
        let error = save_all(&[(&beside, b"newer"), (full, b"too much")]).unwrap_err();
        assert!(error.to_string().starts_with("cannot write /dev/full: No space"), "{error}");
        assert_eq!(std::fs::read(&beside).unwrap(), b"here", "all or nothing");
    }
}

#[test]
fn two_names_of_one_file_are_seen() {
    let folder = tempfile::tempdir().unwrap();
    let [one, other, hard] = ["one", "other", "hard"].map(|name| folder.path().join(name));
    std::fs::create_dir(folder.path().join("sub")).unwrap();
    let roundabout = folder.path().join("sub").join("..").join("one");
    assert!(same_file(&one, &roundabout), "before it exists");
    assert!(!same_file(&one, &other));
    std::fs::write(&one, "1").unwrap();
    std::fs::write(&other, "1").unwrap();
    std::fs::hard_link(&one, &hard).unwrap();
    assert!(same_file(&one, &roundabout) && !same_file(&one, &other));
    assert!(same_file(&one, &hard) || cfg!(not(unix)));
    #[cfg(unix)]
    {
        let link = folder.path().join("link");
        std::os::unix::fs::symlink("new", &link).unwrap();
        assert!(same_file(&link, &folder.path().join("new")), "where a link leads");
    }
}
