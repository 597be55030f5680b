//! Linear layers behind the recurrence, found by their shape under any name.

use std::collections::HashMap;

use candle_nn::Linear;

use super::super::head::Head;
use super::super::spec::Reading;
use super::recurrent::is_recurrent;
use super::tensors::{Entry, Tensors};
use super::words::{all, some};

/// How a choice is made.
const REMEDY: &str = "choose one with --head NAME, or --head none or random";

/// Names listed in a line at most.
const MOST_NAMES: usize = 8;

/// What a file holds that could be the readout.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heads {
    /// Every linear layer that fits behind the recurrence, by name: each can be asked for.
    pub layers: Vec<LinearLayer>,
    /// The one that [`Head::Fitting`] takes.
    pub chosen: Option<String>,
    /// Why [`Head::Fitting`] takes none although there are some, in one line.
    pub trouble: Option<String>,
}

/// A linear layer of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinearLayer {
    /// Its name: `fc` for `fc.weight`.
    pub name: String,
    /// Numbers O that it makes.
    pub outputs: usize,
    /// Numbers that it reads: H, or T·H where all steps are read at once.
    pub reads: usize,
    /// Whether it has a bias.
    pub bias: bool,
    /// What it looks like instead, so that it is taken only when asked for.
    pub doubt: Option<Doubt>,
}

/// What a layer that fits looks like instead of a readout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Doubt {
    /// Its name says that it is an embedding, or stands before the recurrence.
    BeforeRecurrence,
    /// Another linear layer may follow it or go before it: a part of an MLP, which is not understood.
    PartOfMlp,
}

impl LinearLayer {
    /// `fc.weight [1, 16]`.
    fn described(&self) -> String {
        format!("{}.weight [{}, {}]", self.name, self.outputs, self.reads)
    }
}

/// What the recurrence wants of a readout.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) prefix: &'a str,
    pub(super) input_size: usize,
    pub(super) hidden_size: usize,
    /// What the file says that its readout reads.
    pub(super) recorded: Option<Reading>,
}

impl Wanted<'_> {
    /// How a layer that reads `width` numbers would read the states.
    fn reading(&self, width: usize) -> Option<Reading> {
        let hidden = self.hidden_size;
        match self.recorded.filter(|reading| *reading != Reading::States) {
            Some(recorded) => (recorded.width(hidden) == width).then_some(recorded),
            None if width == hidden => Some(Reading::EachStep),
            // Several states wide: it reads as many steps at once.
            None if width > hidden && width.is_multiple_of(hidden) => {
                Some(Reading::AllSteps(width / hidden))
            }
            None => None,
        }
    }

    /// Modules around the recurrence, outermost first: ``, `model.`, `model.rnn.`.
    fn modules(&self) -> impl Iterator<Item = &str> {
        let ends = self.prefix.match_indices('.').map(|(at, _)| at + 1);
        std::iter::once(0).chain(ends).map(|end| &self.prefix[..end])
    }
}

/// What became of a wish.
pub(super) enum Found {
    /// A layer of the file: its name, the readout and how it reads.
    Layer(String, Linear, Reading, usize),
    /// No layer fits, or one was to be drawn anyway.
    Nothing,
    /// None is wanted.
    Unwanted,
}

/// All linear layers that fit, and which one is taken unasked.
pub(super) fn search(tensors: &Tensors, wanted: &Wanted<'_>) -> Heads {
    let linears = linears(tensors);
    let mut by_width: HashMap<usize, Vec<&LinearLayer>> = HashMap::new();
    for linear in linears.iter().filter(|linear| !stands_before(&linear.name)) {
        by_width.entry(linear.reads).or_default().push(linear);
    }
    // The layers that may read what `linear` makes.
    let next = |linear: &LinearLayer| -> Option<&LinearLayer> {
        let mut readers = by_width.get(&linear.outputs)?.iter();
        let reader = readers.find(|reader| {
            // An input projection makes what the recurrence reads; an embedding has no bias.
            let from_input = reader.outputs == wanted.input_size
                || reader.reads == wanted.input_size && !reader.bias
                || linear.outputs == 1;
            reader.name != linear.name && (!from_input || siblings(&linear.name, &reader.name))
        });
        reader.copied()
    };
    let mut layers: Vec<LinearLayer> = Vec::new();
    let mut mlp: Vec<[&LinearLayer; 2]> = Vec::new();
    for linear in linears.iter().filter(|linear| wanted.reading(linear.reads).is_some()) {
        let mut linear = linear.clone();
        if stands_before(&linear.name) {
            linear.doubt = Some(Doubt::BeforeRecurrence);
        }
        layers.push(linear);
    }
    for linear in &linears {
        let exact = wanted.reading(linear.reads).is_some_and(|reading| !reads_all(reading));
        if exact && !stands_before(&linear.name) {
            mlp.extend(next(linear).map(|reader| [linear, reader]));
        }
    }
    for layer in layers.iter_mut().filter(|layer| layer.doubt.is_none()) {
        if mlp.iter().flatten().any(|part| part.name == layer.name) {
            layer.doubt = Some(Doubt::PartOfMlp);
        }
    }
    let (chosen, trouble) = choose(&layers, &mlp, wanted);
    let trouble = match chosen {
        Some(_) => trouble,
        None => trouble.or_else(|| unsound(tensors, wanted)),
    };
    Heads { layers, chosen, trouble }
}

fn reads_all(reading: Reading) -> bool {
    matches!(reading, Reading::AllSteps(_))
}

/// The layer that is taken unasked, or why none of several is.
fn choose(
    layers: &[LinearLayer],
    mlp: &[[&LinearLayer; 2]],
    wanted: &Wanted<'_>,
) -> (Option<String>, Option<String>) {
    let heads: Vec<String> = wanted.modules().map(|module| format!("{module}head")).collect();
    let mut named = layers.iter().filter(|layer| heads.contains(&layer.name));
    if let (Some(head), None) = (named.next(), named.next()) {
        return (Some(head.name.clone()), None);
    }
    let sure = || layers.iter().filter(|layer| layer.doubt.is_none());
    let exact = |layer: &&LinearLayer| wanted.reading(layer.reads).is_some_and(|r| !reads_all(r));
    let mut candidates: Vec<&LinearLayer> = sure().filter(exact).collect();
    if candidates.is_empty() && mlp.is_empty() {
        candidates = sure().collect();
    }
    let described =
        |layers: &[&LinearLayer]| some(layers.iter().map(|layer| layer.described()), MOST_NAMES);
    match (candidates.as_slice(), mlp) {
        ([], []) => (None, None),
        ([one], []) => (Some(one.name.clone()), None),
        (several, []) => {
            let names = described(several);
            (None, Some(format!("several linear layers could be the readout: {names}; {REMEDY}")))
        }
        (others, [[first, second], ..]) => {
            let parts = all([first.described(), second.described()]);
            let others = match others {
                [] => String::new(),
                others => format!(" and {} could be the readout too", described(others)),
            };
            (
                None,
                Some(format!(
                    "{parts} may follow one another, an MLP as readout, which is not \
                     understood{others}; {REMEDY}"
                )),
            )
        }
    }
}

/// The readout that `head` asks for.
pub(super) fn take(tensors: &Tensors, wanted: &Wanted<'_>, head: &Head) -> Result<Found, String> {
    let name = match head {
        Head::None => return Ok(Found::Unwanted),
        Head::Random => return Ok(Found::Nothing),
        Head::Fitting if wanted.recorded == Some(Reading::States) => return Ok(Found::Unwanted),
        Head::Fitting => {
            sound_heads(tensors, wanted)?;
            let Heads { chosen, trouble, .. } = search(tensors, wanted);
            match (chosen, trouble) {
                (Some(name), _) => name,
                (None, Some(trouble)) => return Err(trouble),
                (None, None) => return Ok(Found::Nothing),
            }
        }
        Head::Named(name) => asked_for(tensors, wanted, name)?,
    };
    let weight = format!("{name}.weight");
    let tensor = tensors.get(&weight).ok_or_else(|| format!("{weight} is missing"))?;
    let &[outputs, width] = tensor.dims() else {
        return Err(format!("{weight}: expected a matrix, found {:?}", tensor.dims()));
    };
    let Some(reading) = wanted.reading(width) else {
        let wide = wanted.recorded.map_or(wanted.hidden_size, |r| r.width(wanted.hidden_size));
        return Err(format!(
            "{weight}: expected shape [{outputs}, {wide}], found [{outputs}, {width}]"
        ));
    };
    let weight = tensor.numbers(&weight, &[outputs, width])?;
    let bias = format!("{name}.bias");
    let bias = match tensors.get(&bias) {
        Some(tensor) => Some(tensor.numbers(&bias, &[outputs])?),
        None => None,
    };
    Ok(Found::Layer(name, Linear::new(weight, bias), reading, outputs))
}

/// Refuses a `head` that is none, as it is not to be overlooked.
fn sound_heads(tensors: &Tensors, wanted: &Wanted<'_>) -> Result<(), String> {
    for module in wanted.modules() {
        let (weight, bias) = (format!("{module}head.weight"), format!("{module}head.bias"));
        match (tensors.get(&weight), tensors.get(&bias)) {
            (None, Some(_)) => return Err(format!("{weight} is missing beside {bias}")),
            (Some(tensor), bias_tensor) => {
                let &[outputs, width] = tensor.dims() else {
                    return Err(format!("{weight}: expected a matrix, found {:?}", tensor.dims()));
                };
                if wanted.reading(width).is_none() {
                    let hidden = wanted.hidden_size;
                    let wide = wanted.recorded.map_or(hidden, |reading| reading.width(hidden));
                    return Err(format!(
                        "{weight}: expected shape [{outputs}, {wide}], found [{outputs}, {width}]"
                    ));
                }
                if let Some(found) = bias_tensor.map(|tensor| tensor.dims())
                    && found != [outputs]
                {
                    return Err(format!("{bias}: expected shape [{outputs}], found {found:?}"));
                }
            }
            (None, None) => {}
        }
    }
    Ok(())
}

/// The full name of a layer asked for by name, with or without the modules before it.
fn asked_for(tensors: &Tensors, wanted: &Wanted<'_>, name: &str) -> Result<String, String> {
    let full = |layer: &str| tensors.contains_key(&format!("{layer}.weight"));
    if full(name) {
        return Ok(name.to_owned());
    }
    let Heads { layers, .. } = search(tensors, wanted);
    let ending = format!(".{name}");
    let same: Vec<&LinearLayer> =
        layers.iter().filter(|layer| layer.name.ends_with(&ending)).collect();
    match same.as_slice() {
        [one] => Ok(one.name.clone()),
        [] if layers.is_empty() => Err(format!(
            "no linear layer {name}, and no other that reads {} states: --head none or random \
             measures without",
            wanted.hidden_size
        )),
        [] => {
            let fitting = some(layers.iter().map(LinearLayer::described), MOST_NAMES);
            Err(format!("no linear layer {name} behind the recurrence; those that fit: {fitting}"))
        }
        several => {
            let names = some(several.iter().map(|layer| &layer.name), MOST_NAMES);
            Err(format!("{name} may be {names}: give the whole name"))
        }
    }
}

/// Every matrix `X.weight` that is not recurrent, with a bias that suits it or none.
fn linears(tensors: &Tensors) -> Vec<LinearLayer> {
    let linear = |(name, weight): (&String, &Entry)| {
        let layer = name.strip_suffix(".weight")?;
        let &[outputs, reads] = weight.dims() else { return None };
        let bias = tensors.get(&format!("{layer}.bias"));
        let suits = bias.is_none_or(|bias| bias.dims() == [outputs]);
        (suits && !is_recurrent(name) && outputs > 0 && reads > 0).then(|| LinearLayer {
            name: layer.to_owned(),
            outputs,
            reads,
            bias: bias.is_some(),
            doubt: None,
        })
    };
    tensors.iter().filter_map(linear).collect()
}

/// Why the layer that would fit is none: its bias does not suit its weight.
fn unsound(tensors: &Tensors, wanted: &Wanted<'_>) -> Option<String> {
    tensors.iter().find_map(|(name, weight)| {
        let layer = name.strip_suffix(".weight")?;
        let &[outputs, reads] = weight.dims() else { return None };
        let bias = format!("{layer}.bias");
        let found = tensors.get(&bias)?.dims();
        let fits = wanted.reading(reads).is_some() && !is_recurrent(name) && !stands_before(layer);
        (fits && found != [outputs]).then(|| {
            format!(
                "{bias}: expected shape [{outputs}] beside {name} [{outputs}, {reads}], found \
                 {found:?}; --head none or random goes without"
            )
        })
    })
}

/// Whether a name says that the layer makes the input of the recurrence.
fn stands_before(name: &str) -> bool {
    const LEAVES: [&str; 5] = ["encoder", "wte", "wpe", "lookup", "stem"];
    const STARTS: [&str; 3] = ["input", "in_proj", "inp"];
    let name = name.to_ascii_lowercase();
    let leaf = name.rsplit('.').next().unwrap_or_default();
    name.split('.').any(|module| module.contains("embed") || module.starts_with("emb"))
        || leaf.ends_with("emb")
        || LEAVES.contains(&leaf)
        || STARTS.iter().any(|start| leaf.starts_with(start))
}

/// Whether two layers look like neighbours in one module: `fc1` and `fc2`, `head.0` and `head.2`.
fn siblings(one: &str, other: &str) -> bool {
    let stem = |name: &str| name.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
    one != other && stem(one) == stem(other)
}
