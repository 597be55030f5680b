//! What commands do, and what becomes of work that was started for them.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use egui::{ColorImage, Context, ViewportCommand};

use super::browse::{self, Answer};
use super::commands::Command;
use super::export::{self, Dialog, Wish};
use super::open_dialog::OpenDialog;
use super::task::{Task, finished};
use super::{App, files, open_dialog};
use crate::error::Result;
use crate::figure::{self, Figure, of_flow, of_run};
use crate::session::{Arrangement, Pane, Tab, ThemeChoice};
use crate::task::Dataset;

impl App {
    /// Carries out a command.
    pub(super) fn carry_out(&mut self, ctx: &Context, command: Command) {
        match command {
            Command::ResetScales => self.set_scales(1.0),
            Command::ZeroScales => self.set_scales(0.0),
            Command::DrawAgain => self.session.draw_again(fresh_seed()),
            Command::PreviousSeed => self.session.previous_seed(),
            Command::NotebookView => self.session.view.notebook ^= true,
            Command::ReverseTime => self.session.view.reversed_time ^= true,
            Command::Pin => self.session.pin(),
            Command::ClearPins => self.session.pins.clear(),
            Command::Open => self.browse(ctx),
            Command::Export => self.toggle_export(None),
            Command::CopyImage => self.copy_image(ctx),
            Command::CopyNumbers => self.copy_numbers(ctx),
            Command::ToggleTable => self.session.table_open ^= true,
            Command::View(pane) => self.session.why.toggle(pane),
            Command::Stack => self.arrange(Arrangement::stacked),
            Command::SideBySide => self.arrange(Arrangement::side_by_side),
            Command::Grid => self.arrange(Arrangement::gridded),
            Command::CloseViews => self.session.why.close_all(),
            Command::Undo | Command::Redo if self.session.tab == Tab::Train => {
                self.train.carry_out(command, &self.session.train);
            }
            Command::Undo => {
                let state = self.history.undo();
                self.return_to(state);
            }
            Command::Redo => {
                let state = self.history.redo();
                self.return_to(state);
            }
            Command::ToggleTheme => {
                self.session.theme = match ctx.theme() {
                    egui::Theme::Dark => ThemeChoice::Light,
                    egui::Theme::Light => ThemeChoice::Dark,
                };
            }
            Command::ZoomIn => egui::gui_zoom::zoom_in(ctx),
            Command::ZoomOut => egui::gui_zoom::zoom_out(ctx),
            Command::ZoomReset => ctx.set_zoom_factor(1.0),
            Command::ShowExplore => self.session.tab = Tab::Explore,
            Command::ShowTrain => self.session.tab = Tab::Train,
            Command::Train
            | Command::TrainStep
            | Command::TrainStop
            | Command::Rewind
            | Command::StartAnew
            | Command::TrainFurther
            | Command::OpenInExplore => self.train.carry_out(command, &self.session.train),
            Command::Help => self.help_open ^= true,
            Command::Quit => ctx.send_viewport_cmd(ViewportCommand::Close),
        }
    }

    fn set_scales(&mut self, scale: f64) {
        self.session.question.weight_scale = scale;
        self.session.question.bias_scale = scale;
    }

    fn arrange(&mut self, how: impl FnOnce(&Arrangement) -> Arrangement) {
        let why = &mut self.session.why;
        why.arrangement = how(&why.arrangement);
    }

    fn return_to(&mut self, state: Option<(crate::flow::Question, of_flow::View)>) {
        if let Some((question, view)) = state {
            self.session.question = question;
            self.session.view = view;
        }
    }

    fn browse(&mut self, ctx: &Context) {
        if self.opening.is_none() && self.open_dialog.is_none() {
            self.opening = Some(browse::open(ctx));
        }
    }

    /// Draws the dialog for typing a path and does what it wishes.
    pub(super) fn path_dialog(&mut self, ctx: &Context) {
        let Some(mut dialog) = self.open_dialog.take() else { return };
        match dialog.show(ctx) {
            open_dialog::Wish::Stay => self.open_dialog = Some(dialog),
            open_dialog::Wish::Close => {}
            open_dialog::Wish::Open(path) => self.open(ctx, &[path]),
        }
    }

    /// Opens files that were dropped on the window.
    pub(super) fn take_dropped(&mut self, ctx: &Context) {
        let paths: Vec<PathBuf> = ctx.input(|input| {
            input.raw.dropped_files.iter().map(|file| file.path().to_owned()).collect()
        });
        if !paths.is_empty() {
            self.open(ctx, &paths);
        }
    }

    /// Opens whatever files hold. A data set takes a moment, so a thread of its own looks whether it
    /// can be used.
    fn open(&mut self, ctx: &Context, paths: &[PathBuf]) {
        match files::data(&self.session, paths) {
            Some(path) => {
                self.data = Some(Task::spawn(ctx, move || {
                    Dataset::open(&path)?;
                    Ok(path)
                }));
            }
            None => self.open_files(paths),
        }
    }

    /// Opens weights or sequences; trouble becomes a notice.
    pub fn open_files(&mut self, paths: &[PathBuf]) {
        match files::open(&mut self.session, paths) {
            Ok(()) => self.reopen(),
            Err(error) => self.notices.warning(error.to_string()),
        }
    }

    /// The figures on screen, as they would be exported.
    pub fn figures(&self) -> Vec<Figure> {
        if self.session.tab == Tab::Train {
            return self.train.figures();
        }
        let visible = self.session.why.visible();
        visible.into_iter().flat_map(|pane| self.figures_of(pane)).collect()
    }

    /// The figures of one pane of Explore.
    pub fn figures_of(&self, pane: Pane) -> Vec<Figure> {
        let pictures = match (pane, &self.scene) {
            (Pane::Curves, Some(scene)) => Some(&scene.pictures),
            (Pane::Curves, None) => None,
            _ => self.viewers.shown(pane).ok().flatten().map(|drawn| &drawn.pictures),
        };
        pictures.into_iter().flat_map(|all| all.iter()).map(|one| one.figure.clone()).collect()
    }

    /// The figures that the export dialog is about.
    fn exported(&self) -> Vec<Figure> {
        match (self.session.tab, self.exporting) {
            (Tab::Explore, Some(pane)) => self.figures_of(pane),
            _ => self.figures(),
        }
    }

    fn heading(&self) -> Option<String> {
        match self.session.tab {
            Tab::Explore => self.report().map(of_flow::heading),
            Tab::Train => self.train.scene().map(|scene| of_run::heading(&scene.comparison)),
        }
    }

    fn copy_image(&mut self, ctx: &Context) {
        let (figures, heading) = (self.figures(), self.heading());
        if self.image.is_some() || figures.is_empty() {
            return;
        }
        let settings = self.session.export.clone();
        self.image = Some(Task::spawn(ctx, move || {
            let style = export::style(&settings, heading);
            figure::raster(&figures, &style, f64::from(settings.scale))
        }));
    }

    fn copy_numbers(&mut self, ctx: &Context) {
        if self.numbers.is_some() {
            return;
        }
        if self.session.tab == Tab::Train {
            let Some(scene) = self.train.scene().cloned() else { return };
            self.numbers = Some(Task::spawn(ctx, move || Ok(scene.ranking.tsv())));
            return;
        }
        let Some(scene) = self.scene.as_ref() else { return };
        let table = Arc::clone(&scene.table);
        self.numbers = Some(Task::spawn(ctx, move || Ok(table.tsv())));
    }

    /// Opens the export dialog, or closes it; for one pane only, if it is named.
    pub(super) fn toggle_export(&mut self, pane: Option<Pane>) {
        self.exporting = pane;
        let figures = self.exported();
        if self.dialog.is_some() || figures.is_empty() {
            self.dialog = None;
            return;
        }
        let sheet = match self.session.tab {
            Tab::Explore => pane.map_or("explore", sheet_of),
            Tab::Train => "train",
        };
        // A figure of the other tab cannot be meant.
        let known = |name: &String| figures.iter().any(|figure| figure.name == name);
        self.session.export.figure = self.session.export.figure.take().filter(known);
        self.dialog = Some(Dialog::new(sheet, &self.session.export));
    }

    /// Draws the export dialog and does what it wishes.
    pub(super) fn export_dialog(&mut self, ctx: &Context) {
        let Some(mut dialog) = self.dialog.take() else { return };
        let titles: Vec<(&'static str, String)> =
            self.exported().into_iter().map(|figure| (figure.name, figure.title)).collect();
        let busy = self.export.is_some();
        match dialog.show(ctx, &mut self.session.export, &titles, busy) {
            Wish::Stay => self.dialog = Some(dialog),
            Wish::Close => {}
            Wish::Write(path) => {
                self.write(ctx, path);
                self.dialog = Some(dialog);
            }
        }
    }

    fn write(&mut self, ctx: &Context, path: PathBuf) {
        let figures = export::chosen(&self.exported(), &self.session.export);
        let (settings, heading) = (self.session.export.clone(), self.heading());
        self.export = Some(Task::spawn(ctx, move || {
            export::write(&figures, &settings, heading, &path)?;
            // The full path, so that the notice says where to look.
            let path = std::path::absolute(&path).unwrap_or(path);
            Ok(path.display().to_string())
        }));
    }

    /// Takes what background tasks have finished.
    pub(super) fn collect_tasks(&mut self, ctx: &Context) {
        match finished(&mut self.export) {
            Some(Ok(path)) => self.saved(&path),
            Some(Err(error)) => match &mut self.dialog {
                Some(dialog) => dialog.fail(error.to_string()),
                None => self.notices.warning(error.to_string()),
            },
            None => {}
        }
        let image = finished(&mut self.image);
        self.tell(image, |app, raster| {
            let size = [raster.width as usize, raster.height as usize];
            ctx.copy_image(ColorImage::from_rgba_unmultiplied(size, &raster.rgba));
            app.notices.success("The figures are on the clipboard.");
        });
        let numbers = finished(&mut self.numbers);
        self.tell(numbers, |app, text| {
            ctx.copy_text(text);
            app.notices.success("The numbers are on the clipboard.");
        });
        let data = finished(&mut self.data);
        self.tell(data, |app, path| files::take_data(&mut app.session, path));
        let opening = finished(&mut self.opening);
        self.tell(opening, |app, answer| match answer {
            Answer::Chosen(paths) => app.open(ctx, &paths),
            Answer::Cancelled => {}
            Answer::NoDialog => app.open_dialog = Some(OpenDialog::default()),
        });
    }

    fn tell<T>(&mut self, end: Option<Result<T>>, use_it: impl FnOnce(&mut Self, T)) {
        match end {
            Some(Ok(value)) => use_it(self, value),
            Some(Err(error)) => self.notices.warning(error.to_string()),
            None => {}
        }
    }

    fn saved(&mut self, path: &str) {
        self.notices.success(format!("Saved {path}"));
        self.dialog = None;
        let folder = std::path::Path::new(path).parent().map(PathBuf::from);
        // Without a folder of the user's own, the default stays the folder rnnscope runs in.
        self.session.export.folder =
            folder.filter(|folder| std::env::current_dir().ok().as_ref() != Some(folder));
    }
}

/// What all figures of a pane together are called in a file's name.
fn sheet_of(pane: Pane) -> &'static str {
    match pane {
        Pane::Curves => "explore",
        Pane::Itemized => "itemized",
        Pane::Theory => "theory",
        Pane::Jacobians => "jacobians",
        Pane::Landscape => "landscape",
        Pane::Gates => "gates",
        Pane::Weights => "weights",
        Pane::Check => "check",
    }
}

/// A seed nobody chose: from the clock, small enough to be read out in class.
fn fresh_seed() -> u64 {
    let time = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::from(time.subsec_micros()) % 100_000
}
