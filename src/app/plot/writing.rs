//! Values written into the cells of a heat map on screen.

use egui::{Color32, FontId, Pos2, Rect, Shape, Ui};

use crate::app::theme;
use crate::figure::{Theme, Writing};

/// Size of text in cells where there is room, and the smallest that can be read, in points.
const TEXT: f32 = 12.0;
const LEAST_TEXT: f32 = 6.0;

/// The values in their cells, unless they would be too small to read. `to` maps drawing coordinates
/// to the screen, `frame` is the plot.
pub fn shapes(
    ui: &Ui,
    writing: &Writing,
    theme: Theme,
    frame: Rect,
    to: impl Fn([f64; 2]) -> Pos2,
    out: &mut Vec<Shape>,
) {
    let cell = (to(writing.cell) - to([0.0, 0.0])).abs();
    let painter = ui.painter();
    let galley = |text: &str, size: f32, ink: Color32| {
        painter.layout_no_wrap(text.to_owned(), FontId::proportional(size), ink)
    };
    let width = |text: &str| f64::from(galley(text, TEXT, Color32::WHITE).size().x / TEXT);
    let size = writing.size([cell.x, cell.y].map(f64::from), width) as f32;
    if size < LEAST_TEXT {
        return;
    }
    for text in &writing.texts {
        let at = to(text.at);
        if frame.contains(at) {
            let ink = theme::screen(text.shade.rgb(theme).ink());
            let size = size.min(TEXT);
            for (line, below) in text.placed() {
                let galley = galley(line, size, ink);
                let middle = at + egui::vec2(0.0, below as f32 * size);
                out.push(Shape::galley(middle - galley.size() / 2.0, galley, ink));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use egui::{Rect, vec2};

    use super::*;
    use crate::app::explore::scene::Picture;
    use crate::app::plot;
    use crate::figure::of_data::confusion;

    /// Texts on a plot of a confusion matrix, with their middles.
    fn texts(width: f32, height: f32) -> Vec<(String, Pos2)> {
        let figure = confusion("GRU", &[vec![71, 0], vec![23, 64]]);
        let picture = Picture::new(figure);
        let size = vec2(width, height);
        let input = egui::RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, size)),
            ..Default::default()
        };
        let context = egui::Context::default();
        let mut output = context.run_ui(input, |ui| {
            plot::show(ui, &picture, height, None);
        });
        output.textures_delta.clear();
        let text = |shape: &egui::epaint::ClippedShape| match &shape.shape {
            Shape::Text(text) => {
                Some((text.galley.text().to_owned(), text.visual_bounding_rect().center()))
            }
            _ => None,
        };
        output.shapes.iter().filter_map(text).collect()
    }

    #[test]
    fn counts_stand_in_their_cells() {
        let texts = texts(500.0, 300.0);
        let at = |wanted: &str| texts.iter().find(|(text, _)| text == wanted).unwrap().1;
        let [right, below, corner] = ["71", "23", "64"].map(at);
        assert!((right.x - below.x).abs() < 4.0 && below.y > right.y + 50.0);
        assert!((corner.y - below.y).abs() < 2.0 && corner.x > below.x + 50.0);
    }

    #[test]
    fn counts_without_room_are_left_out() {
        let texts = texts(500.0, 28.0);
        assert!(!texts.iter().any(|(text, _)| text == "23"), "{texts:?}");
    }
}
