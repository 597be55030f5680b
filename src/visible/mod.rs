//! Texts that others wrote (names of contenders, pins, files and tensors, pieces of files) as they are
//! shown: what cannot be seen, or would change how the rest is seen, is written out.
//!
//! This room alone decides what that is. It is asked where text leaves rnnscope: by figures before they
//! are drawn, by writers of CSV and JSON, by the command line's standard output and error, and by the
//! window's labels. Letters of every script stay as they are, also those that run from right to left.

mod cell;
mod cut;
mod json;
mod path;

use std::borrow::Cow;

pub use cell::cell;
pub use cut::{cut, cut_to};
pub use json::json;
pub use path::{file_name, path};

/// Longest name that is shown in whole, in characters, where names stand in lines and tables.
const NAME: usize = 60;

/// Longest message, in characters: whatever a file or a library says, a screen has room for it.
const MESSAGE: usize = 2000;

/// Whether a character cannot be seen, or changes how others are seen.
///
/// These are control characters with line ends and tabs, marks that turn the direction of writing
/// (Unicode Standard Annex 9), separators of lines and paragraphs, invisible format characters, and
/// noncharacters, which XML forbids in part. The joiners U+200C and U+200D, without which Persian and
/// some emoji cannot be written, are none of them.
pub fn is_hidden(letter: char) -> bool {
    let code = u32::from(letter);
    letter.is_control()
        || matches!(code,
            // Marks, embeddings, overrides and isolates of direction.
            0x061C | 0x200E | 0x200F | 0x202A..=0x202E | 0x2066..=0x2069
            // Separators of lines and paragraphs.
            | 0x2028 | 0x2029
            // Soft hyphen, fillers, spaces of no width, invisible signs, annotations, tags.
            | 0x00AD | 0x034F | 0x115F | 0x1160 | 0x17B4 | 0x17B5 | 0x180E | 0x200B
            | 0x2060..=0x2065 | 0x206A..=0x206F | 0x3164 | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFB
            | 0xE0000..=0xE0FFF
            // Noncharacters.
            | 0xFDD0..=0xFDEF)
        || code & 0xFFFE == 0xFFFE
}

/// A text on one line, with all that is hidden written out: `\n`, `\t`, `\u{202e}`.
///
/// What is written out stays as it is when it comes here again.
pub fn text(text: &str) -> Cow<'_, str> {
    written_out(text, is_hidden)
}

/// The same for texts of several lines: line ends stay.
pub fn lines(text: &str) -> Cow<'_, str> {
    written_out(text, |letter| letter != '\n' && is_hidden(letter))
}

/// A name among other words or in a table: on one line, written out, and at most 60 characters long.
pub fn name(name: &str) -> Cow<'_, str> {
    match text(name) {
        Cow::Borrowed(name) => cut_to(name, NAME),
        Cow::Owned(name) => Cow::Owned(cut_to(&name, NAME).into_owned()),
    }
}

/// A message on one line of at most 2000 characters: line ends and tabs become spaces, as they are of
/// the message, not of a name in it; all else that is hidden is written out.
pub fn message(message: &str) -> String {
    let words = message.split([' ', '\t', '\n', '\r']).filter(|word| !word.is_empty());
    let line = words.collect::<Vec<_>>().join(" ");
    cut_to(&text(&line), MESSAGE).into_owned()
}

fn written_out(text: &str, hidden: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.chars().any(&hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        match hidden(letter) {
            true => shown.extend(letter.escape_default()),
            false => shown.push(letter),
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// One of each kind that is written out.
    pub(crate) const HOSTILE: &str = "a\u{0}\u{7}\n\r\t\u{1b}[31m\u{7f}\u{85}\u{9b}\u{61c}\u{ad}\u{200b}\
        \u{200e}\u{200f}\u{202a}\u{202e}\u{2028}\u{2029}\u{2066}\u{2069}\u{feff}\u{fdd0}\u{fffe}\u{ffff}\
        \u{e0041}\u{10ffff}<&>\"'z";

    /// Names as nobody would choose them, of hidden characters, words, numbers and signs of markup.
    pub(crate) fn hostile_name() -> impl Strategy<Value = String> {
        let hidden = prop::sample::select(HOSTILE.chars().collect::<Vec<_>>());
        let piece = prop_oneof![
            4 => hidden.prop_map(String::from),
            2 => "[=+@ -]{1,3}",
            2 => "[0-9.]{1,6}",
            2 => "[a-zא-תا-ي]{1,8}",
            1 => any::<char>().prop_map(String::from),
            1 => "[<>&\"';,]{1,3}",
            1 => Just("x".repeat(300)),
        ];
        prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
    }

    #[test]
    fn what_cannot_be_seen_is_written_out() {
        let shown = text(HOSTILE);
        assert!(!shown.chars().any(is_hidden), "{shown:?}");
        assert!(
            shown.starts_with(r"a\u{0}\u{7}\n\r\t\u{1b}[31m\u{7f}\u{85}\u{9b}\u{61c}"),
            "{shown}"
        );
        assert!(shown.ends_with(r#"\u{10ffff}<&>"'z"#), "{shown}");
        assert_eq!(lines("a\nb\u{1b}"), "a\nb\\u{1b}");
    }

    #[test]
    fn letters_signs_and_spaces_of_every_script_stay() {
        for name in [
            "LSTM, 2 layers",
            "שלום 3",
            "مرحبا",
            "می\u{200c}خواهم",
            "नेटवर्क",
            "网络",
            "‖∂ₜσλ⁻⁰",
            "10\u{202f}000",
            "a\u{a0}b",
            "👩\u{200d}🔬",
            "\u{fffd}",
            r"\u{202e}",
            "e\u{301}",
        ] {
            assert!(matches!(text(name), Cow::Borrowed(same) if same == name), "{name:?}");
        }
    }

    #[test]
    fn a_message_is_one_line_that_fits() {
        assert_eq!(message("bad\r\n\tfile\u{1b}[2J\n"), r"bad file\u{1b}[2J");
        assert_eq!(message(&"long ".repeat(1000)).chars().count(), MESSAGE - 1);
    }

    proptest! {
        #[test]
        fn nothing_hidden_is_left_and_nothing_is_written_out_twice(name in hostile_name()) {
            let shown = text(&name);
            prop_assert!(!shown.chars().any(is_hidden));
            prop_assert_eq!(&text(&shown), &shown);
            let short = super::name(&name);
            prop_assert!(!short.chars().any(is_hidden) && short.chars().count() <= NAME);
            prop_assert_eq!(lines(&name).matches('\n').count(), name.matches('\n').count());
        }
    }
}
