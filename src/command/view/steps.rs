//! The views of step Jacobians, `theory` and `jacobians`, as JSON and as text.

use std::f64::consts::LN_10;

use serde_json::{Value, json, to_value};

use crate::command::json::{Number, Numbers};
use crate::command::table::columns_by_step;
use crate::flow::view::{
    Gap, GapReason, JacobiansReport, LayerJacobians, LayerTheory, Regime, Source, Taken,
    TheoryReport,
};

type Result<T> = std::result::Result<T, serde_json::Error>;

pub(super) fn theory_json(report: &TheoryReport) -> Result<Value> {
    let layers: Vec<Value> = report.layers.iter().map(theory_layer).collect::<Result<_>>()?;
    Ok(json!({ "layers": layers }))
}

fn theory_layer(layer: &LayerTheory) -> Result<Value> {
    let regime = layer.regime();
    let LayerTheory { measured, own, closed, source, radius, sigma_max, slope, from, .. } = layer;
    let mut map = json!({
        "grad_norm": to_value(Numbers(measured))?,
        "own_grad_norm": to_value(Numbers(own))?,
        "own_is_all": closed,
        "source": match source {
            Source::Weights => "weights",
            Source::Jacobians { radii, sigmas, .. } if radii.all() && sigmas.all() => {
                "step-jacobians"
            }
            Source::Jacobians { .. } => "some-step-jacobians",
        },
        "radius": to_value(Number(*radius))?,
        "sigma_max": to_value(Number(*sigma_max))?,
        "sigma_max_is_bound": layer.is_bound(),
        "slope": to_value(Number(*slope))?,
        "slope_from": from,
        "left_over": to_value(Number(layer.left_over()))?,
        "ln_left_over": to_value(Number(layer.ln_left_over()))?,
        "fate": layer.fate().to_string(),
        "mean_derivative": layer.mean_derivative.map(Number).map(to_value).transpose()?,
        "regime": match regime {
            Regime::Keeps => "keeps",
            Regime::MustVanish => "must-vanish",
            Regime::VanishesInTheEnd => "vanishes-in-the-end",
            Regime::MayGrow => "may-grow",
            Regime::MayExplode => "may-explode",
            Regime::Unknown => "unknown",
        },
        "gap": layer.gap.map(gap_json).transpose()?,
        "reason": layer.reason().map(reason_word),
    });
    if let Source::Jacobians { radii, radius_error, sigmas } = source {
        let taken = |taken: &Taken| json!({ "taken": taken.steps, "of": taken.of });
        map["radius_steps"] = taken(radii);
        // 0.01 for 1 % either way, at two standard errors.
        map["radius_relative_error"] = to_value(Number(radius_error - 1.0))?;
        map["sigma_max_steps"] = taken(sigmas);
    }
    Ok(map)
}

fn gap_json(gap: Gap) -> Result<Value> {
    let Gap { total, other_ways, slopes, in_cell, matrices, directions, stretch, change } = gap;
    Ok(json!({
        "ln_total": to_value(Number(total))?,
        "ln_other_ways": to_value(Number(other_ways))?,
        "ln_slopes": to_value(Number(slopes))?,
        "ln_in_cell": to_value(Number(in_cell))?,
        "ln_matrices": to_value(Number(matrices))?,
        "ln_steps_differ": directions.map(Number).map(to_value).transpose()?,
        "sigma_max_over_radius": to_value(Number(stretch))?,
        "change": change.map(Number).map(to_value).transpose()?,
    }))
}

fn reason_word(reason: GapReason) -> &'static str {
    match reason {
        GapReason::AsPredicted => "as-predicted",
        GapReason::WithinError => "within-error",
        GapReason::OtherWays => "other-ways",
        GapReason::Slopes => "slopes",
        GapReason::InCell => "in-cell",
        GapReason::NotNormal => "not-normal",
        GapReason::StepsDiffer => "steps-differ",
        GapReason::SmallPart => "small-part",
        GapReason::Several => "several",
    }
}

pub(super) fn jacobians_json(report: &JacobiansReport) -> Result<Value> {
    let layers: Vec<Value> = report.layers.iter().map(jacobians_layer).collect::<Result<_>>()?;
    Ok(json!({ "layers": layers }))
}

fn jacobians_layer(layer: &LayerJacobians) -> Result<Value> {
    let LayerJacobians { steps, products, lyapunov, last_radius } = layer;
    let step = |value: fn(&_) -> f64| numbers(steps.iter().map(value));
    let product = |value: fn(&_) -> f64| numbers(products.iter().map(value));
    Ok(json!({
        "steps": {
            "t": steps.iter().map(|step| step.t).collect::<Vec<_>>(),
            "max": step(|step| step.max)?,
            "median": step(|step| step.median)?,
            "min": step(|step| step.min)?,
        },
        "products": {
            "t": products.iter().map(|product| product.t).collect::<Vec<_>>(),
            "ln_max": product(|product| product.ln_max)?,
            "ln_mean": product(|product| product.ln_mean)?,
            "ln_min": product(|product| product.ln_min)?,
        },
        "exponents": to_value(Numbers(&lyapunov.exponents))?,
        "largest_exponent": to_value(Numbers(&lyapunov.largest))?,
        "last_radius": to_value(Number(*last_radius))?,
    }))
}

fn numbers(values: impl Iterator<Item = f64>) -> Result<Value> {
    to_value(Numbers(&values.collect::<Vec<_>>()))
}

pub(super) fn theory_table(
    text: &mut String,
    report: &TheoryReport,
    unit: &str,
) -> std::fmt::Result {
    use std::fmt::Write;
    for (n, layer) in report.layers.iter().enumerate() {
        writeln!(text, "\nlayer {}: gradient of the last {unit}'s loss, and its bound", n + 1)?;
        let length = layer.own.len();
        let last = layer.own.last().copied().unwrap_or(f64::NAN);
        let line = |factor: f64| -> Vec<f64> {
            (1..=length).map(|t| last * factor.powf((length - t) as f64)).collect()
        };
        let (radius, sigma_max) = (line(layer.radius), line(layer.sigma_max));
        let mut columns: Vec<(&str, &[f64])> = vec![("‖dL/dh‖", &layer.measured)];
        if !layer.closed {
            columns.push(("own part", &layer.own));
        }
        columns.extend([("by |λ|max", &radius[..]), ("by σmax", &sigma_max)]);
        columns_by_step(text, unit, &columns)?;
    }
    Ok(())
}

pub(super) fn jacobians_table(
    text: &mut String,
    report: &JacobiansReport,
    unit: &str,
) -> std::fmt::Result {
    use std::fmt::Write;
    for (n, layer) in report.layers.iter().enumerate() {
        let LayerJacobians { steps, products, lyapunov, last_radius: _ } = layer;
        let step = |value: fn(&_) -> f64| steps.iter().map(value).collect::<Vec<f64>>();
        // At the last step nothing is multiplied yet; products come last step first.
        let product = |ln: fn(&_) -> f64| -> Vec<f64> {
            products.iter().rev().map(|product| ln(product) / LN_10).chain([0.0]).collect()
        };
        let of_steps = [("σ max", step(|step| step.max)), ("σ min", step(|step| step.min))];
        let of_products = [
            ("log σ max", product(|product| product.ln_max)),
            ("log σ min", product(|product| product.ln_min)),
        ];
        let mut columns: Vec<(&str, &[f64])> = vec![("exponent", &lyapunov.largest)];
        // Of long sequences only some steps are measured: those are in the CSV file.
        let length = report.length;
        let (of_each, of_all) = (steps.len() == length, products.len() + 1 == length);
        let whole = of_steps.iter().chain(&of_products).filter(|(_, all)| all.len() == length);
        columns.extend(whole.map(|(name, values)| (*name, &values[..])));
        write!(text, "\nlayer {}: ", n + 1)?;
        if of_each {
            write!(text, "singular values of the {unit}'s Jacobian, ")?;
        }
        if of_all {
            write!(text, "log₁₀ of those\nof the product of all later ones, ")?;
        }
        let and = if of_each || of_all { "and " } else { "" };
        writeln!(text, "{and}the largest exponent so far")?;
        columns_by_step(text, unit, &columns)?;
        let mut files = Vec::new();
        if !of_each {
            files.push(format!("of the Jacobians of {} of {length} {unit}s", steps.len()));
        }
        if !of_all {
            files.push(format!("of the products of {} of {length}", products.len() + 1));
        }
        if !files.is_empty() {
            writeln!(text, "(--csv FILE has singular values too, {})", files.join(" and "))?;
        }
    }
    Ok(())
}
