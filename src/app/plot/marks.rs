//! Marks for values that have no place on the axes: told apart by shape, not by colour alone.

use egui::{Color32, Pos2, Shape, Stroke, Vec2, vec2};

use crate::figure::{Flag, FlagKind};

/// Half the size of a mark, in points.
const HALF: f32 = 5.0;

/// The shapes of one mark at an edge point of the plot area. It is moved inside, to be seen whole.
pub fn shapes(flag: &Flag, edge: Pos2, color: Color32, shapes: &mut Vec<Shape>) {
    let inwards = if flag.upward { 1.0 } else { -1.0 };
    let center = edge + vec2(0.0, inwards * (HALF + 1.0));
    let stroke = Stroke::new(1.6, color);
    match flag.kind {
        FlagKind::Underflow => {
            shapes.push(Shape::closed_line(triangle(center, false), stroke));
        }
        FlagKind::Overflow => {
            shapes.push(Shape::convex_polygon(triangle(center, flag.upward), color, stroke));
        }
        FlagKind::NotANumber => {
            for diagonal in [vec2(HALF, HALF), vec2(HALF, -HALF)] {
                let arm: Vec2 = 0.9 * diagonal;
                shapes.push(Shape::line_segment([center - arm, center + arm], stroke));
            }
        }
    }
}

fn triangle(center: Pos2, upward: bool) -> Vec<Pos2> {
    let tip = if upward { -HALF } else { HALF };
    vec![center + vec2(0.0, tip), center + vec2(-HALF, -tip), center + vec2(HALF, -tip)]
}
