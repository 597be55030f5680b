//! What a network does to gradients: from a [`Question`] to a [`FlowReport`].

mod draw;
mod instrument;
mod jacobian;
mod kept;
mod measure;
mod question;
mod report;
mod sequence;
mod spectrum;

pub use instrument::Instrument;
pub use jacobian::step_jacobian;
pub(crate) use measure::fits_memory;
pub use measure::{LayerTrace, Trace, loss_of, measure};
pub use question::{Draw, Init, Input, Loss, Precision, Question, Recipe, Signal, Weights};
pub use report::{Census, FlowReport, LayerFlow, LayerSpectrum, NamedSpectrum, Spectrum};
pub use sequence::Sequence;
