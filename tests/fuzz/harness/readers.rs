//! Readers of files: what is accepted is the same after it was written and read again.

use std::path::Path;

use rnnscope::flow::Rows;
use rnnscope::network::{Head, Nonlinearity, StateDict, encode};
use rnnscope::session::Session;
use rnnscope::task::Dataset;
use rnnscope::train::Comparison;

use super::archive::{archive, mended};
use super::limits::{accepted, within};

/// What a file is called in messages.
fn file() -> &'static Path {
    Path::new("input")
}

/// `.pt` of both formats and `.safetensors`. Bytes that may be a pickle are also read as that of an archive
/// with storages, and archives also with the right checksums.
pub fn state_dict(bytes: &[u8]) {
    weights(bytes);
    if bytes.starts_with(b"PK") {
        mended(bytes).iter().for_each(|archive| weights(archive));
    } else if bytes.first() == Some(&0x80) {
        let storage: Vec<u8> = (0..256u32).flat_map(|n| (n as f32).to_le_bytes()).collect();
        let files: [(&str, &[u8]); 5] = [
            ("a/data.pkl", bytes),
            ("a/byteorder", b"little"),
            ("a/data/0", &storage),
            ("a/data/1", &storage[..64]),
            ("a/version", b"3\n"),
        ];
        weights(&archive(&files));
    }
}

/// `.safetensors` alone: its header is what the bytes are, behind the right length and before numbers.
pub fn safetensors(bytes: &[u8]) {
    weights(bytes);
    let numbers = [0x3f; 4096];
    weights(&[&(bytes.len() as u64).to_le_bytes(), bytes, &numbers].concat());
}

fn weights(bytes: &[u8]) {
    let read = || StateDict::from_bytes(file(), bytes);
    let Some(found) = accepted(within(bytes, read)) else { return };
    for head in [Head::Fitting, Head::None] {
        let opened = found.open(Nonlinearity::default(), &head, 0);
        let Some(opened) = accepted(opened) else { continue };
        let written = encode(&opened.network).unwrap();
        let again = StateDict::from_bytes(file(), &written).unwrap();
        let again = again.open(Nonlinearity::default(), &head, 0).unwrap();
        assert_eq!(again.network.spec, opened.network.spec);
        assert_eq!(encode(&again.network).unwrap(), written);
    }
    accepted(found.heads());
}

/// Data sets in `.npz`; also with the right checksums.
pub fn npz(bytes: &[u8]) {
    let mended = mended(bytes);
    for bytes in std::iter::once(bytes).chain(mended.as_deref()) {
        let read = || Dataset::from_npz(file(), bytes);
        if let Some(found) = accepted(within(bytes, read)) {
            same_data(&found);
        }
    }
}

/// Data sets in `.csv`: read whole, and as the test set of another.
pub fn data_set(bytes: &[u8]) {
    let read = || Dataset::from_csv(file(), bytes, None);
    if let Some(found) = accepted(within(bytes, read)) {
        same_data(&found);
    }
    let read = || Dataset::from_csv(file(), bytes, Some(bytes));
    if let Some(found) = accepted(within(bytes, read)) {
        assert_eq!(found.train, found.test);
        same_data(&found);
    }
}

/// Written as text, a data set is read back equal.
fn same_data(found: &Dataset) {
    let text = |part: &rnnscope::task::Points| {
        let line = |(values, label): (&[f32], usize)| {
            let values: String = values.iter().map(|value| format!(",{value}")).collect();
            format!("{label}{values}\n")
        };
        part.iter().map(line).collect::<String>()
    };
    let (train, test) = (text(&found.train), text(&found.test));
    let again = Dataset::from_csv(file(), train.as_bytes(), Some(test.as_bytes())).unwrap();
    assert!(again.train == found.train && again.test == found.test);
}

/// Sequences in `.csv`.
pub fn sequence(bytes: &[u8]) {
    let read = || Rows::decode(file(), bytes);
    let Some(found) = accepted(within(bytes, read)) else { return };
    let mut writer = csv::Writer::from_writer(Vec::new());
    found.header.iter().for_each(|names| writer.write_record(names).unwrap());
    for step in 0..found.steps() {
        writer.write_record(found.step(step).iter().map(f64::to_string)).unwrap();
    }
    let written = writer.into_inner().unwrap();
    assert_eq!(Rows::decode(file(), &written).unwrap(), found);
}

/// Comparisons in `.json`.
pub fn comparison(bytes: &[u8]) {
    let read = || Comparison::decode(file(), bytes);
    let Some(found) = accepted(within(bytes, read)) else { return };
    let written = found.encode().unwrap();
    let again = Comparison::decode(file(), &written).unwrap();
    assert_eq!(again, found);
    assert_eq!(again.encode().unwrap(), written);
}

/// Saved settings.
pub fn session(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Some(found) = accepted(within(bytes, || Session::load(text))) else { return };
    let written = found.save().unwrap();
    let again = Session::load(&written).unwrap();
    // Numbers that are none are never equal; what is written is.
    assert_eq!(again.save().unwrap(), written);
    let labels = found.pin_labels();
    assert_eq!(labels.0.len(), found.pins.len());
}
