//! The flags of `rnnscope train`.

use std::num::NonZero;
use std::path::PathBuf;
use std::thread::available_parallelism;

use clap::Args;

use super::super::choices::{LossWord, PrecisionWord, ThemeWord, seed, whole, width};
use super::super::task::{TaskArguments, TaskWord};
use super::experiment::ExperimentArguments;
use super::words::{FeedWord, OptimizerWord, ScheduleWord, contender, not_negative, positive};
use crate::train::Contender;

/// The flags of `rnnscope train`. Absent ones keep what the preset, the file or the default says.
#[derive(Clone, Debug, Args)]
pub(in super::super) struct TrainArguments {
    /// What is learned
    #[arg(value_enum, value_name = "TASK", ignore_case = true)]
    #[arg(required_unless_present_any = ["comparison", "list", "resume"])]
    pub(super) task: Option<TaskWord>,
    /// List all tasks and their presets, and do nothing else
    #[arg(long, exclusive = true)]
    pub(super) list: bool,
    /// Start from a known comparison; --list tells which [default: the first of the task]
    #[arg(long, value_name = "NAME", help_heading = "Comparison", conflicts_with = "comparison")]
    pub(super) preset: Option<String>,
    /// Start from a comparison saved in a file
    #[arg(long, value_name = "FILE", help_heading = "Comparison", conflicts_with = "contender")]
    pub(super) comparison: Option<PathBuf>,
    /// Go on with a training kept in a file; only --threads, --steps and outputs can be given with it
    #[arg(long, value_name = "FILE", help_heading = "Comparison")]
    #[arg(conflicts_with_all = SETTLED)]
    pub(super) resume: Option<PathBuf>,
    /// A network to train, such as "lstm,layers=2,hidden=32"; repeat for more
    #[arg(long, value_name = "TEXT", value_parser = contender, help_heading = "Comparison")]
    pub(super) contender: Vec<Contender>,

    /// Steps of a sequence that count (running-mean, long-lag)
    #[arg(long, value_enum, value_name = "STEPS", ignore_case = true, help_heading = "Task")]
    pub(super) loss: Option<LossWord>,
    /// Steps of a sequence, 1 to 10000 (running-mean, first-zero, echo)
    #[arg(long, value_name = "T", allow_hyphen_values = true, help_heading = "Task")]
    #[arg(value_parser = whole::<1, 10_000>)]
    pub(super) length: Option<usize>,
    #[command(flatten)]
    pub(super) shape: TaskArguments,
    /// Sequences of a batch, 1 to 4096
    #[arg(long, value_name = "B", allow_hyphen_values = true, help_heading = "Task")]
    #[arg(value_parser = whole::<1, 4096>)]
    pub(super) batch: Option<usize>,
    /// How data is dealt out
    #[arg(long, value_enum, value_name = "NAME", ignore_case = true, help_heading = "Task")]
    pub(super) feed: Option<FeedWord>,
    /// Seed of weights and data, as in torch.manual_seed [default: 0]
    #[arg(long, value_name = "N", value_parser = seed, allow_hyphen_values = true)]
    #[arg(help_heading = "Task")]
    pub(super) seed: Option<u64>,

    #[command(flatten)]
    pub(super) experiment: ExperimentArguments,

    /// Batches to train on, 1 to 10000000
    #[arg(long, value_name = "N", allow_hyphen_values = true, help_heading = "Training")]
    #[arg(value_parser = whole::<1, 10_000_000>)]
    pub(super) steps: Option<usize>,
    /// Update rule, as torch.optim computes it
    #[arg(long, value_enum, value_name = "NAME", ignore_case = true, help_heading = "Training")]
    pub(super) optimizer: Option<OptimizerWord>,
    /// Learning rate
    #[arg(long, value_name = "X", value_parser = not_negative, allow_hyphen_values = true)]
    #[arg(help_heading = "Training")]
    pub(super) lr: Option<f64>,
    /// Momentum of sgd
    #[arg(long, value_name = "X", value_parser = not_negative, allow_hyphen_values = true)]
    #[arg(help_heading = "Training")]
    pub(super) momentum: Option<f64>,
    /// Weight decay
    #[arg(long, value_name = "X", value_parser = not_negative, allow_hyphen_values = true)]
    #[arg(help_heading = "Training")]
    pub(super) weight_decay: Option<f64>,
    /// Scale gradients down to this norm of all together
    #[arg(long, value_name = "X", value_parser = positive, allow_hyphen_values = true)]
    #[arg(help_heading = "Training", conflicts_with = "clip_value")]
    pub(super) clip_norm: Option<f64>,
    /// Cut every number of a gradient to this size
    #[arg(long, value_name = "X", value_parser = positive, allow_hyphen_values = true)]
    #[arg(help_heading = "Training")]
    pub(super) clip_value: Option<f64>,
    /// How the learning rate changes [default: constant]
    #[arg(long, value_enum, value_name = "NAME", ignore_case = true, help_heading = "Training")]
    pub(super) schedule: Option<ScheduleWord>,
    /// Steps between two cuts of `--schedule step` [default: a third of --steps]
    #[arg(long, value_name = "N", allow_hyphen_values = true, help_heading = "Training")]
    #[arg(value_parser = whole::<1, 10_000_000>)]
    pub(super) schedule_every: Option<usize>,
    /// What `--schedule step` multiplies the rate by [default: 0.1]
    #[arg(long, value_name = "X", value_parser = positive, allow_hyphen_values = true)]
    #[arg(help_heading = "Training")]
    pub(super) schedule_factor: Option<f64>,
    /// Number format of the training [default: f32]
    #[arg(long, value_enum, value_name = "FORMAT", ignore_case = true, help_heading = "Training")]
    pub(super) precision: Option<PrecisionWord>,
    /// Stop once the mean of the last 100 losses is at most this
    #[arg(long, value_name = "X", value_parser = positive, allow_hyphen_values = true)]
    #[arg(help_heading = "Training")]
    pub(super) target_loss: Option<f64>,
    /// Stop after so many steps without a better mean of the last 100 losses
    #[arg(long, value_name = "N", allow_hyphen_values = true, help_heading = "Training")]
    #[arg(value_parser = whole::<1, 10_000_000>)]
    pub(super) patience: Option<usize>,
    /// Measure the gradient flow every so many batches, 0 never
    #[arg(long, value_name = "K", allow_hyphen_values = true, help_heading = "Training")]
    #[arg(value_parser = whole::<0, 10_000_000>)]
    pub(super) probe_every: Option<usize>,
    /// Trainings at a time, 1 to 256 [default: one a core]; changes no result
    #[arg(long, value_name = "N", allow_hyphen_values = true, help_heading = "Training")]
    #[arg(value_parser = whole::<1, 256>)]
    threads: Option<usize>,
    /// Bring each training to its end before the next begins, where there are more of them than
    /// --threads [default: they take turns]; changes no result
    #[arg(long, help_heading = "Training")]
    pub(super) one_by_one: bool,

    /// Write everything measured as JSON; `-` is standard output
    #[arg(long, value_name = "FILE|-", help_heading = "Output")]
    pub(super) json: Option<PathBuf>,
    /// Write the losses as CSV: a row a training and batch
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(super) csv: Option<PathBuf>,
    /// Keep every N-th loss in JSON, CSV and TensorBoard [default: 1]
    #[arg(long, value_name = "N", allow_hyphen_values = true, help_heading = "Output")]
    #[arg(value_parser = whole::<1, 10_000_000>)]
    every: Option<usize>,
    /// Leave out all times: then the same training gives the same bytes, in JSON, report and
    /// TensorBoard as well
    #[arg(long, help_heading = "Output")]
    pub(super) no_timing: bool,
    /// Write the figures as PNG
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(super) png: Option<PathBuf>,
    /// Write the figures as SVG
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(super) svg: Option<PathBuf>,
    /// Width of the PNG and SVG in pixels, 400 to 8000 [default: 1600]
    #[arg(long, value_name = "PX", allow_hyphen_values = true, help_heading = "Output")]
    #[arg(value_parser = width)]
    pub(super) width: Option<u32>,
    /// Colours of the PNG and SVG [default: light]
    #[arg(long, value_enum, value_name = "THEME", ignore_case = true, help_heading = "Output")]
    pub(super) theme: Option<ThemeWord>,
    /// Save the trained networks as .safetensors, and the comparison, into a folder
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    pub(super) save: Option<PathBuf>,
    /// Keep the training itself in a file, for --resume: every minute, when a signal ends it, and
    /// at its end
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(super) checkpoint: Option<PathBuf>,
    /// Seconds between two checkpoints, 1 to 86400 [default: 60]
    #[arg(long, value_name = "S", allow_hyphen_values = true, help_heading = "Output")]
    #[arg(value_parser = whole::<1, 86_400>)]
    checkpoint_every: Option<usize>,
    /// Write TensorBoard event files into a folder, a run a training; they grow as it goes on
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    pub(super) tensorboard: Option<PathBuf>,
    /// Save the comparison itself, for --comparison
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(super) save_comparison: Option<PathBuf>,
}

/// Flags that a training kept in a file has settled, by their fields.
const SETTLED: [&str; 42] = [
    "task",
    "preset",
    "comparison",
    "contender",
    "loss",
    "length",
    "place",
    "data",
    "lag",
    "distractors",
    "features",
    "memory",
    "batch",
    "feed",
    "seed",
    "trials",
    "lengths",
    "curriculum",
    "from",
    "to",
    "growth",
    "grow_by",
    "mastery",
    "streak",
    "test",
    "evaluate_every",
    "epochs",
    "ticks",
    "optimizer",
    "lr",
    "momentum",
    "weight_decay",
    "clip_norm",
    "clip_value",
    "schedule",
    "schedule_every",
    "schedule_factor",
    "precision",
    "target_loss",
    "patience",
    "probe_every",
    "one_by_one",
];

impl TrainArguments {
    /// Seconds between two checkpoints.
    pub(super) fn checkpoint_every(&self) -> usize {
        self.checkpoint_every.unwrap_or(60)
    }

    /// Contenders trained at a time.
    pub(super) fn threads(&self) -> usize {
        self.threads.unwrap_or_else(|| available_parallelism().map_or(1, NonZero::get))
    }

    /// Every how many batches a loss is written.
    pub(super) fn every(&self) -> usize {
        self.every.unwrap_or(1)
    }
}

#[cfg(test)]
mod tests {
    use clap::{Args as _, Command};

    use super::*;

    /// Whoever adds a flag decides whether a training that goes on may have another one.
    #[test]
    fn every_flag_is_settled_or_free_when_a_training_goes_on() {
        let command = TrainArguments::augment_args(Command::new("train"));
        let outputs = |arg: &&clap::Arg| arg.get_help_heading() != Some("Output");
        let free = ["list", "resume", "steps", "threads", "help"];
        for arg in command.get_arguments().filter(outputs) {
            let id = arg.get_id().as_str();
            assert!(SETTLED.contains(&id) != free.contains(&id), "{id}");
        }
    }
}
