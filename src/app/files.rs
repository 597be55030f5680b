//! Files that were opened or dropped on the window: weights, sequences or a comparison, by their
//! extension.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::flow::Signal;
use crate::session::{Session, Tab};
use crate::train::Comparison;

/// What the file dialog offers.
pub const EXTENSIONS: [&str; 5] = ["safetensors", "pt", "pth", "csv", "json"];

/// Those of them that hold weights.
const WEIGHTS: [&str; 3] = ["safetensors", "pt", "pth"];

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
            "open .safetensors, .pt or .pth files for weights, .csv files for input sequences, and \
             .json files for comparisons",
        ));
    }
    if let Some(path) = paths.iter().find(|path| is(path, "json")) {
        if paths.len() > 1 {
            return Err(Error::content(path, "open a comparison alone"));
        }
        session.train.comparison = Comparison::read(path)?;
        session.train.contender = 0;
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
        session.question.input.signal = Signal::Files(sequences.into_iter().cloned().collect());
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
