//! Zip archives whose checksums are right, so that mutants reach what reads their contents.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;

/// An archive of these files, uncompressed, as `torch.save` and `numpy.savez` write them.
pub fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, bytes) in files {
        writer.start_file(*name, stored).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The same bytes with the right checksum for every uncompressed file of the archive, if any was wrong.
pub fn mended(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut mended = bytes.to_vec();
    let records =
        (0..bytes.len().saturating_sub(45)).filter(|at| bytes[*at..].starts_with(b"PK\x01\x02"));
    for at in records {
        let number = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
        let half = |at: usize| {
            Some(usize::from(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?)))
        };
        let content = || {
            let local = number(at + 42)? as usize;
            let begin = local.checked_add(30)? + half(local + 26)? + half(local + 28)?;
            let stored = half(at + 10)? == 0;
            let content = bytes.get(begin..begin.checked_add(number(at + 20)? as usize)?)?;
            stored.then_some((local, content))
        };
        if let Some((local, content)) = content() {
            let sum = crc32(content).to_le_bytes();
            mended[at + 16..at + 20].copy_from_slice(&sum);
            mended[local + 14..local + 18].copy_from_slice(&sum);
        }
    }
    (mended != bytes).then_some(mended)
}

/// The checksum of zip archives (CRC-32 of ISO 3309).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            (sum >> 1) ^ (0xEDB8_8320 & (sum & 1).wrapping_neg())
        })
    })
}

#[test]
fn checksums_are_mended() {
    assert_eq!(crc32(b"123456789"), 0xCBF4_3926, "the check value of the catalogue");
    let whole = archive(&[("a", b"content"), ("b", b"")]);
    assert_eq!(mended(&whole), None);
    let mut other = whole.clone();
    let at = whole.windows(7).position(|bytes| bytes == b"content").unwrap();
    other[at] = b'C';
    assert_eq!(mended(&other).unwrap(), archive(&[("a", b"Content"), ("b", b"")]));
}
