//! Trains the contenders of a comparison side by side, and lets others look on.
//!
//! Each contender is a lane; as many lanes run at a time as there are threads. The trainee of a
//! lane is locked for a few milliseconds of steps at a time, so whoever looks on never waits long,
//! and looking on changes no number.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::ticket::Ticket;
use crate::train::{Comparison, LineUp, Stop, Trainee};

/// How long a lane keeps its trainee before it lets others look.
const TURN: Duration = Duration::from_millis(4);

/// How often whoever looks on is woken while something happens.
const WAKE_EVERY: Duration = Duration::from_millis(30);

/// A comparison in training, on threads of its own. Dropping it stops them.
#[derive(Debug)]
pub struct Race {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

struct Shared {
    comparison: Comparison,
    lanes: Vec<Lane>,
    mode: Mutex<Mode>,
    changed: Condvar,
    wake: Box<dyn Fn() + Send + Sync>,
}

struct Lane {
    trainee: Mutex<Trainee>,
    /// Breaks off the update under way.
    ticket: Ticket,
    /// Threads that want to look; the lane gives way to them.
    onlookers: AtomicUsize,
    /// Whether a thread has taken this lane.
    taken: AtomicBool,
    /// What went wrong, if training failed for another reason than divergence.
    failure: Mutex<Option<String>>,
}

/// What the lanes are asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Run,
    Pause,
    Quit,
}

/// Where a lane stands.
#[derive(Clone, Debug, PartialEq)]
pub struct LaneStatus {
    /// Updates done.
    pub steps: u64,
    /// Updates of the budget.
    pub budget: u64,
    /// The last loss.
    pub loss: Option<f64>,
    /// Updates a second of training time.
    pub steps_per_second: f64,
    /// Seconds until the budget is used at this pace, while the lane can go on.
    pub seconds_left: Option<f64>,
    /// Steps of its present sequences.
    pub length: usize,
    /// Whether training has stopped and the test after it goes on.
    pub testing: bool,
    /// Why it ended, if it did.
    pub stop: Option<Stop>,
    /// What went wrong, if anything.
    pub failure: Option<String>,
}

impl LaneStatus {
    /// Whether nothing more happens in this lane.
    pub fn has_ended(&self) -> bool {
        self.failure.is_some() || self.stop.is_some()
    }
}

impl Race {
    /// Lines up a comparison and starts `threads` threads (at least one) on it. `wake` is called
    /// now and then while there is something new to see. Drawing large networks or a late round of
    /// the notebook's stream can take a second: call this off the user-interface thread.
    ///
    /// # Errors
    /// Settings out of range; a system that has no threads to give.
    pub fn start(
        comparison: &Comparison,
        threads: usize,
        paused: bool,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Result<Self> {
        let LineUp { trainees } = LineUp::new(comparison)?;
        let lane = |trainee: Trainee| Lane {
            ticket: trainee.ticket(),
            trainee: Mutex::new(trainee),
            onlookers: AtomicUsize::new(0),
            taken: AtomicBool::new(false),
            failure: Mutex::new(None),
        };
        let shared = Arc::new(Shared {
            comparison: comparison.clone(),
            lanes: trainees.into_iter().map(lane).collect(),
            mode: Mutex::new(if paused { Mode::Pause } else { Mode::Run }),
            changed: Condvar::new(),
            wake: Box::new(wake),
        });
        let mut race = Self { shared, threads: Vec::new() };
        race.spawn(threads.clamp(1, race.shared.lanes.len().max(1)))?;
        Ok(race)
    }

    fn spawn(&mut self, threads: usize) -> Result<()> {
        for number in 0..threads {
            let shared = Arc::clone(&self.shared);
            let thread = thread::Builder::new()
                .name(format!("lane {number}"))
                .spawn(move || shared.work())
                .map_err(|error| Error::Fault(format!("no thread to train on: {error}")))?;
            self.threads.push(thread);
        }
        Ok(())
    }

    /// The comparison being run.
    pub fn comparison(&self) -> &Comparison {
        &self.shared.comparison
    }

    /// Number of lanes.
    pub fn lanes(&self) -> usize {
        self.shared.lanes.len()
    }

    /// Looks at a trainee between two turns; waits a few milliseconds at most.
    pub fn look<T>(&self, lane: usize, view: impl FnOnce(&mut Trainee) -> T) -> T {
        let lane = &self.shared.lanes[lane];
        lane.onlookers.fetch_add(1, Ordering::SeqCst);
        let result = view(&mut lock(&lane.trainee));
        lane.onlookers.fetch_sub(1, Ordering::SeqCst);
        result
    }

    /// Where a lane stands.
    pub fn status(&self, lane: usize) -> LaneStatus {
        let failure = lock(&self.shared.lanes[lane].failure).clone();
        self.look(lane, |trainee| {
            let log = trainee.log();
            let left = trainee.budget().saturating_sub(log.steps()) as f64;
            let pace = log.steps_per_second();
            let goes_on = log.stop.is_none() && failure.is_none() && pace > 0.0;
            LaneStatus {
                steps: log.steps(),
                budget: trainee.budget(),
                loss: log.final_loss(),
                steps_per_second: pace,
                seconds_left: goes_on.then_some(left / pace),
                length: trainee.task().length(),
                // Whoever is still being tested has not ended.
                stop: log.stop.filter(|_| trainee.is_over()),
                testing: log.stop.is_some() && !trainee.is_over(),
                failure,
            }
        })
    }

    /// Lets all lanes run.
    pub fn resume(&self) {
        self.set(Mode::Run);
    }

    /// Makes all lanes wait after their present turn.
    pub fn pause(&self) {
        self.set(Mode::Pause);
    }

    /// Whether the lanes wait.
    pub fn is_paused(&self) -> bool {
        *lock(&self.shared.mode) == Mode::Pause
    }

    /// Pauses, and does one update in every lane that can go on. Each update is computed here, in
    /// a few milliseconds.
    ///
    /// # Errors
    /// What candle says of the tensors.
    pub fn step_once(&self) -> Result<()> {
        self.pause();
        for lane in 0..self.lanes() {
            self.look(lane, Trainee::step)?;
        }
        (self.shared.wake)();
        Ok(())
    }

    /// Ends every training that can go on; what was measured stays.
    pub fn stop(&self) {
        for lane in 0..self.lanes() {
            self.look(lane, Trainee::stop);
        }
        self.set(Mode::Run);
    }

    /// Gives every contender that has not diverged `steps` more updates and lets them run.
    ///
    /// # Errors
    /// A system that has no threads to give.
    pub fn extend(&mut self, steps: u64) -> Result<()> {
        self.pause();
        for (index, lane) in self.shared.lanes.iter().enumerate() {
            let had_ended = self.look(index, |trainee| {
                let had_ended = trainee.is_over();
                trainee.extend(steps);
                had_ended
            });
            if had_ended {
                lane.taken.store(false, Ordering::SeqCst);
            }
        }
        let threads = self.threads.len();
        self.threads.retain(|thread| !thread.is_finished());
        self.spawn(threads - self.threads.len())?;
        self.resume();
        Ok(())
    }

    /// Whether every lane has ended.
    pub fn is_over(&self) -> bool {
        self.shared.lanes.iter().all(|lane| {
            lock(&lane.failure).is_some() || {
                lane.onlookers.fetch_add(1, Ordering::SeqCst);
                let over = lock(&lane.trainee).is_over();
                lane.onlookers.fetch_sub(1, Ordering::SeqCst);
                over
            }
        })
    }

    fn set(&self, mode: Mode) {
        *lock(&self.shared.mode) = mode;
        self.shared.changed.notify_all();
    }
}

impl Drop for Race {
    fn drop(&mut self) {
        self.set(Mode::Quit);
        // An update of a large batch may take seconds.
        self.shared.lanes.iter().for_each(|lane| lane.ticket.cancel());
        for thread in self.threads.drain(..) {
            // A lane that panicked has nothing left to say.
            let _ = thread.join();
        }
    }
}

impl Shared {
    /// One thread: takes lanes in order, each until it ends.
    fn work(&self) {
        let mut woken = Instant::now();
        let free = |lane: &&Lane| !lane.taken.swap(true, Ordering::SeqCst);
        while let Some(lane) = self.lanes.iter().find(free) {
            while self.may_run() {
                // A panic in one lane must not keep the others, or the window, waiting for it.
                let turn = catch_unwind(AssertUnwindSafe(|| lane.turn()));
                match turn.unwrap_or_else(|_| Err(Error::Fault("a training panicked".to_owned()))) {
                    Ok(false) => {}
                    Ok(true) => break,
                    Err(error) => {
                        *lock(&lane.failure) = Some(error.to_string());
                        break;
                    }
                }
                if woken.elapsed() >= WAKE_EVERY {
                    woken = Instant::now();
                    (self.wake)();
                }
            }
            (self.wake)();
        }
    }

    /// Waits while paused; false when it is time to quit.
    fn may_run(&self) -> bool {
        let mut mode = lock(&self.mode);
        while *mode == Mode::Pause {
            mode = self.changed.wait(mode).unwrap_or_else(PoisonError::into_inner);
        }
        *mode != Mode::Quit
    }
}

impl Lane {
    /// Trains for a few milliseconds, less if somebody wants to look; true when it has ended.
    fn turn(&self) -> Result<bool> {
        let start = Instant::now();
        let mut trainee = lock(&self.trainee);
        while start.elapsed() < TURN {
            if trainee.step()?.is_some() {
                return Ok(true);
            }
            if self.onlookers.load(Ordering::SeqCst) > 0 {
                break;
            }
        }
        drop(trainee);
        // The lock is not fair: without this the lane would take it again at once.
        while self.onlookers.load(Ordering::SeqCst) > 0 {
            thread::yield_now();
        }
        Ok(false)
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Race").field("comparison", &self.comparison).finish_non_exhaustive()
    }
}

/// Locks; a lane that panicked left numbers that are still worth showing.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::Loss;
    use crate::train::{Feed, Optimizer};

    fn comparison(steps: u64) -> Comparison {
        Comparison {
            feed: Feed::Fair,
            steps,
            batch: 4,
            optimizer: Optimizer::adam(1e-3),
            probe_every: 20,
            ..Comparison::notebook(Loss::All)
        }
    }

    fn wait(race: &Race) {
        let start = Instant::now();
        while !race.is_over() {
            assert!(start.elapsed() < Duration::from_secs(60), "the race does not end");
            thread::sleep(Duration::from_millis(2));
        }
    }

    fn losses(race: &Race) -> Vec<Vec<f32>> {
        (0..race.lanes()).map(|lane| race.look(lane, |t| t.log().losses.clone())).collect()
    }

    #[test]
    fn threads_pauses_and_onlookers_change_no_byte() {
        let alone = Race::start(&comparison(120), 1, false, || {}).unwrap();
        wait(&alone);
        let watched = Race::start(&comparison(120), 3, true, || {}).unwrap();
        for _ in 0..3 {
            watched.step_once().unwrap();
        }
        watched.resume();
        thread::sleep(Duration::from_millis(3));
        watched.pause();
        let paused: Vec<u64> = (0..4).map(|lane| watched.status(lane).steps).collect();
        thread::sleep(Duration::from_millis(20));
        let later: Vec<u64> = (0..4).map(|lane| watched.status(lane).steps).collect();
        // A lane may finish the turn it was in.
        assert!(paused.iter().zip(&later).all(|(a, b)| b - a <= 120), "{paused:?} {later:?}");
        watched.resume();
        wait(&watched);
        assert_eq!(losses(&alone), losses(&watched));
    }

    #[test]
    fn a_race_can_be_stopped_and_extended() {
        let mut race = Race::start(&comparison(1_000_000), 2, false, || {}).unwrap();
        thread::sleep(Duration::from_millis(20));
        race.stop();
        wait(&race);
        let stopped: Vec<u64> = (0..4).map(|lane| race.status(lane).steps).collect();
        assert!(matches!(race.status(0).stop, Some(Stop::User(_))));
        race.extend(10).unwrap();
        wait(&race);
        for (lane, before) in stopped.iter().enumerate() {
            assert_eq!(race.status(lane).steps, before + 10);
            assert_eq!(race.status(lane).stop, Some(Stop::Budget));
        }
    }

    #[test]
    fn dropping_a_race_stops_it() {
        let start = Instant::now();
        drop(Race::start(&comparison(1_000_000), 2, false, || {}).unwrap());
        assert!(start.elapsed() < Duration::from_secs(5));
    }
}
