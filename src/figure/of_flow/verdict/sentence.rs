//! The verdict in plain words.

use super::course::Bend;
use super::reason::reason;
use super::words::{amount, factor, relative, sentence_case, size};
use super::{Evidence, Left, State, Told, Why, states, unit};
use crate::figure::of_flow::notes::not_finite;
use crate::flow::Fate;
use crate::network::{Cell, Reading, Wiring};

/// The sentence, and further ones where one does not tell all.
pub(super) fn sentence(evidence: &Evidence<'_>) -> String {
    let place = place(evidence).map(|place| format!("{place}, ")).unwrap_or_default();
    let first = format!("{place}{}{}.", statement(evidence), reason(evidence));
    let more = [bend(evidence), other_state(evidence), by_layer(evidence)];
    let sentences: Vec<String> =
        [Some(sentence_case(&first))].into_iter().chain(more).flatten().collect();
    sentences.join(" ")
}

/// The layer, where there are several, and on which other ways gradient reaches it.
fn place(evidence: &Evidence<'_>) -> Option<String> {
    let layers = evidence.report.layers.len();
    let fed_by = match evidence.report.spec.wiring {
        Wiring::Stacked => "the layer above feeds",
        Wiring::Skips => "skip connections feed",
    };
    (layers > 1).then(|| format!("in layer 1 of {layers}, which {fed_by} at every step"))
}

/// The gradient in question.
fn subject(evidence: &Evidence<'_>) -> &'static str {
    match (evidence.report.spec.cell, evidence.told.state) {
        (Cell::Rnn(_) | Cell::Gru, _) => "the gradient",
        (Cell::Lstm, State::Hidden) => "the gradient of the hidden state",
        (Cell::Lstm, State::Cell) => "the gradient of the cell state",
    }
}

/// What happens, with its numbers.
fn statement(evidence: &Evidence<'_>) -> String {
    let unit = unit(&evidence.report.spec);
    let (subject, length) = (subject(evidence), evidence.report.length);
    let format = evidence.report.question.precision;
    let course = &evidence.told.course;
    let from = course.from;
    match course.left {
        Left::Part { quotient, ln } => {
            format!("{}: {}", pace(evidence), rest(evidence, quotient, ln))
        }
        Left::Below { ln } => format!(
            "{} until it underflows {format} at {unit} {}: less than {} of it is left at {unit} 1",
            pace(evidence),
            from - 1,
            size(ln.exp(), ln)
        ),
        Left::Nothing => format!(
            "nothing of {subject} is left at {unit} 1: it gets no further back than {unit} {from}"
        ),
        Left::Above { .. } => {
            format!("{} until it overflows {format} at {unit} {}", pace(evidence), from - 1)
        }
        Left::Untold(Why::OneStep) => {
            format!("there is one {unit} only, so no way back on which a gradient could change")
        }
        Left::Untold(Why::ManySteps) => many_steps(evidence),
        Left::Untold(Why::NoGradient) => format!(
            "no gradient arrives at {unit} {length}, so there is none to vanish or to explode"
        ),
        Left::Untold(Why::TooSmall) => format!(
            "{subject} is so small at {unit} {length} that {format} does not tell what is left at \
             {unit} 1"
        ),
        Left::Untold(Why::Broken(step)) => broken(evidence, step),
    }
}

/// `each step back multiplies the gradient by 0.53`. Where gradient arrives on other ways as well,
/// it is not the step alone that multiplies.
fn pace(evidence: &Evidence<'_>) -> String {
    let unit = unit(&evidence.report.spec);
    let (subject, course) = (subject(evidence), &evidence.told.course);
    if course.factor.is_nan() {
        return format!("{subject} shrinks");
    }
    let factor = factor(course.factor);
    if !evidence.closed {
        return format!("{subject} changes by a factor of {factor} a {unit} back on average");
    }
    match (evidence.steps_back, course.even) {
        (1, _) => format!("the one {unit} back multiplies {subject} by {factor}"),
        (_, true) => format!("each {unit} back multiplies {subject} by {factor}"),
        (_, false) => format!("on average, each {unit} back multiplies {subject} by {factor}"),
    }
}

/// `0.3 % of it is left at step 1`.
fn rest(evidence: &Evidence<'_>, quotient: f64, ln: f64) -> String {
    let (unit, length) = (unit(&evidence.report.spec), evidence.report.length);
    let (amount, relative) = (amount(quotient, ln), relative(quotient, ln));
    if !evidence.closed {
        format!("its norm at {unit} 1 is {relative} that at {unit} {length}")
    } else if quotient > 1.0 && amount != "all" {
        format!(
            "at {unit} 1 it is {}\u{a0}times as large as at {unit} {length}",
            size(quotient, ln)
        )
    } else {
        format!("{amount} of it is left at {unit} 1")
    }
}

/// Where gradient enters at every step the norms do not tell how far back it reaches.
fn many_steps(evidence: &Evidence<'_>) -> String {
    let (unit, length) = (unit(&evidence.report.spec), evidence.report.length);
    let norms = evidence.told.norms();
    let (first, last) = (norms[0], norms[length - 1]);
    let (enters, what) = match evidence.report.spec.reading {
        Reading::AllSteps(_) => (
            "there is one loss, but the readout reads the state after every step, so gradient enters at \
             each",
            "gradient from one step",
        ),
        Reading::EachStep | Reading::LastStep | Reading::LastStepRelu | Reading::States => {
            ("every step feeds an error of its own into the gradient", "an error")
        }
    };
    format!(
        "{enters}; that ‖∂L/∂{}‖ at {unit} 1 is {} that at {unit} {length} does not tell how far back \
         {what} reaches, but the itemized view does",
        letter(evidence.told.state),
        relative(first / last, first.ln() - last.ln()),
    )
}

fn letter(state: State) -> &'static str {
    match state {
        State::Hidden => "h",
        State::Cell => "c",
    }
}

/// NaN or infinity before any growth.
fn broken(evidence: &Evidence<'_>, step: usize) -> String {
    let unit = unit(&evidence.report.spec);
    let (subject, flow) = (subject(evidence), evidence.told.flow);
    let norm = evidence.told.norms().get(step - 1).copied().unwrap_or(f64::NAN);
    let what = if norm.is_nan() { "NaN" } else { "infinite" };
    let format = evidence.report.question.precision;
    let states = flow.cell_norm.iter().chain([&flow.hidden_norm]);
    let first = states.filter_map(|norms| norms.iter().position(|norm| !norm.is_finite())).min();
    let states = first
        .map(|first| format!("the states leave the range of {format} at {unit} {}", first + 1));
    let cause = not_finite(evidence.report).or(states);
    let cause = cause.map(|cause| format!(", as {cause}")).unwrap_or_default();
    format!("{subject} is {what} from {unit} {step} back{cause}: what is left of it is undefined")
}

/// A hump or a hollow that a mean hides.
fn bend(evidence: &Evidence<'_>) -> Option<String> {
    let course = &evidence.told.course;
    let Left::Part { .. } = course.left else { return None };
    let Bend { step, size: factor } = course.bend?;
    let (unit, length) = (unit(&evidence.report.spec), evidence.report.length);
    let size = size(factor, factor.ln());
    Some(match factor {
        0.0 => format!("On its way it falls to 0 at {unit} {step}."),
        // A hollow below an end that has grown may still lie above the last step.
        factor if factor < 1.0 || factor < norms_at_first(evidence) => {
            format!(
                "On its way it falls to {size} times that of {unit} {length}, at {unit} {step}."
            )
        }
        _ => format!(
            "On its way it rises to {size} times that of {unit} {length}, at {unit} {step}."
        ),
    })
}

/// The norm at the first step divided by that at the last.
fn norms_at_first(evidence: &Evidence<'_>) -> f64 {
    let norms = evidence.told.norms();
    norms.first().zip(norms.last()).map_or(f64::NAN, |(first, last)| first / last)
}

/// What is left in the other state of an LSTM, where it fares differently.
fn other_state(evidence: &Evidence<'_>) -> Option<String> {
    let Told { state, course, .. } = evidence.other.as_ref()?;
    let word = course.left.word()?;
    let told = evidence.told.course.left.word()?;
    if word == told {
        return None;
    }
    let name = match state {
        State::Hidden => "hidden state",
        State::Cell => "cell state",
    };
    let left = match course.left {
        Left::Part { quotient, ln } => format!("{} is left", amount(quotient, ln)),
        Left::Below { ln } => format!("less than {} is left", size(ln.exp(), ln)),
        Left::Nothing => "nothing is left".to_owned(),
        Left::Above { .. } | Left::Untold(_) => return None,
    };
    let unit = unit(&evidence.report.spec);
    Some(format!("Of the gradient of the {name}, {left} at {unit} 1."))
}

/// The words of all layers, where they differ.
fn by_layer(evidence: &Evidence<'_>) -> Option<String> {
    evidence.told.course.left.word()?;
    let report = evidence.report;
    let words: Vec<Option<Fate>> =
        report.layers.iter().map(|flow| states(report, flow).0.course.left.word()).collect();
    if words.windows(2).all(|pair| pair[0] == pair[1]) {
        return None;
    }
    let name = |(n, word): (usize, &Option<Fate>)| {
        let word = word.map_or_else(|| "untold".to_owned(), |word| word.to_string());
        format!("{} {word}", n + 1)
    };
    let all: Vec<String> = words.iter().enumerate().map(name).collect();
    Some(format!("By layer: {}.", all.join(", ")))
}
