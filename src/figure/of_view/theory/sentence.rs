//! What theory says of the gradient over these steps, what was measured, and why the two differ.

use super::{factor, sigma_name};
use crate::figure::number::number;
use crate::figure::of_view::{becomes, count, of_ln, unit};
use crate::flow::Fate;
use crate::flow::view::{Gap, GapReason, LayerTheory, Regime, Source, TheoryReport};
use crate::network::{Cell, Nonlinearity};

/// What the bounds allow; nothing where there is no step back.
pub(super) fn regime(report: &TheoryReport, layer: &LayerTheory) -> Option<String> {
    let back = layer.steps_back();
    if back == 0 {
        return None;
    }
    let (radius, sigma) = (number(layer.radius, 3), number(layer.sigma_max, 3));
    let [predicted, allowed] =
        [layer.radius, layer.sigma_max].map(|factor| of_ln(layer.ln_over(factor), 2));
    let [will, may] = [layer.predicted(), layer.allowed()].map(|left| verb(Fate::of(left)));
    let over = format!("over {} back", count(back, unit(report.spec.ticks)));
    let sigma = format!("{} = {sigma}", sigma_name(layer).trim_start_matches("at most "));
    let linear = report.spec.cell == Cell::Rnn(Nonlinearity::Identity);
    let keeps = match layer.source {
        Source::Weights => "W alone keeps",
        Source::Jacobians { .. } => "the steps keep",
    };
    Some(match layer.regime() {
        Regime::Unknown => {
            "NaN or infinity among weights or states leaves nothing to predict.".to_owned()
        }
        Regime::Keeps => format!(
            "|λ|max = {radius}: {over} {keeps} {predicted} of a gradient along its eigenvectors, and \
             with {sigma} at most {allowed} of any."
        ),
        Regime::MustVanish => {
            let must = if may == "vanish" { "must vanish" } else { "must fade at least" };
            format!("{sigma}: {over} at most {allowed} of a gradient is left, so it {must}.")
        }
        Regime::VanishesInTheEnd => {
            let first = match Fate::of(layer.allowed()) {
                Fate::Grows | Fate::Explodes => "may grow at first",
                _ => "may hardly shrink at first",
            };
            format!(
                "|λ|max = {radius} predicts that {predicted} of a gradient is left {over}: it {first}, \
                 as {sigma} allows, but should {will} in the end."
            )
        }
        Regime::MayGrow => format!(
            "|λ|max = {radius}: {over} {keeps} {predicted} of a gradient along its eigenvectors; \
             {sigma} allows it to {may} for a while, up to {allowed} times."
        ),
        Regime::MayExplode if linear => format!(
            "|λ|max = {radius}, and nothing saturates: {over} a gradient along its eigenvectors \
             {will}s, {predicted} times as large."
        ),
        Regime::MayExplode => format!(
            "|λ|max = {radius}: {over} a gradient can {will}, {predicted} times as large along its \
             eigenvectors{}.",
            if layer.source == Source::Weights { " if nothing saturated" } else { "" }
        ),
    })
}

/// As a gradient does it: `vanish`.
fn verb(fate: Fate) -> &'static str {
    match fate {
        Fate::Vanishes => "vanish",
        Fate::Fades => "fade",
        Fate::Keeps => "keep",
        Fate::Grows => "grow",
        Fate::Explodes => "explode",
        Fate::Unknown => "do anything",
    }
}

/// `Measured: ×0.700 a step, so that 7.3×10⁻¹⁰ of the gradient at step 60 is left at step 1: it vanishes;
/// less than |λ|max predicts, because ...`
pub(super) fn measured(report: &TheoryReport, layer: &LayerTheory) -> String {
    let (unit, length) = (unit(report.spec.ticks), layer.measured.len());
    if length < 2 {
        return format!("With a single {unit} there is no {unit} back.");
    }
    let ln_left = layer.ln_left_over();
    let by = if layer.left_by_jacobians() { ", by the Jacobians, " } else { " " };
    let (at_first, at_last) = (format!("{unit} 1"), format!("{unit} {length}"));
    let all = match layer.fate() {
        Fate::Unknown => format!("what is left at {at_first} is not a number"),
        fate if ln_left > 0.0 => {
            let (left, fate) = (of_ln(ln_left, 2), becomes(fate));
            format!("the gradient at {at_first} is {left} times that at {at_last}: it {fate}")
        }
        fate => {
            let left = match ln_left {
                f64::NEG_INFINITY if layer.closed => "nothing".to_owned(),
                // Other ways lead here, too, and what they carry is only measured.
                f64::NEG_INFINITY => "nothing that the number format can hold".to_owned(),
                ln_left => of_ln(ln_left, 2),
            };
            let fate = becomes(fate);
            format!("{left} of the gradient at {at_last} is left at {at_first}: it {fate}")
        }
    };
    if layer.slope.is_nan() {
        let how = if layer.left_by_jacobians() { "By the Jacobians" } else { "Measured" };
        return format!("{how}: {all}; no slope can be measured.");
    }
    let slope = factor(layer.slope);
    let reason = reason(report, layer).map(|text| format!("; {text}")).unwrap_or_default();
    if layer.from == 1 {
        return format!("Measured: {slope} a {unit}, so that{by}{all}{reason}.");
    }
    let before = match layer.measured.get(layer.from - 2) {
        Some(norm) if norm.is_finite() => "zero or too small for the number format",
        _ => "not finite",
    };
    format!(
        "Measured: {slope} a {unit} from {unit} {length} back to {}, before which the gradient is \
         {before}, so that{by}{all}{reason}.",
        layer.from
    )
}

/// Why the measured factor is not the predicted one, by what was measured of it.
fn reason(report: &TheoryReport, layer: &LayerTheory) -> Option<String> {
    let (reason, gap) = (layer.reason()?, layer.gap?);
    let than =
        if gap.total > 0.0 { "more than |λ|max predicts" } else { "less than |λ|max predicts" };
    let unit = unit(report.spec.ticks);
    let because = match reason {
        GapReason::AsPredicted => return Some("as |λ|max predicts".to_owned()),
        GapReason::WithinError => return Some("|λ|max agrees within its error".to_owned()),
        GapReason::OtherWays => format!(
            "as gradient arrives on other ways too and makes it {} what its own recurrence carries",
            times(gap.other_ways)
        ),
        GapReason::Slopes => of_slopes(report, layer, &gap)?,
        GapReason::InCell => format!(
            "as most of what is left is in ∂L/∂c: ‖∂L/∂h‖ is {} the length of both together",
            times(gap.in_cell)
        ),
        GapReason::NotNormal => match layer.source {
            Source::Weights => format!(
                "as W is not normal (σmax is {} |λ|max), which lets vectors grow for a while",
                times(gap.stretch.ln())
            ),
            Source::Jacobians { .. } => format!(
                "as the Jacobians are not normal (σmax is {} |λ|max on average), so one can stretch \
                 more than its |λ|max",
                times(gap.stretch.ln())
            ),
        },
        GapReason::StepsDiffer => format!(
            "as the direction that lasts differs from {unit} to {unit}: |λ|max of the product of the \
             Jacobians, which change by {} % on average, is {} the product of their own",
            number(100.0 * gap.change?, 2),
            times(gap.directions?)
        ),
        GapReason::SmallPart => format!(
            "as the gradient has only a small part in the direction that lasts: {} as much is left of it \
             as of that direction",
            times(gap.matrices - gap.directions?)
        ),
        GapReason::Several => {
            "as several causes add up, none of which makes up half of it".to_owned()
        }
    };
    Some(format!("{than}, {because}"))
}

fn of_slopes(report: &TheoryReport, layer: &LayerTheory, gap: &Gap) -> Option<String> {
    let mean = layer.mean_derivative?;
    let effect = format!("which makes it {} what W alone would", times(gap.slopes));
    match report.spec.cell {
        Cell::Rnn(Nonlinearity::Relu) => Some(format!(
            "as only {} % of the units are active and pass it on, {effect}",
            number(100.0 * mean, 2)
        )),
        Cell::Rnn(Nonlinearity::Tanh) => Some(format!(
            "because of saturation (the slope f′ is {} on average), {effect}",
            number(mean, 2)
        )),
        Cell::Rnn(Nonlinearity::Identity) | Cell::Lstm | Cell::Gru => None,
    }
}

/// `0.0031 times`
fn times(ln: f64) -> String {
    format!("{} times", number(ln.exp(), 2))
}
