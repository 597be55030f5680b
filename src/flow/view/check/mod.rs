//! Can I trust it? Autograd against central differences in f64, and f32 against f64.
//!
//! Every tensor of parameters, and the gradients of states that Explore shows, are compared along one
//! random direction each: the derivative of the loss by autograd, and by differences of the loss of the
//! whole network ([`Method::Whole`]). What these cannot resolve, because it has vanished in rounding or is
//! lost in chaos, is compared link by link of the chain rule ([`Method::StepByStep`]).

mod chain;
mod direction;
mod gradients;
mod kinks;
mod link;
mod part;
mod precision;
mod ridders;
#[cfg(test)]
mod tests;
mod verdict;
mod whole;

pub use self::part::{Check, Method, Part, What};
pub use self::precision::{Cause, LOST, LayerPrecision, Lost, PrecisionReport};
pub use self::verdict::{Reason, TOLERANCE, Verdict};

use self::chain::{Chain, Hold};
use self::gradients::{Gradients, Subject};
use self::whole::{Comparison, Whole};
use super::cores::on_all_cores;
use crate::error::Result;
use crate::flow::batch::Batch;
use crate::flow::{Instrument, Precision, Question};
use crate::network::Network;
use crate::ticket::Ticket;

/// The first step of differences, as a part of the size of what is moved.
const FIRST_STEP: f64 = 1.0 / 16.0;

/// Runs of the network that one comparison takes, roughly.
const RUNS: usize = 8;

/// Of [`View::Check`](super::View::Check).
#[derive(Clone, Debug, PartialEq)]
pub struct CheckReport {
    /// Autograd against differences.
    pub check: Check,
    /// Single against double precision.
    pub precision: PrecisionReport,
}

impl Instrument {
    /// Compares autograd with central differences for the network of a question, in f64 whatever the
    /// question's own precision.
    ///
    /// # Errors
    /// As for [`Instrument::answer`].
    pub fn check(&mut self, question: &Question, ticket: &Ticket) -> Result<Check> {
        let question = Question { precision: Precision::F64, ..question.clone() };
        let (network, batch) = self.ready(&question)?;
        check(&subject(&network, batch, &question, ticket))
    }

    /// Where single precision loses the gradient that double precision still has.
    ///
    /// # Errors
    /// As for [`Instrument::answer`].
    pub fn precision(&mut self, question: &Question, ticket: &Ticket) -> Result<PrecisionReport> {
        let mut gradients = |precision| -> Result<_> {
            let question = Question { precision, ..question.clone() };
            let (network, batch) = self.ready(&question)?;
            let subject = subject(&network, batch, &question, ticket);
            if precision == Precision::F32 {
                // In each precision once forward and back.
                ticket.expect_steps(4 * subject.steps());
            }
            let gradients = Gradients::of(&subject)?;
            Ok((network.spec, subject.state(), gradients))
        };
        let (_, _, single) = gradients(Precision::F32)?;
        let (spec, state, double) = gradients(Precision::F64)?;
        Ok(precision::compare(&spec, state, &single, &double))
    }

    /// Both.
    pub(in crate::flow) fn trust(
        &mut self,
        question: &Question,
        ticket: &Ticket,
    ) -> Result<CheckReport> {
        let precision = self.precision(question, ticket)?;
        let check = self.check(question, ticket)?;
        Ok(CheckReport { check, precision })
    }
}

fn subject<'a>(
    network: &'a Network,
    batch: &'a Batch,
    question: &Question,
    ticket: &'a Ticket,
) -> Subject<'a> {
    Subject { network, batch, loss: question.loss, ticket }
}

/// Compares every gradient of a network.
fn check(subject: &Subject<'_>) -> Result<Check> {
    let Subject { network, ticket, .. } = subject;
    let states = 3 * network.spec.cell.states() * network.layers.len();
    let parts = network.named().len() + states;
    ticket.expect_steps((RUNS * parts) as u64 * subject.steps());
    let gradients = Gradients::of(subject)?;
    compare(subject, &gradients)
}

/// Compares gradients, whoever made them, with differences.
fn compare(subject: &Subject<'_>, gradients: &Gradients) -> Result<Check> {
    let asked = what(subject, gradients);
    let whole = Whole::new(*subject, gradients);
    let compare = |n: usize| Ok(Part::whole(asked[n].clone(), &whole.compare(&asked[n], n)?));
    let mut parts = on_all_cores(asked.len(), subject.ticket, compare)?;
    if parts.iter().any(Part::needs_more) {
        step_by_step(subject, gradients, &mut parts)?;
    }
    Ok(Check { loss: gradients.loss, ticks: subject.network.spec.ticks, parts })
}

/// Compares once more, link by link, what the whole network did not settle.
fn step_by_step(subject: &Subject<'_>, gradients: &Gradients, parts: &mut [Part]) -> Result<()> {
    let chain = Chain::new(*subject, gradients)?;
    let links = chain.links()?;
    let compare = |n: usize| -> Result<Option<(Comparison, Hold)>> {
        if !parts[n].needs_more() {
            return Ok(None);
        }
        Ok(match &parts[n].what {
            What::Parameter(name) => {
                chain.parameter(name, n)?.zip(links.all()).map(|(own, all)| {
                    let hold = Hold::of(&own).and(all);
                    (own, hold)
                })
            }
            What::State { layer, cell, tick } => Some(links.state(*layer, *cell, *tick)),
        })
    };
    let found = on_all_cores(parts.len(), subject.ticket, compare)?;
    for (part, found) in parts.iter_mut().zip(found) {
        if let Some((own, hold)) = found {
            part.settle(&own, &hold);
        }
    }
    Ok(())
}

/// All parameters, and the states after the first, the middle and the last tick.
fn what(subject: &Subject<'_>, gradients: &Gradients) -> Vec<What> {
    let mut all: Vec<What> =
        gradients.parameters.iter().map(|(name, _)| What::Parameter(name.clone())).collect();
    let last = subject.ticks();
    let mut ticks = vec![1, last.div_ceil(2), last];
    ticks.dedup();
    for (layer, states) in gradients.layers.iter().enumerate() {
        for cell in [false, true].into_iter().take(states.values.len()) {
            all.extend(ticks.iter().map(|&tick| What::State { layer, cell, tick }));
        }
    }
    all
}
