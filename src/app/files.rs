//! Files that were opened or dropped on the window: weights, sequences, a comparison, a data set or a
//! session.
//! They are read and checked off the interface's thread; the session changes only if all is well.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::heads::Candidates;
use crate::error::{Error, Result};
use crate::flow::{Input, Instrument, Question, SequenceFile, Signal};
use crate::frozen::Frozen;
use crate::network::{Head, ReadoutSource, StateDict};
use crate::session::{self, Session, Tab};
use crate::task::{Dataset, Mnist1d, TaskChoice};
use crate::ticket::Ticket;
use crate::train::Comparison;

/// What the file dialog offers.
pub const EXTENSIONS: [&str; 9] =
    ["safetensors", "pt", "pth", "ckpt", "bin", "csv", "json", "npz", session::EXTENSION];

/// What came of reading files.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// All is well: this can be taken over.
    Found(Found),
    /// A network whose readout has to be chosen first.
    Undecided(Undecided),
}

/// What files held, read and found to fit.
#[derive(Clone, Debug)]
pub enum Found {
    /// A comparison to train.
    Comparison(Box<Comparison>),
    /// A data set that MNIST-1D can be learned from.
    Data(PathBuf),
    /// Everything that decides what is on screen.
    Session(PathBuf, Box<Session>),
    /// A network, sequences for it to read, or both.
    Explore {
        /// The file of the network.
        weights: Option<OpenedWeights>,
        /// One file a sequence; none leaves the input as it is.
        sequences: Vec<SequenceFile>,
    },
}

/// A network with several layers that could be the readout.
#[derive(Clone, Debug)]
pub struct Undecided {
    /// The file of the network; the readout is not chosen yet.
    pub weights: OpenedWeights,
    /// Sequences that were opened with it.
    pub sequences: Vec<SequenceFile>,
    /// What there is to choose from.
    pub candidates: Candidates,
}

/// A file of weights that was read.
#[derive(Clone, Debug)]
pub struct OpenedWeights {
    /// The file.
    pub path: PathBuf,
    /// Which of its tensors are the readout.
    pub head: Head,
    /// What it held.
    pub content: Frozen<StateDict>,
    /// Where the readout came from, once that is known.
    pub readout: Option<ReadoutSource>,
}

/// What a file is by its name; what is not said there is taken for weights.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Weights,
    Sequence,
    Comparison,
    Data,
    Session,
}

impl Kind {
    fn of(path: &Path) -> Self {
        let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
        match extension.to_str() {
            Some("csv") => Self::Sequence,
            Some("json") => Self::Comparison,
            Some("npz") => Self::Data,
            Some(session::EXTENSION) => Self::Session,
            _ => Self::Weights,
        }
    }
}

/// Reads the files and sees whether they can be used with what the session is set to: a comparison, a
/// data set, a session, or a file of weights and any number of sequences. `head` is the readout wanted of
/// weights. Of one file the bytes are counted on the ticket, of several the files.
///
/// # Errors
/// The file that cannot be used, with the reason: it cannot be read, is of another kind, or does not
/// fit; or several files where one is meant. [`Error::Cancelled`] when the ticket is.
pub fn read(session: &Session, paths: &[PathBuf], head: &Head, ticket: &Ticket) -> Result<Outcome> {
    let of_kind =
        |kind: Kind| paths.iter().filter(move |path| Kind::of(path) == kind).collect::<Vec<_>>();
    if let Some(path) = data(session, paths) {
        Dataset::open_with(&path, ticket)?;
        return Ok(Outcome::Found(Found::Data(path)));
    }
    if let Some(path) = of_kind(Kind::Data).first() {
        return Err(Error::content(*path, "open a data set alone"));
    }
    if let Some(path) = of_kind(Kind::Comparison).first() {
        if paths.len() > 1 {
            return Err(Error::content(*path, "open a comparison alone"));
        }
        return Ok(Outcome::Found(Found::Comparison(Box::new(Comparison::read(path)?))));
    }
    if let Some(path) = of_kind(Kind::Session).first() {
        if paths.len() > 1 {
            return Err(Error::content(*path, "open a session alone"));
        }
        let read = Box::new(Session::read(path)?);
        return Ok(Outcome::Found(Found::Session((*path).clone(), read)));
    }
    let alone = paths.len() == 1;
    if !alone {
        ticket.expect_steps(paths.len() as u64);
    }
    let part = || if alone { ticket.clone() } else { ticket.part() };
    let done = || if alone { Ok(()) } else { ticket.advance(1) };
    let weights = match of_kind(Kind::Weights)[..] {
        [] => None,
        [path] => {
            let weights = weights(path, head, &part())?;
            done()?;
            Some(weights)
        }
        [_, second, ..] => {
            return Err(Error::content(second, "open one file of weights at a time"));
        }
    };
    let mut sequences = Vec::new();
    for path in of_kind(Kind::Sequence) {
        sequences.push(SequenceFile::open_with(path, &part())?);
        done()?;
    }
    fitting(session, weights, sequences)
}

/// The data set among files, if it is one: an archive of NumPy, or a table while the MNIST-1D task is
/// on screen. Other tables are sequences for Explore.
fn data(session: &Session, paths: &[PathBuf]) -> Option<PathBuf> {
    let [path] = paths else { return None };
    let classifies = session.tab == Tab::Train
        && matches!(session.train.comparison.task, TaskChoice::Mnist1d(_));
    let is_data = match Kind::of(path) {
        Kind::Data => true,
        Kind::Sequence => classifies,
        Kind::Weights | Kind::Comparison | Kind::Session => false,
    };
    is_data.then(|| path.clone())
}

fn weights(path: &Path, head: &Head, ticket: &Ticket) -> Result<OpenedWeights> {
    let content = freeze(path, ticket)?;
    Ok(OpenedWeights { path: path.to_owned(), head: head.clone(), content, readout: None })
}

/// What a file of weights holds now.
///
/// # Errors
/// As for [`StateDict::read_with`].
pub fn freeze(path: &Path, ticket: &Ticket) -> Result<Frozen<StateDict>> {
    let read = StateDict::read_with(path, ticket)?;
    Ok(Frozen::new(read.checksum().clone(), Arc::new(read)))
}

/// Sees whether network and sequences fit each other, or what the session has of the other.
///
/// # Errors
/// What does not fit, by the name of the file.
pub fn fitting(
    session: &Session,
    weights: Option<OpenedWeights>,
    sequences: Vec<SequenceFile>,
) -> Result<Outcome> {
    let found = Found::Explore { weights: weights.clone(), sequences: sequences.clone() };
    let mut trial = session.clone();
    take(&mut trial, found);
    let outline = Instrument::new().outline(&trial.question);
    let Some(mut weights) = weights else {
        let path = sequences.first().map(|file| file.path.clone()).unwrap_or_default();
        outline.map_err(|error| of_file(&path, error))?;
        return Ok(Outcome::Found(Found::Explore { weights: None, sequences }));
    };
    match outline {
        Ok(report) => {
            weights.readout = Some(report.readout);
            Ok(Outcome::Found(Found::Explore { weights: Some(weights), sequences }))
        }
        Err(error) => match Candidates::of(&weights.content) {
            Some(candidates) if weights.head.is_fitting() && candidates.is_open() => {
                Ok(Outcome::Undecided(Undecided { weights, sequences, candidates }))
            }
            _ => Err(unfit(&weights.path, &trial.question, sequences.is_empty(), error)),
        },
    }
}

/// Why weights cannot be used: they are no network, or do not go with the input that was there before.
fn unfit(path: &Path, question: &Question, input_stays: bool, error: Error) -> Error {
    let with_noise = || {
        let input = Input { signal: Signal::Noise, ..question.input.clone() };
        Instrument::new().outline(&Question { input, ..question.clone() }).is_ok()
    };
    let what = match &question.input.signal {
        Signal::Files(_) if input_stays => "close the sequences, or open them with it",
        Signal::Task(_) if input_stays => "leave the task",
        _ => return of_file(path, error),
    };
    match with_noise() {
        true => Error::content(path, format!("does not fit the present input ({error}): {what}")),
        false => of_file(path, error),
    }
}

/// The error under the name of the file, unless it has one.
fn of_file(path: &Path, error: Error) -> Error {
    match error {
        named @ (Error::Read { .. } | Error::Content { .. }) => named,
        nameless => Error::content(path, nameless.to_string()),
    }
}

/// Puts what was found into the session, and shows the tab it belongs to.
pub fn take(session: &mut Session, found: Found) {
    match found {
        Found::Comparison(comparison) => {
            session.train.take(*comparison);
            session.tab = Tab::Train;
        }
        Found::Data(path) => {
            session.train.choose_task(&TaskChoice::Mnist1d(Mnist1d::default()));
            session.train.comparison.task = TaskChoice::Mnist1d(Mnist1d { file: Some(path) });
            session.tab = Tab::Train;
        }
        Found::Session(_, opened) => session.adopt(*opened),
        Found::Explore { weights, sequences } => {
            if let Some(OpenedWeights { path, head, content, readout }) = weights {
                // One that had to be drawn is called so everywhere.
                let head = match readout {
                    Some(ReadoutSource::Random { .. }) => Head::Random,
                    _ => head,
                };
                session.open_weights(path, head, content);
            }
            if !sequences.is_empty() {
                session.question.input.signal = Signal::Files(sequences);
            }
            session.tab = Tab::Explore;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(session: &Session, paths: &[PathBuf]) -> String {
        read(session, paths, &Head::Fitting, &Ticket::new()).expect_err("refused").to_string()
    }

    #[test]
    fn sequences_are_read_whole_or_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let (good, bad) = (folder.path().join("a.csv"), folder.path().join("b.CSV"));
        std::fs::write(&good, "1\n2\n3\n").unwrap();
        std::fs::write(&bad, "1\nx\n").unwrap();
        let mut session = Session::default();
        let both = error(&session, &[good.clone(), bad]);
        assert!(both.ends_with("b.CSV: line 2: \"x\" is not a finite number"), "{both}");
        let ticket = Ticket::new();
        let only = std::slice::from_ref(&good);
        let Ok(Outcome::Found(found)) = read(&session, only, &Head::Fitting, &ticket) else {
            panic!("a sequence")
        };
        assert_eq!(ticket.progress(), Some(1.0));
        ticket.cancel();
        let stopped = read(&session, &[good.clone(), good.clone()], &Head::Fitting, &ticket);
        assert!(matches!(stopped, Err(Error::Cancelled)));
        take(&mut session, found);
        let Signal::Files(files) = &session.question.input.signal else { panic!("files") };
        assert_eq!(files[0].path, good);
        assert_eq!(files[0].content.as_ref().and_then(Frozen::held).unwrap().steps(), 3);
    }

    #[test]
    fn what_is_opened_together_must_go_together() {
        let session = Session::default();
        let two = ["x.safetensors".into(), "y.pt".into()];
        let message = error(&session, &two);
        assert!(message.contains("one file of weights at a time"), "{message}");
        let message = error(&session, &["a.json".into(), "b.csv".into()]);
        assert!(message.starts_with("a.json: "), "{message}");
        let message = error(&session, &["a.rnnscope".into(), "b.csv".into()]);
        assert_eq!(message, "a.rnnscope: open a session alone");
        assert!(error(&session, &["c.jpeg".into()]).contains("c.jpeg"), "by its name");
    }
}
