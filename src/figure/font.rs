//! The two fonts that ship with rnnscope, for the window and for files, and how wide text is in them.

use std::sync::LazyLock;

use ttf_parser::Face;

/// Inter Regular, the interface font (SIL Open Font License 1.1).
pub static INTER: &[u8] = include_bytes!("../../assets/fonts/Inter-Regular.otf");

/// DejaVu Sans, for the signs that Inter lacks, such as ∇ (Bitstream Vera licence).
pub static DEJAVU_SANS: &[u8] = include_bytes!("../../assets/fonts/DejaVuSans.ttf");

/// The families in the order in which a sign is looked up, as CSS writes it.
pub const FAMILIES: &str = "Inter, DejaVu Sans";

static FACES: LazyLock<Vec<Face<'static>>> = LazyLock::new(|| {
    [INTER, DEJAVU_SANS].iter().filter_map(|bytes| Face::parse(bytes, 0).ok()).collect()
});

/// Width of a line of text in the unit of `size`, without kerning.
pub fn width(text: &str, size: f64) -> f64 {
    text.chars().map(|sign| advance(sign).unwrap_or(0.6)).sum::<f64>() * size
}

/// Advance of a sign in units of the font size, from the first font that has it.
fn advance(sign: char) -> Option<f64> {
    FACES.iter().find_map(|face| {
        let glyph = face.glyph_index(sign)?;
        let advance = face.glyph_hor_advance(glyph)?;
        Some(f64::from(advance) / f64::from(face.units_per_em()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sign_used_in_figures_is_in_one_of_the_fonts() {
        assert_eq!(FACES.len(), 2);
        let missing: String = "‖∂∇ₜₕₓσλ⁻⁶⁰¹²³⁴⁵⁷⁸⁹₀₁₂₃₄₅₆₇₈▽▲▼✕×·−≈→∞ℜℑ√≤≥°"
            .chars()
            .filter(|s| advance(*s).is_none())
            .collect();
        assert_eq!(missing, "");
    }

    #[test]
    fn wider_text_measures_wider() {
        assert!(width("mmm", 10.0) > width("iii", 10.0));
        assert_eq!(width("", 10.0), 0.0);
    }
}
