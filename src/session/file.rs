//! Sessions as files of their own: to return to, to hand in, to pass on.
//!
//! Such a file is the text of [`Session::save`]. It names networks, sequences and data by path and
//! checksum and holds none of them; opening one reads only what it names, as settings do.

use std::path::Path;

use super::Session;
use crate::disk;
use crate::error::{Error, Result};
use crate::ticket::Ticket;

/// What the names of session files end in.
pub const EXTENSION: &str = "rnnscope";

/// The first line, for whoever looks into the file.
const FIRST_LINE: &str =
    "// A session of rnnscope: open it in the window, or with `rnnscope --open FILE`.";

/// Bytes read at most; a session with 200 pins has less than a tenth.
const MOST: u64 = 16 << 20;

impl Session {
    /// Reads a session file.
    ///
    /// # Errors
    /// [`Error::Read`], and [`Error::Content`] for a file that holds no session of this version or
    /// values out of range.
    pub fn read(path: &Path) -> Result<Self> {
        let text = disk::read_text(path, MOST, "a session", &Ticket::new())?;
        Self::load(&text).map_err(|error| {
            let reason = match error {
                Error::Session(reason) => reason,
                other => other.to_string(),
            };
            let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
            Error::content(path, format!("this session cannot be opened: {reason}"))
        })
    }

    /// Writes a session file.
    ///
    /// # Errors
    /// [`Error::Write`] with the path and what the system said.
    pub fn write(&self, path: &Path) -> Result<()> {
        disk::save(path, self.file_text()?.as_bytes())
    }

    /// What a session file of this session holds.
    ///
    /// # Errors
    /// As for [`Session::save`].
    pub fn file_text(&self) -> Result<String> {
        Ok(format!("{FIRST_LINE}\n{}\n", self.save()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn desktops_know_session_files_by_their_name_and_their_first_line() {
        let types = include_str!("../../assets/rnnscope.mime.xml");
        assert!(types.contains(&format!("pattern=\"*.{EXTENSION}\"")), "{types}");
        let magic = types.split_once("value=\"").and_then(|(_, rest)| rest.split_once('"'));
        let (beginning, _) = magic.expect("what such a file begins with");
        assert!(beginning.len() > 8 && FIRST_LINE.starts_with(beginning), "{beginning}");
    }

    #[test]
    fn a_session_file_is_read_back_and_damage_is_one_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.rnnscope");
        let mut session = Session { zoom: 1.25, ..Session::default() };
        session.pin();
        session.write(&path).unwrap();
        assert_eq!(Session::read(&path).unwrap(), session);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("// A session of rnnscope"));
        let spoilt = [
            (text.replacen("version: 2", "version: 9", 1), "version 9 is from a newer rnnscope"),
            (text[..text.len() / 2].to_owned(), "cannot be opened: "),
            (text.replacen("weight_scale: 1.0", "weight_scale: NaN", 1), "cannot be opened: "),
            (String::new(), "cannot be opened: "),
        ];
        for (text, wanted) in spoilt {
            std::fs::write(&path, text).unwrap();
            let error = Session::read(&path).unwrap_err().to_string();
            assert!(error.contains("x.rnnscope: ") && error.contains(wanted), "{error}");
            assert_eq!(error.lines().count(), 1, "{error}");
        }
    }
}
