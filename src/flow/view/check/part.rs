//! What was compared, and what became of it.

use std::fmt;

use super::RUNS;
use super::chain::Hold;
use super::verdict::{Reason, Verdict, relative_error};
use super::whole::Comparison;
use crate::flow::{FlowReport, Precision};
use crate::network::Cell;

/// Autograd against central differences in f64.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// The loss.
    pub loss: f64,
    /// Ticks of a step.
    pub ticks: usize,
    /// Parameters by `torch.nn` name, the readout as `head`, then states, lowest layer first.
    pub parts: Vec<Part>,
}

/// One derivative in two ways.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Of what.
    pub what: What,
    /// How differences were taken.
    pub method: Method,
    /// The derivative along the direction by autograd.
    pub autograd: f64,
    /// The same by differences; NaN where there are none.
    pub difference: f64,
    /// |autograd - difference| as a part of the larger of the two; step by step, the largest of all
    /// links from there to the loss.
    pub error: f64,
    /// The estimated error of the difference, as a part of the larger of the two.
    pub uncertainty: f64,
    /// What it came to.
    pub verdict: Verdict,
}

/// What a derivative is taken with respect to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A tensor of parameters, as scaled.
    Parameter(String),
    /// The state of a layer after a tick, all sequences together.
    State {
        /// From 0, the lowest.
        layer: usize,
        /// Whether c rather than h.
        cell: bool,
        /// From 1.
        tick: usize,
    },
}

/// How differences were taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// Of the loss, the whole network run again.
    Whole,
    /// Of states, one tick at a time, along the chain rule back to the loss.
    StepByStep,
}

impl Part {
    pub(super) fn whole(what: What, comparison: &Comparison) -> Self {
        let verdict = Hold::of(comparison).verdict;
        Self::new(what, Method::Whole, comparison, verdict)
    }

    fn new(what: What, method: Method, comparison: &Comparison, verdict: Verdict) -> Self {
        let Comparison { autograd, difference } = *comparison;
        let size = autograd.abs().max(difference.value.abs());
        let uncertainty = if difference.error == 0.0 { 0.0 } else { difference.error / size };
        let error = relative_error(autograd, difference.value);
        Self { what, method, autograd, difference: difference.value, error, uncertainty, verdict }
    }

    /// Whether the whole network left something open. That both are zero is better seen in single
    /// ticks, where nothing can have vanished.
    pub(super) fn needs_more(&self) -> bool {
        self.verdict != Verdict::Agrees || self.autograd == 0.0
    }

    /// Takes in what the chain says: agreement in either way is agreement.
    pub(super) fn settle(&mut self, own: &Comparison, hold: &Hold) {
        let better = match (self.verdict, hold.verdict) {
            (Verdict::Agrees, _) if self.autograd != 0.0 => false,
            (Verdict::Differs, verdict) => verdict == Verdict::Agrees,
            _ => true,
        };
        if !better {
            return;
        }
        let part = Self::new(self.what.clone(), Method::StepByStep, own, hold.verdict);
        // A link that is broken itself is to blame more than those that hang on it, of which it is
        // not known what they should be.
        let broken = Hold::of(own).verdict == Verdict::Differs;
        let hangs = hold.verdict == Verdict::Differs && !broken;
        let error = if broken || part.error > hold.error { part.error } else { hold.error };
        let difference = if hangs { f64::NAN } else { part.difference };
        *self = Self { error, difference, ..part };
    }
}

impl Check {
    /// Parts with this verdict; for unresolved ones whatever the reason.
    pub fn count(&self, verdict: Verdict) -> usize {
        let same = |part: &&Part| match (part.verdict, verdict) {
            (Verdict::Unresolved(_), Verdict::Unresolved(_)) => true,
            (one, other) => one == other,
        };
        self.parts.iter().filter(same).count()
    }

    /// The largest relative error among the parts that agree; none if none does.
    pub fn worst(&self) -> Option<f64> {
        let agree = self.parts.iter().filter(|part| part.verdict == Verdict::Agrees);
        agree.map(|part| part.error).reduce(f64::max)
    }

    /// The part that is off most, if any differs.
    pub fn culprit(&self) -> Option<&Part> {
        let differ = self.parts.iter().filter(|part| part.verdict == Verdict::Differs);
        differ.max_by(|a, b| a.error.total_cmp(&b.error))
    }

    /// The verdict on all: as good as that on the worst part, so that nothing counts as right which is
    /// not known to be.
    pub fn verdict(&self) -> Verdict {
        let verdicts = self.parts.iter().map(|part| part.verdict);
        verdicts.fold(Verdict::Agrees, Verdict::and)
    }

    /// Roughly how many seconds a check takes, from the time that the answer took.
    pub fn effort(report: &FlowReport) -> f64 {
        /// An answer is a run and a way back, which takes about twice as long.
        const RUNS_OF_ANSWER: f64 = 3.0;
        /// What single ticks take on top, where the whole network leaves something open.
        const STEP_BY_STEP: f64 = 2.0;
        let layers = report.layers.len();
        let states = if report.spec.cell == Cell::Lstm { 2 } else { 1 };
        let parts = layers * (4 + 3 * states) + 2;
        let double = if report.question.precision == Precision::F32 { 2.0 } else { 1.0 };
        double * STEP_BY_STEP * report.seconds / RUNS_OF_ANSWER * (RUNS * parts) as f64
    }
}

impl Reason {
    /// A few words: `below rounding`.
    pub fn words(self) -> &'static str {
        match self {
            Self::TooSmall => "below what differences can see",
            Self::Rough => "too rough for differences",
            Self::Kink => "at a kink of ReLU",
            Self::NotFinite => "NaN or infinite",
            Self::Underflow => "at the end of f64's range",
        }
    }
}

/// `weight_hh_l0`, `h_5 of layer 1`, `c_1 of layer 2`.
impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parameter(name) => f.write_str(name),
            Self::State { layer, cell, tick } => {
                let state = if *cell { "c" } else { "h" };
                write!(f, "{state}_{tick} of layer {}", layer + 1)
            }
        }
    }
}
