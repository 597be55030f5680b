//! Names of files and folders.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::Path;

/// A path as it is shown: written out as [`text`](super::text) does, and bytes that are no UTF-8 as
/// `\xff`, so that the file can be told from others.
pub fn path(path: &Path) -> String {
    of_system(path.as_os_str())
}

/// The last part of a path, shown in the same way.
pub fn file_name(path: &Path) -> String {
    of_system(path.file_name().unwrap_or(path.as_os_str()))
}

fn of_system(name: &OsStr) -> String {
    let mut shown = String::new();
    for chunk in name.as_encoded_bytes().utf8_chunks() {
        shown += &super::text(chunk.valid());
        for byte in chunk.invalid() {
            // Writing to a string cannot fail.
            let _ = write!(shown, "\\x{byte:02x}");
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_written_out() {
        assert_eq!(path(Path::new("/a b/שלום\u{202e}\n.pt")), r"/a b/שלום\u{202e}\n.pt");
        assert_eq!(file_name(Path::new("/a\u{7}/net.pt")), "net.pt");
        assert_eq!(file_name(Path::new("..")), "..");
    }

    #[cfg(unix)]
    #[test]
    fn bytes_that_are_no_text_are_told() {
        use std::os::unix::ffi::OsStrExt as _;
        let name = OsStr::from_bytes(b"net\xff\xfe.pt");
        assert_eq!(path(Path::new(name)), r"net\xff\xfe.pt");
    }
}
