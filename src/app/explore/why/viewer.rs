//! One view at work: a thread of its own measures and draws it, so that a slow view holds up neither
//! the curves nor another view.

use std::sync::Arc;
use std::time::Duration;

use crate::app::explore::scene::Picture;
use crate::error::Result;
use crate::figure::of_view::{self, Layout};
use crate::flow::view::{Check, CheckReport, Landscape, Surveyor};
use crate::flow::{Instrument, Question, View, ViewReport};
use crate::ticket::Ticket;
use crate::worker::Worker;

/// Everything a view depends on.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// What is looked at.
    pub question: Question,
    /// How.
    pub view: View,
    /// How its figures are laid out.
    pub layout: Layout,
    /// Counts how often files were opened: a file opened again is read again.
    pub opened: u64,
}

/// A view as its thread sees it.
#[derive(Default)]
struct Easel {
    instrument: Instrument,
    surveyor: Surveyor,
    last: Option<(Question, View, ViewReport)>,
    opened: u64,
}

/// A view, its thread and what it has brought.
pub struct Viewer {
    worker: Worker<Request, Drawn>,
    /// The last request handed in, unless its answer is no longer wanted.
    requested: Option<Request>,
    /// The last answer; `None` before the first.
    drawn: Option<Drawn>,
    error: Option<String>,
}

/// What a view has brought.
#[derive(Clone)]
pub struct Drawn {
    /// What it is about.
    pub question: Question,
    /// Its figures, ready to be drawn.
    pub pictures: Arc<Vec<Picture>>,
    /// What it says about trust, if that was its question.
    pub check: Option<Arc<Check>>,
}

impl Viewer {
    /// Starts the thread; `wake` is called when it has brought something.
    ///
    /// # Errors
    /// The system's error if no thread can be started.
    pub fn new(wake: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        let make_job = || {
            let mut easel = Easel::default();
            move |request: Request, ticket: &Ticket, publish: &mut dyn FnMut(Drawn)| {
                easel.answer(&request, ticket, publish)
            }
        };
        let worker = Worker::spawn("rnnscope-view", make_job, wake)?;
        Ok(Self { worker, requested: None, drawn: None, error: None })
    }

    /// Hands in a request if anything it depends on has changed.
    pub fn ask(&mut self, request: Request) {
        if self.requested.as_ref() != Some(&request) {
            self.requested = Some(request.clone());
            self.worker.submit(request);
        }
    }

    /// Stops the work, as nobody looks. What was brought is kept for when somebody does again.
    pub fn rest(&mut self) {
        if self.worker.busy_for().is_some() {
            self.worker.cancel();
            self.requested = None;
        }
    }

    /// Takes what the thread has brought.
    pub fn collect(&mut self) {
        while let Some(outcome) = self.worker.poll() {
            let newest = outcome.request == self.worker.newest();
            match outcome.answer {
                Ok(drawn) => {
                    self.drawn = Some(drawn);
                    self.error = None;
                }
                // An older request's trouble is not about what is on screen.
                Err(error) if newest => self.error = Some(error.to_string()),
                Err(_) => {}
            }
        }
    }

    /// What is to be drawn, or why there is nothing.
    pub fn shown(&self) -> std::result::Result<Option<&Drawn>, &str> {
        match &self.error {
            Some(error) => Err(error),
            None => Ok(self.drawn.as_ref()),
        }
    }

    /// Breaks off the work; the request counts as answered.
    pub fn cancel(&self) {
        self.worker.cancel();
    }

    /// How long it has been at work.
    pub fn busy_for(&self) -> Option<Duration> {
        self.worker.busy_for()
    }

    /// How far it is, if it says.
    pub fn progress(&self) -> Option<f64> {
        self.worker.progress()
    }
}

impl Easel {
    fn answer(
        &mut self,
        request: &Request,
        ticket: &Ticket,
        publish: &mut dyn FnMut(Drawn),
    ) -> Result<()> {
        let Request { question, view, layout, opened } = request;
        if self.opened != *opened {
            *self = Self { opened: *opened, ..Self::default() };
        }
        if let View::Landscape(across) = view {
            let mut show = |landscape: &Landscape| {
                let report = ViewReport::Landscape(landscape.clone());
                publish(drawn(question, &report, layout));
            };
            self.surveyor.survey(question, *across, ticket, &mut show)?;
            return Ok(());
        }
        let same = |(of, by, _): &&(Question, View, ViewReport)| of == question && by == view;
        if self.last.as_ref().filter(same).is_none() {
            let report = self.instrument.view(question, *view, ticket)?;
            self.last = Some((question.clone(), *view, report));
        }
        if let Some((_, _, report)) = &self.last {
            publish(drawn(question, report, layout));
        }
        Ok(())
    }
}

fn drawn(question: &Question, report: &ViewReport, layout: &Layout) -> Drawn {
    let check = match report {
        ViewReport::Check(CheckReport { check, precision: _ }) => Some(Arc::new(check.clone())),
        _ => None,
    };
    let pictures = Arc::new(Picture::all(of_view::figures(report, layout)));
    Drawn { question: question.clone(), pictures, check }
}
