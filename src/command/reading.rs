//! How reading a large file shows that it goes on: a bar on standard error if that is a terminal.

use std::io::IsTerminal as _;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::error::Result;
use crate::ticket::Ticket;

/// A reading that ends sooner shows nothing.
const QUIET: Duration = Duration::from_secs(1);

/// Time between two looks at it.
const EVERY: Duration = Duration::from_millis(100);

/// Reads, and shows how far that is once it takes long. Ctrl-C ends the program as ever.
///
/// # Errors
/// Those of `read`.
pub(super) fn shown<T>(read: impl FnOnce(&Ticket) -> Result<T>) -> Result<T> {
    let ticket = Ticket::new();
    if !std::io::stderr().is_terminal() {
        return read(&ticket);
    }
    let (over, ended) = mpsc::channel::<()>();
    std::thread::scope(|scope| {
        let watched = ticket.clone();
        // Without the thread nothing is shown, and nothing is wrong.
        let watch = move || show(&watched, &ended);
        let _ = std::thread::Builder::new().spawn_scoped(scope, watch);
        let end = read(&ticket);
        drop(over);
        end
    })
}

/// Draws the bar until the other end of the channel is gone, then removes it.
fn show(ticket: &Ticket, ended: &mpsc::Receiver<()>) {
    let since = Instant::now();
    let style = ProgressStyle::with_template("reading {wide_bar} {percent}%");
    let bar =
        ProgressBar::hidden().with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_length(100);
    while ended.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {
        if since.elapsed() < QUIET {
            continue;
        }
        if bar.is_hidden() {
            bar.set_draw_target(indicatif::ProgressDrawTarget::stderr());
        }
        bar.set_position((100.0 * ticket.progress().unwrap_or_default()) as u64);
    }
    bar.finish_and_clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_handed_on() {
        assert_eq!(shown(|ticket| ticket.advance(1).map(|()| 7)).unwrap(), 7);
        assert!(shown(|_| -> Result<()> { Err(crate::error::Error::Cancelled) }).is_err());
    }
}
