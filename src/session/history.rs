//! Undo and redo of settings: the states a user rested at, not every tick of a slider.

use crate::figure::of_flow::View;
use crate::flow::Question;

/// How many states are kept.
const DEPTH: usize = 200;

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
        }
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
}
