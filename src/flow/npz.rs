//! Arrays as a NumPy archive: a zip file, not compressed, of one `.npy` file an array, as
//! `numpy.savez` writes it and `numpy.load` reads it. Equal arrays give equal bytes.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::raw::{Array, Values};
use crate::error::{Error, Result};

/// Header length and all before the numbers are multiples of this, so that they can be mapped.
const ALIGNMENT: usize = 64;
/// Archives with files of this size on need 64-bit sizes.
const LARGE: usize = 1 << 31;

/// The bytes of an archive with these arrays, and with texts, which NumPy reads as arrays of one
/// string: `str(numpy.load(path)["report"])`.
///
/// # Errors
/// What the archive's writer says, which memory does not.
pub fn npz(arrays: &[Array], texts: &[(&str, &str)]) -> Result<Vec<u8>> {
    let mut archive = Archive(ZipWriter::new(Cursor::new(Vec::new())));
    for (name, text) in texts {
        let letters: Vec<u8> =
            text.chars().flat_map(|letter| u32::from(letter).to_le_bytes()).collect();
        archive.add(name, &format!("<U{}", text.chars().count()), &[], &letters)?;
    }
    for Array { name, shape, values } in arrays {
        let (kind, bytes): (&str, Vec<u8>) = match values {
            Values::F32(values) => ("<f4", values.iter().flat_map(|v| v.to_le_bytes()).collect()),
            Values::F64(values) => ("<f8", values.iter().flat_map(|v| v.to_le_bytes()).collect()),
            Values::U32(values) => ("<u4", values.iter().flat_map(|v| v.to_le_bytes()).collect()),
        };
        archive.add(name, kind, shape, &bytes)?;
    }
    let bytes = archive.0.finish().map_err(|error| failed(&error))?;
    Ok(bytes.into_inner())
}

struct Archive(ZipWriter<Cursor<Vec<u8>>>);

impl Archive {
    fn add(&mut self, name: &str, kind: &str, shape: &[usize], bytes: &[u8]) -> Result<()> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            // The same whenever it is written.
            .last_modified_time(DateTime::default())
            .large_file(bytes.len() >= LARGE);
        self.0.start_file(format!("{name}.npy"), options).map_err(|error| failed(&error))?;
        let written = self.0.write_all(&header(kind, shape)).and_then(|()| self.0.write_all(bytes));
        written.map_err(|error| failed(&error))
    }
}

/// What stands before the numbers in format 1.0 of `.npy`.
fn header(kind: &str, shape: &[usize]) -> Vec<u8> {
    const MAGIC: &[u8] = b"\x93NUMPY\x01\x00";
    // Python writes a tuple of one with a comma.
    let comma = if shape.len() == 1 { "," } else { "" };
    let sizes = shape.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
    let mut text =
        format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': ({sizes}{comma}), }}");
    let before = MAGIC.len() + 2;
    let end = (before + text.len() + 1).next_multiple_of(ALIGNMENT);
    text.push_str(&" ".repeat(end - before - text.len() - 1));
    text.push('\n');
    let length = u16::try_from(text.len()).unwrap_or(u16::MAX).to_le_bytes();
    [MAGIC, &length, text.as_bytes()].concat()
}

fn failed(error: &dyn std::fmt::Display) -> Error {
    Error::Fault(format!("an archive of arrays could not be made: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_numpys() {
        // What numpy.lib.format.header_data_from_array_1_0 and write_array_header_1_0 make.
        let bytes = header("<f8", &[3]);
        assert_eq!(bytes.len(), 128);
        assert_eq!(&bytes[..10], b"\x93NUMPY\x01\x00\x76\x00");
        let text = std::str::from_utf8(&bytes[10..]).unwrap();
        assert!(text.starts_with("{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }   "));
        assert!(text.ends_with(" \n"));
        let scalar = header("<f4", &[]);
        assert!(scalar.windows(13).any(|part| part == b"'shape': (), "));
    }

    #[test]
    fn candle_reads_every_bit_back() {
        let array = |name: &str, shape: &[usize], values| Array {
            name: name.to_owned(),
            shape: shape.to_vec(),
            values,
        };
        let f64s = vec![0.1, f64::NAN, -0.0, 5e-324, f64::INFINITY, 1.0 / 3.0];
        let arrays = [
            array("grad_h_l0", &[2, 3], Values::F64(f64s.clone())),
            array("single", &[1], Values::F32(vec![0.1])),
            array("classes", &[2], Values::U32(vec![7, 0])),
        ];
        let bytes = npz(&arrays, &[("report", "{\"σ\":1}")]).unwrap();
        assert_eq!(bytes, npz(&arrays, &[("report", "{\"σ\":1}")]).unwrap());
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.npz");
        std::fs::write(&path, bytes).unwrap();
        let read = candle_core::npy::NpzTensors::new(&path).unwrap();
        let found = read.get("grad_h_l0").unwrap().unwrap();
        assert_eq!(found.dims(), [2, 3]);
        let found = found.flatten_all().unwrap().to_vec1::<f64>().unwrap();
        let bits = |values: &[f64]| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&found), bits(&f64s));
        let single = read.get("single").unwrap().unwrap().to_vec1::<f32>().unwrap();
        assert_eq!(single, [0.1_f32]);
    }
}
