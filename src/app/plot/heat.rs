//! Heat maps on screen: the cells as a texture, and the bar that says what their colours mean.

use egui::epaint::Mesh;
use egui::{
    Align2, ColorImage, FontId, Id, Pos2, Rect, Shape, Stroke, StrokeKind, TextureHandle,
    TextureId, TextureOptions, Ui, pos2, vec2,
};

use crate::app::explore::scene::Picture;
use crate::app::theme;
use crate::figure::{Color, Mosaic, Theme};

/// Room for the bar and its labels beside the plot, in points.
pub const BAR_WIDTH: f32 = 78.0;

/// Gap between plot and bar, width of the bar, and height of a shade without a place on it.
const GAP: f32 = 12.0;
const BAR: f32 = 13.0;
const SPECIAL: f32 = 13.0;

/// A texture and what it shows.
#[derive(Clone)]
struct Tiles {
    picture: u64,
    theme: Theme,
    texture: TextureHandle,
}

/// The texture of a picture's heat map, made anew only when the picture is another one.
pub fn tiles(ui: &Ui, picture: &Picture) -> Option<TextureId> {
    let mosaic = picture.resolved.heat.as_ref()?;
    if mosaic.width == 0 || mosaic.height == 0 {
        return None;
    }
    let theme = theme::of_window(ui.visuals());
    let place = Id::unique((picture.figure.name, picture.slot, "tiles"));
    let known: Option<Tiles> = ui.data(|data| data.get_temp(place));
    if let Some(tiles) = &known
        && (tiles.picture, tiles.theme) == (picture.id, theme)
    {
        return Some(tiles.texture.id());
    }
    let rgba = mosaic.rgba(theme);
    let image = ColorImage::from_rgba_unmultiplied([mosaic.width, mosaic.height], &rgba);
    let texture = match known {
        Some(Tiles { mut texture, .. }) => {
            texture.set(image, TextureOptions::NEAREST);
            texture
        }
        None => ui.ctx().load_texture(picture.figure.name, image, TextureOptions::NEAREST),
    };
    let id = texture.id();
    ui.data_mut(|data| data.insert_temp(place, Tiles { picture: picture.id, theme, texture }));
    Some(id)
}

/// Draws the bar right of the plot's frame.
pub fn bar(ui: &Ui, mosaic: &Mosaic, frame: Rect) {
    let theme = theme::of_window(ui.visuals());
    let left = frame.right() + GAP;
    let foot = mosaic.specials.len() as f32 * (SPECIAL + 5.0);
    let bottom = (frame.bottom() - foot).max(frame.center().y);
    let bar = Rect::from_min_max(pos2(left, frame.top()), pos2(left + BAR, bottom));
    let outline = Stroke::new(1.0, theme::screen(theme.frame()));
    let painter = ui.painter();
    painter.add(gradient(bar, mosaic, theme));
    painter.rect_stroke(bar, 0.0, outline, StrokeKind::Outside);
    let name = |at: Pos2, text: &str| {
        let ink = theme::color(theme, Color::Ink);
        let font = FontId::proportional(11.0);
        painter.text(at, Align2::LEFT_CENTER, text, font, ink)
    };
    let mut free = f32::INFINITY;
    for tick in &mosaic.bar.ticks {
        let y = bar.bottom() - mosaic.bar.fraction(tick.at) as f32 * bar.height();
        painter.line_segment([pos2(bar.right(), y), pos2(bar.right() + 3.0, y)], outline);
        // Labels that would overlap the one below are left out.
        if tick.is_major() && y < free {
            name(pos2(bar.right() + 6.0, y), &tick.label);
            free = y - 12.0;
        }
    }
    let mut top = bar.bottom() + 5.0;
    for (shade, text) in &mosaic.specials {
        let patch = Rect::from_min_size(pos2(left, top), vec2(BAR, SPECIAL));
        painter.rect_filled(patch, 0.0, theme::screen(shade.rgb(theme)));
        painter.rect_stroke(patch, 0.0, outline, StrokeKind::Outside);
        name(patch.right_center() + vec2(6.0, 0.0), text);
        top = patch.bottom() + 5.0;
    }
    label(ui, mosaic, bar, theme);
}

/// What the colours mean, along the bar.
fn label(ui: &Ui, mosaic: &Mosaic, bar: Rect, theme: Theme) {
    let muted = theme::color(theme, Color::Muted);
    let font = FontId::proportional(11.5);
    let galley = ui.painter().layout_no_wrap(mosaic.label.clone(), font, muted);
    let at = pos2(
        bar.left() + BAR_WIDTH - GAP - galley.size().y,
        bar.center().y + galley.size().x / 2.0,
    );
    let upwards =
        egui::epaint::TextShape::new(at, galley, muted).with_angle(-std::f32::consts::FRAC_PI_2);
    ui.painter().add(upwards);
}

/// All colours from bottom to top.
fn gradient(bar: Rect, mosaic: &Mosaic, theme: Theme) -> Shape {
    let mut mesh = Mesh::default();
    for level in 0..=u8::MAX {
        let fraction = f32::from(level) / 255.0;
        let y = egui::lerp(bar.bottom()..=bar.top(), fraction);
        let color = theme::screen(mosaic.shade_at(f64::from(fraction)).rgb(theme));
        mesh.colored_vertex(pos2(bar.left(), y), color);
        mesh.colored_vertex(pos2(bar.right(), y), color);
    }
    for level in 0..255 {
        let corner = 2 * level;
        mesh.add_triangle(corner, corner + 1, corner + 2);
        mesh.add_triangle(corner + 1, corner + 2, corner + 3);
    }
    Shape::mesh(mesh)
}
