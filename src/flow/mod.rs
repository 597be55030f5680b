//! What a network does to gradients: from a [`Question`] to a [`FlowReport`].

mod batch;
pub mod fate;
mod instrument;
mod jacobian;
mod kept;
mod measure;
mod npz;
mod passage;
mod question;
mod raw;
mod report;
mod sequence;
mod sequence_file;
mod spectrum;
mod unscaled;
pub mod view;

pub use fate::Fate;
pub use instrument::Instrument;
pub use jacobian::step_jacobian;
pub use measure::{LayerTrace, Trace, measure, measure_by};
pub(crate) use measure::{fits_bytes, fits_memory};
pub use npz::npz;
pub use passage::Passage;
pub use question::{Draw, Input, Precision, Question, Signal, Weights};
pub use raw::{Array, Values};
pub use report::{Census, FlowReport, LayerFlow, LayerSpectrum, NamedSpectrum, Spectrum};
pub use sequence::Sequence;
pub use sequence_file::{Rows, SequenceFile};
pub use view::{View, ViewReport};
