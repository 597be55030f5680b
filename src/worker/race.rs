//! Trains the contenders of a comparison side by side, and lets others look on.
//!
//! Each training is a lane; as many lanes run at a time as there are threads. Where there are more,
//! they take turns, round and round, unless the comparison wants them one by one. The trainee of a
//! lane is locked for a few milliseconds of steps at a time, so whoever looks on never waits long.
//! Neither turns nor looking on change a number: no training needs another.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use self::queue::Queue;
use crate::error::{Error, Result};
use crate::ticket::Ticket;
use crate::train::{Checkpoint, Comparison, Kept, LineUp, Stop, Trainee};

mod queue;
#[cfg(test)]
mod tests;

/// How long a thread stays with a lane while others wait for their turn: long enough to find what it
/// needs in the caches most of the time, short enough that sixteen lanes on two threads all move
/// within a second. An update that takes longer is finished first.
const SLICE: Duration = Duration::from_millis(120);

/// How long a lane keeps its trainee before it lets others look.
const TURN: Duration = Duration::from_millis(4);

/// How often whoever looks on is woken while something happens.
const WAKE_EVERY: Duration = Duration::from_millis(30);

/// A comparison in training, on threads of its own. Dropping it stops them.
#[derive(Debug)]
pub struct Race {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
    /// Threads that work while there are lanes for them.
    wanted: usize,
    /// When it began, in seconds since 1970.
    began: f64,
}

struct Shared {
    comparison: Comparison,
    lanes: Vec<Lane>,
    queue: Mutex<Queue>,
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
    /// What went wrong, if training failed for another reason than divergence.
    failure: Mutex<Option<String>>,
}

/// What became of a lane in a slice of time.
enum After {
    /// It can go on.
    Open,
    /// Nothing is left to do in it.
    Ended,
    /// The race is being given up.
    Quit,
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
    /// Threads that work for this lane on the average: 1 if one stays with it, less where lanes take
    /// turns, 0 while it waits for others to end.
    pub share: f64,
    /// Seconds until the budget is used at this pace and share, while the lane can go on.
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
        let line_up = LineUp::new(comparison)?;
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let began = since.map_or(0.0, |since| since.as_secs_f64());
        Self::with(
            comparison,
            line_up,
            &[],
            began,
            threads,
            if paused { Mode::Pause } else { Mode::Run },
            wake,
        )
    }

    /// As [`Race::start`], from where a comparison was when it was kept: the comparison under way, if
    /// there are several.
    ///
    /// # Errors
    /// Data that cannot be read; a system that has no threads to give.
    pub fn resume(
        checkpoint: &Checkpoint,
        threads: usize,
        paused: bool,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Result<Self> {
        let Some(began) = checkpoint.began() else {
            return Self::start(checkpoint.comparison(), threads, paused, wake);
        };
        let line_up = checkpoint.line_up()?;
        let failures = checkpoint.failures();
        let mode = if paused { Mode::Pause } else { Mode::Run };
        Self::with(checkpoint.comparison(), line_up, &failures, began, threads, mode, wake)
    }

    /// Everything that the comparison goes on from, each training between two updates. Takes as long
    /// as copying it: call this off the user-interface thread.
    ///
    /// # Errors
    /// What candle says of the tensors.
    pub fn checkpoint(&self) -> Result<Checkpoint> {
        Checkpoint::of_trainees(self.comparison(), self.began, |lane| {
            let failure = lock(&self.shared.lanes[lane].failure).clone();
            self.look(lane, |trainee| Kept::of(trainee, failure))
        })
    }

    /// When the comparison began, in seconds since 1970, whatever breaks there were.
    pub fn began(&self) -> f64 {
        self.began
    }

    fn with(
        comparison: &Comparison,
        LineUp { trainees }: LineUp,
        failures: &[Option<String>],
        began: f64,
        threads: usize,
        mode: Mode,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Result<Self> {
        let failed = |lane: usize| failures.get(lane).cloned().flatten();
        let lane = |(lane, trainee): (usize, Trainee)| Lane {
            ticket: trainee.ticket(),
            trainee: Mutex::new(trainee),
            onlookers: AtomicUsize::new(0),
            failure: Mutex::new(failed(lane)),
        };
        let lanes = trainees.len();
        let mut queue = Queue::of(lanes);
        queue.waiting.retain(|lane| failed(*lane).is_none());
        let shared = Arc::new(Shared {
            comparison: comparison.clone(),
            queue: Mutex::new(queue),
            lanes: trainees.into_iter().enumerate().map(lane).collect(),
            mode: Mutex::new(mode),
            changed: Condvar::new(),
            wake: Box::new(wake),
        });
        let wanted = threads.clamp(1, lanes.max(1));
        let mut race = Self { shared, threads: Vec::new(), wanted, began };
        race.spawn()?;
        Ok(race)
    }

    /// Starts the threads that are wanted and not there.
    fn spawn(&mut self) -> Result<()> {
        let mut queue = lock(&self.shared.queue);
        while queue.threads < self.wanted {
            let shared = Arc::clone(&self.shared);
            let thread = thread::Builder::new()
                .name(format!("training {}", queue.threads))
                .spawn(move || shared.work())
                .map_err(|error| Error::Fault(format!("no thread to train on: {error}")))?;
            self.threads.push(thread);
            queue.threads += 1;
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
        let share = lock(&self.shared.queue).share(lane, self.comparison().one_by_one);
        self.look(lane, |trainee| {
            let log = trainee.log();
            let left = trainee.budget().saturating_sub(log.steps()) as f64;
            let pace = log.steps_per_second();
            let goes_on = log.stop.is_none() && failure.is_none() && pace * share > 0.0;
            LaneStatus {
                steps: log.steps(),
                budget: trainee.budget(),
                loss: log.final_loss(),
                steps_per_second: pace,
                share,
                seconds_left: goes_on.then_some(left / (pace * share)),
                length: trainee.task().length(),
                // Whoever is still being tested has not ended.
                stop: log.stop.filter(|_| trainee.is_over()),
                testing: log.stop.is_some() && !trainee.is_over(),
                failure,
            }
        })
    }

    /// Lets all lanes run.
    pub fn unpause(&self) {
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
            let goes_on = self.look(index, |trainee| {
                trainee.extend(steps);
                !trainee.is_over()
            });
            if goes_on && lock(&lane.failure).is_none() {
                lock(&self.shared.queue).admit(index);
            }
        }
        self.threads.retain(|thread| !thread.is_finished());
        self.spawn()?;
        self.unpause();
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
    /// One thread: a slice of time for one lane after another, while there are any.
    fn work(&self) {
        let mut woken = Instant::now();
        let mut held = None;
        while let Some(lane) = self.next(held) {
            held = match self.slice(&self.lanes[lane], &mut woken) {
                After::Quit => return,
                After::Open => Some(lane),
                After::Ended if self.let_go(lane) => None,
                // It was given more to do meanwhile.
                After::Ended => Some(lane),
            };
        }
    }

    /// The lane to go on with. A function of its own, so that the queue is not locked meanwhile.
    fn next(&self, held: Option<usize>) -> Option<usize> {
        lock(&self.queue).next(held, self.comparison.one_by_one)
    }

    /// Gives a lane up for good; false if it can go on after all.
    fn let_go(&self, lane: usize) -> bool {
        let mut queue = lock(&self.queue);
        let Lane { trainee, failure, .. } = &self.lanes[lane];
        let over = lock(failure).is_some() || lock(trainee).is_over();
        queue.held[lane] = !over;
        over
    }

    /// Trains in one lane until its time is up or it ends.
    fn slice(&self, lane: &Lane, woken: &mut Instant) -> After {
        let start = Instant::now();
        while self.may_run() {
            // A panic in one lane must not keep the others, or the window, waiting for it.
            let turn = catch_unwind(AssertUnwindSafe(|| lane.turn()));
            let ended = match turn
                .unwrap_or_else(|_| Err(Error::Fault("a training panicked".to_owned())))
            {
                Ok(ended) => ended,
                Err(error) => {
                    *lock(&lane.failure) = Some(error.to_string());
                    true
                }
            };
            if ended || woken.elapsed() >= WAKE_EVERY {
                *woken = Instant::now();
                (self.wake)();
            }
            if ended {
                return After::Ended;
            }
            if start.elapsed() >= SLICE {
                return After::Open;
            }
        }
        After::Quit
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
