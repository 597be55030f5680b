//! Update rules, each exactly as `torch.optim` computes it, in the number format of the weights.

mod adam;
mod clip;
mod norm;
mod rmsprop;
mod schedule;
mod sgd;
mod state;

use serde::{Deserialize, Serialize};

pub use clip::Clip;
pub(super) use norm::{GradNorms, norm};
pub use schedule::Schedule;
pub(super) use state::Updater;

use crate::error::{Error, Result};

/// An update rule and its settings; names and defaults as in `torch.optim`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Optimizer {
    /// Adam (Kingma & Ba 2015); weight decay is added to the gradient (L2).
    Adam {
        /// Learning rate.
        lr: f64,
        /// Decay rates of the running moments.
        betas: (f64, f64),
        /// Added to the denominator.
        eps: f64,
        /// L2 factor.
        weight_decay: f64,
    },
    /// Adam with decoupled weight decay (Loshchilov & Hutter 2019).
    AdamW {
        /// Learning rate.
        lr: f64,
        /// Decay rates of the running moments.
        betas: (f64, f64),
        /// Added to the denominator.
        eps: f64,
        /// Decay factor.
        weight_decay: f64,
    },
    /// Stochastic gradient descent with momentum (Polyak 1964), without dampening.
    Sgd {
        /// Learning rate.
        lr: f64,
        /// Factor on the running update.
        momentum: f64,
        /// L2 factor.
        weight_decay: f64,
    },
    /// RMSprop (Tieleman & Hinton 2012).
    RmsProp {
        /// Learning rate.
        lr: f64,
        /// Decay rate of the running square.
        alpha: f64,
        /// Added to the denominator.
        eps: f64,
        /// L2 factor.
        weight_decay: f64,
    },
}

impl Optimizer {
    /// Adam with PyTorch's defaults.
    pub fn adam(lr: f64) -> Self {
        Self::Adam { lr, betas: (0.9, 0.999), eps: 1e-8, weight_decay: 0.0 }
    }

    /// AdamW with PyTorch's defaults.
    pub fn adamw(lr: f64) -> Self {
        Self::AdamW { lr, betas: (0.9, 0.999), eps: 1e-8, weight_decay: 1e-2 }
    }

    /// SGD with a momentum.
    pub fn sgd(lr: f64, momentum: f64) -> Self {
        Self::Sgd { lr, momentum, weight_decay: 0.0 }
    }

    /// RMSprop with PyTorch's defaults.
    pub fn rmsprop(lr: f64) -> Self {
        Self::RmsProp { lr, alpha: 0.99, eps: 1e-8, weight_decay: 0.0 }
    }

    /// The learning rate before any schedule.
    pub fn lr(&self) -> f64 {
        let (Self::Adam { lr, .. }
        | Self::AdamW { lr, .. }
        | Self::Sgd { lr, .. }
        | Self::RmsProp { lr, .. }) = self;
        *lr
    }

    /// The same rule with another learning rate.
    #[must_use]
    pub fn with_lr(mut self, new: f64) -> Self {
        let (Self::Adam { lr, .. }
        | Self::AdamW { lr, .. }
        | Self::Sgd { lr, .. }
        | Self::RmsProp { lr, .. }) = &mut self;
        *lr = new;
        self
    }

    /// Its name on the command line.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Adam { .. } => "adam",
            Self::AdamW { .. } => "adamw",
            Self::Sgd { .. } => "sgd",
            Self::RmsProp { .. } => "rmsprop",
        }
    }

    /// Refuses settings that are no numbers.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] naming the setting.
    pub fn validate(&self) -> Result<()> {
        let lr = self.lr();
        if lr.is_finite() && lr >= 0.0 {
            Ok(())
        } else {
            Err(Error::out_of_range("learning rate", "0 or more and finite", lr))
        }
    }
}
