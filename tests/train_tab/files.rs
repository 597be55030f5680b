//! Networks, comparisons and records in files, and the way into Explore.

use std::path::Path;

use egui_kittest::kittest::Queryable as _;
use rnnscope::app::Command;
use rnnscope::flow::Weights;
use rnnscope::network::{Cell, Head, Nonlinearity, StateDict};
use rnnscope::session::Tab;
use rnnscope::train::Comparison;

use super::driver::Window;
use super::support::{comparison, open};

/// A trained window whose files go into a folder.
fn trained(folder: &Path) -> Window {
    let mut window = open(comparison(30));
    window.session_mut().train.folder = Some(folder.to_owned());
    window.app_mut().training_mut().keep_networks_in(folder.join("networks"));
    window.train();
    window
}

#[test]
fn a_trained_network_opens_in_explore_beside_its_initial_weights() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = trained(folder.path());
    let measured = window.figure("gradient-at-step");
    window.click("Open in Explore");
    assert_eq!(window.session().tab, Tab::Explore);
    assert_eq!(window.app().error(), None);
    let report = window.report();
    assert_eq!(report.spec.hidden_size, 6);
    assert_eq!((report.length, report.question.weight_scale), (10, 1.0));
    assert!(matches!(
        report.question.weights,
        Weights::File { nonlinearity: Nonlinearity::Tanh, .. }
    ));
    assert_eq!(window.session().pins.len(), 1);
    // Before training, Explore measures what the first measurement of training did.
    let pin = window.session().pins[0].clone();
    window.session_mut().question = pin.question;
    window.settle();
    let initial = measured.series.iter().find(|series| series.ghost).expect("before training");
    let found = &window.report().layers[0].grad_norm;
    for (point, found) in initial.points.iter().zip(found) {
        assert!((point[1] / found - 1.0).abs() < 1e-4, "{} {found}", point[1]);
    }
}

#[test]
fn a_network_is_saved_and_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = trained(folder.path());
    window.session_mut().train.contender = 1;
    window.settle();
    window.click("Save network…");
    window.click("Save");
    let path = folder.path().join("lstm-1-layer.safetensors");
    let dict = StateDict::read(&path).expect("reads");
    let opened = dict.open(Nonlinearity::Tanh, &Head::Fitting, 0).expect("holds a network");
    let network = opened.network;
    assert_eq!((network.spec.cell, network.spec.hidden_size), (Cell::Lstm, 6));
    window.harness.get_by_label_contains(&format!("Saved {}", path.display()));
}

#[test]
fn a_place_that_cannot_be_written_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = trained(&folder.path().join("missing"));
    let losses = window.losses();
    window.click("Save losses…");
    window.click("Save");
    window.harness.get_by_label_contains("cannot write");
    window.click("Cancel");
    assert_eq!(window.losses(), losses);
    std::fs::write(folder.path().join("missing"), "a file in the way").unwrap();
    window.click("TensorBoard…");
    window.click("Save");
    window.harness.get_by_label_contains("cannot write");
    window.click("Cancel");
    assert_eq!(window.losses(), losses);
}

#[test]
fn losses_and_event_files_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = trained(folder.path());
    window.click("Save losses…");
    window.click("Save");
    let text = std::fs::read_to_string(folder.path().join("losses.csv")).unwrap();
    assert_eq!(text.lines().count(), 31);
    assert!(text.lines().next().is_some_and(|head| head.ends_with(",rnn_1_layer,lstm_1_layer")));
    window.click("TensorBoard…");
    window.click("Save");
    for run in ["1-rnn-1-layer", "2-lstm-1-layer"] {
        let files = std::fs::read_dir(folder.path().join("runs").join(run)).unwrap();
        assert_eq!(files.count(), 1, "{run}");
    }
}

#[test]
fn a_comparison_is_saved_and_opened() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = open(comparison(33));
    window.session_mut().train.folder = Some(folder.path().to_owned());
    window.click("Save comparison…");
    window.click("Save");
    let path = folder.path().join("comparison.json");
    assert_eq!(Comparison::read(&path).expect("reads"), comparison(33));
    window.click("Notebook, all steps");
    window.click("Explore");
    window.drop_files(&[path]);
    assert_eq!(window.session().tab, Tab::Train);
    assert_eq!(window.session().train.comparison, comparison(33));
}

#[test]
fn figures_are_exported_and_the_ranking_is_copied() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = trained(folder.path());
    let export = &mut window.session_mut().export;
    export.folder = Some(folder.path().to_owned());
    // A figure of the other tab cannot be meant here.
    (export.figure, export.width) = (Some("eigenvalues".to_owned()), 900);
    window.press(Command::Export);
    window.click("Save");
    let picture = std::fs::read(folder.path().join("rnnscope-train.png")).unwrap();
    assert!(picture.starts_with(b"\x89PNG") && picture.len() > 20_000, "{}", picture.len());
    let text = window.clipboard(Command::CopyNumbers, |command| match command {
        egui::OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    });
    assert_eq!(text.lines().count(), 3);
    assert!(text.starts_with("place\tcontender"));
}
