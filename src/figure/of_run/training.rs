//! The trainings of a comparison with their records.

use crate::figure::model::Color;
use crate::train::{Comparison, Contender, Entry, RunLog, Stop};

/// One training with its record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Training<'a> {
    pub comparison: &'a Comparison,
    pub entry: Entry,
    pub who: &'a Contender,
    pub log: &'a RunLog,
}

/// Of what the mean of a training's last so many losses is, told for several trainings at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Span {
    /// Of so many: every training has them.
    #[default]
    Last,
    /// Of all losses: no training has more.
    All,
    /// Of so many, or of all where there are fewer.
    LastOrAll,
}

impl Span {
    /// What means of the last `count` losses are of; trainings that have not begun have none.
    pub fn of(trainings: &[Training<'_>], count: usize) -> Self {
        let done = || trainings.iter().map(|one| one.log.losses.len()).filter(|&done| done > 0);
        match (done().min(), done().max()) {
            (Some(fewest), _) if fewest >= count => Self::Last,
            (_, Some(most)) if most <= count => Self::All,
            (Some(_), Some(_)) => Self::LastOrAll,
            (None, _) | (_, None) => Self::Last,
        }
    }
}

/// All trainings, as far as there are records of them.
pub(super) fn trainings<'a>(comparison: &'a Comparison, logs: &[&'a RunLog]) -> Vec<Training<'a>> {
    let training = |(entry, log): (Entry, &&'a RunLog)| {
        let who = comparison.contenders.get(entry.contender)?;
        Some(Training { comparison, entry, who, log })
    };
    comparison.entries().into_iter().zip(logs).filter_map(training).collect()
}

/// Those of each contender, in the order of the comparison; contenders without any are left out.
pub(super) fn by_contender<'a, 'b>(
    trainings: &'b [Training<'a>],
) -> impl Iterator<Item = &'b [Training<'a>]> {
    trainings.chunk_by(|a, b| a.entry.contender == b.entry.contender)
}

impl Training<'_> {
    /// What tells it from all others.
    pub fn label(&self) -> String {
        self.comparison.label(&self.entry)
    }

    /// What tells it from others of its contender: `T = 20, trial 3`; nothing if there is but one.
    pub fn detail(&self) -> String {
        let label = self.label();
        let rest = label.strip_prefix(self.who.name.as_str()).unwrap_or(&label);
        rest.trim_start_matches(", ").to_owned()
    }

    /// The colour of its contender.
    pub fn color(&self) -> Color {
        Color::Category(self.who.color)
    }

    /// Whether it has begun.
    pub fn has_begun(&self) -> bool {
        !self.log.losses.is_empty()
    }

    /// Updates until it was solved, if it was: mastered, enough right in a row, or at its target.
    pub fn solved(&self) -> Option<u64> {
        match self.log.stop? {
            Stop::Mastered(step) | Stop::Streak(step) | Stop::Target(step) => Some(step),
            Stop::Budget | Stop::User(_) | Stop::Diverged(_) | Stop::Plateau(_) => None,
        }
    }

    /// Whether there is a rule by which it can be solved at all.
    pub fn has_goal(&self) -> bool {
        let rule = self.comparison.stop;
        rule.mastery.is_some() || rule.streak.is_some() || rule.target_loss.is_some()
    }

    /// The accuracy on the task's fixed set at the last evaluation.
    pub fn accuracy(&self) -> Option<f64> {
        self.log.evaluations.last()?.sets.first()?.right
    }

    /// Whether it went to infinity or NaN.
    pub fn diverged(&self) -> bool {
        matches!(self.log.stop, Some(Stop::Diverged(_)))
    }

    /// Training sequences seen after so many updates.
    pub fn sequences(&self, steps: u64) -> u64 {
        steps * self.comparison.batch as u64
    }
}

/// The middle of numbers, or the mean of the two in the middle; NaN counts as the largest.
pub(crate) fn median(mut values: Vec<f64>) -> Option<f64> {
    // The sign of a NaN is an accident.
    values.iter_mut().filter(|value| value.is_nan()).for_each(|value| *value = f64::NAN.abs());
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = *values.get(middle)?;
    match values.len() % 2 {
        1 => Some(upper),
        _ => Some(values[middle - 1] / 2.0 + upper / 2.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle_and_nan_is_the_largest() {
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![3.0, -1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(median(vec![-f64::NAN, 1.0, 2.0]), Some(2.0));
    }
}
