//! What is computed off the interface's thread: from everything that decides the picture to figures.

use std::sync::Arc;

use crate::error::{Error, Result};
use crate::figure::of_flow::{self, Table, View};
use crate::figure::{Figure, Resolved};
use crate::flow::{FlowReport, Instrument, Question};
use crate::ticket::Ticket;

/// Everything the picture depends on.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// What is measured.
    pub question: Question,
    /// Pinned questions with the names their ghosts get.
    pub pins: Vec<(String, Question)>,
    /// How the figures are laid out.
    pub view: View,
    /// Counts how often files were opened: a file opened again is read again.
    pub opened: u64,
}

/// What is on screen.
#[derive(Clone, Debug)]
pub struct Scene {
    /// The numbers.
    pub report: Arc<FlowReport>,
    /// The figures, ready to be drawn.
    pub pictures: Arc<Vec<Picture>>,
    /// Norms by step.
    pub table: Arc<Table>,
    /// What went wrong with a pin, by its index; its curves are missing.
    pub pin_errors: Vec<Option<String>>,
    /// Whether nothing more is coming for this request.
    pub complete: bool,
}

/// A figure with everything its drawing needs.
#[derive(Clone, Debug)]
pub struct Picture {
    /// The description, also used for export.
    pub figure: Figure,
    /// Positions of everything in it.
    pub resolved: Resolved,
    /// What happened to numbers that cannot be drawn, in sentences.
    pub sentences: Vec<String>,
}

/// Measures and draws; remembers reports, so that a change of the view or of a pin measures nothing
/// again.
#[derive(Default)]
pub struct Studio {
    /// Keeps the weights of the present network at hand; pins use another, so as not to evict them.
    present: Instrument,
    pinned: Instrument,
    /// Finished reports of the last request: its own and those of its pins.
    reports: Vec<Arc<FlowReport>>,
    /// [`Request::opened`] of the last request.
    opened: u64,
}

impl Studio {
    /// Answers a request in up to three steps: quick curves, complete spectra, pins.
    ///
    /// # Errors
    /// As for [`Instrument::answer`]; trouble with a pin is part of the scene instead.
    pub fn answer(
        &mut self,
        request: Request,
        ticket: &Ticket,
        publish: &mut dyn FnMut(Scene),
    ) -> Result<()> {
        self.forget_all_but(&request);
        let missing = request.pins.iter().any(|(_, question)| self.known(question).is_none());
        let report = match self.known(&request.question) {
            Some(report) => report,
            None => {
                let mut report = self.present.answer(&request.question, ticket)?;
                if lacks_jacobian(&report) {
                    publish(self.scene(&request, Arc::new(report.clone()), &[], false));
                    self.present.complete(&mut report, ticket)?;
                }
                self.remember(Arc::new(report))
            }
        };
        if !missing {
            publish(self.scene(&request, report, &[], true));
            return Ok(());
        }
        publish(self.scene(&request, Arc::clone(&report), &[], false));
        let mut errors = vec![None; request.pins.len()];
        for ((_, question), error) in request.pins.iter().zip(&mut errors) {
            if self.known(question).is_none() {
                match self.measure_pin(question, ticket) {
                    Ok(()) => {}
                    Err(Error::Cancelled) => return Err(Error::Cancelled),
                    Err(trouble) => *error = Some(trouble.to_string()),
                }
            }
        }
        publish(self.scene(&request, report, &errors, true));
        Ok(())
    }

    fn measure_pin(&mut self, question: &Question, ticket: &Ticket) -> Result<()> {
        let mut report = self.pinned.answer(question, ticket)?;
        self.pinned.complete(&mut report, ticket)?;
        self.remember(Arc::new(report));
        Ok(())
    }

    fn known(&self, question: &Question) -> Option<Arc<FlowReport>> {
        self.reports.iter().find(|report| report.question == *question).map(Arc::clone)
    }

    fn remember(&mut self, report: Arc<FlowReport>) -> Arc<FlowReport> {
        self.reports.push(Arc::clone(&report));
        report
    }

    fn forget_all_but(&mut self, request: &Request) {
        if self.opened != request.opened {
            *self = Self { opened: request.opened, ..Self::default() };
        }
        self.reports.retain(|report| {
            report.question == request.question
                || request.pins.iter().any(|(_, question)| *question == report.question)
        });
    }

    fn scene(
        &self,
        request: &Request,
        report: Arc<FlowReport>,
        pin_errors: &[Option<String>],
        complete: bool,
    ) -> Scene {
        let ghosts: Vec<(String, Arc<FlowReport>)> = request
            .pins
            .iter()
            .filter_map(|(name, question)| Some((name.clone(), self.known(question)?)))
            .collect();
        let ghosts: Vec<(String, &FlowReport)> =
            ghosts.iter().map(|(name, report)| (name.clone(), report.as_ref())).collect();
        let pictures = of_flow::explore(&report, &ghosts, &request.view)
            .into_iter()
            .map(Picture::new)
            .collect();
        Scene {
            table: Arc::new(of_flow::table(&report)),
            pictures: Arc::new(pictures),
            pin_errors: pin_errors.to_vec(),
            report,
            complete,
        }
    }
}

impl Picture {
    fn new(figure: Figure) -> Self {
        let resolved = figure.resolve();
        let sentences = resolved.sentences();
        Self { figure, resolved, sentences }
    }
}

fn lacks_jacobian(report: &FlowReport) -> bool {
    report.spectra.iter().any(|spectrum| spectrum.leading().is_none())
}
