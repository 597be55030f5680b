//! What a loss sends into the top layer's states through the readout, before any step back.

use candle_core::{Tensor, Var};

use crate::error::Result;
use crate::flow::batch::Batch;
use crate::network::real::Real;
use crate::network::{Network, Reading};
use crate::task::Loss;

/// What the parts are into which the gradient is split by the step they start from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Terms {
    /// Terms of the loss, one a step: together they are the loss.
    Sum,
    /// The loss of each step as though it were the only one; the loss itself is that of the last.
    LastOnly,
    /// The one loss of a readout that reads all steps at once: its gradient by the step at which it
    /// enters the recurrence. Together they are its gradient.
    Shares,
}

/// Direct gradients of the top layer's h.
pub(super) struct Direct<R> {
    /// Of each tick, `[n·T, B, H]`.
    pub(super) numbers: Vec<R>,
}

impl<R: Real> Direct<R> {
    /// Of the loss of the question.
    pub(super) fn of_loss(
        network: &Network,
        batch: &Batch,
        loss: Loss,
        top: &Tensor,
    ) -> Result<Self> {
        differentiate(top, |top| batch.loss(&network.read_off(top)?, loss))
    }

    /// Of the loss of each step on its own, where steps have one: what it sends into the step it is
    /// about.
    pub(super) fn by_step(
        network: &Network,
        batch: &Batch,
        loss: Loss,
        top: &Tensor,
    ) -> Result<(Terms, Self)> {
        match network.spec.reading {
            Reading::AllSteps(_) => Ok((Terms::Shares, Self::of_loss(network, batch, loss, top)?)),
            // A mean over steps splits into the steps, and each reads its own state alone.
            Reading::EachStep | Reading::States if batch.obeys_loss() && loss == Loss::Last => {
                let sum = |top: &Tensor| {
                    let mean = batch.loss(&network.read_off(top)?, Loss::All)?;
                    Ok((mean * batch.steps as f64)?)
                };
                Ok((Terms::LastOnly, differentiate(top, sum)?))
            }
            Reading::EachStep | Reading::States => {
                Ok((Terms::Sum, Self::of_loss(network, batch, loss, top)?))
            }
            Reading::LastStep | Reading::LastStepRelu => {
                let ticks = network.spec.ticks;
                let sum = |top: &Tensor| {
                    let one = |step: usize| {
                        let end = top.narrow(0, step * ticks + ticks - 1, 1)?;
                        batch.loss_at(&network.read_off(&end)?, step)
                    };
                    let losses = (0..batch.steps).map(one).collect::<Result<Vec<_>>>()?;
                    Ok(Tensor::stack(&losses, 0)?.sum_all()?)
                };
                Ok((Terms::LastOnly, differentiate(top, sum)?))
            }
        }
    }

    /// Of one tick, `[B, H]`.
    pub(super) fn at(&self, tick: usize, state: usize) -> &[R] {
        &self.numbers[tick * state..][..state]
    }
}

fn differentiate<R: Real>(
    top: &Tensor,
    loss: impl FnOnce(&Tensor) -> Result<Tensor>,
) -> Result<Direct<R>> {
    let top = Var::from_tensor(top)?;
    let grads = loss(top.as_tensor())?.backward()?;
    let grad = match grads.get(&top) {
        Some(grad) => grad.clone(),
        None => top.zeros_like()?,
    };
    Ok(Direct { numbers: grad.flatten_all()?.to_vec1()? })
}
