//! What a report is about: network, readout, input, target and loss, as a heading and as columns.

use std::sync::Arc;

use super::{judged, loss_in_full, task_of};
use crate::error::{Error, Result};
use crate::figure::csv::finish;
use crate::flow::{Draw, FlowReport, Input, Weights};
use crate::network::Reading;
use crate::visible;

/// One line that says which network, input, target and loss a report is about, for the top of a
/// sheet.
pub fn heading(report: &FlowReport) -> String {
    let question = &report.question;
    let batch = if report.batch > 1 { format!(", B = {}", report.batch) } else { String::new() };
    let ticks = match report.spec.ticks {
        0 | 1 => String::new(),
        ticks => format!(", {ticks} ticks a step"),
    };
    let loss = match task_of(report) {
        Some(_) => loss_in_full(report),
        None if report.spec.reading == Reading::States => loss_in_full(report),
        None => judged(report),
    };
    let origin = [format!("{}, {}", report.spec, origin(report))];
    let measured = [
        input(report),
        format!("T = {}{ticks}{batch}", steps(report)),
        format!(
            "weights × {}, biases × {}",
            scale(question.weight_scale),
            scale(question.bias_scale)
        ),
        format!("loss: {loss}"),
    ];
    let target = report.target_words().map(|target| format!("target: {target}"));
    origin
        .into_iter()
        .chain(report.readout.remark())
        .chain(measured)
        .chain(target)
        .chain([question.precision.to_string()])
        .collect::<Vec<_>>()
        .join(" · ")
}

/// Steps of the sequence, as the question counts them: of a report in ticks fewer than it has rows.
fn steps(report: &FlowReport) -> usize {
    report.length / report.spec.ticks.max(1)
}

/// Where the weights come from: `seed 0` and how they were drawn, or the name of a file.
fn origin(report: &FlowReport) -> String {
    match &report.question.weights {
        Weights::Draw(Draw { design, seed }) => {
            let remarks = design.remarks().into_iter();
            remarks.chain([format!("seed {seed}")]).collect::<Vec<_>>().join(", ")
        }
        Weights::File { path, .. } => visible::file_name(path),
    }
}

/// A scale as it is typed, with a power of ten where digits alone would fill lines.
fn scale(scale: f64) -> String {
    match scale.abs() {
        size if size == 0.0 || (1e-6..1e9).contains(&size) => scale.to_string(),
        _ => format!("{scale:e}"),
    }
}

/// What was read, and from which numbers it was drawn or which rows were left out.
fn input(report: &FlowReport) -> String {
    let Input { signal, seed, .. } = &report.question.input;
    let drawn = match seed {
        _ if !report.question.input.is_drawn() => String::new(),
        Some(seed) => format!(", input seed {seed}"),
        None => ", from the weights’ stream".to_owned(),
    };
    let skipped = match report.headers.iter().flatten().count() {
        0 => "",
        1 => " (header row skipped)",
        _ => " (header rows skipped)",
    };
    format!("{signal}{drawn}{skipped}")
}

/// A table as CSV with what `report` is about behind each row, as columns that do not change: tables
/// of many networks can then be put together.
///
/// # Errors
/// [`Error::Drawing`] for a text that is no CSV.
pub fn with_settings(csv: &str, report: &FlowReport) -> Result<String> {
    with_settings_of(csv, &[], report)
}

/// Rows of a table that are of one report.
#[derive(Clone, Debug)]
pub struct Rows {
    /// The figure they are in, named in the first column.
    pub figure: &'static str,
    /// The series named in the second column; all of the figure that are not named otherwise.
    pub series: Option<String>,
    /// What they are of.
    pub report: Arc<FlowReport>,
}

/// The same for a table of figures whose rows are of several reports; `report` is that of all others.
///
/// # Errors
/// [`Error::Drawing`] for a text that is no CSV.
pub fn with_settings_of(csv: &str, rows: &[Rows], report: &FlowReport) -> Result<String> {
    let rest = settings(report);
    let own: Vec<_> = rows.iter().map(|rows| (rows, settings(&rows.report))).collect();
    let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(csv.as_bytes());
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    for (row, record) in reader.records().enumerate() {
        let mut record = record.map_err(failed)?;
        let (figure, series) = (record.get(0), record.get(1));
        let of = |named: bool| {
            own.iter().find(|(rows, _)| match &rows.series {
                Some(name) => {
                    named && Some(rows.figure) == figure && series == Some(&*visible::cell(name))
                }
                None => !named && Some(rows.figure) == figure,
            })
        };
        let settings = of(true).or_else(|| of(false)).map_or(&rest, |(_, settings)| settings);
        for (name, value) in settings {
            // The other cells of the record have been through the door.
            record.push_field(&visible::cell(if row == 0 { name } else { value }));
        }
        writer.write_record(&record).map_err(failed)?;
    }
    finish(writer)
}

/// What the network should say, in a word.
fn target(report: &FlowReport) -> &'static str {
    match (report.target_words(), task_of(report)) {
        (Some(words), _) => words,
        (None, Some(_)) => "the task’s",
        (None, None) => "none",
    }
}

/// Names and values of the columns.
fn settings(report: &FlowReport) -> [(&'static str, String); 11] {
    let question = &report.question;
    [
        ("network", report.spec.to_string()),
        ("weights", origin(report)),
        ("readout", report.readout.to_string()),
        ("input", input(report)),
        ("length", steps(report).to_string()),
        ("batch", report.batch.to_string()),
        ("target", target(report).to_owned()),
        ("weight_scale", scale(question.weight_scale)),
        ("bias_scale", scale(question.bias_scale)),
        ("loss", loss_in_full(report)),
        ("precision", question.precision.to_string()),
    ]
}

fn failed(error: ::csv::Error) -> Error {
    Error::Drawing(error.to_string())
}
