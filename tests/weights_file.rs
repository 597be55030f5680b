//! Networks read from `.safetensors` files, and files that do not fit.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use candle_core::{DType, Device, Tensor};
use common::golden::{assert_close, numbers};
use rnnscope::flow::{Input, Instrument, Question, Signal, Weights};
use rnnscope::network::{
    Biases, Cell, Head, Network, NetworkSpec, Nonlinearity, Recipe, StateDict, draw, write,
};
use rnnscope::rng::Generator;
use rnnscope::ticket::Ticket;

fn network(cell: Cell, num_layers: usize, biases: Biases) -> Network {
    let spec = NetworkSpec { biases, ..NetworkSpec::new(cell, [2, 3, num_layers, 1]) };
    let recipe = match biases {
        Biases::One => Recipe::Notebook,
        Biases::Two => Recipe::Torch,
    };
    draw(spec, recipe, &mut Generator::seeded(8)).unwrap()
}

/// The tensors of a network, recurrent ones with a prefix.
fn tensors(network: &Network, prefix: &str) -> HashMap<String, Tensor> {
    let name = |name: String| {
        if name.starts_with("head") { name } else { format!("{prefix}{name}") }
    };
    network.named().into_iter().map(|(n, tensor)| (name(n), tensor.clone())).collect()
}

fn save(folder: &Path, tensors: &HashMap<String, Tensor>) -> PathBuf {
    let path = folder.join("network.safetensors");
    candle_core::safetensors::save(tensors, &path).unwrap();
    path
}

fn read_back(path: &Path) -> rnnscope::error::Result<Network> {
    Ok(StateDict::read(path)?.open(Nonlinearity::Relu, &Head::Fitting, 0)?.network)
}

#[test]
fn cell_sizes_layers_biases_and_prefix_are_inferred() {
    let folder = tempfile::tempdir().unwrap();
    for cell in [Cell::Rnn(Nonlinearity::Relu), Cell::Lstm, Cell::Gru] {
        for (layers, biases) in [(1, Biases::Two), (3, Biases::Two), (2, Biases::One)] {
            for prefix in ["", "rnn.", "model.encoder."] {
                let saved = network(cell, layers, biases);
                let path = save(folder.path(), &tensors(&saved, prefix));
                let found = read_back(&path).unwrap();
                assert_eq!(found.spec, saved.spec);
                for ((name, a), (_, b)) in found.named().iter().zip(saved.named()) {
                    assert_close(name, &numbers(a), &numbers(b), 0.0);
                }
            }
        }
    }
}

#[test]
fn doubles_stay_doubles_and_halves_become_singles() {
    let folder = tempfile::tempdir().unwrap();
    let saved = tensors(&network(Cell::Gru, 1, Biases::Two), "");
    for (stored, expected) in [(DType::F64, DType::F64), (DType::F16, DType::F32)] {
        let converted =
            saved.iter().map(|(name, t)| (name.clone(), t.to_dtype(stored).unwrap())).collect();
        let found = read_back(&save(folder.path(), &converted)).unwrap();
        assert_eq!(found.layers[0].weight_hh.dtype(), expected);
    }
}

#[test]
fn a_network_without_biases_or_readout_is_completed() {
    let folder = tempfile::tempdir().unwrap();
    let mut saved = tensors(&network(Cell::Lstm, 1, Biases::One), "");
    saved.retain(|name, _| name.starts_with("weight"));
    let found = read_back(&save(folder.path(), &saved)).unwrap();
    assert!(numbers(&found.layers[0].bias_ih).iter().all(|&bias| bias == 0.0));
    assert_eq!(found.readout.unwrap().weight().dims(), [1, 3]);
}

#[test]
fn parameters_are_counted_as_the_file_has_them() {
    let folder = tempfile::tempdir().unwrap();
    // Two inputs, three units, one output.
    let whole = tensors(&network(Cell::Lstm, 1, Biases::Two), "");
    let all = 12 * (2 + 3 + 2) + 3 + 1;
    let without = |endings: &[&str]| {
        let mut left = whole.clone();
        left.retain(|name, _| !endings.iter().any(|ending| name.contains(ending)));
        StateDict::read(&save(folder.path(), &left))
            .and_then(|dict| dict.open(Nonlinearity::Tanh, &Head::Fitting, 0))
            .unwrap()
            .parameters
    };
    assert_eq!(without(&[]), all);
    assert_eq!(without(&["head.bias"]), all - 1);
    assert_eq!(without(&["bias_ih", "bias_hh"]), all - 24);
    // One is drawn in its place.
    assert_eq!(without(&["head."]), all);
}

#[test]
fn files_that_do_not_fit_name_the_tensor_and_both_shapes() {
    let folder = tempfile::tempdir().unwrap();
    let good = || tensors(&network(Cell::Lstm, 2, Biases::Two), "rnn.");
    let zeros = |shape: &[usize]| Tensor::zeros(shape, DType::F32, &Device::Cpu).unwrap();
    let mut cases: Vec<(HashMap<String, Tensor>, &str)> = Vec::new();
    let mut case = good();
    case.insert("rnn.weight_ih_l1".into(), zeros(&[12, 4]));
    cases.push((case, "rnn.weight_ih_l1: expected shape [12, 3], found [12, 4]"));
    let mut case = good();
    case.remove("rnn.bias_hh_l1");
    cases.push((case, "rnn.bias_hh_l1 is missing beside rnn.bias_hh_l0"));
    let mut case = good();
    case.insert("rnn.weight_hh_l0".into(), zeros(&[7, 3]));
    cases.push((case, "rnn.weight_hh_l0: expected [G·H, H]"));
    let mut case = good();
    case.insert("head.weight".into(), zeros(&[2, 3]));
    cases.push((case, "head.bias: expected shape [2], found [1]"));
    let mut case = good();
    case.insert("head.weight".into(), zeros(&[1, 4]));
    cases.push((case, "head.weight: expected shape [1, 3], found [1, 4]"));
    let mut case = good();
    case.remove("head.weight");
    cases.push((case, "head.weight is missing beside head.bias"));
    let mut case = good();
    case.insert("rnn.weight_ih_l0_reverse".into(), zeros(&[12, 2]));
    cases.push((case, "bidirectional"));
    let mut case = good();
    case.insert("decoder.weight_hh_l0".into(), zeros(&[12, 3]));
    cases.push((case, "two networks"));
    cases.push((HashMap::from([("fc.weight".into(), zeros(&[1, 3]))]), "no tensor named"));
    let mut case = good();
    case.insert("rnn.weight_hh_l0".into(), zeros(&[12]));
    cases.push((case, "expected a matrix"));
    for (tensors, reason) in cases {
        let path = save(folder.path(), &tensors);
        let error = read_back(&path).unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
        assert!(error.starts_with(&path.display().to_string()), "{error}");
    }
}

#[test]
fn truncated_foreign_and_missing_files_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = save(folder.path(), &tensors(&network(Cell::Gru, 1, Biases::Two), ""));
    let whole = std::fs::read(&path).unwrap();
    for bytes in [&whole[..whole.len() / 2], &whole[..4], b"", b"not a safetensors file at all"] {
        std::fs::write(&path, bytes).unwrap();
        let error = read_back(&path).unwrap_err().to_string();
        assert!(error.contains("safetensors"), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
    // A header that promises more than any memory holds.
    let mut lie = u64::MAX.to_le_bytes().to_vec();
    lie.extend_from_slice(b"{}");
    std::fs::write(&path, lie).unwrap();
    assert!(read_back(&path).is_err());
    assert!(read_back(&folder.path().join("missing")).is_err());
    assert!(read_back(folder.path()).is_err());
}

#[test]
fn a_read_network_answers_and_is_read_again_when_the_file_changes() {
    let folder = tempfile::tempdir().unwrap();
    let first = network(Cell::Lstm, 1, Biases::Two);
    let path = save(folder.path(), &tensors(&first, ""));
    let question = Question {
        weights: Weights::File {
            path: path.clone(),
            nonlinearity: Nonlinearity::Tanh,
            seed: 0,
            head: Head::Fitting,
            content: None,
        },
        input: Input { signal: Signal::Sine, ..Input::default() },
        ..Question::default()
    };
    let mut instrument = Instrument::new();
    let before = instrument.answer(&question, &Ticket::new()).unwrap();
    assert_eq!(before.spec, first.spec);
    let second = network(Cell::Gru, 2, Biases::Two);
    save(folder.path(), &tensors(&second, ""));
    // Clocks of file systems tick in milliseconds at worst.
    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(2);
    std::fs::File::options().write(true).open(&path).unwrap().set_modified(later).unwrap();
    assert_eq!(instrument.answer(&question, &Ticket::new()).unwrap().spec, second.spec);
}

fn assert_equal(found: &Network, expected: &Network) {
    assert_eq!(found.spec, expected.spec);
    for ((name, a), (other, b)) in found.named().iter().zip(expected.named()) {
        assert_eq!(*name, other);
        assert_eq!(a.dtype(), b.dtype(), "{name}");
        assert_close(name, &numbers(a), &numbers(b), 0.0);
    }
}

#[test]
fn a_saved_network_is_read_back_equal() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("network.safetensors");
    let cells = [Nonlinearity::Tanh, Nonlinearity::Relu, Nonlinearity::Identity].map(Cell::Rnn);
    for cell in cells.into_iter().chain([Cell::Lstm, Cell::Gru]) {
        for (biases, dtype) in [(Biases::One, DType::F64), (Biases::Two, DType::F32)] {
            let saved = network(cell, 2, biases).scaled(1.0, 1.0, dtype).unwrap();
            write(&path, &saved).unwrap();
            // The nonlinearity in the file counts, not the one assumed without it.
            assert_equal(&read_back(&path).unwrap(), &saved);
            let bytes = std::fs::read(&path).unwrap();
            write(&path, &saved).unwrap();
            assert_eq!(bytes, std::fs::read(&path).unwrap());
        }
    }
    assert!(
        write(
            &folder.path().join("missing/network.safetensors"),
            &network(Cell::Gru, 1, Biases::Two)
        )
        .is_err()
    );
}

/// `nn.Module`s with the saved one as `rnn` and a linear layer as `head` find these names.
#[test]
fn a_saved_network_has_the_names_that_pytorch_expects() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("network.safetensors");
    write(&path, &network(Cell::Lstm, 2, Biases::Two)).unwrap();
    let tensors = candle_core::safetensors::load(&path, &Device::Cpu).unwrap();
    let mut found: Vec<(&str, &[usize])> =
        tensors.iter().map(|(name, tensor)| (name.as_str(), tensor.dims())).collect();
    found.sort_unstable();
    let expected: [(&str, &[usize]); 10] = [
        ("head.bias", &[1]),
        ("head.weight", &[1, 3]),
        ("rnn.bias_hh_l0", &[12]),
        ("rnn.bias_hh_l1", &[12]),
        ("rnn.bias_ih_l0", &[12]),
        ("rnn.bias_ih_l1", &[12]),
        ("rnn.weight_hh_l0", &[12, 3]),
        ("rnn.weight_hh_l1", &[12, 3]),
        ("rnn.weight_ih_l0", &[12, 2]),
        ("rnn.weight_ih_l1", &[12, 3]),
    ];
    assert_eq!(found, expected);
}

/// Files written by PyTorch, see `tests/data/README.md`; the same seed draws the same network here.
#[test]
fn state_dicts_of_pytorch_are_read() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    for (file, cell, num_layers) in
        [("lstm_seed0.pt", Cell::Lstm, 2), ("gru_seed0_checkpoint.pth", Cell::Gru, 1)]
    {
        let spec = NetworkSpec::new(cell, [1, 3, num_layers, 1]);
        let expected = draw(spec, Recipe::Torch, &mut Generator::seeded(0)).unwrap();
        assert_equal(&read_back(&data.join(file)).unwrap(), &expected);
    }
}

#[test]
fn damaged_and_foreign_state_dicts_are_refused() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let whole = std::fs::read(data.join("lstm_seed0.pt")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("network.pt");
    // The pickle says that the first tensor has 12 rows: say 200, more than the file holds.
    let rows = whole.windows(4).position(|bytes| bytes == [b'K', 12, b'K', 1]).unwrap();
    let mut larger = whole.clone();
    larger[rows + 1] = 200;
    for (bytes, words) in [
        (&whole[..whole.len() / 2], "incomplete"),
        (&whole[..0], "PyTorch"),
        (b"PK\x03\x04 and nothing else", "incomplete"),
        // The checksum is wrong now; tests/state_dicts.rs has a right one on a wrong claim.
        (&larger, "data.pkl"),
    ] {
        std::fs::write(&path, bytes).unwrap();
        let error = read_back(&path).unwrap_err().to_string();
        assert!(error.contains(words) && error.contains("network.pt"), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
    // Any single byte may be wrong: an answer or an error, never a crash.
    for index in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[index] ^= 0x55;
        std::fs::write(&path, &damaged).unwrap();
        let _ = read_back(&path);
    }
    let file = std::fs::File::create(&path).unwrap();
    file.set_len(3 << 30).unwrap();
    assert!(read_back(&path).unwrap_err().to_string().contains("too many for a network"));
    std::fs::create_dir(folder.path().join("folder.pt")).unwrap();
    assert!(read_back(&folder.path().join("folder.pt")).is_err());
}
