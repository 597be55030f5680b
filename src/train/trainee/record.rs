//! What is kept of a moment of training: gradient flow, predictions, sizes of parameters.

use candle_core::Tensor;

use super::super::log::{ParameterNorms, Snapshot};
use super::super::optimizer::{GradNorms, norm};
use super::Trainee;
use crate::error::Result;
use crate::flow::LayerTrace;

impl Trainee {
    /// Gradient flow and predictions on the fixed batch, now.
    pub(super) fn snapshot(&self, step: u64) -> Result<Snapshot> {
        let batch = &self.showcase;
        let run = self.run(batch)?;
        let grads = self.task.loss(&run.output, batch)?.backward()?;
        let grad_norm = run
            .layers
            .into_iter()
            .map(|layer| {
                let grads = match grads.get(&layer.probe) {
                    Some(grads) => grads.clone(),
                    None => layer.probe.zeros_like()?,
                };
                let flow = LayerTrace { states: layer.states, grads, carry: layer.carry }.flow()?;
                Ok(flow.grad_norm.into_iter().map(|norm| norm as f32).collect())
            })
            .collect::<Result<_>>()?;
        let predictions = self
            .task
            .examples(&run.output, batch)?
            .into_iter()
            .map(|example| example.prediction.into_iter().map(|value| value as f32).collect())
            .collect();
        Ok(Snapshot { step, grad_norm, predictions, parameters: Vec::new() })
    }

    pub(super) fn copies(&self) -> Result<Vec<Tensor>> {
        self.variables.iter().map(|variable| Ok(variable.copy()?)).collect()
    }

    pub(super) fn parameter_norms(
        &self,
        norms: &GradNorms,
        before: &[Tensor],
    ) -> Result<Vec<ParameterNorms>> {
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
