//! Keeps the copy of a record up to date without copying what is known.

use crate::train::RunLog;

/// Brings a copy up to date. Records only grow, but for snapshots and evaluations, of which every
/// second one goes when there are too many.
pub fn follow(copy: &mut RunLog, log: &RunLog) {
    let known = copy.losses.len();
    copy.losses.extend_from_slice(&log.losses[known..]);
    let known = copy.right.len();
    copy.right.extend_from_slice(&log.right[known..]);
    // One number a test sequence: compared in no time, and seldom different.
    if copy.answers != log.answers {
        copy.answers.clone_from(&log.answers);
    }
    append(&mut copy.evaluations, &log.evaluations, |evaluation| evaluation.step);
    append(&mut copy.snapshots, &log.snapshots, |snapshot| snapshot.step);
    let known = copy.lengths.len();
    copy.lengths.extend_from_slice(&log.lengths[known..]);
    copy.test = log.test;
    copy.stop = log.stop;
    copy.seconds = log.seconds;
}

/// Adds what is new, or takes everything anew where entries have gone.
fn append<T: Clone>(copy: &mut Vec<T>, all: &[T], step: impl Fn(&T) -> u64) {
    let known = copy.len();
    let second = |entries: &[T]| entries.get(1).map(&step);
    if known > all.len() || (known > 1 && second(copy) != second(all)) {
        *copy = all.to_vec();
    } else {
        copy.extend_from_slice(&all[known..]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::{Evaluation, Snapshot};

    fn log(steps: impl Iterator<Item = u64> + Clone, losses: usize) -> RunLog {
        let mut log = RunLog::default();
        log.losses = vec![0.5; losses];
        log.right = vec![1.0; losses];
        // Answers change with the newest evaluation.
        log.answers = vec![steps.clone().last().unwrap_or_default() as u32; 3];
        log.lengths = (0..losses as u64 / 7).map(|n| (n, 4 + n as usize)).collect();
        log.snapshots =
            steps.clone().map(|step| Snapshot { step, ..Snapshot::default() }).collect();
        log.evaluations = steps.map(|step| Evaluation { step, ..Evaluation::default() }).collect();
        log
    }

    #[test]
    fn a_copy_follows_its_record_when_entries_are_thinned() {
        let mut copy = RunLog::default();
        for record in [
            log(0..1, 1),
            log(0..7, 7),
            log((0..8).step_by(2), 8),
            log((0..40).step_by(2), 40),
            log((0..400).step_by(4), 400),
        ] {
            follow(&mut copy, &record);
            assert_eq!(copy, record);
        }
    }
}
