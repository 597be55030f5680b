//! Work that is made of many parts which do not wait for each other, on all cores.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::error::{Error, Result};
use crate::ticket::Ticket;

/// Does `job(0)` to `job(jobs - 1)`, each once and begun in this order, and returns what they made,
/// in this order. The ticket counts them.
///
/// # Errors
/// The first that a job had; [`Error::Cancelled`].
pub(super) fn on_all_cores<T: Send>(
    jobs: usize,
    ticket: &Ticket,
    job: impl Fn(usize) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    ticket.advance(0)?;
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, T)>> = Mutex::new(Vec::with_capacity(jobs));
    let work = || -> Result<()> {
        loop {
            let n = next.fetch_add(1, Ordering::Relaxed);
            if n >= jobs {
                return Ok(());
            }
            let made =
                job(n).and_then(|made| ticket.advance(1).map(|()| made)).inspect_err(|_| {
                    // Nobody begins another.
                    next.store(jobs, Ordering::Relaxed);
                })?;
            done.lock().unwrap_or_else(PoisonError::into_inner).push((n, made));
        }
    };
    let cores = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        // A thread that the system does not grant is one hand less, no failure.
        let helpers: Vec<_> = (1..cores.min(jobs))
            .map_while(|_| thread::Builder::new().spawn_scoped(scope, work).ok())
            .collect();
        let own = work();
        helpers.into_iter().fold(own, |so_far, helper| {
            let panicked = |_| Err(Error::Fault("a thread of a measure panicked".to_owned()));
            so_far.and(helper.join().unwrap_or_else(panicked))
        })
    })?;
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(n, _)| *n);
    Ok(done.into_iter().map(|(_, made)| made).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_jobs() {
        let found = on_all_cores(100, &Ticket::new(), |n| Ok(n * n)).unwrap();
        assert_eq!(found, (0..100).map(|n| n * n).collect::<Vec<_>>());
        assert!(on_all_cores(0, &Ticket::new(), Ok).unwrap().is_empty());
    }

    #[test]
    fn an_error_or_a_cancelled_ticket_ends_the_work() {
        let begun = AtomicUsize::new(0);
        let error = on_all_cores(1_000_000, &Ticket::new(), |n| {
            begun.fetch_add(1, Ordering::Relaxed);
            if n == 3 { Err(Error::Fault("third".to_owned())) } else { Ok(()) }
        });
        assert!(error.is_err());
        assert!(begun.load(Ordering::Relaxed) < 1_000_000);
        let ticket = Ticket::new();
        ticket.cancel();
        assert!(matches!(on_all_cores(5, &ticket, Ok), Err(Error::Cancelled)));
    }
}
