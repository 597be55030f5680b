//! Texts in the cells of spreadsheets.

use std::borrow::Cow;

/// What makes a spreadsheet take a text for a formula, also in full width.
const STARTS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// A text for a cell of CSV or of a table on the clipboard, written out as [`text`](super::text) does.
///
/// Spreadsheets run texts that begin with `=`, `+`, `-` or `@` as formulas, quoted or not, so such a
/// text gets an apostrophe before it, which they take for "this is text". Numbers stay numbers. Whoever
/// reads the file back takes one apostrophe away where one of these signs follows it, perhaps after
/// more apostrophes: what began so has got one more.
pub fn cell(text: &str) -> Cow<'_, str> {
    let shown = super::text(text);
    let begins = shown.trim_start_matches('\'').starts_with(STARTS);
    match begins && shown.parse::<f64>().is_err() {
        true => Cow::Owned(format!("'{shown}")),
        false => shown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a reader of the file does.
    fn read_back(cell: &str) -> &str {
        match cell.strip_prefix('\'') {
            Some(rest) if rest.trim_start_matches('\'').starts_with(STARTS) => rest,
            _ => cell,
        }
    }

    #[test]
    fn formulas_become_texts_and_can_be_read_back() {
        for text in
            ["=1+1", "+cmd|' /C calc'!A0", "-a", "@SUM(1)", "＝1", "'=1", "''@x", "-", "=-1"]
        {
            let cell = cell(text);
            assert_eq!(cell, format!("'{text}"));
            assert_eq!(read_back(&cell), text);
        }
        assert_eq!(cell("\t=1"), r"\t=1", "what is hidden is written out first");
    }

    #[test]
    fn numbers_and_other_texts_stay() {
        for text in ["-0.5", "+1", "-1e-300", "-inf", "nan", "", "a=b", "'quoted'", "LSTM", "1-2"] {
            assert_eq!(cell(text), text);
            assert_eq!(read_back(text), text);
        }
    }
}
