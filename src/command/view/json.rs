//! Views as JSON, for scripts.

use serde_json::{Map, Value, json, to_value};

use super::{Views, check, landscape, steps, table::distance};
use crate::command::choices::ViewWord;
use crate::command::failure::Failure;
use crate::command::json::{Number, Numbers};
use crate::figure::of_view::Layout;
use crate::flow::ViewReport;
use crate::flow::view::{Contributions, Gate, Gates, Itemized, LayerGates, Terms};
use crate::visible;

type Result<T> = std::result::Result<T, serde_json::Error>;

pub(super) fn json(views: &Views) -> std::result::Result<Vec<u8>, Failure> {
    let failed = |error: serde_json::Error| Failure::input(format!("cannot write JSON: {error}"));
    let mut bytes = serde_json::to_vec(&document(views).map_err(failed)?).map_err(failed)?;
    bytes.push(b'\n');
    Ok(visible::json(bytes))
}

fn document(Views { flow, views, layout }: &Views) -> Result<Value> {
    let mut shown = Map::new();
    for (word, view) in views {
        let name = match word {
            ViewWord::Itemized => "itemized",
            ViewWord::Theory => "theory",
            ViewWord::Jacobians => "jacobians",
            ViewWord::Landscape => "landscape",
            ViewWord::Gates => "gates",
            ViewWord::Weights => "weights",
            ViewWord::Check => "check",
        };
        shown.insert(name.to_owned(), of_view(view, layout)?);
    }
    Ok(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "question": to_value(&flow.question)?,
        "spec": to_value(flow.spec)?,
        "readout": to_value(&flow.readout)?,
        "target_is": flow.target_words(),
        "length": flow.length,
        "batch": flow.batch,
        "loss": to_value(Number(flow.loss))?,
        "views": shown,
    }))
}

fn of_view(view: &ViewReport, layout: &Layout) -> Result<Value> {
    match view {
        ViewReport::Itemized(itemized) => of_itemized(itemized),
        ViewReport::Theory(report) => steps::theory_json(report),
        ViewReport::Jacobians(report) => steps::jacobians_json(report),
        ViewReport::Gates(gates) => of_gates(gates, layout),
        ViewReport::Landscape(map) => landscape::json(map),
        ViewReport::Weights(contributions) => of_weights(contributions),
        ViewReport::Check(report) => check::json(report),
    }
}

fn numbers(values: &[f64]) -> Result<Value> {
    to_value(Numbers(values))
}

fn lists(values: &[Vec<f64>]) -> Result<Value> {
    values.iter().map(|values| numbers(values)).collect()
}

/// A value a layer.
fn by_layer<T>(layers: &[T], value: impl Fn(&T) -> Result<Value>) -> Result<Value> {
    layers.iter().map(value).collect()
}

fn of_itemized(itemized: &Itemized) -> Result<Value> {
    let Itemized { terms, ticks, layers } = itemized;
    let horizon =
        |horizons: &[_]| numbers(&horizons.iter().copied().map(distance).collect::<Vec<_>>());
    Ok(json!({
        "terms": match terms {
            Terms::Sum => "sum",
            Terms::LastOnly => "last-only",
            Terms::Shares => "shares",
        },
        "ticks": ticks,
        "grad_norm": by_layer(layers, |layer| lists(&layer.norms))?,
        "horizon": by_layer(layers, |layer| horizon(&layer.horizons))?,
    }))
}

fn of_weights(contributions: &Contributions) -> Result<Value> {
    let Contributions { ticks, many_losses: _, distances, layers } = contributions;
    Ok(json!({
        "ticks": ticks,
        "norm": by_layer(layers, |layer| numbers(&layer.norms))?,
        "share": by_layer(layers, |layer| numbers(&layer.share))?,
        "total": by_layer(layers, |layer| to_value(Number(layer.total)))?,
        "distance": distances,
        "far": by_layer(layers, |layer| numbers(&layer.far))?,
    }))
}

fn of_gates(gates: &Gates, layout: &Layout) -> Result<Value> {
    let Gates { cell: _, ticks, batch: _, layers } = gates;
    Ok(json!({ "ticks": ticks, "layers": by_layer(layers, |layer| of_layer(layer, layout))? }))
}

fn of_layer(layer: &LayerGates, layout: &Layout) -> Result<Value> {
    let LayerGates { gates, highway, grad_norm, cell_grad_norm } = layer;
    let mut map = Map::new();
    for gate in gates {
        map.insert(gate.name.to_owned(), of_gate(gate, layout)?);
    }
    let mut layer = json!({ "gates": map, "grad_norm": numbers(grad_norm)? });
    if let Some(norm) = cell_grad_norm {
        layer["cell_grad_norm"] = numbers(norm)?;
    }
    if let Some(highway) = highway {
        layer["highway"] =
            json!({ "mean": numbers(&highway.mean)?, "best": numbers(&highway.best)? });
    }
    Ok(layer)
}

fn of_gate(gate: &Gate, layout: &Layout) -> Result<Value> {
    let Gate { name: _, kind: _, units, values, closed, open, flat } = gate;
    let rows = layout.sort.rows(gate);
    let units: Vec<usize> = rows.iter().map(|row| units[*row]).collect();
    let values = rows.iter().map(|row| numbers(&values[*row])).collect::<Result<Value>>()?;
    let mut map = Map::new();
    map.insert("units".to_owned(), json!(units));
    map.insert("values".to_owned(), values);
    for (name, fractions) in [("closed", closed), ("open", open), ("flat", flat)] {
        if !fractions.is_empty() {
            map.insert(name.to_owned(), numbers(fractions)?);
        }
    }
    Ok(Value::Object(map))
}
