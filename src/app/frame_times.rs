//! How long frames take, told a line a second for `tests/soak`: their number, the milliseconds of
//! all together, and of the longest.

use std::io::Write;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

/// Time between two lines.
const EVERY: Duration = Duration::from_secs(1);

/// Takes the times of frames; a thread of its own adds them up and writes, so that no frame waits.
pub(super) struct FrameTimes(Sender<Duration>);

impl FrameTimes {
    /// Starts the thread, which writes to the standard output.
    ///
    /// # Errors
    /// The system's error if no thread can be started.
    pub(super) fn start() -> std::io::Result<Self> {
        let (sender, frames) = mpsc::channel();
        let tell = move || {
            let mut sum = Sum::default();
            let mut due = Instant::now() + EVERY;
            loop {
                match frames.recv_timeout(due.saturating_duration_since(Instant::now())) {
                    Ok(frame) => sum.add(frame),
                    Err(RecvTimeoutError::Timeout) => {
                        // Whoever has stopped reading wants no more.
                        if writeln!(std::io::stdout(), "{}", std::mem::take(&mut sum).line())
                            .is_err()
                        {
                            return;
                        }
                        due += EVERY;
                    }
                    Err(RecvTimeoutError::Disconnected) => return,
                }
            }
        };
        std::thread::Builder::new().name("rnnscope-frames".to_owned()).spawn(tell)?;
        Ok(Self(sender))
    }

    /// Hands in what a frame took.
    pub(super) fn add(&self, frame: Duration) {
        // The thread is gone only when nobody reads.
        let _ = self.0.send(frame);
    }
}

/// Frames of a second.
#[derive(Default)]
struct Sum {
    count: u64,
    total: Duration,
    worst: Duration,
}

impl Sum {
    fn add(&mut self, frame: Duration) {
        self.count += 1;
        self.total += frame;
        self.worst = self.worst.max(frame);
    }

    fn line(&self) -> String {
        let ms = |time: Duration| 1e3 * time.as_secs_f64();
        format!("{} {:.3} {:.3}", self.count, ms(self.total), ms(self.worst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_added_up() {
        let mut sum = Sum::default();
        [3, 5, 1].map(Duration::from_millis).into_iter().for_each(|frame| sum.add(frame));
        assert_eq!(sum.line(), "3 9.000 5.000");
        assert_eq!(Sum::default().line(), "0 0.000 0.000");
    }
}
