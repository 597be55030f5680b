//! What a network does to gradients: from a [`Question`] to a [`FlowReport`].

mod instrument;
mod question;
mod report;

pub use instrument::Instrument;
pub use question::{Draw, Init, Input, Loss, Precision, Question, Recipe, Signal, Weights};
pub use report::{Census, FlowReport, LayerFlow, LayerSpectrum, NamedSpectrum, Spectrum};
