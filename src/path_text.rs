//! Paths in JSON and settings, without loss: names of files are bytes on Unix, and need be no text.
//!
//! A path that is text stands as it is. Any other stands as the URI `file:` and its bytes, all but
//! plain ones written as `%FF` (RFC 3986, RFC 8089): `file:/data/caf%E9.csv`. A path that begins with
//! `file:` itself is written that way, too, so that every text means one path.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize as _, Deserializer, Serializer};

/// What a path begins with that is written by its bytes.
const SCHEME: &str = "file:";

/// The text of a path; none where the system's names are neither text nor bytes.
pub fn to_text(path: &Path) -> Option<Cow<'_, str>> {
    match path.to_str() {
        Some(text) if !text.starts_with(SCHEME) => Some(Cow::Borrowed(text)),
        _ => bytes(path).map(|bytes| Cow::Owned(escaped(bytes))),
    }
}

/// The path of a text that [`to_text`] made; none for a text that it never makes.
pub fn from_text(text: &str) -> Option<PathBuf> {
    match text.strip_prefix(SCHEME) {
        None => Some(PathBuf::from(text)),
        Some(rest) => path(plain(rest)?),
    }
}

fn escaped(bytes: &[u8]) -> String {
    let mut text = SCHEME.to_owned();
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text += &format!("%{byte:02X}");
        }
    }
    text
}

fn plain(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
                let (high, low) = (digit(rest.next())?, digit(rest.next())?);
                u8::try_from(16 * high + low).ok()?
            }
            byte => byte,
        });
    }
    Some(bytes)
}

#[cfg(unix)]
fn bytes(path: &Path) -> Option<&[u8]> {
    use std::os::unix::ffi::OsStrExt as _;
    Some(path.as_os_str().as_bytes())
}

#[cfg(not(unix))]
fn bytes(path: &Path) -> Option<&[u8]> {
    path.to_str().map(str::as_bytes)
}

#[cfg(unix)]
fn path(bytes: Vec<u8>) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStringExt as _;
    Some(PathBuf::from(std::ffi::OsString::from_vec(bytes)))
}

#[cfg(not(unix))]
fn path(bytes: Vec<u8>) -> Option<PathBuf> {
    String::from_utf8(bytes).ok().map(PathBuf::from)
}

/// For `#[serde(with = "path_text")]`.
pub fn serialize<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    match to_text(path) {
        Some(text) => serializer.serialize_str(&text),
        None => Err(S::Error::custom(format!("{} cannot be written as text", path.display()))),
    }
}

/// For `#[serde(with = "path_text")]`.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
    let text = Cow::<str>::deserialize(deserializer)?;
    from_text(&text).ok_or_else(|| D::Error::custom(format!("`{text}` is no path")))
}

/// The same for a path that need not be there: `#[serde(with = "path_text::option")]`.
pub mod option {
    use serde::{Deserialize, Serialize};

    use super::{Deserializer, Path, PathBuf, Serializer};

    #[derive(Serialize)]
    #[serde(transparent)]
    struct Borrowed<'a>(#[serde(with = "super")] &'a Path);

    #[derive(Deserialize)]
    #[serde(transparent)]
    struct Owned(#[serde(deserialize_with = "super::deserialize")] PathBuf);

    /// For `#[serde(with = "path_text::option")]`.
    pub fn serialize<S: Serializer>(
        path: &Option<PathBuf>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        path.as_deref().map(Borrowed).serialize(serializer)
    }

    /// For `#[serde(with = "path_text::option")]`.
    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<PathBuf>, D::Error> {
        Ok(Option::<Owned>::deserialize(deserializer)?.map(|Owned(path)| path))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::{Deserialize, Serialize};

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Both {
        #[serde(with = "super")]
        one: PathBuf,
        #[serde(default, with = "super::option")]
        other: Option<PathBuf>,
    }

    #[test]
    fn a_path_that_is_text_stands_as_it_always_did() {
        let both = Both { one: "data/größe 100%.csv".into(), other: None };
        let text = serde_json::to_string(&both).unwrap();
        assert_eq!(text, r#"{"one":"data/größe 100%.csv","other":null}"#);
        assert_eq!(serde_json::from_str::<Both>(&text).unwrap(), both);
        assert!(serde_json::from_str::<Both>(r#"{"one":"file:%F"}"#).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn bytes_that_are_no_text_are_not_lost() {
        let odd = path(b"/data/caf\xe9 1.csv".to_vec()).unwrap();
        assert_eq!(to_text(&odd).unwrap(), "file:/data/caf%E9%201.csv");
        let both = Both { one: odd.clone(), other: Some(odd) };
        let json = serde_json::to_string(&both).unwrap();
        assert_eq!(serde_json::from_str::<Both>(&json).unwrap(), both);
        assert_eq!(ron::from_str::<Both>(&ron::to_string(&both).unwrap()).unwrap(), both);
    }

    #[cfg(unix)]
    proptest! {
        #[test]
        fn every_path_comes_back_and_no_two_share_a_text(
            one in prop::collection::vec(any::<u8>(), 0..12),
            scheme in any::<bool>(),
        ) {
            let start: &[u8] = if scheme { b"file:" } else { b"" };
            let path = path([start, &one].concat()).unwrap();
            let text = to_text(&path).unwrap().into_owned();
            prop_assert_eq!(from_text(&text), Some(path));
        }
    }
}
