//! From flags to the comparisons that are run.

use super::super::choices::LossWord;
use super::super::failure::Failure;
use super::arguments::TrainArguments;
use super::words::{FeedWord, OptimizerWord, PresetWord, ScheduleWord};
use crate::flow::Precision;
use crate::network::{Cell, Nonlinearity};
use crate::task::Loss;
use crate::task::TaskChoice;
use crate::train::{Clip, Comparison, Contender, Feed, Optimizer, Schedule};

impl TrainArguments {
    /// The comparisons, in the order in which they are run.
    ///
    /// # Errors
    /// Flags that contradict each other, a saved comparison that cannot be used, and what would
    /// not fit into memory.
    pub(super) fn comparisons(&self) -> Result<Vec<Comparison>, Failure> {
        let mut comparisons = self.starting_points()?;
        for comparison in &mut comparisons {
            self.apply(comparison)?;
            comparison.validate()?;
            comparison.fits_memory(self.threads())?;
        }
        Ok(comparisons)
    }

    /// What the preset, the file or the default says, before any other flag.
    fn starting_points(&self) -> Result<Vec<Comparison>, Failure> {
        if let Some(path) = &self.comparison {
            return Ok(vec![Comparison::read(path)?]);
        }
        let one = |loss: LossWord| vec![Comparison::notebook(loss.into())];
        Ok(match (self.preset, self.loss) {
            (Some(PresetWord::Notebook), Some(loss)) => one(loss),
            (Some(PresetWord::Notebook), None) => {
                [Loss::All, Loss::Last].map(Comparison::notebook).into()
            }
            (None, _) => vec![default_comparison()],
        })
    }

    fn apply(&self, comparison: &mut Comparison) -> Result<(), Failure> {
        self.apply_task(comparison);
        if !self.contender.is_empty() {
            comparison.contenders = self.contender.clone();
            name_apart(&mut comparison.contenders)?;
        }
        set(&mut comparison.batch, self.batch);
        set(&mut comparison.seed, self.seed);
        set(&mut comparison.steps, self.steps.map(|steps| steps as u64));
        set(&mut comparison.probe_every, self.probe_every.map(|steps| steps as u64));
        set(&mut comparison.precision, self.precision.map(Precision::from));
        match (self.feed, comparison.feed) {
            // A round further on in the notebook's stream stays where it is.
            (None, _) | (Some(FeedWord::Notebook), Feed::Notebook { .. }) => {}
            (Some(FeedWord::Notebook), Feed::Fair) => {
                comparison.feed = Feed::Notebook { rounds_before: 0 };
            }
            (Some(FeedWord::Fair), _) => comparison.feed = Feed::Fair,
        }
        comparison.optimizer = self.optimizer(comparison.optimizer)?;
        comparison.schedule = self.schedule(comparison.schedule, comparison.steps)?;
        set(&mut comparison.clip, self.clip_norm.map(Clip::Norm));
        set(&mut comparison.clip, self.clip_value.map(Clip::Value));
        let stop = &mut comparison.stop;
        stop.target_loss = self.target_loss.or(stop.target_loss);
        stop.patience = self.patience.map(|steps| steps as u64).or(stop.patience);
        Ok(())
    }

    fn apply_task(&self, comparison: &mut Comparison) {
        match &mut comparison.task {
            TaskChoice::RunningMean(task) => {
                set(&mut task.length, self.length);
                set(&mut task.loss, self.loss.map(Loss::from));
            }
            _ => {}
        }
    }

    fn optimizer(&self, before: Optimizer) -> Result<Optimizer, Failure> {
        let lr = self.lr.unwrap_or(before.lr());
        let chosen = match self.optimizer {
            None => before,
            Some(OptimizerWord::Adam) => Optimizer::adam(lr),
            Some(OptimizerWord::AdamW) => Optimizer::adamw(lr),
            Some(OptimizerWord::Sgd) => Optimizer::sgd(lr, 0.0),
            Some(OptimizerWord::RmsProp) => Optimizer::rmsprop(lr),
        };
        // Naming the rule that is there already must not reset its other settings.
        let mut optimizer =
            if chosen.name() == before.name() { before.with_lr(lr) } else { chosen };
        let name = optimizer.name();
        match (&mut optimizer, self.momentum) {
            (_, None) => {}
            (Optimizer::Sgd { momentum, .. }, Some(found)) => *momentum = found,
            (_, Some(_)) => {
                return Err(Failure::input(format!(
                    "--momentum goes with --optimizer sgd, not {name}"
                )));
            }
        }
        let (Optimizer::Adam { weight_decay, .. }
        | Optimizer::AdamW { weight_decay, .. }
        | Optimizer::Sgd { weight_decay, .. }
        | Optimizer::RmsProp { weight_decay, .. }) = &mut optimizer;
        set(weight_decay, self.weight_decay);
        Ok(optimizer)
    }

    fn schedule(&self, before: Schedule, steps: u64) -> Result<Schedule, Failure> {
        let mut schedule = match (self.schedule, before) {
            (None, _) => before,
            (Some(ScheduleWord::Constant), _) => Schedule::Constant,
            (Some(ScheduleWord::Cosine), _) => Schedule::Cosine,
            (Some(ScheduleWord::Step), Schedule::Step { .. }) => before,
            (Some(ScheduleWord::Step), _) => {
                Schedule::Step { every: (steps / 3).max(1), factor: 0.1 }
            }
        };
        match &mut schedule {
            Schedule::Step { every, factor } => {
                set(every, self.schedule_every.map(|steps| steps as u64));
                set(factor, self.schedule_factor);
            }
            Schedule::Constant | Schedule::Cosine => {
                let flags = [
                    (self.schedule_every.is_some(), "--schedule-every"),
                    (self.schedule_factor.is_some(), "--schedule-factor"),
                ];
                if let Some((_, flag)) = flags.iter().find(|(given, _)| *given) {
                    return Err(Failure::input(format!("{flag} goes with --schedule step")));
                }
            }
        }
        Ok(schedule)
    }
}

fn set<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

/// The notebook's four shapes, drawn as `torch.nn` draws them, on the same data.
fn default_comparison() -> Comparison {
    let tanh = Cell::Rnn(Nonlinearity::Tanh);
    let shapes = [(tanh, 1), (Cell::Lstm, 1), (tanh, 2), (Cell::Lstm, 2)];
    let contender =
        |(color, (cell, layers))| Contender { color, ..Contender::new(cell, 32, layers) };
    Comparison {
        contenders: shapes.into_iter().enumerate().map(contender).collect(),
        feed: Feed::Fair,
        ..Comparison::notebook(Loss::All)
    }
}

/// Gives every contender a colour, and a name of its own unless one was given.
///
/// # Errors
/// Two contenders that were given the same name.
fn name_apart(contenders: &mut [Contender]) -> Result<(), Failure> {
    let mut taken: Vec<String> = Vec::new();
    let shapes: Vec<String> = contenders.iter().map(|contender| contender.name.clone()).collect();
    for (color, contender) in contenders.iter_mut().enumerate() {
        contender.color = color;
        let alone = shapes.iter().filter(|name| **name == contender.name).count() == 1;
        if !alone && contender.has_default_name() {
            let settings = contender.settings();
            // Twice the very same network is odd, but no reason to refuse it.
            let numbered = (2..).map(|n| format!("{settings} ({n})"));
            let names = std::iter::once(settings.clone()).chain(numbered);
            contender.name =
                names.into_iter().find(|name| !taken.contains(name)).unwrap_or(settings);
        }
        if taken.contains(&contender.name) {
            let name = &contender.name;
            return Err(Failure::input(format!("two contenders are named {name}")));
        }
        taken.push(contender.name.clone());
    }
    Ok(())
}
