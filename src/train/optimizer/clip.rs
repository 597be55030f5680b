//! What happens to large gradients before the update.

use serde::{Deserialize, Serialize};

/// Gradient clipping, as in `torch.nn.utils`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Clip {
    /// Gradients are taken as they are.
    #[default]
    None,
    /// All gradients together are scaled down to this norm (`clip_grad_norm_`; Pascanu et al. 2013).
    Norm(f64),
    /// Every number is cut to this size (`clip_grad_value_`).
    Value(f64),
}

impl Clip {
    /// Factor on gradients of this total norm.
    pub(super) fn factor(self, norm: f64) -> f64 {
        match self {
            // The small number is PyTorch's, against division by zero.
            Self::Norm(limit) => (limit / (norm + 1e-6)).min(1.0),
            Self::None | Self::Value(_) => 1.0,
        }
    }

    /// The size to which single numbers are cut.
    pub(super) fn limit(self) -> f64 {
        match self {
            Self::Value(limit) => limit,
            Self::None | Self::Norm(_) => f64::INFINITY,
        }
    }
}
