//! Ticks and labels of the axes, laid by the same functions as in files, for the bounds on screen.

use std::ops::RangeInclusive;

use egui::{Color32, Ui};
use egui_plot::{AxisHints, GridMark};

use crate::app::theme;
use crate::figure::ticks::{self, Tick};
use crate::figure::{Axis, Color, Extent, Scale};
use crate::visible;

/// Names on axes have at most this many characters: more would leave no room for the plot.
const LONGEST_NAME: usize = 28;

/// One axis as it is drawn: what it shows, where it ends, how many ticks fit.
#[derive(Clone, Copy)]
pub struct Ruler<'a> {
    axis: &'a Axis,
    extent: &'a Extent,
    /// Length in points.
    length: f32,
    most: usize,
}

impl<'a> Ruler<'a> {
    /// A horizontal axis of `length` points.
    pub fn horizontal(axis: &'a Axis, extent: &'a Extent, length: f32) -> Self {
        Self { axis, extent, length, most: fit(length - 60.0, 48.0) }
    }

    /// A vertical axis of `length` points.
    pub fn vertical(axis: &'a Axis, extent: &'a Extent, length: f32) -> Self {
        let most = match axis.names.is_empty() {
            true => fit(length - 40.0, 28.0),
            // Names that are read as a list stand as close as lines of text.
            false => ((length - 30.0) / 13.5).clamp(2.0, 64.0) as usize,
        };
        Self { axis, extent, length, most }
    }

    /// Ticks between these bounds, in drawing coordinates; there are no steps beyond the figure's own.
    pub fn ticks(&self, lo: f64, hi: f64) -> Vec<Tick> {
        match self.axis.scale {
            Scale::Log10 => ticks::log(lo, hi, self.most),
            Scale::Linear if !self.axis.names.is_empty() => {
                ticks::named(lo, hi, &self.axis.names, self.most)
            }
            Scale::Linear if self.axis.integer => {
                let (first, last) = (lo.max(self.extent.lo), hi.min(self.extent.hi));
                ticks::integer(first, last, self.most)
            }
            Scale::Linear => ticks::linear(lo, hi, self.most),
        }
    }

    /// The labelled ticks as egui_plot wants them. The step size is the whole span, for which it
    /// draws every label in full strength.
    pub fn marks(&self, (lo, hi): (f64, f64)) -> Vec<GridMark> {
        let step_size = hi - lo;
        let major = self.ticks(lo, hi).into_iter().filter(Tick::is_major);
        major.map(|tick| GridMark { value: tick.at, step_size }).collect()
    }

    /// Label and tick texts, for the axis that `hints` is about.
    pub fn dress(self, ui: &Ui, hints: AxisHints<'a>) -> AxisHints<'a> {
        let text = move |mark: GridMark, range: &RangeInclusive<f64>| {
            let mut ticks = self.ticks(*range.start(), *range.end()).into_iter();
            let tick = ticks.find(|tick| tick.at == mark.value);
            let label = tick.map_or_else(String::new, |tick| tick.label);
            match self.axis.names.is_empty() {
                true => label,
                false => visible::cut_to(&label, LONGEST_NAME).into_owned(),
            }
        };
        let theme = theme::of_window(ui.visuals());
        let muted = theme::color(theme, Color::Muted);
        let label = egui::RichText::new(&self.axis.label).size(self.label_size(ui));
        hints
            .formatter(text)
            .label(label)
            .tick_label_color(theme::color(theme, Color::Ink).lerp_to_gamma(muted, 0.4))
            .tick_label_font(egui::FontId::proportional(11.5))
    }

    /// The size at which the label fits along its axis.
    fn label_size(&self, ui: &Ui) -> f32 {
        let font = egui::FontId::proportional(12.0);
        let label = self.axis.label.clone();
        let width = ui.painter().layout_no_wrap(label, font, Color32::PLACEHOLDER).size().x;
        (12.0 * (self.length - 36.0) / width).clamp(9.0, 12.0)
    }
}

fn fit(length: f32, each: f32) -> usize {
    ((length / each) as usize).clamp(2, 10)
}
