//! Formats, told by the first bytes of a file.

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// A length, then JSON.
    Safetensors,
    /// A zip archive, as `torch.save` writes since PyTorch 1.6.
    Archive,
    /// Pickles one after another, as `torch.save` wrote before.
    OldTorch,
    /// Something else: what, as a sentence.
    Foreign(&'static str),
}

impl Format {
    /// Of a file with these bytes.
    pub(super) fn of(bytes: &[u8]) -> Self {
        if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
            return Self::Archive;
        }
        // Before pickles, as a header of 640 bytes starts like one.
        if is_safetensors(bytes) {
            return Self::Safetensors;
        }
        if is_pickle(bytes) {
            return match has_magic(bytes) {
                true => Self::OldTorch,
                false => Self::Foreign("a pickle that torch.save has not written"),
            };
        }
        Self::Foreign(foreign(bytes))
    }
}

/// The length of the header in eight bytes, the upper ones zero, and JSON.
fn is_safetensors(bytes: &[u8]) -> bool {
    matches!(bytes, [_, _, _, _, _, 0, 0, 0, b'{', ..])
}

/// The pickle starts with the protocol.
fn is_pickle(bytes: &[u8]) -> bool {
    matches!(bytes, [0x80, 2..=5, ..])
}

/// The first pickle of an old file is this long integer; protocol 4 frames it.
fn has_magic(bytes: &[u8]) -> bool {
    const MAGIC: [u8; 12] = *b"\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";
    bytes[..bytes.len().min(32)].windows(MAGIC.len()).any(|window| window == MAGIC)
}

/// What a file of no use is.
fn foreign(bytes: &[u8]) -> &'static str {
    const STARTS: [(&[u8], &str); 8] = [
        (b"\x89HDF\r\n\x1a\n", "an HDF5 file, as Keras writes"),
        (b"GGUF", "a GGUF file"),
        (b"\x93NUMPY", "a NumPy array (.npy)"),
        (b"\x1f\x8b", "compressed with gzip: unpack it first"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive: unpack it first"),
        (b"\x28\xb5\x2f\xfd", "compressed with zstd: unpack it first"),
        (b"\xfd7zXZ", "compressed with xz: unpack it first"),
        (
            b"version https://git-lfs",
            "a pointer of Git LFS in place of the file: fetch it with git lfs pull",
        ),
    ];
    if bytes.is_empty() {
        return "the file is empty";
    }
    if let Some((_, what)) = STARTS.iter().find(|(start, _)| bytes.starts_with(start)) {
        return what;
    }
    if bytes.get(257..262) == Some(b"ustar") {
        return "a tar archive";
    }
    // Protocol buffers: the version of the format, then who made it.
    let head = &bytes[..bytes.len().min(1024)];
    if matches!(bytes, [0x08, 1..=20, 0x12 | 0x1a | 0x3a | 0x42, ..]) {
        return "an ONNX model";
    }
    match std::str::from_utf8(head) {
        Ok(text) if text.trim_start().starts_with('<') => "a web page or XML",
        Ok(text) if is_text(text) => "plain text",
        // A letter may be cut in two at the end.
        Err(error) if error.error_len().is_none() && error.valid_up_to() > 1000 => "plain text",
        _ => "neither safetensors nor a PyTorch file",
    }
}

fn is_text(text: &str) -> bool {
    text.chars().all(|c| !c.is_control() || c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_by_their_first_bytes() {
        let foreign = |bytes: &[u8]| match Format::of(bytes) {
            Format::Foreign(what) => what,
            other => panic!("{other:?}"),
        };
        assert_eq!(foreign(b""), "the file is empty");
        assert_eq!(foreign(b"\x89HDF\r\n\x1a\n\0\0"), "an HDF5 file, as Keras writes");
        assert_eq!(foreign(b"\x08\x08\x12\x07pytorch"), "an ONNX model");
        assert_eq!(foreign(b"0.1,0.2\n0.3,0.4\n"), "plain text");
        assert_eq!(foreign(b"<!DOCTYPE html>"), "a web page or XML");
        assert_eq!(foreign(b"\x80\x04\x95\x01"), "a pickle that torch.save has not written");
        assert_eq!(foreign(b"\x00\x01\xff"), "neither safetensors nor a PyTorch file");
        assert_eq!(Format::of(b"PK\x03\x04"), Format::Archive);
        assert_eq!(Format::of(b"\x02\0\0\0\0\0\0\0{}"), Format::Safetensors);
        assert_eq!(Format::of(b"\x80\x02\0\0\0\0\0\0{\"a\":"), Format::Safetensors);
    }
}
