//! The legend above a plot, where it covers no data.

use egui::{Align2, Color32, Sense, Stroke, Ui, vec2};

use crate::app::explore::scene::Picture;
use crate::app::theme;
use crate::figure::{Series, Stroke as Style, Theme};
use crate::visible;

/// More entries than this scroll where they take more than this height, in points.
const FREE: usize = 4;
const HEIGHT: f32 = 66.0;

/// Longer names lose their middle before they are measured, in characters.
const LONGEST: usize = 200;

/// Draws one entry a name; series of the same name share one. Many of them scroll.
pub fn legend(ui: &mut Ui, picture: &Picture) {
    let Picture { figure, slot, .. } = picture;
    let theme = theme::of_window(ui.visuals());
    let mut named: Vec<&Series> = Vec::new();
    for series in &figure.series {
        let listed = !series.name.is_empty() && !series.faint;
        if listed && !named.iter().any(|other| other.name == series.name) {
            named.push(series);
        }
    }
    ui.scope(|ui| {
        // Lines as close as text, not as buttons.
        ui.spacing_mut().interact_size.y = 0.0;
        ui.spacing_mut().item_spacing = vec2(12.0, 2.0);
        let count = named.len();
        if count > FREE {
            // Of many the present stays in sight, as in files.
            named.sort_by_key(|series| series.ghost);
        }
        let entries = |ui: &mut Ui| {
            ui.horizontal_wrapped(|ui| named.iter().for_each(|series| entry(ui, series, theme)));
        };
        if count <= FREE {
            entries(ui);
            return;
        }
        egui::ScrollArea::vertical()
            .id_salt((figure.name, slot, "legend"))
            .max_height(HEIGHT)
            .auto_shrink([false, true])
            .show(ui, entries);
    });
}

fn entry(ui: &mut Ui, series: &Series, theme: Theme) {
    let font = egui::FontId::proportional(12.0);
    let ink = ui.visuals().text_color();
    let swatch = 22.0;
    let layout = |name: &str| ui.painter().layout_no_wrap(name.to_owned(), font.clone(), ink);
    let room = ui.max_rect().width() - swatch - 5.0;
    let name = visible::cut_to(&series.name, LONGEST);
    let name = visible::cut(&name, |name| layout(name).size().x <= room);
    let galley = layout(&name);
    let size = vec2(swatch + 5.0 + galley.size().x, galley.size().y.max(14.0));
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &series.name));
    if *name != *series.name {
        response.on_hover_text(&series.name);
    }
    let painter = ui.painter();
    let left = rect.left_center();
    let right = left + vec2(swatch, 0.0);
    let color = shade(series, theme);
    let stroke = Stroke::new(2.0, color);
    match series.stroke {
        Style::Solid => {
            painter.line_segment([left, right], stroke);
        }
        Style::Dashed => {
            painter.extend(egui::Shape::dashed_line(&[left, right], stroke, 6.0, 3.0));
        }
        Style::Dotted => {
            painter.extend(egui::Shape::dotted_line(&[left, right], color, 4.5, 1.3));
        }
        Style::Dots => {
            painter.circle_filled(left + vec2(swatch / 2.0, 0.0), 3.2, color);
        }
        Style::Rings => {
            painter.circle_stroke(left + vec2(swatch / 2.0, 0.0), 5.0, stroke);
        }
    }
    let text = Align2::LEFT_CENTER.anchor_size(right + vec2(5.0, 0.0), galley.size());
    painter.galley(text.min, galley, ink);
}

/// The colour of a series; ghosts are faint, and raw numbers behind a smoothed curve fainter.
pub fn shade(series: &Series, theme: Theme) -> Color32 {
    let color = theme::color(theme, series.color);
    match (series.faint, series.ghost) {
        (true, _) => color.gamma_multiply(0.28),
        (false, true) => color.gamma_multiply(0.45),
        (false, false) => color,
    }
}
