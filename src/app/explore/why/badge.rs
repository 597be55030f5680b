//! Whether the gradients on screen can be trusted: autograd is compared with central differences after
//! each pause, in the background.

use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::{Color32, RichText, Ui};

use crate::app::theme;
use crate::figure::{Color, number};
use crate::flow::view::{Check, Verdict};
use crate::flow::{FlowReport, Instrument, Question};
use crate::ticket::Ticket;
use crate::worker::Worker;

/// Settings must rest so long before they are checked.
const PAUSE: Duration = Duration::from_millis(400);

/// Checks that take longer, in seconds, wait until somebody asks for them.
const LONGEST: f64 = 10.0;

/// What is known of a question.
type Known = (Question, Result<Arc<Check>, String>);

/// The badge and its thread.
pub struct Badge {
    worker: Worker<Question, Arc<Check>>,
    /// The present question, and since when it is.
    present: Option<(Question, Instant)>,
    /// The question handed in, if any.
    asked: Option<Question>,
    known: Option<Known>,
    /// Roughly how many seconds the check would take, where that is too long.
    too_long: Option<f64>,
    /// Whether a check is only waiting for the settings to rest.
    waits: bool,
    /// Why there is nothing to be checked, or no check to come.
    trouble: Option<String>,
}

impl Badge {
    /// Starts the thread; `wake` is called when a check is finished.
    ///
    /// # Errors
    /// The system's error if no thread can be started.
    pub fn new(wake: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        let make_job = || {
            let mut instrument = Instrument::new();
            move |question: Question, ticket: &Ticket, publish: &mut dyn FnMut(Arc<Check>)| {
                publish(Arc::new(instrument.check(&question, ticket)?));
                Ok(())
            }
        };
        let worker = Worker::spawn("rnnscope-check", make_job, wake)?;
        Ok(Self {
            worker,
            present: None,
            asked: None,
            known: None,
            too_long: None,
            waits: false,
            trouble: None,
        })
    }

    /// Tries again what has failed, as files may be as they were again.
    pub fn retry(&mut self) {
        self.known.take_if(|(_, found)| found.is_err());
    }

    /// Takes what was found, and has the question of `report` checked once it rests. `elsewhere` is a
    /// check that an open view has made, or is about to make; `error` says why the question was not
    /// measured, if it was not.
    pub fn tend(
        &mut self,
        question: &Question,
        report: &FlowReport,
        elsewhere: Elsewhere<'_>,
        error: Option<&str>,
    ) {
        self.collect();
        if self.present.as_ref().is_none_or(|(present, _)| present != question) {
            self.present = Some((question.clone(), Instant::now()));
            self.rest();
        }
        if let Elsewhere::Found(of, check) = elsewhere
            && of == question
        {
            self.known = Some((question.clone(), Ok(Arc::clone(check))));
        }
        let answered = report.question == *question;
        self.trouble = match elsewhere {
            Elsewhere::Failed(why) => Some(why.to_owned()),
            _ => error.filter(|_| !answered).map(str::to_owned),
        };
        // What an earlier report would take says nothing about these settings.
        let effort = Check::effort(report);
        self.too_long = (answered && effort > LONGEST).then_some(effort);
        let pending = self.known_of(question).is_none() && self.asked.is_none();
        let alone = matches!(elsewhere, Elsewhere::Nothing);
        self.waits = pending && answered && alone && self.too_long.is_none();
        if self.waits && self.rested() {
            self.waits = false;
            self.asked = Some(question.clone());
            self.worker.submit(question.clone());
        }
    }

    /// Breaks off, as nobody looks.
    pub fn rest(&mut self) {
        self.waits = false;
        if self.asked.take().is_some() {
            self.worker.cancel();
        }
    }

    /// When to look again; `None` if there is nothing to wait for.
    pub fn due(&self) -> Option<Duration> {
        let (_, since) = self.present.as_ref()?;
        self.waits.then(|| PAUSE.saturating_sub(since.elapsed()))
    }

    /// Whether nothing is to come.
    pub fn is_settled(&self) -> bool {
        self.worker.busy_for().is_none() && self.due().is_none()
    }

    /// What was found about the present question.
    pub fn check(&self) -> Option<&Check> {
        let (question, _) = self.present.as_ref()?;
        self.known_of(question)?.as_ref().ok().map(AsRef::as_ref)
    }

    /// Draws it. True if it was clicked.
    pub fn show(&self, ui: &mut Ui) -> bool {
        let theme = theme::of_window(ui.visuals());
        let Face { text, color, tip } = self.face();
        let color =
            color.map_or_else(|| ui.visuals().weak_text_color(), |c| theme::color(theme, c));
        let text = RichText::new(text).color(color).strong();
        let fill = Color32::TRANSPARENT;
        ui.add(egui::Button::new(text).fill(fill)).on_hover_text(tip).clicked()
    }

    fn face(&self) -> Face {
        let present = self.present.as_ref();
        match present.and_then(|(question, _)| self.known_of(question)) {
            Some(Ok(check)) => Face::of(check),
            Some(Err(error)) => Face {
                text: "not checked".to_owned(),
                color: None,
                tip: format!("The gradients could not be checked: {error}"),
            },
            None => self.waiting(),
        }
    }

    fn waiting(&self) -> Face {
        if let Some(trouble) = &self.trouble {
            let tip = format!("The gradients of the present settings are not checked: {trouble}");
            return Face { text: "not checked".to_owned(), color: None, tip };
        }
        let tip = match self.too_long {
            Some(seconds) => format!(
                "To compare autograd with central differences would take about {} s here, so it is \
                 not done by itself: open Check to have it done.",
                number(seconds, 2)
            ),
            None => {
                "Autograd is compared with central differences once the settings rest.".to_owned()
            }
        };
        let text = if self.too_long.is_some() { "not checked" } else { "checking…" };
        Face { text: text.to_owned(), color: None, tip }
    }

    fn collect(&mut self) {
        while let Some(outcome) = self.worker.poll() {
            if let Some(asked) = self.asked.take_if(|_| outcome.request == self.worker.newest()) {
                let answer = outcome.answer.map_err(|error| error.to_string());
                self.known = Some((asked, answer));
            }
        }
    }

    fn known_of(&self, question: &Question) -> Option<&Result<Arc<Check>, String>> {
        self.known.as_ref().filter(|(known, _)| known == question).map(|(_, check)| check)
    }

    fn rested(&self) -> bool {
        self.present.as_ref().is_some_and(|(_, since)| since.elapsed() >= PAUSE)
    }
}

/// What an open view does about the check.
#[derive(Clone, Copy)]
pub enum Elsewhere<'a> {
    /// None is open.
    Nothing,
    /// It is at it.
    Begun,
    /// It has not checked the present question, for this reason.
    Failed(&'a str),
    /// It has checked this question.
    Found(&'a Question, &'a Arc<Check>),
}

/// What the badge looks like.
#[derive(Debug, PartialEq)]
struct Face {
    text: String,
    /// None: subdued.
    color: Option<Color>,
    tip: String,
}

impl Face {
    fn of(check: &Check) -> Self {
        let (agree, all) = (check.count(Verdict::Agrees), check.parts.len());
        let worst = number(check.worst().unwrap_or(0.0), 2);
        match (check.verdict(), check.culprit()) {
            (Verdict::Differs, Some(part)) => Self {
                text: format!("✖ {}", part.what),
                color: Some(Color::Alarm),
                tip: format!(
                    "Autograd and central differences in f64 differ for {}: {} against {}. Please \
                     report this, with the settings.",
                    part.what,
                    number(part.autograd, 6),
                    number(part.difference, 6)
                ),
            },
            (Verdict::Unresolved(reason), _) if agree == 0 => Self {
                text: "– not resolved".to_owned(),
                color: None,
                tip: format!(
                    "Central differences in f64 can say nothing about the gradients here: {}.",
                    reason.words()
                ),
            },
            // Green is for what was seen to be right, all of it.
            (Verdict::Unresolved(reason), _) => Self {
                text: format!("✔ {agree} of {all}"),
                color: None,
                tip: format!(
                    "Autograd agrees with central differences in f64 on {agree} of {all} gradients, to a \
                     relative error of {worst} or better; about the others differences can say nothing: \
                     {}.",
                    reason.words()
                ),
            },
            _ => Self {
                text: format!("✔ {}", number(check.worst().unwrap_or(0.0), 1)),
                color: Some(Color::Category(2)),
                tip: format!(
                    "Autograd agrees with central differences in f64 along random directions: all {all} \
                     gradients, to a relative error of {worst} or better."
                ),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::view::{Method, Part, Reason, What};

    fn check(verdicts: &[Verdict]) -> Check {
        let part = |(n, verdict): (usize, &Verdict)| Part {
            what: What::Parameter(format!("weight_{n}")),
            method: Method::Whole,
            autograd: 1.0,
            difference: 1.0,
            error: 1e-9,
            uncertainty: 1e-10,
            verdict: *verdict,
        };
        Check { loss: 1.0, ticks: 1, parts: verdicts.iter().enumerate().map(part).collect() }
    }

    #[test]
    fn the_badge_names_the_culprit_and_is_green_only_for_what_was_seen() {
        let open = Verdict::Unresolved(Reason::TooSmall);
        let green = Face::of(&check(&[Verdict::Agrees, Verdict::Agrees]));
        assert_eq!((green.text.as_str(), green.color), ("✔ 10⁻⁹", Some(Color::Category(2))));
        let some = Face::of(&check(&[Verdict::Agrees, open]));
        assert_eq!((some.text.as_str(), some.color), ("✔ 1 of 2", None));
        let red = Face::of(&check(&[Verdict::Agrees, Verdict::Differs]));
        assert_eq!((red.text.as_str(), red.color), ("✖ weight_1", Some(Color::Alarm)));
        let grey = Face::of(&check(&[open, open]));
        assert_eq!((grey.text.as_str(), grey.color), ("– not resolved", None));
    }
}
