//! Recurrent networks on candle.
//!
//! A network is a stack of layers and a linear readout. A layer runs over its whole sequence in
//! one candle operation, `unroll`, which also delivers the gradient with respect to every state.

mod spec;

pub use spec::{Biases, Cell, NetworkSpec, Nonlinearity};
