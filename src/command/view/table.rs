//! Views as text for a terminal.

use std::fmt::{Result, Write};

use super::{Views, check, landscape, steps};
use crate::command::table::{columns_by_step, write_heading};
use crate::figure::of_view;
use crate::flow::ViewReport;
use crate::flow::view::{Contributions, Gates, Horizon, Itemized};

pub(super) fn table(views: &Views) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write(&mut text, views);
    text
}

fn write(text: &mut String, Views { flow, views, layout }: &Views) -> Result {
    write_heading(text, flow)?;
    let unit = if flow.spec.ticks > 1 { "tick" } else { "step" };
    for (_, view) in views {
        match view {
            ViewReport::Itemized(itemized) => of_itemized(text, itemized)?,
            ViewReport::Theory(report) => steps::theory_table(text, report, unit)?,
            ViewReport::Jacobians(report) => steps::jacobians_table(text, report, unit)?,
            ViewReport::Landscape(map) => landscape::table(text, map)?,
            ViewReport::Gates(gates) => of_gates(text, gates, unit)?,
            ViewReport::Weights(contributions) => of_weights(text, contributions, unit)?,
            ViewReport::Check(report) => check::table(text, report, unit)?,
        }
        writeln!(text)?;
        let mut said: Vec<String> = Vec::new();
        for note in of_view::figures(view, layout).into_iter().flat_map(|figure| figure.notes) {
            if !said.contains(&note) {
                writeln!(text, "{note}")?;
                said.push(note);
            }
        }
    }
    Ok(())
}

/// A horizon as a number: infinite if the gradient never fades, NaN if that cannot be said.
pub(super) fn distance(horizon: Horizon) -> f64 {
    match horizon {
        Horizon::Within(distance) => distance as f64,
        Horizon::Beyond(_) => f64::INFINITY,
        Horizon::Unknown => f64::NAN,
    }
}

fn of_itemized(text: &mut String, itemized: &Itemized) -> Result {
    for (n, layer) in itemized.layers.iter().enumerate() {
        writeln!(text, "\nlayer {}: the loss of each step s", n + 1)?;
        let of = |pick: fn(&Vec<f64>) -> Option<&f64>| {
            let norms = layer.norms.iter().map(pick);
            norms.map(|norm| norm.copied().unwrap_or(f64::NAN)).collect::<Vec<_>>()
        };
        let (here, first) = (of(|norms| norms.last()), of(|norms| norms.first()));
        let horizons: Vec<f64> = layer.horizons.iter().copied().map(distance).collect();
        columns_by_step(
            text,
            "step",
            &[("‖dLs/dhs‖", &here), ("‖dLs/dh1‖", &first), ("horizon", &horizons)],
        )?;
    }
    Ok(())
}

fn of_weights(text: &mut String, contributions: &Contributions, unit: &str) -> Result {
    for (n, layer) in contributions.layers.iter().enumerate() {
        writeln!(text, "\nlayer {}: contributions to dL/dW_hh", n + 1)?;
        columns_by_step(text, unit, &[("norm", &layer.norms), ("share t..T", &layer.share)])?;
    }
    Ok(())
}

fn of_gates(text: &mut String, gates: &Gates, unit: &str) -> Result {
    for (n, layer) in gates.layers.iter().enumerate() {
        writeln!(text, "\nlayer {}: fractions of units, and the highway", n + 1)?;
        let mut named: Vec<(String, &[f64])> = Vec::new();
        for gate in &layer.gates {
            let all = [("open", &gate.open), ("closed", &gate.closed), ("flat", &gate.flat)];
            let given = all.into_iter().filter(|(_, values)| !values.is_empty());
            named
                .extend(given.map(|(word, values)| (format!("{} {word}", gate.name), &values[..])));
        }
        if let Some(highway) = &layer.highway {
            named.push(("highway".to_owned(), &highway.mean));
            named.push(("best unit".to_owned(), &highway.best));
        }
        let columns: Vec<(&str, &[f64])> =
            named.iter().map(|(name, values)| (name.as_str(), *values)).collect();
        columns_by_step(text, unit, &columns)?;
    }
    Ok(())
}
