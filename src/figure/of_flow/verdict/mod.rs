//! The verdict on a report: what becomes of the gradient on its way back, in one word and one
//! sentence. Window, command line, JSON and figures all take it from here.

mod course;
mod radius;
mod reason;
mod sentence;
#[cfg(test)]
mod tests;
mod words;

use crate::flow::{Fate, FlowReport, LayerFlow, Passage, Spectrum, fate};
use crate::network::{Cell, NetworkSpec, Wiring};

use self::course::Course;
pub use self::course::{Left, Why};
pub use self::radius::{Side, compared, side};

/// What becomes of the gradient on its way from the last step to the first, in the lowest layer,
/// through which everything passes that reaches the input.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// By what is left at the first step; `None` where that cannot be told.
    pub word: Option<Fate>,
    /// The verdict in plain words with its numbers and, where it was measured, its reason.
    pub sentence: String,
    /// The layer it is about, from 0.
    pub layer: usize,
    /// The state it is about: of an LSTM the one in which more is left.
    pub state: State,
    /// Steps (of several ticks: ticks) from the last to the first.
    pub steps_back: usize,
    /// Factor a step back, the geometric mean as far as the number format reaches; NaN where the
    /// word is `None`, or there is no such step.
    pub factor: f64,
    /// What is left at the first step.
    pub left: Left,
    /// What the gradient met on its way, as far as it was measured.
    pub met: Met,
}

/// The state whose gradient is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// h.
    Hidden,
    /// c of an LSTM.
    Cell,
}

/// What a gradient meets on its way back: means over the steps that it crosses.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Met {
    /// Fraction of units whose nonlinearity is flat (plain RNN).
    pub flat: Option<f64>,
    /// The nonlinearity's share of the factor a step (plain RNN), a geometric mean.
    pub slope: Option<f64>,
    /// The gate that keeps the state (LSTM, GRU), a geometric mean of its means over units.
    pub gate: Option<f64>,
}

/// A layer's state with how its gradient fared.
struct Told<'a> {
    flow: &'a LayerFlow,
    state: State,
    course: Course,
}

/// Everything that a sentence is made from.
struct Evidence<'a> {
    report: &'a FlowReport,
    /// The layer and state that count.
    told: Told<'a>,
    /// The other state of an LSTM.
    other: Option<Told<'a>>,
    met: Met,
    /// Of the layer: W_hh of a plain RNN, else the Jacobian of the last step.
    spectrum: Option<&'a Spectrum>,
    /// Whether the layer's own recurrence alone carries the gradient from step to step.
    closed: bool,
    steps_back: usize,
}

/// The verdict on a report.
pub fn verdict(report: &FlowReport) -> Verdict {
    let steps_back = report.length.saturating_sub(1);
    let silent = |sentence: &str| Verdict {
        word: None,
        sentence: sentence.to_owned(),
        layer: 0,
        state: State::Hidden,
        steps_back,
        factor: f64::NAN,
        left: Left::Untold(Why::NoGradient),
        met: Met::default(),
    };
    let Some(flow) = report.layers.first() else { return silent("There is no layer.") };
    let (told, other) = states(report, flow);
    let met = Met::of(&told);
    let spectrum = report.spectra.first().and_then(|spectra| spectra.leading());
    let closed = report.spec.num_layers == 1 && report.spec.wiring == Wiring::Stacked;
    let evidence = Evidence { report, told, other, met, spectrum, closed, steps_back };
    let sentence = sentence::sentence(&evidence);
    let Told { state, course, .. } = evidence.told;
    let word = course.left.word();
    let factor = if word.is_some() { course.factor } else { f64::NAN };
    Verdict { word, sentence, layer: 0, state, steps_back, factor, left: course.left, met }
}

/// How the word follows from the numbers, for tooltips and help.
pub fn rule() -> String {
    format!(
        "{} Of an LSTM that state counts, c or h, in which more is left; of several layers the lowest. \
         {}",
        Fate::rule(),
        Passage::rule()
    )
}

/// The states of a layer, the one in which more of the gradient is left in front.
fn states<'a>(report: &FlowReport, flow: &'a LayerFlow) -> (Told<'a>, Option<Told<'a>>) {
    let told = |state, norms| {
        let mut course = Course::of(norms, report.question.precision);
        let measured = !matches!(course.left, Left::Untold(_) | Left::Above { .. });
        if measured && report.enters_at_many_steps() {
            course.left = Left::Untold(Why::ManySteps);
        }
        Told { flow, state, course }
    };
    let hidden = told(State::Hidden, &flow.grad_norm);
    let Some(norms) = &flow.cell_grad_norm else { return (hidden, None) };
    let cell = told(State::Cell, norms);
    // What cannot be told counts least; h does where nothing tells them apart.
    let more = |left: &Left| (!left.ln().is_nan(), left.ln());
    if more(&cell.course.left) > more(&hidden.course.left) {
        (cell, Some(hidden))
    } else {
        (hidden, Some(cell))
    }
}

impl Told<'_> {
    fn norms(&self) -> &[f64] {
        match (self.state, &self.flow.cell_grad_norm) {
            (State::Cell, Some(norms)) => norms,
            (State::Cell, None) | (State::Hidden, _) => &self.flow.grad_norm,
        }
    }
}

impl Met {
    /// Over the steps that the gradient crosses with all its digits: it leaves the last and
    /// arrives at `from`, whose own nonlinearity or gate it does not pass.
    fn of(told: &Told<'_>) -> Self {
        let from = told.course.from;
        let crossed = |values: &[f64]| values.get(from..).unwrap_or_default().to_vec();
        match &told.flow.passage {
            Passage::Slopes { flat, passed, .. } => {
                let (flat, passed) = (crossed(flat), crossed(passed));
                Self { flat: mean(&flat), slope: geometric_mean(&passed), gate: None }
            }
            Passage::Gate(means) => {
                Self { gate: geometric_mean(&crossed(means)), ..Self::default() }
            }
        }
    }
}

fn mean(values: &[f64]) -> Option<f64> {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    mean.is_finite().then_some(mean)
}

fn geometric_mean(values: &[f64]) -> Option<f64> {
    let mean = (values.iter().map(|value| value.ln()).sum::<f64>() / values.len() as f64).exp();
    mean.is_finite().then_some(mean)
}

/// What a spectral radius alone would leave over these steps, were the network linear and every
/// step like the one that the radius is of.
pub fn left_by_radius(report: &FlowReport, radius: f64) -> f64 {
    fate::left_over(radius, report.length.saturating_sub(1))
}

/// The same in words: `0.6 %`, `1.9 times`.
pub fn left_in_words(left: f64) -> String {
    words::amount(left, left.ln())
}

/// A factor with as many digits as tell it from 1: `0.53`, `0.9995`.
pub fn factor_in_words(value: f64) -> String {
    words::factor(value)
}

/// What a step is called.
fn unit(spec: &NetworkSpec) -> &'static str {
    if spec.ticks > 1 { "tick" } else { "step" }
}

/// Whether a cell is a plain RNN.
fn is_plain(cell: Cell) -> bool {
    matches!(cell, Cell::Rnn(_))
}
