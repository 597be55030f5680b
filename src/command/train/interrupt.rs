//! Ctrl-C: the first asks to stop, the second stops at once.

use std::sync::atomic::{AtomicBool, Ordering};

use super::super::failure::Failure;

/// Whether somebody pressed Ctrl-C.
static PRESSED: AtomicBool = AtomicBool::new(false);

/// Listens from now on.
///
/// # Errors
/// A system that lets nobody listen.
pub(super) fn listen() -> Result<(), Failure> {
    let pressed = || {
        if PRESSED.swap(true, Ordering::SeqCst) {
            std::process::exit(i32::from(Failure::INTERRUPTED));
        }
    };
    ctrlc::set_handler(pressed)
        .map_err(|error| Failure::input(format!("cannot listen for Ctrl-C: {error}")))
}

/// Whether Ctrl-C was pressed.
pub(super) fn pressed() -> bool {
    PRESSED.load(Ordering::SeqCst)
}
