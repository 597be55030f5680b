//! All views: which of them work, and what each shows.

use super::badge::Elsewhere;
use super::viewer::{Drawn, Request, Viewer};
use crate::app::explore::stale::{Cause, Stale, Work};
use crate::app::window::BUSY_AFTER;
use crate::figure::of_view::Layout;
use crate::flow::View;
use crate::session::{Pane, Session, Tab};

/// The views that are open. Only those on screen are asked for anything.
pub struct Viewers {
    ctx: egui::Context,
    /// A view whose thread could not be started says why.
    viewers: Vec<(Pane, Result<Viewer, String>)>,
}

impl Viewers {
    /// None yet.
    pub fn new(ctx: &egui::Context) -> Self {
        Self { ctx: ctx.clone(), viewers: Vec::new() }
    }

    /// Asks the views on screen for what the session wants, and lets all others rest. `holding` keeps
    /// the landscape as it is.
    pub fn tend(&mut self, session: &Session, holding: bool) {
        let visible = match session.tab {
            Tab::Explore => session.why.visible(),
            Tab::Train => Vec::new(),
        };
        if session.question.validate().is_ok() {
            let held = |pane: &Pane| holding && *pane == Pane::Landscape;
            for pane in visible.iter().filter(|pane| !held(pane)) {
                if let (Some(view), Some(viewer)) = (view(*pane, session), self.started(*pane)) {
                    let question = session.question.clone();
                    let reversed_time = session.view.reversed_time;
                    let layout = Layout { sort: session.why.sort, reversed_time };
                    viewer.ask(Request { question, view, layout });
                }
            }
        }
        // A closed view takes with it what it measured and what it works with, which may be much. Those
        // behind another one, or on the other tab, keep it for when they are seen again.
        self.viewers.retain(|(pane, _)| session.why.arrangement.has(*pane));
        for (pane, viewer) in &mut self.viewers {
            if let (false, Ok(viewer)) = (visible.contains(pane), viewer) {
                viewer.rest();
            }
        }
    }

    /// Takes what the views have brought.
    pub fn collect(&mut self) {
        self.all_mut().for_each(Viewer::collect);
    }

    /// Breaks off all work.
    pub fn stop(&mut self) {
        // What was requested stays known, so that it is not asked for at once again.
        self.all_mut().for_each(Viewer::cancel);
    }

    /// Breaks off the work of one view.
    pub fn stop_one(&mut self, pane: Pane) {
        if let Some((_, Ok(viewer))) = self.viewers.iter_mut().find(|(of, _)| *of == pane) {
            viewer.cancel();
        }
    }

    /// Has everything measured that was stopped or has failed.
    pub fn retry(&mut self) {
        self.all_mut().filter(|viewer| viewer.is_stuck()).for_each(Viewer::retry);
    }

    /// Whether no view is at work.
    pub fn is_settled(&self) -> bool {
        self.all().all(|viewer| viewer.busy_for().is_none())
    }

    /// Whether a view is at work.
    pub fn is_busy(&self, pane: Pane) -> bool {
        self.find(pane)
            .and_then(|viewer| viewer.as_ref().ok())
            .is_some_and(|viewer| viewer.busy_for().is_some())
    }

    /// What a pane shows, or why there is nothing.
    pub fn shown(&self, pane: Pane) -> Result<Option<&Drawn>, &str> {
        match self.find(pane) {
            Some(Ok(viewer)) => viewer.shown(),
            Some(Err(error)) => Err(error),
            None => Ok(None),
        }
    }

    /// What a view is doing, if it has been at work for long enough to be noticed.
    pub fn work(&self, pane: Pane) -> Option<Work> {
        let viewer = self.find(pane)?.as_ref().ok()?;
        viewer.busy_for().filter(|busy| *busy >= BUSY_AFTER).map(|_| viewer.work())
    }

    /// Whose figures a pane shows, if they are not those of the present settings.
    pub fn stale(&self, pane: Pane, session: &Session) -> Option<Stale> {
        let viewer = self.find(pane)?.as_ref().ok()?;
        let drawn = viewer.shown().ok()??;
        let valid = session.question.validate().is_ok();
        let cause = match valid && !viewer.is_stuck() {
            true => Cause::Measuring(viewer.work()),
            false => Cause::Unmeasured,
        };
        // The only view that can be looked at in several ways.
        let across = || match (drawn.view, view(pane, session)) {
            (View::Landscape(shown), Some(View::Landscape(wanted))) if shown != wanted => {
                Some(Stale { of: format!("the landscape over {shown}"), cause })
            }
            _ => None,
        };
        Stale::of(&drawn.question, &session.question, cause).or_else(across)
    }

    /// The same, once it is to be seen.
    pub fn visibly_stale(&self, pane: Pane, session: &Session) -> Option<Stale> {
        let viewer = self.find(pane)?.as_ref().ok()?;
        let stale = self.stale(pane, session)?;
        (viewer.is_late() || stale.cause == Cause::Unmeasured).then_some(stale)
    }

    /// What the view of trust does, where it is on screen.
    pub fn check(&self, session: &Session) -> Elsewhere<'_> {
        if !session.why.visible().contains(&Pane::Check) {
            return Elsewhere::Nothing;
        }
        match self.shown(Pane::Check) {
            Err(error) => Elsewhere::Failed(error),
            Ok(Some(Drawn { question, check: Some(check), .. }))
                if *question == session.question =>
            {
                Elsewhere::Found(question, check)
            }
            Ok(_) if self.is_busy(Pane::Check) => Elsewhere::Begun,
            Ok(_) => Elsewhere::Failed("it was stopped"),
        }
    }

    fn all(&self) -> impl Iterator<Item = &Viewer> {
        self.viewers.iter().filter_map(|(_, viewer)| viewer.as_ref().ok())
    }

    fn all_mut(&mut self) -> impl Iterator<Item = &mut Viewer> {
        self.viewers.iter_mut().filter_map(|(_, viewer)| viewer.as_mut().ok())
    }

    fn find(&self, pane: Pane) -> Option<&Result<Viewer, String>> {
        self.viewers.iter().find(|(of, _)| *of == pane).map(|(_, viewer)| viewer)
    }

    fn started(&mut self, pane: Pane) -> Option<&mut Viewer> {
        let at = match self.viewers.iter().position(|(of, _)| *of == pane) {
            Some(at) => at,
            None => {
                let ctx = self.ctx.clone();
                let viewer = Viewer::new(move || ctx.request_repaint());
                let refused = |error| format!("no thread to compute on: {error}");
                self.viewers.push((pane, viewer.map_err(refused)));
                self.viewers.len() - 1
            }
        };
        self.viewers[at].1.as_mut().ok()
    }
}

/// What a pane measures.
fn view(pane: Pane, session: &Session) -> Option<View> {
    Some(match pane {
        Pane::Curves => return None,
        Pane::Itemized => View::Itemized,
        Pane::Theory => View::Theory,
        Pane::Jacobians => View::Jacobians,
        Pane::Gates => View::Gates,
        Pane::Weights => View::Weights,
        Pane::Landscape => View::Landscape(session.why.across_of(&session.question)),
        Pane::Check => View::Check,
    })
}
