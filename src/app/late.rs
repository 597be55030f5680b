//! Curves that are not of the present settings: whose they are, and what is done about it.

use std::time::Duration;

use super::App;
use super::explore::stale::{Act, Cause, Stale, Work};
use crate::session::Pane;

/// Work longer than this can be stopped.
const STOP_AFTER: Duration = Duration::from_secs(1);

/// What is said when the user stopped a computation.
const STOPPED: &str = "stopped: the curves are not those of the present settings";

impl App {
    /// Whose the curves are, if they are not those of the present settings.
    pub(super) fn stale(&self) -> Option<Stale> {
        let cause = match self.error {
            Some(_) if !self.asked_since => Cause::Unmeasured,
            _ => Cause::Measuring(self.work()),
        };
        Stale::of(&self.scene.as_ref()?.report.question, &self.session.question, cause)
    }

    /// The same, once it is to be seen.
    pub(super) fn visibly_stale(&self) -> Option<Stale> {
        self.stale().filter(|stale| self.delay.is_late() || stale.cause == Cause::Unmeasured)
    }

    /// How far the measurement of the curves is.
    pub(super) fn work(&self) -> Work {
        Work { done: self.worker.progress(), left: self.worker.time_left() }
    }

    /// Does what was wanted about a pane that is not of the present settings.
    pub(super) fn act(&mut self, pane: Pane, act: Act) {
        match (pane, act) {
            (Pane::Curves, Act::Stop) => {
                self.worker.cancel();
                self.fail(STOPPED.to_owned());
            }
            (pane, Act::Stop) => self.viewers.stop_one(pane),
            (_, Act::Measure) => self.retry(),
        }
    }

    /// Whether what is under way is worth a button that stops it.
    pub(super) fn can_stop(&self) -> bool {
        self.worker.busy_for().is_some_and(|busy| busy >= STOP_AFTER)
    }

    /// Stops what is under way. The curves on screen are older than the settings then, and it says so.
    pub(super) fn stop(&mut self) {
        self.worker.cancel();
        self.viewers.stop();
        self.fail(STOPPED.to_owned());
    }

    /// Says why the present settings are not measured.
    pub(super) fn fail(&mut self, error: String) {
        self.error = Some(error);
        self.asked_since = false;
    }

    /// Tries again what has failed or was stopped: files may be as they were, or somebody wants it.
    pub(super) fn retry(&mut self) {
        if self.error.take().is_some() {
            self.requested = None;
        }
        self.librarian.retry();
        self.viewers.retry();
        self.badge.retry();
        self.keeper.retry();
    }
}
