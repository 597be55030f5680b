//! Whether autograd and differences agree, as far as differences can tell.

use super::ridders::{Difference, Flaw};

/// Relative error up to which two derivatives count as the same.
pub const TOLERANCE: f64 = 1e-5;

/// Autograd is only called wrong where it is off by more than so many times the estimated error of
/// the difference.
const SAFETY: f64 = 100.0;

/// Autograd is only called wrong by differences that have settled to this part of their size.
const SETTLED: f64 = 1e-3;

/// Smaller numbers are close to the end of f64, where digits are lost.
const SMALLEST: f64 = 1e-290;

/// What a comparison came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Autograd and differences agree to [`TOLERANCE`].
    Agrees,
    /// The differences are good enough to say that autograd is wrong.
    Differs,
    /// The differences cannot tell.
    Unresolved(Reason),
}

/// Why differences cannot tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// What it changes is below rounding.
    TooSmall,
    /// The loss is too curved at every step that rounding allows.
    Rough,
    /// A kink of ReLU is too close.
    Kink,
    /// NaN or infinity.
    NotFinite,
    /// So small that f64 has no digits for it.
    Underflow,
}

/// |a - b| as a part of the larger of the two; zero where both are zero.
pub(super) fn relative_error(a: f64, b: f64) -> f64 {
    if a == b { 0.0 } else { (a - b).abs() / a.abs().max(b.abs()) }
}

impl Verdict {
    /// Compares autograd's derivative with a difference.
    pub(super) fn of(autograd: f64, found: &Difference) -> Self {
        let Difference { value, error, rounding, bend, flaw } = *found;
        match flaw {
            Some(Flaw::Kink) => return Self::Unresolved(Reason::Kink),
            Some(Flaw::NotFinite) => return Self::Unresolved(Reason::NotFinite),
            None if !(autograd.is_finite() && value.is_finite()) => {
                return Self::Unresolved(Reason::NotFinite);
            }
            None => {}
        }
        if autograd == 0.0 && value == 0.0 {
            // Autograd says that nothing changes, and not a bit did.
            return Self::Agrees;
        }
        let size = autograd.abs().max(value.abs());
        if size < SMALLEST {
            return Self::Unresolved(Reason::Underflow);
        }
        let off = (autograd - value).abs();
        let settled = rounding || error <= SETTLED * value.abs();
        if off <= TOLERANCE * size && error <= TOLERANCE * size {
            Self::Agrees
        } else if settled && off > TOLERANCE * size && off > SAFETY * error.max(bend) {
            Self::Differs
        } else if rounding {
            Self::Unresolved(Reason::TooSmall)
        } else {
            Self::Unresolved(Reason::Rough)
        }
    }

    /// Rank by how much it says against a chain of which it is a link.
    fn weight(self) -> u8 {
        match self {
            Self::Agrees => 0,
            Self::Unresolved(_) => 1,
            Self::Differs => 2,
        }
    }

    /// The verdict on a chain of two links.
    pub(super) fn and(self, other: Self) -> Self {
        if other.weight() > self.weight() { other } else { self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(autograd: f64, value: f64, error: f64) -> Verdict {
        Verdict::of(autograd, &Difference { value, error, rounding: true, bend: 0.0, flaw: None })
    }

    #[test]
    fn only_good_differences_can_agree_or_differ() {
        let too_small = Verdict::Unresolved(Reason::TooSmall);
        assert_eq!(verdict(1.0, 1.0 + 1e-9, 1e-10), Verdict::Agrees);
        assert_eq!(verdict(1.0, 1.01, 1e-10), Verdict::Differs);
        assert_eq!(verdict(1.0, -1.0, 1e-10), Verdict::Differs);
        assert_eq!(verdict(1e-30, 1.0, 1e-10), Verdict::Differs);
        assert_eq!(verdict(0.0, 1.0, 1e-10), Verdict::Differs);
        // Equal by chance, and different within what differences can say.
        assert_eq!(verdict(1.0, 1.0, 0.1), too_small);
        assert_eq!(verdict(1.0, 1.01, 1e-3), too_small);
        assert_eq!(verdict(1e-30, 1e-17, 1e-16), too_small);
        assert_eq!(verdict(0.0, 1e-17, 1e-16), too_small);
        assert_eq!(verdict(0.0, 0.0, 1e-16), Verdict::Agrees);
        assert_eq!(verdict(0.0, 5e-324, 0.0), Verdict::Unresolved(Reason::Underflow));
        assert_eq!(verdict(f64::NAN, 1.0, 0.0), Verdict::Unresolved(Reason::NotFinite));
    }

    #[test]
    fn a_chain_is_as_good_as_its_worst_link() {
        let open = Verdict::Unresolved(Reason::Kink);
        assert_eq!(Verdict::Agrees.and(open), open);
        assert_eq!(open.and(Verdict::Differs), Verdict::Differs);
        assert_eq!(Verdict::Differs.and(Verdict::Agrees), Verdict::Differs);
    }
}
