//! The landscape as JSON and as text.

use std::fmt::Write;

use serde_json::{Value, json, to_value};

use crate::command::json::{Number, Numbers};
use crate::flow::view::{Growth, Landscape};

/// Every so many columns and rows of the map are printed.
const STRIDE: usize = 4;

pub(super) fn json(map: &Landscape) -> Result<Value, serde_json::Error> {
    let Landscape { question: _, across, weight_scales, values, cells: _, here } = map;
    let grid = |value: fn(Growth) -> f64| -> Result<Value, serde_json::Error> {
        let row = |row: usize| {
            let cells = (0..weight_scales.len()).map(|column| map.cell(row, column));
            let numbers = cells.map(|cell| cell.map_or(f64::NAN, value)).collect::<Vec<_>>();
            to_value(Numbers(&numbers))
        };
        (0..values.len()).map(row).collect()
    };
    let one = |growth: &Growth| -> Result<Value, serde_json::Error> {
        Ok(json!({
            "first": to_value(Number(growth.first))?,
            "last": to_value(Number(growth.last))?,
            "log10_growth": to_value(Number(growth.log10()))?,
        }))
    };
    Ok(json!({
        "across": to_value(across)?,
        "weight_scales": to_value(Numbers(weight_scales))?,
        "values": to_value(Numbers(values))?,
        "first": grid(|growth| growth.first)?,
        "last": grid(|growth| growth.last)?,
        "log10_growth": grid(Growth::log10)?,
        "here": here.as_ref().map(one).transpose()?,
    }))
}

/// The logarithm of growth at some places, largest values on top as in the figure, and how many cells
/// have none.
pub(super) fn table(text: &mut String, map: &Landscape) -> std::fmt::Result {
    let Landscape { across, weight_scales, values, .. } = map;
    writeln!(text, "\nlog₁₀ of growth ‖dL/dh_1‖ / ‖dL/dh_T‖ by weight scale and {across}")?;
    write!(text, "{:>11}", across.to_string())?;
    let columns = || (0..weight_scales.len()).step_by(STRIDE);
    columns().try_for_each(|column| write!(text, "{:>6}", weight_scales[column]))?;
    writeln!(text)?;
    for row in (0..values.len()).step_by(STRIDE).rev() {
        write!(text, "{:>11}", values[row])?;
        for column in columns() {
            let growth = map.cell(row, column).map_or(f64::NAN, Growth::log10);
            write!(text, "{:>6}", short(growth))?;
        }
        writeln!(text)?;
    }
    let count = |what: fn(f64) -> bool| {
        map.cells.iter().flatten().filter(|growth| what(growth.ratio())).count()
    };
    let below = count(|ratio| ratio > 0.0 && ratio < 1.0);
    let above = count(|ratio| ratio >= 1.0 && ratio.is_finite());
    let [zero, infinite, nan] = [count(|r| r == 0.0), count(f64::is_infinite), count(f64::is_nan)];
    writeln!(
        text,
        "(every {STRIDE}th row and column; --csv FILE has them all)\nof {} places growth is below 1 at \
         {below}, 1 or above at {above}, 0 at {zero}, inf at {infinite}, nan at {nan}",
        map.cells.len()
    )
}

/// One decimal is as much as a map is read to, and there is room for.
fn short(log: f64) -> String {
    match log {
        log if !log.is_finite() => log.to_string().to_lowercase(),
        log if log.abs() < 0.05 => "0.0".to_owned(),
        log if log.abs() < 100.0 => format!("{log:.1}"),
        log => format!("{log:.0}"),
    }
}
