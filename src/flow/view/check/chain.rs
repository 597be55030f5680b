//! Step by step: where a gradient has vanished, or the sequence is chaotic, differences of the loss see
//! nothing of it. The chain rule does not have this trouble: dL/dh_t must be what dL/dh_{t+1} becomes on its
//! way back through a single tick, and that derivative of one tick is neither small nor wild. So every
//! link between one tick and the next is compared by itself, from the loss to the first tick, with differences of
//! the states; if all links hold, so does the gradient.

use super::FIRST_STEP;
use super::direction::{direction, dot, moved};
use super::gradients::{Gradients, Subject};
use super::kinks::Kinks;
use super::link::{Link, Move};
use super::ridders::{Ridders, Sample};
use super::verdict::{Reason, Verdict, relative_error};
use super::whole::Comparison;
use crate::error::{Error, Result};
use crate::flow::view::cores::on_all_cores;
use crate::flow::view::direct::Direct;
use crate::network::Wiring;

/// Rounding of a sum in units of its last place.
const ULPS: f64 = 4.0;

/// All links of a network.
pub(super) struct Chain<'a> {
    subject: Subject<'a>,
    gradients: &'a Gradients,
    links: Vec<Link<'a>>,
    /// What the readout sends to h of the top layer after each tick, `[n·T, B, H]`.
    direct: Vec<f64>,
}

/// How well a part of the chain holds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hold {
    pub(super) verdict: Verdict,
    /// The largest relative error.
    pub(super) error: f64,
}

/// What was found about the links of all states.
pub(super) struct Links {
    /// `[layer][plane][tick]`, ticks from 0.
    own: Vec<Vec<Vec<Comparison>>>,
    /// Each link with all that it hangs on, up to the loss; in the same order.
    held: Vec<Vec<Vec<Hold>>>,
}

impl Hold {
    pub(super) fn of(comparison: &Comparison) -> Self {
        let Comparison { autograd, difference } = comparison;
        let verdict = Verdict::of(*autograd, difference);
        Self { verdict, error: relative_error(*autograd, difference.value) }
    }

    pub(super) fn and(self, other: Self) -> Self {
        let error = if other.error > self.error { other.error } else { self.error };
        Self { verdict: self.verdict.and(other.verdict), error }
    }
}

impl Links {
    /// The comparison of one state, and of the whole chain from there to the loss.
    pub(super) fn state(&self, layer: usize, cell: bool, tick: usize) -> (Comparison, Hold) {
        let plane = usize::from(cell);
        (self.own[layer][plane][tick - 1], self.held[layer][plane][tick - 1])
    }

    /// The whole chain, which ends with the last plane of the lowest layer after the first tick.
    pub(super) fn all(&self) -> Option<Hold> {
        self.held.first()?.last()?.first().copied()
    }
}

impl<'a> Chain<'a> {
    pub(super) fn new(subject: Subject<'a>, gradients: &'a Gradients) -> Result<Self> {
        let Subject { network, batch, loss, .. } = subject;
        let links = (0..network.layers.len())
            .map(|layer| Link::new(&subject, &gradients.layers, layer))
            .collect::<Result<_>>()?;
        let top = top_hidden(&subject, gradients, None)?;
        let direct = Direct::<f64>::of_loss(network, batch, loss, &top)?.numbers;
        Ok(Self { subject, gradients, links, direct })
    }

    /// Compares every link.
    pub(super) fn links(&self) -> Result<Links> {
        let (layers, planes) = (self.links.len(), self.subject.network.spec.cell.states());
        let jobs = layers * planes;
        let found =
            on_all_cores(jobs, self.subject.ticket, |job| self.plane(job / planes, job % planes))?;
        let own: Vec<Vec<_>> = found.chunks(planes).map(<[_]>::to_vec).collect();
        let mut hold = Hold::of(&self.readout()?);
        if self.links.iter().any(|link| !link.faithful) {
            let finite =
                self.gradients.layers.iter().flat_map(|layer| layer.values.iter().flatten());
            let finite = finite.clone().all(|value| value.is_finite());
            let reason = if finite { Reason::Rough } else { Reason::NotFinite };
            hold = hold.and(Hold { verdict: Verdict::Unresolved(reason), error: 0.0 });
        }
        let mut held = vec![vec![vec![hold; self.subject.ticks()]; planes]; layers];
        // Within a tick the upper layers come after the lower ones, and h after c.
        for tick in (0..self.subject.ticks()).rev() {
            for layer in (0..layers).rev() {
                for plane in 0..planes {
                    hold = hold.and(Hold::of(&own[layer][plane][tick]));
                    held[layer][plane][tick] = hold;
                }
            }
        }
        Ok(Links { own, held })
    }

    /// Every link of h or c of one layer, by tick.
    fn plane(&self, layer: usize, plane: usize) -> Result<Vec<Comparison>> {
        let (ticks, state) = (self.subject.ticks(), self.subject.state());
        let states = &self.gradients.layers[layer];
        let rows = |tick: usize| (tick + 1) * state..(tick + 2) * state;
        let stream = |tick: usize| (layer * states.values.len() + plane) * ticks + tick;
        let way: Vec<f64> = (0..ticks)
            .flat_map(|tick| {
                let (values, grads) = (&states.values[plane], &states.grads[plane]);
                direction(&values[rows(tick)], &grads[rows(tick)], stream(tick))
            })
            .collect();
        let mut ridders = vec![Ridders::new(FIRST_STEP); ticks];
        while let Some(step) = ridders.iter().find_map(Ridders::next_step) {
            let samples = self.effects(layer, plane, &way, step)?;
            for (ridders, sample) in ridders.iter_mut().zip(samples) {
                if ridders.next_step().is_some() {
                    ridders.push(sample);
                }
            }
        }
        let comparison = |(tick, ridders): (usize, &Ridders)| {
            let way = &way[tick * state..][..state];
            let mut difference = ridders.best();
            if plane == 0 && layer + 1 == self.links.len() {
                let direct = dot(&self.direct[tick * state..][..state], way);
                difference.value += direct;
                difference.error += ULPS * f64::EPSILON * direct.abs();
            }
            Comparison { autograd: dot(&states.grads[plane][rows(tick)], way), difference }
        };
        Ok(ridders.iter().enumerate().map(comparison).collect())
    }

    /// What moving the states of one layer after each tick does to the loss through the states that are
    /// made of them, by tick.
    fn effects(&self, layer: usize, plane: usize, way: &[f64], step: f64) -> Result<Vec<Sample>> {
        let (ticks, state) = (self.subject.ticks(), self.subject.state());
        let mut sum = vec![Sample::NOTHING; ticks];
        // Tick n + 1 starts from, or reads, the state after tick n.
        let late: Vec<f64> =
            vec![0.0; state].iter().chain(&way[..way.len() - state]).copied().collect();
        let cell = plane == 1;
        let own = &self.links[layer];
        let next = own.effect(&Move::Start { cell, way: &late }, step)?;
        add(&mut sum, &next[1..]);
        if cell {
            add(&mut sum, &own.effect(&Move::Cell { way }, step)?);
            return Ok(sum);
        }
        match (self.links.get(layer + 1), self.subject.network.spec.wiring) {
            (Some(above), _) => add(&mut sum, &above.effect(&Move::Below { way }, step)?),
            (None, Wiring::Stacked) => {}
            (None, Wiring::Skips) => {
                let lowest = self.links[0].effect(&Move::Below { way: &late }, step)?;
                add(&mut sum, &lowest[1..]);
            }
        }
        Ok(sum)
    }

    /// What the readout sends to all states together, against differences of the loss of moved ones.
    fn readout(&self) -> Result<Comparison> {
        let state = self.subject.state();
        let hidden = self.gradients.layers.iter().map(|layer| layer.values[0].as_slice());
        let kinks = Kinks::at(&self.subject.network.spec, state, hidden);
        let top = self.gradients.layers.len() - 1;
        let values = &self.gradients.layers[top].values[0][state..];
        let mut way = direction(values, &self.direct, usize::MAX);
        let last = self.subject.ticks();
        if let Some(kinks) = &kinks {
            let from = way.len() - state;
            kinks.spare((top, last), &values[from..], &mut way[from..]);
        }
        let mut ridders = Ridders::new(FIRST_STEP);
        while let Some(step) = ridders.next_step() {
            let loss = |step: f64| {
                let top = top_hidden(&self.subject, self.gradients, Some((&way, step)))?;
                self.subject.judge(&self.subject.network.read_off(&top)?)
            };
            let (above, below) = (loss(step)?, loss(-step)?);
            let same = |step: f64| {
                let moved = moved(values, &way, step);
                kinks.as_ref().is_none_or(|kinks| kinks.readout_is_as_before(&moved))
            };
            ridders.push(Sample {
                difference: above - below,
                bend: above + below - 2.0 * self.gradients.loss,
                noise: ULPS * f64::EPSILON * (above.abs() + below.abs()),
                smooth: same(step) && same(-step),
            });
        }
        let difference = ridders.best();
        Ok(Comparison { autograd: dot(&self.direct, &way), difference })
    }

    /// Compares the gradient of a layer's tensor, at a place of its names, with what moving it does to
    /// the states after each single tick.
    pub(super) fn parameter(&self, name: &str, stream: usize) -> Result<Option<Comparison>> {
        let places = self.subject.network.layers.iter().enumerate().flat_map(|(n, layer)| {
            let named = layer.named(n).into_iter().enumerate();
            named.map(move |(place, (name, tensor))| (n, place, name, tensor))
        });
        let Some((layer, place, _, tensor)) =
            places.into_iter().find(|(_, _, other, _)| other == name)
        else {
            return Ok(None);
        };
        let gradient = self.gradients.parameters.iter().find(|(other, _)| other == name);
        let (_, gradient) =
            gradient.ok_or_else(|| Error::Fault(format!("no gradient of {name}")))?;
        let values = tensor.flatten_all()?.to_vec1::<f64>()?;
        let way = direction(&values, gradient, stream);
        let mut ridders = Ridders::new(FIRST_STEP);
        while let Some(step) = ridders.next_step() {
            let samples = self.links[layer].effect(&Move::Parameter { place, way: &way }, step)?;
            let mut sum = Sample::NOTHING;
            samples.iter().for_each(|sample| sum.add(sample));
            ridders.push(sum);
        }
        Ok(Some(Comparison { autograd: dot(gradient, &way), difference: ridders.best() }))
    }
}

fn add(sum: &mut [Sample], more: &[Sample]) {
    sum.iter_mut().zip(more).for_each(|(sum, more)| sum.add(more));
}

/// h of the top layer after each tick `[n·T, B, H]`, moved if asked for.
fn top_hidden(
    subject: &Subject<'_>,
    gradients: &Gradients,
    by: Option<(&[f64], f64)>,
) -> Result<candle_core::Tensor> {
    let no_layers = || Error::Fault("a network without layers".to_owned());
    let states = gradients.layers.last().ok_or_else(no_layers)?;
    let values = &states.values[0][subject.state()..];
    let values = match by {
        Some((way, step)) => moved(values, way, step),
        None => values.to_vec(),
    };
    let shape = (subject.ticks(), subject.batch.size, subject.network.spec.hidden_size);
    Ok(candle_core::Tensor::from_vec(values, shape, &candle_core::Device::Cpu)?)
}
