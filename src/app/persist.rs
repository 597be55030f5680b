//! Where settings are kept, and what happens to a file that is damaged: it is set aside, not lost.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::session::Session;

/// Decides the folder of the settings, and how desktops group windows.
pub const APP_ID: &str = "rnnscope";

/// Key of the session in eframe's file, which maps keys to texts.
pub const KEY: &str = "session";

/// The settings file, or none where the system names no folder for such files.
pub fn default_path() -> Option<PathBuf> {
    eframe::storage_dir(APP_ID).map(|folder| folder.join("app.ron"))
}

/// Reads the settings. A file that cannot be used is renamed to `….damaged` and a notice says so;
/// the default session is used instead. A missing file is no trouble.
pub fn open(path: &Path) -> (Session, Vec<String>) {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return (Session::default(), Vec::new());
        }
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            return set_aside(path, "it is not text");
        }
        Err(error) => {
            let notice = format!("Settings were not read from {}: {error}", path.display());
            return (Session::default(), vec![notice]);
        }
    };
    let keys: HashMap<String, String> = match ron::from_str(&text) {
        Ok(keys) => keys,
        Err(error) => return set_aside(path, &error.to_string()),
    };
    match keys.get(KEY).map(|text| Session::load(text)) {
        None => (Session::default(), Vec::new()),
        Some(Ok(session)) => (session, Vec::new()),
        Some(Err(error)) => set_aside(path, &error.to_string()),
    }
}

fn set_aside(path: &Path, reason: &str) -> (Session, Vec<String>) {
    let mut aside = path.as_os_str().to_owned();
    aside.push(".damaged");
    let aside = PathBuf::from(aside);
    let reason = reason.replace('\n', " ");
    let notice = match std::fs::rename(path, &aside) {
        Ok(()) => format!(
            "The saved settings could not be used ({reason}). They were set aside as {}, and \
             rnnscope started afresh.",
            aside.display()
        ),
        Err(error) => format!(
            "The saved settings in {} could not be used ({reason}), nor set aside: {error}.",
            path.display()
        ),
    };
    (Session::default(), vec![notice])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(text: &[u8]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("app.ron");
        std::fs::write(&path, text).expect("write");
        (folder, path)
    }

    fn assert_set_aside(text: &[u8]) {
        let (_folder, path) = write(text);
        let (session, notices) = open(&path);
        assert_eq!(session, Session::default());
        assert_eq!(notices.len(), 1, "{notices:?}");
        assert!(notices[0].contains("app.ron.damaged"), "{notices:?}");
        assert!(!path.exists());
        let kept = std::fs::read(path.with_extension("ron.damaged")).expect("set aside");
        assert_eq!(kept, text, "nothing is lost");
    }

    #[test]
    fn damaged_files_are_set_aside() {
        assert_set_aside(b"{\"session\": ");
        assert_set_aside(b"\xff\xfe\x00");
        assert_set_aside(b"{\"session\": \"(version: 99, session: ())\"}");
        assert_set_aside(b"{\"session\": \"nonsense\"}");
    }

    #[test]
    fn a_missing_file_is_no_trouble() {
        let folder = tempfile::tempdir().expect("folder");
        assert_eq!(open(&folder.path().join("app.ron")), (Session::default(), Vec::new()));
    }

    #[test]
    fn a_saved_session_is_read_back() {
        let session = Session { zoom: 1.25, ..Session::default() };
        let keys = HashMap::from([(KEY, session.save().expect("saves"))]);
        let (_folder, path) = write(ron::to_string(&keys).expect("ron").as_bytes());
        assert_eq!(open(&path), (session, Vec::new()));
    }
}
