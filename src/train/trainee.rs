//! One training: its weights, its stream of data, and its record.

mod keep;
mod look;
mod record;
mod weights;

use std::sync::Arc;
use std::time::Instant;

use candle_core::{DType, Device, Tensor, Var};

use super::comparison::Comparison;
use super::entry::Entry;
use super::evaluation::{Testing, fraction};
use super::log::{RunLog, Snapshot};
use super::optimizer::Updater;
use super::stop::Stop;
use crate::error::Result;
use crate::flow::Precision;
use crate::network::{Network, Prediction, Probing, Run};
use crate::rng::Generator;
use crate::task::{Batch, Example, Set, Task};
use crate::ticket::Ticket;

/// One contender in one of its trainings.
#[derive(Debug)]
pub struct Trainee {
    comparison: Arc<Comparison>,
    entry: Entry,
    /// The task at its present length.
    task: Arc<dyn Task>,
    /// The variables are the network's own tensors.
    network: Network,
    names: Vec<String>,
    variables: Vec<Var>,
    updater: Updater,
    streams: Streams,
    /// The batch of a task that has but one.
    only: Option<Batch>,
    /// A fixed batch on which gradient flow and predictions are recorded.
    showcase: Batch,
    /// Fixed sets for evaluations.
    sets: Vec<Set>,
    /// Where the next batch starts from, for a task that carries memory on.
    memory: Option<Vec<Tensor>>,
    /// Steps of the budget, which may be extended.
    budget: u64,
    log: RunLog,
    /// Weights of earlier moments.
    weights: weights::WeightLog,
    best: Best,
    /// Training sequences in a row that were right.
    streak: u64,
    /// Evaluations in a row at which the task was mastered.
    mastered: u32,
    testing: Option<Testing>,
    /// Breaks off an update under way.
    ticket: Ticket,
}

/// Where the numbers of a training come from.
#[derive(Clone, Debug)]
pub(super) struct Streams {
    /// Training data.
    pub(super) data: Generator,
    /// The sequences shown.
    pub(super) showcase: Generator,
    /// The test at the end.
    pub(super) test: Generator,
    /// The batch of a task that has but one.
    pub(super) only: Generator,
}

/// The best mean loss so far and when it was seen, for the plateau rule.
#[derive(Clone, Copy, Debug)]
struct Best {
    loss: f64,
    step: u64,
}

impl Trainee {
    pub(super) fn new(
        comparison: Arc<Comparison>,
        entry: Entry,
        task: Arc<dyn Task>,
        network: &Network,
        streams: Streams,
    ) -> Result<Self> {
        let dtype = match comparison.precision {
            Precision::F32 => DType::F32,
            Precision::F64 => DType::F64,
        };
        let (network, named) = network.variables(dtype)?;
        let (names, variables): (Vec<_>, Vec<_>) = named.into_iter().unzip();
        let updater = Updater::new(comparison.optimizer, comparison.clip, variables.len());
        let own = comparison.contenders[entry.contender].budget.unwrap_or(u64::MAX);
        let budget = comparison.steps.min(own);
        let best = Best { loss: f64::INFINITY, step: 0 };
        let log = RunLog::shared_by(comparison.entries().len());
        let only = task.only_batch(comparison.batch, &mut streams.only.clone())?;
        let only = only.map(|batch| in_dtype(batch, dtype)).transpose()?;
        let mut trainee = Self {
            showcase: task.showcase(&mut streams.showcase.clone())?,
            comparison,
            entry,
            task: Arc::clone(&task),
            network,
            names,
            variables,
            updater,
            streams,
            only,
            sets: Vec::new(),
            memory: None,
            budget,
            log,
            weights: weights::WeightLog::default(),
            best,
            streak: 0,
            mastered: 0,
            testing: None,
            ticket: Ticket::new(),
        };
        trainee.begin(task)?;
        Ok(trainee)
    }

    /// Goes on with this task, which is another one or the same at another length.
    fn begin(&mut self, task: Arc<dyn Task>) -> Result<()> {
        let dtype = self.dtype();
        let showcase = match &self.only {
            Some(batch) => batch.clone(),
            None => task.showcase(&mut self.streams.showcase.clone())?,
        };
        self.showcase = in_dtype(showcase, dtype)?;
        self.sets = task
            .sets()?
            .into_iter()
            .map(|Set { name, batch }| Ok(Set { name, batch: in_dtype(batch, dtype)? }))
            .collect::<Result<_>>()?;
        self.mastered = 0;
        self.log.lengths.push((self.log.steps(), task.length()));
        self.task = task;
        Ok(())
    }

    fn dtype(&self) -> DType {
        self.network.dtype()
    }

    /// Which training of the comparison this is.
    pub fn entry(&self) -> Entry {
        self.entry
    }

    /// The task at its present length.
    pub fn task(&self) -> &Arc<dyn Task> {
        &self.task
    }

    /// The sequences on which predictions and gradient flow are recorded.
    pub fn showcase(&self) -> &Batch {
        &self.showcase
    }

    /// Cancelling it breaks off the update under way: for whoever wants no more of this training.
    pub fn ticket(&self) -> Ticket {
        self.ticket.clone()
    }

    /// The network as trained so far.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The sequences shown with the network's present predictions.
    ///
    /// # Errors
    /// What candle says of the tensors.
    pub fn examples(&self) -> Result<Vec<Example>> {
        let said = self.predict(&self.showcase)?;
        self.task.examples(&said.output, &self.showcase)
    }

    /// Names of the parameters, in the order of [`Snapshot::parameters`].
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// What happened so far.
    pub fn log(&self) -> &RunLog {
        &self.log
    }

    /// Steps of the budget.
    pub fn budget(&self) -> u64 {
        self.budget
    }

    /// Allows `steps` more after the budget was used, or after a stop that was no divergence.
    pub fn extend(&mut self, steps: u64) {
        if !matches!(self.log.stop, Some(Stop::Diverged(_))) {
            self.budget = self.log.steps() + steps;
            self.log.stop = None;
            self.log.test = None;
            self.testing = None;
            self.streak = 0;
            self.mastered = 0;
            self.best = Best { loss: f64::INFINITY, step: self.log.steps() };
        }
    }

    /// Ends the training because the user asked for it.
    pub fn stop(&mut self) {
        if self.log.stop.is_none() {
            self.log.stop = Some(Stop::User(self.log.steps()));
        }
    }

    /// Whether the training has ended and the test after it is done.
    pub fn is_over(&self) -> bool {
        self.log.stop.is_some() && !self.owes_test()
    }

    fn owes_test(&self) -> bool {
        self.log.steps() > 0 && self.log.test.is_none() && self.task.fresh_tests() > 0
    }

    /// One update, unless the training has ended; then, a part of the test that comes after it, if
    /// there is one. Says why training ended when nothing is left to do.
    ///
    /// # Errors
    /// What candle says of the tensors.
    pub fn step(&mut self) -> Result<Option<Stop>> {
        if self.log.stop.is_none() {
            self.look()?;
        }
        if self.log.stop.is_none() && self.log.steps() >= self.budget {
            self.log.stop = Some(Stop::Budget);
        }
        if self.log.stop.is_some() {
            return self.finish();
        }
        let interval = self.comparison.probe_every;
        let step = self.log.steps();
        let probes = interval > 0 && step.is_multiple_of(interval);
        let snapshot = if probes && self.log.wants(step / interval) {
            Some(self.snapshot(step)?)
        } else {
            None
        };
        let start = Instant::now();
        self.train(snapshot)?;
        self.log.seconds += start.elapsed().as_secs_f64();
        self.judge();
        if self.log.stop.is_some() { self.finish() } else { Ok(None) }
    }

    /// Runs the network with gradients of its states, from where the batch or the task wants it to
    /// start.
    fn run(&self, batch: &Batch) -> Result<Run> {
        let random = self.start(batch)?;
        let start = random.as_deref().or(self.memory.as_deref());
        self.network.run_from(&batch.x, start, Probing::On, &self.ticket)
    }

    /// What the network says, from where the batch or the task wants it to start.
    fn predict(&self, batch: &Batch) -> Result<Prediction> {
        let random = self.start(batch)?;
        let start = random.as_deref().or(self.memory.as_deref());
        self.network.predict_from(&batch.x, start, &self.ticket)
    }

    /// The random states that the batch wants the network to start from, if it does.
    fn start(&self, batch: &Batch) -> Result<Option<Vec<Tensor>>> {
        let spec = &self.network.spec;
        Ok(match &batch.start {
            None => None,
            Some(generator) => {
                let mut generator = generator.clone();
                let shape = (spec.cell.states(), batch.size()?, spec.hidden_size);
                let draw = |_| {
                    let numbers = generator.uniform(shape.0 * shape.1 * shape.2, 0.0, 1.0);
                    Ok(Tensor::from_vec(numbers, shape, &Device::Cpu)?)
                };
                Some((0..spec.num_layers).map(draw).collect::<Result<Vec<_>>>()?)
            }
        })
    }

    /// Draws a batch, differentiates and updates; completes the snapshot with what it saw.
    fn train(&mut self, snapshot: Option<Snapshot>) -> Result<()> {
        let step = self.log.steps();
        let batch = match &self.only {
            Some(batch) => batch.clone(),
            None => {
                let size = self.comparison.batch;
                in_dtype(self.task.batch(step, size, &mut self.streams.data)?, self.dtype())?
            }
        };
        let Prediction { output, end } = self.predict(&batch)?;
        let loss = self.task.loss(&output, &batch)?;
        let grads = loss.backward()?;
        let grads = Updater::gather(&self.variables, &grads)?;
        let norms = Updater::norms(&grads)?;
        let loss = loss.to_dtype(DType::F64)?.to_scalar::<f64>()?;
        self.log.losses.push(loss);
        if let Some(right) = self.task.right(&output, &batch)? {
            self.count(&right);
        }
        if !loss.is_finite() || !norms.total.is_finite() {
            // The weights are still those of the step before.
            self.log.stop = Some(Stop::Diverged(step));
            return Ok(());
        }
        if self.task.carries_memory() {
            self.memory = Some(end);
        }
        let before = snapshot.is_some().then(|| self.copies()).transpose()?;
        let rate = self.comparison.schedule.factor(step, self.budget);
        let lr = self.comparison.optimizer.lr() * rate;
        if !self.updater.update(&self.variables, &grads, norms.total, lr)? {
            // Taken back: the weights are those of the step before here, too.
            self.log.stop = Some(Stop::Diverged(step));
            return Ok(());
        }
        if let (Some(mut snapshot), Some(before)) = (snapshot, before) {
            snapshot.parameters = self.parameter_norms(&norms, &before)?;
            self.log.push(snapshot);
            self.weights.push(step, self.comparison.probe_every, before);
        }
        Ok(())
    }

    /// Counts right answers, and how many of them came in a row.
    fn count(&mut self, right: &[bool]) {
        self.log.right.push(fraction(right) as f32);
        for right in right {
            self.streak = if *right { self.streak + 1 } else { 0 };
        }
    }

    /// Looks whether a stopping rule holds.
    fn judge(&mut self) {
        let steps = self.log.steps();
        if self.log.stop.is_some() {
            return;
        }
        let rule = self.comparison.stop;
        if (rule.target_loss.is_some() || rule.patience.is_some())
            && let Some(mean) = self.log.mean_of_last(100)
        {
            if mean < 0.999 * self.best.loss {
                self.best = Best { loss: mean, step: steps };
            }
            if rule.target_loss.is_some_and(|target| steps >= 100 && mean <= target) {
                self.log.stop = Some(Stop::Target(steps));
            } else if rule.patience.is_some_and(|patience| steps - self.best.step >= patience) {
                self.log.stop = Some(Stop::Plateau(steps));
            }
        }
        if self.log.stop.is_none() && rule.streak.is_some_and(|streak| self.streak >= streak) {
            self.log.stop = Some(Stop::Streak(steps));
        }
        if self.log.stop.is_none() && steps >= self.budget {
            self.log.stop = Some(Stop::Budget);
        }
    }
}

fn in_dtype(batch: Batch, dtype: DType) -> Result<Batch> {
    let Batch { x, target, start } = batch;
    // Symbols and classes are integers and stay so.
    let converted = |tensor: Tensor| match tensor.dtype().is_float() {
        true => tensor.to_dtype(dtype),
        false => Ok(tensor),
    };
    Ok(Batch { x: converted(x)?, target: converted(target)?, start })
}
