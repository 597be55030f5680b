//! The whole network against differences of its loss: one tensor of parameters, or one state, is moved
//! both ways along a direction, and the network runs over its whole sequence again.

use candle_core::{Device, Tensor};
use candle_nn::Linear;

use super::direction::{direction, dot, moved};
use super::gradients::{Gradients, Subject};
use super::kinks::Kinks;
use super::ridders::{Difference, Ridders, Sample};
use super::{FIRST_STEP, What};
use crate::error::{Error, Result};
use crate::flow::measure::norm;
use crate::network::{Network, Run};

/// Rounding of a loss in units of its last place.
const ULPS: f64 = 4.0;

/// A derivative in two ways.
#[derive(Clone, Copy, Debug)]
pub(super) struct Comparison {
    pub(super) autograd: f64,
    pub(super) difference: Difference,
}

/// The network at rest.
pub(super) struct Whole<'a> {
    subject: Subject<'a>,
    gradients: &'a Gradients,
    kinks: Option<Kinks>,
}

impl<'a> Whole<'a> {
    pub(super) fn new(subject: Subject<'a>, gradients: &'a Gradients) -> Self {
        let states = gradients.layers.iter().map(|layer| layer.values[0].as_slice());
        let kinks = Kinks::at(&subject.network.spec, subject.state(), states);
        Self { subject, gradients, kinks }
    }

    /// Compares one derivative; `stream` numbers its direction.
    pub(super) fn compare(&self, what: &What, stream: usize) -> Result<Comparison> {
        match what {
            What::Parameter(name) => {
                let named = self.subject.network.named();
                let place = named.iter().position(|(other, _)| other == name);
                let gradient = self.gradients.parameters.iter().find(|(other, _)| other == name);
                let (Some(place), Some((_, gradient))) = (place, gradient) else {
                    return Err(Error::Fault(format!("no parameter {name}")));
                };
                let tensor = named[place].1;
                let values = tensor.flatten_all()?.to_vec1::<f64>()?;
                // A bias that is small beside the predictions can be moved by as much as they are.
                let small = name == "head.bias" && norm(&values) < norm(&self.gradients.output);
                let like = if small { &self.gradients.output } else { &values };
                let way = direction(like, gradient, stream);
                self.derivative(dot(gradient, &way), None, |step| {
                    let values = moved(&values, &way, step);
                    let tensor = Tensor::from_vec(values, tensor.shape(), &Device::Cpu)?;
                    let Subject { network, batch, ticket, .. } = self.subject;
                    let network = replaced(network, place, tensor);
                    network.run_probed(&batch.x, self.probes(None)?, ticket)
                })
            }
            What::State { layer, cell, tick } => {
                let (plane, state) = (usize::from(*cell), self.subject.state());
                let of = |all: &[Vec<f64>]| all[plane][tick * state..][..state].to_vec();
                let states = &self.gradients.layers[*layer];
                let (values, gradient) = (of(&states.values), of(&states.grads));
                let mut way = direction(&values, &gradient, stream);
                if let (Some(kinks), false) = (&self.kinks, cell) {
                    kinks.spare((*layer, *tick), &values, &mut way);
                }
                let place = Some((*layer, *tick)).filter(|_| !cell);
                self.derivative(dot(&gradient, &way), place, |step| {
                    let moved: Vec<f64> = way.iter().map(|way| step * way).collect();
                    let probes = self.probes(Some((*layer, plane, *tick, &moved)))?;
                    let Subject { network, batch, ticket, .. } = self.subject;
                    network.run_probed(&batch.x, probes, ticket)
                })
            }
        }
    }

    /// Probes that are zero but for one state.
    fn probes(&self, moved: Option<(usize, usize, usize, &[f64])>) -> Result<Vec<Tensor>> {
        let (spec, batch) = (&self.subject.network.spec, self.subject.batch.size);
        let (ticks, state) = (self.subject.ticks(), self.subject.state());
        let shape = (spec.cell.states(), ticks + 1, batch, spec.hidden_size);
        (0..spec.num_layers)
            .map(|n| {
                let mut probe = vec![0.0; spec.cell.states() * (ticks + 1) * state];
                if let Some((layer, plane, tick, by)) = moved
                    && layer == n
                {
                    probe[(plane * (ticks + 1) + tick) * state..][..state].copy_from_slice(by);
                }
                Ok(Tensor::from_vec(probe, shape, &Device::Cpu)?)
            })
            .collect()
    }

    /// Differences of the loss of the runs that `run` makes, in which h of a layer after a tick was
    /// `moved`.
    fn derivative(
        &self,
        autograd: f64,
        moved: Option<(usize, usize)>,
        run: impl Fn(f64) -> Result<Run>,
    ) -> Result<Comparison> {
        let mut ridders = Ridders::new(FIRST_STEP);
        while let Some(step) = ridders.next_step() {
            let (above, smooth_above) = self.look(&run(step)?, moved)?;
            let (below, smooth_below) = self.look(&run(-step)?, moved)?;
            ridders.push(Sample {
                difference: above - below,
                bend: above + below - 2.0 * self.gradients.loss,
                noise: ULPS * f64::EPSILON * (above.abs() + below.abs()),
                smooth: smooth_above && smooth_below,
            });
        }
        Ok(Comparison { autograd, difference: ridders.best() })
    }

    /// The loss of a run, and whether no kink lies between it and the network at rest.
    fn look(&self, run: &Run, moved: Option<(usize, usize)>) -> Result<(f64, bool)> {
        let smooth = match &self.kinks {
            None => true,
            Some(kinks) => kinks.are_as_before(run, moved)?,
        };
        Ok((self.subject.judge(&run.output)?, smooth))
    }
}

/// The network with another tensor at place `place` of [`Network::named`].
pub(super) fn replaced(network: &Network, place: usize, tensor: Tensor) -> Network {
    let mut network = network.clone();
    let mut place = place;
    for layer in &mut network.layers {
        let tensors = layer.tensors_mut();
        let count = tensors.len();
        if let Some(old) = tensors.into_iter().nth(place) {
            *old = tensor;
            return network;
        }
        place -= count;
    }
    network.readout = network.readout.map(|readout| match place {
        0 => Linear::new(tensor, readout.bias().cloned()),
        _ => Linear::new(readout.weight().clone(), Some(tensor)),
    });
    network
}
