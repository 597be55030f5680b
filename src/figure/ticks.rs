//! Where ticks go and what they say, on linear, whole-number and logarithmic axes.

use super::number::{minus, number, power_of_ten, scientific};

/// One tick of an axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// Position in drawing coordinates: the value, or its decimal logarithm on a log axis.
    pub at: f64,
    /// Text beside the tick; empty for a minor tick.
    pub label: String,
}

impl Tick {
    /// Whether the tick has a label and a grid line.
    pub fn is_major(&self) -> bool {
        !self.label.is_empty()
    }

    fn minor(at: f64) -> Self {
        Self { at, label: String::new() }
    }
}

/// More decades than this get no minor ticks between them.
const MOST_DECADES_WITH_MINOR_TICKS: i32 = 7;

/// Between groups of digits; a line is not broken there.
const NARROW_SPACE: char = '\u{202f}';

/// Beyond these decades a number is too close to the ends of f64 for arithmetic on raw values.
const SAFE_DECADES: f64 = 300.0;

/// Ticks at multiples of 1, 2 or 5 times a power of ten in `lo..=hi`, about `most` of them.
pub fn linear(lo: f64, hi: f64, most: usize) -> Vec<Tick> {
    let Some(step) = step(lo, hi, most) else { return Vec::new() };
    multiples(lo, hi, step).map(|at| Tick { at, label: label(at, step, lo, hi) }).collect()
}

/// Ticks at whole numbers only; the first and the last whole number in `lo..=hi` are among them.
/// There are fewer where the numbers are long.
pub fn integer(lo: f64, hi: f64, most: usize) -> Vec<Tick> {
    let long = lo.abs().max(hi.abs()) >= 1e4;
    let most = if long { (most * 5 / 8).max(1) } else { most };
    let (first, last) = (lo.ceil(), hi.floor());
    let Some(step) = step(lo, hi, most).map(|step| step.max(1.0)) else { return Vec::new() };
    if first > last {
        return Vec::new();
    }
    // Four digits need more room than one.
    let room = if lo.abs().max(hi.abs()) >= 1e3 { 0.75 } else { 0.5 };
    let apart = |at: &f64| at - first >= room * step && last - at >= room * step;
    let mut places: Vec<f64> = multiples(lo, hi, step).filter(apart).collect();
    places.insert(0, first);
    if last > first {
        places.push(last);
    }
    places.into_iter().map(|at| Tick { at, label: whole(at) }).collect()
}

/// Ticks with names instead of numbers, the first at 0; of more than `most`, every second or third.
pub fn named(lo: f64, hi: f64, names: &[String], most: usize) -> Vec<Tick> {
    let every = names.len().div_ceil(most.max(1)).max(1);
    let ticks = names.iter().enumerate().step_by(every);
    let ticks = ticks.map(|(n, name)| Tick { at: n as f64, label: name.clone() });
    ticks.filter(|tick| (lo..=hi).contains(&tick.at)).collect()
}

/// Ticks at powers of ten for an axis from 10^`lo` to 10^`hi`; thinned when there are many, with
/// minor ticks when there are few, and at 1-2-5 values when there is less than a decade.
pub fn log(lo: f64, hi: f64, most: usize) -> Vec<Tick> {
    if !(lo.is_finite() && hi.is_finite() && lo < hi) {
        return Vec::new();
    }
    let (first, last) = (lo.ceil() as i32, hi.floor() as i32);
    if last - first < 1 && lo > -SAFE_DECADES && hi < SAFE_DECADES {
        return within_a_decade(lo, hi, most);
    }
    let every = spacing(last - first + 1, most);
    let mut ticks: Vec<Tick> = (first..=last)
        .map(|decade| {
            let major = decade.rem_euclid(every) == 0;
            let label = if major { power_of_ten(decade) } else { String::new() };
            Tick { at: f64::from(decade), label }
        })
        .filter(|tick| tick.is_major() || (tick.at as i32).rem_euclid(minor_spacing(every)) == 0)
        .collect();
    if every == 1 && last - first <= MOST_DECADES_WITH_MINOR_TICKS {
        ticks.extend((first - 1..=last).flat_map(between).filter(|t| (lo..=hi).contains(&t.at)));
    }
    ticks
}

/// The minor ticks 2..9 times 10^`decade`.
fn between(decade: i32) -> impl Iterator<Item = Tick> {
    (2..10).map(move |m| Tick::minor(f64::from(decade) + f64::from(m).log10()))
}

/// Ticks of a log axis with less than two powers of ten: 1, 2 and 5, or where even these are too
/// few, multiples of one step.
fn within_a_decade(lo: f64, hi: f64, most: usize) -> Vec<Tick> {
    let inside = |tick: &Tick| (lo..=hi).contains(&tick.at);
    let decades = lo.floor() as i32..=hi.floor() as i32;
    let named = |decade: i32, m: i32| {
        let value: f64 = format!("{m}e{decade}").parse().unwrap_or(f64::NAN);
        Tick { at: value.log10(), label: number(value, 1) }
    };
    let round = decades.clone().flat_map(|decade| [1, 2, 5].map(|m| named(decade, m)));
    let mut ticks: Vec<Tick> = round.filter(inside).collect();
    if ticks.len() >= 3 {
        let new = |tick: &Tick| ticks.iter().all(|other| (other.at - tick.at).abs() > 1e-9);
        let minor: Vec<Tick> = decades.flat_map(between).filter(inside).filter(new).collect();
        ticks.extend(minor);
        return ticks;
    }
    let (low, high) = (10f64.powf(lo), 10f64.powf(hi));
    let Some(step) = step(low, high, most) else { return Vec::new() };
    multiples(low, high, step)
        .filter(|value| *value > 0.0)
        .map(|value| Tick { at: value.log10(), label: label(value, step, low, high) })
        .collect()
}

/// Every how many decades a tick is labelled, so that at most `most` are.
fn spacing(decades: i32, most: usize) -> i32 {
    let most = i32::try_from(most.max(1)).unwrap_or(i32::MAX);
    let steps = [1, 2, 5, 10, 20, 50, 100, 200];
    steps.into_iter().find(|every| decades <= every * most).unwrap_or(500)
}

/// Every how many decades there is a minor tick, where each `every` is labelled.
fn minor_spacing(every: i32) -> i32 {
    match every {
        ..=5 => 1,
        6..=10 => 2,
        11..=20 => 5,
        21..=50 => 10,
        _ => every / 5,
    }
}

/// The smallest 1-2-5 step that needs at most `most` ticks; `None` if f64 cannot tell them apart.
fn step(lo: f64, hi: f64, most: usize) -> Option<f64> {
    let span = hi - lo;
    let rough = span / most.max(1) as f64;
    if !(span.is_finite() && rough > 0.0 && rough > lo.abs().max(hi.abs()) * 1e-13) {
        return None;
    }
    let unit = 10f64.powf(rough.log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|m| m * unit).find(|step| *step >= rough * (1.0 - 1e-9))
}

fn multiples(lo: f64, hi: f64, step: f64) -> impl Iterator<Item = f64> {
    const SLACK: f64 = 1e-9;
    let (first, last) = ((lo / step - SLACK).ceil(), (hi / step + SLACK).floor());
    // Adding zero turns -0 into 0.
    (0..=((last - first).max(-1.0) as i64)).map(move |n| (first + n as f64) * step + 0.0)
}

/// A whole number; from 10 000 up its digits stand in groups of three.
/// A whole number with its digits in groups from five on, as on an axis.
pub(super) fn whole(at: f64) -> String {
    if at.abs() >= 1e15 {
        return number(at, 4);
    }
    let digits = format!("{:.0}", at.abs());
    let sign = if at < 0.0 { "−" } else { "" };
    if digits.len() < 5 {
        return format!("{sign}{digits}");
    }
    let head = (digits.len() - 1) % 3 + 1;
    let mut text = format!("{sign}{}", &digits[..head]);
    for start in (head..digits.len()).step_by(3) {
        text.push(NARROW_SPACE);
        text.push_str(&digits[start..start + 3]);
    }
    text
}

/// All labels of an axis have the same number of decimals.
fn label(at: f64, step: f64, lo: f64, hi: f64) -> String {
    let largest = lo.abs().max(hi.abs());
    let magnitude = step.log10().floor() as i32;
    if at == 0.0 {
        "0".into()
    } else if (1e-3..1e5).contains(&largest) && magnitude > -6 {
        let decimals = usize::try_from(-magnitude).unwrap_or(0);
        minus(&format!("{at:.decimals$}"))
    } else {
        let digits = at.abs().log10().floor() as i32 - magnitude + 1;
        scientific(at, usize::try_from(digits).unwrap_or(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn labels(ticks: &[Tick]) -> Vec<&str> {
        ticks.iter().filter(|t| t.is_major()).map(|t| t.label.as_str()).collect()
    }

    #[test]
    fn linear_axes_use_round_numbers() {
        assert_eq!(labels(&linear(-1.0, 5.0, 7)), ["−1", "0", "1", "2", "3", "4", "5"]);
        assert_eq!(labels(&linear(0.0, 0.31, 4)), ["0", "0.1", "0.2", "0.3"]);
        assert_eq!(labels(&linear(0.0, 2.5e8, 3)), ["0", "1×10⁸", "2×10⁸"]);
    }

    #[test]
    fn integer_axes_show_the_first_and_the_last_step() {
        assert_eq!(
            labels(&integer(0.64, 10.36, 10)),
            ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]
        );
        assert_eq!(labels(&integer(0.5, 1000.5, 6)), ["1", "200", "400", "600", "800", "1000"]);
        assert_eq!(
            labels(&integer(0.0, 1e6, 10)),
            [
                "0",
                "200\u{202f}000",
                "400\u{202f}000",
                "600\u{202f}000",
                "800\u{202f}000",
                "1\u{202f}000\u{202f}000"
            ]
        );
        assert_eq!(whole(-12345.0), "−12\u{202f}345");
        let ends = integer(0.0, 9600.0, 10);
        assert_eq!(labels(&ends)[8..], ["8000", "9600"], "9000 would be too near");
        assert_eq!(integer(0.0, 20_000.0, 10).len(), 5, "long numbers need room");
        assert_eq!(labels(&integer(0.5, 1.5, 6)), ["1"]);
        assert_eq!(labels(&integer(0.9, 2.1, 6)), ["1", "2"]);
    }

    #[test]
    fn a_log_axis_over_a_hundred_decades_is_thinned() {
        let ticks = log(-94.5, 5.2, 8);
        assert_eq!(labels(&ticks), ["10⁻⁸⁰", "10⁻⁶⁰", "10⁻⁴⁰", "10⁻²⁰", "10⁰"]);
        assert_eq!(ticks.len(), 20, "a minor tick at every fifth decade");
    }

    #[test]
    fn a_short_log_axis_has_minor_ticks_and_a_tiny_one_labels_them() {
        let ticks = log(-2.1, 0.1, 8);
        assert_eq!(labels(&ticks), ["10⁻²", "10⁻¹", "10⁰"]);
        assert!(ticks.iter().any(|t| !t.is_major() && (t.at - 0.02f64.log10()).abs() < 1e-12));
        assert!(labels(&log(-0.3, -0.1, 6)).len() >= 3);
        assert_eq!(labels(&log(-0.75, 0.9, 8)), ["0.2", "0.5", "1", "2", "5"]);
    }

    #[test]
    fn an_impossible_axis_has_no_ticks() {
        assert!(linear(f64::NAN, 1.0, 5).is_empty());
        assert!(linear(1.0, 1.0, 5).is_empty());
        assert!(log(f64::NEG_INFINITY, 0.0, 5).is_empty());
        assert!(integer(1.2, 1.8, 5).is_empty());
    }

    proptest! {
        #[test]
        fn ticks_lie_inside_and_rise(lo in -1e6f64..1e6, span in 1e-3f64..1e6, most in 2usize..12) {
            let hi = lo + span;
            for ticks in [linear(lo, hi, most), integer(lo, hi, most)] {
                prop_assert!(ticks.len() <= most + 3);
                prop_assert!(ticks.iter().all(|t| t.at >= lo - 1e-6 * span && t.at <= hi + 1e-6 * span));
                prop_assert!(ticks.windows(2).all(|pair| pair[0].at < pair[1].at));
            }
        }

        #[test]
        fn a_log_axis_always_has_a_label(lo in -320f64..300.0, span in 0.2f64..400.0) {
            let ticks = log(lo, lo + span, 7);
            prop_assert!(ticks.iter().all(|t| t.at.is_finite()));
            if span > 21.0 || (span < 1.0 && lo > -290.0 && lo < 290.0) {
                prop_assert!(!labels(&ticks).is_empty());
            }
        }
    }
}
