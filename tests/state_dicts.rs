//! State dicts as people save them with PyTorch: each is either used rightly, by PyTorch's own
//! numbers, or refused for the true reason. `tests/data/state_dicts/make.py` made them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use common::golden::assert_close;
use common::{data, float, floats, json};
use rnnscope::flow::view::{CheckReport, Part, Verdict, View, ViewReport, What};
use rnnscope::flow::{Input, Instrument, Precision, Question, SequenceFile, Signal, Weights};
use rnnscope::network::{Doubt, Head, Nonlinearity, ReadoutSource, StateDict};
use rnnscope::task::{Loss, TaskChoice};
use rnnscope::ticket::Ticket;
use serde_json::Value;

fn cases() -> Vec<(String, Value)> {
    let expected = json("state_dicts/expected.json");
    let files = expected["files"].as_object().unwrap();
    let all = |(file, wishes): (&String, &Value)| {
        wishes
            .as_array()
            .unwrap()
            .iter()
            .map(|wish| (file.clone(), wish.clone()))
            .collect::<Vec<_>>()
    };
    files.iter().flat_map(all).collect()
}

fn file(name: &str) -> PathBuf {
    data("state_dicts").join(name)
}

fn head(wish: &str) -> Head {
    match wish {
        "fitting" => Head::Fitting,
        other => other.parse().unwrap(),
    }
}

fn words(values: &Value) -> Vec<String> {
    values.as_array().unwrap().iter().map(|word| word.as_str().unwrap().to_owned()).collect()
}

/// The sines of make.py in a CSV file.
fn sequence(folder: &Path, features: usize) -> SequenceFile {
    let row = |t: usize| {
        let value = |i: usize| format!("{}", (1.3 * t as f64 + 0.7 * i as f64 + 0.4).sin());
        (0..features).map(value).collect::<Vec<_>>().join(",")
    };
    let steps = json("state_dicts/expected.json")["T"].as_u64().unwrap() as usize;
    let path = folder.join(format!("{features}.csv"));
    fs::write(&path, (0..steps).map(row).collect::<Vec<_>>().join("\n")).unwrap();
    SequenceFile::new(&path)
}

#[test]
fn files_of_strangers_give_the_numbers_of_pytorch() {
    let folder = tempfile::tempdir().unwrap();
    let mut measured = 0;
    for (name, case) in cases().iter().filter(|(_, case)| case["words"].is_null()) {
        let wish = head(case["wish"].as_str().unwrap());
        let nonlinearity = match case["nonlinearity"].as_str().unwrap() {
            "relu" => Nonlinearity::Relu,
            _ => Nonlinearity::Tanh,
        };
        let opened = StateDict::read(&file(name)).unwrap().open(nonlinearity, &wish, 0);
        let opened = opened.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(opened.readout.to_string(), case["source"].as_str().unwrap(), "{name}");
        assert_eq!(opened.unused, words(&case["unused"]), "{name}");
        let question = Question {
            weights: Weights::File {
                path: file(name),
                nonlinearity,
                seed: 0,
                head: wish,
                content: None,
            },
            input: Input {
                signal: Signal::Files(vec![sequence(
                    folder.path(),
                    opened.network.spec.input_size,
                )]),
                ..Input::default()
            },
            loss: if case["loss_on"] == "all" { Loss::All } else { Loss::Last },
            precision: Precision::F64,
            ..Question::default()
        };
        let report = Instrument::new().answer(&question, &Ticket::new()).unwrap();
        assert_eq!(report.readout, opened.readout, "{name}");
        assert_close(name, &[report.loss], &[float(&case["loss"])], 1e-12);
        for (layer, expected) in report.layers.iter().zip(case["grad_norm"].as_array().unwrap()) {
            assert_close(name, &layer.grad_norm, &floats(expected), 1e-11);
        }
        if let Some(cells) = case["cell_grad_norm"].as_array() {
            for (layer, expected) in report.layers.iter().zip(cells) {
                let found = layer.cell_grad_norm.as_ref().unwrap();
                assert_close(name, found, &floats(expected), 1e-11);
            }
        }
        measured += 1;
    }
    assert!(measured >= 25, "{measured}");
}

#[test]
fn files_that_cannot_be_measured_are_refused_for_the_true_reason_in_one_line() {
    let mut refused = 0;
    for (name, case) in cases().iter().filter(|(_, case)| !case["words"].is_null()) {
        let wish = head(case["wish"].as_str().unwrap());
        let opened =
            StateDict::read(&file(name)).and_then(|dict| dict.open(Nonlinearity::Tanh, &wish, 0));
        let error = opened.expect_err(name).to_string();
        for word in words(&case["words"]) {
            assert!(error.contains(&word), "{error} lacks {word}");
        }
        assert_eq!(error.lines().count(), 1, "{error}");
        assert!(error.starts_with(&file(name).display().to_string()), "{error}");
        assert!(error.len() < 600, "{error}");
        refused += 1;
    }
    assert!(refused >= 17, "{refused}");
}

#[test]
fn the_layers_that_could_be_the_readout_are_listed_with_what_speaks_against_them() {
    let heads = |name: &str| StateDict::read(&file(name)).unwrap().heads().unwrap();
    let named = |name: &str| -> Vec<(String, Option<Doubt>)> {
        heads(name).layers.into_iter().map(|layer| (layer.name, layer.doubt)).collect()
    };
    assert_eq!(heads("fc.pt").chosen.as_deref(), Some("fc"));
    assert_eq!(
        named("views.pt"),
        [("decoder".to_owned(), None), ("encoder".to_owned(), Some(Doubt::BeforeRecurrence)),]
    );
    assert_eq!(heads("alone.pt"), Default::default());
    let both = heads("actor_critic.pt");
    assert_eq!((both.layers.len(), both.chosen), (2, None));
    assert!(both.trouble.unwrap().starts_with("several linear layers"));
    let mlp = heads("mlp.pt");
    assert!(mlp.layers.iter().all(|layer| layer.doubt == Some(Doubt::PartOfMlp)), "{mlp:?}");
    assert!(mlp.chosen.is_none() && mlp.trouble.unwrap().contains("MLP"));
}

#[test]
fn the_content_of_a_file_counts_not_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let original =
        StateDict::read(&file("plain.pt")).unwrap().open(Nonlinearity::Tanh, &Head::Fitting, 0);
    let saved = folder.path().join("network.safetensors");
    rnnscope::network::write(&saved, &original.unwrap().network).unwrap();
    for source in [file("plain.pt"), file("old_format"), saved] {
        for name in ["a.safetensors", "b.pt", "c.bin", "d.ckpt", "e"] {
            let path = folder.path().join(name);
            fs::copy(&source, &path).unwrap();
            let dict = StateDict::read(&path).unwrap();
            dict.open(Nonlinearity::Tanh, &Head::Fitting, 0).unwrap();
        }
    }
    for (bytes, reason) in [
        (&b"1.0,2.0\n3.0,4.0\n"[..], "plain text"),
        (b"\x89HDF\r\n\x1a\n\0\0\0\0", "HDF5"),
        (b"version https://git-lfs.github.com/spec/v1\n", "Git LFS"),
    ] {
        let path = folder.path().join("weights.pt");
        fs::write(&path, bytes).unwrap();
        let error = StateDict::read(&path).unwrap_err().to_string();
        assert!(error.contains(reason) && error.contains(".safetensors"), "{error}");
    }
}

#[test]
fn damaged_files_are_refused_in_one_line_and_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("damaged");
    let mut stream = rnnscope::rng::Generator::seeded(5);
    let mut below = |count: usize| (stream.uniform_f64() * count as f64) as usize;
    let start = Instant::now();
    for (name, _) in cases() {
        let whole = fs::read(file(&name)).unwrap();
        for round in 0..60 {
            let mut bytes = whole.clone();
            match round % 3 {
                0 => bytes.truncate(below(whole.len())),
                1 => {
                    for _ in 0..=below(4) {
                        bytes[below(whole.len())] = below(256) as u8;
                    }
                }
                _ => {
                    let (from, to) = (below(whole.len()), below(whole.len()));
                    let length = below(64).min(whole.len() - from.max(to));
                    bytes.copy_within(from..from + length, to);
                }
            }
            fs::write(&path, &bytes).unwrap();
            let opened = StateDict::read(&path)
                .and_then(|dict| dict.open(Nonlinearity::Tanh, &Head::Fitting, 0));
            if let Err(error) = opened {
                let error = error.to_string();
                assert_eq!(error.lines().count(), 1, "{name}: {error}");
            }
        }
    }
    assert!(start.elapsed() < Duration::from_secs(60));
}

/// A pickle of `ops` with the numbers of a storage in an archive that PyTorch could have written.
fn archive(path: &Path, pickle: &[u8]) {
    use std::io::Write;
    let mut archive = zip::ZipWriter::new(fs::File::create(path).unwrap());
    let options = zip::write::SimpleFileOptions::default();
    archive.start_file("archive/data.pkl", options).unwrap();
    archive.write_all(pickle).unwrap();
    archive.start_file("archive/data/0", options).unwrap();
    archive.write_all(&[0; 64]).unwrap();
    archive.finish().unwrap();
}

#[test]
fn pickles_made_to_exhaust_memory_or_the_stack_are_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bomb.pt");
    let nested = [b"\x80\x02".as_slice(), &b"]".repeat(1 << 20), &b"a".repeat((1 << 20) - 1), b"."];
    // A list that holds itself twice over, forty times.
    let mut billion = b"\x80\x02]q\x00".to_vec();
    for n in 0..40_u8 {
        billion.extend([b']', b'q', n + 1, b'(', b'h', n, b'h', n, b'e', b'0']);
    }
    billion.extend(b"h\x28.");
    // A dictionary made of another again and again.
    let mut copies = b"\x80\x02}q\x00(".to_vec();
    for n in 0..1000_u16 {
        copies.extend(b"M");
        copies.extend(n.to_le_bytes());
        copies.push(b'N');
    }
    copies.extend(b"uccollections\nOrderedDict\nq\x01");
    for _ in 0..20_000 {
        copies.extend(b"h\x01h\x00\x85R0");
    }
    copies.push(b'.');
    // A storage of 16 numbers that claims to be a tensor of 2^40.
    let mut huge = b"\x80\x02}X\x0c\0\0\0weight_hh_l0ctorch._utils\n_rebuild_tensor_v2\n".to_vec();
    huge.extend(b"((X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\x000X\x03\0\0\0cpuK\x10tQ");
    huge.extend(b"K\0J\0\0\x10\0J\0\0\x10\0\x86K\0K\0\x86\x89NtRs.");
    for (what, pickle) in
        [("nested", nested.concat()), ("billion", billion), ("copies", copies), ("huge", huge)]
    {
        archive(&path, &pickle);
        let start = Instant::now();
        let dict = StateDict::read(&path);
        let opened = dict.and_then(|dict| dict.open(Nonlinearity::Tanh, &Head::Fitting, 0));
        let error = opened.expect_err(what).to_string();
        assert_eq!(error.lines().count(), 1, "{error}");
        assert!(start.elapsed() < Duration::from_secs(10), "{what}");
    }
}

/// `name: tensor` with one number of storage 0, as a pickle writes it after an opening `(`.
fn item(name: &str, storage_class: &str) -> Vec<u8> {
    let text =
        |text: &str| [b"X", &(text.len() as u32).to_le_bytes()[..], text.as_bytes()].concat();
    let mut item = text(name);
    item.extend(b"ctorch._utils\n_rebuild_tensor_v2\n((");
    item.extend(text("storage"));
    item.extend(format!("ctorch\n{storage_class}\n").as_bytes());
    item.extend(text("0"));
    item.extend(text("cpu"));
    item.extend(b"K\x10tQK\0K\x01K\x01\x86K\x01K\x01\x86\x89NtR");
    item
}

fn dict(items: &[Vec<u8>]) -> Vec<u8> {
    [b"\x80\x02}(".as_slice(), &items.concat(), b"u."].concat()
}

#[test]
fn nothing_that_may_be_a_tensor_is_passed_over_in_silence() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("network.pt");
    let open = |pickle: Vec<u8>| {
        archive(&path, &pickle);
        StateDict::read(&path)?.open(Nonlinearity::Tanh, &Head::Random, 0)
    };
    let float = |name: &str| item(name, "FloatStorage");
    let [hh, ih] = ["weight_hh_l0", "weight_ih_l0"];
    // Two names, one storage: both are read.
    assert!(open(dict(&[float(hh), float(ih)])).unwrap().unused.is_empty());
    let error = open(dict(&[float(hh), float(ih), float(ih)])).unwrap_err().to_string();
    assert!(error.contains("two tensors are called \"weight_ih_l0\""), "{error}");
    let error = open(dict(&[float(hh), item(ih, "FutureStorage")])).unwrap_err().to_string();
    assert!(error.contains("weight_ih_l0 holds numbers of an unknown kind"), "{error}");
    // Beside the network such a thing is named.
    let aside = open(dict(&[float(hh), float(ih), item("fc.scale", "FutureStorage")])).unwrap();
    assert_eq!(aside.unused, ["fc.scale"]);
    let mut strange = b"X\x0c\0\0\0weight_ih_l0".to_vec();
    strange.extend(b"cother.library\nPackedTensor\n)R");
    let error = open(dict(&[float(hh), strange])).unwrap_err().to_string();
    assert!(error.contains("weight_ih_l0 is made by other.library.PackedTensor"), "{error}");
    let long = "x".repeat(300);
    assert_eq!(open(dict(&[float(hh), float(ih), float(&long)])).unwrap().unused, [long]);
}

#[test]
fn an_archive_with_a_wrong_checksum_or_of_zeros_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("network.pt");
    // The first number of the first storage, by its alignment.
    let dict = StateDict::read(&file("plain.pt")).unwrap();
    let network = dict.open(Nonlinearity::Tanh, &Head::Fitting, 0).unwrap().network;
    let first = network.layers[0].weight_ih.flatten_all().unwrap().to_vec1::<f32>().unwrap()[0];
    let mut bytes = fs::read(file("plain.pt")).unwrap();
    let at = bytes.windows(4).position(|window| window == first.to_le_bytes()).unwrap();
    bytes[at] ^= 1;
    fs::write(&path, &bytes).unwrap();
    let error = StateDict::read(&path).unwrap_err().to_string();
    assert!(error.contains("data/0") && error.to_lowercase().contains("checksum"), "{error}");
}

#[test]
fn a_network_without_a_readout_is_saved_and_read_back_as_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("states.safetensors");
    let dict = StateDict::read(&file("fc.pt")).unwrap();
    let network = dict.open(Nonlinearity::Tanh, &Head::None, 0).unwrap().network;
    assert!(network.named().iter().all(|(name, _)| !name.starts_with("head")));
    let numbers: usize = network.named().iter().map(|(_, tensor)| tensor.elem_count()).sum();
    assert_eq!(network.spec.parameter_count(), numbers);
    rnnscope::network::write(&path, &network).unwrap();
    let back = StateDict::read(&path).unwrap().open(Nonlinearity::Tanh, &Head::Fitting, 0).unwrap();
    assert_eq!(back.readout, ReadoutSource::None);
    assert_eq!(back.network.spec, network.spec);
    let drawn = StateDict::read(&path).unwrap().open(Nonlinearity::Tanh, &Head::Random, 3).unwrap();
    assert_eq!(drawn.readout, ReadoutSource::Random { seed: 3 });
    assert_eq!(drawn.network.spec.output_size, 1);
}

#[test]
fn gradients_of_the_norm_of_states_agree_with_differences_in_every_view() {
    let folder = tempfile::tempdir().unwrap();
    let question = |loss| Question {
        weights: Weights::File {
            path: file("fc.pt"),
            nonlinearity: Nonlinearity::Tanh,
            seed: 0,
            head: Head::None,
            content: None,
        },
        input: Input {
            signal: Signal::Files(vec![sequence(folder.path(), 2)]),
            ..Input::default()
        },
        loss,
        ..Question::default()
    };
    for loss in [Loss::Last, Loss::All] {
        let mut instrument = Instrument::new();
        let report = instrument.answer(&question(loss), &Ticket::new()).unwrap();
        assert!(report.target.iter().chain(&report.prediction).all(|value| value.is_nan()));
        let views = [View::Itemized, View::Theory, View::Jacobians, View::Gates, View::Weights];
        for view in views.into_iter().chain([View::Check]) {
            let report = instrument.view(&question(loss), view, &Ticket::new());
            let report = report.unwrap_or_else(|error| panic!("{view:?}: {error}"));
            let ViewReport::Check(CheckReport { check, .. }) = report else { continue };
            let agree = check.count(Verdict::Agrees);
            assert_eq!(agree, check.parts.len(), "{check:?}");
            let of_head = |part: &Part| matches!(&part.what, What::Parameter(name) if name.starts_with("head"));
            assert!(!check.parts.iter().any(of_head));
        }
    }
    let task = Question {
        input: Input { signal: Signal::Task(TaskChoice::all()[1].clone()), ..Input::default() },
        ..question(Loss::Last)
    };
    let error = Instrument::new().answer(&task, &Ticket::new()).unwrap_err().to_string();
    assert!(error.contains("no readout") && error.lines().count() == 1, "{error}");
}
