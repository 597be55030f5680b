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
    let done: Mutex<Vec<(usize, T)>> = Mutex::new(Vec::with_capacity(jobs));
    let job = |(): &mut (), n| {
        let made = job(n)?;
        done.lock().unwrap_or_else(PoisonError::into_inner).push((n, made));
        Ok(())
    };
    share(&mut vec![(); cores()], jobs, ticket, job, &mut || {})?;
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(n, _)| *n);
    Ok(done.into_iter().map(|(_, made)| made).collect())
}

/// Does `job(hand, 0)` to `job(hand, jobs - 1)`, each once and begun in this order, by as many threads
/// as there are hands, each with a hand of its own. The first is the caller's thread, which calls
/// `between` after each of its jobs. The ticket counts jobs.
///
/// # Errors
/// The first that a job had; [`Error::Cancelled`].
pub(super) fn share<H: Send>(
    hands: &mut [H],
    jobs: usize,
    ticket: &Ticket,
    job: impl Fn(&mut H, usize) -> Result<()> + Sync,
    between: &mut dyn FnMut(),
) -> Result<()> {
    ticket.advance(0)?;
    let Some((own, others)) = hands.split_first_mut() else {
        return Err(Error::Fault("work for no hands".to_owned()));
    };
    let next = AtomicUsize::new(0);
    let work = |hand: &mut H, between: &mut dyn FnMut()| -> Result<()> {
        loop {
            let n = next.fetch_add(1, Ordering::Relaxed);
            if n >= jobs {
                return Ok(());
            }
            job(hand, n).and_then(|()| ticket.advance(1)).inspect_err(|_| {
                // Nobody begins another.
                next.store(jobs, Ordering::Relaxed);
            })?;
            between();
        }
    };
    let work = &work;
    thread::scope(|scope| {
        // A thread that the system does not grant is one hand less, no failure.
        let helpers: Vec<_> = others
            .iter_mut()
            .take(jobs.saturating_sub(1))
            .map_while(|hand| {
                let begin = move || work(hand, &mut || {});
                thread::Builder::new().spawn_scoped(scope, begin).ok()
            })
            .collect();
        let own = work(own, between);
        helpers.into_iter().fold(own, |so_far, helper| {
            let panicked = |_| Err(Error::Fault("a thread of a measure panicked".to_owned()));
            so_far.and(helper.join().unwrap_or_else(panicked))
        })
    })
}

/// Threads that can run at once.
pub(super) fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
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
    fn every_hand_keeps_to_itself_and_the_caller_hears_between() {
        let (mut hands, calls) = (vec![0_usize; 3], AtomicUsize::new(0));
        let count = |hand: &mut usize, _| {
            *hand += 1;
            Ok(())
        };
        let mut between = || {
            calls.fetch_add(1, Ordering::Relaxed);
        };
        share(&mut hands, 50, &Ticket::new(), count, &mut between).unwrap();
        assert_eq!(hands.iter().sum::<usize>(), 50);
        assert_eq!(calls.into_inner(), hands[0]);
        assert!(share(&mut [(); 0], 1, &Ticket::new(), |(), _| Ok(()), &mut || {}).is_err());
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
