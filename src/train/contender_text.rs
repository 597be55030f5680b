//! A contender as text, such as `lstm,layers=2,hidden=32`: one CSV record whose first field is
//! the cell and whose others are `key=value`.

use std::fmt::{self, Write as _};
use std::str::FromStr;

use super::comparison::Contender;
use crate::error::{Error, Result};
use crate::flow::{Init, Recipe};
use crate::network::{Cell, NetworkSpec, Nonlinearity};

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
const RECIPES: [(&str, Recipe); 2] = [("torch", Recipe::Torch), ("notebook", Recipe::Notebook)];

/// All keys, for the error that names them.
const KEYS: &str = "layers, hidden, name, nonlinearity, init, forget-bias, recipe";

/// Reads `cell[,key=value]...` with the cells `rnn`, `rnn-relu`, `rnn-identity`, `lstm`, `gru` and
/// the keys `layers`, `hidden`, `name`, `nonlinearity` (of `rnn`), `init`, `forget-bias` (of
/// `lstm`) and `recipe`. A field with a comma is quoted as in CSV: `lstm,"name=big, slow"`.
impl FromStr for Contender {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
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
            "layers" => found.num_layers = whole(&key, &word, NetworkSpec::MAX_LAYERS)?,
            "hidden" => found.hidden_size = whole(&key, &word, NetworkSpec::MAX_HIDDEN)?,
            "name" if value.trim().is_empty() => return Err("`name=` is empty".to_owned()),
            "name" => name = Some(value.to_owned()),
            "nonlinearity" if cell_word != "rnn" => {
                return Err(format!("`nonlinearity` goes with the cell rnn, not {cell_word}"));
            }
            "nonlinearity" => found.cell = Cell::Rnn(pick(&key, &word, &NONLINEARITIES)?),
            "init" => found.init = pick(&key, &word, &INITS)?,
            "forget-bias" if cell != Cell::Lstm => {
                return Err(format!("`forget-bias` goes with the cell lstm, not {cell_word}"));
            }
            "forget-bias" => found.forget_bias = Some(finite(&key, &word)?),
            "recipe" => found.recipe = pick(&key, &word, &RECIPES)?,
            _ => return Err(format!("there is no key `{key}`; keys are {KEYS}")),
        }
        if seen.contains(&key) {
            return Err(format!("`{key}` is given twice"));
        }
        seen.push(key);
    }
    found.name = name.unwrap_or_else(|| found.default_name());
    Ok(found)
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
    fn default_name(&self) -> String {
        Self::new(self.cell, self.hidden_size, self.num_layers).name
    }

    /// Whether it has the name that [`Contender::new`] gives.
    pub fn has_default_name(&self) -> bool {
        self.name == self.default_name()
    }

    /// What the text says besides the name, shortest form.
    pub fn settings(&self) -> String {
        let default = Self::new(self.cell, HIDDEN_SIZE, 1);
        let mut text = word(self.cell, &CELLS).to_owned();
        let mut add = |key: &str, value: &dyn fmt::Display| {
            // Writing to a String cannot fail.
            let _ = write!(text, ",{key}={value}");
        };
        if self.num_layers != default.num_layers {
            add("layers", &self.num_layers);
        }
        if self.hidden_size != default.hidden_size {
            add("hidden", &self.hidden_size);
        }
        if self.init != default.init {
            add("init", &word(self.init, &INITS));
        }
        if let Some(bias) = self.forget_bias {
            add("forget-bias", &bias);
        }
        if self.recipe != default.recipe {
            add("recipe", &word(self.recipe, &RECIPES));
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
        assert_eq!((contender.cell, contender.num_layers), (Cell::Lstm, 2));
        assert_eq!((contender.hidden_size, contender.forget_bias), (64, Some(1.5)));
        assert_eq!(contender.name, "LSTM, 2 layers");
        let irnn: Contender = "rnn,nonlinearity=relu,init=identity,name=IRNN".parse().unwrap();
        assert_eq!(irnn.to_string(), "rnn-relu,init=identity,name=IRNN");
        let quoted: Contender = r#"gru,"name=a, ""b""",recipe=notebook"#.parse().unwrap();
        assert_eq!((quoted.name.as_str(), quoted.recipe), (r#"a, "b""#, Recipe::Notebook));
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
            (cell, init, recipe) in (0..5_usize, 0..3_usize, 0..2_usize),
            num_layers in 1..=8_usize,
            hidden_size in 1..=512_usize,
            bias in proptest::option::of(-1e6..1e6_f64),
            name in proptest::option::of("[ -~é]{0,8}[a-z]"),
        ) {
            let cell = CELLS[cell].1;
            let mut contender = Contender {
                init: INITS[init].1,
                recipe: RECIPES[recipe].1,
                forget_bias: bias.filter(|_| cell == Cell::Lstm),
                ..Contender::new(cell, hidden_size, num_layers)
            };
            contender.name = name.unwrap_or(contender.name);
            prop_assert_eq!(contender.to_string().parse::<Contender>().unwrap(), contender);
        }
    }
}
