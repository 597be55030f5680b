//! Keeps trainings that no file of the user's holds, on a thread of its own: writing whole files to a
//! disk takes a moment. See [`crate::rescue`].

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::ledger;
use crate::disk;
use crate::error::{Error, Result};
use crate::rescue::{self, Rescue};
use crate::ticket::Ticket;
use crate::train::Checkpoint;
use crate::visible;

/// A training that goes on is written this often at most,
const EVERY: Duration = Duration::from_secs(60);
/// and takes at most this part of the time.
const SHARE: u32 = 20;

/// A training that an earlier process kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    /// Its file.
    pub path: PathBuf,
    /// Task, preset or contenders, seed.
    pub title: String,
    /// When it began, in seconds since 1970.
    pub began: f64,
    /// Bytes of its file.
    pub bytes: u64,
}

enum Job {
    Keep(PathBuf, Box<Checkpoint>),
    Remove(PathBuf),
    Look,
}

/// What the thread has to say.
pub enum Word {
    /// A training is written, and these had to go for it.
    Kept(Vec<PathBuf>),
    /// A training could not be written.
    Failed(PathBuf, Error),
    /// What earlier processes kept.
    Offers(Vec<Offer>),
    /// A file that cannot be used, in one line.
    Unusable(String),
}

/// The office's end of the thread.
pub struct Shelter {
    rescue: Arc<Rescue>,
    jobs: Option<Sender<Job>>,
    words: Receiver<(Word, Duration)>,
    thread: Option<JoinHandle<()>>,
    /// Trainings that are being written.
    under_way: usize,
    /// Time between two writings of a training that goes on.
    pub gap: Duration,
}

impl Shelter {
    /// Keeps trainings in a folder, which is made if it is missing, and looks for what earlier
    /// processes kept there. `wake` is called when there is a word.
    ///
    /// # Errors
    /// What the system says of the folder or a thread.
    pub fn new(folder: &Path, wake: impl Fn() + Send + 'static) -> Result<Self> {
        let rescue = Arc::new(Rescue::hold(folder)?);
        let (jobs, orders) = mpsc::channel();
        let (say, words) = mpsc::channel();
        let own = Arc::clone(&rescue);
        let thread = std::thread::Builder::new().name("rnnscope-rescue".to_owned());
        let work = move || {
            for job in orders {
                let start = Instant::now();
                for word in do_job(&own, job) {
                    // Whoever has left needs no words.
                    let _ = say.send((word, start.elapsed()));
                }
                wake();
            }
        };
        let thread = thread
            .spawn(work)
            .map_err(|error| Error::Fault(format!("no thread to keep trainings: {error}")))?;
        let shelter = Self {
            rescue,
            jobs: Some(jobs),
            words,
            thread: Some(thread),
            under_way: 0,
            gap: EVERY,
        };
        shelter.hand_in(Job::Look);
        Ok(shelter)
    }

    fn hand_in(&self, job: Job) {
        if let Some(jobs) = &self.jobs {
            // The thread ends only when this is dropped.
            let _ = jobs.send(job);
        }
    }

    /// Whether a training is being written.
    pub fn is_busy(&self) -> bool {
        self.under_way > 0
    }

    /// A file for a training.
    pub fn place(&self, checkpoint: &Checkpoint, number: u64) -> PathBuf {
        self.rescue.place(checkpoint, number)
    }

    /// Writes a training.
    pub fn keep(&mut self, path: PathBuf, checkpoint: Checkpoint) {
        self.under_way += 1;
        self.hand_in(Job::Keep(path, Box::new(checkpoint)));
    }

    /// Removes the file of a training, once what was handed in before is done.
    pub fn remove(&self, path: PathBuf) {
        self.hand_in(Job::Remove(path));
    }

    /// Takes over what was offered.
    ///
    /// # Errors
    /// A file that is gone, or cannot be renamed.
    pub fn claim(&self, path: &Path, checkpoint: &Checkpoint, number: u64) -> Result<PathBuf> {
        self.rescue.claim(path, checkpoint, number)
    }

    /// What was said since the last time.
    pub fn hear(&mut self) -> Vec<Word> {
        let mut heard = Vec::new();
        while let Ok((word, took)) = self.words.try_recv() {
            if matches!(word, Word::Kept(_) | Word::Failed(..)) {
                self.under_way = self.under_way.saturating_sub(1);
                self.gap = EVERY.max(took * SHARE);
            }
            heard.push(word);
        }
        heard
    }
}

impl Drop for Shelter {
    /// Waits until everything that was handed in is done.
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // One that panicked has nothing left to write.
            let _ = thread.join();
        }
    }
}

fn do_job(rescue: &Rescue, job: Job) -> Vec<Word> {
    match job {
        Job::Keep(path, checkpoint) => vec![match rescue.keep(&path, &checkpoint) {
            Ok(gone) => Word::Kept(gone),
            Err(error) => Word::Failed(path, error),
        }],
        Job::Remove(path) => match disk::remove(&path) {
            Ok(()) | Err(Error::Write { .. }) if !path.exists() => Vec::new(),
            Ok(()) => Vec::new(),
            Err(error) => vec![Word::Unusable(error.to_string())],
        },
        Job::Look => look(rescue),
    }
}

/// Reads what earlier processes kept. What cannot be read is never in the way: it is told in a line.
fn look(rescue: &Rescue) -> Vec<Word> {
    let (mut offers, mut words) = (Vec::new(), Vec::new());
    for path in rescue.offered() {
        match Checkpoint::read(&path, &Ticket::new()) {
            Ok(checkpoint) => offers.push(Offer {
                title: ledger::title(checkpoint.comparison()),
                began: checkpoint.began().unwrap_or(0.0),
                bytes: disk::stamp(&path).map_or(0, |(_, bytes)| bytes),
                path,
            }),
            Err(error) => words.push(Word::Unusable(unusable(&path, &error))),
        }
    }
    words.push(Word::Offers(offers));
    words
}

/// What is said of a file that cannot be used; if it is damaged, it is set aside.
pub fn unusable(path: &Path, error: &Error) -> String {
    let text = format!("A training that was not saved cannot be opened: {error}");
    if !rescue::is_damage(path, error) {
        return format!("{text}. It is kept and offered again at the next start.");
    }
    match rescue::set_aside(path) {
        Ok(aside) => format!("{text}. The file was set aside as {}.", visible::path(&aside)),
        Err(stays) => format!("{text}. The file could not be set aside: {stays}."),
    }
}
