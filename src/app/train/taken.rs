//! Which weights “Open in Explore” and “Save network” take.

use crate::train::Trainee;

/// The moment of training whose weights are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Updates that they have gone through.
    pub updates: u64,
    /// The moment that was chosen; none for the newest weights.
    pub chosen: Option<u64>,
}

impl Taken {
    /// The weights that are nearest to the moment chosen.
    pub fn of(trainee: &Trainee, chosen: Option<u64>) -> Self {
        Self { updates: trainee.nearest_weights(chosen), chosen }
    }

    /// Which they are: `weights after 10 updates, the moment chosen`.
    pub fn in_words(&self) -> String {
        let Self { updates, chosen } = self;
        let after = format!("weights after {}", count(*updates, "update"));
        match chosen {
            None => format!("newest {after}"),
            Some(chosen) if chosen == updates => format!("{after}, the moment chosen"),
            Some(chosen) => {
                format!("{after}, the nearest that are kept to the moment chosen (step {chosen})")
            }
        }
    }
}

/// A number with its noun: `1 update`, `30 updates`.
pub fn count(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", super::progress::thousands(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_said_which_weights_are_taken() {
        let said = |updates, chosen| Taken { updates, chosen }.in_words();
        assert_eq!(said(1, None), "newest weights after 1 update");
        assert_eq!(said(10, Some(10)), "weights after 10 updates, the moment chosen");
        assert!(
            said(8, Some(10)).ends_with("nearest that are kept to the moment chosen (step 10)")
        );
    }
}
