//! The figures of the four tasks, from records made by hand.

use super::fixture::{example, log, of_task, preset, record, snapshots};
use super::*;
use crate::figure::{
    CellText, Color, Figure, Guide, Scale, Series, Stroke, Style, Theme, csv, png,
};
use crate::task::Mnist1d;
use crate::train::{Comparison, Entry, Evaluation, RunLog, Score, Snapshot, Stop, Test};

fn named<'a>(figure: &'a Figure, name: &str) -> Vec<&'a Series> {
    figure.series.iter().filter(|series| series.name == name).collect()
}

fn said(figure: &Figure, part: &str) -> bool {
    figure.notes.iter().any(|note| note.contains(part))
}

/// Entries of a legend.
fn legend(figure: &Figure) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for series in figure.series.iter().filter(|series| !series.faint) {
        if !names.contains(&series.name.as_str()) {
            names.push(&series.name);
        }
    }
    names
}

fn solved(steps: usize, stop: Stop) -> RunLog {
    let mut log = of_task(steps, |_| 0.5, |n| if 2 * n < steps { 0.5 } else { 1.0 });
    log.stop = Some(stop);
    log
}

fn evaluation(step: u64, loss: f64, right: f64, watched: &[f32]) -> Evaluation {
    let score = Score { loss, right: Some(right), worst: Some(loss) };
    Evaluation { step, sets: vec![score], watched: watched.to_vec() }
}

#[test]
fn many_trials_share_a_legend_entry_and_have_a_median() {
    let comparison = preset("long-lag", "solved");
    let logs: Vec<RunLog> = (0..20)
        .map(|n| match n {
            0..10 => of_task(300, |_| 0.1 * (n + 1) as f32, |_| 1.0),
            _ => of_task(200, |_| 0.7, |_| 0.5),
        })
        .collect();
    let logs: Vec<&RunLog> = logs.iter().collect();
    let figure = loss(&comparison, &logs);
    assert_eq!(legend(&figure), ["LSTM", "RNN"]);
    let lstm = named(&figure, "LSTM");
    assert_eq!((lstm.len(), lstm[0].detail.as_str(), lstm[0].ghost), (11, "median", false));
    assert!((lstm[0].points.last().unwrap()[1] - 0.55).abs() < 1e-6);
    assert!(lstm[1..].iter().all(|line| line.ghost && line.color == lstm[0].color));
    assert_eq!(lstm[3].detail, "trial 3");
    assert!(said(&figure, "the median of the trials"));
    let text = csv(&[figure]).unwrap();
    assert!(text.contains("loss,\"LSTM, trial 10\",0,"), "each trial can be told in the file");
}

#[test]
fn a_median_is_of_those_that_got_there_and_of_those_that_ended() {
    let comparison = preset("long-lag", "solved");
    let mut logs: Vec<RunLog> = (0..10).map(|_| RunLog::default()).collect();
    logs[0] = of_task(300, |_| 1.0, |_| 1.0);
    logs[1] = of_task(100, |_| 3.0, |_| 1.0);
    let all: Vec<&RunLog> = logs.iter().collect();
    let middle = |figure: Figure| named(&figure, "LSTM")[0].points.clone();
    let at = |points: &[[f64; 2]], x: f64| points.iter().find(|p| p[0] == x).unwrap()[1];
    let points = middle(loss(&comparison, &all));
    assert_eq!((at(&points, 50.0), at(&points, 200.0)), (2.0, 1.0), "the other is on its way");
    let mut ended = logs.clone();
    ended[1].stop = Some(Stop::Streak(100));
    let all: Vec<&RunLog> = ended.iter().collect();
    assert_eq!(at(&middle(loss(&comparison, &all)), 200.0), 2.0, "the other has ended");
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
fn the_error_stands_against_sequences_seen() {
    let comparison = preset("long-lag", "solved");
    let figure = error_by_sequences(&comparison, &[&of_task(100, |_| 0.7, |_| 0.75)]);
    let line = named(&figure, "LSTM")[1];
    assert_eq!((line.points[0], line.points[99]), ([16.0, 0.25], [1600.0, 0.25]));
    assert_eq!(figure.x.label, "training sequences seen");
    assert!(matches!(figure.guides[..], [Guide::Horizontal(0.5, _)]));
    assert!(said(&figure, "last 160 training sequences"), "{:?}", figure.notes);
}

#[test]
fn a_cell_of_the_ladder_counts_the_trials_that_were_mastered() {
    let ladder_of_five = preset("first-zero", "ladder");
    let lengths = vec![10, 20, 50, 100];
    let comparison = Comparison { trials: 5, lengths, ..ladder_of_five };
    let mut logs: Vec<RunLog> =
        comparison.entries().iter().map(|_| solved(50, Stop::Budget)).collect();
    // RNN: five trials at each of four lengths, then LSTM. At length 10 three of them succeed.
    for (n, steps) in [(20, 900), (21, 1001), (22, 5000)] {
        logs[n] = solved(60, Stop::Mastered(steps));
    }
    logs[39].stop = None;
    let logs: Vec<&RunLog> = logs.iter().collect();
    let figure = ladder(&comparison, &logs);
    let heat = figure.heat.as_ref().unwrap();
    assert_eq!(figure.x.names, ["10", "20", "50", "100"]);
    assert_eq!(
        (figure.y.names.as_slice(), figure.y.reversed),
        (["RNN", "LSTM"].map(String::from).as_slice(), true)
    );
    assert_eq!((heat.value(0, 0), heat.value(1, 0)), (0.0, 0.6));
    let CellText::Texts(texts) = &heat.text else { panic!("no texts") };
    assert_eq!(texts[4], "3 of 5\n501 steps", "two updates are a step of the notebook");
    assert_eq!((texts[0].as_str(), texts[7].as_str()), ("0 of 5", "0 of 5\n1 not over"));
    assert!(said(&figure, "two updates each") && said(&figure, "below 0.1"));
    let text = crate::figure::svg(&[figure], &Style::default()).unwrap();
    for part in ["3 of 5", "501 steps", ">100<", ">LSTM<"] {
        assert!(
            text.contains(part) || text.contains(&format!("\n{}\n", part.trim_matches(['>', '<']))),
            "{part}"
        );
    }
}

#[test]
fn the_curriculum_climbs_in_stairs_and_rings_where_it_is_stuck() {
    let comparison = Comparison { trials: 3, ..preset("first-zero", "curriculum") };
    let mut logs = vec![RunLog::default(); comparison.entries().len()];
    logs[2] = solved(900, Stop::Budget);
    logs[2].lengths = vec![(0, 4)];
    logs[3] = solved(300, Stop::Mastered(300));
    logs[3].lengths = vec![(0, 4), (100, 5), (250, 6)];
    let all: Vec<&RunLog> = logs.iter().collect();
    let figure = curriculum(&comparison, &all);
    let stairs = named(&figure, "LSTM")[0];
    let expected =
        [[0.0, 4.0], [100.0, 4.0], [100.0, 5.0], [250.0, 5.0], [250.0, 6.0], [300.0, 6.0]];
    assert_eq!(stairs.points, expected);
    assert_eq!(stairs.detail, "trial 1");
    let rings = named(&figure, "stuck")[0];
    assert_eq!((rings.stroke, rings.points.as_slice()), (Stroke::Rings, [[900.0, 4.0]].as_slice()));
    assert!(
        said(&figure, "RNN, trial 3: stuck at length 4 (none mastered)."),
        "{:?}",
        figure.notes
    );
    assert!(said(&figure, "LSTM: length 6 mastered in 1 of 1."), "{:?}", figure.notes);
    assert!(said(&figure, "1.25 times as long"));
}

#[test]
fn trials_have_a_row_each_and_a_total_for_each_contender() {
    let comparison = preset("long-lag", "solved");
    let logs: Vec<RunLog> = (0..20)
        .map(|n| {
            let stop = if n < 10 { Stop::Streak(100 + n) } else { Stop::Budget };
            let mut log = solved(100 + n as usize, stop);
            let wrong = if n < 10 { usize::from(n < 3) } else { 1500 };
            log.test = Some(Test { sequences: 3000, wrong });
            log
        })
        .collect();
    let logs: Vec<&RunLog> = logs.iter().collect();
    let table = trials(&comparison, &logs);
    let headers = [
        "contender",
        "trial",
        "stopped",
        "sequences seen",
        "wrong of 3000",
        "mean of last 100 losses",
    ];
    assert_eq!(table.headers, headers);
    assert_eq!((table.rows.len(), table.totals.len()), (20, 2));
    assert_eq!(table.rows[0][..5], ["LSTM", "1", "solved at step 100", "1600", "1"]);
    assert_eq!(table.totals[0][2..5], ["10 of 10 solved", "median 1672", "mean 0.3"]);
    assert_eq!(
        table.sentences,
        [
            "LSTM: solved 10 of 10, median 1672 sequences, average wrong 0.3 of 3000.",
            "RNN: solved 0 of 10 after 1832 sequences, average wrong 1500 of 3000."
        ]
    );
    let text = table.to_string();
    assert_eq!(text.lines().count(), 1 + 20 + 1 + 2 + 2, "{text}");
    assert!(table.tsv().lines().all(|line| line.split('\t').count() == 6));
    let file = table.csv().unwrap();
    assert_eq!(::csv::Reader::from_reader(file.as_bytes()).records().count(), 20);
}

#[test]
fn many_trainings_are_ranked_by_contender() {
    let comparison = preset("long-lag", "solved");
    let logs: Vec<RunLog> =
        (0..20).map(|n| of_task(200, |_| 1.0 / (n + 1) as f32, |_| 1.0)).collect();
    let logs: Vec<&RunLog> = logs.iter().collect();
    let many = ranking(&comparison, &logs);
    assert!(many.aggregated && many.standings.len() == 2);
    let first = &many.standings[0];
    assert_eq!((first.name.as_str(), first.index), ("RNN, 10 trainings", 19));
    assert!((first.best.unwrap() - 0.05).abs() < 1e-6);
    assert!((first.mean_last_100.unwrap() - (1.0 / 15.0 + 1.0 / 16.0) / 2.0).abs() < 1e-6);
    assert_eq!(first.ending, "10 not over");
    assert!(many.to_string().contains("best mean of last 100"));
    let few = ranking(&comparison, &logs[..12]);
    assert_eq!((few.aggregated, few.standings.len()), (false, 12));
    assert!(few.standings.iter().any(|standing| standing.name == "RNN, trial 2"));
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
}

#[test]
fn predictions_are_compared_on_the_same_sequences_only() {
    let comparison = preset("long-lag", "solved");
    let shot = Snapshot { predictions: vec![vec![1.0; 5]], ..Snapshot::default() };
    let short = Snapshot { predictions: vec![vec![1.0; 4]], ..Snapshot::default() };
    let mut shots = vec![Some(&shot); 20];
    let names = |shots: &[Option<&Snapshot>]| {
        let figure = predictions(&comparison, 1, &[example(0, 5)], shots).remove(0);
        figure.series.into_iter().map(|series| series.name).collect::<Vec<_>>()
    };
    assert_eq!(names(&shots), ["input", "LSTM", "RNN", "target"], "trial 2 of each");
    shots[11] = Some(&short);
    assert_eq!(names(&shots), ["input", "LSTM", "target"], "one at another length");
}

#[test]
fn the_map_shows_the_length_of_the_moment() {
    let comparison = preset("first-zero", "curriculum");
    let entry = comparison.entries()[0];
    let mut log = record(vec![0.7; 300], snapshots(300, 50, 1, 10, |_, _, _| 1.0));
    for snapshot in &mut log.snapshots[..3] {
        snapshot.grad_norm = vec![vec![1.0; 4]];
    }
    let rows = |cursor| gradient_map(&comparison, &entry, &log, 0, cursor).heat.unwrap().y.len();
    assert_eq!((rows(None), rows(Some(60)), rows(Some(200))), (10, 4, 10));
    let figure = gradient_map(&comparison, &entry, &log, 0, None);
    assert!(figure.title.starts_with("RNN, trial 1: "), "{}", figure.title);
    assert!(said(&figure, "3 measurements are left out"));
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
