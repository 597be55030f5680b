//! Faults on purpose, for tests: the n-th operation fails, or the process dies there.
//!
//! Builds without debug assertions carry nothing of this. There are two ways to ask for a fault:
//!
//! - on one thread, by [`with`]: nothing reaches the disk once a [`Fault::Die`] has struck, not even
//!   what destructors would tidy up, so that the folder is left as a killed process leaves it;
//! - in the whole process, by the variable `RNNSCOPE_FAULT`: `7:ENOSPC` lets the seventh operation
//!   fail, `7+:ENOSPC` every one from the seventh, `7:die` ends the process there without any
//!   destructor, `count` lets everything work. If `RNNSCOPE_FAULT_LOG` names a file, it gets a line
//!   for every operation: its name, and the faults that can strike there.

#![allow(clippy::disallowed_methods, reason = "a log of operations is no operation")]

use std::cell::RefCell;
use std::io::{Error, Result, Write as _};
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex};

use super::operation::Operation;

/// What can happen to an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// `ENOSPC`: the disk is full.
    NoSpace,
    /// `EACCES`: not allowed.
    Denied,
    /// `EMFILE`: too many files are open.
    Handles,
    /// `EINTR`: a signal came, ask again.
    Interrupted,
    /// `EIO`: the device failed.
    Broken,
    /// Only the first half of the bytes is moved, and no error is told.
    Short,
    /// The process is killed, in the middle of the bytes if there are any.
    Die,
}

impl Fault {
    /// All of them, with their words in `RNNSCOPE_FAULT` and their numbers in POSIX.
    const ALL: [(Self, &'static str, i32); 7] = [
        (Self::NoSpace, "ENOSPC", 28),
        (Self::Denied, "EACCES", 13),
        (Self::Handles, "EMFILE", 24),
        (Self::Interrupted, "EINTR", 4),
        (Self::Broken, "EIO", 5),
        (Self::Short, "short", 0),
        (Self::Die, "die", 0),
    ];

    fn word(self) -> &'static str {
        Self::ALL.iter().find(|(fault, ..)| *fault == self).map_or("", |(_, word, _)| word)
    }

    fn error(self) -> Error {
        let number = Self::ALL.iter().find(|(fault, ..)| *fault == self).map_or(0, |(.., n)| *n);
        match (self, cfg!(unix)) {
            (Self::Short | Self::Die, _) | (_, false) => Error::other(self.word()),
            (_, true) => Error::from_raw_os_error(number),
        }
    }

    /// The faults that can strike an operation.
    pub fn of(operation: Operation) -> &'static [Self] {
        use Fault::{Broken, Denied, Die, Handles, Interrupted, NoSpace, Short};
        match operation {
            Operation::Look | Operation::Permit | Operation::Touch => &[Denied, Die],
            Operation::Remove | Operation::RemoveFolder => &[Denied, Die],
            Operation::Open => &[Denied, Handles, Interrupted, Die],
            Operation::Create => &[NoSpace, Denied, Handles, Interrupted, Die],
            Operation::Read => &[Broken, Interrupted, Short, Die],
            Operation::Write => &[NoSpace, Broken, Interrupted, Short, Die],
            Operation::Sync | Operation::Resize => &[NoSpace, Broken, Interrupted, Die],
            Operation::Lock => &[Broken, Interrupted, Die],
            Operation::Rename | Operation::Link => &[NoSpace, Denied, Interrupted, Die],
            Operation::MakeFolder => &[NoSpace, Denied, Die],
            Operation::List => &[Denied, Handles, Die],
        }
    }
}

/// Which operations fail, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The first operation to fail, counted from 1; none for 0.
    pub at: u64,
    /// Whether those after it fail, too.
    pub lasting: bool,
    /// What happens.
    pub fault: Fault,
}

impl FromStr for Plan {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        if text == "count" {
            return Ok(Self { at: 0, lasting: false, fault: Fault::Short });
        }
        let plan = || {
            let (at, word) = text.split_once(':')?;
            let lasting = at.ends_with('+');
            let at = at.trim_end_matches('+').parse().ok().filter(|at| *at > 0)?;
            let (fault, ..) = Fault::ALL.into_iter().find(|(_, known, _)| *known == word)?;
            Some(Self { at, lasting, fault })
        };
        let words = Fault::ALL.map(|(_, word, _)| word).join(", ");
        plan().ok_or_else(|| format!("{text:?} is not `count`, N:WORD or N+:WORD with {words}"))
    }
}

impl Plan {
    /// What happens to the operation of this number.
    fn strike(self, number: u64) -> Option<Fault> {
        let hit = self.at > 0 && (number == self.at || self.lasting && number > self.at);
        hit.then_some(self.fault)
    }
}

/// A plan on one thread.
struct Here {
    plan: Plan,
    dead: bool,
    done: Vec<Operation>,
}

thread_local! {
    static HERE: RefCell<Option<Here>> = const { RefCell::new(None) };
}

/// The plan of the process.
static PROCESS: LazyLock<Option<Plan>> = LazyLock::new(|| {
    let text = std::env::var("RNNSCOPE_FAULT").ok()?;
    match text.parse() {
        Ok(plan) => Some(plan),
        Err(error) => {
            // Going on would make a test that tests nothing.
            let _ = writeln!(std::io::stderr(), "RNNSCOPE_FAULT: {error}");
            std::process::exit(2);
        }
    }
});

/// Operations of the process so far, and where a line is written for each.
static DONE: AtomicU64 = AtomicU64::new(0);
static LOG: LazyLock<Option<Mutex<std::fs::File>>> = LazyLock::new(|| {
    let path = std::env::var_os("RNNSCOPE_FAULT_LOG")?;
    std::fs::File::create(path).ok().map(Mutex::new)
});

/// Runs `job` under a plan for this thread. Returns what it returns, and the operations it came to;
/// the plan has struck if they are as many as `plan.at`.
pub fn with<T>(plan: Plan, job: impl FnOnce() -> T) -> (T, Vec<Operation>) {
    let around = HERE.replace(Some(Here { plan, dead: false, done: Vec::new() }));
    let outcome = job();
    let here = HERE.replace(around);
    (outcome, here.map(|here| here.done).unwrap_or_default())
}

/// Counts an operation. Returns what happens to it.
fn strike(operation: Operation) -> Option<Fault> {
    let here = HERE.with_borrow_mut(|here| {
        here.as_mut().map(|here| {
            if here.dead {
                return Some(Fault::Die);
            }
            here.done.push(operation);
            here.plan.strike(here.done.len() as u64)
        })
    });
    if let Some(fault) = here {
        return fault;
    }
    let plan = (*PROCESS)?;
    let number = DONE.fetch_add(1, Ordering::SeqCst) + 1;
    let fault = plan.strike(number);
    log(operation);
    fault
}

fn log(operation: Operation) {
    if let Some(log) = &*LOG {
        let words = Fault::of(operation).iter().map(|fault| fault.word());
        let line = format!("{operation:?} {}\n", words.collect::<Vec<_>>().join(" "));
        // A log that cannot be written is missed by the test that wants it.
        let _ = log.lock().map(|mut log| log.write_all(line.as_bytes()));
    }
}

/// The end: of the process, or of everything that this thread does to the disk.
fn die() -> Error {
    HERE.with_borrow_mut(|here| match here {
        Some(here) => here.dead = true,
        None => std::process::abort(),
    });
    Fault::Die.error()
}

/// To be asked before an operation.
pub(super) fn before(operation: Operation) -> Result<()> {
    match strike(operation) {
        None | Some(Fault::Short) => Ok(()),
        Some(Fault::Die) => Err(die()),
        Some(fault) => Err(fault.error()),
    }
}

/// To be asked before bytes are moved: how many may be, of `wanted`, and whether the end comes then.
pub(super) fn moving(operation: Operation, wanted: usize) -> Result<(usize, bool)> {
    match strike(operation) {
        None => Ok((wanted, false)),
        Some(Fault::Short) => Ok((wanted.div_ceil(2), false)),
        Some(Fault::Die) if HERE.with_borrow(|here| here.as_ref().is_some_and(|h| h.dead)) => {
            Err(Fault::Die.error())
        }
        Some(Fault::Die) => Ok((wanted / 2, true)),
        Some(fault) => Err(fault.error()),
    }
}

/// To be told when they were.
pub(super) fn moved(last: bool) -> Result<()> {
    if last { Err(die()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plans_are_read_from_words() {
        let plan = |at, lasting, fault| Ok(Plan { at, lasting, fault });
        assert_eq!("7:ENOSPC".parse(), plan(7, false, Fault::NoSpace));
        assert_eq!("12+:die".parse(), plan(12, true, Fault::Die));
        for bad in ["", "7", "0:die", "7:nothing", "x:die", ":die"] {
            assert!(bad.parse::<Plan>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_plan_strikes_its_operation_and_those_after_it_if_it_lasts() {
        let plan = |lasting| Plan { at: 2, lasting, fault: Fault::NoSpace };
        let run = || [1, 2, 3].map(|_| before(Operation::Sync).is_err());
        assert_eq!(with(plan(false), run).0, [false, true, false]);
        assert_eq!(with(plan(true), run).0, [false, true, true]);
        let dead = Plan { at: 2, lasting: false, fault: Fault::Die };
        assert_eq!(with(dead, run).0, [false, true, true], "nothing happens after death");
        assert_eq!(run(), [false; 3], "a plan ends with its job");
    }
}
