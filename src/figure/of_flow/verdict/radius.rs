//! A spectral radius against 1.

use crate::figure::number::number;

/// Digits of a radius on screen. What rounds to 1 is not said to lie on either side of it.
const DIGITS: usize = 3;

/// Which side of 1 a spectral radius lies on, as far as its digits on screen show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Below 1: what is multiplied again and again shrinks in the end.
    Below,
    /// 1 to the digits shown.
    Near,
    /// Above 1: it grows in the end.
    Above,
    /// NaN.
    Unknown,
}

/// The side of 1 that a radius lies on.
pub fn side(radius: f64) -> Side {
    if radius.is_nan() {
        Side::Unknown
    } else if number(radius, DIGITS) == number(1.0, DIGITS) {
        Side::Near
    } else if radius < 1.0 {
        Side::Below
    } else {
        Side::Above
    }
}

impl Side {
    /// `< 1`, `≈ 1`, `> 1`.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Below => "< 1",
            Self::Near => "≈ 1",
            Self::Above => "> 1",
            Self::Unknown => "undefined",
        }
    }
}

/// `|λ|max = 1.14 > 1`, unbroken.
pub fn compared(radius: f64) -> String {
    let sign = side(radius).sign().replace(' ', "\u{a0}");
    match side(radius) {
        Side::Near => format!("|λ|max\u{a0}{sign}"),
        Side::Unknown => format!("|λ|max\u{a0}=\u{a0}{}", number(radius, DIGITS)),
        Side::Below | Side::Above => {
            format!("|λ|max\u{a0}=\u{a0}{}\u{a0}{sign}", number(radius, DIGITS))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_radius_is_on_the_side_that_its_digits_show() {
        for (radius, expected) in [
            (0.99, "|λ|max = 0.990 < 1"),
            (0.998, "|λ|max = 0.998 < 1"),
            (0.999_6, "|λ|max ≈ 1"),
            (1.000_000_1, "|λ|max ≈ 1"),
            (1.14, "|λ|max = 1.14 > 1"),
            (f64::INFINITY, "|λ|max = ∞ > 1"),
            (0.0, "|λ|max = 0 < 1"),
            (f64::NAN, "|λ|max = NaN"),
        ] {
            assert_eq!(compared(radius).replace('\u{a0}', " "), expected);
        }
    }
}
