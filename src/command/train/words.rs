//! Words and numbers that only the flags of `rnnscope train` accept.

use clap::ValueEnum;

use super::super::choices::{finite, whole};
use crate::error::Error;
use crate::train::Contender;

/// `--feed`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FeedWord {
    /// Every contender sees the same batches
    Fair,
    /// One random stream, one contender after another
    Notebook,
}

/// `--optimizer`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum OptimizerWord {
    /// Adam, with L2 weight decay
    Adam,
    /// Adam with decoupled weight decay
    #[value(name = "adamw")]
    AdamW,
    /// Stochastic gradient descent with momentum
    Sgd,
    /// RMSprop
    #[value(name = "rmsprop")]
    RmsProp,
}

/// `--schedule`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ScheduleWord {
    /// The same throughout
    Constant,
    /// Half a cosine down to 0 over --steps
    Cosine,
    /// Cut every so many steps
    Step,
}

/// `--contender`.
pub(super) fn contender(text: &str) -> Result<Contender, String> {
    text.parse().map_err(|error| match error {
        // clap quotes the text itself.
        Error::Contender { message, .. } => message,
        other => other.to_string(),
    })
}

/// A finite number from 0.
pub(super) fn not_negative(text: &str) -> Result<f64, String> {
    finite(text).and_then(|number| match number >= 0.0 {
        true => Ok(number),
        false => Err("must be 0 or more".into()),
    })
}

/// A finite number above 0.
pub(super) fn positive(text: &str) -> Result<f64, String> {
    finite(text).and_then(|number| match number > 0.0 {
        true => Ok(number),
        false => Err("must be more than 0".into()),
    })
}

/// A factor that makes lengths grow.
pub(super) fn factor(text: &str) -> Result<f64, String> {
    finite(text).and_then(|number| match number > 1.0 && number <= 100.0 {
        true => Ok(number),
        false => Err("must be more than 1, up to 100".into()),
    })
}

/// `--lengths`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lengths(pub Vec<usize>);

/// Different lengths, with commas between them.
pub(super) fn lengths(text: &str) -> Result<Lengths, String> {
    let wanted = "must be different lengths from 1 to 10000 with commas between, such as 10,20,50";
    let lengths = text.split(',').map(whole::<1, 10_000>).collect::<Result<Vec<_>, _>>();
    let mut lengths = lengths.map_err(|_| wanted)?;
    lengths.sort_unstable();
    match lengths.windows(2).any(|pair| pair[0] == pair[1]) {
        true => Err(wanted.into()),
        false => Ok(Lengths(lengths)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_different_and_come_in_order() {
        assert_eq!(lengths("20, 10,50"), Ok(Lengths(vec![10, 20, 50])));
        for text in ["", ",", "10,", "0", "10,x", "5,5", "10001", "-3"] {
            assert!(lengths(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_factor_grows() {
        assert_eq!(factor("1.25"), Ok(1.25));
        for text in ["1", "0.5", "-2", "nan", "inf", "101"] {
            assert!(factor(text).is_err(), "{text}");
        }
    }
}
