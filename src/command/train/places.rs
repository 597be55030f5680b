//! Where a training's files go, all checked before any time is spent on training.

use std::collections::{HashMap, VecDeque};
use std::path::{Path, PathBuf};

use super::super::explore::is_stdout;
use super::super::failure::Failure;
use super::arguments::TrainArguments;
use super::finished::loss_word;
use super::sheet;
use crate::disk::{NewFolder, check_writable, contents, resolve};
use crate::figure::{raster, svg};
use crate::task::TaskChoice;
use crate::train::Comparison;
use crate::visible;

impl TrainArguments {
    /// Files that have a flag of their own.
    pub(super) fn paths(&self) -> impl Iterator<Item = &PathBuf> {
        let json = self.json.iter().filter(|path| !is_stdout(path));
        let numbers = json.chain(&self.csv);
        numbers.chain(&self.png).chain(&self.svg).chain(&self.save_comparison)
    }

    /// Refuses outputs that cannot be written or made, or that are in each other's way, and makes
    /// the folders that are to be filled; see [`Self::make_folders`].
    pub(super) fn check_outputs(
        &self,
        comparisons: &[Comparison],
    ) -> Result<VecDeque<NewFolder>, Failure> {
        self.check_style()?;
        if self.save_comparison.is_some() && comparisons.len() > 1 {
            return Err(Failure::input(
                "--save-comparison holds one comparison, the preset has two: choose --loss all or \
                 --loss last",
            ));
        }
        if self.paths().chain(&self.checkpoint).any(|path| is_stdout(path)) {
            return Err(Failure::input("only --json can write to standard output (-)"));
        }
        self.check_apart(comparisons)?;
        for path in self.paths().chain(&self.checkpoint) {
            check_writable(path)?;
        }
        self.rehearse(comparisons)?;
        self.make_folders(comparisons)
    }

    /// Refuses a look for a picture that nobody asked for.
    fn check_style(&self) -> Result<(), Failure> {
        let drawn = self.png.is_some() || self.svg.is_some();
        let styled = [(self.width.is_some(), "--width"), (self.theme.is_some(), "--theme")];
        match styled.iter().find(|(given, _)| *given && !drawn) {
            Some((_, flag)) => Err(Failure::input(format!("{flag} needs --png or --svg"))),
            None => Ok(()),
        }
    }

    /// Refuses files that are named twice, are read, or would lie in another file.
    fn check_apart(&self, comparisons: &[Comparison]) -> Result<(), Failure> {
        let mut taken = HashMap::new();
        for path in self.read(comparisons) {
            taken.insert(resolve(&path), (path, "is read"));
        }
        // A training that goes on is kept where it was, too.
        let same = |path: &&PathBuf| {
            self.resume.as_ref().is_none_or(|resumed| resolve(resumed) != resolve(path))
        };
        let kept = self.checkpoint.iter().filter(same);
        let files = self.paths().chain(kept).cloned().chain(self.saved(comparisons));
        let files: Vec<(PathBuf, &str)> = files.map(|path| (path, "is a file to write")).collect();
        let runs = self.runs(comparisons).into_iter().map(|path| (path, "is a folder to fill"));
        for (path, what) in files.into_iter().chain(runs) {
            let place = resolve(&path);
            // Devices take what comes.
            if place.exists() && !place.is_file() && !place.is_dir() {
                continue;
            }
            if let Some((other, is)) = taken.insert(place, (path.clone(), what)) {
                let (path, other) = (visible::path(&path), visible::path(&other));
                return Err(Failure::input(match is {
                    "is read" => format!("{other} is read: write {path} elsewhere"),
                    _ => format!("{path} is named twice: give each its own file"),
                }));
            }
        }
        for (place, (path, _)) in &taken {
            let above = place.ancestors().skip(1).find_map(|above| taken.get(above));
            if let Some((file, _)) = above.filter(|(_, is)| *is != "is a folder to fill") {
                let (file, path) = (visible::path(file), visible::path(path));
                return Err(Failure::input(format!(
                    "{file} is to be a file, and {path} is to lie in it: give each its own place"
                )));
            }
        }
        Ok(())
    }

    /// Files that these comparisons are read from.
    fn read(&self, comparisons: &[Comparison]) -> Vec<PathBuf> {
        let data = comparisons.iter().filter_map(|comparison| match &comparison.task {
            TaskChoice::Mnist1d(task) => Some(task.files()),
            TaskChoice::RunningMean(_)
            | TaskChoice::FirstZero(_)
            | TaskChoice::LongLag(_)
            | TaskChoice::Echo(_) => None,
        });
        let kept = self.comparison.iter().chain(&self.resume).cloned();
        kept.chain(data.flatten()).collect()
    }

    /// Every file of the folders of networks.
    fn saved(&self, comparisons: &[Comparison]) -> Vec<PathBuf> {
        let planned = comparisons.len();
        let of = |comparison: &Comparison| {
            let folder = of_round(self.save.as_deref()?, comparison, planned);
            let networks = file_names(comparison).into_iter().map(|name| network(&folder, &name));
            Some(networks.chain([folder.join(COMPARISON)]).collect::<Vec<_>>())
        };
        comparisons.iter().filter_map(of).flatten().collect()
    }

    /// The folder of every TensorBoard run.
    fn runs(&self, comparisons: &[Comparison]) -> Vec<PathBuf> {
        let planned = comparisons.len();
        let of = |comparison: &Comparison| {
            let folder = of_round(self.tensorboard.as_deref()?, comparison, planned);
            Some(file_names(comparison).into_iter().map(move |name| folder.join(name)))
        };
        comparisons.iter().filter_map(of).flatten().collect()
    }

    /// Makes of the comparisons alone what will be made of their trainings, so that nothing about
    /// them can stand in the way later.
    fn rehearse(&self, comparisons: &[Comparison]) -> Result<(), Failure> {
        for comparison in comparisons {
            comparison.encode()?;
        }
        let drawn = [("--png", &self.png), ("--svg", &self.svg)];
        let Some((flag, _)) = drawn.into_iter().find(|(_, path)| path.is_some()) else {
            return Ok(());
        };
        let rounds: Vec<_> = comparisons.iter().map(sheet::Blank::of).collect();
        let rounds: Vec<_> = rounds.iter().map(sheet::Blank::round).collect();
        let figures = sheet::figures(&rounds);
        let style = sheet::style(&rounds, figures.len(), self.width, self.theme());
        let unmade = |error| Failure::from(error).about(flag);
        match self.png {
            // A small picture shows as well as a large one whether it can be drawn.
            Some(_) => raster(&figures, &style, SMALL).map(drop).map_err(unmade),
            None => svg(&figures, &style).map(drop).map_err(unmade),
        }
    }

    /// Makes the folders that are to be filled. Those that nothing was put into are gone again when
    /// what is returned is dropped.
    fn make_folders(&self, comparisons: &[Comparison]) -> Result<VecDeque<NewFolder>, Failure> {
        // The last one made comes first, so that folders go before those in which they lie.
        let mut made = VecDeque::new();
        for path in self.saved(comparisons) {
            made.push_front(NewFolder::make(path.parent().unwrap_or(Path::new(".")))?);
            check_writable(&path)?;
        }
        for run in self.runs(comparisons) {
            made.push_front(NewFolder::make(&run)?);
            match &self.resume {
                None => refuse_events(&run)?,
                Some(_) => check_writable(&run.join("events"))?,
            }
        }
        Ok(made)
    }
}

/// Pixels of a rehearsed picture for each of the real one, the fewest there can be.
const SMALL: f64 = 0.1;

/// The comparison beside its networks.
pub(super) const COMPARISON: &str = "comparison.json";

/// The folder of one of several comparisons.
pub(super) fn of_round(folder: &Path, comparison: &Comparison, planned: usize) -> PathBuf {
    if planned > 1 { folder.join(loss_word(comparison)) } else { folder.to_owned() }
}

/// The file of a network.
pub(super) fn network(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.safetensors"))
}

/// Whether a file is one of TensorBoard's.
pub(super) fn is_events(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().contains("tfevents"))
}

/// Two trainings in one folder would be one confused curve.
fn refuse_events(run: &Path) -> Result<(), Failure> {
    if contents(run)?.iter().any(|path| is_events(path)) {
        let run = visible::path(run);
        return Err(Failure::input(format!(
            "{run} holds a TensorBoard run already: choose another folder"
        )));
    }
    Ok(check_writable(&run.join("events"))?)
}

/// A name for the files of each training, of letters that every system takes.
pub(super) fn file_names(comparison: &Comparison) -> Vec<String> {
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

/// Longest name in bytes: systems take 255, and something is put before and behind it.
const LONGEST: usize = 180;

/// Letters, digits, `_` and inner dots; everything else becomes a single `-`.
fn plain(name: &str) -> String {
    let kept = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '.';
    let words = name.split(|letter| !kept(letter)).map(|word| word.trim_matches('.'));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    if words.is_empty() {
        return "contender".to_owned();
    }
    let mut bytes = 0;
    let fits = |letter: &char| {
        bytes += letter.len_utf8();
        bytes <= LONGEST
    };
    words.join("-").chars().take(60).take_while(fits).collect()
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

    #[test]
    fn file_names_fit_into_the_255_bytes_that_systems_take() {
        let mut comparison = Comparison { trials: 100, ..Comparison::notebook(Loss::All) };
        comparison.contenders.truncate(1);
        comparison.contenders[0].name = "𝔸".repeat(300);
        for name in file_names(&comparison) {
            assert!(name.len() < 200, "{} bytes", name.len());
        }
    }
}
