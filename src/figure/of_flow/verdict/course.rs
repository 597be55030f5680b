//! How the gradient of one state fared from the last step back to the first: from its norms to what
//! is left.

use crate::flow::{Fate, Precision, fate};

/// Steps whose factors differ from their mean by less than this part are said to have one factor.
const EVEN: f64 = 0.05;

/// A gradient that lies so many times above, or below, both of its ends is said to peak, or to dip.
const BENT: f64 = 10.0;

/// Norms by step, judged.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Course {
    /// What is left at the first step.
    pub(super) left: Left,
    /// Factor a step back, the geometric mean over the steps from the last down to `from`; NaN if
    /// that is none.
    pub(super) factor: f64,
    /// The first step, from 1, down to which every norm has all its digits.
    pub(super) from: usize,
    /// Whether every step has the same factor.
    pub(super) even: bool,
    /// Where the norm lies far beyond both of its ends, if it does.
    pub(super) bend: Option<Bend>,
}

/// What is left of a gradient at the first step. Logarithms are natural ones, of the norm there
/// divided by the norm at the last step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Left {
    /// So much.
    Part {
        /// The quotient; infinite or zero if it is out of the range of numbers.
        quotient: f64,
        /// Its logarithm.
        ln: f64,
    },
    /// Less than this, as it underflows on the way.
    Below {
        /// Logarithm of the bound.
        ln: f64,
    },
    /// Nothing at all: it was cut.
    Nothing,
    /// It overflows on the way, having grown so much.
    Above {
        /// Logarithm of the bound.
        ln: f64,
    },
    /// The numbers do not tell.
    Untold(Why),
}

/// Why the numbers do not tell what is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The first step is the last.
    OneStep,
    /// The gradient enters at several steps: from an error at each, or from a readout of all.
    ManySteps,
    /// None arrives at the last step.
    NoGradient,
    /// At the last step it is so small that underflow hides what becomes of it.
    TooSmall,
    /// NaN or infinite from this step, counted from 1, back.
    Broken(usize),
}

/// A norm far beyond the norms at both ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bend {
    /// The step, from 1.
    pub(super) step: usize,
    /// The norm there divided by that at the last step.
    pub(super) size: f64,
}

impl Left {
    /// The word for it; none where nothing can be said, and not because numbers broke.
    pub fn word(&self) -> Option<Fate> {
        match *self {
            Self::Part { quotient, .. } => Some(Fate::of(quotient)),
            Self::Below { ln } | Self::Above { ln } => Some(Fate::of(ln.exp())),
            Self::Nothing => Some(Fate::of(0.0)),
            Self::Untold(Why::Broken(_)) => Some(Fate::Unknown),
            Self::Untold(Why::OneStep | Why::ManySteps | Why::NoGradient | Why::TooSmall) => None,
        }
    }

    /// Logarithm of what is left, or of its bound; NaN where nothing is told.
    pub fn ln(&self) -> f64 {
        match *self {
            Self::Part { ln, .. } | Self::Below { ln } | Self::Above { ln } => ln,
            Self::Nothing => f64::NEG_INFINITY,
            Self::Untold(_) => f64::NAN,
        }
    }
}

impl Course {
    /// Judges norms by step t = 1..T.
    pub(super) fn of(norms: &[f64], precision: Precision) -> Self {
        let smallest = match precision {
            Precision::F32 => f64::from(f32::MIN_POSITIVE),
            Precision::F64 => f64::MIN_POSITIVE,
        };
        let length = norms.len();
        let untold = |why| Self {
            left: Left::Untold(why),
            factor: f64::NAN,
            from: length,
            even: false,
            bend: None,
        };
        let (Some(&first), Some(&last)) = (norms.first(), norms.last()) else {
            return untold(Why::NoGradient);
        };
        let whole = |norm: f64| norm.is_finite() && norm >= smallest;
        match last {
            _ if !last.is_finite() => return untold(Why::Broken(length)),
            0.0 => return untold(Why::NoGradient),
            _ if length == 1 => return untold(Why::OneStep),
            _ if last < smallest => return untold(Why::TooSmall),
            _ => {}
        }
        let from = length - norms.iter().rev().take_while(|norm| whole(**norm)).count() + 1;
        let stretch = Stretch { norms, from, smallest };
        let left = if whole(first) { part(first, last) } else { stretch.left() };
        // What recovers on its way has a mean over all of it.
        let from = if whole(first) { 1 } else { from };
        let factor = mean_factor(norms[from - 1], last, length - from);
        let ratios = norms[from - 1..].windows(2).map(|pair| pair[0] / pair[1]);
        let even = ratios.into_iter().all(|ratio| (ratio / factor).ln().abs() <= EVEN);
        let bend = if whole(first) { bend(norms) } else { None };
        Self { left, factor, from, even, bend }
    }
}

/// The way back as far as numbers have all their digits: from the last step to `from`, which is not
/// the first.
struct Stretch<'a> {
    norms: &'a [f64],
    from: usize,
    smallest: f64,
}

impl Stretch<'_> {
    /// What is left, by how the stretch ends.
    fn left(&self) -> Left {
        let Self { norms, from, smallest } = *self;
        let (end, next) = (norms[from - 1], norms[from - 2]);
        let last = norms[norms.len() - 1];
        let grown = end.ln() - last.ln();
        if norms[0].is_finite() && !next.is_nan() && next < smallest {
            let bound = smallest.ln() - last.ln();
            return match (self.cut(), bound < fate::VANISHED.ln()) {
                (true, _) => Left::Nothing,
                (false, true) => Left::Below { ln: bound },
                (false, false) => Left::Untold(Why::TooSmall),
            };
        }
        // NaN follows an overflow as ∞ − ∞, but also comes out of nothing.
        if grown > fate::EXPLODED.ln() {
            Left::Above { ln: grown }
        } else {
            Left::Untold(Why::Broken(from - 1))
        }
    }

    /// Whether the norm drops to zero from a height from which its pace does not lead there.
    fn cut(&self) -> bool {
        let Self { norms, from, smallest } = *self;
        let (end, next) = (norms[from - 1], norms[from - 2]);
        let pace = norms.get(from).map_or(1.0, |before| (end / before).min(1.0));
        // A step may fall a little faster than the one before.
        next == 0.0 && norms[0] == 0.0 && end * pace * 1e-3 > smallest
    }
}

fn part(first: f64, last: f64) -> Left {
    Left::Part { quotient: first / last, ln: first.ln() - last.ln() }
}

/// The geometric mean, by logarithms, as quotients of norms may be out of range.
fn mean_factor(first: f64, last: f64, steps: usize) -> f64 {
    // No steps, no factor: 0 / 0 is NaN.
    ((first.ln() - last.ln()) / steps as f64).exp()
}

fn bend(norms: &[f64]) -> Option<Bend> {
    let (first, last) = (*norms.first()?, *norms.last()?);
    let steps = || norms.iter().enumerate().filter(|(_, norm)| norm.is_finite());
    let (peak, highest) = steps().max_by(|a, b| a.1.total_cmp(b.1))?;
    let (dip, lowest) = steps().min_by(|a, b| a.1.total_cmp(b.1))?;
    let at = |index: usize| Bend { step: index + 1, size: norms[index] / last };
    if *highest > BENT * first.max(last) {
        Some(at(peak))
    } else if *lowest < first.min(last) / BENT {
        Some(at(dip))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn course(norms: &[f64]) -> Course {
        Course::of(norms, Precision::F64)
    }

    fn powers(factor: f64, length: usize, last: f64) -> Vec<f64> {
        (1..=length).map(|t| last * factor.powi((length - t) as i32)).collect()
    }

    #[test]
    fn what_is_left_is_a_quotient_and_its_factor_a_geometric_mean() {
        let even = course(&powers(0.5, 11, 3.0));
        assert_eq!(even.left.word(), Some(Fate::Vanishes));
        assert!((even.factor - 0.5).abs() < 1e-12 && even.even && even.bend.is_none());
        let uneven = course(&[1.0, 8.0, 4.0]);
        assert!((uneven.factor - 0.5).abs() < 1e-12 && !uneven.even);
    }

    #[test]
    fn quotients_out_of_range_keep_their_logarithm() {
        let shrunk = course(&[1e-300, 1.0, 1e100]);
        assert!((shrunk.left.ln() / std::f64::consts::LN_10 + 400.0).abs() < 1e-9);
        assert!((shrunk.factor / 1e-200 - 1.0).abs() < 1e-9);
        let grown = course(&[1e300, 1.0, 1e-100]);
        assert_eq!(grown.left.word(), Some(Fate::Explodes));
        assert!((grown.left.ln() / std::f64::consts::LN_10 - 400.0).abs() < 1e-9);
    }

    #[test]
    fn underflow_is_a_bound_and_a_cut_is_nothing() {
        let mut faint: Vec<f64> = powers(1e-60, 9, 1.0);
        faint[..3].fill(0.0);
        let Left::Below { ln } = course(&faint).left else { panic!("{:?}", course(&faint)) };
        assert_eq!(ln, f64::MIN_POSITIVE.ln());
        assert_eq!(course(&[0.0, 0.0, 0.3, 1.0]).left, Left::Nothing);
        assert_eq!(course(&[0.0, 0.0, 1.0]).left, Left::Nothing);
        // The same numbers are a cut in one format and an underflow in the other.
        let in_single = Course::of(&[0.0, 1e-30, 1e-15, 1.0], Precision::F32);
        assert_eq!(in_single.left, Left::Below { ln: f64::from(f32::MIN_POSITIVE).ln() });
        assert_eq!(course(&[0.0, 1e-30, 1e-15, 1.0]).left, Left::Nothing);
    }

    #[test]
    fn where_the_loss_is_almost_met_underflow_tells_nothing() {
        let faint = Course::of(&[0.0, 1e-37, 1e-36], Precision::F32);
        assert_eq!(faint.left, Left::Untold(Why::TooSmall));
        assert_eq!(course(&[0.0, 0.0, 0.0]).left, Left::Untold(Why::NoGradient));
    }

    #[test]
    fn overflow_and_broken_numbers_are_told_apart() {
        let nan = f64::NAN;
        let over = course(&[nan, nan, f64::INFINITY, 1e200, 1.0]);
        assert!(matches!(over.left, Left::Above { .. }) && over.from == 4, "{over:?}");
        assert_eq!(course(&[nan, 0.9, 1.0]).left, Left::Untold(Why::Broken(1)));
        assert_eq!(course(&[nan, nan]).left, Left::Untold(Why::Broken(2)));
        assert_eq!(course(&[nan, nan]).left.word(), Some(Fate::Unknown));
    }

    #[test]
    fn humps_and_hollows_are_noticed() {
        let hump = course(&[1.0, 50.0, 100.0, 40.0, 2.0]);
        assert_eq!(hump.bend, Some(Bend { step: 3, size: 50.0 }));
        let hollow = course(&[1.0, 1e-3, 0.5]);
        assert_eq!(hollow.bend, Some(Bend { step: 2, size: 2e-3 }));
        assert_eq!(course(&[1.0, 0.0, 1.0]).bend, Some(Bend { step: 2, size: 0.0 }));
        assert_eq!(course(&powers(0.5, 40, 1.0)).bend, None);
    }

    #[test]
    fn one_step_is_no_way() {
        assert_eq!(course(&[0.3]).left, Left::Untold(Why::OneStep));
        assert_eq!(course(&[0.3]).left.word(), None);
    }
}
