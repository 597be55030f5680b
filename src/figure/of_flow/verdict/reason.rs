//! Why: only what was measured.
//!
//! In a layer that nothing else feeds, dL/dh_{t-1} = W_hh^T (f'(a_t) ⊙ dL/dh_t). The norm of the
//! bracket splits each step's factor in two: what the nonlinearity f leaves, and what W_hh makes of
//! that. Whichever part is larger is the reason. The second part exceeds |λ|max only if W_hh is not
//! normal, as a normal matrix stretches no vector by more than |λ|max.

use super::radius::{self, Side, side};
use super::words::{ALL, factor};
use super::{Evidence, Left, Met, State, is_plain};
use crate::figure::number::number;
use crate::flow::{Fate, Passage};
use crate::network::{Cell, Nonlinearity};

/// A part that takes this share of a decline, by logarithms, is the reason; with less there are two.
const MOST: f64 = 0.8;

/// Saturation is told where at least this fraction of units is flat.
const NOTABLE: f64 = 0.2;

/// Factors are one and the same if their logarithms differ by less.
const SAME: f64 = 0.02;

/// A gate is the reason if what it alone would leave misses what is left by at most this share of the
/// decline, by logarithms ...
const MISSED: f64 = 0.1;

/// ... or by this much, where there is hardly a decline.
const HARDLY: f64 = 0.01;

/// What follows the verdict: `, although ..., because ...` or `; ...`, or nothing.
pub(super) fn reason(evidence: &Evidence<'_>) -> String {
    let Some(word) = evidence.told.course.left.word() else { return facts(evidence) };
    let own = direction(word);
    let although = although(evidence, own).map(|what| format!(", although {what}"));
    let because = match evidence.told.course.left {
        Left::Nothing => cut(evidence),
        _ if is_plain(evidence.report.spec.cell) && evidence.closed => of_slopes(evidence, own),
        _ => of_gate(evidence, word),
    };
    match because {
        Some(what) => format!("{}, because {what}", although.unwrap_or_default()),
        None => format!("{}{}", although.unwrap_or_default(), facts(evidence)),
    }
}

/// Whether a gradient shrinks (-1), keeps its size (0) or grows (1); nothing if it has no size.
fn direction(word: Fate) -> Option<i8> {
    match word {
        Fate::Vanishes | Fate::Fades => Some(-1),
        Fate::Keeps => Some(0),
        Fate::Grows | Fate::Explodes => Some(1),
        Fate::Unknown => None,
    }
}

/// The spectral radius, where it would have led to expect something else.
fn although(evidence: &Evidence<'_>, own: Option<i8>) -> Option<String> {
    let (own, radius) = (own?, evidence.spectrum?.radius);
    let linear = direction(Fate::over(radius, evidence.steps_back))?;
    let agrees = match side(radius) {
        Side::Below => own < 0 || linear == own,
        Side::Near => own == 0,
        Side::Above => own > 0 || linear == own,
        Side::Unknown => true,
    };
    let of = match evidence.report.spec.cell {
        Cell::Rnn(_) => "",
        Cell::Lstm | Cell::Gru => " for the Jacobian of the last step",
    };
    (!agrees).then(|| format!("{}{of}", radius::compared(radius)))
}

/// The reason in a plain RNN of one layer.
fn of_slopes(evidence: &Evidence<'_>, own: Option<i8>) -> Option<String> {
    let slope = evidence.met.slope?;
    let whole = evidence.told.course.factor;
    let by_matrix = whole / slope;
    match own? {
        -1 => Some(decline(evidence, slope.ln() / whole.ln(), slope, by_matrix)),
        0 => {
            although(evidence, own)?;
            balance(evidence, slope, by_matrix)
        }
        _ => growth(evidence, by_matrix),
    }
}

/// Why it shrinks; `share` is the nonlinearity's part of it, by logarithms.
fn decline(evidence: &Evidence<'_>, share: f64, slope: f64, by_matrix: f64) -> String {
    let name = name(evidence);
    if share >= MOST {
        let by_slope = factor(slope);
        return match saturation(evidence) {
            Some(saturated) => {
                format!("{saturated} (its slope multiplies it by {by_slope} a step)")
            }
            None => format!("the slope of {name} multiplies it by {by_slope} a step"),
        };
    }
    let radius = evidence.spectrum.map(|spectrum| spectrum.radius);
    let below = radius.filter(|radius| side(*radius) == Side::Below);
    if share <= 1.0 - MOST {
        return match below {
            Some(radius) => format!("Wₕₕ shrinks it: {}", radius::compared(radius)),
            None => "Wₕₕ shrinks what it takes on this way".to_owned(),
        };
    }
    let with = below.map(|radius| format!(", {}", radius::compared(radius))).unwrap_or_default();
    format!(
        "both Wₕₕ (×{} a step{with}) and the slope of {name} (×{}) shrink it",
        factor(by_matrix),
        factor(slope)
    )
}

/// Why it keeps its size where |λ|max says otherwise.
fn balance(evidence: &Evidence<'_>, slope: f64, by_matrix: f64) -> Option<String> {
    if slope.ln() < -SAME && by_matrix.ln() > SAME {
        return Some(format!(
            "what Wₕₕ adds (×{} a step), the slope of {} takes away (×{})",
            factor(by_matrix),
            name(evidence),
            factor(slope)
        ));
    }
    not_normal(evidence, by_matrix).map(|why| format!("{why} lets it last longer"))
}

fn growth(evidence: &Evidence<'_>, by_matrix: f64) -> Option<String> {
    let radius = evidence.spectrum?.radius;
    let alone = direction(Fate::over(radius, evidence.steps_back));
    if alone == Some(1) && side(radius) == Side::Above {
        return Some(format!("Wₕₕ stretches it: {}", radius::compared(radius)));
    }
    not_normal(evidence, by_matrix).map(|why| format!("{why} lets it grow for a while"))
}

/// Where W_hh stretches by more than |λ|max, it is not normal.
fn not_normal(evidence: &Evidence<'_>, by_matrix: f64) -> Option<String> {
    let spectrum = evidence.spectrum?;
    let more = by_matrix > spectrum.radius * (1.0 + SAME) && spectrum.sigma_max > spectrum.radius;
    let sigma = number(spectrum.sigma_max, 3);
    more.then(|| format!("Wₕₕ is not normal: σmax\u{a0}=\u{a0}{sigma}"))
}

/// The reason in a cell with gates: the gate that keeps the state, where the gradient follows it.
fn of_gate(evidence: &Evidence<'_>, word: Fate) -> Option<String> {
    let gate = evidence.met.gate.filter(|_| evidence.closed && on_the_highway(evidence))?;
    let course = &evidence.told.course;
    let steps = evidence.report.length.saturating_sub(course.from) as f64;
    let (whole, alone) = (steps * course.factor.ln(), steps * gate.ln());
    // No gate exceeds 1, so none makes a gradient grow.
    let explains = whole < ALL && (alone - whole).abs() <= HARDLY.max(MISSED * whole.abs());
    (explains && Fate::over(gate, evidence.steps_back) == word).then(|| open_by(evidence, gate))
}

/// Whether the state is the one that the gate keeps.
fn on_the_highway(evidence: &Evidence<'_>) -> bool {
    match evidence.report.spec.cell {
        Cell::Lstm => evidence.told.state == State::Cell,
        Cell::Rnn(_) | Cell::Gru => true,
    }
}

fn open_by(evidence: &Evidence<'_>, gate: f64) -> String {
    let name = match evidence.report.spec.cell {
        Cell::Lstm => "forget gate f",
        Cell::Rnn(_) | Cell::Gru => "update gate z",
    };
    format!("the {name} is {} on average", factor(gate))
}

/// Why nothing at all is left: what the last step did that the gradient reaches.
fn cut(evidence: &Evidence<'_>) -> Option<String> {
    let Passage::Slopes { nonlinearity, flat, passed } = &evidence.told.flow.passage else {
        return None;
    };
    if !evidence.closed {
        return None;
    }
    let step = evidence.told.course.from;
    let (flat, passed) = (*flat.get(step - 1)?, *passed.get(step - 1)?);
    let unit = super::unit(&evidence.report.spec);
    Some(match nonlinearity {
        Nonlinearity::Relu if flat == 1.0 => format!("no ReLU unit is active at {unit} {step}"),
        Nonlinearity::Relu if passed == 0.0 => {
            format!("it meets inactive ReLU units alone at {unit} {step}")
        }
        Nonlinearity::Tanh if passed == 0.0 => {
            format!("tanh is so saturated at {unit} {step} that its slope rounds to 0")
        }
        _ if evidence.report.question.weight_scale == 0.0 => {
            "weight scale 0 cuts every path through time".to_owned()
        }
        Nonlinearity::Tanh | Nonlinearity::Relu | Nonlinearity::Identity => {
            "Wₕₕ makes nothing of what is left".to_owned()
        }
    })
}

/// `tanh is saturated in 71 % of units`, where it is in many.
fn saturation(evidence: &Evidence<'_>) -> Option<String> {
    let flat = evidence.met.flat.filter(|flat| *flat >= NOTABLE)?;
    let share = format!("{}\u{a0}% of units", number(100.0 * flat, 2));
    match evidence.report.spec.cell {
        Cell::Rnn(Nonlinearity::Tanh) => Some(format!("tanh is saturated in {share}")),
        Cell::Rnn(Nonlinearity::Relu) => Some(format!("ReLU is inactive in {share}")),
        Cell::Rnn(Nonlinearity::Identity) | Cell::Lstm | Cell::Gru => None,
    }
}

fn name(evidence: &Evidence<'_>) -> String {
    match evidence.report.spec.cell {
        Cell::Rnn(nonlinearity) => nonlinearity.to_string(),
        cell @ (Cell::Lstm | Cell::Gru) => cell.to_string(),
    }
}

/// What was met, without saying that it is the reason.
fn facts(evidence: &Evidence<'_>) -> String {
    let Met { gate, .. } = evidence.met;
    let gate = gate.map(|gate| open_by(evidence, gate));
    saturation(evidence).or(gate).map(|fact| format!("; {fact}")).unwrap_or_default()
}
