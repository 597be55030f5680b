//! The thread that writes settings, so that the window never waits for a disk.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use super::geometry::Geometry;
use super::start::Marker;
use super::store::{Contents, Store};
use crate::error::{Error, Result};
use crate::session::Session;

/// Settings that have not changed for so long are written.
const REST: Duration = Duration::from_secs(1);

/// Settings that change all the time are written so often anyway.
const LONGEST: Duration = Duration::from_secs(10);

/// After a failure, writing is tried again.
const AGAIN: Duration = Duration::from_secs(20);

/// How long the end of the window waits for the last words.
const LAST_WORDS: Duration = Duration::from_secs(10);

/// What the window tells the thread.
enum Order {
    /// These are the settings now.
    Keep(Box<Contents>),
    /// Whatever was handed in is written at once.
    Hurry,
    /// The first settled picture is on screen.
    Started,
    /// The window closes: the rest is written. A failed start keeps its mark.
    End {
        /// Whether the window ends by a fault.
        fault: bool,
    },
}

/// What the thread tells the window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// Settings are not written, for this reason.
    Failed(String),
    /// They are again.
    Works,
}

/// The window's end of the thread.
#[derive(Debug)]
pub struct Scribe {
    orders: Sender<Order>,
    news: Receiver<News>,
    end: Receiver<Result<()>>,
    path: PathBuf,
    /// What was last handed in.
    handed: Contents,
    started: bool,
    ended: bool,
}

impl Scribe {
    /// Starts the thread. `wake` is called when there is news.
    ///
    /// # Errors
    /// A system without another thread.
    pub(super) fn spawn(
        store: Store,
        marker: Option<Marker>,
        wake: impl Fn() + Send + 'static,
    ) -> std::io::Result<Self> {
        let (orders, incoming) = mpsc::channel();
        let (tell, news) = mpsc::channel();
        let (last, end) = mpsc::channel();
        let handed = Contents::new(store.base().session.clone(), store.base().window);
        let path = store.path().to_owned();
        let tell = move |text| {
            // Nobody listens any more once the window is closed.
            let _ = tell.send(text);
            wake();
        };
        let mut desk = Desk { store, marker, wanted: None, since: None, due: None, trouble: None };
        thread::Builder::new().name("rnnscope-settings".to_owned()).spawn(move || {
            let _ = last.send(desk.work(&incoming, &tell));
        })?;
        Ok(Self { orders, news, end, path, handed, started: false, ended: false })
    }

    /// Hands in the settings if they have changed.
    pub fn keep(&mut self, session: &Session, window: Option<Geometry>) {
        let window = window.or(self.handed.window);
        if self.handed.session != *session || self.handed.window != window {
            self.handed = Contents::new(session.clone(), window);
            self.order(Order::Keep(Box::new(self.handed.clone())));
        }
    }

    /// Where the window was when settings were last handed in.
    pub fn window(&self) -> Option<Geometry> {
        self.handed.window
    }

    /// Says that the first settled picture is on screen.
    pub fn started(&mut self) {
        if !self.started {
            self.started = true;
            self.order(Order::Started);
        }
    }

    /// Whether it was told that the first settled picture is on screen.
    pub fn is_started(&self) -> bool {
        self.started
    }

    /// What has happened, if anything has.
    pub fn news(&self) -> Option<News> {
        self.news.try_iter().last()
    }

    /// Has whatever was handed in written at once, from any thread.
    pub fn hurrier(&self) -> impl Fn() + Send + 'static {
        let orders = self.orders.clone();
        move || {
            let _ = orders.send(Order::Hurry);
        }
    }

    /// Writes what is left.
    ///
    /// # Errors
    /// What stood in the way, so that settings are lost.
    pub fn finish(mut self) -> Result<()> {
        self.end(false)
    }

    fn end(&mut self, fault: bool) -> Result<()> {
        self.ended = true;
        self.order(Order::End { fault });
        match self.end.recv_timeout(LAST_WORDS) {
            Ok(end) => end,
            Err(RecvTimeoutError::Disconnected) => {
                Err(Error::Fault("the thread that writes settings has ended".to_owned()))
            }
            Err(RecvTimeoutError::Timeout) => {
                let why = format!("the disk has not answered for {} s", LAST_WORDS.as_secs());
                let source = std::io::Error::new(ErrorKind::TimedOut, why);
                Err(Error::Write { path: self.path.clone(), source })
            }
        }
    }

    fn order(&self, order: Order) {
        // A thread that is gone is told of at the end.
        let _ = self.orders.send(order);
    }
}

impl Drop for Scribe {
    /// A window that ends by a fault of its own still saves what it was set to.
    fn drop(&mut self) {
        if !self.ended {
            let _ = self.end(thread::panicking());
        }
    }
}

/// The thread's end.
struct Desk {
    store: Store,
    marker: Option<Marker>,
    /// What was handed in and is not written yet.
    wanted: Option<Box<Contents>>,
    /// When the first of it was handed in.
    since: Option<Instant>,
    /// When it is to be written.
    due: Option<Instant>,
    /// Why it could not be the last time, as it was told.
    trouble: Option<String>,
}

impl Desk {
    /// Takes orders until the end; how the last writing ended.
    fn work(&mut self, orders: &Receiver<Order>, tell: &impl Fn(News)) -> Result<()> {
        loop {
            let order = match self.due {
                None => orders.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(due) => orders.recv_timeout(due.saturating_duration_since(Instant::now())),
            };
            match order {
                Ok(Order::Keep(contents)) => self.take(contents),
                Ok(Order::Started) => self.marker.take().into_iter().for_each(Marker::remove),
                Ok(Order::Hurry) | Err(RecvTimeoutError::Timeout) => {
                    // Told where the window can show it.
                    let _ = self.write(tell);
                }
                Ok(Order::End { fault }) => {
                    let end = self.write(tell);
                    if !fault {
                        self.marker.take().into_iter().for_each(Marker::remove);
                    }
                    return end;
                }
                Err(RecvTimeoutError::Disconnected) => return self.write(tell),
            }
        }
    }

    fn take(&mut self, contents: Box<Contents>) {
        let now = Instant::now();
        self.wanted = Some(contents);
        let since = *self.since.get_or_insert(now);
        self.due = Some((now + REST).min(since + LONGEST));
    }

    fn write(&mut self, tell: &impl Fn(News)) -> Result<()> {
        (self.since, self.due) = (None, None);
        let Some(wanted) = &self.wanted else { return Ok(()) };
        let end = self.store.save(wanted);
        match &end {
            Ok(()) => {
                self.wanted = None;
                if self.trouble.take().is_some() {
                    tell(News::Works);
                }
            }
            Err(error) => {
                self.due = Some(Instant::now() + AGAIN);
                let text = error.to_string();
                if self.trouble.as_ref() != Some(&text) {
                    tell(News::Failed(text.clone()));
                    self.trouble = Some(text);
                }
            }
        }
        end
    }
}
