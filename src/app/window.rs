//! The application's state and one frame of it.

use std::path::PathBuf;
use std::time::Duration;

use egui::{CentralPanel, Frame, Margin, Panel, ScrollArea, Ui};

use super::browse::Answer;
use super::commands::Command;
use super::explore::controls::{self, Desk};
use super::explore::scene::{Request, Scene, Studio};
use super::explore::shelf::Librarian;
use super::explore::{plots, readouts, table};
use super::export::Dialog;
use super::notice::{Notice, Notices};
use super::open_dialog::OpenDialog;
use super::screenshot::Photographer;
use super::task::Task;
use super::{help, persist, theme, top_bar};
use crate::error::{Error, Result};
use crate::figure::Raster;
use crate::flow::{FlowReport, Question};
use crate::session::{History, Pin, Session};
use crate::ticket::Ticket;
use crate::worker::Worker;

/// Work shorter than this gets no busy mark: it would only flicker.
pub const BUSY_AFTER: Duration = Duration::from_millis(100);

/// Width of the control panel in points; on a narrow window it takes at most half.
const PANEL_WIDTH: f32 = 322.0;

/// The application: the session, what was computed for it, and what is open on top of it.
pub struct App {
    pub(super) session: Session,
    pub(super) history: History,
    pub(super) notices: Notices,
    worker: Worker<Request, Scene>,
    librarian: Librarian,
    /// The last request handed in.
    requested: Option<Request>,
    /// Counts files opened, so that a file opened again is read again.
    opened: u64,
    /// The last answer; it stays on screen while an error is shown.
    pub(super) scene: Option<Scene>,
    error: Option<String>,
    /// The step under the pointer, marked in all plots, and whether it came from a plot.
    marked: Option<f64>,
    marked_in_plot: bool,
    pub(super) help_open: bool,
    pub(super) dialog: Option<Dialog>,
    pub(super) export: Option<Task<String>>,
    pub(super) image: Option<Task<Raster>>,
    pub(super) numbers: Option<Task<String>>,
    pub(super) opening: Option<Task<Answer<Vec<PathBuf>>>>,
    pub(super) open_dialog: Option<OpenDialog>,
    /// Zoom and theme that egui was last told.
    told: Option<(f32, crate::session::ThemeChoice)>,
}

impl App {
    /// The application for a session, with sentences to show at the start.
    ///
    /// # Errors
    /// [`Error::Window`] if the system has no thread to compute on.
    pub fn new(ctx: &egui::Context, session: Session, notices: Vec<String>) -> Result<Self> {
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
        let mut shown = Notices::default();
        notices.into_iter().for_each(|notice| shown.warning(notice));
        Ok(Self {
            session,
            history: History::default(),
            notices: shown,
            worker: worker.map_err(refused)?,
            librarian,
            requested: None,
            opened: 0,
            scene: None,
            error: None,
            marked: None,
            marked_in_plot: false,
            help_open: false,
            dialog: None,
            export: None,
            image: None,
            numbers: None,
            opening: None,
            open_dialog: None,
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
            && !self.librarian.busy()
            && self.export.is_none()
            && self.image.is_none()
            && self.numbers.is_none();
        answered && idle && self.requested.as_ref() == Some(&self.request())
    }

    /// Carries out a command, as its button or shortcut would.
    pub fn command(&mut self, ctx: &egui::Context, command: Command) {
        self.carry_out(ctx, command);
    }

    /// Draws one frame.
    pub fn show(&mut self, ui: &mut Ui) {
        let ctx = ui.ctx().clone();
        self.follow_settings(&ctx);
        self.collect(&ctx);
        let mut commands = Command::pressed(&ctx);
        self.take_dropped(&ctx);
        self.bars(ui, &mut commands);
        self.overlays(&ctx);
        for command in commands {
            self.carry_out(&ctx, command);
        }
        self.remember(&ctx);
        self.ask(&ctx);
    }

    fn bars(&mut self, ui: &mut Ui, commands: &mut Vec<Command>) {
        let fill = ui.visuals().panel_fill;
        Panel::top("top")
            .frame(Frame::new().fill(fill).inner_margin(Margin::symmetric(12, 6)))
            .show(ui, |ui| {
                let state = top_bar::State {
                    busy: self.busy(),
                    progress: self.worker.progress(),
                    facts: self.report().map(readouts::facts).unwrap_or_default(),
                    undo: [self.history.can_undo(), self.history.can_redo()],
                };
                top_bar::show(ui, state, commands);
            });
        let width = PANEL_WIDTH.min(0.48 * ui.available_width());
        let margin = Margin { left: 12, right: 2, top: 6, bottom: 6 };
        Panel::left("controls")
            .resizable(false)
            .exact_size(width)
            .frame(Frame::new().fill(fill).inner_margin(margin))
            .show(ui, |ui| {
                ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                    ui.set_max_width(ui.available_width() - 8.0);
                    self.controls(ui, commands);
                });
            });
        let fill = ui.visuals().faint_bg_color.blend(fill);
        CentralPanel::default()
            .frame(Frame::new().fill(fill).inner_margin(Margin::same(10)))
            .show(ui, |ui| self.results(ui, commands));
    }

    fn controls(&mut self, ui: &mut Ui, commands: &mut Vec<Command>) {
        let shown = self.scene.as_ref();
        let file =
            shown.filter(|scene| scene.report.question.weights == self.session.question.weights);
        let spec = file.map(|scene| scene.report.spec);
        let failure = |pin: &Pin| self.librarian.failure(&pin.question).map(str::to_owned);
        let pin_errors: Vec<Option<String>> = self.session.pins.iter().map(failure).collect();
        let mut desk = Desk { session: &mut self.session, commands, spec, pin_errors: &pin_errors };
        controls::show(ui, &mut desk);
    }

    fn results(&mut self, ui: &mut Ui, commands: &mut Vec<Command>) {
        if let Some(error) = &self.error {
            let text = egui::RichText::new(format!("⚠ {error}")).strong();
            let text = text.color(ui.visuals().error_fg_color);
            ui.add(egui::Label::new(text).wrap().selectable(true));
        }
        let Some(scene) = self.scene.clone() else {
            if self.error.is_none() && self.busy() {
                ui.centered_and_justified(Ui::spinner);
            }
            return;
        };
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            let top = ui.cursor().top();
            let room = ui.available_height();
            readouts::show(ui, &scene.report);
            let left = room - (ui.cursor().top() - top) - ui.spacing().item_spacing.y;
            let hovered = plots::show(ui, &scene.pictures, left, self.marked);
            let mut in_table = None;
            if self.session.table_open {
                ui.separator();
                let marked = table::Marked { step: self.marked, follow: self.marked_in_plot };
                in_table = table::show(ui, &scene.table, &marked, commands);
            }
            if hovered.or(in_table) != self.marked {
                ui.ctx().request_repaint();
            }
            self.marked = hovered.or(in_table);
            self.marked_in_plot = hovered.is_some();
        });
    }

    fn overlays(&mut self, ctx: &egui::Context) {
        if self.help_open {
            self.help_open = !ctx.input(|input| input.key_pressed(egui::Key::Escape));
            let cell = self.scene.as_ref().map_or(self.session.draw().cell, |s| s.report.spec.cell);
            help::show(ctx, cell, &mut self.help_open);
        }
        self.export_dialog(ctx);
        self.path_dialog(ctx);
        drop_hint(ctx);
        self.notices.show(ctx);
    }

    /// Reads files anew.
    pub(super) fn reopen(&mut self) {
        self.opened += 1;
        self.librarian.reopen();
    }

    /// Whether the busy mark is due.
    pub(super) fn busy(&self) -> bool {
        self.worker.busy_for().is_some_and(|busy| busy >= BUSY_AFTER)
    }

    fn request(&self) -> Request {
        let (names, _) = self.session.pin_labels();
        let questions = self.session.pins.iter().map(|pin| pin.question.clone());
        Request {
            question: self.session.question.clone(),
            pins: names.into_iter().zip(questions).collect(),
            view: self.session.view,
            opened: self.opened,
            shelf: self.librarian.shelf().clone(),
        }
    }

    /// Hands in a request if anything it depends on has changed.
    fn ask(&mut self, ctx: &egui::Context) {
        let pins: Vec<&Question> = self.session.pins.iter().map(|pin| &pin.question).collect();
        self.librarian.tend(&pins, self.scene.as_ref().map(|scene| &scene.report));
        let request = self.request();
        if self.requested.as_ref() != Some(&request) {
            self.requested = Some(request.clone());
            match request.question.validate() {
                Ok(()) => {
                    self.worker.submit(request);
                }
                Err(error) => self.error = Some(error.to_string()),
            }
        }
        if let Some(busy) = self.worker.busy_for() {
            // Once for the busy mark to appear, then often enough for its progress to move.
            let next = BUSY_AFTER.saturating_sub(busy).max(Duration::from_millis(50));
            ctx.request_repaint_after(next);
        }
    }

    /// Takes what background threads have finished.
    fn collect(&mut self, ctx: &egui::Context) {
        while let Some(outcome) = self.worker.poll() {
            let newest = outcome.request == self.worker.newest();
            match outcome.answer {
                Ok(scene) => {
                    self.scene = Some(scene);
                    self.error = None;
                }
                // An older request's trouble is not about what is on screen.
                Err(error) if newest => self.error = Some(error.to_string()),
                Err(_) => {}
            }
        }
        self.collect_tasks(ctx);
    }

    /// Tells egui about zoom and theme if they were changed here, and takes over its own zooming.
    fn follow_settings(&mut self, ctx: &egui::Context) {
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
    fn remember(&mut self, ctx: &egui::Context) {
        let dragging = ctx.input(|input| input.pointer.any_down());
        if !dragging {
            self.history.rest(&self.session.question, &self.session.view);
        }
    }
}

/// Says what will happen to files that are being dragged over the window.
fn drop_hint(ctx: &egui::Context) {
    if ctx.input(|input| input.raw.hovered_files.is_empty()) {
        return;
    }
    let layer = egui::LayerId::new(egui::Order::Foreground, egui::Id::unique("drop hint"));
    let painter = ctx.layer_painter(layer);
    let screen = ctx.content_rect();
    let visuals = &ctx.global_style().visuals;
    painter.rect_filled(screen, 0.0, visuals.panel_fill.gamma_multiply(0.85));
    let text = "Drop .safetensors weights or .csv sequences";
    let font = egui::FontId::proportional(24.0);
    painter.text(screen.center(), egui::Align2::CENTER_CENTER, text, font, visuals.text_color());
}

/// What eframe runs: the application, and the screenshot if one was asked for.
pub(super) struct Shell {
    pub app: App,
    pub photographer: Option<Photographer>,
}

impl eframe::App for Shell {
    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        self.app.show(ui);
        if let Some(photographer) = &mut self.photographer {
            photographer.tick(ui.ctx(), self.app.settled());
        }
    }

    fn save(&mut self, storage: &mut dyn eframe::Storage) {
        if self.photographer.is_some() {
            return;
        }
        match self.app.session.save() {
            Ok(text) => storage.set_string(persist::KEY, text),
            Err(error) => self.app.notices.warning(format!("Settings were not saved: {error}")),
        }
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }

    /// The session holds all there is to keep; egui's own memory would keep stale zooms of plots.
    fn persist_egui_memory(&self) -> bool {
        false
    }
}
