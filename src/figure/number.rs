//! Numbers as a reader of figures expects them: `0.57`, `3.2×10⁻¹¹`, `∞`, `NaN`.

/// A whole number in superscript digits.
pub fn superscript(number: i32) -> String {
    number.to_string().chars().map(|digit| if digit == '-' { '⁻' } else { raise(digit) }).collect()
}

fn raise(digit: char) -> char {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    digit.to_digit(10).map_or(digit, |value| DIGITS[value as usize])
}

/// A power of ten, `10⁻⁶`.
pub fn power_of_ten(exponent: i32) -> String {
    format!("10{}", superscript(exponent))
}

/// A number with `digits` significant digits; plain from 0.001 to 100,000, else with a power of
/// ten, which stands alone where it is exact.
pub fn number(value: f64, digits: usize) -> String {
    if value.is_nan() {
        return "NaN".into();
    }
    if value.is_infinite() {
        return if value > 0.0 { "∞".into() } else { "−∞".into() };
    }
    if value == 0.0 {
        return "0".into();
    }
    let digits = digits.max(1);
    let (_, exponent) = split(value, digits);
    if (-3..5).contains(&exponent) {
        let decimals = usize::try_from(digits as i32 - 1 - exponent).unwrap_or(0);
        minus(&format!("{value:.decimals$}"))
    } else if value == format!("1e{exponent}").parse().unwrap_or(f64::NAN) {
        power_of_ten(exponent)
    } else {
        scientific(value, digits)
    }
}

/// A finite number as `2.50×10⁸`, always with its power of ten.
pub(super) fn scientific(value: f64, digits: usize) -> String {
    let (mantissa, exponent) = split(value, digits.max(1));
    format!("{}×{}", minus(&mantissa), power_of_ten(exponent))
}

/// Mantissa with `digits` digits, and exponent after rounding to them.
fn split(value: f64, digits: usize) -> (String, i32) {
    let text = format!("{value:.*e}", digits - 1);
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    (mantissa.to_owned(), exponent.parse().unwrap_or(0))
}

/// The same number with a proper minus sign in place of the hyphen.
pub(super) fn minus(number: &str) -> String {
    number.replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(number(0.5699, 3), "0.570");
        assert_eq!(number(-12.34, 3), "−12.3");
        assert_eq!(number(99999.9, 3), "1.00×10⁵");
        assert_eq!(number(12345.0, 3), "12345");
        assert_eq!(number(3.24e-11, 2), "3.2×10⁻¹¹");
        assert_eq!(number(0.0, 3), "0");
        assert_eq!(number(1e-6, 3), "10⁻⁶");
        assert_eq!(number(5e-324, 3), "4.94×10⁻³²⁴");
        assert_eq!(number(f64::NEG_INFINITY, 3), "−∞");
        assert_eq!(number(f64::NAN, 3), "NaN");
    }
}
