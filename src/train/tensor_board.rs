//! Training records as TensorBoard event files.
//!
//! The format is small and has not changed in years, so that it is written here rather than
//! through a crate that generates code for all of TensorFlow's messages: a file is a sequence of
//! records (length, its checksum, data, its checksum), each holding one `tensorflow.Event` in
//! protocol-buffer encoding. Source: `record_writer.cc` and `event.proto` of TensorFlow.

use std::path::Path;

use super::evaluation::Evaluation;
use super::log::{RunLog, Snapshot};
use crate::task::TaskChoice;

/// The first event names the version of the format.
const FILE_VERSION: &str = "brain.Event:2";

/// What every name begins with.
const PREFIX: &str = "events.out.tfevents.";

/// Added to a rotated checksum, so that a checksum of checksums stays a good one.
const MASK: u32 = 0xa282_ead8;

/// What one event file is made from.
#[derive(Clone, Copy, Debug)]
pub struct EventFile<'a> {
    /// The training.
    pub log: &'a RunLog,
    /// What was learned.
    pub task: &'a TaskChoice,
    /// Names of the parameters, in the order of [`Snapshot::parameters`].
    pub names: &'a [String],
    /// When training began, in seconds since 1970; without it all times are 0, and equal trainings
    /// give equal bytes.
    pub began: Option<f64>,
    /// Every how many batches a loss is written, at least 1.
    pub every: u64,
}

/// A place in a training: updates done, and the time they took in seconds.
pub type Since = (u64, f64);

impl EventFile<'_> {
    /// A name under which TensorBoard finds the file in a run's folder. It ends in a number, because
    /// desktops take files that end in `.rnnscope` for sessions.
    pub fn name(&self) -> String {
        Self::name_of(Self::number(self.began))
    }

    /// What tells it from other files of a run, which are read in the order of these numbers.
    pub fn number(began: Option<f64>) -> u64 {
        began.unwrap_or(0.0).max(0.0) as u64
    }

    /// The name of the file with this number.
    pub fn name_of(number: u64) -> String {
        format!("{PREFIX}{number:010}.rnnscope.0")
    }

    /// The number of the file with such a name, whoever wrote it.
    pub fn number_of(path: &Path) -> Option<u64> {
        let name = path.file_name()?.to_str()?.strip_prefix(PREFIX)?;
        name.split('.').next()?.parse().ok()
    }

    /// What a file begins with: the version of the format.
    pub fn head(began: Option<f64>) -> Vec<u8> {
        let mut first = Vec::new();
        double(&mut first, 1, began.unwrap_or(0.0));
        bytes(&mut first, 3, FILE_VERSION.as_bytes());
        let mut head = Vec::new();
        record(&mut head, &first);
        head
    }

    /// The whole file. By batch: `loss/train` and, where answers are right or wrong,
    /// `accuracy/train`. After as many updates as each evaluation came: loss and accuracy on the
    /// task's set, such as `loss/test` and `accuracy/test`. And what every snapshot holds: ‖dL/dh_t‖
    /// of each layer at the first and last step of the sequence, gradient and update norm of each
    /// parameter. Numbers are f32, as the format has them.
    pub fn encode(&self) -> Vec<u8> {
        let mut file = Self::head(self.began);
        // After the last batch there may be one more evaluation.
        file.extend(self.part((0, 0.0), self.log.steps() + 1));
        file
    }

    /// The records from `since` up to step `end`, this one left out. Those below the number of updates
    /// done are complete: training adds nothing to them.
    pub fn part(&self, since: Since, end: u64) -> Vec<u8> {
        let mut part = Vec::new();
        let RunLog { losses, right, evaluations, snapshots, .. } = self.log;
        let first = snapshots.partition_point(|snapshot| snapshot.step < since.0);
        let mut snapshots = snapshots[first..].iter().peekable();
        let first = evaluations.partition_point(|evaluation| evaluation.step < since.0);
        let mut evaluations = evaluations[first..].iter().peekable();
        for step in since.0..end.min(self.log.steps() + 1) {
            let mut scalars = Vec::new();
            if step.is_multiple_of(self.every.max(1)) {
                let loss = losses.get(step as usize).map(|loss| *loss as f32);
                scalars.extend(loss.map(|loss| ("loss/train".to_owned(), loss)));
                let right = right.get(step as usize).copied();
                scalars.extend(right.map(|right| ("accuracy/train".to_owned(), right)));
            }
            while let Some(evaluation) = evaluations.next_if(|one| one.step <= step) {
                self.evaluation(&mut scalars, evaluation);
            }
            while let Some(snapshot) = snapshots.next_if(|snapshot| snapshot.step <= step) {
                self.snapshot(&mut scalars, snapshot);
            }
            if !scalars.is_empty() {
                record(&mut part, &self.event(since, step, &scalars));
            }
        }
        part
    }

    /// The last step that a file tells of, whole or cut off; none if it is no such file or tells of
    /// none.
    pub fn last_step(mut file: &[u8]) -> Option<u64> {
        let mut last = None;
        while let Some((length, rest)) = file.split_first_chunk::<8>() {
            let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
            // Behind each length and behind the data stands a checksum of four bytes.
            let Some(data) = rest.get(4..).and_then(|rest| rest.get(..length)) else { break };
            last = last.max(step_of(data));
            let Some(next) = rest.get(4 + length + 4..) else { break };
            file = next;
        }
        last
    }

    fn evaluation(&self, scalars: &mut Vec<(String, f32)>, evaluation: &Evaluation) {
        let set = self.task.set_name().zip(evaluation.sets.first());
        let Some((set, score)) = set else { return };
        scalars.push((format!("loss/{set}"), score.loss as f32));
        // `test accuracy` on the test set is the accuracy there.
        let name = self.task.accuracy_name();
        let name = name.strip_prefix(set).map_or(name, str::trim_start);
        scalars.extend(score.right.map(|right| (format!("{name}/{set}"), right as f32)));
    }

    fn snapshot(&self, scalars: &mut Vec<(String, f32)>, snapshot: &Snapshot) {
        for (layer, norms) in snapshot.grad_norm.iter().enumerate() {
            let tag = |end: &str| format!("state gradient norm/layer {}, {end} step", layer + 1);
            scalars.extend(norms.first().map(|&norm| (tag("first"), norm)));
            scalars.extend(norms.last().map(|&norm| (tag("last"), norm)));
        }
        for (name, norms) in self.names.iter().zip(&snapshot.parameters) {
            scalars.push((format!("gradient norm/{name}"), norms.grad));
            scalars.push((format!("update norm/{name}"), norms.update));
        }
    }

    fn event(&self, since: Since, step: u64, scalars: &[(String, f32)]) -> Vec<u8> {
        // Steps are as good as equally long, and no clock is read while training.
        let steps = self.log.steps().saturating_sub(since.0).max(1);
        let share = step.saturating_sub(since.0) as f64 / steps as f64;
        let mut event = Vec::new();
        let passed = since.1 + share * (self.log.seconds - since.1);
        let time = self.began.map_or(0.0, |began| began + passed);
        double(&mut event, 1, time);
        key(&mut event, 2, 0);
        varint(&mut event, step);
        let mut summary = Vec::new();
        for (tag, number) in scalars {
            let mut value = Vec::new();
            bytes(&mut value, 1, tag.as_bytes());
            key(&mut value, 2, 5);
            value.extend_from_slice(&number.to_le_bytes());
            bytes(&mut summary, 1, &value);
        }
        bytes(&mut event, 5, &summary);
        event
    }
}

/// The step of an event that has one, as [`EventFile`] writes it: behind the time.
fn step_of(event: &[u8]) -> Option<u64> {
    let step = event.get(9..)?.strip_prefix(&[2 << 3])?;
    let mut number = 0;
    for (place, byte) in step.iter().take(10).enumerate() {
        number |= u64::from(byte & 0x7f).checked_shl(7 * place as u32)?;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// Length, its checksum, the data, its checksum.
fn record(file: &mut Vec<u8>, data: &[u8]) {
    let length = (data.len() as u64).to_le_bytes();
    file.extend_from_slice(&length);
    file.extend_from_slice(&masked(&length).to_le_bytes());
    file.extend_from_slice(data);
    file.extend_from_slice(&masked(data).to_le_bytes());
}

fn masked(data: &[u8]) -> u32 {
    crc32c::crc32c(data).rotate_right(15).wrapping_add(MASK)
}

/// A field's number and wire type: 0 varint, 1 eight bytes, 2 length and bytes, 5 four bytes.
fn key(out: &mut Vec<u8>, field: u64, wire: u64) {
    varint(out, field << 3 | wire);
}

fn varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn double(out: &mut Vec<u8>, field: u64, number: f64) {
    key(out, field, 1);
    out.extend_from_slice(&number.to_le_bytes());
}

fn bytes(out: &mut Vec<u8>, field: u64, data: &[u8]) {
    key(out, field, 2);
    varint(out, data.len() as u64);
    out.extend_from_slice(data);
}

#[cfg(test)]
#[expect(clippy::field_reassign_with_default, reason = "one line a number reads best")]
mod tests {
    use super::*;
    use crate::task::{FirstZero, Mnist1d, RunningMean};
    use crate::train::{ParameterNorms, Score};

    /// Splits a message into (field, wire type, content); varints come as eight bytes.
    fn fields(mut data: &[u8]) -> Vec<(u64, u64, Vec<u8>)> {
        fn read(data: &mut &[u8]) -> u64 {
            let (mut number, mut shift) = (0, 0);
            loop {
                let byte = data[0];
                *data = &data[1..];
                number |= u64::from(byte & 0x7f) << shift;
                if byte < 0x80 {
                    return number;
                }
                shift += 7;
            }
        }
        let mut found = Vec::new();
        while !data.is_empty() {
            let key = read(&mut data);
            let content = match key & 7 {
                0 => read(&mut data).to_le_bytes().to_vec(),
                wire => {
                    let length = match wire {
                        1 => 8,
                        2 => read(&mut data) as usize,
                        5 => 4,
                        other => panic!("wire type {other}"),
                    };
                    let (content, rest) = data.split_at(length);
                    data = rest;
                    content.to_vec()
                }
            };
            found.push((key >> 3, key & 7, content));
        }
        found
    }

    /// The data of every record, its checksums verified.
    fn records(mut file: &[u8]) -> Vec<Vec<u8>> {
        let mut found = Vec::new();
        while !file.is_empty() {
            let length = u64::from_le_bytes(file[..8].try_into().unwrap());
            assert_eq!(file[8..12], masked(&file[..8]).to_le_bytes());
            let data = &file[12..12 + length as usize];
            assert_eq!(file[12 + data.len()..16 + data.len()], masked(data).to_le_bytes());
            found.push(data.to_vec());
            file = &file[16 + data.len()..];
        }
        found
    }

    /// Step, and tag and value of every scalar.
    fn scalars(event: &[u8]) -> (u64, Vec<(String, f32)>) {
        let mut step = 0;
        let mut found = Vec::new();
        for (field, _, content) in fields(event) {
            match field {
                2 => step = u64::from_le_bytes(content.try_into().unwrap()),
                5 => found.extend(fields(&content).into_iter().map(|(_, _, value)| {
                    let parts = fields(&value);
                    let tag = String::from_utf8(parts[0].2.clone()).unwrap();
                    (tag, f32::from_le_bytes(parts[1].2.clone().try_into().unwrap()))
                })),
                _ => {}
            }
        }
        (step, found)
    }

    /// The check value of CRC-32C, and a mask computed by hand from it.
    #[test]
    fn checksums_are_castagnolis() {
        assert_eq!(crc32c::crc32c(b"123456789"), 0xe306_9283);
        assert_eq!(masked(b"123456789"), 0xc78a_b0e5);
    }

    #[test]
    fn what_is_written_can_be_read_back() {
        let mut log = RunLog::default();
        log.seconds = 3.0;
        log.losses = (0..300).map(|n| if n == 299 { f64::NAN } else { f64::from(n) }).collect();
        let parameters = vec![ParameterNorms { value: 1.0, grad: 0.25, update: 1e-30 }];
        let grad_norm = vec![vec![1e-20, 0.5], vec![2.0]];
        log.snapshots = vec![Snapshot { step: 150, grad_norm, parameters, ..Snapshot::default() }];
        let names = ["weight_hh_l0".to_owned()];
        let task = TaskChoice::RunningMean(RunningMean::default());
        let began = Some(1.75e9);
        let file = EventFile { log: &log, task: &task, names: &names, began, every: 1 };
        assert_eq!(file.name(), "events.out.tfevents.1750000000.rnnscope.0");
        let records = records(&file.encode());
        assert_eq!(records.len(), 301);
        assert_eq!(fields(&records[0])[1], (3, 2, b"brain.Event:2".to_vec()));
        let (step, found) = scalars(&records[151]);
        assert_eq!(step, 150);
        let expected = [
            ("loss/train", 150.0),
            ("state gradient norm/layer 1, first step", 1e-20),
            ("state gradient norm/layer 1, last step", 0.5),
            ("state gradient norm/layer 2, first step", 2.0),
            ("state gradient norm/layer 2, last step", 2.0),
            ("gradient norm/weight_hh_l0", 0.25),
            ("update norm/weight_hh_l0", 1e-30),
        ];
        assert_eq!(found, expected.map(|(tag, value)| (tag.to_owned(), value)));
        assert!(scalars(&records[300]).1[0].1.is_nan());
        let times: Vec<_> = records.iter().map(|record| fields(record)[0].2.clone()).collect();
        let seconds = |bytes: &Vec<u8>| f64::from_le_bytes(bytes[..].try_into().unwrap());
        assert!(times.windows(2).all(|pair| seconds(&pair[0]) <= seconds(&pair[1])));
        // Thinned: losses 0, 100, 200 and the snapshot, after the file's version.
        let thinned = EventFile { every: 100, ..file };
        assert_eq!(super::tests::records(&thinned.encode()).len(), 5);
    }
    /// Every scalar of a file: step, tag, value.
    fn all(file: &EventFile<'_>) -> Vec<(u64, String, f32)> {
        let events = records(&file.encode());
        let event = |event: &Vec<u8>| {
            let (step, found) = scalars(event);
            found.into_iter().map(move |(tag, value)| (step, tag, value)).collect::<Vec<_>>()
        };
        events.iter().skip(1).flat_map(event).collect()
    }

    /// The lab's two plots: training and test loss, training and test accuracy.
    #[test]
    fn test_loss_and_accuracy_stand_beside_those_of_training() {
        let evaluation = |step, loss, right| {
            let score = Score { loss, right: Some(right), worst: None };
            Evaluation { step, sets: vec![score], ..Evaluation::default() }
        };
        let mut log = RunLog::default();
        log.losses = vec![2.0, 1.5, 1.0, 0.5];
        log.right = vec![0.25, 0.5, 0.5, 0.75];
        log.evaluations = vec![evaluation(0, 2.5, 0.125), evaluation(4, 0.75, 0.625)];
        let task = TaskChoice::Mnist1d(Mnist1d::default());
        let file = EventFile { log: &log, task: &task, names: &[], began: None, every: 2 };
        let expected = [
            (0, "loss/train", 2.0),
            (0, "accuracy/train", 0.25),
            (0, "loss/test", 2.5),
            (0, "accuracy/test", 0.125),
            (2, "loss/train", 1.0),
            (2, "accuracy/train", 0.5),
            (4, "loss/test", 0.75),
            (4, "accuracy/test", 0.625),
        ];
        assert_eq!(all(&file), expected.map(|(step, tag, value)| (step, tag.to_owned(), value)));
        let task = TaskChoice::FirstZero(FirstZero::default());
        let tags: Vec<String> = all(&EventFile { task: &task, ..file })
            .into_iter()
            .filter_map(|(step, tag, _)| (step == 4).then_some(tag))
            .collect();
        assert_eq!(tags, ["loss/all sequences", "balanced accuracy/all sequences"]);
        // Without a clock there is no time in it.
        assert_eq!(file.name(), "events.out.tfevents.0000000000.rnnscope.0");
        let mut slower = log.clone();
        slower.seconds = 9.0;
        let slow = EventFile { log: &slower, ..file };
        assert!(slow.encode() == file.encode());
        let began = Some(1.0);
        assert!(EventFile { began, ..slow }.encode() != EventFile { began, ..file }.encode());
    }

    /// A file that grew while training went on holds what one written at its end does.
    #[test]
    fn parts_written_as_training_goes_on_make_the_whole() {
        let evaluation = |step| Evaluation {
            step,
            sets: vec![Score { loss: 0.5, right: Some(0.25), worst: None }],
            ..Evaluation::default()
        };
        let mut whole = RunLog::default();
        whole.losses = (0..40).map(f64::from).collect();
        whole.right = vec![0.5; 40];
        whole.evaluations = [0, 7, 14, 40].map(evaluation).to_vec();
        whole.snapshots = [0, 5, 14].map(|step| Snapshot { step, ..Snapshot::default() }).to_vec();
        whole.seconds = 4.0;
        let task = TaskChoice::Mnist1d(Mnist1d::default());
        for began in [None, Some(1e9)] {
            let whole_file = EventFile { log: &whole, task: &task, names: &[], began, every: 3 };
            let mut grown = EventFile::head(began);
            let mut since = (0, 0.0);
            for steps in [0, 1, 14, 15, 40] {
                let mut now = whole.clone();
                now.losses.truncate(steps);
                now.right.truncate(steps);
                now.evaluations.retain(|evaluation| evaluation.step <= steps as u64);
                now.seconds = steps as f64 / 10.0;
                let end = if steps == 40 { 41 } else { steps as u64 };
                let file = EventFile { log: &now, task: &task, names: &[], began, every: 3 };
                grown.extend(file.part(since, end));
                since = (steps as u64, now.seconds);
            }
            // With a clock the times of parts are those at which they were written.
            assert!(grown == whole_file.encode() || began.is_some());
            let events =
                |file: &[u8]| records(file).iter().map(|one| scalars(one)).collect::<Vec<_>>();
            assert_eq!(events(&grown), events(&whole_file.encode()));
            let times: Vec<f64> = records(&grown)
                .iter()
                .map(|one| f64::from_le_bytes(fields(one)[0].2[..].try_into().unwrap()))
                .collect();
            assert!(times.is_sorted(), "{times:?}");
            assert_eq!(EventFile::last_step(&grown), Some(40));
            let cut = grown.len() - 20;
            assert_eq!(EventFile::last_step(&grown[..cut]), Some(39));
            assert_eq!(EventFile::last_step(&EventFile::head(began)), None);
            assert_eq!(EventFile::last_step(&[255; 99]), None);
        }
    }
}
