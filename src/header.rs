//! Which first rows of CSV files are headers: those that name every column, and no row of numbers
//! with one mistyped.

/// Whether a cell is clearly a name, and no number that was mistyped or is missing.
pub(crate) fn is_name(cell: &str) -> bool {
    /// What programs write where a number is missing or is none.
    const NO_NUMBER: [&str; 8] = ["nan", "na", "n/a", "null", "none", "inf", "infinity", "missing"];
    let begins = cell.chars().next().is_some_and(|first| first.is_alphabetic() || first == '_');
    begins
        && !NO_NUMBER.contains(&cell.to_lowercase().as_str())
        && !(cell.contains(['.', ',']) && resembles_number(cell))
}

/// Whether only letters that resemble digits keep a cell from being a number: `O.5`, `l.25`.
fn resembles_number(cell: &str) -> bool {
    let digits = cell.replace(['O', 'o'], "0").replace(['I', 'l'], "1").replace(',', ".");
    digits.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistyped_and_missing_numbers_are_no_names() {
        for cell in
            ["0.5x", "1e", "-", "", "nan", "NA", "N/A", "inf", "O.5", "l.5", "+", ".", "2nd", "1,5"]
        {
            assert!(!is_name(cell), "{cell:?}");
        }
        for cell in ["x1", "price (USD)", "_", "σ", "e", "l0", "h.0 of a unit", "label"] {
            assert!(is_name(cell), "{cell:?}");
        }
    }
}
