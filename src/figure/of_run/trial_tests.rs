//! Figures and tables of contenders that are trained several times, from records made by hand.

use super::fixture::{example, named, of_task, preset, record, said, snapshots};
use super::*;
use crate::figure::{CellText, Figure, Guide, Stroke, Style, csv};
use crate::train::{Comparison, Evaluation, RunLog, Score, Snapshot, Stop, Test};

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
    assert_eq!(many.mean_name(), "median of last 100");
    let few = ranking(&comparison, &logs[..12]);
    assert_eq!((few.aggregated, few.standings.len()), (false, 12));
    assert!(few.standings.iter().any(|standing| standing.name == "RNN, trial 2"));
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

/// Evaluated once, with this accuracy.
fn judged(mut log: RunLog, accuracy: f64) -> RunLog {
    let score = Score { loss: 0.7, right: Some(accuracy), worst: Some(0.9) };
    log.evaluations = vec![Evaluation { step: 50, sets: vec![score], watched: vec![-1.0, 1.0] }];
    log
}

#[test]
fn first_zero_is_ranked_by_balanced_accuracy_and_says_so() {
    let comparison = preset("first-zero", "anywhere");
    // The smallest loss belongs to who answers "a zero" always.
    let logs = [
        judged(of_task(50, |_| 0.05, |_| 0.5), 0.5),
        judged(of_task(50, |_| 0.6, |_| 0.9), 0.875),
        judged(of_task(50, |_| 0.5, |_| 0.9), 0.875),
    ];
    let table = ranking(&comparison, &logs.each_ref());
    let order: Vec<usize> = table.standings.iter().map(|standing| standing.index).collect();
    assert_eq!(order, [2, 1, 0], "a tie is broken by the loss");
    assert_eq!(
        table.rule(),
        "by balanced accuracy, then the mean of all losses; diverged ones come last"
    );
    assert_eq!(table.headers()[3], "balanced accuracy");
    assert_eq!(table.cells()[2][3], "50.0 %");
    assert!(table.tsv().lines().all(|line| line.split('\t').count() == 10));
    // Unless nothing was evaluated; other tasks go by their losses.
    let by_loss = "by the mean of all losses; diverged ones come last";
    assert_eq!(ranking(&comparison, &[&of_task(9, |_| 0.7, |_| 0.5)]).rule(), by_loss);
    let digits = preset("mnist1d", "notebook");
    let table = ranking(&digits, &logs.each_ref());
    assert_eq!((table.rule().as_str(), table.standings[0].index), (by_loss, 0));
    assert!(!table.headers().contains(&"test accuracy"));
}

#[test]
fn a_mean_is_called_by_the_losses_that_it_is_of() {
    let comparison = preset("mnist1d", "notebook");
    let [short, exact, long] = [60, 100, 300].map(|steps| of_task(steps, |_| 0.5, |_| 0.5));
    let said = |logs: &[&RunLog]| {
        let table = ranking(&comparison, logs);
        let header = table.headers().into_iter().rfind(|name| name.starts_with("mean of"));
        (header.unwrap(), table.rule())
    };
    let [last, all, either] = [
        "by the mean of the last 100 losses; diverged ones come last",
        "by the mean of all losses; diverged ones come last",
        "by the mean of the last 100 losses (of all, where there are fewer); diverged ones come last",
    ];
    assert_eq!(said(&[&exact, &long]), ("mean of last 100", last.to_owned()));
    assert_eq!(said(&[&short, &exact]), ("mean of all", all.to_owned()));
    assert_eq!(said(&[&short, &long]), ("mean of last 100 or all", either.to_owned()));
    // Who has not begun has no mean.
    let waiting = RunLog::default();
    assert_eq!(said(&[&long, &waiting]), ("mean of last 100", last.to_owned()));
    assert!(trials(&comparison, &[&short]).headers.contains(&"mean of all losses".to_owned()));
}

#[test]
fn in_a_curriculum_the_length_mastered_comes_before_accuracy() {
    let comparison = Comparison { trials: 1, ..preset("first-zero", "curriculum") };
    let mut short = judged(of_task(90, |_| 0.1, |_| 1.0), 1.0);
    short.lengths = vec![(0, 2)];
    let mut long = judged(of_task(90, |_| 0.7, |_| 0.5), 0.5);
    long.lengths = vec![(0, 2), (30, 3), (60, 4)];
    let table = ranking(&comparison, &[&short, &long]);
    assert_eq!((table.standings[0].index, table.cells()[0][3].as_str()), (1, "3"));
    assert!(table.rule().starts_with("by the length mastered, then balanced accuracy, then "));
}

#[test]
fn a_ladder_tells_the_balanced_accuracy_where_nobody_mastered_a_length() {
    let ladder_of_one = preset("first-zero", "ladder");
    let comparison = Comparison { trials: 1, lengths: vec![10, 20], ..ladder_of_one };
    let all_wrong = judged(solved(50, Stop::Budget), 0.0);
    let guess = judged(solved(50, Stop::Budget), 0.5);
    let master = judged(solved(60, Stop::Mastered(900)), 1.0);
    let nothing = RunLog::default();
    let figure = ladder(&comparison, &[&all_wrong, &guess, &master, &nothing]);
    let CellText::Texts(texts) = &figure.heat.as_ref().unwrap().text else { panic!("no texts") };
    assert_eq!(texts[..2], ["0 of 1\n0.0 %", "0 of 1\n50.0 %"]);
    assert_eq!(texts[2..], ["1 of 1\n450 steps", "0 of 1\n1 not over"]);
    assert!(said(&figure, "the median balanced accuracy"), "{:?}", figure.notes);
    // In the curves as well, beside what the training batches say.
    let figure = accuracy(&comparison, &[&all_wrong, &guess, &master, &nothing]);
    assert!(said(&figure, "Solid: balanced accuracy on all sequences"), "{:?}", figure.notes);
    assert_eq!(named(&figure, "RNN: balanced accuracy")[0].points, [[50.0, 0.0]]);
}

#[test]
fn sentences_stay_true_of_the_most_embarrassing_trainings() {
    let said_of = |comparison: &Comparison, logs: &[RunLog]| {
        trials(comparison, &logs.iter().collect::<Vec<_>>()).sentences
    };
    let lag = Comparison { trials: 1, ..preset("long-lag", "solved") };
    let mut nan = of_task(30, |n| if n == 29 { f32::NAN } else { 4.0 }, |_| 0.0);
    nan.stop = Some(Stop::Diverged(29));
    nan.test = Some(Test { sequences: 3000, wrong: 3000 });
    let said = said_of(&lag, &[nan.clone(), RunLog::default()]);
    assert_eq!(said[0], "LSTM: not solved after 480 sequences, wrong 3000 of 3000.");
    assert_eq!(said[1], "RNN: not begun.", "zero updates");
    let under_way = said_of(&lag, &[of_task(10, |_| 4.0, |_| 0.0)]);
    assert_eq!(under_way, ["LSTM: not solved so far after 160 sequences."]);
    let done = said_of(&lag, &[solved(100, Stop::Streak(100))]);
    assert_eq!(done, ["LSTM: solved after 1600 sequences."], "of one there is no median");

    let zeros = Comparison { trials: 1, lengths: vec![10], ..preset("first-zero", "ladder") };
    let all_wrong = judged(solved(50, Stop::Budget), 0.0);
    let said = said_of(&zeros, &[all_wrong]);
    assert_eq!(said, ["RNN: not solved after 50 sequences, balanced accuracy 0.0 %."]);

    // NaN is told, and comes last, whatever the others are; equals keep their order.
    let mean = preset("running-mean", "fair");
    let flat = || of_task(30, |_| 4.0, |_| 0.0);
    let table = ranking(&mean, &[&nan, &flat(), &flat()]);
    let order: Vec<usize> = table.standings.iter().map(|standing| standing.index).collect();
    assert_eq!(order, [1, 2, 0]);
    let last = &table.cells()[2];
    assert!(
        last[3] == "NaN" && last.last().unwrap().starts_with("diverged at step 29"),
        "{last:?}"
    );
    assert!(!table.untimed().to_string().contains("steps/s"));
}
