//! Numbers as colours: viridis (van der Walt and Smith 2015), whose lightness rises evenly, so that
//! equal steps look equal, in greys and to people with any common kind of colour blindness too.

use super::palette::Rgb;

/// The map at nine evenly spaced places, from low to high.
const VIRIDIS: [Rgb; 9] = [
    Rgb(0x44, 0x01, 0x54),
    Rgb(0x47, 0x2D, 0x7B),
    Rgb(0x3B, 0x52, 0x8B),
    Rgb(0x2C, 0x72, 0x8E),
    Rgb(0x21, 0x90, 0x8C),
    Rgb(0x27, 0xAD, 0x81),
    Rgb(0x5D, 0xC8, 0x63),
    Rgb(0xAA, 0xDC, 0x32),
    Rgb(0xFD, 0xE7, 0x25),
];

/// The colour of a level, from 0 (lowest) to 255 (highest).
pub(super) fn viridis(level: u8) -> Rgb {
    let at = f64::from(level) / 255.0 * (VIRIDIS.len() - 1) as f64;
    let below = (at as usize).min(VIRIDIS.len() - 2);
    let part = at - below as f64;
    let mix = |a: u8, b: u8| (f64::from(a) + part * (f64::from(b) - f64::from(a))).round() as u8;
    let (Rgb(r, g, b), Rgb(r2, g2, b2)) = (VIRIDIS[below], VIRIDIS[below + 1]);
    Rgb(mix(r, r2), mix(g, g2), mix(b, b2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::palette::luminance;

    /// Lightness L* of CIE 1976, 0 to 100.
    fn lightness(level: u8) -> f64 {
        116.0 * luminance(viridis(level)).cbrt() - 16.0
    }

    #[test]
    fn the_ends_are_those_of_the_map() {
        assert_eq!([viridis(0), viridis(255)], [VIRIDIS[0], VIRIDIS[8]]);
    }

    #[test]
    fn lightness_rises_evenly() {
        let rise = (lightness(255) - lightness(0)) / 255.0;
        for level in 0..=223 {
            let step = (lightness(level + 32) - lightness(level)) / 32.0;
            assert!((0.75..1.25).contains(&(step / rise)), "at {level}: {:.2}", step / rise);
        }
    }
}
