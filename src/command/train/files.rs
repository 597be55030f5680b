//! Where a training's files go: checked before, written after.

use std::path::{Path, PathBuf};

use super::super::explore::{Output, is_stdout, same_file};
use super::super::failure::Failure;
use super::arguments::TrainArguments;
use super::csv::csv;
use super::finished::{Finished, loss_word};
use super::json::{What, json};
use super::sheet;
use crate::error::Error;
use crate::figure::{Theme, check_writable, png, svg};
use crate::network;
use crate::train::{Comparison, EventFile};
use crate::visible;

impl TrainArguments {
    fn paths(&self) -> impl Iterator<Item = &PathBuf> {
        let json = self.json.iter().filter(|path| !is_stdout(path));
        let numbers = json.chain(&self.csv);
        numbers.chain(&self.png).chain(&self.svg).chain(&self.save_comparison)
    }

    /// Refuses a look for a picture that nobody asked for, and other flags without effect.
    pub(super) fn check_outputs(&self, comparisons: &[Comparison]) -> Result<(), Failure> {
        let drawn = self.png.is_some() || self.svg.is_some();
        let styled = [(self.width.is_some(), "--width"), (self.theme.is_some(), "--theme")];
        if let Some((_, flag)) = styled.iter().find(|(given, _)| *given && !drawn) {
            return Err(Failure::input(format!("{flag} needs --png or --svg")));
        }
        if self.save_comparison.is_some() && comparisons.len() > 1 {
            return Err(Failure::input(
                "--save-comparison holds one comparison, the preset has two: choose --loss all or \
                 --loss last",
            ));
        }
        self.check_paths()?;
        self.make_folders(comparisons)
    }

    /// Refuses paths that cannot be written, are named twice, or were read.
    fn check_paths(&self) -> Result<(), Failure> {
        let paths: Vec<_> = self.paths().collect();
        let read = self.comparison.iter().chain(&self.shape.data);
        for (index, path) in paths.iter().enumerate() {
            if is_stdout(path) {
                return Err(Failure::input("only --json can write to standard output (-)"));
            }
            let mut others = paths[..index].iter().copied().chain(read.clone());
            if others.any(|other| same_file(path, other)) {
                let path = visible::path(path);
                return Err(Failure::input(format!(
                    "{path} is named twice: give each its own file"
                )));
            }
            check_writable(path)?;
        }
        Ok(())
    }

    /// Makes the folders that are to be filled, before any time is spent on training.
    fn make_folders(&self, comparisons: &[Comparison]) -> Result<(), Failure> {
        for comparison in comparisons {
            let names = file_names(comparison);
            if let Some(folder) = &self.save {
                let folder = of_round(folder, comparison, comparisons.len());
                make(&folder)?;
                for path in names.iter().map(|name| saved(&folder, name)) {
                    check_writable(&path)?;
                }
                check_writable(&folder.join(COMPARISON))?;
            }
            if let Some(folder) = &self.tensorboard {
                let folder = of_round(folder, comparison, comparisons.len());
                for run in names.iter().map(|name| folder.join(name)) {
                    make(&run)?;
                    refuse_events(&run)?;
                }
            }
        }
        Ok(())
    }

    /// What is written of trainings.
    pub(super) fn what(&self, interrupted: bool) -> What {
        What { every: self.every(), timing: !self.no_timing, interrupted }
    }

    /// A line for every file and folder that was filled, for the user.
    pub(super) fn written(&self) -> String {
        let folders = self.save.iter().chain(&self.tensorboard);
        self.paths().chain(folders).map(|path| format!("wrote {}\n", visible::path(path))).collect()
    }

    /// All files of the trainings.
    ///
    /// # Errors
    /// Figures that cannot be drawn.
    pub(super) fn outputs(
        &self,
        rounds: &[Finished],
        planned: usize,
        interrupted: bool,
    ) -> Result<Vec<Output>, Failure> {
        let mut outputs = Vec::new();
        if let Some(path) = self.json.as_ref().filter(|path| !is_stdout(path)) {
            outputs.push((path.clone(), json(rounds, self.what(interrupted))?));
        }
        if let Some(path) = &self.csv {
            outputs.push((path.clone(), csv(rounds, self.every())?));
        }
        self.draw(rounds, &mut outputs)?;
        if let (Some(path), Some(finished)) = (&self.save_comparison, rounds.first()) {
            outputs.push((path.clone(), finished.comparison.encode()?));
        }
        for finished in rounds {
            self.folders(finished, planned, &mut outputs)?;
        }
        Ok(outputs)
    }

    fn draw(&self, rounds: &[Finished], outputs: &mut Vec<Output>) -> Result<(), Failure> {
        if self.png.is_none() && self.svg.is_none() {
            return Ok(());
        }
        let figures = sheet::figures(rounds);
        let theme = self.theme.map_or(Theme::Light, Theme::from);
        let style = sheet::style(rounds, figures.len(), self.width, theme);
        if let Some(path) = &self.png {
            outputs.push((path.clone(), png(&figures, &style, 1.0)?));
        }
        if let Some(path) = &self.svg {
            outputs.push((path.clone(), svg(&figures, &style)?.into_bytes()));
        }
        Ok(())
    }

    fn folders(
        &self,
        finished: &Finished,
        planned: usize,
        outputs: &mut Vec<Output>,
    ) -> Result<(), Failure> {
        let Finished { comparison, runs, began } = finished;
        let names = file_names(comparison);
        if let Some(folder) = &self.save {
            let folder = of_round(folder, comparison, planned);
            for (name, run) in names.iter().zip(runs) {
                outputs.push((saved(&folder, name), network::encode(&run.network)?));
            }
            outputs.push((folder.join(COMPARISON), comparison.encode()?));
        }
        if let Some(folder) = &self.tensorboard {
            let folder = of_round(folder, comparison, planned);
            for (name, run) in names.iter().zip(runs) {
                let every = self.every() as u64;
                let (log, task) = (&run.log, &comparison.task);
                let began = (!self.no_timing).then_some(*began);
                let file = EventFile { log, task, names: &run.names, began, every };
                outputs.push((folder.join(name).join(file.name()), file.encode()));
            }
        }
        Ok(())
    }
}

/// The comparison beside its networks.
const COMPARISON: &str = "comparison.json";

/// The folder of one of several comparisons.
fn of_round(folder: &Path, comparison: &Comparison, planned: usize) -> PathBuf {
    if planned > 1 { folder.join(loss_word(comparison)) } else { folder.to_owned() }
}

fn saved(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.safetensors"))
}

fn make(folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder)
        .map_err(|source| Error::Write { path: folder.to_owned(), source }.into())
}

/// Two trainings in one folder would be one confused curve.
fn refuse_events(run: &Path) -> Result<(), Failure> {
    let entries =
        std::fs::read_dir(run).map_err(|source| Error::Read { path: run.to_owned(), source })?;
    let events = |entry: std::io::Result<std::fs::DirEntry>| {
        entry.is_ok_and(|entry| entry.file_name().to_string_lossy().contains("tfevents"))
    };
    if entries.into_iter().any(events) {
        let run = visible::path(run);
        return Err(Failure::input(format!(
            "{run} holds a TensorBoard run already: choose another folder"
        )));
    }
    Ok(check_writable(&run.join("events"))?)
}

/// A name for the files of each training, of letters that every system takes.
fn file_names(comparison: &Comparison) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for entry in comparison.entries() {
        let plain = plain(&comparison.label(&entry));
        let numbered = (2..).map(|n| format!("{plain}-{n}"));
        // Some systems take capitals for small letters.
        let taken =
            |name: &str| names.iter().any(|other| other.to_lowercase() == name.to_lowercase());
        let mut candidates = std::iter::once(plain.clone()).chain(numbered);
        let free = candidates.find(|name| !taken(name)).unwrap_or_default();
        names.push(free);
    }
    names
}

/// Letters, digits, `_` and inner dots; everything else becomes a single `-`.
fn plain(name: &str) -> String {
    let kept = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '.';
    let words = name.split(|letter| !kept(letter)).map(|word| word.trim_matches('.'));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    if words.is_empty() {
        "contender".to_owned()
    } else {
        words.join("-").chars().take(60).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Cell;
    use crate::task::Loss;
    use crate::train::Contender;

    #[test]
    fn file_names_are_plain_and_differ() {
        let mut comparison = Comparison::notebook(Loss::All);
        let named = |name: &str| Contender { name: name.into(), ..Contender::new(Cell::Gru, 8, 1) };
        comparison.contenders =
            ["LSTM, 2 layers", "lstm 2 LAYERS", "../../etc/x", "...", "a/b:c", "é"]
                .map(named)
                .into();
        let names = file_names(&comparison);
        assert_eq!(names, ["LSTM-2-layers", "lstm-2-LAYERS-2", "etc-x", "contender", "a-b-c", "é"]);
        let trials =
            Comparison { trials: 2, lengths: vec![5, 9], ..Comparison::notebook(Loss::All) };
        let names = file_names(&trials);
        assert_eq!(names.len(), 16);
        assert_eq!(
            names[..3],
            ["rnn_1_layer-T-5-trial-1", "rnn_1_layer-T-5-trial-2", "rnn_1_layer-T-9-trial-1"]
        );
    }
}
