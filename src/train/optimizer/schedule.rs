//! How the learning rate changes over training, as in `torch.optim.lr_scheduler`.

use std::f64::consts::PI;

use serde::{Deserialize, Serialize};

/// A schedule of the learning rate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Schedule {
    /// The same throughout.
    #[default]
    Constant,
    /// Half a cosine from the full rate to 0 over the budget (`CosineAnnealingLR`; Loshchilov &
    /// Hutter 2017).
    Cosine,
    /// Times `factor` after every `every` steps (`StepLR`).
    Step {
        /// Steps between two cuts.
        every: u64,
        /// What the rate is multiplied by.
        factor: f64,
    },
}

impl Schedule {
    /// Factor on the learning rate of the update after `step` updates, of `budget` in all.
    pub fn factor(&self, step: u64, budget: u64) -> f64 {
        match *self {
            Self::Constant => 1.0,
            Self::Cosine => {
                let done = step.min(budget) as f64 / budget.max(1) as f64;
                0.5 * (1.0 + (PI * done).cos())
            }
            Self::Step { every, factor } => factor.powf((step / every.max(1)) as f64),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_start_at_the_full_rate_and_fall() {
        assert_eq!(Schedule::Cosine.factor(0, 100), 1.0);
        assert!((Schedule::Cosine.factor(50, 100) - 0.5).abs() < 1e-15);
        assert!(Schedule::Cosine.factor(100, 100) < 1e-15);
        let step = Schedule::Step { every: 10, factor: 0.1 };
        assert_eq!(step.factor(9, 100), 1.0);
        assert!((step.factor(25, 100) - 0.01).abs() < 1e-15);
    }
}
