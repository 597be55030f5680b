//! Opening files: asked for, read in the background, and taken over only if all is well.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use egui::{Context, RichText};

use super::App;
use super::browse::{self, Answer};
use super::files::{self, Found, Outcome, Undecided};
use super::head_dialog::{self, HeadDialog};
use super::open_dialog::{self, OpenDialog};
use super::task::{Task, finished};
use super::window::BUSY_AFTER;
use crate::error::Result;
use crate::flow::{Signal, Weights};
use crate::network::{Head, ReadoutSource};
use crate::ticket::Ticket;

/// Everything about files that are not open yet.
#[derive(Default)]
pub struct Opening {
    /// The desktop's dialog.
    browsing: Option<Task<Answer<Vec<PathBuf>>>>,
    /// The dialog for typing a path.
    typing: Option<OpenDialog>,
    /// Files that wait until others were read.
    waiting: VecDeque<Order>,
    /// Files that are being read.
    reading: Option<Reading>,
    /// The question which readout a network has.
    deciding: Option<HeadDialog>,
}

/// Files to open together.
struct Order {
    paths: Vec<PathBuf>,
    head: Head,
}

struct Reading {
    names: String,
    since: Instant,
    /// How far it is, and how it is stopped.
    ticket: Ticket,
    task: Task<Outcome>,
}

impl Drop for Reading {
    /// Whoever no longer waits for what is read stops the reading; after its end this does nothing.
    fn drop(&mut self) {
        self.ticket.cancel();
    }
}

impl Reading {
    /// What is read; of many files the first names only.
    fn phrase(&self) -> String {
        const MOST: usize = 80;
        match self.names.char_indices().nth(MOST) {
            Some((end, _)) => format!("reading {}…", &self.names[..end]),
            None => format!("reading {}", self.names),
        }
    }
}

impl Opening {
    /// Whether no file is being read.
    pub fn is_settled(&self) -> bool {
        self.reading.is_none() && self.waiting.is_empty()
    }

    /// When to draw again so that a long reading is noticed.
    pub fn due(&self) -> Option<Duration> {
        let reading = self.reading.as_ref()?;
        Some(BUSY_AFTER.saturating_sub(reading.since.elapsed()).max(Duration::from_millis(50)))
    }
}

impl App {
    /// Lets the user choose files.
    pub(super) fn browse(&mut self, ctx: &Context) {
        if self.opening.browsing.is_none() && self.opening.typing.is_none() {
            self.opening.browsing = Some(browse::open(ctx));
        }
    }

    /// Opens whatever files hold, once they were read and found to fit. A file that cannot be used
    /// changes nothing and is told in a notice.
    pub fn open_files(&mut self, ctx: &Context, paths: &[PathBuf]) {
        self.order(ctx, Order { paths: paths.to_vec(), head: Head::Fitting });
    }

    /// Opens files that were dropped on the window.
    pub(super) fn take_dropped(&mut self, ctx: &Context) {
        let paths: Vec<PathBuf> = ctx.input(|input| {
            input.raw.dropped_files.iter().map(|file| file.path().to_owned()).collect()
        });
        if !paths.is_empty() {
            self.open_files(ctx, &paths);
        }
    }

    /// Reads files in use again; what was chosen about them stays.
    pub(super) fn read_again(&mut self, ctx: &Context) {
        let changed = self.watch.changed().to_vec();
        let mut order = Order { paths: Vec::new(), head: Head::Fitting };
        if let Weights::File { path, head, .. } = &self.session.question.weights
            && changed.contains(path)
        {
            order.paths.push(path.clone());
            order.head = head.clone();
        }
        if let Signal::Files(sequences) = &self.session.question.input.signal
            && sequences.iter().any(|file| changed.contains(&file.path))
        {
            order.paths.extend(sequences.iter().map(|file| file.path.clone()));
        }
        if !order.paths.is_empty() {
            self.order(ctx, order);
        }
    }

    fn order(&mut self, ctx: &Context, order: Order) {
        self.opening.waiting.push_back(order);
        self.read_next(ctx);
    }

    fn read_next(&mut self, ctx: &Context) {
        if self.opening.reading.is_some() {
            return;
        }
        let Some(Order { paths, head }) = self.opening.waiting.pop_front() else { return };
        let session = self.session.clone();
        let names = paths.iter().map(|path| name(path)).collect::<Vec<_>>().join(", ");
        let ticket = Ticket::new();
        let watched = ticket.clone();
        let task = Task::spawn(ctx, move || files::read(&session, &paths, &head, &watched));
        self.opening.reading = Some(Reading { names, since: Instant::now(), ticket, task });
    }

    /// Takes what was read.
    pub(super) fn collect_openings(&mut self, ctx: &Context) {
        let browsed = finished(&mut self.opening.browsing);
        self.tell(browsed, |app, answer| match answer {
            Answer::Chosen(paths) => app.open_files(ctx, &paths),
            Answer::Cancelled => {}
            Answer::NoDialog => app.opening.typing = Some(OpenDialog::default()),
        });
        let Some(end) = self.opening.reading.as_ref().and_then(|reading| reading.task.poll())
        else {
            return;
        };
        self.opening.reading = None;
        self.take_read(end);
        self.read_next(ctx);
    }

    fn take_read(&mut self, end: Result<Outcome>) {
        match end {
            Ok(Outcome::Found(found)) => self.take_found(found),
            Ok(Outcome::Undecided(undecided)) => {
                self.opening.deciding = Some(HeadDialog::new(undecided));
            }
            Err(error) => self.notices.warning(error.to_string()),
        }
    }

    fn take_found(&mut self, found: Found) {
        if let Found::Explore { weights: Some(weights), .. } = &found
            && let (Some(ReadoutSource::Random { seed }), Head::Fitting) =
                (&weights.readout, &weights.head)
        {
            self.notices.warning(format!(
                "{} holds no readout that fits: one is drawn at random, seed {seed}. Choose another \
                 under Readout.",
                name(&weights.path)
            ));
        }
        let opened = match &found {
            Found::Session(path, _) => Some((name(path), self.session.clone())),
            Found::Comparison(_) | Found::Data(_) | Found::Explore { .. } => None,
        };
        files::take(&mut self.session, found);
        if let Some((name, before)) = opened {
            self.history.opened(&before, &self.session);
            let text = format!("Opened {name}. Undo brings back what was there before.");
            self.notices.success(text);
        }
        self.retry();
    }

    /// Draws what is open on top of the window about files.
    pub(super) fn opening_dialogs(&mut self, ctx: &Context) {
        if let Some(mut dialog) = self.opening.typing.take() {
            match dialog.show(ctx) {
                open_dialog::Wish::Stay => self.opening.typing = Some(dialog),
                open_dialog::Wish::Close => {}
                open_dialog::Wish::Open(path) => self.open_files(ctx, &[path]),
            }
        }
        if let Some(mut dialog) = self.opening.deciding.take() {
            match dialog.show(ctx) {
                head_dialog::Wish::Stay => self.opening.deciding = Some(dialog),
                head_dialog::Wish::Close => {}
                head_dialog::Wish::Choose(head) => self.decide(ctx, dialog.into_undecided(), head),
            }
        }
        self.reading_mark(ctx);
    }

    /// Sees whether the network fits with the readout that was chosen.
    fn decide(&mut self, ctx: &Context, undecided: Undecided, head: Head) {
        let Undecided { mut weights, sequences, candidates: _ } = undecided;
        weights.head = head;
        let session = self.session.clone();
        let names = name(&weights.path);
        let task = Task::spawn(ctx, move || files::fitting(&session, Some(weights), sequences));
        let (since, ticket) = (Instant::now(), Ticket::new());
        self.opening.reading = Some(Reading { names, since, ticket, task });
    }

    /// Says what is being read, if it takes long enough to be noticed.
    fn reading_mark(&mut self, ctx: &Context) {
        let Some(reading) = &self.opening.reading else { return };
        if reading.since.elapsed() < BUSY_AFTER {
            return;
        }
        let cancelled = egui::Area::new(egui::Id::unique("reading"))
            .anchor(egui::Align2::CENTER_BOTTOM, [0.0, -12.0])
            .order(egui::Order::Foreground)
            .show(ctx, |ui| {
                egui::Frame::popup(ui.style())
                    .show(ui, |ui| {
                        ui.horizontal(|ui| {
                            ui.add(egui::Spinner::new().size(14.0));
                            ui.label(RichText::new(reading.phrase()).strong());
                            if let Some(part) = reading.ticket.progress() {
                                let bar = egui::ProgressBar::new(part as f32);
                                ui.add(bar.desired_width(120.0).show_percentage());
                            }
                            let tip = "Leaves everything as it is.";
                            ui.button("Cancel").on_hover_text(tip).clicked()
                        })
                        .inner
                    })
                    .inner
            })
            .inner;
        if cancelled {
            // Dropped, it stops at the next piece of the file.
            self.opening.reading = None;
            self.opening.waiting.clear();
        }
    }
}

fn name(path: &Path) -> String {
    crate::visible::file_name(path)
}
