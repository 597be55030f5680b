//! What can go wrong, as one enum whose every text names the culprit and the remedy.

use std::path::PathBuf;

use crate::visible;

/// Shorthand for results of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Everything that can go wrong in the library. The display text is one line for a user.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A number outside the range that makes sense.
    #[error("{what} must be {wanted}, found {found}")]
    OutOfRange {
        /// The setting, in the user's words: `hidden size`, `weight scale`.
        what: &'static str,
        /// The range that is accepted.
        wanted: String,
        /// What was given.
        found: String,
    },

    /// A file that cannot be opened or read.
    #[error("cannot read {}: {source}", visible::path(path))]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },

    /// A file that cannot be written.
    #[error("cannot write {}: {source}", visible::path(path))]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },

    /// A file that was read, but does not hold what it should.
    #[error("{}: {message}", visible::path(path))]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong and what was expected instead.
        message: String,
    },

    /// A question whose answer would not fit into memory.
    #[error(
        "this needs about {needed_gib:.1} GiB of memory and {available_gib:.1} GiB are free: \
         reduce the length, the batch, the hidden size or the layers"
    )]
    TooLarge {
        /// Estimated need in GiB.
        needed_gib: f64,
        /// What the system has to give, in GiB.
        available_gib: f64,
    },

    /// A contender described in a text that cannot be read.
    #[error("contender `{text}`: {message}")]
    Contender {
        /// The text.
        text: String,
        /// Which part is wrong and what is possible instead.
        message: String,
    },

    /// Saved settings that cannot be used.
    #[error("these settings cannot be used: {0}")]
    Session(String),

    /// A window that could not be opened, or did not do what was asked of it in time.
    #[error("the window failed: {0}")]
    Window(String),

    /// A panic on a background thread; reaching this is a fault in rnnscope.
    #[error("rnnscope made a mistake and went on without this result: {0}")]
    Fault(String),

    /// The computation was stopped because its result is no longer wanted.
    #[error("stopped")]
    Cancelled,

    /// A picture that could not be drawn.
    #[error("cannot draw the figure: {0}")]
    Drawing(String),

    /// candle refused an operation; reaching this is a fault in rnnscope.
    #[error("tensor operation failed: {0}")]
    Tensor(#[from] candle_core::Error),
}

impl Error {
    /// An [`Error::OutOfRange`] from anything printable.
    pub fn out_of_range(
        what: &'static str,
        wanted: impl Into<String>,
        found: impl ToString,
    ) -> Self {
        Self::OutOfRange { what, wanted: wanted.into(), found: found.to_string() }
    }

    /// An [`Error::Content`] for `path`.
    pub fn content(path: impl Into<PathBuf>, message: impl Into<String>) -> Self {
        Self::Content { path: path.into(), message: message.into() }
    }
}

/// Characters of a file that a message shows.
const EXCERPT: usize = 60;

/// A text of any length from a file, as a message shows it: in quotes, control characters escaped,
/// and of a long one only the start.
pub(crate) fn excerpt(text: &str) -> String {
    let start: String = text.chars().take(EXCERPT).collect();
    if start.len() == text.len() { format!("{text:?}") } else { format!("{start:?}…") }
}

/// A message of another library in one line, shortened if it repeats much of a file.
pub(crate) fn one_line(message: &dyn std::fmt::Display) -> String {
    const MOST: usize = 240;
    let message = message.to_string();
    let line = message.lines().next().unwrap_or_default().trim();
    match line.char_indices().nth(MOST) {
        // The end of such messages says where, the start what.
        Some((end, _)) => {
            let tail = line.char_indices().rev().nth(40).map_or(end, |(at, _)| at.max(end));
            format!("{} … {}", &line[..end], &line[tail..])
        }
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_never_repeats_a_whole_file() {
        assert_eq!(excerpt("a\nb"), "\"a\\nb\"");
        assert_eq!(excerpt(&"x".repeat(1 << 20)), format!("\"{}\"…", "x".repeat(60)));
        let long = format!("unknown field `{}` at line 3 column 9\nbacktrace", "é".repeat(1 << 20));
        let line = one_line(&long);
        assert!(line.starts_with("unknown field `é") && line.ends_with(" at line 3 column 9"));
        assert!(line.chars().count() < 300, "{line}");
        assert_eq!(one_line(&"short\nlong"), "short");
    }
}
