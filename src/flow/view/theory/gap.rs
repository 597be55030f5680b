//! What parts the measured gradient from the prediction: measured part by part, so that no cause is
//! named that was not at work.

use super::way_back::WayBack;
use crate::flow::fate::GROWN;
use crate::network::{Cell, Nonlinearity};

/// Factors a step that differ by less are said to agree, if they also do over all steps.
const SAME: f64 = 0.02;

/// Matrices stretch no vector more than their |λ|max, to rounding, if σ_max / |λ|max is less: they are
/// normal.
const NORMAL: f64 = 1.0 + 1e-6;

/// A cause is named if it makes up at least this part of the gap.
const MOST: f64 = 0.5;

/// ln (measured / predicted) over all steps that the gradient crosses, and the parts it is the sum of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gap {
    /// All of it: ln (‖∂L/∂h_from‖ / ‖∂L/∂h_T‖) less as many times ln |λ|max as there are steps.
    pub total: f64,
    /// What arrives on other ways than the layer's own recurrence; 0 where there are none.
    pub other_ways: f64,
    /// What the slopes f'(a) of tanh or ReLU do: the way back with them against W_hh alone. 0 of other
    /// cells.
    pub slopes: f64,
    /// The part of the gradient that is in c and not in h; at most 0, and 0 without a cell state.
    pub in_cell: f64,
    /// What is left: the way back through the matrices against the power of their |λ|max.
    pub matrices: f64,
    /// Of `matrices`, what comes of directions that differ from step to step: ln |λ|max of the product
    /// of all matrices less the sum of their own ln |λ|max. 0 of a plain RNN, whose W_hh stays the
    /// same; `None` where it is not known.
    pub directions: Option<f64>,
    /// Geometric mean of σ_max / |λ|max of the matrices: 1 if they are normal.
    pub stretch: f64,
    /// By what part the Jacobians of a cell with gates change from step to step, on average.
    pub change: Option<f64>,
}

/// Why the gradient is not what |λ|max predicts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It is, within 2 % a step and a factor of [`GROWN`] over all steps.
    AsPredicted,
    /// The prediction is estimated from some steps, and its error is as large.
    WithinError,
    /// Gradient arrives on other ways, too.
    OtherWays,
    /// Units are saturated or inactive.
    Slopes,
    /// What is left travels in the cell state.
    InCell,
    /// The matrices are not normal: they let vectors grow for a while.
    NotNormal,
    /// The direction that lasts differs from step to step.
    StepsDiffer,
    /// The gradient has little in the direction that lasts.
    SmallPart,
    /// Several of these, none of which makes up half of it.
    Several,
}

impl Gap {
    /// `ln` holds what was measured and what was predicted.
    pub(super) fn new(
        cell: Cell,
        closed: bool,
        [measured, predicted]: [f64; 2],
        back: &WayBack,
        stretch: f64,
    ) -> Self {
        // The same number where there is no other way, rounded in another.
        let own = if closed { measured } else { back.ln_own };
        let slopes = match (cell, back.ln_linear) {
            (Cell::Rnn(Nonlinearity::Tanh | Nonlinearity::Relu), Some(linear)) => own - linear,
            (Cell::Rnn(_) | Cell::Lstm | Cell::Gru, _) => 0.0,
        };
        let in_cell = back.ln_own - back.ln_whole;
        let directions = match cell {
            Cell::Rnn(_) => Some(0.0),
            Cell::Lstm | Cell::Gru => back.ln_product.map(|product| product - predicted),
        };
        Self {
            total: measured - predicted,
            other_ways: measured - own,
            slopes,
            in_cell,
            matrices: own - slopes - in_cell - predicted,
            directions,
            stretch,
            change: back.change,
        }
    }

    /// The part that makes up most of it over so many steps, if `error` is the factor by which the
    /// predicted one may be off. `None` if that is not known.
    pub(super) fn reason(&self, steps: usize, error: f64) -> Option<Reason> {
        let (off, steps) = (self.total.abs(), steps as f64);
        if off <= f64::min(SAME * steps, GROWN.ln()) {
            return Some(Reason::AsPredicted);
        }
        let doubt = steps * error.ln();
        if off <= doubt {
            return Some(Reason::WithinError);
        }
        let Self { total, other_ways, slopes, in_cell, matrices, directions, stretch, .. } = *self;
        let not_normal = || Some(Reason::NotNormal).filter(|_| stretch > NORMAL);
        let of_matrices = match directions {
            _ if total > 0.0 => [(matrices, not_normal()), (0.0, None)],
            Some(directions) => [
                (directions, Some(Reason::StepsDiffer)),
                (matrices - directions, Some(Reason::SmallPart)),
            ],
            None => [(matrices, None), (0.0, None)],
        };
        let others = [
            (other_ways, Some(Reason::OtherWays)),
            (slopes, Some(Reason::Slopes)),
            (in_cell, Some(Reason::InCell)),
        ];
        let parts = others.into_iter().chain(of_matrices).filter(|(part, _)| part * total > 0.0);
        let (part, reason) = parts.max_by(|(a, _), (b, _)| a.abs().total_cmp(&b.abs()))?;
        if part.abs() - doubt >= MOST * (off + doubt) {
            return reason;
        }
        let all_known = doubt == 0.0 && reason.is_some() && directions.is_some();
        all_known.then_some(Reason::Several)
    }
}
