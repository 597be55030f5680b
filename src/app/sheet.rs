//! What leaves the window: figures and numbers under the question they were measured for, whatever the
//! settings are by now.

use std::path::PathBuf;
use std::sync::Arc;

use egui::{ColorImage, Context};

use super::App;
use super::explore::scene::{Picture, Scene};
use super::explore::stale::Stale;
use super::explore::why::Drawn;
use super::export::{self, Dialog, Wish};
use super::task::{Task, finished};
use crate::error::Result;
use crate::figure::{self, Figure, Raster, of_flow, of_run};
use crate::flow::FlowReport;
use crate::session::{Pane, Tab};

/// Figures that are taken away together.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// The figures. Where they are of several questions, each says in its first note of which.
    pub figures: Vec<Figure>,
    /// The network, input and loss of all of them, in a line.
    pub heading: Option<String>,
    /// Whose figures they are if they are not of the present settings, in a sentence.
    pub earlier: Option<String>,
    /// What the rows of a table of it are of; nothing for trainings.
    about: Vec<of_flow::Rows>,
}

impl PartialEq for Sheet {
    /// By what can be read: how long a measurement took cannot.
    fn eq(&self, other: &Self) -> bool {
        let Self { figures, heading, earlier, about: _ } = self;
        (figures, heading, earlier) == (&other.figures, &other.heading, &other.earlier)
    }
}

/// Figures of one question.
struct Part {
    about: Arc<FlowReport>,
    ghosts: Vec<(String, Arc<FlowReport>)>,
    heading: String,
    figures: Vec<Figure>,
    stale: Option<Stale>,
}

impl Part {
    /// What the rows of its figures are of: those of ghosts of the pins.
    fn rows(&self) -> Vec<of_flow::Rows> {
        let mut rows = Vec::new();
        for Figure { name, series, .. } in &self.figures {
            let figure = *name;
            for ghost in series.iter().filter(|series| series.ghost) {
                let series = ghost.full_name();
                let is_of = |label: &str| {
                    let rest = series.strip_prefix(label);
                    let ends = |rest: &str| rest.is_empty() || rest.starts_with([',', ':']);
                    rest.is_some_and(|rest| ends(rest) || rest.starts_with(" ("))
                };
                // A name may be the beginning of another.
                let pins = self.ghosts.iter().filter(|(label, _)| is_of(label));
                if let Some((_, report)) = pins.max_by_key(|(label, _)| label.len()) {
                    let report = Arc::clone(report);
                    rows.push(of_flow::Rows { figure, series: Some(series), report });
                }
            }
            rows.push(of_flow::Rows { figure, series: None, report: Arc::clone(&self.about) });
        }
        rows
    }
}

/// What is being taken away.
#[derive(Default)]
pub struct Takings {
    export: Option<Task<(String, Option<String>)>>,
    image: Option<Task<(Raster, Option<String>)>>,
    numbers: Option<Task<(String, Option<String>)>>,
}

impl Takings {
    /// Whether all of it has arrived.
    pub fn is_settled(&self) -> bool {
        self.export.is_none() && self.image.is_none() && self.numbers.is_none()
    }
}

impl Sheet {
    fn of(parts: Vec<Part>) -> Self {
        let mut headings = parts.iter().map(|part| &part.heading);
        let first = headings.next().cloned();
        let heading = first.filter(|first| headings.all(|other| other == first));
        let stale = parts.iter().filter_map(|part| part.stale.as_ref());
        let earlier = stale.cloned().reduce(Stale::and).as_ref().map(Stale::sentence);
        let several = heading.is_none();
        let about = parts.iter().flat_map(Part::rows).collect();
        let label = |part: Part| {
            let Part { about: _, ghosts: _, heading, mut figures, stale: _ } = part;
            if several {
                figures.iter_mut().for_each(|figure| figure.notes.insert(0, heading.clone()));
            }
            figures
        };
        Self { figures: parts.into_iter().flat_map(label).collect(), heading, earlier, about }
    }

    /// All numbers as CSV; behind each row stands what it is of.
    ///
    /// # Errors
    /// What writing a table says.
    pub fn csv(&self) -> Result<String> {
        let csv = figure::csv(&self.figures)?;
        match self.about.first() {
            Some(first) => of_flow::with_settings_of(&csv, &self.about, &first.report),
            None => Ok(csv),
        }
    }

    /// The figure of this name alone, or all.
    fn only(mut self, wanted: Option<&str>) -> Self {
        self.figures.retain(|figure| wanted.is_none_or(|name| figure.name == name));
        self
    }
}

impl App {
    /// The figures on screen, as they would be exported.
    pub fn sheet(&self) -> Sheet {
        match self.session.tab {
            Tab::Explore => self.sheet_of(&self.session.why.visible()),
            Tab::Train => Sheet {
                figures: self.train.figures(),
                heading: self.train.scene().map(|scene| of_run::heading(&scene.comparison)),
                ..Sheet::default()
            },
        }
    }

    /// The figures on screen.
    pub fn figures(&self) -> Vec<Figure> {
        self.sheet().figures
    }

    /// The figures of one pane of Explore.
    pub fn figures_of(&self, pane: Pane) -> Vec<Figure> {
        self.sheet_of(&[pane]).figures
    }

    fn sheet_of(&self, panes: &[Pane]) -> Sheet {
        Sheet::of(panes.iter().filter_map(|pane| self.part(*pane)).collect())
    }

    fn part(&self, pane: Pane) -> Option<Part> {
        let figures = |pictures: &[Picture]| -> Vec<Figure> {
            pictures.iter().map(|one| one.figure.clone()).collect()
        };
        if pane == Pane::Curves {
            let Scene { report, heading, pictures, ghosts, .. } = self.scene.as_ref()?;
            return Some(Part {
                about: Arc::clone(report),
                ghosts: ghosts.clone(),
                heading: heading.clone(),
                figures: figures(pictures),
                stale: self.stale(),
            });
        }
        let Drawn { about, heading, pictures, .. } = self.viewers.shown(pane).ok()??;
        let stale = self.viewers.stale(pane, &self.session);
        let (about, heading) = (Arc::clone(about), heading.clone());
        Some(Part { about, ghosts: Vec::new(), heading, figures: figures(pictures), stale })
    }

    /// The figures that the export dialog is about.
    fn exported(&self) -> Sheet {
        match (self.session.tab, self.exporting) {
            (Tab::Explore, Some(pane)) => self.sheet_of(&[pane]),
            _ => self.sheet(),
        }
    }

    pub(super) fn copy_image(&mut self, ctx: &Context) {
        let Sheet { figures, heading, earlier, .. } = self.sheet();
        if self.takings.image.is_some() || figures.is_empty() {
            return;
        }
        let settings = self.session.export.clone();
        self.takings.image = Some(Task::spawn(ctx, move || {
            let style = export::style(&settings, heading);
            Ok((figure::raster(&figures, &style, f64::from(settings.scale))?, earlier))
        }));
    }

    pub(super) fn copy_numbers(&mut self, ctx: &Context) {
        if self.takings.numbers.is_some() {
            return;
        }
        if self.session.tab == Tab::Train {
            let Some(scene) = self.train.scene().cloned() else { return };
            self.takings.numbers = Some(Task::spawn(ctx, move || Ok((scene.ranking.tsv(), None))));
            return;
        }
        let Some(scene) = self.scene.as_ref() else { return };
        let (table, heading) = (Arc::clone(&scene.table), scene.heading.clone());
        let earlier = self.stale().as_ref().map(Stale::sentence);
        let work = move || Ok((format!("{heading}\n{}", table.tsv()), earlier));
        self.takings.numbers = Some(Task::spawn(ctx, work));
    }

    /// Opens the export dialog, or closes it; for one pane only, if it is named.
    pub(super) fn toggle_export(&mut self, pane: Option<Pane>) {
        self.exporting = pane;
        let figures = self.exported().figures;
        if self.dialog.is_some() || figures.is_empty() {
            self.dialog = None;
            return;
        }
        let sheet = match self.session.tab {
            Tab::Explore => pane.map_or("explore", sheet_name),
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
        let Sheet { figures, earlier, .. } = self.exported();
        let titles: Vec<(&'static str, String)> =
            figures.into_iter().map(|figure| (figure.name, figure.title)).collect();
        let busy = self.takings.export.is_some();
        match dialog.show(ctx, &mut self.session.export, &titles, earlier.as_deref(), busy) {
            Wish::Stay => self.dialog = Some(dialog),
            Wish::Close => {}
            Wish::Write(path) => {
                self.write(ctx, path);
                self.dialog = Some(dialog);
            }
        }
    }

    fn write(&mut self, ctx: &Context, path: PathBuf) {
        let settings = self.session.export.clone();
        let sheet = self.exported().only(settings.figure.as_deref());
        self.takings.export = Some(Task::spawn(ctx, move || {
            export::write(&sheet, &settings, &path)?;
            let earlier = sheet.earlier;
            // The full path, so that the notice says where to look.
            let path = std::path::absolute(&path).unwrap_or(path);
            Ok((crate::visible::path(&path), earlier))
        }));
    }

    /// Takes what has arrived where it was taken to.
    pub(super) fn collect_takings(&mut self, ctx: &Context) {
        match finished(&mut self.takings.export) {
            Some(Ok((path, earlier))) => self.saved(&path, earlier),
            Some(Err(error)) => match &mut self.dialog {
                Some(dialog) => dialog.fail(error.to_string()),
                None => self.notices.warning(error.to_string()),
            },
            None => {}
        }
        let image = finished(&mut self.takings.image);
        self.tell(image, |app, (raster, earlier)| {
            let size = [raster.width as usize, raster.height as usize];
            ctx.copy_image(ColorImage::from_rgba_unmultiplied(size, &raster.rgba));
            app.taken("The figures are on the clipboard.", earlier);
        });
        let numbers = finished(&mut self.takings.numbers);
        self.tell(numbers, |app, (text, earlier)| {
            ctx.copy_text(text);
            app.taken("The numbers are on the clipboard.", earlier);
        });
    }

    fn saved(&mut self, path: &str, earlier: Option<String>) {
        self.taken(&format!("Saved {path}"), earlier);
        self.dialog = None;
        let folder = std::path::Path::new(path).parent().map(PathBuf::from);
        // Without a folder of the user's own, the default stays the folder rnnscope runs in.
        self.session.export.folder =
            folder.filter(|folder| std::env::current_dir().ok().as_ref() != Some(folder));
    }

    /// Good news, unless what was taken is not what the settings say.
    fn taken(&mut self, text: &str, earlier: Option<String>) {
        match earlier {
            None => self.notices.success(text),
            Some(earlier) => {
                let text = text.trim_end_matches('.');
                self.notices.warning(format!("{text}. {earlier}."));
            }
        }
    }
}

/// What all figures of a pane together are called in a file's name.
fn sheet_name(pane: Pane) -> &'static str {
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
