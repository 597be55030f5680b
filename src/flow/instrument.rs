//! The instrument: answers questions, and remembers what did not change since the last one.

use super::question::Question;
use super::report::FlowReport;
use crate::error::Result;
use crate::ticket::Ticket;

/// Answers questions. Weights, their spectra and the input are kept from one question to the
/// next, so that moving a slider costs one forward and one backward pass.
#[derive(Debug, Default)]
pub struct Instrument {}

impl Instrument {
    /// An instrument that remembers nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Measures. Step Jacobians of large networks are left out; see [`Instrument::complete`].
    ///
    /// # Errors
    /// Settings out of range, files that cannot be read or do not fit, and [`Error::Cancelled`](crate::error::Error::Cancelled)
    /// when the ticket was cancelled.
    pub fn answer(&mut self, question: &Question, ticket: &Ticket) -> Result<FlowReport> {
        let _ = (question, ticket);
        unimplemented!("lands with the network")
    }

    /// Adds the step Jacobians that [`Instrument::answer`] left out. Does nothing if none is missing.
    ///
    /// # Errors
    /// As for [`Instrument::answer`].
    pub fn complete(&mut self, report: &mut FlowReport, ticket: &Ticket) -> Result<()> {
        let _ = (report, ticket);
        unimplemented!("lands with the network")
    }
}
