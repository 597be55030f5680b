//! Files that were opened or dropped on the window: weights, sequences, a comparison or a data set,
//! by their extension.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::flow::{SequenceFile, Signal};
use crate::session::{Session, Tab};
use crate::task::{Mnist1d, TaskChoice};
use crate::train::Comparison;

/// What the file dialog offers.
pub const EXTENSIONS: [&str; 6] = ["safetensors", "pt", "pth", "csv", "json", "npz"];

/// Those of them that hold weights.
const WEIGHTS: [&str; 3] = ["safetensors", "pt", "pth"];

/// The data set among files, if it is one: an archive of NumPy, or a table while the MNIST-1D task is
/// on screen. Other tables are sequences for Explore.
pub fn data(session: &Session, paths: &[PathBuf]) -> Option<PathBuf> {
    let [path] = paths else { return None };
    let extension = path.extension()?.to_ascii_lowercase();
    let classifies = session.tab == Tab::Train
        && matches!(session.train.comparison.task, TaskChoice::Mnist1d(_));
    (extension == "npz" || (extension == "csv" && classifies)).then(|| path.clone())
}

/// Makes a data set that was found good the one to be learned.
pub fn take_data(session: &mut Session, path: PathBuf) {
    session.train.choose_task(&TaskChoice::Mnist1d(Mnist1d::default()));
    session.train.comparison.task = TaskChoice::Mnist1d(Mnist1d { file: Some(path) });
    session.tab = Tab::Train;
}

/// Puts the files into the session, and shows the tab they belong to: a comparison, or a file of
/// weights and any number of sequences.
///
/// # Errors
/// [`Error::Content`] for a file of another kind, or several where one is meant; what is wrong with
/// a comparison.
pub fn open(session: &mut Session, paths: &[PathBuf]) -> Result<()> {
    let is = |path: &Path, wanted: &str| {
        path.extension().is_some_and(|found| found.eq_ignore_ascii_case(wanted))
    };
    let stranger = |path: &&PathBuf| !EXTENSIONS.iter().any(|wanted| is(path, wanted));
    if let Some(path) = paths.iter().find(stranger) {
        return Err(Error::content(
            path,
            "open .safetensors, .pt or .pth files for weights, .csv files for input sequences, \
             .json files for comparisons, and .npz files for data sets",
        ));
    }
    if let Some(path) = paths.iter().find(|path| is(path, "npz")) {
        return Err(Error::content(path, "open a data set alone"));
    }
    if let Some(path) = paths.iter().find(|path| is(path, "json")) {
        if paths.len() > 1 {
            return Err(Error::content(path, "open a comparison alone"));
        }
        session.train.take(Comparison::read(path)?);
        session.tab = Tab::Train;
        return Ok(());
    }
    let (weights, sequences): (Vec<&PathBuf>, Vec<&PathBuf>) =
        paths.iter().partition(|path| WEIGHTS.iter().any(|wanted| is(path, wanted)));
    if let [_, second, ..] = weights.as_slice() {
        return Err(Error::content(*second, "open one file of weights at a time"));
    }
    if let Some(path) = weights.first() {
        session.open_weights((*path).clone());
    }
    if !sequences.is_empty() {
        session.question.input.signal =
            Signal::Files(sequences.into_iter().map(SequenceFile::new).collect());
    }
    session.tab = Tab::Explore;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::Weights;

    #[test]
    fn the_extension_decides() {
        let mut session = Session::default();
        open(&mut session, &["a.csv".into(), "b.CSV".into()]).expect("sequences");
        assert_eq!(
            session.question.input.signal,
            Signal::Files(vec!["a.csv".into(), "b.CSV".into()])
        );
        open(&mut session, &["net.safetensors".into()]).expect("weights");
        assert!(matches!(session.question.weights, Weights::File { .. }));
        let error = open(&mut session, &["c.txt".into()]).expect_err("a stranger").to_string();
        assert!(error.starts_with("c.txt: "), "{error}");
        let two = ["x.safetensors".into(), "y.safetensors".into()];
        assert!(open(&mut session, &two).is_err());
    }
}
