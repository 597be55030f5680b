//! From the description of a draw to the network.

use super::question::{Draw, Init};
use crate::error::Result;
use crate::network::{self, Network, NetworkSpec};
use crate::rng::Generator;

impl Draw {
    /// The network that the seed gives, and where the random stream stands after it.
    ///
    /// # Errors
    /// Sizes out of range.
    pub fn network(&self, spec: &NetworkSpec) -> Result<(Network, Generator)> {
        let mut generator = Generator::seeded(self.seed);
        let network = self.network_from(spec, &mut generator)?;
        Ok((network, generator))
    }

    /// The network that a stream gives, whatever the seed says: layers and readout are drawn, then
    /// what replaces parts of the draw is applied, in the order of a PyTorch script.
    ///
    /// # Errors
    /// Sizes out of range.
    pub fn network_from(&self, spec: &NetworkSpec, generator: &mut Generator) -> Result<Network> {
        let mut network = network::draw(*spec, generator)?;
        match self.init {
            Init::Default => {}
            Init::Orthogonal => network.make_orthogonal(generator)?,
            Init::Identity => network.make_identity()?,
        }
        if let Some(bias) = self.forget_bias {
            network.set_forget_bias(bias)?;
        }
        Ok(network)
    }
}
