//! A small reader of pickles: a stack machine that makes [`Value`]s. Nothing in the file is ever
//! executed; what is not understood becomes opaque. Time and memory are bounded by the file's size.

use std::collections::HashMap;

use super::rebuild::{called, persistent};
use super::value::{Id, Value};

/// Memory that values may take beyond that of the pickle itself.
const FREE: usize = 24 << 20;

/// What a value costs, wherever it lies; and an entry of the memo.
const COST: usize = size_of::<Value>() + size_of::<Id>();
const MEMO: usize = 24;

/// The machine at work, and afterwards the values it made.
pub(super) struct Machine<'a> {
    bytes: &'a [u8],
    at: usize,
    pub(super) values: Vec<Value<'a>>,
    stack: Vec<Id>,
    marks: Vec<usize>,
    memo: HashMap<u64, Id>,
    left: usize,
}

/// What a pickle described.
pub(super) struct Pickled<'a> {
    pub(super) values: Vec<Value<'a>>,
    pub(super) root: Id,
    /// Where the bytes after it start.
    pub(super) end: usize,
}

impl<'a> Pickled<'a> {
    pub(super) fn get(&self, id: Id) -> &Value<'a> {
        &self.values[id.0 as usize]
    }
}

/// Reads one pickle at the start of `bytes`.
///
/// # Errors
/// What is wrong with it: an end too early, an instruction that there is not, too many values.
pub(super) fn read(bytes: &[u8]) -> Result<Pickled<'_>, String> {
    let mut machine = Machine {
        bytes,
        at: 0,
        values: Vec::new(),
        stack: Vec::new(),
        marks: Vec::new(),
        memo: HashMap::new(),
        left: FREE.saturating_add(bytes.len()),
    };
    loop {
        let code = machine.byte()?;
        if code == b'.' {
            let root = machine.pop()?;
            return Ok(Pickled { values: machine.values, root, end: machine.at });
        }
        machine.step(code)?;
    }
}

impl<'a> Machine<'a> {
    fn step(&mut self, code: u8) -> Result<(), String> {
        match code {
            0x80 => drop(self.take(1)?),
            0x95 => drop(self.take(8)?),
            b'(' => self.mark()?,
            b'0' => self.discard()?,
            b'1' => drop(self.popped_to_mark()?),
            b'2' => self.duplicate()?,
            b'N' | b']' | b')' | b'}' | 0x88 | 0x89 | 0x8f | 0x97 => self.constant(code)?,
            b'J' | b'K' | b'M' | 0x8a | 0x8b | b'I' | b'L' | b'G' | b'F' => self.number(code)?,
            b'X' | 0x8c | 0x8d | b'V' | b'S' | b'T' | b'U' | b'B' | b'C' | 0x8e | 0x96 => {
                self.string(code)?;
            }
            b'l' | b't' | b'd' | 0x85..=0x87 | 0x91 => self.collected(code)?,
            b'a' | b'e' | b's' | b'u' | 0x90 => self.filled(code)?,
            b'p' | b'q' | b'r' | 0x94 | b'g' | b'h' | b'j' => self.remembered(code)?,
            b'c' | 0x93 | b'i' | b'o' | b'R' | 0x81 | 0x92 | b'b' => self.object(code)?,
            b'P' | b'Q' => self.outside(code)?,
            0x82 => self.extension(1)?,
            0x83 => self.extension(2)?,
            0x84 => self.extension(4)?,
            0x98 => {}
            code => {
                let at = self.at - 1;
                return Err(format!(
                    "its pickle has an unknown instruction 0x{code:02x} at byte {at}"
                ));
            }
        }
        Ok(())
    }

    fn constant(&mut self, code: u8) -> Result<(), String> {
        self.push(match code {
            b']' => Value::List(Vec::new()),
            b')' => Value::Tuple(Vec::new()),
            b'}' => Value::Dict(Vec::new()),
            0x88 => Value::Bool(true),
            0x89 => Value::Bool(false),
            _ => Value::Opaque,
        })
    }

    fn number(&mut self, code: u8) -> Result<(), String> {
        let value = match code {
            b'J' => Value::Int(i64::from(i32::from_le_bytes(self.array()?))),
            b'K' => Value::Int(i64::from(self.byte()?)),
            b'M' => Value::Int(i64::from(u16::from_le_bytes(self.array()?))),
            0x8a => {
                let length = self.byte()?;
                long(self.take(usize::from(length))?)
            }
            0x8b => {
                let length = u32::from_le_bytes(self.array()?) as usize;
                long(self.take(length)?)
            }
            b'G' => {
                self.take(8)?;
                Value::Opaque
            }
            b'F' => {
                self.line()?;
                Value::Opaque
            }
            _ => match self.line()? {
                "00" => Value::Bool(false),
                "01" => Value::Bool(true),
                text => text.trim_end_matches('L').parse().map_or(Value::Opaque, Value::Int),
            },
        };
        self.push(value)
    }

    fn string(&mut self, code: u8) -> Result<(), String> {
        let length = match code {
            b'V' | b'S' => {
                let text = self.line()?;
                return self.push(Value::Text(text.trim_matches(['\'', '"'])));
            }
            0x8c | b'U' | b'C' => usize::from(self.byte()?),
            b'X' | b'T' | b'B' => u32::from_le_bytes(self.array()?) as usize,
            _ => usize::try_from(u64::from_le_bytes(self.array()?)).unwrap_or(usize::MAX),
        };
        let bytes = self.take(length)?;
        let is_text = !matches!(code, b'B' | b'C' | 0x8e | 0x96);
        self.push(match std::str::from_utf8(bytes) {
            Ok(text) if is_text => Value::Text(text),
            _ => Value::Opaque,
        })
    }

    fn collected(&mut self, code: u8) -> Result<(), String> {
        let value = match code {
            0x85..=0x87 => {
                let count = usize::from(code - 0x84);
                let from = self.stack.len().checked_sub(count).filter(|from| *from >= self.floor());
                Value::Tuple(self.stack.split_off(from.ok_or_else(damaged)?))
            }
            b't' => Value::Tuple(self.popped_to_mark()?),
            b'l' => Value::List(self.popped_to_mark()?),
            b'd' => Value::Dict(pairs(&self.popped_to_mark()?)),
            _ => {
                self.popped_to_mark()?;
                Value::Opaque
            }
        };
        self.push(value)
    }

    /// Items into a list or dictionary that is there already.
    fn filled(&mut self, code: u8) -> Result<(), String> {
        let items = match code {
            b'a' => vec![self.pop()?],
            b's' => {
                let value = self.pop()?;
                vec![self.pop()?, value]
            }
            _ => self.popped_to_mark()?,
        };
        let target = self.top()?;
        // Vectors grow by doubling.
        self.charge(2 * items.len() * size_of::<Id>())?;
        let target = &mut self.values[target.0 as usize];
        match (code, &mut *target) {
            (b'a' | b'e', Value::List(list)) => list.extend(items),
            (b's' | b'u', Value::Dict(dict)) => dict.extend(pairs(&items)),
            // A class that behaves like a dictionary.
            (b's' | b'u', Value::Object { .. }) => *target = Value::Dict(pairs(&items)),
            _ => {}
        }
        Ok(())
    }

    fn remembered(&mut self, code: u8) -> Result<(), String> {
        let index = match code {
            b'q' | b'h' => u64::from(self.byte()?),
            b'r' | b'j' => u64::from(u32::from_le_bytes(self.array()?)),
            0x94 => self.memo.len() as u64,
            _ => self.line()?.parse().map_err(|_| damaged())?,
        };
        if matches!(code, b'g' | b'h' | b'j') {
            let id = *self.memo.get(&index).ok_or_else(damaged)?;
            self.charge(size_of::<Id>())?;
            self.stack.push(id);
        } else {
            self.charge(MEMO)?;
            let id = self.top()?;
            self.memo.insert(index, id);
        }
        Ok(())
    }

    /// Classes and functions, and what they are called with.
    fn object(&mut self, code: u8) -> Result<(), String> {
        match code {
            b'c' => {
                let (module, name) = (self.line()?, self.line()?);
                self.push(Value::Global(Box::new((module, name))))
            }
            0x93 => {
                let (name, module) = (self.pop()?, self.pop()?);
                let (Value::Text(module), Value::Text(name)) = (self.get(module), self.get(name))
                else {
                    return self.push(Value::Opaque);
                };
                let names = (*module, *name);
                self.push(Value::Global(Box::new(names)))
            }
            b'i' => {
                let names = (self.line()?, self.line()?);
                self.popped_to_mark()?;
                self.push(Value::Global(Box::new(names)))?;
                let class = self.pop()?;
                self.push(Value::Object { class })
            }
            b'o' => {
                let class = *self.popped_to_mark()?.first().ok_or_else(damaged)?;
                self.push(Value::Object { class })
            }
            // What an object holds is of no interest.
            b'b' => self.discard(),
            _ => {
                if code == 0x92 {
                    self.discard()?;
                }
                let (arguments, callable) = (self.pop()?, self.pop()?);
                let (value, cost) = called(&self.values, callable, arguments);
                self.charge(cost)?;
                match value {
                    Ok(value) => self.push(value),
                    Err(same) => {
                        self.charge(size_of::<Id>())?;
                        self.stack.push(same);
                        Ok(())
                    }
                }
            }
        }
    }

    /// An object kept outside the pickle: a storage.
    fn outside(&mut self, code: u8) -> Result<(), String> {
        if code == b'P' {
            self.line()?;
            return self.push(Value::Opaque);
        }
        let id = self.pop()?;
        self.push(persistent(&self.values, id))
    }

    fn extension(&mut self, bytes: usize) -> Result<(), String> {
        self.take(bytes)?;
        self.push(Value::Opaque)
    }

    fn get(&self, id: Id) -> &Value<'a> {
        &self.values[id.0 as usize]
    }

    fn push(&mut self, value: Value<'a>) -> Result<(), String> {
        let more = match &value {
            Value::Tuple(items) | Value::List(items) => items.len() * size_of::<Id>(),
            Value::Dict(items) => items.len() * size_of::<(Id, Id)>(),
            Value::Global(_) | Value::Storage(_) => 48,
            Value::Tensor(_) => 256,
            _ => 0,
        };
        self.charge(2 * COST + more)?;
        let id = u32::try_from(self.values.len()).map_err(|_| too_many())?;
        self.values.push(value);
        self.stack.push(Id(id));
        Ok(())
    }

    fn charge(&mut self, bytes: usize) -> Result<(), String> {
        self.left = self.left.checked_sub(bytes).ok_or_else(too_many)?;
        Ok(())
    }

    /// Where the stack above the last mark starts.
    fn floor(&self) -> usize {
        self.marks.last().copied().unwrap_or_default()
    }

    fn mark(&mut self) -> Result<(), String> {
        self.charge(size_of::<usize>())?;
        self.marks.push(self.stack.len());
        Ok(())
    }

    fn pop(&mut self) -> Result<Id, String> {
        if self.stack.len() <= self.floor() {
            return Err(damaged());
        }
        self.stack.pop().ok_or_else(damaged)
    }

    /// Drops the top of the stack, or the mark that lies there.
    fn discard(&mut self) -> Result<(), String> {
        if self.marks.last().is_some_and(|mark| *mark == self.stack.len()) {
            self.marks.pop();
            return Ok(());
        }
        self.pop().map(drop)
    }

    fn duplicate(&mut self) -> Result<(), String> {
        self.charge(size_of::<Id>())?;
        let id = self.top()?;
        self.stack.push(id);
        Ok(())
    }

    fn top(&self) -> Result<Id, String> {
        self.stack.last().copied().ok_or_else(damaged)
    }

    fn popped_to_mark(&mut self) -> Result<Vec<Id>, String> {
        let mark = self.marks.pop().ok_or_else(damaged)?;
        Ok(self.stack.split_off(mark))
    }

    fn byte(&mut self) -> Result<u8, String> {
        Ok(self.take(1)?[0])
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], String> {
        self.take(N)?.try_into().map_err(|_| damaged())
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], String> {
        let end = self.at.checked_add(count).filter(|end| *end <= self.bytes.len());
        let end = end.ok_or("its pickle ends too early: the file is truncated")?;
        let taken = &self.bytes[self.at..end];
        self.at = end;
        Ok(taken)
    }

    /// Up to the end of the line.
    fn line(&mut self) -> Result<&'a str, String> {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|byte| *byte == b'\n').ok_or_else(damaged)?;
        let text = std::str::from_utf8(self.take(length + 1)?).map_err(|_| damaged())?;
        Ok(text[..length].trim_end_matches('\r'))
    }
}

/// A two's complement number of any length.
fn long(bytes: &[u8]) -> Value<'static> {
    if bytes.len() > 8 {
        return Value::Opaque;
    }
    let negative = bytes.last().is_some_and(|byte| byte & 0x80 != 0);
    let mut whole = if negative { [0xff; 8] } else { [0; 8] };
    whole[..bytes.len()].copy_from_slice(bytes);
    Value::Int(i64::from_le_bytes(whole))
}

fn pairs(items: &[Id]) -> Vec<(Id, Id)> {
    items.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
}

fn damaged() -> String {
    "its pickle is damaged".to_owned()
}

fn too_many() -> String {
    "its pickle holds too many objects: save model.state_dict() alone".to_owned()
}
