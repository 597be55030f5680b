//! The thread between the window and the race: it carries out orders, which may take a moment, and
//! makes scenes, so that the interface never waits.

use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::errand::{Delivery, Errand};
use super::ledger::Ledger;
use super::office::Office;
use super::scene::{Scene, View};
use super::shelter::Offer;
use crate::error::{Error, Result};
use crate::train::Comparison;

/// How long the end of the window waits for what no file holds to be written.
const PATIENCE: Duration = Duration::from_secs(20);

/// Something the user wants.
#[derive(Debug)]
pub enum Order {
    /// Line up a comparison and let it train; what was trained before is put away.
    Start(Box<Comparison>),
    /// Line up a comparison, do this many updates, and wait.
    LineUp(Box<Comparison>, u32),
    /// Line up what is trained anew, at its initial weights, and wait; what was trained is put away.
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
    /// Show an earlier run, and put away the one on screen.
    Recall(u64),
    /// Take an earlier run off the list.
    Delete(u64),
    /// Bring back what was put away or deleted last.
    Undo,
    /// Do again what was taken back.
    Redo,
    /// Write something of the run on screen.
    Deliver(Errand),
    /// Write these runs, each into a folder of its own inside `folder`.
    SaveRuns {
        /// Which runs.
        numbers: Vec<u64>,
        /// The folder of the folders.
        folder: PathBuf,
    },
    /// Keep in this folder what no file holds, and offer what earlier processes kept there.
    Shelter(PathBuf),
    /// Show a training that was offered, and put away the one on screen.
    OpenOffer(PathBuf),
    /// Write a training that was offered into a folder of its own inside `folder`.
    SaveOffer {
        /// Its file.
        path: PathBuf,
        /// The folder of the folder.
        folder: PathBuf,
    },
    /// Remove a training that was offered.
    DiscardOffer(PathBuf),
    /// Keep nothing of what was trained.
    Discard,
}

/// What became of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// It was put away for another one.
    PutAway(u64),
    /// It was taken off the list.
    Deleted(u64),
    /// It had to go, because others needed the room.
    Gone(u64),
}

/// What the director has to say, oldest first. Of scenes only the newest is kept: while the window is
/// minimised nobody takes them.
#[derive(Debug, Default)]
pub struct Mail {
    /// Orders carried out when the scene was made, and the training as it was then; none if there
    /// was none; and all runs at that moment.
    pub scene: Option<(u64, Option<Arc<Scene>>, Arc<Ledger>)>,
    /// Why orders could not be carried out.
    pub troubles: Vec<Error>,
    /// Errands that are done, or not.
    pub deliveries: Vec<Result<Delivery>>,
    /// What became of runs.
    pub news: Vec<News>,
    /// Trainings that earlier processes kept, whenever these change.
    pub offers: Option<Vec<Offer>>,
    /// What else went wrong, in lines.
    pub warnings: Vec<String>,
}

/// What the thread is sent.
pub(super) enum Message {
    /// From the window.
    Order(Box<Order>),
    /// Something happened in the race.
    Look,
    /// The window is gone.
    Quit,
}

/// The window's end of the thread. Dropping it ends the training.
#[derive(Debug)]
pub struct Director {
    messages: Sender<Message>,
    mail: Arc<Mutex<Mail>>,
    sent: u64,
    /// Disconnected when the thread has ended.
    ended: Receiver<()>,
    /// Whether the thread has something to write at its end.
    sheltered: bool,
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
        let (end, ended) = mpsc::channel();
        std::thread::Builder::new().name("rnnscope-director".to_owned()).spawn(move || {
            let _end: Sender<()> = end;
            Office::new(inbox, own, outbox, Box::new(wake)).serve();
        })?;
        Ok(Self { messages, mail, sent: 0, ended, sheltered: false })
    }

    /// Gives an order. Returns its number.
    pub fn order(&mut self, order: Order) -> u64 {
        self.sent += 1;
        self.sheltered |= matches!(order, Order::Shelter(_));
        // The thread ends only when this is dropped.
        let _ = self.messages.send(Message::Order(Box::new(order)));
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
        if self.sheltered {
            // What no file holds is written at the end; nobody looks at the window any more.
            let _ = self.ended.recv_timeout(PATIENCE);
        }
    }
}

/// Locks; a panic elsewhere leaves nothing half done in the mail.
pub(super) fn lock(mail: &Mutex<Mail>) -> MutexGuard<'_, Mail> {
    mail.lock().unwrap_or_else(PoisonError::into_inner)
}
