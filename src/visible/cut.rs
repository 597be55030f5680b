//! Texts that are too long, with their middle left out. Numbers are never cut.

use std::borrow::Cow;

/// What stands for the part that is left out.
const ELLIPSIS: char = '…';

/// No number has more characters than this.
const NUMBER: usize = 26;

/// A text with as little left out of its middle as makes it fit. Beginning and end stay, as names that
/// begin alike often end differently; a number is left out as a whole or not at all.
pub fn cut(text: &str, fits: impl Fn(&str) -> bool) -> Cow<'_, str> {
    if fits(text) {
        return Cow::Borrowed(text);
    }
    let letters: Vec<char> = text.chars().collect();
    // Longer texts are wider: the longest that fits lies between one that does and one that does not.
    let (mut some, mut many) = (0, letters.len());
    while some + 1 < many {
        let middle = some.midpoint(many);
        match fits(&without_middle(&letters, middle)) {
            true => some = middle,
            false => many = middle,
        }
    }
    Cow::Owned(without_middle(&letters, some))
}

/// A text of at most so many characters.
pub fn cut_to(text: &str, most: usize) -> Cow<'_, str> {
    // As long as bytes are few, nothing is counted.
    cut(text, |text| text.len() <= most || text.chars().take(most + 1).count() <= most)
}

/// About `kept` of the letters, from the beginning and from the end.
fn without_middle(letters: &[char], kept: usize) -> String {
    let (mut head, mut tail) = (kept.div_ceil(2), letters.len() - kept / 2);
    // Back to where the number or the escape that would be cut begins, and on to where it ends.
    let from = head;
    while head > 0 && from - head <= NUMBER && splits(letters, head) {
        head -= 1;
    }
    if head > 0 && splits(letters, head) {
        head = from;
    }
    let from = tail;
    while tail < letters.len() && tail - from <= NUMBER && splits(letters, tail) {
        tail += 1;
    }
    if splits(letters, tail) {
        tail = from;
    }
    let head = letters[..head].iter().collect::<String>();
    let tail = letters[tail..].iter().collect::<String>();
    format!("{}{ELLIPSIS}{}", head.trim_end(), tail.trim_start())
}

/// Whether a cut before the letter at `at` would go through a number, or a letter that is written out.
fn splits(letters: &[char], at: usize) -> bool {
    let (Some(before), Some(after)) = (at.checked_sub(1).map(|at| letters[at]), letters.get(at))
    else {
        return false;
    };
    (of_number(before) && of_number(*after)) || in_escape(letters, at)
}

/// Whether a character occurs within numbers, such as `−1.5×10⁻⁷` and `2e-9`.
fn of_number(letter: char) -> bool {
    letter.is_numeric() || ".,+-−–×⁻⁺eE%\u{202f}".contains(letter)
}

/// Whether a place is inside of `\u{202e}`.
fn in_escape(letters: &[char], at: usize) -> bool {
    /// The longest without its last letter.
    const LONGEST: usize = r"\u{10ffff".len();
    let before = &letters[at.saturating_sub(LONGEST)..at];
    let opened = before.iter().rposition(|letter| *letter == '\\');
    opened.is_some_and(|opened| !before[opened..].contains(&'}') && letters[at] != '\\')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn beginning_and_end_stay() {
        assert_eq!(cut_to("short", 5), "short");
        assert_eq!(cut_to("a network of many words", 11), "a net…words");
        assert_eq!(cut_to("שלום עולם שלום", 7), "שלו…לום");
        assert_eq!(cut("anything", |_| false), "…");
    }

    #[test]
    fn a_number_is_whole_or_left_out() {
        let text = "loss 0.123456 after 98765 updates";
        let numbers = ["0.123456", "98765"];
        for most in 1..text.len() {
            let cut = cut_to(text, most);
            assert!(cut.chars().count() <= most, "{cut}");
            for word in cut.split([' ', '…']).filter(|word| word.contains(|c: char| c.is_numeric()))
            {
                assert!(numbers.contains(&word), "{most}: {cut}");
            }
        }
    }

    #[test]
    fn a_letter_that_is_written_out_is_whole_or_left_out() {
        let text = r"abc\u{202e}def\u{10ffff}gh";
        for most in 1..text.len() {
            let cut = cut_to(text, most);
            let without = cut.replace(r"\u{202e}", "").replace(r"\u{10ffff}", "");
            assert!(!without.contains(['\\', '{', '}']), "{most}: {cut}");
        }
    }

    proptest! {
        #[test]
        fn what_is_cut_fits(text in ".{0,200}", most in 1_usize..80) {
            let cut = cut_to(&text, most);
            prop_assert!(cut.chars().count() <= most);
            if let Some((head, tail)) = cut.split_once('…').filter(|_| text.chars().count() > most) {
                prop_assert!(text.starts_with(head) && text.ends_with(tail));
            }
        }

        #[test]
        fn no_text_of_digits_is_too_long(digits in "[0-9]{100,400}") {
            prop_assert!(cut_to(&digits, 40).chars().count() <= 40);
        }
    }
}
