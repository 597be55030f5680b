//! Networks and inputs of the reference vectors, rebuilt from their seeds.

use candle_core::{DType, Device, Tensor, Var};
use candle_nn::Linear;
use rnnscope::network::{Cell, LayerParameters, Network, NetworkSpec, Nonlinearity};
use serde_json::Value;

use super::floats;

/// The reference's own generator of parameters (SplitMix64 of Steele et al. 2014).
struct SplitMix(u64);

impl SplitMix {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 40) as f64 / f64::from(1 << 24)
    }

    /// U(±1/√hidden), as exact f32 values.
    fn tensor(&mut self, hidden: usize, shape: &[usize]) -> Tensor {
        let bound = (1.0 / (hidden as f64).sqrt()) as f32;
        let values: Vec<f32> =
            (0..shape.iter().product()).map(|_| (2.0 * self.unit() - 1.0) as f32 * bound).collect();
        Tensor::from_vec(values, shape, &Device::Cpu).unwrap()
    }
}

/// The cell of a file's `kind`.
pub fn cell(kind: &str) -> Cell {
    match kind {
        "rnn_tanh" => Cell::Rnn(Nonlinearity::Tanh),
        "rnn_relu" => Cell::Rnn(Nonlinearity::Relu),
        "rnn_identity" => Cell::Rnn(Nonlinearity::Identity),
        "lstm" => Cell::Lstm,
        "gru" => Cell::Gru,
        other => panic!("kind {other}"),
    }
}

/// The unscaled network of a file with so many layers.
pub fn network(file: &Value, layers: usize) -> Network {
    let hidden_size = file["hidden"].as_u64().unwrap() as usize;
    let cell = cell(file["kind"].as_str().unwrap());
    let spec = NetworkSpec::new(cell, [1, hidden_size, layers, 1]);
    let mut stream = SplitMix(file["nets"][layers.to_string()]["seed"].as_u64().unwrap());
    let rows = spec.cell.gates() * hidden_size;
    let mut draw = |shape: &[usize]| stream.tensor(hidden_size, shape);
    let layers = (0..layers)
        .map(|layer| LayerParameters {
            weight_ih: draw(&[rows, spec.layer_input_size(layer)]),
            weight_hh: draw(&[rows, hidden_size]),
            bias_ih: draw(&[rows]),
            bias_hh: Some(draw(&[rows])),
            weight_skip: None,
        })
        .collect();
    let readout = Linear::new(draw(&[1, hidden_size]), Some(draw(&[1])));
    Network { spec, layers, readout: Some(readout) }
}

/// The same network with every parameter a variable, so that gradients reach it.
pub fn variables(network: &Network) -> Network {
    let variable = |tensor: &Tensor| Var::from_tensor(tensor).unwrap().into_inner();
    let layers = network
        .layers
        .iter()
        .map(|layer| LayerParameters {
            weight_ih: variable(&layer.weight_ih),
            weight_hh: variable(&layer.weight_hh),
            bias_ih: variable(&layer.bias_ih),
            bias_hh: layer.bias_hh.as_ref().map(variable),
            weight_skip: layer.weight_skip.as_ref().map(variable),
        })
        .collect();
    let readout = network
        .readout
        .as_ref()
        .map(|linear| Linear::new(variable(linear.weight()), linear.bias().map(variable)));
    Network { spec: network.spec, layers, readout }
}

/// Inputs `[T, B, 1]` and running means `[T, B, 1]` of a case.
pub fn batch(inputs: &Value, steps: usize, batch: usize, dtype: DType) -> (Tensor, Tensor) {
    let x = floats(&inputs["inputs"][format!("T{steps}_B{batch}")]);
    let means = x.chunks(steps).flat_map(|row| {
        let mut sum = 0.0;
        row.iter().enumerate().map(move |(t, value)| {
            sum += value;
            sum / (t + 1) as f64
        })
    });
    let y: Vec<f64> = means.collect();
    let tensor = |values: Vec<f64>| {
        let batch_first = Tensor::from_vec(values, (batch, steps, 1), &Device::Cpu).unwrap();
        batch_first.transpose(0, 1).unwrap().contiguous().unwrap().to_dtype(dtype).unwrap()
    };
    (tensor(x), tensor(y))
}

/// All numbers of a tensor in f64.
pub fn numbers(tensor: &Tensor) -> Vec<f64> {
    tensor.to_dtype(DType::F64).unwrap().flatten_all().unwrap().to_vec1().unwrap()
}

/// Fails unless the vectors agree within `tolerance` times the largest expected magnitude.
pub fn assert_close(what: &str, found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len(), "{what}: length");
    let largest = expected.iter().fold(0.0f64, |m, v| m.max(v.abs()));
    for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
        let same = found == expected || (found.is_nan() && expected.is_nan());
        let off = (found - expected).abs();
        assert!(
            same || off <= tolerance * largest,
            "{what}[{i}]: {found:e}, expected {expected:e} (largest {largest:e})"
        );
    }
}
