//! The window, and the only room that knows egui.
//!
//! Everything on screen follows from a [`crate::session::Session`]: each frame, what
//! differs from the last request goes to the worker, and what the worker answers is drawn.

mod actions;
mod browse;
mod commands;
mod design;
mod explore;
mod export;
mod files;
mod frame;
mod frame_times;
mod head_dialog;
mod heads;
mod help;
mod icon;
mod keeper;
mod keeping;
mod late;
mod notice;
mod open_dialog;
mod opening;
mod plot;
mod screenshot;
mod session_dialog;
mod settings;
mod sheet;
mod shell;
mod task;
mod theme;
mod top_bar;
mod train;
mod watch;
mod widgets;
mod window;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

pub use commands::Command;
pub use notice::{Kind as NoticeKind, Notice};
pub use screenshot::Screenshot;
pub use settings::{Beginning, default_path as settings_path, open as open_settings};
pub use sheet::Sheet;
pub use train::{Ledger, Offer, Phase, RunLine, Scene as TrainingScene, Taken, TrainTab};
pub use window::App;

use crate::error::{Error, Result};
use crate::flow::Question;
use crate::rescue;
use crate::session::{Pane, Tab, ThemeChoice};
use screenshot::{Ending, Photographer};

/// How to open the window.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Save a picture of the settled window and close it. Saved settings are then neither read nor
    /// written.
    pub screenshot: Option<Screenshot>,
    /// Sentences to show at the start.
    pub notices: Vec<String>,
    /// What to measure, in place of what was measured last.
    pub question: Option<Question>,
    /// Which tab to show, in place of the one shown last.
    pub tab: Option<Tab>,
    /// Files to open, as if they were dropped on the window.
    pub files: Vec<PathBuf>,
    /// Views to open in Explore, the last one in front.
    pub views: Vec<Pane>,
    /// Start as if for the first time: saved settings are then neither read nor written.
    pub safe: bool,
    /// Set as soon as the window exists: what fails afterwards is no lack of a display.
    pub opened: Arc<AtomicBool>,
    /// Whether to tell on the standard output how long frames take.
    pub frame_times: bool,
}

/// Opens the window and returns when it is closed.
///
/// # Errors
/// [`Error::Window`] if no window or no OpenGL can be had, or a screenshot was not ready in time;
/// [`Error::Write`] if the screenshot or the settings cannot be written.
pub fn run(options: Options) -> Result<()> {
    small_pages();
    let Options { screenshot, notices, question, tab, files, views, safe, opened, frame_times } =
        options;
    let mut beginning = match &screenshot {
        Some(_) => Beginning::default(),
        None if safe => Beginning::safe(),
        None => Beginning::from_settings(settings::default_path().as_deref(), &files),
    };
    beginning.notices.splice(0..0, notices);
    let title = if safe { "rnnscope (--safe: settings are not kept)" } else { "rnnscope" };
    let session = &mut beginning.session;
    if let Some(question) = question {
        session.question = question;
        session.tab = Tab::Explore;
    }
    if !views.is_empty() {
        session.tab = Tab::Explore;
        session.why.enlarged = None;
    }
    views.into_iter().for_each(|pane| session.why.arrangement.open(pane));
    session.tab = tab.unwrap_or(session.tab);
    let ending = Ending::default();
    let saved = Arc::clone(&ending);
    let taking_picture = screenshot.is_some();
    let viewport = viewport(title);
    let viewport = match &screenshot {
        Some(job) => viewport.with_min_inner_size(settings::SMALLEST).with_inner_size(job.size),
        None => settings::window(viewport, beginning.geometry, session.zoom),
    };
    let native = eframe::NativeOptions { viewport, ..eframe::NativeOptions::default() };
    let photographer = screenshot.map(|job| {
        session.zoom = job.zoom;
        session.theme = match job.theme {
            crate::figure::Theme::Light => ThemeChoice::Light,
            crate::figure::Theme::Dark => ThemeChoice::Dark,
        };
        Photographer::new(job, Arc::clone(&ending))
    });
    let create: eframe::AppCreator<'_> = Box::new(move |creation| {
        let mut app = App::begin(&creation.egui_ctx, beginning)?;
        if !taking_picture {
            app.obey_signals(&creation.egui_ctx);
            if let Some(folder) = rescue::folder() {
                app.training_mut().shelter_in(folder);
            }
        }
        if !files.is_empty() {
            app.open_files(&creation.egui_ctx, &files);
        }
        opened.store(true, Ordering::Relaxed);
        let mut shell = shell::Shell::new(app, photographer, saved);
        if frame_times {
            shell.tell_frame_times()?;
        }
        Ok(Box::new(shell))
    });
    eframe::run_native(settings::APP_ID, native, create)
        .map_err(|error| Error::Window(error.to_string()))?;
    finish(&ending)
}

/// Keeps what is freed from coming back as zeros: where the kernel backs memory with pages of 2 MB, the
/// pieces given back of one stay resident as soon as a neighbour is used again, and a window that is open
/// for hours grows by a hundred megabytes for nothing. The command line, whose trainings end, keeps them.
fn small_pages() {
    // A kernel that refuses leaves things as they were.
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
}

/// What became of the screenshot, if one was asked for, or of the settings.
fn finish(ending: &Mutex<Option<Result<()>>>) -> Result<()> {
    ending.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or(Ok(()))
}

fn viewport(title: &str) -> egui::ViewportBuilder {
    let builder = egui::ViewportBuilder::default()
        .with_title(title)
        .with_app_id(settings::APP_ID)
        .with_drag_and_drop(true);
    // A window without its icon is no reason not to open it.
    match icon::icon(256) {
        Some(icon) => builder.with_icon(icon),
        None => builder,
    }
}
