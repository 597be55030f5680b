//! Where is the edge? A map of gradient growth with the line at which it is one.

mod contour;
mod notes;
#[cfg(test)]
mod tests;

use self::contour::zero_lines;
use self::notes::notes;
use crate::figure::model::{Axis, Color, Figure, Guide, Heat, Range, Series, Stroke};
use crate::figure::number::number;
use crate::flow::view::{Across, Growth, Landscape};
use crate::flow::{Question, Weights};
use crate::network::{Cell, GateBias};

/// The colours span at least and at most so many decades to each side of growth 1.
const DECADES: (f64, f64) = (1.0, 12.0);

/// So large a part of the cells has a colour of its own; a few extreme ones must not pale the rest.
const PART: f64 = 0.75;

/// The map.
pub(super) fn figures(landscape: &Landscape) -> Vec<Figure> {
    let Landscape { question, across, weight_scales, values, .. } = landscape;
    let place = place(landscape);
    let guides = place.into_iter().flat_map(|[x, y]| {
        [Guide::Vertical(x, String::new()), Guide::Horizontal(y, String::new())]
    });
    let x = Axis { range: spanned(weight_scales), ..Axis::linear("weight scale") };
    let y = Axis { range: spanned(values), ..Axis::linear(label(*across, question)) };
    vec![Figure {
        heat: Some(heat(landscape)),
        series: edge(landscape).into_iter().chain(here(landscape, place)).collect(),
        guides: guides.collect(),
        notes: notes(landscape, place),
        ..Figure::new("landscape", "Where is the edge?", x, y)
    }]
}

/// What the number upwards is called.
fn label(across: Across, question: &Question) -> String {
    let design = match &question.weights {
        Weights::Draw(draw) => Some(draw.design),
        Weights::File { .. } => None,
    };
    match (across, design) {
        (Across::BiasScale, _) => "bias scale",
        (Across::HiddenSize, _) => "hidden size",
        (Across::Length, _) => "length T",
        (Across::ForgetBias, Some(design)) if design.cell == Cell::Gru => {
            "bias of the update gate, others 0"
        }
        (Across::ForgetBias, Some(design)) if matches!(design.gate_bias, GateBias::Hold(_)) => {
            "bias of the forget gate, input gate opposite"
        }
        (Across::ForgetBias, _) => "bias of the forget gate",
    }
    .to_owned()
}

/// From half a cell before the first to half a cell behind the last.
fn spanned(places: &[f64]) -> Range {
    match places {
        [first, second, .., last] => {
            let half = (second - first) / 2.0;
            Range::Fixed(first - half, last + half)
        }
        _ => Range::Auto,
    }
}

/// Where the question lies on the map, if it does.
fn place(landscape: &Landscape) -> Option<[f64; 2]> {
    let Landscape { question, across, weight_scales, values, .. } = landscape;
    let within = |places: &[f64], at: &f64| match spanned(places) {
        Range::Fixed(low, high) => (low..=high).contains(at),
        Range::Auto => places.contains(at),
    };
    let up = across.of(question).filter(|up| within(values, up))?;
    within(weight_scales, &question.weight_scale).then_some([question.weight_scale, up])
}

fn heat(landscape: &Landscape) -> Heat {
    let Landscape { weight_scales, values, .. } = landscape;
    let places = (0..values.len()).flat_map(|row| (0..weight_scales.len()).map(move |c| (row, c)));
    let cells: Vec<Option<Growth>> =
        places.map(|(row, column)| landscape.nearest(row, column)).collect();
    let decades = decades(landscape);
    let color = Axis {
        range: Range::Fixed(10f64.powf(-decades), 10f64.powf(decades)),
        ..Axis::log("‖∂L/∂h₁‖ / ‖∂L/∂h_T‖")
    };
    let growth = cells.iter().map(|cell| cell.map_or(f64::NAN, Growth::ratio)).collect();
    Heat {
        middle: Some(1.0),
        blank: cells.iter().map(Option::is_none).collect(),
        ..Heat::new(weight_scales.clone(), values.clone(), growth, color)
    }
}

/// How many decades the colours span to each side.
fn decades(landscape: &Landscape) -> f64 {
    let finite = landscape.cells.iter().flatten().map(|cell| cell.log10().abs());
    let mut sizes: Vec<f64> = finite.filter(|size| size.is_finite()).collect();
    sizes.sort_by(f64::total_cmp);
    let index = (sizes.len() as f64 * PART) as usize;
    let size = sizes.get(index).or(sizes.last()).copied().unwrap_or(0.0);
    size.ceil().clamp(DECADES.0, DECADES.1)
}

/// The lines of growth 1, of the finest level that is complete.
fn edge(landscape: &Landscape) -> Vec<Series> {
    let [rows, columns] = landscape.finest();
    let of = |places: &[f64], indices: &[usize]| -> Vec<f64> {
        indices.iter().map(|index| places[*index]).collect()
    };
    let (x, y) = (of(&landscape.weight_scales, &columns), of(&landscape.values, &rows));
    let log = |row: usize, column: usize| {
        landscape.cell(rows[row], columns[column]).map_or(f64::NAN, Growth::log10)
    };
    let lines = zero_lines(&x, &y, log).into_iter();
    lines.map(|line| Series::line("growth = 1", Color::Ink, line)).collect()
}

/// The question on the map.
fn here(landscape: &Landscape, place: Option<[f64; 2]>) -> Option<Series> {
    let name = match landscape.here {
        Some(growth) => format!("here: {}", number(growth.ratio(), 3)),
        None => "here".to_owned(),
    };
    let ring = Series::line(name, Color::Ink, vec![place?]);
    Some(Series { stroke: Stroke::Rings, ..ring })
}
