//! The figures of the four tasks, from records made by hand.

use super::fixture::{example, log, named, of_task, preset, said};
use super::*;
use crate::figure::{Color, Guide, Scale, Stroke, Style, Theme, png};
use crate::task::{Mnist1d, NO_ANSWER};
use crate::train::{Comparison, Entry, Evaluation, RunLog, Score, Snapshot};

fn evaluation(step: u64, loss: f64, right: f64, watched: &[f32]) -> Evaluation {
    let score = Score { loss, right: Some(right), worst: Some(loss) };
    Evaluation { step, sets: vec![score], watched: watched.to_vec() }
}

#[test]
fn the_loss_is_called_by_its_name() {
    for (task, name) in [
        ("running-mean", "loss (mean squared error)"),
        ("first-zero", "loss (binary cross-entropy)"),
        ("mnist1d", "loss (cross-entropy)"),
        ("long-lag", "loss (cross-entropy)"),
        ("echo", "loss (mean squared error)"),
    ] {
        let comparison = preset(task, "notebook");
        assert_eq!(loss(&comparison, &[]).y.label, name);
    }
}

#[test]
fn the_notebooks_echo_has_its_floor_and_its_printed_losses() {
    let comparison = preset("echo", "notebook");
    let log = of_task(1050, |n| 0.7 / (1.0 + n as f32), |_| 0.0);
    let figure = loss(&comparison, &[&log]);
    let printed = named(&figure, "printed by the notebook");
    assert_eq!((printed[0].stroke, printed[0].color), (Stroke::Dots, Color::Ink));
    assert_eq!((printed[0].points.len(), printed[0].points[0][0]), (10, 99.0));
    assert!((printed[0].points[0][1] - 0.6673).abs() < 1e-4, "{:?}", printed[0].points[0]);
    let Guide::Horizontal(floor, label) = &figure.guides[0] else { panic!("no floor") };
    assert!((floor - 0.031_629).abs() < 1e-6 && label == "8 units cannot span 10 outputs");
    assert_eq!(figure.x.label, "epoch");
    let other = preset("echo", "enough-units");
    assert!(named(&loss(&other, &[&log]), "printed by the notebook").is_empty());
    let entry = Entry { contender: 0, length: None, trial: 0 };
    assert_eq!(gradient_map(&comparison, &entry, &log, 0, None).y.label, "tick t (3 a step)");
}

#[test]
fn accuracy_by_epoch_has_the_mean_of_its_batches_and_the_test_set() {
    let comparison = preset("mnist1d", "notebook");
    let mut rnn = of_task(100, |_| 2.0, |n| if n < 40 { 0.25 } else { 0.5 });
    rnn.evaluations = vec![evaluation(0, 2.4, 0.1, &[]), evaluation(40, 2.2, 0.3, &[])];
    let figure = accuracy(&comparison, &[&rnn]);
    assert_eq!(figure.x.label, "epoch");
    let percent = |points: &[[f64; 2]]| {
        points.iter().map(|[x, y]| (*x, (y * 1e4).round() / 1e4)).collect::<Vec<_>>()
    };
    assert_eq!(percent(&named(&figure, "RNN: test")[0].points), [(0.0, 10.0), (1.0, 30.0)]);
    let training = named(&figure, "RNN: training")[0];
    assert_eq!(training.points, [[1.0, 25.0], [2.0, 50.0]], "whole epochs only");
    assert_eq!(training.stroke, Stroke::Dashed);
    let losses = evaluation_loss(&comparison, &[&rnn]);
    assert_eq!(percent(&named(&losses, "RNN: test")[0].points), [(0.0, 2.4), (1.0, 2.2)]);
    assert_eq!(named(&losses, "RNN: training")[0].points, [[1.0, 2.0], [2.0, 2.0]]);
    assert_eq!(losses.y.scale, Scale::Log10);
}

#[test]
fn accuracy_without_epochs_is_a_moving_mean_by_step() {
    let comparison = preset("first-zero", "notebook");
    let figure = accuracy(&comparison, &[&of_task(50, |_| 0.7, |n| (n % 2) as f32)]);
    assert_eq!((figure.x.label.as_str(), figure.series.len()), ("training step", 1));
    assert_eq!(figure.series[0].points[49], [49.0, 50.0]);
}

#[test]
fn the_two_hardest_logits_have_a_solid_and_a_dashed_line() {
    let comparison = preset("first-zero", "notebook");
    let mut log = of_task(200, |_| 0.7, |_| 0.5);
    log.evaluations = (0..=2).map(|n| evaluation(100 * n, 0.7, 0.5, &[-1.0, 2.0])).collect();
    let figure = watched(&comparison, &[&log, &log]);
    let solid = named(&figure, "RNN: zero first")[0];
    let dashed = named(&figure, "RNN: all ones")[0];
    assert_eq!((solid.stroke, dashed.stroke), (Stroke::Solid, Stroke::Dashed));
    assert_eq!(solid.color, dashed.color);
    assert_eq!((solid.points[1], dashed.points[2]), ([100.0, -1.0], [200.0, 2.0]));
    assert_eq!(figure.guides, [Guide::Horizontal(0.0, "undecided".into())]);
    assert!(said(&figure, "Solid: zero first. Dashed: all ones."));
    assert!(watched(&preset("echo", "notebook"), &[&log]).series.is_empty());
    // Twenty thousand evaluations become a few thousand points.
    log.evaluations = (0..20_000).map(|n| evaluation(n, 0.7, 0.5, &[-1.0, 2.0])).collect();
    log.evaluations[12_345].watched[0] = 50.0;
    let figure = watched(&comparison, &[&log]);
    assert!(
        figure.series[0].points.len() < 5000 && figure.series[0].points.contains(&[12_345.0, 50.0])
    );
}

#[test]
fn digits_are_answered_in_the_title() {
    let comparison = preset("mnist1d", "notebook");
    let mut seven = example(0, 40);
    seven.target = vec![f64::NAN; 40];
    seven.target[39] = 7.0;
    let shot = |digit: f32| {
        let mut answer = vec![f32::NAN; 40];
        answer[39] = digit;
        Snapshot { predictions: vec![answer], ..Snapshot::default() }
    };
    let shots = [shot(2.0), shot(7.0)];
    let figure = predictions(&comparison, 0, &[seven], &shots.each_ref().map(Some)).remove(0);
    assert_eq!(figure.title, "Example sequence 1: a 7; RNN says 2, GRU says 7");
    assert_eq!(figure.series.len(), 1);
    assert_eq!(figure.notes, ["After 0 updates."]);
}

#[test]
fn networks_that_are_not_equally_far_are_told_so() {
    let comparison = preset("mnist1d", "notebook");
    let shot = |step: u64| {
        let predictions = vec![vec![0.0; 40]];
        Snapshot { step, predictions, ..Snapshot::default() }
    };
    let shots = [shot(4850), shot(718)];
    let shots = shots.each_ref().map(Some);
    let figure = predictions(&comparison, 0, &[example(0, 40)], &shots).remove(0);
    assert_eq!(figure.notes, ["After updates: RNN 4850, GRU 718."]);
}

#[test]
fn confusion_and_mistakes_follow_the_answers() {
    let comparison = preset("mnist1d", "notebook");
    let entry = comparison.entries()[1];
    let labels = Mnist1d::default().dataset().unwrap().test.labels.clone();
    let mut log = of_task(10, |_| 2.0, |_| 0.1);
    log.answers = labels.clone();
    log.answers[5] = (labels[5] + 1) % 10;
    let figure = confusion(&comparison, &entry, &log).unwrap();
    assert_eq!(figure.title, "GRU: 999 of 1000 right (99.9 %)");
    let (figures, wrong) = mistakes(&comparison, &entry, &log, 0, 4);
    assert_eq!((figures.len(), wrong), (1, 1));
    let title = format!("GRU, sequence 6: {} taken for {}", labels[5], log.answers[5]);
    assert_eq!(figures[0].title, title);
    assert_eq!(mistakes(&comparison, &entry, &log, 1, 4).0.len(), 0);
    // Outputs that are NaN are no digit.
    log.answers[5..8].fill(NO_ANSWER);
    let figure = confusion(&comparison, &entry, &log).unwrap();
    assert_eq!(figure.title, "GRU: 997 of 997 right (100.0 %)");
    assert!(said(&figure, "Not answered, as the outputs are NaN: 3 of 1000 sequences."));
    assert_eq!(mistakes(&comparison, &entry, &log, 0, 4).1, 0);
    assert!(confusion(&preset("echo", "notebook"), &entry, &log).is_none());
}

#[test]
fn each_task_has_its_figures_in_order() {
    let names = |task: &str, name: &str| {
        let comparison = preset(task, name);
        let log = log(200, 1.0, 1);
        let logs = vec![&log; comparison.entries().len()];
        let examples = [example(0, 10)];
        let focus = Focus { examples: &examples, ..Focus::default() };
        let figures = figures_for(&comparison, &logs, &focus);
        assert!(png(&figures, &Style::default(), 0.5).is_ok());
        figures.into_iter().map(|figure| figure.name).collect::<Vec<_>>()
    };
    let of_one = ["prediction-1", "gradient-map", "gradient-at-step"];
    let with = |own: &[&'static str]| [&["loss"], own, &of_one].concat();
    assert_eq!(names("running-mean", "fair"), with(&[]));
    assert_eq!(names("echo", "notebook"), with(&[]));
    assert_eq!(names("first-zero", "notebook"), with(&["watched", "accuracy"]));
    let own = ["curriculum", "watched", "accuracy"];
    assert_eq!(names("first-zero", "curriculum"), with(&own));
    let mnist = ["accuracy", "evaluation-loss", "confusion"];
    assert_eq!(names("mnist1d", "notebook"), with(&mnist));
    assert_eq!(names("long-lag", "notebook"), with(&["error"]));
    // Where nothing is measured there are no predictions and no map.
    assert_eq!(names("first-zero", "ladder"), ["loss", "ladder", "watched", "accuracy"]);
    assert_eq!(names("long-lag", "solved"), ["loss", "error"]);
}

#[test]
fn nothing_trained_makes_no_trouble() {
    for task in ["running-mean", "first-zero", "mnist1d", "long-lag", "echo"] {
        for preset in crate::train::presets(task) {
            for comparison in &preset.rounds {
                let figures = figures_for(comparison, &[], &Focus::default());
                let nothing = RunLog::default();
                let logs = vec![&nothing; comparison.entries().len()];
                let more = figures_for(comparison, &logs, &Focus::default());
                assert!(png(&[figures, more].concat(), &Style::default(), 0.5).is_ok());
                assert_eq!(trials(comparison, &logs).rows.len(), logs.len());
                assert!(!ranking(comparison, &logs).to_string().is_empty());
            }
        }
    }
}

/// Trains a comparison, one training after another.
fn trained(comparison: &Comparison) -> (Vec<RunLog>, Vec<crate::task::Example>) {
    let mut line_up = crate::train::LineUp::new(comparison).unwrap();
    for trainee in &mut line_up.trainees {
        while !trainee.is_over() {
            trainee.step().unwrap();
        }
    }
    let examples = line_up.trainees[1 % line_up.trainees.len()].examples().unwrap();
    (line_up.trainees.iter().map(|trainee| trainee.log().clone()).collect(), examples)
}

/// Pictures of short trainings for a human to look at: `cargo test -- --ignored gallery`.
#[test]
#[ignore = "trains for a minute and writes pictures into the temporary folder for a human to judge"]
fn gallery() {
    let folder = std::env::temp_dir().join("rnnscope-gallery");
    std::fs::create_dir_all(&folder).unwrap();
    let short = |task: &str, name: &str, steps| Comparison { steps, ..preset(task, name) };
    let cases = [
        ("first-zero", short("first-zero", "notebook", 8000)),
        (
            "ladder",
            Comparison {
                lengths: vec![10, 20, 50],
                trials: 3,
                ..short("first-zero", "ladder", 8000)
            },
        ),
        ("curriculum", Comparison { trials: 3, ..short("first-zero", "curriculum", 6000) }),
        ("mnist1d", short("mnist1d", "notebook", 800)),
        ("long-lag", Comparison { trials: 3, ..short("long-lag", "solved", 600) }),
        ("echo", short("echo", "notebook", 1200)),
    ];
    for (name, comparison) in cases {
        let (logs, examples) = trained(&comparison);
        let logs: Vec<&RunLog> = logs.iter().collect();
        let training = 1 % logs.len();
        let focus = Focus { training, examples: &examples, ..Focus::default() };
        let figures = figures_for(&comparison, &logs, &focus);
        for theme in [Theme::Light, Theme::Dark] {
            let style = Style { theme, heading: Some(heading(&comparison)), ..Style::default() };
            let bytes = png(&figures, &style, 1.0).unwrap();
            std::fs::write(folder.join(format!("task-{name}-{theme:?}.png")), bytes).unwrap();
        }
        let table = format!("{}\n{}", trials(&comparison, &logs), ranking(&comparison, &logs));
        std::fs::write(folder.join(format!("task-{name}.txt")), table).unwrap();
    }
}
