//! Every task, driven from its place in the list to a look into Explore.

use egui_kittest::kittest::Queryable as _;
use rnnscope::app::Phase;
use rnnscope::flow::{Question, Signal};
use rnnscope::session::Tab;
use rnnscope::task::{FirstZero, Place, TaskChoice};
use rnnscope::train::{Comparison, Curriculum, Growth, Mastery, presets};

use super::driver::Window;
use super::support::open;

/// The first preset of a task, made short.
fn short(task: &str) -> Comparison {
    let preset = presets(task).into_iter().next().expect("a preset");
    let mut comparison = preset.rounds.into_iter().next().expect("a round");
    (comparison.steps, comparison.trials, comparison.probe_every) = (12, 1, 4);
    comparison.evaluate_every = comparison.evaluate_every.min(6);
    for contender in &mut comparison.contenders {
        contender.design.hidden_size = 6;
        contender.budget = None;
    }
    match &mut comparison.task {
        TaskChoice::LongLag(task) => (task.symbols, task.test) = (12, 60),
        TaskChoice::FirstZero(task) => task.length = 8,
        TaskChoice::RunningMean(_) | TaskChoice::Mnist1d(_) | TaskChoice::Echo(_) => {}
    }
    comparison
}

fn names(window: &Window) -> Vec<&'static str> {
    window.training().figures().iter().map(|figure| figure.name).collect()
}

/// Trains a short form of a task, looks at the figures it has of its own, and opens the network of
/// the last contender in Explore, where the untrained one must be what training measured first.
fn from_list_to_explore(task: &TaskChoice, own: &[&str], input: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let other = if task.name() == "echo" { "running-mean" } else { "echo" };
    let mut window = open(short(other));
    window.app_mut().training_mut().keep_networks_in(folder.path().join("networks"));
    let about = task.about();
    window.choose(task);
    let chosen = window.session().train.comparison.clone();
    let preset = presets(task.name()).into_iter().next().expect("a preset");
    assert_eq!(chosen, preset.rounds[0], "the first preset comes with the task");
    window.harness.get_by_label_contains(about.source);

    window.session_mut().train.comparison = short(task.name());
    let last = window.session().train.comparison.contenders.len() - 1;
    window.session_mut().train.contender = last;
    window.settle();
    window.train();
    assert_eq!(window.training().error(), None);
    let found = names(&window);
    for name in own.iter().chain(&["loss", "prediction-1", "gradient-map"]) {
        assert!(found.contains(name), "{}: no {name} in {found:?}", task.name());
    }
    window.harness.check_accessibility();

    let measured = window.figure("gradient-at-step");
    window.click("Open in Explore");
    assert_eq!((window.session().tab, window.app().error()), (Tab::Explore, None));
    assert_eq!(
        window.session().question.loss,
        window.training().scene().expect("a training").comparison.task.loss()
    );
    let pin = window.session().pins[0].clone();
    window.session_mut().question = pin.question;
    window.settle();
    assert_eq!(window.app().error(), None);
    let top = window.report().layers.len() - 1;
    let ghosts: Vec<_> = measured.series.iter().filter(|series| series.ghost).collect();
    let found = &window.report().layers[top].grad_norm;
    assert_eq!(ghosts[top].points.len(), found.len());
    for (point, found) in ghosts[top].points.iter().zip(found) {
        assert!((point[1] / found - 1.0).abs() < 1e-3, "{}: {} {found}", task.name(), point[1]);
    }
    // What was asked for in training is asked for here.
    assert!(window.harness.query_all_by_label_contains(input).count() > 0, "{input}");
}

impl Window {
    /// Clicks a task in the list.
    fn choose(&mut self, task: &TaskChoice) {
        let (role, title) = (egui::accesskit::Role::Button, task.about().title);
        self.harness.get_by_role_and_label(role, title).click();
        self.settle();
    }
}

#[test]
fn running_mean() {
    from_list_to_explore(&TaskChoice::all()[0], &[], "Loss on");
}

#[test]
fn first_zero() {
    let own = ["watched", "accuracy"];
    from_list_to_explore(&TaskChoice::all()[1], &own, "binary cross-entropy, last step");
}

#[test]
fn mnist1d() {
    let own = ["accuracy", "evaluation-loss", "confusion", "mistake-1"];
    from_list_to_explore(&TaskChoice::all()[2], &own, "cross-entropy, all states");
}

#[test]
fn long_lag() {
    from_list_to_explore(&TaskChoice::all()[3], &["error"], "cross-entropy, last step");
}

#[test]
fn echo() {
    from_list_to_explore(&TaskChoice::all()[4], &[], "mean squared error, all steps");
}

#[test]
fn tasks_keep_what_the_user_made_of_them() {
    let mut window = open(super::support::comparison(23));
    let [mean, zero, .., echo] = TaskChoice::all();
    window.choose(&zero);
    window.click("Zero anywhere");
    let changed = window.session().train.comparison.clone();
    assert_eq!(
        changed.task,
        TaskChoice::FirstZero(FirstZero { length: 20, place: Place::Anywhere })
    );
    window.choose(&echo);
    window.choose(&mean);
    assert_eq!(window.session().train.comparison, super::support::comparison(23));
    window.choose(&zero);
    assert_eq!(window.session().train.comparison, changed);
}

#[test]
fn another_task_is_introduced_beside_what_was_trained() {
    let mut window = open(super::support::comparison(10));
    window.train();
    let losses = window.losses();
    let mnist1d = &TaskChoice::all()[2];
    window.choose(mnist1d);
    window.harness.get_by_label_contains(mnist1d.about().source);
    window.harness.get_by_label("Examples of each class");
    assert_eq!(window.losses(), losses, "what was trained stays on screen");
}

/// RNN and LSTM at two lengths, twice each.
fn ladder() -> Comparison {
    let mut comparison = short("first-zero");
    comparison.contenders.truncate(2);
    (comparison.trials, comparison.lengths) = (2, vec![4, 6]);
    comparison
}

#[test]
fn many_trainings_are_summed_up_listed_and_looked_at() {
    let mut window = open(ladder());
    window.train();
    assert_eq!(window.steps(), [12; 8]);
    assert_eq!(window.harness.query_all_by_label("4 of 4 done").count(), 2);
    assert!(names(&window).contains(&"ladder"));
    let trials = window.training().scene().expect("a training").trials.clone().expect("a table");
    assert_eq!((trials.rows.len(), trials.totals.len()), (8, 2));
    window.harness.get_by_label("Copy trainings");

    window.click("Trainings of LSTM");
    window.click("T = 6, trial 2");
    let view = window.training().scene().expect("a training").view;
    assert_eq!((view.contender, view.length, view.trial), (1, 1, 1));
    assert_eq!(
        window.figure("gradient-map").title,
        "LSTM, T = 6, trial 2: gradient through training"
    );
    assert_eq!(window.figure("gradient-at-step").series[0].points.len(), 6);
    window.click("Previous trial");
    assert_eq!(window.training().scene().expect("a training").view.trial, 0);
    // The network of that very training goes to Explore, with sequences of its length.
    let folder = tempfile::tempdir().expect("a folder");
    window.app_mut().training_mut().keep_networks_in(folder.path().join("networks"));
    window.click("Open in Explore");
    assert_eq!((window.app().error(), window.report().length), (None, 6));
    assert_eq!(window.session().pins[0].name.as_deref(), Some("LSTM, T = 6, trial 1, initial"));
}

#[test]
fn a_curriculum_grows_and_its_present_task_opens_in_explore() {
    let mut comparison = short("first-zero");
    comparison.contenders.truncate(1);
    comparison.task = TaskChoice::FirstZero(FirstZero { length: 4, place: Place::Last });
    (comparison.steps, comparison.evaluate_every) = (400, 2);
    comparison.curriculum = Some(Curriculum { from: 2, to: 5, growth: Growth::Step(1) });
    // A loss that every network has at once: what is tested is the way, not the learning.
    comparison.stop.mastery = Some(Mastery { below: 100.0, checks: 1 });
    let mut window = open(comparison);
    let folder = tempfile::tempdir().expect("a folder");
    window.app_mut().training_mut().keep_networks_in(folder.path().join("networks"));
    window.train();
    let scene = window.training().scene().expect("a training");
    assert_eq!(scene.lanes[0].length, 5);
    assert!(names(&window).contains(&"curriculum"));
    window.click("Open in Explore");
    assert_eq!((window.app().error(), window.report().length), (None, 5));
}

#[test]
fn the_trainings_are_set_by_hand() {
    let mut window = open(short("first-zero"));
    let role = egui::accesskit::Role::TextInput;
    window.harness.get_by_role_and_label(role, "Lengths").focus();
    window.settle();
    let mut kind = |text: &str| {
        window.harness.get_by_role_and_label(role, "Lengths").type_text(text);
        window.settle();
        window.session().train.comparison.lengths.clone()
    };
    assert_eq!(kind("10, 20"), [10, 20]);
    assert_eq!(kind(", 50x"), [10, 20], "what cannot be read counts for nothing");
    window.harness.get_by_label_contains("“50x” is no length");
    window.harness.key_press(egui::Key::Backspace);
    window.settle();
    assert_eq!(window.session().train.comparison.lengths, [10, 20, 50]);
    window.harness.get_by_label("9 trainings in all");
    window.click("Curriculum, set");
    let comparison = &window.session().train.comparison;
    assert!(comparison.lengths.is_empty() && comparison.curriculum.is_some());
    assert!(comparison.stop.mastery.is_some() && comparison.evaluate_every > 0);
    comparison.validate().unwrap();
}

#[test]
fn explore_leaves_a_task() {
    let mut window = open(short("first-zero"));
    let task = TaskChoice::FirstZero(FirstZero::default());
    let input = rnnscope::flow::Input { signal: Signal::Task(task), ..Default::default() };
    let session = window.session_mut();
    session.tab = Tab::Explore;
    session.question = Question { input, ..Question::default() };
    window.settle();
    assert_eq!((window.app().error(), window.report().length), (None, 10));
    window.harness.get_by_label("binary cross-entropy, last step");
    assert!(window.harness.query_by_label("Loss on").is_none(), "the loss is the task’s");
    window.click("Leave the task");
    assert_eq!(window.session().question.input.signal, Signal::Noise);
    window.harness.get_by_label("Loss on");
    assert_eq!(window.app().error(), None);
}

#[test]
fn a_data_set_is_dropped_and_a_bad_one_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = open(short("mnist1d"));
    window.harness.get_by_label("Examples of each class");
    let good = folder.path().join("mine.csv");
    let line = |label: usize| {
        let values = (0..40).map(|t| format!(",{}", (t + label) as f64 / 40.0));
        format!("{label}{}\n", values.collect::<String>())
    };
    std::fs::write(&good, (0..50).map(|n| line(n % 10)).collect::<String>()).unwrap();
    window.drop_files(std::slice::from_ref(&good));
    let TaskChoice::Mnist1d(task) = &window.session().train.comparison.task else {
        panic!("another task")
    };
    assert_eq!(task.file.as_ref(), Some(&good));
    window.train();
    assert_eq!(window.training().phase(), Phase::Over);
    assert_eq!(window.training().error(), None);

    let bad = folder.path().join("bad.csv");
    std::fs::write(&bad, line(3).replacen(",0.1,", ",nan,", 1)).unwrap();
    let before = window.session().clone();
    window.drop_files(&[bad]);
    assert_eq!(*window.session(), before);
    window.harness.get_by_label_contains("bad.csv: ");
    window.click("Close the file");
    let TaskChoice::Mnist1d(task) = &window.session().train.comparison.task else {
        panic!("another task")
    };
    assert_eq!(task.file, None);
}

#[test]
fn mistakes_are_leafed_through() {
    let mut comparison = short("mnist1d");
    comparison.contenders.truncate(1);
    let mut window = open(comparison);
    window.train();
    let mistakes =
        window.training().scene().expect("a training").mistakes.clone().expect("mistakes");
    assert_eq!((mistakes.count.1, mistakes.page.len(), mistakes.place.0), (1000, 6, 0));
    let first = window.figure("mistake-1");
    window.harness.get_by_label("Mistakes after").scroll_to_me();
    window.settle();
    window.click("Mistakes after");
    assert_ne!(window.figure("mistake-1"), first);
    window.click("Mistakes before");
    assert_eq!(window.figure("mistake-1"), first);
}
