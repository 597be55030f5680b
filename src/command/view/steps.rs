//! The views of step Jacobians, `theory` and `jacobians`, as JSON and as text.

use std::f64::consts::LN_10;

use serde_json::{Value, json, to_value};

use crate::command::json::{Number, Numbers};
use crate::command::table::columns_by_step;
use crate::flow::view::{
    JacobiansReport, LayerJacobians, LayerTheory, Regime, Source, TheoryReport,
};

type Result<T> = std::result::Result<T, serde_json::Error>;

pub(super) fn theory_json(report: &TheoryReport) -> Result<Value> {
    let layer = |layer: &LayerTheory| -> Result<Value> {
        Ok(json!({
            "grad_norm": to_value(Numbers(&layer.measured))?,
            "own_grad_norm": to_value(Numbers(&layer.own))?,
            "own_is_all": layer.closed,
            "source": match layer.source {
                Source::Weights => "weights",
                Source::Jacobians { every_step: true } => "step-jacobians",
                Source::Jacobians { every_step: false } => "some-step-jacobians",
            },
            "radius": to_value(Number(layer.radius))?,
            "sigma_max": to_value(Number(layer.sigma_max))?,
            "slope": to_value(Number(layer.slope))?,
            "mean_derivative": layer.mean_derivative.map(Number).map(to_value).transpose()?,
            "regime": match layer.regime() {
                Regime::Keeps => "keeps",
                Regime::MustVanish => "must-vanish",
                Regime::VanishesInTheEnd => "vanishes-in-the-end",
                Regime::MayExplode => "may-explode",
                Regime::Unknown => "unknown",
            },
        }))
    };
    let layers: Vec<Value> = report.layers.iter().map(layer).collect::<Result<_>>()?;
    Ok(json!({ "layers": layers }))
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
        writeln!(
            text,
            "\nlayer {}: singular values of the {unit}'s Jacobian, log₁₀ of those",
            n + 1
        )?;
        writeln!(text, "of the product of all later ones, and the largest exponent so far")?;
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
        let whole =
            of_steps.iter().chain(&of_products).filter(|(_, all)| all.len() == report.length);
        columns.extend(whole.map(|(name, values)| (*name, &values[..])));
        columns_by_step(text, unit, &columns)?;
    }
    Ok(())
}
