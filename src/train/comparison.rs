//! A comparison: one value that says what is trained, how, and for how long.

use serde::{Deserialize, Serialize};

use super::curriculum::{Curriculum, Mastery};
use super::entry::Entry;
use super::optimizer::{Clip, Optimizer, Schedule};
use crate::error::{Error, Result};
use crate::flow::{Draw, Precision, fits_bytes, fits_memory};
use crate::network::{Cell, Design, NetworkSpec, Nonlinearity, Reading, Recipe, Wiring};
use crate::task::{Loss, RunningMean, TaskChoice};

/// What is trained, how, and for how long; the same for window, command line and file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// What is learned.
    pub task: TaskChoice,
    /// Who learns it.
    pub contenders: Vec<Contender>,
    /// The update rule.
    pub optimizer: Optimizer,
    /// How the learning rate changes.
    pub schedule: Schedule,
    /// What happens to large gradients.
    pub clip: Clip,
    /// Sequences of a batch, 1 to 4096.
    pub batch: usize,
    /// Batches to train on: the budget.
    pub steps: u64,
    /// Seed of weights and data.
    pub seed: u64,
    /// How the data is dealt out.
    pub feed: Feed,
    /// Number format.
    pub precision: Precision,
    /// When to stop before the budget is used.
    pub stop: StopRule,
    /// The gradient flow is measured every so many steps; 0 never.
    pub probe_every: u64,
    /// The task's fixed sets are evaluated every so many steps; 0 never.
    #[serde(default)]
    pub evaluate_every: u64,
    /// How often each contender is trained, from other seeds.
    #[serde(default = "one")]
    pub trials: usize,
    /// Lengths at which each contender is trained; empty for the task's own.
    #[serde(default)]
    pub lengths: Vec<usize>,
    /// How the length grows through training, if it does.
    #[serde(default)]
    pub curriculum: Option<Curriculum>,
    /// Where there are more trainings than threads: whether each is brought to its end before the
    /// next begins; else they take turns. Changes no number.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub one_by_one: bool,
}

fn one() -> usize {
    1
}

/// One network in a comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contender {
    /// Its name in legends and files.
    pub name: String,
    /// Its colour: an index into the palette of categories.
    pub color: usize,
    /// Its network.
    pub design: Design,
    /// Batches to train on where that is less than the comparison's budget.
    #[serde(default)]
    pub budget: Option<u64>,
}

/// Numbers that an update keeps of one step of one sequence, about.
fn numbers_of_a_step(spec: &NetworkSpec) -> usize {
    /// h as the next layer or the readout reads it, its gradient, and candle's copies of both.
    const HANDED_ON: usize = 5;
    let last_alone = match spec.reading {
        Reading::LastStep | Reading::LastStepRelu => true,
        Reading::EachStep | Reading::AllSteps(_) | Reading::States => false,
    };
    let kept = spec.cell.gates() + spec.cell.states() + 1;
    let handed_on = spec.num_layers - usize::from(last_alone);
    let outputs = if last_alone { 0 } else { HANDED_ON * spec.output_size };
    spec.hidden_size * (kept * spec.num_layers + HANDED_ON * handed_on)
        + 3 * spec.input_size
        + outputs
}

/// How data is dealt out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Feed {
    /// Every contender sees the same batches and is drawn from the same seed.
    #[default]
    Fair,
    /// One random stream, as in the course notebook: all networks are drawn first, then each
    /// contender's batches follow those of the one before it.
    Notebook {
        /// Rounds that came before in the same stream: the same comparison, trained and then
        /// evaluated on four sequences.
        rounds_before: u32,
    },
}

/// When to stop before the budget is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StopRule {
    /// Stop once the mean of the last hundred losses is at most this.
    pub target_loss: Option<f64>,
    /// Stop after so many steps without an improvement of the mean of the last hundred losses by
    /// at least one in a thousand.
    pub patience: Option<u64>,
    /// Stop once so many training sequences in a row were answered rightly.
    #[serde(default)]
    pub streak: Option<u64>,
    /// Stop (or, in a curriculum, go on to longer sequences) once the task is mastered.
    #[serde(default)]
    pub mastery: Option<Mastery>,
}

impl Contender {
    /// A contender drawn as `nn.RNN`, `nn.LSTM` or `nn.GRU`, named after its shape.
    pub fn new(cell: Cell, hidden_size: usize, num_layers: usize) -> Self {
        let layers = if num_layers == 1 { "layer" } else { "layers" };
        Self {
            name: format!("{cell}, {num_layers} {layers}"),
            color: 0,
            design: Design::new(cell, hidden_size, num_layers),
            budget: None,
        }
    }

    /// The draw of its weights from a seed.
    pub fn draw(&self, seed: u64) -> Draw {
        Draw { design: self.design, seed }
    }

    /// Its shape for a task.
    pub fn spec(&self, task: &TaskChoice) -> NetworkSpec {
        let spec = self.design.spec(task.input_size(), task.output_size());
        NetworkSpec { reading: task.reading(), ..spec }
    }
}

impl Comparison {
    /// The most contenders of one comparison.
    pub const MAX_CONTENDERS: usize = 16;

    /// The most trainings of one comparison.
    pub const MAX_TRAININGS: usize = 400;

    /// The course notebook's comparison: RNN and LSTM with one and two layers of 32 units learn
    /// the running mean of 10 steps, Adam at 1e-4, 5,000 batches of 32, seed 0. The notebook
    /// trains on all steps first and goes on in the same stream with the last step only.
    pub fn notebook(loss: Loss) -> Self {
        let tanh = Cell::Rnn(Nonlinearity::Tanh);
        let contender = |(color, (name, cell, layers)): (usize, (&str, Cell, usize))| Contender {
            name: name.to_owned(),
            color,
            design: Design { recipe: Recipe::Notebook, ..Design::new(cell, 32, layers) },
            budget: None,
        };
        let shapes = [
            ("rnn_1_layer", tanh, 1),
            ("lstm_1_layer", Cell::Lstm, 1),
            ("rnn_2_layer", tanh, 2),
            ("lstm_2_layer", Cell::Lstm, 2),
        ];
        Self {
            task: TaskChoice::RunningMean(RunningMean { length: 10, loss }),
            contenders: shapes.into_iter().enumerate().map(contender).collect(),
            optimizer: Optimizer::adam(1e-4),
            schedule: Schedule::Constant,
            clip: Clip::None,
            batch: 32,
            steps: 5000,
            seed: 0,
            feed: Feed::Notebook { rounds_before: u32::from(loss == Loss::Last) },
            precision: Precision::F32,
            stop: StopRule::default(),
            probe_every: 50,
            evaluate_every: 0,
            trials: 1,
            lengths: Vec::new(),
            curriculum: None,
            one_by_one: false,
        }
    }

    /// The task at another length.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a task that has no length to choose.
    pub fn task_of_length(&self, length: usize) -> Result<TaskChoice> {
        self.task.with_length(length).ok_or_else(|| {
            let allowed = format!("{} as in the data", self.task.length());
            Error::out_of_range("length", allowed, length)
        })
    }

    /// Losses worth a reference line; none where they cannot be computed.
    pub fn baselines(&self) -> Vec<(String, f64)> {
        let sizes: Vec<usize> =
            self.contenders.iter().map(|contender| contender.design.hidden_size).collect();
        self.task.baselines(&sizes, self.batch, self.seed).unwrap_or_default()
    }

    /// Losses that a notebook printed (number of the update, from 1, and loss), for the very
    /// comparison that it made.
    pub fn printed(&self) -> Vec<(u64, f64)> {
        let notebooks = super::presets(self.task.name());
        let same = |other: &Self| {
            let own = |comparison: &Self| {
                let designs = comparison.contenders.iter().map(|one| one.design);
                designs.collect::<Vec<_>>()
            };
            own(other) == own(self)
                && (other.optimizer, other.clip, other.batch, other.seed)
                    == (self.optimizer, self.clip, self.batch, self.seed)
                && (other.task == self.task && other.schedule == self.schedule)
        };
        let is_notebook = notebooks
            .iter()
            .any(|preset| preset.name == "notebook" && preset.rounds.iter().any(same));
        match &self.task {
            TaskChoice::Echo(_) if is_notebook => {
                (1..).zip(crate::task::PRINTED_ECHO).map(|(n, loss)| (100 * n, loss)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The longest sequences that any training sees.
    pub fn longest(&self) -> usize {
        let longest = self.lengths.iter().copied().max();
        let grown = self.curriculum.map(|curriculum| curriculum.to);
        grown.or(longest).unwrap_or_else(|| self.task.length())
    }

    /// What goes beyond the settings of a single training on one length.
    fn validate_entries(&self) -> Result<()> {
        if !(1..=100).contains(&self.trials) {
            return Err(Error::out_of_range("number of trials", "1 to 100", self.trials));
        }
        let trainings = self.contenders.len() * self.lengths.len().max(1) * self.trials;
        if trainings > Self::MAX_TRAININGS {
            let what = "number of trainings (contenders x lengths x trials)";
            return Err(Error::out_of_range(
                what,
                format!("1 to {}", Self::MAX_TRAININGS),
                trainings,
            ));
        }
        if matches!(self.feed, Feed::Notebook { .. }) && !self.is_single() {
            let allowed = "one length and one trial";
            return Err(Error::out_of_range("the notebook's random stream", allowed, trainings));
        }
        if let Some(curriculum) = &self.curriculum {
            curriculum.validate()?;
            if !self.lengths.is_empty() {
                let allowed = "no curriculum, or no lengths of its own";
                return Err(Error::out_of_range("comparison over lengths", allowed, "both"));
            }
            if self.stop.mastery.is_none() || self.evaluate_every == 0 {
                let allowed = "a criterion of mastery that is checked now and then";
                return Err(Error::out_of_range("curriculum", allowed, "none"));
            }
        }
        for entry in self.entries() {
            self.task_of(&entry)?.validate()?;
        }
        self.task_of_longest()?.validate()
    }

    fn task_of_longest(&self) -> Result<TaskChoice> {
        match self.longest() {
            longest if longest == self.task.length() => Ok(self.task.clone()),
            longest => self.task_of_length(longest),
        }
    }

    /// Refuses a comparison of which `threads` trainings at a time would not fit into memory.
    ///
    /// # Errors
    /// [`Error::TooLarge`] with the need and what is there.
    pub fn fits_memory(&self, threads: usize) -> Result<()> {
        let task = self.task_of_longest()?;
        if let Some(skips) = self.contenders.iter().find(|one| one.design.wiring == Wiring::Skips) {
            let spec = skips.spec(&task);
            let at_a_time = threads.clamp(1, self.entries().len().max(1));
            let length = task.length() * spec.ticks;
            fits_memory(&spec, length, self.batch * at_a_time, self.bytes_per_number())?;
        }
        fits_bytes(self.bytes_needed(threads)?)
    }

    fn bytes_per_number(&self) -> usize {
        match self.precision {
            Precision::F32 => 4,
            Precision::F64 => 8,
        }
    }

    /// Memory that updates of the `threads` largest trainings take together, about.
    fn bytes_needed(&self, threads: usize) -> Result<f64> {
        let task = self.task_of_longest()?;
        let of = |entry: &Entry| {
            let spec = self.contenders[entry.contender].spec(&task);
            numbers_of_a_step(&spec) as f64 * (task.length() * spec.ticks) as f64
        };
        let mut needs: Vec<f64> = self.entries().iter().map(of).collect();
        needs.sort_by(|a, b| b.total_cmp(a));
        let numbers: f64 = needs.into_iter().take(threads.max(1)).sum();
        Ok(numbers * (self.batch * self.bytes_per_number()) as f64)
    }

    /// Refuses what cannot be trained, before any work is done.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] naming the setting.
    pub fn validate(&self) -> Result<()> {
        let within = |what, found: u64, high: u64| {
            if (1..=high).contains(&found) {
                Ok(())
            } else {
                Err(Error::out_of_range(what, format!("1 to {high}"), found))
            }
        };
        within("batch", self.batch as u64, 4096)?;
        within("number of batches", self.steps, 10_000_000)?;
        within("number of contenders", self.contenders.len() as u64, Self::MAX_CONTENDERS as u64)?;
        // Before contenders, which take their sizes from it.
        self.task.validate()?;
        for contender in &self.contenders {
            contender.design.validate()?;
            contender.spec(&self.task).validate()?;
        }
        self.validate_entries()?;
        self.optimizer.validate()
    }
}

#[cfg(test)]
mod tests {
    use super::super::presets;
    use super::*;

    /// Measured: 1.6 GB for both at a time, of which the LSTM takes 1.2.
    #[test]
    fn the_notebooks_long_lag_needs_less_than_pytorch_takes() {
        let presets = presets("long-lag");
        let notebook = presets.iter().find(|preset| preset.name == "notebook").unwrap();
        let needed = |threads| notebook.rounds[0].bytes_needed(threads).unwrap() / 1e9;
        assert!((1.1..1.6).contains(&needed(1)), "{}", needed(1));
        assert!((1.4..2.4).contains(&needed(2)), "{}", needed(2));
        assert_eq!(needed(2), needed(8), "there are but two trainings");
    }

    #[test]
    fn sizes_of_a_task_that_no_number_holds_are_refused() {
        let mut comparison = presets("long-lag").remove(0).rounds.remove(0);
        let TaskChoice::LongLag(task) = &mut comparison.task else { panic!("another task") };
        task.symbols = usize::MAX;
        let error = comparison.validate().unwrap_err().to_string();
        assert_eq!(error, "length must be 1 to 10000, found 18446744073709551615");
    }

    #[test]
    fn a_comparison_saved_before_there_was_an_order_is_read() {
        let comparison = Comparison::notebook(Loss::All);
        let text = serde_json::to_string(&comparison).unwrap();
        assert!(!text.contains("one_by_one"), "{text}");
        assert_eq!(serde_json::from_str::<Comparison>(&text).unwrap(), comparison);
        let one_by_one = Comparison { one_by_one: true, ..comparison };
        let text = serde_json::to_string(&one_by_one).unwrap();
        assert_eq!(serde_json::from_str::<Comparison>(&text).unwrap(), one_by_one);
    }
}
