//! One training as JSON.

use serde::Serialize;
use serde::ser::Serializer;

use super::super::super::json::Number;
use super::super::finished::{Run, loss_word};
use super::{PRINTED, What};
use crate::flow::Precision;
use crate::task::{NO_ANSWER, TaskChoice};
use crate::train::{Comparison, Evaluation, RunLog, Score, Test};

/// Everything measured in a training; what a task does not have is left out.
#[derive(Serialize)]
pub(super) struct Training<'a> {
    /// Which comparison, from 1.
    round: usize,
    loss: &'static str,
    name: &'a str,
    contender: String,
    parameters: usize,
    /// From 1.
    trial: usize,
    /// At its beginning.
    length: usize,
    seed: u64,
    steps: u64,
    final_loss: Option<Loss>,
    mean_last_10: Option<Number>,
    mean_last_100: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    printed_at_4900: Option<Number>,
    /// Everything that differs from run to run.
    #[serde(skip_serializing_if = "Option::is_none")]
    timing: Option<Timing>,
    stopped: String,
    /// The longest length mastered, where lengths grow or mastery ends a training.
    #[serde(skip_serializing_if = "Option::is_none")]
    mastered_length: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    test: Option<Asked>,
    /// From which step on which length was trained.
    lengths: Vec<Since>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    evaluations: Vec<Look<'a>>,
    #[serde(skip_serializing_if = "Answers::is_empty")]
    answers: Answers<'a>,
    losses: Losses<'a>,
    /// The part of each batch that was answered rightly.
    #[serde(skip_serializing_if = "Thinned::is_empty")]
    accuracy: Thinned<'a>,
}

/// How long it took.
#[derive(Serialize)]
struct Timing {
    seconds: f64,
    steps_per_second: f64,
}

/// The test on fresh sequences.
#[derive(Serialize)]
struct Asked {
    sequences: usize,
    wrong: usize,
}

#[derive(Serialize)]
struct Since {
    step: u64,
    length: usize,
}

/// One look at the task's own sets.
#[derive(Serialize)]
struct Look<'a> {
    step: u64,
    sets: Vec<Marks>,
    #[serde(skip_serializing_if = "Thinned::is_empty")]
    watched: Thinned<'a>,
}

#[derive(Serialize)]
struct Marks {
    loss: Number,
    #[serde(skip_serializing_if = "Option::is_none")]
    accuracy: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    balanced_accuracy: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    worst: Option<Number>,
}

/// The class of each test sequence; null where the outputs are NaN.
struct Answers<'a>(&'a [u32]);

impl Answers<'_> {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Answers<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|&class| (class != NO_ANSWER).then_some(class)))
    }
}

impl<'a> Training<'a> {
    pub(super) fn of(round: usize, comparison: &'a Comparison, run: &'a Run, what: What) -> Self {
        let What { every, timing, interrupted: _ } = what;
        let log = &run.log;
        let contender = &comparison.contenders[run.entry.contender];
        let length = log.lengths.first().map_or_else(|| comparison.task.length(), |first| first.1);
        let balanced = comparison.task.ranks_by_accuracy();
        let looks = log.evaluations.iter().map(|look| Look::of(look, balanced));
        Self {
            round,
            loss: loss_word(comparison),
            name: &contender.name,
            contender: contender.settings(),
            parameters: run.network.spec.parameter_count(),
            trial: run.entry.trial + 1,
            length,
            seed: comparison.seed_of(run.entry.trial),
            steps: log.steps(),
            final_loss: log
                .final_loss()
                .map(|value| Loss { value, precision: comparison.precision }),
            mean_last_10: log.mean_of_last(10).map(Number),
            mean_last_100: log.mean_of_last(100).map(Number),
            printed_at_4900: printed(comparison, log),
            timing: timing
                .then(|| Timing { seconds: log.seconds, steps_per_second: log.steps_per_second() }),
            stopped: run.ending(),
            mastered_length: log.mastered_length(),
            test: log.test.map(|Test { sequences, wrong }| Asked { sequences, wrong }),
            lengths: log.lengths.iter().map(|&(step, length)| Since { step, length }).collect(),
            evaluations: looks.collect(),
            answers: Answers(&log.answers),
            losses: Losses { values: &log.losses, precision: comparison.precision, every },
            accuracy: Thinned { values: &log.right, every },
        }
    }
}

/// What the notebook on the running mean prints last.
fn printed(comparison: &Comparison, log: &RunLog) -> Option<Number> {
    let prints = matches!(comparison.task, TaskChoice::RunningMean(_));
    prints.then(|| log.printed_at(PRINTED).map(Number))?
}

impl<'a> Look<'a> {
    fn of(evaluation: &'a Evaluation, balanced: bool) -> Self {
        let Evaluation { step, sets, watched } = evaluation;
        let marks = |&Score { loss, right, worst }: &Score| Marks {
            loss: Number(loss),
            accuracy: right.filter(|_| !balanced).map(Number),
            balanced_accuracy: right.filter(|_| balanced).map(Number),
            worst: worst.map(Number),
        };
        let watched = Thinned { values: watched, every: 1 };
        Self { step: *step, sets: sets.iter().map(marks).collect(), watched }
    }
}

/// Every so many numbers, from the first; finite ones in the few digits that f32 has.
struct Thinned<'a> {
    values: &'a [f32],
    every: usize,
}

impl Thinned<'_> {
    fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

impl Serialize for Thinned<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let kept = self.values.iter().step_by(self.every.max(1));
        serializer.collect_seq(kept.map(|&value| Single(value)))
    }
}

/// Every so many losses, from the first, in the digits of the training's number format.
struct Losses<'a> {
    values: &'a [f64],
    precision: Precision,
    every: usize,
}

impl Serialize for Losses<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let kept = self.values.iter().step_by(self.every.max(1));
        let precision = self.precision;
        serializer.collect_seq(kept.map(|&value| Loss { value, precision }))
    }
}

/// A loss in the digits of the training's number format.
struct Loss {
    value: f64,
    precision: Precision,
}

impl Serialize for Loss {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.precision {
            Precision::F32 => Single(self.value as f32).serialize(serializer),
            Precision::F64 => Number(self.value).serialize(serializer),
        }
    }
}

struct Single(f32);

impl Serialize for Single {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.is_finite() {
            true => serializer.serialize_f32(self.0),
            false => Number(f64::from(self.0)).serialize(serializer),
        }
    }
}
