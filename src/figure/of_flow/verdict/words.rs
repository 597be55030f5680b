//! Factors and what is left, as a reader expects them.

use std::f64::consts::LN_10;

use crate::figure::number::{number, power_of_ten};

/// What is within this part of 1 is all.
pub(super) const ALL: f64 = 5e-4;

/// Below this, powers of ten read better than per cent.
const PER_CENT: f64 = 1e-4;

/// What is left, alone: `0.3 %`, `3.2×10⁻⁹`, `1.4 times`; from a quotient and its natural logarithm.
pub(super) fn amount(quotient: f64, ln: f64) -> String {
    if quotient.is_nan() {
        "undefined".to_owned()
    } else if (quotient - 1.0).abs() < ALL {
        "all".to_owned()
    } else if quotient > 1.0 {
        format!("{}\u{a0}times", size(quotient, ln))
    } else if quotient < PER_CENT {
        size(quotient, ln)
    } else {
        let digits = if quotient < 0.99 { 2 } else { 3 };
        format!("{}\u{a0}%", number(100.0 * quotient, digits))
    }
}

/// The same in front of what it is compared with: `0.3 % of`, `1.4 times`, `as large as`.
pub(super) fn relative(quotient: f64, ln: f64) -> String {
    match amount(quotient, ln) {
        all if all == "all" => "as large as".to_owned(),
        amount if quotient > 1.0 => amount,
        amount => format!("{amount} of"),
    }
}

/// `40`, `3.2×10⁻⁹`; of quotients that no number can hold, about the power of ten.
pub(super) fn size(quotient: f64, ln: f64) -> String {
    let held = quotient.is_finite() && quotient >= f64::MIN_POSITIVE;
    if held || !ln.is_finite() {
        let digits = match quotient {
            q if (1.0..1.01).contains(&q) => 4,
            q if (1.0..1.1).contains(&q) => 3,
            _ => 2,
        };
        number(quotient, digits)
    } else {
        format!("about {}", power_of_ten((ln / LN_10).round() as i32))
    }
}

/// A factor with as many digits as tell it from 1.
pub(super) fn factor(value: f64) -> String {
    let off = (value - 1.0).abs();
    if off < 1e-6 {
        return number(1.0, 3);
    }
    let close = |digits: &usize| {
        let shown: f64 = format!("{value:.*e}", digits - 1).parse().unwrap_or(value);
        (shown - value).abs() <= 0.1 * off
    };
    number(value, (2..8).find(close).unwrap_or(8))
}

/// The same with the first letter in upper case.
pub(super) fn sentence_case(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_well() {
        for (quotient, expected) in [
            (3.2e-9, "3.2×10⁻⁹"),
            (0.003, "0.30 %"),
            (0.53, "53 %"),
            (0.999, "99.9 %"),
            (0.999_9, "all"),
            (1.03, "1.03 times"),
            (1.4, "1.4 times"),
            (2.5e8, "2.5×10⁸ times"),
            (f64::NAN, "undefined"),
            (0.0, "0"),
        ] {
            assert_eq!(amount(quotient, quotient.ln()).replace('\u{a0}', " "), expected);
        }
        assert_eq!(amount(0.0, -400.0 * LN_10), "about 10⁻⁴⁰⁰");
        assert_eq!(amount(f64::INFINITY, 400.0 * LN_10), "about 10⁴⁰⁰\u{a0}times");
        assert_eq!(amount(1.000_6, 6e-4), "1.001\u{a0}times");
    }

    #[test]
    fn factors_are_told_from_one() {
        for (value, expected) in [
            (0.53, "0.53"),
            (0.99, "0.99"),
            (0.999, "0.999"),
            (0.999_95, "0.99995"),
            (1.000_2, "1.0002"),
            (1.0, "1.00"),
            (8.66, "8.7"),
            (1e-9, "10⁻⁹"),
        ] {
            assert_eq!(factor(value), expected);
        }
    }

    #[test]
    fn sentences_begin_with_a_capital() {
        assert_eq!(sentence_case("each"), "Each");
        assert_eq!(sentence_case("∂L/∂c"), "∂L/∂c");
        assert_eq!(sentence_case(""), "");
    }
}
