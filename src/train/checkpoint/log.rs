//! The record of a training as series of numbers.

use super::sheet::{Reader, Sheet};
use crate::train::evaluation::{Evaluation, Score};
use crate::train::log::{ParameterNorms, RunLog, Snapshot};

/// Bits that say which numbers of a score there are.
const RIGHT: u32 = 1;
const WORST: u32 = 2;

/// Puts down everything of a record but what there is one of: that stands in the text.
pub(super) fn put(sheet: &mut Sheet, at: &str, log: &RunLog) {
    let RunLog {
        losses,
        right,
        evaluations,
        answers,
        lengths,
        test: _,
        snapshots,
        stop: _,
        seconds: _,
        stride: _,
        sharers: _,
    } = log;
    sheet.put_short(format!("{at}/losses"), losses);
    sheet.put(format!("{at}/right"), right.iter().copied());
    sheet.put(format!("{at}/answers"), answers.iter().copied());
    let lengths = lengths.iter().flat_map(|&(step, length)| [step, length as u64]);
    sheet.put(format!("{at}/lengths"), lengths.collect::<Vec<_>>());
    put_evaluations(sheet, at, evaluations);
    put_snapshots(sheet, at, snapshots);
}

fn put_evaluations(sheet: &mut Sheet, at: &str, evaluations: &[Evaluation]) {
    let (mut steps, mut counts, mut present) = (Vec::new(), Vec::new(), Vec::new());
    let (mut scores, mut outputs) = (Vec::new(), Vec::new());
    for Evaluation { step, sets, watched } in evaluations {
        steps.push(*step);
        counts.extend([sets.len() as u32, watched.len() as u32]);
        for Score { loss, right, worst } in sets {
            let bit = |there: bool, bit: u32| if there { bit } else { 0 };
            present.push(bit(right.is_some(), RIGHT) | bit(worst.is_some(), WORST));
            scores.extend([*loss, right.unwrap_or_default(), worst.unwrap_or_default()]);
        }
        outputs.extend_from_slice(watched);
    }
    sheet.put(format!("{at}/evaluations"), steps);
    sheet.put(format!("{at}/evaluations/counts"), counts);
    sheet.put(format!("{at}/evaluations/present"), present);
    sheet.put(format!("{at}/evaluations/scores"), scores);
    sheet.put(format!("{at}/evaluations/watched"), outputs);
}

fn put_snapshots(sheet: &mut Sheet, at: &str, snapshots: &[Snapshot]) {
    let (mut steps, mut counts, mut widths) = (Vec::new(), Vec::new(), Vec::new());
    let mut numbers = Vec::new();
    for Snapshot { step, grad_norm, parameters, predictions } in snapshots {
        steps.push(*step);
        counts.extend([grad_norm, predictions].map(|rows| rows.len() as u32));
        counts.push(parameters.len() as u32);
        for row in grad_norm.iter().chain(predictions) {
            widths.push(row.len() as u32);
            numbers.extend_from_slice(row);
        }
        for ParameterNorms { value, grad, update } in parameters {
            numbers.extend([*value, *grad, *update]);
        }
    }
    sheet.put(format!("{at}/snapshots"), steps);
    sheet.put(format!("{at}/snapshots/counts"), counts);
    sheet.put(format!("{at}/snapshots/widths"), widths);
    sheet.put(format!("{at}/snapshots/numbers"), numbers);
}

/// Reads into a record what [`put`] put down.
pub(super) fn take(reader: &mut Reader<'_>, at: &str, log: &mut RunLog) -> Result<(), String> {
    log.losses = reader.take_short(&format!("{at}/losses"))?;
    log.right = reader.take(&format!("{at}/right"))?;
    log.answers = reader.take(&format!("{at}/answers"))?;
    let lengths: Vec<u64> = reader.take(&format!("{at}/lengths"))?;
    let (pairs, rest) = lengths.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(format!("{at}/lengths is cut off"));
    }
    let length = |&[step, length]: &[u64; 2]| Ok((step, whole(length)?));
    log.lengths = pairs.iter().map(length).collect::<Result<_, String>>()?;
    log.evaluations = take_evaluations(reader, at)?;
    log.snapshots = take_snapshots(reader, at)?;
    Ok(())
}

fn take_evaluations(reader: &mut Reader<'_>, at: &str) -> Result<Vec<Evaluation>, String> {
    let name = format!("{at}/evaluations");
    let steps: Vec<u64> = reader.take(&name)?;
    let mut counts = Rest::new(&name, reader.take::<u32>(&format!("{name}/counts"))?);
    let mut present = Rest::new(&name, reader.take::<u32>(&format!("{name}/present"))?);
    let mut scores = Rest::new(&name, reader.take::<f64>(&format!("{name}/scores"))?);
    let mut outputs = Rest::new(&name, reader.take::<f32>(&format!("{name}/watched"))?);
    let mut evaluations = Vec::with_capacity(steps.len());
    for step in steps {
        let [sets, watched] = counts.some()?;
        let score = |_| {
            let ([loss, right, worst], [there]) = (scores.some()?, present.some()?);
            let (right, worst) =
                ((there & RIGHT > 0).then_some(right), (there & WORST > 0).then_some(worst));
            Ok(Score { loss, right, worst })
        };
        let sets = (0..sets).map(score).collect::<Result<_, String>>()?;
        let watched = if watched == 0 { Vec::new() } else { outputs.row(watched)? };
        evaluations.push(Evaluation { step, sets, watched });
    }
    for left in [counts.left(), present.left(), scores.left(), outputs.left()] {
        left?;
    }
    Ok(evaluations)
}

fn take_snapshots(reader: &mut Reader<'_>, at: &str) -> Result<Vec<Snapshot>, String> {
    let name = format!("{at}/snapshots");
    let steps: Vec<u64> = reader.take(&name)?;
    let mut counts = Rest::new(&name, reader.take::<u32>(&format!("{name}/counts"))?);
    let mut widths = Rest::new(&name, reader.take::<u32>(&format!("{name}/widths"))?);
    let mut numbers = Rest::new(&name, reader.take::<f32>(&format!("{name}/numbers"))?);
    let mut snapshots = Vec::with_capacity(steps.len());
    for step in steps {
        let [layers, sequences, parameters] = counts.some()?;
        let mut rows = |count: u32| {
            let row = |_| widths.some().and_then(|[width]| numbers.row(width));
            (0..count).map(row).collect::<Result<Vec<_>, String>>()
        };
        let (grad_norm, predictions) = (rows(layers)?, rows(sequences)?);
        let norms = |_| {
            let [value, grad, update] = numbers.some()?;
            Ok(ParameterNorms { value, grad, update })
        };
        let parameters = (0..parameters).map(norms).collect::<Result<_, String>>()?;
        snapshots.push(Snapshot { step, grad_norm, parameters, predictions });
    }
    for left in [counts.left(), widths.left(), numbers.left()] {
        left?;
    }
    Ok(snapshots)
}

/// A number of things that fits into memory.
pub(super) fn whole(number: u64) -> Result<usize, String> {
    usize::try_from(number).map_err(|_| format!("{number} is too large a number"))
}

/// What is left of a series.
struct Rest<'a, N> {
    name: &'a str,
    numbers: std::vec::IntoIter<N>,
}

impl<'a, N: Copy + Default> Rest<'a, N> {
    fn new(name: &'a str, numbers: Vec<N>) -> Self {
        Self { name, numbers: numbers.into_iter() }
    }

    fn some<const COUNT: usize>(&mut self) -> Result<[N; COUNT], String> {
        let mut some = [N::default(); COUNT];
        for place in &mut some {
            *place = self.numbers.next().ok_or_else(|| format!("{} is cut off", self.name))?;
        }
        Ok(some)
    }

    /// So many; a row that is not there takes no memory.
    fn row(&mut self, count: u32) -> Result<Vec<N>, String> {
        let count = count as usize;
        if count == 0 || count > self.numbers.len() {
            let no_row = if count == 0 { "has empty rows" } else { "is cut off" };
            return Err(format!("{} {no_row}", self.name));
        }
        Ok(self.numbers.by_ref().take(count).collect())
    }

    fn left(&self) -> Result<(), String> {
        match self.numbers.len() {
            0 => Ok(()),
            left => Err(format!("{} has {left} numbers too many", self.name)),
        }
    }
}
