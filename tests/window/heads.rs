//! Readouts of files: found under any name, chosen where several fit, and never invented in silence.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use candle_core::Tensor;
use egui_kittest::kittest::Queryable as _;
use rnnscope::app::Command;
use rnnscope::flow::{Draw, Weights};
use rnnscope::network::{Head, ReadoutSource};
use rnnscope::rng::Generator;
use rnnscope::session::Session;

use super::driver::Window;

/// Saves a drawn network of one input with its readout under each of these names.
fn save(folder: &Path, names: &[&str], others: &[&str]) -> PathBuf {
    let draw = Draw::default();
    let spec = draw.design.spec(1, 1);
    let network = draw.design.network(&spec, &mut Generator::seeded(0)).unwrap();
    let mut tensors: HashMap<String, Tensor> = HashMap::new();
    for (name, tensor) in network.named() {
        match name.strip_prefix("head.") {
            Some(part) => {
                let named = names.iter().map(|name| (format!("{name}.{part}"), tensor.clone()));
                tensors.extend(named);
            }
            None => drop(tensors.insert(name, tensor.clone())),
        }
    }
    let other = Tensor::zeros(3, candle_core::DType::F32, &candle_core::Device::Cpu).unwrap();
    tensors.extend(others.iter().map(|name| ((*name).to_owned(), other.clone())));
    let path = folder.join("net.safetensors");
    candle_core::safetensors::save(&tensors, &path).unwrap();
    path
}

fn opened(names: &[&str], others: &[&str]) -> (tempfile::TempDir, Window) {
    let folder = tempfile::tempdir().unwrap();
    let path = save(folder.path(), names, others);
    let mut window = Window::open(Session::default());
    window.drop_files(&[path]);
    (folder, window)
}

fn head(window: &Window) -> Option<Head> {
    match &window.question().weights {
        Weights::File { head, .. } => Some(head.clone()),
        Weights::Draw(_) => None,
    }
}

#[test]
fn a_readout_under_another_name_is_found_and_named() {
    let (_folder, window) = opened(&["hidden2label"], &["running_mean"]);
    assert_eq!(window.report().readout, ReadoutSource::File("hidden2label".to_owned()));
    window.harness.get_by_label("not used: running_mean");
    assert_eq!(window.app().notices().count(), 0);
}

#[test]
fn a_readout_that_is_drawn_is_said_to_be() {
    let (_folder, mut window) = opened(&[], &[]);
    assert_eq!(window.report().readout, ReadoutSource::Random { seed: 0 });
    let told = window.app().notices().next().expect("a notice").text.clone();
    assert!(told.starts_with("net.safetensors holds no readout that fits"), "{told}");
    let drawn = window.report().loss;
    window.change(|session| {
        let Weights::File { head, .. } = &mut session.question.weights else { panic!("a file") };
        *head = Head::None;
    });
    window.settle();
    assert_eq!(window.report().readout, ReadoutSource::None);
    assert_ne!(window.report().loss, drawn);
}

#[test]
fn several_layers_that_fit_are_offered_and_nothing_changes_before_one_is_chosen() {
    let (folder, mut window) = opened(&["fc", "value"], &[]);
    assert_eq!(head(&window), None, "nothing changes yet");
    window.harness.get_by_label("Which layer is the readout?");
    window.click("Cancel");
    assert_eq!(*window.session(), Session::default());
    let path = folder.path().join("net.safetensors");
    window.drop_files(&[path]);
    window.click("value.weight [1, 16]");
    window.click("Open");
    assert_eq!(head(&window), Some(Head::Named("value".to_owned())));
    assert_eq!(window.report().readout, ReadoutSource::File("value".to_owned()));
    // Another can be chosen in the panel, and taken back.
    window.click_nth("Readout", 1);
    window.click("fc");
    assert_eq!(window.report().readout, ReadoutSource::File("fc".to_owned()));
    window.press(Command::Undo);
    assert_eq!(window.report().readout, ReadoutSource::File("value".to_owned()));
    // What was chosen is saved and found again.
    let saved = Session::load(&window.session().save().unwrap()).unwrap();
    let window = Window::open(saved);
    assert_eq!(window.report().readout, ReadoutSource::File("value".to_owned()));
}
