//! From flags to the comparisons that are run.

use super::super::failure::Failure;
use super::super::reading;
use super::super::task::{set, set_length_and_loss};
use super::arguments::TrainArguments;
use super::words::{FeedWord, OptimizerWord, ScheduleWord};
use crate::flow::Precision;
use crate::task::{Loss, TaskChoice};
use crate::ticket::Ticket;
use crate::train::{Checkpoint, Clip, Comparison, Contender, Feed, Optimizer, Schedule, presets};

impl TrainArguments {
    /// The comparisons, in the order in which they are run.
    ///
    /// # Errors
    /// Flags that contradict each other, a saved comparison or data that cannot be used, and what
    /// would not fit into memory.
    pub(super) fn plan(&self) -> Result<Checkpoint, Failure> {
        let plan = match &self.resume {
            None => Checkpoint::join(self.comparisons()?.iter().map(Checkpoint::of_plan)),
            Some(path) => {
                let kept = Checkpoint::read(path, &Ticket::new())?;
                match self.steps {
                    None => kept,
                    Some(steps) => kept
                        .with_steps(steps as u64)
                        .map_err(|error| Failure::from(error).about("--steps"))?,
                }
            }
        };
        for comparison in plan.comparisons() {
            comparison.fits_memory(self.threads())?;
        }
        Ok(plan)
    }

    fn comparisons(&self) -> Result<Vec<Comparison>, Failure> {
        let mut comparisons = self.starting_points()?;
        for comparison in &mut comparisons {
            self.apply(comparison)?;
            comparison.validate()?;
            // Better now than after the folders are made.
            if let TaskChoice::Mnist1d(task) = &comparison.task {
                reading::shown(|ticket| task.dataset_with(ticket))?;
            }
            comparison.task.open()?;
        }
        Ok(comparisons)
    }

    /// What the preset, the file or the default says, before any other flag.
    fn starting_points(&self) -> Result<Vec<Comparison>, Failure> {
        if let Some(path) = &self.comparison {
            let comparison = Comparison::read(path)?;
            let (found, path) = (comparison.task.name(), crate::visible::path(path));
            let asked = self.task.map(|task| task.choice().name());
            return match asked.filter(|task| *task != found) {
                Some(task) => Err(Failure::input(format!("{path} trains {found}, not {task}"))),
                None => Ok(vec![comparison]),
            };
        }
        let Some(task) = self.task else {
            return Err(Failure::input("which TASK? rnnscope train --list names them"));
        };
        let rounds = self.preset(&task.choice())?;
        // A preset of several rounds differs in the loss: one of them can be chosen.
        let chosen =
            |round: &&Comparison| self.loss.is_none_or(|loss| round.task.loss() == loss.into());
        let chosen: Vec<Comparison> = rounds.iter().filter(chosen).cloned().collect();
        Ok(if chosen.is_empty() { rounds.into_iter().take(1).collect() } else { chosen })
    }

    /// The rounds of the preset named, of the one that other flags ask for, or of the first.
    fn preset(&self, task: &TaskChoice) -> Result<Vec<Comparison>, Failure> {
        // Before the presets: flags of other tasks ask for other tasks' presets.
        self.experiment.check(task)?;
        let name = task.name();
        let mut known = presets(name);
        let place = match (&self.preset, self.experiment.preset()) {
            (Some(wanted), _) => {
                let wanted = wanted.to_lowercase();
                known.iter().position(|preset| preset.name == wanted)
            }
            (None, Some(implied)) => {
                Some(known.iter().position(|preset| preset.name == implied).unwrap_or(0))
            }
            (None, None) => Some(0),
        };
        match place.filter(|place| *place < known.len()) {
            Some(place) => Ok(known.swap_remove(place).rounds),
            None => {
                let known: Vec<&str> = known.iter().map(|preset| preset.name).collect();
                let wanted = self.preset.as_deref().unwrap_or_default();
                Err(Failure::input(format!(
                    "--preset {wanted}: {name} has the presets {}",
                    known.join(", ")
                )))
            }
        }
    }

    fn apply(&self, comparison: &mut Comparison) -> Result<(), Failure> {
        self.apply_task(comparison)?;
        if !self.contender.is_empty() {
            comparison.contenders = self.contender.clone();
            name_apart(&mut comparison.contenders)?;
        }
        set(&mut comparison.batch, self.batch);
        self.once_an_epoch(comparison)?;
        set(&mut comparison.seed, self.seed);
        set(&mut comparison.steps, self.steps.map(|steps| steps as u64));
        set(&mut comparison.probe_every, self.probe_every.map(|steps| steps as u64));
        comparison.one_by_one |= self.one_by_one;
        set(&mut comparison.precision, self.precision.map(Precision::from));
        match (self.feed, comparison.feed) {
            // A round further on in the notebook's stream stays where it is.
            (None, _) | (Some(FeedWord::Notebook), Feed::Notebook { .. }) => {}
            (Some(FeedWord::Notebook), Feed::Fair) => {
                comparison.feed = Feed::Notebook { rounds_before: 0 };
            }
            (Some(FeedWord::Fair), _) => comparison.feed = Feed::Fair,
        }
        self.experiment.apply(comparison)?;
        comparison.optimizer = self.optimizer(comparison.optimizer)?;
        comparison.schedule = self.schedule(comparison.schedule, comparison.steps)?;
        set(&mut comparison.clip, self.clip_norm.map(Clip::Norm));
        set(&mut comparison.clip, self.clip_value.map(Clip::Value));
        let stop = &mut comparison.stop;
        stop.target_loss = self.target_loss.or(stop.target_loss);
        stop.patience = self.patience.map(|steps| steps as u64).or(stop.patience);
        Ok(())
    }

    fn apply_task(&self, comparison: &mut Comparison) -> Result<(), Failure> {
        if self.length.is_some() && comparison.curriculum.is_some() {
            return Err(Failure::input(
                "--length: a curriculum goes --from one length --to another",
            ));
        }
        if self.length.is_some() && !comparison.lengths.is_empty() {
            return Err(Failure::input(
                "--length: this comparison tries several, set with --lengths",
            ));
        }
        self.shape.apply(&mut comparison.task)?;
        set_length_and_loss(&mut comparison.task, self.length, self.loss.map(Loss::from))
    }

    /// Other data or batches make other epochs: evaluations stay at their ends.
    fn once_an_epoch(&self, comparison: &mut Comparison) -> Result<(), Failure> {
        let changed = self.batch.is_some() || self.shape.data.is_some();
        if changed
            && comparison.evaluate_every > 0
            && let Some(batches) = comparison.task.open()?.epoch(comparison.batch)
        {
            comparison.evaluate_every = batches;
        }
        Ok(())
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
            let name = crate::visible::name(&contender.name);
            return Err(Failure::input(format!("two contenders are named {name}")));
        }
        taken.push(contender.name.clone());
    }
    Ok(())
}
