//! What the pointer is over, told beside it: a step with all its values, or one eigenvalue.

use egui::{PopupAnchor, Pos2, RichText, Tooltip, Ui};
use egui_plot::PlotPoint;

use super::scene::Picture;
use crate::app::plot::{Pointed, value_at, value_near};
use crate::app::theme;
use crate::figure::{Axis, Figure, Heat, Series, Stroke, number};
use crate::visible;

/// How close the pointer must come to an eigenvalue, in points.
const REACH: f32 = 16.0;

/// The label names at most this many curves.
const MOST: usize = 14;

/// The step under the pointer, if the figure has steps.
pub fn step(figure: &Figure, pointed: &Pointed) -> Option<f64> {
    let at = pointed.at.filter(|_| figure.x.moments)?;
    let ends = figure.series.iter().filter_map(|series| series.points.last()).map(|p| p[0]);
    let columns = figure.heat.iter().filter_map(|heat| heat.x.last().copied());
    let last = ends.chain(columns).fold(1.0, f64::max);
    Some(pointed.transform.value_from_position(at).x.round().clamp(1.0, last))
}

/// Shows the label beside the pointer.
pub fn label(ui: &Ui, picture: &Picture, pointed: &Pointed) {
    // Whoever drags a box wants to see what is under it.
    let Some(pointer) = pointed.at.filter(|_| !pointed.response.dragged()) else { return };
    let figure = &picture.figure;
    if let Some(heat) = &figure.heat {
        if let Some(text) = cell(figure, heat, pointed, pointer) {
            tooltip(ui, pointed, |ui| {
                ui.label(text);
            });
        }
    } else if let Some(step) = step(figure, pointed) {
        tooltip(ui, pointed, |ui| {
            ui.label(RichText::new(format!("{} = {step}", figure.x.label)).strong());
            values(ui, figure, step);
        });
    } else if let Some((series, point)) = nearest(picture, pointed, pointer) {
        if !figure.equal_aspect {
            tooltip(ui, pointed, |ui| {
                ui.label(RichText::new(visible::name(&series.full_name())).strong());
                ui.label(coordinate(&figure.y, point[1]));
                ui.label(coordinate(&figure.x, point[0]));
            });
            return;
        }
        let [re, im] = point;
        let sign = if im < 0.0 { '−' } else { '+' };
        let text = format!("λ = {} {sign} {} i", number(re, 4), number(im.abs(), 4));
        let size = format!("|λ| = {}", number(re.hypot(im), 4));
        tooltip(ui, pointed, |ui| {
            ui.label(RichText::new(visible::name(&series.full_name())).strong());
            ui.label(text);
            ui.label(size);
        });
    }
}

/// One coordinate of a point, in words: `relative error = 3×10⁻¹²`, or the name that stands there.
fn coordinate(axis: &Axis, at: f64) -> String {
    match axis.name_at(at) {
        Some(name) => visible::name(name).into_owned(),
        None if axis.integer => format!("{} = {at}", axis.label),
        None => format!("{} = {}", axis.label, number(at, 4)),
    }
}

/// The cell of a heat map under the pointer, in words.
fn cell(figure: &Figure, heat: &Heat, pointed: &Pointed, pointer: Pos2) -> Option<String> {
    let at = pointed.transform.value_from_position(pointer);
    let nearest = |places: &[f64], at: f64| {
        let distance = |index: &usize| (places[*index] - at).abs();
        (0..places.len()).min_by(|a, b| distance(a).total_cmp(&distance(b)))
    };
    let (column, row) = (nearest(&heat.x, at.x)?, nearest(&heat.y, at.y)?);
    if heat.is_blank(row, column) {
        return None;
    }
    let place = |axis: &Axis, link: &str, at: f64| {
        let name = axis.name_at(at);
        let name = name.map_or_else(|| at.to_string(), |name| visible::name(name).into_owned());
        let label = &axis.label;
        if label.is_empty() { name } else { format!("{label}{link}{name}") }
    };
    Some(format!(
        "{}, {}\n{} = {}",
        place(&figure.x, link(&figure.x), heat.x[column]),
        place(&figure.y, " = ", heat.y[row]),
        heat.color.label,
        number(heat.value(row, column), 4)
    ))
}

/// `step t = 3`, but `batch 3`.
fn link(axis: &Axis) -> &'static str {
    let last = axis.label.rsplit(' ').next().unwrap_or_default();
    if last.chars().count() == 1 { " = " } else { " " }
}

fn tooltip(ui: &Ui, pointed: &Pointed, add: impl FnOnce(&mut Ui)) {
    let response = &pointed.response;
    let mut tooltip = Tooltip::always_open(
        ui.ctx().clone(),
        response.layer_id,
        response.id,
        PopupAnchor::Pointer,
    );
    tooltip.popup = tooltip.popup.width(260.0);
    tooltip.gap(14.0).show(|ui| {
        ui.style_mut().wrap_mode = Some(egui::TextWrapMode::Extend);
        ui.spacing_mut().item_spacing = egui::vec2(6.0, 2.0);
        ui.spacing_mut().interact_size.y = 0.0;
        add(ui);
    });
}

/// One line a curve: its name in its colour, and its value.
fn values(ui: &mut Ui, figure: &Figure, step: f64) {
    let theme = theme::of_window(ui.visuals());
    // Long curves are thinned and have no point at every batch.
    let exact = figure.x.label == Axis::steps().label;
    let value = |series: &Series| match exact {
        true => value_at(series, step),
        false => value_near(series, step),
    };
    let mut told: Vec<(&Series, f64)> = figure
        .series
        .iter()
        .filter(|series| !series.faint)
        .filter_map(|series| Some((series, value(series)?)))
        .collect();
    if told.len() > MOST {
        // Of many the present is told in any case.
        told.sort_by_key(|(series, _)| series.ghost);
    }
    for (series, value) in told.iter().take(MOST) {
        let color = theme::color(theme, series.color);
        ui.horizontal(|ui| {
            ui.label(RichText::new("●").color(color).size(10.0));
            ui.label(format!("{}  {}", visible::name(&series.full_name()), number(*value, 4)));
        });
    }
    if told.len() > MOST {
        ui.weak(format!("and {} more: exported as CSV, all are there", told.len() - MOST));
    }
}

/// The point under the pointer, of those that stand alone.
fn nearest<'a>(
    picture: &'a Picture,
    pointed: &Pointed,
    pointer: Pos2,
) -> Option<(&'a Series, [f64; 2])> {
    let Picture { figure, resolved, .. } = picture;
    let distance = |[x, y]: [f64; 2]| {
        let at = PlotPoint::new(resolved.x.place(x)?, resolved.y.place(y)?);
        Some(pointed.transform.position_from_point(&at).distance(pointer))
    };
    let alone = |series: &&Series| match series.stroke {
        Stroke::Dots => true,
        // In the complex plane a ring singles out a dot that is there anyway.
        Stroke::Rings => !figure.equal_aspect,
        Stroke::Solid | Stroke::Dashed | Stroke::Dotted => false,
    };
    figure
        .series
        .iter()
        .filter(alone)
        .flat_map(|series| series.points.iter().map(move |point| (series, *point)))
        .filter(|(_, point)| point.iter().all(|value| value.is_finite()))
        .filter_map(|(series, point)| Some((distance(point)?, series, point)))
        .filter(|(distance, ..)| *distance <= REACH)
        .min_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, series, point)| (series, point))
}
