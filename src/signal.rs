//! Signals that ask the program to end: Ctrl-C, `kill`, a closed terminal, the end of a desktop
//! session. The first asks, and whoever listens saves what there is to save; the second ends at once.
//!
//! There is one handler a process, and it is here.

use std::io;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// A second signal sooner than this is the first one again: some programs that run others send it to
/// the program and then to its whole group.
const TOGETHER: Duration = Duration::from_millis(300);

/// Who asks the program to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// SIGINT: Ctrl-C in a terminal. Systems without signals know only this one.
    Interrupt,
    /// SIGTERM: `kill`, `timeout`, the end of a session or a batch job.
    Terminate,
    /// SIGHUP: the terminal was closed.
    HangUp,
}

impl Signal {
    /// Its number on every Unix.
    const fn number(self) -> u8 {
        match self {
            Self::HangUp => 1,
            Self::Interrupt => 2,
            Self::Terminate => 15,
        }
    }

    /// The exit code of a program that ended for it, as shells count.
    pub const fn exit_code(self) -> u8 {
        128 + self.number()
    }

    /// Its name, for messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::HangUp => "SIGHUP",
            Self::Interrupt => "Ctrl-C",
            Self::Terminate => "SIGTERM",
        }
    }

    const ALL: [Self; 3] = [Self::Interrupt, Self::Terminate, Self::HangUp];

    fn of(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|signal| signal.number() == number)
    }
}

/// The number of the first signal that came; 0 until then.
static FIRST: AtomicU8 = AtomicU8::new(0);

/// When that was.
static SINCE: OnceLock<Instant> = OnceLock::new();

/// Who wants to be woken when it comes.
static WAKERS: Mutex<Vec<Box<dyn Fn() + Send>>> = Mutex::new(Vec::new());

/// Listens from now on. `wake` is called on a thread of its own when the first signal comes; those
/// of earlier calls are called, too. A hangup that is ignored (`nohup`) stays ignored.
///
/// # Errors
/// A system that lets nobody listen.
pub fn listen(wake: impl Fn() + Send + 'static) -> io::Result<()> {
    /// Whether the handler stands.
    static LISTENING: Mutex<bool> = Mutex::new(false);
    let mut listening = LISTENING.lock().unwrap_or_else(PoisonError::into_inner);
    if !*listening {
        handle()?;
        *listening = true;
    }
    let mut wakers = WAKERS.lock().unwrap_or_else(PoisonError::into_inner);
    if received().is_some() {
        wake();
    }
    wakers.push(Box::new(wake));
    Ok(())
}

/// The signal that came first, if one has come since [`listen`].
pub fn received() -> Option<Signal> {
    Signal::of(FIRST.load(Ordering::SeqCst))
}

fn take(signal: Signal) {
    let since = SINCE.get_or_init(Instant::now);
    let first = FIRST.compare_exchange(0, signal.number(), Ordering::SeqCst, Ordering::SeqCst);
    if first.is_err() {
        if since.elapsed() > TOGETHER {
            std::process::exit(i32::from(signal.exit_code()));
        }
        return;
    }
    WAKERS.lock().unwrap_or_else(PoisonError::into_inner).iter().for_each(|wake| wake());
}

#[cfg(unix)]
fn handle() -> io::Result<()> {
    let wanted = Signal::ALL.into_iter();
    let wanted = wanted.filter(|signal| *signal != Signal::HangUp || hangup_matters());
    let numbers = wanted.map(|signal| i32::from(signal.number()));
    let mut signals = signal_hook::iterator::Signals::new(numbers)?;
    let thread = std::thread::Builder::new().name("rnnscope-signals".to_owned());
    thread.spawn(move || {
        for number in signals.forever() {
            let signal = u8::try_from(number).ok().and_then(Signal::of);
            signal.into_iter().for_each(take);
        }
    })?;
    Ok(())
}

/// Whether a hangup would end the program. Where that cannot be told, it is left as it is: whoever
/// started the program with `nohup` wants it to go on.
#[cfg(unix)]
fn hangup_matters() -> bool {
    let status = crate::disk::system_text(std::path::Path::new("/proc/self/status"));
    status.as_deref().and_then(ignored).is_some_and(|mask| mask & 1 == 0)
}

/// Signals that are ignored, number n as bit n - 1, from the status of a process.
#[cfg(unix)]
fn ignored(status: &str) -> Option<u64> {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
    u64::from_str_radix(mask.trim(), 16).ok()
}

#[cfg(not(unix))]
fn handle() -> io::Result<()> {
    ctrlc::set_handler(|| take(Signal::Interrupt)).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_are_told_by_their_numbers_and_exit_as_shells_count() {
        assert!(Signal::ALL.into_iter().all(|signal| Signal::of(signal.number()) == Some(signal)));
        assert_eq!(Signal::of(0), None);
        assert_eq!(Signal::ALL.map(Signal::exit_code), [130, 143, 129]);
    }

    #[cfg(unix)]
    #[test]
    fn an_ignored_hangup_is_recognised() {
        let status = "Name:\tx\nSigBlk:\t00\nSigIgn:\t0000000000001001\nSigCgt:\t00\n";
        assert_eq!(ignored(status), Some(0x1001));
        assert_eq!(ignored("Name:\tx\n"), None);
    }
}
