//! Recurrent networks on candle.
//!
//! A network is a stack of layers and a linear readout. A layer runs over its whole sequence in
//! one candle operation, which also delivers the gradient with respect to every state.

mod cell;
mod design;
mod file;
mod head;
mod init;
pub(crate) mod kernel;
mod model;
mod parameters;
pub(crate) mod real;
mod spec;
mod unroll;

pub use design::{Design, GateBias, Init, InputInit, Recipe};
pub use file::{Doubt, Heads, LinearLayer, Opened, StateDict, encode, write};
pub use head::{Head, ReadoutSource};
pub use init::{draw, draw_readout};
pub use model::{LayerRun, Network, Probing, Run};
pub(crate) use model::{or_cancelled, repeat_steps};
pub use parameters::LayerParameters;
pub use spec::{Biases, Cell, NetworkSpec, Nonlinearity, Reading, Wiring};
pub(crate) use unroll::{Back, Replay, Sweep};
