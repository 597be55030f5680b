//! One piece of work off the interface's thread: a file dialog, an export.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Receiver, TryRecvError};

use crate::error::{Error, Result};
use crate::worker::panic_text;

/// Work under way that ends with a `T`.
pub struct Task<T>(Receiver<Result<T>>);

impl<T: Send + 'static> Task<T> {
    /// Starts `work` on a thread of its own and repaints when it ends.
    pub fn spawn(ctx: &egui::Context, work: impl FnOnce() -> Result<T> + Send + 'static) -> Self {
        let (sender, receiver) = mpsc::channel();
        let ctx = ctx.clone();
        let refused = sender.clone();
        let started =
            std::thread::Builder::new().name("rnnscope-task".to_owned()).spawn(move || {
                let end = catch_unwind(AssertUnwindSafe(work))
                    .unwrap_or_else(|panic| Err(Error::Fault(panic_text(panic.as_ref()))));
                // Nobody listens any more once the window is closed.
                let _ = sender.send(end);
                ctx.request_repaint();
            });
        if let Err(error) = started {
            let _ = refused.send(Err(Error::Fault(format!("no thread can be started: {error}"))));
        }
        Self(receiver)
    }

    /// The end of the work, once. `None` while it goes on.
    pub fn poll(&self) -> Option<Result<T>> {
        match self.0.try_recv() {
            Ok(end) => Some(end),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => {
                Some(Err(Error::Fault("a background task ended without a word".to_owned())))
            }
        }
    }
}

/// Takes the end of a task out of its slot, leaving the slot empty.
pub fn finished<T: Send + 'static>(slot: &mut Option<Task<T>>) -> Option<Result<T>> {
    let end = slot.as_ref()?.poll()?;
    *slot = None;
    Some(end)
}
