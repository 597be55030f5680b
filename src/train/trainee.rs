//! One contender in training: its weights, its stream of data, and its record.

use std::sync::Arc;
use std::time::Instant;

use candle_core::{DType, Tensor, Var};

use super::comparison::Comparison;
use super::log::{ParameterNorms, RunLog, Snapshot};
use super::optimizer::{GradNorms, Updater, norm};
use super::stop::Stop;
use crate::error::Result;
use crate::flow::{LayerTrace, Precision};
use crate::network::{Network, Probing};
use crate::rng::Generator;
use crate::task::{Batch, Example};
use crate::ticket::Ticket;

/// One contender in training.
#[derive(Debug)]
pub struct Trainee {
    comparison: Arc<Comparison>,
    contender: usize,
    /// The variables are the network's own tensors.
    network: Network,
    names: Vec<String>,
    variables: Vec<Var>,
    updater: Updater,
    /// Where the training data comes from.
    data: Generator,
    /// A fixed batch on which gradient flow and predictions are recorded.
    evaluation: Batch,
    /// Steps of the budget, which may be extended.
    budget: u64,
    log: RunLog,
    best: Best,
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
        contender: usize,
        network: &Network,
        data: Generator,
        evaluation: &Batch,
    ) -> Result<Self> {
        let dtype = match comparison.precision {
            Precision::F32 => DType::F32,
            Precision::F64 => DType::F64,
        };
        let (network, named) = network.variables(dtype)?;
        let (names, variables): (Vec<_>, Vec<_>) = named.into_iter().unzip();
        let updater = Updater::new(comparison.optimizer, comparison.clip, variables.len());
        let evaluation = in_dtype(evaluation.clone(), dtype)?;
        let budget = comparison.steps;
        let best = Best { loss: f64::INFINITY, step: 0 };
        let log = RunLog::default();
        Ok(Self {
            comparison,
            contender,
            network,
            names,
            variables,
            updater,
            data,
            evaluation,
            budget,
            log,
            best,
        })
    }

    /// Which contender of the comparison this is.
    pub fn contender(&self) -> usize {
        self.contender
    }

    /// The network as trained so far.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The sequences of the evaluation with the network's present predictions.
    ///
    /// # Errors
    /// What candle says of the tensors.
    pub fn examples(&self) -> Result<Vec<Example>> {
        let task = self.comparison.task.task();
        let run = task.run(&self.network, &self.evaluation, Probing::Off, &Ticket::new())?;
        task.examples(&run.output, &self.evaluation)
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
            self.best = Best { loss: f64::INFINITY, step: self.log.steps() };
        }
    }

    /// Ends the training because the user asked for it.
    pub fn stop(&mut self) {
        if self.log.stop.is_none() {
            self.log.stop = Some(Stop::User(self.log.steps()));
        }
    }

    /// One update, unless the training has ended. Says why it ended, if it did.
    ///
    /// # Errors
    /// What candle says of the tensors.
    pub fn step(&mut self) -> Result<Option<Stop>> {
        if self.log.stop.is_none() && self.log.steps() >= self.budget {
            self.log.stop = Some(Stop::Budget);
        }
        if self.log.stop.is_some() {
            return Ok(self.log.stop);
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
        Ok(self.log.stop)
    }

    /// Draws a batch, differentiates and updates; completes the snapshot with what it saw.
    fn train(&mut self, snapshot: Option<Snapshot>) -> Result<()> {
        let comparison = Arc::clone(&self.comparison);
        let task = comparison.task.task();
        let batch = task.batch(comparison.batch, &mut self.data)?;
        let batch = in_dtype(batch, self.evaluation.x.dtype())?;
        let run = task.run(&self.network, &batch, Probing::Off, &Ticket::new())?;
        let loss = task.loss(&run.output, &batch)?;
        let grads = loss.backward()?;
        let grads = Updater::gather(&self.variables, &grads)?;
        let norms = Updater::norms(&grads)?;
        let loss = loss.to_dtype(DType::F32)?.to_scalar::<f32>()?;
        let step = self.log.steps();
        self.log.losses.push(loss);
        if !loss.is_finite() || !norms.total.is_finite() {
            // The weights are still those of the step before.
            self.log.stop = Some(Stop::Diverged(step));
            return Ok(());
        }
        let before = snapshot.is_some().then(|| self.copies()).transpose()?;
        let rate = comparison.schedule.factor(step, self.budget);
        let lr = comparison.optimizer.lr() * rate;
        self.updater.update(&self.variables, &grads, norms.total, lr)?;
        if let (Some(mut snapshot), Some(before)) = (snapshot, before) {
            snapshot.parameters = self.parameter_norms(&norms, &before)?;
            self.log.push(snapshot);
        }
        Ok(())
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
        if self.log.stop.is_none() && steps >= self.budget {
            self.log.stop = Some(Stop::Budget);
        }
    }

    /// Gradient flow and predictions on the fixed batch, now.
    fn snapshot(&self, step: u64) -> Result<Snapshot> {
        let task = self.comparison.task.task();
        let batch = &self.evaluation;
        let ticket = Ticket::new();
        let run = task.run(&self.network, batch, Probing::On, &ticket)?;
        let grads = task.loss(&run.output, batch)?.backward()?;
        let grad_norm = run
            .layers
            .into_iter()
            .map(|layer| {
                let grads = match grads.get(&layer.probe) {
                    Some(grads) => grads.clone(),
                    None => layer.probe.zeros_like()?,
                };
                let flow = LayerTrace { states: layer.states, grads }.flow()?;
                Ok(flow.grad_norm.into_iter().map(|norm| norm as f32).collect())
            })
            .collect::<Result<_>>()?;
        let predictions = task
            .examples(&run.output, batch)?
            .into_iter()
            .map(|example| example.prediction.into_iter().map(|value| value as f32).collect())
            .collect();
        Ok(Snapshot { step, grad_norm, predictions, parameters: Vec::new() })
    }

    fn copies(&self) -> Result<Vec<Tensor>> {
        self.variables.iter().map(|variable| Ok(variable.copy()?)).collect()
    }

    fn parameter_norms(&self, norms: &GradNorms, before: &[Tensor]) -> Result<Vec<ParameterNorms>> {
        let parameters = self.variables.iter().zip(before).zip(&norms.each);
        parameters
            .map(|((now, before), &grad)| {
                Ok(ParameterNorms {
                    value: norm(before)? as f32,
                    grad: grad as f32,
                    update: norm(&(now.as_tensor() - before)?)? as f32,
                })
            })
            .collect()
    }
}

fn in_dtype(batch: Batch, dtype: DType) -> Result<Batch> {
    let Batch { x, target } = batch;
    // Class targets are integers and stay so.
    let target = if target.dtype().is_float() { target.to_dtype(dtype)? } else { target };
    Ok(Batch { x: x.to_dtype(dtype)?, target })
}
