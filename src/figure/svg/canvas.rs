//! A surface with pens and text, on plotters' SVG backend.

use std::cell::RefCell;
use std::fmt::Write as _;

use plotters::backend::SVGBackend;
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{
    Circle, DashedPathElement, DottedPathElement, Drawable, PathElement, PointCollection, Polygon,
    Rectangle, Text,
};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{
    Color as _, FontFamily, FontStyle, FontTransform, RGBAColor, RGBColor, ShapeStyle, TextStyle,
};

use crate::error::{Error, Result};
use crate::figure::font;
use crate::figure::model::Stroke;
use crate::figure::palette::{Rgb, Theme};

/// plotters counts whole units, so a pixel is divided into this many: curves stay smooth.
const FINE: f64 = 20.0;

/// plotters divides font sizes by this on their way into SVG.
const FONT_FACTOR: f64 = 1.24;

/// Colour, opacity and width of a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pen {
    pub color: Rgb,
    pub opacity: f64,
    pub width: f64,
    pub stroke: Stroke,
}

/// Which part of a text its position names; vertically it is always the middle.
#[derive(Clone, Copy, Debug)]
pub(super) enum Anchor {
    Left,
    Center,
    Right,
    /// Centred, read from bottom to top.
    Upwards,
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// A surface; coordinates and sizes are pixels from the top left.
pub(super) struct Canvas<'a> {
    area: Area<'a>,
    pub theme: Theme,
    /// Elements of the document beneath all that plotters draws: it has none of so many cells.
    beneath: RefCell<String>,
}

/// Runs `paint` on a canvas of `width` by `height` pixels and returns the document.
pub(super) fn document(
    [width, height]: [u32; 2],
    theme: Theme,
    title: &str,
    paint: impl FnOnce(&Canvas<'_>) -> Result<()>,
) -> Result<String> {
    let fine = [width, height].map(|side| side * FINE as u32);
    let mut text = String::new();
    let beneath = {
        let area = SVGBackend::with_string(&mut text, (fine[0], fine[1])).into_drawing_area();
        let canvas = Canvas { area, theme, beneath: RefCell::default() };
        paint(&canvas)?;
        canvas.area.present().map_err(failed)?;
        canvas.beneath.into_inner()
    };
    // The size in pixels, rounded corners of lines, and a title for readers who do not see.
    let head = format!(
        "<svg width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {} {}\" \
         xmlns=\"http://www.w3.org/2000/svg\" stroke-linejoin=\"round\" role=\"img\">\n\
         <title>{}</title>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"{}\"/>\n",
        fine[0],
        fine[1],
        escape(title),
        hex(theme.background())
    );
    match text.split_once(">\n") {
        Some((_, body)) => Ok(head + &beneath + body),
        None => Err(Error::Drawing("plotters wrote no document".into())),
    }
}

fn hex(Rgb(r, g, b): Rgb) -> String {
    format!("#{r:02X}{g:02X}{b:02X}")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

impl Pen {
    /// A solid opaque line.
    pub fn new(color: Rgb, width: f64) -> Self {
        Self { color, opacity: 1.0, width, stroke: Stroke::Solid }
    }

    fn shape(&self) -> ShapeStyle {
        mix(self.color, self.opacity).stroke_width(fine(self.width).max(1) as u32)
    }
}

impl Canvas<'_> {
    /// A filled rectangle.
    pub fn rectangle(
        &self,
        [x, y]: [f64; 2],
        [w, h]: [f64; 2],
        color: Rgb,
        opacity: f64,
    ) -> Result<()> {
        let corners = [place([x, y]), place([x + w, y + h])];
        self.draw(&Rectangle::new(corners, mix(color, opacity).filled()))
    }

    /// Rectangles of one colour, given by their left, top, right and bottom, beneath everything
    /// else. Their edges are not smoothed, so that neighbours meet without a seam.
    pub fn tiles(&self, color: Rgb, rectangles: impl Iterator<Item = [f64; 4]>) {
        let mut beneath = self.beneath.borrow_mut();
        beneath.push_str(&format!(
            "<path shape-rendering=\"crispEdges\" fill=\"{}\" d=\"",
            hex(color)
        ));
        for [left, top, right, bottom] in rectangles.map(|edges| edges.map(fine)) {
            // Writing to a string cannot fail.
            let _ = write!(beneath, "M{left} {top}H{right}V{bottom}H{left}Z");
        }
        beneath.push_str("\"/>\n");
    }

    /// A line through points.
    pub fn line(&self, points: &[[f64; 2]], pen: &Pen) -> Result<()> {
        let points: Vec<(i32, i32)> = points.iter().copied().map(place).collect();
        let [dash, gap, dot] = [3.6, 2.4, 2.6].map(|part| fine(part * pen.width));
        match pen.stroke {
            Stroke::Dashed => self.draw(&DashedPathElement::new(points, dash, gap, pen.shape())),
            Stroke::Dotted => {
                let (color, radius) = (mix(pen.color, pen.opacity), fine(pen.width * 0.62));
                let disc = move |at| Circle::new(at, radius, color.filled());
                self.draw(&DottedPathElement::new(points, 0, dot, disc))
            }
            Stroke::Solid | Stroke::Dots | Stroke::Rings => {
                self.draw(&PathElement::new(points, pen.shape()))
            }
        }
    }

    /// A filled disc.
    pub fn disc(&self, at: [f64; 2], radius: f64, color: Rgb, opacity: f64) -> Result<()> {
        self.draw(&Circle::new(place(at), fine(radius), mix(color, opacity).filled()))
    }

    /// A ring.
    pub fn ring(&self, at: [f64; 2], radius: f64, pen: &Pen) -> Result<()> {
        self.draw(&Circle::new(place(at), fine(radius), pen.shape()))
    }

    /// A filled polygon.
    pub fn polygon(&self, corners: &[[f64; 2]], color: Rgb, opacity: f64) -> Result<()> {
        let corners: Vec<(i32, i32)> = corners.iter().copied().map(place).collect();
        self.draw(&Polygon::new(corners, mix(color, opacity).filled()))
    }

    /// One line of text.
    pub fn text(
        &self,
        text: &str,
        at: [f64; 2],
        size: f64,
        color: Rgb,
        anchor: Anchor,
    ) -> Result<()> {
        let (h_pos, transform) = match anchor {
            Anchor::Left => (HPos::Left, FontTransform::None),
            Anchor::Center => (HPos::Center, FontTransform::None),
            Anchor::Right => (HPos::Right, FontTransform::None),
            Anchor::Upwards => (HPos::Center, FontTransform::Rotate270),
        };
        let family = FontFamily::Name(font::FAMILIES);
        let desc =
            plotters::style::FontDesc::new(family, size * FINE * FONT_FACTOR, FontStyle::Normal)
                .transform(transform);
        let ink = mix(color, 1.0);
        let style = TextStyle::from(desc).color(&ink).pos(Pos::new(h_pos, VPos::Center));
        self.draw(&Text::new(text.to_owned(), place(at), style))
    }

    fn draw<'e, E>(&self, element: &'e E) -> Result<()>
    where
        &'e E: PointCollection<'e, (i32, i32)>,
        for<'b> E: Drawable<SVGBackend<'b>>,
    {
        self.area.draw(element).map_err(failed)
    }
}

fn fine(pixels: f64) -> i32 {
    (pixels * FINE).round() as i32
}

fn place([x, y]: [f64; 2]) -> (i32, i32) {
    (fine(x), fine(y))
}

fn mix(Rgb(r, g, b): Rgb, opacity: f64) -> RGBAColor {
    RGBColor(r, g, b).mix(opacity)
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::Drawing(error.to_string())
}
