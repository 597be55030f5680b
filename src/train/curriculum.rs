//! Curriculum: sequences grow longer as soon as the present length is mastered (Elman 1993, "starting
//! small"; Bengio et al. 2009).

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// How the length of sequences grows.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Curriculum {
    /// The first length.
    pub from: usize,
    /// The length at which training ends, once mastered.
    pub to: usize,
    /// What follows a mastered length.
    pub growth: Growth,
}

/// What follows a mastered length.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Growth {
    /// So many steps more.
    Step(usize),
    /// So many times the length, rounded down, at least one step more.
    Factor(f64),
}

/// When a task counts as mastered.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mastery {
    /// Every sequence of the task's set has a loss below this.
    pub below: f64,
    /// At so many evaluations in a row.
    pub checks: u32,
}

impl Curriculum {
    /// The length after a mastered one; `None` after the last.
    pub fn next(&self, length: usize) -> Option<usize> {
        let longer = match self.growth {
            Growth::Step(steps) => length + steps,
            Growth::Factor(factor) => ((length as f64 * factor) as usize).max(length + 1),
        };
        (length < self.to).then_some(longer.min(self.to))
    }

    /// Refuses a curriculum that does not grow.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] naming the setting.
    pub(super) fn validate(&self) -> Result<()> {
        if self.from > self.to {
            let allowed = format!("at least {}, where it starts", self.from);
            return Err(Error::out_of_range("last length of the curriculum", allowed, self.to));
        }
        match self.growth {
            Growth::Step(0) => {
                Err(Error::out_of_range("growth of the curriculum", "1 step or more", 0))
            }
            // Written so that NaN is refused too.
            Growth::Factor(factor) if !(factor > 1.0 && factor <= 100.0) => {
                let allowed = "a factor above 1, to 100";
                Err(Error::out_of_range("growth of the curriculum", allowed, factor))
            }
            Growth::Step(_) | Growth::Factor(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_grow_by_a_factor_or_a_step_up_to_the_last() {
        let lengths = |growth| {
            let curriculum = Curriculum { from: 4, to: 20, growth };
            std::iter::successors(Some(4), |length| curriculum.next(*length)).collect::<Vec<_>>()
        };
        assert_eq!(lengths(Growth::Factor(1.25)), [4, 5, 6, 7, 8, 10, 12, 15, 18, 20]);
        assert_eq!(lengths(Growth::Step(5)), [4, 9, 14, 19, 20]);
    }

    #[test]
    fn what_does_not_grow_is_refused() {
        let curriculum = |to, growth| Curriculum { from: 4, to, growth }.validate();
        assert!(curriculum(3, Growth::Step(1)).is_err());
        assert!(curriculum(9, Growth::Step(0)).is_err());
        assert!(curriculum(9, Growth::Factor(1.0)).is_err());
        assert!(curriculum(9, Growth::Factor(f64::NAN)).is_err());
        assert!(curriculum(4, Growth::Factor(1.5)).is_ok());
    }
}
