//! The thread between the window and the race: it carries out orders, which may take a moment, and
//! makes scenes, so that the interface never waits.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::errand::{Delivery, Errand};
use super::run::Run;
use super::scene::{Scene, View};
use crate::error::{Error, Result};
use crate::train::Comparison;
use crate::worker::{Race, panic_text};

/// Scenes follow each other at this distance at the least,
const LEAST_GAP: Duration = Duration::from_millis(80);
/// and take at most this part of the director's time, so that long trainings are not slowed down.
const SHARE: u32 = 8;

/// Something the user wants.
#[derive(Debug)]
pub enum Order {
    /// Line up a comparison and let it train; what was trained before is dropped.
    Start(Box<Comparison>),
    /// Line up a comparison, do this many updates, and wait.
    LineUp(Box<Comparison>, u32),
    /// Return to the initial weights of what is trained, and wait.
    Rewind,
    /// Wait.
    Pause,
    /// Go on.
    Resume,
    /// Pause, and do one update each.
    Step,
    /// End.
    Stop,
    /// Do so many updates more.
    Further(u64),
    /// Look at something else.
    Show(View),
    /// Write something.
    Deliver(Errand),
}

/// What the director has to say, oldest first. Of scenes only the newest is kept: while the window is
/// minimised nobody takes them.
#[derive(Debug, Default)]
pub struct Mail {
    /// Orders carried out when the scene was made, and the training as it was then; none if there
    /// was none.
    pub scene: Option<(u64, Option<Arc<Scene>>)>,
    /// Why orders could not be carried out.
    pub troubles: Vec<Error>,
    /// Errands that are done, or not.
    pub deliveries: Vec<Result<Delivery>>,
}

enum Message {
    Order(Order),
    /// Something happened in the race.
    Look,
    Quit,
}

/// The window's end of the thread. Dropping it ends the training.
#[derive(Debug)]
pub struct Director {
    messages: Sender<Message>,
    mail: Arc<Mutex<Mail>>,
    sent: u64,
}

impl Director {
    /// Starts the thread; `wake` is called when there is mail.
    ///
    /// # Errors
    /// The system's error if no thread can be started.
    pub fn new(wake: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        let (messages, inbox) = mpsc::channel();
        let mail = Arc::<Mutex<Mail>>::default();
        let outbox = Arc::clone(&mail);
        let own = messages.clone();
        std::thread::Builder::new().name("rnnscope-director".to_owned()).spawn(move || {
            let office = Office {
                inbox,
                own,
                mail: outbox,
                wake: Box::new(wake),
                run: None,
                view: View::default(),
                done: 0,
                due: None,
                gap: LEAST_GAP,
                last: Instant::now(),
            };
            office.serve();
        })?;
        Ok(Self { messages, mail, sent: 0 })
    }

    /// Gives an order. Returns its number.
    pub fn order(&mut self, order: Order) -> u64 {
        self.sent += 1;
        // The thread ends only when this is dropped.
        let _ = self.messages.send(Message::Order(order));
        self.sent
    }

    /// Orders given so far.
    pub fn sent(&self) -> u64 {
        self.sent
    }

    /// What has come since the last time.
    pub fn take(&self) -> Mail {
        std::mem::take(&mut *lock(&self.mail))
    }
}

impl Drop for Director {
    fn drop(&mut self) {
        let _ = self.messages.send(Message::Quit);
    }
}

/// What the thread works with.
struct Office {
    inbox: Receiver<Message>,
    /// For the race, to say that something happened.
    own: Sender<Message>,
    mail: Arc<Mutex<Mail>>,
    wake: Box<dyn Fn() + Send>,
    run: Option<Run>,
    view: View,
    /// Orders carried out.
    done: u64,
    /// When the next scene is due, if anything happened since the last.
    due: Option<Instant>,
    /// Time between scenes at present.
    gap: Duration,
    last: Instant,
}

impl Office {
    fn serve(mut self) {
        while let Some(first) = self.wait() {
            let mut urgent = false;
            let mut next = first;
            while let Some(message) = next {
                match message {
                    Message::Quit => return,
                    Message::Look => {
                        let due = self.last + self.gap;
                        self.due.get_or_insert(due);
                    }
                    Message::Order(order) => {
                        self.carry_out(order);
                        urgent = true;
                    }
                }
                next = self.inbox.try_recv().ok();
            }
            if urgent || self.due.is_some_and(|due| due <= Instant::now()) {
                self.publish();
            }
            if urgent {
                // Lanes finish the turn they are in after they were told to wait.
                self.due = Some(Instant::now() + LEAST_GAP);
            }
        }
    }

    /// A message, nothing if a scene is due before there is one, or `None` at the end of it all.
    fn wait(&self) -> Option<Option<Message>> {
        match self.due {
            None => self.inbox.recv().ok().map(Some),
            Some(due) => {
                match self.inbox.recv_timeout(due.saturating_duration_since(Instant::now())) {
                    Ok(message) => Some(Some(message)),
                    Err(RecvTimeoutError::Timeout) => Some(None),
                    Err(RecvTimeoutError::Disconnected) => None,
                }
            }
        }
    }

    fn carry_out(&mut self, order: Order) {
        self.done += 1;
        let end = catch_unwind(AssertUnwindSafe(|| self.try_to(order)));
        let error = match end {
            Ok(Ok(())) => return,
            Ok(Err(error)) => error,
            Err(panic) => {
                // What a panic left behind cannot be trusted.
                self.run = None;
                Error::Fault(panic_text(panic.as_ref()))
            }
        };
        self.tell(|mail| mail.troubles.push(error));
    }

    fn try_to(&mut self, order: Order) -> Result<()> {
        match order {
            Order::Start(comparison) => self.start(&comparison, false),
            Order::LineUp(comparison, updates) => {
                self.start(&comparison, true)?;
                (0..updates).try_for_each(|_| self.steer(|run| run.race().step_once()))
            }
            Order::Rewind => match &self.run {
                Some(run) => {
                    let comparison = run.comparison().clone();
                    self.start(&comparison, true)
                }
                None => Ok(()),
            },
            Order::Pause => self.tell_race(Race::pause),
            Order::Resume => self.tell_race(Race::resume),
            Order::Step => self.steer(|run| run.race().step_once()),
            Order::Stop => self.tell_race(Race::stop),
            Order::Further(steps) => self.steer(|run| run.race().extend(steps)),
            Order::Show(view) => {
                self.view = view;
                Ok(())
            }
            Order::Deliver(errand) => {
                if let Some(run) = &mut self.run {
                    let delivery = run.deliver(errand);
                    self.tell(|mail| mail.deliveries.push(delivery));
                }
                Ok(())
            }
        }
    }

    fn start(&mut self, comparison: &Comparison, paused: bool) -> Result<()> {
        // Settings that cannot be trained leave what is there alone.
        comparison.validate()?;
        self.run = None;
        let own = self.own.clone();
        let wake = move || {
            // The receiver is gone only when nobody looks any more.
            let _ = own.send(Message::Look);
        };
        self.run = Some(Run::start(comparison, paused, wake)?);
        Ok(())
    }

    fn tell_race(&mut self, what: impl FnOnce(&Race)) -> Result<()> {
        self.steer(|run| {
            what(run.race());
            Ok(())
        })
    }

    fn steer(&mut self, how: impl FnOnce(&mut Run) -> Result<()>) -> Result<()> {
        self.run.as_mut().map_or(Ok(()), how)
    }

    fn publish(&mut self) {
        let start = Instant::now();
        let view = self.view;
        let scene = |run: &mut Run| {
            run.refresh();
            Arc::new(run.scene(view))
        };
        let made = catch_unwind(AssertUnwindSafe(|| self.run.as_mut().map(scene)));
        let scene = made.unwrap_or_else(|panic| {
            self.run = None;
            let fault = Error::Fault(panic_text(panic.as_ref()));
            self.tell(|mail| mail.troubles.push(fault));
            None
        });
        self.tell(|mail| mail.scene = Some((self.done, scene)));
        self.due = None;
        self.last = Instant::now();
        self.gap = LEAST_GAP.max(start.elapsed() * SHARE);
    }

    fn tell(&self, how: impl FnOnce(&mut Mail)) {
        how(&mut lock(&self.mail));
        (self.wake)();
    }
}

/// Locks; a panic elsewhere leaves nothing half done in the mail.
fn lock(mail: &Mutex<Mail>) -> MutexGuard<'_, Mail> {
    mail.lock().unwrap_or_else(PoisonError::into_inner)
}
