//! Complete reports of pins, and of networks whose step Jacobian takes long. They come from a second
//! thread, so that the curves follow the sliders meanwhile.

use std::sync::Arc;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::flow::{FlowReport, Instrument, Question};
use crate::ticket::Ticket;
use crate::worker::Worker;

/// Complete reports at hand. Two shelves are equal if one is a copy of the other.
#[derive(Clone, Debug, Default)]
pub struct Shelf {
    version: u64,
    reports: Vec<Arc<FlowReport>>,
}

impl PartialEq for Shelf {
    /// By version, as comparing the numbers themselves would take longer than a frame.
    fn eq(&self, other: &Self) -> bool {
        self.version == other.version
    }
}

impl Shelf {
    /// The report that answers a question.
    pub fn find(&self, question: &Question) -> Option<&Arc<FlowReport>> {
        self.reports.iter().find(|report| report.question == *question)
    }

    fn put(&mut self, report: Arc<FlowReport>) {
        if self.find(&report.question).is_none() {
            self.reports.push(report);
            self.version += 1;
        }
    }

    fn keep_only(&mut self, wanted: impl Fn(&Question) -> bool) {
        let before = self.reports.len();
        self.reports.retain(|report| wanted(&report.question));
        if self.reports.len() != before {
            self.version += 1;
        }
    }
}

/// What the second thread is told: questions to answer completely, in this order.
type Errand = Vec<Question>;

/// What it brings: a report, or why there is none.
type Brought = (Question, Result<Arc<FlowReport>, String>);

/// Keeps the shelf filled with what is wanted.
pub struct Librarian {
    worker: Worker<Errand, Brought>,
    shelf: Shelf,
    errand: Errand,
    failed: Vec<(Question, String)>,
}

impl Librarian {
    /// Starts the second thread; `wake` is called when something was brought.
    ///
    /// # Errors
    /// The system's error if no thread can be started.
    pub fn new(wake: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        let make_job = || {
            let mut instrument = Instrument::new();
            move |errand: Errand, ticket: &Ticket, publish: &mut dyn FnMut(Brought)| {
                for question in errand {
                    match measure(&mut instrument, &question, ticket) {
                        Ok(report) => publish((question, Ok(Arc::new(report)))),
                        Err(Error::Cancelled) => return Err(Error::Cancelled),
                        Err(error) => publish((question, Err(error.to_string()))),
                    }
                }
                Ok(())
            }
        };
        let worker = Worker::spawn("rnnscope-librarian", make_job, wake)?;
        Ok(Self { worker, shelf: Shelf::default(), errand: Vec::new(), failed: Vec::new() })
    }

    /// The shelf as it is.
    pub fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    /// Why there is no report for a question, if that was tried.
    pub fn failure(&self, question: &Question) -> Option<&str> {
        self.failed.iter().find(|(failed, _)| failed == question).map(|(_, error)| error.as_str())
    }

    /// How long something has been under way.
    pub fn busy_for(&self) -> Option<Duration> {
        self.worker.busy_for()
    }

    /// Tries again what has failed, as files may be as they were again.
    pub fn retry(&mut self) {
        self.failed.clear();
        self.errand.clear();
    }

    /// Takes what was brought, adds what is at hand anyway, and sends for what is missing. `present`
    /// is the report on screen.
    pub fn tend(&mut self, pins: &[&Question], present: Option<&Arc<FlowReport>>) {
        while let Some(outcome) = self.worker.poll() {
            match outcome.answer {
                Ok((_, Ok(report))) => self.shelf.put(report),
                Ok((question, Err(error))) => self.failed.push((question, error)),
                // A panic names no question: all that was asked for has failed.
                Err(error) => {
                    let error = error.to_string();
                    self.failed
                        .extend(self.errand.drain(..).map(|question| (question, error.clone())));
                }
            }
        }
        let pinned = |question: &Question| pins.contains(&question);
        if let Some(report) =
            present.filter(|report| report.is_complete() && pinned(&report.question))
        {
            self.shelf.put(Arc::clone(report));
        }
        self.shelf.keep_only(|question| {
            pinned(question) || present.is_some_and(|report| report.question == *question)
        });
        self.failed.retain(|(question, _)| {
            pinned(question) || present.is_some_and(|report| report.question == *question)
        });
        let incomplete = present.filter(|report| !report.is_complete()).map(|r| &r.question);
        let missing = incomplete.into_iter().chain(pins.iter().copied()).filter(|question| {
            self.shelf.find(question).is_none() && self.failure(question).is_none()
        });
        let errand: Errand = missing.cloned().collect();
        if errand != self.errand {
            self.errand.clone_from(&errand);
            if errand.is_empty() {
                self.worker.cancel();
            } else {
                self.worker.submit(errand);
            }
        }
    }
}

fn measure(
    instrument: &mut Instrument,
    question: &Question,
    ticket: &Ticket,
) -> Result<FlowReport> {
    let mut report = instrument.answer(question, ticket)?;
    instrument.complete(&mut report, ticket)?;
    Ok(report)
}
