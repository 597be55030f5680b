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
