//! The numbers of a report as tables: for the eye, the clipboard and files.

use std::fmt::Write as _;

use super::settings::with_settings;
use crate::error::Result;
use crate::figure::csv::{Rows, field};
use crate::flow::FlowReport;

/// Numbers in rows and columns; the first column is the step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// Names of the columns.
    pub headers: Vec<String>,
    /// One row a step; NaN and infinity are numbers like others.
    pub rows: Vec<Vec<f64>>,
}

impl Table {
    /// Tab-separated values in full precision, as spreadsheets take them from the clipboard.
    pub fn tsv(&self) -> String {
        let mut text = self.headers.join("\t");
        text.push('\n');
        for row in &self.rows {
            let cells: Vec<String> = row.iter().map(|value| field(*value)).collect();
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{}", cells.join("\t"));
        }
        text
    }
}

/// A row a step: the norms of states and gradients of every layer.
pub fn table(report: &FlowReport) -> Table {
    let mut headers = vec!["t".to_owned()];
    let mut columns: Vec<&[f64]> = Vec::new();
    for (n, layer) in report.layers.iter().enumerate() {
        let of = if report.layers.len() > 1 { format!(" layer {}", n + 1) } else { String::new() };
        let norms = [
            ("‖hₜ‖", Some(&layer.hidden_norm)),
            ("‖cₜ‖", layer.cell_norm.as_ref()),
            ("‖∂L/∂hₜ‖", Some(&layer.grad_norm)),
            ("‖∂L/∂cₜ‖", layer.cell_grad_norm.as_ref()),
        ];
        for (name, values) in norms {
            let Some(values) = values else { continue };
            headers.push(format!("{name}{of}"));
            columns.push(values);
        }
    }
    let row = |t: usize| {
        let step = std::iter::once(t as f64 + 1.0);
        step.chain(columns.iter().map(|c| c.get(t).copied().unwrap_or(f64::NAN))).collect()
    };
    Table { headers, rows: (0..report.length).map(row).collect() }
}

/// CSV with a row a layer and step, in the order and with the names of the JSON report; the cell's
/// columns are empty for cells without one. What was measured stands behind, as columns that do not
/// change.
///
/// # Errors
/// [`crate::error::Error::Drawing`] if the writer fails, which memory does not.
pub fn wide_csv(report: &FlowReport) -> Result<String> {
    let mut writer = Rows::new();
    let headers = ["layer", "step", "hidden_norm", "grad_norm", "cell_norm", "cell_grad_norm"];
    writer.write(headers)?;
    for (n, layer) in report.layers.iter().enumerate() {
        for t in 0..report.length {
            let at = |values: &[f64]| values.get(t).copied().map(field).unwrap_or_default();
            let optional =
                |values: &Option<Vec<f64>>| values.as_deref().map(at).unwrap_or_default();
            let record = [
                (n + 1).to_string(),
                (t + 1).to_string(),
                at(&layer.hidden_norm),
                at(&layer.grad_norm),
                optional(&layer.cell_norm),
                optional(&layer.cell_grad_norm),
            ];
            writer.write(record)?;
        }
    }
    with_settings(&writer.finish()?, report)
}
