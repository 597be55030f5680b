//! The plot itself: grid, ticks, guides, curves, marks, frame.

use super::canvas::{Anchor, Canvas, Pen};
use super::{heat, marks};
use crate::error::Result;
use crate::figure::font;
use crate::figure::model::{Color, Figure, Series};
use crate::figure::resolve::{Extent, Resolved};
use crate::visible;

/// Size of tick labels, in units.
pub(super) const TICK_TEXT: f64 = 18.0;
/// Size of axis labels, in units.
pub(super) const AXIS_TEXT: f64 = 20.0;
/// Length of the line of a labelled tick, in units.
pub(super) const TICK: f64 = 6.0;

/// A rectangle in pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
}

impl Frame {
    pub fn bottom(&self) -> f64 {
        self.top + self.height
    }

    pub fn right(&self) -> f64 {
        self.left + self.width
    }
}

/// Space right of the frame for the half of a tick label that stands out, in pixels.
pub(super) fn right_margin(x: &Extent, unit: f64) -> f64 {
    let beyond = |label: &str| font::width(label, TICK_TEXT * unit) / 2.0 + 4.0 * unit;
    x.ticks.iter().map(|tick| beyond(&tick.label)).fold(0.0, f64::max)
}

/// Cuts names on axes to the room there is for them in a figure `cell` pixels wide: half of it beside
/// the axis, and below an axis what each has for itself. Numbers stay as they are.
pub(super) fn fit_names(figure: &Figure, resolved: &mut Resolved, cell: f64, unit: f64) {
    let beside = cell / 2.0 - left_margin_alone(unit);
    let below = 0.7 * cell / resolved.x.ticks.len().max(1) as f64;
    let axes = [(&figure.x, &mut resolved.x, below), (&figure.y, &mut resolved.y, beside)];
    for (_, extent, room) in axes.into_iter().filter(|(axis, ..)| !axis.names.is_empty()) {
        let fits =
            |name: &str| font::width(name, TICK_TEXT * unit) <= room || name.parse::<f64>().is_ok();
        for tick in &mut extent.ticks {
            tick.label = visible::cut(&tick.label, fits).into_owned();
        }
    }
}

/// Space left of the frame for tick labels and the axis label, in pixels.
pub(super) fn left_margin(y: &Extent, unit: f64) -> f64 {
    let widest =
        y.ticks.iter().map(|t| font::width(&t.label, TICK_TEXT * unit)).fold(0.0, f64::max);
    widest + left_margin_alone(unit)
}

/// The same without labels.
fn left_margin_alone(unit: f64) -> f64 {
    (TICK + 8.0 + 1.9 * AXIS_TEXT) * unit
}

/// Space below the frame for tick labels and the axis label, in pixels.
pub(super) fn bottom_margin(unit: f64) -> f64 {
    (TICK + 1.5 * TICK_TEXT + 1.8 * AXIS_TEXT) * unit
}

/// Draws a figure into a frame; labels go into the margins around it.
pub(super) fn draw(
    canvas: &Canvas<'_>,
    figure: &Figure,
    resolved: &Resolved,
    frame: Frame,
    unit: f64,
) -> Result<()> {
    let painter = Painter { canvas, resolved, frame, unit };
    match &resolved.heat {
        Some(mosaic) => heat::draw(canvas, mosaic, frame, unit, |at| painter.to(at))?,
        None => painter.grid()?,
    }
    painter.guides(&figure.guides)?;
    // What is pinned lies behind, what is raw in front of it, what is to be read on top.
    let layer = |series: &Series| if series.ghost { 0 } else { 2 - u8::from(series.faint) };
    for wanted in 0..3 {
        for (series, curve) in figure.series.iter().zip(&resolved.curves) {
            if layer(series) == wanted {
                if resolved.heat.is_some() {
                    marks::rim(canvas, series, curve, unit, |at| painter.to(at))?;
                }
                marks::curve(canvas, series, curve, unit, |at| painter.to(at))?;
            }
        }
    }
    painter.guide_labels(&figure.guides)?;
    painter.border()?;
    for flag in &resolved.flags {
        marks::flag(canvas, flag, painter.to(flag.at), unit)?;
    }
    painter.ticks()?;
    painter.labels(figure)
}

/// What the parts of a plot are drawn with.
pub(super) struct Painter<'a, 'c> {
    pub canvas: &'a Canvas<'c>,
    pub resolved: &'a Resolved,
    pub frame: Frame,
    pub unit: f64,
}

impl Painter<'_, '_> {
    /// Drawing coordinates to pixels.
    pub fn to(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let Frame { left, width, height, .. } = self.frame;
        let right = self.resolved.x.fraction(x);
        let up = self.resolved.y.fraction(y);
        [left + right * width, self.frame.bottom() - up * height]
    }

    fn grid(&self) -> Result<()> {
        let Resolved { x, y, .. } = self.resolved;
        let pen = Pen::new(self.canvas.theme.grid(), 1.2 * self.unit);
        for tick in x.ticks.iter().filter(|t| t.is_major()) {
            self.canvas.line(&[self.to([tick.at, y.lo]), self.to([tick.at, y.hi])], &pen)?;
        }
        for tick in y.ticks.iter().filter(|t| t.is_major()) {
            self.canvas.line(&[self.to([x.lo, tick.at]), self.to([x.hi, tick.at])], &pen)?;
        }
        Ok(())
    }

    fn border(&self) -> Result<()> {
        let Frame { left, top, .. } = self.frame;
        let (right, bottom) = (self.frame.right(), self.frame.bottom());
        let corners = [[left, top], [right, top], [right, bottom], [left, bottom], [left, top]];
        self.canvas.line(&corners, &Pen::new(self.canvas.theme.frame(), 1.4 * self.unit))
    }

    fn ticks(&self) -> Result<()> {
        let Resolved { x, y, .. } = self.resolved;
        let unit = self.unit;
        let pen = Pen::new(self.canvas.theme.frame(), 1.4 * unit);
        let ink = self.canvas.theme.rgb(Color::Ink);
        let length = |major: bool| if major { TICK * unit } else { 0.5 * TICK * unit };
        for tick in &x.ticks {
            let [px, _] = self.to([tick.at, y.lo]);
            let from = self.frame.bottom();
            let to = from + length(tick.is_major());
            self.canvas.line(&[[px, from], [px, to]], &pen)?;
            let at = [px, to + 0.75 * TICK_TEXT * unit];
            self.label(&tick.label, at, ink, Anchor::Center)?;
        }
        for tick in &y.ticks {
            let [_, py] = self.to([x.lo, tick.at]);
            let from = self.frame.left;
            let to = from - length(tick.is_major());
            self.canvas.line(&[[from, py], [to, py]], &pen)?;
            self.label(&tick.label, [to - 6.0 * unit, py], ink, Anchor::Right)?;
        }
        Ok(())
    }

    pub fn label(
        &self,
        text: &str,
        at: [f64; 2],
        color: crate::figure::Rgb,
        anchor: Anchor,
    ) -> Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        self.canvas.text(text, at, TICK_TEXT * self.unit, color, anchor)
    }

    fn labels(&self, figure: &Figure) -> Result<()> {
        let Frame { left, top, width, height } = self.frame;
        let ink = self.canvas.theme.rgb(Color::Ink);
        let size = AXIS_TEXT * self.unit;
        // A label may reach a little beyond the ends of its axis.
        let cut = |label, length: f64| {
            visible::cut(label, |text| font::width(text, size) <= 1.15 * length)
        };
        let below = self.frame.bottom() + (TICK + 1.5 * TICK_TEXT) * self.unit + 0.9 * size;
        self.canvas.text(
            &cut(&figure.x.label, width),
            [left + width / 2.0, below],
            size,
            ink,
            Anchor::Center,
        )?;
        let beside = left - left_margin(&self.resolved.y, self.unit) + 0.8 * size;
        let at = [beside, top + height / 2.0];
        self.canvas.text(&cut(&figure.y.label, height), at, size, ink, Anchor::Upwards)
    }
}
