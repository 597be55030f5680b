//! How weights are drawn, number for number as PyTorch draws them.

use candle_core::{Device, Tensor};
use candle_nn::Linear;
use faer::Mat;

use super::model::Network;
use super::parameters::LayerParameters;
use super::spec::{Biases, Cell, NetworkSpec};
use crate::error::Result;
use crate::rng::Generator;

/// Draws a network as PyTorch does after `manual_seed`: `nn.RNN`, `nn.LSTM` or `nn.GRU` (or, with
/// one bias, the course notebook's own cells), then the readout `nn.Linear(H, O)`.
///
/// # Errors
/// Sizes out of range.
pub fn draw(spec: NetworkSpec, generator: &mut Generator) -> Result<Network> {
    spec.validate()?;
    let layers = (0..spec.num_layers)
        .map(|layer| match spec.biases {
            Biases::Two => torch_layer(&spec, layer, generator),
            Biases::One => notebook_layer(&spec, layer, generator),
        })
        .collect::<Result<_>>()?;
    let readout = draw_readout(&spec, generator)?;
    Ok(Network { spec, layers, readout })
}

/// The readout alone: `nn.Linear(H, O)`.
///
/// # Errors
/// What candle says of the tensors.
pub fn draw_readout(spec: &NetworkSpec, generator: &mut Generator) -> Result<Linear> {
    let (out, hidden) = (spec.output_size, spec.hidden_size);
    let bound = linear_bound(hidden);
    let weight = uniform(generator, bound, &[out, hidden])?;
    let bias = uniform(generator, bound, &[out])?;
    Ok(Linear::new(weight, Some(bias)))
}

/// weight_ih, weight_hh, bias_ih, bias_hh, each U(±1/√H).
fn torch_layer(
    spec: &NetworkSpec,
    layer: usize,
    generator: &mut Generator,
) -> Result<LayerParameters> {
    let hidden = spec.hidden_size;
    let rows = spec.cell.gates() * hidden;
    let bound = 1.0 / (hidden as f64).sqrt();
    Ok(LayerParameters {
        weight_ih: uniform(generator, bound, &[rows, spec.layer_input_size(layer)])?,
        weight_hh: uniform(generator, bound, &[rows, hidden])?,
        bias_ih: uniform(generator, bound, &[rows])?,
        bias_hh: Some(uniform(generator, bound, &[rows])?),
    })
}

/// `nn.Linear(I, G·H)`, then `nn.Linear(H, G·H, bias=False)`. The notebook chunks an LSTM's gates
/// in the order i, f, o, g; here they are put into torch's order i, f, g, o.
fn notebook_layer(
    spec: &NetworkSpec,
    layer: usize,
    generator: &mut Generator,
) -> Result<LayerParameters> {
    let hidden = spec.hidden_size;
    let rows = spec.cell.gates() * hidden;
    let input = spec.layer_input_size(layer);
    let bound = linear_bound(input);
    let weight_ih = uniform(generator, bound, &[rows, input])?;
    let bias_ih = uniform(generator, bound, &[rows])?;
    let weight_hh = uniform(generator, linear_bound(hidden), &[rows, hidden])?;
    let order = |tensor: Tensor| match spec.cell {
        Cell::Lstm => gates_from_notebook_order(&tensor, hidden),
        Cell::Rnn(_) | Cell::Gru => Ok(tensor),
    };
    Ok(LayerParameters {
        weight_ih: order(weight_ih)?,
        weight_hh: order(weight_hh)?,
        bias_ih: order(bias_ih)?,
        bias_hh: None,
    })
}

/// i, f, o, g to i, f, g, o along dimension 0.
fn gates_from_notebook_order(tensor: &Tensor, hidden: usize) -> Result<Tensor> {
    let gate = |index: usize| tensor.narrow(0, index * hidden, hidden);
    Ok(Tensor::cat(&[gate(0)?, gate(1)?, gate(3)?, gate(2)?], 0)?)
}

/// The bound of `nn.Linear`'s uniform draw, with the rounding of
/// `kaiming_uniform_(a=sqrt(5))`; mathematically 1/√fan_in.
fn linear_bound(fan_in: usize) -> f64 {
    let gain = (2.0 / (1.0 + 5f64.sqrt().powi(2))).sqrt();
    3f64.sqrt() * (gain / (fan_in as f64).sqrt())
}

fn uniform(generator: &mut Generator, bound: f64, shape: &[usize]) -> Result<Tensor> {
    let values = generator.uniform(shape.iter().product(), -bound as f32, bound as f32);
    Ok(Tensor::from_vec(values, shape, &Device::Cpu)?)
}

impl Network {
    /// Replaces every gate's block of `weight_hh` by a random orthogonal matrix (Saxe et al. 2014):
    /// the Q of a Gaussian matrix with R's diagonal made positive, as `nn.init.orthogonal_`.
    ///
    /// # Errors
    /// What candle says of the tensors.
    pub fn make_orthogonal(&mut self, generator: &mut Generator) -> Result<()> {
        let hidden = self.spec.hidden_size;
        self.replace_recurrent(|| {
            let values = generator.randn(hidden * hidden);
            orthogonal(&Mat::from_fn(hidden, hidden, |i, j| f64::from(values[i * hidden + j])))
        })
    }

    /// Replaces every gate's block of `weight_hh` by the identity (IRNN, Le et al. 2015).
    ///
    /// # Errors
    /// What candle says of the tensors.
    pub fn make_identity(&mut self) -> Result<()> {
        let hidden = self.spec.hidden_size;
        self.replace_recurrent(|| Mat::identity(hidden, hidden))
    }

    fn replace_recurrent(&mut self, mut block: impl FnMut() -> Mat<f64>) -> Result<()> {
        let hidden = self.spec.hidden_size;
        let gates = self.spec.cell.gates();
        for layer in &mut self.layers {
            let mut values = Vec::with_capacity(gates * hidden * hidden);
            for _ in 0..gates {
                let block = block();
                values.extend((0..hidden * hidden).map(|k| block[(k / hidden, k % hidden)] as f32));
            }
            layer.weight_hh = Tensor::from_vec(values, (gates * hidden, hidden), &Device::Cpu)?;
        }
        Ok(())
    }

    /// Sets the forget gate's bias of every layer of an LSTM to `bias` (in the sum of both biases;
    /// Jozefowicz et al. 2015); other cells have none and are left alone.
    ///
    /// # Errors
    /// What candle says of the tensors.
    pub fn set_forget_bias(&mut self, bias: f64) -> Result<()> {
        if self.spec.cell != Cell::Lstm {
            return Ok(());
        }
        let hidden = self.spec.hidden_size;
        for layer in &mut self.layers {
            layer.bias_ih = with_gate(&layer.bias_ih, 1, hidden, bias)?;
            if let Some(bias_hh) = &layer.bias_hh {
                layer.bias_hh = Some(with_gate(bias_hh, 1, hidden, 0.0)?);
            }
        }
        Ok(())
    }
}

fn orthogonal(gaussian: &Mat<f64>) -> Mat<f64> {
    let qr = gaussian.qr();
    let (q, r) = (qr.compute_Q(), qr.R());
    let sign = |j: usize| if r[(j, j)] < 0.0 { -1.0 } else { 1.0 };
    Mat::from_fn(q.nrows(), q.ncols(), |i, j| q[(i, j)] * sign(j))
}

/// A bias vector `[G·H]` with the values of one gate replaced.
fn with_gate(bias: &Tensor, gate: usize, hidden: usize, value: f64) -> Result<Tensor> {
    let mut values = bias.to_dtype(candle_core::DType::F32)?.to_vec1::<f32>()?;
    values[gate * hidden..][..hidden].fill(value as f32);
    Ok(Tensor::from_vec(values, bias.shape(), &Device::Cpu)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Nonlinearity;

    fn spec(cell: Cell, biases: Biases) -> NetworkSpec {
        NetworkSpec { cell, input_size: 1, hidden_size: 5, num_layers: 2, biases, output_size: 1 }
    }

    #[test]
    fn orthogonal_blocks_are_orthogonal() {
        let mut generator = Generator::seeded(0);
        let mut network = draw(spec(Cell::Gru, Biases::Two), &mut generator).unwrap();
        network.make_orthogonal(&mut generator).unwrap();
        let weight = network.layers[1].weight_hh.to_vec2::<f32>().unwrap();
        let block = Mat::from_fn(5, 5, |i, j| f64::from(weight[5 + i][j]));
        let off = &block * block.transpose() - Mat::<f64>::identity(5, 5);
        assert!(off.norm_max() < 1e-6, "{off:?}");
    }

    #[test]
    fn the_forget_bias_is_the_sum_of_both_biases() {
        let mut network = draw(spec(Cell::Lstm, Biases::Two), &mut Generator::seeded(0)).unwrap();
        network.set_forget_bias(2.5).unwrap();
        let layer = &network.layers[0];
        let sum = (&layer.bias_ih + layer.bias_hh.as_ref().unwrap()).unwrap();
        assert_eq!(sum.to_vec1::<f32>().unwrap()[5..10], [2.5; 5]);
    }

    #[test]
    fn one_bias_draws_fewer_numbers() {
        let cell = Cell::Rnn(Nonlinearity::Tanh);
        let network = draw(spec(cell, Biases::One), &mut Generator::seeded(0)).unwrap();
        assert!(network.layers[0].bias_hh.is_none());
    }
}
