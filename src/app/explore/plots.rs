//! The figures on cards, in two columns or, where there is little room, in one.

use egui::{Align, Layout, Ui, WidgetText};

use super::hover;
use super::scene::Picture;
use crate::app::plot::{self, Pointed};
use crate::app::theme;
use crate::figure::Color;
use crate::visible;

/// Below this width in points the cards stand in one column.
const TWO_COLUMNS_FROM: f32 = 600.0;

/// A card is at least this high, in points; where that is too much, the page scrolls.
const LEAST_HEIGHT: f32 = 270.0;

/// Height of a card in one column.
const SINGLE_HEIGHT: f32 = 320.0;

/// A title has at most this many characters: more would leave no room for the plot.
pub const LONGEST_TITLE: usize = 240;

/// Notes get at most this much of a card, in points, or this part of it; longer ones scroll.
const MOST_NOTES: f32 = 66.0;
const MOST_OF_CARD: f32 = 0.22;

/// Draws all figures. `height` is what the window has left for them; `marked` is the step to single
/// out. Returns the step under the pointer.
pub fn show(ui: &mut Ui, pictures: &[Picture], height: f32, marked: Option<f64>) -> Option<f64> {
    let mut hovered = None;
    if let [picture] = pictures {
        let pointed = card(ui, picture, height.max(LEAST_HEIGHT), marked);
        return hover::step(&picture.figure, &pointed);
    }
    let gap = ui.spacing().item_spacing.y;
    if ui.available_width() < TWO_COLUMNS_FROM {
        for picture in pictures {
            let pointed = card(ui, picture, SINGLE_HEIGHT, marked);
            hovered = hover::step(&picture.figure, &pointed).or(hovered);
        }
        return hovered;
    }
    let rows = pictures.len().div_ceil(2).max(1);
    let each = ((height - gap * (rows - 1) as f32) / rows as f32).max(LEAST_HEIGHT);
    for pair in pictures.chunks(2) {
        ui.columns(2, |columns| {
            for (column, picture) in columns.iter_mut().zip(pair) {
                let pointed = card(column, picture, each, marked);
                hovered = hover::step(&picture.figure, &pointed).or(hovered);
            }
        });
    }
    hovered
}

/// What cards look like.
pub fn frame(ui: &Ui) -> egui::Frame {
    let fill = theme::screen(theme::of_window(ui.visuals()).background());
    egui::Frame::new()
        .fill(fill)
        .stroke(ui.visuals().widgets.noninteractive.bg_stroke)
        .corner_radius(8.0)
        .inner_margin(egui::Margin { left: 10, right: 10, top: 8, bottom: 6 })
}

/// Draws one figure on a card, `height` points high.
pub fn card(ui: &mut Ui, picture: &Picture, height: f32, marked: Option<f64>) -> Pointed {
    card_with(ui, picture, height, |ui, room| plot::show(ui, picture, room, marked))
}

/// The same with a plot that is drawn by `draw`, so many points high.
pub fn card_with(
    ui: &mut Ui,
    picture: &Picture,
    height: f32,
    draw: impl FnOnce(&mut Ui, f32) -> Pointed,
) -> Pointed {
    frame(ui)
        .show(ui, |ui| {
            let inner = height - 16.0;
            ui.spacing_mut().item_spacing.y = 3.0;
            let top = ui.cursor().top();
            let title = visible::cut_to(&picture.figure.title, LONGEST_TITLE);
            let title = egui::RichText::new(title).strong();
            ui.vertical(|ui| ui.add(egui::Label::new(title).wrap()));
            plot::legend(ui, picture);
            // The label of a tick at the upper edge reaches above the frame.
            ui.add_space(5.0);
            let used = ui.cursor().top() - top;
            let lines = lines(ui, picture);
            let notes = notes_height(ui, &lines, (MOST_OF_CARD * height).max(MOST_NOTES));
            let room = (inner - used - notes - 6.0).max(150.0);
            let pointed = draw(ui, room);
            hover::label(ui, picture, &pointed);
            show_notes(ui, picture, lines, notes);
            pointed
        })
        .inner
}

/// What to say under the plot: first what happened to numbers that cannot be drawn.
fn lines(ui: &Ui, picture: &Picture) -> Vec<WidgetText> {
    let theme = theme::of_window(ui.visuals());
    let alarm = theme::color(theme, Color::Alarm);
    let muted = theme::color(theme, Color::Muted);
    let line = |text: &String, color| egui::RichText::new(text).size(11.5).color(color).into();
    let trouble = picture.sentences.iter().map(|text| line(text, alarm));
    let elsewhere = |note: &&String| picture.told.as_ref() != Some(*note);
    let notes = picture.figure.notes.iter().filter(elsewhere);
    trouble.chain(notes.map(|text| line(text, muted))).collect()
}

fn notes_height(ui: &Ui, lines: &[WidgetText], most: f32) -> f32 {
    let width = ui.available_width();
    let font = egui::TextStyle::Small;
    let height = |line: &WidgetText| {
        let wrap = Some(egui::TextWrapMode::Wrap);
        line.clone().into_galley(ui, wrap, width, font.clone()).size().y + 2.0
    };
    // A line is kept free, so that plots do not jump when a first note appears.
    lines.iter().map(height).sum::<f32>().clamp(16.0, most)
}

fn show_notes(ui: &mut Ui, picture: &Picture, lines: Vec<WidgetText>, height: f32) {
    egui::ScrollArea::vertical()
        .id_salt((picture.figure.name, picture.slot, "notes"))
        .max_height(height)
        .min_scrolled_height(height)
        .auto_shrink([false, false])
        .show(ui, |ui| {
            // Columns justify their contents, which would stretch the words.
            ui.with_layout(Layout::top_down(Align::Min), |ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                for line in lines {
                    ui.add(egui::Label::new(line).wrap().selectable(true));
                }
            });
        });
}
