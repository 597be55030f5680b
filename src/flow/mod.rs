//! What a network does to gradients: from a [`Question`] to a [`FlowReport`].

mod batch;
pub mod fate;
mod instrument;
mod jacobian;
mod kept;
mod measure;
mod passage;
mod question;
mod report;
mod sequence;
mod spectrum;
pub mod view;

pub use fate::Fate;
pub use instrument::Instrument;
pub use jacobian::step_jacobian;
pub(crate) use measure::fits_memory;
pub use measure::{LayerTrace, Trace, measure, measure_by};
pub use passage::Passage;
pub use question::{Draw, Input, Precision, Question, Signal, Weights};
pub use report::{Census, FlowReport, LayerFlow, LayerSpectrum, NamedSpectrum, Spectrum};
pub use sequence::Sequence;
pub use view::{View, ViewReport};
