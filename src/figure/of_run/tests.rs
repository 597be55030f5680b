//! Records of training become the right figures, and say what happened.

use super::fixture::{comparison, diverged, example, log, losses, names, record, snapshots};
use super::*;
use crate::figure::{Color, Figure, Guide, Range, Scale, Series, Stroke, Style, Theme, csv, png};
use crate::task::Example;
use crate::train::{Entry, Snapshot, Stop};

fn series<'a>(figure: &'a Figure, name: &str) -> &'a Series {
    figure.series.iter().find(|series| series.name == name).unwrap()
}

/// The pale curve of a contender.
fn raw_of<'a>(figure: &'a Figure, name: &str) -> &'a Series {
    figure.series.iter().find(|series| series.faint && series.name == name).unwrap()
}

/// The training of contender `n` where each is trained once.
fn entry(n: usize) -> Entry {
    Entry { contender: n, length: None, trial: 0 }
}

#[test]
fn each_contender_has_a_strong_and_a_pale_curve_in_its_colour() {
    let comparison = comparison();
    let logs = [log(5000, 1.0, 1), log(5000, 2.0, 1), log(100, 1.0, 2), RunLog::default()];
    let figure = loss(&comparison, &logs.each_ref());
    assert_eq!((figure.y.scale, figure.series.len()), (Scale::Log10, 6), "one has not begun");
    let strong = series(&figure, "lstm_1_layer");
    assert_eq!((strong.color, strong.faint), (Color::Category(1), false));
    let mean = logs[1].mean_of_last(52).unwrap();
    assert!((strong.points.last().unwrap()[1] / mean - 1.0).abs() < 1e-9);
    let pale = raw_of(&figure, "lstm_1_layer");
    assert_eq!(pale.color, Color::Category(1));
    assert_eq!(pale.detail, "lowest and highest of every 4 losses");
    assert_eq!(raw_of(&figure, "rnn_2_layer").points.len(), 100);
    let Guide::Horizontal(value, label) = &figure.guides[0] else { panic!("{:?}", figure.guides) };
    assert!((*value - 0.292_896_8).abs() < 1e-6 && label == "always predicting 0");
    assert_eq!(figure.notes.len(), 1, "{:?}", figure.notes);
    assert!(figure.notes[0].contains("last 52 losses"), "{:?}", figure.notes);
}

#[test]
fn a_diverged_training_is_ringed_at_its_last_number_and_said() {
    let comparison = comparison();
    let logs = [log(1000, 1.0, 1), diverged()];
    let figure = loss(&comparison, &logs.each_ref());
    let rings = series(&figure, "diverged");
    assert_eq!((rings.stroke, rings.color), (Stroke::Rings, Color::Alarm));
    assert_eq!(rings.points[0][0], 699.0);
    assert!(rings.points[0][1] > 1e36 && rings.points.len() == 1);
    assert!(
        figure.notes[0].starts_with("lstm_1_layer: diverged at step 700"),
        "{:?}",
        figure.notes
    );
    let resolved = figure.resolve();
    assert!(resolved.y.hi < 3.0, "the others can still be seen: {}", resolved.y.hi);
    let said = resolved.sentences().join(" ");
    assert!(said.contains(" lstm_1_layer, every loss: 1 of 701 values are infinite"), "{said}");
    assert!(said.contains("diverged: all 1 values are above"), "{said}");
}

#[test]
fn nothing_trained_is_an_empty_figure_that_says_so() {
    let comparison = comparison();
    let nothing = RunLog::default();
    let figure = loss(&comparison, &[&nothing; 4]);
    assert!(figure.series.is_empty() && figure.notes[0].contains("Nothing is trained yet"));
    let map = gradient_map(&comparison, &entry(0), &nothing, 0, None);
    assert!(map.notes[0].contains("not been measured"));
    let moment = gradient_at(&comparison, &entry(0), &nothing, &Snapshot::default());
    assert!(moment.series.is_empty() && moment.y.range == Range::Auto);
    let [gradients, _] = parameter_norms(&comparison, &entry(0), &nothing, &names());
    assert!(gradients.series.iter().all(|series| series.points.is_empty()));
    for figure in [figure, map, moment, gradients] {
        assert!(png(&[figure], &Style::default(), 1.0).is_ok());
    }
}

#[test]
fn predictions_show_input_target_and_every_contender() {
    let comparison = comparison();
    let log = log(1000, 1.0, 1);
    let examples: Vec<Example> = (0..5).map(|n| example(n, 10)).collect();
    let shots = [Some(&log.snapshots[3]), None, Some(&log.snapshots[20])];
    let figures = predictions(&comparison, 0, &examples, &shots);
    assert_eq!(figures.len(), 4);
    let names: Vec<&str> = figures[0].series.iter().map(|series| series.name.as_str()).collect();
    assert_eq!(names, ["input", "rnn_1_layer", "rnn_2_layer", "target"]);
    assert_eq!(figures[0].series[2].color, Color::Category(2));
    let (answer, target) = (&figures[2].series[2].points, &figures[2].series[3].points);
    assert!((answer[9][1] - target[9][1]).abs() < 1e-6, "done");
    assert_eq!(figures[2].name, "prediction-3");
}

#[test]
fn steps_at_which_nothing_is_asked_have_no_target_and_no_alarm() {
    let comparison = comparison();
    let mut last = example(0, 3);
    last.target = vec![f64::NAN, f64::NAN, 0.5];
    let shot = |predictions| Snapshot { predictions, ..Snapshot::default() };
    let given = shot(vec![vec![f32::NAN, 0.25, f32::NAN]]);
    let figure = predictions(&comparison, 0, &[last], &[Some(&given)]).remove(0);
    assert_eq!(series(&figure, "target").points, [[3.0, 0.5]]);
    let answer = &series(&figure, "rnn_1_layer").points;
    assert_eq!((answer.len(), answer[0]), (2, [2.0, 0.25]));
    assert!(answer[1][1].is_nan(), "a NaN where something was asked is a result");
    assert_eq!(figure.notes, ["Asked: 0.500. Answers: rnn_1_layer NaN.", "After 0 updates."]);
}

#[test]
fn the_map_has_a_column_a_snapshot_and_a_row_a_step() {
    let comparison = comparison();
    let log = log(1000, 1.0, 2);
    let figure = gradient_map(&comparison, &entry(2), &log, 1, Some(500));
    let heat = figure.heat.as_ref().unwrap();
    assert_eq!((heat.x.len(), heat.y.len(), heat.values.len()), (21, 10, 210));
    assert_eq!((heat.x[20], heat.y[9]), (1000.0, 10.0));
    assert_eq!(heat.value(3, 20), f64::from(log.snapshots[20].grad_norm[1][3]));
    assert_eq!(figure.guides, [Guide::Vertical(500.0, "step 500".into())]);
    assert_eq!(figure.title, "rnn_2_layer, layer 2: gradient through training");
    let mosaic = figure.resolve().heat.unwrap();
    assert_eq!((figure.x.range, mosaic.height), (Range::Fixed(0.0, 1000.0), 10));
    assert!(csv(&[figure]).unwrap().lines().count() == 211);
}

#[test]
fn measurements_of_another_length_are_left_out_and_counted() {
    let comparison = comparison();
    let mut log = log(200, 1.0, 1);
    log.snapshots[0].grad_norm[0].pop();
    let figure = gradient_map(&comparison, &entry(0), &log, 0, None);
    assert_eq!(figure.heat.as_ref().unwrap().x.len(), 4);
    assert!(figure.notes[0].starts_with("1 measurement"), "{:?}", figure.notes);
    let absent = gradient_map(&comparison, &entry(0), &log, 5, None);
    assert!(absent.heat.as_ref().unwrap().values.is_empty());
}

#[test]
fn bounds_stand_still_while_one_scrubs() {
    let comparison = comparison();
    let log = log(1000, 1.0, 2);
    let at = |n: usize| gradient_at(&comparison, &entry(2), &log, &log.snapshots[n]);
    let (first, later) = (at(0), at(10));
    assert_eq!(first.y.range, later.y.range);
    assert_ne!(first.y.range, Range::Auto);
    assert_eq!((first.series.len(), later.series.len()), (2, 4));
    assert!(later.series[0].ghost && later.series[0].name == "layer 1 at step 0");
    assert_eq!(later.series[3].points[9][1], f64::from(log.snapshots[10].grad_norm[1][9]));
}

#[test]
fn parameters_have_a_line_each_in_both_figures() {
    let comparison = comparison();
    let log = log(1000, 1.0, 1);
    let names: Vec<String> = (0..2).flat_map(|_| names()).collect();
    let [gradients, updates] = parameter_norms(&comparison, &entry(0), &log, &names);
    assert_eq!((gradients.series.len(), gradients.y.scale), (12, Scale::Log10));
    assert_eq!(gradients.series[1].points[20][1], f64::from(log.snapshots[20].parameters[1].grad));
    assert_eq!(updates.series[0].points[0][1], f64::from(log.snapshots[0].parameters[0].update));
    let (a, b) = (&gradients.series[0], &gradients.series[8]);
    assert!(a.color == b.color && a.stroke != b.stroke);
}

#[test]
fn the_best_comes_first_and_the_diverged_last() {
    let comparison = comparison();
    let mut nan = diverged();
    nan.losses.push(f64::NAN);
    let logs = [nan, log(5000, 1.0, 1), RunLog::default(), log(5000, 2.0, 2)];
    let ranking = ranking(&comparison, &logs.each_ref());
    let order: Vec<usize> = ranking.standings.iter().map(|standing| standing.index).collect();
    assert_eq!(order, [3, 1, 2, 0]);
    let best = &ranking.standings[0];
    assert_eq!((best.parameters, best.stop), (12_705, Some(Stop::Budget)));
    assert_eq!(best.mean_last_100, logs[3].mean_of_last(100));
    assert!(ranking.standings[3].diverged() && !best.diverged());
    let text = ranking.to_string();
    assert_eq!(text.lines().count(), 5);
    assert!(text.lines().nth(1).unwrap().contains("budget used"), "{text}");
    assert!(text.lines().nth(3).unwrap().contains("not begun"), "{text}");
    let tsv = ranking.tsv();
    assert!(tsv.lines().all(|line| line.split('\t').count() == 9), "{tsv}");
    assert!(tsv.starts_with("place\tcontender\t") && tsv.contains("\tnan\t"), "{tsv}");
}

#[test]
fn every_loss_is_in_the_csv() {
    let comparison = comparison();
    let logs = [log(5000, 1.0, 1), diverged()];
    let text = losses_csv(&comparison, &logs.each_ref()).unwrap();
    let mut reader = ::csv::Reader::from_reader(text.as_bytes());
    assert_eq!(reader.headers().unwrap(), vec!["step", "rnn_1_layer", "lstm_1_layer"]);
    let rows: Vec<::csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 5000);
    for (n, row) in rows.iter().enumerate() {
        assert_eq!(row[1].parse::<f64>().unwrap(), logs[0].losses[n]);
    }
    assert_eq!((&rows[700][2], &rows[701][2]), ("inf", ""));
}

#[test]
fn the_heading_says_what_was_trained() {
    assert_eq!(
        heading(&comparison()),
        "running mean · T = 10, B = 32 · adam, learning rate 0.0001 · seed 0 · f32"
    );
}

/// Pictures for a human to look at: `cargo test -- --ignored gallery`.
#[test]
#[ignore = "writes pictures into the temporary folder for a human to judge"]
fn gallery() {
    let folder = std::env::temp_dir().join("rnnscope-gallery");
    std::fs::create_dir_all(&folder).unwrap();
    let comparison = comparison();
    let logs = [log(5000, 1.0, 1), log(5000, 2.5, 1), diverged(), log(2500, 1.6, 2)];
    let all = logs.each_ref();
    let examples: Vec<Example> = (0..4).map(|n| example(n, 10)).collect();
    let shots = all.map(|log| log.snapshots.get(12));
    let cells = |done: f64, _: usize, t: usize| match (done * 100.0) as usize + t {
        ..12 => 0.0,
        115.. => f32::NAN,
        108.. => f32::INFINITY,
        _ => 10f64.powf((t as f64 - 30.0) * (1.0 - done)) as f32,
    };
    let broken = record(Vec::new(), snapshots(5000, 50, 1, 30, cells));
    let waves = |done: f64, _: usize, t: usize| {
        let decay = 0.02 * (1.0 - done) * (1.2 + (done * 40.0).sin());
        10f64.powf((t as f64 - 1000.0) * decay) as f32
    };
    let large = record(losses(1_000_000, 0.01), snapshots(50_000, 50, 1, 1000, waves));
    let [gradients, updates] = parameter_norms(&comparison, &entry(3), &logs[3], &names());
    let sheets: [(&str, Vec<Figure>); 6] = [
        ("loss", vec![loss(&comparison, &all)]),
        ("million", vec![loss(&comparison, &[&large])]),
        ("predictions", predictions(&comparison, 0, &examples, &shots)),
        (
            "gradient",
            vec![
                gradient_map(&comparison, &entry(3), &logs[3], 1, Some(1200)),
                gradient_at(&comparison, &entry(3), &logs[3], &logs[3].snapshots[24]),
                gradients,
                updates,
            ],
        ),
        ("broken-map", vec![gradient_map(&comparison, &entry(0), &broken, 0, Some(4900))]),
        ("large-map", vec![gradient_map(&comparison, &entry(0), &large, 0, None)]),
    ];
    for (name, figures) in sheets {
        for theme in [Theme::Light, Theme::Dark] {
            let style = Style { theme, heading: Some(heading(&comparison)), ..Style::default() };
            let bytes = png(&figures, &style, 1.0).unwrap();
            std::fs::write(folder.join(format!("train-{name}-{theme:?}.png")), bytes).unwrap();
        }
    }
}
