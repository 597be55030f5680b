//! Ctrl-C: the first asks to stop, the second stops at once.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::super::failure::Failure;

/// Whether somebody pressed Ctrl-C.
static PRESSED: AtomicBool = AtomicBool::new(false);

/// When that was.
static FIRST: OnceLock<Instant> = OnceLock::new();

/// A second Ctrl-C sooner than this is the first one again: some programs that run others send the
/// signal to the program and then to its whole group.
const TOGETHER: Duration = Duration::from_millis(300);

/// Listens from now on.
///
/// # Errors
/// A system that lets nobody listen.
pub(super) fn listen() -> Result<(), Failure> {
    let pressed = || {
        let first = FIRST.get_or_init(Instant::now);
        if PRESSED.swap(true, Ordering::SeqCst) && first.elapsed() > TOGETHER {
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
