//! Words and numbers that only the flags of `rnnscope train` accept.

use clap::ValueEnum;

use super::super::choices::finite;
use crate::error::Error;
use crate::train::Contender;

/// `--preset`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum PresetWord {
    /// The course notebook's: RNN and LSTM, one and two layers, all steps and then the last
    Notebook,
}

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
