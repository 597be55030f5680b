//! What the presets claim to show. The claims in full take minutes and run on demand
//! (`cargo test --release --test claims -- --ignored --nocapture`); each also prints the table that
//! stands in `benches/README.md`. Shortened forms run every time.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use rnnscope::train::{Comparison, Entry, RunLog, Stop, presets};
use rnnscope::worker::Race;

fn preset(task: &str, name: &str) -> Comparison {
    let presets = presets(task);
    presets.iter().find(|preset| preset.name == name).unwrap().rounds[0].clone()
}

/// All trainings of a comparison to their ends.
fn run(comparison: &Comparison) -> Vec<(Entry, RunLog)> {
    let start = Instant::now();
    let race =
        Race::start(comparison, available_parallelism().map_or(2, usize::from), false, || {});
    let race = race.unwrap();
    while !race.is_over() {
        std::thread::sleep(Duration::from_millis(20));
    }
    println!("{}: {:.1} s", comparison.task.name(), start.elapsed().as_secs_f64());
    (0..race.lanes())
        .map(|lane| {
            assert_eq!(race.status(lane).failure, None);
            race.look(lane, |trainee| (trainee.entry(), trainee.log().clone()))
        })
        .collect()
}

fn mastered(logs: &[(Entry, RunLog)], contender: usize, length: Option<usize>) -> Vec<u64> {
    let of = |(entry, log): &(Entry, RunLog)| match log.stop {
        Some(Stop::Mastered(step) | Stop::Streak(step))
            if entry.contender == contender && entry.length == length =>
        {
            Some(step)
        }
        _ => None,
    };
    logs.iter().filter_map(of).collect()
}

/// Prints, for every contender and length, in how many trials it was mastered and after how many
/// of the notebook's steps of two updates.
fn ladder(comparison: &Comparison, logs: &[(Entry, RunLog)]) -> Vec<Vec<usize>> {
    let row = |contender: usize| {
        let cell = |length: &usize| {
            let steps = mastered(logs, contender, Some(*length));
            let notebook: Vec<u64> = steps.iter().map(|updates| updates / 2).collect();
            let name = &comparison.contenders[contender].name;
            println!(
                "  {name} L = {length}: {} of {} {notebook:?}",
                steps.len(),
                comparison.trials
            );
            steps.len()
        };
        comparison.lengths.iter().map(cell).collect()
    };
    (0..comparison.contenders.len()).map(row).collect()
}

#[test]
#[ignore = "minutes"]
fn a_leading_zero_is_learned_at_length_10_and_not_at_20() {
    let comparison = preset("first-zero", "leading-ladder");
    let grid = ladder(&comparison, &run(&comparison));
    for row in &grid {
        assert!(row[0] >= 2 && row[1] <= 1, "{grid:?}");
    }
}

#[test]
#[ignore = "minutes"]
fn a_zero_anywhere_is_learned_by_the_lstm_up_to_length_50_and_not_by_the_rnn() {
    let comparison = preset("first-zero", "ladder");
    let grid = ladder(&comparison, &run(&comparison));
    // Momentum of 0.99 makes single runs chaotic: rates count.
    assert!(grid[0].iter().sum::<usize>() <= 1, "RNN: {grid:?}");
    let up_to_50 = &grid[1][..3];
    assert!(up_to_50.iter().all(|count| *count >= 2), "LSTM: {grid:?}");
    assert!(up_to_50.iter().sum::<usize>() >= 9, "LSTM: {grid:?}");
}

#[test]
#[ignore = "minutes"]
fn a_curriculum_takes_the_lstm_past_length_100() {
    use rnnscope::train::{Curriculum, Growth};
    for growth in [Growth::Factor(1.25), Growth::Step(1)] {
        let mut comparison = preset("first-zero", "curriculum");
        comparison.curriculum = Some(Curriculum { growth, ..comparison.curriculum.unwrap() });
        println!("{growth:?}");
        let mut far = [0; 2];
        for (entry, log) in run(&comparison) {
            let passed_100 = log.lengths.iter().find(|(_, length)| *length > 100);
            let name = comparison.label(&entry);
            let mastered = log.mastered_length();
            println!("  {name}: mastered {mastered:?}, past 100 at update {passed_100:?}");
            far[entry.contender] += usize::from(mastered >= Some(100));
        }
        println!("  past length 100: RNN {}, LSTM {} of {}", far[0], far[1], comparison.trials);
        assert!(far[1] >= 3 && far[1] > far[0], "{far:?}");
    }
}

#[test]
#[ignore = "minutes"]
fn gates_pay_on_mnist1d() {
    let comparison = preset("mnist1d", "three-seeds");
    let mut means = [0.0; 3];
    for (entry, log) in run(&comparison) {
        let right = log.evaluations.last().unwrap().sets[0].right.unwrap();
        println!("  {}: {:.1} %", comparison.label(&entry), 100.0 * right);
        means[entry.contender] += right / comparison.trials as f64;
    }
    let [rnn, gru, lstm] = means;
    assert!((0.90..0.95).contains(&gru) && (0.86..0.92).contains(&lstm), "{means:?}");
    assert!((0.72..0.82).contains(&rnn), "{means:?}");
}

#[test]
#[ignore = "minutes"]
fn chrono_initialisation_solves_the_long_lag_and_an_rnn_does_not() {
    for name in ["solved", "independent"] {
        let comparison = preset("long-lag", name);
        let logs = run(&comparison);
        let mut wrong = [0.0; 2];
        for (entry, log) in &logs {
            let test = log.test.unwrap();
            let sequences = log.steps() * comparison.batch as u64;
            let label = comparison.label(entry);
            println!("  {label}: {sequences} sequences, {} wrong, {:?}", test.wrong, log.stop);
            wrong[entry.contender] += test.wrong as f64 / comparison.trials as f64;
        }
        println!("  {name}: average wrong {wrong:?}");
        assert_eq!(mastered(&logs, 0, None).len(), 10);
        assert!(wrong[0] < 5.0 && wrong[1] > 1200.0, "{wrong:?}");
    }
}

#[test]
#[ignore = "minutes"]
fn the_notebooks_long_lag_stays_at_ln_2() {
    let comparison = preset("long-lag", "notebook");
    for (entry, log) in run(&comparison) {
        let last = log.mean_of_last(10).unwrap();
        println!("  {}: {last}", comparison.label(&entry));
        assert!(last > 0.68, "{last}");
        assert!(entry.contender == 1 || last < 0.75, "the LSTM: {last}");
    }
}

#[test]
fn ten_units_echo_ten_outputs_and_eight_do_not() {
    let comparison = Comparison { probe_every: 0, ..preset("echo", "faster") };
    let floor = comparison.baselines()[0].1;
    for (entry, log) in run(&comparison) {
        let below = log.losses.iter().position(|loss| *loss < 1e-3);
        println!("  {}: below 0.001 at {below:?}", comparison.label(&entry));
        let hidden = comparison.contenders[entry.contender].design.hidden_size;
        assert_eq!(below.is_some(), hidden >= 10, "{hidden}");
        assert!(hidden >= 10 || log.losses.iter().all(|loss| *loss > floor));
    }
}

#[test]
fn a_short_lag_is_bridged_by_chrono_initialisation() {
    let mut comparison = preset("long-lag", "solved");
    comparison.task = comparison.task.with_length(20).unwrap();
    comparison.trials = 2;
    comparison.stop.streak = Some(500);
    let logs = run(&comparison);
    assert_eq!(mastered(&logs, 0, None).len(), 2);
    for (entry, log) in &logs {
        let wrong = log.test.unwrap().wrong;
        assert!(entry.contender == 1 || wrong < 30, "{wrong} wrong");
    }
}

#[test]
fn a_curriculum_reaches_lengths_that_grow() {
    let mut comparison = preset("first-zero", "curriculum");
    comparison.contenders.remove(0);
    comparison.trials = 1;
    comparison.curriculum.as_mut().unwrap().to = 12;
    let (_, log) = run(&comparison).remove(0);
    assert!(matches!(log.stop, Some(Stop::Mastered(_))), "{:?}", log.stop);
    let lengths: Vec<usize> = log.lengths.iter().map(|(_, length)| *length).collect();
    assert_eq!(lengths, [2, 3, 4, 5, 6, 7, 8, 10, 12]);
    assert_eq!(log.mastered_length(), Some(12));
}

#[test]
fn a_few_epochs_of_mnist1d_beat_a_guess_by_far() {
    let mut comparison = preset("mnist1d", "notebook");
    comparison.steps = 400;
    for (entry, log) in run(&comparison) {
        let right = log.evaluations.last().unwrap().sets[0].right.unwrap();
        println!("  {}: {right}", comparison.label(&entry));
        assert!(right > 0.35, "{right}");
        assert_eq!(log.evaluations.len(), 11);
        assert_eq!(log.answers.len(), 1000);
    }
}
