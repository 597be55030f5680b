//! Derivatives by central differences, with an estimate of their own error.
//!
//! A difference over a large step suffers from curvature, one over a small step from rounding. Ridders
//! (1982, “Accurate computation of F′(x) and F′(x)F″(x)”, Advances in Engineering Software 4) takes
//! differences over ever smaller steps and extrapolates to a step of zero, as Richardson does; how far
//! neighbouring extrapolations lie apart says how good the best of them is.

/// Each step is this part of the one before.
const SHRINK: f64 = 0.25;

/// Steps tried at most.
const LEVELS: usize = 14;

/// Relative error at which no further step is needed.
const GOAL: f64 = 1e-9;

/// A derivative by differences.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// The derivative; NaN if no step gave one.
    pub value: f64,
    /// Estimate of its absolute error: curvature and rounding.
    pub error: f64,
    /// Whether rounding, rather than curvature, makes most of the error.
    pub rounding: bool,
    /// By how much the slopes to either side differ in the limit of small steps: nothing, if the function
    /// is smooth at the scale of the steps.
    pub bend: f64,
    /// What kept differences from being taken.
    pub flaw: Option<Flaw>,
}

/// Why there is no difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Values that are NaN or infinite.
    NotFinite,
    /// A kink of ReLU within even the smallest step.
    Kink,
}

/// One symmetric difference of a function.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sample {
    /// f(x + step) - f(x - step).
    pub(super) difference: f64,
    /// f(x + step) + f(x - step) - 2 f(x).
    pub(super) bend: f64,
    /// What rounding may have made of it.
    pub(super) noise: f64,
    /// Whether no kink lies between.
    pub(super) smooth: bool,
}

impl Sample {
    /// Of a function that does not change.
    pub(super) const NOTHING: Self = Self { difference: 0.0, bend: 0.0, noise: 0.0, smooth: true };

    /// The sample of the sum of two functions.
    pub(super) fn add(&mut self, other: &Self) {
        let Self { difference, bend, noise, smooth } = other;
        self.difference += difference;
        self.bend += bend;
        self.noise += noise;
        self.smooth &= smooth;
    }
}

/// The extrapolation, one difference after another.
#[derive(Clone, Debug)]
pub(super) struct Ridders {
    step: f64,
    tried: usize,
    /// Extrapolations of rising order that end at the step before.
    row: Vec<f64>,
    /// Half the difference between the slopes to either side, one step before.
    bend: Option<f64>,
    best: Difference,
}

impl Ridders {
    /// Begins with `step`.
    pub(super) fn new(step: f64) -> Self {
        let best = Difference {
            value: f64::NAN,
            error: f64::INFINITY,
            rounding: false,
            bend: f64::INFINITY,
            flaw: None,
        };
        Self { step, tried: 0, row: Vec::new(), bend: None, best }
    }

    /// The step of the next difference; none if there is no need or no hope.
    pub(super) fn next_step(&self) -> Option<f64> {
        let Difference { value, error, flaw, rounding, bend: _ } = self.best;
        let done = error <= GOAL * value.abs() || rounding && self.row.len() > 1;
        let over = self.tried == LEVELS || done || flaw == Some(Flaw::NotFinite);
        (!over).then_some(self.step)
    }

    /// Takes in the difference over [`Ridders::next_step`].
    pub(super) fn push(&mut self, sample: Sample) {
        let Sample { difference, bend, noise, smooth } = sample;
        let step = self.step;
        self.tried += 1;
        self.step *= SHRINK;
        if !(difference.is_finite() && noise.is_finite()) {
            self.best.flaw = Some(Flaw::NotFinite);
            return;
        }
        if !smooth {
            // What larger steps gave crossed the kink as well.
            *self = Self { tried: self.tried, ..Self::new(self.step) };
            self.best.flaw = Some(Flaw::Kink);
            return;
        }
        let floor = noise / (2.0 * step);
        let mut row = vec![difference / (2.0 * step)];
        self.best.flaw = None;
        let mut factor = 1.0;
        for (order, before) in self.row.iter().enumerate() {
            factor /= SHRINK * SHRINK;
            let last = row[order];
            let next = (factor * last - before) / (factor - 1.0);
            row.push(next);
            let spread = (next - last).abs().max((next - before).abs());
            let error = spread.max(floor);
            if error <= self.best.error {
                let rounding = floor >= spread;
                self.best = Difference { value: next, error, rounding, ..self.best };
            }
        }
        // In a smooth function it falls like the step, whose share cancels here.
        let bend = bend / (2.0 * step);
        if let Some(before) = self.bend.replace(bend) {
            self.best.bend = ((bend - SHRINK * before) / (1.0 - SHRINK)).abs();
        }
        // Smaller steps can only be worse.
        self.best.rounding |= floor >= self.best.error;
        self.row = row;
    }

    /// The best extrapolation so far.
    pub(super) fn best(&self) -> Difference {
        self.best
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn derivative(f: impl Fn(f64) -> f64, smooth: impl Fn(f64) -> bool) -> (Difference, usize) {
        let mut ridders = Ridders::new(0.0625);
        while let Some(step) = ridders.next_step() {
            let (above, below) = (f(step), f(-step));
            let noise = 2.0 * f64::EPSILON * (above.abs() + below.abs());
            let bend = above + below - 2.0 * f(0.0);
            ridders.push(Sample { difference: above - below, bend, noise, smooth: smooth(step) });
        }
        (ridders.best(), ridders.tried)
    }

    #[test]
    fn smooth_functions_are_differentiated_within_the_error_said() {
        let check = |f: fn(f64) -> f64, expected: f64| {
            let (found, tried) = derivative(f, |_| true);
            let off = (found.value - expected).abs();
            assert!(off <= 10.0 * found.error, "{expected}: {found:?}");
            assert!(found.error < 1e-6 * expected.abs(), "{expected}: {found:?}");
            assert!(tried <= 14 && found.bend < 1e-3 * expected.abs(), "{expected}: {found:?}");
        };
        check(|x| (1.0 + x).exp(), 1_f64.exp());
        check(|x| (30.0 * x).sin(), 30.0);
        check(|x| 3.0 * x + 2.0, 3.0);
        check(|x| (1e6 * x).tanh(), 1e6);
        check(|x| 5.0 + 1e-6 * (x - 1.0).powi(2), -2e-6);
    }

    #[test]
    fn a_derivative_below_rounding_is_told() {
        let (found, tried) = derivative(|x| 1.0 + 1e-30 * x, |_| true);
        assert!(found.rounding && found.error > 1e-16, "{found:?}");
        assert!(tried < 4, "{tried}");
    }

    #[test]
    fn kinks_are_avoided_by_smaller_steps() {
        let kinked = |x: f64| if x > 1e-4 { x + 100.0 * (x - 1e-4) } else { x };
        let (found, _) = derivative(kinked, |step| step < 1e-4);
        assert!((found.value - 1.0).abs() < 1e-9, "{found:?}");
        let (found, _) = derivative(|x| x.max(0.0), |_| false);
        assert_eq!(found.flaw, Some(Flaw::Kink));
    }

    /// A bump between the points looks flat, but for its height in the middle.
    #[test]
    fn steps_too_wide_for_the_function_are_told() {
        let (found, _) = derivative(|x| (-(1e40 * x + 1.0).powi(2)).exp(), |_| true);
        assert!(found.value == 0.0 && found.bend > 0.1, "{found:?}");
        let (found, _) = derivative(|x| (1e40 * x).tanh(), |_| true);
        assert!(!found.rounding && found.error > 0.1 * found.value, "{found:?}");
    }

    #[test]
    fn numbers_that_are_none_are_told_at_once() {
        let (found, tried) = derivative(|_| f64::NAN, |_| true);
        assert_eq!((found.flaw, tried), (Some(Flaw::NotFinite), 1));
    }
}
