//! “Open in Explore” and “Save network” take the weights of the moment chosen.

use egui_kittest::kittest::Queryable as _;
use rnnscope::network::encode;
use rnnscope::session::Tab;
use rnnscope::train::{Comparison, LineUp};

use super::driver::Window;
use super::support::{comparison, open};

/// The bytes of a contender's network after exactly so many updates, trained without a window.
fn direct(comparison: &Comparison, contender: usize, updates: u64) -> Vec<u8> {
    let mut trainee = LineUp::new(comparison).expect("networks").trainees.remove(contender);
    for _ in 0..updates {
        trainee.step().expect("an update");
    }
    encode(trainee.network()).expect("encodes")
}

/// A finished training of the second contender, whose files go into a folder.
fn trained(folder: &std::path::Path) -> Window {
    let mut window = open(comparison(30));
    window.session_mut().train.folder = Some(folder.to_owned());
    window.app_mut().training_mut().keep_networks_in(folder.join("networks"));
    window.session_mut().train.contender = 1;
    window.train();
    window
}

impl Window {
    /// Goes back to the `n`-th measurement.
    fn go_back_to(&mut self, n: f64, step: u64) {
        self.slider("Moment of training").set_value_accesskit(n);
        self.harness.step();
        self.until("the moment", |tab| {
            tab.scene().is_some_and(|scene| scene.taken.chosen == Some(step))
        });
    }
}

#[test]
fn a_saved_network_has_exactly_the_weights_of_the_moment_chosen() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = trained(folder.path());
    window.go_back_to(2.0, 10);
    window.harness.get_by_label_contains(
        "“Open in Explore” and “Save network…” take the weights after 10 updates, the moment chosen.",
    );
    window.click("Save network…");
    let told = "as .safetensors: weights after 10 updates, the moment chosen.";
    window.harness.get_by_label_contains(told);
    window.click("Save");
    let path = folder.path().join("lstm-1-layer-step-10.safetensors");
    assert_eq!(std::fs::read(&path).unwrap(), direct(&comparison(30), 1, 10));
    let told = "lstm-1-layer-step-10.safetensors: weights after 10 updates, the moment chosen";
    window.harness.get_by_label_contains(told);

    window.click("Newest");
    window.click("Save network…");
    window.click("Save");
    let path = folder.path().join("lstm-1-layer.safetensors");
    assert_eq!(std::fs::read(&path).unwrap(), direct(&comparison(30), 1, 30));
    window.harness.get_by_label_contains("newest weights after 30 updates");
}

#[test]
fn explore_opens_the_weights_of_the_moment_chosen_and_measures_what_was_measured_then() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = trained(folder.path());
    window.go_back_to(3.0, 15);
    let measured = window.figure("gradient-at-step");
    window.click("Open in Explore");
    assert_eq!((window.session().tab, window.app().error()), (Tab::Explore, None));
    let rnnscope::flow::Weights::File { path, .. } = window.question().weights.clone() else {
        panic!("not a file: {:?}", window.question().weights);
    };
    assert!(path.display().to_string().contains("lstm-1-layer-step-15-"), "{}", path.display());
    assert_eq!(std::fs::read(&path).unwrap(), direct(&comparison(30), 1, 15));
    let own = measured.series.iter().find(|series| !series.ghost).expect("that moment");
    let found = &window.report().layers[0].grad_norm;
    for (point, found) in own.points.iter().zip(found) {
        assert!((point[1] / found - 1.0).abs() < 1e-4, "{} {found}", point[1]);
    }
}

#[test]
fn an_earlier_run_still_has_the_weights_of_its_moments() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = trained(folder.path());
    window.session_mut().train.comparison.seed = 5;
    window.session_mut().train.runs_open = true;
    window.settle();
    window.tap("Start new run");
    window.until("over", |tab| tab.scene().is_some_and(|scene| scene.number == 2) && tab.settled());
    window.tap("Show run 1");
    window.until("shown", |tab| tab.scene().is_some_and(|scene| scene.number == 1));
    window.go_back_to(1.0, 5);
    window.click("Save network…");
    window.click("Save");
    let path = folder.path().join("lstm-1-layer-step-5.safetensors");
    assert_eq!(std::fs::read(&path).unwrap(), direct(&comparison(30), 1, 5));
}

#[test]
fn where_a_moment_has_no_weights_the_nearest_kept_ones_are_taken_and_named() {
    let folder = tempfile::tempdir().unwrap();
    // Two networks of a million numbers each: eight copies of one fit, of 21 moments.
    let mut large = comparison(40);
    large.probe_every = 2;
    for contender in &mut large.contenders {
        contender.design.hidden_size = 500;
    }
    large.contenders.remove(0);
    large.contenders.push(large.contenders[0].clone());
    large.batch = 1;
    let mut window = open(large.clone());
    window.session_mut().train.folder = Some(folder.path().to_owned());
    window.train();
    let moments = window.training().scene().expect("a training").moments.clone();
    assert_eq!(moments, (0..40).step_by(2).collect::<Vec<u64>>());
    window.go_back_to(1.0, 2);
    let taken = window.training().scene().expect("a training").taken;
    assert_ne!(taken.updates, 2, "too large to keep them all");
    let told = format!(
        "weights after {} updates, the nearest that are kept to the moment chosen (step 2)",
        taken.updates
    );
    let told = told.replace("after 1 updates", "after 1 update");
    window.harness.get_by_label_contains(&told);
    window.click("Save network…");
    window.click("Save");
    let name = window.training().scene().expect("a training").comparison.contenders[0].name.clone();
    let name = name.replace('_', "-");
    let path = folder.path().join(format!("{name}-step-{}.safetensors", taken.updates));
    assert_eq!(std::fs::read(&path).unwrap(), direct(&large, 0, taken.updates));
}
