//! What is computed off the interface's thread: from everything that decides the picture to figures.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::known_spectra::KnownSpectra;
use super::shelf::Shelf;
use crate::error::Result;
use crate::figure::of_flow::{self, Table, Verdict, View};
use crate::figure::{Figure, Resolved};
use crate::flow::{FlowReport, Instrument, Question};
use crate::network::NetworkSpec;
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
    /// Complete reports that are at hand, of pins and of what took long.
    pub shelf: Shelf,
}

/// What is on screen.
#[derive(Clone, Debug)]
pub struct Scene {
    /// The numbers.
    pub report: Arc<FlowReport>,
    /// What they say of the gradient.
    pub verdict: Arc<Verdict>,
    /// The figures, ready to be drawn.
    pub pictures: Arc<Vec<Picture>>,
    /// Norms by step.
    pub table: Arc<Table>,
    /// Which network, input and loss the numbers are of.
    pub heading: String,
    /// The pins that are drawn, by the names that their ghosts have.
    pub ghosts: Vec<(String, Arc<FlowReport>)>,
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
    /// Tells it from others on screen whose figure has the same name, such as those of other layers.
    pub slot: usize,
    /// A note of the figure that stands elsewhere on screen.
    pub told: Option<String>,
    /// No other picture has it, so that it tells whether a texture is still up to date.
    pub id: u64,
}

/// Pictures made so far.
static PICTURES: AtomicU64 = AtomicU64::new(0);

/// Step Jacobians are decomposed before anything is shown if that takes no longer than about a frame:
/// for one layer of 128 rows. Larger ones come later, from another thread.
const QUICK: usize = 128 * 128 * 128;

/// Measures and draws. Remembers the last report, so that a change of the view measures nothing.
#[derive(Default)]
pub struct Studio {
    instrument: Instrument,
    last: Option<Arc<FlowReport>>,
    spectra: KnownSpectra,
}

impl Studio {
    /// The picture that was asked for.
    ///
    /// # Errors
    /// As for [`Instrument::answer`].
    pub fn answer(&mut self, request: &Request, ticket: &Ticket) -> Result<Scene> {
        let same = |report: &&Arc<FlowReport>| report.question == request.question;
        let known = request.shelf.find(&request.question).or(self.last.as_ref().filter(same));
        let report = match known {
            Some(report) => Arc::clone(report),
            None => {
                let mut report = self.instrument.answer(&request.question, ticket)?;
                self.spectra.fill(&mut report);
                if effort(&report.spec) <= QUICK {
                    self.instrument.complete(&mut report, ticket)?;
                }
                Arc::new(report)
            }
        };
        self.spectra.learn(&report);
        self.last = Some(Arc::clone(&report));
        Ok(Scene::new(report, request))
    }
}

impl Scene {
    fn new(report: Arc<FlowReport>, request: &Request) -> Self {
        let ghost = |(name, question): &(String, Question)| {
            Some((name.clone(), Arc::clone(request.shelf.find(question)?)))
        };
        let ghosts: Vec<(String, Arc<FlowReport>)> =
            request.pins.iter().filter_map(ghost).collect();
        let drawn: Vec<(String, &FlowReport)> =
            ghosts.iter().map(|(name, report)| (name.clone(), report.as_ref())).collect();
        let figures = of_flow::explore(&report, &drawn, &request.view);
        let table = Arc::new(of_flow::table(&report));
        let verdict = Arc::new(of_flow::verdict(&report));
        let sentence = crate::visible::text(&verdict.sentence).into_owned();
        let told = |picture| Picture { told: Some(sentence.clone()), ..picture };
        let pictures = Arc::new(Picture::all(figures).into_iter().map(told).collect());
        let heading = of_flow::heading(&report);
        Self { heading, table, pictures, verdict, report, ghosts }
    }
}

impl Picture {
    /// Works out everything that drawing a figure needs.
    pub fn new(figure: Figure) -> Self {
        let figure = figure.made_visible();
        let resolved = figure.resolve();
        let sentences = resolved.sentences();
        let id = PICTURES.fetch_add(1, Ordering::Relaxed);
        Self { figure, resolved, sentences, slot: 0, id, told: None }
    }

    /// The same of figures that stand side by side.
    pub fn all(figures: Vec<Figure>) -> Vec<Self> {
        let mut pictures: Vec<Self> = Vec::with_capacity(figures.len());
        for figure in figures {
            let before = pictures.iter().filter(|other| other.figure.name == figure.name).count();
            pictures.push(Self { slot: before, ..Self::new(figure) });
        }
        pictures
    }
}

/// What decomposing the step Jacobians of all layers takes, up to a factor.
fn effort(spec: &NetworkSpec) -> usize {
    spec.num_layers * (spec.hidden_size * spec.cell.states()).pow(3)
}
