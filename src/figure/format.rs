//! The formats a figure can be written in.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// The formats a figure can be written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Pixels.
    #[default]
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
}
