//! JSON that can be looked at.

use std::fmt::Write as _;

use super::is_hidden;

/// The same document with all that is hidden as `\u202e`: serde_json does so only for what JSON
/// demands. Readers get the same texts. Line ends between the parts of a document stay.
pub fn json(document: Vec<u8>) -> Vec<u8> {
    let plain = |byte: &u8| matches!(byte, b' '..=b'~' | b'\n');
    if document.iter().all(plain) {
        return document;
    }
    // Whatever is hidden stands inside of a text, as all else in a document is ASCII.
    let hidden = |letter: char| letter != '\n' && is_hidden(letter);
    let document = match String::from_utf8(document) {
        Ok(document) if document.contains(hidden) => document,
        Ok(document) => return document.into_bytes(),
        Err(error) => return error.into_bytes(),
    };
    let mut shown = String::with_capacity(document.len() + 64);
    for letter in document.chars() {
        if hidden(letter) {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                let _ = write!(shown, "\\u{unit:04x}");
            }
        } else {
            shown.push(letter);
        }
    }
    shown.into_bytes()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::hostile_name;
    use super::*;

    proptest! {
        #[test]
        fn a_document_reads_back_and_hides_nothing(names in prop::collection::vec(hostile_name(), 0..4)) {
            let document = json(serde_json::to_vec_pretty(&names).unwrap());
            let text = String::from_utf8(document).unwrap();
            prop_assert!(!text.chars().any(|letter| letter != '\n' && is_hidden(letter)), "{text}");
            prop_assert_eq!(serde_json::from_str::<Vec<String>>(&text).unwrap(), names);
        }
    }

    #[test]
    fn a_letter_beyond_the_first_plane_takes_two_units() {
        let document = json(serde_json::to_vec("\u{e0041}σ").unwrap());
        assert_eq!(document, "\"\\udb40\\udc41σ\"".as_bytes());
    }
}
