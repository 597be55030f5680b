//! Training records as TensorBoard event files.
//!
//! The format is small and has not changed in years, so that it is written here rather than
//! through a crate that generates code for all of TensorFlow's messages: a file is a sequence of
//! records (length, its checksum, data, its checksum), each holding one `tensorflow.Event` in
//! protocol-buffer encoding. Source: `record_writer.cc` and `event.proto` of TensorFlow.

use super::evaluation::Evaluation;
use super::log::{RunLog, Snapshot};
use crate::task::TaskChoice;

/// The first event names the version of the format.
const FILE_VERSION: &str = "brain.Event:2";

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

impl EventFile<'_> {
    /// A name under which TensorBoard finds the file in a run's folder. It ends in a number, because
    /// desktops take files that end in `.rnnscope` for sessions.
    pub fn name(&self) -> String {
        format!("events.out.tfevents.{:010}.rnnscope.0", self.began.unwrap_or(0.0).max(0.0) as u64)
    }

    /// The whole file. By batch: `loss/train` and, where answers are right or wrong,
    /// `accuracy/train`. After as many updates as each evaluation came: loss and accuracy on the
    /// task's set, such as `loss/test` and `accuracy/test`. And what every snapshot holds: ‖dL/dh_t‖
    /// of each layer at the first and last step of the sequence, gradient and update norm of each
    /// parameter. Numbers are f32, as the format has them.
    pub fn encode(&self) -> Vec<u8> {
        let mut file = Vec::new();
        let mut first = Vec::new();
        double(&mut first, 1, self.began.unwrap_or(0.0));
        bytes(&mut first, 3, FILE_VERSION.as_bytes());
        record(&mut file, &first);
        let RunLog { losses, right, evaluations, snapshots, .. } = self.log;
        let mut snapshots = snapshots.iter().peekable();
        let mut evaluations = evaluations.iter().peekable();
        // After the last batch there may be one more evaluation.
        for step in 0..=losses.len() as u64 {
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
                record(&mut file, &self.event(step, &scalars));
            }
        }
        file
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

    fn event(&self, step: u64, scalars: &[(String, f32)]) -> Vec<u8> {
        // Steps are as good as equally long, and no clock is read while training.
        let share = step as f64 / self.log.steps().max(1) as f64;
        let mut event = Vec::new();
        let time = self.began.map_or(0.0, |began| began + share * self.log.seconds);
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
}
