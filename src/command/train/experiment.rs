//! Flags that make an experiment of a training: trials, lengths, a curriculum, and when it is done.

use clap::Args;

use super::super::choices::whole;
use super::super::failure::Failure;
use super::super::task::{Flag, refuse_strangers, set};
use super::words::{Lengths, factor, lengths, positive};
use crate::network::NetworkSpec;
use crate::task::{LongLag, TaskChoice};
use crate::train::{Comparison, Feed, Growth, Mastery, presets};

/// Flags of `rnnscope train` that make an experiment. Absent ones keep what the preset says.
#[derive(Clone, Debug, Args)]
pub(super) struct ExperimentArguments {
    /// Trainings of each contender, from different seeds, 1 to 100 [default: 1]
    #[arg(long, value_name = "N", allow_hyphen_values = true, help_heading = "Experiment")]
    #[arg(value_parser = whole::<1, 100>)]
    trials: Option<usize>,
    /// Train each contender at each of these lengths, such as 10,20,50,100
    #[arg(long, value_name = "T,T,...", allow_hyphen_values = true, value_parser = lengths)]
    #[arg(help_heading = "Experiment", conflicts_with = "length")]
    pub(super) lengths: Option<Lengths>,
    /// Let the length grow whenever it is mastered (first-zero)
    #[arg(long, help_heading = "Experiment", conflicts_with_all = ["length", "lengths"])]
    pub(super) curriculum: bool,
    /// First length of the curriculum
    #[arg(long, value_name = "T", allow_hyphen_values = true, help_heading = "Experiment")]
    #[arg(value_parser = whole::<1, 10_000>)]
    from: Option<usize>,
    /// Last length of the curriculum
    #[arg(long, value_name = "T", allow_hyphen_values = true, help_heading = "Experiment")]
    #[arg(value_parser = whole::<1, 10_000>)]
    to: Option<usize>,
    /// The next length is the mastered one times this
    #[arg(long, value_name = "FACTOR", value_parser = factor, allow_hyphen_values = true)]
    #[arg(help_heading = "Experiment", conflicts_with = "grow_by")]
    growth: Option<f64>,
    /// The next length is the mastered one and so many steps more
    #[arg(long, value_name = "STEPS", allow_hyphen_values = true, help_heading = "Experiment")]
    #[arg(value_parser = whole::<1, 10_000>)]
    grow_by: Option<usize>,
    /// Mastered: every sequence of the kind has a smaller loss than this (first-zero)
    #[arg(long, value_name = "LOSS", value_parser = positive, allow_hyphen_values = true)]
    #[arg(help_heading = "Experiment")]
    mastery: Option<f64>,
    /// Stop after so many right answers in a row (first-zero, mnist1d, long-lag)
    #[arg(long, value_name = "N", allow_hyphen_values = true, help_heading = "Experiment")]
    #[arg(value_parser = whole::<1, 100_000_000>)]
    streak: Option<usize>,
    /// Fresh sequences asked after training, 0 none (long-lag)
    #[arg(long, value_name = "N", allow_hyphen_values = true, help_heading = "Experiment")]
    #[arg(value_parser = whole::<0, { LongLag::MAX_TEST }>)]
    test: Option<usize>,
    /// Evaluate on the task's test set every so many batches, 0 never (first-zero, mnist1d)
    #[arg(long, value_name = "K", allow_hyphen_values = true, help_heading = "Experiment")]
    #[arg(value_parser = whole::<0, 10_000_000>)]
    evaluate_every: Option<usize>,
    /// Passes through the training set (mnist1d, echo)
    #[arg(long, value_name = "N", allow_hyphen_values = true, help_heading = "Experiment")]
    #[arg(value_parser = whole::<1, 1_000_000>, conflicts_with = "steps")]
    epochs: Option<usize>,
    /// Times that every contender reads each step, 1 to 16 (echo)
    #[arg(long, value_name = "N", allow_hyphen_values = true, help_heading = "Experiment")]
    #[arg(value_parser = whole::<1, { NetworkSpec::MAX_TICKS }>)]
    ticks: Option<usize>,
}

/// How often mastery is looked for where nothing else is said.
const EVALUATE_EVERY: u64 = 50;

/// What mastery means where nothing else is said.
const MASTERY: Mastery = Mastery { below: 0.1, checks: 2 };

/// The preset that says what a curriculum is where nothing else does.
const CURRICULUM: &str = "curriculum";

impl ExperimentArguments {
    fn flags(&self) -> [Flag; 12] {
        const WITH_LENGTH: &[&str] = &["running-mean", "first-zero", "long-lag", "echo"];
        const CLASSES: &[&str] = &["first-zero", "mnist1d", "long-lag"];
        const MASTERED: &[&str] = &["first-zero"];
        [
            Flag::new("--lengths", self.lengths.is_some(), WITH_LENGTH),
            Flag::new("--curriculum", self.curriculum, MASTERED),
            Flag::new("--from", self.from.is_some(), MASTERED),
            Flag::new("--to", self.to.is_some(), MASTERED),
            Flag::new("--growth", self.growth.is_some(), MASTERED),
            Flag::new("--grow-by", self.grow_by.is_some(), MASTERED),
            Flag::new("--mastery", self.mastery.is_some(), MASTERED),
            Flag::new("--streak", self.streak.is_some(), CLASSES),
            Flag::new("--test", self.test.is_some(), &["long-lag"]),
            Flag::new(
                "--evaluate-every",
                self.evaluate_every.is_some(),
                &["first-zero", "mnist1d"],
            ),
            Flag::new("--epochs", self.epochs.is_some(), &["mnist1d", "echo"]),
            Flag::new("--ticks", self.ticks.is_some(), &["echo"]),
        ]
    }

    /// The preset that these flags start from where none is named.
    pub(super) fn preset(&self) -> Option<&'static str> {
        if self.curriculum { Some("curriculum") } else { self.lengths.as_ref().map(|_| "ladder") }
    }

    /// Refuses flags of other tasks.
    ///
    /// # Errors
    /// The flag and the tasks it goes with.
    pub(super) fn check(&self, task: &TaskChoice) -> Result<(), Failure> {
        refuse_strangers(task, &self.flags())
    }

    /// Makes the experiment. Batch size and task are settled before.
    ///
    /// # Errors
    /// Flags that contradict each other or the comparison; data that cannot be read.
    pub(super) fn apply(&self, comparison: &mut Comparison) -> Result<(), Failure> {
        self.check(&comparison.task)?;
        set(&mut comparison.trials, self.trials);
        set(&mut comparison.lengths, self.lengths.clone().map(|Lengths(lengths)| lengths));
        let streak = self.streak.map(|answers| answers as u64);
        comparison.stop.streak = streak.or(comparison.stop.streak);
        set(&mut comparison.evaluate_every, self.evaluate_every.map(|steps| steps as u64));
        self.grow(comparison)?;
        self.master(comparison)?;
        if let TaskChoice::LongLag(task) = &mut comparison.task {
            set(&mut task.test, self.test);
        }
        if let Some(ticks) = self.ticks {
            comparison.contenders.iter_mut().for_each(|one| one.design.ticks = ticks);
        }
        if let Some(epochs) = self.epochs {
            // A task without a training set has one batch, which is its epoch.
            let batches = comparison.task.open()?.epoch(comparison.batch).unwrap_or(1);
            comparison.steps = batches.saturating_mul(epochs as u64);
        }
        if matches!(comparison.feed, Feed::Notebook { .. }) && !comparison.is_single() {
            return Err(Failure::input(
                "several trials or lengths need --feed fair: the notebook's random stream is that \
                 of single trainings",
            ));
        }
        Ok(())
    }

    fn grow(&self, comparison: &mut Comparison) -> Result<(), Failure> {
        if self.curriculum && comparison.curriculum.is_none() {
            let known = presets(comparison.task.name());
            let usual = known.iter().find(|preset| preset.name == CURRICULUM);
            let usual = usual.and_then(|preset| preset.rounds.first());
            comparison.curriculum = usual.and_then(|comparison| comparison.curriculum);
        }
        let Some(curriculum) = &mut comparison.curriculum else {
            let flags = [
                (self.from.is_some(), "--from"),
                (self.to.is_some(), "--to"),
                (self.growth.is_some(), "--growth"),
                (self.grow_by.is_some(), "--grow-by"),
            ];
            return match flags.iter().find(|(given, _)| *given) {
                Some((_, flag)) => Err(Failure::input(format!("{flag} goes with --curriculum"))),
                None => Ok(()),
            };
        };
        if !comparison.lengths.is_empty() {
            let flag = if self.curriculum { "--curriculum" } else { "--lengths" };
            return Err(Failure::input(format!(
                "{flag}: a comparison has either lengths or a curriculum, not both"
            )));
        }
        set(&mut curriculum.from, self.from);
        set(&mut curriculum.to, self.to);
        set(&mut curriculum.growth, self.growth.map(Growth::Factor));
        set(&mut curriculum.growth, self.grow_by.map(Growth::Step));
        Ok(())
    }

    /// Says what mastery is where it was asked for or a curriculum needs it.
    fn master(&self, comparison: &mut Comparison) -> Result<(), Failure> {
        let mastery = &mut comparison.stop.mastery;
        if let Some(below) = self.mastery {
            *mastery = Some(Mastery { below, ..mastery.unwrap_or(MASTERY) });
        } else if comparison.curriculum.is_some() && mastery.is_none() {
            *mastery = Some(MASTERY);
        }
        if mastery.is_some() && comparison.evaluate_every == 0 {
            if self.evaluate_every.is_some() {
                return Err(Failure::input(
                    "--evaluate-every 0 leaves mastery unseen: give it a number of batches",
                ));
            }
            comparison.evaluate_every = EVALUATE_EVERY;
        }
        Ok(())
    }
}
