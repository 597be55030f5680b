//! Losses that several tasks share.

use std::fmt;

use candle_core::Tensor;
use candle_nn::loss::mse;
use serde::{Deserialize, Serialize};

use crate::error::Result;

/// Which steps a loss looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Loss {
    /// The last step only.
    #[default]
    Last,
    /// The mean over all steps.
    All,
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Last => "last step",
            Self::All => "all steps",
        })
    }
}

/// Mean squared error over the steps that count, of `[T, B, O]` against the same shape.
///
/// # Errors
/// What candle says of the tensors.
pub fn loss_of(prediction: &Tensor, target: &Tensor, loss: Loss) -> Result<Tensor> {
    Ok(match loss {
        Loss::All => mse(prediction, target)?,
        Loss::Last => {
            let last = prediction.dim(0)? - 1;
            mse(&prediction.get(last)?, &target.get(last)?)?
        }
    })
}
