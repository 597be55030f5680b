//! Undo and redo of settings: the states a user rested at, not every tick of a slider.

use std::collections::HashSet;

use crate::figure::of_flow::View;
use crate::flow::Question;

/// How many states are kept,
const DEPTH: usize = 200;
/// and at most so many bytes of the files that they name, beside those of the present state.
const MOST_BYTES: usize = 256 << 20;

/// The settings that undo and redo restore.
type State = (Question, View);

/// States a user rested at.
#[derive(Clone, Debug, Default)]
pub struct History {
    past: Vec<State>,
    present: Option<State>,
    future: Vec<State>,
}

impl History {
    /// Records where the settings came to rest. The same state again changes nothing.
    pub fn rest(&mut self, question: &Question, view: &View) {
        if let Some((known_question, known_view)) = &self.present
            && known_question == question
            && known_view == view
        {
            return;
        }
        if let Some(before) = self.present.replace((question.clone(), *view)) {
            self.past.push(before);
            self.future.clear();
            let surplus = self.past.len().saturating_sub(DEPTH);
            self.past.drain(..surplus);
            self.fit(MOST_BYTES);
        }
    }

    /// Forgets the oldest states until files that only earlier states name take at most so many bytes.
    fn fit(&mut self, most: usize) {
        let mut known: HashSet<usize> = self
            .present
            .iter()
            .flat_map(|(question, _)| question.held())
            .map(|held| held.0)
            .collect();
        let mut bytes = 0;
        let mut fits = |(question, _): &State| {
            let fresh = question.held().into_iter().filter(|(which, _)| known.insert(*which));
            bytes += fresh.map(|(_, bytes)| bytes).sum::<usize>();
            bytes <= most
        };
        // From the newest on.
        let kept = self.past.iter().rev().take_while(|state| fits(state)).count();
        self.past.drain(..self.past.len() - kept);
    }

    /// The state before the present one, which becomes the present one.
    pub fn undo(&mut self) -> Option<(Question, View)> {
        let before = self.past.pop()?;
        self.future.extend(self.present.replace(before.clone()));
        Some(before)
    }

    /// The state that was left by the last undo.
    pub fn redo(&mut self) -> Option<(Question, View)> {
        let after = self.future.pop()?;
        self.past.extend(self.present.replace(after.clone()));
        Some(after)
    }

    /// Every question that undo or redo may return to.
    pub fn questions_mut(&mut self) -> impl Iterator<Item = &mut Question> {
        let Self { past, present, future } = self;
        past.iter_mut().chain(present).chain(future).map(|(question, _)| question)
    }

    /// Whether [`History::undo`] would return something.
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether [`History::redo`] would return something.
    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::{SequenceFile, Signal};

    fn question(weight_scale: f64) -> Question {
        Question { weight_scale, ..Question::default() }
    }

    #[test]
    fn undo_and_redo_walk_the_states() {
        let view = View::default();
        let mut history = History::default();
        for scale in [1.0, 2.0, 2.0, 3.0] {
            history.rest(&question(scale), &view);
        }
        let scale_of = |state: Option<(Question, View)>| state.map(|(q, _)| q.weight_scale);
        assert_eq!(scale_of(history.undo()), Some(2.0));
        assert_eq!(scale_of(history.undo()), Some(1.0));
        assert_eq!(scale_of(history.undo()), None);
        assert_eq!(scale_of(history.redo()), Some(2.0));
        history.rest(&question(7.0), &view);
        assert_eq!(scale_of(history.redo()), None, "a new state forgets what was undone");
        assert_eq!(scale_of(history.undo()), Some(2.0));
    }

    #[test]
    fn files_of_long_ago_are_let_go() {
        let folder = tempfile::tempdir().unwrap();
        let open = |name: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, "1\n".repeat(100)).unwrap();
            let mut question = Question::default();
            question.input.signal = Signal::Files(vec![SequenceFile::open(&path).unwrap()]);
            question
        };
        let view = View::default();
        let mut history = History::default();
        let first = open("a.csv");
        let bytes = first.held()[0].1;
        for question in [question(1.0), first, open("b.csv"), question(2.0), open("c.csv")] {
            history.rest(&question, &view);
            history.rest(&Question { weight_scale: 3.0, ..question }, &view);
        }
        assert_eq!(history.past.len(), 9);
        history.fit(2 * bytes);
        assert_eq!(history.past.len(), 9, "a and b fit beside c, which is on screen");
        history.fit(2 * bytes - 1);
        assert_eq!(history.past.len(), 5, "a is gone with all before it");
        history.fit(0);
        assert_eq!(history.past.len(), 3, "what needs no file, and c");
    }
}
