//! The check, as JSON and as text: autograd against differences, and f32 against f64.

use serde_json::{Value, json, to_value};

use crate::command::json::{Number, Numbers};
use crate::command::table::{columns_by_step, short};
use crate::flow::view::{
    Cause, Check, CheckReport, LayerPrecision, Lost, Method, Part, PrecisionReport, Reason, Verdict,
};

type Result<T> = std::result::Result<T, serde_json::Error>;

/// `agrees`, and why it is open where it is.
fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Agrees => "agrees",
        Verdict::Differs => "differs",
        Verdict::Unresolved(Reason::TooSmall) => "too-small",
        Verdict::Unresolved(Reason::Rough) => "too-rough",
        Verdict::Unresolved(Reason::Kink) => "kink",
        Verdict::Unresolved(Reason::NotFinite) => "not-finite",
        Verdict::Unresolved(Reason::Underflow) => "underflow",
    }
}

pub(super) fn json(CheckReport { check, precision }: &CheckReport) -> Result<Value> {
    let Check { loss: _, ticks: _, parts } = check;
    let part = |part: &Part| -> Result<Value> {
        let Part { what, method, autograd, difference, error, uncertainty, verdict } = part;
        Ok(json!({
            "of": what.to_string(),
            "method": match method {
                Method::Whole => "whole",
                Method::StepByStep => "step-by-step",
            },
            "autograd": to_value(Number(*autograd))?,
            "difference": to_value(Number(*difference))?,
            "error": to_value(Number(*error))?,
            "uncertainty": to_value(Number(*uncertainty))?,
            "verdict": word(*verdict),
        }))
    };
    let parts: Vec<Value> = parts.iter().map(part).collect::<Result<_>>()?;
    Ok(json!({
        "verdict": word(check.verdict()),
        "worst": check.worst().map(Number).map(to_value).transpose()?,
        "culprit": check.culprit().map(|part| part.what.to_string()),
        "parts": parts,
        "precision": of_precision(precision)?,
    }))
}

fn of_precision(PrecisionReport { ticks: _, layers }: &PrecisionReport) -> Result<Value> {
    let layer = |layer: &LayerPrecision| -> Result<Value> {
        let LayerPrecision { single, double, error, weight_error, lost } = layer;
        Ok(json!({
            "grad_norm_f32": to_value(Numbers(single))?,
            "grad_norm_f64": to_value(Numbers(double))?,
            "error": to_value(Numbers(error))?,
            "weight_hh_error": to_value(Number(*weight_error))?,
            "lost": lost.map(|Lost { tick, cause }| json!({
                "t": tick,
                "cause": match cause {
                    Cause::Underflow => "underflow",
                    Cause::Overflow => "overflow",
                    Cause::Rounding => "rounding",
                },
            })),
        }))
    };
    layers.iter().map(layer).collect()
}

pub(super) fn table(text: &mut String, report: &CheckReport, unit: &str) -> std::fmt::Result {
    use std::fmt::Write;
    let CheckReport { check, precision } = report;
    writeln!(text, "\nderivatives along a random direction each, in f64")?;
    let names: Vec<String> = check.parts.iter().map(|part| part.what.to_string()).collect();
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    let header = ["autograd", "difference", "error"];
    write!(text, "{:<width$}", "")?;
    header.iter().try_for_each(|name| write!(text, "  {name:>11}"))?;
    writeln!(text)?;
    for (name, part) in names.iter().zip(&check.parts) {
        write!(text, "{name:<width$}")?;
        for value in [part.autograd, part.difference, part.error] {
            write!(text, "  {:>11}", short(value))?;
        }
        let way = if part.method == Method::StepByStep { ", step by step" } else { "" };
        let words = match part.verdict {
            Verdict::Agrees => "agrees",
            Verdict::Differs => "DIFFERS",
            Verdict::Unresolved(reason) => reason.words(),
        };
        writeln!(text, "  {words}{way}")?;
    }
    for (n, layer) in precision.layers.iter().enumerate() {
        writeln!(text, "\nlayer {}: ‖dL/dh‖ in both precisions", n + 1)?;
        let columns: [(&str, &[f64]); 3] =
            [("f32", &layer.single), ("f64", &layer.double), ("error", &layer.error)];
        columns_by_step(text, unit, &columns)?;
    }
    Ok(())
}
