//! A report as text for a terminal: what was measured, the headline numbers, one table a layer.

use std::fmt::Write;

use crate::figure::of_flow::{View, explore, heading, verdict};
use crate::flow::{FlowReport, LayerFlow, Question, SequenceFile, Signal, Weights};
use crate::session::Session;
use crate::visible;

/// Most rows of a table; longer ones are thinned.
const MAX_ROWS: usize = 40;

/// Everything a reader needs on one screen, ending in a newline: what was measured, the norms of
/// each layer, and the sentences that the figures carry too.
pub(super) fn table(report: &FlowReport) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write(&mut text, report);
    text
}

fn write(text: &mut String, report: &FlowReport) -> std::fmt::Result {
    write_heading(text, report)?;
    let verdict = verdict(report).sentence;
    writeln!(text, "{verdict}")?;
    let unit = if report.spec.ticks > 1 { "tick" } else { "step" };
    for (index, layer) in report.layers.iter().enumerate() {
        writeln!(text, "\nlayer {}", index + 1)?;
        rows(text, layer, unit)?;
    }
    writeln!(text)?;
    for figure in explore(report, &[], &View::default()) {
        let notes = figure.notes.iter().filter(|note| **note != verdict);
        notes.into_iter().try_for_each(|note| writeln!(text, "{}", visible::text(note)))?;
    }
    Ok(())
}

/// What was measured, on lines that fit a terminal, and what a heading has no room for.
pub(super) fn write_heading(text: &mut String, report: &FlowReport) -> std::fmt::Result {
    /// Columns of a terminal.
    const WIDTH: usize = 100;
    const BETWEEN: &str = " · ";

    let heading = heading(report);
    let heading = visible::text(&heading);
    let mut line = String::new();
    for part in heading.split(BETWEEN) {
        if line.is_empty() {
            part.clone_into(&mut line);
            continue;
        }
        line.push_str(BETWEEN);
        if line.chars().count() + part.chars().count() + BETWEEN.len() > WIDTH {
            writeln!(text, "{}", line.trim_end())?;
            line.clear();
        }
        line.push_str(part);
    }
    writeln!(text, "{line}")?;
    let remarks = remarks(report);
    remarks.iter().try_for_each(|remark| writeln!(text, "{}", visible::text(remark)))
}

/// What a heading has no room for: which tensors and rows of files were left out, and where an
/// input without a seed of its own came from.
fn remarks(report: &FlowReport) -> Vec<String> {
    let Question { weights, input, .. } = &report.question;
    let mut remarks = Vec::new();
    if let (Weights::File { path, .. }, false) = (weights, report.unused.is_empty()) {
        remarks.push(format!("not used of {}: {}", visible::path(path), report.unused.join(", ")));
    }
    if let Signal::Files(files) = &input.signal {
        for (SequenceFile { path, .. }, header) in files.iter().zip(&report.headers) {
            if let Some(names) = header {
                let (path, names) = (visible::path(path), names.join(", "));
                remarks.push(format!("{path}: the first row is a header and was skipped: {names}"));
            }
        }
    }
    if input.seed.is_none() && input.signal == Signal::Noise {
        let window = Session::default().question.input.seed.unwrap_or_default();
        remarks.push(format!(
            "input: continues the weights’ stream (the window starts with --input-seed {window})"
        ));
    }
    remarks
}

/// A row a step, or a tick where each step is read several times.
fn rows(text: &mut String, layer: &LayerFlow, unit: &str) -> std::fmt::Result {
    let LayerFlow { hidden_norm, cell_norm, grad_norm, cell_grad_norm, .. } = layer;
    let mut columns: Vec<(&str, &[f64])> = vec![("‖h‖", hidden_norm), ("‖dL/dh‖", grad_norm)];
    if let Some(norm) = cell_norm {
        columns.push(("‖c‖", norm));
    }
    if let Some(norm) = cell_grad_norm {
        columns.push(("‖dL/dc‖", norm));
    }
    columns_by_step(text, unit, &columns)
}

/// A row a step (or tick, as `unit` says), thinned where there are many.
pub(super) fn columns_by_step(
    text: &mut String,
    unit: &str,
    columns: &[(&str, &[f64])],
) -> std::fmt::Result {
    write!(text, "{unit:>7}")?;
    for (name, _) in columns {
        write!(text, "  {name:>11}")?;
    }
    writeln!(text)?;
    let length = columns.first().map_or(0, |(_, values)| values.len());
    let steps = shown(length);
    for &step in &steps {
        write!(text, "{:>7}", step + 1)?;
        for (_, values) in columns {
            let value = values.get(step).copied().map(short).unwrap_or_default();
            write!(text, "  {value:>11}")?;
        }
        writeln!(text)?;
    }
    if steps.len() < length {
        writeln!(text, "({} of {length} {unit}s; --csv FILE has them all)", steps.len())?;
    }
    Ok(())
}

/// Steps to print, counted from 0: all, or round ones between the first and the last.
fn shown(length: usize) -> Vec<usize> {
    let strides = (0..).flat_map(|power| [1, 2, 5].map(|digit| digit * 10_usize.pow(power)));
    // The first and the last step may come on top of the round ones.
    let stride =
        strides.into_iter().find(|stride| length / stride + 2 <= MAX_ROWS).unwrap_or(length);
    (1..=length)
        .filter(|step| step % stride == 0 || *step == 1 || *step == length)
        .map(|step| step - 1)
        .collect()
}

/// Five significant digits in a spelling that spreadsheets and scripts read too.
pub(super) fn short(number: f64) -> String {
    let size = number.abs();
    if number == 0.0 {
        "0".into()
    } else if !number.is_finite() {
        // Rust prints NaN with capitals; all our outputs agree on one spelling.
        number.to_string().to_lowercase()
    } else if (1e-3..1e5).contains(&size) {
        let before_point = size.log10().floor() as i32;
        format!("{number:.*}", usize::try_from(4 - before_point).unwrap_or(0))
    } else {
        format!("{number:.4e}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_five_digits() {
        let pairs = [
            (0.0, "0"),
            (0.62669, "0.62669"),
            (12.5, "12.500"),
            (-3.0, "-3.0000"),
            (1234.56, "1234.6"),
            (4.0e-94, "4.0000e-94"),
            (1e7, "1.0000e7"),
            (f64::NAN, "nan"),
            (f64::NEG_INFINITY, "-inf"),
        ];
        for (number, text) in pairs {
            assert_eq!(short(number), text);
        }
    }

    #[test]
    fn long_tables_are_thinned_to_round_steps() {
        assert_eq!(shown(3), [0, 1, 2]);
        assert_eq!(shown(60)[..4], [0, 1, 3, 5]);
        for length in [1, 38, 39, 40, 41, 77, 1000, 4999, 100_000] {
            let steps = shown(length);
            assert_eq!((steps.first(), steps.last()), (Some(&0), Some(&(length - 1))));
            assert!((length.min(12)..=MAX_ROWS).contains(&steps.len()), "{length}: {steps:?}");
            assert!(steps.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }
}
