//! How weights are drawn, number for number as PyTorch draws them.

use candle_core::{Device, Tensor};
use candle_nn::Linear;
use faer::Mat;

use super::design::{GateBias, Recipe};
use super::model::Network;
use super::parameters::LayerParameters;
use super::spec::{Cell, NetworkSpec, Reading, Wiring};
use crate::error::Result;
use crate::rng::Generator;

/// Draws a network as PyTorch does after `manual_seed`: the layers of `recipe`, lowest first, then
/// the readout, an `nn.Linear`. Skip connections have a recipe of their own.
///
/// # Errors
/// Sizes out of range.
pub fn draw(spec: NetworkSpec, recipe: Recipe, generator: &mut Generator) -> Result<Network> {
    spec.validate()?;
    let layers = (0..spec.num_layers)
        .map(|layer| match (spec.wiring, recipe) {
            (Wiring::Skips, _) => skip_layer(&spec, generator),
            (Wiring::Stacked, Recipe::Torch) => torch_layer(&spec, layer, generator),
            (Wiring::Stacked, Recipe::Notebook) => notebook_layer(&spec, layer, generator),
            (Wiring::Stacked, Recipe::Lab) => lab_layer(&spec, layer, generator),
        })
        .collect::<Result<_>>()?;
    let readout = match spec.reading {
        Reading::States => None,
        Reading::EachStep | Reading::LastStep | Reading::LastStepRelu | Reading::AllSteps(_) => {
            Some(draw_readout(&spec, generator)?)
        }
    };
    Ok(Network { spec, layers, readout })
}

/// The readout alone: `nn.Linear(H, O)`, or of all states side by side `nn.Linear(T·H, O)`.
///
/// # Errors
/// What candle says of the tensors.
pub fn draw_readout(spec: &NetworkSpec, generator: &mut Generator) -> Result<Linear> {
    let (out, width) = (spec.output_size, spec.reading.width(spec.hidden_size));
    let bound = linear_bound(width);
    let weight = uniform(generator, bound, &[out, width])?;
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
        weight_skip: None,
    })
}

/// weight_ih and weight_hh as their transposes, bias_ih, bias_hh, each U(±1/√H).
fn lab_layer(
    spec: &NetworkSpec,
    layer: usize,
    generator: &mut Generator,
) -> Result<LayerParameters> {
    let hidden = spec.hidden_size;
    let rows = spec.cell.gates() * hidden;
    let bound = 1.0 / (hidden as f64).sqrt();
    let input = spec.layer_input_size(layer);
    Ok(LayerParameters {
        weight_ih: uniform(generator, bound, &[input, rows])?.t()?.contiguous()?,
        weight_hh: uniform(generator, bound, &[hidden, rows])?.t()?.contiguous()?,
        bias_ih: uniform(generator, bound, &[rows])?,
        bias_hh: Some(uniform(generator, bound, &[rows])?),
        weight_skip: None,
    })
}

/// Gate by gate three `nn.Linear`: of the input with a bias, of h and of the skip without. The
/// stacked LSTM that this reproduces draws its gates in the order f, i, o, g; here they are put
/// into torch's order i, f, g, o.
fn skip_layer(spec: &NetworkSpec, generator: &mut Generator) -> Result<LayerParameters> {
    let (input, hidden, gates) = (spec.input_size, spec.hidden_size, spec.cell.gates());
    // Where the gate drawn at this place stands.
    let place = |drawn: usize| match spec.cell {
        Cell::Lstm => [1, 0, 3, 2][drawn],
        Cell::Rnn(_) | Cell::Gru => drawn,
    };
    let mut drawn = Vec::with_capacity(gates);
    for gate in 0..gates {
        let weight_ih = uniform(generator, linear_bound(input), &[hidden, input])?;
        let bias = uniform(generator, linear_bound(input), &[hidden])?;
        let weight_hh = uniform(generator, linear_bound(hidden), &[hidden, hidden])?;
        let skip = uniform(generator, linear_bound(hidden), &[hidden, hidden])?;
        drawn.push((place(gate), [weight_ih, bias, weight_hh, skip]));
    }
    drawn.sort_by_key(|(place, _)| *place);
    let stacked = |k: usize| {
        Tensor::cat(&drawn.iter().map(|(_, tensors)| &tensors[k]).collect::<Vec<_>>(), 0)
    };
    Ok(LayerParameters {
        weight_ih: stacked(0)?,
        weight_hh: stacked(2)?,
        bias_ih: stacked(1)?,
        bias_hh: None,
        weight_skip: Some(stacked(3)?),
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
        weight_skip: None,
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

    /// Replaces every `weight_ih` by independent N(0, 1) numbers.
    ///
    /// # Errors
    /// What candle says of the tensors.
    pub fn make_input_normal(&mut self, generator: &mut Generator) -> Result<()> {
        for layer in &mut self.layers {
            let shape = layer.weight_ih.shape().clone();
            let values = generator.randn(shape.elem_count());
            layer.weight_ih = Tensor::from_vec(values, shape, &Device::Cpu)?;
        }
        Ok(())
    }

    /// Sets the biases of the gates of every layer; cells without such gates are left alone.
    ///
    /// # Errors
    /// What candle says of the tensors.
    pub fn set_gate_bias(&mut self, rule: GateBias, generator: &mut Generator) -> Result<()> {
        let cell = self.spec.cell;
        let size = self.spec.hidden_size;
        for layer in &mut self.layers {
            let values = match (rule, cell) {
                (GateBias::Drawn, _) | (_, Cell::Rnn(_)) | (GateBias::Forget(_), Cell::Gru) => {
                    return Ok(());
                }
                (GateBias::Forget(bias), Cell::Lstm) => {
                    layer.bias_ih = with_gate(&layer.bias_ih, FORGET, size, bias)?;
                    if let Some(bias_hh) = &layer.bias_hh {
                        layer.bias_hh = Some(with_gate(bias_hh, FORGET, size, 0.0)?);
                    }
                    continue;
                }
                (GateBias::Hold(bias), _) => vec![bias as f32; size],
                (GateBias::Chrono(longest), _) => generator
                    .uniform(size, 1.0, (longest - 1.0) as f32)
                    .into_iter()
                    .map(f32::ln)
                    .collect(),
            };
            layer.bias_ih = holding(cell, &values)?;
            if let Some(bias_hh) = &layer.bias_hh {
                layer.bias_hh = Some(bias_hh.zeros_like()?);
            }
        }
        Ok(())
    }
}

/// Place of the forget gate among an LSTM's gates i, f, g, o.
const FORGET: usize = 1;

/// A bias vector `[G·H]` that opens what keeps the state by `values [H]` and closes what would
/// overwrite it by as much; zero elsewhere.
fn holding(cell: Cell, values: &[f32]) -> Result<Tensor> {
    let kept = values.iter().copied();
    let closed = values.iter().map(|value| -value);
    let zeros = std::iter::repeat_n(0.0, values.len());
    let all: Vec<f32> = match cell {
        Cell::Lstm => closed.chain(kept).chain(zeros.clone()).chain(zeros).collect(),
        Cell::Gru => zeros.clone().chain(kept).chain(zeros).collect(),
        Cell::Rnn(_) => zeros.collect(),
    };
    let length = all.len();
    Ok(Tensor::from_vec(all, length, &Device::Cpu)?)
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

    fn spec(cell: Cell, recipe: Recipe) -> NetworkSpec {
        NetworkSpec { biases: recipe.biases(), ..NetworkSpec::new(cell, [1, 5, 2, 1]) }
    }

    fn drawn(cell: Cell, recipe: Recipe) -> (Network, Generator) {
        let mut generator = Generator::seeded(0);
        (draw(spec(cell, recipe), recipe, &mut generator).unwrap(), generator)
    }

    #[test]
    fn orthogonal_blocks_are_orthogonal() {
        let (mut network, mut generator) = drawn(Cell::Gru, Recipe::Torch);
        network.make_orthogonal(&mut generator).unwrap();
        let weight = network.layers[1].weight_hh.to_vec2::<f32>().unwrap();
        let block = Mat::from_fn(5, 5, |i, j| f64::from(weight[5 + i][j]));
        let off = &block * block.transpose() - Mat::<f64>::identity(5, 5);
        assert!(off.norm_max() < 1e-6, "{off:?}");
    }

    #[test]
    fn the_forget_bias_is_the_sum_of_both_biases() {
        let (mut network, mut generator) = drawn(Cell::Lstm, Recipe::Torch);
        network.set_gate_bias(GateBias::Forget(2.5), &mut generator).unwrap();
        let layer = &network.layers[0];
        let sum = (&layer.bias_ih + layer.bias_hh.as_ref().unwrap()).unwrap();
        assert_eq!(sum.to_vec1::<f32>().unwrap()[5..10], [2.5; 5]);
    }

    #[test]
    fn one_bias_draws_fewer_numbers() {
        let cell = Cell::Rnn(Nonlinearity::Tanh);
        let (network, _) = drawn(cell, Recipe::Notebook);
        assert!(network.layers[0].bias_hh.is_none());
    }

    /// Tallec & Ollivier (2018), equation 16: b_f ~ ln U(1, T_max - 1), b_i = -b_f.
    #[test]
    fn chrono_biases_span_the_time_scales_asked_for() {
        let (mut network, mut generator) = drawn(Cell::Lstm, Recipe::Torch);
        network.set_gate_bias(GateBias::Chrono(400.0), &mut generator).unwrap();
        for layer in &network.layers {
            let bias = layer.bias_ih.to_vec1::<f32>().unwrap();
            let (input, forget) = (&bias[..5], &bias[5..10]);
            assert!(forget.iter().all(|b| (0.0..=399f32.ln()).contains(b)), "{forget:?}");
            assert!(forget.iter().any(|b| *b > 4.0), "{forget:?}");
            assert!(input.iter().zip(forget).all(|(i, f)| *i == -f));
            assert_eq!(bias[10..], [0.0; 10]);
            assert_eq!(layer.bias_hh.as_ref().unwrap().to_vec1::<f32>().unwrap(), [0.0; 20]);
        }
        assert_ne!(
            network.layers[0].bias_ih.to_vec1::<f32>().unwrap(),
            network.layers[1].bias_ih.to_vec1::<f32>().unwrap()
        );
    }

    #[test]
    fn a_gru_holds_by_its_update_gate_and_an_rnn_has_nothing_to_hold_by() {
        let (mut network, mut generator) = drawn(Cell::Gru, Recipe::Torch);
        network.set_gate_bias(GateBias::Hold(5.0), &mut generator).unwrap();
        let bias = network.layers[0].bias_ih.to_vec1::<f32>().unwrap();
        assert_eq!(bias, [[0.0; 5], [5.0; 5], [0.0; 5]].concat());
        let cell = Cell::Rnn(Nonlinearity::Tanh);
        let (mut network, mut generator) = drawn(cell, Recipe::Torch);
        let before = network.layers[0].bias_ih.to_vec1::<f32>().unwrap();
        network.set_gate_bias(GateBias::Hold(5.0), &mut generator).unwrap();
        assert_eq!(network.layers[0].bias_ih.to_vec1::<f32>().unwrap(), before);
    }

    #[test]
    fn the_lab_draws_transposes() {
        let (torch, _) = drawn(Cell::Gru, Recipe::Torch);
        let (lab, _) = drawn(Cell::Gru, Recipe::Lab);
        let numbers = |tensor: &Tensor| tensor.flatten_all().unwrap().to_vec1::<f32>().unwrap();
        let (torch, lab) = (&torch.layers[0], &lab.layers[0]);
        assert_eq!(numbers(&torch.weight_hh), numbers(&lab.weight_hh.t().unwrap()));
        assert_eq!(
            numbers(&torch.bias_hh.clone().unwrap()),
            numbers(&lab.bias_hh.clone().unwrap())
        );
    }
}
