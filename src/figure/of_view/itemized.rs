//! Which loss reaches how far: a map of ‖dL_s/dh_t‖.

use super::{count, of_layer, positions, time, unit};
use crate::figure::model::{Axis, Color, Figure, Heat, Series};
use crate::flow::view::{Horizon, Itemized, ItemizedLayer, Terms};

const EXPLANATION: &str = "Each row is the loss Lₛ of one step, each column a state hₜ: the colour is \
                           the size of the gradient that this loss sends back to that state (itemised \
                           as in RNNbow, Cashman et al. 2018).";

/// A map a layer.
pub(super) fn figures(itemized: &Itemized) -> Vec<Figure> {
    let layers = itemized.layers.iter().enumerate();
    layers.map(|(n, layer)| figure(itemized, n, layer)).collect()
}

fn figure(itemized: &Itemized, n: usize, layer: &ItemizedLayer) -> Figure {
    let Itemized { terms, ticks, layers } = itemized;
    let steps = layer.norms.len();
    let columns = steps * ticks;
    let row = |norms: &Vec<f64>| {
        // States after the loss do not enter it.
        let after = std::iter::repeat_n(0.0, columns - norms.len());
        norms.iter().copied().chain(after).collect::<Vec<_>>()
    };
    let after =
        |norms: &Vec<f64>| (0..columns).map(|column| column >= norms.len()).collect::<Vec<_>>();
    let values = layer.norms.iter().flat_map(row).collect();
    let color = Axis::log(of_layer("‖∂Lₛ/∂hₜ‖", n, layers.len()));
    let heat = Heat {
        blank: layer.norms.iter().flat_map(after).collect(),
        ..Heat::new(positions(columns), positions(steps), values, color)
    };
    let state = time(*ticks);
    let state = Axis { label: format!("state at {}", state.label), ..state };
    let loss = Axis { moments: false, label: "loss at step s".to_owned(), ..Axis::steps() };
    let title = of_layer("Which loss reaches how far?", n, layers.len());
    Figure {
        heat: Some(heat),
        series: horizon(layer, *ticks).into_iter().collect(),
        notes: notes(*terms, *ticks, layer),
        ..Figure::new("itemized", title, state, loss)
    }
}

/// Where the gradient of each loss has fallen to a thousandth.
fn horizon(layer: &ItemizedLayer, ticks: usize) -> Option<Series> {
    let steps = layer.horizons.iter().zip(1..);
    let points: Vec<[f64; 2]> = steps
        .filter_map(|(horizon, step)| match horizon {
            Horizon::Within(distance) => {
                let at = (step * ticks).checked_sub(*distance)?;
                Some([at as f64, step as f64])
            }
            Horizon::Beyond(_) | Horizon::Unknown => None,
        })
        .collect();
    (!points.is_empty()).then(|| Series::line("fallen to 1/1000", Color::Alarm, points))
}

fn notes(terms: Terms, ticks: usize, layer: &ItemizedLayer) -> Vec<String> {
    let mut notes = vec![EXPLANATION.to_owned()];
    notes.extend(match terms {
        Terms::Sum => None,
        Terms::LastOnly => Some(
            "The loss looks at the last step alone, the top row; the other rows show what the loss of \
             that step would send back."
                .to_owned(),
        ),
        Terms::Shares => Some(
            "The readout reads all steps at once, so there is one loss: row s is what it sends back \
             through its reading of step s."
                .to_owned(),
        ),
    });
    notes.extend(reach(ticks, layer));
    if layer.norms.len() * ticks > 1 {
        notes.push(
            "States after step s do not enter its loss: empty, right of the diagonal.".into(),
        );
    }
    let zeros = layer.norms.iter().flatten().filter(|norm| **norm == 0.0).count();
    if zeros > 0 {
        let cells = layer.norms.iter().map(Vec::len).sum::<usize>();
        notes.push(format!(
            "Of the {cells} cells on and left of it, {zeros} are zero: cut off, or smaller than the number \
             format can hold."
        ));
    }
    notes
}

/// How far the last loss reaches, and how far all do.
fn reach(ticks: usize, layer: &ItemizedLayer) -> Option<String> {
    let unit = unit(ticks);
    let within = layer.horizons.iter().filter_map(|horizon| match horizon {
        Horizon::Within(distance) => Some(*distance),
        Horizon::Beyond(_) | Horizon::Unknown => None,
    });
    let (nearest, farthest) = (within.clone().min(), within.max());
    let all = match (nearest, farthest) {
        (Some(nearest), Some(farthest)) if nearest < farthest => {
            format!(" Of all losses that fade so far: {nearest} to {farthest}.")
        }
        _ => String::new(),
    };
    Some(match layer.horizons.last()? {
        Horizon::Within(distance) => format!(
            "Horizon, the line: {} back from the last loss, less than a thousandth of the gradient at \
             that step is left.{all}",
            count(*distance, unit)
        ),
        Horizon::Beyond(distance) => format!(
            "Horizon: beyond the first step. The gradient of the last loss never falls below a \
             thousandth of what it is at that step, {} back.{all}",
            count(*distance, unit)
        ),
        Horizon::Unknown => format!(
            "Horizon: unknown, because the gradient of the last loss is zero at that step or not \
             finite on its way back.{all}"
        ),
    })
}
