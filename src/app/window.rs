//! The application's state and one frame of it.

use std::path::PathBuf;
use std::time::Duration;

use super::commands::Command;
use super::explore::scene::{Request, Scene, Studio};
use super::explore::shelf::Librarian;
use super::explore::stale::Delay;
use super::explore::why::{Badge, Viewers, Wall};
use super::export::Dialog;
use super::heads::Offer;
use super::keeper::Keeper;
use super::notice::{Notice, Notices};
use super::opening::Opening;
use super::session_dialog::SessionDialog;
use super::settings::{Beginning, Scribe};
use super::sheet::Takings;
use super::theme;
use super::train::TrainTab;
use super::watch::Watch;
use crate::error::{Error, Result};
use crate::flow::view::Check;
use crate::flow::{FlowReport, Question};
use crate::session::{History, Pane, Session, Tab};
use crate::ticket::Ticket;
use crate::worker::Worker;

/// Work shorter than this gets no busy mark: it would only flicker.
pub const BUSY_AFTER: Duration = Duration::from_millis(100);

/// The application: the session, what was computed for it, and what is open on top of it.
pub struct App {
    pub(super) session: Session,
    pub(super) history: History,
    pub(super) notices: Notices,
    pub(super) worker: Worker<Request, Scene>,
    pub(super) librarian: Librarian,
    pub(super) train: TrainTab,
    /// The views that explain, and the tiles in which they stand.
    pub(super) viewers: Viewers,
    pub(super) wall: Wall,
    /// Whether the landscape is not to change under the pointer.
    pub(super) holding: bool,
    /// Whether the gradients on screen can be trusted.
    pub(super) badge: Badge,
    /// The last request handed in.
    pub(super) requested: Option<Request>,
    /// The last answer; it stays on screen while an error is shown.
    pub(super) scene: Option<Scene>,
    pub(super) error: Option<String>,
    /// Whether something was handed in since that error.
    pub(super) asked_since: bool,
    /// How long the answer to the present settings has been missed.
    pub(super) delay: Delay,
    /// The step under the pointer, marked in all plots, and whether it came from a plot.
    pub(super) marked: Option<f64>,
    pub(super) marked_in_plot: bool,
    pub(super) help_open: bool,
    pub(super) dialog: Option<Dialog>,
    /// The pane that the export dialog is about, if it is about one.
    pub(super) exporting: Option<Pane>,
    pub(super) takings: Takings,
    pub(super) opening: Opening,
    /// What files held when they were opened, and whether they still do.
    pub(super) keeper: Keeper,
    pub(super) watch: Watch,
    /// What the file of the present network offers as readout.
    pub(super) offer: Offer,
    /// The dialog that asks where the session goes, while it is open.
    pub(super) saving_session: Option<SessionDialog>,
    /// Where settings are written; none keeps them nowhere.
    pub(super) scribe: Option<Scribe>,
    /// Why they are not, while that is so, as it was told.
    pub(super) not_saved: Option<String>,
    /// What this start left out.
    pub(super) left_out: Option<PathBuf>,
    /// Zoom and theme that egui was last told.
    told: Option<(f32, crate::session::ThemeChoice)>,
}

impl App {
    /// The application for a session, with sentences to show at the start.
    ///
    /// # Errors
    /// [`Error::Window`] if the system has no thread to compute on.
    pub fn new(ctx: &egui::Context, session: Session, notices: Vec<String>) -> Result<Self> {
        Self::begin(ctx, Beginning::unkept(session, notices))
    }

    /// The application as settings and the end of the last one have it.
    ///
    /// # Errors
    /// As for [`App::new`].
    pub fn begin(ctx: &egui::Context, mut beginning: Beginning) -> Result<Self> {
        theme::install(ctx);
        let make_job = || {
            let mut studio = Studio::default();
            move |request: Request, ticket: &Ticket, publish: &mut dyn FnMut(Scene)| {
                publish(studio.answer(&request, ticket)?);
                Ok(())
            }
        };
        let waker = |ctx: egui::Context| move || ctx.request_repaint();
        let refused = |error| Error::Window(format!("no thread to compute on: {error}"));
        let worker = Worker::spawn("rnnscope-worker", make_job, waker(ctx.clone()));
        let librarian = Librarian::new(waker(ctx.clone())).map_err(refused)?;
        let badge = Badge::new(waker(ctx.clone())).map_err(refused)?;
        let train = TrainTab::new(waker(ctx.clone())).map_err(refused)?;
        let scribe = beginning.scribe(waker(ctx.clone()))?;
        let Beginning { session, notices, left_out, .. } = beginning;
        let mut shown = Notices::default();
        notices.into_iter().for_each(|notice| shown.warning(notice));
        let left_out = left_out.map(|(path, text)| {
            shown.warning_with(text, Command::OpenLeftOut);
            path
        });
        Ok(Self {
            session,
            history: History::default(),
            notices: shown,
            worker: worker.map_err(refused)?,
            librarian,
            train,
            viewers: Viewers::new(ctx),
            wall: Wall::default(),
            holding: false,
            badge,
            requested: None,
            scene: None,
            error: None,
            asked_since: false,
            delay: Delay::default(),
            marked: None,
            marked_in_plot: false,
            help_open: false,
            dialog: None,
            exporting: None,
            takings: Takings::default(),
            opening: Opening::default(),
            keeper: Keeper::default(),
            watch: Watch::new(waker(ctx.clone())).map_err(refused)?,
            offer: Offer::default(),
            saving_session: None,
            scribe,
            not_saved: None,
            left_out,
            told: None,
        })
    }

    /// The settings on screen.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The settings, to be changed from outside; the next frame follows them.
    pub fn session_mut(&mut self) -> &mut Session {
        &mut self.session
    }

    /// The numbers behind the curves on screen, once there are any.
    pub fn report(&self) -> Option<&FlowReport> {
        self.scene.as_ref().map(|scene| scene.report.as_ref())
    }

    /// The Train tab.
    pub fn training(&self) -> &TrainTab {
        &self.train
    }

    /// The Train tab, to be changed from outside.
    pub fn training_mut(&mut self) -> &mut TrainTab {
        &mut self.train
    }

    /// What is wrong with the present settings, as one line. The last good curves stay on screen.
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// The messages on screen, oldest first.
    pub fn notices(&self) -> impl Iterator<Item = &Notice> {
        self.notices.iter()
    }

    /// The step that is marked in all plots.
    pub fn marked_step(&self) -> Option<f64> {
        self.marked
    }

    /// Whether what is on screen answers the present settings and nothing is under way.
    pub fn settled(&self) -> bool {
        let answered = self.error.is_some() || self.scene.is_some();
        let idle = self.worker.busy_for().is_none()
            && self.librarian.busy_for().is_none()
            && self.viewers.is_settled()
            && self.badge.is_settled()
            && self.takings.is_settled()
            && self.opening.is_settled()
            && self.keeper.is_settled()
            && self.offer.is_settled()
            && self.train.settled();
        answered && idle && self.requested.as_ref() == Some(&self.request())
    }

    /// Whether the view in a pane is being measured.
    pub fn is_at_work(&self, pane: Pane) -> bool {
        self.viewers.is_busy(pane)
    }

    /// What comparing autograd with differences has found about the present question.
    pub fn check(&self) -> Option<&Check> {
        self.badge.check()
    }

    /// Carries out a command, as its button or shortcut would.
    pub fn command(&mut self, ctx: &egui::Context, command: Command) {
        self.carry_out(ctx, command);
    }

    /// How long either thread has been at work.
    fn busy_for(&self) -> Option<Duration> {
        self.worker.busy_for().max(self.librarian.busy_for())
    }

    /// Whether the busy mark is due.
    pub(super) fn busy(&self) -> bool {
        self.busy_for().is_some_and(|busy| busy >= BUSY_AFTER)
    }

    pub(super) fn request(&self) -> Request {
        let (names, _) = self.session.pin_labels();
        let questions = self.session.pins.iter().map(|pin| pin.question.clone());
        Request {
            question: self.session.question.clone(),
            pins: names.into_iter().zip(questions).collect(),
            view: self.session.view,
            shelf: self.librarian.shelf().clone(),
        }
    }

    /// Hands in a request if anything it depends on has changed.
    pub(super) fn ask(&mut self, ctx: &egui::Context) {
        self.tend_files(ctx);
        let pins: Vec<&Question> = self.session.pins.iter().map(|pin| &pin.question).collect();
        self.librarian.tend(&pins, self.scene.as_ref().map(|scene| &scene.report));
        let request = self.request();
        if self.requested.as_ref() != Some(&request) {
            let before = self.requested.replace(request.clone());
            // What was stopped or has failed is not tried again because a pin was made.
            let given_up = self.error.is_some() && !self.asked_since;
            let alike = |before: &Request| {
                before.question == request.question && before.view == request.view
            };
            if given_up && before.as_ref().is_some_and(alike) {
                return self.tend_views(ctx);
            }
            match request.question.validate() {
                Ok(()) => {
                    self.worker.submit(request);
                    self.asked_since = true;
                }
                Err(error) => self.fail(error.to_string()),
            }
        }
        let answered =
            self.scene.as_ref().is_some_and(|s| s.report.question == self.session.question);
        self.delay.follow(answered);
        if self.delay.is_late() && self.asked_since {
            // What went wrong with earlier settings is not about these. Quick answers come before
            // that, so that the line does not flicker while a slider is dragged.
            self.error = None;
        }
        self.tend_views(ctx);
        if let Some(busy) = self.busy_for() {
            // Once for the busy mark to appear, then often enough for its progress to move.
            let next = BUSY_AFTER.saturating_sub(busy).max(Duration::from_millis(50));
            ctx.request_repaint_after(next);
        }
    }

    /// Asks the views on screen for what is wanted, and has the gradients checked once settings rest.
    fn tend_views(&mut self, ctx: &egui::Context) {
        self.viewers.tend(&self.session, self.holding);
        if !self.viewers.is_settled() {
            // Often enough for their progress to move.
            ctx.request_repaint_after(BUSY_AFTER);
        }
        if self.session.tab == Tab::Train {
            self.badge.rest();
        } else if let Some(scene) = &self.scene {
            let elsewhere = self.viewers.check(&self.session);
            let error = self.error.as_deref();
            self.badge.tend(&self.session.question, &scene.report, elsewhere, error);
        }
        if let Some(due) = self.badge.due() {
            ctx.request_repaint_after(due);
        }
    }

    /// Keeps what the files in use held, looks whether they still do, and what they offer.
    fn tend_files(&mut self, ctx: &egui::Context) {
        self.keeper.tend(ctx, &mut self.session, &mut self.history);
        if self.watch.tend(&self.session.question) {
            self.retry();
        }
        if let Some(due) = self.opening.due() {
            ctx.request_repaint_after(due);
        }
        self.offer.tend(ctx, &self.session.question.weights);
    }

    /// Takes what background threads have finished.
    pub(super) fn collect(&mut self, ctx: &egui::Context) {
        self.collect_training();
        for told in crate::disk::tidied() {
            self.notices.warning(told.to_string());
        }
        self.viewers.collect();
        while let Some(outcome) = self.worker.poll() {
            let newest = outcome.request == self.worker.newest();
            match outcome.answer {
                Ok(scene) => {
                    self.scene = Some(scene);
                    self.delay.restart();
                    // After a stop, an older answer does not make the present settings answered.
                    if newest || self.asked_since {
                        self.error = None;
                    }
                }
                // An older request's trouble is not about what is on screen.
                Err(error) if newest => self.fail(error.to_string()),
                Err(_) => {}
            }
        }
        self.collect_takings(ctx);
        self.collect_openings(ctx);
    }

    /// Tells egui about zoom and theme if they were changed here, and takes over its own zooming.
    pub(super) fn follow_settings(&mut self, ctx: &egui::Context) {
        let wanted = (self.session.zoom, self.session.theme);
        if self.told != Some(wanted) {
            ctx.set_zoom_factor(self.session.zoom);
            theme::apply(ctx, self.session.theme);
            self.told = Some(wanted);
        } else if ctx.zoom_factor() != self.session.zoom {
            self.session.zoom = ctx.zoom_factor();
            self.told = Some((self.session.zoom, self.session.theme));
        }
    }

    /// Records settings for undo when nobody is in the middle of changing them.
    pub(super) fn remember(&mut self, ctx: &egui::Context) {
        let dragging = ctx.input(|input| input.pointer.any_down());
        if !dragging {
            self.history.rest(&self.session.question, &self.session.view);
        }
    }
}
