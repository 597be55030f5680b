//! The flags that shape a task, for `train` and `explore` alike.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::choices::{DistractorsWord, MemoryWord, PlaceWord, whole};
use super::failure::Failure;
use crate::task::{Distractors, LongLag, Loss, Memory, Place, TaskChoice};

/// What can be learned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum TaskWord {
    /// Say the mean of everything read so far
    RunningMean,
    /// Tell ones with a single zero from ones without
    FirstZero,
    /// Classify curves of forty points
    #[value(name = "mnist1d")]
    Mnist1d,
    /// Recall the first symbol after many others
    LongLag,
    /// Repeat one batch of random vectors
    Echo,
}

impl TaskWord {
    /// The task with its usual settings.
    pub(super) fn choice(self) -> TaskChoice {
        let [running_mean, first_zero, mnist1d, long_lag, echo] = TaskChoice::all();
        match self {
            Self::RunningMean => running_mean,
            Self::FirstZero => first_zero,
            Self::Mnist1d => mnist1d,
            Self::LongLag => long_lag,
            Self::Echo => echo,
        }
    }
}

/// The flags of single tasks. Absent ones keep what the task says.
#[derive(Clone, Debug, Default, PartialEq, Args)]
pub(super) struct TaskArguments {
    /// Where the zero stands (first-zero)
    #[arg(long = "where", value_enum, value_name = "PLACE", ignore_case = true)]
    #[arg(help_heading = "Task")]
    place: Option<PlaceWord>,
    /// Sequences of your own instead of the generated ones, .npz or .csv (mnist1d)
    #[arg(long, value_name = "FILE", help_heading = "Task")]
    pub(super) data: Option<PathBuf>,
    /// Steps between a symbol and its return, 2 to 2000 (long-lag)
    #[arg(long, value_name = "P", allow_hyphen_values = true, help_heading = "Task")]
    #[arg(value_parser = whole::<2, { LongLag::MAX_SYMBOLS }>)]
    lag: Option<usize>,
    /// How the symbols between are drawn (long-lag)
    #[arg(long, value_enum, value_name = "NAME", ignore_case = true, help_heading = "Task")]
    distractors: Option<DistractorsWord>,
    /// Numbers of a step, 1 to 256 (echo)
    #[arg(long, value_name = "D", allow_hyphen_values = true, help_heading = "Task")]
    #[arg(value_parser = whole::<1, 256>)]
    features: Option<usize>,
    /// Where the states of an epoch start (echo)
    #[arg(long, value_enum, value_name = "NAME", ignore_case = true, help_heading = "Task")]
    memory: Option<MemoryWord>,
}

impl TaskArguments {
    /// The first of these flags that was given.
    pub(super) fn given(&self) -> Option<&'static str> {
        self.flags().into_iter().find(|flag| flag.given).map(|flag| flag.name)
    }

    fn flags(&self) -> [Flag; 6] {
        [
            Flag::new("--where", self.place.is_some(), &["first-zero"]),
            Flag::new("--data", self.data.is_some(), &["mnist1d"]),
            Flag::new("--lag", self.lag.is_some(), &["long-lag"]),
            Flag::new("--distractors", self.distractors.is_some(), &["long-lag"]),
            Flag::new("--features", self.features.is_some(), &["echo"]),
            Flag::new("--memory", self.memory.is_some(), &["echo"]),
        ]
    }

    /// Shapes a task.
    ///
    /// # Errors
    /// A flag of another task.
    pub(super) fn apply(&self, task: &mut TaskChoice) -> Result<(), Failure> {
        refuse_strangers(task, &self.flags())?;
        match task {
            TaskChoice::RunningMean(_) => {}
            TaskChoice::FirstZero(task) => set(&mut task.place, self.place.map(Place::from)),
            TaskChoice::Mnist1d(task) => set(&mut task.file, self.data.clone().map(Some)),
            TaskChoice::LongLag(task) => {
                set(&mut task.symbols, self.lag);
                set(&mut task.distractors, self.distractors.map(Distractors::from));
            }
            TaskChoice::Echo(task) => {
                set(&mut task.features, self.features);
                set(&mut task.memory, self.memory.map(Memory::from));
            }
        }
        Ok(())
    }
}

/// Sets the length and the loss of a task that lets them be chosen.
///
/// # Errors
/// `--length` or `--loss` with another task.
pub(super) fn set_length_and_loss(
    task: &mut TaskChoice,
    length: Option<usize>,
    loss: Option<Loss>,
) -> Result<(), Failure> {
    let flags = [
        Flag::new("--length", length.is_some(), &["running-mean", "first-zero", "echo"]),
        Flag::new("--loss", loss.is_some(), &["running-mean", "long-lag"]),
    ];
    refuse_strangers(task, &flags)?;
    match task {
        TaskChoice::RunningMean(task) => {
            set(&mut task.length, length);
            set(&mut task.loss, loss);
        }
        TaskChoice::FirstZero(task) => set(&mut task.length, length),
        TaskChoice::LongLag(task) => set(&mut task.loss, loss),
        TaskChoice::Echo(task) => set(&mut task.length, length),
        TaskChoice::Mnist1d(_) => {}
    }
    Ok(())
}

/// A flag that goes with some tasks only.
pub(super) struct Flag {
    name: &'static str,
    given: bool,
    /// Names of the tasks.
    tasks: &'static [&'static str],
}

impl Flag {
    pub(super) fn new(name: &'static str, given: bool, tasks: &'static [&'static str]) -> Self {
        Self { name, given, tasks }
    }
}

/// Refuses a flag that was given and does not go with the task.
///
/// # Errors
/// The flag, the tasks it goes with, and the task at hand.
pub(super) fn refuse_strangers(task: &TaskChoice, flags: &[Flag]) -> Result<(), Failure> {
    let task = task.name();
    let stranger = flags.iter().find(|flag| flag.given && !flag.tasks.contains(&task));
    let Some(Flag { name, tasks, .. }) = stranger else { return Ok(()) };
    let tasks = match tasks {
        [others @ .., last] if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        _ => tasks.concat(),
    };
    let hint = match (*name, task) {
        ("--length", "long-lag") => ", whose length is --lag",
        ("--length", "mnist1d") => ", whose sequences have 40 points",
        _ => "",
    };
    Err(Failure::input(format!("{name} goes with {tasks}, not with {task}{hint}")))
}

/// Sets what was given.
pub(super) fn set<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_tasks_have_the_same_names() {
        for word in TaskWord::value_variants() {
            let name = word.to_possible_value().map(|value| value.get_name().to_owned());
            assert_eq!(name.as_deref(), Some(word.choice().name()));
        }
        assert_eq!(TaskWord::value_variants().len(), TaskChoice::all().len());
    }

    #[test]
    fn flags_of_other_tasks_are_refused_by_name() {
        let arguments = TaskArguments { lag: Some(3), ..TaskArguments::default() };
        let mut task = TaskWord::Echo.choice();
        let failure = arguments.apply(&mut task).expect_err("echo has no lag").to_string();
        assert_eq!(failure, "error: --lag goes with long-lag, not with echo");
        let mut task = TaskWord::LongLag.choice();
        arguments.apply(&mut task).expect("long-lag has one");
        assert_eq!(task.length(), 3);
        let flag = Flag::new("--length", true, &["running-mean", "first-zero", "echo"]);
        let failure = refuse_strangers(&task, &[flag]).expect_err("its length is --lag");
        let line = "--length goes with running-mean, first-zero and echo, not with long-lag, whose";
        assert!(failure.to_string().contains(line), "{failure}");
    }
}
