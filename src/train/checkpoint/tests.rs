//! Going on from a checkpoint gives the very bytes of a training without a break; damaged ones are
//! refused in a line.

use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::*;
use crate::flow::Precision;
use crate::network::{Cell, Design, Wiring, encode};
use crate::task::{Echo, FirstZero, LongLag, Loss, Mnist1d, RunningMean, TaskChoice};
use crate::train::{
    Clip, Contender, Curriculum, Feed, Growth, Mastery, Optimizer, RunLog, Schedule, Stop, StopRule,
};

/// Where nothing is read or written.
fn nowhere() -> PathBuf {
    PathBuf::from("a.rnnscope-training")
}

fn small(task: TaskChoice, steps: u64) -> Comparison {
    let design = |cell, layers| Design::new(cell, 3, layers);
    let contender = |name: &str, design| Contender {
        name: name.into(),
        design,
        ..Contender::new(Cell::Lstm, 1, 1)
    };
    Comparison {
        task,
        contenders: vec![
            contender("a", design(Cell::Lstm, 2)),
            contender("b", design(Cell::Gru, 1)),
        ],
        feed: Feed::Fair,
        optimizer: Optimizer::adam(1e-2),
        batch: 3,
        steps,
        probe_every: 2,
        evaluate_every: 3,
        ..Comparison::notebook(Loss::All)
    }
}

/// Log, weights, weights of earlier moments, budget.
type Seen = (RunLog, Vec<u8>, Vec<(u64, Vec<u8>)>, u64);

/// Everything that anybody can see of a training, but for the time it took.
fn seen(trainee: &Trainee) -> Seen {
    let log = RunLog { seconds: 0.0, ..trainee.log().clone() };
    let mut steps: Vec<u64> =
        (0..=log.steps()).map(|step| trainee.nearest_weights(Some(step))).collect();
    steps.dedup();
    let kept = steps.into_iter().map(|step| {
        (step, encode(&trainee.network_after(step).unwrap().expect("at hand")).unwrap())
    });
    (log, encode(trainee.network()).unwrap(), kept.collect(), trainee.budget())
}

/// Bits, because NaN differs from itself.
fn assert_same(a: &Trainee, b: &Trainee, what: &str) {
    let (a, b) = (seen(a), seen(b));
    let bits = |log: &RunLog| log.losses.iter().map(|loss| loss.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&a.0), bits(&b.0), "{what}");
    assert_eq!(format!("{:?}", a.0), format!("{:?}", b.0), "{what}");
    assert!(a.1 == b.1, "{what}: weights differ");
    assert!(a.2 == b.2 && a.3 == b.3, "{what}: earlier weights or budget differ");
}

fn kept(comparison: &Comparison, trainees: &[Trainee]) -> Vec<u8> {
    let look = |lane: usize| Kept::of(&trainees[lane], None);
    Checkpoint::of_trainees(comparison, 1.5, look).unwrap().encode().unwrap()
}

fn read(bytes: &[u8]) -> Vec<Trainee> {
    Checkpoint::from_bytes(&nowhere(), bytes).unwrap().line_up().unwrap().trainees
}

fn begin(comparison: &Comparison) -> Vec<Trainee> {
    let mut trainees = LineUp::new(comparison).unwrap().trainees;
    trainees.iter_mut().for_each(|trainee| trainee.keep_weights(2000));
    trainees
}

/// So many turns of each, fewer of the later ones: trainings stand at different places.
fn turn(trainees: &mut [Trainee], turns: usize) {
    for (lane, trainee) in trainees.iter_mut().enumerate() {
        for _ in 0..turns.saturating_sub(lane) {
            trainee.step().unwrap();
        }
    }
}

fn finish(trainees: &mut [Trainee]) {
    for trainee in trainees {
        while trainee.step().unwrap().is_none() {}
    }
}

/// Trains without a break, and with breaks after so many turns.
fn assert_goes_on(comparison: &Comparison, breaks: &[usize]) {
    let what = format!("{comparison:?} {breaks:?}");
    let mut whole = begin(comparison);
    finish(&mut whole);
    let mut parts = begin(comparison);
    for turns in breaks {
        turn(&mut parts, *turns);
        let bytes = kept(comparison, &parts);
        parts = read(&bytes);
        assert!(kept(comparison, &parts) == bytes, "{what}: not kept as it was");
    }
    finish(&mut parts);
    for (a, b) in whole.iter().zip(&parts) {
        assert_same(a, b, &what);
    }
    // The end is kept as well, and nothing is left to do after it.
    let mut ended = read(&kept(comparison, &parts));
    assert!(ended.iter().all(Trainee::is_over), "{what}");
    finish(&mut ended);
    for (a, b) in whole.iter().zip(&ended) {
        assert_same(a, b, &what);
    }
}

fn tasks() -> impl Strategy<Value = TaskChoice> {
    let lag = LongLag { symbols: 4, test: 120, ..LongLag::default() };
    prop_oneof![
        (1..6usize)
            .prop_map(|length| TaskChoice::RunningMean(RunningMean { length, loss: Loss::All })),
        (2..6usize).prop_map(|length| {
            TaskChoice::FirstZero(FirstZero { length, ..FirstZero::default() })
        }),
        Just(TaskChoice::Echo(Echo { length: 3, features: 2, ..Echo::default() })),
        Just(TaskChoice::LongLag(lag)),
        Just(TaskChoice::LongLag(LongLag { slips: true, pool: Some(5), ..lag })),
    ]
}

fn rules() -> impl Strategy<Value = Optimizer> {
    let lr = prop_oneof![Just(1e-2), Just(0.123_456_789_012_345_67), Just(1e3)];
    (0..4, lr).prop_map(|(rule, lr)| match rule {
        0 => Optimizer::adam(lr),
        1 => Optimizer::adamw(lr),
        2 => Optimizer::sgd(lr, 0.9),
        _ => Optimizer::rmsprop(lr),
    })
}

fn comparisons() -> impl Strategy<Value = Comparison> {
    let clips = prop_oneof![Just(Clip::None), Just(Clip::Norm(0.1)), Just(Clip::Value(0.01))];
    let stops = prop_oneof![
        Just(StopRule::default()),
        Just(StopRule { patience: Some(4), streak: Some(9), ..StopRule::default() }),
        Just(StopRule { target_loss: Some(0.9), ..StopRule::default() }),
    ];
    let schedules = prop_oneof![
        Just(Schedule::Constant),
        Just(Schedule::Cosine),
        Just(Schedule::Step { every: 3, factor: 0.5 }),
    ];
    let shape = (any::<bool>(), any::<bool>(), any::<bool>(), 1..3usize, any::<u64>());
    (tasks(), rules(), clips, stops, schedules, shape).prop_map(
        |(task, optimizer, clip, stop, schedule, (double, notebook, skips, trials, seed))| {
            let precision = if double { Precision::F64 } else { Precision::F32 };
            let comparison = small(task, 12);
            let mut comparison =
                Comparison { optimizer, clip, stop, schedule, precision, seed, ..comparison };
            if skips {
                comparison.contenders[0].design.wiring = Wiring::Skips;
            }
            comparison.contenders[1].budget = Some(7);
            if notebook {
                Comparison { feed: Feed::Notebook { rounds_before: 1 }, ..comparison }
            } else {
                Comparison { trials, ..comparison }
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn going_on_gives_the_bytes_of_a_training_without_a_break(
        comparison in comparisons(),
        breaks in proptest::collection::vec(0..9usize, 2),
    ) {
        assert_goes_on(&comparison, &breaks);
    }
}

#[test]
fn lengths_that_grow_and_lengths_side_by_side_go_on() {
    let task = TaskChoice::FirstZero(FirstZero { length: 2, ..FirstZero::default() });
    let easy = Mastery { below: 1e9, checks: 1 };
    let growing = Comparison {
        curriculum: Some(Curriculum { from: 2, to: 5, growth: Growth::Step(1) }),
        stop: StopRule { mastery: Some(easy), ..StopRule::default() },
        ..small(task.clone(), 30)
    };
    let mut ended = begin(&growing);
    finish(&mut ended);
    let log = ended[0].log();
    assert!(log.lengths.len() == 4 && matches!(log.stop, Some(Stop::Mastered(_))), "{log:?}");
    for breaks in [[0, 1], [3, 1], [4, 3], [7, 4]] {
        assert_goes_on(&growing, &breaks);
    }
    assert_goes_on(&Comparison { lengths: vec![2, 5], ..small(task, 7) }, &[3, 3]);
}

#[test]
fn own_data_are_told_by_what_they_hold() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.csv");
    let row = |label: usize, at: usize| {
        let points = (0..Mnist1d::POINTS).map(|t| format!("{}", (t + at) % 7));
        format!("{},{label}\n", points.collect::<Vec<_>>().join(","))
    };
    let write = |last: usize| {
        let rows = (0..30).map(|at| row(at % 10, at)).chain([row(last, 3)]);
        std::fs::write(&path, rows.collect::<String>()).unwrap();
    };
    write(1);
    let comparison = small(TaskChoice::Mnist1d(Mnist1d { file: Some(path.clone()) }), 6);
    assert_goes_on(&comparison, &[2, 2]);
    let bytes = kept(&comparison, &begin(&comparison));
    // Times of files are too coarse to tell two writes at once.
    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(9);
    write(2);
    std::fs::File::options().append(true).open(&path).unwrap().set_modified(later).unwrap();
    let error = Checkpoint::from_bytes(&nowhere(), &bytes).unwrap_err().to_string();
    assert!(error.contains("own.csv") && error.contains("other data"), "{error}");
    std::fs::remove_file(&path).unwrap();
    let error = Checkpoint::from_bytes(&nowhere(), &bytes).unwrap_err().to_string();
    assert!(error.contains("own.csv") && error.contains("cannot read"), "{error}");
}

#[test]
fn what_was_given_more_steps_goes_on() {
    let comparison = small(TaskChoice::RunningMean(RunningMean::default()), 5);
    let mut whole = begin(&comparison);
    finish(&mut whole);
    let mut parts = read(&kept(&comparison, &whole));
    for trainees in [&mut whole, &mut parts] {
        trainees.iter_mut().for_each(|trainee| trainee.extend(6));
    }
    turn(&mut parts, 3);
    parts = read(&kept(&comparison, &parts));
    finish(&mut whole);
    finish(&mut parts);
    whole.iter().zip(&parts).for_each(|(a, b)| assert_same(a, b, "extended"));
}

#[test]
fn a_larger_budget_goes_on_as_if_it_had_been_asked_for() {
    let task = TaskChoice::FirstZero(FirstZero { length: 3, ..FirstZero::default() });
    let longer = Comparison { evaluate_every: 5, ..small(task, 14) };
    let shorter = Comparison { steps: 8, ..longer.clone() };
    let mut whole = begin(&longer);
    finish(&mut whole);
    let mut short = begin(&shorter);
    finish(&mut short);
    let kept = Checkpoint::from_bytes(&nowhere(), &kept(&shorter, &short)).unwrap();
    let more = kept.clone().with_steps(14).unwrap();
    assert_eq!(more.comparison(), &longer);
    let mut parts = more.line_up().unwrap().trainees;
    finish(&mut parts);
    whole.iter().zip(&parts).for_each(|(a, b)| assert_same(a, b, "more steps"));
    let words = kept.with_steps(7).unwrap_err().to_string();
    assert!(words.contains("8 or more: they are done, found 7"), "{words}");
    let cosine = Comparison { schedule: Schedule::Cosine, ..shorter };
    let words = Checkpoint::of_plan(&cosine).with_steps(9).unwrap_err().to_string();
    assert!(words.contains("must be 8, which decides its learning rates"), "{words}");
}

#[test]
fn several_comparisons_stand_in_one_file() {
    let comparison = small(TaskChoice::RunningMean(RunningMean::default()), 2);
    let mut trainees = begin(&comparison);
    finish(&mut trainees);
    let failed = |lane: usize| Kept::of(&trainees[lane], Some("no more memory".to_owned()));
    let first = Checkpoint::of_trainees(&comparison, 1e9 + 0.125, failed).unwrap();
    let coming = Comparison { seed: 7, ..comparison.clone() };
    let joined = Checkpoint::join([first, Checkpoint::of_plan(&coming)]);
    let read = Checkpoint::from_bytes(&nowhere(), &joined.encode().unwrap()).unwrap();
    assert_eq!((read.comparison(), read.began()), (&comparison, Some(1e9 + 0.125)));
    assert_eq!(read.failures(), vec![Some("no more memory".to_owned()); 2]);
    let parts = read.split();
    assert_eq!((parts.len(), parts[1].comparison(), parts[1].began()), (2, &coming, None));
    assert_eq!(parts[1].line_up().unwrap().trainees[0].log().steps(), 0);
}

/// A whole small file with everything in it.
fn bytes() -> Vec<u8> {
    let task = TaskChoice::LongLag(LongLag { symbols: 3, test: 120, ..LongLag::default() });
    let mut comparison = small(task, 5);
    comparison.contenders.truncate(1);
    let mut trainees = begin(&comparison);
    turn(&mut trainees, 6);
    kept(&comparison, &trainees)
}

fn refusal(bytes: &[u8]) -> Option<String> {
    Checkpoint::from_bytes(&nowhere(), bytes).err().map(|error| error.to_string())
}

#[test]
fn what_is_cut_off_is_refused_in_a_line() {
    let bytes = bytes();
    assert_eq!(refusal(&bytes), None);
    let lengths = (0..bytes.len()).filter(|length| *length < 12_000 || length % 97 == 0);
    for length in lengths {
        let words = refusal(&bytes[..length]).expect("refused");
        assert!(
            words.starts_with("a.rnnscope-training: ") && words.lines().count() == 1,
            "{words}"
        );
    }
    let mut longer = bytes.clone();
    longer.extend([0; 8]);
    assert!(refusal(&longer).is_some());
}

#[test]
fn two_thousand_changed_files_are_refused_or_trained_without_a_panic() {
    use rand::RngExt as _;
    let whole = bytes();
    let header = 8 + u64::from_le_bytes(whole[..8].try_into().unwrap()) as usize;
    let mut random = crate::rng::Generator::seeded(3);
    for round in 0..2000 {
        let mut bytes = whole.clone();
        for _ in 0..random.random_range(1..4) {
            // The header is where most can go wrong.
            let end = if round % 4 == 0 { bytes.len() } else { header.min(bytes.len()) };
            let at = random.random_range(0..end);
            match random.random_range(0..4) {
                0 => bytes[at] = random.random(),
                1 => bytes[at] = b"0123456789-(){}[],:\""[random.random_range(0..20)],
                2 => drop(bytes.drain(at..(at + random.random_range(1..9)).min(end))),
                _ => bytes[at] ^= 1 << random.random_range(0..8),
            }
        }
        match Checkpoint::from_bytes(&nowhere(), &bytes) {
            Err(error) => assert_eq!(error.to_string().lines().count(), 1, "{error}"),
            Ok(checkpoint) => match checkpoint.line_up() {
                Ok(LineUp { trainees }) => {
                    for mut trainee in trainees {
                        let _ = trainee.step();
                        trainee.examples().unwrap();
                    }
                }
                Err(error) => assert!(matches!(error, Error::TooLarge { .. }), "{error}"),
            },
        }
    }
}

#[test]
fn other_versions_and_other_files_are_refused_by_name() {
    let whole = bytes();
    let find = |bytes: &[u8], words: &[u8]| bytes.windows(words.len()).position(|at| at == words);
    let mut newer = whole.clone();
    let at = find(&newer, b"version:1").unwrap();
    newer[at + 8] = b'2';
    let words = refusal(&newer).unwrap();
    assert!(words.ends_with("in version 2 of the format, this rnnscope reads 1"), "{words}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other");
    let network = LineUp::new(&small(TaskChoice::Echo(Echo::default()), 1)).unwrap();
    for other in
        [encode(network.trainees[0].network()).unwrap(), b"PK\x03\x04".to_vec(), vec![0; 99]]
    {
        std::fs::write(&path, other).unwrap();
        let words = Checkpoint::read(&path, &Ticket::new()).unwrap_err().to_string();
        assert!(words.ends_with("other: not a training saved by rnnscope"), "{words}");
    }
    std::fs::write(&path, whole).unwrap();
    assert!(Checkpoint::read(&path, &Ticket::new()).is_ok());
    assert!(Checkpoint::read(Path::new("/nowhere/x"), &Ticket::new()).is_err());
}
