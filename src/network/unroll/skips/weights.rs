//! The packed parameters of all layers, prepared for products.

use super::super::layout::{Dims, Parameters};
use crate::network::kernel::Factor;
use crate::network::real::Real;

/// The parameters of each layer, lowest first.
pub(super) fn unpack<R: Real>(packed: &[R], dims: Dims) -> Vec<Parameters<'_, R>> {
    packed
        .chunks_exact(packed.len() / dims.layers)
        .map(|packed| Parameters::unpack(packed, dims))
        .collect()
}

/// What the state of a layer and its skip connection are multiplied by.
pub(super) struct Factors<'a, R: Clone> {
    pub(super) hidden: Factor<'a, R>,
    pub(super) skip: Factor<'a, R>,
}

impl<'a, R: Real> Factors<'a, R> {
    /// For the way forward.
    pub(super) fn new(parameters: &Parameters<'a, R>, dims: Dims) -> Self {
        Self {
            hidden: Factor::new(parameters.hidden, dims.batch),
            skip: Factor::new(parameters.skip, dims.batch),
        }
    }

    /// For the way back.
    pub(super) fn transposed(parameters: &Parameters<'a, R>, dims: Dims) -> Self {
        Self {
            hidden: Factor::new(parameters.hidden.transposed(), dims.batch),
            skip: Factor::new(parameters.skip.transposed(), dims.batch),
        }
    }
}
