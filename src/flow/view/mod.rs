//! Views of why gradients are what they are, one file a view. Each is a pure function from the scaled
//! network, its batch and its loss to a report. Those that split a gradient are worked out from one run by
//! going back through its ticks by hand ([`Sweep`](crate::network)), which shows what autograd forgets;
//! those that explain it look at the Jacobian of each step.

#[cfg(test)]
mod accuracy_tests;
mod check;
mod cores;
mod direct;
mod gates;
#[cfg(test)]
mod hard_tests;
mod inverse;
mod itemized;
mod jacobians;
mod landscape;
mod lyapunov;
mod path;
mod products;
mod reach;
mod rotations;
mod singular;
#[cfg(test)]
mod step_tests;
#[cfg(test)]
mod tests;
mod theory;
mod unit;
mod weights;

use candle_core::{DType, Tensor};

pub use self::check::{
    Cause, Check, CheckReport, LOST, LayerPrecision, Lost, Method, Part, PrecisionReport, Reason,
    TOLERANCE, Verdict, What,
};
use self::direct::Direct;
pub use self::direct::Terms;
pub use self::gates::{CLOSED, FLAT, Gate, Gates, Highway, Kind, LayerGates, OPEN};
pub use self::itemized::{Horizon, Itemized, ItemizedLayer, MAX_TICKS};
pub use self::jacobians::{JacobiansReport, LayerJacobians, ProductValues, StepValues};
pub use self::landscape::{Across, Growth, Landscape, Surveyor};
pub use self::lyapunov::Lyapunov;
pub use self::theory::{
    Gap, LayerTheory, Reason as GapReason, Regime, Source, Taken, TheoryReport,
};
pub use self::weights::{Contributions, LayerContributions};
use super::batch::Batch;
use super::measure::{fits_memory, norm};
use super::question::Question;
use crate::error::{Error, Result};
use crate::network::real::Real;
use crate::network::{Back, Network, Probing, Replay, Sweep};
use crate::task::Loss;
use crate::ticket::Ticket;

/// A question about gradients, answered by a [`ViewReport`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum View {
    /// Which loss reaches how far back?
    Itemized,
    /// What does theory predict?
    Theory,
    /// What does each step do?
    Jacobians,
    /// Where is the edge between vanishing and exploding?
    Landscape(Across),
    /// What do the gates do?
    Gates,
    /// Which weights hear the past?
    Weights,
    /// Can I trust it?
    Check,
}

/// What a [`View`] shows.
#[derive(Clone, Debug, PartialEq)]
pub enum ViewReport {
    /// Of [`View::Itemized`].
    Itemized(Itemized),
    /// Of [`View::Theory`].
    Theory(TheoryReport),
    /// Of [`View::Jacobians`].
    Jacobians(JacobiansReport),
    /// Of [`View::Landscape`].
    Landscape(Landscape),
    /// Of [`View::Gates`].
    Gates(Gates),
    /// Of [`View::Weights`].
    Weights(Contributions),
    /// Of [`View::Check`].
    Check(CheckReport),
}

/// Everything a measure works from.
struct Scene<'a, R> {
    network: &'a Network,
    batch: &'a Batch,
    loss: Loss,
    /// h of the top layer after each tick, `[n·T, B, H]`.
    top: Tensor,
    replay: Replay<R>,
    ticket: &'a Ticket,
}

/// Looks at the scaled network of a question, in its own precision; [`View::Check`] needs two and
/// starts from the question.
///
/// # Errors
/// Too little memory, a sequence too long for the view, a question that the view cannot change, and
/// [`Error::Cancelled`].
pub(super) fn look(
    network: &Network,
    batch: &Batch,
    question: &Question,
    view: View,
    ticket: &Ticket,
) -> Result<ViewReport> {
    match network.readout.weight().dtype() {
        DType::F32 => look_in::<f32>(network, batch, question, view, ticket),
        _ => look_in::<f64>(network, batch, question, view, ticket),
    }
}

fn look_in<R: Real>(
    network: &Network,
    batch: &Batch,
    question: &Question,
    view: View,
    ticket: &Ticket,
) -> Result<ViewReport> {
    let loss = question.loss;
    let scene = |way_back: usize| {
        let ticks = 2 * batch.steps * network.spec.ticks + way_back;
        ticket.expect_steps((ticks * network.layers.len()) as u64);
        Scene::<R>::set(network, batch, loss, ticket)
    };
    let once_back = batch.steps * network.spec.ticks;
    match view {
        View::Itemized => {
            let way_back = itemized::way_back(&network.spec, batch)?;
            itemized::itemized(&scene(way_back)?).map(ViewReport::Itemized)
        }
        View::Theory => {
            let judge = |output: &Tensor| batch.loss(output, loss);
            theory::theory(network, &batch.x, &judge, ticket).map(ViewReport::Theory)
        }
        View::Jacobians => {
            jacobians::jacobians(network, &batch.x, ticket).map(ViewReport::Jacobians)
        }
        // Of other scales too, which this network says nothing about.
        View::Landscape(across) => {
            let landscape = Surveyor::new().survey(question, across, ticket, &mut |_| {})?;
            Ok(ViewReport::Landscape(landscape))
        }
        View::Gates => gates::gates(&scene(once_back)?).map(ViewReport::Gates),
        View::Weights => {
            let more = reach::more_ticks(&network.spec, batch, loss)?;
            weights::weights(&scene(once_back + more)?).map(ViewReport::Weights)
        }
        View::Check => Err(Error::Fault("the check needs the network in both precisions".into())),
    }
}

impl<'a, R: Real> Scene<'a, R> {
    /// Runs the network, and works its activations out again.
    fn set(network: &'a Network, batch: &'a Batch, loss: Loss, ticket: &'a Ticket) -> Result<Self> {
        // The run, and the same numbers once more.
        let ticks = batch.steps * network.spec.ticks;
        fits_memory(&network.spec, ticks, 2 * batch.size, std::mem::size_of::<R>())?;
        let run = network.run(&batch.x, Probing::Off, ticket)?;
        let replay = network.replay(&batch.x, &run, ticket)?;
        let top = run.layers.last();
        let top = top.ok_or_else(|| Error::Fault("a network without layers".to_owned()))?;
        let top = top.hidden()?.contiguous()?;
        Ok(Self { network, batch, loss, top, replay, ticket })
    }

    fn layers(&self) -> usize {
        self.network.layers.len()
    }

    /// Numbers of the state of a layer after one tick: sequences times units.
    fn state(&self) -> usize {
        self.batch.size * self.network.spec.hidden_size
    }

    /// Goes back with the loss of the question through all ticks, and tells `observe` of each layer
    /// and tick.
    fn go_back(&self, observe: &mut dyn FnMut(&Back<'_, R>)) -> Result<()> {
        let Self { network, batch, loss, top, replay, ticket } = self;
        let direct = Direct::of_loss(network, batch, *loss, top)?;
        let mut sweep = Sweep::new(replay, replay.ticks(), batch.size);
        for tick in (0..replay.ticks()).rev() {
            ticket.advance(self.layers() as u64)?;
            sweep.enter(0, direct.at(tick, self.state()));
            sweep.back(observe);
        }
        Ok(())
    }
}

/// [`norm`] of numbers in the precision of the computation.
fn norm_of<R: Real>(values: &[R]) -> f64 {
    let values: Vec<f64> = values.iter().map(|value| value.to_f64()).collect();
    norm(&values)
}
