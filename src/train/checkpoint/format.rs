//! The file: what there is one of as text, series of numbers beside it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::sheet::{Reader, Sheet};
use super::{Checkpoint, Round, Saved, SavedRule, SavedStreams, SavedTesting, SavedWeights, log};
use crate::error::{Error, Result};
use crate::frozen::Checksum;
use crate::rng::Upcoming;
use crate::train::comparison::Comparison;
use crate::train::evaluation::Test;
use crate::train::log::RunLog;
use crate::train::stop::Stop;

/// The version of the format; other ones are refused.
const VERSION: u32 = 1;

/// What is said of files that are something else.
pub(super) const FOREIGN: &str = "not a training saved by rnnscope";

/// What is said of files that were one.
pub(super) const DAMAGED: &str = "a damaged training";

/// Most comparisons of one file.
const MOST_ROUNDS: usize = 16;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    version: u32,
    rounds: Vec<RoundText>,
}

/// Enough to tell another version from this one.
#[derive(Deserialize)]
struct VersionText {
    version: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RoundText {
    comparison: Comparison,
    trainings: Vec<TrainingText>,
}

/// What a training has one of, but for numbers whose every bit counts.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TrainingText {
    updates: i32,
    budget: u64,
    stop: Option<Stop>,
    test: Option<[usize; 2]>,
    testing: Option<[usize; 2]>,
    streak: u64,
    mastered: u32,
    best_step: u64,
    stride: u64,
    sharers: usize,
    kept_budget: usize,
    kept_stride: u64,
    memory: bool,
    data: Option<Checksum>,
    failure: Option<String>,
}

pub(super) fn encode(checkpoint: &Checkpoint) -> Result<Vec<u8>> {
    let mut sheet = Sheet::default();
    let mut rounds = Vec::new();
    for (number, Round { comparison, began, trainings }) in checkpoint.rounds.iter().enumerate() {
        sheet.put(format!("{number}/began"), [*began]);
        let trainings = trainings.iter().enumerate();
        let trainings = trainings
            .map(|(training, saved)| put(&mut sheet, &format!("{number}/{training}"), saved));
        let trainings = trainings.collect();
        rounds.push(RoundText { comparison: (**comparison).clone(), trainings });
    }
    let text = Text { version: VERSION, rounds };
    let text = ron::to_string(&text).map_err(|error| Error::Session(error.to_string()))?;
    sheet.finish(text)
}

fn put(sheet: &mut Sheet, at: &str, saved: &Saved) -> TrainingText {
    let Saved {
        weights,
        rule: SavedRule { updates, first, second },
        streams: SavedStreams { data: batches, showcase, test, only },
        memory,
        budget,
        log,
        kept: SavedWeights { budget: kept_budget, stride: kept_stride, steps, numbers },
        best: (best_loss, best_step),
        streak,
        mastered,
        testing,
        data,
        failure,
    } = saved;
    sheet.put_numbers(format!("{at}/weights"), weights);
    sheet.put_numbers(format!("{at}/first"), first);
    sheet.put_numbers(format!("{at}/second"), second);
    if let Some(memory) = memory {
        sheet.put_numbers(format!("{at}/memory"), memory);
    }
    sheet.put(format!("{at}/kept"), steps.iter().copied());
    sheet.put_numbers(format!("{at}/kept/weights"), numbers);
    let streams = [batches, showcase, test, only].into_iter();
    let streams = streams.chain(testing.as_ref().map(|testing| &testing.stream));
    let words = streams.clone().flat_map(|stream| stream.words.iter().copied());
    sheet.put(format!("{at}/streams"), words.collect::<Vec<_>>());
    let spares = streams.map(|stream| stream.spare_normal.unwrap_or(f64::NAN));
    let numbers = [log.seconds, *best_loss].into_iter().chain(spares);
    sheet.put(format!("{at}/numbers"), numbers.collect::<Vec<_>>());
    log::put(sheet, at, log);
    TrainingText {
        updates: *updates,
        budget: *budget,
        stop: log.stop,
        test: log.test.map(|Test { sequences, wrong }| [sequences, wrong]),
        testing: testing.as_ref().map(|testing| [testing.asked, testing.wrong]),
        streak: *streak,
        mastered: *mastered,
        best_step: *best_step,
        stride: log.stride,
        sharers: log.sharers,
        kept_budget: *kept_budget,
        kept_stride: *kept_stride,
        memory: memory.is_some(),
        data: data.clone(),
        failure: failure.clone(),
    }
}

/// What the bytes hold, as far as they say it themselves; in words, why they cannot be used.
pub(super) fn decode(bytes: &[u8]) -> Result<Checkpoint, String> {
    let (mut reader, text) = Reader::new(bytes)?;
    let damaged = |error: ron::error::SpannedError| format!("{DAMAGED}: {error}");
    let VersionText { version } = ron::from_str(&text).map_err(damaged)?;
    if version != VERSION {
        return Err(format!(
            "a training saved in version {version} of the format, this rnnscope reads {VERSION}"
        ));
    }
    let Text { version: _, rounds } = ron::from_str(&text).map_err(damaged)?;
    if !(1..=MOST_ROUNDS).contains(&rounds.len()) {
        return Err(format!("{DAMAGED}: {} comparisons", rounds.len()));
    }
    let take_all = || {
        let rounds = rounds.into_iter().enumerate();
        let rounds = rounds.map(|(number, round)| take_round(&mut reader, number, round));
        let rounds = rounds.collect::<Result<Vec<_>, String>>()?;
        match reader.left {
            0 => Ok(rounds),
            left => Err(format!("{left} series of numbers too many")),
        }
    };
    let rounds = take_all().map_err(|words| format!("{DAMAGED}: {words}"))?;
    Ok(Checkpoint { rounds })
}

fn take_round(reader: &mut Reader<'_>, number: usize, text: RoundText) -> Result<Round, String> {
    let RoundText { comparison, trainings } = text;
    let began = match reader.take::<f64>(&format!("{number}/began"))?[..] {
        [began] if began.is_finite() => began,
        _ => return Err("it does not say when it began".to_owned()),
    };
    let trainings = trainings.into_iter().enumerate();
    let trainings =
        trainings.map(|(training, text)| take(reader, &format!("{number}/{training}"), text));
    let trainings = trainings.collect::<Result<_, String>>()?;
    Ok(Round { comparison: Arc::new(comparison), began, trainings })
}

fn take(reader: &mut Reader<'_>, at: &str, text: TrainingText) -> Result<Saved, String> {
    let TrainingText {
        updates,
        budget,
        stop,
        test,
        testing,
        streak,
        mastered,
        best_step,
        stride,
        sharers,
        kept_budget,
        kept_stride,
        memory,
        data,
        failure,
    } = text;
    let weights = reader.take_numbers(&format!("{at}/weights"))?;
    let first = reader.take_numbers(&format!("{at}/first"))?;
    let second = reader.take_numbers(&format!("{at}/second"))?;
    let memory = memory.then(|| reader.take_numbers(&format!("{at}/memory"))).transpose()?;
    let steps = reader.take(&format!("{at}/kept"))?;
    let kept = reader.take_numbers(&format!("{at}/kept/weights"))?;
    let words: Vec<u32> = reader.take(&format!("{at}/streams"))?;
    let numbers: Vec<f64> = reader.take(&format!("{at}/numbers"))?;
    let mut streams = words.chunks(Upcoming::WORDS).zip(numbers.iter().skip(2)).map(stream);
    let mut next = || streams.next().unwrap_or_else(|| Err(format!("{at}/streams is cut off")));
    let streams = SavedStreams { data: next()?, showcase: next()?, test: next()?, only: next()? };
    let testing = match testing {
        Some([asked, wrong]) => Some(SavedTesting { stream: next()?, asked, wrong }),
        None => None,
    };
    let (&[seconds, best_loss, ref spares @ ..], count) =
        (&numbers[..], 4 + usize::from(testing.is_some()))
    else {
        return Err(format!("{at}/numbers is cut off"));
    };
    if spares.len() != count || words.len() != count * Upcoming::WORDS {
        return Err(format!("{at}/streams has another length"));
    }
    let mut log = RunLog {
        test: test.map(|[sequences, wrong]| Test { sequences, wrong }),
        stop,
        seconds,
        stride,
        sharers,
        ..RunLog::default()
    };
    log::take(reader, at, &mut log)?;
    Ok(Saved {
        weights,
        rule: SavedRule { updates, first, second },
        streams,
        memory,
        budget,
        log,
        kept: SavedWeights { budget: kept_budget, stride: kept_stride, steps, numbers: kept },
        best: (best_loss, best_step),
        streak,
        mastered,
        testing,
        data,
        failure,
    })
}

/// Where a random stream stands.
fn stream((words, spare): (&[u32], &f64)) -> Result<Upcoming, String> {
    let spare_normal = (!spare.is_nan()).then_some(*spare);
    if words.iter().all(|word| *word == 0) {
        return Err("a random stream of zeros".to_owned());
    }
    Ok(Upcoming { words: words.to_vec(), spare_normal })
}
