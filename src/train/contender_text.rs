//! A contender as text, such as `lstm,layers=2,hidden=32`: one CSV record whose first field is
//! the cell and whose others are `key=value`.

use std::fmt::{self, Write as _};
use std::str::FromStr;

use super::comparison::Contender;
use crate::error::{Error, Result};
use crate::network::{
    Cell, Design, GateBias, Init, InputInit, NetworkSpec, Nonlinearity, Recipe, Wiring,
};

/// Units of a layer unless the text says otherwise, as in the course notebook.
const HIDDEN_SIZE: usize = 32;

/// Words for cells.
const CELLS: [(&str, Cell); 5] = [
    ("rnn", Cell::Rnn(Nonlinearity::Tanh)),
    ("rnn-relu", Cell::Rnn(Nonlinearity::Relu)),
    ("rnn-identity", Cell::Rnn(Nonlinearity::Identity)),
    ("lstm", Cell::Lstm),
    ("gru", Cell::Gru),
];

/// Words for `nonlinearity=`.
const NONLINEARITIES: [(&str, Nonlinearity); 3] = [
    ("tanh", Nonlinearity::Tanh),
    ("relu", Nonlinearity::Relu),
    ("identity", Nonlinearity::Identity),
];

/// Words for `init=`.
const INITS: [(&str, Init); 3] =
    [("default", Init::Default), ("orthogonal", Init::Orthogonal), ("identity", Init::Identity)];

/// Words for `recipe=`.
const RECIPES: [(&str, Recipe); 3] =
    [("torch", Recipe::Torch), ("notebook", Recipe::Notebook), ("lab", Recipe::Lab)];

/// Words for `input-init=`.
const INPUT_INITS: [(&str, InputInit); 2] =
    [("default", InputInit::Default), ("normal", InputInit::Normal)];

/// Words for `wiring=`.
const WIRINGS: [(&str, Wiring); 2] = [("stacked", Wiring::Stacked), ("skips", Wiring::Skips)];

/// A text is this long at most: every key, and a name that fills a line.
const MOST_BYTES: usize = 1000;

/// All keys, for the error that names them.
const KEYS: &str = "layers, hidden, name, nonlinearity, init, input-init, forget-bias, hold, chrono,                     wiring, ticks, recipe, budget";

/// Reads `cell[,key=value]...` with the cells `rnn`, `rnn-relu`, `rnn-identity`, `lstm`, `gru` and
/// the keys `layers`, `hidden`, `name`, `nonlinearity` (of `rnn`), `init`, `input-init`,
/// `forget-bias` (of `lstm`), `hold` and `chrono` (of `lstm` and `gru`), `wiring`, `ticks`,
/// `recipe` and `budget` (in updates). A field with a comma is quoted as in CSV:
/// `lstm,"name=big, slow"`.
impl FromStr for Contender {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        if text.len() > MOST_BYTES {
            let start = text.chars().take(60).chain(['…']).collect();
            let message = format!("{} bytes; at most {MOST_BYTES} are read", text.len());
            return Err(Error::Contender { text: start, message });
        }
        parse(text).map_err(|message| Error::Contender { text: text.to_owned(), message })
    }
}

fn parse(text: &str) -> Result<Contender, String> {
    let fields = fields(text)?;
    let (cell, pairs) =
        fields.split_first().ok_or("it is empty: start with a cell, as in `lstm`")?;
    let cell_word = cell.trim().to_lowercase();
    let cell = pick("cell", &cell_word, &CELLS)?;
    let mut found = Contender::new(cell, HIDDEN_SIZE, 1);
    let (mut name, mut seen) = (None, Vec::new());
    for pair in pairs {
        let (key, value) = pair
            .split_once('=')
            .ok_or_else(|| format!("`{pair}` is no key=value with a key of: {KEYS}"))?;
        let key = key.trim().to_lowercase();
        let word = value.trim().to_lowercase();
        match key.as_str() {
            "name" if value.trim().is_empty() => return Err("`name=` is empty".to_owned()),
            "name" => name = Some(value.to_owned()),
            "nonlinearity" if cell_word != "rnn" => {
                return Err(format!("`nonlinearity` goes with the cell rnn, not {cell_word}"));
            }
            "budget" => found.budget = Some(whole(&key, &word, 10_000_000)? as u64),
            "forget-bias" | "hold" | "chrono" => {
                if found.design.gate_bias != GateBias::Drawn {
                    return Err("`forget-bias`, `hold` and `chrono` exclude each other".to_owned());
                }
                found.design.gate_bias = gate_bias(&key, &word, cell, &cell_word)?;
            }
            _ => set(&mut found.design, &key, &word)?,
        }
        if seen.contains(&key) {
            return Err(format!("`{key}` is given twice"));
        }
        seen.push(key);
    }
    found.name = name.unwrap_or_else(|| found.default_name());
    Ok(found)
}

/// Sets what one key of the design says.
fn set(design: &mut Design, key: &str, word: &str) -> Result<(), String> {
    match key {
        "layers" => design.num_layers = whole(key, word, NetworkSpec::MAX_LAYERS)?,
        "hidden" => design.hidden_size = whole(key, word, NetworkSpec::MAX_HIDDEN)?,
        "ticks" => design.ticks = whole(key, word, NetworkSpec::MAX_TICKS)?,
        "nonlinearity" => design.cell = Cell::Rnn(pick(key, word, &NONLINEARITIES)?),
        "init" => design.init = pick(key, word, &INITS)?,
        "input-init" => design.input_init = pick(key, word, &INPUT_INITS)?,
        "wiring" => design.wiring = pick(key, word, &WIRINGS)?,
        "recipe" => design.recipe = pick(key, word, &RECIPES)?,
        _ => return Err(format!("there is no key `{key}`; keys are {KEYS}")),
    }
    Ok(())
}

/// What the keys for the gates' biases say, of cells that have such gates.
fn gate_bias(key: &str, word: &str, cell: Cell, cell_word: &str) -> Result<GateBias, String> {
    let cells = if key == "forget-bias" { "the cell lstm" } else { "the cells lstm and gru" };
    let suits = match cell {
        Cell::Lstm => true,
        Cell::Gru => key != "forget-bias",
        Cell::Rnn(_) => false,
    };
    if !suits {
        return Err(format!("`{key}` goes with {cells}, not {cell_word}"));
    }
    let value = finite(key, word)?;
    Ok(match key {
        "forget-bias" => GateBias::Forget(value),
        "hold" => GateBias::Hold(value),
        _ if value < 2.0 => return Err(format!("`chrono` must be 2 or more, found `{word}`")),
        _ => GateBias::Chrono(value),
    })
}

/// The fields of a single CSV record.
fn fields(text: &str) -> Result<Vec<String>, String> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut records = reader.records();
    let record = match records.next() {
        Some(record) => record.map_err(|error| error.to_string())?,
        None => return Ok(Vec::new()),
    };
    if records.next().is_some() {
        return Err("it has several lines: give each contender its own".to_owned());
    }
    Ok(record.iter().map(str::to_owned).collect())
}

fn pick<T: Copy>(what: &str, word: &str, words: &[(&str, T)]) -> Result<T, String> {
    words.iter().find(|(name, _)| *name == word).map(|(_, value)| *value).ok_or_else(|| {
        let known: Vec<&str> = words.iter().map(|(name, _)| *name).collect();
        format!("`{word}` is no {what}; known are {}", known.join(", "))
    })
}

fn whole(key: &str, word: &str, high: usize) -> Result<usize, String> {
    let number = word.parse().ok().filter(|number| (1..=high).contains(number));
    number.ok_or_else(|| format!("`{key}` must be a whole number from 1 to {high}, found `{word}`"))
}

fn finite(key: &str, word: &str) -> Result<f64, String> {
    let number = word.parse().ok().filter(|number: &f64| number.is_finite());
    number.ok_or_else(|| format!("`{key}` must be a finite number, found `{word}`"))
}

impl Contender {
    /// The name of a contender that was given none: its shape.
    pub fn default_name(&self) -> String {
        let Design { cell, hidden_size, num_layers, .. } = self.design;
        Self::new(cell, hidden_size, num_layers).name
    }

    /// Whether it has the name that [`Contender::new`] gives.
    pub fn has_default_name(&self) -> bool {
        self.name == self.default_name()
    }

    /// What the text says besides the name, shortest form.
    pub fn settings(&self) -> String {
        let own = &self.design;
        let default = Design::new(own.cell, HIDDEN_SIZE, 1);
        let mut text = word(own.cell, &CELLS).to_owned();
        let mut add = |key: &str, value: &dyn fmt::Display| {
            // Writing to a String cannot fail.
            let _ = write!(text, ",{key}={value}");
        };
        if own.num_layers != default.num_layers {
            add("layers", &own.num_layers);
        }
        if own.hidden_size != default.hidden_size {
            add("hidden", &own.hidden_size);
        }
        if own.wiring != default.wiring {
            add("wiring", &word(own.wiring, &WIRINGS));
        }
        if own.ticks != default.ticks {
            add("ticks", &own.ticks);
        }
        if own.init != default.init {
            add("init", &word(own.init, &INITS));
        }
        if own.input_init != default.input_init {
            add("input-init", &word(own.input_init, &INPUT_INITS));
        }
        match own.gate_bias {
            GateBias::Drawn => {}
            GateBias::Forget(bias) => add("forget-bias", &bias),
            GateBias::Hold(bias) => add("hold", &bias),
            GateBias::Chrono(steps) => add("chrono", &steps),
        }
        if own.recipe != default.recipe {
            add("recipe", &word(own.recipe, &RECIPES));
        }
        if let Some(budget) = self.budget {
            add("budget", &budget);
        }
        text
    }
}

/// The text that [`FromStr`] reads back; the colour is not part of it.
impl fmt::Display for Contender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.settings())?;
        if self.has_default_name() {
            return Ok(());
        }
        let name = format!("name={}", self.name);
        if name.contains([',', '"', '\n', '\r']) {
            write!(f, ",\"{}\"", name.replace('"', "\"\""))
        } else {
            write!(f, ",{name}")
        }
    }
}

fn word<T: PartialEq>(value: T, words: &[(&'static str, T)]) -> &'static str {
    words.iter().find(|(_, known)| *known == value).map_or("", |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_says_what_differs_from_the_usual() {
        let contender: Contender = "LSTM, layers=2,hidden=64,forget-bias=1.5".parse().unwrap();
        let design = contender.design;
        assert_eq!((design.cell, design.num_layers), (Cell::Lstm, 2));
        assert_eq!((design.hidden_size, design.gate_bias), (64, GateBias::Forget(1.5)));
        let chrono: Contender = "gru,chrono=400,input-init=normal,budget=90".parse().unwrap();
        assert_eq!(chrono.design.gate_bias, GateBias::Chrono(400.0));
        assert_eq!((chrono.design.input_init, chrono.budget), (InputInit::Normal, Some(90)));
        assert_eq!(contender.name, "LSTM, 2 layers");
        let irnn: Contender = "rnn,nonlinearity=relu,init=identity,name=IRNN".parse().unwrap();
        assert_eq!(irnn.to_string(), "rnn-relu,init=identity,name=IRNN");
        let quoted: Contender = r#"gru,"name=a, ""b""",recipe=notebook"#.parse().unwrap();
        assert_eq!((quoted.name.as_str(), quoted.design.recipe), (r#"a, "b""#, Recipe::Notebook));
    }

    #[test]
    fn the_part_that_is_wrong_is_named() {
        for (text, words) in [
            ("", "empty"),
            ("elman", "`elman` is no cell"),
            ("lstm,2", "`2` is no key=value"),
            ("lstm,depth=2", "no key `depth`; keys are layers"),
            ("lstm,layers=9", "`layers` must be a whole number from 1 to 8, found `9`"),
            ("lstm,hidden=0", "`hidden` must be"),
            ("gru,forget-bias=1", "`forget-bias` goes with the cell lstm, not gru"),
            ("rnn,chrono=99", "`chrono` goes with the cells lstm and gru, not rnn"),
            ("lstm,chrono=1", "`chrono` must be 2 or more"),
            ("lstm,hold=5,chrono=99", "exclude each other"),
            ("rnn,ticks=0", "`ticks` must be a whole number from 1 to 16"),
            ("lstm,forget-bias=nan", "finite"),
            ("gru,nonlinearity=relu", "goes with the cell rnn, not gru"),
            ("rnn-relu,nonlinearity=tanh", "goes with the cell rnn, not rnn-relu"),
            ("rnn,init=xavier", "`xavier` is no init; known are default, orthogonal"),
            ("rnn,layers=1,layers=2", "`layers` is given twice"),
            ("rnn,name=", "empty"),
            ("rnn\nlstm", "several lines"),
        ] {
            let error = text.parse::<Contender>().unwrap_err().to_string();
            assert!(error.contains(words), "{text}: {error}");
        }
    }

    proptest! {
        #[test]
        fn text_and_contender_are_the_same(
            (cell, init, recipe) in (0..5_usize, 0..3_usize, 0..3_usize),
            (input_init, wiring, ticks) in (0..2_usize, 0..2_usize, 1..=16_usize),
            num_layers in 1..=8_usize,
            hidden_size in 1..=512_usize,
            (bias, rule) in (-1e6..1e6_f64, 0..4),
            budget in proptest::option::of(1..1_000_000_u64),
            name in proptest::option::of("[ -~é]{0,8}[a-z]"),
        ) {
            let cell = CELLS[cell].1;
            let gate_bias = match (rule, cell) {
                (1, Cell::Lstm) => GateBias::Forget(bias),
                (2, Cell::Lstm | Cell::Gru) => GateBias::Hold(bias),
                (3, Cell::Lstm | Cell::Gru) => GateBias::Chrono(2.0 + bias.abs()),
                _ => GateBias::Drawn,
            };
            let design = Design {
                init: INITS[init].1,
                input_init: INPUT_INITS[input_init].1,
                wiring: WIRINGS[wiring].1,
                recipe: RECIPES[recipe].1,
                ticks,
                gate_bias,
                ..Design::new(cell, hidden_size, num_layers)
            };
            let mut contender =
                Contender { design, budget, ..Contender::new(cell, hidden_size, num_layers) };
            contender.name = name.unwrap_or(contender.name);
            prop_assert_eq!(contender.to_string().parse::<Contender>().unwrap(), contender);
        }
    }
}
