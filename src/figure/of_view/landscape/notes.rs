//! What is said under a landscape.

use crate::figure::number::{self, number};
use crate::flow::view::{Across, Growth, Landscape};
use crate::flow::{Question, Signal};
use crate::network::Reading;
use crate::task::Loss;

const EXPLANATION: &str = "Growth is ‖∂L/∂h₁‖ / ‖∂L/∂h_T‖ in the lowest layer: what the way back \
                           through all steps makes of the gradient. Blue: it vanishes; red: it explodes. \
                           On the line growth is 1 and gradients arrive as they left: for large \
                           random tanh networks, the edge of chaos \
                           (Sompolinsky et al. 1988, Poole et al. 2016).";

const MANY_LOSSES: &str = "Gradient enters at several steps, so that some of it at the first step comes \
                           from steps near by: growth may be large although nothing arrives from far \
                           away. Of several losses the itemized view tells which reaches how far.";

/// The sentences, of a question that lies at `place` if it is on the map.
pub(super) fn notes(landscape: &Landscape, place: Option<[f64; 2]>) -> Vec<String> {
    let Landscape { question, across, cells, here, .. } = landscape;
    let mut notes = vec![EXPLANATION.to_owned()];
    if *across == Across::HiddenSize {
        let input = match (&question.input.signal, question.input.seed) {
            (Signal::Noise | Signal::Task(_), None) => ", with an input of its own",
            _ => "",
        };
        notes.push(format!("Each row is another network, drawn from the same seed{input}."));
    }
    if has_many_losses(question) {
        notes.push(MANY_LOSSES.to_owned());
    }
    if place.is_none() {
        notes.push(outside(landscape));
    }
    notes.extend(here.map(|growth| of_here(question, *across, growth)));
    notes.extend(without_number(landscape));
    notes.extend(beyond_colors(landscape));
    let (measured, all) = (landscape.measured(), cells.len());
    if measured == 0 {
        notes.push("Nothing has been measured yet.".to_owned());
    } else if measured < all {
        notes.push(format!(
            "Measured so far: {measured} of {all} cells; each stands for those around it."
        ));
    }
    notes
}

/// How many cells lie beyond the ends of the colours, which is no trouble: they are very blue or red.
fn beyond_colors(landscape: &Landscape) -> Option<String> {
    let decades = super::decades(landscape);
    let logs = landscape.cells.iter().flatten().map(|cell| cell.log10());
    let finite = || logs.clone().filter(|log| log.is_finite());
    let below = finite().filter(|log| *log < -decades).count();
    let above = finite().filter(|log| *log > decades).count();
    (below + above > 0).then(|| {
        format!(
            "The colours end at 10 to the power of ±{decades}: {below} cells lie below, {above} above."
        )
    })
}

fn has_many_losses(question: &Question) -> bool {
    match &question.input.signal {
        Signal::Task(task) => match task.reading() {
            Reading::EachStep | Reading::States => task.loss() == Loss::All,
            Reading::AllSteps(_) => true,
            Reading::LastStep | Reading::LastStepRelu => false,
        },
        _ => question.loss == Loss::All,
    }
}

/// Why there are places without a number, and how many.
fn without_number(landscape: &Landscape) -> Vec<String> {
    let count = |what: fn(&Growth) -> bool| {
        landscape.cells.iter().flatten().filter(|growth| what(growth)).count()
    };
    let broken = count(|growth| !growth.first.is_finite() || !growth.last.is_finite());
    let silent = count(|growth| growth.first == 0.0 && growth.last == 0.0);
    let mut notes = Vec::new();
    if broken > 0 {
        notes.push(format!(
            "At {broken} places states or gradients are larger than the number format can hold."
        ));
    }
    if silent > 0 {
        notes.push(format!("At {silent} places no gradient reaches the layer at all: 0 / 0."));
    }
    notes
}

/// Why the question is not on the map.
fn outside(landscape: &Landscape) -> String {
    let Landscape { question, across, .. } = landscape;
    match across.of(question) {
        Some(up) => format!(
            "The present network, at weight scale {} and {across} {}, lies outside the map.",
            minus(question.weight_scale),
            minus(up)
        ),
        None => {
            "The present network is on no row of the map: its gate biases are as drawn.".to_owned()
        }
    }
}

fn of_here(question: &Question, across: Across, growth: Growth) -> String {
    let ratio = growth.ratio();
    let what = if ratio.is_nan() {
        "undefined"
    } else if ratio == 0.0 {
        "0: the gradient is cut off, or smaller than the number format can hold"
    } else if ratio.is_infinite() {
        "infinite"
    } else {
        let up = across.of(question).map(|up| format!(" and {across} {}", minus(up)));
        let up = up.unwrap_or_default();
        let means = match ratio {
            ratio if ratio < 1.0 => "less arrives at the first step than left the last",
            ratio if ratio > 1.0 => "more arrives at the first step than left the last",
            _ => "as much arrives at the first step as left the last",
        };
        let scale = minus(question.weight_scale);
        return format!("At weight scale {scale}{up} growth is {}: {means}.", number(ratio, 3));
    };
    format!("At the present place growth is {what}.")
}

/// A setting as it is, with a proper minus sign.
fn minus(value: f64) -> String {
    number::minus(&value.to_string())
}
