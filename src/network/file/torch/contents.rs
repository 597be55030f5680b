//! Where in a pickled object the state dict is, and which tensors it names.

use std::collections::{HashSet, VecDeque};

use super::super::words::some;
use super::pickle::Pickled;
use super::value::{Id, Value, View};

/// Where checkpoints keep the state dict beside other things.
const KEYS: [&str; 3] = ["state_dict", "model_state_dict", "model"];

/// Dictionaries in one another that are looked into.
const MOST_DEPTH: usize = 8;

/// Dictionaries, lists and objects that are looked into, from the outside in.
const MOST_OBJECTS: usize = 20_000;

/// Names, and bytes of all of them: a pickle may repeat long ones for nothing.
const MOST_NAMES: usize = 20_000;
const MOST_LETTERS: usize = 4 << 20;

/// What stands under a name.
pub(super) enum Found<'p> {
    Tensor(&'p View),
    /// Something that is no tensor: why it is of no use.
    Strange(String),
}

/// What is taken of a file, and what is left.
pub(super) struct Contents<'p> {
    /// The tensors of the state dict, by name.
    pub(super) tensors: Vec<(String, Found<'p>)>,
    /// Names of the tensors of other state dicts with recurrent weights, after the keys that lead there:
    /// `ema_model.rnn.weight_hh_l0`.
    pub(super) aside: Vec<String>,
}

impl<'p> Contents<'p> {
    fn whole(tensors: Vec<(String, Found<'p>)>) -> Self {
        Self { tensors, aside: Vec::new() }
    }
}

/// A dictionary with tensors by name.
struct Dict<'p> {
    /// Keys that lead to it.
    path: Vec<String>,
    items: &'p [(Id, Id)],
    /// Whether it has recurrent weights.
    recurs: bool,
}

/// The tensors of the state dict, by name, and the names of those of others.
///
/// # Errors
/// An object without one, or with several of which none is the obvious one.
pub(super) fn contents<'p>(pickled: &'p Pickled<'_>) -> Result<Contents<'p>, String> {
    let (dicts, module) = dicts(pickled);
    let recurrent: Vec<&Dict> = dicts.iter().filter(|dict| dict.recurs).collect();
    let known = |dict: &&Dict| match dict.path.as_slice() {
        [] => Some(0),
        [key] => KEYS.iter().position(|known| known == key).map(|place| place + 1),
        _ => None,
    };
    let obvious = recurrent.iter().copied().filter(|dict| known(dict).is_some()).min_by_key(known);
    match (obvious, recurrent.as_slice()) {
        (Some(dict), every) => {
            let others = every.iter().filter(|other| !std::ptr::eq(**other, dict));
            let names = others.flat_map(|other| {
                let prefix = format!("{}.", other.path.join("."));
                tensors_of(pickled, other, &prefix).map(|(name, _)| name)
            });
            Ok(Contents { tensors: all(tensors_of(pickled, dict, ""))?, aside: few(names) })
        }
        (None, [one]) => with_siblings(pickled, &dicts, one).map(Contents::whole),
        (None, []) => nothing(pickled, &dicts, module.as_ref()).map(Contents::whole),
        (None, several) => {
            let paths = several.iter().map(|dict| dict.path.join("."));
            Err(format!(
                "several state dicts with recurrent weights, {}: save one of them alone",
                some(paths.collect::<Vec<_>>().iter(), 8)
            ))
        }
    }
}

/// A state dict of which no part recurs, for its names to be told; or why there is none.
fn nothing<'p>(
    pickled: &'p Pickled<'_>,
    dicts: &[Dict<'p>],
    module: Option<&(String, String)>,
) -> Result<Vec<(String, Found<'p>)>, String> {
    let remedy = "which only its own code can read: save model.state_dict()";
    match (module, dicts.first()) {
        (Some((path, class)), _) if path.is_empty() => {
            Err(format!("it holds a whole object of class {class}, {remedy}"))
        }
        (_, Some(dict)) => all(tensors_of(pickled, dict, "")),
        (Some((path, class)), None) => {
            Err(format!("no tensors by name; {path} is a whole object of class {class}, {remedy}"))
        }
        (None, None) => Err("it holds no tensors by name: save model.state_dict()".to_owned()),
    }
}

/// All dictionaries that name tensors, outermost first; and the first object of an unknown class, with
/// the keys that lead there and the name of the class.
fn dicts<'p>(pickled: &'p Pickled<'_>) -> (Vec<Dict<'p>>, Option<(String, String)>) {
    let mut dicts = Vec::new();
    let mut module = None;
    let is_inner = |id: Id| {
        matches!(
            pickled.get(id),
            Value::Dict(_) | Value::List(_) | Value::Tuple(_) | Value::Object { .. }
        )
    };
    let mut seen = HashSet::from([pickled.root]);
    let mut queue = VecDeque::from([(pickled.root, Vec::<String>::new())]);
    while let Some((id, path)) = queue.pop_front() {
        let inner: Vec<(String, Id)> = match pickled.get(id) {
            Value::Dict(items) => {
                let text = |key: &Id| match pickled.get(*key) {
                    Value::Text(key) => Some(*key),
                    _ => None,
                };
                let tensors = || items.iter().filter(|(_, value)| is_tensor(pickled, *value));
                let mut names = tensors().filter_map(|(key, _)| text(key)).peekable();
                if names.peek().is_some() {
                    let recurs = names.any(|name| name.contains("weight_hh"));
                    dicts.push(Dict { path: path.clone(), items, recurs });
                }
                let item = |(key, value): &(Id, Id)| Some((text(key)?, *value));
                items
                    .iter()
                    .filter_map(item)
                    .filter(|item| is_inner(item.1))
                    .take(MOST_OBJECTS)
                    .map(|(key, value)| (shortened(key), value))
                    .collect()
            }
            Value::List(items) | Value::Tuple(items) => {
                let items = items.iter().enumerate().filter(|(_, item)| is_inner(**item));
                let items = items.take(MOST_OBJECTS);
                items.map(|(n, item)| (n.to_string(), *item)).collect()
            }
            Value::Object { class } => {
                if let Value::Global(names) = pickled.get(*class) {
                    let class = || shortened(&format!("{}.{}", names.0, names.1));
                    module.get_or_insert_with(|| (path.join("."), class()));
                }
                continue;
            }
            _ => continue,
        };
        if path.len() >= MOST_DEPTH {
            continue;
        }
        for (key, value) in inner {
            if seen.len() < MOST_OBJECTS && seen.insert(value) {
                let path = path.iter().cloned().chain([key]).collect();
                queue.push_back((value, path));
            }
        }
    }
    (dicts, module)
}

/// A state dict made of those of its modules: `{"rnn": rnn.state_dict(), "fc": fc.state_dict()}`.
fn with_siblings<'p>(
    pickled: &'p Pickled<'_>,
    dicts: &[Dict<'p>],
    recurrent: &Dict<'p>,
) -> Result<Vec<(String, Found<'p>)>, String> {
    let Some((_, parent)) = recurrent.path.split_last() else {
        return all(tensors_of(pickled, recurrent, ""));
    };
    let is_sibling =
        |dict: &&Dict<'p>| dict.path.split_last().is_some_and(|(_, other)| other == parent);
    let family: Vec<&Dict<'p>> = dicts.iter().filter(is_sibling).collect();
    if family.len() < 2 {
        return all(tensors_of(pickled, recurrent, ""));
    }
    let of = |dict: &&Dict<'p>| {
        let module = dict.path.last().cloned().unwrap_or_default();
        tensors_of(pickled, dict, &format!("{module}."))
    };
    all(family.iter().flat_map(of))
}

/// Everything in a dictionary that is a tensor or may have been meant to be one, by name.
fn tensors_of<'p, 'a>(
    pickled: &'p Pickled<'a>,
    dict: &Dict<'p>,
    prefix: &str,
) -> impl Iterator<Item = (String, Found<'p>)> + use<'p, 'a> {
    let prefix = prefix.to_owned();
    let items = dict.items;
    items.iter().filter_map(move |(key, value)| {
        let Value::Text(key) = pickled.get(*key) else { return None };
        let found = match pickled.get(*value) {
            Value::Tensor(view) => Found::Tensor(view),
            Value::Object { class } if is_array(pickled, *class) => {
                Found::Strange("is a NumPy array: save tensors".to_owned())
            }
            Value::Object { class } => {
                let class = match pickled.get(*class) {
                    Value::Global(names) => shortened(&format!("{}.{}", names.0, names.1)),
                    _ => "a class that is not known".to_owned(),
                };
                Found::Strange(format!("is made by {class}, which is not understood"))
            }
            Value::Storage(_) => Found::Strange("is a storage: save tensors".to_owned()),
            // Numbers, texts and parts of a checkpoint that hold no tensors by name.
            _ => return None,
        };
        Some((format!("{prefix}{key}"), found))
    })
}

/// All of them, unless there are more than a state dict has.
fn all<'p>(
    tensors: impl Iterator<Item = (String, Found<'p>)>,
) -> Result<Vec<(String, Found<'p>)>, String> {
    let mut left = MOST_LETTERS;
    let mut found = Vec::new();
    for tensor in tensors {
        let rest = left.checked_sub(tensor.0.len()).filter(|_| found.len() < MOST_NAMES);
        left = rest.ok_or_else(|| {
            format!("more than {MOST_NAMES} tensors, or names of more than {MOST_LETTERS} letters")
        })?;
        found.push(tensor);
    }
    Ok(found)
}

/// As many names as can be listed.
fn few(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut left = MOST_LETTERS;
    let fits = |name: &String| {
        left = left.saturating_sub(name.len());
        left > 0
    };
    names.take(MOST_NAMES).take_while(fits).collect()
}

/// The start of a text of any length.
fn shortened(text: &str) -> String {
    text.chars().take(64).collect()
}

fn is_tensor(pickled: &Pickled<'_>, id: Id) -> bool {
    match pickled.get(id) {
        Value::Tensor(_) => true,
        Value::Object { class } => is_array(pickled, *class),
        _ => false,
    }
}

fn is_array(pickled: &Pickled<'_>, class: Id) -> bool {
    match pickled.get(class) {
        Value::Global(names) => names.0.starts_with("numpy") && names.1 == "_reconstruct",
        _ => false,
    }
}
