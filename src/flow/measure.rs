//! One forward and one backward pass: states, their gradients and the loss.

use std::path::Path;

use candle_core::backprop::GradStore;
use candle_core::{DType, Tensor};

use super::passage::Passage;
use super::report::{Census, LayerFlow};
use crate::error::{Error, Result};
use crate::network::{Carry, LayerRun, Network, NetworkSpec, Probing, Run};
use crate::task::{Loss, loss_of};
use crate::ticket::Ticket;

/// What one pass left behind, in full.
#[derive(Clone, Debug)]
pub struct Trace {
    /// The loss.
    pub loss: f64,
    /// Predictions `[T, B, O]`, or `[1, B, O]` where there is one a sequence.
    pub output: Tensor,
    /// One entry a layer, lowest first.
    pub layers: Vec<LayerTrace>,
}

/// States of one layer and the gradient of the loss with respect to each.
#[derive(Clone, Debug)]
pub struct LayerTrace {
    /// h and, for an LSTM, c: `[S, T+1, B, H]`, row 0 the initial state.
    pub states: Tensor,
    /// dL/dh and dL/dc, total: through later steps, layers above and the readout. Same shape.
    pub grads: Tensor,
    /// What carried the state from tick to tick.
    pub carry: Carry,
}

/// Runs a network on `x [T, B, I]` against `target [T, B, O]` and differentiates the mean squared
/// error with respect to every state, by candle's autograd.
///
/// # Errors
/// Shapes that do not fit, and [`Error::Cancelled`].
pub fn measure(
    network: &Network,
    x: &Tensor,
    target: &Tensor,
    loss: Loss,
    ticket: &Ticket,
) -> Result<Trace> {
    measure_by(network, x, &|output| loss_of(output, target, loss), ticket)
}

/// As [`measure`], with the loss that `judge` makes of the predictions.
///
/// # Errors
/// As for [`measure`], and what `judge` says.
pub fn measure_by(
    network: &Network,
    x: &Tensor,
    judge: &dyn Fn(&Tensor) -> Result<Tensor>,
    ticket: &Ticket,
) -> Result<Trace> {
    let run = network.run(x, Probing::On, ticket)?;
    let loss = judge(&run.output)?;
    trace_back(run, &loss, ticket)
}

/// Goes back from a loss to the states of the run it was made from.
pub(super) fn trace_back(run: Run, loss: &Tensor, ticket: &Ticket) -> Result<Trace> {
    let grads = loss.backward().map_err(|error| crate::network::or_cancelled(error, ticket))?;
    trace_of(run, &grads, loss)
}

/// The gradients of a loss with respect to the states of the run it was made from.
pub(super) fn trace_of(run: Run, grads: &GradStore, loss: &Tensor) -> Result<Trace> {
    let layers = run
        .layers
        .into_iter()
        .map(|LayerRun { states, probe, carry }| {
            let grads = match grads.get(&probe) {
                Some(grads) => grads.clone(),
                None => probe.zeros_like()?,
            };
            Ok(LayerTrace { states, grads, carry })
        })
        .collect::<Result<_>>()?;
    Ok(Trace { loss: scalar(loss)?, output: run.output, layers })
}

fn scalar(tensor: &Tensor) -> Result<f64> {
    Ok(tensor.to_dtype(DType::F64)?.to_scalar::<f64>()?)
}

impl LayerTrace {
    /// Norms by step, and a census of the numbers behind them.
    ///
    /// # Errors
    /// What candle says of the tensors.
    pub fn flow(&self) -> Result<LayerFlow> {
        let (planes, rows, batch, hidden) = self.states.dims4()?;
        let states = numbers(&self.states)?;
        let grads = numbers(&self.grads)?;
        let step = batch * hidden;
        let plane = rows * step;
        // Row 0 is the initial state; the flow starts with step 1.
        let states_of = |s: usize| &states[s * plane + step..(s + 1) * plane];
        let grads_of = |s: usize| &grads[s * plane + step..(s + 1) * plane];
        let first_row = |s: usize| states_of(s).chunks_exact(step).map(|b| norm(&b[..hidden]));
        let all_rows = |s: usize| grads_of(s).chunks_exact(step).map(norm);
        let is_lstm = planes == 2;
        let census = |values: &[f64]| self.census(values);
        let grad_norm: Vec<f64> = all_rows(0).collect();
        Ok(LayerFlow {
            hidden_norm: first_row(0).collect(),
            cell_norm: is_lstm.then(|| first_row(1).collect()),
            passage: Passage::of(&self.carry, states_of(0), grads_of(0), &grad_norm),
            grad_norm,
            cell_grad_norm: is_lstm.then(|| all_rows(1).collect()),
            grad_census: census(grads_of(0)),
            hidden_census: census(states_of(0)),
        })
    }

    /// Counts in the precision of the computation: what is subnormal depends on it.
    fn census(&self, values: &[f64]) -> Census {
        match self.states.dtype() {
            DType::F32 => Census::of(values.iter().map(|&value| (value as f32).classify())),
            _ => Census::of(values.iter().map(|value| value.classify())),
        }
    }
}

/// Whether the loss, the states and their gradients are finite.
pub(super) fn is_finite(trace: &Trace, layers: &[LayerFlow]) -> bool {
    let finite = |layer: &LayerFlow| {
        layer.hidden_census.is_finite()
            && layer.grad_census.is_finite()
            && layer.cell_norm.iter().flatten().all(|norm| norm.is_finite())
    };
    trace.loss.is_finite() && layers.iter().all(finite)
}

/// The tensors of a network that hold NaN or infinity, by their names in a layer; those of the
/// readout under one name.
pub(super) fn not_finite(network: &Network) -> Result<Vec<String>> {
    let mut names = Vec::new();
    let broken = |tensor: &Tensor| -> Result<bool> {
        Ok(numbers(tensor)?.iter().any(|number| !number.is_finite()))
    };
    for (k, layer) in network.layers.iter().enumerate() {
        for (name, tensor) in layer.named(k) {
            if broken(tensor)? {
                names.push(name);
            }
        }
    }
    if let Some(readout) = &network.readout {
        let bias = readout.bias().map(&broken).transpose()?.unwrap_or(false);
        if bias || broken(readout.weight())? {
            names.push("the readout".to_owned());
        }
    }
    Ok(names)
}

/// All numbers of a tensor in f64, row major.
pub(super) fn numbers(tensor: &Tensor) -> Result<Vec<f64>> {
    Ok(tensor.to_dtype(DType::F64)?.flatten_all()?.to_vec1()?)
}

/// Euclidean norm that neither underflows nor overflows on the way (a gradient of 1e-200 has a
/// square of zero). Infinity and NaN come out as such.
pub(super) fn norm(values: &[f64]) -> f64 {
    let largest = values.iter().fold(0.0f64, |largest, value| largest.max(value.abs()));
    if values.iter().any(|value| value.is_nan()) {
        f64::NAN
    } else if largest == 0.0 || largest.is_infinite() {
        largest
    } else {
        let sum: f64 = values.iter().map(|value| (value / largest).powi(2)).sum();
        largest * sum.sqrt()
    }
}

/// Refuses sequences whose states would not fit into memory when `spec` runs over them.
///
/// # Errors
/// [`Error::TooLarge`] with the need and what is there.
pub(crate) fn fits_memory(
    spec: &NetworkSpec,
    length: usize,
    batch: usize,
    bytes_per_number: usize,
) -> Result<()> {
    /// States, gradients, gates and the copies that candle makes of them.
    const COPIES: usize = 8;
    let per_step = spec.num_layers * (spec.cell.gates() + COPIES) * spec.hidden_size
        + COPIES * spec.input_size;
    fits_bytes(per_step as f64 * (length * batch * bytes_per_number) as f64)
}

/// Refuses what needs more bytes than the system can hand out.
///
/// # Errors
/// [`Error::TooLarge`] with the need and what is there.
pub(crate) fn fits_bytes(needed: f64) -> Result<()> {
    /// Assumed where the system does not say what is free.
    const DEFAULT: f64 = 4.0;

    let needed_gib = needed / f64::from(1 << 30);
    let available_gib = available_gib().unwrap_or(DEFAULT);
    if needed_gib > available_gib {
        return Err(Error::TooLarge { needed_gib, available_gib });
    }
    Ok(())
}

/// Memory that Linux can hand out without swapping.
fn available_gib() -> Option<f64> {
    let text = crate::disk::system_text(Path::new("/proc/meminfo"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kib: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib / f64::from(1 << 20))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn norms_survive_extremes() {
        assert!((norm(&[3e-200, 4e-200]) / 5e-200 - 1.0).abs() < 1e-15);
        assert!((norm(&[3e200, -4e200]) / 5e200 - 1.0).abs() < 1e-15);
        assert_eq!(norm(&[0.0, 0.0]), 0.0);
        assert_eq!(norm(&[1.0, f64::NEG_INFINITY]), f64::INFINITY);
        assert!(norm(&[f64::NAN, f64::INFINITY]).is_nan());
    }
}
