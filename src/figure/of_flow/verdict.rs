//! What a spectral radius says about repeated multiplication.

use std::fmt;

/// Radii within this part of 1 count as 1: over 100 steps they change a length by a factor of 2.7.
const TOLERANCE: f64 = 0.01;

/// What happens to a vector that is multiplied again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// |λ|max is below 1.
    Shrinks,
    /// |λ|max is 1 within one per cent.
    Keeps,
    /// |λ|max is above 1.
    Grows,
    /// |λ|max is not a number.
    Unknown,
}

/// The verdict on a spectral radius.
pub fn verdict(radius: f64) -> Verdict {
    if radius.is_nan() {
        Verdict::Unknown
    } else if (radius - 1.0).abs() <= TOLERANCE {
        Verdict::Keeps
    } else if radius < 1.0 {
        Verdict::Shrinks
    } else {
        Verdict::Grows
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Shrinks => "shrinks",
            Self::Keeps => "keeps",
            Self::Grows => "grows",
            Self::Unknown => "undefined",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_per_cent_about_one_keeps() {
        assert_eq!(verdict(0.989), Verdict::Shrinks);
        assert_eq!(verdict(0.991), Verdict::Keeps);
        assert_eq!(verdict(1.009), Verdict::Keeps);
        assert_eq!(verdict(1.011), Verdict::Grows);
        assert_eq!(verdict(f64::INFINITY), Verdict::Grows);
        assert_eq!(verdict(f64::NAN), Verdict::Unknown);
    }
}
