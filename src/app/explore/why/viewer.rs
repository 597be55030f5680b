//! One view at work: a thread of its own measures and draws it, so that a slow view holds up neither
//! the curves nor another view.

use std::sync::Arc;
use std::time::Duration;

use crate::app::explore::scene::Picture;
use crate::app::explore::stale::{Delay, Work};
use crate::error::Result;
use crate::figure::of_flow;
use crate::figure::of_view::{self, Layout};
use crate::flow::view::{Check, CheckReport, Landscape, Surveyor};
use crate::flow::{FlowReport, Instrument, Question, View, ViewReport};
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
}

/// A view as its thread sees it.
#[derive(Default)]
struct Easel {
    instrument: Instrument,
    surveyor: Surveyor,
    last: Option<(Question, View, ViewReport)>,
}

/// A view, its thread and what it has brought.
pub struct Viewer {
    worker: Worker<Request, Drawn>,
    /// The last request handed in, unless its answer is no longer wanted.
    requested: Option<Request>,
    /// The last answer; `None` before the first.
    drawn: Option<Drawn>,
    error: Option<String>,
    /// Whether the user broke off the work on the last request.
    stopped: bool,
    delay: Delay,
}

/// What a view has brought.
#[derive(Clone)]
pub struct Drawn {
    /// What it is about.
    pub question: Question,
    /// Which view of it.
    pub view: View,
    /// Which network, input and loss it is of: a report without numbers.
    pub about: Arc<FlowReport>,
    /// The same in a line.
    pub heading: String,
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
        Ok(Self {
            worker,
            requested: None,
            drawn: None,
            error: None,
            stopped: false,
            delay: Delay::default(),
        })
    }

    /// Hands in a request if anything it depends on has changed.
    pub fn ask(&mut self, request: Request) {
        if self.requested.as_ref() != Some(&request) {
            // What went wrong with earlier settings is not about these.
            self.error = None;
            self.stopped = false;
            self.requested = Some(request.clone());
            self.worker.submit(request);
        }
        self.delay.follow(self.is_answered());
    }

    /// Asks again at the next opportunity, whatever came of the last request.
    pub fn retry(&mut self) {
        self.requested = None;
    }

    /// Whether the last request is answered by what is drawn.
    fn is_answered(&self) -> bool {
        match (&self.drawn, &self.requested) {
            (Some(drawn), Some(asked)) => {
                drawn.question == asked.question && drawn.view == asked.view
            }
            _ => false,
        }
    }

    /// Whether nothing will come of the last request any more.
    pub fn is_stuck(&self) -> bool {
        self.error.is_some() || self.stopped
    }

    /// Whether the answer has been missed for long enough to be noticed.
    pub fn is_late(&self) -> bool {
        self.delay.is_late()
    }

    /// How far it is.
    pub fn work(&self) -> Work {
        Work { done: self.worker.progress(), left: self.worker.time_left() }
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
                    self.delay.restart();
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
    pub fn cancel(&mut self) {
        if self.worker.busy_for().is_some() {
            self.worker.cancel();
            self.stopped = true;
        }
    }

    /// How long it has been at work.
    pub fn busy_for(&self) -> Option<Duration> {
        self.worker.busy_for()
    }
}

impl Easel {
    fn answer(
        &mut self,
        request: &Request,
        ticket: &Ticket,
        publish: &mut dyn FnMut(Drawn),
    ) -> Result<()> {
        let Request { question, view, layout: _ } = request;
        let about = Arc::new(self.instrument.outline(question)?);
        if let View::Landscape(across) = view {
            let mut show = |landscape: &Landscape| {
                let report = ViewReport::Landscape(landscape.clone());
                publish(drawn(request, &about, &report));
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
            publish(drawn(request, &about, report));
        }
        Ok(())
    }
}

fn drawn(request: &Request, about: &Arc<FlowReport>, report: &ViewReport) -> Drawn {
    let Request { question, view, layout } = request;
    let check = match report {
        ViewReport::Check(CheckReport { check, precision: _ }) => Some(Arc::new(check.clone())),
        _ => None,
    };
    let pictures = Arc::new(Picture::all(of_view::figures(report, layout)));
    let (about, heading) = (Arc::clone(about), of_flow::heading(about));
    Drawn { question: question.clone(), view: *view, about, heading, pictures, check }
}
