//! How a long computation is watched and stopped from outside, without knowing about threads.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::error::{Error, Result};

/// A shared handle on one computation: whoever computes reports steps and asks whether to go on,
/// whoever waits reads the progress and may cancel. Clones share the same state.
#[derive(Clone, Debug, Default)]
pub struct Ticket {
    cancelled: Arc<AtomicBool>,
    progress: Arc<Progress>,
}

#[derive(Debug, Default)]
struct Progress {
    done: AtomicU64,
    total: AtomicU64,
}

impl Ticket {
    /// A fresh ticket: not cancelled, nothing done.
    pub fn new() -> Self {
        Self::default()
    }

    /// A ticket for a part of the computation: it is cancelled together with this one, but its steps
    /// are not counted here.
    pub fn part(&self) -> Self {
        Self { cancelled: Arc::clone(&self.cancelled), progress: Arc::default() }
    }

    /// Asks the computation to stop at its next step.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether somebody asked to stop.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// Announces how many steps the whole computation takes.
    pub fn expect_steps(&self, total: u64) {
        self.progress.done.store(0, Ordering::Relaxed);
        self.progress.total.store(total, Ordering::Relaxed);
    }

    /// Counts `steps` as done.
    ///
    /// # Errors
    /// [`Error::Cancelled`] once somebody asked to stop.
    pub fn advance(&self, steps: u64) -> Result<()> {
        self.progress.done.fetch_add(steps, Ordering::Relaxed);
        if self.is_cancelled() { Err(Error::Cancelled) } else { Ok(()) }
    }

    /// Fraction done in 0..=1, or `None` before [`Ticket::expect_steps`].
    pub fn progress(&self) -> Option<f64> {
        let total = self.progress.total.load(Ordering::Relaxed);
        let done = self.progress.done.load(Ordering::Relaxed);
        (total > 0).then(|| (done as f64 / total as f64).min(1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_share_progress_and_cancellation() {
        let worker = Ticket::new();
        let owner = worker.clone();
        assert_eq!(owner.progress(), None);
        worker.expect_steps(4);
        assert!(worker.advance(1).is_ok());
        assert_eq!(owner.progress(), Some(0.25));
        owner.cancel();
        assert!(matches!(worker.advance(1), Err(Error::Cancelled)));
    }

    #[test]
    fn a_part_is_cancelled_with_the_whole_but_counts_on_its_own() {
        let whole = Ticket::new();
        whole.expect_steps(4);
        let part = whole.part();
        part.expect_steps(2);
        assert!(part.advance(1).is_ok());
        assert_eq!((whole.progress(), part.progress()), (Some(0.0), Some(0.5)));
        whole.cancel();
        assert!(matches!(part.advance(1), Err(Error::Cancelled)));
    }
}
