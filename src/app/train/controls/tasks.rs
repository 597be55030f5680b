//! The list of tasks, each with a picture and a sentence.

use egui::{Align2, FontId, Label, Rect, Response, Sense, Stroke, StrokeKind, Ui, pos2, vec2};

use super::thumbnail::thumbnail;
use crate::session::TrainSettings;
use crate::task::TaskChoice;

/// Size of a picture, and the room around it, in points.
const PICTURE: egui::Vec2 = vec2(58.0, 38.0);
const PAD: f32 = 5.0;

/// Draws the list; a click goes over to a task.
pub(super) fn show(ui: &mut Ui, settings: &mut TrainSettings) {
    ui.spacing_mut().item_spacing.y = 2.0;
    for task in TaskChoice::all() {
        let selected = task.name() == settings.comparison.task.name();
        if item(ui, &task, selected).clicked() {
            settings.choose_task(&task);
        }
    }
}

fn item(ui: &mut Ui, task: &TaskChoice, selected: bool) -> Response {
    let about = task.about();
    let size = vec2(ui.available_width(), PICTURE.y + 2.0 * PAD);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| {
        egui::WidgetInfo::selected(egui::Role::Button, enabled, selected, about.title)
    });
    let visuals = ui.visuals();
    let fill = match (selected, response.hovered()) {
        (true, _) => Some(visuals.selection.bg_fill),
        (false, true) => Some(visuals.widgets.hovered.weak_bg_fill),
        (false, false) => None,
    };
    if let Some(fill) = fill {
        ui.painter().rect_filled(rect, 6.0, fill);
    }
    if response.has_focus() {
        let ring = Stroke::new(1.5, visuals.hyperlink_color);
        ui.painter().rect_stroke(rect, 6.0, ring, StrokeKind::Inside);
    }
    let picture = Rect::from_min_size(rect.min + vec2(PAD, PAD), PICTURE);
    thumbnail(ui, task, picture);
    let left = picture.right() + 9.0;
    let ink = ui.visuals().strong_text_color();
    let font = FontId::proportional(13.0);
    let title =
        ui.painter().text(pos2(left, rect.top() + 3.0), Align2::LEFT_TOP, about.title, font, ink);
    let room = Rect::from_min_max(pos2(left, title.bottom()), rect.max - vec2(3.0, 1.0));
    let text = egui::RichText::new(about.sentence).size(11.0).line_height(Some(13.0));
    let text = if selected { text } else { text.weak() };
    let mut inside = ui.new_child(egui::UiBuilder::new().max_rect(room));
    inside.add(Label::new(text).wrap().sense(Sense::empty()).selectable(false));
    response.on_hover_text(about.question)
}
