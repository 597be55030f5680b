//! Undo and redo of settings: the states a user rested at, not every tick of a slider.

use std::collections::HashSet;

use super::Session;
use crate::figure::of_flow::View;
use crate::flow::Question;

/// How many states are kept,
const DEPTH: usize = 200;
/// and at most so many bytes of the files that they name, beside those of the present state.
const MOST_BYTES: usize = 256 << 20;

/// The settings that undo and redo restore.
type State = (Question, View);

/// A state to return to.
#[derive(Clone, Debug)]
struct Step {
    state: State,
    /// The whole session, where the way back leads across the opening of another one.
    whole: Option<Box<Session>>,
}

/// What undo and redo return to.
#[derive(Clone, Debug, PartialEq)]
pub enum Back {
    /// Other settings of Explore.
    Settings(Question, View),
    /// All that was there before another session was opened, or after.
    Whole(Box<Session>),
}

/// States a user rested at.
#[derive(Clone, Debug, Default)]
pub struct History {
    past: Vec<Step>,
    present: Option<State>,
    future: Vec<Step>,
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
        if let Some(state) = self.present.replace((question.clone(), *view)) {
            self.push(Step { state, whole: None });
        }
    }

    /// Records that another session was opened in the place of `before`.
    pub fn opened(&mut self, before: &Session, now: &Session) {
        let state = (before.question.clone(), before.view);
        self.present = Some((now.question.clone(), now.view));
        self.push(Step { state, whole: Some(Box::new(before.clone())) });
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
        let mut fits = |step: &Step| {
            let held = step.questions().flat_map(Question::held);
            bytes += held.filter(|held| known.insert(held.0)).map(|held| held.1).sum::<usize>();
            bytes <= most
        };
        // From the newest on.
        let kept = self.past.iter().rev().take_while(|step| fits(step)).count();
        self.past.drain(..self.past.len() - kept);
    }

    fn push(&mut self, step: Step) {
        self.past.push(step);
        self.future.clear();
        let surplus = self.past.len().saturating_sub(DEPTH);
        self.past.drain(..surplus);
        self.fit(MOST_BYTES);
    }

    /// The state before the present one, which becomes the present one. `now` is what redo returns
    /// to.
    pub fn undo(&mut self, now: &Session) -> Option<Back> {
        let step = self.past.pop()?;
        self.future.extend(leave(&mut self.present, &step, now));
        Some(step.back())
    }

    /// The state that was left by the last undo. `now` is what undo returns to.
    pub fn redo(&mut self, now: &Session) -> Option<Back> {
        let step = self.future.pop()?;
        self.past.extend(leave(&mut self.present, &step, now));
        Some(step.back())
    }

    /// Every question that undo or redo may return to.
    pub fn questions_mut(&mut self) -> impl Iterator<Item = &mut Question> {
        let Self { past, present, future } = self;
        let steps = past.iter_mut().chain(future).flat_map(|Step { state, whole }| {
            let whole = whole.as_deref_mut().into_iter().flat_map(|session| {
                let pins = session.pins.iter_mut().map(|pin| &mut pin.question);
                std::iter::once(&mut session.question).chain(pins)
            });
            std::iter::once(&mut state.0).chain(whole)
        });
        steps.chain(present.iter_mut().map(|(question, _)| question))
    }

    /// Whether [`History::undo`] would return something.
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether [`History::redo`] would return something.
    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }

    /// Whether undo and redo would return to another session.
    pub fn leads_to_sessions(&self) -> [bool; 2] {
        [&self.past, &self.future].map(|way| way.last().is_some_and(|step| step.whole.is_some()))
    }
}

impl Step {
    /// Every question that it keeps.
    fn questions(&self) -> impl Iterator<Item = &Question> {
        let whole = self.whole.iter().flat_map(|session| {
            std::iter::once(&session.question).chain(session.pins.iter().map(|pin| &pin.question))
        });
        std::iter::once(&self.state.0).chain(whole)
    }

    fn back(self) -> Back {
        match (self.whole, self.state) {
            (Some(session), _) => Back::Whole(session),
            (None, (question, view)) => Back::Settings(question, view),
        }
    }
}

/// Makes the state of `to` the present one, and gives the way back from there.
fn leave(present: &mut Option<State>, to: &Step, now: &Session) -> Option<Step> {
    let whole = to.whole.is_some().then(|| Box::new(now.clone()));
    present.replace(to.state.clone()).map(|state| Step { state, whole })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::{SequenceFile, Signal};

    fn question(weight_scale: f64) -> Question {
        Question { weight_scale, ..Question::default() }
    }

    fn scale_of(back: Option<Back>) -> Option<f64> {
        back.map(|back| match back {
            Back::Settings(question, _) => question.weight_scale,
            Back::Whole(session) => session.question.weight_scale,
        })
    }

    #[test]
    fn undo_and_redo_walk_the_states() {
        let (view, now) = (View::default(), Session::default());
        let mut history = History::default();
        for scale in [1.0, 2.0, 2.0, 3.0] {
            history.rest(&question(scale), &view);
        }
        assert_eq!(scale_of(history.undo(&now)), Some(2.0));
        assert_eq!(scale_of(history.undo(&now)), Some(1.0));
        assert_eq!(scale_of(history.undo(&now)), None);
        assert_eq!(scale_of(history.redo(&now)), Some(2.0));
        history.rest(&question(7.0), &view);
        assert_eq!(scale_of(history.redo(&now)), None, "a new state forgets what was undone");
        assert_eq!(scale_of(history.undo(&now)), Some(2.0));
    }

    #[test]
    fn the_opening_of_a_session_is_undone_as_a_whole() {
        let with = |scale| Session { question: question(scale), ..Session::default() };
        let mut before = with(1.0);
        before.pin();
        let mut history = History::default();
        history.rest(&before.question, &before.view);
        let mut now = with(2.0);
        history.opened(&before, &now);
        history.rest(&now.question, &now.view);
        now.question.weight_scale = 3.0;
        history.rest(&now.question, &now.view);
        now.pin();
        let back = history.undo(&now);
        assert_eq!(back, Some(Back::Settings(question(2.0), View::default())), "the pin stays");
        now.question.weight_scale = 2.0;
        assert_eq!(history.leads_to_sessions(), [true, false]);
        assert_eq!(history.undo(&now), Some(Back::Whole(Box::new(before.clone()))));
        assert_eq!(history.leads_to_sessions(), [false, true]);
        assert_eq!(history.redo(&before), Some(Back::Whole(Box::new(now))));
        assert_eq!(scale_of(history.redo(&before)), Some(3.0));
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
