//! Texts in lines.

use crate::figure::font;
use crate::visible;

/// Longer texts lose their middle before they are measured.
const LONGEST: usize = 8000;

/// Breaks a text into at most `most` lines of at most `width` pixels: at its spaces, not at its
/// no-break spaces, and within words that no line has room for. What takes more lines loses its middle.
pub(super) fn wrap(text: &str, width: f64, size: f64, most: usize) -> Vec<String> {
    let text = visible::cut_to(text, LONGEST);
    let fits = |text: &str| lines(text, width, size).len() <= most;
    lines(&visible::cut(&text, fits), width, size)
}

fn lines(text: &str, width: f64, size: f64) -> Vec<String> {
    let fits = |line: &str| font::width(line, size) <= width;
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if fits(&format!("{line} {word}")) => {
                line.push(' ');
                line.push_str(word);
            }
            _ if fits(word) || word.parse::<f64>().is_ok() => lines.push(word.to_owned()),
            _ => lines.extend(pieces(word, fits)),
        }
    }
    lines
}

/// A word in pieces that fit.
fn pieces(word: &str, fits: impl Fn(&str) -> bool) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for letter in word.chars() {
        if let Some(piece) = pieces.last_mut() {
            piece.push(letter);
            if !fits(piece) && piece.chars().count() > 1 {
                piece.pop();
                pieces.push(letter.to_string());
            }
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrapped_lines_fit_and_lose_no_word() {
        let text = "underflow: 12 of 16 numbers of the gradient are exactly zero in f32";
        let lines = wrap(text, 150.0, 17.0, 9);
        assert!(lines.len() > 2);
        assert!(lines.iter().all(|line| font::width(line, 17.0) <= 150.0));
        assert_eq!(lines.join(" "), text);
    }

    #[test]
    fn a_word_without_end_is_broken_and_cut() {
        let text = format!("{}: loss 0.125", "endless".repeat(500));
        let lines = wrap(&text, 150.0, 17.0, 4);
        assert_eq!(lines.len(), 4);
        assert!(lines.iter().all(|line| font::width(line, 17.0) <= 150.0), "{lines:?}");
        let whole = lines.concat();
        assert!(whole.starts_with("endless") && whole.contains('…'), "{lines:?}");
        assert!(lines.join(" ").ends_with("loss 0.125"), "{lines:?}");
    }
}
