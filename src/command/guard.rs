//! Turns a panic into a value, so that a fault deep in a library ends in one line, not a backtrace.

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    /// What the last panic of a guarded job on this thread said; `None` outside [`guard`].
    static SAID: RefCell<Option<Panic>> = const { RefCell::new(None) };
}

/// What a panic said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Panic {
    /// Its message.
    pub message: String,
    /// File, line and column in the sources.
    pub place: String,
}

/// Runs `job`; a panic on this thread becomes a value. Other threads report as ever.
pub(super) fn guard<T>(job: impl FnOnce() -> T) -> Result<T, Panic> {
    static LISTEN: Once = Once::new();
    LISTEN.call_once(listen);
    let around = SAID.replace(Some(Panic::default()));
    // The job's own values are gone after a panic; nothing of them is looked at again.
    let outcome = panic::catch_unwind(AssertUnwindSafe(job));
    let said = SAID.replace(around).unwrap_or_default();
    outcome.map_err(|_| said)
}

/// Lets guarded threads note what a panic says instead of printing it.
fn listen() {
    let unguarded = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let guarded = SAID.with_borrow_mut(|said| match said {
            Some(said) => {
                said.message = info.payload_as_str().unwrap_or("unknown fault").to_owned();
                said.place = info.location().map(ToString::to_string).unwrap_or_default();
                true
            }
            None => false,
        });
        if !guarded {
            unguarded(info);
        }
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_value() {
        let sides = [1, 2];
        let panic = guard(|| assert_eq!(sides.len(), 3, "a triangle")).expect_err("must panic");
        assert!(panic.message.contains("a triangle"), "{panic:?}");
        assert!(panic.place.contains("guard.rs"), "{panic:?}");
        assert_eq!(guard(|| 7), Ok(7));
    }

    #[test]
    fn guards_nest() {
        let outer: Result<(), Panic> = guard(|| {
            let inner: Result<(), Panic> = guard(|| panic!("inner"));
            assert_eq!(inner.expect_err("must panic").message, "inner");
            panic!("outer")
        });
        assert_eq!(outer.expect_err("must panic").message, "outer");
    }
}
