//! Why a training ended.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a training ended.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stop {
    /// All batches of the budget were used.
    Budget,
    /// The mean loss reached the target at this step.
    Target(u64),
    /// The user asked to stop at this step.
    User(u64),
    /// Loss, gradient or what an update makes of them became NaN or infinite at this step; the
    /// weights before it are kept.
    Diverged(u64),
    /// The mean loss had not improved for the patience set, at this step.
    Plateau(u64),
    /// The task was mastered at this step.
    Mastered(u64),
    /// As many training sequences in a row as asked for were right, at this step.
    Streak(u64),
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Budget => f.write_str("budget used"),
            Self::Target(step) => write!(f, "target reached at step {step}"),
            Self::User(step) => write!(f, "stopped by the user at step {step}"),
            Self::Diverged(step) => {
                write!(f, "diverged at step {step}: loss, gradient or update not finite")
            }
            Self::Plateau(step) => write!(f, "no improvement up to step {step}"),
            Self::Mastered(step) => write!(f, "mastered at step {step}"),
            Self::Streak(step) => write!(f, "solved at step {step}"),
        }
    }
}
