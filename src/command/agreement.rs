//! What a weights or sequence file decides may be stated again as a flag, but must then agree.

use std::fmt::Display;

use super::choices::CellWord;
use super::failure::Failure;
use super::question::QuestionArguments;
use crate::flow::FlowReport;
use crate::network::Recipe;
use crate::network::{Biases, Cell, Nonlinearity};
use crate::visible;

impl QuestionArguments {
    /// Compares what was asked for with what the files turned out to hold.
    ///
    /// # Errors
    /// The first flag that a file contradicts.
    pub(super) fn check(&self, report: &FlowReport) -> Result<(), Failure> {
        let spec = &report.spec;
        if let Some(path) = &self.weights {
            let file = visible::path(path);
            let found = CellWord::of(spec.cell);
            agrees("--cell", self.cell.map(CellWord::name), found.name(), &file)?;
            agrees("--hidden-size", self.hidden_size, spec.hidden_size, &file)?;
            agrees("--num-layers", self.num_layers, spec.num_layers, &file)?;
            let asked = self.biases.map(|word| count(Recipe::from(word).biases()));
            let found = if report.without_biases { 0 } else { count(spec.biases) };
            agrees("--biases", asked, found, &file)?;
            // Gated cells are built on tanh; of an RNN the file may record what it was trained with.
            let built_on = match spec.cell {
                Cell::Rnn(nonlinearity) => nonlinearity,
                Cell::Lstm | Cell::Gru => Nonlinearity::Tanh,
            };
            let asked = self.nonlinearity.map(Nonlinearity::from).map(name);
            agrees("--nonlinearity", asked, name(built_on), &file)?;
        }
        if let Some(path) = self.sequence.first() {
            agrees("--length", self.length, report.length, &visible::path(path))?;
            agrees("--batch", self.batch, report.batch, &"the --sequence flags")?;
        }
        Ok(())
    }
}

impl CellWord {
    fn of(cell: Cell) -> Self {
        match cell {
            Cell::Rnn(_) => Self::Rnn,
            Cell::Lstm => Self::Lstm,
            Cell::Gru => Self::Gru,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Rnn => "rnn",
            Self::Lstm => "lstm",
            Self::Gru => "gru",
        }
    }
}

fn name(nonlinearity: Nonlinearity) -> String {
    nonlinearity.to_string().to_lowercase()
}

fn count(biases: Biases) -> usize {
    match biases {
        Biases::One => 1,
        Biases::Two => 2,
    }
}

fn agrees<T: PartialEq + Display>(
    flag: &str,
    asked: Option<T>,
    found: T,
    source: &dyn Display,
) -> Result<(), Failure> {
    match asked {
        Some(asked) if asked != found => Err(Failure::input(format!(
            "{flag} {asked} disagrees with {source}, which gives {found}: leave the flag out"
        ))),
        _ => Ok(()),
    }
}
