//! The window, and the only room that knows egui.
//!
//! Everything on screen follows from a [`Session`]: each frame, what
//! differs from the last request goes to the worker, and what the worker answers is drawn.

mod actions;
mod browse;
mod commands;
mod design;
mod explore;
mod export;
mod files;
mod frame;
mod head_dialog;
mod heads;
mod help;
mod keeper;
mod late;
mod notice;
mod open_dialog;
mod opening;
mod persist;
mod plot;
mod screenshot;
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
pub use persist::open as open_settings;
pub use screenshot::Screenshot;
pub use sheet::Sheet;
pub use train::{Ledger, Offer, Phase, RunLine, Scene as TrainingScene, Taken, TrainTab};
pub use window::App;

use crate::error::{Error, Result};
use crate::flow::Question;
use crate::rescue;
use crate::session::{Pane, Session, Tab, ThemeChoice};
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
    /// Set as soon as the window exists: what fails afterwards is no lack of a display.
    pub opened: Arc<AtomicBool>,
}

/// The window's picture for task bars.
static ICON: &[u8] = include_bytes!("../../assets/icon.png");

/// Opens the window and returns when it is closed.
///
/// # Errors
/// [`Error::Window`] if no window or no OpenGL can be had, or a screenshot was not ready in time;
/// [`Error::Write`] if the screenshot cannot be written.
pub fn run(options: Options) -> Result<()> {
    let Options { screenshot, mut notices, question, tab, files, views, opened } = options;
    let path = persist::default_path();
    let mut session = match (&screenshot, &path) {
        (None, Some(path)) => {
            let (session, found) = persist::open(path);
            notices.extend(found);
            session
        }
        (Some(_), _) | (None, None) => Session::default(),
    };
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
    let mut native = eframe::NativeOptions {
        viewport: viewport(screenshot.as_ref()),
        persistence_path: path,
        ..eframe::NativeOptions::default()
    };
    let photographer = screenshot.map(|job| {
        // With nothing to persist, eframe leaves the saved settings alone.
        native.persist_window = false;
        native.persistence_path = Some(std::env::temp_dir().join("rnnscope-screenshot-unused.ron"));
        session.zoom = job.zoom;
        session.theme = match job.theme {
            crate::figure::Theme::Light => ThemeChoice::Light,
            crate::figure::Theme::Dark => ThemeChoice::Dark,
        };
        Photographer::new(job, Arc::clone(&ending))
    });
    let create: eframe::AppCreator<'_> = Box::new(move |creation| {
        let mut app = App::new(&creation.egui_ctx, session, notices)?;
        if let Some(folder) = rescue::folder().filter(|_| photographer.is_none()) {
            app.training_mut().shelter_in(folder);
        }
        if !files.is_empty() {
            app.open_files(&creation.egui_ctx, &files);
        }
        opened.store(true, Ordering::Relaxed);
        Ok(Box::new(shell::Shell { app, photographer }))
    });
    eframe::run_native(persist::APP_ID, native, create)
        .map_err(|error| Error::Window(error.to_string()))?;
    finish(&ending)
}

/// What became of the screenshot, if one was asked for.
fn finish(ending: &Mutex<Option<Result<()>>>) -> Result<()> {
    ending.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or(Ok(()))
}

fn viewport(screenshot: Option<&Screenshot>) -> egui::ViewportBuilder {
    let builder = egui::ViewportBuilder::default()
        .with_title("rnnscope")
        .with_app_id(persist::APP_ID)
        .with_min_inner_size([320.0, 240.0])
        .with_drag_and_drop(true);
    // A window without its icon is no reason not to open it.
    let builder = match eframe::icon_data::from_png_bytes(ICON) {
        Ok(icon) => builder.with_icon(icon),
        Err(_) => builder,
    };
    builder.with_inner_size(screenshot.map_or([1280.0, 800.0], |job| job.size))
}
