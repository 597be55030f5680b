//! `rnnscope explore`: measure one network once, without a window.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::choices::{AcrossWord, SortWord, ThemeWord, ViewWord, WantedView, whole, width};
use super::failure::Failure;
use super::outputs::Outcome;
use super::question::QuestionArguments;
use super::view::Views;
use super::{json::json, reading, stderr, stdout, table::table};
pub(super) use crate::disk::same_file;
use crate::figure::of_flow::{self, View};
use crate::figure::of_view::Layout;
use crate::figure::{Figure, Style, check_writable, csv, png, svg};
use crate::flow::view::Across;
use crate::flow::{self, Array, FlowReport, Instrument, Question, npz};
use crate::network::ReadoutSource;
use crate::ticket::Ticket;
use crate::visible;

/// The flags of `rnnscope explore`.
#[derive(Clone, Debug, Args)]
pub(super) struct ExploreArguments {
    #[command(flatten)]
    question: QuestionArguments,

    /// Show why, instead of the four Explore figures; repeat for several views
    #[arg(long = "view", value_enum, value_name = "VIEW", ignore_case = true)]
    #[arg(help_heading = "Output")]
    views: Vec<WantedView>,
    /// Order of the units in the maps of `--view gates`, the first on top [default: mean]
    #[arg(long, value_enum, value_name = "ORDER", ignore_case = true, help_heading = "Output")]
    sort: Option<SortWord>,
    /// What --view landscape changes beside the weight scale [default: bias-scale]
    #[arg(long, value_enum, value_name = "NUMBER", ignore_case = true, help_heading = "Output")]
    across: Option<AcrossWord>,
    /// Write the four Explore figures, or those of the views, as PNG
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    png: Option<PathBuf>,
    /// Write the four Explore figures, or those of the views, as SVG
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    svg: Option<PathBuf>,
    /// Write all norms as CSV: a row a layer and step; of views all points of their figures
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    csv: Option<PathBuf>,
    /// Write everything measured as JSON; `-` is standard output
    #[arg(long, value_name = "FILE|-", help_heading = "Output")]
    json: Option<PathBuf>,
    /// Put every number behind the norms into the JSON: states, gradients, Jacobians, weights
    #[arg(long, help_heading = "Output", requires = "json", conflicts_with = "views")]
    full: bool,
    /// Write the numbers of --full as arrays that numpy.load reads
    #[arg(long, value_name = "FILE", help_heading = "Output", conflicts_with = "views")]
    npz: Option<PathBuf>,
    /// Width of the PNG and SVG in pixels, 400 to 8000 [default: 1600]
    #[arg(long, value_name = "PX", allow_hyphen_values = true, help_heading = "Output")]
    #[arg(value_parser = width)]
    width: Option<u32>,
    /// Figures side by side in the PNG and SVG, 1 to 8 [default: 2, of many 3]
    #[arg(long, value_name = "N", value_parser = whole::<1, 8>, help_heading = "Output")]
    columns: Option<usize>,
    /// Colours of the PNG and SVG [default: light]
    #[arg(long, value_enum, value_name = "THEME", ignore_case = true, help_heading = "Output")]
    theme: Option<ThemeWord>,
}

/// Measures and writes what was asked for; without any output flag, prints a table.
///
/// # Errors
/// Bad input, in one line; then no file was written. A file that could not be written; then the
/// others were.
pub(super) fn run(arguments: &ExploreArguments) -> Result<(), Failure> {
    let question = arguments.question.question()?;
    arguments.check_across(&question)?;
    arguments.check_style()?;
    arguments.check_paths()?;
    // Read once, whatever happens on disk while it is measured.
    let question = reading::shown(|ticket| question.frozen_with(ticket))?;
    let shown = arguments.show(&question)?;
    let mut outcome = arguments.write(&shown);
    let files = arguments.paths().next().is_some();
    if arguments.json.is_some() || files {
        arguments.warn(shown.report());
    }
    let printed = if arguments.json.as_deref().is_some_and(is_stdout) {
        arguments.json(&shown)
    } else if files {
        Ok(outcome.lines().into_bytes())
    } else {
        Ok(shown.table().into_bytes())
    };
    if let Err(failure) = printed.and_then(|printed| stdout::print(&printed)) {
        outcome.fail(failure);
    }
    outcome.end()
}

/// What was measured.
enum Shown {
    /// The four figures of Explore, and every number behind them if asked for.
    Flow(FlowReport, Option<Vec<Array>>),
    /// Views of why, in the order asked for.
    Views(Views),
}

impl Shown {
    fn report(&self) -> &FlowReport {
        match self {
            Self::Flow(report, _) => report,
            Self::Views(views) => &views.flow,
        }
    }

    fn figures(&self) -> Vec<Figure> {
        match self {
            Self::Flow(report, _) => figures(report),
            Self::Views(views) => views.figures(),
        }
    }

    fn table(&self) -> String {
        match self {
            Self::Flow(report, _) => table(report),
            Self::Views(views) => views.table(),
        }
    }

    fn csv(&self) -> Result<String, Failure> {
        Ok(match self {
            Self::Flow(report, _) => of_flow::wide_csv(report)?,
            Self::Views(views) => of_flow::with_settings(&csv(&views.figures())?, &views.flow)?,
        })
    }
}

/// The full answer to one question, step Jacobians included.
///
/// # Errors
/// As for [`Instrument::answer`].
pub(super) fn measure(question: &Question) -> Result<FlowReport, Failure> {
    measure_with(&mut Instrument::new(), question)
}

fn measure_with(instrument: &mut Instrument, question: &Question) -> Result<FlowReport, Failure> {
    let ticket = Ticket::new();
    let mut report = instrument.answer(question, &ticket)?;
    instrument.complete(&mut report, &ticket)?;
    Ok(report)
}

/// The four Explore figures of a report.
pub(super) fn figures(report: &FlowReport) -> Vec<Figure> {
    of_flow::explore(report, &[], &View::default())
}

impl ExploreArguments {
    fn paths(&self) -> impl Iterator<Item = &PathBuf> {
        let json = self.json.iter().filter(|path| !is_stdout(path));
        self.png.iter().chain(&self.svg).chain(&self.csv).chain(&self.npz).chain(json)
    }

    /// The views asked for, each once.
    fn views(&self) -> Vec<ViewWord> {
        let mut views = Vec::new();
        for word in self.views.iter().flat_map(|wanted| wanted.views()) {
            if !views.contains(&word) {
                views.push(word);
            }
        }
        views
    }

    fn across(&self) -> Across {
        self.across.map_or_else(Across::default, Into::into)
    }

    /// Refuses a number across that nobody looks at, or that this question fixes.
    fn check_across(&self, question: &Question) -> Result<(), Failure> {
        if !self.views().contains(&ViewWord::Landscape) {
            return match self.across {
                Some(_) => Err(Failure::input("--across needs --view landscape")),
                None => Ok(()),
            };
        }
        let (Some(why), Some(word)) = (self.across().unavailable(question), self.across) else {
            return Ok(());
        };
        let name = word.to_possible_value().map(|value| value.get_name().to_owned());
        let name = name.unwrap_or_default();
        Err(Failure::input(format!("--across {name}: {why}")))
    }

    /// Refuses a look for a picture that nobody asked for.
    fn check_style(&self) -> Result<(), Failure> {
        if self.sort.is_some() && !self.views().contains(&ViewWord::Gates) {
            return Err(Failure::input("--sort needs --view gates"));
        }
        let styled = [
            (self.width.is_some(), "--width"),
            (self.theme.is_some(), "--theme"),
            (self.columns.is_some(), "--columns"),
        ];
        let drawn = self.png.is_some() || self.svg.is_some();
        match styled.iter().find(|(given, _)| *given && !drawn) {
            Some((_, flag)) => Err(Failure::input(format!("{flag} needs --png or --svg"))),
            None => Ok(()),
        }
    }

    /// Refuses paths that cannot be written, are named twice, or are about to be read.
    fn check_paths(&self) -> Result<(), Failure> {
        let paths: Vec<_> = self.paths().collect();
        for (index, path) in paths.iter().enumerate() {
            if is_stdout(path) {
                return Err(Failure::input("only --json can write to standard output (-)"));
            }
            let taken = paths[..index]
                .iter()
                .chain(self.question.files().collect::<Vec<_>>().iter())
                .any(|other| same_file(path, other));
            if taken {
                let path = visible::path(path);
                return Err(Failure::input(format!(
                    "{path} is named twice: give each its own file"
                )));
            }
            check_writable(path)?;
        }
        Ok(())
    }

    /// Measures what was asked for.
    fn show(&self, question: &Question) -> Result<Shown, Failure> {
        let words = self.views();
        if words.is_empty() {
            let mut instrument = Instrument::new();
            let report = measure_with(&mut instrument, question)?;
            self.question.check(&report)?;
            let wanted = self.full || self.npz.is_some();
            let arrays = wanted.then(|| instrument.arrays(question, &Ticket::new())).transpose()?;
            return Ok(Shown::Flow(report, arrays));
        }
        let (mut instrument, ticket) = (Instrument::new(), Ticket::new());
        let flow = instrument.answer(question, &ticket)?;
        self.question.check(&flow)?;
        let mut views = Vec::new();
        for word in words {
            let view = match flow::View::from(word) {
                flow::View::Landscape(_) => flow::View::Landscape(self.across()),
                view => view,
            };
            views.push((word, instrument.view(question, view, &ticket)?));
        }
        Ok(Shown::Views(Views { flow, views, layout: self.layout() }))
    }

    /// Writes every file that was asked for.
    fn write(&self, shown: &Shown) -> Outcome {
        let mut outcome = Outcome::default();
        if self.png.is_some() || self.svg.is_some() {
            let (figures, style) = (shown.figures(), self.style(shown.report()));
            if let Some(path) = &self.png {
                outcome.file(path, || Ok(png(&figures, &style, 1.0)?));
            }
            if let Some(path) = &self.svg {
                outcome.file(path, || Ok(svg(&figures, &style)?.into_bytes()));
            }
        }
        if let Some(path) = &self.csv {
            outcome.file(path, || Ok(shown.csv()?.into_bytes()));
        }
        if let Some(path) = self.json.as_ref().filter(|path| !is_stdout(path)) {
            outcome.file(path, || self.json(shown));
        }
        if let (Some(path), Shown::Flow(report, Some(arrays))) = (&self.npz, shown) {
            outcome.file(path, || {
                let report = json(report, None)?;
                let report = String::from_utf8_lossy(&report);
                Ok(npz(arrays, &[("report", report.trim_end())])?)
            });
        }
        outcome
    }

    fn json(&self, shown: &Shown) -> Result<Vec<u8>, Failure> {
        match shown {
            Shown::Flow(report, arrays) => json(report, arrays.as_deref().filter(|_| self.full)),
            Shown::Views(views) => views.json(),
        }
    }

    /// Says on standard error what nobody asked for and files of numbers are easily read without:
    /// that the readout is not the file's.
    fn warn(&self, report: &FlowReport) {
        if let ReadoutSource::Random { .. } = report.readout
            && !self.question.asks_for_random_readout()
        {
            stderr::say(&format!(
                "rnnscope: no readout was found in the file, so one was drawn ({}); see --head",
                report.readout
            ));
        }
    }

    fn layout(&self) -> Layout {
        Layout { sort: self.sort.map(Into::into).unwrap_or_default(), ..Layout::default() }
    }

    fn style(&self, report: &FlowReport) -> Style {
        let default = Style { heading: Some(of_flow::heading(report)), ..Style::default() };
        Style {
            width_px: self.width.unwrap_or(default.width_px),
            theme: self.theme.map_or(default.theme, Into::into),
            columns: self.columns,
            ..default
        }
    }
}

/// Whether a path means standard output.
pub(super) fn is_stdout(path: &Path) -> bool {
    path.as_os_str() == "-"
}
