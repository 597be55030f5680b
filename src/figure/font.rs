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

/// Width of a line of text in the unit of `size`, without kerning. As when it is drawn, the whole
/// line is set in the first font that has all of it.
pub fn width(text: &str, size: f64) -> f64 {
    let whole = FACES.iter().find_map(|face| text.chars().map(|sign| advance(face, sign)).sum());
    let guess = 0.6 * text.chars().count() as f64;
    whole.unwrap_or(guess) * size
}

/// Advance of a sign in units of the font size, if the font has it.
fn advance(face: &Face<'_>, sign: char) -> Option<f64> {
    let advance = face.glyph_hor_advance(face.glyph_index(sign)?)?;
    Some(f64::from(advance) / f64::from(face.units_per_em()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(face: &Face<'_>, signs: &str) -> String {
        signs.chars().filter(|sign| advance(face, *sign).is_none()).collect()
    }

    #[test]
    fn inter_has_every_sign_that_figures_use_and_dejavu_the_rest() {
        let figures = "‖∂ₜ₋₁ₕσλ⁻⁰¹²³⁴⁵⁶⁷⁸⁹▽▲×·−∞|±√Δθ≤–\u{202f}";
        assert_eq!(missing(&FACES[0], figures), "");
        let formulas = "‖∂∇ₜₕσλ⁻⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉▽▲×·−≈→∞⊙ᵀ";
        assert_eq!(missing(&FACES[1], formulas), "");
    }

    #[test]
    fn wider_text_measures_wider() {
        assert!(width("mmm", 10.0) > width("iii", 10.0));
        assert_eq!(width("", 10.0), 0.0);
    }
}
