//! The figures of a training on cards, in two columns or, where there is little room, in one.

use egui::{RichText, Ui};

use super::scene::{Mistakes, Scene};
use super::tab::TrainTab;
use super::{scrub, wrong};
use crate::app::explore::hover;
use crate::app::explore::plots::{LONGEST_TITLE, card, frame};
use crate::app::explore::scene::Picture;
use crate::app::plot;
use crate::app::theme;
use crate::app::widgets::choice;
use crate::figure::of_run::{ASKED, MOMENTS};
use crate::figure::{Color, Figure};
use crate::session::TrainSettings;
use crate::visible;

/// Below this width in points the cards stand in one column.
const TWO_COLUMNS_FROM: f32 = 600.0;

/// A card is at least this high, in points; where that is too much, the page scrolls.
const LEAST_HEIGHT: f32 = 284.0;

/// Height of a card in one column.
const SINGLE_HEIGHT: f32 = 330.0;

/// One card.
enum Card<'a> {
    /// A figure on its own.
    Figure(&'a Picture),
    /// The example sequences.
    Predictions,
    /// The map of the gradient.
    Map,
    /// The gradient at the moment looked at.
    Gradient,
    /// A page of sequences that are answered wrongly.
    Mistakes(&'a Mistakes),
}

/// The cards from the first to the last.
fn cards(scene: &Scene) -> Vec<Card<'_>> {
    let mut cards: Vec<Card<'_>> =
        scene.overview.iter().map(|picture| Card::Figure(picture)).collect();
    if let Some(mistakes) = &scene.mistakes {
        cards.extend([Card::Figure(&mistakes.confusion), Card::Mistakes(mistakes)]);
    }
    if scene.probes() {
        cards.extend([Card::Predictions, Card::Map, Card::Gradient]);
    }
    cards
}

/// Draws what became of all trainings, then predictions, the map of the gradient and the gradient at
/// the moment looked at of the one that is shown. `height` is what the window has left for them.
pub fn show(
    ui: &mut Ui,
    tab: &mut TrainTab,
    scene: &Scene,
    settings: &mut TrainSettings,
    height: f32,
) {
    let marked = tab.marked;
    let mut hovered = None;
    let cards = cards(scene);
    let columns = if ui.available_width() < TWO_COLUMNS_FROM { 1 } else { 2 };
    let gap = ui.spacing().item_spacing.y;
    let each = match columns {
        1 => SINGLE_HEIGHT,
        _ => ((height - gap) / 2.0).max(LEAST_HEIGHT),
    };
    for row in cards.chunks(columns) {
        ui.columns(columns, |columns| {
            for (ui, card) in columns.iter_mut().zip(row) {
                hovered = draw(ui, tab, scene, settings, (card, each, marked)).or(hovered);
            }
        });
    }
    if hovered != tab.marked {
        tab.marked = hovered;
        ui.ctx().request_repaint();
    }
}

/// Draws one card, `height` points high. Returns the step under the pointer.
fn draw(
    ui: &mut Ui,
    tab: &mut TrainTab,
    scene: &Scene,
    settings: &mut TrainSettings,
    (what, height, marked): (&Card<'_>, f32, Option<f64>),
) -> Option<f64> {
    match what {
        Card::Figure(picture) => {
            card(ui, picture, height, None);
            None
        }
        Card::Predictions => predictions(ui, scene, height, marked),
        Card::Map => {
            map(ui, tab, scene, settings, height);
            None
        }
        Card::Gradient => gradient(ui, scene, height, marked),
        Card::Mistakes(mistakes) => {
            wrong::show(ui, mistakes, height, &mut tab.page);
            None
        }
    }
}

/// Pictures in pairs, at their least height.
pub fn pairs(ui: &mut Ui, pictures: &[Picture]) {
    let columns = if ui.available_width() < TWO_COLUMNS_FROM { 1 } else { 2 };
    for row in pictures.chunks(columns) {
        ui.columns(columns, |columns| {
            for (column, picture) in columns.iter_mut().zip(row) {
                card(column, picture, SINGLE_HEIGHT, None);
            }
        });
    }
}

fn gradient(ui: &mut Ui, scene: &Scene, height: f32, marked: Option<f64>) -> Option<f64> {
    let picture = scene.gradient.as_ref()?;
    let pointed = card(ui, picture, height, marked);
    hover::step(&picture.figure, &pointed)
}

/// The example sequences, two by two on one card. Returns the step under the pointer.
fn predictions(ui: &mut Ui, scene: &Scene, height: f32, marked: Option<f64>) -> Option<f64> {
    let mut hovered = None;
    frame(ui).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 3.0;
        let top = ui.cursor().top();
        let title = match scene.moment {
            Some(step) => match scene.predictions.first().and_then(|one| moments(&one.figure)) {
                Some(moments) => format!("Predictions by training step {step}. {moments}"),
                None => format!("Predictions at training step {step}"),
            },
            None => "Predictions".to_owned(),
        };
        ui.vertical(|ui| ui.add(egui::Label::new(RichText::new(title).strong()).wrap()));
        let Some(first) = scene.predictions.first() else { return };
        plot::legend(ui, first);
        let rows = scene.predictions.len().div_ceil(2) as f32;
        let used = ui.cursor().top() - top;
        let told = scene.predictions.iter().any(|picture| answers(&picture.figure).is_some());
        // Two lines of it where there is room.
        let line = match (told, rows > 1.0) {
            (false, _) => 0.0,
            (true, true) => 18.0,
            (true, false) => 33.0,
        };
        let each = ((height - 16.0 - used - 3.0 * rows) / rows - line).max(84.0);
        for (row, pair) in scene.predictions.chunks(2).enumerate() {
            ui.columns(2, |columns| {
                for (column, (ui, picture)) in columns.iter_mut().zip(pair).enumerate() {
                    if told {
                        let answers = answers(&picture.figure).unwrap_or_default();
                        let text = egui::Label::new(RichText::new(answers).size(11.5));
                        let text = if rows > 1.0 { text.truncate() } else { text.wrap() };
                        ui.add_sized([ui.available_width(), line - 3.0], text)
                            .on_hover_text(answers);
                    }
                    let pointed = plot::show(ui, picture, each, marked);
                    corner(ui, &pointed, &format!("{}", 2 * row + column + 1));
                    hover::label(ui, picture, &pointed);
                    hovered = hover::step(&picture.figure, &pointed).or(hovered);
                }
            });
        }
    });
    hovered
}

/// What a single question was answered with: a sentence of the figure, or, for a digit, which has no
/// place on the axis, what its title tells after the number of the sequence.
fn answers(figure: &Figure) -> Option<&str> {
    let told = figure.title.split_once(": ").map(|(_, told)| told);
    note(figure, ASKED).or(told)
}

/// The moments of networks that are not equally far.
fn moments(figure: &Figure) -> Option<&str> {
    note(figure, MOMENTS)
}

fn note<'a>(figure: &'a Figure, beginning: &str) -> Option<&'a str> {
    figure.notes.iter().map(String::as_str).find(|note| note.starts_with(beginning))
}

/// A few letters in the corner of a plot.
pub(super) fn corner(ui: &Ui, pointed: &plot::Pointed, text: &str) {
    let at = pointed.transform.frame().left_top() + egui::vec2(5.0, 3.0);
    let color = theme::color(theme::of_window(ui.visuals()), Color::Muted);
    let font = egui::FontId::proportional(11.0);
    ui.painter().text(at, egui::Align2::LEFT_TOP, text, font, color);
}

/// The map of the gradient through training, with the slider that goes back.
fn map(ui: &mut Ui, tab: &mut TrainTab, scene: &Scene, settings: &mut TrainSettings, height: f32) {
    frame(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 3.0;
        let top = ui.cursor().top();
        let title = RichText::new(visible::cut_to(&scene.map.figure.title, LONGEST_TITLE)).strong();
        ui.vertical(|ui| ui.add(egui::Label::new(title).wrap()));
        layers(ui, scene, settings);
        let sentences = scene.map.sentences.iter().chain(&scene.map.figure.notes);
        let lines: Vec<&String> = sentences.collect();
        let used = ui.cursor().top() - top;
        let foot = 28.0 + 15.0 * lines.len() as f32;
        let room = (height - 16.0 - used - foot).max(120.0);
        let pointed = plot::show(ui, &scene.map, room, None);
        hover::label(ui, &scene.map, &pointed);
        if pointed.response.clicked()
            && let Some(at) = pointed.at
        {
            let step = pointed.transform.value_from_position(at).x.round().max(0.0) as u64;
            tab.cursor = scene.moments.last().filter(|last| step < **last).map(|_| step);
        }
        scrub::show(ui, scene, &mut tab.cursor);
        for line in lines {
            ui.add(egui::Label::new(RichText::new(line).size(11.5).weak()).truncate())
                .on_hover_text(line);
        }
    });
}

/// Buttons for the layers, if there are several.
fn layers(ui: &mut Ui, scene: &Scene, settings: &mut TrainSettings) {
    let layers = scene.comparison.contenders[scene.view.contender].design.num_layers;
    if layers < 2 {
        return;
    }
    let names: Vec<String> = (1..=layers).map(|layer| format!("layer {layer}")).collect();
    let tip = "The layer whose gradient is mapped; 1 reads the input.";
    let options: Vec<(usize, &str, &str)> =
        names.iter().enumerate().map(|(layer, name)| (layer, name.as_str(), tip)).collect();
    let mut layer = scene.view.layer;
    if choice(ui, &mut layer, &options) {
        settings.layer = layer;
    }
}
