//! Figures as pixels: the SVG, rasterised with the bundled fonts only, so that every machine draws
//! the same picture and none needs a display.

use std::sync::{Arc, LazyLock};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, fontdb};

use super::font;
use super::model::Figure;
use super::svg::{Style, svg};
use crate::error::{Error, Result};

/// Pixels in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raster {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Red, green, blue, alpha of each pixel, row by row from the top; always opaque.
    pub rgba: Vec<u8>,
}

static FONTS: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = fontdb::Database::new();
    for bytes in [font::INTER, font::DEJAVU_SANS] {
        fonts.load_font_source(fontdb::Source::Binary(Arc::new(bytes)));
    }
    Arc::new(fonts)
});

/// Draws figures into a PNG file of [`Style::width_px`] times `scale` pixels.
///
/// # Errors
/// As for [`raster`].
pub fn png(figures: &[Figure], style: &Style, scale: f64) -> Result<Vec<u8>> {
    let Raster { width, height, rgba } = raster(figures, style, scale)?;
    let mut bytes = Vec::new();
    let mut encoder = ::png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(::png::ColorType::Rgba);
    encoder.set_depth(::png::BitDepth::Eight);
    let failed = |error: ::png::EncodingError| Error::Drawing(error.to_string());
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(&rgba).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(bytes)
}

/// Draws figures into memory, for instance for the clipboard.
///
/// # Errors
/// [`Error::OutOfRange`] for an impossible style, or a side of more than [`Style::MAX_SIDE`] pixels.
pub fn raster(figures: &[Figure], style: &Style, scale: f64) -> Result<Raster> {
    if !(0.1..=16.0).contains(&scale) {
        return Err(Error::out_of_range("pixel scale", "0.1 to 16", scale));
    }
    let document = svg(figures, style)?;
    let options = usvg::Options { fontdb: FONTS.clone(), ..usvg::Options::default() };
    let failed = |error: usvg::Error| Error::Drawing(error.to_string());
    let tree = usvg::Tree::from_str(&document, &options).map_err(failed)?;
    let [width, height] =
        [tree.size().width(), tree.size().height()].map(|side| (f64::from(side) * scale).round());
    let most = f64::from(Style::MAX_SIDE);
    if width > most || height > most {
        let wanted = format!("at most {most} pixels a side");
        return Err(Error::out_of_range("picture size", wanted, format!("{width} x {height}")));
    }
    let (width, height) = (width.max(1.0) as u32, height.max(1.0) as u32);
    let Some(mut pixels) = Pixmap::new(width, height) else {
        return Err(Error::Drawing(format!("no memory for {width} x {height} pixels")));
    };
    let stretch = |side: u32, natural: f32| side as f32 / natural;
    let to_pixels = Transform::from_scale(
        stretch(width, tree.size().width()),
        stretch(height, tree.size().height()),
    );
    resvg::render(&tree, to_pixels, &mut pixels.as_mut());
    // The background is opaque, so premultiplied colours are plain colours.
    Ok(Raster { width, height, rgba: pixels.take() })
}
