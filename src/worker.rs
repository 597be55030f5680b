//! A background thread on which the newest request wins.
//!
//! A face submits requests as fast as a slider moves; the thread answers the newest one it finds and
//! skips those in between. A job may publish several answers, a quick one first. A running job is
//! cancelled by a newer request, but not before it had [`GRACE`] to publish its first answer:
//! otherwise nothing would ever be seen while a slider is being dragged.

mod race;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

pub use race::{LaneStatus, Race};

use crate::error::{Error, Result};
use crate::ticket::Ticket;

/// How long a job that has published nothing yet is safe from a newer request.
pub const GRACE: Duration = Duration::from_millis(500);

/// Stack of the thread. Gradients of long sequences need none of it, but it costs nothing.
const STACK_BYTES: usize = 16 << 20;

/// What a job has to say about the request with this number.
#[derive(Debug)]
pub struct Outcome<A> {
    /// The number [`Worker::submit`] gave to the request.
    pub request: u64,
    /// An answer, or what went wrong.
    pub answer: Result<A>,
}

/// One background thread that answers requests of type `Q` with answers of type `A`.
pub struct Worker<Q, A> {
    desk: Arc<Desk<Q>>,
    outcomes: Receiver<Outcome<A>>,
}

/// Where requests wait, shared between the face and the thread.
struct Desk<Q> {
    state: Mutex<State<Q>>,
    arrived: Condvar,
}

struct State<Q> {
    waiting: Option<(u64, Q)>,
    running: Option<Running>,
    /// Since when there has been something to do without a break.
    busy_since: Option<Instant>,
    last_number: u64,
    closed: bool,
}

#[derive(Clone)]
struct Running {
    ticket: Ticket,
    since: Instant,
    published: bool,
}

impl<Q: Send + 'static, A: Send + 'static> Worker<Q, A> {
    /// Starts the thread `name`. `make_job` builds the job inside the thread, and again after a
    /// panic, since what a panicking job remembers cannot be trusted. `wake` is called after every
    /// outcome.
    ///
    /// # Errors
    /// The system's error if no thread can be started.
    pub fn spawn<J>(
        name: &str,
        make_job: impl Fn() -> J + Send + 'static,
        wake: impl Fn() + Send + 'static,
    ) -> std::io::Result<Self>
    where
        J: FnMut(Q, &Ticket, &mut dyn FnMut(A)) -> Result<()>,
    {
        let desk = Arc::new(Desk { state: Mutex::new(State::new()), arrived: Condvar::new() });
        let (sender, outcomes) = mpsc::channel();
        let inside = Arc::clone(&desk);
        thread::Builder::new()
            .name(name.to_owned())
            .stack_size(STACK_BYTES)
            .spawn(move || inside.serve(&make_job, &sender, &wake))?;
        Ok(Self { desk, outcomes })
    }

    /// Hands in a request; it replaces one that is still waiting. Returns its number.
    pub fn submit(&self, request: Q) -> u64 {
        let mut state = self.desk.lock();
        state.last_number += 1;
        let number = state.last_number;
        state.waiting = Some((number, request));
        state.busy_since.get_or_insert_with(Instant::now);
        state.cancel_if_overdue();
        drop(state);
        self.desk.arrived.notify_one();
        number
    }

    /// The next outcome, oldest first. Never waits.
    pub fn poll(&self) -> Option<Outcome<A>> {
        self.desk.lock().cancel_if_overdue();
        self.outcomes.try_recv().ok()
    }

    /// Number of the newest request, 0 before the first.
    pub fn newest(&self) -> u64 {
        self.desk.lock().last_number
    }

    /// Forgets the waiting request and stops the running one.
    pub fn cancel(&self) {
        let mut state = self.desk.lock();
        state.waiting = None;
        if let Some(running) = &state.running {
            running.ticket.cancel();
        }
    }

    /// How long there has been something to do without a break; `None` when idle.
    pub fn busy_for(&self) -> Option<Duration> {
        self.desk.lock().busy_since.map(|since| since.elapsed())
    }

    /// Progress of the running job in 0..=1, if it reports any.
    pub fn progress(&self) -> Option<f64> {
        self.desk.lock().running.as_ref().and_then(|running| running.ticket.progress())
    }

    /// How long the running job will still take if it goes on as it did so far; `None` before enough
    /// of it is done to tell.
    pub fn time_left(&self) -> Option<Duration> {
        let running = self.desk.lock().running.clone()?;
        time_left(running.since.elapsed(), running.ticket.progress()?)
    }
}

impl<Q, A> Drop for Worker<Q, A> {
    /// Tells the thread to end; it does so at the next step of its job.
    fn drop(&mut self) {
        let mut state = self.desk.lock();
        state.closed = true;
        state.waiting = None;
        if let Some(running) = &state.running {
            running.ticket.cancel();
        }
        drop(state);
        self.desk.arrived.notify_one();
    }
}

/// The rest of a job that has come so far in this time.
fn time_left(spent: Duration, done: f64) -> Option<Duration> {
    /// Before that the first steps say little about the others.
    const ENOUGH: (Duration, f64) = (Duration::from_secs(1), 0.02);
    let told = spent >= ENOUGH.0 && (ENOUGH.1..1.0).contains(&done);
    told.then(|| spent.mul_f64((1.0 - done) / done))
}

impl<Q> State<Q> {
    fn new() -> Self {
        Self { waiting: None, running: None, busy_since: None, last_number: 0, closed: false }
    }

    /// Stops the running job if a newer request waits and the job had its chance.
    fn cancel_if_overdue(&self) {
        if let (Some(running), Some(_)) = (&self.running, &self.waiting)
            && (running.published || running.since.elapsed() > GRACE)
        {
            running.ticket.cancel();
        }
    }
}

impl<Q> Desk<Q> {
    /// The state; a panic elsewhere leaves nothing half done in it, so poisoning is no reason to stop.
    fn lock(&self) -> MutexGuard<'_, State<Q>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the newest request; `None` once the worker was dropped.
    fn next(&self) -> Option<(u64, Q, Ticket)> {
        let mut state = self.lock();
        loop {
            if state.closed {
                return None;
            }
            if let Some((number, request)) = state.waiting.take() {
                let ticket = Ticket::new();
                state.running = Some(Running {
                    ticket: ticket.clone(),
                    since: Instant::now(),
                    published: false,
                });
                return Some((number, request, ticket));
            }
            state.busy_since = None;
            state = self.arrived.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn serve<A, J>(&self, make_job: &impl Fn() -> J, out: &Sender<Outcome<A>>, wake: &impl Fn())
    where
        J: FnMut(Q, &Ticket, &mut dyn FnMut(A)) -> Result<()>,
    {
        let mut job = make_job();
        while let Some((number, request, ticket)) = self.next() {
            let mut publish = |answer: A| {
                if let Some(running) = &mut self.lock().running {
                    running.published = true;
                }
                // The receiver is gone only when the worker was dropped: nobody is waiting then.
                let _ = out.send(Outcome { request: number, answer: Ok(answer) });
                wake();
            };
            let end = catch_unwind(AssertUnwindSafe(|| job(request, &ticket, &mut publish)));
            let failure = match end {
                Ok(Ok(()) | Err(Error::Cancelled)) => None,
                Ok(Err(error)) => Some(error),
                Err(panic) => {
                    job = make_job();
                    Some(Error::Fault(panic_text(panic.as_ref())))
                }
            };
            {
                let mut state = self.lock();
                state.running = None;
                if state.waiting.is_none() {
                    state.busy_since = None;
                }
            }
            if let Some(error) = failure {
                let _ = out.send(Outcome { request: number, answer: Err(error) });
            }
            wake();
        }
    }
}

/// The message a panic carried, on one line.
pub fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    text.replace('\n', " ")
}

#[cfg(test)]
mod tests;
