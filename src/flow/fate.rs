//! What becomes of a gradient on its way back: one word for the part of it that is left.
//!
//! The word follows from what is left over the steps in question, never from a rate alone: 0.99 a
//! step leaves nine tenths over ten steps and two thousand-millionths over two thousand.

use std::fmt;

/// A gradient of which less is left has vanished.
pub const VANISHED: f64 = 1e-3;
/// A gradient of which less is left has faded.
pub const FADED: f64 = 0.3;
/// A gradient that became more than so many times as large has grown.
pub const GROWN: f64 = 3.0;
/// A gradient that became more than so many times as large has exploded.
pub const EXPLODED: f64 = 1e3;

/// What becomes of a gradient, or of any vector that is multiplied again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Less than [`VANISHED`] of it is left.
    Vanishes,
    /// Less than [`FADED`] of it is left.
    Fades,
    /// From [`FADED`] to [`GROWN`] times of it is left.
    Keeps,
    /// More than [`GROWN`] times of it is left.
    Grows,
    /// More than [`EXPLODED`] times of it is left.
    Explodes,
    /// What is left is not a number.
    Unknown,
}

impl Fate {
    /// From how many times of it is left after all steps: ‖∂L/∂h_1‖ / ‖∂L/∂h_T‖.
    pub fn of(left_over: f64) -> Self {
        match left_over {
            left if left.is_nan() => Self::Unknown,
            left if left < VANISHED => Self::Vanishes,
            left if left < FADED => Self::Fades,
            left if left <= GROWN => Self::Keeps,
            left if left <= EXPLODED => Self::Grows,
            _ => Self::Explodes,
        }
    }

    /// From a factor a step, over so many steps back: T - 1 from step T to step 1.
    pub fn over(factor: f64, steps_back: usize) -> Self {
        Self::of(left_over(factor, steps_back))
    }

    /// The thresholds, for a tooltip: `Less than 0.001 left: vanishes; ...`.
    pub fn rule() -> String {
        format!(
            "Of the gradient at the last step less than {VANISHED} left at the first: vanishes; less \
             than {FADED}: fades; up to {GROWN} times: keeps; up to {EXPLODED} times: grows; more: \
             explodes."
        )
    }
}

/// What a factor a step leaves over so many steps back. NaN if the factor is.
pub fn left_over(factor: f64, steps_back: usize) -> f64 {
    // Not even no step at all turns NaN into a number.
    if factor.is_nan() { f64::NAN } else { factor.powf(steps_back as f64) }
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Vanishes => "vanishes",
            Self::Fades => "fades",
            Self::Keeps => "keeps",
            Self::Grows => "grows",
            Self::Explodes => "explodes",
            Self::Unknown => "undefined",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_follows_from_what_is_left() {
        for (left, fate) in [
            (0.0, Fate::Vanishes),
            (0.000_999, Fate::Vanishes),
            (0.001, Fate::Fades),
            (0.299, Fate::Fades),
            (0.3, Fate::Keeps),
            (1.0, Fate::Keeps),
            (3.0, Fate::Keeps),
            (3.01, Fate::Grows),
            (1000.0, Fate::Grows),
            (1001.0, Fate::Explodes),
            (f64::INFINITY, Fate::Explodes),
            (f64::NAN, Fate::Unknown),
        ] {
            assert_eq!(Fate::of(left), fate, "{left}");
        }
    }

    #[test]
    fn a_rate_near_one_keeps_over_few_steps_and_vanishes_over_many() {
        assert_eq!(Fate::over(0.99, 10), Fate::Keeps);
        assert_eq!(Fate::over(0.99, 200), Fate::Fades);
        assert_eq!(Fate::over(0.99, 2000), Fate::Vanishes);
        assert_eq!(Fate::over(1.01, 50), Fate::Keeps);
        assert_eq!(Fate::over(1.01, 300), Fate::Grows);
        assert_eq!(Fate::over(1.01, 2000), Fate::Explodes);
        assert_eq!(Fate::over(0.5, 0), Fate::Keeps, "no step back, nothing lost");
        assert_eq!(Fate::over(0.0, 1), Fate::Vanishes);
        assert_eq!(Fate::over(f64::NAN, 0), Fate::Unknown);
    }

    #[test]
    fn the_rule_names_every_word_and_threshold() {
        let rule = Fate::rule();
        for word in [Fate::Vanishes, Fate::Fades, Fate::Keeps, Fate::Grows, Fate::Explodes] {
            assert!(rule.contains(&word.to_string()), "{rule}");
        }
        for threshold in ["0.001", "0.3", "3 times", "1000 times"] {
            assert!(rule.contains(threshold), "{rule}");
        }
    }
}
