//! Every gradient that there is to check, by candle's autograd through the operations that Explore and
//! Train use.

use candle_core::Tensor;

use crate::error::Result;
use crate::flow::batch::Batch;
use crate::flow::measure::{LayerTrace, numbers, trace_of};
use crate::network::{Network, Probing, Wiring, or_cancelled};
use crate::task::Loss;
use crate::ticket::Ticket;

/// A network with what it reads and how it is judged.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    pub(super) network: &'a Network,
    pub(super) batch: &'a Batch,
    pub(super) loss: Loss,
    pub(super) ticket: &'a Ticket,
}

impl Subject<'_> {
    /// Ticks n·T.
    pub(super) fn ticks(&self) -> usize {
        self.batch.steps * self.network.spec.ticks
    }

    /// Steps that the ticket counts in one run.
    pub(super) fn steps(&self) -> u64 {
        let layers = match self.network.spec.wiring {
            Wiring::Stacked => self.network.layers.len(),
            Wiring::Skips => 1,
        };
        (layers * self.ticks()) as u64
    }

    /// Numbers of the state of a layer after one tick: sequences times units.
    pub(super) fn state(&self) -> usize {
        self.batch.size * self.network.spec.hidden_size
    }

    /// The loss of predictions.
    pub(super) fn judge(&self, output: &Tensor) -> Result<f64> {
        let loss = self.batch.loss(output, self.loss)?;
        Ok(loss.to_dtype(candle_core::DType::F64)?.to_scalar()?)
    }
}

/// Gradients of one loss.
#[derive(Clone, Debug)]
pub(super) struct Gradients {
    pub(super) loss: f64,
    /// All predictions.
    pub(super) output: Vec<f64>,
    /// Name and dL/dθ of each tensor, in the order of [`Network::named`].
    pub(super) parameters: Vec<(String, Vec<f64>)>,
    /// Lowest first.
    pub(super) layers: Vec<States>,
}

/// States of one layer and the gradient of the loss with respect to each.
#[derive(Clone, Debug)]
pub(super) struct States {
    /// h and, for an LSTM, c: `[n·T+1, B, H]` each, row 0 the initial state.
    pub(super) values: Vec<Vec<f64>>,
    /// dL/dh and dL/dc, total, of the same shape.
    pub(super) grads: Vec<Vec<f64>>,
}

impl Gradients {
    /// Once forward and back.
    pub(super) fn of(subject: &Subject<'_>) -> Result<Self> {
        let Subject { network, batch, loss, ticket } = *subject;
        let (network, variables) = network.variables(network.dtype())?;
        let run = network.run(&batch.x, Probing::On, ticket)?;
        let loss = batch.loss(&run.output, loss)?;
        let grads = loss.backward().map_err(|error| or_cancelled(error, ticket))?;
        let parameters = variables
            .iter()
            .map(|(name, variable)| {
                let grad = match grads.get(variable.as_tensor()) {
                    Some(grad) => numbers(grad)?,
                    None => vec![0.0; variable.elem_count()],
                };
                Ok((name.clone(), grad))
            })
            .collect::<Result<_>>()?;
        let trace = trace_of(run, &grads, &loss)?;
        let layers = trace.layers.iter().map(States::of).collect::<Result<_>>()?;
        Ok(Self { loss: trace.loss, output: numbers(&trace.output)?, parameters, layers })
    }
}

impl States {
    fn of(layer: &LayerTrace) -> Result<Self> {
        let planes = |tensor: &Tensor| -> Result<Vec<Vec<f64>>> {
            (0..tensor.dim(0)?).map(|plane| numbers(&tensor.get(plane)?)).collect()
        };
        Ok(Self { values: planes(&layer.states)?, grads: planes(&layer.grads)? })
    }
}
