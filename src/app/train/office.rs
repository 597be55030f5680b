//! What the director's thread does: it carries out orders on the run on screen and on those that were
//! put away, and makes scenes.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::archive::{Archive, Deed};
use super::director::{Mail, Message, News, Order, lock};
use super::errand::Delivery;
use super::ledger::{self, Ledger, RunLine};
use super::run::Run;
use super::scene::View;
use super::shelter::{Offer, Shelter};
use crate::error::{Error, Result};
use crate::train::Comparison;
use crate::worker::{Race, panic_text};

/// Scenes follow each other at this distance at the least,
const LEAST_GAP: Duration = Duration::from_millis(80);
/// and take at most this part of the director's time, so that long trainings are not slowed down.
const SHARE: u32 = 8;

/// What the thread works with.
pub struct Office {
    inbox: Receiver<Message>,
    /// For the race, to say that something happened.
    pub(super) own: Sender<Message>,
    mail: Arc<Mutex<Mail>>,
    wake: Box<dyn Fn() + Send>,
    /// The run on screen.
    pub(super) run: Option<Run>,
    /// The others.
    pub(super) archive: Archive<Run>,
    /// Runs that were started so far, without those that were dropped before their first update.
    pub(super) started: u64,
    view: View,
    /// Orders carried out.
    done: u64,
    /// When the next scene is due, if anything happened since the last.
    due: Option<Instant>,
    /// Time between scenes at present.
    gap: Duration,
    last: Instant,
    /// Keeps what no file holds, if that is wanted.
    pub(super) shelter: Option<Shelter>,
    /// Whether it could not, when it last tried, and that was told.
    pub(super) unsheltered: bool,
    /// What earlier processes kept.
    pub(super) offers: Vec<Offer>,
    /// Whether the user wants nothing of all this any more.
    pub(super) discarded: bool,
}

impl Office {
    /// An office without a run.
    pub fn new(
        inbox: Receiver<Message>,
        own: Sender<Message>,
        mail: Arc<Mutex<Mail>>,
        wake: Box<dyn Fn() + Send>,
    ) -> Self {
        Self {
            inbox,
            own,
            mail,
            wake,
            run: None,
            archive: Archive::default(),
            started: 0,
            view: View::default(),
            done: 0,
            due: None,
            gap: LEAST_GAP,
            last: Instant::now(),
            shelter: None,
            unsheltered: false,
            offers: Vec::new(),
            discarded: false,
        }
    }

    /// Works until it is told to quit.
    pub fn serve(mut self) {
        self.work();
        self.leave();
    }

    fn work(&mut self) {
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
                        self.carry_out(*order);
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
            self.tend_shelter();
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
            Order::Resume => self.tell_race(Race::unpause),
            Order::Step => self.steer(|run| run.race().step_once()),
            Order::Stop => self.tell_race(Race::stop),
            Order::Further(steps) => self.steer(|run| run.race().extend(steps)),
            Order::Show(view) => {
                self.view = view;
                Ok(())
            }
            Order::Recall(number) => {
                if let Some(left) = self.recall(number) {
                    self.archive.did(Deed::Left(left));
                }
                Ok(())
            }
            Order::Delete(number) => {
                self.forget_kept(number);
                if self.archive.delete(number) {
                    self.archive.did(Deed::Deleted(number));
                    self.tell(|mail| mail.news.push(News::Deleted(number)));
                }
                Ok(())
            }
            Order::Undo => {
                self.undo();
                Ok(())
            }
            Order::Redo => {
                self.redo();
                Ok(())
            }
            Order::Deliver(errand) => {
                if let Some(run) = &mut self.run {
                    let delivery = run.deliver(errand);
                    self.tell(|mail| mail.deliveries.push(delivery));
                }
                Ok(())
            }
            Order::SaveRuns { numbers, folder } => {
                let saved = self.save_runs(&numbers, &folder);
                self.tell(|mail| mail.deliveries.push(saved));
                Ok(())
            }
            Order::Shelter(folder) => self.take_shelter(&folder),
            Order::OpenOffer(path) => self.open_offer(&path),
            Order::SaveOffer { path, folder } => {
                let saved = self.save_offer(&path, &folder);
                self.tell(|mail| mail.deliveries.push(saved));
                Ok(())
            }
            Order::DiscardOffer(path) => self.discard_offer(&path),
            Order::Discard => {
                self.discarded = true;
                Ok(())
            }
        }
    }

    fn start(&mut self, comparison: &Comparison, paused: bool) -> Result<()> {
        // Settings that cannot be trained leave what is there alone.
        comparison.validate()?;
        let running = self.run.as_ref().is_some_and(Run::is_running);
        // A run without an update is replaced, number and all.
        let vain = self.run.as_ref().filter(|run| !run.has_begun()).map(Run::number);
        let number = vain.unwrap_or(self.started + 1);
        self.tell_race(Race::pause)?;
        let run = match Run::start(number, comparison, paused, self.waker()) {
            Ok(run) => run,
            Err(error) => {
                if running {
                    self.tell_race(Race::unpause)?;
                }
                return Err(error);
            }
        };
        if let Some(left) = self.put_away() {
            self.archive.did(Deed::Left(left));
            self.tell(|mail| mail.news.push(News::PutAway(left)));
        }
        self.started = self.started.max(number);
        self.run = Some(run);
        Ok(())
    }

    /// What a race calls when something happened.
    pub(super) fn waker(&self) -> impl Fn() + Send + Sync + 'static {
        let own = self.own.clone();
        move || {
            // The receiver is gone only when nobody looks any more.
            let _ = own.send(Message::Look);
        }
    }

    /// Puts the run on screen away, if it has anything to lose. Returns its number then.
    pub(super) fn put_away(&mut self) -> Option<u64> {
        let mut run = self.run.take()?;
        run.race().pause();
        run.refresh();
        run.fold();
        let number = run.number();
        if !run.has_begun() {
            // The next one gets its number.
            self.started = self.started.min(number - 1);
            return None;
        }
        let gone = self.archive.keep(number, run.bytes(), run);
        self.tell(|mail| mail.news.extend(gone.into_iter().map(News::Gone)));
        Some(number)
    }

    /// Puts an earlier run on screen, in place of what is there. Returns the number of what was put
    /// away for it, if anything was.
    fn recall(&mut self, number: u64) -> Option<u64> {
        let mut run = self.archive.take(number)?;
        run.race();
        let left = self.put_away();
        self.run = Some(run);
        left
    }

    fn undo(&mut self) {
        match self.archive.pop_undo() {
            Some(Deed::Left(number)) => {
                if let Some(left) = self.recall(number) {
                    self.archive.undid(Deed::Left(left));
                }
            }
            Some(Deed::Deleted(number)) => {
                self.archive.restore(number);
                self.archive.undid(Deed::Deleted(number));
            }
            None => {}
        }
    }

    fn redo(&mut self) {
        match self.archive.pop_redo() {
            Some(Deed::Left(number)) => {
                if let Some(left) = self.recall(number) {
                    self.archive.redid(Deed::Left(left));
                }
            }
            Some(Deed::Deleted(number)) => {
                self.archive.delete(number);
                self.archive.redid(Deed::Deleted(number));
            }
            None => {}
        }
    }

    fn save_runs(&mut self, numbers: &[u64], folder: &Path) -> Result<Delivery> {
        let all = self.run.iter_mut().chain(self.archive.all_listed());
        let wanted = all.filter(|run| numbers.contains(&run.number()));
        wanted.map(|run| run.save(folder)).collect::<Result<_>>().map(Delivery::Runs)
    }

    pub(super) fn tell_race(&mut self, what: impl FnOnce(&Race)) -> Result<()> {
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
        let (run, archive) = (&mut self.run, &mut self.archive);
        let made = catch_unwind(AssertUnwindSafe(|| {
            let scene = run.as_mut().map(|run| {
                run.refresh();
                let own = run.comparison().clone();
                let other = view.overlaid.and_then(|number| archive.listed(number));
                let other = other.filter(|other| ledger::comparable(&own, other.comparison()));
                Arc::new(run.scene(view, other))
            });
            (scene, Arc::new(ledger(run.as_mut(), archive)))
        }));
        let (scene, ledger) = made.unwrap_or_else(|panic| {
            self.run = None;
            let fault = Error::Fault(panic_text(panic.as_ref()));
            self.tell(|mail| mail.troubles.push(fault));
            (None, Arc::default())
        });
        self.tell(|mail| mail.scene = Some((self.done, scene, ledger)));
        self.due = None;
        self.last = Instant::now();
        self.gap = LEAST_GAP.max(start.elapsed() * SHARE);
    }

    pub(super) fn tell(&self, how: impl FnOnce(&mut Mail)) {
        how(&mut lock(&self.mail));
        (self.wake)();
    }
}

/// All runs as they are now.
fn ledger(run: Option<&mut Run>, archive: &mut Archive<Run>) -> Ledger {
    let line = |run: &mut Run| -> RunLine {
        if !run.is_over() {
            // A lane finishes the turn it was in when it was put away.
            run.refresh();
        }
        run.line()
    };
    Ledger {
        present: run.map(Run::line),
        earlier: archive.all_listed().into_iter().map(line).collect(),
        undo: archive.next_undo().map(ledger::undoes),
        redo: archive.next_redo().map(ledger::redoes),
        at_risk: archive.at_risk(),
    }
}
