//! The recurrent tensors of a file: which they are, whether any is missing, and what they make up.

use std::collections::{BTreeMap, BTreeSet};

use candle_core::{Device, Tensor};

use super::super::parameters::LayerParameters;
use super::super::spec::{Biases, Cell, Nonlinearity, Wiring};
use super::tensors::{Entry, Tensors};
use super::words::{all, some};

/// Names of a layer's tensors before `_l{k}`, in the order in which a missing one is told.
const BASES: [&str; 5] = ["weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_skip"];

/// The projection of an `nn.LSTM` with `proj_size`.
const PROJECTION: &str = "weight_hr";

/// The recurrent tensors, none missing, and the prefix that they share.
pub(super) struct Recurrent<'a> {
    tensors: &'a Tensors,
    pub(super) prefix: &'a str,
    pub(super) num_layers: usize,
    pub(super) biases: Biases,
    pub(super) wiring: Wiring,
    /// Whether it was made with `bias=False`.
    pub(super) without_biases: bool,
}

/// What the name of a recurrent tensor says: `rnn.` `weight_hh` `_l` `0` `_reverse`.
struct Part<'a> {
    prefix: &'a str,
    base: &'static str,
    layer: usize,
    tail: &'a str,
}

impl<'a> Part<'a> {
    fn of(name: &'a str) -> Option<Self> {
        let named = |base: &&str| name.rfind(*base).map(|at| (at, base.len()));
        let (base, (at, length)) = BASES
            .into_iter()
            .chain([PROJECTION])
            .find_map(|base| named(&base).map(|place| (base, place)))?;
        let rest = name[at + length..].strip_prefix("_l")?;
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (layer, tail) = rest.split_at(digits);
        let number: usize = layer.parse().ok()?;
        let plain = number.to_string() == layer && !tail.contains('.');
        plain.then_some(Self { prefix: &name[..at], base, layer: number, tail })
    }
}

/// Whether this is the name of a recurrent tensor.
pub(super) fn is_recurrent(name: &str) -> bool {
    Part::of(name).is_some_and(|part| part.tail.is_empty())
}

impl<'a> Recurrent<'a> {
    pub(super) fn find(tensors: &'a Tensors) -> Result<Self, String> {
        let parts: Vec<(&str, Part)> = tensors
            .keys()
            .filter_map(|name| Part::of(name).map(|part| (name.as_str(), part)))
            .collect();
        let Some((_, first)) = parts.first() else { return Err(nothing(tensors)) };
        let prefix = first.prefix;
        one_network(&parts)?;
        nothing_unknown(tensors, &parts, prefix)?;
        let mut layers: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
        for (_, Part { base, layer, .. }) in &parts {
            layers.entry(base).or_default().insert(*layer);
        }
        nothing_missing(&layers, prefix)?;
        let has = |base: &str| layers.contains_key(base);
        Ok(Self {
            tensors,
            prefix,
            num_layers: layers.values().map(BTreeSet::len).max().unwrap_or_default(),
            biases: if has("bias_hh") { Biases::Two } else { Biases::One },
            wiring: if has("weight_skip") { Wiring::Skips } else { Wiring::Stacked },
            without_biases: !has("bias_ih"),
        })
    }

    /// Cell, input size and hidden size, from the shapes of the lowest layer.
    pub(super) fn cell(&self, nonlinearity: Nonlinearity) -> Result<(Cell, [usize; 2]), String> {
        let (name, [rows, hidden_size]) = self.matrix("weight_hh_l0")?;
        let cell = match rows.checked_div(hidden_size).filter(|g| g * hidden_size == rows) {
            Some(1) => Cell::Rnn(nonlinearity),
            Some(3) => Cell::Gru,
            Some(4) => Cell::Lstm,
            _ => {
                return Err(format!(
                    "{name}: expected [G·H, H] with G = 1 (RNN), 3 (GRU) or 4 (LSTM), \
                     found [{rows}, {hidden_size}]"
                ));
            }
        };
        let (_, [_, input_size]) = self.matrix("weight_ih_l0")?;
        Ok((cell, [input_size, hidden_size]))
    }

    fn matrix(&self, name: &str) -> Result<(String, [usize; 2]), String> {
        let full = format!("{}{name}", self.prefix);
        let found = self.tensors.get(&full).ok_or_else(|| format!("{full} is missing"))?;
        if let Entry::Other { trouble, .. } = found {
            return Err(format!("{full} {trouble}"));
        }
        let dims = <[usize; 2]>::try_from(found.dims())
            .map_err(|_| format!("{full}: expected a matrix, found {:?}", found.dims()))?;
        Ok((full, dims))
    }

    /// The parameters of one layer, with `rows` = G·H.
    pub(super) fn layer(
        &self,
        layer: usize,
        rows: usize,
        [input_size, hidden_size]: [usize; 2],
    ) -> Result<LayerParameters, String> {
        let tensor = |base: &str, shape: &[usize]| {
            let name = self.name(base, layer);
            let found = self.tensors.get(&name).ok_or_else(|| format!("{name} is missing"))?;
            found.numbers(&name, shape)
        };
        let weight_ih = tensor("weight_ih", &[rows, input_size])?;
        let weight_hh = tensor("weight_hh", &[rows, hidden_size])?;
        // `bias=False` leaves both out: one bias of zeros is the same network.
        let bias_ih = if self.without_biases {
            Tensor::zeros(rows, weight_ih.dtype(), &Device::Cpu).map_err(|e| e.to_string())?
        } else {
            tensor("bias_ih", &[rows])?
        };
        let bias_hh = match self.biases {
            Biases::One => None,
            Biases::Two => Some(tensor("bias_hh", &[rows])?),
        };
        let weight_skip = match self.wiring {
            Wiring::Stacked => None,
            Wiring::Skips => Some(tensor("weight_skip", &[rows, hidden_size])?),
        };
        Ok(LayerParameters { weight_ih, weight_hh, bias_ih, bias_hh, weight_skip })
    }

    fn name(&self, base: &str, layer: usize) -> String {
        format!("{}{base}_l{layer}", self.prefix)
    }
}

fn nothing(tensors: &Tensors) -> String {
    let expected = "no tensor named weight_hh_l0, with or without a prefix: expected the names of \
                    nn.RNN, nn.LSTM or nn.GRU";
    let stored = |name: &&String| name.contains("weight_hh_l0.") || name.ends_with("weight_hh");
    match tensors.keys().find(stored) {
        Some(name) if name.ends_with("weight_hh") => format!(
            "{expected}, found {name} of an nn.RNNCell, nn.LSTMCell or nn.GRUCell: save its tensors \
             as weight_ih_l0, weight_hh_l0, bias_ih_l0 and bias_hh_l0"
        ),
        Some(name) => format!("{expected}, found {name}: {PARAMETRISED}"),
        None if tensors.is_empty() => format!("{expected}, found no tensor"),
        None => format!("{expected}, found {}", some(tensors.keys(), 6)),
    }
}

const PARAMETRISED: &str = "a weight that is made of others cannot be read: remove its \
                            parametrisation (weight or spectral norm, dropout) before saving";

fn one_network(parts: &[(&str, Part)]) -> Result<(), String> {
    let mut networks: BTreeMap<&str, &str> = BTreeMap::new();
    for (name, part) in parts {
        let example = networks.entry(part.prefix).or_insert(name);
        if part.base == "weight_hh" && part.layer == 0 {
            *example = name;
        }
    }
    if networks.len() < 2 {
        return Ok(());
    }
    let prefixes = networks.keys().copied();
    let kept = prefixes.clone().next().unwrap_or_default();
    let others: Vec<&str> =
        prefixes.filter(|prefix| !prefix.is_empty() && *prefix != kept).collect();
    let condition = match others.as_slice() {
        [one] => format!("\"{one}\""),
        several => format!("(\"{}\")", several.join("\", \"")),
    };
    Err(format!(
        "{} networks, {}: rnnscope measures one at a time; save one alone, such as \
         {{k: v for k, v in model.state_dict().items() if not k.startswith({condition})}}",
        match networks.len() {
            2 => "two".to_owned(),
            count => count.to_string(),
        },
        all(networks.values()),
    ))
}

/// Refuses tensors beside the recurrent ones that would change what they compute.
fn nothing_unknown(tensors: &Tensors, parts: &[(&str, Part)], prefix: &str) -> Result<(), String> {
    for (name, Part { base, tail, .. }) in parts {
        if *tail == "_reverse" {
            return Err(format!("{name}: bidirectional layers are not supported"));
        }
        if *base == PROJECTION {
            return Err(format!("{name}: projections (proj_size) are not supported"));
        }
        if !tail.is_empty() {
            return Err(format!("{name}: {PARAMETRISED}"));
        }
    }
    let made = |name: &&String| {
        let own = name.strip_prefix(prefix);
        own.is_some_and(|own| own.starts_with("parametrizations."))
    };
    if let Some(name) = tensors.keys().find(made) {
        return Err(format!("{name}: {PARAMETRISED}"));
    }
    let of_a_layer = |name: &str| {
        let name = name.strip_suffix("_reverse").unwrap_or(name);
        let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
        stem.len() < name.len() && stem.ends_with("_l")
    };
    let unknown = |name: &&String| {
        let own = name.strip_prefix(prefix);
        own.is_some_and(|own| !own.contains('.') && of_a_layer(own)) && !is_recurrent(name)
    };
    match tensors.keys().find(unknown) {
        Some(name) => Err(format!(
            "{name}: not a tensor of nn.RNN, nn.LSTM or nn.GRU, so what this layer computes is not known"
        )),
        None => Ok(()),
    }
}

/// Refuses gaps: what one layer has all must have, and both weights are needed.
fn nothing_missing(layers: &BTreeMap<&str, BTreeSet<usize>>, prefix: &str) -> Result<(), String> {
    let none = BTreeSet::new();
    let of = |base: &str| layers.get(base).unwrap_or(&none);
    let name = |base: &str, layer: usize| format!("{prefix}{base}_l{layer}");
    let deepest = layers.values().filter_map(BTreeSet::last).max().copied().unwrap_or_default();
    let needed = |base: &str| match base {
        "weight_ih" | "weight_hh" => true,
        "bias_ih" => !of(base).is_empty() || !of("bias_hh").is_empty(),
        _ => !of(base).is_empty(),
    };
    for base in BASES.into_iter().filter(|base| needed(base)) {
        let Some(layer) = (0..=deepest).find(|layer| !of(base).contains(layer)) else { continue };
        let any = ["weight_hh", "weight_ih", "bias_hh", "bias_ih", "weight_skip"];
        let at = |layer: usize| {
            any.into_iter().find(|base| of(base).contains(&layer)).map(|base| name(base, layer))
        };
        let beside = match base {
            "weight_ih" | "weight_hh" => at(layer).or_else(|| at(deepest)),
            _ => of(base).first().map(|other| name(base, *other)).or_else(|| at(layer)),
        };
        return Err(format!(
            "{} is missing beside {}",
            name(base, layer),
            beside.unwrap_or_else(|| name(base, deepest))
        ));
    }
    Ok(())
}
