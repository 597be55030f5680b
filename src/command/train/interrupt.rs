//! Ctrl-C and other requests to end: the first asks to stop, the second stops at once.

use super::super::failure::Failure;
use crate::signal::{self, Signal};

/// Listens from now on.
///
/// # Errors
/// A system that lets nobody listen.
pub(super) fn listen() -> Result<(), Failure> {
    // Nobody has to be woken: the training is looked at ten times a second anyway.
    signal::listen(|| {})
        .map_err(|error| Failure::input(format!("cannot listen for Ctrl-C: {error}")))
}

/// Whether a signal came.
pub(super) fn pressed() -> bool {
    signal::received().is_some()
}

/// The signal that came first, if one came.
pub(super) fn signal() -> Option<Signal> {
    signal::received()
}
