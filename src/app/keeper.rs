//! Keeps what files held. Settings saved earlier name a file and its checksum; as soon as they are
//! met, the file is read once more and, if it is still the same, what it holds is kept in memory, so
//! that nothing on screen depends on the disk from then on.

use std::path::{Path, PathBuf};

use super::files;
use super::task::{Task, finished};
use crate::error::Result;
use crate::flow::{Question, Rows, SequenceFile, Signal, Weights};
use crate::frozen::{Checksum, Frozen};
use crate::network::StateDict;
use crate::session::{History, Session};
use crate::ticket::Ticket;

/// A file whose content is not at hand, with the checksum it had, if that is known.
type Wanted = (PathBuf, Option<Checksum>);

/// What a file held.
enum Held {
    Weights(Frozen<StateDict>),
    Sequence(Frozen<Rows>),
}

/// Reads what is missing.
#[derive(Default)]
pub struct Keeper {
    reading: Option<Task<Vec<(Wanted, Held)>>>,
    /// What was tried, so that a file that is gone is not looked for in every frame.
    tried: Vec<Wanted>,
}

impl Keeper {
    /// Whether nothing is being read.
    pub fn is_settled(&self) -> bool {
        self.reading.is_none()
    }

    /// Puts what was read where it is missing, and sends for the rest.
    pub fn tend(&mut self, ctx: &egui::Context, session: &mut Session, history: &mut History) {
        if let Some(Ok(found)) = finished(&mut self.reading) {
            for question in questions(session, history) {
                fill(question, &found);
            }
        }
        if self.reading.is_some() {
            return;
        }
        let mut weights: Vec<Wanted> = Vec::new();
        let mut sequences: Vec<Wanted> = Vec::new();
        for question in questions(session, history) {
            if let Weights::File { path, content, .. } = &question.weights {
                add(&mut weights, missing(path, content.as_ref()));
            }
            if let Signal::Files(files) = &question.input.signal {
                for file in files {
                    add(&mut sequences, missing(&file.path, file.content.as_ref()));
                }
            }
        }
        for wanted in [&mut weights, &mut sequences] {
            wanted.retain(|wanted| !self.tried.contains(wanted));
        }
        if weights.is_empty() && sequences.is_empty() {
            return;
        }
        self.tried.extend(weights.iter().chain(&sequences).cloned());
        self.reading = Some(Task::spawn(ctx, move || {
            let weights = weights.into_iter().filter_map(|wanted| {
                // What is wrong with a file is told by whoever measures.
                let content = files::freeze(&wanted.0, &Ticket::new()).ok()?;
                same(&wanted, &content).ok()?;
                Some((wanted, Held::Weights(content)))
            });
            let sequences = sequences.into_iter().filter_map(|wanted| {
                let content = SequenceFile::open(&wanted.0).ok()?.content?;
                same(&wanted, &content).ok()?;
                Some((wanted, Held::Sequence(content)))
            });
            Ok(weights.chain(sequences).collect())
        }));
    }

    /// Looks for everything again that was not found.
    pub fn retry(&mut self) {
        self.tried.clear();
    }
}

/// Everything that may come on screen without a file being opened.
fn questions<'a>(
    session: &'a mut Session,
    history: &'a mut History,
) -> impl Iterator<Item = &'a mut Question> {
    let pinned = session.pins.iter_mut().map(|pin| &mut pin.question);
    std::iter::once(&mut session.question).chain(pinned).chain(history.questions_mut())
}

/// Files of weights that may come on screen without being opened.
pub fn weights_in_use(session: &mut Session, history: &mut History) -> Vec<PathBuf> {
    let path = |question: &mut Question| match &question.weights {
        Weights::File { path, .. } => Some(path.clone()),
        Weights::Draw(_) => None,
    };
    questions(session, history).filter_map(path).collect()
}

fn missing<T>(path: &Path, content: Option<&Frozen<T>>) -> Option<Wanted> {
    match content {
        Some(content) if content.held().is_some() => None,
        content => Some((path.to_owned(), content.map(|content| content.checksum().clone()))),
    }
}

fn add(all: &mut Vec<Wanted>, wanted: Option<Wanted>) {
    all.extend(wanted.filter(|wanted| !all.contains(wanted)));
}

fn same<T>((path, checksum): &Wanted, found: &Frozen<T>) -> Result<()> {
    match checksum {
        Some(checksum) => found.verify(path, checksum),
        None => Ok(()),
    }
}

fn fill(question: &mut Question, found: &[(Wanted, Held)]) {
    if let Weights::File { path, content, .. } = &mut question.weights
        && let Some(wanted) = missing(path, content.as_ref())
    {
        let held = found.iter().find_map(|(of, held)| match held {
            Held::Weights(held) if *of == wanted => Some(held.clone()),
            Held::Weights(_) | Held::Sequence(_) => None,
        });
        *content = held.or_else(|| content.take());
    }
    if let Signal::Files(files) = &mut question.input.signal {
        for SequenceFile { path, content } in files {
            let Some(wanted) = missing(path, content.as_ref()) else { continue };
            let held = found.iter().find_map(|(of, held)| match held {
                Held::Sequence(held) if *of == wanted => Some(held.clone()),
                Held::Weights(_) | Held::Sequence(_) => None,
            });
            *content = held.or_else(|| content.take());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Frames until nothing is being read.
    fn tend(keeper: &mut Keeper, session: &mut Session, history: &mut History) {
        let ctx = egui::Context::default();
        keeper.tend(&ctx, session, history);
        while !keeper.is_settled() {
            std::thread::sleep(Duration::from_millis(1));
            keeper.tend(&ctx, session, history);
        }
    }

    fn held(question: &Question) -> Option<Vec<Vec<f64>>> {
        let Signal::Files(files) = &question.input.signal else { return None };
        let rows = files[0].content.as_ref()?.held()?;
        Some((0..rows.steps()).map(|step| rows.step(step).to_vec()).collect())
    }

    #[test]
    fn restored_settings_hold_what_they_were_saved_with_and_nothing_newer() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.csv");
        std::fs::write(&path, "1\n2\n").unwrap();
        let mut session = Session::default();
        session.question.input.signal = Signal::Files(vec![SequenceFile::open(&path).unwrap()]);
        session.pin();
        let saved = session.save().unwrap();
        let mut session = Session::load(&saved).unwrap();
        assert_eq!(held(&session.question), None, "the checksum alone is saved");
        let (mut keeper, mut history) = (Keeper::default(), History::default());
        history.rest(&session.question, &session.view);
        tend(&mut keeper, &mut session, &mut history);
        std::fs::write(&path, "7\n").unwrap();
        let wanted = Some(vec![vec![1.0], vec![2.0]]);
        assert_eq!(held(&session.question), wanted);
        assert_eq!(held(&session.pins[0].question), wanted);
        assert!(history.questions_mut().all(|question| held(question) == wanted));

        let mut late = Session::load(&saved).unwrap();
        tend(&mut Keeper::default(), &mut late, &mut History::default());
        assert_eq!(held(&late.question), None, "another content is not mistaken for it");
    }
}
