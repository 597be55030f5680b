//! The few functions by which state dicts describe tensors. They are recognised by name; none is called.

use super::value::{Id, Kind, Storage, Value, View};

/// Dimensions of a tensor that is looked at.
const MOST_DIMENSIONS: usize = 16;

/// What a call makes, or the value that it hands on; and the memory that it takes beside.
pub(super) fn called<'a>(
    values: &[Value<'a>],
    callable: Id,
    arguments: Id,
) -> (Result<Value<'a>, Id>, usize) {
    let object = || (Ok(Value::Object { class: callable }), 0);
    let (Value::Global(names), Value::Tuple(given)) = (at(values, callable), at(values, arguments))
    else {
        return object();
    };
    let tensor = |view: Option<View>| match view {
        Some(view) => (Ok(Value::Tensor(Box::new(view))), 0),
        None => object(),
    };
    match **names {
        ("torch._utils", "_rebuild_parameter" | "_rebuild_parameter_with_state") => {
            match given.first() {
                Some(&data) => (Err(data), 0),
                None => object(),
            }
        }
        // A subclass of Tensor, or one with attributes: (function, class, arguments, state).
        ("torch._tensor", "_rebuild_from_type_v2" | "_rebuild_from_type") => match given.as_slice()
        {
            [function, _, arguments, ..] => match (at(values, *function), at(values, *arguments)) {
                (Value::Global(names), Value::Tuple(given)) if names.0 == "torch._utils" => {
                    match (names.1, given.first()) {
                        ("_rebuild_parameter" | "_rebuild_parameter_with_state", Some(&data)) => {
                            (Err(data), 0)
                        }
                        (name, _) => tensor(view(values, name, given)),
                    }
                }
                _ => object(),
            },
            _ => object(),
        },
        ("torch._utils", name) => tensor(view(values, name, given)),
        ("torch", "Size") => match given.first() {
            Some(&size) => (Err(size), 0),
            None => object(),
        },
        ("collections", "OrderedDict" | "defaultdict") | ("builtins" | "__builtin__", "dict") => {
            // What is looked at is paid for, whether or not anything comes of it.
            let looked_at = given.last().map_or(0, |items| match at(values, *items) {
                Value::Dict(items) => items.len(),
                Value::List(items) | Value::Tuple(items) => items.len(),
                _ => 0,
            });
            let dict = given.last().map_or_else(Vec::new, |items| items_of(values, *items));
            (Ok(Value::Dict(dict)), looked_at * size_of::<(Id, Id)>())
        }
        _ => object(),
    }
}

/// The pairs of a dictionary, or of a list of pairs.
fn items_of(values: &[Value], items: Id) -> Vec<(Id, Id)> {
    match at(values, items) {
        Value::Dict(pairs) => pairs.clone(),
        Value::List(items) => {
            let pair = |item: &Id| match at(values, *item) {
                Value::Tuple(pair) | Value::List(pair) => match pair.as_slice() {
                    &[key, value] => Some((key, value)),
                    _ => None,
                },
                _ => None,
            };
            items.iter().filter_map(pair).collect()
        }
        _ => Vec::new(),
    }
}

fn at<'v, 'a>(values: &'v [Value<'a>], id: Id) -> &'v Value<'a> {
    &values[id.0 as usize]
}

/// A tensor, from the arguments of the function of this name that would rebuild it.
fn view(values: &[Value], function: &str, given: &[Id]) -> Option<View> {
    let trouble = match function {
        "_rebuild_tensor" | "_rebuild_tensor_v2" | "_rebuild_tensor_v3" => None,
        "_rebuild_qtensor" => Some("is a quantized tensor: expected floating-point numbers"),
        "_rebuild_sparse_tensor" | "_rebuild_sparse_csr_tensor" => {
            Some("is a sparse tensor: expected a dense one")
        }
        "_rebuild_meta_tensor_no_storage" => Some("is a meta tensor, which has no numbers"),
        "_rebuild_device_tensor_from_numpy" | "_rebuild_device_tensor_from_cpu_tensor" => {
            Some("is of a device that keeps its numbers elsewhere: save tensors from the CPU")
        }
        "_rebuild_nested_tensor" => Some("is a nested tensor: expected a plain one"),
        "_rebuild_wrapper_subclass" => Some("is a wrapped tensor: expected a plain one"),
        _ => return None,
    };
    let none = |trouble| View {
        storage: None,
        kind: Kind::Unknown,
        offset: 0,
        size: Vec::new(),
        stride: Vec::new(),
        trouble: Some(trouble),
    };
    let (Some(&storage), Some(offset), Some(size), Some(stride)) =
        (given.first(), given.get(1), given.get(2), given.get(3))
    else {
        return Some(none(trouble.unwrap_or("is damaged")));
    };
    let Value::Storage(stored) = at(values, storage) else {
        return Some(none(trouble.unwrap_or("has no numbers of its own")));
    };
    let kind = match given.get(6).map(|dtype| at(values, *dtype)) {
        Some(Value::Global(names)) if function == "_rebuild_tensor_v3" => Kind::of_dtype(names.1),
        _ => stored.kind,
    };
    let (Some(offset), Some(size), Some(stride)) =
        (int(values, *offset), ints(values, *size), ints(values, *stride))
    else {
        return Some(none("has a shape or strides that are no numbers from 0 up"));
    };
    if size.len() != stride.len() {
        return Some(none("has other strides than dimensions"));
    }
    let offset = offset.saturating_add(stored.skip);
    let size = size.into_iter().map(|size| usize::try_from(size).unwrap_or(usize::MAX)).collect();
    Some(View { storage: Some(storage), kind, offset, size, stride, trouble })
}

fn int(values: &[Value], id: Id) -> Option<u64> {
    match at(values, id) {
        Value::Int(value) => u64::try_from(*value).ok(),
        _ => None,
    }
}

fn ints(values: &[Value], id: Id) -> Option<Vec<u64>> {
    match at(values, id) {
        Value::Tuple(items) | Value::List(items) if items.len() <= MOST_DIMENSIONS => {
            items.iter().map(|item| int(values, *item)).collect()
        }
        _ => None,
    }
}

/// A storage, from `("storage", class, key, location, count, part)`.
pub(super) fn persistent<'a>(values: &[Value<'a>], id: Id) -> Value<'a> {
    let Value::Tuple(parts) = at(values, id) else { return Value::Opaque };
    let part = |n: usize| parts.get(n).map(|part| at(values, *part));
    match (part(0), part(1), part(2)) {
        (Some(Value::Text("storage")), Some(Value::Global(class)), Some(Value::Text(key))) => {
            let skip = match part(5) {
                Some(Value::Tuple(part)) => part.get(1).and_then(|offset| int(values, *offset)),
                _ => None,
            };
            let kind = Kind::of_storage(class.1);
            Value::Storage(Box::new(Storage { key, kind, skip: skip.unwrap_or_default() }))
        }
        // Old files keep the source of a module's class so.
        (Some(Value::Text("module")), Some(Value::Global(class)), _) => {
            Value::Global(Box::new(**class))
        }
        _ => Value::Opaque,
    }
}
