//! The window's picture for task bars, drawn from the one source that packages draw theirs from, too.

use eframe::egui::IconData;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

static SOURCE: &str = include_str!("../../assets/icon.svg");

/// A square of `side` pixels; `None` only if the source were broken, which a test rules out.
pub(super) fn icon(side: u16) -> Option<IconData> {
    let tree = Tree::from_str(SOURCE, &Options::default()).ok()?;
    let mut pixels = Pixmap::new(side.into(), side.into())?;
    let size = tree.size();
    let scale = f32::from(side) / size.width().max(size.height());
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());
    let rgba = pixels
        .pixels()
        .iter()
        .map(|pixel| pixel.demultiply())
        .flat_map(|pixel| [pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()])
        .collect();
    Some(IconData { rgba, width: side.into(), height: side.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_icon_is_drawn_with_round_corners_and_a_curve() {
        let icon = icon(64).expect("a picture");
        assert_eq!(icon.rgba.len(), 64 * 64 * 4);
        let pixel = |x: usize, y: usize| &icon.rgba[(y * 64 + x) * 4..][..4];
        assert_eq!(pixel(0, 0)[3], 0, "the corner is transparent");
        assert_eq!(pixel(32, 4), [0x16, 0x18, 0x1d, 255], "the ground");
        assert_eq!(pixel(10, 13), [0xff, 0x8f, 0x50, 255], "the dot where the curve begins");
    }
}
