//! Races of many: turns, pauses, stops, and that none of them changes a number.

use super::*;
use crate::task::Loss;
use crate::train::{Feed, Optimizer};

fn comparison(steps: u64) -> Comparison {
    Comparison {
        feed: Feed::Fair,
        steps,
        batch: 4,
        optimizer: Optimizer::adam(1e-3),
        probe_every: 20,
        ..Comparison::notebook(Loss::All)
    }
}

fn wait(race: &Race) {
    let start = Instant::now();
    while !race.is_over() {
        assert!(start.elapsed() < Duration::from_secs(60), "the race does not end");
        thread::sleep(Duration::from_millis(2));
    }
}

fn losses(race: &Race) -> Vec<Vec<f64>> {
    (0..race.lanes()).map(|lane| race.look(lane, |t| t.log().losses.clone())).collect()
}

#[test]
fn threads_pauses_and_onlookers_change_no_byte() {
    let alone = Race::start(&comparison(120), 1, false, || {}).unwrap();
    wait(&alone);
    let watched = Race::start(&comparison(120), 3, true, || {}).unwrap();
    for _ in 0..3 {
        watched.step_once().unwrap();
    }
    watched.unpause();
    thread::sleep(Duration::from_millis(3));
    watched.pause();
    let paused: Vec<u64> = (0..4).map(|lane| watched.status(lane).steps).collect();
    thread::sleep(Duration::from_millis(20));
    let later: Vec<u64> = (0..4).map(|lane| watched.status(lane).steps).collect();
    // A lane may finish the turn it was in.
    assert!(paused.iter().zip(&later).all(|(a, b)| b - a <= 120), "{paused:?} {later:?}");
    watched.unpause();
    wait(&watched);
    assert_eq!(losses(&alone), losses(&watched));
}

fn sixteen(steps: u64, one_by_one: bool) -> Comparison {
    let base = comparison(steps);
    let contenders = (0..16).map(|n| base.contenders[n % 4].clone()).collect();
    Comparison { contenders, one_by_one, ..base }
}

/// Steps of each lane once `enough` holds.
fn steps_once(race: &Race, enough: impl Fn(&[u64]) -> bool) -> Vec<u64> {
    let start = Instant::now();
    loop {
        let steps: Vec<u64> = (0..race.lanes()).map(|lane| race.status(lane).steps).collect();
        if enough(&steps) {
            return steps;
        }
        assert!(start.elapsed() < Duration::from_secs(60), "{steps:?}");
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn sixteen_contenders_on_two_threads_all_make_progress_in_turn() {
    let race = Race::start(&sixteen(10_000_000, false), 2, false, || {}).unwrap();
    let first = steps_once(&race, |steps| steps.iter().all(|steps| *steps > 0));
    assert!(first.iter().all(|steps| *steps < 10_000_000));
    // And again, round after round.
    steps_once(&race, |steps| steps.iter().zip(&first).all(|(now, then)| now > then));
    let shares: f64 = (0..16).map(|lane| race.status(lane).share).sum();
    assert!((shares - 2.0).abs() < 1e-9, "{shares}");
    assert!((0..16).all(|lane| race.status(lane).seconds_left.is_some()));
}

#[test]
fn one_by_one_no_training_begins_before_one_has_ended() {
    let race = Race::start(&sixteen(10_000_000, true), 2, false, || {}).unwrap();
    steps_once(&race, |steps| steps[0] > 0 && steps[1] > 0);
    thread::sleep(3 * SLICE);
    let steps = steps_once(&race, |_| true);
    assert!(steps[2..].iter().all(|steps| *steps == 0), "{steps:?}");
    let shares: Vec<f64> = (0..4).map(|lane| race.status(lane).share).collect();
    assert_eq!(shares, [1.0, 1.0, 0.0, 0.0]);
    assert_eq!(race.status(2).seconds_left, None);
}

#[test]
fn turns_and_one_by_one_give_the_same_bytes() {
    let turns = Race::start(&sixteen(150, false), 3, false, || {}).unwrap();
    let one_by_one = Race::start(&sixteen(150, true), 1, false, || {}).unwrap();
    wait(&turns);
    wait(&one_by_one);
    assert_eq!(losses(&turns), losses(&one_by_one));
    assert!((0..16).all(|lane| turns.status(lane).share == 0.0), "nothing is left to do");
}

#[test]
fn a_race_of_many_is_paused_stepped_stopped_and_extended() {
    let mut race = Race::start(&sixteen(1_000_000, false), 2, true, || {}).unwrap();
    race.step_once().unwrap();
    assert_eq!(steps_once(&race, |_| true), [1; 16]);
    race.unpause();
    steps_once(&race, |steps| steps.iter().all(|steps| *steps > 1));
    race.stop();
    wait(&race);
    let stopped = steps_once(&race, |_| true);
    for _ in 0..3 {
        race.extend(5).unwrap();
        wait(&race);
    }
    let extended = steps_once(&race, |_| true);
    assert!(extended.iter().zip(&stopped).all(|(now, then)| *now == then + 15));
}

#[test]
fn a_race_can_be_stopped_and_extended() {
    let mut race = Race::start(&comparison(1_000_000), 2, false, || {}).unwrap();
    thread::sleep(Duration::from_millis(20));
    race.stop();
    wait(&race);
    let stopped: Vec<u64> = (0..4).map(|lane| race.status(lane).steps).collect();
    assert!(matches!(race.status(0).stop, Some(Stop::User(_))));
    race.extend(10).unwrap();
    wait(&race);
    for (lane, before) in stopped.iter().enumerate() {
        assert_eq!(race.status(lane).steps, before + 10);
        assert_eq!(race.status(lane).stop, Some(Stop::Budget));
    }
}

#[test]
fn dropping_a_race_stops_it() {
    let start = Instant::now();
    drop(Race::start(&comparison(1_000_000), 2, false, || {}).unwrap());
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_race_goes_on_from_its_checkpoint_to_the_same_bytes() {
    let whole = Race::start(&comparison(120), 2, false, || {}).unwrap();
    wait(&whole);
    let race = Race::start(&comparison(120), 2, false, || {}).unwrap();
    steps_once(&race, |steps| steps.iter().any(|steps| *steps > 20));
    let bytes = race.checkpoint().unwrap().encode().unwrap();
    let began = race.began();
    drop(race);
    let kept = Checkpoint::from_bytes(std::path::Path::new("x"), &bytes).unwrap();
    let resumed = Race::resume(&kept, 1, true, || {}).unwrap();
    assert!(resumed.is_paused() && resumed.began() == began);
    assert_eq!(resumed.checkpoint().unwrap().encode().unwrap(), bytes, "nothing happened yet");
    let seconds = resumed.look(0, |trainee| trainee.log().seconds);
    resumed.unpause();
    wait(&resumed);
    assert_eq!(losses(&resumed), losses(&whole));
    assert!(resumed.look(0, |trainee| trainee.log().seconds) > seconds, "times add up");
}
