//! A small picture of each task, drawn in the colours of the figures.

use egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, Ui, pos2, vec2};

use crate::app::theme;
use crate::figure::{Color, Theme};
use crate::task::TaskChoice;

/// What a picture is drawn with.
struct Brush<'a> {
    painter: &'a Painter,
    /// Where it is drawn, without the rim.
    room: Rect,
    /// What is read.
    input: Color32,
    /// What is asked for.
    target: Color32,
    accent: Color32,
}

/// Draws the picture of a task.
pub(super) fn thumbnail(ui: &Ui, task: &TaskChoice, rect: Rect) {
    let theme = theme::of_window(ui.visuals());
    let paper = theme::screen(theme.background());
    let frame = Stroke::new(1.0, theme::screen(theme.frame()));
    ui.painter().rect(rect, 4.0, paper, frame, StrokeKind::Inside);
    let brush = Brush::new(ui.painter(), rect, theme);
    match task {
        TaskChoice::RunningMean(_) => brush.running_mean(),
        TaskChoice::FirstZero(_) => brush.first_zero(),
        TaskChoice::Mnist1d(_) => brush.digit(),
        TaskChoice::LongLag(_) => brush.long_lag(),
        TaskChoice::Echo(_) => brush.echo(),
    }
}

impl<'a> Brush<'a> {
    fn new(painter: &'a Painter, rect: Rect, theme: Theme) -> Self {
        let color = |color| theme::color(theme, color);
        Self {
            painter,
            room: rect.shrink2(vec2(7.0, 6.0)),
            input: color(Color::Muted),
            target: color(Color::Category(0)),
            accent: color(Color::Category(1)),
        }
    }

    /// A point by its fractions of the room, from the lower left.
    fn at(&self, x: f32, y: f32) -> Pos2 {
        pos2(
            egui::lerp(self.room.x_range(), x),
            egui::lerp(self.room.bottom()..=self.room.top(), y),
        )
    }

    fn line(&self, points: impl Iterator<Item = (f32, f32)>, width: f32, color: Color32) {
        let points = points.map(|(x, y)| self.at(x, y)).collect();
        self.painter.add(Shape::line(points, Stroke::new(width, color)));
    }

    /// Scattered numbers, and a line that settles among them.
    fn running_mean(&self) {
        let numbers = [0.9, 0.15, 0.75, 0.95, 0.2, 0.55, 0.1, 0.8, 0.35, 0.6];
        let place = |n: usize| n as f32 / (numbers.len() - 1) as f32;
        for (n, value) in numbers.iter().enumerate() {
            self.painter.circle_filled(self.at(place(n), *value), 1.6, self.input);
        }
        let mean = |n: usize| numbers[..=n].iter().sum::<f32>() / (n + 1) as f32;
        self.line((0..numbers.len()).map(|n| (place(n), mean(n))), 1.8, self.target);
    }

    /// One zero in front of ones.
    fn first_zero(&self) {
        for n in 0..7 {
            let (x, zero) = (n as f32 / 6.0, n == 0);
            let (top, color) = if zero { (0.08, self.accent) } else { (0.85, self.target) };
            let stem = [self.at(x, 0.08), self.at(x, top)];
            self.painter.line_segment(stem, Stroke::new(1.4, color.gamma_multiply(0.6)));
            self.painter.circle_filled(self.at(x, top), 2.2, color);
        }
        self.line([(0.0, 0.08), (1.0, 0.08)].into_iter(), 1.0, self.input.gamma_multiply(0.5));
    }

    /// The shape of a digit as a curve.
    fn digit(&self) {
        let curve = [
            0.48, 0.5, 0.47, 0.5, 0.72, 0.9, 0.97, 0.93, 0.7, 0.42, 0.18, 0.1, 0.2, 0.45, 0.62,
            0.6, 0.52, 0.5, 0.47, 0.49,
        ];
        let place = |n: usize| n as f32 / (curve.len() - 1) as f32;
        self.line(curve.iter().enumerate().map(|(n, y)| (place(n), *y)), 1.8, self.target);
    }

    /// The same symbol at both ends, others between, and a bow from one to the other.
    fn long_lag(&self) {
        for n in 1..8 {
            self.painter.circle_filled(self.at(n as f32 / 8.0, 0.2), 1.4, self.input);
        }
        for x in [0.0, 1.0] {
            let square = Rect::from_center_size(self.at(x, 0.2), vec2(6.5, 6.5));
            self.painter.rect_filled(square, 1.5, self.target);
        }
        let bow = |n: usize| {
            let x = n as f32 / 24.0;
            (0.02 + 0.96 * x, 0.45 + 0.5 * (std::f32::consts::PI * x).sin())
        };
        self.line((0..=24).map(bow), 1.4, self.accent);
    }

    /// Many numbers through few units to as many numbers.
    fn echo(&self) {
        let column = |count: usize| move |n: usize| (n as f32 + 0.5) / count as f32;
        let (many, few) = (6, 4);
        for from in 0..many {
            for to in 0..few {
                let ends = [(0.08, column(many)(from)), (0.5, column(few)(to) * 0.64 + 0.18)];
                self.line(ends.into_iter(), 0.6, self.input.gamma_multiply(0.4));
                let ends = [(0.92, column(many)(from)), ends[1]];
                self.line(ends.into_iter(), 0.6, self.input.gamma_multiply(0.4));
            }
        }
        for n in 0..many {
            self.painter.circle_filled(self.at(0.08, column(many)(n)), 1.6, self.target);
            self.painter.circle_filled(self.at(0.92, column(many)(n)), 1.6, self.target);
        }
        for n in 0..few {
            self.painter.circle_filled(
                self.at(0.5, column(few)(n) * 0.64 + 0.18),
                2.0,
                self.accent,
            );
        }
    }
}
