//! How a command ends badly: one line for a person, one number for a script.

use std::fmt;

use super::guard::Panic;
use crate::error::Error;
use crate::signal::Signal;
use crate::visible;

/// Why a command failed.
#[derive(Debug)]
pub struct Failure {
    message: String,
    exit_code: u8,
}

/// What the line begins with.
const ERROR: &str = "error";
const INTERRUPTED: &str = "interrupted";

impl Failure {
    /// Exit code of bad input: flags, files, numbers, paths that cannot be written.
    pub const INPUT: u8 = 2;
    /// Exit code of everything else.
    pub const UNFORESEEN: u8 = 1;
    /// Exit codes above this are those of signals: this and the signal's number, as shells count.
    pub const SIGNALS: u8 = 128;

    /// Something the user can put right.
    pub(super) fn input(message: impl Into<String>) -> Self {
        Self { message: message.into(), exit_code: Self::INPUT }
    }

    /// A signal, after everything worth keeping was written.
    pub(super) fn interrupted(signal: Signal, message: impl Into<String>) -> Self {
        Self { message: message.into(), exit_code: signal.exit_code() }
    }

    /// Something the user can do nothing about.
    pub(super) fn unforeseen(message: impl Into<String>) -> Self {
        Self { message: message.into(), exit_code: Self::UNFORESEEN }
    }

    /// A panic, which nobody expected.
    pub(super) fn fault(panic: &Panic) -> Self {
        let Panic { message, place } = panic;
        let message = format!("this is a fault in rnnscope, please report it: {message} ({place})");
        Self { message, exit_code: Self::UNFORESEEN }
    }

    /// The same with what it is about in front.
    pub(super) fn about(self, what: &str) -> Self {
        Self { message: format!("{what}: {}", self.message), ..self }
    }

    /// The same with something to add.
    pub(super) fn and(self, more: &str) -> Self {
        Self { message: format!("{}; {more}", self.message), ..self }
    }

    /// What is wrong, without what the line begins with.
    pub(super) fn words(&self) -> String {
        visible::message(&self.message)
    }

    /// The exit code of the process.
    pub fn exit_code(&self) -> u8 {
        self.exit_code
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.exit_code > Self::SIGNALS { INTERRUPTED } else { ERROR };
        write!(f, "{kind}: {}", visible::message(&self.message))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let exit_code = match error {
            Error::OutOfRange { .. }
            | Error::Read { .. }
            | Error::Write { .. }
            | Error::Content { .. }
            | Error::TooLarge { .. }
            | Error::Contender { .. }
            | Error::Session(_) => Self::INPUT,
            Error::Cancelled
            | Error::Drawing(_)
            | Error::Window(_)
            | Error::Fault(_)
            | Error::Tensor(_) => Self::UNFORESEEN,
        };
        Self { message: error.to_string(), exit_code }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_one_line_whatever_it_quotes() {
        let failure = Failure::input("bad file\n\twith\u{1b}[31m a tail\r\n");
        assert_eq!(failure.to_string(), r"error: bad file with\u{1b}[31m a tail");
        assert_eq!(failure.exit_code(), 2);
    }

    #[test]
    fn only_what_a_user_can_change_is_bad_input() {
        let user: Failure = Error::out_of_range("length", "1 to 9", 0).into();
        let ours: Failure = Error::Drawing("no font".into()).into();
        assert_eq!((user.exit_code(), ours.exit_code()), (2, 1));
    }
}
